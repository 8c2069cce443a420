"""Dates in short answers, in words and in digits, by the month names of Unicode's CLDR (through Babel)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from synth.tokens import fold
from synth.words import words

MAX_TOKENS = 8
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|º|ª)?")
_YEAR = re.compile(r"\d{3,4}")


@lru_cache(maxsize=1 << 16)
def read_date(tokens: tuple[str, ...], language: str) -> frozenset[str]:
    """Returns what a text may say as a date: `1969-07-20`, `1972-12`, `--07-20`; nothing if it is none.

    What may be read in two ways (3/4/1972 in English) is none; see `readings`. Every token has to belong to
    the date.

    Args:
      tokens: as `synth.tokens.tokens` gives them.
      language: ISO 639-1; months and weekdays are known in it and in English.
    """
    if len(tokens) > MAX_TOKENS:
        return frozenset()
    months, days = _names(language)
    if len(tokens) == 1:
        return _in_digits(tokens[0]) if tokens[0].startswith("@") else frozenset()
    if months.keys().isdisjoint(tokens):
        return frozenset()
    numbers: list[str] = []
    month = 0
    for token in tokens:
        if token in months and not month:
            month = months[token]
        elif token[0].isdecimal():
            numbers.append(token)
        elif token not in days and token not in _around(language):
            return frozenset()
    if not month or not 1 <= len(numbers) <= 2:
        return frozenset()
    year = [n for n in numbers if _YEAR.fullmatch(n)]
    day = [int(found[1]) for n in numbers if (found := _DAY.fullmatch(n))]
    if (
        len(year) > 1
        or len(day) > 1
        or len(year) + len(day) != len(numbers)
        or not all(1 <= d <= 31 for d in day)
    ):
        return frozenset()
    if not year:
        return frozenset((f"--{month:02}-{day[0]:02}",))
    return frozenset((f"{year[0]}-{month:02}" + (f"-{day[0]:02}" if day else ""),))


@lru_cache(maxsize=1 << 16)
def may_be_dates(tokens: tuple[str, ...], language: str) -> frozenset[str]:
    """Returns what a text or a part of it may say as a date, in every reading; see `read_date`."""
    return read_date(tokens, language).union(*(readings(one) for one in tokens if one.startswith("@")))


def month_of(tokens: Sequence[str], language: str) -> int:
    """Returns the month (1 to 12) that a text names and nothing else, in full or short; else 0."""
    return _names(language)[0].get(tokens[0], 0) if len(tokens) == 1 else 0


def _in_digits(token: str) -> frozenset[str]:
    found = readings(token)
    return found if len(found) == 1 else frozenset()


def readings(token: str) -> frozenset[str]:
    """Returns the dates that a token in digits (`@1969-07-20`, `@3/4/1972`) may be."""
    if "/" not in token:
        return frozenset((token[1:],)) if _valid(*token.rsplit("-", 2)[1:]) else frozenset()
    a, b, year = token[1:].split("/")
    read = ((month, day) for month, day in ((a, b), (b, a)) if _valid(month, day))
    return frozenset(f"{year}-{int(month):02}-{int(day):02}" for month, day in read)


def _valid(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


@cache
def _around(language: str) -> frozenset[str]:
    """Words that may stand in a date: articles and `of`, `year`."""
    own = (words(code, kind) for code in {language, "en"} for kind in ("articles", "drop", "year"))
    return frozenset().union(*own, ("of", "de", "del", "den"))


@cache
def _names(language: str) -> tuple[dict[str, int], frozenset[str]]:
    """Returns the names of months with their numbers, and those of weekdays."""
    from babel import Locale, UnknownLocaleError

    months: dict[str, int] = {}
    days: set[str] = set()
    for code in ("en", "en_GB", language):
        try:
            locale = Locale.parse(code)
        except (UnknownLocaleError, ValueError):
            continue
        for use in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                months |= {_name(name): number for number, name in locale.months[use][width].items()}
                days |= {_name(name) for name in locale.days[use][width].values()}
    return {name: number for name, number in months.items() if not name[:1].isdecimal()}, frozenset(days)


def _name(text: str) -> str:
    return fold(text).strip(" .")
