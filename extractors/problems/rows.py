"""Splits paragraphs that hold several items: lines with numbers of their own, rows of answers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.problems.titles import Zone, scope_number, title_zone
from extractors.problems.vocabulary import fold, pattern
from schemas.document import Block

TITLE_LEVEL = 7
"""Level of what is a heading in all but name: below every heading that its format declares."""

_LINE_LABEL = re.compile(r"\n(?=[^\S\n]*[(\[]?(?:[^\W\d_]\.?)?\d{1,3}(?:\.\d{1,4})*[.)\]:]\s+\S)")
_ROW_LABEL = re.compile(r"(?:(?<=\s)|^)(\d{1,3}(?:\.\d{1,3}){0,3})([.)])\s+(?=\S)")
_OPERATOR = re.compile(r"[=<>≤≥≈+−×·*/^-]\s*\Z")
_OPEN_SENTENCE = re.compile(r"[\d.]+[.)]\s+[^\W\d_]+\s[^\n]*[^\W_]", re.DOTALL)
_TITLE = 60  # characters of a paragraph that may be a title
_ROW_ANSWER = 60  # characters an answer in a row of answers has at most on average
_ROW_NAME = re.compile(
    r"[^\n.:;]{1,40}?\s(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6})\s?[.:—–]\s+(?=\d{1,3}[.)]\s)"
)


def split_all(blocks: Sequence[Block], whole: Zone = "") -> list[Block]:
    """Returns the blocks, split where they hold several items.

    Args:
      whole: what the document holds by its name.
    """
    zones: list[Zone] = []
    for block in blocks:
        before = zones[-1] if zones else whole
        titled = block.kind in ("heading", "paragraph") and len(block.text) <= _TITLE
        zones.append((title_zone(block.text, 1) if titled else "") or before)
    parts: list[list[Block]] = []
    following: tuple[int, ...] = ()  # the number of the next item below the same heading
    for block, zone in zip(reversed(blocks), reversed(zones), strict=True):
        parts.append(split(block, following, zone == "solutions"))
        following = () if block.kind == "heading" else _first_number(block) or following
    return [part for made in reversed(parts) for part in made]


def split(block: Block, following: tuple[int, ...] = (), solutions: bool = True) -> list[Block]:
    """Splits a paragraph at the lines that begin with a number of their own, and rows of short answers.

    Args:
      following: the next number that another block begins with, which stands in no row above; empty for none.
      solutions: whether it stands among solutions, where a row needs no punctuation.
    """
    if block.kind not in ("paragraph", "list_item"):
        return [block]
    lines = [match.end() for match in _LINE_LABEL.finditer(block.text)]
    named = _end_of_name(block.text)
    row = _cuts_of_row(block.text, named, following, solutions)
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


def _cuts_of_row(
    text: str, begin: int = 0, following: tuple[int, ...] = (), solutions: bool = True
) -> list[int]:
    """Returns where the answers of a row begin, after the first: "1. B  2. C  3. A  5. 12 m".

    "Let a = 2. Let b = 3." holds no labels; nor does, outside of solutions, "Tom has 2. Ann has 3.", where
    what is before a number begins like a sentence and does not end.
    """
    found = [
        m
        for m in _ROW_LABEL.finditer(text, begin)
        if not _OPERATOR.search(text, max(0, m.start() - 3), m.start())
    ]
    shape = (found[0][1].count("."), found[0][2]) if found else (0, "")
    numbers = [(m.start(), _parts(m[1])) for m in found if (m[1].count("."), m[2]) == shape]
    steps = [b[-1] - a[-1] if a[:-1] == b[:-1] else 0 for (_, a), (_, b) in itertools.pairwise(numbers)]
    if not steps or numbers[0][0] != begin or not all(1 <= step <= 2 for step in steps):
        return []
    same = len(following) == len(numbers[0][1])
    if len(text) / len(numbers) > _ROW_ANSWER or (same and numbers[0][1] < following <= numbers[-1][1]):
        return []
    entries = [text[a:b].rstrip() for (a, _), (b, _) in itertools.pairwise(numbers)]
    parted = all(entry.endswith(";") for entry in entries)
    if len(numbers) < 3 and not parted:
        return []
    if not solutions and any(_OPEN_SENTENCE.fullmatch(entry) for entry in entries):
        return []
    return [start for start, _ in numbers[1:]]


def _first_number(block: Block) -> tuple[int, ...]:
    """Returns the parts of the number that a block begins with; none if it begins with something else."""
    number = _ROW_LABEL.match(block.text)
    return _parts(number[1]) if number else ()


def _parts(number: str) -> tuple[int, ...]:
    return tuple(map(int, number.split(".")))
