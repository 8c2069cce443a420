"""Spans of a page -> fragments (runs on one baseline) -> lines of text.

MuPDF ends a "line" wherever the pen jumps: such a run is called a fragment here. A printed line
is a row of fragments; fractions, limits and matrices are stacks of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from extractors.documents.pdf_text import plain

BOLD, ITALIC, EXTENSION = 1, 2, 4

ASCENT, DESCENT = 0.72, 0.22
"""Height of a line above and below its baseline, in units of its size."""

_WORDS = re.compile(r"[^\W\d_]{3,}")


@dataclass(slots=True)
class Fragment:
    """A run of text on one baseline. `bold` and `italic` count its leading characters in that style."""

    x0: float
    x1: float
    base: float
    size: float
    text: str
    bold: int = 0
    italic: int = 0
    bold_end: bool = False


@dataclass(slots=True)
class Line:
    """One printed line, or one displayed formula.

    Attributes:
      cells: x0, x1 and text of the parts that wide gaps separate.
      column: left and right edge of its column.
      stacked: whether it holds fractions, limits or rows above each other.
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
    stacked: bool = False
    column: tuple[float, float] = (0.0, 0.0)
    cells: list[tuple[float, float, str]] = field(default_factory=list)


def fragment(spans: list[dict[str, Any]], style_of: Callable[[str, int], int]) -> Fragment | None:
    """Returns the fragment of one MuPDF line, or None if it is blank.

    Args:
      spans: as in PyMuPDF's "dict" output.
      style_of: font name and flags -> BOLD, ITALIC and EXTENSION bits.
    """
    main = spans[0]
    if len(spans) > 1:
        largest = max(s["size"] for s in spans if not s["text"].isspace() or s is main)
        main = max((s for s in spans if s["size"] > 0.95 * largest), key=_length)
    size, base = main["size"], main["origin"][1]
    pieces: list[str] = []
    bold = italic = count = 0
    all_bold = all_italic = True
    level = 0
    style = 0
    for span in spans:
        text = span["text"]
        style = style_of(span["font"], span["flags"])
        if not text.isascii() or style & EXTENSION or not text.isprintable():
            text = plain(text, bool(style & EXTENSION))
        if not text:
            continue
        now = 0
        if span["size"] < 0.86 * size and not text.isspace():
            shift = base - span["origin"][1]
            now = 1 if shift > 0.12 * size else -1 if shift < -0.06 * size else 0
        if now != level:
            if level:
                pieces.append("}")
            if now:
                if pieces and pieces[-1].endswith(" "):
                    pieces[-1] = pieces[-1].rstrip(" ")
                pieces.append("^{" if now > 0 else "_{")
            level = now
        pieces.append(text)
        count += len(text)
        if not text.isspace():
            if all_bold:
                all_bold = bool(style & BOLD)
                bold = count if all_bold else bold
            if all_italic:
                all_italic = bool(style & ITALIC)
                italic = count if all_italic else italic
    if level:
        pieces.append("}")
    text = "".join(pieces)
    stripped = text.strip()
    if not stripped:
        return None
    x0, x1 = spans[0]["bbox"][0], spans[-1]["bbox"][2]
    if stripped is not text and len(stripped) < len(text):
        lead = len(text) - len(text.lstrip())
        bold, italic = max(bold - lead, 0), max(italic - lead, 0)
        if lead and spans[0]["text"].isspace() and len(spans) > 1:
            x0 = spans[1]["bbox"][0]
        if spans[-1]["text"].isspace() and len(spans) > 1:
            x1 = spans[-2]["bbox"][2]
    if "{" in stripped:
        stripped = _unbraced(stripped)
    length = len(stripped)
    bold, italic = min(bold, length), min(italic, length)
    return Fragment(x0, x1, base, size, stripped, bold, italic, bool(style & BOLD))


def _length(span: dict[str, Any]) -> int:
    return len(span["text"].strip())


_BRACES = re.compile(r"([\^_])\{\s*([^{}]*?)\s*\}")


def _unbraced(text: str) -> str:
    """`x^{2}` -> `x^2`; longer scripts keep their braces."""
    return _BRACES.sub(lambda m: m[1] + m[2] if len(m[2]) == 1 else f"{m[1]}{{{m[2]}}}" if m[2] else "", text)


def rows(fragments: list[Fragment]) -> list[list[Fragment]]:
    """Groups the fragments of one column into lines, from top to bottom.

    Fragments whose extents overlap belong together, unless they hold more than one line of prose:
    then every other fragment goes to the nearest of those.
    """
    fragments.sort(key=lambda f: (f.base, f.x0))
    found: list[list[Fragment]] = []
    bottom = -1e9
    for f in fragments:
        if f.base - ASCENT * f.size < bottom - 0.1 * f.size:
            found[-1].append(f)
            bottom = max(bottom, f.base + DESCENT * f.size)
        else:
            found.append([f])
            bottom = f.base + DESCENT * f.size
    result: list[list[Fragment]] = []
    for cluster in found:
        first, last = cluster[0], cluster[-1]
        if last.base - first.base < 0.9 * first.size:
            result.append(cluster)
        else:
            result += _apart(cluster)
    return result


def _apart(cluster: list[Fragment]) -> list[list[Fragment]]:
    """Divides a tall cluster into its lines of prose with what hangs on each; a formula stays whole."""
    levels: list[list[Fragment]] = []
    for f in cluster:
        if levels and f.base - levels[-1][0].base < 0.25 * f.size:
            levels[-1].append(f)
        else:
            levels.append([f])
    weight = [sum(len(_WORDS.findall(f.text)) for f in level) for level in levels]
    mains: list[int] = []
    for i in sorted(range(len(levels)), key=lambda i: -weight[i]):
        size = max(f.size for f in levels[i])
        if weight[i] > 1 and all(abs(levels[i][0].base - levels[m][0].base) > 0.85 * size for m in mains):
            mains.append(i)
    if len(mains) < 2:
        return [cluster]
    mains.sort()
    lines: dict[int, list[Fragment]] = {m: [] for m in mains}
    for level in levels:
        base = level[0].base
        lines[min(mains, key=lambda m: abs(levels[m][0].base - base))] += level
    return [lines[m] for m in mains]


def line_of(row: list[Fragment], page: int, column: tuple[float, float]) -> Line:
    """Returns the line that a row of fragments makes."""
    if len(row) == 1:
        f = row[0]
        return Line(
            f.text, page, f.x0, f.x1, f.base - ASCENT * f.size, f.base + DESCENT * f.size, f.base, f.size,
            f.bold, f.italic, f.bold_end, False, column, [(f.x0, f.x1, f.text)],
        )  # fmt: skip
    row.sort(key=lambda f: f.x0)
    main = max(row, key=lambda f: (f.size > 0.95 * max(g.size for g in row), len(f.text)))
    text = ""
    cells: list[tuple[float, float, str]] = []
    bold = italic = 0
    stacked = False
    cell_start, cell_x0 = 0, row[0].x0
    right = row[0].x0
    bold_end = False
    for stack in _stacks(row):
        x0 = min(f.x0 for f in stack)
        gap = x0 - right
        if text and gap > 1.5 * main.size:
            cells.append((cell_x0, right, text[cell_start:].strip()))
            cell_start, cell_x0 = len(text), x0
        piece = _stack_text(stack, main)
        glued = not text or (gap < 0.14 * main.size and not (len(stack) > 1)) or piece[0] in "^_"
        if not glued:
            text += " "
        if len(stack) == 1:
            f = stack[0]
            if bold == len(text.rstrip()):
                bold = len(text) + f.bold if f.bold else bold
            if italic == len(text.rstrip()):
                italic = len(text) + f.italic if f.italic else italic
            bold_end = f.bold_end
        else:
            stacked = True
        text += piece
        right = max(right, *(f.x1 for f in stack))
    cells.append((cell_x0, right, text[cell_start:].strip()))
    return Line(
        text, page, row[0].x0, right,
        min(f.base - ASCENT * f.size for f in row), max(f.base + DESCENT * f.size for f in row),
        main.base, main.size, min(bold, len(text)), min(italic, len(text)), bold_end, stacked, column, cells,
    )  # fmt: skip


def _stacks(row: list[Fragment]) -> list[list[Fragment]]:
    """Groups fragments, sorted by x, that stand above each other."""
    stacks: list[list[Fragment]] = []
    right = -1e9
    for f in row:
        width = min(f.x1 - f.x0, right - (stacks[-1][0].x0 if stacks else 0))
        if stacks and right - f.x0 > 0.4 * width and abs(f.base - stacks[-1][-1].base) > 0.25 * f.size:
            stacks[-1].append(f)
            right = max(right, f.x1)
        else:
            stacks.append([f])
            right = f.x1
    return stacks


def _stack_text(stack: list[Fragment], main: Fragment) -> str:
    if len(stack) > 1:
        stack.sort(key=lambda f: (round(f.base), f.x0))
        return " ".join(f.text for f in stack)
    f = stack[0]
    if f.size < 0.86 * main.size:
        shift = main.base - f.base
        if shift > 0.12 * main.size:
            return _unbraced(f"^{{{f.text}}}")
        if shift < -0.06 * main.size:
            return _unbraced(f"_{{{f.text}}}")
    return f.text
