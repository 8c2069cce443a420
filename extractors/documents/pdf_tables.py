"""Rows of aligned cells -> tables."""

from __future__ import annotations

import re
from dataclasses import replace

from extractors.documents.pdf_labels import CAPTION, ITEM
from extractors.documents.pdf_lines import Cell, Line

MIN_CELLS = 3
"""A table without rules has at least this many columns, and as many rows."""

_PART = re.compile(r"\(?(?:[a-zA-Z]|\d{1,3}|[ivx]{1,4})[.)](?:\s|$)")
_MAX_CELL = 32


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
    if CAPTION.match(line.text) or any(text.count(" ") > 5 for _, _, text in line.cells):
        return False
    if above is not first and line.x0 < above.x0 - line.size and ITEM.match(line.text):
        return False  # another item, with a table of its own
    gap = line.top - above.bottom
    if gap > 1.6 * line.size and not (
        gap < 4 * line.size and any(above.bottom - 2 < y < line.top + 2 for y in ruled)
    ):
        return False
    return len(line.cells) >= 2 or line.x1 - line.x0 < 0.5 * (first.x1 - first.x0)


def table_text(rows: list[Line]) -> str:
    """Returns a line for each row, with ` | ` between the cells."""
    columns = _columns([line for line in rows if line.cells])
    return "\n".join([_row_text(line, columns) for line in rows])


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


def _row_text(line: Line, columns: list[tuple[float, float]]) -> str:
    texts = [""] * len(columns)
    cells: list[Cell] = line.cells or [(line.x0, line.x1, line.text)]
    for x0, x1, text in cells:
        middle = (x0 + x1) / 2
        nearest = min(range(len(columns)), key=lambda i: abs(sum(columns[i]) / 2 - middle))
        texts[nearest] = f"{texts[nearest]} {text}".strip()
    return " | ".join(texts)
