"""Rows of aligned cells -> tables."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from statistics import median

from extractors.documents.pdf_labels import CAPTION, ITEM
from extractors.documents.pdf_latex import CELL
from extractors.documents.pdf_lines import Cell, Line
from extractors.documents.pdf_text import SOFT_HYPHEN

MIN_CELLS = 3
"""A table without rules has at least this many columns, and as many rows."""

_PART = re.compile(r"\(?(?:[a-zA-Z]|\d{1,3}|[ivx]{1,4})[.)](?:\s|$)")
_MAX_CELL = 32
_CLOSE = 0.85
"""Lines of one row are closer than this, in units of the distance of rows."""


def table_at(lines: list[Line], start: int, ruled: list[float]) -> int | None:
    """Returns where the table that begins at a line ends (exclusive); None if there is none.

    A table is a run of lines of short cells that stand in common columns: at least three columns
    and three rows, or two of each between horizontal rules.

    Args:
      lines: lines of one column.
      ruled: heights of the page's rules that are as wide as a table.
    """
    first = lines[start]
    if len(first.cells) < 2 or start + 1 == len(lines) or not (lines[start + 1].cells or ruled):
        return None
    stop = start + 1
    while stop < len(lines) and _follows(lines[stop - 1], lines[stop], first, ruled):
        stop += 1
    while stop > start and len(lines[stop - 1].cells) < 2:
        stop -= 1
    rows = lines[start:stop]
    top, bottom = first.top - 2 * first.size, rows[-1].bottom + 2 * first.size
    rules = sum([top < y < bottom for y in ruled])
    needed = 2 if rules > 1 else MIN_CELLS
    full = [line for line in rows if len(line.cells) >= needed]
    if len(full) < needed or len(full) < 0.5 * len(rows):
        return None
    cells = [text for line in full for _, _, text in line.cells]
    longest = 2 * _MAX_CELL if rules >= len(rows) else _MAX_CELL
    if sum([len(text) > longest for text in cells]) > 0.15 * len(cells):
        return None
    if sum([bool(_PART.match(text)) for text in cells]) > 0.3 * len(cells):
        return None
    formulas = sum(["=" in text for text in cells]) + sum([line.stacked for line in rows])
    if rules < 2 and formulas > 0.2 * len(cells):
        return None
    prose = sum([text.count(" ") > 3 for text in cells])
    if rules < 0.5 * len(rows) and prose > 0.2 * len(rows):
        return None
    columns = _columns(full)
    if len(columns) < needed or sum([len(line.cells) for line in full]) < 0.6 * len(columns) * len(full):
        return None
    return stop


def label_beside(rows: list[Line]) -> Line | None:
    """Takes the label of an item, which stands left of a table, from its first row, and returns it."""
    cells = rows[0].cells
    match = ITEM.match(cells[0][2])
    if not match or sum([bool(ITEM.match(line.text)) for line in rows]) > 1:
        return None
    x0, x1, text = cells[0]
    line = rows[0]
    if match.end() == len(text):
        del cells[0]
    else:
        cells[0] = x0, x1, text[match.end() :].strip()
    return replace(line, text=match[0], cells=[], bold=min(line.bold, match.end()), italic=0)


def _follows(above: Line, line: Line, first: Line, ruled: list[float]) -> bool:
    """Whether a line may be the next row of a table, close to the last one or divided from it by a rule."""
    if line.picture or line.page != first.page or line.column != first.column:
        return False
    divided = any(above.bottom - 2 < y < line.top + 2 for y in ruled)
    if CAPTION.match(line.text):
        return False
    if not divided and any(text.count(" ") > 5 for _, _, text in line.cells):
        return False
    if above is not first and line.x0 < above.x0 - line.size and ITEM.match(line.text):
        return False  # another item, with a table of its own
    gap = line.top - above.bottom
    if gap > 1.6 * line.size and not (gap < 4 * line.size and divided):
        return False
    if len(line.cells) >= 2 or line.x1 - line.x0 < 0.5 * (first.x1 - first.x0):
        return True
    # A cell goes on: right of the first column, and the row is closed by a rule.
    closed = any(line.bottom - 2 < y < line.bottom + 4 * line.size for y in ruled)
    return closed and not divided and line.x0 > first.cells[0][1]


def table_text(rows: list[Line]) -> str:
    """Returns a line for each row, with `CELL`, which `with_dollars` makes a bar, between the cells.

    A line without a first cell that is closer to the line above than rows are goes on with its cells.
    """
    columns = _columns([line for line in rows if line.cells])
    pitch = median([b.base - a.base for a, b in pairwise(rows) if len(b.cells) > 1] or [0.0])
    texts: list[list[str]] = []
    for i, line in enumerate(rows):
        cells = _row_texts(line, columns)
        if i and not cells[0] and line.base - rows[i - 1].base < _CLOSE * pitch:
            texts[-1] = [continued(*parts) for parts in zip(texts[-1], cells, strict=True)]
        else:
            texts.append(cells)
    return "\n".join([f" {CELL} ".join(cells) for cells in texts])


def continued(before: str, after: str) -> str:
    """Returns the text of a cell with its next line."""
    if after and before.endswith(SOFT_HYPHEN):
        return before[:-1] + after
    return f"{before} {after}".strip()


def _columns(rows: list[Line]) -> list[tuple[float, float]]:
    """Returns the columns: the intervals that the cells of the fullest rows cover together."""
    most = max(len(line.cells) for line in rows)
    spans = sorted((x0, x1) for line in rows if len(line.cells) >= 0.7 * most for x0, x1, _ in line.cells)
    columns = [spans[0]]
    for x0, x1 in spans[1:]:
        if x0 < columns[-1][1] + 1:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


def _row_texts(line: Line, columns: list[tuple[float, float]]) -> list[str]:
    texts = [""] * len(columns)
    cells: list[Cell] = line.cells or [(line.x0, line.x1, line.text)]
    for x0, x1, text in cells:
        middle = (x0 + x1) / 2
        nearest = min(range(len(columns)), key=lambda i: max(columns[i][0] - middle, middle - columns[i][1]))
        texts[nearest] = f"{texts[nearest]} {text}".strip()
    return texts
