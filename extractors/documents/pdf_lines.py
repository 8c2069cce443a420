"""Fragments of one column -> lines of text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import attrgetter

from extractors.documents.pdf_fragments import Fragment
from extractors.documents.pdf_latex import OPEN
from extractors.documents.pdf_scripts import SCRIPT, SPACE
from extractors.documents.pdf_text import script, tidy

_NUMBER = re.compile(r"\(?(\d{1,3})[.)](?=\s\S)")
_LABEL = re.compile(r"\(?\d{1,4}[.)]")
_ALONE = re.compile(r"\(?\d{1,3}[.)]?")
_WORD = re.compile(r"[^\W\d_]{3,}")
_BRACKETS = "()[]{}|‖⌊⌋⌈⌉⟨⟩√"
_OPERATORS = frozenset("∑∏∐∫∮⋃⋂⨁⨂") | {"lim", "max", "min", "sup", "inf"}
_OPEN, _CLOSE = " ([{⟨|−-", " .,;:)]}⟩|′'?!/"
_SCRIPT = (f"{OPEN}^", f"{OPEN}_", f"{OPEN}'")
_CELL_GAP = 0.9
"""Gaps wider than this, in units of size, divide a line into cells."""

_top, _base, _x0 = attrgetter("top"), attrgetter("base"), attrgetter("x0")

Cell = tuple[float, float, str]


@dataclass(slots=True)
class Line:
    """One printed line, one row of a table, one displayed formula, one picture, or one table in a grid.

    Attributes:
      bold, italic: how many leading characters are bold or italic.
      bold_end: whether it ends in bold.
      column: left and right edge of its column.
      cells: x0, x1 and text of the parts that wide gaps separate; empty if there is but one.
      mono: whether all of it is in a typewriter font.
      stacked: whether it holds something in two dimensions.
      doubtful: whether it holds a formula that could not be put together.
      grid: whether it is a table, which stands for a picture in all else.
    """

    text: str
    page: int
    x0: float
    x1: float
    top: float
    bottom: float
    base: float
    size: float
    bold: int = 0
    italic: int = 0
    bold_end: bool = False
    mono: bool = False
    stacked: bool = False
    picture: bool = False
    column: tuple[float, float] = (0.0, 0.0)
    cells: list[Cell] = field(default_factory=list)
    doubtful: bool = False
    grid: bool = False


def lines_of(fragments: list[Fragment], page: int) -> list[Line]:
    """Returns the lines of one column, from top to bottom.

    A picture comes after the lines that begin above its middle.
    """
    column = (min([f.x0 for f in fragments]), max([f.x1 for f in fragments]))
    lines: list[Line] = []
    text = [f for f in fragments if f.picture is None]
    last = max(text, key=_base, default=None)
    alone = last is not None and _is_left_alone(last, text)
    for row in _rows([f for f in text if not (alone and f is last)]):
        line = _line(row, page, column)
        lines += _items(line) if line.cells else [line]
    if alone and last is not None:
        lines.append(_line([last], page, column))
    size = lines[0].size if lines else 1.0
    for f in fragments:
        if f.picture is not None:
            x0, top, x1, bottom = f.picture
            place = next((i for i, line in enumerate(lines) if line.top > f.base), len(lines))
            line = Line(
                f.text, page, x0, x1, top, bottom, bottom, size,
                picture=True, column=column, doubtful=f.doubtful, grid=f.grid,
            )  # fmt: skip
            lines.insert(place, line)
    return lines


def _is_left_alone(last: Fragment, text: list[Fragment]) -> bool:
    """Whether the lowest fragment is a number in the margin whose text stands in the next column."""
    if len(text) < 2 or not _ALONE.fullmatch(last.text):
        return False
    above = max([f for f in text if f is not last], key=_base)
    if above.base > last.top + 0.1 * last.size or last.size < 0.9 * above.size:
        return False
    beside = [f for f in text if f.x0 <= last.x1 and f is not last]
    return len(beside) < len(text) - 1 and all(_ALONE.fullmatch(f.text) for f in beside)


def carry_numbers(pages: list[list[Line]]) -> None:
    """Writes a number that is left alone in the margin below a column before the first line of the next."""
    lines = [line for page in pages for line in page if not line.picture]
    for above, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        same = (above.page, above.column) == (line.page, line.column) != (after.page, after.column)
        if (
            not same
            or line.size < 0.9 * above.size
            or line.x1 >= above.x1
            or not _ALONE.fullmatch(line.text)
            or _LABEL.match(after.text)
        ):
            continue
        after.text = f"{line.text} {after.text}"
        after.bold = line.bold
        after.x0 = min(after.x0, after.column[0])
        line.text = ""
    for page in pages:
        page[:] = [line for line in page if line.text]


def _items(line: Line) -> list[Line]:
    """Divides a line that holds several numbered items, as in a grid of exercises; else returns it whole."""
    numbers = [_NUMBER.match(text) for _, _, text in line.cells]
    values = [int(match[1]) for match in numbers if match]
    if len(values) < 2 or not numbers[0] or any(a >= b for a, b in pairwise(values)):
        return [line]
    items: list[Line] = []
    for (x0, x1, text), match in zip(line.cells, numbers, strict=True):
        if match:
            column = (x0, line.column[1])
            items.append(replace(line, text=text, x0=x0, x1=x1, column=column, cells=[], bold=0, italic=0))
            items[0].column = (line.column[0], line.column[1])
        else:
            items[-1].text += f" {text}"
            items[-1].x1 = x1
    for item in items:
        item.bold = min(line.bold, len(_NUMBER.match(item.text)[0])) if line.bold else 0  # type: ignore[index]
    return items


def row_text(row: list[Fragment]) -> tuple[str, bool]:
    """Returns the text of fragments that stand beside each other, and whether it is certain."""
    line = _line(row, 0, (0.0, 0.0))
    return line.text, not line.doubtful


def _rows(fragments: list[Fragment]) -> list[list[Fragment]]:
    """Groups fragments into lines.

    Fragments whose extents overlap belong together, unless they hold more than one line of prose:
    then every other fragment goes to the nearest of those.
    """
    clusters: list[list[Fragment]] = []
    apart: set[int] = set()
    bottom = lowest = -1e9
    for f in sorted(fragments, key=_top):
        if f.top < bottom - 0.1 * f.size:
            clusters[-1].append(f)
            if f.bottom > bottom:
                bottom = f.bottom
            if f.base > lowest:
                lowest = f.base
                if lowest - clusters[-1][0].base > 0.6 * f.size:
                    apart.add(len(clusters) - 1)
        else:
            clusters.append([f])
            bottom, lowest = f.bottom, f.base
    if not apart:
        return clusters
    rows: list[list[Fragment]] = []
    for i, cluster in enumerate(clusters):
        rows += _apart(cluster) if i in apart else [cluster]
    return rows


def _apart(cluster: list[Fragment]) -> list[list[Fragment]]:
    """Divides a tall cluster into its lines of prose with what hangs on each; a formula stays whole."""
    levels: list[list[Fragment]] = []
    for f in sorted(cluster, key=_base):
        if levels and f.base - levels[-1][0].base < 0.3 * f.size:
            levels[-1].append(f)
        else:
            levels.append([f])
    words = [max(_cells(level) - 1, *[len(_WORD.findall(f.text)) for f in level]) for level in levels]
    mains: list[int] = []
    for i in sorted(range(len(levels)), key=lambda i: -words[i]):
        size = max(f.size for f in levels[i])
        if words[i] > 1 and all(abs(levels[i][0].base - levels[m][0].base) > 0.85 * size for m in mains):
            mains.append(i)
    if len(mains) < 2:
        return [cluster]
    mains.sort()
    rows: dict[int, list[Fragment]] = {m: [] for m in mains}
    for level in levels:
        for f in level:
            middle = f.top + f.bottom
            nearest = min(mains, key=lambda m: abs(levels[m][0].top + levels[m][0].bottom - middle))
            rows[nearest].append(f)
    return [rows[m] for m in mains]


def _cells(level: list[Fragment]) -> int:
    """Returns into how many cells wide gaps divide the fragments on one baseline."""
    level.sort(key=_x0)
    return 1 + sum([g.x0 - f.x1 > 1.5 * f.size for f, g in pairwise(level)])


def _line(row: list[Fragment], page: int, column: tuple[float, float]) -> Line:
    if len(row) == 1:
        f = row[0]
        top, bottom = f.stacked or (f.top, f.bottom)
        return Line(
            tidy(f.text), page, f.x0, f.x1, top, bottom, f.base, f.size, f.bold, f.italic, f.bold_end, f.mono,
            f.stacked is not None, False, column, doubtful=f.doubtful or (f.tall and f.text in _BRACKETS),
        )  # fmt: skip
    row.sort(key=_x0)
    main = _main(row)
    size = main.size
    pieces: list[str] = []
    cells: list[Cell] = []
    length = bold = italic = start = 0
    all_bold = all_italic = True
    cell_x0 = right = row[0].x0
    after_stack = doubtful = False
    for stack in _stacks(row):
        f = stack[0]
        if len(stack) > 1:
            piece, certain = _stack_text(stack, main)
            doubtful |= not certain
        else:
            piece = _scripted(f, main)
            doubtful |= f.doubtful or (f.tall and f.text in _BRACKETS)
        if length:
            doubtful |= piece.startswith(_SCRIPT[1]) and pieces[-1][-1] in "([{"  # half of a binomial
            gap = f.x0 - right
            if gap > _CELL_GAP * size:
                cells.append((cell_x0, right, tidy("".join(pieces[start:]).strip())))
                start, cell_x0 = len(pieces), f.x0
            if (
                gap > SPACE * size
                or (f.stacked and pieces[-1][-1] not in _OPEN)
                or (after_stack and piece[0] not in _CLOSE and not piece.startswith(_SCRIPT))
                or (piece[0].isalnum() and (gap < -0.3 * size or _LABEL.fullmatch(pieces[-1])))
            ):
                piece = " " + piece
        after_stack = f.stacked is not None
        pieces.append(piece)
        length += len(piece)
        if all_bold:
            all_bold = f.bold == len(f.text)
            if f.bold:
                bold = length - len(f.text) + f.bold
        if all_italic:
            all_italic = f.italic == len(f.text)
            if f.italic:
                italic = length - len(f.text) + f.italic
        right = max(right, f.x1) if len(stack) == 1 else max([right, *(g.x1 for g in stack)])
    if cells:
        cells.append((cell_x0, right, tidy("".join(pieces[start:]).strip())))
    text = tidy("".join(pieces))
    if main.stacked is None and not any(f.stacked for f in row):
        top, bottom, stacked = min([f.top for f in row]), max([f.bottom for f in row]), False
    else:
        extents = [f.stacked or (f.top, f.bottom) for f in row]
        top, bottom, stacked = min(extents)[0], max([bottom for _, bottom in extents]), True
    return Line(
        text, page, row[0].x0, right, top, bottom, main.base, size,
        min(bold, len(text)), min(italic, len(text)), row[-1].bold_end, all(f.mono for f in row),
        stacked or bottom - top > 1.4 * size, False, column, cells, doubtful,
    )  # fmt: skip


def _scripted(f: Fragment, main: Fragment) -> str:
    """Returns a fragment's text, marked as sub- or superscript of its line if it is one."""
    if f.size >= SCRIPT * main.size or f.tall:
        return f.text
    shift = (main.base - f.base) / main.size
    if shift > 0.35 or (shift > 0.12 and not f.stacked):
        return script("^", f.text)
    if shift < -0.35 or (shift < -0.06 and not f.stacked):
        return script("_", f.text)
    return f.text


def _main(row: list[Fragment]) -> Fragment:
    """Returns the fragment that sets baseline and size of a line: the longest one that is no script."""
    best, longest, largest = row[0], -1, 0.0
    for f in row:
        if f.size > largest and not f.tall and not f.stacked and f.text[0] not in _OPERATORS:
            largest = f.size
    for f in row:
        if len(f.text) > longest and f.size > 0.8 * largest and not f.tall and not f.stacked:
            best, longest = f, len(f.text)
    return best


def _stacks(row: list[Fragment]) -> list[list[Fragment]]:
    """Groups fragments, sorted by x, that stand above each other."""
    stacks = [row[:1]]
    left, right = row[0].x0, row[0].x1
    for f in row[1:]:
        overlap = right - f.x0
        if (
            overlap > 1
            and not (f.size < SCRIPT * stacks[-1][-1].size and f.x0 > (left + right) / 2)
            and overlap > 0.4 * min(f.x1 - f.x0, right - left)
            and (abs(f.base - stacks[-1][-1].base) > 0.25 * f.size)
        ):
            stacks[-1].append(f)
            right = max(right, f.x1)
        else:
            stacks.append([f])
            left, right = f.x0, f.x1
    return stacks


def _stack_text(stack: list[Fragment], main: Fragment) -> tuple[str, bool]:
    """Returns fragments above each other as text, and whether it is certain what they are.

    They are an operator with its limits, scripts above each other, or unknown: then they are read
    from top to bottom.
    """
    operator = next((f for f in stack if f.text in _OPERATORS), None)
    if operator is None and all(f.size < SCRIPT * main.size and not f.stacked for f in stack):
        lower = " ".join([f.text for f in stack if f.base > main.base])
        upper = " ".join([f.text for f in stack if f.base <= main.base])
        if lower and upper:
            return script("_", lower) + script("^", upper), True
    if operator is not None:
        above = [f.text for f in stack if f.base < operator.base and f is not operator]
        below = [f.text for f in stack if f.base >= operator.base and f is not operator]
        return operator.text + script("_", " ".join(below)) + script("^", " ".join(above)), True
    stack.sort(key=lambda f: (round(f.base), f.x0))
    return " ".join([f.text for f in stack]), False
