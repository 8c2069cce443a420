"""Text recognised on pictures of pages, by Tesseract, which PyMuPDF holds; only its data has to be there.

What is recognised comes as fragments with their places, so that columns, lines and blocks are found
in it like in a text layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from extractors.documents.language import language_confidence
from extractors.documents.limits import Ocr
from extractors.documents.ocr_data import OcrUnavailable, best_language, legible, tesseract_data
from extractors.documents.ocr_zones import dots_per_inch, ink, skew, zones
from extractors.documents.pdf_fragments import ASCENT, DESCENT, Fragment
from extractors.documents.pdf_page import Page
from extractors.documents.pdf_render import is_blank, picture, pixels_a_point
from extractors.documents.pdf_text import plain
from extractors.documents.pdf_unmapped import is_unmapped

DPI = 300
"""What Tesseract's documentation asks for."""

_NO_LANGUAGE = 0.3
"""Text that fastText gives less than this to any language may be no text; pages of formulas are, too."""

_LANGUAGE = 0.5
"""Text that fastText gives more than this to a language is text."""

_SURE = 0.8
"""Text that fastText gives more than this to a language is not asked about any further."""

_FEW_LETTERS = 200
"""A page that is one picture with fewer letters than this over it may be a scan with a stamp."""

_ENOUGH_LETTERS = 50

_GLANCE = 1000
"""So many characters of a page tell whether they are in a language."""

_COMMON = 0.3
"""Text that shares less than this of its words with the other pages may be no text."""

_WORDS = re.compile(r"[^\W\d_]{3,}")

_SAMPLE = 4000
"""So many characters, or fragments of a page, tell the language."""

_GAP = 1.5
"""Words further apart than this, in units of size, may belong to two columns."""

_ENOUGH = 5
"""So many letters have about the width of any others."""

_LARGE = 1.4
"""Of rows of fewer letters, those that are this much higher than the body are larger."""

_X_HEIGHT = 0.46
"""Height of small letters, in units of size."""

_WORD = re.compile(r"[^\W\d_]{3}|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff]")
"""What is read on a page of drawings are single letters and signs."""

_ASCENDERS = re.compile(r"[^\Wacegm-suv-zα-ωа-я_]|[()\[\]{}|/]")
_DESCENDERS = re.compile(r"[gjpqyçşţ,;()\[\]{}|/QβγζημξρφχψçруфцщЈ]|[\u0590-\u1fff\u2e80-\uffef]")


def recognise(source: Any, pages: list[Page], ocr: Ocr) -> tuple[frozenset[int], list[str]]:
    """Replaces the fragments of pages that have no text layer, or a useless one, by what is recognised.

    Pages whose text layer certainly says something else than they show lose it, whatever is recognised.

    Args:
      source: the PyMuPDF document.
      pages: all its pages, as `read_page` gives them; changed in place.
      ocr: which ones.

    Returns:
      The numbers of the pages that were recognised, and notes for people.
    """
    said = _notes(_drop_unmapped(source, pages), "its characters have no map to Unicode")
    bare = [page.number for page in pages if not page.fragments]
    if ocr.mode == "off":
        return frozenset(), said + _notes(bare, "no text layer")
    wanted = _wanted(source, pages, ocr)
    if not wanted:
        return frozenset(), said + _notes(bare, "no text layer")
    try:
        folder, names = tesseract_data(ocr.languages)
    except OcrUnavailable as error:
        return frozenset(), said + _notes(bare, f"no text layer; {error}")
    languages = ocr.languages or _language(source, pages, wanted, folder, names)
    read: dict[int, list[_Row]] = {}
    notes = said
    for page in wanted:
        try:
            rows = _recognised(source.load_page(page.number - 1), folder, languages)
        except Exception as error:  # one damaged page doesn't spoil the others
            notes.append(f"page {page.number}: OCR failed: {' '.join(str(error).split())[:200]}")
            continue
        if not _WORD.search(_text(rows)):
            continue
        if ocr.mode == "force" or not page.fragments or _says_more(rows, page):
            read[page.number] = rows
    body = _settle_sizes([row for rows in read.values() for row in rows])
    for page in wanted:
        if page.number in read:
            page.fragments = [_fragment(row, body) for row in read[page.number]]
            page.fragments.sort(key=attrgetter("base"))
            page.images = [box for box in page.images if not _covers(box, page)]
            page.rules, page.shapes, page.heavy = [], [], False
    still_bare = [number for number in bare if number not in read]
    notes += _notes(sorted(read), f"read by OCR ({languages})") + _notes(still_bare, "no text layer")
    return frozenset(read), notes


def _drop_unmapped(source: Any, pages: list[Page]) -> list[int]:
    """Takes away the text of pages that holds numbers of glyphs; returns which pages these are."""
    dropped = []
    for page in pages:
        if page.fragments and language_confidence(_glance(page))[1] < _SURE and _is_unmapped(source, page):
            page.fragments = []
            dropped.append(page.number)
    return dropped


def _is_unmapped(source: Any, page: Page) -> bool:
    try:
        return is_unmapped(source.load_page(page.number - 1))
    except Exception:  # damaged, but it has been read
        return False


def _glance(page: Page) -> str:
    return " ".join([f.text for f in page.fragments])[:_GLANCE]


def _language(source: Any, pages: list[Page], wanted: list[Page], folder: str, names: list[str]) -> str:
    """Returns the language in which the wanted pages are recognised."""
    sample = wanted[len(wanted) // 2].number
    layer = " ".join(f.text for page in pages if page not in wanted for f in page.fragments[:_SAMPLE])

    def read(name: str) -> str:
        try:
            return _text(_recognised(source.load_page(sample - 1), folder, name))
        except Exception:  # a damaged page or damaged data: each page will say so itself
            return ""

    return best_language(names, layer[:_SAMPLE], read)


def _notes(numbers: Sequence[int], what: str) -> list[str]:
    """Returns a line for every run of pages."""
    notes = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        where = f"pages {found[0]}-{found[-1]}" if len(found) > 1 else f"page {found[0]}"
        notes.append(f"{where}: {what}")
    return notes


# Which pages.


def _wanted(source: Any, pages: list[Page], ocr: Ocr) -> list[Page]:
    """Returns the pages to recognise: those that show something, and have no text or text in no language.

    Formulas are in no language either. Where their page has the words of the other pages, it is left
    alone; where there are none to compare with, OCR will say the same as the text layer.
    """
    if ocr.mode == "force":
        return [page for page in pages if _shows_something(source, page)]
    wanted, odd = [], []
    known: set[str] = set()
    for page in pages:
        text = _glance(page)
        letters = sum(map(str.isalpha, text))
        if not page.fragments:
            if _shows_something(source, page):
                wanted.append(page)
        elif letters < _FEW_LETTERS and _covered(source, page):
            wanted.append(page)
        else:
            words = set(_WORDS.findall(text))
            familiar = len(words & known) >= _COMMON * len(words)  # the language is only asked of the others
            if letters < _ENOUGH_LETTERS or familiar or language_confidence(text)[1] >= _NO_LANGUAGE:
                known |= words
            else:
                odd.append((page, words))
    wanted += [page for page, words in odd if len(words & known) < _COMMON * len(words)]
    return sorted(wanted, key=attrgetter("number"))


def _shows_something(source: Any, page: Page) -> bool:
    try:
        return not is_blank(source.load_page(page.number - 1))
    except Exception:  # damaged: nothing to see
        return False


def _covered(source: Any, page: Page) -> bool:
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
    if language_confidence(seen)[1] < _LANGUAGE or legible(seen) < 1.5 * legible(layer):
        return False
    short, long = sorted((layer[:5000], seen[:5000]), key=len)
    return partial_ratio(short, long) < 60 or len(seen) > 2 * len(layer)


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
    """A run of recognised words on one line.

    Attributes:
      size: judged by the height of its line.
      width: of its line's words, in units of what they take in Times of size 1; 0 for few letters.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    width: float


def _recognised(page: Any, folder: str, languages: str) -> list[_Row]:
    """Returns what a PyMuPDF page shows, in points from its top left corner as a viewer shows it."""
    import pymupdf

    turn = -skew(page)
    pixmap, zoom = picture(page, DPI, turn), pixels_a_point(page, DPI)
    # The picture of a page that was turned is larger by its corners, evenly on all sides.
    left, top = (pixmap.width / zoom - page.rect.width) / 2, (pixmap.height / zoom - page.rect.height) / 2
    finer = zoom / pixels_a_point(page, dots_per_inch(page))
    rows: list[_Row] = []
    for zone in zones(ink(page, turn)):
        x, y, right, bottom = (round(edge * finer) for edge in zone)
        part = pymupdf.Pixmap(
            pixmap.colorspace, pymupdf.IRect(x, y, right, bottom) + (pixmap.x, pixmap.y) * 2
        )
        part.copy(pixmap, part.irect)
        data = part.pdfocr_tobytes(compress=False, language=languages, tessdata=folder)
        with pymupdf.open(stream=data, filetype="pdf") as seen:
            scale = part.width / zoom / seen[0].rect.width
            words = seen[0].get_text("words", flags=pymupdf.TEXT_MEDIABOX_CLIP)
        across, down = x / zoom - left, y / zoom - top
        for _, line in groupby(words, key=itemgetter(1, 3)):  # Tesseract's lines have a height each
            found = [
                _Word(text, x0 * scale + across, y0 * scale + down, x1 * scale + across, y1 * scale + down)
                for x0, y0, x1, y1, text, *_ in line
            ]
            rows += _rows([word for word in found if plain(word.text).strip()])
    return rows


def _rows(words: list[_Word]) -> Iterator[_Row]:
    """Yields the rows of a line, whose words have boxes that are as high as the ink of all of it.

    Without descenders its bottom is the baseline.
    """
    if not words:
        return
    text = "".join([word.text for word in words])
    y0, y1 = words[0].y0, words[0].y1
    descent = DESCENT if _DESCENDERS.search(text) else 0.0
    size = (y1 - y0) / (descent + (ASCENT if _ASCENDERS.search(text) else _X_HEIGHT))
    start, width = 0, _width(words)
    for end in range(1, len(words) + 1):
        if end == len(words) or words[end].x0 - words[end - 1].x1 > _GAP * size:
            run = words[start:end]
            text = " ".join(plain(word.text).strip() for word in run)
            yield _Row(text, run[0].x0, run[-1].x1, y1 - descent * size, size, width)
            start = end


def _width(words: list[_Word]) -> float:
    text = "".join([word.text for word in words])
    if len(text) < _ENOUGH:
        return 0.0
    return sum(word.x1 - word.x0 for word in words) / max(_times().text_length(text, 1.0), 0.1)


@cache
def _times() -> Any:
    import pymupdf

    return pymupdf.Font("tiro")


def _text(rows: list[_Row]) -> str:
    return " ".join([row.text for row in rows])


def _settle_sizes(rows: list[_Row]) -> float:
    """Sets the sizes of rows, as far as possible by the width of their words; returns that of the body.

    The height of a line's ink says how large letters are on the whole, but is off by a sixth for a
    line with a speck or without high letters. Widths differ less from line to line, but say nothing
    without knowing the font.
    """
    long = [row for row in rows if row.width]
    wide = _middle([(row.width / row.size, len(row.text)) for row in long]) or 1.0
    for row in long:
        row.size = row.width / wide
    body = _middle([(row.size, len(row.text)) for row in rows]) or 1.0
    for row in rows:
        if not row.width and row.size < _LARGE * body:
            row.size = body
    return body


def _middle(values: list[tuple[float, int]]) -> float:
    """Returns the weighted median of (value, weight); 0 of nothing."""
    half = sum(weight for _, weight in values) / 2
    for value, weight in sorted(values):
        half -= weight
        if half <= 0:
            return value
    return 0.0


def _fragment(row: _Row, body: float) -> Fragment:
    """Returns a row as a fragment; sizes are judgements, so they are the body's or quarters away from it."""
    size = max(round(4 * row.size / body), 2) / 4 * body
    top, bottom = row.base - ASCENT * size, row.base + DESCENT * size
    return Fragment(row.x0, row.x1, row.base, size, row.text, top, bottom)
