"""Columns and reading order, from where the fragments of a page stand.

A page is cut recursively (in the manner of the XY-cut of Nagy and Seth, 1984): where a vertical
gutter separates two columns over a run of lines, what is above the run is read first, then the
columns from left to right, then what is below.
"""

from __future__ import annotations

from collections import Counter

from extractors.documents.pdf_lines import Fragment

MIN_LINES = 3
"""A column has at least this many lines on either side of its gutter."""


def columns(fragments: list[Fragment], depth: int = 0) -> list[list[Fragment]]:
    """Returns the fragments of a page as columns in reading order; full-width parts count as columns."""
    cut = _best_gutter(fragments) if depth < 4 and len(fragments) >= 2 * MIN_LINES else None
    if cut is None:
        return [fragments] if fragments else []
    edge, top, bottom = cut
    above = [f for f in fragments if f.base <= top]
    below = [f for f in fragments if f.base >= bottom]
    left = [f for f in fragments if top < f.base < bottom and f.x0 < edge]
    right = [f for f in fragments if top < f.base < bottom and f.x0 >= edge]
    return (
        columns(above, depth + 1)
        + columns(left, depth + 1)
        + columns(right, depth + 1)
        + columns(below, depth + 1)
    )


def _best_gutter(fragments: list[Fragment]) -> tuple[float, float, float] | None:
    """Returns left edge, top and bottom (exclusive) of the column that begins right of the best gutter."""
    left = min(f.x0 for f in fragments)
    width = max(f.x1 for f in fragments) - left
    starts = Counter(round(f.x0 / 2) for f in fragments)
    best, best_score = None, 0.0
    for start, count in starts.items():
        edge = 2 * start - 2.0
        if count + starts[start - 1] < MIN_LINES or not left + 0.2 * width < edge < left + 0.85 * width:
            continue
        for top, bottom, inside in _open_runs(fragments, edge):
            score = _score(inside, edge)
            if score > best_score:
                best, best_score = (edge, top, bottom), score
    return best


def _open_runs(fragments: list[Fragment], edge: float) -> list[tuple[float, float, list[Fragment]]]:
    """Returns the vertical runs in which no fragment crosses the gutter left of `edge`."""
    runs = []
    top, inside = -1e9, []
    for f in sorted(fragments, key=lambda f: f.base):
        if f.x0 < edge and f.x1 > edge - 2:
            if inside:
                runs.append((top, f.base, inside))
            top, inside = f.base, []
        else:
            inside.append(f)
    if inside:
        runs.append((top, 1e9, inside))
    return runs


def _score(inside: list[Fragment], edge: float) -> float:
    """Number of lines on the thinner side of a gutter, if both sides look like columns; else 0."""
    sides: tuple[list[Fragment], list[Fragment]] = ([], [])
    for f in inside:
        sides[f.x0 >= edge].append(f)
    lines = 1e9
    for side in sides:
        if len(side) < MIN_LINES:
            return 0
        left, right = min(f.x0 for f in side), max(f.x1 for f in side)
        wide = [f for f in side if f.x1 - f.x0 > 0.55 * (right - left)]
        if len({round(f.base) for f in wide}) < MIN_LINES or right - left < 6 * side[0].size:
            return 0
        if sum(len(f.text) for f in wide) < 0.4 * sum(len(f.text) for f in side):
            return 0
        if sum(f.text.count(" ") for f in wide) < 2 * len(wide):
            return 0
        lines = min(lines, len({round(f.base) for f in side}))
    return lines
