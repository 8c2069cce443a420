r"""Formulas and code in a text: where they begin and end, found in one pass.

A pattern such as `\\\[.*?\\\]` looks through the rest of the text from every `\[` that nothing closes; here
every end is looked for once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_ENVIRONMENTS = (
    "equation|align|aligned|gather|multline|eqnarray|displaymath|math|split|cases|array|[bBpvV]?matrix"
    "|verbatim|lstlisting|tikzpicture"
)
_OPEN = re.compile(rf"```|`|\\[\\$]|\$\$|\$|\\\(|\\\[|\\begin\s*\{{((?:{_ENVIRONMENTS})\*?)\}}")
_CLOSERS = {"```": "```", "`": "`", "$$": "$$", "$": "$", r"\(": r"\)", r"\[": r"\]"}
_LONGEST = {"$": 300, r"\(": 1000, r"\[": 4000, "$$": 4000}  # else it is no formula, but a stray mark
_LONGEST_ENVIRONMENT = 8000


@dataclass(frozen=True, slots=True)
class Span:
    """A formula or a piece of code.

    Attributes:
      start, end: in the text, with what opens and closes it.
      inside: the place of what it holds.
      is_code: it stands between backticks.
    """

    start: int
    end: int
    inside: tuple[int, int]
    is_code: bool


def spans(text: str) -> Iterator[Span]:
    """Yields the formulas and the code of a text, in order; none is within another."""
    ends: dict[str, int] = {}  # closer -> its first place from where the search is on
    place = 0
    while opening := _OPEN.search(text, place):
        mark, place = opening[0], opening.end()
        closer = rf"\end{{{opening[1]}}}" if opening[1] else _CLOSERS.get(mark)
        if closer is None:  # an escaped mark
            continue
        if ends.get(closer, -1) < place:
            found = text.find(closer, place)
            ends[closer] = found if found >= 0 else len(text) + 1
        end = ends[closer]
        limit = _LONGEST_ENVIRONMENT if opening[1] else _LONGEST.get(mark, len(text))
        if end > len(text) or end - place > limit or (mark in "`$" and "\n" in text[place:end]):
            continue
        yield Span(opening.start(), end + len(closer), (place, end), mark[0] == "`")
        place = end + len(closer)


def without_spans(text: str, mask: Callable[[int], str]) -> str:
    """Returns a text with something else in the places of its formulas and code: mask(their length)."""
    parts, last = [], 0
    for span in spans(text):
        parts += [text[last : span.start], mask(span.end - span.start)]
        last = span.end
    return "".join([*parts, text[last:]])
