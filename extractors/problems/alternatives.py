"""Second solutions of a problem: "Solution 1" and "Solution 2" below Problem 7 are both for it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extractors.problems.labels import Label
from extractors.problems.sequences import counts_on
from extractors.problems.vocabulary import words

_MOST = 0.6  # of the problems have such solutions
_MIN_PROBLEMS = 2


@dataclass(slots=True)
class _Solved:
    """A problem, and the solutions before the next one.

    Attributes:
      numbers: of the numbered solutions, by the indices of their labels.
      plain: whether a solution without a number stands there.
      counting: whether bare numbers stand before these: its parts, or exercises without a word.
    """

    problem: Label
    numbers: dict[int, tuple[str, ...]] = field(default_factory=dict)
    plain: bool = False
    counting: bool = False

    def counted(self) -> list[int]:
        """Returns the indices of the solutions numbered from 1 on; others are for what was missed."""
        expected = ((str(n),) for n in itertools.count(1))
        pairs = zip(self.numbers.items(), expected, strict=False)
        return [index for (index, _), _ in itertools.takewhile(lambda pair: pair[0][1] == pair[1], pairs)]

    def starts_over(self) -> bool:
        """Whether the first solution, and the first of the others, have the number 1."""
        first = len(self.counted())
        return first > 0 and list(self.numbers.values())[first : first + 1] in ([], [("1",)])


def without_alternatives(labels: Sequence[Label | None]) -> list[Label | None]:
    """Returns the labels, those of solutions that are counted for each problem without their numbers.

    Below most problems, solutions are numbered from 1 on, and not all with the number of their problem. At
    the end of a chapter, solutions with the numbers of the problems stand below its last one alone. Where
    they start over, a problem was missed: those further solutions are for none.
    """
    problems = _problems(labels)
    solved = [p for p in problems if p.numbers]
    if not solved or not all(p.starts_over() for p in solved):
        return list(labels)
    single = len(problems) == 1 and not problems[0].problem.number
    followed = sum(1 for p in problems if p.numbers or p.plain)
    most = len(solved) >= _MIN_PROBLEMS and followed >= _MOST * len(problems)
    # Where all the others have a solution of their own, these are not for them.
    rest = [p for p in problems if not p.numbers]
    only = all(len(p.counted()) > 1 and not p.plain and not p.counting for p in solved)
    most = most or (only and bool(rest) and all(p.plain for p in rest))
    own = all(len(p.numbers) == 1 and p.problem.number[-1:] == ("1",) for p in solved)
    if own or not (single or most):
        return list(labels)
    counted = {index for p in solved for index in p.counted()}
    others = {index for p in solved for index in p.numbers} - counted
    return [
        replace(x, number=(), role="set" if index in others else x.role)
        if x and index in counted | others
        else x
        for index, x in enumerate(labels)
    ]


def _problems(labels: Sequence[Label | None]) -> list[_Solved]:
    """Returns the problems by their words; where there are none, the bare numbers that count on."""
    worded = any(x and x.role in ("problem", "example") for x in labels)
    found: list[_Solved] = []
    for index, label in enumerate(labels):
        if label is None:
            continue
        if label.role in ("problem", "example") if worded else _counts(label, found):
            found.append(_Solved(label))
        elif label.role == "solution" and found and words().get(label.family) == "solution":
            if label.number:
                found[-1].numbers[index] = label.number
            else:
                found[-1].plain = True
        elif label.number and not label.role and found and not found[-1].numbers:
            found[-1].counting = True
    return found


def _counts(label: Label, found: Sequence[_Solved]) -> bool:
    if label.role or not label.number:
        return False
    return not found or label.number[-1] == "1" or counts_on(found[-1].problem.number, label.number)
