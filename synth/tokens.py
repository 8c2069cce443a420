"""A short answer as tokens that don't depend on case, accents, punctuation or the way a number is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache

from synth.han import HAN, han_in_digits, powers_in_digits
from synth.words import words

MAX_CHARACTERS = 2000
"""Of a text that is compared; what is longer is no short answer."""

SPELLED = frozenset(("ca", "de", "en", "es", "fr", "it", "nl", "pt"))
"""Languages whose numbers in words are read by text2num."""

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_SPREAD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_ACCENTS = re.compile("[\u0300-\u036f]")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u00b4`]")
_ELISION = frozenset(
    ("ca", "fr", "it", "tr")
)  # where an apostrophe parts two words, or a word and its ending
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_POINT = re.compile(r"(?<![\w.)\]])\.(?=\d)")
_MONEY = re.compile(r"(?:\bUS)?([$€£¥])\s?(\d+(?:\.\d+)?)\s?(k|mn?|bn?|tn?)(?![^\W_])", re.IGNORECASE)
_SHORT_SCALES = {"k": 3, "m": 6, "b": 9, "t": 12}

_DATE = re.compile(
    r"(?<![\d./-])(?:"
    r"(?P<y>\d{3,4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})"
    r"|(?P<a>\d{1,2})([-/.])(?P<b>\d{1,2})\6(?P<year>\d{4})"
    r"|(?P<yyyy>\d{3,4})\s*[年년]\s*(?P<mm>\d{1,2})\s*[月월]\s*(?P<dd>\d{1,2})\s*[日일号]"
    r")(?![\d/-]|\.\d)"
)
_SIGN_OF_NUMBER = re.compile("[.$€£¥/年년-]")  # without one, there is no amount or date in digits
_SEPARATORS = (
    "\\s!-/:-@\\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"
    "\u060c\u061b\u061f\u0964\u0965\u2010-\u205e\u20a0-\u20cf\u2190-\u2bff\u3001-\u3003\u3008-\u3020\u30fb"
)
_OPERAND = r"(?:(?<=[\d)])|(?<=(?<![^\W_])[a-z]))"  # a number, or a letter alone
_NEXT = r"(?=[\d(]|[a-z](?![^\W_]))"
_RELATIONS = str.maketrans({"\u2260": "!=", "\u2264": "<=", "\u2265": ">=", "\u00d7": "*", "\u00f7": "/"})
_SUPERSCRIPT = re.compile("(?<=[\\w)])[\u2070\u00b9\u00b2\u00b3\u2074-\u2079\u207b]+")
_VULGAR = re.compile("(?<=\\d)[\u00bc-\u00be\u2150-\u215e]")
_TOKEN = re.compile(
    r"@[\d/-]+"  # a date in digits
    r"|(?:(?<![^\s(])-)?\d{1,3}(?: \d{3})+(?![\d.,]*\d)"  # 1 000 000
    r"|(?:(?<![^\s(])-)?\d++(?:[.,]\d++)*+(?:st|nd|rd|th)?+(?![^\W\d_])"
    r"|(?:(?<![^\s(])-)?\d+(?:[.,]\d+)*"
    r"|(?<![^\s(])[a-z][+-](?![\w+-])"  # A+, O-
    rf"|[^{_SEPARATORS}\d]+(?:\+\+|#)?"
    r"|(?<=\d)\s?-\s?(?=\d)"  # of a range
    r"|[%$€£¥°]"
    r"|(?<=[\w)%])\s*(?:[!<>=]=|[<>=^])\s*(?=[\w(+-])"  # of a relation or a power
    rf"|{_OPERAND}\s?[+*/:\u00d7\u00f7\u00b1]\s?{_NEXT}|{_OPERAND}\s-\s{_NEXT}"
)
_ROMAN = re.compile(r"(?=[lxvi]{2}|[xvi]$)(xl|l?x{0,3})(ix|iv|v?i{0,3})")  # of kings, wars and matches
_VALUES = {"l": 50, "x": 10, "v": 5, "i": 1}
_SCALES = ("1000", "1000000", "1000000000", "1000000000000")
_SAME = {
    **dict.fromkeys(("percent", "pct"), "%"),
    **dict.fromkeys(("dollar", "dollars", "usd"), "$"),
    **dict.fromkeys(("euro", "euros", "eur"), "€"),
    "bce": "bc",
}
_CURRENCIES = frozenset("$€£¥")
_SIGN = frozenset(" \t\n-+*/:<>=!^\u00b1")  # how an operator begins, maybe after blanks
OPERATORS = frozenset("+*/:<>=^\u00b1") | {"!=", "<=", ">=", "=="}
"""What stands between numbers or letters as a token of its own."""
_SIGNS = _CURRENCIES | {"minus"}


def fold(text: str) -> str:
    """Returns a text without case and accents, its compatible characters unified."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text))).translate(
        _LETTERS
    )


def in_digits(text: str, language: str) -> str:
    """Returns a text with the numbers that it spells in digits."""
    if language not in SPELLED:
        return text
    import text_to_num  # type: ignore[import-untyped]

    return str(text_to_num.alpha2digit(text, language, threshold=0))


@lru_cache(maxsize=1 << 17)
def tokens(text: str, language: str = "en") -> tuple[str, ...]:
    """Returns the words, numbers and signs of a short answer.

    Numbers are canonical (`1,000` and "one thousand" are `1000`), so are numerals after the first word
    (`James I` is `james 1`) and dates in digits (`@1969-07-20`); single letters are joined (`J. K.` is `jk`).

    Args:
      text: as written.
      language: ISO 639-1; decides what a comma in a number is, and which numbers in words are read.
    """
    text = text[:MAX_CHARACTERS].replace("@", " ")  # which marks dates below
    if text.isascii():
        counts = any(map(str.isdecimal, text))
    else:
        text = _SUPERSCRIPT.sub(_raised, text.translate(_RELATIONS))
        text = _DASHES.sub("-", unicodedata.normalize("NFKC", _VULGAR.sub(r" \g<0>", text)))
        text = _FOREIGN_DIGIT.sub(_digit, text.replace("\u2044", "/"))
        if language in HAN:
            text = han_in_digits(powers_in_digits(text))
        elif language == "ko":
            text = powers_in_digits(text)
        counts = True
    if counts and _SIGN_OF_NUMBER.search(text):
        text = _MONEY.sub(_amount, _POINT.sub("0.", text))
        text = _DATE.sub(lambda found: _dated(found, language), text)
    plain = fold(in_digits(text.lower() if text.isupper() else text, language))
    if not plain.isascii() or "'" in plain or "`" in plain:
        plain = _APOSTROPHES.sub(" " if language in _ELISION else "", plain)
    plain = plain.replace("&", f" {_and(language)} ").replace("per cent", "%")
    found = [
        _SAME.get(token, token) if token.isalpha() else _canonical(token, language)
        for token in _TOKEN.findall(plain)
    ]
    if not plain.isalpha() and any(map(str.isdecimal, plain)):
        scales = [scale for scale in _SCALES if scale in plain and scale not in text]  # in words
        if scales or not _SIGNS.isdisjoint(found):
            found = _scaled(found, scales)
    return tuple(_numerals(_joined(found)))


@cache
def _and(language: str) -> str:
    return min(words(language, "and"), default="and")


def _digit(found: re.Match[str]) -> str:
    return str(unicodedata.digit(found[0]))


def _amount(found: re.Match[str]) -> str:
    """Returns `$1.2B` as `$1200000000`."""
    scale = Decimal(10) ** _SHORT_SCALES[found[3][0].lower()]
    return f"{found[1]}{(Decimal(found[2]) * scale).normalize():f}"


def _raised(found: re.Match[str]) -> str:
    return f"^{unicodedata.normalize('NFKC', found[0])}"


def _dated(found: re.Match[str], language: str) -> str:
    if found["y"] or found["yyyy"]:
        year, month, day = (int(found[a] or found[b]) for a, b in (("y", "yyyy"), ("m", "mm"), ("d", "dd")))
        return f" @{year}-{month:02}-{day:02} "
    first, second, last = int(found["a"]), int(found["b"]), found["year"]
    if second <= 12 and (language != "en" or found[6] == "."):  # the day comes first
        return f" @{last}-{second:02}-{first:02} "
    return f" @{first}/{second}/{last} "


def _canonical(token: str, language: str) -> str:
    first = token[0]
    if first == "@":
        return token
    if first.isdecimal() or (first == "-" and token[-1:].isdecimal()):
        if token.isdecimal() and token[0] != "0":
            return token
        return number(token, language) if token[-1].isdecimal() else token
    if first in _SIGN:
        sign = "".join(token.split())
        return sign if sign != "-" else "to"
    return _SAME.get(token, token)


@cache
def marks(language: str) -> tuple[str, str]:
    """Returns the marks of decimals and of thousands."""
    from babel import Locale, UnknownLocaleError

    try:
        symbols = Locale.parse(language).number_symbols["latn"]
    except (UnknownLocaleError, ValueError, KeyError):
        return ".", ","
    return symbols["decimal"], symbols["group"]


def number(text: str, language: str = "en") -> str:
    """Returns a number in digits, without marks between thousands and useless zeros; else the text itself."""
    decimal, group = marks(language)
    plain = text.replace(" ", "")
    if group in ".," and re.fullmatch(rf"-?\d{{1,3}}(?:\{group}\d{{3}})+(?:\{decimal}\d+)?", plain):
        plain = plain.replace(group, "")
    plain = plain.replace(decimal, ".") if decimal == "," else plain
    if "," in plain or plain.count(".") > 1 or re.match(r"-?0\d", plain):
        return text
    if "." not in plain:
        return plain
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return text
    short = f"{value.normalize():f}"
    return "0" if short == "-0" else short


def is_number(token: str) -> bool:
    return token.lstrip("-")[:1].isdecimal() and token[-1:].isdecimal()


def _scaled(found: list[str], scales: Sequence[str]) -> list[str]:
    """Multiplies `2.5 million`, puts a sign before its number and a currency behind it."""
    done: list[str] = []
    for token in found:
        if token in scales and done and is_number(done[-1]):
            done[-1] = number(f"{Decimal(done[-1]) * int(token):f}") if _plain(done[-1]) else done[-1]
        elif is_number(token) and done and done[-1] == "minus":
            done[-1] = f"-{token}"
        else:
            done.append(token)
    for i in range(len(done) - 1):
        if done[i] in _CURRENCIES and is_number(done[i + 1]):
            done[i], done[i + 1] = done[i + 1], done[i]
    return done


def _plain(token: str) -> bool:
    return token.replace(".", "", 1).lstrip("-").isdecimal() and len(token) < 30


def _joined(found: list[str]) -> list[str]:
    """Joins single letters that follow each other."""
    if len([token for token in found if len(token) == 1 and "a" <= token <= "z"]) < 2:
        return found
    done: list[str] = []
    run = False
    for token in found:
        letter = len(token) == 1 and "a" <= token <= "z"
        if letter and run:
            done[-1] += token
        else:
            done.append(token)
        run = letter
    return [_SAME.get(token, token) for token in done]


def _numerals(found: list[str]) -> list[str]:
    if len(found) > 2 and found[-2] == "the" and found[-3].isalpha() and found[-1][:-2].isdecimal():
        found[-2:] = [found[-1][:-2]]  # Henry the 8th
    for i in range(1, len(found)):
        if found[i][0] in _VALUES and _ROMAN.fullmatch(found[i]):
            values = [_VALUES[c] for c in found[i]]
            found[i] = str(
                sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))
            )
    return found


def spread(text: str) -> str:
    """Returns a text with umlauts as two letters (`ae` for `ä`), as they are written where there are none."""
    return unicodedata.normalize("NFC", text).lower().translate(_SPREAD)
