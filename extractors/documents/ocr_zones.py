"""Where the text of a scanned page stands: how much askew, and in which columns.

Tesseract, as PyMuPDF calls it, takes a picture for one column of text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from extractors.documents.pdf_render import picture

_LONG_SIDE = 900
"""Pages that say they are longer, in points, are mostly scans of usual pages with a point for a pixel."""

_MAX_SKEW = 4.0
"""Pages lie no more askew on a scanner's glass than this, in degrees."""

_SKEW_FINER = 2
"""Where a row is fewer dots high, an angle of some tenths can't be told from none."""

_MIN_INK = 1000
"""With fewer dots of ink nothing can be told."""

_GUTTER = 8
"""White between columns is at least so wide, in dots."""

_MIN_WIDTH, _MIN_HEIGHT = 80, 90
"""Columns are at least so large, in dots: wider than a table's, higher than rivers in justified text."""

_MARGIN = 2
_MAX_DEPTH = 4

Zone = tuple[int, int, int, int]
"""Left, top, right, bottom, in dots."""


def dots_per_inch(page: Any) -> float:
    """Returns the resolution in which zones of a PyMuPDF page are found."""
    return 72 * min(1.0, _LONG_SIDE / max(page.rect.width, page.rect.height, 1.0))


def ink(page: Any, turn: float = 0.0, finer: int = 1) -> Any:
    """Returns an array of what is dark in the picture of a PyMuPDF page.

    Args:
      turn: see `pdf_render.picture`.
      finer: so many times the resolution of zones.
    """
    import numpy as np

    pixmap = picture(page, finer * dots_per_inch(page), turn)
    dots = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)
    light = dots[:, : pixmap.width * pixmap.n : pixmap.n]
    return light < (int(light.min()) + int(light.max())) // 2


def skew(page: Any) -> float:
    """Returns by how many degrees the lines of a PyMuPDF page fall to the right.

    Turned back by that angle, the ink of a page gathers in rows most sharply: the projection profile
    method (Postl, Detection of linear oblique structures and skew scan in digitized documents, 1986).
    """
    import numpy as np

    y, x = np.nonzero(ink(page, finer=_SKEW_FINER))
    if len(y) < _MIN_INK:
        return 0.0

    def sharpness(degrees: float) -> float:
        rows = y - x * np.tan(np.radians(degrees))
        counts = np.bincount((rows - rows.min()).astype(np.int64))
        return float((np.diff(counts.astype(np.float64)) ** 2).sum())

    angles = [step / 10 for step in range(-int(10 * _MAX_SKEW), int(10 * _MAX_SKEW) + 1)]
    return max(angles, key=lambda angle: (sharpness(angle), -abs(angle)))


def zones(dark: Any) -> list[Zone]:
    """Returns the parts of a page that hold one column each, in reading order.

    The page is cut recursively as in `pdf_layout`, but by its ink: where a white strip stays open
    with ink on either side, what is above it comes first, then left, right, and what is below.
    """
    height, width = dark.shape
    return list(_cut(dark, (0, 0, width, height), 0))


def _cut(dark: Any, zone: Zone, depth: int) -> Iterator[Zone]:
    trimmed = _trimmed(dark, zone)
    if trimmed is None:
        return
    left, top, right, bottom = trimmed
    found = _gutter(dark[top:bottom, left:right]) if depth < _MAX_DEPTH else None
    if found is None:
        height, width = dark.shape
        yield (
            max(left - _MARGIN, 0),
            max(top - _MARGIN, 0),
            min(right + _MARGIN, width),
            min(bottom + _MARGIN, height),
        )
        return
    x, first, last = left + found[0], top + found[1], top + found[2]
    parts = (
        (left, top, right, first),
        (left, first, x, last),
        (x, first, right, last),
        (left, last, right, bottom),
    )
    for part in parts:
        yield from _cut(dark, part, depth + 1)


def _trimmed(dark: Any, zone: Zone) -> Zone | None:
    """Returns the part of a zone that has ink; None if there is none."""
    import numpy as np

    left, top, right, bottom = zone
    y, x = np.nonzero(dark[top:bottom, left:right])
    if not len(y):
        return None
    return left + int(x.min()), top + int(y.min()), left + int(x.max()) + 1, top + int(y.max()) + 1


def _gutter(dark: Any) -> tuple[int, int, int] | None:
    """Returns the middle, top and bottom of the longest white strip between two columns, if there is one."""
    import numpy as np

    height, width = dark.shape
    sums = np.concatenate([np.zeros((height, 1), np.int64), np.cumsum(dark, axis=1)], axis=1)
    best: tuple[int, int, int, int] | None = None
    for x in range(_MIN_WIDTH, width - _MIN_WIDTH - _GUTTER):
        white = sums[:, x + _GUTTER] == sums[:, x]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], white, [False]]).astype(np.int8)))
        for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            if last - first < max(_MIN_HEIGHT, best[0] if best else 0):
                continue
            inside = sums[first:last]
            sides = (inside[:, x] > 0, inside[:, -1] > inside[:, x + _GUTTER])
            rows = [np.flatnonzero(side) for side in sides]
            if min(map(len, rows)) < 0.3 * (last - first):
                continue
            top, bottom = first + max(int(r[0]) for r in rows), last
            if bottom - top >= _MIN_HEIGHT and (best is None or bottom - top > best[0]):
                # Where only one side has begun, a line that is short may belong to both.
                best = bottom - top, x + _GUTTER // 2, first + min(int(r[0]) for r in rows), bottom
    return best[1:] if best else None
