from __future__ import annotations

import json
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from pipelines.errors import UsageError
from pipelines.pair_duplicates import checked_duplicates, similarity
from pipelines.parsing import parse
from pipelines.scp116k import RECIPE
from schemas.scp116k import Pair
from tests.pipelines.records import pair

PROBLEM = (
    "A stone falls from a tower of {} m. How long does it take to reach the ground, and how fast is it then?"
)
SOLUTION = (
    "By energy $v = \\sqrt{{2gh}}$, and it takes $v/g$ seconds to fall from there, which is {} s in all."
)


NEAR = ["--near_duplicates", "0.9"]


def arguments(tmp_path: Path, *more: str) -> list[str]:
    return ["--input", "x", "--output", str(tmp_path / "out"), *more]


def kept(tmp_path: Path, pairs: list[Pair], expected: list[str], *options: str) -> None:
    stage = checked_duplicates(parse(arguments(tmp_path, *options), RECIPE.options))
    pipeline = beam.Pipeline(runner="FnApiRunner", options=beam.options.pipeline_options.PipelineOptions([]))
    split = pipeline | beam.Create(pairs).with_output_types(Pair) | stage
    assert_that(split.kept | beam.Map(lambda record: record.id), equal_to(expected))
    pipeline.run().wait_until_finish()


def test_similar_pairs_are_one_but_not_with_other_numbers(tmp_path: Path) -> None:
    one = pair(PROBLEM.format(20), SOLUTION.format(2))
    longer = pair("Hard! " + PROBLEM.format(20), SOLUTION.format(2))
    other = pair(PROBLEM.format(45), SOLUTION.format(3))
    kept(tmp_path, [one, longer, other], [longer.id, other.id], "--near_duplicates", "0.8")


def test_on_problem_and_against_a_dataset(tmp_path: Path) -> None:
    old = {"id": "o1", "question": PROBLEM.format(20).upper()}
    (tmp_path / "old.jsonl").write_text(json.dumps(old) + "\n")
    known, new = pair(PROBLEM.format(20), "Two."), pair(PROBLEM.format(45), "Three.")
    options = ["--near_duplicates", "0.8", "--dedup_on", "problem"]
    options += ["--dedup_against", str(tmp_path / "old.jsonl"), "--dedup_against_columns", "question"]
    kept(tmp_path, [known, new], [new.id], *options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--dedup_against", "x"], "--dedup_against needs --near_duplicates"),
        (["--near_duplicates", "0.9", "--dedup_against_columns", "a"], "needs --dedup_against"),
        (
            ["--near_duplicates", "0.9", "--dedup_against", "OLD", "--dedup_against_columns", "a"],
            "--dedup_on both needs 2 of them",
        ),
        (["--near_duplicates", "0.9", "--dedup_against", "OLD"], "no column problem; it has id, question"),
        (
            [*NEAR, "--dedup_on", "problem", "--dedup_against", "OLD", "--dedup_against_columns", "id"],
            "column id holds no text",
        ),
        (["--near_duplicates", "0.9", "--dedup_against", "EMPTY"], "holds no rows"),
    ],
)
def test_options_that_cannot_be_met(tmp_path: Path, options: list[str], message: str) -> None:
    old, empty = tmp_path / "old.jsonl", tmp_path / "empty.jsonl"
    old.write_text('{"id": 1, "question": "?"}\n')
    empty.write_text("")
    options = [{"OLD": str(old), "EMPTY": str(empty)}.get(option, option) for option in options]
    with pytest.raises(UsageError, match=message):
        checked_duplicates(parse(arguments(tmp_path, *options), RECIPE.options))


def test_off_is_no_stage(tmp_path: Path) -> None:
    for options in ([], ["--near_duplicates", "off"]):
        assert checked_duplicates(parse(arguments(tmp_path, *options), RECIPE.options)) is None
    assert similarity("0.9") == 0.9
