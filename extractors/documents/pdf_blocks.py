"""Lines of a document, in reading order -> blocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Literal
from unicodedata import normalize

from extractors.documents.pdf_headings import Levels, is_heading
from extractors.documents.pdf_labels import CAPTION, ENUMERATOR, NAMED
from extractors.documents.pdf_latex import CLOSE, FUNCTIONS, OPEN, SIGN, display, unmarked, with_dollars
from extractors.documents.pdf_lines import Line, carry_numbers
from extractors.documents.pdf_tables import label_beside, table_at, table_text
from extractors.documents.pdf_text import SOFT_HYPHEN, Hyphens, join
from schemas.document import BLOCK_SEPARATOR, Block, BlockKind, Box, MathQuality, Style

PartKind = Literal["text", "code", "table", "figure", "footnote", "caption"]

_MARK = re.compile(rf"{OPEN}\^\{{?(\d{{1,3}}|[*†‡§¶a-z])\}}?{CLOSE}\s?|([*†‡§¶]|[¹²³⁰⁴-⁹]{{1,3}})\s?")
_CODE = re.compile(r"[=(){}\[\]<>$#;_\\]")
_REFERENCE = re.compile(
    rf"([^\W\d_]{{2}}|[.,;:!?)\]”’\"'])\s?{OPEN}\^(?:\{{(\d{{1,3}})\}}|([\d*†‡§¶])){CLOSE}(?![\w(])"
)
_RAISED = re.compile(r"([^\W\d_]{3}|[.,;:!?)\]”’\"'])()([¹²³⁰⁴-⁹]{1,3})(?![\w(])")
_SUPERSCRIPTS = "¹²³⁰⁴⁵⁶⁷⁸⁹"
_UNSPACED = re.compile(r"[【（]?[\u3040-\u30ff\u3400-\u9fff]")  # lines are broken between any two characters
_SENTENCE_END = (".", "!", "?", ":", ";", "”", '"', ")", "]", "。", "？", "！")
_WORD = re.compile(r"[^\W\d_]{3,}")
_EQUATION_NUMBER = re.compile(r"\(([\dA-Z]+(?:[.\-–]\d+)*[a-z]?)\)")
_FINISHED = re.compile(f"{OPEN}[^{CLOSE}]*{CLOSE}|[\U0001d400-\U0001d7ff]+")
_RELATION = re.compile(r"[=<>≤≥≈≡≠→⇒∈∝∼]|[∫∑∏]")
_SAMPLE = 4000
"""So many lines tell the usual distance of lines."""


@dataclass(slots=True)
class Part:
    """Lines that make one block."""

    lines: list[Line]
    kind: PartKind = "text"
    text: str = ""


def blocks_of(
    pages: list[list[Line]], rules: list[list[float]], bookmarks: list[tuple[int, str, int]], body: float
) -> tuple[Block, ...]:
    """Returns the blocks of a document, with their spans.

    Args:
      pages: the lines of each page, in reading order, without running heads.
      rules: for each page, the heights of rules as wide as a table.
      bookmarks: level, title and page of each.
      body: size of the body text.
    """
    carry_numbers(pages)
    lines = [line for page in pages for line in page if not line.picture]
    pitch = _line_pitch(lines)
    hyphens = Hyphens([line.text for line in lines])
    parts = [
        part
        for page, ruled in zip(pages, rules, strict=True)
        for part in _page_parts(page, ruled, body, pitch)
    ]
    parts = list(_continued(parts))
    headings = {id(part) for part in parts if part.kind == "text" and is_heading(part.lines, body)}
    levels = Levels((part.lines for part in parts if id(part) in headings), bookmarks)
    blocks: list[Block] = []
    start = 0
    for part in parts:
        level = levels.level(part.lines) if id(part) in headings else 0
        blocks.append(_block(part, body, hyphens, level, start))
        start = blocks[-1].end + len(BLOCK_SEPARATOR)
    return tuple(blocks)


def _line_pitch(lines: list[Line]) -> float:
    """Returns the usual distance of two baselines, in units of size."""
    steps: Counter[float] = Counter()
    for a, b in pairwise(lines[:_SAMPLE]):
        if a.column == b.column and a.page == b.page and abs(a.size - b.size) < 0.3 and a.size > 0:
            step = (b.base - a.base) / b.size
            if 0.8 < step < 2.5:
                steps[round(step, 2)] += 1
    most = max(steps.values(), default=0)
    return min((step for step, n in steps.items() if n >= 0.5 * most), default=1.2)


def _page_parts(lines: list[Line], ruled: list[float], body: float, pitch: float) -> list[Part]:
    """Returns the paragraphs, tables, figures of a page in reading order, its footnotes last."""
    notes: list[Part] = []
    text: list[Part] = []
    start = 0
    while start < len(lines):
        stop = start
        while stop < len(lines) and lines[stop].column == lines[start].column:
            stop += 1
        column = lines[start:stop]
        split = _footnotes_start(column, body)
        text += _column_parts(column[:split], ruled, pitch)
        notes += _footnotes(column[split:])
        start = stop
    if notes:
        _drop_marks(text, notes)
    return text + notes


def _footnotes_start(column: list[Line], body: float) -> int:
    """Returns the index of a column's first footnote line: small, at its end, with a mark."""
    start = len(column)
    while start and column[start - 1].size < 0.93 * body and not column[start - 1].picture:
        start -= 1
    return next((i for i in range(start, len(column)) if _MARK.match(column[i].text)), len(column))


def _footnotes(lines: list[Line]) -> Iterator[Part]:
    current: list[Line] = []
    for line in lines:
        if current and _MARK.match(line.text):
            yield Part(current, "footnote")
            current = []
        current.append(line)
    if current:
        yield Part(current, "footnote")


def _drop_marks(text: list[Part], notes: list[Part]) -> None:
    """Takes the marks that refer to footnotes from the text, and writes the footnotes' own plainly."""
    marks = set()
    for note in notes:
        first = note.lines[0]
        match = _MARK.match(first.text)
        if match:
            mark = _plain_mark(match[1] or match[2])
            marks.add(mark)
            first.text = f"{mark} {first.text[match.end() :]}"
    referred = set()

    def refer(match: re.Match[str]) -> str:
        mark = _plain_mark(match[2] or match[3])
        if mark not in marks:
            return match[0]
        referred.add(mark)
        return match[1]

    for part in text:
        for line in part.lines:
            if OPEN in line.text:
                line.text = _REFERENCE.sub(refer, line.text)
            line.text = _RAISED.sub(refer, line.text)
    for mark in marks - referred:
        raised = re.compile(rf"(?<=\d){OPEN}\^(?:\{{{re.escape(mark)}\}}|{re.escape(mark)}){CLOSE}(?![\w(])")
        found = [line for part in text for line in part.lines if raised.search(line.text)]
        if len(found) == 1:  # no other place refers to the footnote: this is no power
            found[0].text = raised.sub("", found[0].text, count=1)


def _plain_mark(mark: str) -> str:
    return normalize("NFKC", mark) if mark[0] in _SUPERSCRIPTS else mark


def _column_parts(column: list[Line], ruled: list[float], pitch: float) -> Iterator[Part]:
    current: list[Line] = []
    i = 0
    while i < len(column):
        line = column[i]
        stop = table_at(column, i, ruled) if len(line.cells) > 1 else None
        if line.picture or stop or (current and _begins(current, line, pitch, column)):
            if current:
                yield _text_part(current)
            current = []
        if line.picture:
            yield Part([line], "table" if line.grid else "figure", line.text)
            i += 1
        elif stop:
            rows = column[i:stop]
            label = label_beside(rows)
            if label:
                yield _text_part([label])
            yield Part(rows, "table", table_text(rows))
            i = stop
        else:
            current.append(line)
            i += 1
    if current:
        yield _text_part(current)


def _text_part(lines: list[Line]) -> Part:
    if all(line.mono for line in lines) and (len(lines) > 1 or _CODE.search(lines[0].text)):
        return Part(lines, "code", _code(lines))
    return Part(lines, "caption" if CAPTION.match(lines[0].text) else "text")


def _code(lines: list[Line]) -> str:
    """Returns lines of code with their indentation, from where they begin and the width of their letters."""
    longest = max(lines, key=lambda line: len(line.text))
    width = (longest.x1 - longest.x0) / len(longest.text) or 1.0
    left = min([line.x0 for line in lines])
    return "\n".join([" " * min(round((line.x0 - left) / width), 80) + line.text for line in lines])


def _left_edge(column: list[Line]) -> float:
    """Returns where the lines of a column begin: the leftmost place where several do."""
    starts = Counter(round(line.x0 / 2) for line in column if not line.picture)
    needed = max(2, 0.08 * len(column))
    return min(
        (2.0 * start for start, n in starts.items() if n >= needed), default=column[0].x0 if column else 0.0
    )


def _begins(current: list[Line], line: Line, pitch: float, column: list[Line]) -> bool:
    """Whether a line begins a paragraph, after the lines of the current one."""
    last = current[-1]
    size = line.size
    gap, usual = line.top - last.bottom, (pitch - 0.94) * size
    if gap > usual + 0.25 * size:
        return True
    if line.mono and last.mono:
        return False
    heading = last.bold >= len(last.text) > 1 and line.bold < len(line.text) and not last.stacked
    if abs(size - last.size) > 0.12 * last.size and (heading or not (line.stacked or last.stacked)):
        return True
    if last.text.endswith(("-", SOFT_HYPHEN)) and line.text[0].islower():
        return False
    ended = last.text.endswith(_SENTENCE_END)
    if line.bold > 1 and not last.bold_end and (ended or line.bold < len(line.text)):
        return True
    if last.bold >= len(last.text) > 1 and not line.bold and len(current) == 1 and gap > usual + 0.1 * size:
        return True
    room = line.column[1] - last.x1 - size
    word = 2 if _UNSPACED.match(line.text) else line.text.find(" ") + 1 or len(line.text)
    short = room > 0 and room > (line.x1 - line.x0) * word / len(line.text)
    if last.bold >= len(last.text) > 1 and not line.bold and short and not _is_label(last):
        return True  # bold text that goes on fills its line
    if line.bold >= len(line.text) > 1 and not last.bold and short:
        return True
    indent = line.x0 - last.x0
    small = line.text[0].islower()
    head = line.text[:6] if small else ""
    if not small or "." in head or ")" in head:  # else no label: that saves the search
        if _is_label(line):
            return ended or short or abs(indent) > 0.8 * size
        if (ended or short) and CAPTION.match(line.text):
            return True
    if len(current) > 1 and abs(indent) > 0.8 * size and not (last.stacked or line.stacked):
        return True
    if len(current) == 1 and indent > 0.8 * size and short and not ENUMERATOR.match(last.text):
        return True
    if len(current) == 1 and indent < -0.8 * size and line.x0 < _left_edge(column) - 0.8 * size:
        return True
    return short and ended and not small and line.text[0].isalnum()


def _is_label(line: Line) -> bool:
    return bool(ENUMERATOR.match(line.text) or NAMED.match(line.text))


def _continued(parts: list[Part]) -> Iterator[Part]:
    """Joins a paragraph that goes on in the next column or on the next page, past what floats between."""
    held: Part | None = None
    floating: list[Part] = []
    for part in parts:
        if held is None:
            held = part
        elif part.kind != "text":
            floating.append(part)
        elif held.kind == "text" and _goes_on(held.lines[-1], part.lines[0]):
            held.lines += part.lines
        else:
            yield held
            yield from floating
            held, floating = part, []
    if held is not None:
        yield held
        yield from floating


def _goes_on(last: Line, line: Line) -> bool:
    if line.page == last.page and line.column == last.column:
        return False
    if line.page > last.page + 1 or abs(last.size - line.size) > 0.08 * last.size:
        return False
    if last.text.endswith(_SENTENCE_END) and not last.text.endswith((")", "]", '"', "”")):
        return False
    if _is_label(line) or line.bold > 1:
        return False
    if last.text.endswith(SOFT_HYPHEN) and line.text[0].isalpha():
        return True
    if last.bold >= len(last.text) or len(last.text) < 20:
        return False
    full = last.x1 > last.column[1] - 4 * last.size
    return full and (line.text[:1].islower() or last.text.endswith(("-", ",")) or not line.text[:1].isupper())


def _block(part: Part, body: float, hyphens: Hyphens, level: int, start: int) -> Block:
    lines = part.lines
    first = lines[0]
    text, bold, italic = part.text, 0, 0
    if not text:
        text, bold, italic = first.text, first.bold, first.italic
        for line in lines[1:]:
            before = len(text)
            text = join(text, line.text, hyphens)
            if bold == before and line.bold:
                bold = len(text) - len(line.text) + line.bold
            if italic == before and line.italic:
                italic = len(text) - len(line.text) + line.italic
    indent = round((first.x0 - first.column[0]) / body, 1)
    kind: BlockKind = "heading" if level else "paragraph" if part.kind == "text" else part.kind
    if kind == "paragraph" and indent > 1.5 and _is_formula(text):
        kind = "formula"
    quality: MathQuality = "exact"
    if kind == "code":
        text = unmarked(text)
    elif kind == "formula" or SIGN.search(text) or any(line.doubtful for line in lines):
        quality = (
            "doubtful" if any(line.doubtful for line in lines) else "rebuilt" if OPEN in text else "exact"
        )
        if kind == "formula":
            text = _display(lines)
        else:
            text, moved = with_dollars(text)
            bold, italic = _moved(bold, moved), _moved(italic, moved)
    length = len(text)
    style = _style(min(bold, length), min(italic, length), round(first.size / body, 2), indent)
    return Block(text, kind, level, "", first.page, _boxes(lines), style, (), start, start + length, quality)


def _display(lines: list[Line]) -> str:
    """Returns the lines of a displayed formula as one; the numbers at their right are their tags."""
    rows, tags = [], []
    for line in lines:
        last = _EQUATION_NUMBER.fullmatch(line.cells[-1][2]) if len(line.cells) > 1 else None
        tags.append(last[1] if last else "")
        rows.append(line.text[: -len(last[0])] if last and line.text.endswith(last[0]) else line.text)
    return display(rows, tags)


def _moved(offset: int, moved: list[tuple[int, int]]) -> int:
    """Returns where an offset is after formulas were written with dollars."""
    before, after = next(((b, a) for b, a in reversed(moved) if b <= offset), (0, 0))
    return offset - before + after


@lru_cache(maxsize=1024)
def _style(bold: int, italic: int, size: float, indent: float) -> Style:
    return Style(bold, italic, size, indent)


def _is_formula(text: str) -> bool:
    if len(text) > 300 or not _RELATION.search(text) or ENUMERATOR.match(text):
        return False
    plain = _FINISHED.sub(" ", text)
    return sum(word not in FUNCTIONS for word in _WORD.findall(plain)) < 2


def _boxes(lines: list[Line]) -> tuple[Box, ...]:
    """Returns the rectangles of lines, one for each column that they stand in."""
    first, last = lines[0], lines[-1]
    if first is last:
        return (_box(first.page, first.x0, first.top, first.x1, first.bottom),)
    if first.page == last.page and first.column == last.column:
        return (_around(lines),)
    areas = [list(area) for _, area in groupby(lines, key=lambda line: (line.page, line.column))]
    return tuple([_around(area) for area in areas])


def _around(lines: list[Line]) -> Box:
    return _box(
        lines[0].page,
        min([line.x0 for line in lines]),
        min([line.top for line in lines]),
        max([line.x1 for line in lines]),
        max([line.bottom for line in lines]),
    )


def _box(page: int, x0: float, y0: float, x1: float, y1: float) -> Box:
    return Box(page, round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1))
