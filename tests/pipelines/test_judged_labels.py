from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from filters.rubrics import Rubric
from pipelines.errors import UsageError
from pipelines.judged_labels import Example, judged_example, labelled_rows, pair_of
from schemas.arrow import arrow_schema, to_row
from schemas.scp116k import Pair
from tests.pipelines.records import pair

RUBRIC = Rubric.model_validate(
    {
        "name": "two",
        "keep": "right >= 3.5",
        "criteria": [
            {"name": "right", "question": "Right?", "anchors": {1: "no", 5: "yes"}},
            {"name": "clean", "question": "Clean?", "anchors": {1: "no", 5: "yes"}},
        ],
    }
)
JUDGE = {
    "score": 0.75,
    "verdict": "keep",
    "criteria": [{"name": "right", "score": 4.0}, {"name": "clean", "score": None}],
    "agreement": 0.5,
}


def lines(folder: Path, *rows: Any) -> str:
    path = folder / "labels.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("said", "good"),
    [
        ("keep", True),
        ("Drop ", False),
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        (1.0, True),
        (0.0, False),
        ("1", True),
        ("false", False),
    ],
)
def test_labels(tmp_path: Path, said: Any, good: bool) -> None:
    [(number, found, row)] = labelled_rows(lines(tmp_path, {"label": said, "x": 1}), "label")
    assert (number, found, row["x"]) == (1, good, 1)


@pytest.mark.parametrize("said", ["maybe", 2, 0.5, "", [1], {"keep": 1}, float("nan")])
def test_what_is_no_label_names_file_and_row(tmp_path: Path, said: Any) -> None:
    path = lines(tmp_path, {"label": 1}, {"label": said})
    with pytest.raises(UsageError) as caught:
        list(labelled_rows(path, "label"))
    assert str(caught.value).startswith(f"--labels {path}: row 2: label is ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("row", [{"label": None}, {"text": "x"}])
def test_no_label_at_all_names_file_and_row(tmp_path: Path, row: dict[str, Any]) -> None:
    path = lines(tmp_path, {"label": 1}, row)
    with pytest.raises(UsageError, match=r"labels\.jsonl: row 2 has no label"):
        list(labelled_rows(path, "label"))


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("label\n1\n")
    (tmp_path / "a.parquet").write_text("no")
    (tmp_path / "a.jsonl").write_text('{"label": 1}\nno\n')
    for name, said in (
        ("a.csv", "no file with"),
        ("a.parquet", "can't be read"),
        ("a.jsonl", "line 2 holds no"),
    ):
        with pytest.raises(UsageError, match=said):
            list(labelled_rows(str(tmp_path / name), "label"))
    with pytest.raises(UsageError, match="can't be read"):
        list(labelled_rows(str(tmp_path / "none.jsonl"), "label"))


def test_rows_of_a_run_with_a_label_of_ones_own(tmp_path: Path) -> None:
    table = pa.Table.from_pylist([to_row(pair())], schema=arrow_schema(Pair))
    pq.write_table(table.append_column("mine", pa.array(["drop"])), tmp_path / "a.parquet")
    [(_, good, row)] = labelled_rows(str(tmp_path / "a.parquet"), "mine")
    assert good is False
    assert pair_of(row).problem == pair().problem


def test_the_verdict_on_the_record_counts() -> None:
    assert judged_example(False, {"judge": JUDGE}, RUBRIC, "") == Example(False, True, 0.75, {"right": 4.0})


def test_another_rule_decides_again() -> None:
    both = {**JUDGE, "criteria": [{"name": "right", "score": 4.0}, {"name": "clean", "score": 2.0}]}
    found = judged_example(True, {"judge": both}, RUBRIC, "clean > 2 or agreement > 0.6")
    assert found == Example(True, False, 0.5, {"right": 4.0, "clean": 2.0})
    assert judged_example(True, {"judge": both}, RUBRIC, "agreement >= 0.5").kept


def test_bare_scores_are_decided_by_the_rule() -> None:
    assert judged_example(True, {"scores": {"right": 3, "clean": 5}}, RUBRIC, "") == Example(
        True, False, 0.75, {"right": 3.0, "clean": 5.0}
    )


@pytest.mark.parametrize(
    ("row", "keep", "said"),
    [
        ({}, "", "neither"),
        ({"judge": "keep"}, "", "neither"),
        ({"judge": {}}, "", "no verdict"),
        ({"judge": {**JUDGE, "verdict": "perhaps"}}, "", "no verdict"),
        ({"judge": {**JUDGE, "score": 1.5}}, "", "no score from 0 to 1"),
        ({"judge": {**JUDGE, "criteria": [{"name": "right", "score": 9}]}}, "", "right is '9'"),
        ({"judge": JUDGE}, "clean > 2", "no score for clean"),
        ({"scores": {"right": 3}}, "", "no score for clean"),
        ({"scores": {"right": 3, "clean": 3, "tidy": 3}}, "", "'tidy', which the rubric doesn't have"),
        ({"scores": {"right": "3", "clean": 3}}, "", "right is '3', and no number from 1 to 5"),
        ({"scores": {"right": True, "clean": 3}}, "", "right is 'True'"),
        ({"scores": {"right": float("nan"), "clean": 3}}, "", "right is 'nan'"),
        ({"scores": {"right": 0, "clean": 3}}, "", "right is '0'"),
    ],
)
def test_what_a_row_lacks(row: dict[str, Any], keep: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        judged_example(True, row, RUBRIC, keep)


@pytest.mark.parametrize(
    "row", [{}, {"problem": "x"}, {"problem": "x", "solution": " "}, {"problem": 3, "solution": "x"}]
)
def test_what_can_not_be_judged(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"it has no (problem|solution) to judge"):
        pair_of(row)
