"""Which documents belong together though their names do not say so: numbers and texts tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

from extractors.problems.affinity import bag, overlap
from schemas.problems import Item

_MIN_COUNT = 5
_COVERED = 0.8  # share of the numbers of the solutions that are numbers of problems
_CHANCE = 0.01
_DEALS = 400
_TRIED = 60  # pairs of texts
_NEIGHBOURS = 6


def mirrored(
    problems: Mapping[str, Sequence[Item]], solutions: Mapping[str, Sequence[Item]]
) -> list[list[str]]:
    """Returns groups of documents: one of solutions with those of the problems that it answers.

    Every number of a solution stands for at most one problem in all documents, and for no other
    solution; most stand for one; and the texts agree one to one.

    Args:
      problems, solutions: numbered items by document; no document is in both.
    """
    asked: dict[tuple[str, ...], list[Item]] = {}
    for item in (item for items in problems.values() for item in items):
        asked.setdefault(item.number, []).append(item)
    answered = Counter(item.number for items in solutions.values() for item in items)
    groups = []
    for uri, items in sorted(solutions.items()):
        if any(answered[item.number] > 1 or len(asked.get(item.number, ())) > 1 for item in items):
            continue
        pairs = [(asked[item.number][0], item) for item in items if item.number in asked]
        if len(pairs) < max(_MIN_COUNT, _COVERED * len(items)):
            continue
        if _agree([_words(problem) for problem, _ in pairs], [_words(solution) for _, solution in pairs]):
            groups.append([*sorted({problem.uri for problem, _ in pairs}), uri])
    return groups


def _words(item: Item) -> Counter[str]:
    """Returns the words of an item without its own number, which its counterpart has in any book."""
    own = {*item.number, ".".join(item.number)}
    return Counter({word: n for word, n in bag(item.text).items() if word not in own})


def _agree(problems: Sequence[Counter[str]], solutions: Sequence[Counter[str]]) -> bool:
    """Whether solutions agree with their own problems better than with those beside them.

    Permutation test as in `affinity.answers`, but solutions are dealt out among neighbours: two books on
    one subject treat it in the same order, and agree as wholes.
    """
    asked, answered = problems[:_TRIED], solutions[:_TRIED]
    frequency = Counter(word for words in (*asked, *answered) for word in words)
    rows = [
        [overlap(problem, solution, frequency, 2 * len(asked)) for solution in answered[begin:][:_NEIGHBOURS]]
        for begin in range(0, len(asked), _NEIGHBOURS)
        for problem in asked[begin:][:_NEIGHBOURS]
    ]
    given = sum(row[i % _NEIGHBOURS] for i, row in enumerate(rows))
    if not given:
        return False
    random, as_good = Random(0), 0  # the same texts always give the same answer
    for _ in range(_DEALS):
        dealt = 0.0
        for begin in range(0, len(rows), _NEIGHBOURS):
            near = rows[begin : begin + _NEIGHBOURS]
            order = random.sample(range(len(near)), len(near))
            dealt += sum(row[i] for row, i in zip(near, order, strict=True))
        as_good += dealt >= given - 1e-9
    return (as_good + 1) / (_DEALS + 1) <= _CHANCE
