"""A page of a PDF -> fragments of text, rules and pictures, as plain Python objects."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from extractors.documents.pdf_fonts import Fonts
from extractors.documents.pdf_fragments import Bar, Fragment, Rect, fragments_of

MAX_BARS = 400
"""A page with more rules than this is a drawing; they are no fraction bars."""

_RULE = 1.7
"""Rules are thinner than this, in points."""

_MARK = 12
"""Rectangles and upright lines whose sides are all shorter than this, in points, are marks on an axis."""

_STRAIGHT = 0.1
"""Lines that rise by less than this, in points, are level."""

_SAME = 0.8
"""Filled areas of which so much is common are layers of one."""

_LONG = 4
"""A stroke so many times as long as high is a line, no mark of a plot."""

MAX_SHAPES = 100
"""Of more shapes than this, a sample shows where the drawings are."""

PICTURE = 30.0
"""Pictures are wider and higher than this, in points; smaller ones are ornaments."""


MAX_DRAWING = 20_000
"""Drawings of more bytes than this, compressed, are not looked at: they hold thousands of lines."""

_MAX_REFERENCES = 500


@dataclass(slots=True)
class Page:
    """What a page holds, in points from its top left corner.

    Attributes:
      fragments: by baseline, from top to bottom.
      rules: thin horizontal lines.
      shapes: boxes of lines and curves that are neither level nor upright.
      frames: rectangles and upright lines.
      images: boxes of raster images.
      heavy: whether it has drawings that were too large to be looked at.
    """

    number: int
    width: float
    height: float
    fragments: list[Fragment] = field(default_factory=list)
    rules: list[Bar] = field(default_factory=list)
    shapes: list[Rect] = field(default_factory=list)
    frames: list[Rect] = field(default_factory=list)
    images: list[Rect] = field(default_factory=list)
    heavy: bool = False


class Resources:
    """What the pages of a document refer to besides fonts: images, and drawings by their size.

    Args:
      source: the PyMuPDF document.
      images: whether it holds raster images at all.
    """

    def __init__(self, source: Any, images: bool):
        self._source = source
        self._images = images
        self._streams: dict[int, tuple[bool, int]] = {}

    def of(self, page: Any) -> tuple[bool, bool]:
        """Returns whether a page may show images, and whether its drawings are too large to be looked at."""
        key = self._source.xref_get_key
        kind, objects = key(page.xref, "Resources/XObject")
        if kind == "null":  # none, or inherited
            return self._images, False
        forms = 0
        images = False
        for xref in _REFERENCE.findall(objects)[:_MAX_REFERENCES]:
            is_form, length = self._stream(int(xref))
            images |= self._images
            forms += length if is_form else 0
        return images, forms > MAX_DRAWING

    def _stream(self, xref: int) -> tuple[bool, int]:
        found = self._streams.get(xref)
        if found is None:
            kind, length = self._source.xref_get_key(xref, "Length")
            subtype = self._source.xref_get_key(xref, "Subtype")[1]
            found = self._streams[xref] = subtype == "/Form", int(length) if kind == "int" else 0
        return found


_REFERENCE = re.compile(r"(\d+) \d+ R")


def read_page(page: Any, number: int, fonts: Fonts, resources: Resources) -> Page:
    """Returns what a PyMuPDF page holds.

    Text that runs along the page's other direction (labels of axes, stamps in the margin) is left
    out, unless most of the page runs that way.
    """
    import pymupdf

    images, heavy = resources.of(page)
    # Ligatures and kinds of blanks are resolved by MuPDF; a glyph without a Unicode value comes as its
    # code, which names tall delimiters in TeX's fonts; drawings come as boxes, pictures not at all.
    flags = pymupdf.TEXT_MEDIABOX_CLIP | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
    if not heavy:
        flags |= pymupdf.TEXT_COLLECT_VECTORS
    raw = page.get_textpage(flags=flags).extractDICT()
    result = Page(number, raw["width"], raw["height"], heavy=heavy)
    text_blocks = []
    strokes: list[Rect] = []
    shapes, rules = result.shapes, result.rules
    for block in raw["blocks"]:
        kind = block["type"]
        if kind == 3:
            x0, y0, x1, y1 = box = block["bbox"]
            width, thickness = x1 - x0, y1 - y0
            # The box of a stroke has the width of the pen on either side.
            if thickness > _RULE and width > _LONG * thickness and block["stroked"]:
                thickness /= 2
            if thickness > _RULE:
                if width <= _RULE or block["isrect"]:
                    if max(width, thickness) > _MARK:
                        result.frames.append(box)
                elif block["stroked"]:
                    strokes.append(box)
                elif not shapes or not _covers(shapes[-1], box):
                    shapes.append(box)
            elif width > 2:
                rules.append(((y0 + y1) / 2, x0, x1))
        elif kind == 0:
            text_blocks.append(block)
    shapes += _without_pens(page, strokes)
    turned = _read_text(result, text_blocks, fonts)
    if turned and sum(map(_length, turned)) > sum([len(f.text) for f in result.fragments]):
        return _turned_page(result, turned, fonts)
    if images and page.get_images():
        result.images = _images(page, result)
    return result


def _without_pens(page: Any, strokes: list[Rect]) -> list[Rect]:
    """Returns the boxes of slanted and curved strokes without the width of their pens.

    MuPDF's boxes leave room for corners as sharp as the limit of mitred joins allows, twice over: with
    the usual limit of ten, 20.5 times the width of the pen on each side (`fz_adjust_rect_for_stroke`).
    Only the paths tell how much that is. They take another look at the page, so pages with many strokes
    are left as they are.
    """
    if not strokes or len(strokes) > MAX_SHAPES:
        return strokes
    paths = [path for path in page.get_cdrawings() if "s" in path["type"]]
    return [path["rect"] for path in paths if not _is_level(path["items"])]


def _is_level(items: list[tuple[Any, ...]]) -> bool:
    """Whether a path is made of rectangles and of lines that are level or upright, and don't bend."""
    start = end = None
    for kind, *points in items:
        if kind in ("c", "qu"):
            return False
        if kind == "l":
            if start is None or points[0] != end:
                start = points[0]
            end = points[1]
            if abs(end[0] - start[0]) > _STRAIGHT and abs(end[1] - start[1]) > _STRAIGHT:
                return False
    return True


def _covers(box: Rect, other: Rect) -> bool:
    """Whether two boxes are nearly the same: layers of one area, such as a soft shadow's."""
    (a0, b0, a1, b1), (x0, y0, x1, y1) = box, other
    width, height = min(a1, x1) - max(a0, x0), min(b1, y1) - max(b0, y0)
    areas = (a1 - a0) * (b1 - b0), (x1 - x0) * (y1 - y0)
    return width > 0 and height > 0 and width * height > _SAME * max(areas)


def _read_text(page: Page, blocks: list[dict[str, Any]], fonts: Fonts) -> list[dict[str, Any]]:
    """Fills the page with the fragments of upright text; returns the lines that run another way."""
    bars = sorted(page.rules) if len(page.rules) <= MAX_BARS else []
    heights = [bar[0] for bar in bars]
    turned = []
    seen: set[tuple[str, int, int]] = set()
    fragments = page.fragments
    for block in blocks:
        for line in block["lines"]:
            if line["dir"][0] < 0.9:
                turned.append(line)
                continue
            spans = line["spans"]
            near: list[Bar] = []
            if bars and len(spans) > 1:
                x0, y0, x1, y1 = line["bbox"]
                near = bars[bisect_left(heights, y0 - 3) : bisect_left(heights, y1 + 3)]
                if near:
                    near = [bar for bar in near if bar[1] < x1 and bar[2] > x0]
            for f in fragments_of(spans, fonts, near):
                key = (f.text, int(f.x0), int(f.base))
                if key not in seen:  # bold or shadow by printing twice
                    seen.add(key)
                    fragments.append(f)
    page.fragments.sort(key=attrgetter("base"))
    return turned


def _length(line: dict[str, Any]) -> int:
    return sum([len(span["text"]) for span in line["spans"]])


def _images(page: Any, read: Page) -> list[Rect]:
    """Returns the boxes of raster images, but not of a scan under a layer of text."""
    found = []
    for image in page.get_image_info():
        x0, y0, x1, y1 = image["bbox"]
        x0, y0, x1, y1 = max(x0, 0.0), max(y0, 0.0), min(x1, read.width), min(y1, read.height)
        covers = read.fragments and (x1 - x0) * (y1 - y0) > 0.8 * read.width * read.height
        if x1 - x0 > PICTURE and y1 - y0 > PICTURE and not covers:
            found.append((x0, y0, x1, y1))
    return found


def _turned_page(page: Page, turned: list[dict[str, Any]], fonts: Fonts) -> Page:
    """Returns a page of sideways text turned upright, its boxes as the reader sees them."""
    upwards = sum(_length(line) * (1 if line["dir"][1] < -0.5 else -1) for line in turned) > 0
    result = Page(page.number, page.height, page.width)
    for line in turned:
        if (line["dir"][1] < -0.9) != upwards:
            continue
        for span in line["spans"]:
            (x0, y0, x1, y1), (x, y) = span["bbox"], span["origin"]
            if upwards:
                span["bbox"], span["origin"] = (
                    (page.height - y1, x0, page.height - y0, x1),
                    (page.height - y, x),
                )
            else:
                span["bbox"], span["origin"] = (y0, page.width - x1, y1, page.width - x0), (y, page.width - x)
        result.fragments += fragments_of(line["spans"], fonts, [])
    result.fragments.sort(key=attrgetter("base"))
    return result
