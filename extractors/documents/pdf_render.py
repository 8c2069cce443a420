"""Pages of a PDF as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extractors.documents.limits import UnreadableDocument

MAX_SIDE = 4000
"""No picture is wider or higher, in pixels, however large its page says that it is."""

_LOW_DPI = 24


def picture(page: Any, dpi: float, turn: float = 0.0) -> Any:
    """Returns a PyMuPDF page, as a viewer shows it, as a pixmap in RGB on white.

    Args:
      page: of PyMuPDF.
      dpi: its resolution; lower where the picture would be larger than `MAX_SIDE`.
      turn: degrees by which it is turned, clockwise.
    """
    import pymupdf

    zoom = pixels_a_point(page, dpi)
    return page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom).prerotate(turn))


def pixels_a_point(page: Any, dpi: float) -> float:
    """Returns how large `picture` shows a page."""
    return min(dpi / 72, MAX_SIDE / max(page.rect.width, page.rect.height, 1.0))


def is_blank(page: Any) -> bool:
    """Whether nothing is drawn on a PyMuPDF page."""
    pixmap = picture(page, _LOW_DPI)
    dots = pixmap.samples
    return bool(dots == dots[: pixmap.n] * (pixmap.width * pixmap.height))


def render_pages(data: bytes, page_numbers: Sequence[int], dpi: int) -> list[bytes]:
    """Returns pages of a PDF file as PNG files, in the order of `page_numbers`.

    Args:
      data: the file.
      page_numbers: counted from 1.
      dpi: resolution; see `picture`.

    Raises:
      UnreadableDocument: damaged, or encrypted.
      IndexError: there is no such page.
    """
    from extractors.documents.pdf import open_pdf

    source = open_pdf(data)
    try:
        count = source.page_count
        if any(not 1 <= number <= count for number in page_numbers):
            raise IndexError(f"pages count from 1 to {count}")
        return [picture(source.load_page(n - 1), dpi).tobytes("png") for n in page_numbers]
    except (RuntimeError, ValueError) as error:
        raise UnreadableDocument("damaged", " ".join(str(error).split())[:200]) from error
    finally:
        source.close()
