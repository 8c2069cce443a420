"""Reads keys of multiple choice that stand in one paragraph: "1B; 2D; 3A" and "1-5: CBCAD"."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from extractors.problems.labels import Label
from schemas.document import Block

_CHOICE = "[A-H]"
_SINGLE = re.compile(
    rf"\s*(?P<first>\d{{1,3}})\s*[.．)、:：\-–]?\s*\(?(?P<choice>{_CHOICE})(?!\w)\)?[;,.；，、。]?"
)
_RANGE = re.compile(
    rf"\s*(?P<first>\d{{1,3}})\s*[-–—~～]\s*(?P<last>\d{{1,3}})\s*[.．)、:：]?"
    rf"\s*(?P<choices>{_CHOICE}(?:[\s,;]*{_CHOICE})*)(?!\w)[;,.；，、。]?"
)
_MIN_KEY = 3
_MAX_KEY = 1000


def read_key(block: Block) -> list[tuple[Block, Label | None]]:
    """Returns the answers of a key with their labels; nothing if the block holds anything else.

    The numbers of a key follow one another, or every second one is missing; a range has as many
    letters as numbers.
    """
    if block.kind not in ("paragraph", "list_item"):
        return []
    entries = _ranges(block.text) or _singles(block.text)
    steps = [b[0] - a[0] for a, b in itertools.pairwise(entries)]
    if len(entries) < _MIN_KEY or not all(1 <= step <= 2 for step in steps):
        return []
    return [
        (_answer(block, at), Label("solution", "", (str(number),), 0, str(number), True))
        for number, at in entries
    ]


def _singles(text: str) -> list[tuple[int, int]]:
    """Returns the numbers of "1B; 2D; 3A" with the places of their answers."""
    found = _consecutive(_SINGLE, text)
    return [(int(match["first"]), match.start("choice")) for match in found]


def _ranges(text: str) -> list[tuple[int, int]]:
    """Returns the numbers of "1-5: CBCAD 6-8: ABB" with the places of their answers."""
    entries = []
    for match in _consecutive(_RANGE, text):
        first, last = int(match["first"]), int(match["last"])
        places = [match.start("choices") + i for i, c in enumerate(match["choices"]) if c.isalpha()]
        if len(places) != last - first + 1:
            return []
        entries += list(zip(range(first, last + 1), places, strict=True))
    return entries


def _consecutive(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """Returns the matches that a text consists of; none if it holds anything else."""
    found: list[re.Match[str]] = []
    position, end = 0, len(text.rstrip())
    while position < end and len(found) < _MAX_KEY:
        match = pattern.match(text, position)
        if match is None:
            return []
        found.append(match)
        position = match.end()
    return found


def _answer(block: Block, at: int) -> Block:
    start = block.start + at
    text = block.text[at]
    return replace(block, kind="paragraph", level=0, marker="", text=text, start=start, end=start + len(text))
