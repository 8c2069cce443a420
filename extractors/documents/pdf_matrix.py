"""Delimiters, and the rows and columns between them."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from operator import attrgetter

from extractors.documents.pdf_fragments import Fragment
from extractors.documents.pdf_latex import finished, latex_of
from extractors.documents.pdf_lines import row_text
from extractors.documents.pdf_page import Page
from extractors.documents.pdf_scripts import SCRIPT

_OPENING, _CLOSING = "([{⌊⌈⟨|‖", ")]}⌋⌉⟩|‖"
_DELIMITERS = _OPENING + _CLOSING
_BRACKETS = frozenset("([{)]}")
_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}
_NARROW = 0.2
"""Bars and brackets are wider than this, in units of size."""

_WIDE = 0.55
"""Brackets of the height of a line are narrower than this, in units of size."""

_base, _x0 = attrgetter("base"), attrgetter("x0")
_ENVIRONMENTS = {
    "()": "pmatrix",
    "[]": "bmatrix",
    "||": "vmatrix",
    "‖‖": "Vmatrix",
    "{}": "Bmatrix",
    "{": "cases",
}


def delimiters_of(page: Page) -> list[Fragment]:
    """Returns the delimiters of a page that may be tall; those made of pieces are put together."""
    _divide(page)
    _cut_off(page)
    _uncover(page)
    found: list[Fragment] = []
    gone: set[int] = set()
    for f in page.fragments:
        if len(f.text) > 1 or f.text not in _DELIMITERS:
            continue
        if f.tall:
            above = next(
                (g for g in reversed(found[-40:])
                 if g.tall and g.text == f.text and abs(g.x0 - f.x0) < 0.1 * f.size
                 and f.top < g.bottom + (1.3 if f.text in "{}" else 0.35) * f.size), None,
            )  # fmt: skip
            if above and not (_has_own_line(above, page) and _has_own_line(f, page)):
                above.bottom = max(above.bottom, f.bottom)
                above.base = (above.top + above.bottom) / 2 + 0.25 * f.size
                gone.add(id(f))
                continue
        found.append(f)
    if gone:
        page.fragments = sorted([f for f in page.fragments if id(f) not in gone], key=_base)
    return found


def _has_own_line(piece: Fragment, page: Page) -> bool:
    """Whether a text ends where a tall delimiter stands: pieces of one have one such line at most."""
    return any(
        piece.top < g.base < piece.bottom and -1 < piece.x0 - g.x1 < 0.5 * piece.size and not g.tall
        for g in page.fragments
    )


def is_large(f: Fragment) -> bool:
    """Whether a fragment is a delimiter that is certainly higher than a line.

    The larger shapes of a bracket are wider too, and OpenType fonts say nothing else of their height.
    """
    return f.text in _BRACKETS and (f.tall or f.x1 - f.x0 > _WIDE * f.size)


def at_stack(bracket: Fragment, fragments: list[Fragment]) -> bool:
    """Whether a bracket stands beside a fraction or a radical on its line, and is large because of that."""
    near = 0.5 * bracket.size
    return any(
        f.stacked
        and abs(f.base - bracket.base) < near
        and min(abs(f.x0 - bracket.x1), abs(bracket.x0 - f.x1)) < near
        for f in fragments
    )


def _divide(page: Page) -> None:
    """Divides tall delimiters that stand side by side; a bar of pieces above each other is one."""
    several = [f for f in page.fragments if f.tall and len(f.text) > 1]
    for f in several:
        if set(f.text) == {"|"} and f.x1 - f.x0 < _NARROW * f.size * len(f.text):
            f.text = "|"
    several = [f for f in several if set(f.text) <= _BRACKETS]
    if not several:
        return
    gone = {id(f) for f in several}
    page.fragments = [f for f in page.fragments if id(f) not in gone]
    for f in several:
        step = (f.x1 - f.x0) / len(f.text)
        for i, bracket in enumerate(f.text):
            x0 = f.x0 + i * step
            page.fragments.append(replace(f, x0=x0, x1=x0 + step, text=bracket))
    page.fragments.sort(key=_base)


def _cut_off(page: Page) -> None:
    """Divides the last row of a matrix from the closing bracket that stands, by its baseline, at its end."""
    for opening in [f for f in page.fragments if f.text in _CLOSED_BY and is_large(f) and not f.tall]:
        closing = _CLOSED_BY[opening.text]
        ends = [
            f for f in page.fragments
            if f.text[-1] == closing and len(f.text) > 1 and f.x0 >= opening.x1 - 1
            and abs(f.base - opening.base) < 0.5 * f.size
            and f.text.count(closing) > f.text.count(opening.text)
        ]  # fmt: skip
        if not ends:
            continue
        last = min(ends, key=attrgetter("x0"))
        x0 = last.x1 - (opening.x1 - opening.x0)
        page.fragments.append(replace(opening, x0=x0, x1=last.x1, text=closing))
        last.x1, last.text = x0, last.text[:-1].rstrip()
        last.bold, last.italic = min(last.bold, len(last.text)), min(last.italic, len(last.text))
        page.fragments.sort(key=_base)


def _uncover(page: Page) -> None:
    """Divides brackets from the text before and after, between which stands a column."""
    fragments = sorted(page.fragments, key=_base)
    bases = [f.base for f in fragments]

    def within(f: Fragment, reach: float) -> list[Fragment]:
        first, last = bisect_left(bases, f.base - reach * f.size), bisect_left(bases, f.base + reach * f.size)
        return [g for g in fragments[first:last] if g.x0 > f.x1 - 1]

    for f in [f for f in fragments if f.text[-1] in _CLOSED_BY and len(f.text) > 1 and not f.tall]:
        ends = [g for g in within(f, 0.1) if g.text[0] == _CLOSED_BY[f.text[-1]] and not g.tall]
        after = min(ends, key=_x0, default=None)
        if after is None:
            continue
        inside = [g for g in within(f, 4) if g.x1 < after.x0 + 1]
        shifts = [(g.base - f.base) / f.size for g in inside]
        if not inside or not min(shifts) < -0.3 < 0.3 < max(shifts):
            continue
        if max([g.x0 for g in inside]) > min([g.x1 for g in inside]):
            continue
        width = 0.4 * f.size
        bracket = replace(f, x0=f.x1 - width, text=f.text[-1], bold=0, italic=0)
        f.x1, f.text = bracket.x0, f.text[:-1].rstrip()
        f.bold, f.italic = min(f.bold, len(f.text)), min(f.italic, len(f.text))
        page.fragments.append(bracket)
        if len(after.text) > 1:
            page.fragments.append(replace(after, x1=after.x0 + width, text=after.text[0], bold=0, italic=0))
            after.x0, after.text = after.x0 + width, after.text[1:].lstrip()
            after.bold, after.italic = max(after.bold - 1, 0), max(after.italic - 1, 0)
    page.fragments.sort(key=_base)


def pairs_of(delimiters: list[Fragment]) -> tuple[list[tuple[Fragment, Fragment]], list[Fragment]]:
    """Returns opening delimiters with those that close them at the same height, and braces without."""
    found = []
    single = []
    delimiters.sort(key=attrgetter("x0"))
    closed: set[int] = set()
    for i, opening in enumerate(delimiters):
        if opening.text not in _OPENING or id(opening) in closed:
            continue
        depth = 0
        for other in delimiters[i + 1 :]:
            if (
                abs(other.top - opening.top) > 0.5 * other.size
                or abs(other.bottom - opening.bottom) > other.size
            ):
                continue
            closes = other.text in _CLOSING and (other.text not in "|‖" or other.text == opening.text)
            if closes and depth == 0:
                found.append((opening, other))
                closed.add(id(other))
                break
            depth += -1 if closes else 1
        else:
            if opening.text == "{":
                single.append(opening)
    return found, single


def is_one_row(inside: list[Fragment], base: float) -> bool:
    """Whether fragments stand beside something stacked on a baseline that is as high as all of them."""
    first, last = min([f.base for f in inside]), max([f.base for f in inside])
    return any(
        f.stacked and f.stacked[0] <= first and last <= f.stacked[1] and abs(f.base - base) < 0.5 * f.size
        for f in inside
    )


def rows_of(inside: list[Fragment]) -> list[list[Fragment]]:
    """Returns fragments as rows by their baselines; small ones join the nearest."""
    largest = max(f.size for f in inside)
    rows: list[list[Fragment]] = []
    scripts = []
    for f in inside:
        if f.size < SCRIPT * largest and not f.stacked:
            scripts.append(f)
        elif rows and f.base - rows[-1][0].base < 0.5 * f.size:
            rows[-1].append(f)
        else:
            rows.append([f])
    for f in scripts:
        min(rows, key=lambda row: abs(row[0].base - f.base)).append(f)
    return rows


def nearest_row(part: list[Fragment], y: float) -> list[Fragment]:
    """Returns what stands at the height of the fragment nearest to a rule; the rest is on other lines."""
    if len(part) < 2:
        return part
    extents = [f.stacked or (f.top, f.bottom) for f in part]
    top, bottom = min(extents, key=lambda extent: min(abs(extent[0] - y), abs(extent[1] - y)))
    return [
        f for f, (first, last) in zip(part, extents, strict=True)
        if min(last, bottom) - max(first, top) > 0.1 * f.size
    ]  # fmt: skip


def around(inside: list[Fragment], opening: Fragment) -> list[Fragment]:
    """Returns the fragments in rows that follow each other closely, above and below a delimiter's axis.

    So is told how high a delimiter is whose font does not say so.
    """
    groups: list[list[Fragment]] = []
    for f in sorted(inside, key=_base):
        if groups and f.base - groups[-1][-1].base < 1.9 * f.size:
            groups[-1].append(f)
        else:
            groups.append([f])
    base, size = opening.base, opening.size
    for group in groups:
        first, last = group[0].base, group[-1].base
        if first < base - 0.2 * size and (
            abs(first + last - 2 * base) < size or abs(last - base) < 0.7 * size
        ):
            return group
    return []


def with_neighbours(found: list[Fragment], near: list[Fragment]) -> list[Fragment]:
    """Adds what stands on the same baseline beside what was found."""
    if not found:
        return found
    base = found[0].base
    row = sorted([f for f in near if abs(f.base - base) < 0.45 * f.size], key=attrgetter("x0"))
    x0, x1 = min([f.x0 for f in found]), max([f.x1 for f in found])
    for f in row:
        if f not in found and f.x0 < x1 + 0.2 * f.size and f.x1 > x0 - 0.2 * f.size:
            found.append(f)
            x0, x1 = min(x0, f.x0), max(x1, f.x1)
    return found


def _is_binomial(rows: list[list[Fragment]], size: float) -> bool:
    """Whether two rows stand as far apart as the halves of a binomial coefficient, not as rows of a matrix.

    Those distances are TeX's, num1 + denom1 in displays and num3 + denom2 in lines (The TeXbook,
    Appendix G, rule 15), which the fonts of other systems have as well.
    """
    if len(rows) != 2 or any(f.stacked for row in rows for f in row):
        return False
    apart = rows[1][0].base - rows[0][0].base
    small = rows[0][0].size < SCRIPT * size
    return abs(apart / size - (0.79 if small else 1.363)) < 0.06


def matrix(rows: list[list[Fragment]], opening: str, closing: str, size: float) -> tuple[str, bool]:
    """Returns rows between delimiters as LaTeX, and whether they are a grid without doubt.

    Args:
      size: of the delimiters.
    """
    certain = True
    cells: list[list[tuple[float, float, str]]] = []
    for row in rows:
        cells.append([])
        for group in _groups(row):
            text, sure = row_text(group)
            certain &= sure
            cells[-1].append((min([f.x0 for f in group]), max([f.x1 for f in group]), latex_of(text)))
    columns: list[tuple[float, float]] = []
    for x0, x1, _ in sorted(cell for row in cells for cell in row):
        if columns and x0 < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    lines = []
    for line in cells:
        texts = [""] * len(columns)
        for x0, _, text in line:
            place = next(i for i, column in enumerate(columns) if column[0] <= x0 <= column[1])
            certain &= not texts[place]
            texts[place] = f"{texts[place]} {text}".strip()
        lines.append(" & ".join(texts))
    if opening + closing == "()" and len(columns) == 1 and _is_binomial(rows, size):
        return finished(f"\\binom{{{lines[0]}}}{{{lines[1]}}}"), certain
    body = " \\\\ ".join([line.rstrip(" &") if opening == "{" else line for line in lines])
    name = _ENVIRONMENTS.get(opening + closing)
    if name:
        return finished(f"\\begin{{{name}}}{body}\\end{{{name}}}"), certain
    left, right = latex_of(opening), latex_of(closing)
    return finished(f"\\left{left}\\begin{{matrix}}{body}\\end{{matrix}}\\right{right}"), certain


def _groups(row: list[Fragment]) -> list[list[Fragment]]:
    """Divides a row at its wide gaps."""
    row.sort(key=attrgetter("x0"))
    groups = [row[:1]]
    right = row[0].x1
    for f in row[1:]:
        if f.x0 - right > 0.42 * f.size:
            groups.append([f])
        else:
            groups[-1].append(f)
        right = max(right, f.x1)
    return groups
