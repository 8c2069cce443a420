from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.cli import main
from pipelines.filter import output_schema
from pipelines.manifest import discrepancies
from pipelines.plain import Plain

WORDS = "the river and the hill of that town have been with the people to this day and so on it goes"
GOOD = f"{WORDS}. " * 4
SCHEMA = pa.schema(
    [
        ("key", pa.int32()),
        ("body", pa.struct([("text", pa.large_string()), ("raw", pa.binary())])),
        ("when", pa.timestamp("ns", "UTC")),
        ("kind", pa.dictionary(pa.int8(), pa.string())),
        ("tags", pa.list_(pa.string())),
        ("source", pa.string()),
    ]
)


def row(key: int, text: str | None) -> dict[str, Any]:
    return {
        "key": key,
        "body": {"text": text, "raw": b"\x00\xff"},
        "when": datetime(2024, 1, 1),
        "kind": "ab"[key % 2],
        "tags": [str(key)],
        "source": "web",
    }


TEXTS = [
    *(f"{GOOD} Number {n} is here." for n in range(12)),
    "too short",
    "- " + "\n- ".join([WORDS] * 4),
    "# " * 40 + GOOD,
    GOOD + "Write to jane@example.com.",
    GOOD.upper(),
    None,
    "  ",
    f"{GOOD} Number 3 is here.",
]
FILTERS = """
- pii
- gopher_quality: {min_words: 20, max_hashes_per_word: 0.3}
- gopher_repetition: {max_top_2_gram: 0.9, max_top_3_gram: 0.9, max_top_4_gram: 0.9,
    max_duplicate_5_grams: 0.9, max_duplicate_6_grams: 0.9, max_duplicate_7_grams: 0.9,
    max_duplicate_8_grams: 0.9, max_duplicate_9_grams: 0.9, max_duplicate_10_grams: 0.9}
- exact_dedup
- c4: {min_sentences: 4, drop_lines: false}
"""


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [row(key, text) for key, text in enumerate(TEXTS)]
    pq.write_table(pa.Table.from_pylist(rows[:9], schema=SCHEMA), folder / "a.parquet", row_group_size=4)
    pq.write_table(pa.Table.from_pylist(rows[9:], schema=SCHEMA), folder / "b.parquet")
    return folder


def filters(folder: Path, text: str = FILTERS, name: str = "f.yaml") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def run(*arguments: object, column: Sequence[str] = ("body.text",)) -> int:
    return main(["run", "filter", "--text_column", *column, *map(str, arguments)])


def read(out: Path, folder: str = "data") -> list[dict[str, Any]]:
    return pq.read_table(out / folder).to_pylist()


def manifest(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "run.json").read_text())
    return found


def contents(out: Path) -> list[bytes]:
    return [path.read_bytes() for name in ("data", "rejected") for path in sorted((out / name).iterdir())]


def funnel(out: Path) -> dict[str, dict[str, int]]:
    return {stage["stage"]: stage["reasons"] for stage in manifest(out)["stages"]}


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


def test_workers_and_the_division_into_files_change_no_byte(dataset: Path, tmp_path: Path) -> None:
    options = ("--input", dataset, "--filters", filters(tmp_path))
    for name, more in (("one", []), ("two", ["--workers", "2"])):
        assert run(*options, "--output", tmp_path / name, *more) == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


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


def says(
    capfd: pytest.CaptureFixture[str], *arguments: object, column: Sequence[str] = ("body.text",)
) -> str:
    """Returns the one line of a run that is refused."""
    capfd.readouterr()
    assert run(*arguments, column=column) == 2
    [line] = capfd.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- gopher_qualty", "unknown filter gopher_qualty; did you mean gopher_quality?"),
        ("- c4: {min_sentence: 3}", "c4: unknown option min_sentence; did you mean min_sentences?"),
        ("- c4: {min_sentences: many}", "c4: min_sentences: Input should be a valid integer"),
        ("- gopher_quality: {max_bullet_lines: 2}", "Input should be less than or equal to 1"),
        ("- gopher_quality: {max_bullet_lines: .nan}", "Input should be a finite number"),
        ("- c4\n- c4", "two filters are called c4; give one of them a `name`"),
        ("- c4: {name: read}", "a filter can't be called read"),
        (
            "- c4: {columns: [titel]}",
            "--filters: c4 titel: no such column; there are body.text, kind, source",
        ),
        ("- language: {model: none.ftz}", "language: model none.ftz: no such file"),
        ("- classifier: {model: none}", "classifier: model none: has no"),
        ("- classifier", "classifier: model: Field required"),
        ("- pii: {regions: [XX]}", "pii: regions: XX is no country's code"),
        ("- exact_dedup: {prefer: [kye]}", "exact_dedup: prefer kye: no such column; did you mean key?"),
        (
            "- near_dedup: {apart: [body.txt]}",
            "near_dedup: apart body.txt: no such column; did you mean body",
        ),
        ("- exact_dedup: {prefer: [c4_sentence]}\n- c4", "did you mean c4_sentences?"),
        ("- near_dedup: {against: [none]}", "against none: no such file or folder"),
        ("- decontaminate: {against: {none: text}}", "none: no such file or folder"),
        ("- decontaminate", "decontaminate: against: Field required"),
        ("- leak", "--filters: leak problem: no such column"),
        ("c4: {}", "must hold a list of filters"),
        ("", "must hold a list of filters"),
        ("- {c4: {}, pii: {}}", "is no filter; write"),
        ("- [c4]", "is no filter; write"),
        ("- c4: 3", "c4: its options must be `option: value` pairs, not 3"),
        ("- c4: {", "not YAML"),
    ],
)
def test_wrong_lists_of_filters(
    text: str, line: str, dataset: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    found = says(capfd, "--input", dataset, "--output", out, "--filters", filters(tmp_path, text))
    assert line in found
    assert not out.exists()


def test_wrong_columns_and_files(dataset: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    options = ("--input", dataset, "--output", tmp_path / "out")
    assert "did you mean body.text?" in says(capfd, *options, column=["body.txt"])
    assert "key: holds no text" in says(capfd, *options, column=["key"])
    assert "no such file; give a YAML file, or one of pairs, quality, web" in says(
        capfd, *options, "--filters", "x"
    )
    assert main(["run", "filter", *map(str, options)]) == 2
    assert "--text_column is missing; columns with text: body.text, kind, source" in capfd.readouterr().err


def test_deciding_again_needs_scores_of_the_same_filters(
    dataset: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before, out = tmp_path / "before", tmp_path / "out"
    run("--input", dataset, "--output", before, "--filters", filters(tmp_path))
    again = ("--input", before, "--output", out, "--rescore", "false", "--filters")
    line = says(capfd, *again, filters(tmp_path, "- fineweb", "2.yaml"))
    assert f"{before} has no scores of fineweb; score them first" in line
    line = says(capfd, *again, filters(tmp_path, "- gopher_quality: {language: de}", "3.yaml"))
    assert "gopher_quality: language was 'en'" in line
    assert "--text_column was body.text" in says(capfd, *again, filters(tmp_path), column=["source"])
    plain = ("--input", dataset, "--output", out, "--rescore", "false", "--filters", filters(tmp_path))
    assert f"--input {dataset} is no output of beam run filter" in says(capfd, *plain)


def test_columns_of_the_input_are_not_overwritten(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": GOOD, "c4_sentences": "many"}) + "\n")
    options = ("--input", tmp_path / "a.jsonl", "--output", tmp_path / "out")
    line = says(capfd, *options, "--filters", filters(tmp_path, "- c4"), column=["text"])
    assert "the input has a column c4_sentences of type string" in line
    renamed = filters(tmp_path, "- c4: {name: web}", "2.yaml")
    assert run(*options, "--filters", renamed, column=["text"]) == 0
    [row] = read(tmp_path / "out")
    assert (row["c4_sentences"], row["web_sentences"]) == ("many", 4)


def test_columns_of_the_type_of_a_score_are_not_overwritten_either(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    theirs, ours, again = tmp_path / "theirs", tmp_path / "ours", tmp_path / "again"
    theirs.mkdir()
    pq.write_table(pa.table({"text": [GOOD], "c4_sentences": [123]}), theirs / "a.parquet")
    path = filters(tmp_path, "- c4")
    line = says(capfd, "--input", theirs, "--output", ours, "--filters", path, column=["text"])
    assert "the input has a column c4_sentences of type int64 already" in line
    # What a run wrote, it may write again, but not over what stands in another file.
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": GOOD, "c4_sentences": None}) + "\n")
    options = ("--filters", path, "--output")
    assert run("--input", tmp_path / "a.jsonl", *options, ours, column=["text"]) == 0
    assert run("--input", ours, *options, again, column=["text"]) == 0
    assert [row["c4_sentences"] for row in read(again)] == [4]
    line = says(capfd, "--input", ours, theirs, *options, again, "--overwrite", column=["text"])
    assert "the input has a column c4_sentences" in line


def test_dictionaries_have_room_for_the_values_of_all_files() -> None:
    written = output_schema(pa.schema([("a", pa.dictionary(pa.int8(), pa.string()))]), [])
    rows = [{"a": str(n)} for n in range(300)]
    assert Plain(written).table(rows).column("a").to_pylist() == [row["a"] for row in rows]


def test_odd_names_and_empty_objects(tmp_path: Path) -> None:
    rows = [{"text": GOOD, "meta": {}, "more": [{}]}, {"text": GOOD, "meta": None}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    path = filters(
        tmp_path, "- pii: {name: data}\n- exact_dedup: {name: inputs, prefer: [data_emails, meta]}"
    )
    out = tmp_path / "out"
    assert run("--input", tmp_path / "a.jsonl", "--output", out, "--filters", path, column=["text"]) == 0
    assert funnel(out)["read"] == {}
    assert funnel(out)["inputs"] == {"duplicate": 1}
    assert read(out)[0]["meta"] is None


def test_hostile_rows_are_rows_or_rejects(tmp_path: Path) -> None:
    lines = [
        {"text": GOOD, "n": 1},
        {"text": None},
        {"text": 7},
        {"text": ["a"]},
        {"n": 2},
        {"text": ""},
        {"text": GOOD + " x" * 300_000},
        {"text": "\x00\x01" * 50},
        {"text": GOOD, "n": 10**30},
        {"text": GOOD, "n": 1.5},
        {"text": "<script>alert(1)</script> | `x` ![a](b) " + GOOD},
    ]
    text = "\n".join(json.dumps(line) for line in lines) + '\n{"text": "\\ud800 half a pair"}\n'
    (tmp_path / "a.jsonl").write_text(text)
    out = tmp_path / "out"
    path = filters(tmp_path, FILTERS + "- mathematics\n- garbage\n- fineweb\n- language\n- references\n")
    assert run("--input", tmp_path / "a.jsonl", "--output", out, "--filters", path, column=["text"]) == 0
    found = manifest(out)
    assert found["rows"] + found["rejects"] == len(lines) + 1
    assert discrepancies(found["stages"], 1, found["rows"], found["rejects"]) == []
    assert funnel(out)["read"] == {"wrong_type": 4}
    assert funnel(out)["text"] == {"no_text": 3}
    assert "<script>" not in (out / "report.html").read_text()
    assert "<script>" not in (out / "README.md").read_text()


def test_files_of_different_columns_are_one_dataset(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    pq.write_table(pa.table({"text": [GOOD], "n": pa.array([1], pa.int32())}), folder / "a.parquet")
    pq.write_table(pa.table({"text": [GOOD + "b"], "m": ["x"]}), folder / "b.parquet")
    (folder / "c.jsonl").write_text(json.dumps({"text": GOOD + "c", "n": 2**40}) + "\n")
    path = filters(tmp_path, "- fineweb: {min_punctuated_lines: 0}")
    assert run("--input", folder, "--output", out, "--filters", path, column=["text"]) == 0
    table = pq.read_table(out / "data")
    assert table.schema.field("n").type == pa.int64()
    found = sorted(((row["n"], row["m"]) for row in table.to_pylist()), key=str)
    assert found == [(1, None), (1099511627776, None), (None, "x")]
    pq.write_table(pa.table({"text": [1]}), folder / "d.parquet")
    line = says(capfd, "--input", folder, "--output", out, "--overwrite", "--filters", path, column=["text"])
    assert "d.parquet: its columns don't go with those before" in line


def test_a_dataset_saved_by_the_library_datasets(tmp_path: Path) -> None:
    import datasets

    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])}
    )
    rows = {"text": [GOOD, "short", GOOD + "more"], "label": [0, 1, 1]}
    datasets.Dataset.from_dict(rows, features=features).save_to_disk(tmp_path / "in")
    out = tmp_path / "out"
    path = filters(tmp_path, "- gopher_quality")
    assert run("--input", tmp_path / "in", "--output", out, "--filters", path, column=["text"]) == 0
    found = datasets.load_dataset(str(out), split="train")
    assert found.features["label"] == features["label"]
    assert found.features["gopher_quality_words"] == datasets.Value("int64")
    assert sorted(found["label"]) == [0, 1]


def test_filters_that_look_at_all_rows_and_at_other_datasets(tmp_path: Path) -> None:
    question = "If a train leaves the town at noon and goes sixty miles an hour, how far is it at three?"
    for name, rows in (
        ("in", [GOOD, GOOD + "Tail.", f"{question} It is far.", "A dog of the town and the cat. " * 9]),
        ("known", ["A dog of the town and the cat. " * 9]),
        ("test", [question]),
    ):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in rows))
    known, test = tmp_path / "known.jsonl", tmp_path / "test.jsonl"
    path = filters(
        tmp_path,
        f"- near_dedup: {{threshold: 0.7, against: ['{known}']}}\n"
        f"- decontaminate: {{against: {{'{test}': text}}}}\n- c4",
    )
    out = tmp_path / "out"
    assert run("--input", tmp_path / "in.jsonl", "--output", out, "--filters", path, column=["text"]) == 0
    reasons = funnel(out)
    assert reasons["near_dedup"] == {"near_duplicate": 1, "near_duplicate_of_existing": 1}
    assert reasons["decontaminate"] == {"benchmark_item": 1}
    [kept] = read(out)
    assert kept["text"].strip() == (GOOD + "Tail.").strip() or kept["text"].strip() == GOOD.strip()
    assert manifest(out)["contamination"]["benchmarks"][0]["items_found"] == 1


def test_the_lists_that_come_with_assay_work(tmp_path: Path) -> None:
    row = {"problem": "What is two and two, if the sum is even?", "solution": "It is four, and that is even."}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n")
    for name in ("quality", "web", "pairs"):
        out = tmp_path / name
        options = ("--input", tmp_path / "a.jsonl", "--output", out, "--filters", name)
        assert run(*options, column=["problem", "solution"]) == 0
        assert manifest(out)["rows"] + manifest(out)["rejects"] == 1
    assert manifest(tmp_path / "pairs")["rows"] == 1


def test_describe_tells_the_filters(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "filter"]) == 0
    said = capfd.readouterr().out
    for line in (
        "- language: {keep: [en, de], min_score: 0.7}",
        "near_dedup: one of several",
        "fineweb_short_lines:",
    ):
        assert line in said
