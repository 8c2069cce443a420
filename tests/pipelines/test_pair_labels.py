"""Domain, subdomain and level of pairs, by classifiers that are trained here."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import UsageError
from pipelines.pair_labels import Labelling, checked_labelling, labelled
from pipelines.pair_rows import to_pair
from pipelines.parsing import parse
from pipelines.scp116k import RECIPE
from pipelines.train_classifier import train_classifier
from schemas.problems import MatchedPair
from tests.filters.trained import QUICK
from tests.pipelines.records import item

WORDS = {"physics": ("force", "mass", "velocity"), "biology": ("cell", "enzyme", "leaf")}


def classifier(folder: Path, *columns: str, split: bool = False) -> str:
    rows = [
        dict.fromkeys(columns, f"{first} {second} {n}")
        | {"label": label, "split": ("test", "train")[n % 5 > 0]}
        for label, words in WORDS.items()
        for n in range(30)
        for first, second in [(words[n % 3], words[n % 2])]
    ]
    folder.mkdir()
    data = folder / "rows.jsonl"
    data.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    arguments = ["--input", str(data), "--output", str(folder / "model"), "--label_column", "label", *QUICK]
    for column in columns:
        arguments += ["--text_column", column]
    assert train_classifier([*arguments, *(["--split_column", "split"] if split else [])]) == 0
    return str(folder / "model")


def pair(problem: str, solution: str) -> Any:
    whole = to_pair(MatchedPair(item("problem", "p"), item("solution", "s"), "inline", 0.99))
    return replace(whole, problem=problem, solution=solution)


def options(*arguments: str) -> Any:
    return parse(["--input", "in", "--output", "out", *arguments], RECIPE.options)


@pytest.mark.parametrize("columns", [("text",), ("problem", "solution"), ("problem",)])
def test_columns_are_filled_by_classifiers_of_a_text_or_of_pairs(
    tmp_path: Path, columns: tuple[str, ...]
) -> None:
    folder = classifier(tmp_path / "c", *columns)
    labelling = checked_labelling(options("--domain_classifier", folder, "--level_classifier", folder))
    assert labelling is not None
    found = labelled(labelling, pair("the mass and its velocity", "a force on the mass"))
    assert (found.domain, found.subdomain, found.level) == ("physics", None, "physics")
    assert labelled(labelling, pair("an enzyme of the leaf", "leaf, cell")).domain == "biology"


def test_what_is_not_sure_is_null(tmp_path: Path) -> None:
    folder = classifier(tmp_path / "c", "text")
    unsure = labelled(Labelling((("domain", folder),), 1.0), pair("a poem", "of nothing"))
    assert unsure.domain is None


def test_without_a_classifier_nothing_is_labelled() -> None:
    assert checked_labelling(options()) is None


def test_a_classifier_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--level_classifier .*nowhere: has no card\.json"):
        checked_labelling(options("--level_classifier", str(tmp_path / "nowhere")))
    folder = classifier(tmp_path / "c", "text", "title")
    with pytest.raises(UsageError, match="reads the column text, which pairs don't have"):
        checked_labelling(options("--domain_classifier", folder))


def test_a_column_may_say_what_is_held_out(tmp_path: Path) -> None:
    card = json.loads((Path(classifier(tmp_path / "c", "text", split=True)) / "card.json").read_text())
    assert card["split_column"] == "split"
    assert card["counts"] == {label: {"training": 24, "validation": 6} for label in sorted(WORDS)}
    assert card["measured"]["by_label"]["physics"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert card["measured"]["macro_f1"] == 1.0
