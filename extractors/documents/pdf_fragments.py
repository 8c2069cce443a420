"""A page of a PDF -> fragments of text, rules and pictures, as plain Python objects.

MuPDF ends a "line" wherever the pen jumps: such a run on one baseline is called a fragment here.
A printed line is a row of fragments; fractions, limits and matrices are stacks of them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from extractors.documents.pdf_text import plain, plain_symbols

BOLD, ITALIC, EXTENSION, SYMBOL = 1, 2, 4, 8
"""What a font is: the last two are TeX's fonts of large delimiters and of symbols."""

ASCENT, DESCENT = 0.72, 0.22
"""Height of a line above and below its baseline, in units of its size."""

SCRIPT = 0.86
"""What is smaller than this, in units of the text beside it, and shifted is a sub- or superscript."""

SPACE = 0.14
"""Gaps wider than this, in units of size, are blanks."""

_RULE = 1.7
"""Rules are thinner than this, in points."""

MAX_BARS = 400
"""A page with more rules than this is a drawing; they are no fraction bars."""


@dataclass(slots=True)
class Fragment:
    """A run of text on one baseline.

    Attributes:
      top, bottom: extent of the line it stands on; the real height of tall delimiters.
      bold, italic: how many leading characters are bold or italic.
      bold_end: whether it ends in bold.
      tall: whether it is a delimiter or operator that is higher than a line.
      picture: whether it stands for a picture.
      stacked: whether it was made of fragments above each other.
    """

    x0: float
    x1: float
    base: float
    size: float
    text: str
    top: float
    bottom: float
    bold: int = 0
    italic: int = 0
    bold_end: bool = False
    tall: bool = False
    picture: bool = False
    stacked: bool = False


Rect = tuple[float, float, float, float]


@dataclass(slots=True)
class Page:
    """What a page holds, in points from its top left corner.

    Attributes:
      rules: thin horizontal lines, as y, x0, x1.
      shapes: boxes of other drawings.
      images: boxes of raster images.
    """

    number: int
    width: float
    height: float
    fragments: list[Fragment] = field(default_factory=list)
    rules: list[tuple[float, float, float]] = field(default_factory=list)
    shapes: list[Rect] = field(default_factory=list)
    images: list[Rect] = field(default_factory=list)


class Fonts:
    """The style of each font of a document, by its name or, where it has none, by its descriptor."""

    def __init__(self, source: Any):
        self._source = source
        self._styles: dict[tuple[str, int], int] = {}

    def style(self, font: str, flags: int) -> int:
        """Returns the BOLD, ITALIC, EXTENSION and SYMBOL bits of a font."""
        style = self._styles.get((font, flags))
        if style is None:
            style = self._styles[font, flags] = self._look_up(font, flags)
        return style

    def _look_up(self, font: str, flags: int) -> int:
        name = self._described_name(font) if font.startswith("Type3 (") else font.lower()
        style = BOLD if flags & 16 or _BOLD_NAME.search(name) else 0
        if flags & 2 or _ITALIC_NAME.search(name):
            style |= ITALIC
        tex = _TEX_NAME.match(name)
        if tex:
            style |= EXTENSION if tex[1] == "ex" else SYMBOL
        return style

    def _described_name(self, font: str) -> str:
        """Returns the name that a Type 3 font, shown as `Type3 (7 0 R)`, has in its descriptor."""
        try:
            kind, name = self._source.xref_get_key(int(font[7:].split()[0]), "FontDescriptor/FontName")
        except (ValueError, RuntimeError):
            return ""
        return name.lower() if kind == "name" else ""


_BOLD_NAME = re.compile(r"bold|black|heavy|(?<!semi)demi|cmbx|ltbx|sfbx")
_ITALIC_NAME = re.compile(r"italic|oblique|slanted|cmti|cmsl|sfti|kursiv")
_TEX_NAME = re.compile(
    r"(?:\w+\+)?(?:cm|lm|tx|px|ntx|npx|eu|mt|yh|mn|md|zp|pzcm|fourier|newtx|newpx)\w{0,4}?(ex|sy)[a-z]{0,3}\d*$"
)


def read_page(page: Any, number: int, fonts: Fonts) -> Page:
    """Returns what a PyMuPDF page holds.

    Text that runs along the page's other direction (labels of axes, stamps in the margin) is left
    out, unless most of the page runs that way.
    """
    import pymupdf

    flags = (pymupdf.TEXTFLAGS_DICT & ~pymupdf.TEXT_PRESERVE_IMAGES) | pymupdf.TEXT_COLLECT_VECTORS
    raw = page.get_text("dict", flags=flags)
    result = Page(number, raw["width"], raw["height"])
    blocks = raw["blocks"]
    for block in blocks:
        if block["type"] == 3:
            x0, y0, x1, y1 = block["bbox"]
            if y1 - y0 > _RULE:
                result.shapes.append((x0, y0, x1, y1))
            elif x1 - x0 > 2:
                result.rules.append(((y0 + y1) / 2, x0, x1))
    bars = sorted(result.rules) if len(result.rules) <= MAX_BARS else []
    turned = []
    seen = set()
    for block in blocks:
        if block["type"] != 0:
            continue
        for line in block["lines"]:
            if line["dir"][0] < 0.9:
                turned.append(line)
                continue
            near = _near(bars, line["bbox"]) if bars else bars
            for f in _fragments(line["spans"], fonts, near):
                key = (f.text, int(f.x0), int(f.base))
                if key not in seen:  # bold or shadow by printing twice
                    seen.add(key)
                    result.fragments.append(f)
    if turned and sum(map(_line_length, turned)) > sum(len(f.text) for f in result.fragments):
        return _turned_page(result, turned, fonts)
    if page.get_images():
        area = result.width * result.height
        for image in page.get_image_info():
            x0, y0, x1, y1 = image["bbox"]
            if (
                x1 - x0 > 30
                and y1 - y0 > 30
                and not (result.fragments and (x1 - x0) * (y1 - y0) > 0.8 * area)
            ):
                result.images.append((x0, y0, x1, y1))
    return result


def _line_length(line: dict[str, Any]) -> int:
    return sum(len(span["text"]) for span in line["spans"])


def _turned_page(page: Page, turned: list[dict[str, Any]], fonts: Fonts) -> Page:
    """Returns a page of sideways text turned upright, its boxes as the reader sees them."""
    ups = sum(_line_length(line) * (1 if line["dir"][1] < -0.5 else -1) for line in turned)
    for line in turned:
        for span in line["spans"]:
            x0, y0, x1, y1 = span["bbox"]
            x, y = span["origin"]
            if ups > 0:
                span["bbox"], span["origin"] = (
                    (page.height - y1, x0, page.height - y0, x1),
                    (page.height - y, x),
                )
            else:
                span["bbox"], span["origin"] = (y0, page.width - x1, y1, page.width - x0), (y, page.width - x)
    wanted = -1 if ups > 0 else 1
    fragments = [
        f for line in turned if line["dir"][1] * wanted > 0.9 for f in _fragments(line["spans"], fonts, [])
    ]
    return Page(page.number, page.height, page.width, fragments)


def _near(bars: list[tuple[float, float, float]], box: Rect) -> list[tuple[float, float, float]]:
    """Returns the rules that lie in a box or just at it."""
    x0, y0, x1, y1 = box
    found = bars[bisect_left(bars, (y0 - 3,)) : bisect_left(bars, (y1 + 3,))]
    return [bar for bar in found if bar[1] < x1 and bar[2] > x0] if found else found


def _fragments(
    spans: list[dict[str, Any]], fonts: Fonts, bars: list[tuple[float, float, float]]
) -> list[Fragment]:
    """Returns the fragments of one MuPDF line: one, unless it holds tall delimiters or parts of fractions."""
    if bars and len(spans) > 1:
        parts = _split_at_bars(spans, bars)
        if len(parts) > 1:
            return [f for part in parts for f in _fragments(part, fonts, [])]
    styles = {fonts.style(span["font"], span["flags"]) for span in spans}
    if len(spans) > 1 and spans[0]["size"] < SCRIPT * spans[-1]["size"]:
        lead = _leading_scripts(spans)
        if lead:
            return _fragments(spans[:lead], fonts, []) + _fragments(spans[lead:], fonts, [])
    if any(style & EXTENSION for style in styles) or (
        any(style & SYMBOL for style in styles) and any("√" in span["text"] for span in spans)
    ):
        return _split_at_tall(spans, fonts)
    found = _fragment(spans, fonts, len(styles) == 1)
    return [found] if found else []


def _leading_scripts(spans: list[dict[str, Any]]) -> int:
    """Returns how many spans at the start are scripts of what stands before this MuPDF line."""
    size, base = spans[-1]["size"], spans[-1]["origin"][1]
    for i, span in enumerate(spans):
        if span["size"] > SCRIPT * size and not span["text"].isspace():
            return i
        if abs(span["origin"][1] - base) < 0.1 * size and not span["text"].isspace():
            return 0
    return 0


def _split_at_bars(
    spans: list[dict[str, Any]], bars: list[tuple[float, float, float]]
) -> list[list[dict[str, Any]]]:
    """Divides spans into those above or below one rule, and those that are at none."""
    parts: list[list[dict[str, Any]]] = []
    last: tuple[float, float, float, bool] | int | None = 0
    for span in spans:
        x0, _, x1, _ = span["bbox"]
        y, size = span["origin"][1], span["size"]
        at = None
        if span["text"].isspace():
            at = last
        else:
            for bar in bars:
                if x0 > bar[1] - 2 and x1 < bar[2] + 2 and -1.5 * size < bar[0] - y < 1.2 * size:
                    at = (*bar, y < bar[0])
                    break
        if parts and at == last:
            parts[-1].append(span)
        else:
            parts.append([span])
        last = at
    return parts


def _split_at_tall(spans: list[dict[str, Any]], fonts: Fonts) -> list[Fragment]:
    found: list[Fragment | None] = []
    run: list[dict[str, Any]] = []
    for span in spans:
        style, text = fonts.style(span["font"], span["flags"]), span["text"].strip(" ")
        if text and (style & EXTENSION or (style & SYMBOL and text == "√")):
            if run:
                found.append(_fragment(run, fonts, False))
                run = []
            found.append(_tall(span, text))
        else:
            run.append(span)
    if run:
        found.append(_fragment(run, fonts, False))
    return [f for f in found if f is not None]


def _tall(span: dict[str, Any], code: str) -> Fragment | None:
    """Returns a delimiter, operator or radical of a TeX font: it hangs from its baseline.

    Its height follows from the size that its code stands for in the OMX encoding.
    """
    text = plain_symbols(code, extension=True)
    if not text:
        return None
    size, base = span["size"], span["origin"][1]
    first = ord(code[0])
    if first >= 0x100 and len(code) > 1:  # pieces on top of each other
        top, bottom = span["bbox"][1], span["bbox"][3]
    elif text[0] in "\u0302\u0303":
        top, bottom = base - size, base - 0.5 * size
    else:
        height = 1.2
        if first in (0x10, 0x11, 0x68, 0x69, 0x6E, 0x6F, 0x71):
            height = 1.8
        elif 0x12 <= first < 0x20 or first in (0x5A, 0x72):
            height = 2.4
        elif 0x20 <= first < 0x30 or first == 0x73:
            height = 3.0
        top, bottom = base, base + height * size
    middle = (top + bottom) / 2
    tall = bottom - top > 1.1 * size
    return Fragment(
        span["bbox"][0], span["bbox"][2], middle + 0.25 * size, size, text, top, bottom, tall=tall
    )  # fmt: skip


def _fragment(spans: list[dict[str, Any]], fonts: Fonts, one_style: bool) -> Fragment | None:
    """Returns the fragment that spans make, or None if they are blank."""
    first = spans[0]
    size, base = first["size"], first["origin"][1]
    if len(spans) == 1 or (one_style and len({(span["font"], span["size"]) for span in spans}) == 1):
        text = first["text"] if len(spans) == 1 else "".join([span["text"] for span in spans])
        style = fonts.style(first["font"], first["flags"])
        if not text.isascii() or not text.isprintable():
            text = plain(text)
        bold = len(text) if style & BOLD else 0
        italic = len(text) if style & ITALIC else 0
        bold_end = bool(bold)
    else:
        text, bold, italic, bold_end, size, base = _composed(spans, fonts)
    x0, x1 = first["bbox"][0], spans[-1]["bbox"][2]
    stripped = text.strip()
    if len(stripped) < len(text):
        if not stripped:
            return None
        lead = len(text) - len(text.lstrip())
        bold, italic = max(bold - lead, 0), max(italic - lead, 0)
        length = len(stripped)
        bold, italic = min(bold, length), min(italic, length)
        if len(spans) > 1:
            visible = [span for span in spans if not span["text"].isspace()]
            x0, x1 = visible[0]["bbox"][0], visible[-1]["bbox"][2]
            lead = len(visible[0]["text"]) - len(visible[0]["text"].lstrip())
            trail = len(visible[-1]["text"]) - len(visible[-1]["text"].rstrip())
        else:
            trail = len(text) - length - lead
        if lead or trail:
            blank = max(0.25 * size, (x1 - x0) / (length + lead + trail) if length < 4 else 0.0)
            x0, x1 = min(x0 + blank * lead, x1), max(x1 - blank * trail, x0)
    elif not text:
        return None
    return Fragment(
        x0, x1, base, size, stripped, base - ASCENT * size, base + DESCENT * size, bold, italic, bold_end
    )


def _composed(spans: list[dict[str, Any]], fonts: Fonts) -> tuple[str, int, int, bool, float, float]:
    """Returns text, bold, italic, bold_end, size and baseline of spans that differ.

    Scripts are written as `^{...}` and `_{...}`, nested as they are printed.
    """
    visible = [span for span in spans if not span["text"].isspace()] or spans
    least = 0.8 * max([span["size"] for span in visible])
    main, most = visible[0], 0.0
    for span in visible:
        text = span["text"]
        # A blank at the start has the height of what was before it: such a span can't tell the baseline.
        length = 0.1 if text[0] == " " else len(text)
        if length > most and span["size"] > least:
            main, most = span, length
    size, base = main["size"], main["origin"][1]
    level_size, level_base = size, base
    outer: list[tuple[float, float]] = []
    pieces: list[str] = []
    length = bold = italic = 0
    all_bold = all_italic = True
    style = 0
    right = visible[0]["bbox"][0]
    blank = False
    for span in visible:
        text, span_size, (_, y) = span["text"], span["size"], span["origin"]
        left = span["bbox"][0]
        style = fonts.style(span["font"], span["flags"])
        if not text.isascii() or not text.isprintable():
            text = plain_symbols(text, extension=False) if style & SYMBOL else plain(text)
            if not text:
                continue
        piece = ""
        while outer and (span_size > 1.1 * level_size or abs(y - level_base) > 0.15 * level_size):
            if span_size < SCRIPT * level_size:
                break
            level_size, level_base = outer.pop()
            piece += "}"
        gap = left - right > SPACE * level_size
        if gap and not outer and not text.startswith(" ") and not blank:
            piece += " "
        if span_size < SCRIPT * level_size:
            shift = level_base - y
            if shift > 0.12 * level_size or shift < -0.06 * level_size:
                outer.append((level_size, level_base))
                level_size, level_base = span_size, y
                piece += "^{" if shift > 0 else "_{"
                text = text.strip()
        piece += text
        length += len(piece)
        if all_bold:
            all_bold = bool(style & BOLD)
            bold = length if all_bold else bold
        if all_italic:
            all_italic = bool(style & ITALIC)
            italic = length if all_italic else italic
        pieces.append(piece)
        right = span["bbox"][2]
        blank = text.endswith(" ")
    return "".join(pieces) + "}" * len(outer), bold, italic, bool(style & BOLD), size, base
