"""Word's automatic numbers, as Word prints them."""

from __future__ import annotations

import io
import zipfile

import pytest

from extractors.documents import UnreadableDocument, read_document
from extractors.documents.docx import prepare_docx
from schemas.document import Block
from tests.extractors.documents.archives import docx, level, numbering, paragraph, run, styles, zipped


def read(body: list[str], lists: dict[str, list[str]], styles_xml: str = "") -> list[Block]:
    return list(read_document(docx("".join(body), numbering(lists), styles_xml), "a.docx").blocks)


def test_numbers_go_on_over_text_and_start_anew_below() -> None:
    lists = {
        "1": [level(0, "decimal", "%1."), level(1, "lowerLetter", "%2)"), level(2, "lowerRoman", "(%3)")]
    }
    depths = [0, 1, 1, 2, 2, None, 1, 0, 1, 2]
    body = [paragraph("x", number="1", depth=d) if d is not None else paragraph("between") for d in depths]
    found = [block.marker for block in read(body, lists)]
    assert found == ["1.", "a)", "b)", "(i)", "(ii)", "", "c)", "2.", "a)", "(i)"]


def test_outer_number_that_was_never_printed_counts_as_its_first() -> None:
    lists = {"1": [level(0, "decimal", "%1", start=3), level(1, "decimal", "%1.%2")]}
    assert [b.marker for b in read([paragraph("x", number="1", depth=1)] * 2, lists)] == ["3.1", "3.2"]


@pytest.mark.parametrize(
    ("fmt", "text", "expected"),
    [
        ("decimal", "Aufgabe %1", "Aufgabe 4"),
        ("upperRoman", "%1.", "IV."),
        ("upperLetter", "(%1)", "(D)"),
        ("lowerLetter", "%1", "d"),
        ("ordinal", "%1", "4"),
    ],
)
def test_formats(fmt: str, text: str, expected: str) -> None:
    assert read([paragraph("x", number="1")], {"1": [level(0, fmt, text, start=4)]})[0].marker == expected


def test_heading_style_with_a_number() -> None:
    styled = (
        '<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 1"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/>'
        '<w:basedOn w:val="H"/></w:style>'
    )
    lists = {"1": [level(0, "decimal", "Chapter %1", style="H"), level(1, "decimal", "%1.%2", style="H2")]}
    blocks = read([paragraph("Sets", style="H"), paragraph("Maps", style="H2")], lists, styles({}, styled))
    assert [(b.kind, b.text) for b in blocks] == [("heading", "Chapter 1 Sets"), ("heading", "1.1 Maps")]


def test_number_taken_off_a_style() -> None:
    lists = {"1": [level(0, "decimal", "%1.")]}
    blocks = read([paragraph("x", number="0"), paragraph("y", number="1")], lists)
    assert [b.marker for b in blocks] == ["", "1."]


def test_code_within_an_item_is_code_alone() -> None:
    lists = {"1": [level(0, "decimal", "%1.")], "2": [level(0, "bullet", " ")]}
    body = [paragraph("x", number="1"), paragraph("  f()", style="Code", number="2")]
    blocks = read(body, lists, styles({"Code": "Source Code"}))
    assert [(b.kind, b.text) for b in blocks] == [("list_item", "1. x"), ("code", "  f()")]


def test_file_without_numbers_is_not_touched() -> None:
    data = docx(paragraph("x"))
    assert prepare_docx(data) is data


def test_everything_else_stays_byte_for_byte() -> None:
    body = paragraph(runs=run("a &amp; b")) + paragraph("x", number="1") + "<!-- kept --><w:p/>"
    before = docx(body, numbering({"1": [level(0, "decimal", "%1&amp;")]}))
    after = zipfile.ZipFile(io.BytesIO(prepare_docx(before))).read("word/document.xml").decode()
    assert body.split("</w:pPr>", 2)[0] in after
    assert "1&amp;" in after
    assert after.endswith("<!-- kept --><w:p/></w:body></w:document>")


_MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_WPS = 'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
_VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'


def text_box(content: str) -> str:
    """A paragraph that a box hangs on, as Word writes it: once for itself, once for old programs."""
    inner = f"<w:txbxContent>{content}</w:txbxContent>"
    new = f"<w:drawing><wps:wsp {_WPS}><wps:txbx>{inner}</wps:txbx></wps:wsp></w:drawing>"
    old = f"<w:pict><v:shape {_VML}><v:textbox>{inner}</v:textbox></v:shape></w:pict>"
    choice = f'<mc:Choice Requires="wps">{new}</mc:Choice><mc:Fallback>{old}</mc:Fallback>'
    return f"<w:p>{run('Around')}<w:r><mc:AlternateContent {_MC}>{choice}</mc:AlternateContent></w:r></w:p>"


def test_text_boxes_follow_the_paragraph_they_hang_on() -> None:
    lists = {"1": [level(0, "decimal", "%1.")]}
    numbered = paragraph("x", number="1")
    blocks = read([numbered, text_box(numbered + paragraph("in the box")), numbered], lists)
    assert [b.text for b in blocks] == ["1. x", "Around", "2. x", "in the box", "3. x"]


def test_text_box_in_a_table_and_without_numbers() -> None:
    cells = f"<w:tc>{text_box(paragraph('boxed'))}</w:tc><w:tc>{paragraph('y')}</w:tc>"
    assert [b.text for b in read([f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"], {})] == ["Around boxed | y"]


def test_text_box_whose_copy_would_not_be_xml_is_left_out() -> None:
    box = text_box(f"<w:p><w:r><wps:x/>{run('lost')}</w:r></w:p>")
    assert [b.text for b in read([box, paragraph("after")], {})] == ["Around", "after"]


def test_tracked_change_of_a_number_counts_once() -> None:
    number = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    before = f'<w:pPrChange w:id="1" w:author="a"><w:pPr>{number}</w:pPr></w:pPrChange>'
    changed = f"<w:p><w:pPr>{number}{before}</w:pPr>{run('x')}</w:p>"
    lists = {"1": [level(0, "decimal", "%1.")]}
    assert [b.text for b in read([changed, paragraph("y", number="1")], lists)] == ["1. x", "2. y"]


@pytest.mark.parametrize("part", ["word/document.xml", "word/numbering.xml", "word/styles.xml"])
def test_document_type_is_refused(part: str) -> None:
    source = docx(paragraph("x", number="1"), numbering({"1": [level(0, "decimal", "%1.")]}))
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        files: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    files[part] = bomb + bytes(files[part])  # type: ignore[arg-type]
    with pytest.raises(UnreadableDocument) as refused:
        read_document(zipped(files), "a.docx")
    assert refused.value.reason == "damaged"
