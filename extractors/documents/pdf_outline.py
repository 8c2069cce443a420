"""Which pieces of a page's text are the text's own, whatever is drawn around them: labels and headings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.documents.pdf_fragments import Fragment, Rect
from extractors.documents.pdf_labels import CAPTION, NUMBERED
from extractors.documents.pdf_page import Page

LABEL = 25
"""Labels in a drawing are shorter than this, in characters."""

_WORD = re.compile(r"[^\W\d_]{2,}|[\u0e00-\u0eff\u3040-\u9fff]")

_ALIGNED = 1.5
"""The left edges of what belongs to one column differ by less than this, in points."""


def is_prose(f: Fragment, body: float) -> bool:
    """Whether a fragment is text of the page, too long for a label."""
    return f.size >= 0.85 * body and len(f.text) >= LABEL and f.text.count(" ") >= 3


@dataclass(frozen=True, slots=True)
class Outline:
    """What a page's text stands on.

    Attributes:
      labels: of items.
      headings: of sections.
      captions: their first lines.
      prose: lines of text.
    """

    labels: list[Fragment]
    headings: list[Fragment]
    captions: list[Fragment]
    prose: list[Fragment]

    def starts_at(self, x: float) -> bool:
        """Whether lines of text or labels of items begin at a distance from the left."""
        return any(abs(x - f.x0) < _ALIGNED for f in (*self.labels, *self.prose))

    def holds(self, f: Fragment) -> bool:
        """Whether a fragment is a heading, or begins an item or a caption, or follows that on its line."""
        return (
            f in self.headings
            or any(f is label or _follows(f, label) for label in self.labels)
            or any(
                abs(f.base - caption.base) < caption.size and f.x0 >= caption.x0 for caption in self.captions
            )
        )

    def stands_in(self, box: Rect) -> bool:
        """Whether a heading, or more than one label, stands in a box."""
        x0, y0, x1, y1 = box
        headings, labels = (
            [f for f in group if x0 < (f.x0 + f.x1) / 2 < x1 and y0 < f.base < y1]
            for group in (self.headings, self.labels)
        )
        return bool(headings) or len(labels) > 1


def outline_of(page: Page, body: float) -> Outline:
    """Returns the labels and headings of a page: those that share their left edge with other text.

    Args:
      body: size of the body text.
    """
    labels = [
        f for f in page.fragments if f.size >= 0.75 * body and NUMBERED.match(f.text) and _starts(f, page)
    ]
    prose = [f for f in page.fragments if is_prose(f, body)]
    text = [*labels, *prose]
    headings = [
        f
        for f in page.fragments
        if (f.size > 1.12 * body or f.bold >= len(f.text)) and _WORD.search(f.text) and _starts(f, page)
    ]
    labels, headings = ([f for f in group if _aligned(f, text)] for group in (labels, headings))
    return Outline(labels, headings, [f for f in page.fragments if CAPTION.match(f.text)], prose)


def _aligned(f: Fragment, text: list[Fragment]) -> bool:
    return any(abs(f.x0 - other.x0) < _ALIGNED and other.base != f.base for other in text)


def _starts(f: Fragment, page: Page) -> bool:
    """Whether nothing stands closely before a fragment."""
    return not any(
        abs(f.base - other.base) < 0.3 * f.size and 0 <= f.x0 - other.x1 < f.size for other in page.fragments
    )


def _follows(f: Fragment, label: Fragment) -> bool:
    return abs(f.base - label.base) < 0.3 * f.size and 0 <= f.x0 - label.x1 < 2 * f.size
