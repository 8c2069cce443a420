"""Finds the hint that stands in the paragraph of its problem: "... (Hint: use Pythagoras.)"."""

from __future__ import annotations

import re
from dataclasses import replace

from extractors.problems.vocabulary import fold, words
from schemas.problems import Item

_WORD = r"(?P<word>[^\W\d_]+(?: [^\W\d_]+)?)\.?\s*[:：][*_]{0,2}\s*"
_BRACKET = re.compile(rf"[*_]{{0,2}}[\[(]\s*[*_]{{0,2}}{_WORD}")
_AFTER_SENTENCE = re.compile(rf"(?:(?<=[.?!)\]$。？।؟])\s+|\n)[*_]{{0,2}}{_WORD}(?=\S)")
_CLOSING = {")": "(", "]": "["}


def with_run_in_hint(item: Item) -> Item:
    """Returns a problem with the hint at its end in the field for it.

    A hint ends the problem in brackets, or as its last line or sentences after a word for one and a
    colon. What stands after it in lines of its own may be the problem again.
    """
    if item.kind != "problem":
        return item
    text = item.text.rstrip()
    bracketed = text.rstrip("*_.")[-1:] in _CLOSING
    found = [m for m in (_BRACKET if bracketed else _AFTER_SENTENCE).finditer(text) if _means_hint(m["word"])]
    if not found:
        return item
    begin, end = found[-1].start(), found[-1].end()
    hint = text.rstrip("*_.")[:-1][end:] if bracketed else text[end:]
    asked = text[:begin].rstrip()
    if not asked or not hint.strip() or "\n" in hint or (bracketed and not _is_balanced(hint)):
        return item
    return replace(item, text=asked, hint="\n\n".join(part for part in (item.hint, hint.strip()) if part))


def _means_hint(word: str) -> bool:
    return words().get(fold(word)) == "hint"


def _is_balanced(text: str) -> bool:
    """Whether every bracket that closes within a text has been opened in it."""
    opened: list[str] = []
    for character in text:
        if character in "([":
            opened.append(character)
        elif character in _CLOSING and (not opened or opened.pop() != _CLOSING[character]):
            return False
    return not opened
