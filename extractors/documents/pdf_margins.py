"""Running heads, feet and page numbers: what stands in the margins and repeats from page to page."""

from __future__ import annotations

import re
from collections import Counter
from operator import attrgetter

from extractors.documents.page_numbers import OF, WORD
from extractors.documents.pdf_fragments import Fragment
from extractors.documents.pdf_page import Page

_BAND = 0.14
"""Margins are this part of a page's height."""

_NARROWEST = 50.0
"""Margins are at least so high, in points, with their running heads: small pages have no smaller ones."""

_LOW, _ASIDE = 0.66, 0.1
"""A page number below the text stands in the lower third, and so far from the middle at most, as parts of
height and width."""

_ROWS = 3
"""At most so many rows at the top, and at the bottom, are looked at."""

_NUMBER = re.compile(r"[-–—\[( ]*(\d{1,4})[-–—\]) ]*")
_ROMAN = re.compile(r"[ivxlc]{1,7}")
_COUNTED = re.compile(
    rf"(?:{WORD})? ?(?:\d{{1,4}}|[ivxlc]{{1,7}})(?: ?(?:{OF}) ?\d{{1,4}})?",
    re.IGNORECASE,
)
_TURN = re.compile(
    r"\W*(?:(?:please )?turn over|p\.?t\.?o\.?|bitte wenden|tournez(?: la page)?(?: s\.?v\.?p\.?)?"
    r"|t\.?s\.?v\.?p\.?|end of (?:the )?(?:questions?|(?:question )?paper|exam(?:ination)?|test))\W*",
    re.IGNORECASE,
)
"""What the last line of a page says of the pages."""

_LABEL = re.compile(r"\w+\.? \d+[.:]?$|\d+[.)] ")

_x0 = attrgetter("x0")

Row = list[Fragment]


def remove_running_heads(pages: list[Page]) -> None:
    """Takes running heads, feet and page numbers from the fragments of every page.

    A row near the edge goes if it holds a number that counts the pages at the same height, if it
    stands word for word at the same height of several other pages, or if it is a number that
    stands alone beyond the text. A number in the middle below the text goes however wide the
    margin is, if it is the page's own or counts pages.
    """
    tops = [_edge_rows(page, top=True) for page in pages]
    bottoms = [_edge_rows(page, top=False) for page in pages]
    gone: dict[int, set[int]] = {}
    for edges in (tops, bottoms):
        numbering = _numbering(edges)
        repeated = _repeated(edges)
        for page, rows, steps in zip(pages, edges, numbering, strict=True):
            for place, row in enumerate(rows):
                text = _text(row)
                if (
                    (place < 2 and any(_step(f, page.number) in steps for f in (row[0], row[-1])))
                    or (_key(row) in repeated and not _LABEL.match(text))
                    or (place == 0 and _COUNTED.fullmatch(text) and _stands_apart(row, page))
                ):
                    gone.setdefault(page.number, set()).update([id(f) for f in row])
    for page, folio in zip(pages, _folios(pages), strict=True):
        if folio:
            gone.setdefault(page.number, set()).add(id(folio))
        own = gone.get(page.number)
        if own:
            page.fragments = [f for f in page.fragments if id(f) not in own]
        if page.fragments and _TURN.fullmatch(page.fragments[-1].text):
            page.fragments = page.fragments[:-1]


def _folios(pages: list[Page]) -> list[Fragment | None]:
    """Returns the number that stands alone in the middle below the text of each page and counts pages.

    A page of a larger format than its author thought of has a margin as high as that.
    """
    found: list[Fragment | None] = []
    for page in pages:
        last = page.fragments[-1] if page.fragments else None
        folio = (
            last is not None
            and _NUMBER.fullmatch(last.text)
            and last.base > _LOW * page.height
            and abs(last.x0 + last.x1 - page.width) < 2 * _ASIDE * page.width
            and _stands_apart([last], page)
        )
        found.append(last if folio else None)
    steps = [_step(f, page.number) if f else None for f, page in zip(found, pages, strict=True)]
    counted = Counter(steps)
    return [
        f if step is not None and (step == 0 or counted[step] > 1) else None
        for f, step in zip(found, steps, strict=True)
    ]


def _edge_rows(page: Page, top: bool) -> list[Row]:
    """Returns the outermost rows of a page, the outermost first."""
    limit = max(_BAND * page.height, _NARROWEST)
    rows: list[Row] = []
    for f in page.fragments if top else reversed(page.fragments):
        if (f.base if top else page.height - f.base) > limit:
            break
        if rows and abs(rows[-1][0].base - f.base) < 0.4 * f.size:
            rows[-1].append(f)
        elif len(rows) < _ROWS:
            rows.append([f])
        else:
            break
    for row in rows:
        row.sort(key=_x0)
    return rows


def _text(row: Row) -> str:
    return " ".join(f.text for f in row)


def _key(row: Row) -> tuple[str, int]:
    return _text(row), round(row[0].base / 4)


def _step(f: Fragment, page: int) -> int | None:
    match = _NUMBER.fullmatch(f.text)
    return int(match[1]) - page if match else None


def _numbering(edges: list[list[Row]]) -> list[set[int]]:
    """Returns for each page the differences of printed and counted page number that can be trusted.

    A difference is trusted near pages that have the same one.
    """
    steps = [
        {step for row in rows[:2] for f in (row[0], row[-1]) if (step := _step(f, number)) is not None}
        for number, rows in enumerate(edges, 1)
    ]
    needed = 2 if len(edges) > 4 else 1
    trusted = []
    for i, own in enumerate(steps):
        near = steps[max(0, i - 4) : i] + steps[i + 1 : i + 5]
        trusted.append({step for step in own if sum(step in other for other in near) >= needed})
    return trusted


def _repeated(edges: list[list[Row]]) -> set[tuple[str, int]]:
    """Returns the rows that stand at the same height of at least three pages (both, if there are two).

    Where most of what stands outermost at some height repeats, all of it is taken for running heads.
    """
    seen = Counter(key for rows in edges for key in {_key(row) for row in rows})
    needed = 3 if len(edges) > 2 else 2
    repeated = {key for key, n in seen.items() if n >= needed}
    outermost = Counter(_key(rows[0])[1] for rows in edges if rows)
    heads = Counter(_key(rows[0])[1] for rows in edges if rows and _key(rows[0]) in repeated)
    heights = {y for y, n in heads.items() if n > 0.6 * outermost[y] and n > 3}
    return repeated | {_key(rows[0]) for rows in edges if rows and _key(rows[0])[1] in heights}


def _stands_apart(row: Row, page: Page) -> bool:
    """Whether a row is further from the rest of its page than a line of text would be."""
    others = [f for f in page.fragments if abs(f.base - row[0].base) > 0.4 * f.size]
    return bool(others) and min(abs(f.base - row[0].base) for f in others) > 1.8 * row[0].size
