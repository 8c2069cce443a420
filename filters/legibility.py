"""Damage that a text shows by itself: characters that stand for lost ones, and unreadable mathematics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from filters.spans import spans

_LOST = re.compile(r"\(cid:\d+\)")  # how PDF readers write a glyph without a character
_ESCAPED = re.compile(r"\\[\\{}]")
_DOLLAR = re.compile(r"\\[\\$]")
_WORDS = re.compile(  # within a formula, with formulas of their own; bounded, so that no text takes long
    r"\\(?:text\w{0,8}|[mh]box|intertext)\{[^{}$]{0,200}(?:\$(?:[^{}$]|\{[^{}$]{0,50}\}){1,100}\$[^{}$]{0,200}){1,8}\}"
)
_FENCES = re.compile(r"\\(left|right)(?![A-Za-z])")
_EMPTY = re.compile(r"\\(?:d|t)?frac\s*(?:\{\s*\}|\{[^{}]*\}\s*\{\s*\})|\\sqrt\s*\{\s*\}")


def lost_share(text: str) -> float:
    """Returns the share of characters that stand for lost ones: U+FFFD, private, unassigned, control."""
    text = _LOST.sub("\ufffd", text) if "(cid:" in text else text
    return sum(text.count(c) for c in set(text) if _is_lost(c)) / len(text) if text else 0.0


def _is_lost(c: str) -> bool:
    return c == "\ufffd" or (c not in "\n\t" and unicodedata.category(c) in ("Co", "Cn", "Cc", "Cs"))


def broken_mathematics(text: str) -> str:
    """Returns the first formula that can't be read, as LaTeX, or nothing.

    That is one whose braces or whose `\\left` and `\\right` don't match, or with an empty fraction or root.
    What stands in code is no formula, and neither is a single dollar.
    """
    masked = _WORDS.sub(_blank, _DOLLAR.sub(_blank, text)) if "\\" in text else text
    for span in spans(masked):
        if not span.is_code and _is_broken(masked[slice(*span.inside)]):
            return text[slice(*span.inside)].strip()
    return ""


def _blank(match: re.Match[str]) -> str:
    return match[0] if match[0] == r"\\" else "x" * len(match[0])


def has_mathematics(text: str) -> bool:
    """Whether a formula stands in a text."""
    return next(_formulas(text), None) is not None


def _formulas(text: str) -> Iterator[str]:
    for span in spans(text):
        formula = text[slice(*span.inside)]
        if formula and not span.is_code:
            yield formula


def _is_broken(formula: str) -> bool:
    bare = _ESCAPED.sub("", formula)
    depth = 0
    for character in bare:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return True
    sides = _FENCES.findall(bare)
    return depth != 0 or sides.count("left") != sides.count("right") or _EMPTY.search(bare) is not None
