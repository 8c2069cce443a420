"""Characters as PDF fonts give them -> the characters a reader sees."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SOFT_HYPHEN = "\u00ad"


def _plain_forms() -> dict[int, str]:
    """Ligatures, mathematical alphanumerics and blanks, each with the plain form it stands for."""
    forms = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
    forms |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x1D400, 0x1D800)}
    # Letterlike symbols that fill the holes of the mathematical alphabets: h, B, E, F, H...
    forms |= {ord(c): unicodedata.normalize("NFKC", c) for c in "ℎℬℰℱℋℐℒℳℛℯℊℴℓℏ"} | {
        ord("ℏ"): "ℏ",
        ord("ℓ"): "ℓ",
    }
    forms |= dict.fromkeys([*range(0x2000, 0x200B), 0xA0, 0x202F, 0x205F, 0x3000, 0x09, 0x0A, 0x0D], " ")
    forms |= dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x2061, 0x2062, 0x2063, 0x2064], "")
    return forms


def _bracket_pieces() -> dict[int, str]:
    """Pieces of tall brackets -> one bracket for the topmost piece, nothing for the others.

    The private codes are those of Adobe's Symbol encoding; Unicode has the same pieces at U+239B.
    """
    pieces = {}
    for first, order in ((0xF8EB, "((([[[{{{{∫)))]]]}}}"), (0x239B, "((()))[[[]]]{{{{}}}")):
        seen: set[str] = set()
        for code, bracket in enumerate(order, first):
            pieces[code] = "" if bracket in seen else bracket
            seen.add(bracket)
    return pieces


_CONTROLS = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)], "")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\ud800-\udfff\ufffe\uffff]")
_TABLE = str.maketrans(_plain_forms() | _bracket_pieces() | _CONTROLS)

# TeX's extension fonts (OMX encoding) keep tall delimiters where other fonts have control characters.
_EXTENSION = {
    code: bracket for start in (0x00, 0x12) for code, bracket in enumerate("()[]⌊⌋⌈⌉{}⟨⟩", start)
} | {
    0x0C: "|",
    0x0D: "‖",
    0x0E: "/",
    0x0F: "\\",
    0x10: "(",
    0x11: ")",
    0x1E: "/",
    0x1F: "\\",
}
_EXTENSION_TABLE = str.maketrans(_EXTENSION)


@lru_cache(maxsize=1 << 14)
def plain(text: str, extension: bool = False) -> str:
    """Returns text as a reader sees it, in NFC.

    Args:
      text: one span of a page.
      extension: whether its font is a TeX extension font, whose control codes are tall delimiters.
    """
    if extension:
        text = text.translate(_EXTENSION_TABLE)
    text = _PRIVATE.sub("", text.translate(_TABLE))
    return text if text.isascii() else unicodedata.normalize("NFC", text)


_WORD_BEFORE = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$")
_WORD_AFTER = re.compile(r"[^\W\d_]+")


def join(before: str, after: str, known: frozenset[str] | set[str] = frozenset()) -> str:
    """Joins the texts of two lines of one paragraph.

    A hyphen at the end of the first line is dropped when it divides a word. It is kept when the
    word with its hyphen stands elsewhere in the document, or when the next line doesn't begin
    with a lower-case letter.

    Args:
      known: hyphenated words and plain words of the document, in lower case.
    """
    if before.endswith(SOFT_HYPHEN):
        return before[:-1] + after
    if not before.endswith(("-", "\u2010")):
        return f"{before} {after}"
    head = before[:-1] + "-"
    left, right = _WORD_BEFORE.search(head), _WORD_AFTER.match(after)
    if not left or not right:
        return head + after if left or head[-2:-1].isalnum() else f"{before} {after}"
    if not right[0][0].islower():
        return head + after
    first, second = left[1].lower(), right[0].lower()
    joined = first + second
    if joined not in known and (f"{first}-{second}" in known or "-" in first):
        return head + after
    return head[:-1] + after
