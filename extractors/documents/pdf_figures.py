"""Pictures of a page: raster images, and drawings with the labels in them."""

from __future__ import annotations

from extractors.documents.pdf_drawings import AROUND, drawings_of, strokes_in
from extractors.documents.pdf_fragments import Fragment, Rect
from extractors.documents.pdf_labels import ITEM, TICK
from extractors.documents.pdf_latex import SIGN, with_dollars
from extractors.documents.pdf_outline import LABEL, Outline, is_prose, outline_of
from extractors.documents.pdf_page import Page

_ROUND = str.maketrans("[]\n", "() ")
"""The description of a picture holds no square brackets, so that its end is certain."""


def place_pictures(page: Page, body: float) -> None:
    """Replaces drawings by a fragment each that stands for the picture, and adds one for every image.

    The labels in a drawing and at the ends of its strokes become the description of its picture; its
    rules go with it. What holds lines of prose, a heading or labels of items is decoration around text, no
    drawing, and neither is a grid.

    Args:
      body: size of the body text.
    """
    pictures = [_picture(box, []) for box in page.images]
    drawings = drawings_of(page, body)
    outline = outline_of(page, body) if drawings else Outline([], [], [], [])
    for box in drawings:
        if outline.stands_in(box):
            continue
        labels = _labels(page, box, body, outline)
        gone = {id(f) for f in labels}
        x0, y0, x1, y1 = box
        page.fragments = [f for f in page.fragments if id(f) not in gone]
        page.rules = [rule for rule in page.rules if not (y0 <= rule[0] <= y1 and x0 <= rule[1] <= x1)]
        pictures.append(_picture(box, labels))
    page.fragments += pictures


def _picture(box: Rect, labels: list[Fragment]) -> Fragment:
    """Returns what stands for a picture: an image of Markdown, whose description are its labels."""
    x0, top, x1, bottom = box
    margin = 0.05 * (x1 - x0)  # pictures may stick out of their column
    middle = (top + bottom) / 2
    words = "; ".join([_words(f.text) for f in labels]).translate(_ROUND)
    return Fragment(x0 + margin, x1 - margin, middle, 1.0, f"![{words}](figure)", top, bottom, picture=box)


def _words(text: str) -> str:
    """Returns a label as text, with its formulas between dollars."""
    return " ".join((with_dollars(text)[0] if SIGN.search(text) else text).split())


def _labels(page: Page, box: Rect, body: float, outline: Outline) -> list[Fragment]:
    """Returns what is written in a drawing, at its axes, and at the ends of its strokes.

    Headings, and labels of items with what follows them on their lines, are none.
    """
    x0, y0, x1, y1 = box
    strokes = strokes_in(page, box)
    found = []
    for f in page.fragments:
        middle, size = (f.x0 + f.x1) / 2, f.size
        if not (y0 - AROUND < f.base < y1 + AROUND) or outline.holds(f):
            continue
        if x0 < middle < x1 and y0 < f.base < y1 + 0.5 * size:
            label = size < 0.85 * body or len(f.text) < LABEL
        elif f.bold:
            label = False
        elif x0 - AROUND < middle < x1 + AROUND and (size < 0.75 * body or TICK.fullmatch(f.text)):
            label = True
        else:
            beside = _stands_at(f, strokes) or (
                _is_near(f, box) and not ITEM.match(f.text) and not outline.starts_at(f.x0)
            )
            label = beside and not _runs_on(f, page, body)
        if label:
            found.append(f)
    return found


def _is_near(f: Fragment, box: Rect) -> bool:
    """Whether a short text is within its own height of a drawing."""
    x0, y0, x1, y1 = box
    gap = max(x0 - f.x1, f.x0 - x1, y0 - f.bottom, f.top - y1)
    return len(f.text) < LABEL and gap < f.size


def _stands_at(f: Fragment, strokes: list[Rect]) -> bool:
    """Whether a short text stands beside the end of a stroke, centred over or under it, or on a level one."""
    if len(f.text.replace(" ", "")) >= LABEL:
        return False
    near = 0.6 * f.size
    middle, height = (f.x0 + f.x1) / 2, (f.top + f.bottom) / 2
    for x0, y0, x1, y1 in strokes:
        if y0 == y1 and x0 - near < f.x0 and f.x1 < x1 + near and abs(f.bottom - y0) < near:
            return True
        for x in (x0, x1):
            for y in {y0, y1}:
                if min(abs(f.x0 - x), abs(f.x1 - x)) < f.size and abs(height - y) < near:
                    return True
                if abs(middle - x) < near and min(abs(f.bottom - y), abs(f.top - y)) < near:
                    return True
    return False


def _runs_on(f: Fragment, page: Page, body: float) -> bool:
    """Whether a fragment goes on with a line of text, or is the last line of a paragraph."""
    for other in page.fragments:
        down = f.base - other.base
        prose = is_prose(other, body)
        if abs(down) < 0.3 * f.size and other is not f:
            gap = max(f.x0 - other.x1, other.x0 - f.x1)
            if gap < (2 if prose else 0.7) * f.size:
                return True
        elif prose and 0 < down < 1.6 * f.size and abs(f.x0 - other.x0) < 1:
            return True
    return False
