"""Pages whose text layer holds the numbers of glyphs instead of characters.

A composite font's codes are numbers of its glyphs, which only its map to Unicode (ToUnicode, ISO 32000-1,
9.10) makes characters. Without that map, or with a damaged one, they come out as letters of some other
text, often of a shifted alphabet. The codes of simple fonts mostly are those of characters.
"""

from __future__ import annotations

from typing import Any

_SHARE = 0.5  # of a page's characters


def is_unmapped(page: Any) -> bool:
    """Whether most of what a PyMuPDF page says is in composite fonts without a map to Unicode."""
    import pymupdf

    fonts = page.get_fonts()
    if all(kind != "Type0" for _, _, kind, *_ in fonts):
        return False
    simple = {_plain(name) for _, _, kind, name, *_ in fonts if kind != "Type0"}
    flags = pymupdf.TEXTFLAGS_DICT & ~pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE & ~pymupdf.TEXT_PRESERVE_IMAGES
    spans = [
        span
        for block in page.get_text("dict", flags=flags)["blocks"]
        for line in block.get("lines", ())
        for span in line["spans"]
    ]
    others = [
        s["text"] for s in spans if not s["font"].startswith("Type3") and _plain(s["font"]) not in simple
    ]
    return sum(text.count("\ufffd") for text in others) > _SHARE * sum(len(span["text"]) for span in spans)


def _plain(font: str) -> str:
    """Returns the name of a font without the mark of a subset, blanks and hyphens."""
    return font.split("+")[-1].replace(" ", "").replace("-", "").casefold()
