"""PDF: pages that are set here, read back as blocks in reading order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pymupdf
import pytest

from extractors.documents import UnreadableDocument, read_document
from schemas.document import Block, Document
from tests.extractors.documents.golden import check, check_invariants

WIDTH, HEIGHT = 595, 842
TORTURE = Path(__file__).parents[4] / "shared" / "data" / "torture"
_WORDS = ("the body moves along a line and its speed stays the same until a force acts on it again").split()  # noqa: SIM905


class Sheet:
    """A PDF that is written line by line."""

    def __init__(self) -> None:
        self.file = pymupdf.open()
        self.new_page()

    def new_page(self) -> None:
        self.page = self.file.new_page(width=WIDTH, height=HEIGHT)

    def put(self, x: float, y: float, text: str, size: float = 10, font: str = "tiro") -> float:
        """Writes text on a base line; returns where it ends."""
        self.page.insert_text((x, y), text, fontsize=size, fontname=font)
        return float(x + pymupdf.get_text_length(text, font, size))

    def lines(self, x: float, y: float, lines: list[str], **how: Any) -> float:
        """Writes lines below each other; returns the base line that would be next."""
        for line in lines:
            self.put(x, y, line, **how)
            y += 12
        return y

    def read(self) -> Document:
        document = read_document(self.file.tobytes(), "a.pdf")
        check_invariants(document)
        for block in document.blocks:
            assert block.boxes
            assert block.page == block.boxes[0].page
            for box in block.boxes:
                assert 1 <= box.page <= document.pages
                assert 0 <= box.x0 < box.x1 <= WIDTH
                assert 0 <= box.y0 < box.y1 <= HEIGHT
        return document


def prose(words: int, start: int = 0, per_line: int = 12, end: str = ".") -> list[str]:
    """Returns lines of words that are the same each time."""
    chosen = [_WORDS[(start + i) % len(_WORDS)] for i in range(words)]
    chosen[0] = chosen[0].capitalize()
    lines = [" ".join(chosen[i : i + per_line]) for i in range(0, words, per_line)]
    return [*lines[:-1], lines[-1] + end]


def texts(document: Document) -> list[str]:
    return [" ".join(block.text.split()) for block in document.blocks]


def only(document: Document, kind: str) -> Block:
    found = [block for block in document.blocks if block.kind == kind]
    assert len(found) == 1, [(b.kind, b.text) for b in document.blocks]
    return found[0]


def two_columns() -> Sheet:
    sheet = Sheet()
    sheet.put(180, 90, "Motion along a line", size=20, font="tibo")
    for x, start in ((60, 0), (315, 5)):
        y = 130.0
        for part in range(3):
            y = sheet.lines(x, y, prose(40, start + part, per_line=8)) + 10
    return sheet


def test_heading_over_two_columns_comes_first_and_columns_follow_each_other() -> None:
    document = two_columns().read()
    heading, *rest = document.blocks
    assert (heading.kind, heading.text, heading.style.bold) == ("heading", "Motion along a line", 19)
    assert heading.style.size == pytest.approx(2.0, abs=0.1)
    expected = [" ".join(prose(40, start + part)) for start in (0, 5) for part in range(3)]
    assert [" ".join(block.text.split()) for block in rest] == expected
    assert {block.kind for block in rest} == {"paragraph"}
    assert document.language == "en"


def test_golden() -> None:
    check("pdf", two_columns().read())


def test_running_heads_and_page_numbers_are_taken_off() -> None:
    sheet = Sheet()
    for number in range(1, 7):
        if number > 1:
            sheet.new_page()
        sheet.put(60, 40, "A course of mechanics")
        sheet.put(290, 815, str(number))
        sheet.lines(60, 100, prose(70, number))
    assert texts(sheet.read()) == [" ".join(prose(70, number)) for number in range(1, 7)]


def test_word_divided_at_the_end_of_a_line_is_joined() -> None:
    sheet = Sheet()
    sheet.lines(60, 100, [*prose(24, end=" accel-"), "eration of the body, which stays constant."])
    assert "acceleration of the body" in texts(sheet.read())[0]


def test_raised_and_lowered_characters() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(36))
    x = sheet.put(60, y, "The values ")
    x = sheet.put(x, y, "x", font="tiit")
    x = sheet.put(x, y - 4, "2", size=7)
    x = sheet.put(x, y, " and ")
    x = sheet.put(x, y, "v", font="tiit")
    x = sheet.put(x, y + 2, "0", size=7)
    sheet.put(x, y, " are known.")
    text = sheet.read().text
    assert "x^2" in text
    assert "v_0" in text


def test_paragraph_goes_on_on_the_next_page() -> None:
    sheet = Sheet()
    sheet.lines(60, 100, prose(600, end=""))
    sheet.new_page()
    sheet.lines(60, 100, ["and so it goes on here until it ends."])
    document = sheet.read()
    assert [block.kind for block in document.blocks] == ["paragraph"]
    assert {box.page for box in document.blocks[0].boxes} == {1, 2}
    assert texts(document)[0].endswith("and so it goes on here until it ends.")


def test_hanging_labels_start_items() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(36)) + 12
    for number in (1, 2, 3):
        sheet.put(60, y, f"{number}.")
        y = sheet.lines(80, y, prose(30, number)) + 6
    expected = [f"{number}. {' '.join(prose(30, number))}" for number in (1, 2, 3)]
    assert texts(sheet.read())[1:] == expected


def test_ruled_table_is_rows_of_cells_and_no_fractions() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(48)) + 20
    rows = [("quantity", "unit"), ("mass", "kilogram"), ("force", "newton")]
    for row, (left, right) in enumerate(rows):
        sheet.put(105, y + 18 * row + 13, left)
        sheet.put(205, y + 18 * row + 13, right)
    for row in range(4):
        sheet.page.draw_line((100, y + 18 * row), (300, y + 18 * row), width=0.5)
    for x in (100, 200, 300):
        sheet.page.draw_line((x, y), (x, y + 54), width=0.5)
    sheet.lines(60, y + 90, prose(48, 3))
    document = sheet.read()
    assert only(document, "table").text == "quantity | unit\nmass | kilogram\nforce | newton"
    assert "frac" not in document.text
    assert [block.kind for block in document.blocks] == ["paragraph", "table", "paragraph"]


def test_rows_between_lines_of_one_point_hold_sentences_that_go_on() -> None:
    sheet = Sheet()
    sheet.lines(60, 60, prose(48))
    rows = [["7"], ["It is the product of two numbers in a row,", "one of which is even."], ["40 metres"]]
    y = 150.0
    for number, row in enumerate(rows, 1):
        sheet.page.draw_line((60, y), (400, y), width=1)
        sheet.put(70, y + 13, str(number))
        y = sheet.lines(120, y + 13, row) + 4
    sheet.page.draw_line((60, y), (400, y), width=1)
    sheet.lines(60, y + 60, prose(48, 3))
    assert only(sheet.read(), "table").text == (
        "1 | 7\n2 | It is the product of two numbers in a row, one of which is even.\n3 | 40 metres"
    )


def test_figure_with_caption() -> None:
    sheet = Sheet()
    y = sheet.lines(60, 100, prose(48)) + 10
    pixels = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 40, 40))
    pixels.clear_with(90)
    sheet.page.insert_image(pymupdf.Rect(200, y, 350, y + 150), pixmap=pixels)
    sheet.put(200, y + 170, "Figure 1: A body on a plane.", size=9)
    sheet.lines(60, y + 210, prose(48, 2))
    document = sheet.read()
    assert only(document, "figure").text.startswith("![")
    assert only(document, "caption").text == "Figure 1: A body on a plane."
    kinds = [block.kind for block in document.blocks]
    assert kinds.index("paragraph") < kinds.index("figure") < kinds.index("caption") < len(kinds) - 1


def test_footnote() -> None:
    sheet = Sheet()
    sheet.lines(60, 100, prose(480))
    sheet.page.draw_line((60, 730), (200, 730))
    sheet.put(60, 744, "1", size=6)
    sheet.put(65, 748, "This was known long before.", size=8)
    sheet.new_page()
    sheet.lines(60, 100, prose(480, 4))
    document = sheet.read()
    assert "This was known long before." in only(document, "footnote").text


def test_answers_in_two_columns_that_restart_with_each_chapter() -> None:
    sheet = Sheet()
    sheet.put(60, 80, "Answers", size=18, font="tibo")
    expected = []
    for chapter, top in ((1, 120), (2, 420)):
        sheet.put(60, top, f"Chapter {chapter}", size=13, font="tibo")
        expected.append(f"Chapter {chapter}")
        for number in range(1, 31):
            x, row = (60, number) if number <= 15 else (315, number - 15)
            sheet.put(x, top + 14 + 15 * row, f"{number}. x = {number + chapter} + {2 * number}y")
            expected.append(f"{number}. x = {number + chapter} + {2 * number}y")
    # Which numbers start an answer is told later, by their order: here that order is what counts.
    assert " ".join(texts(sheet.read())) == " ".join(["Answers", *expected])


def _refused(data: bytes) -> str:
    with pytest.raises(UnreadableDocument) as refused:
        read_document(data, "a.pdf")
    assert "\n" not in refused.value.detail
    return refused.value.reason


def test_encrypted() -> None:
    secret = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "user_pw": "a", "owner_pw": "b"}
    assert _refused(two_columns().file.tobytes(**secret)) == "encrypted"


def test_cut() -> None:
    whole = two_columns().file.tobytes(use_objstms=1, garbage=3, deflate=True)
    for share in (0.1, 0.3, 0.5, 0.6):
        assert _refused(whole[: int(len(whole) * share)]) == "damaged"


def test_no_page_can_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = Sheet()
    sheet.lines(60, 60, prose(48))

    def broken(*_: Any) -> None:
        raise RuntimeError("bad xref")

    monkeypatch.setattr("extractors.documents.pdf.read_page", broken)
    assert _refused(sheet.file.tobytes()) == "damaged"


def test_lack_of_memory_is_not_a_damaged_page(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = Sheet()
    sheet.lines(60, 60, prose(48))

    def too_large(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("extractors.documents.pdf.read_page", too_large)
    assert _refused(sheet.file.tobytes()) == "out_of_memory"


def test_without_pages_or_text() -> None:
    assert _refused(Sheet().file.tobytes()) == "no_text"
    sheet = two_columns()
    sheet.new_page()
    assert sheet.read().notes == ("page 2: no text layer",)


@pytest.mark.skipif(not TORTURE.is_dir(), reason=f"no damaged and unusual PDFs at {TORTURE}")
def test_unusual_files_are_read_or_refused() -> None:
    files = sorted(TORTURE.glob("*.pdf"))
    details = {}
    for file in files:
        try:
            check_invariants(read_document(file.read_bytes(), file.name))
        except UnreadableDocument as refused:
            details[file.name] = refused.detail
    assert 0 < len(details) < len(files)
    assert {name: d for name, d in details.items() if d.startswith("the reader failed")} == {}
