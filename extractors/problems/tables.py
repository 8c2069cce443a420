"""Takes apart tables that hold problems and solutions: cards, mark schemes, keys of answers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from extractors.problems.affinity import answers, asks
from extractors.problems.keys import read_key, titled_key
from extractors.problems.labels import Label, number_parts, read_label
from extractors.problems.titles import Zone, title_words, title_zone
from extractors.problems.vocabulary import fold, words
from schemas.document import Block

_CELL, _ROW = " | ", "\n"
_NUMBER = re.compile(r"(?:[A-Za-z]\.?)?\d{1,4}(?:\.\d{1,4}){0,3}[.)]?")
_WORD = re.compile(r"[^\W\d_]{3}")
_MIN_KEY = 3
_MIN_CARDS = 3  # rows without known words for both columns

Labelled = tuple[Block, Label | None]


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    start: int  # within the text of the table


def take_apart(
    blocks: Sequence[Block], whole: Zone, titles: Mapping[str, Zone] = MappingProxyType({})
) -> Iterator[Labelled]:
    """Yields the blocks with their labels; tables of items become a block an item.

    Args:
      blocks: of a document.
      whole: what the document holds by its name; a key of answers is one only among solutions.
      titles: what sections hold that have these titles (`title_words`), though no vocabulary says so.
    """
    zones: list[tuple[int, Zone]] = [(0, whole)]
    within = False  # a table after the label of an item belongs to the item
    labels = [read_label(block) for block in blocks]
    keys = titled_key(blocks, labels)
    for index, (block, label) in enumerate(zip(blocks, labels, strict=True)):
        within = block.kind != "heading" and (within or bool(label and label.number))
        if block.kind == "heading":
            while len(zones) > 1 and zones[-1][0] >= block.level:
                zones.pop()
            zone = titles.get(title_words(block.text)) or title_zone(block.text)
            zones.append((block.level, zone or zones[-1][1]))
        if block.kind != "table":
            yield from keys.get(index) or read_key(block) or [(block, label)]
            continue
        rows = _rows(block.text)
        items = _cards(rows, block) or _labelled_rows(rows, block)
        if not items and not within and zones[-1][1] == "solutions":
            items = _key(rows, block)
        yield from items or [(block, None)]


def key_numbers(table: Block) -> list[tuple[str, ...]]:
    """Returns the numbers of a table that may be a key of answers, not of marks or pages; else none."""
    key = _key(_rows(table.text), table)
    told = sum(1 for block, _ in key if not _NUMBER.fullmatch(block.text))
    return [label.number for _, label in key if label] if 2 * told > len(key) else []


def _rows(text: str) -> list[list[_Cell]]:
    rows, start = [], 0
    for line in text.split(_ROW):
        cells, at = [], start
        for part in line.split(_CELL):
            stripped = part.strip()
            cells.append(_Cell(stripped, at + part.find(stripped)))
            at += len(part) + len(_CELL)
        rows.append(cells)
        start += len(line) + 1
    return rows


def _block(table: Block, cell: _Cell) -> Block:
    begin = table.start + cell.start
    return replace(table, kind="paragraph", text=cell.text, start=begin, end=begin + len(cell.text))


def _item(table: Block, cell: _Cell, role: str, number: tuple[str, ...], printed: str) -> Labelled:
    return _block(table, cell), Label(role, "", number, 0, printed, True, alone=True)


def _role(header: str) -> str:
    role = words().get(fold(header.rstrip(".: "))) or ""
    return "problem" if role == "example" else role


def _cards(rows: list[list[_Cell]], table: Block) -> list[Labelled]:
    """Reads a table whose columns are headed "Question" and "Answer"; with numbers, one of them is enough."""
    header, body = rows[0], rows[1:]
    if not body or any(len(row) != len(header) for row in body):
        return []
    columns = [[row[i] for row in body] for i in range(len(header))]
    counting = (i for i, cells in enumerate(columns) if _counts([c.text for c in cells]))
    numbers = next((i for i in counting if _role(header[i].text) != "solution"), None)
    texts = [i for i in range(len(header)) if i != numbers]
    asked = next((i for i in texts if _role(header[i].text) == "problem"), None)
    solved = next((i for i in texts if _role(header[i].text) == "solution"), None)
    if asked is not None and solved is None:
        others = [i for i in texts if i > asked and _wordy(columns[i])]
        solved = others[0] if len(others) == 1 and _replies(columns[asked], columns[others[0]]) else None
    if sum(column is not None for column in (numbers, asked, solved)) < 2:
        return []
    between = range(asked + 1, solved) if asked is not None and solved is not None else ()
    explained = any(_wordy(columns[i]) and _role(header[i].text) != "hint" for i in between)
    if asked is not None and (explained or solved is None) and not _is_posed(columns[asked]):
        return []  # "Problem", "Cause", "Solution", "Task", "Owner", "Solution": what to do about a defect
    items: list[Labelled] = []
    for row in body:
        printed = row[numbers].text if numbers is not None else ""
        number = number_parts(printed)
        if asked is not None and row[asked].text:
            items.append(_item(table, row[asked], "problem", number, printed))
        if solved is not None and row[solved].text and (asked is None or row[asked].text):
            kept = () if asked is not None else number
            items.append(_item(table, row[solved], "solution", kept, printed))
    return items


def _is_posed(cells: list[_Cell]) -> bool:
    """Whether cells ask, or most of them hold quantities or formulas: "No picture" does neither."""
    measured = sum(1 for cell in cells if re.search(r"[\d$]", cell.text))
    return asks([cell.text for cell in cells]) or 2 * measured > len(cells)


def _wordy(cells: list[_Cell]) -> bool:
    """Whether most cells hold words, and not counts, marks or ticks."""
    return 2 * sum(1 for cell in cells if _WORD.search(cell.text)) > len(cells)


def _replies(questions: list[_Cell], replies: list[_Cell]) -> bool:
    return len(questions) >= _MIN_CARDS and answers([c.text for c in questions], [c.text for c in replies])


def _counts(cells: Sequence[str]) -> bool:
    """Whether cells are the numbers of items: all different, and growing."""
    if not all(_NUMBER.fullmatch(cell) for cell in cells):
        return False
    values = [[int(part) if part.isdigit() else 0 for part in number_parts(cell)] for cell in cells]
    return all(a < b for a, b in itertools.pairwise(values))


def _labelled_rows(rows: list[list[_Cell]], table: Block) -> list[Labelled]:
    """Reads a table of which every row is a label and what it labels: "Question 3 | ...", "Answer | ..."."""
    items: list[Labelled] = []
    for row in rows:
        label = read_label(replace(table, kind="heading", text=row[0].text)) if len(row) == 2 else None
        known = label is not None and label.role in ("problem", "example", "solution", "hint")
        if label is None or not known or label.end < len(row[0].text) or not row[1].text:
            return []
        items.append((_block(table, row[1]), replace(label, end=0, alone=True)))
    return items if any(label and label.role != "solution" for _, label in items) else []


def _key(rows: list[list[_Cell]], table: Block) -> list[Labelled]:
    """Reads a key of answers: number and answer side by side, or a row of numbers above one of answers."""
    grids = (rows, rows[1:], [row[1:] for row in rows])  # with a row or a column of heads, or without
    pairs = next((p for grid in grids if (p := _side_by_side(grid) or _one_above_the_other(grid))), [])
    pairs.sort(key=_by_number)
    if len(pairs) < _MIN_KEY or not _counts([number.text for number, _ in pairs]):
        return []
    return [_item(table, answer, "", number_parts(number.text), number.text) for number, answer in pairs]


def _by_number(pair: tuple[_Cell, _Cell]) -> list[tuple[int, str]]:
    return [(int(p), "") if p.isdigit() else (0, p) for p in number_parts(pair[0].text)]


def _side_by_side(rows: list[list[_Cell]]) -> list[tuple[_Cell, _Cell]]:
    pairs = []
    for row in rows:
        for number, answer in zip(row[::2], row[1::2], strict=False):
            if not number.text and not answer.text:
                continue  # the last column is shorter
            if not _NUMBER.fullmatch(number.text) or not answer.text:
                return []
            pairs.append((number, answer))
    return pairs


def _one_above_the_other(rows: list[list[_Cell]]) -> list[tuple[_Cell, _Cell]]:
    pairs = []
    for numbers, replies in zip(rows[::2], rows[1::2], strict=False) if len(rows) % 2 == 0 else ():
        for number, answer in zip(numbers, replies, strict=False):
            if not number.text and not answer.text:
                continue
            if not _NUMBER.fullmatch(number.text) or not answer.text:
                return []
            pairs.append((number, answer))
    return pairs
