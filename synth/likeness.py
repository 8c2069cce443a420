"""Whether an answer that equals no alias may be one all the same, so that it is no plain mistake.

Spelling, initials, abbreviations, numbers in words and other scripts can't be decided by rule. None of this
makes an answer right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from synth.han import HAN
from synth.number_likeness import may_be_number, may_count
from synth.numerals import number_in_words, value
from synth.tokens import SPELLED, fold, is_number, tokens
from synth.words import words

MIN_MISSPELT = 5
"""Letters of an answer from which one that differs may be a slip or another spelling."""
MIN_SKELETON = 3
"""Consonants of a name whose vowels differ between schemes of writing, as in Muhammad and Mohammed."""
MAX_ACRONYM = 6
"""Letters of what is made of initials."""

MAX_SHORTENED = 6
"""Words of a text that may hold short ones."""

MAX_CONTRACTED = 3
"""Letters of a short word without a full stop."""

_WORD = re.compile(r"[^\W\d_]+|\d+")
_VOWELS = re.compile("[aeiouy]")
_ACRONYM = re.compile(r"(?:the\s+)?((?:[^\W\d_]\.?){2,}\s?(?:\d|[IVX]+)?)", re.IGNORECASE)
_GAP = re.compile(r"[\s-]+")
_NO_WORD = re.compile(r"[\W_]")
_ROMAN = re.compile(r"(?=[MDCLXVI])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_SUFFIXES = frozenset(("jr", "sr", "junior", "senior", "2", "3", "ii", "iii"))
_SMALL = frozenset(("of", "the", "and", "for", "de", "der", "und", "et", "la", "des", "y"))
_SHORT = re.compile(r"(\d+(?:\.\d+)?)\s?(k|mn?|bn?|tn?)", re.IGNORECASE)
_SCALES = {"k": 3, "m": 6, "b": 9, "t": 12}
_ERA = re.compile("(?:明治|大正|昭和|平成|令和)")


@dataclass(frozen=True)
class Likeness:
    """What is compared of a text that may be another one; most pairs are told apart by little of it.

    Attributes:
      text: as written.
      language: ISO 639-1.
    """

    text: str
    language: str

    @cached_property
    def said(self) -> tuple[str, ...]:
        """Its tokens."""
        return tokens(self.text, self.language)

    @cached_property
    def letters(self) -> str:
        """Letters and digits in a row, folded."""
        return _NO_WORD.sub("", fold(self.text))

    @cached_property
    def skeleton(self) -> str:
        """Its consonants, if it is of Latin letters alone."""
        return _VOWELS.sub("", self.letters) if self.letters.isascii() and self.letters.isalpha() else ""

    @cached_property
    def pieces(self) -> list[str]:
        """Its words, folded, with their full stops; none of a long text."""
        found = [piece for piece in _GAP.split(fold(self.text)) if piece]
        return found if len(found) <= MAX_SHORTENED else []

    @cached_property
    def counts(self) -> bool:
        """Whether it tells a number, a time or a month, or has a sign."""
        return may_count(self.text, self.said, self.language)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Its words in small letters, initials apart, without titles and such as "Jr." """
        return _names(self.text, self.language)

    @cached_property
    def acronym(self) -> tuple[str, bool]:
        """What may be made of initials, and whether it is in capitals."""
        return _acronym(self.text)

    @cached_property
    def initials(self) -> frozenset[str]:
        """Those of its words."""
        return _initials(self.text, self.said)

    @cached_property
    def cardinals(self) -> list[str]:
        """Its tokens without order, ordinals as cardinals."""
        return sorted(map(_cardinal, self.said))

    @cached_property
    def numbered(self) -> bool:
        """Whether a token is a number."""
        return any(map(is_number, self.said))

    @cached_property
    def number(self) -> Fraction | None:
        """Its value, if it is a number alone."""
        number = value(self.said, self.language)
        if number is None and self.language not in SPELLED:
            return number_in_words(self.text, self.language)
        return number

    @cached_property
    def scripts(self) -> frozenset[str]:
        """Those of its letters."""
        return _scripts(self.letters)

    @cached_property
    def romanised(self) -> str:
        """Han characters as they are read in Chinese, whatever their form."""
        if "CJK" not in self.scripts:
            return ""
        from anyascii import anyascii

        return anyascii(self.letters)


@lru_cache(maxsize=1 << 16)
def likeness(text: str, language: str) -> Likeness:
    """Returns what is compared of a text."""
    return Likeness(text, language)


def may_be(given: Likeness, alias: Likeness, language: str) -> bool:
    """Whether an answer may be an alias: see the module.

    Args:
      given, alias: two texts, which are known not to be equal.
      language: ISO 639-1 of both.
    """
    if given.letters == alias.letters or (given.romanised and given.romanised == alias.romanised):
        return bool(given.letters)
    if (given.counts or alias.counts) and may_be_number(
        given.text, given.said, alias.text, alias.said, language
    ):
        return True
    if not given.scripts or not alias.scripts:
        return _may_be_number(given, alias, language) or _may_be_number(alias, given, language)
    if given.scripts.isdisjoint(alias.scripts):
        return True
    return (
        _is_misspelt(given, alias)
        or _abbreviates(given, alias)
        or _abbreviates(alias, given)
        or _shortens(given, alias)
        or _shortens(alias, given)
        or _shares_name(given.names, alias.names)
        or given.cardinals == alias.cardinals
        or (language in HAN and _numbers(given.said) == _numbers(alias.said) != [])
        or _may_be_number(given, alias, language)
        or _may_be_number(alias, given, language)
    )


def _is_misspelt(a: Likeness, b: Likeness) -> bool:
    """Whether two texts differ in a letter, or in their vowels alone."""
    if a.numbered or b.numbered:
        return False
    if a.skeleton == b.skeleton and len(a.skeleton) >= MIN_SKELETON:
        return abs(len(a.letters) - len(b.letters)) < 2
    return _differs_in_a_letter(a.letters, b.letters)


def _differs_in_a_letter(a: str, b: str) -> bool:
    if min(len(a), len(b)) < MIN_MISSPELT or abs(len(a) - len(b)) > 1:
        return False
    from rapidfuzz.distance import OSA

    return OSA.distance(a, b, score_cutoff=1) <= 1


def _abbreviates(short: Likeness, long: Likeness) -> bool:
    """Whether a text may be made of the initials of another one, as USA, U.S., WWII and JFK are."""
    letters, shouted = short.acronym
    if shouted and long.acronym[1] and long.acronym[0][:-1] == letters:  # US, USA
        return True
    for initials in long.initials if letters else ():
        if letters == initials:
            return True
        begins = letters.startswith(initials) or initials.startswith(letters)
        if shouted and begins and not long.numbered and abs(len(letters) - len(initials)) < 2:
            return True
    return False


def _acronym(text: str) -> tuple[str, bool]:
    """Returns what may be made of initials, and whether it is in capitals; nothing if a text isn't."""
    found = _ACRONYM.fullmatch(text.rstrip(".")) if len(text) <= 3 * MAX_ACRONYM else None
    letters = fold(_NO_WORD.sub("", found[1])) if found else ""
    return (letters, found[1].isupper()) if found and 2 <= len(letters) <= MAX_ACRONYM else ("", False)


def _initials(text: str, said: Sequence[str]) -> frozenset[str]:
    """Returns the initials of two words or more, with and without small words; numbers as they are."""
    heard = _WORD.findall(fold(text))
    if len(heard) < 2:
        return frozenset()
    large = [word for word in heard if word not in _SMALL]
    written = {"".join(map(_initial, range(len(kept)), kept)) for kept in (heard, large)}
    return frozenset(written | {"".join(word if is_number(word) else word[0] for word in said)})


def _initial(place: int, word: str) -> str:
    return word if word.isdecimal() or (place and _ROMAN.fullmatch(word.upper())) else word[0]


def _shortens(short: Likeness, long: Likeness) -> bool:
    """Whether a text has short words in place of longer ones: "19th c.", "Ft. Worth", "C-14"."""
    a, b = short.pieces, long.pieces
    if len(a) != len(b) or not a or a[0][0] != b[0][0] or (len(a) < 2 and "." not in short.text):
        return False
    pairs = [(one, other.rstrip(".")) for one, other in zip(a, b, strict=True)]
    if not all(one.rstrip(".") == other or _is_short_for(one, other) for one, other in pairs):
        return False
    return any(one.rstrip(".") != other for one, other in pairs)


def _is_short_for(word: str, other: str) -> bool:
    """Whether a word has letters of another one in their order, the first one and a full stop or the last."""
    kept, letters = word.rstrip("."), iter(other[1:])
    if not kept.isalpha() or not other.isalpha() or len(kept) >= len(other) or kept[0] != other[0]:
        return False
    if kept == word and (len(word) > MAX_CONTRACTED or (len(word) > 1 and word[-1] != other[-1])):
        return False
    return all(letter in letters for letter in kept[1:])


def _shares_name(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether two names have one last name, and first names that are the same, but for initials or fewer."""
    shorter, longer = (a, b) if len(a) < len(b) else (b, a)
    if len(shorter) == 1:
        return len(longer) > 1 and (shorter == longer[-1:] or _differs_in_a_letter(shorter[0], longer[-1]))
    if not shorter or a[-1] != b[-1] or not all(map(str.isalpha, a + b)):
        return False
    shorter, longer = shorter[:-1], longer[:-1]
    if not _same_first(shorter[0], longer[0]):
        return False
    return len(shorter) == 1 or _same_first(shorter[1], longer[1])


def _same_first(a: str, b: str) -> bool:
    shorter, longer = sorted((a, b), key=len)
    return shorter == longer or (len(shorter) == 1 and longer.startswith(shorter))


def _numbers(said: Sequence[str]) -> list[str]:
    return list(filter(is_number, said))


def _cardinal(token: str) -> str:
    return token[:-2] if token[:1].isdecimal() and token[-2:] in ("st", "nd", "rd", "th") else token


def _may_be_number(given: Likeness, alias: Likeness, language: str) -> bool:
    """Whether an answer may say the number that an alias is, in another way or in words that aren't read."""
    number = alias.number
    if number is None:
        return bool(_ERA.search(given.text)) and any(map(is_number, alias.said))
    if given.number is not None:
        return given.number == number
    if _ROMAN.fullmatch(given.text.rstrip(" .")):
        return True
    if found := _SHORT.fullmatch(given.text.rstrip(" .")):
        return Fraction(found[1]) * 10 ** _SCALES[found[2][0].lower()] == number
    parts = (*words(language, "half"), *words(language, "quarter"))
    if parts and any(word.endswith(parts) for word in given.said):  # anderthalb
        return True
    return bool(given.scripts) and language not in SPELLED and not any(map(str.isdecimal, given.letters))


def _names(text: str, language: str) -> tuple[str, ...]:
    found: list[str] = []
    for word in _WORD.findall(text):
        plain = fold(word)
        if 1 < len(word) <= 3 and word.isupper() and not found:
            found.extend(plain)  # JK Rowling
        elif plain not in words(language, "titles") and plain not in words(language, "drop"):
            found.append(plain)
    while len(found) > 2 and found[-1] in _SUFFIXES:
        found.pop()
    return tuple(found)


@lru_cache(maxsize=1 << 16)
def _scripts(letters: str) -> frozenset[str]:
    """Returns the scripts of letters by the first word of their names in Unicode."""
    if letters.isascii():
        return frozenset(("LATIN",)) if any(map(str.isalpha, letters)) else frozenset()
    names = {unicodedata.name(letter, "").split(" ")[0] for letter in letters if letter.isalpha()}
    return frozenset(name.split("-")[0] for name in names)
