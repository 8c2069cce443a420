from __future__ import annotations

import io

import pytest
from PIL import Image

from extractors.documents.limits import UnreadableDocument
from extractors.documents.pdf_render import MAX_SIDE, is_blank, render_pages
from tests.extractors.documents.scans import first_page, typeset


def pdf(*sizes: tuple[float, float], rotation: int = 0) -> bytes:
    import pymupdf

    file = pymupdf.open()
    for width, height in sizes:
        page = file.new_page(width=width, height=height)
        page.insert_text((20, 40), "words")
        page.set_rotation(rotation)
    return bytes(file.tobytes())


def sizes(pictures: list[bytes]) -> list[tuple[int, int]]:
    return [Image.open(io.BytesIO(picture)).size for picture in pictures]


def test_pages_come_in_the_order_that_is_asked_for() -> None:
    pictures = render_pages(pdf((100, 200), (300, 100)), [2, 1], 144)
    assert sizes(pictures) == [(600, 200), (200, 400)]
    assert all(picture.startswith(b"\x89PNG\r\n\x1a\n") for picture in pictures)


def test_pages_are_drawn_as_a_viewer_shows_them() -> None:
    assert sizes(render_pages(pdf((100, 200), rotation=90), [1], 72)) == [(200, 100)]


def test_a_picture_is_never_huge() -> None:
    [(width, height)] = sizes(render_pages(pdf((14_000, 700)), [1], 300))
    assert MAX_SIDE - 2 <= width <= MAX_SIDE + 1
    assert height == pytest.approx(MAX_SIDE / 20, abs=2)


@pytest.mark.parametrize("number", [0, 2, -1])
def test_there_is_no_such_page(number: int) -> None:
    with pytest.raises(IndexError):
        render_pages(pdf((100, 100)), [number], 72)


@pytest.mark.parametrize("data", [b"no pdf", b"%PDF-1.7\nbroken"])
def test_what_is_no_pdf_can_not_be_drawn(data: bytes) -> None:
    with pytest.raises((UnreadableDocument, IndexError)):
        render_pages(data, [1], 72)


def test_blank_pages() -> None:
    assert is_blank(first_page(typeset("#set page(header: none)\n#hide[x]")))
    assert not is_blank(first_page(typeset("#set page(header: none)\n.")))
