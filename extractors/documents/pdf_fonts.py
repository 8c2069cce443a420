"""What a PDF's fonts look like, by their names."""

from __future__ import annotations

import re
from typing import Any

BOLD, ITALIC, MONO, SYMBOL, EXTENSION = 1, 2, 4, 8, 16
"""What a font is: the last two are TeX's fonts of symbols and of large delimiters."""

Span = dict[str, Any]
"""As in PyMuPDF's "dict" output."""


class Fonts(dict[str, int]):
    """The styles of a document's fonts by name: BOLD, ITALIC, MONO, SYMBOL and EXTENSION bits.

    A Type 3 font, which has no name but `Type3 (7 0 R)`, is looked up in the document.
    """

    def __init__(self, source: Any):
        super().__init__()
        self._source = source

    def learn(self, spans: list[Span]) -> None:
        """Looks up the fonts of spans."""
        for span in spans:
            if span["font"] not in self:
                self[span["font"]] = self._look_up(span["font"], span["flags"])

    def _look_up(self, font: str, flags: int) -> int:
        name = self._described_name(font) if font.startswith("Type3 (") else font.lower()
        style = BOLD if flags & 16 or _BOLD_NAME.search(name) else 0
        if flags & 2 or _ITALIC_NAME.search(name):
            style |= ITALIC
        if flags & 8 or _MONO_NAME.search(name):
            style |= MONO
        if _TEX_EXTENSION.search(name):
            style |= EXTENSION
        elif _TEX_SYMBOL.search(name):
            style |= SYMBOL
        return style

    def _described_name(self, font: str) -> str:
        try:
            kind, name = self._source.xref_get_key(int(font[7:].split()[0]), "FontDescriptor/FontName")
        except (ValueError, RuntimeError):
            return ""
        return str(name).lower() if kind == "name" else ""


_BOLD_NAME = re.compile(r"bold|black|heavy|(?<!semi)demi|cmbx|ltbx|sfbx")
_ITALIC_NAME = re.compile(r"italic|oblique|slanted|cmti|cmsl|sfti|kursiv")
_MONO_NAME = re.compile(r"mono|courier|typewriter|cmtt|txtt|t1xtt|sftt|consol|menlo|inconsolata|sourcecode")
_TEX_FAMILY = r"(?:^|\+)(?:cm|lm|tx|px|newtx|newpx|ntx|npx|eu|mt|yh|mn|md|zp|fourier)\w{0,4}?"
_TEX_EXTENSION = re.compile(_TEX_FAMILY + r"ex[a-z]{0,3}\d*$|mathextension")
_TEX_SYMBOL = re.compile(_TEX_FAMILY + r"sy[a-z]{0,3}\d*$|mathsymbols")
