"""Personal data that has a form: e-mail addresses, telephone numbers and IP addresses.

Telephone numbers are found and checked by `phonenumbers` (Google's libphonenumber), IP addresses are checked
by the standard library, both outside formulas and code, and only where it is hardly anything else: a
telephone number begins with + and a country's code, or is written as one of the given regions writes it and
stands after a word such as "tel"; an IP address is a public one and no number of a section such as 1.2.3.4.
Names and postal addresses are not looked for.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal

from pydantic import Field

from filters.kinds import Bound, FilterOptions, Kind, Score, Value
from filters.spans import without_spans
from filters.words import Texts

MASKS = {"emails": "[EMAIL]", "phones": "[PHONE]", "ips": "[IP]"}

# Bounded repeats: no text takes more than linear time. Of what RFC 5322 allows before the @ only letters,
# digits and ._%+- are taken for the address, and it begins with a letter or digit: other marks are those of
# Markdown, LaTeX, links and quotes, and words of scripts without blanks may stand right before and behind.
_LETTER = r"A-Za-z0-9À-ÖØ-öø-ɏ"
_EMAIL = re.compile(
    rf"(?<![{_LETTER}])[{_LETTER}](?:[{_LETTER}._%+-]|\\_){{0,63}}"
    rf"@(?:[{_LETTER}](?:[{_LETTER}-]{{0,61}}[{_LETTER}])?\.){{1,8}}[A-Za-z]{{2,24}}(?![A-Za-z0-9@]|-[A-Za-z0-9])"
)
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{1,4}(?![\w:])")
_INTERNATIONAL = re.compile(r"(?<![\w+=/*^)\]}.-])\+[1-9][\d\s().\-/\u2010-\u2015]{6,24}\d")
_SUM = re.compile(r"[\d=+*/^×·−-]\s*$")
_RESULT = re.compile(r"\s*[=<>≈≤≥*/^×·]|\s+\+\s+\d")
_CALL = re.compile(
    r"\b(?:tel|phone|telephone|mobile|cell|call|fax|whatsapp|telefon|telefax|handy|mobil|tél|téléphone|teléfono|telefone"
    r"|telefono|teléfonos|telefoon|telefonnummer|тел|телефон|电话|電話)\b(?=[^\d\n]{0,15}\d(?:\D{0,4}\d){4})",
    re.IGNORECASE,
)
_NEAR, _WINDOW = 15, 100  # characters after such a word: where a number begins, and that are looked at
_SECTIONS = 30
"""Four numbers all below it are taken for the number of a section or a version, not for an address."""


class Pii(FilterOptions):
    """What is looked for, and what becomes of it.

    Attributes:
      mode: `mask` puts [EMAIL], [PHONE] and [IP] in the places; `flag` only counts.
      regions: countries (ISO 3166) whose national forms of telephone numbers are known, as in [US, DE].
      max_emails, max_phones, max_ips: rows with more are rejected; null for no bound.
    """

    mode: Literal["mask", "flag"] = "mask"
    emails: bool = True
    phones: bool = True
    ips: bool = True
    regions: tuple[str, ...] = ()
    max_emails: int | None = Field(None, ge=0)
    max_phones: int | None = Field(None, ge=0)
    max_ips: int | None = Field(None, ge=0)


SCORES = (
    Score("emails", "int64", "e-mail addresses; with mode: mask, in the text before it was masked"),
    Score("phones", "int64", "telephone numbers"),
    Score("ips", "int64", "IP addresses"),
)
BOUNDS = tuple(Bound(score.name, f"max_{score.name}", f"too_many_{score.name}") for score in SCORES)

Span = tuple[int, int, str]
"""Start, end, and the name of the score."""


def find(text: str, options: Pii) -> list[Span]:
    """Returns what is found, in order; no two overlap."""
    found: list[Span] = []
    if options.emails and "@" in text:
        found += [(match.start(), match.end(), "emails") for match in _EMAIL.finditer(text)]
    if not _DIGITS.search(text):
        return found
    bare = without_spans(text, lambda length: "\0" * length) if _MARKS.search(text) else text
    if options.ips:
        found += [(start, end, "ips") for start, end in _ips(bare)]
    if options.phones:
        found += [(start, end, "phones") for start, end in _phones(bare, options.regions)]
    return _apart(found)


_DIGITS = re.compile(r"\d\D{0,3}\d|::")
_MARKS = re.compile(r"[$`\\]")


def _apart(found: list[Span]) -> list[Span]:
    """Returns spans in order, the longer one of two that overlap."""
    kept: list[Span] = []
    for span in sorted(found):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
        elif span[1] - span[0] > kept[-1][1] - kept[-1][0]:
            kept[-1] = span
    return kept


def _ips(text: str) -> Iterator[tuple[int, int]]:
    if text.count(".") > 2:
        for match in _IPV4.finditer(text):
            parts = match[0].split(".")
            if _public(match[0]) and any(int(part) >= _SECTIONS for part in parts):
                yield match.span()
    if text.count(":") > 2:
        for match in _IPV6.finditer(text):
            if _public(match[0]):
                yield match.span()


def _public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def _phones(text: str, regions: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    if "+" in text and _INTERNATIONAL.search(text):
        import phonenumbers

        for match in _INTERNATIONAL.finditer(text):
            if _SUM.search(text[max(0, match.start() - 8) : match.start()]):
                continue
            for number in phonenumbers.PhoneNumberMatcher(match[0], None, max_tries=8):
                start, end = match.start() + number.start, match.start() + number.end
                if not _RESULT.match(text, end):
                    in_brackets = ")" in number.raw_string.partition("(")[0]
                    yield start - (in_brackets and text[max(0, start - 1) : start] == "("), end
    for call in _CALL.finditer(text) if regions else ():
        import phonenumbers

        window = text[call.end() : call.end() + _WINDOW]
        for region in regions:
            for number in phonenumbers.PhoneNumberMatcher(
                window, region, phonenumbers.Leniency.VALID, max_tries=8
            ):
                if number.start <= _NEAR and not _LATER.search(window[: number.start]):
                    yield call.end() + number.start, call.end() + number.end


_LATER = re.compile(r"[\d\n]")  # what stands after it isn't what the word announces


def masked(text: str, options: Pii) -> str:
    """Returns a text with a mask in the place of whatever is found."""
    found = find(text, options)
    if not found:
        return text
    parts, last = [], 0
    for start, end, name in found:
        parts += [text[last:start], MASKS[name]]
        last = end
    return "".join([*parts, text[last:]])


def _score(options: Pii, texts: Texts) -> tuple[Value, ...]:
    columns = options.columns or texts.columns
    names = [name for column in columns for *_, name in find(texts.text((column,)).raw, options)]
    return tuple(names.count(score.name) for score in SCORES)


def _rewrite(options: Pii) -> Callable[[str], str] | None:
    return partial(masked, options=options) if options.mode == "mask" else None


def _check(options: Pii) -> None:
    import phonenumbers

    if unknown := [region for region in options.regions if region not in phonenumbers.SUPPORTED_REGIONS]:
        raise ValueError(f"regions: {unknown[0]} is no country's code, such as US")


KIND = Kind(
    "pii",
    "e-mail addresses, telephone numbers and IP addresses: masked or counted",
    Pii,
    lambda options: SCORES,
    lambda options: partial(_score, options),
    BOUNDS,
    rewrite=_rewrite,
    rewrites_rejects=True,
    measured=("mode", "emails", "phones", "ips", "regions"),
    check=_check,
)
