r"""Formulas and code in a text: where they begin and end, found in one pass.

A pattern such as `\\\[.*?\\\]` looks through the rest of the text from every `\[` that nothing closes; here
every end is looked for once.

A dollar begins a formula by pandoc's rule (User's Guide, extension `tex_math_dollars`): a character other
than a blank follows it, one stands before the next dollar, and no digit behind that; so "$5 and $6" are
prices. With blanks on both sides, `$ x = 2 $`, it is a formula too if no word stands in between.
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
_END_OF_DOLLAR = re.compile(r"\\[\\$]|(\$)")
_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}")
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
            found = _dollar(text, place) if mark == "$" else text.find(closer, place)
            ends[closer] = found if found >= 0 else len(text) + 1
        end = ends[closer]
        limit = _LONGEST_ENVIRONMENT if opening[1] else _LONGEST.get(mark, len(text))
        if end > len(text) or end - place > limit or (mark in "`$" and "\n" in text[place:end]):
            continue
        if mark == "$" and not _is_formula(text[place:end], text[end + 1 : end + 2]):
            continue
        yield Span(opening.start(), end + len(closer), (place, end), mark[0] == "`")
        place = end + len(closer)


def _dollar(text: str, place: int) -> int:
    """Returns the place of the next dollar that isn't escaped, or -1."""
    return next((mark.start() for mark in _END_OF_DOLLAR.finditer(text, place) if mark[1]), -1)


def _is_formula(inside: str, behind: str) -> bool:
    """Whether what stands between two dollars of a line is a formula, and no prices are."""
    begins, ends = inside[:1].isspace(), inside[-1:].isspace()
    if begins or ends:
        return begins and ends and not inside.isspace() and _WORD.search(inside) is None
    return not behind.isdigit()


def without_spans(text: str, mask: Callable[[int], str]) -> str:
    """Returns a text with something else in the places of its formulas and code: mask(their length)."""
    parts, last = [], 0
    for span in spans(text):
        parts += [text[last : span.start], mask(span.end - span.start)]
        last = span.end
    return "".join([*parts, text[last:]])
