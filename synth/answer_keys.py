"""Short answers in a form in which equal ones are equal, whatever their case, accents, numbers and script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from synth.dates import read_date
from synth.quantities import Number, Unit, added, near_quantity, read_number, read_unit
from synth.tokens import OPERATORS, fold, in_digits, is_number, marks, spread, tokens
from synth.words import words

MIN_ROMANISED = 8
"""Letters of a name that may be romanised in another way on both sides; shorter ones have to be the same."""

_PARENTHESIS = re.compile(r"\s*\([^()]*\)\s*$")
_LIST = re.compile(r"[,/](?!\d)|[;+&()\n]")
_NO_UNITS = ("", "am", "pm", "a.m", "p.m")  # "3 pm" are no picometres
_MINUS = re.compile(r"^(?:minus|menos|meno|moins|min|минус|мінус)\s+(?=\d)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_NUMERAL = re.compile(r"[+-]?\d{1,3}(?:\s\d{3})+(?!\d)(?:,\d+)?|[+-]?\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_PIECE = re.compile(r"\d+(?:\.\d+)?\s*[^\W\d_]+\.?")
_SEVERAL = re.compile(rf"{_PIECE.pattern}(?:,?\s*(?:and\s+)?{_PIECE.pattern}){{1,3}}")
_FEET = re.compile("(\\d+)\\s*['\u2032\u2019]\\s*(\\d+)\\s*(?:[\"\u2033\u201d]|''|$)")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_LATIN = re.compile("[a-z]")
_OTHER_LETTERS = re.compile("[^\\W\\d_a-z\u00aa-\u024f\u1e00-\u1eff]")


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared of the aliases of a truth.

    Attributes:
      keys: see `keys`; those without titles too.
      bare: keys without a title of aliases that have one: no other title goes with them.
      flat: what a text that holds an alias, or parts of it, has in a row.
      words: all of their tokens.
      dated: whether one is a date.
      quantities: those that are numbers with units.
      ascii: whether all of them are.
    """

    keys: frozenset[str]
    bare: frozenset[str]
    flat: frozenset[str]
    words: frozenset[str]
    dated: bool
    quantities: tuple[tuple[Number, Unit], ...]
    ascii: bool


def known_of(aliases: Sequence[str], language: str) -> Known:
    """Returns what is compared of aliases; what stands in parentheses at their end may be left out."""
    known: set[str] = set()
    titled: set[str] = set()
    listed: set[str] = set()
    heard: set[str] = set()
    dated = False
    for form in _forms(aliases):
        said = tokens(form, language)
        heard.update(said)
        known |= keys(form, language)
        if said and (name := untitled(said, language)):
            titled.add(name)
        dated = dated or kind_of(said, language) == "date"
        if len(pieces := parts(form, language)) > 1:
            listed |= pieces
    known |= titled
    return Known(
        frozenset(known),
        frozenset(titled),
        frozenset(key.replace(" ", "") for key in known | listed if key),
        frozenset(heard),
        dated,
        tuple(read for alias in aliases if (read := quantity(alias, language))),
        all(map(str.isascii, aliases)),
    )


def _forms(aliases: Sequence[str]) -> Iterator[str]:
    """Yields aliases with and without what stands in parentheses at their end."""
    for alias in aliases:
        yield from (alias,) if alias else ()
        if alias.endswith(")") and (bare := _PARENTHESIS.sub("", alias)):
            yield bare


def in_a_row(said: tuple[str, ...], language: str) -> str:
    dropped = words(language, "drop")
    return "".join(word for word in said if word not in dropped) or "".join(said)


def without_articles(said: tuple[str, ...], language: str) -> list[str]:
    """Returns tokens without articles, unless there is nothing else."""
    dropped = words(language, "drop")
    kept = [word for word in said if word not in dropped] or list(said)
    if len(kept) > 1 and kept[0] in words(language, "articles"):
        del kept[0]
    return kept


def holds_digits(said: Sequence[str]) -> bool:
    """Whether a word holds a digit; a date in digits does too."""
    return bool(_DIGIT.search(" ".join(said)))


@lru_cache(maxsize=1 << 17)
def keys(text: str, language: str) -> frozenset[str]:
    """Returns what equal answers have in common: any key of one is a key of the other."""
    said = tokens(text, language)
    if not said:  # signs alone
        return frozenset((" ".join(text.casefold().split()),))
    key = key_of(said, language)
    found = {key, *read_date(said, language)} if holds_digits(said) else {key}
    if not text.isascii() and (other := spread(text)) != text.lower():
        found.add(key_of(tokens(other, language), language))
    return frozenset(found)


def untitled(said: tuple[str, ...], language: str) -> str | None:
    """Returns the key of a name of two words or more without the titles before it; None if it has none."""
    known = words(language, "titles")
    if known.isdisjoint(said):
        return None
    kept = without_articles(said, language)
    titles = 0
    while len(kept) - titles > 2 and kept[titles] in known:
        titles += 1
    return key_of(tuple(kept[titles:]), language) if titles else None


def key_of(said: tuple[str, ...], language: str) -> str:
    kept = without_articles(said, language)
    key = kept[0]
    for before, word in pairwise(kept):
        key += f" {word}" if before[-1].isdecimal() and word[0].isdecimal() else word
    return key


def parts(text: str, language: str) -> frozenset[str]:
    """Returns the keys of the parts of an answer, between commas and "and"; a date has none."""
    ands = words(language, "and")
    said = tokens(text, language)
    if (not _LIST.search(text) and ands.isdisjoint(said)) or not OPERATORS.isdisjoint(said):
        return frozenset()
    if kind_of(said, language) == "date":
        return frozenset()
    found: set[str] = set()
    for piece in _LIST.split(text):
        run: list[str] = []
        for word in (*tokens(piece, language), ""):
            if word and word not in ands:
                run.append(word)
            elif run:
                found.add(key_of(tuple(run), language))
                run = []
    return frozenset(found)


def kind_of(said: tuple[str, ...], language: str) -> str:
    """Returns "number" or "date" for what is compared as such, so that nothing is left to doubt; else ""."""
    if len(said) == 1 and is_number(said[0]):
        return "number"
    return "date" if holds_digits(said) and read_date(said, language) else ""


@lru_cache(maxsize=1 << 16)
def quantity(text: str, language: str) -> tuple[Number, Unit] | None:
    """Returns a number with a unit that the library pint knows; None for any other text."""
    if not holds_digits(tokens(text, language)):
        return None
    text = _DASHES.sub("-", in_digits(text.strip(" ."), language))
    text = _with_point(_MINUS.sub("-", text), language)
    if not _DIGIT.search(text[:12]):
        return None
    found = read_number(text)
    if not found or found[1].strip().casefold() in _NO_UNITS:
        return None
    unit = read_unit(found[1].strip())
    if unit and unit.unit is not None:
        return found[0], unit
    return _sum(text)


def may_measure(text: str, known: Sequence[tuple[Number, Unit]], language: str) -> bool:
    """Whether a text may say a known quantity: rounded in other units, or in one that pint doesn't know.

    Its number alone counts too, as "2 kilos" are kiloseconds to pint.
    """
    written = in_digits(text.strip(" ."), language)
    found, read = _NUMERAL.match(written), quantity(text, language)
    if read is None:
        return bool(found and written[found.end() :].strip())
    return any(near_quantity(*read, *gold) or read[0].value == gold[0].value for gold in known)


def _with_point(text: str, language: str) -> str:
    """Returns a text whose first number has a point where the language has a decimal comma, and no groups."""
    decimal, group = marks(language)
    found = _NUMERAL.match(text) if decimal == "," else None
    if not found:
        return text
    plain = "".join(found[0].split())
    if group == "." and _GROUPED.fullmatch(plain):
        plain = plain.replace(".", "")
    return plain.replace(",", ".") + text[found.end() :]


def _sum(text: str) -> tuple[Number, Unit] | None:
    """Returns what is written in several units (6 ft 2 in) in a base unit; None if that is no quantity."""
    text = _FEET.sub(r"\1 ft \2 in", text)
    if not _SEVERAL.fullmatch(text):
        return None
    total: tuple[Number, Unit] | None = None
    for piece in _PIECE.findall(text):
        found = read_number(piece)
        unit = read_unit(found[1].strip(" .")) if found else None
        if not found or not unit:
            return None
        total = added(*total, found[0], unit) if total else (found[0], unit)
        if total is None:
            return None
    return total


def respelt(said: tuple[str, ...]) -> str | None:
    """Returns a name as `romanised` does if it is long enough; equal ones may be one name, or two."""
    letters = "".join(said)
    return _respelt(letters) if len(letters) >= MIN_ROMANISED and letters.isalpha() else None


@lru_cache(maxsize=1 << 16)
def romanised(text: str) -> tuple[bool, str] | None:
    """Returns whether a name is in Latin letters, and how it is spelt in them, whatever the scheme.

    None for what holds numbers, or letters of both kinds.
    """
    folded = fold(text)
    latin, other = bool(_LATIN.search(folded)), bool(_OTHER_LETTERS.search(folded))
    if latin == other or any(word[-1].isdecimal() for word in tokens(text)):
        return None
    from anyascii import anyascii

    letters = re.sub(r"[^a-z]", "", anyascii(folded).lower() if other else folded)
    return latin, _respelt(letters.replace("j", "i"))


@lru_cache(maxsize=1 << 16)
def _respelt(letters: str) -> str:
    """Returns a name without what differs between schemes: y is i, "tch" is "ch", and "oye" is "oe"."""
    letters = letters.replace("y", "i").replace("tch", "ch")
    while "ii" in letters:
        letters = letters.replace("ii", "i")
    for vowel in "aou":
        letters = letters.replace(f"{vowel}ie", f"{vowel}e")
    return letters
