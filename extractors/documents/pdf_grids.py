"""Tables whose cells are closed by rules, and may hold whole paragraphs."""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from statistics import median

from extractors.documents.pdf_fragments import Fragment, Rect
from extractors.documents.pdf_latex import CELL
from extractors.documents.pdf_lines import lines_of
from extractors.documents.pdf_page import MAX_BARS, Page
from extractors.documents.pdf_tables import continued

_SAME = 3.0
"""Rules that are no further apart than this, in points, are one; text sticks out of its cell no further."""

_THIN = 3.0
"""Upright lines are no wider than this, in points."""

_MIN_ROWS = 3
_MAX_HEAD = 4
"""Words in the head of a column."""

_WRAPPED = 1 / 3
"""Share of the rows that take several lines: of tables of short cells, their lines are the rows."""


_Upright = tuple[float, float, float]
"""A thin upright line: x, top, bottom."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the rules of a table are, its outer ones included."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]


def place_grids(page: Page) -> None:
    """Replaces the text in every grid of rules by a fragment that holds the whole table, a line for each row.

    The first row heads columns, in few words and without digits, and a good part of the others take several
    lines: such a table can't be told from columns of text by the distances of its cells alone.
    """
    if len(page.rules) > MAX_BARS or len(page.frames) > MAX_BARS:
        return
    for grid in _grids(page):
        rows = _fill(grid, page.fragments)
        table = _table(grid, rows, page.number) if rows else None
        if rows and table:
            gone = {id(f) for row in rows for cell in row for f in cell}
            page.fragments = [f for f in page.fragments if id(f) not in gone]
            page.fragments.append(table)


def _grids(page: Page) -> list[_Grid]:
    """Returns the grids whose uprights go from the first rule to the last: no cell spans two columns."""
    grids = []
    for lines in _of_one_height(_uprights(page.frames)):
        xs = tuple(sorted(x for x, _, _ in lines))
        top, bottom = min(top for _, top, _ in lines), max(bottom for _, _, bottom in lines)
        ys = _levels(page, (xs[0], top, xs[-1], bottom))
        if len(xs) > 2 and len(ys) > _MIN_ROWS:
            grids.append(_Grid(xs, ys))
    return grids


def _of_one_height(uprights: list[_Upright]) -> list[list[_Upright]]:
    """Groups uprights that begin and end at the same heights."""
    groups: list[list[_Upright]] = []
    for upright in uprights:
        _, top, bottom = upright
        alike = (g for g in groups if abs(g[0][1] - top) <= _SAME and abs(g[0][2] - bottom) <= _SAME)
        group = next(alike, None)
        if group is None:
            groups.append([upright])
        else:
            group.append(upright)
    return groups


def _uprights(frames: list[Rect]) -> list[_Upright]:
    """Returns the upright lines, put together from the sides of cells."""
    sides = sorted(((x0 + x1) / 2, y0, y1) for x0, y0, x1, y1 in frames if x1 - x0 <= _THIN)
    columns: list[list[_Upright]] = []
    for side in sides:
        if columns and side[0] - columns[-1][0][0] <= _SAME:
            columns[-1].append(side)
        else:
            columns.append([side])
    uprights: list[_Upright] = []
    for column in columns:
        x = column[0][0]
        for _, top, bottom in sorted(column, key=lambda side: side[1]):
            if uprights and uprights[-1][0] == x and top <= uprights[-1][2] + _SAME:
                uprights[-1] = (x, uprights[-1][1], max(bottom, uprights[-1][2]))
            else:
                uprights.append((x, top, bottom))
    return uprights


def _levels(page: Page, box: Rect) -> tuple[float, ...]:
    """Returns the heights of the rules that cross a box from left to right, in one piece or in several."""
    x0, y0, x1, y1 = box
    covered: list[list[float]] = []  # height and length
    for y, left, right in sorted(page.rules):
        length = min(right, x1) - max(left, x0)
        if y0 - _SAME <= y <= y1 + _SAME and length > 0:
            if covered and y - covered[-1][0] <= _SAME:
                covered[-1][1] += length
            else:
                covered.append([y, length])
    return tuple(y for y, length in covered if length >= 0.95 * (x1 - x0))


def _fill(grid: _Grid, fragments: list[Fragment]) -> list[list[list[Fragment]]]:
    """Returns the text of the cells by rows and columns; nothing where text crosses an upright."""
    rows: list[list[list[Fragment]]] = [[[] for _ in pairwise(grid.xs)] for _ in pairwise(grid.ys)]
    for f in fragments:
        row, column = bisect(grid.ys, f.base) - 1, bisect(grid.xs, (f.x0 + f.x1) / 2) - 1
        if not 0 <= row < len(rows) or not 0 <= column < len(rows[0]):
            continue
        if f.picture or f.x0 < grid.xs[column] - _SAME or f.x1 > grid.xs[column + 1] + _SAME:
            return []
        rows[row][column].append(f)
    return rows


def _table(grid: _Grid, rows: list[list[list[Fragment]]], page: int) -> Fragment | None:
    """Returns what stands for a table; None if it has no heads or all its rows are single lines."""
    lines = [[lines_of(cell, page) if cell else [] for cell in row] for row in rows]
    texts = [[reduce(continued, [line.text for line in cell], "") for cell in row] for row in lines]
    if not all(text and len(text.split()) <= _MAX_HEAD and not re.search(r"\d", text) for text in texts[0]):
        return None
    wrapped = sum(1 for row in lines[1:] if any(len(cell) > 1 for cell in row))
    if wrapped < _WRAPPED * len(lines[1:]):
        return None
    printed = [line for row in lines for cell in row for line in cell]
    text = "\n".join(f" {CELL} ".join(cells) for cells in texts)
    box = grid.xs[0], grid.ys[0], grid.xs[-1], grid.ys[-1]
    x0, top, x1, bottom = box
    return Fragment(
        x0, x1, (top + bottom) / 2, median(line.size for line in printed), text, top, bottom,
        picture=box, doubtful=any(line.doubtful for line in printed), grid=True,
    )  # fmt: skip
