"""Labelled examples for the calibration of a judge: rows of Parquet or JSON lines, checked one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from filters.answers import solution_kind
from filters.judge import DIGITS, broken_rule
from filters.rubrics import HIGHEST, LOWEST, Rubric
from pipelines.errors import UsageError
from pipelines.labelled import ENDINGS, Columns, rows_of
from schemas.ids import record_id
from schemas.row import value_of
from schemas.scp116k import Judge, Pair, Pairing, Source

_LABELS = {"keep": True, "true": True, "1": True, "drop": False, "false": False, "0": False}
_TEXTS = ("problem", "solution", "context", "language", "judge", "scores")


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled example and what a judge said of it.

    Attributes:
      good: whether its label is keep.
      kept: whether its verdict is.
      score: overall, 0..1.
      criteria: scores, 1..5; none that the judge couldn't tell.
    """

    good: bool
    kept: bool
    score: float
    criteria: Mapping[str, float]


def labelled_rows(path: str, label: str) -> Iterator[tuple[int, bool, dict[str, Any]]]:
    """Yields the number of each row, from 1, its label (True is keep), and the row.

    Raises:
      UsageError: the file can't be read, or a row has another label.
    """
    if not path.endswith(ENDINGS):
        raise UsageError(f"--labels {path}: no file with {', '.join(ENDINGS)}")
    for number, row in enumerate(rows_of(path, Columns(_TEXTS, label)), start=1):
        said = value_of(row, label)
        found = _LABELS.get(f"{said:g}" if isinstance(said, float) else str(said).strip().casefold())
        if said is None:
            raise UsageError(f"--labels {path}: row {number} has no {label} (see --label_column)")
        if found is None:
            raise UsageError(
                f"--labels {path}: row {number}: {label} is {str(said)[:40]!r}, "
                "and none of keep, drop, true, false, 1 and 0"
            )
        yield number, found, row


def judged_example(good: bool, row: Mapping[str, Any], rubric: Rubric, keep: str) -> Example:
    """Returns an example whose row says what a judge said: in `judge` as records have it, or in `scores`.

    Args:
      keep: a rule that decides instead of the verdict on the record; the rubric's for bare `scores`.

    Raises:
      ValueError: it says nothing of the kind; the message says what is missing.
    """
    judge, scores = row.get("judge"), row.get("scores")
    if isinstance(scores, Mapping):
        return by_scores(good, _checked(scores, rubric.names), rubric, keep or rubric.keep)
    if not isinstance(judge, Mapping):
        raise ValueError("it has neither `judge` nor `scores`")
    listed = judge.get("criteria") or []
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) and "name" in one for one in listed):
        raise ValueError("the criteria of its `judge` are no list of objects with name and score")
    criteria = {str(one["name"]): one["score"] for one in listed if one.get("score") is not None}
    if keep:
        return by_scores(good, _checked(criteria, rubric.names), rubric, keep, judge.get("agreement"))
    verdict = judge.get("verdict")
    score: Any = judge.get("score")
    if verdict not in ("keep", "drop") or not _is_number(score, 0, 1):
        raise ValueError("its `judge` has no verdict, or no score from 0 to 1")
    return Example(good, verdict == "keep", round(float(score), DIGITS), _checked(criteria, tuple(criteria)))


def by_judge(good: bool, judge: Judge) -> Example:
    """Returns the example of a judge that has just spoken."""
    criteria = {one.name: one.score for one in judge.criteria if one.score is not None}
    return Example(good, judge.verdict == "keep", judge.score, criteria)


def by_scores(
    good: bool, scores: Mapping[str, float], rubric: Rubric, keep: str, agreement: float | None = None
) -> Example:
    """Returns the example of scores, decided by a rule."""
    overall = round(rubric.overall(dict(scores)), DIGITS)
    return Example(good, not broken_rule(keep, scores, overall, agreement), overall, scores)


def pair_of(row: Mapping[str, Any]) -> Pair:
    """Returns the pair that a row holds, for a judge that reads no more than its texts.

    Raises:
      ValueError: it has no problem or no solution.
    """
    for name in ("problem", "solution"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise ValueError(f"it has no {name} to judge")
    problem, solution = row["problem"], row["solution"]
    context = row.get("context")
    return Pair(
        id=record_id(problem, solution),
        problem=problem,
        solution=solution,
        answer=None,
        solution_kind=solution_kind(problem, solution),
        context=context if isinstance(context, str) and context else None,
        hint=None,
        label="",
        domain=None,
        subdomain=None,
        level=None,
        language=str(row.get("language") or "und"),
        needs_figure=False,
        math_quality="exact",
        ocr=False,
        source=Source("", "", "", "", "", (), (), (), (), (), ()),
        pairing=Pairing("labelled", 1.0),
        judge=None,
        answers=(),
    )


def _checked(scores: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, float]:
    if missing := [name for name in names if name not in scores]:
        raise ValueError(f"it has no score for {missing[0]}")
    if other := [str(name) for name in scores if name not in names]:
        raise ValueError(f"it has a score for {other[0]!r}, which the rubric doesn't have")
    for name in names:
        if not _is_number(scores[name], LOWEST, HIGHEST):
            raise ValueError(
                f"{name} is {str(scores[name])[:40]!r}, and no number from {LOWEST} to {HIGHEST}"
            )
    return {name: round(float(scores[name]), DIGITS) for name in names}


def _is_number(value: Any, low: float, high: float) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and math.isfinite(value) and low <= value <= high
