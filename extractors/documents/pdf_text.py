"""Characters as PDF fonts give them -> the characters a reader sees; lines -> one text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from extractors.documents.pdf_latex import CLOSE, OPEN, finished, latex_of

SOFT_HYPHEN = "\u00ad"


def _plain_forms() -> dict[int, str]:
    """Ligatures, blanks and controls, each with what a reader sees."""
    forms = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], "")
    forms |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
    forms |= dict.fromkeys([*range(0x2000, 0x200B), 0xA0, 0x202F, 0x205F, 0x3000, 0x09, 0x0A, 0x0D], " ")
    forms |= dict.fromkeys([*range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF], "")
    forms |= {0x2015: "—", 0x2212: "−", 0x2033: "′′", 0x2034: "′′′"}
    return forms


def bracket_of(char: str) -> str:
    """Returns the bracket that a piece of a tall one belongs to; empty if it is no such piece."""
    for first in (0xF8EB, 0x239B):
        if 0 <= ord(char) - first < len(_ORDER[first]):
            return _ORDER[first][ord(char) - first]
    return ""


_ORDER = {0xF8EB: "((([[[{{{{∫)))]]]}}}", 0x239B: "((()))[[[]]]{{{{}}}"}


def _bracket_pieces() -> dict[int, str]:
    """Pieces of tall brackets -> one bracket for the topmost piece, nothing for the others.

    The private codes are those of Adobe's Symbol encoding; Unicode has the same pieces at U+239B.
    """
    pieces = {}
    for first, order in _ORDER.items():
        seen: set[str] = set()
        for code, bracket in enumerate(order, first):
            pieces[code] = "" if bracket in seen else bracket
            seen.add(bracket)
    return pieces


_TABLE = str.maketrans(_plain_forms() | _bracket_pieces())
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\ud800-\udfff\ufffe\uffff]")
_ODD = re.compile(
    "[\x00-\x1f\x7f-\xa0\u2000-\u200f\u2033\u2034\u202f\u205f-\u2064\u239b-\u23ad\u3000"
    "\ud800-\udfff\ue000-\uf8ff\ufb00-\ufb06\ufeff\ufffe\uffff\U000f0000-\U0010ffff]"
)


def _extension_encoding() -> dict[int, str]:
    """TeX's encoding of tall delimiters and large operators (OMX).

    Where such a font has no map to Unicode, its codes come out as control characters and letters.
    """
    delimiters = "()[]⌊⌋⌈⌉{}⟨⟩"
    table = dict(enumerate(delimiters + "|‖/\\()" + delimiters + "/\\"))
    table |= dict(enumerate("()[]⌊⌋⌈⌉{}⟨⟩/\\/\\", 0x20))
    table |= dict(enumerate("()[][][]{}{}{}", 0x30)) | {0x3E: "", 0x3F: "|"} | dict(enumerate("()()", 0x40))
    table |= dict(enumerate("⟨⟩⊔⊔∮∮⊙⊙⊕⊕⊗⊗∑∏∫⋃⋂⊎⋀⋁∑∏∫⋃⋂⊎⋀⋁∐∐", 0x44))
    table |= dict.fromkeys(range(0x62, 0x65), "\u0302") | dict.fromkeys(range(0x65, 0x68), "\u0303")
    table |= dict(enumerate("[]⌊⌋⌈⌉{}√√√√√", 0x68)) | dict.fromkeys([0x75, 0x76, *range(0x78, 0x7E)], "")
    return table | dict.fromkeys(range(0x80, 0x100), "")


# Codes of accents and parts of arrows in TeX's symbol fonts that come out as Latin-1.
_NO_SYMBOL = str.maketrans(dict.fromkeys("©ª«®\xad¤¦¼½¾", ""))
_EXTENSION = str.maketrans(_extension_encoding())


def plain(text: str) -> str:
    """Returns text as a reader sees it, in NFC: no ligatures, control or private-use characters."""
    if _ODD.search(text):
        text = _PRIVATE.sub("", text.translate(_TABLE))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def plain_symbols(text: str, extension: bool) -> str:
    """Returns the text of one of TeX's fonts of symbols, or of large delimiters (extension); see `plain`."""
    return plain(text.translate(_EXTENSION if extension else _NO_SYMBOL))


_ACCENTS = {
    "¯": "\u0304",
    "ˆ": "\u0302",
    "˜": "\u0303",
    "˙": "\u0307",
    "´": "\u0301",
    "¨": "\u0308",
    "ˇ": "\u030c",
}  # others are combining characters already
_MARKS = "[¯ˆ˜˙´¨ˇ\u0302\u0303\u0338\u20d7]"
# An accent stands before its letter, with a blank or without; one that touches the letter before it and
# no other is that letter's.
_ACCENT = re.compile(rf"((?<![^\W\d_]){_MARKS}|{_MARKS}(?! )) ?([^\W\d_]|(?<=\u0338 )[=∈]|(?<=\u0338)[=∈])")
_SLASHED = re.compile(
    rf"(?:(?<=[\s=(+−-])|^){OPEN}\^(\w|\{{[^{{}}]*\}}){CLOSE}/(?:{OPEN}_)?(\w|\{{[^{{}}]*\}}){CLOSE}?"
)
_ACCENTED = re.compile("[¯ˆ˜˙´¨ˇ\u0302\u0303\u0338\u20d7]")


@lru_cache(maxsize=4096)
def script(mark: str, text: str) -> str:
    """Returns a sub- or superscript, `^2` or `_{10}`, as a finished piece; mark is "^" or "_"."""
    text = text.strip()
    if len(text) == 1 and (text.isascii() or text in "†‡§¶"):
        return finished(mark + text) if text not in "#$%&\\^_{}~" else finished(f"{mark}\\{text}")
    if not text:
        return ""
    if mark == "^" and not text.strip("′"):
        return finished("'" * len(text))
    return finished(f"{mark}{{{latex_of(text)}}}")


def _bare(latex: str) -> str:
    return latex[1:-1] if latex[0] == "{" else latex_of(latex)


def tidy(text: str) -> str:
    """Returns a line with its accents on their letters and its small fractions as `1/2`.

    Accents that are printed before their letter join it; a fraction with a slash, raised before
    and lowered after it, loses the marks of its scripts.
    """
    if "/" in text and OPEN in text:
        text = _SLASHED.sub(lambda m: finished(f"{_bare(m[1])}/{_bare(m[2])}"), text)
    if text.isascii() or not _ACCENTED.search(text):
        return text
    return unicodedata.normalize("NFC", _ACCENT.sub(lambda m: m[2] + _ACCENTS.get(m[1], m[1]), text))


_DIVIDED = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)[-\u2010]$")
_LETTERS = re.compile(r"[^\W\d_]+")
_LAST_LETTERS = re.compile(r"[^\W\d_]+$")
# Scripts written without spaces between words: Thai, Lao, Burmese, Khmer, Han and Kana.
_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u3400-\u9fff\uff00-\uffef]"
_UNSPACED_END, _UNSPACED_START = re.compile(_UNSPACED + "$"), re.compile(_UNSPACED)


class Hyphens:
    """Which hyphens at the end of a line belong to the word, by the words that a document has.

    Args:
      lines: the text of the document.
    """

    def __init__(self, lines: Iterable[str]):
        self._text = "\n".join(lines).lower()
        self._words: set[str] = set()
        self._firsts: set[str] = set()
        for before, after in pairwise(self._text.split("-")):
            left, right = _LAST_LETTERS.search(before[-40:]), _LETTERS.match(after)
            if left and right:
                self._words.add(f"{left[0]}-{right[0]}")
                self._firsts.add(left[0])

    def keeps(self, first: str, second: str) -> bool:
        """Whether "first-" at the end of a line and "second" at the start of the next keep the hyphen.

        They do where the document has the word with its hyphen within a line, or has others with
        the same beginning ("well-known") but not the word without hyphen.
        """
        first, second = first.lower(), second.lower()
        if f"{first}-{second}" in self._words:
            return True
        return first in self._firsts and first + second not in self._text and f" {second}" in self._text


def join(before: str, after: str, hyphens: Hyphens) -> str:
    """Joins the texts of two lines of one paragraph.

    A hyphen at the end of the first line is dropped where it divides a word. It is kept where the
    next line doesn't go on in lower case, where the word has another hyphen, and where the words
    of the document speak for it.
    """
    if not before.endswith((SOFT_HYPHEN, "-", "\u2010")):
        if not before.isascii() and _UNSPACED_END.search(before) and _UNSPACED_START.match(after):
            return before + after
        return f"{before} {after}"
    if before.endswith(SOFT_HYPHEN):
        return before[:-1] + after
    left, right = _DIVIDED.search(before), _LETTERS.match(after)
    if not left or not right:
        return before + after if before[-2:-1].isalnum() else f"{before} {after}"
    compound = "-" in left[1] or after[right.end() : right.end() + 1] == "-"
    if not right[0][0].islower() or compound or hyphens.keeps(left[1], right[0]):
        return before + after
    return before[:-1] + after
