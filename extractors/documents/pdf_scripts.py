"""Spans of one line -> text with its sub- and superscripts."""

from __future__ import annotations

from functools import lru_cache

from extractors.documents.pdf_fonts import BOLD, ITALIC, SYMBOL, Span
from extractors.documents.pdf_text import plain, plain_symbols, script

SCRIPT = 0.86
"""What is smaller than this, in units of the text beside it, and shifted is a sub- or superscript."""

SPACE = 0.14
"""Gaps wider than this, in units of size, are blanks."""

Item = tuple[str, float, int, Span]
"""Text, size and style of a span that is no blank between others, and the span."""


def baseline(span: Span) -> float:
    """Returns the baseline of a span.

    Its origin is that of its first character. Where this is a blank that MuPDF put in, it has the
    height of what was before; the box of the span then tells its own baseline.
    """
    y: float = span["origin"][1]
    if span["text"][0] != " ":
        return y
    size, box = span["size"], span["bbox"]
    if box[3] - box[1] < 1.05 * size * (span["ascender"] - span["descender"]):
        return y
    upper, lower = box[1] + size * span["ascender"], box[3] + size * span["descender"]
    return upper if abs(upper - y) > abs(lower - y) else lower


@lru_cache(maxsize=4096)
def _plain_cached(text: str, symbols: bool) -> str:
    return plain_symbols(text, extension=False) if symbols else plain(text)


def _plain(text: str, symbols: bool) -> str:
    """Returns a span's text as a reader sees it; the same symbols come again and again."""
    if len(text) < 8:
        return _plain_cached(text, symbols)
    return plain_symbols(text, extension=False) if symbols else plain(text)


def joined(items: list[Item]) -> tuple[str, int, int, float, float]:
    """Returns text, bold, italic, size and baseline of spans without scripts."""
    _, size, _, first = items[0]
    pieces: list[str] = []
    length = bold = italic = 0
    leading = BOLD | ITALIC
    limit = SPACE * size
    right, blank = first["bbox"][0], True
    for text, _, style, span in items:
        if not text.isascii():
            text = _plain(text, style >= SYMBOL)
            if not text:
                continue
        box = span["bbox"]
        if not blank and text[0] != " " and box[0] - right > limit:
            text = " " + text
        pieces.append(text)
        right, blank = box[2], text[-1] == " "
        if leading:
            leading &= style
            length += len(text)
            bold = length if leading & BOLD else bold
            italic = length if leading & ITALIC else italic
    return "".join(pieces), bold, italic, size, baseline(first)


def scripted(items: list[Item]) -> tuple[str, int, int, float, float]:
    """Returns text, bold, italic, size and baseline of spans some of which are scripts.

    Scripts are written as `^{...}` and `_{...}`, nested as they are printed.
    """
    size, base = _main(items)
    least, limit = SCRIPT * size, SPACE * size
    pieces: list[str] = []
    scripts: list[Item] = []
    length = bold = italic = 0
    leading = BOLD | ITALIC
    right, blank = items[0][3]["bbox"][0], True
    for item in items:
        text, span_size, style, span = item
        if span_size < least and (scripts or _shifted(span, size, base)):
            if not scripts and not blank and span["bbox"][0] - right > limit:
                pieces.append(" ")
            scripts.append(item)
            right, blank = span["bbox"][2], False
            continue
        if scripts:
            pieces.append(_script(scripts, size, base))
            scripts = []
        if not text.isascii():
            text = _plain(text, style >= SYMBOL)
            if not text:
                continue
        box = span["bbox"]
        if not blank and text[0] != " " and box[0] - right > limit:
            text = " " + text
        pieces.append(text)
        right, blank = box[2], text[-1] == " "
        if leading:
            leading &= style
            length = sum(map(len, pieces))
            bold = length if leading & BOLD else bold
            italic = length if leading & ITALIC else italic
    if scripts:
        pieces.append(_script(scripts, size, base))
    return "".join(pieces), bold, italic, size, base


def _shifted(span: Span, size: float, base: float) -> bool:
    """Whether a small span is above or below a line."""
    shift = base - baseline(span)
    return shift > 0.12 * size or shift < -0.06 * size


def _script(items: list[Item], size: float, base: float) -> str:
    """Returns small spans beside a line as its sub- and superscripts."""
    if len(items) == 1:
        text, _, style, span = items[0]
        text = text if text.isascii() else _plain(text, style >= SYMBOL)
        return script("^" if baseline(span) < base else "_", text)
    # Scripts of one height are one script; what is smaller among them are scripts of theirs.
    groups: list[tuple[float, list[Item]]] = []
    for item in items:
        y = baseline(item[3])
        if groups and (item[1] < SCRIPT * groups[-1][1][0][1] or abs(y - groups[-1][0]) < 0.15 * size):
            groups[-1][1].append(item)
        else:
            groups.append((y, [item]))
    parts = []
    for y, group in groups:
        sizes = [item[1] for item in group]
        composed = joined(group) if min(sizes) > SCRIPT * max(sizes) else scripted(group)
        parts.append(("^" if y < base else "_", composed[0]))
    if len(parts) == 2 and parts[1][0] == "_":
        parts.reverse()
    return "".join([script(mark, text) for mark, text in parts])


def _main(items: list[Item]) -> tuple[float, float]:
    """Returns size and baseline of the longest span that is no script."""
    least = 0.8 * max([item[1] for item in items])
    _, size, _, main = items[0]
    most = 0
    for text, span_size, _, span in items:
        if len(text) > most and span_size > least and (text[0] != " " or not most):
            size, main, most = span_size, span, len(text)
    return size, baseline(main)
