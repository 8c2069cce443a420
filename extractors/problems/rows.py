"""Splits paragraphs that hold several items: lines with numbers of their own, rows of answers."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from extractors.problems.titles import scope_number
from extractors.problems.vocabulary import fold, pattern
from schemas.document import Block

TITLE_LEVEL = 7
"""Level of what is a heading in all but name: below every heading that its format declares."""

_LINE_LABEL = re.compile(r"\n(?=\s*[(\[]?(?:[A-Za-z]\.?)?\d{1,3}(?:\.\d{1,4})*[.)\]:]\s+\S)")
_ROW_LABEL = re.compile(r"(?:(?<=\s)|^)(\d{1,3})([.)])\s+(?=\S)")
_ROW_ANSWER = 60  # characters an answer in a row of answers has at most on average
_ROW_NAME = re.compile(
    r"[^\n.:;]{1,40}?\s(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6})\s?[.:—–]\s+(?=\d{1,3}[.)]\s)"
)


def split(block: Block) -> list[Block]:
    """Splits a paragraph at the lines that begin with a number of their own, and rows of short answers."""
    if block.kind not in ("paragraph", "list_item"):
        return [block]
    lines = [match.end() for match in _LINE_LABEL.finditer(block.text)]
    named = _end_of_name(block.text)
    row = _cuts_of_row(block.text, named)
    if len(row) > len(lines) and set(lines) <= set(row):
        lines = []  # of a row, some answers happen to begin a line
    else:
        row, named = [], 0
    cuts = lines or [named, *row] if named else lines or row
    if not cuts:
        return [block]
    parts = []
    for begin, end in itertools.pairwise([0, *cuts, len(block.text)]):
        part = part_of(block, begin, end)
        if row:  # the answers of a row look like the first of them
            text = part.text.removesuffix(";").rstrip()
            style = part_of(block, min(begin, named), len(block.text)).style
            style = replace(style, bold=min(style.bold, len(text)), italic=min(style.italic, len(text)))
            part = replace(part, text=text, style=style, end=part.start + len(text), kind="paragraph")
        if row or begin:
            part = replace(part, marker="")
        if end == named:
            part = replace(part, kind="heading", level=TITLE_LEVEL + 1)
        if part.text:
            parts.append(part)
    return parts


def part_of(block: Block, begin: int, end: int) -> Block:
    """Returns what stands from `begin` to `end` in the text of a block, as a block without blanks around."""
    around = range(begin, end)
    text = block.text[begin:end]
    begin += len(text) - len(text.lstrip())
    text = text.strip()
    end = begin + len(text)
    style = replace(
        block.style,
        bold=max(0, min(block.style.bold - begin, len(text))),
        italic=max(0, min(block.style.italic - begin, len(text))),
    )
    return replace(
        block,
        text=text,
        style=style,
        start=block.start + begin,
        end=block.start + end,
        anchors=tuple(replace(a, start=max(0, a.start - begin)) for a in block.anchors if a.start in around),
        links=tuple(
            replace(x, start=x.start - begin, end=x.end - begin)
            for x in block.links
            if begin <= x.start and x.end <= end
        ),
    )


def _end_of_name(text: str) -> int:
    """Returns where a row begins that has a name: "Chapter 3. 1. 5 m; 3. 7 m"; 0 where none has."""
    name = _ROW_NAME.match(text)
    if not name or not pattern("chapter", "set").match(fold(name.group())) or not scope_number(name.group()):
        return 0
    return name.end() if _cuts_of_row(text, name.end()) else 0


def _cuts_of_row(text: str, begin: int = 0) -> list[int]:
    """Returns where the answers of a row begin, after the first: "1. B  2. C  3. A  5. 12 m"."""
    found = list(_ROW_LABEL.finditer(text, begin))
    numbers = [(match.start(), int(match[1])) for match in found if match[2] == found[0][2]]
    steps = [b[1] - a[1] for a, b in itertools.pairwise(numbers)]
    if not steps or numbers[0][0] != begin or not all(1 <= step <= 2 for step in steps):
        return []
    parted = all(text[:start].rstrip().endswith(";") for start, _ in numbers[1:])
    if len(numbers) < 3 and not parted:
        return []
    short = len(text) / len(numbers) <= _ROW_ANSWER
    return [start for start, _ in numbers[1:]] if short else []
