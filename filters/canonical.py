"""The words of a text, however it is written: what is left when type, layout and notation are taken away.

For finding a text again that was set anew: cased, spaced, hyphenated or marked up otherwise (Markdown, HTML),
its formulas as LaTeX or in plain characters, its numbers in digits or words. Meaning plays no part, and
nothing here is for reading.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

from filters.words import MARKS

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
# 1,000; 1{,}000; 1\,000; 1,\!000; 1'000; and with narrow or unbreakable blanks
_THOUSANDS = re.compile(r"(?<=\d)(?:\{,\}|\\[,;:!]|[,'’\u00a0\u2009\u202f])+(?=\d{3}(?!\d))")
_HYPHENATED = re.compile(r"(?<=[^\W\d_])-[ \t]*\n[ \t]*(?=[^\W\d_])")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’ʼ`´](?=[^\W\d_])")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[^{}]{0,40}\}")
_FRACTION = re.compile(r"(\\[dt]?frac)\s*(\d)\s*(\d)")  # \frac13
_COMMAND = re.compile(r"\\([a-z]+)")
_LETTERS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau "
    "upsilon phi chi psi omega"
)
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _LETTERS.split(), strict=True))
_SINGLE_GREEK = re.compile(r"(?<![α-ω])[α-ω](?![α-ω])")
_FUNCTIONS = (
    "arccos arcsin arctan cos cosh cot csc deg det dim exp gcd inf ker lcm lim ln log max min mod sec sin "
    "sinh sup tan tanh"
)
_SPOKEN = {name: name for name in (*_LETTERS.split(), *_FUNCTIONS.split())} | {
    f"var{name}": name for name in _LETTERS.split()
}
_NOTATION = frozenset(("frac", "sqrt"))
"""Words that stand for a sign where a formula is typed in plain characters; the sign itself is no word."""

# Characters of scripts that don't separate words (Thai to Burmese, Chinese, Japanese) alone; words of
# letters; numbers.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_LETTER = rf"[^\W\d_{_UNSPACED}]"
_WORD = re.compile(rf"[{_UNSPACED}]|{_LETTER}(?:{_LETTER}|[{MARKS}])*|\d+(?:\.\d+)?|(?<!\d)\.\d+")
_BELOW_20 = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBERS = {word: n for n, word in enumerate(_BELOW_20.split())}
_UNITS = {word: n for word, n in _NUMBERS.items() if 0 < n < 10}
_NUMBERS |= {word: 10 * n for n, word in enumerate(_TENS.split(), start=2)}


def words_of(text: str) -> list[str]:
    """Returns the words and numbers of a text, in order.

    Signs are left out, LaTeX commands too unless they are spoken (Greek letters, functions). Numbers are in
    digits, without signs for thousands and idle zeros: `1,250.50`, `1{,}250.5` and `1250.5` are the same,
    and so are `twenty-five` and `25`. The words of the joined words are the words again.
    """
    if "&" in text:
        text = html.unescape(text)
    text = _INVISIBLE.sub("", _TAG.sub(" ", text))
    text = _THOUSANDS.sub("", text)
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = _APOSTROPHE.sub("", _HYPHENATED.sub("", text))
    if "\\" in text:
        text = _FRACTION.sub(r"\1 \2 \3", _ENVIRONMENT.sub(" ", text))
        text = _COMMAND.sub(_said, text)
    if not text.isascii():
        text = _SINGLE_GREEK.sub(lambda letter: f" {_GREEK.get(letter[0], letter[0])} ", text)
    return _with_digits(word for word in _WORD.findall(text) if word not in _NOTATION)


def _said(command: re.Match[str]) -> str:
    return f" {_SPOKEN.get(command[1], '')} "


def _with_digits(words: Iterable[str]) -> list[str]:
    found: list[str] = []
    tens = 0  # that the last word said, so that a unit may follow
    for word in words:
        if tens and word in _UNITS:
            found[-1], tens = str(tens + _UNITS[word]), 0
            continue
        number = _NUMBERS.get(word)
        tens = number if number is not None and number >= 20 else 0
        if number is not None:
            found.append(str(number))
        else:
            found.append(_plain_number(word) if word[0] == "." or word[0].isdecimal() else word)
    return found


def _plain_number(digits: str) -> str:
    """Returns a number in ASCII digits without zeros that say nothing."""
    if not digits.isascii():
        digits = "".join(c if c == "." else str(unicodedata.decimal(c)) for c in digits)
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def is_plain_word(word: str) -> bool:
    """Whether one of `words_of` is neither a number nor a single Latin letter, such as a variable."""
    return not word[0].isdecimal() and not (len(word) == 1 and word.isascii())
