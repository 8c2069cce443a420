"""Tells problems that point at another item of their document, which they can't be read without.

A reference is answered where the text holds what it names: an item, table or figure with that label at the
start of a line ("Problem 2. Let ..."), a table or drawing in the text itself, or a formula with that number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from extractors.problems.vocabulary import fold, pattern
from filters.phrases import any_phrase
from filters.pictures import DRAWING, TABLE
from filters.spans import spans

_NUMBER = r"\s?(?:n\.? ?[oº°]\.? ?|nr\.? ?)?\(?(?P<number>\d+(?:[.\-–]\d+)*|[A-Z]?\d+\.\d+)\)?"
_MARKS = " \t*_#>|-•([【"  # before a label, as Markdown and its author set it off
_HEAD = 80  # characters that hold a label
_TAGS = re.compile(r"\\(?:tag\*?|eqno)\s*\{?\s*\(?([\w.\-–]+)\)?")
_LAST = re.compile(r"\(([\w.\-–]+)\)\s*$")
_NEXT = re.compile(r"[ \t.,;]*\(([\w.\-–]+)\)")


def names_another(text: str, language: str = "") -> bool:
    """Whether a problem names another item of its document, by number or as the one before.

    Args:
      language: whose phrases are looked for, such as "the previous exercise"; of all if empty.
    """
    if any_phrase("elsewhere", language).search(text):
        return True
    references = {_key(one): one[0] for one in _reference().finditer(fold(text))}
    here = set(_labels(text)) if references else set()
    missing = {key: one for key, one in references.items() if key not in here}
    if not missing:
        return False
    numbers = set(_numbered(text))
    held = [name for name, shown in (("table", TABLE), ("figure", DRAWING)) if shown.search(text)]
    return not all(
        _float().match(word)
        and (number in numbers or any(any_phrase(name, language).search(one) for name in held))
        for (word, number), one in missing.items()
    )


def _key(reference: re.Match[str]) -> tuple[str, str]:
    return reference["word"], reference["number"]


def _labels(text: str) -> Iterator[tuple[str, str]]:
    """Yields word and number of what begins a line and is followed by what a label is followed by."""
    before = ""
    for line in text.splitlines():
        label = _reference().match(fold(line.lstrip(_MARKS)[:_HEAD]))
        if label and not (before and (before[-1].isalnum() or before[-1] in ",-")):
            number = line.casefold().find(label["number"])
            after = line[number + len(label["number"]) :].lstrip(" \t)") if number >= 0 else ","
            if not after or after[0] in ".:：。*_]】(-–—|" or after[0].isupper():
                yield _key(label)
        before = line.strip()


def _numbered(text: str) -> Iterator[str]:
    r"""Yields the numbers of formulas: `\tag{4}`, or (4) at their end or behind them."""
    for formula in spans(text):
        inside = text[slice(*formula.inside)]
        yield from _TAGS.findall(inside)
        for number in (_LAST.search(inside), _NEXT.match(text, formula.end)):
            if number:
                yield number[1]


@cache
def _reference() -> re.Pattern[str]:
    return re.compile(f"(?:{pattern('problem', 'example', 'float').pattern}){_NUMBER}")


@cache
def _float() -> re.Pattern[str]:
    return pattern("float")
