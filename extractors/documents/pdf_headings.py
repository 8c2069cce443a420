"""Which paragraphs are headings, and their levels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from extractors.documents.pdf_lines import Line

Look = tuple[float, bool]
"""Size and boldness of a heading."""

_LABEL = re.compile(
    r"(?:solution|answer|proof|hint|strategy|example|exercise|problem|question|figure|table|theorem|definition"
    r"|lemma|corollary|proposition|remark|note|q|step|part)s?\b[\s\d.():]*$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(?:[^\W\d_]\S* ){1,5}\d{1,3}(?:\.\d{1,3})*[.:]?$")
_NUMBERED = re.compile(r"(?:[A-Z]|\d{1,3})((?:\.\d{1,3})*)\.?\s+\S")
_RUN_IN = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)]$|\(?(?:\d{1,3}|[a-z])[.)]\s")
_WORD = re.compile(r"[^\W\d_]{2,}|[\u0e00-\u0eff\u3040-\u9fff]")
_LONGEST = 160


def is_heading(lines: list[Line], body: float) -> bool:
    """Whether a paragraph is a heading: short and larger than the body, or bold and standing alone.

    A bold label in the size of the body ("Solution", "Example 3.2", "23.") is none.
    """
    first = lines[0]
    if len(lines) > 3 or (first.size <= 1.12 * body and first.bold < len(first.text)):
        return False
    text = " ".join([line.text for line in lines])
    if len(text) > _LONGEST or not _WORD.search(text):
        return False
    size = min([line.size for line in lines])
    bold = all(line.bold >= len(line.text) for line in lines)
    if size > 1.12 * body:
        return bold or size > 1.25 * body or not text.endswith((".", ",", ";", ":"))
    if not bold or size < 0.9 * body or len(lines) > 2 or text.endswith((".", ":", ",", ";", "?")):
        return False
    return not (_LABEL.match(text) or _COUNTED.match(text) or _RUN_IN.match(text))


def look(line: Line) -> Look:
    """Returns how a heading looks, for comparing it with others."""
    return round(line.size * 2) / 2, line.bold >= len(line.text)


class Levels:
    """Levels of headings: from the bookmarks that name them, else by rank of size and weight.

    Headings of one look are told apart by the depth of their numbers: "3.1" is below "3".
    """

    def __init__(self, headings: Iterable[list[Line]], bookmarks: list[tuple[int, str, int]]):
        self._bookmarks: dict[str, list[tuple[int, int]]] = {}
        for level, title, page in bookmarks:
            self._bookmarks.setdefault(_squeezed(title), []).append((page, level))
        depths: dict[Look, set[int]] = {}
        declared: dict[Look, Counter[int]] = {}
        for lines in headings:
            text = " ".join(line.text for line in lines)
            own = look(lines[0])
            depths.setdefault(own, set()).add(_depth(text))
            level = self._bookmarked(text, lines[0].page)
            if level:
                declared.setdefault(own, Counter())[level - _depth(text)] += 1
        self._base: dict[Look, int] = {}
        self._shift: dict[Look, dict[int, int]] = {}
        next_level = 1
        for own in sorted(depths, reverse=True):
            numbered = sorted(depths[own] - {0})
            if own in declared:
                base = declared[own].most_common(1)[0][0]
                self._shift[own] = {depth: depth for depth in depths[own]}
            else:
                base = next_level
                self._shift[own] = {depth: i for i, depth in enumerate(numbered)} | {0: 0}
            self._base[own] = base
            next_level = max(next_level, base + max(self._shift[own].values()) + 1)

    def level(self, lines: list[Line]) -> int:
        """Returns the level, 1 to 6, of a heading."""
        text = " ".join(line.text for line in lines)
        own = look(lines[0])
        level = self._bookmarked(text, lines[0].page) or self._base[own] + self._shift[own][_depth(text)]
        return min(max(level, 1), 6)

    def _bookmarked(self, text: str, page: int) -> int:
        """Returns the level of the nearest bookmark with this title, on this page or beside it; else 0."""
        levels = self._bookmarks.get(_squeezed(text), [])
        away, level = min(((abs(at - page), level) for at, level in levels), default=(2, 0))
        return level if away < 2 else 0


_NUMBER = re.compile(
    r"^(?:(?:chapter|section|appendix|part)\s)?\s*(?:[A-Z]|\d+)(?:\.\d+)*[.:]?\s+", re.IGNORECASE
)


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", "", _NUMBER.sub("", text)).lower()


def _depth(text: str) -> int:
    """Returns 1 for "3 Title", 2 for "3.1 Title", 0 for a heading without number."""
    match = _NUMBERED.match(text)
    return match[1].count(".") + 1 if match else 0
