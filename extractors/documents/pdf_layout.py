"""Columns and reading order, from where the fragments of a page stand.

A page is cut recursively, in the manner of the XY-cut (Nagy and Seth, 1984): where a gutter stays
open over a run of lines with a column on either side, what is above the run is read first, then
the columns from left to right, then what is below. Where labels count from left to right, it is a
grid: its rows are read one after the other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from extractors.documents.pdf_fragments import Fragment
from extractors.documents.pdf_text import SOFT_HYPHEN

MIN_LINES = 3
"""A column that is not known from other pages has at least this many lines."""

_MIN_PROSE = 60
"""Fewer characters than this are no column of prose."""

_MAX_DEPTH = 8

_LABEL = re.compile(
    r"\(?(?:(\d{1,4}(?:\.\d{1,3}){0,3})|([a-z]))[.):]+(?=\s|$)|(\d{1,4}(?:\.\d{1,3}){1,3})(?=\s|$)"
)
_NAMED = re.compile(r"[^\W\d_]{1,14}\.? ?(\d{1,4}(?:\.\d{1,3}){0,3})[.:)]?(?=\s|$)")
_LABEL_STARTS = frozenset("(0123456789abcdefghijklmnopqrstuvwxyz")
_SET_OFF = re.compile(r"\(?[\d.]*\d[.):]+(?=\s|$)")
_WORD = re.compile(r"[^\W\d_]{3,}|[\u2e80-\u9fff]{2}")

_base = attrgetter("base")

Label = tuple[int, ...]


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
    left, right, bottom = _sides(fragments, gutter)
    if not left or not right:
        return [fragments]
    rows = _grid_rows(left, right)
    if rows is None:
        if gutter.score >= MIN_LINES:  # a few parts side by side say nothing of other pages
            used.append(gutter.edge)
        bottom = _heading_break(left, right, body) or _end(left, right, bottom)
        rows = [-1e9, bottom]
    else:
        rows = [-1e9, *rows[1:], _end(left, right, bottom)]
    parts = [[f for f in fragments if f.base <= gutter.top]]
    for top, bottom in pairwise(rows):
        parts.append([f for f in left if top <= f.base < bottom])
        parts.append([f for f in right if top <= f.base < bottom])
    parts.append([f for f in fragments if f.base > gutter.top and f.base >= rows[-1]])
    return [column for part in parts for column in _columns(part, body, known, used, depth + 1)]


def _sides(fragments: list[Fragment], gutter: _Gutter) -> tuple[list[Fragment], list[Fragment], float]:
    """Returns what stands left and right of a gutter, and where both end.

    Text over both columns ends them; but what only sticks out of the first column, as a long
    formula does, at the end of the page and close to the line above it, belongs to that column.
    """
    inside = [f for f in fragments if gutter.top < f.base < gutter.bottom]
    left = [f for f in inside if f.x0 < gutter.edge]
    right = [f for f in inside if f.x0 >= gutter.edge]
    below = [f for f in fragments if f.base >= gutter.bottom]
    if not left or not right or not below:
        return left, right, gutter.bottom
    furthest = gutter.edge + 0.25 * (max([f.x1 for f in right]) - gutter.edge)
    last = max([f.bottom for f in left])
    close = min([f.top for f in below]) - last < 0.45 * below[0].size
    if close and all(f.x0 < gutter.edge and f.x1 < furthest for f in below):
        return left + below, right, 1e9
    return left, right, gutter.bottom


def _best_gutter(fragments: list[Fragment], known: Sequence[float]) -> _Gutter | None:
    left = min([f.x0 for f in fragments])
    width = max([f.x1 for f in fragments]) - left
    low, high = left + 0.15 * width, left + 0.88 * width
    starts: dict[int, list[int]] = {}
    for f in fragments:
        if low < f.x0 < high:
            counts = starts.setdefault(int(f.x0 / 2), [0, 0])
            counts[0] += 1
            counts[1] += len(f.text)
            if (f.bold > 2 or f.text[0] in _LABEL_STARTS) and (_label(f) or _named(f)):
                counts[1] += _MIN_PROSE
    best: _Gutter | None = None
    for start, (count, letters) in starts.items():
        familiar = bool(known) and any(-6 < 2 * start - edge < 6 for edge in known)
        if not familiar:
            beside = starts.get(start - 1, [0, 0])
            if letters + beside[1] < _MIN_PROSE or count + beside[0] < 2:
                continue
        edge = 2.0 * start - 2 * (start - 1 in starts) - 3.0
        for top, bottom, inside in _open_runs(fragments, edge):
            if len(inside) < 4 and not familiar:
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
    if len(right) < 2 and not familiar:
        return 0
    left = [f for f in inside if f.x0 < edge]
    if not left or not right:
        return 0
    close = [f for f in left if f.x1 > edge - 0.4 * f.size]
    if len(close) > 0.15 * len(left):
        return 0  # the gap is a blank between words
    if len(left) >= MIN_LINES and len(right) >= MIN_LINES and _is_prose(left, right):
        return _count_lines(left, right)
    first, second = _labels(left), _labels(right)
    if len(first) >= MIN_LINES and len(second) >= MIN_LINES:
        values = [value for _, value in first + second]
        if all(a < b for a, b in pairwise(values)):
            return _count_lines(left, right)
    if len(first) > 1 and _counts_across(first, second):
        return _count_lines(left, right)
    if _counts_on(first, second) or _counts_on(_labels(left, _named), _labels(right, _named)):
        return _count_lines(left, right)
    if len(left) > MIN_LINES and _divides_a_word(left, right):
        return _count_lines(left, right)
    if len(first) > 1 and len(second) > 1 and _independent(left, right):
        return _count_lines(left, right)
    if all(len(_labels(side, _item)) > 1 for side in (left, right)) and _independent(left, right, MIN_LINES):
        return _count_lines(left, right)
    if len(first) >= MIN_LINES and len(second) > 1 and _counts_down(first) and _counts_down(second):
        return _count_lines(left, right)  # answers that are formulas, with few words
    return 0.5 if familiar and _like_a_column(left, right, edge) else 0


def _count_lines(left: list[Fragment], right: list[Fragment]) -> float:
    return min(len({round(f.base) for f in left}), len({round(f.base) for f in right}))


def _is_prose(left: list[Fragment], right: list[Fragment]) -> bool:
    """Whether both sides are mostly lines of words that fill their column, and no rows of a table."""
    fills = []
    for side in (right, left):
        x0, x1 = min([f.x0 for f in side]), max([f.x1 for f in side])
        if x1 - x0 < 8 * side[0].size or sum([len(f.text) for f in side]) < _MIN_PROSE:
            return False
        filled: defaultdict[int, float] = defaultdict(float)
        letters: defaultdict[int, int] = defaultdict(int)
        for f in side:
            if not f.picture:
                row = int(f.base / 3)
                filled[row] += (f.x1 - f.x0) / (x1 - x0)
                letters[row] += len(f.text)
        wide = {row for row, fill in filled.items() if fill > 0.55}
        if len(wide) < MIN_LINES or sum([letters[row] for row in wide]) < 0.4 * sum(letters.values()):
            return False
        words = sum([len(_WORD.findall(f.text)) for f in side if int(f.base / 3) in wide])
        if words < 2 * len(wide):
            return False
        fills.append(filled)
    together = [row for row in fills[0] if row in fills[1]]
    if len(together) < 0.9 * max(len(fills[0]), len(fills[1])):
        return True
    full = sum([fill > 0.85 for filled in fills for fill in filled.values()])
    return full > 0.5 * (len(fills[0]) + len(fills[1]))


def _label(f: Fragment) -> Label | None:
    """Returns what the label counts that a fragment begins with: 3., (b), 1.2."""
    match = _LABEL.match(f.text) if f.text[0] in _LABEL_STARTS else None
    if match is None:
        return None
    number = match[1] or match[3]
    return _numbers(number) if number else (-1, ord(match[2]))


def _named(f: Fragment) -> Label | None:
    """Returns what the label counts that a fragment begins with: Problem 3 in bold."""
    match = _NAMED.match(f.text) if f.bold > 2 else None
    return _numbers(match[1]) if match and match.end(1) <= f.bold else None


def _item(f: Fragment) -> Label | None:
    """Returns what a label counts that nothing but an item has: Problem 3 in bold, 3., no decimal."""
    return _named(f) or (_label(f) if _SET_OFF.match(f.text) else None)


def _numbers(label: str) -> Label:
    return tuple([int(part) for part in label.split(".")])


def _labels(
    side: list[Fragment], label: Callable[[Fragment], Label | None] = _label
) -> list[tuple[Fragment, Label]]:
    """Returns the labels that stand below each other on a side, with what they count."""
    found = [(f, value) for f in side if (value := label(f))]
    if not found:
        return found
    aligned = [[label for label in found if abs(label[0].x0 - f.x0) < f.size] for f, _ in found]
    return max(aligned, key=len)


def _counts_across(left: list[tuple[Fragment, Label]], right: list[tuple[Fragment, Label]]) -> bool:
    """Whether the labels of two sides count from left to right, row by row."""
    if not right or not 0 <= len(left) - len(right) <= 1:
        return False
    for (f, _), (g, _) in zip(left, right, strict=False):
        if abs(f.base - g.base) > 2 * f.size:
            return False
    values = [value for pair in zip(left, right, strict=False) for _, value in pair]
    values += [value for _, value in left[len(right) :]]
    return all(a < b for a, b in pairwise(values))


def _counts_down(side: list[tuple[Fragment, Label]]) -> bool:
    """Whether the labels of a side are set off ("3.", not 0.15) and grow, but for a new chapter."""
    if not all(_SET_OFF.match(f.text) for f, _ in side):
        return False
    grows = [a < b for (_, a), (_, b) in pairwise(side)]
    return sum(grows) >= 0.7 * len(grows)


def _counts_on(left: list[tuple[Fragment, Label]], right: list[tuple[Fragment, Label]]) -> bool:
    """Whether the numbers of the first side grow, and those of the second go on with the next one."""
    before, after = ([value for _, value in side if value[0] >= 0] for side in (left, right))
    if len(before) < MIN_LINES or not after or not all(a < b for a, b in pairwise(before + after)):
        return False
    return before[-1][:-1] == after[0][:-1] and after[0][-1] == before[-1][-1] + 1


def _divides_a_word(left: list[Fragment], right: list[Fragment]) -> bool:
    """Whether the word that the last line of the first side breaks off goes on at the top of the second."""
    if not left[-1].text.endswith((SOFT_HYPHEN, "-", "\u2010")) or not right[0].text[0].islower():
        return False
    return right[0].top < left[len(left) // 2].top


def _independent(left: list[Fragment], right: list[Fragment], enough: int = 2 * MIN_LINES) -> bool:
    """Whether over a third of the lines stand at a height where the other side has none: no table.

    Lines count that begin at their side's left edge; so there are enough of them on both sides. Where
    there are few, none stands beside another.
    """
    heights = []
    for side in (left, right):
        x0 = min([f.x0 for f in side])
        lines = [f.base for f in side if f.x0 < x0 + 0.5 * f.size]
        if len(lines) < enough:
            return False
        heights.append(lines)
    first, second = heights
    beside = sum([any(abs(a - b) < 1 for a in first) for b in second])
    return not beside if min(map(len, heights)) < 2 * MIN_LINES else 3 * beside < 2 * len(second)


def _grid_rows(left: list[Fragment], right: list[Fragment]) -> list[float] | None:
    """Returns the tops of the rows of a grid whose labels count from left to right; None if it is none."""
    first, second = _labels(left), _labels(right)
    if len(first) < 2 or not _counts_across(first, second):
        return None
    tops = [min(f.top, g.top) for (f, _), (g, _) in zip(first, second, strict=False)]
    return tops + [f.top for f, _ in first[len(second) :]]


def _end(left: list[Fragment], right: list[Fragment], bottom: float) -> float:
    """Returns where two columns end.

    If text over both columns follows, the first column does not go on below the second: what
    stands there, after a gap, are short lines of that text.
    """
    if bottom >= 1e9:
        return bottom
    last = max([f.bottom for f in right])
    for f in left:
        if f.top > last:
            if f.top - last > 0.45 * f.size:
                return f.base
            last = f.bottom
    return bottom


def _like_a_column(left: list[Fragment], right: list[Fragment], edge: float) -> bool:
    """Whether few fragments at a gutter known from other pages are columns, and no row of a table."""
    if min([f.x0 for f in right]) > edge + 7:
        return False
    rows = {round(f.base) for f in left}
    beside = sum([round(f.base) in rows for f in right])
    words = [f.text.count(" ") for side in (left, right) for f in side if not f.picture]
    return 2 * beside <= len(right) or (bool(words) and max(words) > 3)


def _heading_break(left: list[Fragment], right: list[Fragment], body: float) -> float | None:
    """Returns the baseline of a heading over both columns that is short enough to fit in the first one.

    It is recognised by the blank beside it in the second column, which goes on below.
    """
    text = [f for f in left if not f.picture]
    for above, f in pairwise(text):
        large = f.size > 1.05 * max(body, above.size) and f.top - above.bottom > 0.4 * f.size
        blank = f.top - 0.4 * f.size
        if not large or any(g.bottom > blank and g.top < f.bottom for g in right):
            continue
        if any(g.base < f.base for g in right) and any(g.base > f.base for g in right):
            return f.base - 1
    return None
