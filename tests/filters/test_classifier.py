from __future__ import annotations

import hashlib
import json
import shutil
import struct
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.classifier import (
    BadClassifier,
    Classifier,
    check_classifier,
    fit_temperature,
    log_loss,
    normalise,
    soften,
    text_of,
)
from tests.filters.trained import BAD, GOOD, trained
from tests.pipelines.records import pair

shares = st.lists(st.floats(0, 1), min_size=2, max_size=5).filter(lambda row: sum(row) > 0)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Let $x^2=4$.", "let $ x ^ 2 = 4 $ ."),
        (r"\frac{1}{2}\Alpha_b", r"\frac { 1 } { 2 } \alpha _ b"),
        ("Ｆｕｌｌ　width\n\n two\tlines", "full width two lines"),
        ("物理の問題", "物 理 の 問 題"),
        ("__label__keep </s>", "_ _ label _ _ keep < / s >"),
        ("half \ud800 pair", "half ? pair"),
    ],
)
def test_normalised(text: str, line: str) -> None:
    assert normalise([text]) == line


@given(st.lists(st.text(st.characters(), max_size=40), min_size=1, max_size=3))
def test_no_text_ends_its_line_or_labels_itself(texts: list[str]) -> None:
    line = normalise(texts)
    assert len(line.splitlines()) <= 1
    assert not any(token.startswith(("__label__", "</s>")) for token in line.split())
    assert line.split().count("==") == len(texts) - 1
    line.encode()


@given(shares, st.floats(1, 20))
def test_a_temperature_softens_and_keeps_the_order(row: list[float], temperature: float) -> None:
    softened = soften(row, temperature)
    assert sum(softened) == pytest.approx(1)
    assert max(softened) <= max(soften(row, 1)) + 1e-9
    order = sorted(range(len(row)), key=lambda i: row[i])
    assert all(softened[a] <= softened[b] + 1e-12 for a, b in pairwise(order))


def test_what_is_too_sure_is_made_less_sure_and_nothing_else() -> None:
    bold, truths = [[0.999, 0.001]] * 10, [0] * 7 + [1] * 3
    temperature = fit_temperature(bold, truths)
    assert soften(bold[0], temperature)[0] == pytest.approx(0.7, abs=0.01)
    assert log_loss([soften(row, temperature) for row in bold], truths) < log_loss(bold, truths)
    timid = [[0.6, 0.4]] * 10
    assert fit_temperature(timid, [0] * 10) == pytest.approx(1, abs=1e-3)


def test_it_tells_what_it_was_taught() -> None:
    classifier = Classifier(str(trained()))
    good = classifier.guess(pair(" ".join(GOOD * 3), " ".join(GOOD * 3)))
    bad = classifier.guess({"problem": " ".join(BAD * 3), "solution": " ".join(BAD * 3)})
    assert (good.label, bad.label) == ("keep", "drop")
    for guess in (good, bad):
        assert 0.9 < guess.score == guess.scores[guess.label]
        assert sum(guess.scores.values()) == pytest.approx(1)
    assert classifier.name.startswith("fasttext:")
    check_classifier(str(trained()))


def test_a_folder_may_be_named_from_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(trained().parent)
    check_classifier(trained().name)


@pytest.mark.parametrize(
    "text", ["", "\x00\x00", "\ud800", "a" * 100_000, "__label__0 " * 50, "\u2028\u2029"]
)
def test_any_text_gets_a_guess(text: str) -> None:
    assert Classifier(str(trained())).guess(pair(text, text)).label in ("keep", "drop")


def test_fields_of_records_and_mappings() -> None:
    record = pair("P", "S")
    assert text_of(record, "source.uri") == record.source.uri
    assert text_of({"a": {"b": 3}}, "a.b") == "3"
    assert text_of(replace(record, context=None), "context") == ""
    assert text_of({"a": None}, "a.b") == ""
    for wrong in (record, {}):
        with pytest.raises(KeyError):
            text_of(wrong, "nothing")


def _cut(folder: Path) -> None:
    model = folder / "model.ftz"
    model.write_bytes(model.read_bytes()[:5000])


def _flipped(folder: Path) -> None:
    model = folder / "model.ftz"
    data = bytearray(model.read_bytes())
    data[1000] ^= 255
    model.write_bytes(bytes(data))


def _card(**changes: Any) -> Any:
    def change(folder: Path) -> None:
        card = json.loads((folder / "card.json").read_text())
        (folder / "card.json").write_text(json.dumps({**card, **changes}))

    return change


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "card.json").unlink(), "has no card.json"),
        (lambda folder: (folder / "model.ftz").unlink(), "has no model.ftz"),
        (lambda folder: (folder / "card.json").write_text("[" * 100_000), "no card of a classifier"),
        (lambda folder: (folder / "card.json").write_text("[1]"), "no card of a classifier"),
        (_cut, "is not the model"),
        (_flipped, "is not the model"),
        (_card(format=99), "another version"),
        (_card(labels=["keep", "drop", "third"]), "train it again"),
        (_card(curves={}), "train it again"),
        (_card(temperature="hot"), "train it again"),
    ],
)
def test_a_damaged_one_is_one_clear_line(damage: Any, said: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(trained(), folder)
    damage(folder)
    for use in (Classifier, check_classifier):
        with pytest.raises(BadClassifier, match=said) as error:
            use(str(folder))
        assert "\n" not in str(error.value)
        assert str(folder) in str(error.value)


@pytest.mark.parametrize(
    ("kept", "junk"),
    [
        (0, b""),
        (8, b"\xff" * 3000),
        (8, struct.pack("<iiii", 2**31 - 1, -1, 2**31 - 1, 0) * 500),
        (92, b""),
        (92, b"\xff" * 30_000),
        (92, b"\x00" * 30_000),
    ],
)
def test_a_hostile_model_ends_only_the_process_that_looks_at_it(
    kept: int, junk: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card belongs to garbage with the head of a model, which may crash fastText itself."""
    monkeypatch.setattr("filters.classifier._CHECK_S", 15)  # some make it read on and on

    folder = tmp_path / "model"
    shutil.copytree(trained(), folder)
    data = (folder / "model.ftz").read_bytes()[:kept] + junk
    (folder / "model.ftz").write_bytes(data)
    _card(model_sha256=hashlib.sha256(data).hexdigest())(folder)
    with pytest.raises(BadClassifier, match=r"model\.ftz:") as error:
        check_classifier(str(folder))
    assert "\n" not in str(error.value)


def test_the_other_module_of_that_name_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(trained())
    monkeypatch.delattr("fasttext.train_supervised")
    with pytest.raises(BadClassifier, match="--force-reinstall --no-deps fasttext-community"):
        Classifier(folder)
