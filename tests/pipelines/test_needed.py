from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import UsageError
from pipelines.needed import Needed, check_columns
from tests.conftest import Beam

STEPS = {"id": "a", "problem": "p", "solution": "s", "steps": ["s"], "votes": [[1]] * 3}
QUESTION = {"id": "a", "question": "Q?", "answer": ["A"]}
SAMPLES = {"question": "Q?", "samples": ["A"]}


def write(path: Path, *lines: Any) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def one_line(beam: Beam, *arguments: Any) -> str:
    done = beam(*arguments)
    assert done.returncode == 2, done.stderr
    [said] = done.stderr.strip().splitlines()
    return str(said)


@pytest.mark.parametrize(
    ("row", "options", "line"),
    [
        (without(STEPS, "problem"), [], "no column problem; it has id, solution, steps, votes"),
        (without(STEPS, "solution", "steps"), [], "no column solution or steps; it has id, problem, votes"),
        (STEPS, ["--id_column", "name"], "no column name (--id_column); it has id, problem"),
    ],
)
def test_aurora_names_the_column(
    beam: Beam, tmp_path: Path, row: dict[str, Any], options: list[str], line: str
) -> None:
    good, bad = write(tmp_path / "a.jsonl", STEPS), write(tmp_path / "b.jsonl", row)
    inputs = ("--input", good, bad) if not options else ("--input", bad)
    said = one_line(beam, "run", "aurora", *inputs, "--output", tmp_path / "out", *options)
    assert f"--input {bad}: {line}" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("question", "samples", "options", "line"),
    [
        (QUESTION, SAMPLES, ["--question_column", "q"], "no column q (--question_column); it has answer, id"),
        (QUESTION, SAMPLES, ["--answer_column", "a.b"], "no column a.b (--answer_column); it has answer, id"),
        (QUESTION, {"question": "Q?", "said": ["A"]}, [], "no column samples; it has question, said"),
    ],
)
def test_contrastive_names_the_column(
    beam: Beam, tmp_path: Path, question: Any, samples: Any, options: list[str], line: str
) -> None:
    asked, said = write(tmp_path / "q.jsonl", question), write(tmp_path / "s.jsonl", samples)
    command = ["run", "contrastive", "--input", asked, "--samples", said, "--output", tmp_path / "out"]
    assert line in one_line(beam, *command, *options)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["aurora", "--predictions", "p.jsonl", "--truth", "none.jsonl"],
            "--truth none.jsonl: no column id;",
        ),
        (["aurora", "--predictions", "none.jsonl", "--truth", "p.jsonl"], "no column id or source_id or"),
        (
            ["aurora", "--predictions", "p.jsonl", "--truth", "p.jsonl", "--by", "set"],
            "no column set (--by);",
        ),
        (
            ["contrastive", "--predictions", "p.jsonl"],
            "p.jsonl: row 0 has no zone (it has id, label); name a",
        ),
        (
            ["contrastive", "--truth", "z.jsonl", "--predictions", "p.jsonl"],
            "--predictions p.jsonl: no column question (--question_column); it has id, label",
        ),
        (
            ["contrastive", "--truth", "z.jsonl", "--predictions", "s.jsonl", "--question_column", "q"],
            "--question_column q: no file of answers has it, such as s.jsonl",
        ),
    ],
)
def test_evaluations_name_the_column(beam: Beam, tmp_path: Path, arguments: list[str], line: str) -> None:
    write(tmp_path / "p.jsonl", {"id": "a", "label": -1})
    write(tmp_path / "none.jsonl", {"name": "a"})
    write(tmp_path / "s.jsonl", SAMPLES)
    write(tmp_path / "z.jsonl", {"question": "Q?", "gold_aliases": ["A"], "zone": "known"})
    done = beam("evaluate", *arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    [said] = done.stderr.strip().splitlines()
    assert line in said


def test_one_row_with_the_column_is_enough(tmp_path: Path) -> None:
    lines = write(tmp_path / "a.jsonl", {"b": 1}, 3, {"a": {"c": None}})
    array = tmp_path / "a.json"
    array.write_text(json.dumps([{"b": 1}, {"a": {"c": 2}}]))
    table = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": [{"c": 1}]}), table)
    dotted = write(tmp_path / "d.jsonl", {"a.c": 1})
    for path in (lines, array, table, dotted):
        check_columns([str(path)], [Needed(("a.c",))])
        with pytest.raises(UsageError, match=r"no column a\.d or e"):
            check_columns([str(path)], [Needed(("a.d", "e"))])


def test_what_has_no_rows_is_left_to_the_run(tmp_path: Path) -> None:
    broken = tmp_path / "a.parquet"
    broken.write_text("no")
    check_columns(
        [str(broken), str(write(tmp_path / "b.jsonl")), str(write(tmp_path / "c.jsonl", 3))], [Needed(("a",))]
    )
