from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from pipelines.judging import JudgeOptions
from pipelines.manifest import (
    cascade_line,
    discrepancies,
    public_options,
    stage_counts,
    unanswered,
    versions,
)
from pipelines.models import VllmOptions
from pipelines.options import RunOptions
from pipelines.parsing import parse
from pipelines.recipe import StageInfo

STAGES = (
    StageInfo("read", "documents", ""),
    StageInfo("filter", "pairs", ""),
    StageInfo("write", "pairs", ""),
)
COUNTERS = {
    "read/in": 3,
    "read/kept": 1,
    "read/rejected/empty": 1,
    "read/rejected/damaged": 1,
    "filter/in": 5,
    "filter/kept": 3,
    "filter/rejected/error": 2,
    "filter/failed": 2,
    "write/in": 3,
    "write/kept": 3,
}


def funnel() -> list[dict[str, Any]]:
    return stage_counts(COUNTERS, STAGES)


def test_counters_become_a_funnel() -> None:
    read, filtered, written = funnel()
    assert read == {
        "stage": "read",
        "unit": "documents",
        "in": 3,
        "kept": 1,
        "rejected": 2,
        "reasons": {"damaged": 1, "empty": 1},
        "failed": 0,
    }
    assert (filtered["failed"], filtered["reasons"]) == (2, {"error": 2})
    assert written["kept"] == 3
    assert discrepancies(funnel(), inputs=3, rows=3, rejects=4) == []


def change(stage: int, field: str) -> Callable[[list[dict[str, Any]]], None]:
    def apply(stages: list[dict[str, Any]]) -> None:
        stages[stage][field] += 1

    return apply


@pytest.mark.parametrize(
    ("break_it", "line"),
    [
        (change(0, "in"), "read: in 4, but kept 1 + rejected 2"),
        (change(1, "kept"), "filter: in 5, but kept 4 + rejected 2"),
        (change(2, "in"), "filter kept 3, but write saw 4"),
        (change(2, "kept"), "4 rows counted, but data/ holds 3"),
        (change(1, "rejected"), "5 rejects counted, but rejected/ holds 4"),
    ],
)
def test_whatever_does_not_add_up_is_named(break_it: Callable[[Any], None], line: str) -> None:
    stages = funnel()
    break_it(stages)
    assert line in discrepancies(stages, inputs=3, rows=3, rejects=4)


def test_a_lost_input_is_named() -> None:
    assert discrepancies(funnel(), inputs=4, rows=3, rejects=4) == [
        "4 files listed, but the first stage saw 3"
    ]


def test_secrets_are_never_shown() -> None:
    options = parse(["--input", "a", "--output", "b", "--s3_secret_access_key", "hush"], ())
    shown = public_options(options, [RunOptions])
    assert "hush" not in str(shown)
    assert shown["s3_secret_access_key"] == "***"
    assert shown["input"] == ["a"]


def test_versions_name_what_shapes_the_output() -> None:
    found = versions()
    assert {"assay", "python", "apache-beam", "pyarrow", "pymupdf"} <= set(found)
    assert all(re.match(r"\d", version) for version in found.values())


def test_a_cascade_that_the_model_contradicts_is_told() -> None:
    spared = "cascade: 1,200 pairs were not sent to the model"
    sent = "; of 20 that were sent all the same, it agreed on"
    assert cascade_line({"saved": 1200, "audited": 20, "agreed": 19}, 0.95) == f"{spared}{sent} 95.0%"
    differs = cascade_line({"saved": 1200, "audited": 20, "agreed": 18}, 0.95)
    assert differs == f"{spared}{sent} 90.0%, less than the 95.0% that --cascade_precision asks for"
    assert cascade_line({"saved": 1200}, 0.95) == spared


def test_secrets_are_hidden_and_counts_are_not() -> None:
    arguments = ["--input", "a", "--output", "b", "--judge_max_tokens", "7", "--vllm_arg", "api-key=sesame"]
    classes = [RunOptions, JudgeOptions, VllmOptions]
    shown = public_options(parse([*arguments, "--vllm_arg", "seed=7"], classes[1:]), classes)
    assert shown["judge_max_tokens"] == 7
    assert shown["vllm_arg"] == ["api-key=***", "seed=7"]


@pytest.mark.parametrize(
    ("reasons", "kept", "line"),
    [
        ({"refused_request": 27}, 0, "judge: the model said nothing of use (refused_request 27)"),
        ({"refused_request": 26}, 1, ""),
        ({"invalid_answer": 2, "refusal": 1}, 0, "judge: the model said nothing of use ("),
        ({"refused_request": 26, "error": 1}, 0, ""),
        ({"server_error": 1}, 0, ""),
        ({}, 0, ""),
    ],
)
def test_a_model_that_says_nothing_of_use(reasons: dict[str, int], kept: int, line: str) -> None:
    rejected = sum(reasons.values())
    stage = {"stage": "judge", "in": rejected + kept, "kept": kept, "reasons": reasons}
    found = unanswered([{"stage": "read", "in": 1, "kept": 1, "reasons": {}}, stage])
    assert found.startswith(line)
    assert bool(found) == bool(line)
