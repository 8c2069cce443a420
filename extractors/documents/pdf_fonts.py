"""What a PDF's fonts look like, by their names."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from extractors.documents.pdf_encodings import Encoding

BOLD, ITALIC, MONO, MATH, SYMBOL, EXTENSION = 1, 2, 4, 8, 16, 32
"""What a font is: MATH has letters of formulas only; the last two are TeX's fonts of symbols and of large
delimiters."""

Span = dict[str, Any]
"""As in PyMuPDF's "dict" output."""


class Fonts(dict[str, int]):
    """The styles of a document's fonts by name: BOLD, ITALIC, MONO, MATH, SYMBOL and EXTENSION bits.

    `alphabets` has, for fonts that are MATH, what their letters are in Unicode; `encodings`, for
    those that are EXTENSION, what their codes are.

    A Type 3 font, which has no name but `Type3 (7 0 R)`, is looked up in the document.
    """

    def __init__(self, source: Any):
        super().__init__()
        self._source = source
        self.alphabets: dict[str, dict[int, str]] = {}
        self.encodings: dict[str, Encoding] = {}
        self._xrefs: dict[str, int] = {}
        self._seen = 0

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
        alphabet = next((table for pattern, table in _ALPHABETS if pattern.search(name)), None)
        if alphabet:
            style |= MATH
            self.alphabets[font] = alphabet
        if _TEX_EXTENSION.search(name):
            style |= EXTENSION
            self._learn_encoding(font)
        elif _TEX_SYMBOL.search(name):
            style |= SYMBOL
        return style

    def _learn_encoding(self, font: str) -> None:
        """Reads the encoding of a font, which is looked for on the pages; a damaged one has none."""
        try:
            while font not in self._xrefs and self._seen < self._source.page_count:
                for xref, _, _, name, *_ in self._source.get_page_fonts(self._seen):
                    self._xrefs.setdefault(name.split("+")[-1], xref)
                self._seen += 1
            if font in self._xrefs:
                self.encodings[font] = Encoding(self._source, self._xrefs[font])
        except (ValueError, RuntimeError):
            return

    def _described_name(self, font: str) -> str:
        try:
            kind, name = self._source.xref_get_key(int(font[7:].split()[0]), "FontDescriptor/FontName")
        except (ValueError, RuntimeError):
            return ""
        return str(name).lower() if kind == "name" else ""


_GREEK = {0x3B1 + i: chr(0x1D6FC + i) for i in range(25)} | {0x391 + i: chr(0x1D6E2 + i) for i in range(25)}
_GREEK |= dict(zip(map(ord, "ϵϑϰϕϱϖ"), map(chr, range(0x1D716, 0x1D71C)), strict=True))


def alphabet(capital: int, small: int | None = None) -> dict[int, str]:
    """Returns plain letters -> those of a mathematical alphabet that begins at these codes.

    Where Unicode has a letter elsewhere, that one: the name of each says what it is.
    """
    table = {}
    for first, begin in ((0x41, capital), (0x61, small)):
        for i in range(26 if begin else 0):
            char = chr((begin or 0) + i)
            table[first + i] = char if unicodedata.name(char, "") else _ELSEWHERE[char]
    return table


_ELSEWHERE = dict(
    zip(
        "\U0001d455\U0001d49d\U0001d4a0\U0001d4a1\U0001d4a3\U0001d4a4\U0001d4a7\U0001d4a8\U0001d4ad"
        "\U0001d506\U0001d50b\U0001d50c\U0001d515\U0001d51d"
        "\U0001d53a\U0001d53f\U0001d545\U0001d547\U0001d548\U0001d549\U0001d551",
        "ℎℬℰℱℋℐℒℳℛℭℌℑℜℨℂℍℕℙℚℝℤ",
        strict=True,
    )
)
_BOLD_NAME = re.compile(r"bold|black|heavy|(?<!semi)demi|cmbx|ltbx|sfbx")
_ITALIC_NAME = re.compile(r"italic|oblique|slanted|cmti|cmsl|sfti|kursiv")
_MONO_NAME = re.compile(r"mono|courier|typewriter|cmtt|txtt|t1xtt|sftt|consol|menlo|inconsolata|sourcecode")
_TEX_FAMILY = r"(?:^|\+)(?:cm|lm|tx|px|newtx|newpx|ntx|npx|eu|mt|yh|mn|md|zp|fourier)\w{0,4}?"
_ALPHABETS = [
    (re.compile(r"cmmib|bolditalicmath|mathbolditalic|mathitalic\w*-bold"), alphabet(0x1D468, 0x1D482)),
    (re.compile(_TEX_FAMILY + r"mi[a-z]{0,3}\d*(?:_gnu)?$|mathitalic"), alphabet(0x1D434, 0x1D44E) | _GREEK),
    (re.compile(r"msbm|bbm\w*\d|dsrom|mathbb|stbb$"), alphabet(0x1D538)),
    (re.compile(r"eufm|mathfrak"), alphabet(0x1D504, 0x1D51E)),
    (re.compile(r"rsfs|euscr|mathcal|mathscr|(?:cm|lm)b?sy\d|lmmathsymbols"), alphabet(0x1D49C)),
]
_TEX_EXTENSION = re.compile(_TEX_FAMILY + r"ex[a-z]{0,3}\d*$|mathextension")
_TEX_SYMBOL = re.compile(_TEX_FAMILY + r"sy[a-z]{0,3}\d*$|mathsymbols")
