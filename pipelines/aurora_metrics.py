"""How good labels of steps are, beside the true ones.

The protocol is that of ProcessBench (arXiv 2412.06559): F1 is the harmonic mean of the share of solutions
with an error whose first wrong step is found exactly, and of the share of the others in which none is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Truth:
    """A solution with its true label.

    Attributes:
      label: index of its first wrong step, -1 if there is none.
      steps: how many it has; None if nobody says.
      subset: what it belongs to.
    """

    label: int
    steps: int | None = None
    subset: str = ""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was predicted of a solution.

    Attributes:
      label: index of its first wrong step, -1 for none, None if that was left open.
      soft: how likely each step is right (0..1); empty if nobody says.
      steps: how many it has; None if nobody says.
      labels: 1 (right), 0 or None (left open) for each step; empty if nobody says.
    """

    label: int | None
    soft: tuple[float, ...] = ()
    steps: int | None = None
    labels: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstErrors:
    """How well first errors are found.

    Attributes:
      erroneous, correct: solutions with and without a wrong step.
      found, cleared: those of them whose label is predicted exactly.
    """

    erroneous: int = 0
    found: int = 0
    correct: int = 0
    cleared: int = 0

    @property
    def on_erroneous(self) -> float:
        """Share (0..1) of solutions with an error whose first wrong step is found."""
        return self.found / self.erroneous if self.erroneous else 0.0

    @property
    def on_correct(self) -> float:
        """Share (0..1) of solutions without one in which none is found."""
        return self.cleared / self.correct if self.correct else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 0 where both are."""
        total = self.on_erroneous + self.on_correct
        return 2 * self.on_erroneous * self.on_correct / total if total else 0.0


def first_errors(labels: Iterable[tuple[int, int | None]]) -> FirstErrors:
    """Returns how well first errors are found.

    Args:
      labels: the true one and the predicted one, None where there is none, which is wrong.
    """
    erroneous = found = correct = cleared = 0
    for true, predicted in labels:
        if true < 0:
            correct += 1
            cleared += predicted == true
        else:
            erroneous += 1
            found += predicted == true
    return FirstErrors(erroneous, found, correct, cleared)


@dataclass(frozen=True, slots=True)
class Steps:
    """How well wrong steps are found.

    Attributes:
      hits, false_alarms, misses, passed: steps that are wrong and labelled so, right and labelled wrong,
        wrong and labelled right, right and labelled so.
    """

    hits: int = 0
    false_alarms: int = 0
    misses: int = 0
    passed: int = 0

    @property
    def precision(self) -> float:
        """Share (0..1) of steps labelled wrong that are."""
        return self.hits / (self.hits + self.false_alarms) if self.hits else 0.0

    @property
    def recall(self) -> float:
        """Share (0..1) of wrong steps that are labelled so."""
        return self.hits / (self.hits + self.misses) if self.hits else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 0 where both are."""
        return 2 * self.hits / (2 * self.hits + self.false_alarms + self.misses) if self.hits else 0.0


def labels_from(first_error: int, steps: int) -> list[int]:
    """Returns the labels of steps of which all are wrong from the first error on."""
    return [int(first_error < 0 or i < first_error) for i in range(steps)]


def on_steps(pairs: Iterable[tuple[Sequence[int], Sequence[int | None]]]) -> Steps:
    """Returns how well wrong steps are found.

    Args:
      pairs: true and predicted labels of solutions; a step whose label was left open (None) isn't counted.
    """
    counts = {(true, said): 0 for true in (0, 1) for said in (0, 1)}
    for true, said in pairs:
        for right, label in zip(true, said, strict=True):
            if label is not None:
                counts[right, label] += 1
    return Steps(counts[0, 0], counts[1, 0], counts[0, 1], counts[1, 1])


@dataclass(frozen=True, slots=True)
class Bin:
    """Steps whose probability to be right was said to be about the same.

    Attributes:
      low, high: bounds of it.
      count: steps.
      said: mean of what was said.
      true: share of them that are right.
    """

    low: float
    high: float
    count: int
    said: float
    true: float


def reliability(steps: Iterable[tuple[float, int]], bins: int = BINS) -> list[Bin]:
    """Returns the bins of equal width that hold steps.

    Args:
      steps: what was said of the probability that a step is right, and whether it is.
    """
    held: dict[int, list[tuple[float, int]]] = {}
    for said, true in steps:
        held.setdefault(min(int(said * bins), bins - 1), []).append((said, true))
    return [
        Bin(
            i / bins,
            (i + 1) / bins,
            len(group),
            sum(said for said, _ in group) / len(group),
            sum(true for _, true in group) / len(group),
        )
        for i, group in sorted(held.items())
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Returns the expected calibration error: the mean distance of said and true, over steps."""
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.said - one.true) for one in bins) / total if total else 0.0


def by_subset(truth: Mapping[str, Truth], predictions: Mapping[str, Prediction]) -> dict[str, FirstErrors]:
    """Returns how well first errors are found in each subset; without a usable prediction they are not."""
    labels: dict[str, list[tuple[int, int | None]]] = {}
    for name, true in truth.items():
        labels.setdefault(true.subset, []).append((true.label, usable_label(true, predictions.get(name))))
    return {subset: first_errors(pairs) for subset, pairs in sorted(labels.items())}


def usable_label(true: Truth, predicted: Prediction | None) -> int | None:
    """Returns a predicted label; None if there is none, or if it counts other steps than the truth."""
    if predicted is None or other_steps(true, predicted):
        return None
    return predicted.label


def other_steps(true: Truth, predicted: Prediction) -> bool:
    """Whether a prediction is of a solution that was cut into another number of steps."""
    return None not in (true.steps, predicted.steps) and true.steps != predicted.steps
