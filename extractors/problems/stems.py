"""Reads which problems a text says that it is common to: "In Problems 4 to 6, a car..."."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from extractors.problems.outline import Piece
from extractors.problems.vocabulary import fold, pattern

_RANGE = re.compile(r"\s*(?P<first>\d{1,4})\s*(?:[-–—]|[^\W\d_]{1,8})\s*(?P<last>\d{1,4})(?!\d|\.\d)")
_HEAD = 130  # how far from its start a stem says which problems it is for
_BETWEEN = 25  # characters between "next" and the word for problems
_LARGEST = 20


@dataclass(frozen=True, slots=True)
class Shared:
    """The problems that have a stem in common: those numbered first..last, or the next `count`.

    With neither, they go on to the next stem or heading.
    """

    first: int = 0
    last: int = 0
    count: int = 0


def read_stem(piece: Piece) -> Shared | None:
    """Returns the problems that a paragraph among the exercises is for; None if it is no stem."""
    if piece.section.zone not in ("problems", "") or piece.block.kind not in ("paragraph", "list_item"):
        return None
    head = fold(piece.block.text[: 2 * _HEAD])[:_HEAD]
    for word in pattern("problem").finditer(head):
        numbers = _RANGE.match(head, word.end())
        if numbers and 0 < int(numbers["last"]) - int(numbers["first"]) <= _LARGEST:
            return Shared(int(numbers["first"]), int(numbers["last"]))
    if piece.section.zone != "problems" or (piece.label and piece.label.number):
        return None
    for word in pattern("problem").finditer(head):
        before = head[max(0, word.start() - _BETWEEN - 12) : word.start()]
        after = head[word.end() : word.end() + _BETWEEN]
        told = list(_next().finditer(before)) or list(_next().finditer(after))
        if told:
            return Shared(count=_count(before + " " + after) or (1 if word["word"] in _single() else 0))
    return None


def _count(text: str) -> int:
    digits = re.search(r"(?<!\d)\d{1,2}(?!\d)", text)
    if digits and 0 < int(digits[0]) <= _LARGEST:
        return int(digits[0])
    return next((n for word, n in _counts().items() if re.search(rf"(?<!\w){word}(?!\w)", text)), 0)


@cache
def _words() -> list[dict[str, list[str]]]:
    source = files("extractors.problems").joinpath("stems.yaml").read_text("utf-8")
    return list(yaml.safe_load(source).values())


@cache
def _next() -> re.Pattern[str]:
    words = sorted({fold(word) for language in _words() for word in language["next"]}, key=lambda w: -len(w))
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, words))})")


@cache
def _counts() -> dict[str, int]:
    return {
        re.escape(fold(word)): n
        for language in _words()
        for n, word in enumerate(language["counts"], 1)
        if n > 1
    }


@cache
def _single() -> frozenset[str]:
    return frozenset(fold(word) for language in _words() for word in language["one"])
