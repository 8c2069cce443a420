from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from filters.kinds import Kind
from filters.words import Texts
from pipelines.cli import main
from pipelines.filter import output_schema
from pipelines.filter_config import load_steps
from pipelines.manifest import discrepancies
from pipelines.plain import Plain
from tests.filters.trained import BAD as TRAINED_BAD
from tests.filters.trained import GOOD as TRAINED_GOOD
from tests.filters.trained import trained
from tests.pipelines.filtering import (
    FILTERS,
    GOOD,
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
        ("- language: {keep: [english]}", "language: keep english: no language of the model"),
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
    assert funnel(out)["read"] == {"wrong_type": 3}
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
    path = filters(tmp_path, "- fineweb: {min_punctuated_lines: null}")
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


def test_rows_without_texts_are_no_copies_of_each_other(tmp_path: Path) -> None:
    rows = [{"text": f"{GOOD} {n}", "url": None if n else "a"} for n in range(4)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    path, out = filters(tmp_path, "- exact_dedup: {columns: [url]}"), tmp_path / "out"
    assert run("--input", tmp_path / "in.jsonl", "--output", out, "--filters", path, column=["text"]) == 0
    assert len(read(out)) == 4


def test_the_lists_that_come_with_assay_work(tmp_path: Path) -> None:
    row = {"problem": "What is two and two, if the sum is even?", "solution": "It is four, and that is even."}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n")
    for name in ("quality", "web", "pairs"):
        out = tmp_path / name
        options = ("--input", tmp_path / "a.jsonl", "--output", out, "--filters", name)
        assert run(*options, column=["problem", "solution"]) == 0
        assert manifest(out)["rows"] + manifest(out)["rejects"] == 1
    assert manifest(tmp_path / "pairs")["rows"] == 1
    card = (tmp_path / "pairs" / "README.md").read_text()
    assert "`lid.176` of fastText was asked by `language`, `truncation`, `references`." in card


def test_describe_tells_the_filters(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "filter"]) == 0
    said = capfd.readouterr().out
    for line in (
        "- language: {keep: [en, de], min_score: 0.7}",
        "near_dedup: one of several",
        "fineweb_short_lines:",
    ):
        assert line in said


def test_a_classifier_reads_the_columns_of_its_training_or_those_with_the_text(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    texts = [(" ".join(words * 3), " ".join(words * 4)) for words in (TRAINED_GOOD, TRAINED_BAD)]
    path = filters(tmp_path, f"- classifier: {{model: '{trained()}'}}")
    found = []
    for name, columns in (("same", ("problem", "solution")), ("other", ("q", "a"))):
        rows = [dict(zip(columns, pair, strict=True)) for pair in texts]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        options = ("--input", tmp_path / f"{name}.jsonl", "--output", tmp_path / name, "--filters", path)
        assert run(*options, column=columns) == 0
        found.append([row["classifier_label"] for row in read(tmp_path / name)])
    assert sorted(found[0]) == sorted(found[1]) == ["drop", "keep"]
    card = (tmp_path / "other" / "README.md").read_text()
    assert re.search(
        r"## Models\n\n`model \(fasttext:[0-9a-f]{12}\)` of fastText was asked by `classifier`\.", card
    )
    assert manifest(tmp_path / "other")["filters"][0]["options"]["columns"] == ["q", "a"]
    options = ("--input", tmp_path / "other.jsonl", "--output", tmp_path / "out", "--filters", path)
    assert "--filters: classifier problem: no such column; " in says(capfd, *options, column=["q"])


def test_quality_keeps_prose_with_formulas() -> None:
    solution = (
        r"Let $g(t) = t^2 - 5t + 6$ for $t \in [0, 4]$. We have $g'(t) = 2t - 5$, so that $t = 5/2$ is the "
        r"only point with $g'(t) = 0$. There $g(5/2) = 25/4 - 25/2 + 6 = -1/4$. At the ends $g(0) = 6$ and "
        r"$g(4) = 16 - 20 + 6 = 2$. Hence the least value is $-1/4$ and the largest one is $6$. By $g(2) = 0$"
        r" and $g(3) = 0$ we see that $g(t) < 0$ for $2 < t < 3$, and that $g(t) \ge 0$ for all the others."
    )
    texts = Texts({"text": solution}, ("text",))
    reasons = {}
    for name in ("quality", "web"):
        for step in load_steps(name):
            if isinstance(step.kind, Kind):
                scores = step.kind.open(step.options)(texts)
                reasons[name, step.name] = step.verdict(dict(zip(step.names, scores, strict=True))).reason
    assert [reason for (name, _), reason in reasons.items() if name == "quality" and reason] == []
    assert reasons["web", "gopher_quality"] == "short_words"
