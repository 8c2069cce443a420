"""Where a document prints a key of answers and whole solutions as well, the solutions count."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from extractors.problems.vocabulary import fold
from schemas.problems import Item

_MIN_COUNT = 3
_HELD = 0.8  # share of the answers that the solutions of the same numbers hold
_LONGER = 2.0  # solutions than answers
_MANY = 50  # runs with one number: which of them belong together is left open
_ANSWER = 200  # characters


def without_keys(solutions: Sequence[Item]) -> list[Item]:
    """Returns the solutions without the answers that other solutions of the same numbers hold.

    "1. (c)  2. (b)  3. (c)" above "1. (c): The speed is...": nearly all that have a number in common agree,
    so that both are for the same problems. An answer without a solution stays.
    """
    runs: dict[tuple[str, int], dict[tuple[str, ...], Item]] = defaultdict(dict)
    for item in solutions:
        if item.number:
            runs[item.uri, item.run].setdefault(item.number, item)
    having: dict[tuple[str, tuple[str, ...]], list[tuple[str, int]]] = defaultdict(list)
    for place, run in runs.items():
        for number in run:
            having[place[0], number].append(place)
    left_out: set[tuple[str, str]] = set()
    for place, key in runs.items():
        shared = Counter(
            other
            for number, item in key.items()
            if len(item.text) <= _ANSWER and len(having[place[0], number]) <= _MANY
            for other in having[place[0], number]
            if other != place
        )
        for other, count in shared.items():
            if count >= _MIN_COUNT and _is_held(key, runs[other]):
                left_out |= {(item.uri, item.id) for number, item in key.items() if number in runs[other]}
    return [item for item in solutions if (item.uri, item.id) not in left_out]


def _is_held(key: dict[tuple[str, ...], Item], run: dict[tuple[str, ...], Item]) -> bool:
    common = [(key[number].text, run[number].text) for number in key if number in run]
    if _LONGER * sum(len(answer) for answer, _ in common) > sum(len(text) for _, text in common):
        return False
    return sum(1 for answer, text in common if _holds(text, answer)) >= _HELD * len(common)


def _holds(text: str, answer: str) -> bool:
    """Whether a text has all words of an answer; a letter alone, of a choice, has to be its first."""
    wanted, words = (re.findall(r"\w+", fold(part)) for part in (answer, text))
    if len(wanted) == 1 and len(wanted[0]) == 1 and not wanted[0].isdigit():
        return words[:1] == wanted
    return bool(wanted) and not Counter(wanted) - Counter(words)
