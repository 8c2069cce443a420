"""Columns and reading order, from where the fragments of a page stand.

A page is cut recursively, in the manner of the XY-cut (Nagy and Seth, 1984): where a gutter stays
open over a run of lines with a column on either side, what is above the run is read first, then
the columns from left to right, then what is below.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from extractors.documents.pdf_fragments import Fragment

MIN_LINES = 3
"""A column that is not known from other pages has at least this many lines."""

_MIN_PROSE = 60
"""Fewer characters than this are no column of prose."""

_MAX_DEPTH = 6
_LABEL_STARTS = frozenset("0123456789(")
_NUMBER = re.compile(r"\(?(\d{1,4}(?:\.\d{1,3}){0,3})[.):]*(?=\s|$)")

_base = attrgetter("base")


@dataclass(frozen=True, slots=True)
class _Gutter:
    """The column that begins at `edge` between two heights; more lines make a better score."""

    edge: float
    top: float
    bottom: float
    score: float


def reading_order(pages: list[list[Fragment]], body: float) -> list[list[list[Fragment]]]:
    """Returns each page's columns, in reading order; a part over the full width is a column too.

    A gutter is recognised by fewer signs on a page next to one that has it.

    Args:
      pages: the fragments of each page, without running heads.
      body: size of the body text.
    """
    result = []
    edges: list[list[float]] = []
    for fragments in pages:
        used: list[float] = []
        result.append(_columns(sorted(fragments, key=_base), body, (), used))
        edges.append(used)
    for i, fragments in enumerate(pages):
        known = [edge for near in edges[max(0, i - 1) : i + 2] for edge in near]
        if known:
            result[i] = _columns(sorted(fragments, key=_base), body, known, [])
    return result


def _columns(
    fragments: list[Fragment], body: float, known: Sequence[float], used: list[float], depth: int = 0
) -> list[list[Fragment]]:
    gutter = _best_gutter(fragments, known) if depth < _MAX_DEPTH and len(fragments) > 1 else None
    if gutter is None:
        return [fragments] if fragments else []
    used.append(gutter.edge)
    inside = [f for f in fragments if gutter.top < f.base < gutter.bottom]
    left = [f for f in inside if f.x0 < gutter.edge]
    right = [f for f in inside if f.x0 >= gutter.edge]
    bottom = _heading_break(left, right, body) or gutter.bottom
    parts = (
        [f for f in fragments if f.base <= gutter.top],
        [f for f in left if f.base < bottom],
        [f for f in right if f.base < bottom],
        [f for f in fragments if f.base >= bottom],
    )
    return [column for part in parts for column in _columns(part, body, known, used, depth + 1)]


def _best_gutter(fragments: list[Fragment], known: Sequence[float]) -> _Gutter | None:
    left = min([f.x0 for f in fragments])
    width = max([f.x1 for f in fragments]) - left
    low, high = left + 0.15 * width, left + 0.88 * width
    starts: dict[int, list[int]] = {}
    for f in fragments:
        if low < f.x0 < high:
            start = starts.setdefault(int(f.x0 / 2), [0, 0])
            start[0] += 1
            start[1] += len(f.text) + 10 * (f.text[0] in _LABEL_STARTS and f.text[-1] in ".)")
    best: _Gutter | None = None
    for start, (count, letters) in starts.items():
        familiar = bool(known) and any(abs(2 * start - edge) < 6 for edge in known)
        if not familiar:
            beside = starts.get(start - 1, (0, 0))
            if count + beside[0] < MIN_LINES or letters + beside[1] < 10 * MIN_LINES:
                continue
        edge = 2.0 * start - 2 * (start - 1 in starts) - 0.5
        for top, bottom, inside in _open_runs(fragments, edge):
            if len(inside) < 2 * MIN_LINES and not familiar:
                continue
            score = _score(inside, edge, familiar)
            if score and (best is None or score > best.score):
                best = _Gutter(edge, top, bottom, score)
    return best


def _open_runs(fragments: list[Fragment], edge: float) -> list[tuple[float, float, list[Fragment]]]:
    """Returns the runs, from top to bottom, in which no fragment crosses the gutter left of `edge`."""
    runs = []
    top = -1e9
    inside: list[Fragment] = []
    for f in fragments:
        if f.x0 < edge < f.x1 + 2:
            if len(inside) > 1:
                runs.append((top, f.base, inside))
            top, inside = f.base, []
        else:
            inside.append(f)
    if len(inside) > 1:
        runs.append((top, 1e9, inside))
    return runs


def _score(inside: list[Fragment], edge: float, familiar: bool) -> float:
    """Returns the number of lines on the thinner side if both sides look like columns, else 0."""
    right = [f for f in inside if f.x0 >= edge]
    if len(right) < MIN_LINES and not familiar:
        return 0
    left = [f for f in inside if f.x0 < edge]
    if not left or not right:
        return 0
    close = [f for f in left if f.x1 > edge - 0.7 * f.size]
    if len(close) > 2 and len(close) > 0.15 * len(left):
        return 0  # the gap is a blank between words
    if len(left) >= MIN_LINES and len(right) >= MIN_LINES:
        if _is_prose(right) and _is_prose(left):
            return _count_lines(left, right)
        first, second = _numbers(left), _numbers(right)
        if (
            len(first) >= MIN_LINES
            and len(second) >= MIN_LINES
            and first + second == sorted({*first, *second})
        ):
            return _count_lines(left, right)
    return 0.5 if familiar and _like_a_column(left, right, edge) else 0


def _count_lines(left: list[Fragment], right: list[Fragment]) -> float:
    return min(len({round(f.base) for f in left}), len({round(f.base) for f in right}))


def _is_prose(side: list[Fragment]) -> bool:
    """Whether most of a side's text stands in lines that fill it, with words in them."""
    left, right = min([f.x0 for f in side]), max([f.x1 for f in side])
    if right - left < 8 * side[0].size or sum([len(f.text) for f in side]) < _MIN_PROSE:
        return False
    filled: Counter[int] = Counter()
    letters: Counter[int] = Counter()
    blanks: Counter[int] = Counter()
    for f in side:
        if not f.picture:
            row = int(f.base / 3)
            filled[row] += f.x1 - f.x0
            letters[row] += len(f.text)
            blanks[row] += f.text.count(" ")
    wide = [row for row, width in filled.items() if width > 0.55 * (right - left)]
    return (
        len(wide) >= MIN_LINES
        and sum(letters[row] for row in wide) > 0.4 * sum(letters.values())
        and sum(blanks[row] for row in wide) >= 2 * len(wide)
    )


def _numbers(side: list[Fragment]) -> list[tuple[int, ...]]:
    """Returns the numbers that stand at a side's left edge, from top to bottom."""
    left = min([f.x0 for f in side])
    found = []
    for f in side:
        match = _NUMBER.match(f.text) if f.x0 < left + f.size else None
        if match:
            found.append(tuple(map(int, match[1].split("."))))
    return found


def _like_a_column(left: list[Fragment], right: list[Fragment], edge: float) -> bool:
    """Whether few fragments at a gutter known from other pages are columns, and no row of a table."""
    if min([f.x0 for f in right]) > edge + 4:
        return False
    rows = {round(f.base) for f in left}
    beside = sum(round(f.base) in rows for f in right)
    words = [f.text.count(" ") for side in (left, right) for f in side if not f.picture]
    return 2 * beside <= len(right) or (bool(words) and max(words) > 3)


def _heading_break(left: list[Fragment], right: list[Fragment], body: float) -> float | None:
    """Returns the top of a heading over both columns that is short enough to fit in the first one.

    It is recognised by the blank beside it in the second column, which goes on below.
    """
    text = [f for f in left if not f.picture]
    for above, f in itertools.pairwise(text):
        large = f.size > 1.12 * body and f.size > 1.08 * above.size
        if not large or f.top - above.bottom < 0.5 * f.size:
            continue
        if any(g.top < f.bottom and g.bottom > above.bottom for g in right):
            continue
        if any(g.base < f.base for g in right) and any(g.base > f.base for g in right):
            return f.top
    return None
