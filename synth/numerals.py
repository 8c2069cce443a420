"""Numbers of short answers as words, fractions and decimals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from synth.tokens import SPELLED, is_number, tokens
from synth.words import words

MAX_NUMBER = 10**9
"""Largest number that is spelt to be compared."""

MAX_TOKENS = 6
"""Of a number: "a 1 1 / 2 %"."""
MAX_READ = 100
"""Largest number that is read in words where text2num doesn't know the language."""

_BLANKS = re.compile("[\\s\u00ad\u200b-\u200f-]")


def same_number(text: str, alias: str, language: str) -> bool:
    """Whether two texts are one number: one in words that `synth.tokens` doesn't read, or with decimals.

    Two fractions are not compared: 2/4 and 1/2 are different times.
    """
    a, b = (value(tokens(one, language), language) for one in (text, alias))
    if a is not None and b is not None:
        return a == b and a.denominator > 1 and ("/" in text) + ("/" in alias) < 2 and "%" not in text + alias
    if language in SPELLED or (a is None) == (b is None):
        return False
    number, written = (a, alias) if b is None else (b, text)
    assert number is not None
    return number.denominator == 1 and plain_words(written.strip(" .!。！")) in spelt(int(number), language)


def value(said: Sequence[str], language: str) -> Fraction | None:
    """Returns the number that tokens are, if they are nothing else: 3, 0.5, 1/2, 1 1/2, 50 %, a half."""
    if not 0 < len(said) <= MAX_TOKENS:
        return None
    percent = said[-1] == "%"
    halves, quarters = words(language, "half"), words(language, "quarter")
    if not percent and not said[-1][-1].isdecimal() and said[-1] not in halves and said[-1] not in quarters:
        return None
    kept = [word for word in said[: len(said) - percent] if word not in words(language, "articles")]
    try:
        match kept:
            case [a, "/", b]:
                found = Fraction(int(a), int(b))
            case [whole, a, "/", b]:
                found = int(whole) + Fraction(int(a), int(b))
            case [*times, part] if part in halves | quarters and len(times) < 2:
                found = Fraction(times[0] if times else 1) / (2 if part in halves else 4)
            case [one] if is_number(one):
                found = Fraction(int(one)) if one.isdecimal() else Fraction(one)
            case _:
                return None
    except (ValueError, ZeroDivisionError):
        return None
    return found / 100 if percent else found


@lru_cache(maxsize=1 << 14)
def spelt(number: int, language: str) -> frozenset[str]:
    """Returns how a whole number is written in words in a language, by the rules of Unicode's CLDR, folded.

    Every gender and case that the rules know; nothing where they don't know the language.
    """
    engine = _engine(language)
    if engine is None or not 0 <= number <= MAX_NUMBER:
        return frozenset()
    return frozenset(map(plain_words, engine.format_number(number).text_by_ruleset.values()))


def number_in_words(text: str, language: str) -> Fraction | None:
    """Returns a number of up to `MAX_READ` that a text is in words; None if it is nothing like that."""
    return _small_numbers(language).get(plain_words(text.strip(" .!。！")))


@cache
def _small_numbers(language: str) -> dict[str, Fraction]:
    return {word: Fraction(number) for number in range(MAX_READ + 1) for word in spelt(number, language)}


def plain_words(text: str) -> str:
    """Returns a number in words without capitals, blanks and hyphens."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text).casefold().replace("ё", "е"))


@cache
def _engine(language: str) -> Any:
    from unicode_rbnf import RbnfEngine

    try:
        return RbnfEngine.for_language({"nb": "no"}.get(language, language))
    except ValueError:
        return None
