"""What matters where two answers are the same but for what comparing drops: marks, signs, case, zeros.

`synth.tokens` drops them because most people write as they like ("Sao Paulo", "paris"). Where nothing else
tells two words apart, as in "año" and "ano" or "Co" and "CO", they may be two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from synth.tokens import fold
from synth.words import words

UNMARKED = frozenset(("en",))
"""Languages whose own words have no marks, so that nothing is lost without."""
NOUNS_IN_CAPITALS = frozenset(("de", "lb"))
"""Languages in which a capital doesn't make a name."""

MAX_SYMBOL = 2
"""Letters of a word that may be a symbol, such as Co; a longer one in other case is the same word."""

_RELATIONS = str.maketrans({"\u2260": "!=", "\u2264": "<=", "\u2265": ">=", "\u00d7": "*", "\u00f7": "/"})
_SUPERSCRIPT = re.compile("[\u2070\u00b9\u00b2\u00b3\u2074-\u2079\u207b]+")
_SIGN = re.compile(
    "[<>=\u221a\u221b~\u2248\u2243\u2245\u223c\u00b1\u2213+^\u221e\u221d\u00ac\u226a\u226b]"
    r"|\*(?!\w)|(?<=\d)!"
)
# Of a sum of money, and of a power.
_LOST_MINUS = re.compile(
    "[-\u2010-\u2015\u2212](?=\\s?[$\u20ac\u00a3\u00a5])|(?<=[$\u20ac\u00a3\u00a5])\\s?[-\u2212](?=\\d)|(?<=\\^)\\s?[({]?[-\u2212]"
)
_QUESTION = re.compile("[?\u061f\uff1f]")
_BRACKETED = re.compile(r"([(\[\]{])[^()\[\]{}]*[,;][^()\[\]{}]*([)\[\]}])")
_WORD = re.compile(r"[^\W\d_]+")
_MEASURE = re.compile(r"(?<=\d)\s?([^\W\d_]{1,3}(?:/[^\W\d_]{1,3})?)(?![^\W_])")
_ZEROS = re.compile(r"\d+[.,](?!\d{3}(?!\d))\d*[1-9]0+(?![\d.,]*\d)")
_NUMERAL = re.compile(r"(?<=\w )[xv](?![\w.])", re.IGNORECASE)


def is_exact(said: str, aliases: Iterable[str], language: str, measured: bool) -> bool:
    """Whether an answer that equals an alias, once both are normalised, differs in nothing that may matter.

    Args:
      said: the answer, or a sentence that holds it.
      aliases: the right answers.
      language: ISO 639-1 of both.
      measured: whether an alias is a quantity, whose unit's case matters and whose last zeros don't.
    """
    given = _marks_of(said)
    known = [_marks_of(alias) for alias in aliases]
    if given.signs - {"?"} not in [one.signs - {"?"} for one in known]:
        return False
    if "?" in given.signs and not any("?" in one.signs for one in known):
        return False
    if given.brackets and given.brackets not in [one.brackets or given.brackets for one in known]:
        return False
    if given.numerals not in [one.numerals for one in known]:
        return False
    if not measured and given.zeros not in [one.zeros for one in known]:
        return False
    if measured and not _fits_case(given.measures, [word for one in known for word in one.measures]):
        return False
    polar = words(language, "yes") | words(language, "no")
    symbols = [word for one in known for word in one.symbols if word.casefold() not in polar]
    if symbols and not _fits_case(given.symbols, symbols, plain=True):
        return False
    if not given.marked and not any(one.marked for one in known):
        return True
    return _fits_marks(given, known, language)


def brackets(text: str) -> str:
    """Returns the brackets in which a row or an interval of several parts stands, such as `[)`; or ""."""
    found = _BRACKETED.fullmatch(text.strip(" ."))
    return f"{found[1]}{found[2]}" if found else ""


def agrees(said: Sequence[str], asked: frozenset[str], frame: frozenset[str], language: str) -> bool:
    """Whether a statement beside a "yes" or "no" says the same.

    Args:
      said: tokens of the answer.
      asked: those of the question.
      frame: words of any sentence.
      language: ISO 639-1 of both.
    """
    yes, no, never = (words(language, kind) for kind in ("yes", "no", "never"))
    rest = said[1:]
    if not rest or said[0] not in yes | no:
        return True
    if not asked.isdisjoint(no) or (said[0] in no) == no.isdisjoint(rest):
        return False
    stated = asked.difference(frame).intersection(rest)
    return not stated or (asked & never).issubset(rest)


class _Marks:
    """What comparing drops of a text."""

    __slots__ = ("brackets", "marked", "measures", "numerals", "signs", "symbols", "words", "zeros")

    def __init__(self, text: str):
        plain = _SUPERSCRIPT.sub(_raised, text.translate(_RELATIONS)) if not text.isascii() else text
        self.signs = frozenset(_SIGN.findall(plain))
        if _LOST_MINUS.search(plain):
            self.signs |= {"-"}
        if _QUESTION.search(text):
            self.signs |= {"?"}
        self.brackets = brackets(text)
        self.numerals = frozenset(map(str.lower, _NUMERAL.findall(text)))
        self.zeros = frozenset(_ZEROS.findall(text)) if "$" not in text and "%" not in text else frozenset()
        self.measures = tuple(_MEASURE.findall(text))
        self.words = tuple(_WORD.findall(unicodedata.normalize("NFKC", text)))
        shouts = text.isupper() and sum(map(len, self.words)) > 2 * MAX_SYMBOL
        self.symbols = () if shouts else tuple(word for word in self.words if len(word) <= MAX_SYMBOL)
        self.marked = any(_is_marked(word) for word in self.words)


def _raised(found: re.Match[str]) -> str:
    return "^-" if "\u207b" in found[0] else "^"


@lru_cache(maxsize=1 << 16)
def _marks_of(text: str) -> _Marks:
    return _Marks(text)


def _fits_case(said: Iterable[str], known: list[str], plain: bool = False) -> bool:
    """Whether words that are known but for their case have it as well.

    With `plain`, one in small letters may stand for any, and any for one in small letters.
    """
    for word in said:
        if word not in known and (not plain or not word.islower()):
            alike = [other for other in known if other.casefold() == word.casefold()]
            if alike and not (plain and any(map(str.islower, alike))):
                return False
    return True


def _letters(word: str) -> str:
    """Returns a word without case; the Russian ё is mostly written е."""
    return word if word.islower() and word.isascii() else word.casefold().replace("ё", "е")


def _is_marked(word: str) -> bool:
    return not word.isascii() and fold(word) != _letters(word)


def _fits_marks(given: _Marks, known: list[_Marks], language: str) -> bool:
    """Whether words that are known but for their marks are typed without any, and names if that matters."""
    forms: dict[str, list[str]] = {}
    for word in (word for one in known for word in one.words):
        forms.setdefault(fold(word), []).append(word)
    for word in given.words:
        alike = forms.get(fold(word), [])
        if not alike or _letters(word) in map(_letters, alike):
            continue
        if not given.marked:
            marked = alike
        elif _is_marked(word) and not any(map(_is_marked, alike)):
            marked = [word]
        else:
            return False
        is_name = language not in NOUNS_IN_CAPITALS and all(one[0].isupper() for one in marked)
        if language not in UNMARKED and not is_name:
            return False
    return True
