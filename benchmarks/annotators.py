"""Simulated annotators of steps, for `benchmarks.aurora`.

The truth of a solution is that of ProcessBench: its steps are right before the first wrong one, and wrong
from there on. An annotator sees that truth, with the first error moved by one step, earlier or later with the
same chance, in a share `shift` of the solutions that have one; and then errs on each step: on right ones at
the rate `strict`, on wrong ones at the rate `lenient`. With the chance `shared` the draw that decides a step
is not its own but that of its group, so that a group errs together. With `goes_on`, it labels everything
after its first 0 as 0, as models do that were told that what follows from an error is wrong. In a share
`abstains` it gives no answer, and in a share `miscounts` a label too many or too few.

All draws come from one generator with a stated seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Vote = list[int] | None


@dataclass(frozen=True, slots=True)
class Annotator:
    """How an annotator errs; rates from 0 to 1."""

    strict: float
    lenient: float
    shared: float = 0.0
    group: int = 0
    shift: float = 0.0
    goes_on: bool = False
    abstains: float = 0.0
    miscounts: float = 0.0


def vote_on(annotators: Sequence[Annotator], steps: int, label: int, draw: random.Random) -> list[Vote]:
    """Returns the votes of annotators on a solution.

    Args:
      steps: how many it has.
      label: index of its first wrong step, -1 for none.
    """
    groups: dict[tuple[int, int], float] = {}
    votes: list[Vote] = []
    for one in annotators:
        seen = label
        if label >= 0 and draw.random() < one.shift:
            seen = min(max(label + draw.choice((-1, 1)), 0), steps - 1)
        vote = []
        for step in range(steps):
            right = seen < 0 or step < seen
            own = draw.random()
            common = groups.setdefault((one.group, step), draw.random())
            chance = common if draw.random() < one.shared else own
            wrong = chance < (one.strict if right else one.lenient)
            vote.append(int(right != wrong))
        if one.goes_on and 0 in vote:
            first = vote.index(0)
            vote[first:] = [0] * (steps - first)
        if draw.random() < one.miscounts:
            vote = vote[:-1] if draw.random() < 0.5 and steps > 1 else [*vote, vote[-1]]
        votes.append(None if draw.random() < one.abstains else vote)
    return votes


def equal(count: int, **how: float | bool) -> list[Annotator]:
    """Returns annotators of the same skill."""
    return [Annotator(**how) for _ in range(count)]  # type: ignore[arg-type]


def from_to(count: int, best: float, worst: float, **how: float | bool) -> list[Annotator]:
    """Returns annotators whose rates of errors lie evenly between two."""
    rates = [best + (worst - best) * i / max(count - 1, 1) for i in range(count)]
    return [Annotator(strict=rate, lenient=rate, **how) for rate in rates]  # type: ignore[arg-type]


def with_group(count: int, members: int, inside: float, outside: float) -> list[Annotator]:
    """Returns annotators of whom some err together."""
    return [
        Annotator(inside, inside, shared=0.8, group=1) if i < members else Annotator(outside, outside)
        for i in range(count)
    ]


ALWAYS_1, ALWAYS_0 = Annotator(0.0, 1.0), Annotator(1.0, 0.0)
MOSTLY_1, COIN = Annotator(0.03, 0.97), Annotator(0.5, 0.5)
"""Annotators whose votes don't depend on the steps."""

SCENES: dict[str, Callable[[int], list[Annotator]]] = {
    "equal, independent": lambda n: equal(n, strict=0.1, lenient=0.1),
    "equal, goes on": lambda n: equal(n, strict=0.1, lenient=0.1, goes_on=True),
    "equal, lenient": lambda n: equal(n, strict=0.03, lenient=0.3),
    "equal, strict": lambda n: equal(n, strict=0.15, lenient=0.05),
    "skills 0.03-0.35": lambda n: from_to(n, 0.03, 0.35),
    "skills 0.02-0.30, goes on": lambda n: from_to(n, 0.02, 0.30, goes_on=True),
    "one good": lambda n: [*equal(1, strict=0.02, lenient=0.02), *equal(n - 1, strict=0.3, lenient=0.3)],
    "lenient and strict": lambda n: [
        Annotator(0.02, 0.35) if i % 2 else Annotator(0.25, 0.05) for i in range(n)
    ],
    "all correlated 0.5": lambda n: equal(n, strict=0.1, lenient=0.1, shared=0.5),
    "all correlated 0.9": lambda n: equal(n, strict=0.1, lenient=0.1, shared=0.9),
    "half a group": lambda n: with_group(n, n // 2, 0.15, 0.15),
    "half a worse group": lambda n: with_group(n, n // 2, 0.2, 0.1),
    "third a worse group": lambda n: with_group(n, max(2, n // 3), 0.2, 0.15),
    "first errors shifted": lambda n: equal(n, strict=0.05, lenient=0.05, shift=0.3, goes_on=True),
    "abstain and miscount": lambda n: equal(n, strict=0.1, lenient=0.1, abstains=0.1, miscounts=0.1),
    "one says always 1": lambda n: [*equal(n - 1, strict=0.1, lenient=0.15), ALWAYS_1],
    "one says 1 in 97 %": lambda n: [*equal(n - 1, strict=0.1, lenient=0.15), MOSTLY_1],
    "one says always 0": lambda n: [*equal(n - 1, strict=0.1, lenient=0.15), ALWAYS_0],
    "one tosses a coin": lambda n: [*equal(n - 1, strict=0.1, lenient=0.15), COIN],
    "third say always 1": lambda n: [*equal(n - n // 3, strict=0.1, lenient=0.15), *[ALWAYS_1] * (n // 3)],
    "third toss coins": lambda n: [*equal(n - n // 3, strict=0.1, lenient=0.15), *[COIN] * (n // 3)],
    "nearly perfect, one says always 1": lambda n: [*equal(n - 1, strict=0.01, lenient=0.02), ALWAYS_1],
    "skills 0.03-0.35, one says always 1": lambda n: [*from_to(n - 1, 0.03, 0.35), ALWAYS_1],
    "good to poor, with all four": lambda n: [
        *from_to(max(n - 4, 2), 0.05, 0.25),
        *[ALWAYS_1, MOSTLY_1, COIN, ALWAYS_0][: n - 2],
    ],
}
DIFFERENT_SKILLS = ("skills 0.03-0.35", "skills 0.02-0.30, goes on", "one good")
