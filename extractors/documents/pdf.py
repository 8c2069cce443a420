"""PDF -> Document, by PyMuPDF and the geometry of its text."""

from __future__ import annotations

import gc
import re
from collections import Counter
from dataclasses import replace
from typing import Any

from extractors.documents.limits import Limits, UnreadableDocument
from extractors.documents.ocr import recognise
from extractors.documents.pdf_blocks import blocks_of
from extractors.documents.pdf_figures import place_pictures
from extractors.documents.pdf_fonts import Fonts
from extractors.documents.pdf_grids import place_grids
from extractors.documents.pdf_layout import reading_order
from extractors.documents.pdf_lines import Line, lines_of
from extractors.documents.pdf_margins import remove_running_heads
from extractors.documents.pdf_math import reduce_stacks
from extractors.documents.pdf_page import Page, Resources, read_page
from schemas.document import Block, Document

_NO_TITLE = re.compile(
    r"untitled|document\d*$|microsoft word|.*\.(?:docx?|tex|dvi|pdf|indd|rtf|odt|pptx?)$", re.IGNORECASE
)

# Images are streams, and so their dictionaries stand in the file uncompressed.
_IMAGE = re.compile(rb"/Subtype\s*/Image")


def read_pdf(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns the document that a PDF file holds; its language is left as "und".

    Embedded files, links and scripts are not followed.

    Args:
      data: the file.
      uri, sha256: what identifies it.
      limits: a file with more pages than `limits.max_pages` is refused.
        `limits.ocr` says which pages are read from their pictures.

    Raises:
      UnreadableDocument: encrypted (needs a password), damaged, empty (no pages),
        too_many_pages, or no_text (no page has a text layer, and OCR reads nothing).
    """
    if not data:
        raise UnreadableDocument("empty", "no bytes")
    source = open_pdf(data)
    collects = gc.isenabled()
    gc.disable()  # hundreds of small objects a page and no cycles: the collector would walk them in vain
    try:
        return _read(source, uri, sha256, limits, images=_IMAGE.search(data) is not None)
    finally:
        if collects:
            gc.enable()
        source.close()


def open_pdf(data: bytes) -> Any:
    """Returns the PyMuPDF document that a file holds.

    Raises:
      UnreadableDocument: encrypted, or damaged.
    """
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    try:
        source = pymupdf.open(stream=data, filetype="pdf")
        encrypted = source.needs_pass
    except Exception as error:
        raise UnreadableDocument("damaged", _one_line(error)) from error
    if encrypted:
        source.close()
        raise UnreadableDocument("encrypted", "needs a password")
    return source


def _read(source: Any, uri: str, sha256: str, limits: Limits, images: bool) -> Document:
    try:
        count = source.page_count
    except Exception as error:
        raise UnreadableDocument("damaged", _one_line(error)) from error
    if count == 0 and source.is_repaired:
        raise UnreadableDocument("damaged", "its pages can't be found; it may have been cut")
    if count == 0:
        raise UnreadableDocument("empty", "no pages")
    if count > limits.max_pages:
        raise UnreadableDocument("too_many_pages", f"{count} pages, at most {limits.max_pages}")
    pages, notes = _pages(source, count, images)
    if len(notes) == count:
        raise UnreadableDocument("damaged", f"none of its pages can be read: {notes[0]}")
    recognised, said = recognise(source, pages, limits.ocr)
    notes += said
    if limits.needs_text and not any(page.fragments for page in pages):
        raise UnreadableDocument("no_text", "; ".join(notes))
    remove_running_heads(pages)
    body = _body_size(pages)
    lines = _lines(pages, body)
    rules = [[y for y, x0, x1 in page.rules if x1 - x0 > 0.05 * page.width] for page in pages]
    blocks = blocks_of(lines, rules, _bookmarks(source), body)
    if recognised:
        blocks = tuple(_marked(block, recognised) for block in blocks)
    unmapped = sum(block.text.count("\ufffd") for block in blocks)
    if unmapped:
        notes.append(f"{unmapped} characters without a Unicode value")
    title = ((source.metadata or {}).get("title") or "").strip()
    if _NO_TITLE.match(title) or not title:
        title = next((b.text for b in blocks if b.kind == "heading"), "")
    return Document(
        uri=uri,
        sha256=sha256,
        title=title,
        language="und",
        format="pdf",
        pages=count,
        blocks=blocks,
        notes=tuple(notes),
    )


def _pages(source: Any, count: int, images: bool) -> tuple[list[Page], list[str]]:
    pages, notes = [], []
    fonts, resources = Fonts(source), Resources(source, images)
    for number in range(1, count + 1):
        try:
            page = read_page(source.load_page(number - 1), number, fonts, resources)
        except MemoryError:
            raise
        except Exception as error:  # one damaged page doesn't spoil the others
            page = Page(number, 0.0, 0.0)
            notes.append(f"page {number}: {_one_line(error)}")
        pages.append(page)
    return pages, notes


def _marked(block: Block, recognised: frozenset[int]) -> Block:
    """Returns a block that says whether any of it comes from a page that was recognised."""
    return replace(block, ocr=True) if any(box.page in recognised for box in block.boxes) else block


def _body_size(pages: list[Page]) -> float:
    """Returns the size in which most characters are printed."""
    exact: dict[float, int] = {}
    for page in pages:
        for f in page.fragments:
            exact[f.size] = exact.get(f.size, 0) + len(f.text)
    sizes: Counter[float] = Counter()
    for size, n in exact.items():
        sizes[round(size, 1)] += n
    return max(sizes, key=lambda size: (sizes[size], size)) if sizes else 1.0


def _lines(pages: list[Page], body: float) -> list[list[Line]]:
    """Returns the lines of each page in reading order."""
    for page in pages:
        place_pictures(page, body)
        reduce_stacks(page)
        place_grids(page)
    columns = reading_order([page.fragments for page in pages], body)
    return [
        [line for part in parts for line in lines_of(part, page.number)]
        for page, parts in zip(pages, columns, strict=True)
    ]


def _bookmarks(source: Any) -> list[tuple[int, str, int]]:
    try:
        return [(level, title, page) for level, title, page, *_ in source.get_toc()]
    except Exception:  # a damaged outline; headings have their looks
        return []


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
