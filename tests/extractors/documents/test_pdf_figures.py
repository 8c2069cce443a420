"""Drawings are figures with their labels; tables, frames and text beside them stay what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.documents.pdf_figures import place_pictures
from extractors.documents.pdf_fonts import Fonts
from extractors.documents.pdf_fragments import Fragment
from extractors.documents.pdf_page import Page, Resources, read_page
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


PENS = [0.3, 0.5, 0.7, 1, 2]
ANSWERS = ("seven", "eight", "nine", "ten", "eleven", "twelve")


def key(sheet: Sheet) -> float:
    """Writes a paragraph, a heading and a key of six answers; returns the base line of the first of them."""
    y = sheet.lines(60, 100, prose(48)) + 20
    sheet.put(60, y, "Answers", size=14)
    for n, answer in enumerate(ANSWERS, 1):
        sheet.put(60, y + 16 * n, f"{n}. x = {answer}")
    sheet.lines(60, y + 140, prose(48, 3))
    return y + 16


def assert_key_is_text(sheet: Sheet) -> None:
    document = sheet.read()
    assert only(document, "heading").text == "Answers"
    answers = [b.text for b in document.blocks if b.kind in ("paragraph", "list_item") and "x = " in b.text]
    assert [text.split()[:4] for text in answers] == [
        [f"{n}.", "x", "=", answer] for n, answer in enumerate(ANSWERS, 1)
    ]


@pytest.mark.parametrize("pen", PENS)
def test_rings_around_answers_leave_the_key_in_the_text(pen: float) -> None:
    sheet = Sheet()
    y = key(sheet)
    for n in range(6):
        sheet.put(130, y + 16 * n, "yes")
        sheet.page.draw_oval(pymupdf.Rect(124, y - 11 + 16 * n, 150, y + 4 + 16 * n), width=pen)
    assert_key_is_text(sheet)
    assert not any(block.kind == "figure" for block in sheet.read().blocks)


@pytest.mark.parametrize("pen", PENS)
def test_drawing_beside_a_key_takes_nothing_of_it(pen: float) -> None:
    sheet = Sheet()
    y = key(sheet)
    for i in range(5):
        sheet.page.draw_line((150 + 8 * i, y - 10), (158 + 8 * i, y + 65), width=pen)
    assert_key_is_text(sheet)
    assert only(sheet.read(), "figure").text == "![](figure)"


def _shaded_box(page: pymupdf.Page, y: float) -> None:
    for i in range(6):
        box = pymupdf.Rect(56 - i, y - 14 - i, 330 + i, y + 90 + i)
        page.draw_rect(box, radius=0.05, color=None, fill=(0.95 - 0.01 * i,) * 3)


def _cards(page: pymupdf.Page, y: float) -> None:
    for i in range(6):
        page.draw_rect(pymupdf.Rect(55, y - 11 + 16 * i, 155, y + 4 + 16 * i), radius=0.1)


def _strikes(page: pymupdf.Page, y: float) -> None:
    for i in range(12):
        x = 74 + 30 * (i % 2)
        page.draw_line((x, y + 2 + 16 * (i // 2)), (x + 14, y - 8 + 16 * (i // 2)))


def _watermark(page: pymupdf.Page, y: float) -> None:
    for i in range(6):
        page.draw_line((50, y + 90 - 15 * i), (250, y - 40 + 15 * i), color=(0.9, 0.9, 0.9), width=0.5)


@pytest.mark.parametrize("draw", [_shaded_box, _cards, _strikes, _watermark])
def test_decoration_of_a_key_leaves_it_in_the_text(draw: Callable[[pymupdf.Page, float], None]) -> None:
    sheet = Sheet()
    draw(sheet.page, key(sheet))
    assert_key_is_text(sheet)


def test_cancelled_factors_of_a_fraction_stay_text() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(48)) + 20
    sheet.put(100, y, "12 x (x + 1)(x - 2)")
    sheet.page.draw_line((98, y + 6), (180, y + 6), width=0.5)
    sheet.put(100, y + 18, "4 x (x + 1)")
    for x, base in ((112, y), (122, y), (106, y + 18), (116, y + 18)):
        sheet.page.draw_line((x, base + 2), (x + 24, base - 8), width=0.8)
    sheet.lines(60, y + 50, prose(48, 3))
    document = sheet.read()
    assert not any(block.kind == "figure" for block in document.blocks)
    assert "x - 2" in document.text


def test_layers_of_a_soft_shadow_leave_what_is_written_on_them_in_the_text() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(48)) + 40
    for i in range(6):
        box = pymupdf.Rect(98 - i, y - 14 - i, 330 + i, y + 30 + i)
        sheet.page.draw_rect(box, radius=0.1, color=None, fill=(0.95 - 0.01 * i,) * 3)
    sheet.put(105, y, "Remember the mass")
    sheet.put(105, y + 20, "and the height of it")
    sheet.lines(60, y + 70, prose(48, 3))
    document = sheet.read()
    assert not any(block.kind == "figure" for block in document.blocks)
    assert "Remember the mass" in document.text


@pytest.mark.parametrize("pen", PENS)
def test_numbers_of_items_beside_graphs_are_no_values_on_their_axes(pen: float) -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(48)) + 30
    for n in range(1, 4):
        sheet.put(60, y + 5, f"{n}.")
        for end in ((180, y + 80), (80, y)):
            sheet.page.draw_line((80, y + 80), end, width=pen)
        sheet.page.draw_line((80, y + 70), (170, y + 15), width=pen)
        sheet.page.draw_line((170, y + 15), (174, y + 30), width=pen)
        for height, value in ((80, "0"), (50, "5"), (25, "10")):
            sheet.put(68, y + height, value, size=8)
        y += 130
    sheet.lines(60, y, prose(48, 3))
    blocks = sheet.read().blocks
    assert [block.text for block in blocks if block.text[1:] == "."] == ["1.", "2.", "3."]
    figures = [block.text for block in blocks if block.kind == "figure"]
    assert len(figures) == 3
    assert all(value in text for text in figures for value in ("0", "5", "10"))


def test_label_that_comes_twice_is_described_twice() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(48)) + 50
    tree(sheet, 150, y, 8)
    sheet.put(330, y + 70, "late, 0.2", 8)
    sheet.lines(60, y + 150, prose(48, 2))
    assert only(sheet.read(), "figure").text.count("late, 0.2") == 2


def test_caption_of_a_graph_is_not_in_its_description() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(48)) + 20
    for i in range(6):
        sheet.page.draw_line((100, y + 60), (200, y + 10 * i), width=0.5)
    sheet.put(105, y + 72, "Figure 1: Six lines")
    sheet.lines(60, y + 110, prose(48, 3))
    document = sheet.read()
    assert only(document, "figure").text == "![](figure)"
    assert only(document, "caption").text == "Figure 1: Six lines"


def _slanted(page: pymupdf.Page, pen: float) -> None:
    page.draw_line((100, 200), (140, 230), width=pen)


def _oval(page: pymupdf.Page, pen: float) -> None:
    page.draw_oval(pymupdf.Rect(100, 200, 140, 230), width=pen)


def _bent(page: pymupdf.Page, pen: float) -> None:
    page.draw_polyline([(100, 200), (100, 230), (140, 230)], width=pen)


@pytest.mark.parametrize("pen", PENS)
@pytest.mark.parametrize("draw", [_slanted, _oval, _bent])
def test_shapes_are_measured_without_their_pen(
    draw: Callable[[pymupdf.Page, float], None], pen: float
) -> None:
    file = pymupdf.open()
    draw(file.new_page(), pen)
    page = read_page(file[0], 1, Fonts(file), Resources(file, False))
    assert page.shapes == [(100, 200, 140, 230)]


def test_level_and_upright_strokes_are_no_shapes() -> None:
    file = pymupdf.open()
    shape = file.new_page().new_shape()
    shape.draw_line((100, 200), (140, 200))
    shape.draw_line((100, 200), (100, 260))
    shape.draw_rect(pymupdf.Rect(200, 200, 240, 230))
    shape.finish(width=1)
    shape.commit()
    file[0].draw_line((300, 300), (340, 330), width=1)
    page = read_page(file[0], 1, Fonts(file), Resources(file, False))
    assert page.shapes == [(300, 300, 340, 330)]


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
    before = Counter(f.text for f in texts)
    page = Page(1, 600, 800, list(texts), rules, shapes)
    place_pictures(page, 10)
    pictures = [f.text for f in page.fragments if f.picture]
    assert all(PICTURE.fullmatch(text) for text in pictures)
    described = [text[2:].removesuffix("](figure)") for text in pictures]
    labels = [label for text in described if text for label in text.split("; ")]
    assert before == Counter([*labels, *[f.text for f in page.fragments if not f.picture]])
