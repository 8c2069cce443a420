"""PDF -> Document, by PyMuPDF and the geometry of its text."""

from __future__ import annotations

from typing import Any

from extractors.documents.limits import Limits, UnreadableDocument
from extractors.documents.pdf_blocks import blocks_of
from extractors.documents.pdf_layout import columns
from extractors.documents.pdf_lines import BOLD, EXTENSION, ITALIC, Fragment, Line, fragment, line_of, rows
from extractors.documents.pdf_margins import without_running_heads
from schemas.document import Document, with_spans


def read_pdf(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns the document that a PDF file holds; its language is left as "und".

    Args:
      data: the file.
      uri, sha256: what identifies it.
      limits: a file with more pages than `limits.max_pages` is refused.

    Raises:
      UnreadableDocument: encrypted (needs a password), damaged, empty (no pages),
        too_many_pages, or no_text (no page has a text layer).
    """
    if not data:
        raise UnreadableDocument("empty", "no bytes")
    source = _open(data)
    try:
        return _read(source, uri, sha256, limits)
    finally:
        source.close()


def _open(data: bytes) -> Any:
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


def _read(source: Any, uri: str, sha256: str, limits: Limits) -> Document:
    try:
        count = source.page_count
    except Exception as error:
        raise UnreadableDocument("damaged", _one_line(error)) from error
    if count == 0:
        raise UnreadableDocument("empty", "no pages")
    if count > limits.max_pages:
        raise UnreadableDocument("too_many_pages", f"{count} pages, at most {limits.max_pages}")
    pages: list[list[Line]] = []
    heights: list[float] = []
    notes: list[str] = []
    fonts = _Fonts(source)
    for number in range(1, count + 1):
        try:
            lines, height = _page_lines(source, number, fonts)
        except Exception as error:
            lines, height = [], 0.0
            notes.append(f"page {number}: {_one_line(error)}")
        else:
            if not lines:
                notes.append(f"page {number}: no text layer")
        pages.append(lines)
        heights.append(height)
    if not any(pages):
        raise UnreadableDocument("no_text", f"{count} pages without a text layer")
    blocks = blocks_of(without_running_heads(pages, heights))
    title = (source.metadata or {}).get("title") or next((b.text for b in blocks if b.kind == "heading"), "")
    return Document(
        uri=uri,
        sha256=sha256,
        title=title.strip(),
        language="und",
        format="pdf",
        pages=count,
        blocks=with_spans(blocks),
        notes=tuple(notes),
    )


def _page_lines(source: Any, number: int, fonts: _Fonts) -> tuple[list[Line], float]:
    import pymupdf

    flags = pymupdf.TEXTFLAGS_DICT & ~pymupdf.TEXT_PRESERVE_IMAGES
    page = source[number - 1].get_text("dict", flags=flags)
    fragments: list[Fragment] = []
    for block in page["blocks"]:
        for line in block.get("lines", ()):
            if line["dir"][0] < 0.9:
                continue
            found = fragment(line["spans"], fonts.style)
            if found is not None:
                fragments.append(found)
    lines: list[Line] = []
    for column in columns(fragments):
        edges = (min(f.x0 for f in column), max(f.x1 for f in column))
        lines += [line_of(row, number, edges) for row in rows(column)]
    return lines, page["height"]


class _Fonts:
    """The style of each font, by its name or, where it has none, by its descriptor."""

    def __init__(self, source: Any):
        self._source = source
        self._styles: dict[tuple[str, int], int] = {}

    def style(self, font: str, flags: int) -> int:
        """Returns the BOLD, ITALIC and EXTENSION bits of a font."""
        key = (font, flags)
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = self._look_up(font, flags)
        return style

    def _look_up(self, font: str, flags: int) -> int:
        name = font
        if font.startswith("Type3 ("):
            try:
                xref = int(font[7:].split()[0])
                name = self._source.xref_get_key(xref, "FontDescriptor/FontName")[1]
            except Exception:
                name = ""
        lowered = name.lower()
        bold = flags & 16 or any(word in lowered for word in ("bold", "black", "heavy"))
        italic = flags & 2 or any(word in lowered for word in ("italic", "oblique"))
        extension = any(part in lowered for part in ("cmex", "txex", "pxex", "lmex", "mathex"))
        return (BOLD if bold else 0) | (ITALIC if italic else 0) | (EXTENSION if extension else 0)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
