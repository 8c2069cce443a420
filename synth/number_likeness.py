"""Whether two answers may say the same number, time, ratio or day in ways that no rule makes equal.

As in `synth.likeness`, nothing of this makes an answer right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from unicodedata import normalize

from synth.dates import month_of, read_date
from synth.tokens import OPERATORS, is_number
from synth.words import words

MAX_JOINT = 3
"""Letters of a word between two numbers, such as "to"."""
_CLOCK = re.compile(r"(\d{1,2})\s?(?:[:.h]\s?(\d{2}))?\s?(?:([ap])\.?m\.?|uhr|h|o'?clock)?", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})")
_POWER = re.compile(r"(?:(\d{1,9}(?:\.\d{1,9})?)\s?[x×*·⋅]\s?)?10\s?\^\s?(\d{1,3})")
_SIGNED = re.compile(r"([A-Za-z]{1,2})[+\u2212-]")
_RAISED = re.compile("[⁰¹²³⁴-⁹]+")
_HALF_DAY = 12 * 60


def may_be_number(a: str, said: Sequence[str], b: str, known: Sequence[str], language: str) -> bool:
    """Whether two texts may be one number, or one of what is told in numbers.

    Args:
      a, b: the texts, which are known not to be equal.
      said, known: their tokens, as `synth.tokens.tokens` gives them.
      language: ISO 639-1 of both.
    """
    if not said or not known:
        return False
    return (
        _is_counted(said, known, language)
        or _is_none(said, known, language)
        or _is_none(known, said, language)
        or not _times(a).isdisjoint(_times(b))
        or (bool(_times(a)) and _in_parts(known, language))
        or (bool(_times(b)) and _in_parts(said, language))
        or _is_power(a, known)
        or _is_power(b, said)
        or _is_signed(a, known)
        or _is_signed(b, said)
        or _is_ratio(said, known, language)
        or _is_day(a, known, language)
        or _is_day(b, said, language)
        or month_of(said, language) == month_of(known, language) != 0
    )


def may_count(text: str, said: Sequence[str], language: str) -> bool:
    """Whether a text may tell anything of this, which most don't; one of two has to."""
    if any(map(str.isdecimal, text)) or any(map(is_number, said)) or _SIGNED.fullmatch(text.strip(" .")):
        return True
    kinds = ("none", "no", "half", "quarter")
    return month_of(said, language) > 0 or any(not words(language, kind).isdisjoint(said) for kind in kinds)


def _is_counted(said: Sequence[str], known: Sequence[str], language: str) -> bool:
    """Whether numbers are told in dozens or pairs on one side alone: 12 and "a dozen", 46 and "23 pairs"."""
    collective = words(language, "collective")
    counts = [not collective.isdisjoint(one) for one in (said, known)]
    if counts[0] == counts[1]:
        return False
    plain = known if counts[0] else said
    return any(map(is_number, plain))


def _is_none(said: Sequence[str], known: Sequence[str], language: str) -> bool:
    """Whether one says 0, and the other one that there is none."""
    none = words(language, "none")
    if known[0] not in words(language, "no") and none.isdisjoint(known):
        return False
    return said[0] == "0" or not none.isdisjoint(said)


def _in_parts(said: Sequence[str], language: str) -> bool:
    """Whether a text tells the time by halves and quarters of an hour."""
    return not (words(language, "half") | words(language, "quarter")).isdisjoint(said)


@lru_cache(maxsize=1 << 14)
def _times(text: str) -> frozenset[int]:
    """Returns the minutes of the day that a time may be, one with minutes or with a half of the day."""
    found = _CLOCK.fullmatch(text.strip(" ."))
    if not found or not (found[2] or found[3]):
        return frozenset()
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour > 24 or minute > 59:
        return frozenset()
    if found[3]:
        return frozenset((hour % 12 * 60 + minute + _HALF_DAY * (found[3].lower() == "p"),))
    at = hour % 24 * 60 + minute
    return frozenset((at, (at + _HALF_DAY) % (2 * _HALF_DAY)) if hour <= 12 else (at,))


def _is_ratio(said: Sequence[str], known: Sequence[str], language: str) -> bool:
    """Whether several numbers follow each other in one order, one time with a sign between: 3:1, "3 to 1"."""
    given, gold = (list(filter(is_number, one)) for one in (said, known))
    if len(gold) < 2 or given != gold or (OPERATORS | {"to"}).isdisjoint([*said, *known]):
        return False
    return all(_is_joint(word) or is_number(word) for word in (*said, *known)) and not (
        read_date(tuple(said), language) or read_date(tuple(known), language)
    )


def _is_joint(word: str) -> bool:
    return word in OPERATORS or len(word) <= MAX_JOINT


def _is_power(text: str, said: Sequence[str]) -> bool:
    """Whether a text is a power of ten, maybe times a number, and tokens are that number in digits."""
    found = _POWER.fullmatch(_RAISED.sub(lambda found: f"^{normalize('NFKC', found[0])}", text).strip(" ."))
    if not found or len(said) != 1 or not said[0].isdecimal():
        return False
    return Decimal(found[1] or 1) * 10 ** int(found[2]) == Decimal(said[0])


def _is_signed(text: str, said: Sequence[str]) -> bool:
    """Whether a text is letters with a sign, such as A- or O+, and tokens have a word for the sign."""
    found = _SIGNED.fullmatch(text.strip(" ."))
    return bool(found) and len(said) == 2 and said[0] == found[1].lower() and said[1].isalpha()  # type: ignore[index]


def _is_day(text: str, said: Sequence[str], language: str) -> bool:
    """Whether a text is a day and a month in digits, in any order, and tokens are that day in words."""
    found = _DAY.fullmatch(text.strip())
    if not found:
        return False
    a, b = int(found[1]), int(found[2])
    return not read_date(tuple(said), language).isdisjoint((f"--{a:02}-{b:02}", f"--{b:02}-{a:02}"))
