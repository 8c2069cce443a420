"""Where the drawings of a page are: strokes that meet or stand close together, no text and no table."""

from __future__ import annotations

from itertools import pairwise

from extractors.documents.pdf_fragments import Bar, Fragment, Rect
from extractors.documents.pdf_labels import TICK
from extractors.documents.pdf_outline import LABEL, is_prose
from extractors.documents.pdf_page import MAX_BARS, MAX_SHAPES, PICTURE, Page

AROUND = 20.0
"""The labels of axes stand no further from a drawing than this, in points."""

_MANY_SHAPES = 5
"""So many lines or curves that are neither level nor upright make a drawing, whatever is written in it."""

_MAX_FRAMES = 1000
"""More rectangles and upright lines than this aren't compared with each other: it would take too long."""

_NEAR = 12.0
"""Shapes no further apart than this, in points, belong to one drawing."""

_MEET = 3.0
"""Strokes meet that come as close as this, in points."""


def drawings_of(page: Page, body: float) -> list[Rect]:
    """Returns the boxes of the drawings on a page.

    Args:
      body: size of the body text.
    """
    if page.heavy:
        return _unseen_drawings(page, body)
    return _drawings(page, body) if page.shapes else []


def strokes_in(page: Page, box: Rect) -> list[Rect]:
    """Returns the boxes of the lines within a drawing; none where there are too many to tell labels by."""
    if page.heavy or len(page.shapes) > MAX_SHAPES:
        return []
    x0, y0, x1, y1 = box
    strokes = [*page.shapes, *map(_level, page.rules)]
    return [s for s in strokes if x0 <= s[0] and s[2] <= x1 and y0 <= s[1] and s[3] <= y1]


def _level(rule: Bar) -> Rect:
    y, x0, x1 = rule
    return x0, y, x1, y


def _drawings(page: Page, body: float) -> list[Rect]:
    prose = [((f.x0 + f.x1) / 2, f.base) for f in page.fragments if is_prose(f, body)]
    shapes = page.shapes[:: 1 + len(page.shapes) // MAX_SHAPES]
    boxes = [
        (box, int(not _is_mark(box, page)))
        for box in shapes
        if not (box[3] - box[1] > PICTURE and _held(box, prose))
    ]
    outer = _outer(page.frames) if len(page.frames) <= _MAX_FRAMES else []
    frames = [(box, 0) for box in outer if not _held(box, prose)]
    alone = _put_together(boxes, page, prose)
    if not frames or len(frames) > MAX_SHAPES:
        return alone
    found = _put_together(boxes + frames, page, prose)
    # Frames that aren't part of a drawing, such as lines between columns, don't hide it.
    return found + [box for box in alone if not any(_touch(box, f) for f in found)]


def _put_together(boxes: list[tuple[Rect, int]], page: Page, prose: list[tuple[float, float]]) -> list[Rect]:
    """Returns the boxes of the drawings that some shapes make.

    Args:
      boxes: the boxes of the shapes, and how many lines they count for.
      prose: where lines of text are.
    """
    if len(page.shapes) <= MAX_SHAPES and len(page.rules) <= MAX_BARS:
        boxes = _connected(boxes, page.rules, prose)
    found = []
    for inner, count in _clusters(boxes):
        x0, y0, x1, y1 = box = _with_axes(inner, page)
        if not count or x1 - x0 < PICTURE or y1 - y0 < PICTURE or _held(box, prose):
            continue
        if (count >= _MANY_SHAPES or _letters(box, page) < LABEL / 2) and not _is_grid(box, page):
            found.append(box)
    return found


def _letters(box: Rect, page: Page) -> int:
    """Returns how many characters stand in a box, but for numbers beside its shapes: values on its axes."""
    x0, y0, x1, y1 = box
    shapes = [s for s in page.shapes if x0 <= s[0] and s[2] <= x1 and y0 <= s[1] and s[3] <= y1]
    inside = [f for f in page.fragments if x0 < f.x0 < x1 and y0 < f.base < y1]
    x0, y0, x1, y1 = _around(shapes)
    return sum(
        [len(f.text) for f in inside if not TICK.fullmatch(f.text) or (x0 < f.x0 < x1 and y0 < f.base < y1)]
    )


def _is_mark(box: Rect, page: Page) -> bool:
    """Whether a shape is drawn closely around a piece of text, or through it."""
    if box[3] - box[1] > PICTURE:
        return False
    return any(_is_ring(box, f) or _is_strike(box, f) for f in page.fragments)


def _is_ring(box: Rect, f: Fragment) -> bool:
    x0, y0, x1, y1 = box
    return (
        abs(x0 + x1 - f.x0 - f.x1) < f.size
        and abs(y0 + y1 - f.top - f.bottom) < f.size
        and x0 < f.x0
        and max(x1 - x0 - (f.x1 - f.x0), y1 - y0) < 3 * f.size
    )


def _is_strike(box: Rect, f: Fragment) -> bool:
    """Whether a stroke cancels a text or a part of it."""
    x0, y0, x1, y1 = box
    middle = (y0 + y1) / 2
    return f.x0 - f.size < x0 and x1 < f.x1 + f.size and f.top < middle < f.bottom and y1 - y0 < 2 * f.size


def _connected(
    shapes: list[tuple[Rect, int]], rules: list[Bar], prose: list[tuple[float, float]]
) -> list[tuple[Rect, int]]:
    """Puts shapes together that meet, by themselves or by level strokes that end at them.

    So a tree is one drawing, however long the level parts of its branches are. Several strokes that
    meet, at least two of them slanted, weigh as much as many shapes: they are no ornaments of a text.
    The box of a slanted stroke may be larger than what is seen of it, by the points of its pen.
    """
    found = []
    left = list(shapes)
    free = [_level(rule) for rule in rules]
    while left:
        group, level = [left.pop()], []
        for box, _ in group:  # grows while it is walked through
            bars = [bar for bar in free if _ends_at(bar, box)]
            free = [bar for bar in free if bar not in bars]
            level += bars
            near = [s for s in left if _touch(s[0], box) or any(_ends_at(bar, s[0]) for bar in bars)]
            left = [s for s in left if s not in near]
            group += near
        around = _around([*[box for box, _ in group], *level])
        if level and _held(around, prose):  # a rule that belongs to the text
            found += group
        else:
            slanted = len(_outer([box for box, count in group if count]))
            many = slanted > 1 and slanted + len(level) > 2
            found.append((around, _MANY_SHAPES if many else sum([count for _, count in group])))
    return found


def _touch(box: Rect, other: Rect) -> bool:
    (a0, b0, a1, b1), (x0, y0, x1, y1) = box, other
    return a0 < x1 + _MEET and a1 > x0 - _MEET and b0 < y1 + _MEET and b1 > y0 - _MEET


def _ends_at(bar: Rect, box: Rect) -> bool:
    """Whether one end of a level stroke, and not the other, is at a shape."""
    left, y, right, _ = bar
    x0, y0, x1, y1 = box
    if not y0 - _MEET < y < y1 + _MEET:
        return False
    return (x0 - _MEET < left < x1 + _MEET) != (x0 - _MEET < right < x1 + _MEET)


def _outer(boxes: list[Rect]) -> list[Rect]:
    """Returns those of some boxes that are not within another: a shape and its outline are one."""
    boxes = sorted(boxes, key=lambda box: (box[0] - box[2]) * (box[3] - box[1]))
    outer: list[Rect] = []
    for x0, y0, x1, y1 in boxes:
        for a, b, c, d in outer:
            if a - 2 < x0 and b - 2 < y0 and x1 < c + 2 and y1 < d + 2:
                break
        else:
            outer.append((x0, y0, x1, y1))
    return outer


def _around(boxes: list[Rect]) -> Rect:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _is_grid(box: Rect, page: Page) -> bool:
    """Whether rules as wide as the box, or wider, divide text into rows of several cells: a table."""
    x0, y0, x1, y1 = box
    rules = [r for r in page.rules if y0 - 1 <= r[0] <= y1 + 1 and r[2] > x0 and r[1] < x1]
    covered: dict[int, float] = {}
    for y, left, right in rules:
        covered[round(y)] = covered.get(round(y), 0.0) + min(right, x1) - max(left, x0)
    heights = sorted(y for y, width in covered.items() if width > 0.9 * (x1 - x0))
    if len(heights) < 3:
        return False
    x0, x1 = min(rule[1] for rule in rules), max(rule[2] for rule in rules)
    cells = [f.base for f in page.fragments if x0 <= f.x0 <= x1 and y0 <= f.base <= y1]
    rows = [sum([top < base < bottom for base in cells]) for top, bottom in pairwise(heights)]
    return sum([row > 1 for row in rows]) > len(rows) / 2


def _unseen_drawings(page: Page, body: float) -> list[Rect]:
    """Returns where a drawing is that was too large to look at: around small labels, or the widest blank."""
    labels = [
        ((f.x0 - 25, f.top - 25, f.x1 + 25, f.bottom + 25), 1) for f in page.fragments if f.size < 0.75 * body
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
        if y0 - AROUND < y < y1 + AROUND and x0 - AROUND < left and right < x1 + AROUND:
            x0, y0, x1, y1 = min(x0, left), min(y0, y), max(x1, right), max(y1, y)
    return x0, y0, x1, y1


def _held(box: Rect, points: list[tuple[float, float]]) -> bool:
    x0, y0, x1, y1 = box
    return any(x0 < x < x1 and y0 < y < y1 for x, y in points)


def _clusters(boxes: list[tuple[Rect, int]]) -> list[tuple[Rect, int]]:
    """Returns the boxes around shapes that are near each other, with the number of shapes in each."""
    clusters: list[tuple[Rect, int]] = []
    for box, count in boxes:
        clusters = _added(clusters, box, count)
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
