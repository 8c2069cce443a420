"""Words of a text, without a model and in any script.

Published rules count words as some tokeniser of their authors gives them, mostly for English. Here a word is
a run of letters, their combining marks and digits, with an apostrophe between; every punctuation mark is a
token of its own, as in the tokenisers of NLTK and spaCy, but ellipses and dashes of several characters. Han
characters and hiragana are a word each, as UAX #29 has it; Thai, Lao, Khmer and Burmese, which nobody divides
without a dictionary, are cut into pieces of four characters, about the length of their words: their number of
words is an estimate.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from schemas.row import value_of

_HAN = "\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SOUTH_EAST = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_DENSE = re.compile(f"[{_HAN}{_SOUTH_EAST}]")
_SCRIPTS = ((0x0300, 0x20000), (0xE0100, 0xE01F0))  # where all marks are
MARKS = "\u200c\u200d" + "".join(
    c
    for low, high in _SCRIPTS
    for c in map(chr, range(low, high))
    if unicodedata.category(c)[0] == "M" and not re.match(f"[{_SOUTH_EAST}]", c)
)
"""Combining marks, such as the vowels of Hindi, and joiners: part of the letter before (UAX #29, WB4)."""
_MARKS = r"\.{2,}|-{2,}|[^\w\s]"
_ASCII = re.compile(rf"\w+(?:'\w+)*|{_MARKS}")
_LETTERS = rf"\w[\w{MARKS}]*"
_SPACED = re.compile(rf"{_LETTERS}(?:['’]{_LETTERS})*|{_MARKS}")
_APART = rf"[^\W{_HAN}{_SOUTH_EAST}](?:[^\W{_HAN}{_SOUTH_EAST}]|[{MARKS}])*"
_ANY = re.compile(rf"[{_HAN}][{MARKS}]*|[{_SOUTH_EAST}]{{1,4}}|{_APART}(?:['’]{_APART})*|{_MARKS}")


def tokens(text: str) -> list[str]:
    """Returns the words and marks of a text, in order; see the module for what they are."""
    if text.isascii():
        return _ASCII.findall(text)
    return (_ANY if _DENSE.search(text) else _SPACED).findall(text)


def is_dense(word: str) -> bool:
    """Whether a word is of a script that doesn't separate words: its length says nothing."""
    return not word.isascii() and _DENSE.match(word) is not None


class Text:
    """A text with what several filters look at, each found once."""

    def __init__(self, raw: str):
        self.raw = raw

    @cached_property
    def tokens(self) -> list[str]:
        """Words and marks."""
        return tokens(self.raw)

    @cached_property
    def words(self) -> list[str]:
        """Those of `tokens` that are no marks."""
        return [token for token in self.tokens if token[0].isalnum() or token[0] == "_"]

    @cached_property
    def language(self) -> tuple[str, float]:
        """fastText's code of its language, and the probability; see `extractors.documents.language`."""
        from extractors.documents.language import language_confidence

        return language_confidence(self.raw)


class Texts:
    """The texts of a row, as its filters see them.

    Args:
      values: the row's columns.
      columns: those with the text that filters look at which name no others; dots for fields of fields.
    """

    def __init__(self, values: Mapping[str, Any], columns: tuple[str, ...]):
        self.values, self.columns = values, columns
        self._found: dict[tuple[str, ...], Text] = {}

    def text(self, columns: tuple[str, ...] = ()) -> Text:
        """Returns the text of columns, those of the run if none are named, an empty line between two.

        What is no text counts as none.
        """
        columns = columns or self.columns
        found = self._found.get(columns)
        if found is None:
            parts = (value_of(self.values, column) for column in columns)
            found = Text("\n\n".join(part for part in parts if isinstance(part, str) and part))
            self._found[columns] = found
        return found
