"""Paragraphs, labels, headings, notes and formulas of PDFs that are set here."""

from __future__ import annotations

import pymupdf
import pytest

from extractors.documents.limits import Limits, UnreadableDocument
from extractors.documents.pdf import read_pdf
from extractors.documents.pdf_labels import ENUMERATOR, NAMED
from tests.extractors.documents.test_pdf import HEIGHT, WIDTH, Sheet, only, prose, texts


def starts(sheet: Sheet) -> list[str]:
    return [text.split()[0] for text in texts(sheet.read())]


def test_parts_and_numbers_begin_blocks_without_any_gap() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, ["3.11 Find the following.", "(a) The mass of the body.", "(b) Its speed."])
    sheet.lines(60, y, ["3.12 Explain.", "(a) Why is it so?", "(b) How is it done?"])
    assert starts(sheet) == ["3.11", "(a)", "(b)", "3.12", "(a)", "(b)"]


def test_number_within_a_sentence_begins_no_block() -> None:
    sheet = Sheet()
    lines = prose(24, end=" as in Section")
    sheet.lines(60, 100, [*lines, "3.1 of this book, and in the next one, too, where the"])
    assert len(sheet.read().blocks) == 1


def test_bold_label_begins_a_block_and_is_no_heading() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(36))
    x = sheet.put(60, y, "Solution", font="tibo")
    sheet.put(x + 5, y, "The body moves on.")
    sheet.put(60, y + 20, "Check Your Understanding 3.2", font="tibo")
    sheet.lines(60, y + 45, prose(36, 2))
    document = sheet.read()
    assert [block.kind for block in document.blocks] == ["paragraph"] * 4
    assert document.blocks[1].style.bold == len("Solution")


def test_bookmarks_and_numbers_tell_the_levels() -> None:
    sheet = Sheet()
    y = 100.0
    for title, size in (("Motion", 20), ("1 Speed", 14), ("1.1 Mean speed", 14), ("A last word", 14)):
        sheet.put(60, y, title, size=size, font="tibo")
        y = sheet.lines(60, y + 30, prose(48)) + 30
    levels = {block.text: block.level for block in sheet.read().blocks if block.kind == "heading"}
    assert levels == {"Motion": 1, "1 Speed": 2, "1.1 Mean speed": 3, "A last word": 2}
    sheet.file.set_toc([[1, "Motion", 1], [2, "Speed", 1], [2, "A last word", 1]])
    assert [block.level for block in sheet.read().blocks if block.kind == "heading"] == [1, 2, 3, 2]


def test_figure_in_a_sentence_is_no_caption() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, ["Figure 3.6 shows three bodies, which move along one line."]) + 20
    sheet.put(60, y, "Figure 3.6: Three bodies.")
    assert [block.kind for block in sheet.read().blocks] == ["paragraph", "caption"]


def test_mark_of_a_footnote_is_dropped_and_an_exponent_stays() -> None:
    sheet = Sheet()
    sheet.lines(60, 100, prose(300))
    x = sheet.put(60, 500, "This is known.")
    sheet.put(x, 496, "7", size=6)
    x = sheet.put(60, 530, "Here x")
    x = sheet.put(x, 526, "7", size=6)
    sheet.put(x, 530, " is small.")
    sheet.put(60, 744, "7", size=5)
    sheet.put(63, 748, "By whom?", size=8)
    document = sheet.read()
    assert only(document, "footnote").text == "7 By whom?"
    assert "This is known." in texts(document)
    assert "Here $x^7$ is small." in texts(document)


def test_code_keeps_its_lines_and_indentation() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(36)) + 12
    sheet.lines(60, y, ["def f(x):"], font="cour")
    sheet.lines(60 + 4 * 6, y + 12, ["return x + 1", "# done"], font="cour")
    assert only(sheet.read(), "code").text == "def f(x):\n    return x + 1\n    # done"


def test_fraction_stands_on_its_line() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(36)) + 20
    x = sheet.put(60, y, "So v = ") + 2
    end = sheet.put(x, y - 7, "s + 1")
    sheet.put((x + end) / 2 - 1, y + 8, "t")
    sheet.page.draw_line((x, y - 3), (end, y - 3), width=0.5)
    sheet.put(end + 4, y, "here.")
    assert sheet.read().blocks[-1].text == r"So $v = \frac{s + 1}{t}$ here."


def test_bordered_table_beside_its_label() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(36)) + 30
    sheet.put(60, y + 13, "4.", font="tibo")
    rows = [("time", "place"), ("1 s", "2 m"), ("2 s", "5 m")]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.put(90 + 60 * column, y + 18 * row + 13, cell)
    for row in range(4):
        sheet.page.draw_line((85, y + 18 * row), (205, y + 18 * row), width=0.5)
    document = sheet.read()
    assert texts(document)[1] == "4."
    assert only(document, "table").text == "time | place\n1 s | 2 m\n2 s | 5 m"


def test_next_item_ends_a_table() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, ["3.39 Marks. The table below has two rows.", ""]) + 12
    for row in range(4):
        for column in range(4):
            sheet.put(150 + 60 * column, y + 12 * row, f"{row + column}.5")
    x = sheet.put(60, y + 60, "3.40", font="tibo")
    sheet.put(x + 12, y + 60, "Health.   Here is another one, which has a text of its own.", font="tibo")
    assert [block.kind for block in sheet.read().blocks] == ["paragraph", "table", "paragraph"]


def test_drawing_is_a_figure_and_takes_its_labels_along() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(36)) + 20
    shape = sheet.page.new_shape()
    for i in range(12):
        shape.draw_line((200 + 10 * i, y + 80), (206 + 10 * i, y + 10 + 5 * i))
    shape.finish(width=0.5)
    shape.commit()
    sheet.put(255, y + 60, "P", size=8)
    sheet.put(200, y + 95, "0.5", size=7)
    sheet.lines(60, y + 130, prose(36, 2))
    document = sheet.read()
    assert [block.kind for block in document.blocks] == ["paragraph", "figure", "paragraph"]
    assert document.blocks[1].text == "![P; 0.5](figure)"


def test_text_that_is_printed_twice_for_weight_is_read_once() -> None:
    sheet = Sheet()
    for shift in (0, 0.3):
        sheet.put(60.2 + shift, 100, "A heavy line", size=20)
    sheet.lines(60, 140, prose(36))
    assert texts(sheet.read())[0] == "A heavy line"


def test_sideways_page_is_turned() -> None:
    sheet = Sheet()
    for i, line in enumerate(prose(60)):
        sheet.page.insert_text((100 + 12 * i, 700), line, fontsize=10, fontname="tiro", rotate=90)
    document = read_pdf(sheet.file.tobytes(), "a.pdf", "0" * 64, Limits())
    assert [" ".join(block.text.split()) for block in document.blocks] == [" ".join(prose(60))]
    (box,) = document.blocks[0].boxes
    assert 0 < box.x0 < box.x1 < HEIGHT
    assert 0 < box.y0 < box.y1 < WIDTH


def test_label_along_the_margin_is_left_out() -> None:
    sheet = Sheet()
    sheet.lines(60, 100, prose(60))
    sheet.page.insert_text((30, 500), "downloaded yesterday", fontsize=10, rotate=90)
    assert texts(sheet.read()) == [" ".join(prose(60))]


def test_too_many_pages() -> None:
    sheet = Sheet()
    sheet.new_page()
    with pytest.raises(UnreadableDocument) as refused:
        read_pdf(sheet.file.tobytes(), "a.pdf", "0" * 64, Limits(max_pages=1))
    assert refused.value.reason == "too_many_pages"


def test_ideographic_stops_and_joined_numbers_begin_blocks() -> None:
    assert all(ENUMERATOR.match(text) for text in ("3、求", "3．求", "（3）求", "3）求", "12、求"))
    assert not any(ENUMERATOR.match(text) for text in ("3、4 个", "35 m"))
    assert all(NAMED.match(text) for text in ("Q5. The", "Problem 2. The", "Exercise 1.2.3: A"))
    assert not any(NAMED.match(text) for text in ("IBM. The", "x5. The", "Q5 The"))


def test_bold_line_with_room_ends_before_text_without_any_gap() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(36))
    sheet.put(60, y, "For the evening", font="tibo")
    sheet.lines(60, y + 12, prose(36, 5))
    assert texts(sheet.read())[1] == "For the evening"


def test_mark_of_a_note_after_a_number_is_no_exponent() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(36))
    x = sheet.put(60, y, "The stone has a volume of 100")
    x = sheet.put(x, y - 3.5, "7", size=6)
    sheet.put(x + 2, y, "litres.")
    x = sheet.put(60, 700, "7", size=6)
    sheet.put(x + 2, 703, "Found by weighing it in water.", size=8)
    found = sheet.read()
    assert "volume of 100 litres." in found.blocks[0].text
    assert only(found, "footnote").text.startswith("7 Found")


def test_footnote_whose_mark_is_a_character_of_its_own_divides_no_paragraph() -> None:
    sheet = Sheet()
    sheet.lines(60, 100, ["The tank has a lid¹ which is heavy and which the"])
    sheet.put(60, 700, "¹ It was weighed in water.", size=8)
    sheet.new_page()
    sheet.lines(60, 100, ["water lifts when it is full.", *prose(20, 7)])
    found = sheet.read()
    assert "a lid which is heavy and which the water lifts" in found.blocks[0].text
    assert only(found, "footnote").text.startswith("1 It was")


@pytest.mark.parametrize(("y", "number", "gone"), [(690, "1", True), (690, "7", False), (250, "1", False)])
def test_page_number_in_the_middle_of_a_high_margin_is_taken_off(y: float, number: str, gone: bool) -> None:
    sheet = Sheet()
    sheet.lines(60, 100, prose(30))
    sheet.put(295, y, number)
    assert (number not in texts(sheet.read())) == gone


def test_line_that_says_to_turn_the_page_is_taken_off() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, ["The lid does not turn over."])
    sheet.put(60, y + 20, "Please turn over")
    assert texts(sheet.read()) == ["The lid does not turn over."]


def test_running_heads_of_small_pages_are_taken_off() -> None:
    sheet = Sheet()
    sheet.file = pymupdf.open()
    for number in range(1, 5):
        sheet.page = sheet.file.new_page(width=230, height=260)
        sheet.put(40, 40, "Exercises")
        sheet.put(180, 40, str(number))
        sheet.lines(40, 70, prose(12, number, per_line=4))
    assert not any("Exercises" in text for text in texts(sheet.read()))
