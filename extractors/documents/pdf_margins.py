"""Running heads, feet and page numbers: lines in the margins that repeat from page to page."""

from __future__ import annotations

import re
from collections import Counter

from extractors.documents.pdf_lines import Line

_DIGITS = re.compile(r"\d+")
_NUMBER_ALONE = re.compile(
    r"(?:page |p\. ?)?[-–—\[(]* ?(?:\d{1,4}|[ivxlc]{1,7}) ?[-–—\])]*(?: ?(?:of|/) ?\d{1,4})?", re.I
)
_EDGE_LINES = 3


def without_running_heads(pages: list[list[Line]], heights: list[float]) -> list[list[Line]]:
    """Returns the pages' lines without running heads and page numbers.

    A line among the outermost ones of a page goes if its text, digits aside, stands at the same
    height on several pages, or if it is a page number alone at the outer edge.
    """
    edges = [_edge_lines(lines, height) for lines, height in zip(pages, heights, strict=True)]
    seen = Counter(key for page in edges for key in {_key(line) for line in page})
    needed = 3 if len(pages) > 4 else 2
    kept = []
    for lines, edge in zip(pages, edges, strict=True):
        gone = {id(line) for line in edge if seen[_key(line)] >= needed and len(pages) > 1}
        gone |= {
            id(line) for line in edge[:1] + edge[-1:] if _NUMBER_ALONE.fullmatch(line.text) and len(lines) > 1
        }
        kept.append([line for line in lines if id(line) not in gone])
    return kept


def _edge_lines(lines: list[Line], height: float) -> list[Line]:
    ordered = sorted(lines, key=lambda line: line.base)
    top = [line for line in ordered[:_EDGE_LINES] if line.base < 0.15 * height]
    bottom = [line for line in ordered[-_EDGE_LINES:] if line.base > 0.85 * height]
    return top + bottom


def _key(line: Line) -> tuple[str, int]:
    return _DIGITS.sub("#", line.text), round(line.base / 3)
