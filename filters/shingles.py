"""Texts as sets of word n-grams (shingles), many texts at a time.

Two texts are compared by their words in a normal form in which neither case, spacing, encoding, line breaks
nor punctuation count:
- Unicode's compatibility form (NFKC), case folded; what is invisible, such as a soft hyphen, is left out;
- a word is a run of letters, marks and digits;
- scripts that are written without blanks (Chinese, Japanese, Thai, Lao, Khmer, Burmese): each character is a
  word of its own, so that n-grams of words are n-grams of characters there;
- each mathematical operator is a word of its own: `3 - 2` is not `3 + 2`. A hyphen between letters is none;
- anything else separates words.

A shingle is n consecutive words with a blank between any two, in UTF-8; a text of fewer words is one shingle,
one without words has none. Everything is done on arrays of code points and bytes, over a whole batch of
texts: with one Python object a word or a shingle, it would take several times as long.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from filters.xxh32 import Hashes, Positions, xxh32_slices

_UNKNOWN, _END, _INVISIBLE, _SEPARATOR, _LETTER, _DIGIT, _ALONE = range(7)  # a word has one of the last three
_KINDS = np.zeros(0x110000, np.uint8)  # of every code point; found out when it is first seen
_END_OF_TEXT = "\0"
_BLANK, _HYPHEN = ord(" "), ord("-")
_OPERATORS = frozenset("-*/%^!")  # beside those that Unicode calls mathematical
_WITHOUT_BLANKS = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals
    (0x3040, 0x312F),  # Hiragana, Katakana, Bopomofo
    (0x31A0, 0x31FF),
    (0x3400, 0x4DBF),  # ideographs
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)


@dataclass(frozen=True, slots=True)
class Shingles:
    """The shingles of a batch of texts; one that a text has twice is there twice.

    Attributes:
      buffer: the words of all texts in UTF-8, each followed by a blank.
      starts, ends: of every shingle in the buffer, text by text.
      offsets: the shingles of text i are those from offsets[i] to offsets[i + 1].
    """

    buffer: bytes
    starts: Positions
    ends: Positions
    offsets: Positions

    def hashes(self, seed: int = 0) -> Hashes:
        """Returns the xxh32 of every shingle."""
        return xxh32_slices(self.buffer, self.starts, self.ends, seed)


def shingles(texts: Sequence[str], n: int) -> Shingles:
    """Returns the shingles of n words of every text."""
    buffer, words = _words(texts)
    word_ends = np.flatnonzero(np.frombuffer(buffer, np.uint8) == _BLANK)
    word_starts = np.concatenate(([0], word_ends[:-1] + 1)) if len(word_ends) else word_ends
    counts = np.maximum(words - n + 1, np.minimum(words, 1))
    offsets = np.concatenate(([0], np.cumsum(counts)))
    first_word = np.concatenate(([0], np.cumsum(words)))[:-1]
    first = np.arange(offsets[-1]) + np.repeat(first_word - offsets[:-1], counts)
    last = first + np.repeat(np.minimum(words, n) - 1, counts)
    return Shingles(buffer, word_starts[first], word_ends[last], offsets)


def normal_words(text: str) -> list[str]:
    """Returns the words of a text in normal form."""
    return _words([text])[0].decode().split()


def _words(texts: Sequence[str]) -> tuple[bytes, Positions]:
    """Returns the words of all texts, each followed by a blank, and how many each text has."""
    joined = "".join(_folded(text) + _END_OF_TEXT for text in texts)
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
    kinds = _kinds(points)
    if (kinds == _INVISIBLE).any():
        points, kinds = points[kinds != _INVISIBLE], kinds[kinds != _INVISIBLE]
    hyphens = np.flatnonzero(points == _HYPHEN)  # an end of text follows at least
    kinds[hyphens[(kinds[hyphens - 1] == _LETTER) & (kinds[hyphens + 1] == _LETTER)]] = _SEPARATOR
    alone = np.flatnonzero(kinds == _ALONE)
    if len(alone):  # is given a blank on both sides
        points, kinds = (
            np.insert(values, np.concatenate((alone, alone + 1)), between)
            for values, between in ((points, _BLANK), (kinds, _SEPARATOR))
        )
    in_word = kinds >= _LETTER
    after_word = in_word[:-1] & ~in_word[1:]
    counts = np.diff(np.searchsorted(np.flatnonzero(after_word), np.flatnonzero(kinds == _END)), prepend=0)
    # Of what separates words, what comes first after each is kept, as a blank.
    points = np.where(in_word, points, np.uint32(_BLANK))
    kept = in_word
    kept[1:] |= after_word
    return points[kept].tobytes().decode("utf-32-le").encode(), counts


def _kinds(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    kinds = _KINDS.take(points, mode="clip")  # none is outside; it is the mode that is fast
    if not kinds.all():
        for point in np.unique(points[kinds == _UNKNOWN]).tolist():
            _KINDS[point] = _kind(chr(point))
        kinds = _KINDS[points]
    return kinds


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded.replace(_END_OF_TEXT, " ")


def _kind(character: str) -> int:
    category = unicodedata.category(character)
    if character == _END_OF_TEXT:
        return _END
    if character in _OPERATORS or category == "Sm":
        return _ALONE
    if category == "Cf":
        return _INVISIBLE
    if category[0] in "PSZ" or category in ("Cc", "Cs"):
        return _SEPARATOR
    if any(low <= ord(character) <= high for low, high in _WITHOUT_BLANKS):
        return _ALONE
    return _DIGIT if category[0] == "N" else _LETTER
