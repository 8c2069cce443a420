"""Tables whose cells are closed by rules."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.documents import read_document
from extractors.documents.pdf_fonts import Fonts
from extractors.documents.pdf_grids import place_grids
from extractors.documents.pdf_latex import CELL
from extractors.documents.pdf_page import Page, Resources, read_page
from schemas.document import Block

pymupdf = pytest.importorskip("pymupdf")

XS, PITCH = (60.0, 110.0, 340.0, 390.0), 12.0
Rows = list[list[list[str]]]
HEADS = [["Question"], ["Answer"], ["Marks"]]
SAID = "way and then falls as fast as it rose."
ROWS = [
    [[str(n)], [f"The {word} rises for the first half of the", SAID], ["4"]]
    for n, word in enumerate(("kite", "stone", "balloon", "arrow"), 1)
]
LONG = ["A line that goes far beyond the cell it stands in, to the margin of the page", SAID]


def drawn(rows: Rows, xs: tuple[float, ...] = XS, uprights: bool = True) -> Any:
    """Returns a PDF of one page with a table whose cells hold lines."""
    document = pymupdf.open()
    page = document.new_page(width=450, height=600)
    page.insert_text((60, 60), "What follows was agreed on by all who marked the papers.", fontsize=9)
    top = y = 100.0
    for row in rows:
        page.draw_line((xs[0], y), (xs[-1], y), width=0.5)
        for x, cell in zip(xs, row, strict=False):
            for n, line in enumerate(cell, 1):
                page.insert_text((x + 4, y + n * PITCH), line, fontsize=9)
        y += PITCH * max(len(cell) for cell in row) + 5
    page.draw_line((xs[0], y), (xs[-1], y), width=0.5)
    for x in xs if uprights else ():
        page.draw_line((x, top), (x, y), width=0.5)
    page.insert_text((60, y + 30), "Nothing else was agreed on, and the papers were returned.", fontsize=9)
    return document


def blocks(rows: Rows) -> list[Block]:
    return list(read_document(drawn(rows).tobytes(), "scheme.pdf").blocks)


def placed(document: Any) -> Page:
    page = read_page(document[0], 1, Fonts(document), Resources(document, False))
    place_grids(page)
    return page


def test_cells_hold_paragraphs() -> None:
    found = blocks([HEADS, *ROWS])
    rows = [" | ".join(" ".join(cell) for cell in row) for row in (HEADS, *ROWS)]
    assert [block.kind for block in found] == ["paragraph", "table", "paragraph"]
    assert found[1].text == "\n".join(rows)


def test_an_empty_cell_stays_in_its_column() -> None:
    table = blocks([HEADS, *ROWS[:3], [["4"], ROWS[3][1], []]])[1]
    assert [row.count("|") for row in table.text.split("\n")] == [2] * 5


def test_all_text_is_kept_once() -> None:
    document = drawn([HEADS, *ROWS])
    text = " ".join(f.text for f in placed(document).fragments).replace(CELL, " ")
    assert sorted(text.split()) == sorted(document[0].get_text().split())


@pytest.mark.parametrize(
    ("rows", "xs", "uprights"),
    [
        pytest.param([[["1"], *ROWS[0][1:]], *ROWS[1:]], XS, True, id="no heads"),
        pytest.param([HEADS, ROWS[0]], XS, True, id="one row"),
        pytest.param([HEADS, *ROWS[:3], [["4"], LONG, []]], XS, True, id="text crosses an upright"),
        pytest.param([HEADS, *([a, b[:1], c] for a, b, c in ROWS)], XS, True, id="single lines"),
        pytest.param([HEADS, *ROWS], XS, False, id="no uprights"),
        pytest.param([[["Rules"]], *([row[1]] for row in ROWS)], (60.0, 390.0), True, id="one column"),
    ],
)
def test_no_grid_of_paragraphs(rows: Rows, xs: tuple[float, ...], uprights: bool) -> None:
    page = placed(drawn(rows, xs, uprights))
    assert not any(f.grid for f in page.fragments)
    assert any("Nothing else" in f.text for f in page.fragments)
