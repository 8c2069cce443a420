"""Garbage that OCR makes: Taghva, Nartker, Condit and Borsack, Automatic Removal of "Garbage Strings" in OCR
Text (2001), as refined by Kulp and Kontostathis, On Retrieving Legal Files (TREC 2007 legal track).

A string between blanks is garbage if it is longer than 40 characters, has more marks than letters and digits,
a letter four times in a row, hardly any vowels or hardly any consonants (five Latin letters or more), two
different marks inside it, or capitals between small letters. Formulas, code and addresses are taken off
first. A scan whose letters stand apart ("T h i s") has many single letters instead.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial

from pydantic import Field

from filters.kinds import Bound, FilterOptions, Kind, Score, Value
from filters.legibility import lost_share
from filters.spans import without_spans
from filters.words import MARKS, Texts, is_dense

LONGEST = 40
_LONGEST_CACHED = 100  # so that the cache stays small, whatever the texts
_NO_PROSE = re.compile(r"\\[A-Za-z]+|https?://\S+|\S+@\S+")
_COMBINING = str.maketrans("", "", MARKS)
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_FOUR = re.compile(r"([^\W\d_])\1\1\1")
_LATIN = re.compile(r"[a-zà-öø-ÿœ]+")
_VOWELS = re.compile(r"[aeiouyà-æè-ïò-öø-üœ]")
_CAPITAL_INSIDE = re.compile(r"^[a-zà-öø-ÿ]+[A-ZÀ-ÖØ-Þ]+[A-Za-zà-ÿ]*[a-zà-öø-ÿ]$")
_JOINTS = frozenset("'’-–—/.,:·()[]=+<>^*_|")  # of words, numbers and formulas
_MIN_LETTERS = 5


class Garbage(FilterOptions):
    """Null turns a bound off; the bounds are ours, above what novels, exams and code in prose reach."""

    max_garbage_words: float | None = Field(0.1, ge=0, le=1)
    max_single_letters: float | None = Field(0.3, ge=0, le=1)
    max_lost_characters: float | None = Field(0.02, ge=0, le=1)


SCORES = (
    Score("garbage_words", "float64", "share of strings between blanks that can't be words"),
    Score("single_letters", "float64", "share of strings between blanks that are one letter"),
    Score("lost_characters", "float64", "share of characters that stand for lost ones"),
)
BOUNDS = (
    Bound("garbage_words", "max_garbage_words", "garbage_words"),
    Bound("single_letters", "max_single_letters", "letters_apart"),
    Bound("lost_characters", "max_lost_characters", "lost_characters"),
)


def score(text: str) -> tuple[Value, ...]:
    """Returns the values of `SCORES`."""
    strings = _NO_PROSE.sub(" ", without_spans(text, lambda length: " ")).split()
    many = len(strings) or 1
    single = sum(len(string) == 1 and string.isalpha() and not is_dense(string) for string in strings)
    return sum(map(is_garbage, strings)) / many, single / many, lost_share(text)


def is_garbage(string: str) -> bool:
    """Whether a string between blanks can't be a word, a number or marks that stand in a text."""
    if len(string) > _LONGEST_CACHED:
        return _is_garbage.__wrapped__(string)
    return _is_garbage(string)


@lru_cache(maxsize=50_000)
def _is_garbage(string: str) -> bool:
    if not string.isascii():
        string = string.translate(_COMBINING)
    if string.isalpha() and string.isascii() and len(string) < _MIN_LETTERS:
        return False
    inner = _EDGES.sub("", string)
    if not inner:
        return len(string) > 1 and len(set(string)) > 2  # but not "—", "...", "**" or "|"
    if inner.isalpha() and any(map(is_dense, inner)):
        return False
    if len(inner) > LONGEST or _FOUR.search(inner):
        return True
    if not inner.isalnum():
        marks = [character for character in inner if not character.isalnum()]
        return 2 * len(marks) > len(inner) or len(set(marks) - _JOINTS) > 1
    return _unpronounceable(inner) or _CAPITAL_INSIDE.match(inner) is not None


def _unpronounceable(word: str) -> bool:
    """Whether Latin letters have hardly any vowels or consonants among them; not for abbreviations."""
    if len(word) < _MIN_LETTERS or word.isupper() or not (letters := _LATIN.fullmatch(word.lower())):
        return False
    vowels = len(_VOWELS.findall(letters[0]))
    return 10 * vowels < len(word) or 10 * (len(word) - vowels) < len(word)


def _score(options: Garbage, texts: Texts) -> tuple[Value, ...]:
    return score(texts.text(options.columns).raw)


KIND = Kind(
    "garbage",
    "what OCR makes of pages that it can't read",
    Garbage,
    lambda options: SCORES,
    lambda options: partial(_score, options),
    BOUNDS,
)
