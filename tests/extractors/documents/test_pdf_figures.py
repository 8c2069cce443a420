"""Drawings are figures with their labels; tables, frames and text beside them stay what they are."""

from __future__ import annotations

import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.documents.pdf_figures import place_pictures
from extractors.documents.pdf_fragments import Fragment
from extractors.documents.pdf_page import Page
from filters.pictures import PICTURE
from tests.extractors.documents.test_pdf import Sheet, only, prose
from tests.extractors.documents.test_pdf_layout import at

BRANCHES = ("rain, 0.3", "sun, 0.7"), ("late, 0.2", "early, 0.8", "late, 0.1", "early, 0.9")
ENDS = ("0.3*0.2 = 0.06", "0.3*0.8 = 0.24", "0.7*0.1 = 0.07", "0.7*0.9 = 0.63")


def tree(sheet: Sheet, x: float, y: float, size: float) -> None:
    """Draws a tree of two levels whose branches end in level strokes with their labels on them."""
    lines = []
    for i, first in enumerate(BRANCHES[0]):
        up = y + 40 - 80 * (1 - i) + 40
        lines += [((x, y + 40), (x + 40, up)), ((x + 40, up), (x + 100, up))]
        sheet.put(x + 45, up - 2, first, size)
        for j in range(2):
            leaf = up - 18 + 36 * j
            lines += [((x + 100, up), (x + 140, leaf)), ((x + 140, leaf), (x + 200, leaf))]
            sheet.put(x + 145, leaf - 2, BRANCHES[1][2 * i + j], size)
            sheet.put(x + 204, leaf + 3, ENDS[2 * i + j], size)
    for start, end in lines:
        sheet.page.draw_line(start, end, width=0.6)


@pytest.mark.parametrize("size", [6, 8, 10])
def test_tree_is_a_figure_that_holds_its_labels(size: float) -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, ["1. (a) " + prose(44, 1)[0], *prose(48, 2)]) + 50
    tree(sheet, 150, y, size)
    sheet.lines(60, y + 150, ["(b) 0.63", *prose(48, 2)])
    document = sheet.read()
    figure = only(document, "figure")
    assert PICTURE.fullmatch(figure.text)
    for label in (*BRANCHES[0], *BRANCHES[1], *ENDS):
        assert label in figure.text
    others = [block for block in document.blocks if block is not figure]
    assert {block.kind for block in others} <= {"paragraph", "list_item"}
    assert not any(label in block.text for block in others for label in (*BRANCHES[1], *ENDS))
    assert "0.63" in others[-1].text or "0.63" in others[-2].text


def test_brackets_of_a_label_do_not_end_the_description() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(48)) + 50
    tree(sheet, 150, y, 8)
    sheet.put(160, y + 20, "[x](y)", 8)
    sheet.lines(60, y + 150, prose(48, 2))
    assert PICTURE.fullmatch(only(sheet.read(), "figure").text)


def test_ruled_table_with_slanted_strokes_in_its_cells_stays_a_table() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(48)) + 20
    for row in range(6):
        sheet.page.draw_line((100, y + 18 * row), (340, y + 18 * row), width=0.5)
    for x in (100, 180, 260, 340):
        sheet.page.draw_line((x, y), (x, y + 90), width=0.5)
    for row in range(5):
        for column, word in enumerate(("mass", "force", "speed")):
            sheet.put(105 + 80 * column, y + 18 * row + 13, f"{word} {row}")
        sheet.page.draw_line((240, y + 18 * row + 18), (260, y + 18 * row), width=0.5)
    sheet.lines(60, y + 130, prose(48, 3))
    document = sheet.read()
    assert only(document, "table").text.splitlines()[2] == "mass 2 | force 2 | speed 2"
    assert not any(block.kind == "figure" for block in document.blocks)


def test_table_between_three_rules_stays_a_table() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(48)) + 20
    for height, width in ((0, 1.0), (18, 0.5), (72, 1.0)):
        sheet.page.draw_line((100, y + height), (300, y + height), width=width)
    for row, cells in enumerate([("city", "rain"), ("north", "12"), ("south", "30"), ("west", "7")]):
        for column, cell in enumerate(cells):
            sheet.put(105 + 100 * column, y + 18 * row + 13, cell)
    sheet.lines(60, y + 110, prose(48, 3))
    assert only(sheet.read(), "table").text == "city | rain\nnorth | 12\nsouth | 30\nwest | 7"


def test_rings_around_entries_leave_them_in_the_text() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(48)) + 20
    for i, entry in enumerate(("seven", "eight", "nine", "ten")):
        sheet.put(100 + 30 * i, y + 20 + 16 * i, entry)
        left, top = 98 + 30 * i, y + 10 + 16 * i
        for inner in (0, 1):
            ring = pymupdf.Rect(left + inner, top + inner, left + 27 - inner, top + 14 - inner)
            sheet.page.draw_oval(ring, color=None, fill=(1, inner, inner))
    sheet.lines(60, y + 110, prose(48, 3))
    document = sheet.read()
    assert not any(block.kind == "figure" for block in document.blocks)
    assert all(word in document.text for word in ("seven", "eight", "nine", "ten"))


def test_text_beside_a_drawing_stays_text() -> None:
    sheet = Sheet()
    words = prose(30, 8)
    y = 100.0
    sheet.lines(60, y, words[:-1])
    sheet.put(60, y + 12 * 7, "ends here.")
    for i in range(6):
        sheet.page.draw_line((330, y + 20), (430, y + 12 * i + 20), width=0.5)
    sheet.lines(60, 300, prose(48, 3))
    document = sheet.read()
    assert only(document, "figure").text == "![](figure)"
    assert "ends here." in document.text


_SHAPES = st.lists(
    st.builds(
        lambda x, y, width, height: (x, y, x + width, y + height),
        st.floats(50, 250), st.floats(50, 250), st.floats(2, 90), st.floats(2, 90),
    ),
    max_size=12,
)  # fmt: skip
_RULES = st.lists(
    st.builds(
        lambda y, x, width: (y, x, x + width), st.floats(50, 250), st.floats(50, 250), st.floats(3, 90)
    ),
    max_size=8,
)
_TEXTS = st.lists(
    st.builds(
        at,
        st.floats(50, 250),
        st.floats(50, 250),
        st.sampled_from(["P", "0.5", "yes, 0.3", "a line of text that is no label of any drawing"]),
        st.sampled_from([6.0, 10.0]),
    ),
    max_size=12,
)


@given(_SHAPES, _RULES, _TEXTS)
def test_every_text_stays_or_describes_a_picture(
    shapes: list[tuple[float, float, float, float]],
    rules: list[tuple[float, float, float]],
    texts: list[Fragment],
) -> None:
    before = {f.text for f in texts}
    page = Page(1, 600, 800, list(texts), rules, shapes)
    place_pictures(page, 10)
    pictures = [f.text for f in page.fragments if f.picture]
    assert all(PICTURE.fullmatch(text) for text in pictures)
    described = {word for text in pictures for word in text[2:].removesuffix("](figure)").split("; ")}
    assert before == ({f.text for f in page.fragments if not f.picture} | described) - {""}
