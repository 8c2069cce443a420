"""From scores on labelled examples to thresholds with a wanted precision.

A precision that was seen on few examples promises little: what counts is the lower end of Wilson's interval
(E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22, 1927).
A threshold that is chosen for what the same examples show of it promises less: the 5 % by which the bounds
may fail are shared by all thresholds of a curve (Bonferroni), of which there are few, spread by the scores
alone. So with 95 % confidence all of the bounds hold, and that of the one that is chosen with them.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

CONFIDENCE = 0.95
MAX_POINTS = 20


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold gives on the labelled examples, for one label.

    Attributes:
      threshold: the label is given to whatever has it as its likeliest one, with this score or a higher one.
      given: to how many examples.
      right: how many of these have it.
      precision, recall: of the label.
      lower: what the precision is at least, with 95 % confidence for all points of a curve together.
    """

    threshold: float
    given: int
    right: int
    precision: float
    recall: float
    lower: float


def confidence_z(bounds: int) -> float:
    """Returns the quantile of the normal distribution for so many one-sided bounds that hold together."""
    return statistics.NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / bounds)


def wilson_lower(right: int, n: int, bounds: int = 1) -> float:
    """Returns the lower end of Wilson's interval for a share of `right` in `n`; 0.0 for none.

    Args:
      bounds: how many such ends have to hold together.
    """
    if not n:
        return 0.0
    z = confidence_z(bounds)
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
    found, hits = [], 0
    for given, (score, hit) in enumerate(ranked, start=1):
        hits += hit
        if given == len(ranked) or ranked[given][0] < score:  # equal scores fall on one side together
            found.append((score, given, hits))
    if len(found) > MAX_POINTS:
        found = [found[i * len(found) // MAX_POINTS - 1] for i in range(1, MAX_POINTS + 1)]
    return [_point(*one, one[2] / positives if positives else 0.0, len(found)) for one in found]


def _point(threshold: float, given: int, right: int, recall: float, bounds: int) -> Point:
    return Point(threshold, given, right, right / given, recall, wilson_lower(right, given, bounds))


def choose(curve: Sequence[Point], precision: float) -> Point | None:
    """Returns the point of the lowest threshold whose precision is surely what is wanted, or None."""
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
        curve.append(_point(float(threshold), given, right, float(recall), len(rows)))
    return curve
