"""Text layers that hold numbers of glyphs."""

from __future__ import annotations

import io

import pymupdf
import pytest

from extractors.documents import read_document
from extractors.documents.limits import Limits, Ocr, UnreadableDocument
from extractors.documents.pdf_unmapped import is_unmapped

OFF = Limits(ocr=Ocr("off", ""))
TEXT = "<p>How long does a stone fall into a well that is forty metres deep, and how loud is it?</p>"


def printed(html: str) -> pymupdf.Document:
    """Returns a document in composite fonts."""
    made = io.BytesIO()
    writer, story = pymupdf.DocumentWriter(made), pymupdf.Story(html)
    more = 1
    while more:
        device = writer.begin_page(pymupdf.Rect(0, 0, 300, 200))
        more, _ = story.place(pymupdf.Rect(20, 20, 280, 180))
        story.draw(device)
        writer.end_page()
    writer.close()
    return pymupdf.open("pdf", made.getvalue())


def without_maps(document: pymupdf.Document, number: int, kind: str = "") -> pymupdf.Document:
    """Returns a document whose composite fonts of one page, whose name holds `kind`, lack their maps."""
    for xref, _, subtype, name, *_ in document[number].get_fonts():
        if subtype == "Type0" and kind in name:
            document.xref_set_key(xref, "ToUnicode", "null")
    return pymupdf.open("pdf", document.tobytes())


def test_a_composite_font_needs_its_map() -> None:
    document = printed(TEXT)
    assert not is_unmapped(document[0])
    assert is_unmapped(without_maps(document, 0)[0])


def test_a_few_words_without_a_map_do_not_make_a_page_unreadable() -> None:
    document = printed(f"<p><b>Problem</b></p>{TEXT}{TEXT}")
    assert not is_unmapped(without_maps(document, 0, "Bold")[0])
    document = printed("<p>Kolika je masa kugle na kosini i <b>pod kojim kutom ona stoji?</b></p>")
    assert not is_unmapped(without_maps(document, 0, "Bold")[0])  # the other words can be read


def test_the_codes_of_simple_fonts_are_those_of_characters() -> None:
    document = pymupdf.open()
    document.new_page().insert_text((20, 40), "How long does a stone fall into a well?")
    assert not is_unmapped(document[0])


def test_a_page_without_maps_is_left_out_with_a_note() -> None:
    with pytest.raises(UnreadableDocument, match="page 1: its characters have no map to Unicode") as caught:
        read_document(without_maps(printed(TEXT), 0).tobytes(), "a.pdf", OFF)
    assert caught.value.reason == "no_text"
    whole = without_maps(printed(TEXT), 0)
    whole.insert_pdf(printed(f"<h1>Wells</h1>{TEXT}"))
    document = read_document(whole.tobytes(), "a.pdf", OFF)
    assert document.text.startswith("Wells")
    assert document.notes[0] == "page 1: its characters have no map to Unicode"


def test_without_its_map_a_page_is_read_by_ocr() -> None:
    document = read_document(
        without_maps(printed(TEXT * 3), 0).tobytes(), "a.pdf", Limits(ocr=Ocr("auto", "eng"))
    )
    assert "How long does a stone fall" in document.text
