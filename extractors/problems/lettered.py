"""Tells the letters that count options and parts from the letters that are Roman numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from extractors.problems.labels import Label
from schemas.document import Block

_LETTERED = re.compile(r"[(\[]?(?P<letter>[A-Za-z])(?P<close>[.)\]:．）])(?:\s|$)")


def without_letters(labelled: Iterable[tuple[Block, Label | None]]) -> Iterator[tuple[Block, Label | None]]:
    """Yields the blocks without the labels of those that continue an enumeration by letters.

    "C. Perth" after "A. Sydney" and "B. Canberra" is the third option of a question, not number 100 of
    anything.
    """
    before = ""  # the letter that was counted last, with what closes it
    for block, label in labelled:
        counted = [m for line in block.text.split("\n") if (m := _LETTERED.match(line.strip()))]
        first = _LETTERED.match(block.text)
        if first and label and label.number == (first["letter"].casefold(),) and _follows(before, first):
            label = None
        if counted:
            before = counted[-1]["letter"] + counted[-1]["close"]
        elif block.kind == "heading" or (label and label.number):
            before = ""
        yield block, label


def _follows(before: str, after: re.Match[str]) -> bool:
    """Whether a letter is the next one of its alphabet, and looks like the one before."""
    return bool(before) and chr(ord(before[0]) + 1) + before[1] == after["letter"] + after["close"]
