"""Where a document prints a key of answers and whole solutions as well, the solutions count."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeVar

from extractors.problems.affinity import chance
from extractors.problems.titles import scope_numbers, title_zone
from extractors.problems.vocabulary import fold, pattern, words
from schemas.problems import Item

_MIN_COUNT = 4
_HELD = 0.9  # share of the answers that the solutions of the same numbers give
_LONGER = 2.0  # solutions than answers
_MANY = 4  # runs with one number below the same headings: which of them belong together is left open
_CHANCE = 0.01  # that a key is taken for that of other solutions, in a document
_TRIED = 40  # answers of a key, and keys
_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+")

T = TypeVar("T")
Couple = list[tuple[Item, Item]]
"""Answers of a key, each with the solution of its number."""


def without_keys(solutions: Sequence[Item]) -> list[Item]:
    """Returns the solutions without the answers that whole solutions of the same numbers give as well.

    "1. (c)  2. (b)  3. (c)" above "1. (c): The speed is...": both stand below the same headings but for
    their own titles, nearly every solution gives the answer of its number, and the solutions of a document
    give the answers of other numbers far less (permutation test). An answer without a solution stays.
    """
    documents: dict[str, list[Item]] = defaultdict(list)
    for item in solutions:
        if item.number:
            documents[item.uri].append(item)
    left_out: set[tuple[str, str]] = set()
    for items in documents.values():
        couples = list(_couples(items))
        held = [couple for couple in couples if _share_given(couple) >= _HELD]
        if held and chance([_given(couple) for couple in _spread(couples)], _CHANCE) <= _CHANCE:
            left_out |= {(answer.uri, answer.id) for couple in held for answer, _ in couple}
    return [item for item in solutions if (item.uri, item.id) not in left_out]


def _couples(items: Sequence[Item]) -> Iterator[Couple]:
    """Yields what the lengths allow to be a key and its solutions, for the same problems by the headings."""
    places: dict[tuple[object, ...], dict[int, Item]] = defaultdict(dict)
    for item in items:
        places[(*_scope(item.headings), item.number)].setdefault(item.run, item)
    shared: dict[tuple[object, ...], Couple] = defaultdict(list)
    for place, runs in places.items():
        for key, answer in runs.items() if len(runs) <= _MANY else ():
            for run, solution in runs.items():
                if run != key:
                    shared[(*place[:-1], key, run)].append((answer, solution))
    for couple in shared.values():
        lengths = [sum(len(item.text) for item in side) for side in zip(*couple, strict=True)]
        if len(couple) >= _MIN_COUNT and _LONGER * lengths[0] <= lengths[1]:
            yield couple


def _scope(headings: tuple[str, ...]) -> tuple[object, ...]:
    """Returns what two runs of solutions have in common that are for the same problems.

    The headings that are not titles of solutions, and what those say: "Answers to Chapter 2", "Solutions of
    the mock exam".
    """
    around = tuple(fold(heading) for heading in headings if title_zone(heading) != "solutions")
    named = pattern("problem", "set")
    kinds = frozenset(match["word"] for heading in headings for match in named.finditer(fold(heading)))
    return around, scope_numbers(headings), kinds


def _share_given(couple: Couple) -> float:
    given = sum(_gives(_words(solution.text), _words(answer.text)) for answer, solution in couple)
    return given / len(couple)


def _given(couple: Couple) -> list[list[float]]:
    """Returns which answers (rows) are given by which solutions (columns)."""
    chosen = _spread(couple)
    solutions = [_words(solution.text) for _, solution in chosen]
    return [[float(_gives(text, _words(answer.text))) for text in solutions] for answer, _ in chosen]


def _spread(many: Sequence[T]) -> Sequence[T]:
    return many[:: -(-len(many) // _TRIED)]


def _gives(solution: str, answer: str) -> bool:
    """Whether words stand where a solution gives its result: first, last, or after a break (`_words`)."""
    return bool(answer) and (f"\n{answer}" in f"\n{solution}" or f" {solution}".endswith(f" {answer}"))


def _words(text: str) -> str:
    """Returns the words and numbers of a text, folded, a blank after each.

    Before a word stands a line break where it follows "=" or "Answer:".
    """
    folded, parts = fold(text), []
    before, end = "", 0
    for match in _WORD.finditer(folded):
        between = folded[end : match.start()]
        announced = "=" in between or (":" in between and words().get(before) == "solution")
        parts.append(f"\n{match[0]} " if before and announced else f"{match[0]} ")
        before, end = match[0], match.end()
    return "".join(parts)
