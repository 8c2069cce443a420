from __future__ import annotations

import json
import random
import shlex
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.cli import main
from tests.pipelines.filtering import (
    FILTERS,
    GOOD,
    SCHEMA,
    TEXTS,
    contents,
    filters,
    funnel,
    manifest,
    read,
    run,
    says,
    write_dataset,
)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "in")


def test_columns_keep_their_types_and_scores_stand_beside_them(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("--input", dataset, "--output", out, "--filters", filters(tmp_path)) == 0
    table = pq.read_table(out / "data")
    assert table.schema.field("kind").type == pa.dictionary(pa.int32(), pa.string())
    for field in SCHEMA.remove(SCHEMA.names.index("kind")):
        assert table.schema.field(field.name).type == field.type
    assert table.schema.field("gopher_quality_words").type == pa.int64()
    assert table.schema.field("gopher_quality_mean_word_length").type == pa.float64()
    assert table.schema.field("id").type == pa.string()
    first = min(table.to_pylist(), key=lambda r: r["key"])
    assert first["body"]["raw"] == b"\x00\xff"
    assert (first["kind"], first["tags"], first["when"].year) == ("a", ["0"], 2024)
    assert first["row_source"]["uri"] == str(dataset / "a.parquet")
    assert first["row_source"]["number"] == 0
    assert first["pii_emails"] == 0


def test_the_funnel_tells_every_row(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("--input", dataset, "--output", out, "--filters", filters(tmp_path))
    assert funnel(out) == {
        "open": {},
        "read": {},
        "text": {"no_text": 2},
        "pii": {},
        "gopher_quality": {"bullets": 1, "few_stop_words": 1, "hashes": 1, "too_few_words": 1},
        "gopher_repetition": {},
        "exact_dedup": {"duplicate": 1},
        "c4": {},
        "write": {},
    }
    found = manifest(out)
    assert found["discrepancies"] == []
    assert found["rows"] + found["rejects"] == len(TEXTS)
    assert found["filters"][1]["options"]["min_words"] == 20
    assert found["samples"]["gopher_quality"]["too_few_words"][0]["detail"] == "words 2 < 20"
    card = (out / "README.md").read_text()
    assert "| gopher_quality | too_few_words | words 2 &lt; 20 |" in card
    assert "| `gopher_quality_words` | int64 | words, marks left out |" in card
    assert str(dataset / "a.parquet") in card


def test_masks_are_in_the_text_and_counted(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("--input", dataset, "--output", out, "--filters", filters(tmp_path))
    [masked] = [row for row in read(out) if row["pii_emails"]]
    assert "Write to [EMAIL]." in masked["body"]["text"]
    assert "jane@example.com" not in str(read(out)) + str(read(out, "rejected"))


def test_rejects_hold_the_row_and_its_scores(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("--input", dataset, "--output", out, "--filters", filters(tmp_path))
    [short] = [row for row in read(out, "rejected") if row["reason"] == "too_few_words"]
    values = json.loads(short["record"])["values"]
    assert values["body"] == {"text": "too short", "raw": "AP8="}
    assert values["gopher_quality_words"] == 2
    assert values["c4_sentences"] == 0  # of a filter after the one that rejected it


def test_needed_scores_end_with_the_filter_that_rejects(dataset: Path, tmp_path: Path) -> None:
    out, full = tmp_path / "out", tmp_path / "full"
    options = ("--input", dataset, "--filters", filters(tmp_path))
    run(*options, "--output", out, "--score", "needed")
    run(*options, "--output", full)
    [short] = [row for row in read(out, "rejected") if row["reason"] == "too_few_words"]
    assert "c4_sentences" not in json.loads(short["record"])["values"]
    assert [path.read_bytes() for path in sorted((out / "data").iterdir())] == [
        path.read_bytes() for path in sorted((full / "data").iterdir())
    ]


QUESTION = "If a train leaves the town at noon and goes sixty miles an hour, how far is it at three?"
EVERY_KIND = """
- pii
- language: {{keep: [en], min_score: null}}
- gopher_quality: {{min_words: 20, max_hashes_per_word: 0.3}}
- mathematics
- exact_dedup
- near_dedup: {{threshold: 0.7, against: ['{known}']}}
- decontaminate: {{against: {{'{test}': text}}}}
- garbage
"""


def test_neither_workers_nor_the_order_of_rows_change_a_byte(tmp_path: Path) -> None:
    """One, two and four workers, every kind of filter; shuffled rows keep all but where they came from."""
    rng = random.Random(5)
    words = [word for word in GOOD.split() if word.isalpha()]
    texts = [". ".join(" ".join(rng.sample(words, 12)) for _ in range(6)) for _ in range(20)]
    texts += [text.replace(" ", "  ") for text in texts[:5]]
    texts += [f"{text} And {n} more words are here." for n, text in enumerate(texts[3:11])]
    texts += [f"{text} {more}" for text, more in zip(texts[12:], (QUESTION, "$$ x", "a@b.com"), strict=False)]
    texts += [
        "too short",
        "# " * 60 + texts[0],
        "Das ist ein deutscher Text über die Stadt und den Fluss. " * 4,
        " ",
        KNOWN + "!",
    ]
    rows = [{"id": f"{n:02}", "text": text} for n, text in enumerate(texts)]
    known, test = (lines(tmp_path / f"{name}.jsonl", [text]) for name, text in OTHERS.items())
    path = filters(tmp_path, EVERY_KIND.format(known=known, test=test))
    shuffled = rng.sample(rows, len(rows))
    for name, order, workers in (("one", rows, 1), ("two", rows, 2), ("four", shuffled, 4)):
        folder = tmp_path / ("shuffled" if order is shuffled else "in")
        folder.mkdir(exist_ok=True)
        parts = [lines(folder / f"{n}.jsonl", order[n::3]) for n in range(3)]
        rng.shuffle(parts)
        options = ("--input", *parts, "--filters", path, "--workers", workers)
        assert run(*options, "--output", tmp_path / name, column=["text"]) == 0
        assert manifest(tmp_path / name)["discrepancies"] == []
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert _but_sources(tmp_path / "one") == _but_sources(tmp_path / "four")
    assert funnel(tmp_path / "one") == funnel(tmp_path / "four")
    rejecting = [stage for stage, reasons in funnel(tmp_path / "one").items() if reasons]
    kinds = ["language", "gopher_quality", "mathematics", "exact_dedup", "near_dedup", "decontaminate"]
    assert rejecting == ["text", *kinds]


KNOWN = "A dog of the town and the cat of the hill have been with the people since that day. " * 4
OTHERS = {"known": {"text": KNOWN}, "test": {"text": QUESTION}}


def lines(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def _but_sources(out: Path) -> list[object]:
    kept, rejected = read(out), read(out, "rejected")
    values = [json.loads(row["record"])["values"] for row in rejected]
    for row in (*kept, *values):
        row.pop("row_source")
    told = [[row[name] for name in ("id", "stage", "reason", "detail")] for row in rejected]
    return [kept, told, values]


OTHER = FILTERS.replace(
    "min_words: 20, max_hashes_per_word: 0.3", "min_words: 2, min_stop_words: null"
).replace("min_sentences: 4", "min_sentences: 3")


@pytest.mark.parametrize(("first", "second"), [(FILTERS, OTHER), (OTHER, FILTERS)])
def test_deciding_again_is_what_scoring_again_would_decide(
    first: str, second: str, dataset: Path, tmp_path: Path
) -> None:
    before, after, again = (tmp_path / name for name in ("before", "after", "again"))
    run("--input", dataset, "--output", before, "--filters", filters(tmp_path, first, "1.yaml"))
    changed = filters(tmp_path, second, "2.yaml")
    assert run("--input", before, "--output", after, "--filters", changed, "--rescore", "false") == 0
    run("--input", dataset, "--output", again, "--filters", changed)
    assert contents(after) == contents(again)
    assert {row["id"] for row in read(after)} != {row["id"] for row in read(before)}
    # And once more, back.
    back = tmp_path / "back"
    path = filters(tmp_path, first, "1.yaml")
    assert run("--input", after, "--output", back, "--filters", path, "--rescore", "false") == 0
    assert contents(back) == contents(before)


def test_the_command_of_the_card_makes_it_again(dataset: Path, tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    assert run("--input", dataset, "--output", before, "--filters", filters(tmp_path)) == 0
    again = ("--input", before, "--output", after, "--rescore", "false", "--filters", filters(tmp_path))
    assert run(*again) == 0
    for out, value in ((before, "true"), (after, "false")):
        _, _, card = (out / "README.md").read_text().partition("## How to make it again")
        command = shlex.split(card.split("```")[1].replace("DIR", str(tmp_path / value)))
        assert f"--rescore={value}" in command
        assert command[0] == "beam"
        assert main(command[1:]) == 0
        assert contents(tmp_path / value) == contents(out)


def test_texts_are_changed_once(tmp_path: Path) -> None:
    """Masks leave a line of four words, which c4 would take out if it saw it again."""
    text = GOOD.replace(". ", ".\n") + "Call us at +49 30 901820."
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in (text, "x " + text)))
    before, after, again = (tmp_path / name for name in ("before", "after", "again"))
    first = "- c4\n- pii\n- gopher_quality: {min_words: 89, min_stop_words: null}\n"
    options = ("--input", tmp_path / "a.jsonl", "--filters", filters(tmp_path, first), "--output", before)
    assert run(*options, column=["text"]) == 0
    assert (manifest(before)["rows"], manifest(before)["rejects"]) == (1, 1)
    second = filters(tmp_path, first.replace("89", "5"), "2.yaml")
    inputs = ("--input", before, "--rescore", "false")
    assert run(*inputs, "--filters", second, "--output", after, column=["text"]) == 0
    assert run("--input", tmp_path / "a.jsonl", "--filters", second, "--output", again, column=["text"]) == 0
    assert contents(after) == contents(again)
    assert all(row["text"].endswith("Call us at [PHONE].") for row in read(after))
    assert len(read(after)) == 2


def test_deciding_again_unmasks_nothing(
    dataset: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    path = filters(tmp_path, "- gopher_quality: {min_words: 2000}\n- pii\n- c4")
    assert run("--input", dataset, "--output", before, "--filters", path) == 0
    for text in ("- gopher_quality", "- gopher_quality\n- c4\n- pii", "- pii\n- c4: {drop_lines: false}"):
        fewer = filters(tmp_path, text, "2.yaml")
        options = ("--input", before, "--output", after, "--filters", fewer, "--rescore", "false")
        assert "texts were changed by pii, c4; the list must have" in says(capfd, *options) or (
            "drop_lines was True" in says(capfd, *options)
        )
        assert not after.exists()


def test_what_pii_rejects_is_masked_too(tmp_path: Path) -> None:
    rows = [{"text": GOOD + "Write to jane@example.com."}, {"text": GOOD}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    strict = filters(tmp_path, "- pii: {max_emails: 0}", "1.yaml")
    loose = filters(tmp_path, "- pii", "2.yaml")
    before, after, again = (tmp_path / name for name in ("before", "after", "again"))
    inputs = ("--input", tmp_path / "a.jsonl")
    assert run(*inputs, "--output", before, "--filters", strict, column=["text"]) == 0
    [reject] = read(before, "rejected")
    assert reject["reason"] == "too_many_emails"
    assert "Write to [EMAIL]." in json.loads(reject["record"])["values"]["text"]
    for file in ("report.html", "README.md", "rejected"):
        for path in [before / file] if (before / file).is_file() else (before / file).iterdir():
            assert b"jane@example.com" not in path.read_bytes()
    options = ("--input", before, "--rescore", "false", "--filters", loose)
    assert run(*options, "--output", after, column=["text"]) == 0
    assert run(*inputs, "--output", again, "--filters", loose, column=["text"]) == 0
    assert contents(after) == contents(again)


def test_rows_that_were_not_scored_say_so(dataset: Path, tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    run("--input", dataset, "--output", before, "--filters", filters(tmp_path), "--score", "needed")
    changed = filters(tmp_path, FILTERS.replace("min_words: 20", "min_words: 1, min_stop_words: 0"), "2.yaml")
    assert run("--input", before, "--output", after, "--filters", changed, "--rescore", "false") == 0
    assert funnel(after)["gopher_repetition"] == {"not_scored": 2}


def test_what_was_no_row_stays_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": GOOD}) + "\n{torn\n[1]\n")
    (tmp_path / "b.parquet").write_bytes(b"PAR1 none")
    before, after = tmp_path / "before", tmp_path / "after"
    path = filters(tmp_path)
    inputs = ("--input", tmp_path / "a.jsonl", tmp_path / "b.parquet")
    assert run(*inputs, "--output", before, "--filters", path, column=["text"]) == 0
    assert (
        run("--input", before, "--output", after, "--filters", path, "--rescore", "false", column=["text"])
        == 0
    )
    reasons = sorted(row["reason"] for row in read(after, "rejected"))
    assert reasons == sorted(row["reason"] for row in read(before, "rejected"))
    assert reasons == ["not_an_object", "not_json", "not_readable"]
