"""Benchmarks as they are named on the command line, and the stage that looks for their items."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apache_beam
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from filters.contamination import Thresholds
from pipelines import benchmark_sets
from pipelines.benchmark_sets import BadBenchmark, checked_benchmarks, open_benchmarks
from pipelines.decontaminate import (
    EXPORT,
    Decontaminate,
    Decontamination,
    checked_decontamination,
    contamination_card,
    measured,
)
from pipelines.errors import UsageError
from pipelines.execute import execute
from pipelines.files import rows
from pipelines.parsing import parse
from pipelines.scp116k import RECIPE
from pipelines.sink import WriteRows, encode
from schemas.verdict import Rejected
from tests.conftest import EXAMPLES, Beam
from tests.filters.test_contamination import ALTERED, ITEM, OTHER, PROSE


@pytest.fixture(autouse=True)
def forget() -> None:
    benchmark_sets._open.cache_clear()


def lines(path: Path, *values: Any) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(value)}\n" for value in values), encoding="utf-8")
    return str(path)


def checked(*arguments: str) -> Decontamination | None:
    return checked_decontamination(parse(["--input", "in", "--output", "out", *arguments], RECIPE.options))


def refusal(*arguments: str) -> str:
    with pytest.raises(UsageError) as caught:
        checked(*arguments)
    return str(caught.value)


def test_files_of_every_kind_and_folders_are_benchmarks(tmp_path: Path) -> None:
    lines(tmp_path / "set" / "test.jsonl", {"question": ITEM}, {"question": None})
    pq.write_table(pa.table({"question": [OTHER, "", "Why?"]}), tmp_path / "set" / "test.parquet")
    (tmp_path / "set" / "README.md").write_text("about it")
    alone = lines(tmp_path / "nested.jsonl", {"doc": {"text": PROSE}})
    found = checked(
        "--decontaminate", str(tmp_path / "set"), alone, "--decontaminate_column", "question", "doc.text"
    )
    assert found is not None
    assert [len(one.uris) for one in found.sets] == [2, 1]
    assert open_benchmarks(found.sets).counts() == [
        {"items": 5, "empty": 2, "short": 1},
        {"items": 1, "empty": 0, "short": 0},
    ]


def test_a_wrong_column_is_an_error_that_names_those_there_are(tmp_path: Path) -> None:
    path = lines(tmp_path / "test.jsonl", {"question": ITEM, "answer": "4"})
    said = refusal("--decontaminate", path, "--decontaminate_column", "problem")
    assert said == f"--decontaminate {path}: has no column problem; there are: answer, question"


def test_a_column_that_one_of_several_files_lacks_is_an_error(tmp_path: Path) -> None:
    lines(tmp_path / "a.jsonl", {"question": ITEM})
    other = lines(tmp_path / "b.jsonl", {"query": ITEM})
    said = refusal("--decontaminate", str(tmp_path), "--decontaminate_column", "question")
    assert said == f"--decontaminate {other}: has no column question; there are: query"


@pytest.mark.parametrize("value", [None, "", " \n", "$$", "?!"])
def test_an_empty_column_is_an_error(tmp_path: Path, value: str | None) -> None:
    path = lines(tmp_path / "test.jsonl", {"question": value}, {"question": value})
    said = refusal("--decontaminate", path, "--decontaminate_column", "question")
    assert said == f"--decontaminate {path}: the column question holds no words"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"question": ["a", "b"]}', "{path}: row 1: the column question holds a list, no text"),
        ('{"question": "a"}\nnot json', "{path}: row 2: not_json"),
        ("[1]", "{path}: row 1: not_an_object"),
        ("", "{path}: holds no rows"),
    ],
)
def test_what_is_no_benchmark_is_an_error(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "test.jsonl"
    path.write_text(content)
    message = refusal("--decontaminate", str(path), "--decontaminate_column", "question")
    assert said.format(path=path) in message


def test_a_broken_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "test.parquet").write_bytes(b"PAR1 and then nothing")
    assert "test.parquet: " in refusal("--decontaminate", str(tmp_path), "--decontaminate_column", "question")


def test_options_belong_together(tmp_path: Path) -> None:
    path = lines(tmp_path / "test.jsonl", {"question": ITEM})
    assert checked() is None
    assert "needs --decontaminate_column" in refusal("--decontaminate", path)
    assert "needs --decontaminate" in refusal("--decontaminate_column", "question")
    assert "no such file" in refusal("--decontaminate", f"{path}x", "--decontaminate_column", "question")
    assert "2 for 1 benchmarks" in refusal("--decontaminate", path, "--decontaminate_column", "a", "b")


def test_a_benchmark_that_changes_meanwhile_ends_the_run(tmp_path: Path) -> None:
    path = lines(tmp_path / "test.jsonl", {"question": ITEM})
    sets = checked_benchmarks([(path, "question")], "out")
    open_benchmarks(sets)
    lines(tmp_path / "test.jsonl", {"question": OTHER})
    benchmark_sets._open.cache_clear()  # as in the process of a worker
    with pytest.raises(BadBenchmark, match="has changed"):
        open_benchmarks(sets)


@dataclass(frozen=True, slots=True)
class Record:
    id: str
    uri: str
    text: str | None


def texts(record: Record) -> list[str]:
    return [record.text + ""]  # type: ignore[operator]


Result = tuple[list[str], list[dict[str, Any]], dict[str, Any]]


@pytest.fixture
def search(tmp_path: Path) -> Callable[..., Result]:
    """Runs the stage over texts; returns the texts that are kept, the rejects, and what run.json tells."""
    path = lines(tmp_path / "bench.jsonl", {"q": OTHER}, {"q": ITEM})

    def go(*values: str | None) -> Result:
        out = str(tmp_path / "out")
        looked_for = Decontamination(checked_benchmarks([(path, "q")], out), Thresholds())
        pipeline = apache_beam.Pipeline(runner="FnApiRunner")
        records = pipeline | apache_beam.Create(
            [Record(f"r{n}", "file", text) for n, text in enumerate(values)]
        )
        found = records | Decontaminate(looked_for, texts)
        for name, kind, collection in (
            ("data", Record, found.kept),
            ("rejected", Rejected, found.rejected),
            (f"exports/{EXPORT.name}", EXPORT.record, found.hits),
        ):
            encoded = collection | f"encode {name}" >> apache_beam.Map(encode).with_output_types(
                tuple[str, bytes]
            )
            encoded | name >> WriteRows(f"{out}/{name}", kind)
        counters = execute(pipeline)
        kept = [row["text"] for row in rows(out, "data")]
        rejects = sorted(rows(out, "rejected"), key=lambda row: row["id"])
        assert counters.get("decontamination/in", 0) == len(values) == len(kept) + len(rejects)
        return kept, rejects, measured(looked_for)(out, counters)

    return go


def test_the_reject_and_the_report_name_the_item(search: Callable[..., Result], tmp_path: Path) -> None:
    kept, rejects, run = search(PROSE + ITEM, PROSE, ALTERED, f"{ITEM} {OTHER}")
    assert kept == [PROSE]
    assert [row["reason"] for row in rejects] == [
        "benchmark_item",
        "altered_benchmark_item",
        "benchmark_item",
    ]
    where = f"{tmp_path}/bench.jsonl row 1: overlap 1.000, aligned 1.000: "
    assert rejects[0]["detail"] == where + ITEM[:200].rstrip()
    assert rejects[2]["detail"].startswith(f"{tmp_path}/bench.jsonl row 0 and 1 more: overlap 1.000")
    hits = {
        (hit["record_id"], hit["row"], hit["found"])
        for hit in rows(f"{tmp_path}/out", "exports/contamination")
    }
    assert hits == {("r0", 1, "verbatim"), ("r2", 1, "altered"), ("r3", 0, "verbatim"), ("r3", 1, "verbatim")}
    (benchmark,) = run["contamination"]["benchmarks"]
    assert benchmark | {"hash": ""} == {
        "path": f"{tmp_path}/bench.jsonl",
        "column": "q",
        "files": 1,
        "hash": "",
        "items": 2,
        "empty": 0,
        "short": 0,
        "items_found": 2,
        "records_dropped": 3,
    }
    assert [(most["row"], most["records"]) for most in run["contamination"]["found_most"]] == [(1, 3), (0, 1)]


def test_a_record_that_has_no_text_is_rejected_alone(search: Callable[..., Result]) -> None:
    kept, rejects, run = search(None, PROSE)
    assert kept == [PROSE]
    assert [row["reason"] for row in rejects] == ["error"]
    assert run["contamination"]["benchmarks"][0]["items_found"] == 0


def test_nothing_to_search_leaves_an_empty_report(search: Callable[..., Result]) -> None:
    kept, rejects, run = search()
    assert (kept, rejects) == ([], [])
    assert run["contamination"]["found_most"] == []


def test_the_card_has_a_line_for_each_benchmark_and_an_end() -> None:
    counts = {"items": 1319, "empty": 0, "short": 2, "items_found": 7, "records_dropped": 9}
    sets = [{"path": f"gs://b/{n}|[x](y)", "column": "question", **counts} for n in range(60)]
    shares = {"overlap": 0.5, "aligned": 0.75}
    run = {"contamination": {"benchmarks": sets, "found_most": [], "thresholds": shares}}
    lines = contamination_card(run)
    assert "| gs://b/0\\|\\[x\\](y) | question | 1,319 | 0 | 2 | 7 | 9 |" in lines
    assert lines[-1] == "And 10 more benchmarks: see run.json."
    assert contamination_card({})[-1] == "None was looked for."


def test_the_command_drops_printed_items(beam: Beam, tmp_path: Path) -> None:
    item = (
        "A capacitor of 200 μF is charged to 50 V, and then discharged through a resistor of 10 kΩ. "
        "After what time has its voltage fallen to 25 V?"
    )
    path = lines(tmp_path / "b" / "test.jsonl", {"problem": item})
    out = tmp_path / "out"
    done = beam(
        *("run", "scp116k", "--input", EXAMPLES / "circuits.md", "--output", out),
        *("--decontaminate", tmp_path / "b", "--decontaminate_column", "problem"),
    )
    assert done.returncode == 0, done.stderr
    run = json.loads((out / "run.json").read_text())
    (stage,) = [stage for stage in run["stages"] if stage["stage"] == "decontamination"]
    assert stage["reasons"] == {"benchmark_item": 1}
    assert stage["in"] == stage["kept"] + 1 == run["rows"] + 1
    assert run["exports"] == {"contamination": 1}
    assert run["contamination"]["benchmarks"][0]["items_found"] == 1
    assert f"| {tmp_path}/b | problem | 1 |" in (out / "README.md").read_text()
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(str(out), "contamination", cache_dir=str(tmp_path / "cache"))["train"]
    assert loaded["benchmark"] == [str(tmp_path / "b")]

    wrong = beam(
        *("run", "scp116k", "--input", EXAMPLES / "circuits.md", "--output", tmp_path / "none"),
        *("--decontaminate", path, "--decontaminate_column", "question"),
    )
    assert wrong.returncode == 2
    assert wrong.stderr.strip() == (
        f"beam: --decontaminate {path}: has no column question; there are: problem"
    )
    assert not (tmp_path / "none").exists()


def test_the_recipe_filter_decontaminates_rows(beam: Beam, tmp_path: Path) -> None:
    items = lines(tmp_path / "items.jsonl", {"q": OTHER}, {"q": ITEM})
    texts = {"a": PROSE, "b": PROSE + ITEM, "c": ALTERED, "d": OTHER.upper()}
    data = lines(tmp_path / "rows.jsonl", *({"id": name, "text": text} for name, text in texts.items()))
    filters, out = tmp_path / "filters.yaml", tmp_path / "out"
    run = ("run", "filter", "--input", data, "--text_column", "text", "--filters", filters, "--output", out)

    filters.write_text(f"- decontaminate: {{against: {{{items}: question}}}}")
    wrong = beam(*run)
    assert wrong.returncode == 2
    assert f"{items}: has no column question; there are: q" in wrong.stderr

    filters.write_text(f"- decontaminate: {{against: {{{items}: q}}}}")
    done = beam(*run)
    assert done.returncode == 0, done.stderr
    assert {row["id"]: row["reason"] for row in rows(str(out), "rejected")} == {
        "b": "benchmark_item",
        "c": "altered_benchmark_item",
        "d": "benchmark_item",
    }
    (benchmark,) = json.loads((out / "run.json").read_text())["contamination"]["benchmarks"]
    assert [benchmark[name] for name in ("items", "items_found", "records_dropped")] == [2, 2, 3]
    assert "| q | 2 | 0 | 0 | 2 | 3 |" in (out / "README.md").read_text()
