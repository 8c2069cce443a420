"""Lines of a document, in reading order -> blocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from extractors.documents.pdf_lines import Line
from extractors.documents.pdf_text import join
from schemas.document import Block, Box, Style

ENUMERATOR = re.compile(
    r"(?:\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,4})[.)]|(?:\d+|[A-Z])(?:\.\d+)+[.:)]?|[•◦▪‣–—*-])(?=\s|$)"
    r"|(?:Exercise|Problem|Question|Example|Solution|Answer|Proof|Theorem|Definition|Lemma|Remark|Figure|Table)\b"
    r"(?=[ .:]*(?:$|[\d(A-Z]))"
)
_CAPTION = re.compile(r"(?:Figure|Fig\.|Table|FIGURE|TABLE)\s*\d")
_LABEL_WORD = re.compile(
    r"(?:solution|answer|proof|hint|strategy|example|exercise|problem|question|figure|table|theorem|definition|lemma)s?\b",
    re.I,
)
_SENTENCE_END = (".", "!", "?", ":", ";", "”", '"', ")")
_HEADING_NUMBER = re.compile(r"(?:chapter |section |appendix |part )?(\d+|[A-Z])((?:\.\d+)*)\b", re.I)
_WORDS = re.compile(r"[^\W\d_]{3,}")


@dataclass(slots=True)
class _Paragraph:
    lines: list[Line] = field(default_factory=list)


def blocks_of(pages: list[list[Line]]) -> list[Block]:
    """Returns the blocks of a document.

    Args:
      pages: the lines of each page, in reading order, running heads removed.
    """
    lines = [line for page in pages for line in page]
    if not lines:
        return []
    body = body_size(lines)
    pitch = _line_pitch(lines, body)
    known = {w.lower() for line in lines for w in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text)}
    paragraphs = list(_paragraphs(lines, pitch))
    ranks = _heading_ranks(paragraphs, body)
    return [_block(p, body, known, ranks) for p in _merged(paragraphs)]


def body_size(lines: Iterable[Line]) -> float:
    """Returns the size in which most characters are printed."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], size))


def _line_pitch(lines: list[Line], body: float) -> float:
    """Returns the usual distance of two lines over their size."""
    steps = Counter(
        round((b.base - a.base) / b.size, 2)
        for a, b in zip(lines, lines[1:], strict=False)
        if a.column == b.column
        and a.page == b.page
        and abs(a.size - b.size) < 0.2
        and 0.8 < (b.base - a.base) / b.size < 2.5
    )
    return min((step for step, n in steps.items() if n >= 0.5 * max(steps.values())), default=1.2)


def _paragraphs(lines: list[Line], pitch: float) -> Iterable[_Paragraph]:
    current: list[Line] = []
    for line in lines:
        if current and _begins(current, line, pitch):
            yield _Paragraph(current)
            current = []
        current.append(line)
    if current:
        yield _Paragraph(current)


def _begins(current: list[Line], line: Line, pitch: float) -> bool:
    """Whether a line begins a paragraph, after the lines of the current one."""
    last, first = current[-1], current[0]
    if line.page != last.page or line.column != last.column:
        return True
    if abs(line.size - last.size) > 0.08 * last.size and not (line.stacked or last.stacked):
        return True
    gap, usual = line.top - last.bottom, (pitch - 0.94) * line.size
    if gap > usual + 0.25 * line.size:
        return True
    all_bold = last.bold >= len(last.text)
    if line.bold >= min(2, len(line.text)) and not last.bold_end:
        return True
    if all_bold and not line.bold and len(current) == 1 and gap > usual + 0.1 * line.size:
        return True
    indent = line.x0 - last.x0
    if ENUMERATOR.match(line.text):
        return True
    if indent > 0.8 * line.size and len(current) > 1 and last.text.endswith(_SENTENCE_END):
        return True
    if indent < -0.8 * line.size and len(current) > 1:
        return True
    if len(current) > 1 and indent < -0.8 * line.size and abs(line.x0 - first.x0) < 2:
        return True
    word = line.text.split(" ", 1)[0]
    need = (line.x1 - line.x0) * (len(word) + 1) / max(len(line.text), 1)
    right = max(line.x1, *(previous.x1 for previous in current))
    return last.x1 + need + 1.5 * line.size < right and last.text.endswith(_SENTENCE_END)


def _merged(paragraphs: list[_Paragraph]) -> Iterable[_Paragraph]:
    """Joins a paragraph that goes on in the next column or on the next page."""
    held: _Paragraph | None = None
    for paragraph in paragraphs:
        if held is not None:
            last, line = held.lines[-1], paragraph.lines[0]
            elsewhere = line.page != last.page or line.column != last.column
            if (
                elsewhere
                and abs(last.size - line.size) < 0.5
                and not last.text.endswith(_SENTENCE_END)
                and line.text[:1].islower()
                and not ENUMERATOR.match(line.text)
                and len(last.text) > 20
            ):
                held.lines += paragraph.lines
                continue
            yield held
        held = paragraph
    if held is not None:
        yield held


def _is_heading(paragraph: _Paragraph, body: float) -> bool:
    lines = paragraph.lines
    text = " ".join(line.text for line in lines)
    if len(lines) > 3 or len(text) > 160 or not _WORDS.search(text):
        return False
    bold = all(line.bold >= len(line.text) for line in lines)
    size = min(line.size for line in lines)
    if size > 1.12 * body:
        return not text.endswith((".", ",", ";")) or bold
    if not bold or size < 0.95 * body or text.endswith((".", ":", ",", ";")) or _LABEL_WORD.match(text):
        return False
    return len(lines) <= 2


def _heading_ranks(paragraphs: list[_Paragraph], body: float) -> dict[tuple[float, bool], int]:
    """Returns the level of every look of headings: the larger and the bolder, the higher."""
    looks = {_look(p) for p in paragraphs if _is_heading(p, body)}
    return {look: min(level, 6) for level, look in enumerate(sorted(looks, reverse=True), 1)}


def _look(paragraph: _Paragraph) -> tuple[float, bool]:
    line = paragraph.lines[0]
    return round(line.size * 2) / 2, line.bold >= len(line.text)


def _block(
    paragraph: _Paragraph, body: float, known: set[str], ranks: dict[tuple[float, bool], int]
) -> Block:
    lines = paragraph.lines
    first = lines[0]
    text = first.text
    bold, italic = first.bold, first.italic
    for line in lines[1:]:
        before = len(text)
        text = join(text, line.text, known)
        if bold >= before and line.bold:
            bold = len(text) - len(line.text) + line.bold
        if italic >= before and line.italic:
            italic = len(text) - len(line.text) + line.italic
    style = Style(
        bold=min(bold, len(text)),
        italic=min(italic, len(text)),
        size=round(first.size / body, 2),
        indent=round((first.x0 - first.column[0]) / body, 1),
    )
    kind, level = "paragraph", 0
    if _is_heading(paragraph, body):
        kind, level = "heading", ranks[_look(paragraph)]
    elif _CAPTION.match(text):
        kind = "caption"
    elif len(_WORDS.findall(text)) < 2 and "=" in text and style.indent > 1.5:
        kind = "formula"
    return Block(text=text, kind=kind, level=level, page=first.page, boxes=_boxes(lines), style=style)  # type: ignore[arg-type]


def _boxes(lines: list[Line]) -> tuple[Box, ...]:
    boxes: list[Box] = []
    area: list[Line] = []
    for line in [*lines, None]:
        if area and (line is None or (line.page, line.column) != (area[0].page, area[0].column)):
            boxes.append(
                Box(
                    area[0].page,
                    round(min(part.x0 for part in area), 1),
                    round(min(part.top for part in area), 1),
                    round(max(part.x1 for part in area), 1),
                    round(max(part.bottom for part in area), 1),
                )
            )
            area = []
        if line is not None:
            area.append(line)
    return tuple(boxes)
