"""Pictures of a page: raster images, and drawings with the labels in them."""

from __future__ import annotations

import re

from extractors.documents.pdf_fragments import Fragment, Rect
from extractors.documents.pdf_page import PICTURE, Page

_MANY_SHAPES = 5
"""So many lines or curves that are neither level nor upright make a drawing, whatever is written in it."""

_MAX_SHAPES = 100
"""Of more shapes than this, a sample shows where the drawings are."""

_NEAR = 12.0
"""Shapes no further apart than this, in points, belong to one drawing."""

_AROUND = 20.0
"""The labels of axes stand no further from a drawing than this, in points."""

_LABEL = 25
"""Labels in a drawing are shorter than this, in characters."""

_TICK = re.compile(r"[-−+]?[\d.,]+%?")


def place_pictures(page: Page, body: float) -> None:
    """Replaces drawings by a fragment each that stands for the picture, and adds one for every image.

    The labels in a drawing go with it; so do its rules. What holds lines of prose is a box around
    text, no drawing.

    Args:
      body: size of the body text.
    """
    drawings = _unseen_drawings(page, body) if page.heavy else _drawings(page, body) if page.shapes else []
    for box in drawings:
        x0, y0, x1, y1 = box
        page.fragments = [f for f in page.fragments if not _is_label(f, box, body)]
        page.rules = [rule for rule in page.rules if not (y0 <= rule[0] <= y1 and x0 <= rule[1] <= x1)]
    page.fragments += [_picture(box) for box in (*drawings, *page.images)]


def _picture(box: Rect) -> Fragment:
    x0, top, x1, bottom = box
    margin = 0.05 * (x1 - x0)  # pictures may stick out of their column
    middle = (top + bottom) / 2
    return Fragment(x0 + margin, x1 - margin, middle, 1.0, "![](figure)", top, bottom, picture=box)


def _is_label(f: Fragment, box: Rect, body: float) -> bool:
    x0, y0, x1, y1 = box
    middle, size = (f.x0 + f.x1) / 2, f.size
    if x0 < middle < x1 and y0 < f.base < y1 + 0.5 * size:
        return size < 0.85 * body or len(f.text) < _LABEL
    if x0 - _AROUND < middle < x1 + _AROUND and y0 - _AROUND < f.base < y1 + _AROUND:
        return not f.bold and (size < 0.75 * body or bool(_TICK.fullmatch(f.text)))
    return False


def _drawings(page: Page, body: float) -> list[Rect]:
    """Returns the boxes of the drawings on a page."""
    prose = [
        ((f.x0 + f.x1) / 2, f.base)
        for f in page.fragments
        if f.size >= 0.85 * body and len(f.text) >= _LABEL and f.text.count(" ") >= 3
    ]
    shapes = page.shapes[:: 1 + len(page.shapes) // _MAX_SHAPES]
    boxes = [box for box in shapes if not (box[3] - box[1] > PICTURE and _held(box, prose))]
    found = []
    for box, count in _clusters(boxes):
        x0, y0, x1, y1 = box
        if x1 - x0 < PICTURE or y1 - y0 < PICTURE or _held(box, prose):
            continue
        letters = [len(f.text) for f in page.fragments if x0 < f.x0 < x1 and y0 < f.base < y1]
        if count >= _MANY_SHAPES or sum(letters) < _LABEL / 2:
            found.append(_with_axes(box, page))
    return found


def _unseen_drawings(page: Page, body: float) -> list[Rect]:
    """Returns where a drawing is that was too large to look at: around small labels, or the widest blank."""
    labels = [
        (f.x0 - 25, f.top - 25, f.x1 + 25, f.bottom + 25) for f in page.fragments if f.size < 0.75 * body
    ]
    found = []
    for (x0, y0, x1, y1), count in _clusters(labels):
        box = x0 + 25, y0 + 25, x1 - 25, y1 - 25
        if count >= _MANY_SHAPES and box[2] - box[0] > PICTURE and box[3] - box[1] > PICTURE:
            found.append(box)
    if found or not page.fragments:
        return found
    left, right = min([f.x0 for f in page.fragments]), max([f.x1 for f in page.fragments])
    bottom, blank = page.fragments[0].bottom, (left, 0.0, right, PICTURE)
    for f in page.fragments:
        if f.top - bottom > blank[3] - blank[1]:
            blank = left, bottom, right, f.top
        bottom = max(bottom, f.bottom)
    return [blank] if blank[1] else []


def _with_axes(box: Rect, page: Page) -> Rect:
    """Returns the box of a drawing with the rules, its axes and their marks, that touch it."""
    x0, y0, x1, y1 = box
    for y, left, right in page.rules:
        if y0 - _AROUND < y < y1 + _AROUND and x0 - _AROUND < left and right < x1 + _AROUND:
            x0, y0, x1, y1 = min(x0, left), min(y0, y), max(x1, right), max(y1, y)
    return x0, y0, x1, y1


def _held(box: Rect, points: list[tuple[float, float]]) -> bool:
    x0, y0, x1, y1 = box
    return any(x0 < x < x1 and y0 < y < y1 for x, y in points)


def _clusters(boxes: list[Rect]) -> list[tuple[Rect, int]]:
    """Returns the boxes around shapes that are near each other, with the number of shapes in each."""
    clusters: list[tuple[Rect, int]] = []
    for box in boxes:
        clusters = _added(clusters, box, 1)
    merged: list[tuple[Rect, int]] = []
    for box, count in clusters:
        merged = _added(merged, box, count)
    return merged


def _added(clusters: list[tuple[Rect, int]], box: Rect, count: int) -> list[tuple[Rect, int]]:
    x0, y0, x1, y1 = box
    apart = []
    for cluster in clusters:
        (a0, b0, a1, b1), n = cluster
        if a0 > x1 + _NEAR or a1 < x0 - _NEAR or b0 > y1 + _NEAR or b1 < y0 - _NEAR:
            apart.append(cluster)
        else:
            x0, y0, x1, y1 = min(a0, x0), min(b0, y0), max(a1, x1), max(b1, y1)
            count += n
    apart.append(((x0, y0, x1, y1), count))
    return apart
