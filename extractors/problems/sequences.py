"""Tells the numbers of items from the numbers of everything else.

Bare numbers ("12.") open items, but also steps of a solution, parts of a problem, years and
quantities. Items number themselves in sequence and look alike; what interrupts the sequence is
something else. `best_chain` picks the subsequence that pays best under that rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_GAIN = 1.0
_RESTART_AT_HEADING = 1.0
_RESTART = 3.5
_OTHER_LOOK = 2.0
_SKIPPED = 0.7
_WINDOW = 250  # candidates looked back; bounds the time on tables of numbers


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that may open an item.

    Attributes:
      index: of its piece.
      number: its parts.
      look: equal for candidates that look alike (typography, nesting, delimiter).
      section: equal for candidates under the same headings.
      sparse: whether gaps are expected, as among answers to odd numbers only.
      distinct: whether it looks like a label and like nothing else (bold): steps and quantities
        rarely do, so that leaving it out costs.
    """

    index: int
    number: tuple[str, ...]
    look: tuple[object, ...]
    section: int
    sparse: bool
    distinct: bool = False


@lru_cache(maxsize=65536)
def numeric(number: tuple[str, ...]) -> tuple[tuple[int, int, str], ...]:
    """Returns a key that orders printed numbers: 2 < 10, 1.9 < 1.10, digits before letters."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in number)


def best_chain(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Returns the candidates that number items, in order.

    Each chosen candidate gains 1; gaps, restarts and changes of look cost. Dynamic programming
    over the order of the document, O(n x window).
    """
    if not candidates:
        return []
    score = [0.0] * len(candidates)
    previous = [-1] * len(candidates)
    alike = _places_among_alike(candidates)
    for i, candidate in enumerate(candidates):
        score[i] = _GAIN - _start_cost(candidate)
        most = 0.0
        # The nearest come first: once one is found, few of the others can pay as much.
        for j in range(i - 1, max(0, i - _WINDOW) - 1, -1):
            if score[j] + _GAIN < most:
                continue
            total = score[j] + _GAIN - step_cost(candidates[j], candidate)
            if candidate.distinct and candidates[j].look == candidate.look:
                total -= _SKIPPED * (alike[i] - alike[j] - 1)
            if total >= most:  # of equals, the first of the document
                most = total
                if total > score[i] or previous[i] >= 0:
                    score[i], previous[i] = total, j
    at = max(range(len(candidates)), key=lambda i: (score[i], -i))
    if score[at] <= 0:
        return []
    chain = []
    while at >= 0:
        chain.append(candidates[at])
        at = previous[at]
    return chain[::-1]


def _places_among_alike(candidates: Sequence[Candidate]) -> list[int]:
    """Returns the place of each candidate among those of its look."""
    counts: Counter[tuple[object, ...]] = Counter()
    places = []
    for candidate in candidates:
        places.append(counts[candidate.look])
        counts[candidate.look] += 1
    return places


def _start_cost(candidate: Candidate) -> float:
    last = candidate.number[-1]
    if not last.isdigit() or int(last) <= 2 or len(candidate.number) > 1:
        return 0.0
    # A sheet may begin at 37, but a sequence that begins at 1 is more believable.
    return 0.5


def step_cost(before: Candidate, after: Candidate) -> float:
    """Returns what it costs that `after` is the item that follows `before`."""
    cost = 0.0 if before.look == after.look else _OTHER_LOOK
    same_section = before.section == after.section
    a, b = numeric(before.number), numeric(after.number)
    if len(a) != len(b):
        return cost + _RESTART
    if b > a:
        if a[:-1] != b[:-1]:  # 1.2.11 -> 1.3.1
            return cost + (0.0 if not same_section or b[-1][1] <= 2 or after.sparse else 0.5)
        gap = b[-1][1] - a[-1][1]
        if gap <= 1:
            return cost
        if after.sparse:
            return cost + min(0.02 * gap, 1.0)
        return cost + min(0.15 * gap, 2.0)
    starts_over = b[-1][1] <= (3 if after.sparse else 1)
    # Steps and parts start over as well, but are rarely set in bold like the labels of items.
    bold = before.distinct and after.distinct and before.look == after.look and after.number[-1] == "1"
    restart = _RESTART if same_section and not bold else _RESTART_AT_HEADING
    return cost + restart + (0.0 if starts_over else 1.5)


def counts_on(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether a number comes after another; where only the odd ones are answered, it is the next but one."""
    return a[:-1] == b[:-1] and a[-1].isdigit() and b[-1].isdigit() and int(b[-1]) - int(a[-1]) in (1, 2)
