"""Spans of a MuPDF line -> fragments.

MuPDF ends a "line" wherever the pen jumps: such a run on one baseline is called a fragment here.
A printed line is a row of fragments; fractions, limits and matrices are stacks of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from extractors.documents.pdf_fonts import BOLD, EXTENSION, ITALIC, MATH, MONO, SYMBOL, Fonts, Span, alphabet
from extractors.documents.pdf_scripts import SCRIPT, Item, baseline, joined, scripted
from extractors.documents.pdf_text import bracket_of, plain, plain_symbols

ASCENT, DESCENT = 0.72, 0.22
"""Height of a line above and below its baseline, in units of its size."""

_JUMP = 0.25
"""Text whose baselines differ by more than this, in units of size, is no one line, unless it is a script."""

Bar = tuple[float, float, float]
"""A thin horizontal rule: y, x0, x1."""

Rect = tuple[float, float, float, float]

_CONTROLS = re.compile("[\x00-\x1f\x7f]")
_MATH_LETTERS = "\U0001d400"
_ITALIC = alphabet(0x1D434, 0x1D44E)


@dataclass(slots=True)
class Fragment:
    """A run of text on one baseline.

    Attributes:
      top, bottom: extent of the line it stands on; the real height of tall delimiters.
      bold, italic: how many leading characters are bold or italic.
      bold_end: whether it ends in bold.
      mono: whether it is in a typewriter font.
      tall: whether it is a delimiter or operator that is higher than a line.
      picture: the box of the picture, or of the table, that it stands for.
      stacked: top and bottom of what it was made of, if that was fragments above each other.
      doubtful: whether that could not be put together with certainty.
      grid: whether it stands for a table.
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
    mono: bool = False
    tall: bool = False
    picture: Rect | None = None
    stacked: tuple[float, float] | None = None
    doubtful: bool = False
    grid: bool = False


def fragments_of(spans: list[Span], fonts: Fonts, bars: list[Bar]) -> list[Fragment]:
    """Returns the fragments of one MuPDF line: one, unless it holds tall delimiters or parts of fractions.

    Args:
      bars: the rules at this line, which may be those of fractions or radicals.
    """
    try:
        style = fonts[spans[0]["font"]]
        if len(spans) == 1:
            if style < SYMBOL or (style < EXTENSION and "√" not in spans[0]["text"]):
                return _plain_fragment(spans, style, fonts)
            return _split_at_tall(spans, fonts)
        if bars:
            parts = _split_at_bars(spans, bars)
            if len(parts) > 1:
                return [f for part in parts for f in fragments_of(part, fonts, [])]
        if style < SYMBOL and _uniform(spans):
            return _plain_fragment(spans, style, fonts)
        items = [
            (text, span["size"], fonts[span["font"]], span)
            for span in spans
            if (text := span["text"]) != " " or span["font"] in fonts.encodings
        ]
    except KeyError:
        fonts.learn(spans)
        return fragments_of(spans, fonts, bars)
    if not items:
        return []
    sizes = [item[1] for item in items]
    styles = [item[2] for item in items]
    largest = max(sizes)
    scripts = min(sizes) <= SCRIPT * largest
    jumps = _jumps(items, largest) if scripts or _differ(items[0], items[-1]) else []
    if jumps:
        edges = [0, *jumps, len(items)]
        return [
            f for i, j in pairwise(edges) for f in fragments_of([item[3] for item in items[i:j]], fonts, [])
        ]
    if sizes[0] < SCRIPT * sizes[-1]:
        lead = _leading_scripts(spans)
        if lead:
            return fragments_of(spans[:lead], fonts, []) + fragments_of(spans[lead:], fonts, [])
    kinds = max(styles)
    if kinds >= EXTENSION:
        return _split_at_tall(spans, fonts)
    if kinds >= MATH or ITALIC in styles:
        alphabets = fonts.alphabets
        items = [
            item
            if not item[2] & (MATH | ITALIC) or item[0][-1] >= _MATH_LETTERS
            else (item[0].translate(alphabets[item[3]["font"]]), *item[1:])
            if item[2] & MATH
            else _in_alphabet(items, i)
            for i, item in enumerate(items)
        ]
    found = _mixed_fragment(spans, items, scripts)
    if kinds >= SYMBOL and found and "√" in found[0].text:
        return _split_at_tall(spans, fonts)
    return found


def _differ(first: Item, last: Item) -> bool:
    """Whether the first and the last span of a line without scripts stand on different baselines."""
    y = last[3]["origin"][1] if last[0][0] != " " else baseline(last[3])
    return abs(first[3]["origin"][1] - y) > _JUMP * first[1]


def _jumps(items: list[Item], size: float) -> list[int]:
    """Returns where one MuPDF line must be divided: its baseline jumps, or a bracket would have a script."""
    ys = [span["origin"][1] if text[0] != " " else baseline(span) for text, _, _, span in items]
    shift = 0.06 * size
    if max(ys) - min(ys) < shift:
        return []
    jumps: list[int] = []
    base = before = None
    least, limit = SCRIPT * size, _JUMP * size
    for i, y in enumerate(ys):
        main = items[i][1] > least
        if before is not None and not -shift <= y - before <= shift:
            if main:
                if base is not None and abs(y - base) > limit:
                    jumps.append(i)
            elif items[i - 1][0].rstrip()[-1:] in _OPENING:
                jumps.append(i)
        if main:
            base = y
        before = y
    return jumps


_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")


def _with_brackets_apart(f: Fragment) -> list[Fragment]:
    """Divides a fragment that ends with an opening bracket, or begins with a closing one, at that bracket.

    What it encloses stands elsewhere: the bracket may be tall.
    """
    text, width = f.text, min(0.5 * f.size, 0.5 * (f.x1 - f.x0))
    if text[0] in _CLOSING:
        middle, divided = f.x0 + width, 1
    else:
        middle, divided = f.x1 - width, len(text) - 1
    first = replace(f, x1=middle, text=text[:divided].rstrip(), bold=min(f.bold, divided))
    second = replace(
        f,
        x0=middle,
        text=text[divided:].lstrip(),
        bold=max(f.bold - divided, 0),
        italic=max(f.italic - divided, 0),
    )
    first.italic = min(f.italic, divided)
    return [part for part in (first, second) if part.text]


def _uniform(spans: list[Span]) -> bool:
    """Whether spans are in one font of one size."""
    first = spans[0]
    font, size = first["font"], first["size"]
    base, limit = first["origin"][1], _JUMP * size
    for span in spans:
        if span["font"] != font or span["size"] != size or abs(span["origin"][1] - base) > limit:
            return False
    return True


def _in_alphabet(items: list[Item], i: int) -> Item:
    """Returns an italic item with the letters of formulas as those of Unicode's mathematical alphabets.

    Those are a letter that stands alone, and two or three that a digit or a bracket touches or that
    are small.
    """
    item = items[i]
    text, size, style, span = item
    if not style & MONO:
        letters = len(text.strip())
        if letters == 1 or (1 < letters < 4 and _touched(items, i)):
            return text.translate(_ITALIC), size, style, span
    return item


def _touched(items: list[Item], i: int) -> bool:
    """Whether what stands beside an item, without a blank, is of another size, a digit or a bracket."""
    text, size, _, _ = items[i]
    before, after = items[i - 1] if i else None, items[i + 1] if i + 1 < len(items) else None
    if before and text[0] != " " and (before[1] > size / SCRIPT or before[0][-1] in "0123456789()[]/+−="):
        return True
    return after is not None and text[-1] != " " and (after[1] < SCRIPT * size or after[0][0] in "()[]/+−=")


def _plain_fragment(spans: list[Span], style: int, fonts: Fonts) -> list[Fragment]:
    """Returns the fragment, if it isn't blank, of spans in one font."""
    first = spans[0]
    size, base = first["size"], first["origin"][1]
    text = first["text"] if len(spans) == 1 else "".join([span["text"] for span in spans])
    if style & MATH:
        text = text.translate(fonts.alphabets[first["font"]])
    elif style & ITALIC and len(text) < 3 and len(text.strip()) == 1:
        text = text.translate(_ITALIC)
    if not text.isascii() or not text.isprintable():
        text = plain_symbols(text, extension=False) if style >= SYMBOL else plain(text)
    x0, x1 = first["bbox"][0], spans[-1]["bbox"][2]
    if text[:1] == " " or text[-1:] in " ":
        stripped = text.strip()
        if not stripped:
            return []
        x0, x1 = _without_blanks(text, spans, size)
        base, text = baseline(first), stripped
    length = len(text)
    bold, italic = length if style & BOLD else 0, length if style & ITALIC else 0
    top, bottom = base - ASCENT * size, base + DESCENT * size
    f = Fragment(x0, x1, base, size, text, top, bottom, bold, italic, bold > 0, style & MONO > 0)
    return (
        [f] if length == 1 or not (text[-1] in _OPENING or text[0] in _CLOSING) else _with_brackets_apart(f)
    )


def _mixed_fragment(spans: list[Span], items: list[Item], scripts: bool) -> list[Fragment]:
    """Returns the fragment, if it isn't blank, of spans that differ, some in the size of scripts."""
    text, bold, italic, size, base = scripted(items) if scripts else joined(items)
    if not text.isprintable():
        text = _CONTROLS.sub("", text)
    x0, x1 = items[0][3]["bbox"][0], items[-1][3]["bbox"][2]
    stripped = text.strip()
    if not stripped:
        return []
    if len(stripped) < len(text):
        x0, x1 = _without_blanks(text, spans, size)
        lead = len(text) - len(text.lstrip())
        bold, italic, text = max(bold - lead, 0), max(italic - lead, 0), stripped
    length, first, last = len(text), items[0][2], items[-1][2]
    bold, italic = min(bold, length), min(italic, length)
    top, bottom = base - ASCENT * size, base + DESCENT * size
    mono = first & last & MONO > 0
    f = Fragment(x0, x1, base, size, text, top, bottom, bold, italic, last & BOLD > 0, mono)
    return (
        [f] if length == 1 or not (text[-1] in _OPENING or text[0] in _CLOSING) else _with_brackets_apart(f)
    )


def _leading_scripts(spans: list[Span]) -> int:
    """Returns how many spans at the start are scripts of what stands before this MuPDF line."""
    size, base = spans[-1]["size"], spans[-1]["origin"][1]
    for i, span in enumerate(spans):
        if span["text"].isspace():
            continue
        if span["size"] > SCRIPT * size:
            return i
        if abs(span["origin"][1] - base) < 0.1 * size:
            return 0
    return 0


def _split_at_bars(spans: list[Span], bars: list[Bar]) -> list[list[Span]]:
    """Divides spans into those above or below one rule, and those that are at none."""
    parts: list[list[Span]] = []
    last: tuple[Bar, bool] | None = None
    bars = sorted(bars, key=lambda bar: bar[2] - bar[1])
    if any("√" in span["text"] for span in spans):
        spans = [part for span in spans for part in _root_apart(span, bars)]
    for span in spans:
        if span["text"] == "√":
            parts.append([span])
            last = None
            continue
        at = last
        if not span["text"].isspace():
            x0, _, x1, _ = span["bbox"]
            y, size = baseline(span), span["size"]
            if span["text"][0] == " ":  # its width is unknown
                x0 = max(x0, x1 - size * len(span["text"].strip()))
            at = None
            for bar in bars:
                if x0 > bar[1] - 2 and x1 < bar[2] + 2 and -1.5 * size < bar[0] - y < 1.2 * size:
                    at = bar, y < bar[0]
                    break
        if parts and at == last and parts[-1][0]["text"] != "√":
            parts[-1].append(span)
        else:
            parts.append([span])
        last = at
    return parts


def _root_apart(span: Span, bars: list[Bar]) -> list[Span]:
    """Divides a span before and after its root sign if a rule begins within: where the sign ends."""
    text, (x0, y0, x1, y1) = span["text"], span["bbox"]
    place = text.find("√")
    if place < 0:
        return [span]
    starts = [bar[1] for bar in bars if x0 < bar[1] < x1 + 1]
    if not starts:
        return [span]
    end = min(starts[0], x1)
    start = max(x0, end - span["size"]) if place else x0
    y = span["origin"][1]
    pieces = ((text[:place], x0, start), ("√", start, end), (text[place + 1 :], end, x1))
    return [
        {**span, "text": piece, "bbox": (left, y0, right, y1), "origin": (left, y)}
        for piece, left, right in pieces
        if piece.strip()
    ]


def _split_at_tall(spans: list[Span], fonts: Fonts) -> list[Fragment]:
    found: list[Fragment] = []
    start = 0
    for i, span in enumerate(spans):
        style, text = fonts[span["font"]], span["text"].strip(" ")
        if style & EXTENSION and span["font"] in fonts.encodings:
            encoding = fonts.encodings[span["font"]]
            text = text.translate(encoding.table)
            if not text and encoding.blanks:  # a glyph whose code is a blank's hangs; a blank does not
                width = (span["bbox"][2] - span["bbox"][0]) / span["size"]
                if i == 0 or abs(span["origin"][1] - spans[i - 1]["origin"][1]) > 0.1 * span["size"]:
                    text = encoding.blank(width)
        if text and (style & EXTENSION or (style & SYMBOL and text == "√")):
            if i > start:
                found += fragments_of(spans[start:i], fonts, [])
            found += _tall(span, text)
            start = i + 1
    if start == 0:  # a root sign among other characters
        items = [(span["text"], span["size"], fonts[span["font"]], span) for span in spans]
        sizes = [item[1] for item in items]
        return _mixed_fragment(spans, items, min(sizes) <= SCRIPT * max(sizes))
    return found + (fragments_of(spans[start:], fonts, []) if start < len(spans) else [])


def _tall(span: Span, code: str) -> list[Fragment]:
    """Returns a delimiter, operator or radical of a TeX font: it hangs from its baseline.

    Its height follows from the size that its code stands for in the OMX encoding.
    """
    text = bracket_of(code[0]) or plain_symbols(code, extension=True)
    if not text:
        return []
    size, base = span["size"], span["origin"][1]
    first = ord(code[0])
    if len(code) > 1 and span["bbox"][3] - span["bbox"][1] > 1.3 * size * (
        span["ascender"] - span["descender"]
    ):
        text = text[0]  # pieces on top of each other
        top, bottom = span["bbox"][1], span["bbox"][3]
    elif text[0] in "\u0302\u0303":
        top, bottom = base - size, base - 0.5 * size
    else:
        height = 1.2
        if text in "∑∏∐⋃⋂⨁⨂⋀⋁":
            height = 1.4 if first > 0x100 or first >= 0x58 else 1.0
        elif text == "∫" and first > 0x100:
            height = 2.2
        elif 0x30 <= first < 0x44 or first > 0x100:  # pieces
            height = 1.8 if text not in "{}" else 0.9
        elif first in (0x10, 0x11, 0x68, 0x69, 0x6E, 0x6F, 0x71):
            height = 1.8
        elif 0x12 <= first < 0x20 or first in (0x5A, 0x72):
            height = 2.4
        elif 0x20 <= first < 0x30 or first == 0x73:
            height = 3.0
        top, bottom = base, base + height * size
    axis = (top + bottom) / 2
    x0, _, x1, _ = span["bbox"]
    return [Fragment(x0, x1, axis + 0.25 * size, size, text, top, bottom, tall=bottom - top > 1.1 * size)]


def _without_blanks(text: str, spans: list[Span], size: float) -> tuple[float, float]:
    """Returns where the visible part of a text begins and ends; the width of its blanks is guessed."""
    first = next(span for span in spans if not span["text"].isspace())
    last = next(span for span in reversed(spans) if not span["text"].isspace())
    lead = len(first["text"]) - len(first["text"].lstrip())
    trail = len(last["text"]) - len(last["text"].rstrip())
    x0, x1 = first["bbox"][0], last["bbox"][2]
    blank = max(0.25 * size, (x1 - x0) / len(text) if len(text) < 6 else 0.0)
    return min(x0 + blank * lead, x1), max(x1 - blank * trail, x0)
