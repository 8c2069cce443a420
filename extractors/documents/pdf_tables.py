"""Rows of aligned cells -> tables."""

from __future__ import annotations

import re

from extractors.documents.pdf_lines import Cell, Line

MIN_CELLS = 3
"""A table without rules has at least this many columns, and as many rows."""

_PART = re.compile(r"\(?(?:[a-zA-Z]|\d{1,3}|[ivx]{1,4})[.)](?:\s|$)")
_MAX_CELL = 32


def table_at(lines: list[Line], start: int, ruled: list[float]) -> tuple[int, str] | None:
    """Returns where the table that begins at a line ends (exclusive), and its text; None if there is none.

    A table is a run of lines of short cells that stand in common columns: at least three columns
    and three rows, or two of each between horizontal rules.

    Args:
      lines: lines of one column.
      ruled: heights of the page's rules that are as wide as a table.
    """
    first = lines[start]
    if len(first.cells) < 2 or start + 1 == len(lines) or not (lines[start + 1].cells or ruled):
        return None
    stop = start
    while stop < len(lines) and _is_row(lines[stop], first, lines[stop - 1] if stop > start else None):
        stop += 1
    while stop > start and len(lines[stop - 1].cells) < 2:
        stop -= 1
    rows = lines[start:stop]
    between = [y for y in ruled if first.top - 2 * first.size < y < rows[-1].bottom + 2 * first.size]
    needed = 2 if len(between) > 1 else MIN_CELLS
    full = [line for line in rows if len(line.cells) >= needed]
    if len(full) < needed or len(full) < 0.5 * len(rows):
        return None
    cells = [cell for line in full for cell in line.cells]
    if sum(len(text) > _MAX_CELL for _, _, text in cells) > 0.15 * len(cells):
        return None
    if sum(bool(_PART.match(text)) for _, _, text in cells) > 0.3 * len(cells):
        return None
    columns = _columns(full)
    if len(columns) < needed or sum(len(line.cells) for line in full) < 0.6 * len(columns) * len(full):
        return None
    return stop, "\n".join(_row_text(line, columns) for line in rows)


def _is_row(line: Line, first: Line, above: Line | None) -> bool:
    if line.picture or line.page != first.page or line.column != first.column:
        return False
    if above is not None and line.top - above.bottom > 1.6 * line.size:
        return False
    return len(line.cells) >= 2 or (above is not None and line.x1 - line.x0 < 0.5 * (first.x1 - first.x0))


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
