"""How well verdicts agree with labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of examples by verdict and label.

    Attributes:
      kept_good, kept_bad: verdict keep, label keep or drop.
      dropped_good, dropped_bad: verdict drop, likewise.
    """

    kept_good: int
    kept_bad: int
    dropped_good: int
    dropped_bad: int

    @property
    def n(self) -> int:
        """All examples."""
        return self.kept_good + self.kept_bad + self.dropped_good + self.dropped_bad

    @property
    def right(self) -> int:
        """Examples whose verdict is their label."""
        return self.kept_good + self.dropped_bad

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa (J. Cohen, Educational and Psychological Measurement 20, 1960): the agreement beyond
        that of chance, 1 at most; None where chance alone agrees always."""
        kept, good = self.kept_good + self.kept_bad, self.kept_good + self.dropped_good
        chance = kept * good + (self.n - kept) * (self.n - good)  # times n squared
        if chance == self.n**2:
            return None
        return (self.right * self.n - chance) / (self.n**2 - chance)


def confusion(verdicts: Sequence[bool], labels: Sequence[bool]) -> Confusion:
    """Returns the counts; True is keep."""
    found = list(zip(verdicts, labels, strict=True))
    return Confusion(
        *(found.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False)))
    )


def interval(right: int, n: int) -> tuple[float, float]:
    """Returns Wilson's interval of a share, two-sided at 95 %; all of 0..1 for none."""
    from scipy.stats import binomtest

    if not n:
        return 0.0, 1.0
    found = binomtest(right, n).proportion_ci(method="wilson")
    return float(found.low), float(found.high)
