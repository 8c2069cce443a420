"""Formulas in two dimensions -> one fragment on the line: fractions, radicals, bracketed matrices."""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter

from extractors.documents.pdf_fragments import ASCENT, DESCENT, SCRIPT, Bar, Fragment
from extractors.documents.pdf_latex import finished, latex_of
from extractors.documents.pdf_lines import row_text
from extractors.documents.pdf_page import MAX_BARS, Page

_OPENING, _CLOSING = "([{⌊⌈⟨|‖", ")]}⌋⌉⟩|‖"
_REACH = 40.0
"""Parts of a fraction or a radical have their baselines within this distance of its rule, in points."""

_base = attrgetter("base")


def reduce_stacks(page: Page) -> None:
    """Replaces every fraction, radical and bracketed matrix of a page by one fragment on its axis.

    A fraction is a rule with something centred just above and just below it that is no wider; a
    radical is a root sign with a rule at its top right; a matrix is what stands between two tall
    delimiters. The narrowest come first, so that what is nested is done before what is around it.
    The rules that serve a formula are taken from the page.
    """
    bars = [] if len(page.rules) > MAX_BARS else _bars(page)
    tall = [f for f in page.fragments if f.tall]
    pairs = _pairs(tall) if tall else []
    if not bars and not pairs:
        return
    stacks = _Stacks(page.fragments)
    widths = [(bar[2] - bar[1], 0, i) for i, bar in enumerate(bars)]
    widths += [(closing.x1 - opening.x0, 1, i) for i, (opening, closing) in enumerate(pairs)]
    used = set()
    for _, is_pair, i in sorted(widths):
        if is_pair:
            stacks.bracket(*pairs[i])
        elif stacks.bar(bars[i]):
            used.add(bars[i])
    page.fragments = stacks.fragments
    if used:
        page.rules = [bar for bar in page.rules if bar not in used]


def _bars(page: Page) -> list[Bar]:
    """Returns the rules that may serve a formula: not as wide as the page, no sides of a table's cells."""
    rules = sorted([rule for rule in page.rules if rule[2] - rule[1] < 0.7 * page.width])
    cells: set[Bar] = set()
    for i, (y, _, x1) in enumerate(rules):
        for other in rules[i + 1 :]:
            if other[0] > y + 0.8:
                break
            if abs(other[1] - x1) < 1 or abs(other[2] - rules[i][1]) < 1:
                cells |= {rules[i], other}
    return [rule for rule in rules if rule not in cells]


def _pairs(tall: list[Fragment]) -> list[tuple[Fragment, Fragment]]:
    """Returns opening delimiters, each with the one that closes it at the same height."""
    found = []
    tall.sort(key=attrgetter("x0"))
    closed: set[int] = set()
    for i, opening in enumerate(tall):
        if opening.text not in _OPENING or id(opening) in closed:
            continue
        depth = 0
        for other in tall[i + 1 :]:
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
    return found


class _Stacks:
    """The fragments of a page by baseline, while stacks are replaced by single fragments."""

    def __init__(self, fragments: list[Fragment]):
        self._sorted = sorted(fragments, key=_base)
        self._bases = [f.base for f in self._sorted]
        self._gone: set[int] = set()

    @property
    def fragments(self) -> list[Fragment]:
        """What is left, with what was made."""
        return [f for f in self._sorted if id(f) not in self._gone]

    def _between(self, top: float, bottom: float, x0: float, x1: float) -> list[Fragment]:
        start, stop = bisect_left(self._bases, top), bisect_left(self._bases, bottom)
        return [
            f
            for f in self._sorted[start:stop]
            if f.x0 >= x0 and f.x1 <= x1 and id(f) not in self._gone and not f.picture
        ]

    def _replace(
        self, gone: list[Fragment], text: str, base: float, size: float, x0: float, x1: float
    ) -> None:
        self._gone.update([id(f) for f in gone])
        made = Fragment(
            x0, x1, base, size, text, base - ASCENT * size, base + DESCENT * size,
            italic=len(text) * all(f.italic for f in gone),
            stacked=(min([f.stacked[0] if f.stacked else f.top for f in gone]),
                     max([f.stacked[1] if f.stacked else f.bottom for f in gone])),
        )  # fmt: skip
        place = bisect_left(self._bases, base)
        self._sorted.insert(place, made)
        self._bases.insert(place, base)

    def bar(self, bar: Bar) -> bool:
        """Makes a radical or a fraction of what is around a rule; False if it is neither."""
        y, x0, x1 = bar
        near = self._between(y - _REACH, y + _REACH, x0 - 20, x1 + 6)
        for f in near:
            if f.text == "√" and abs(f.x1 - x0) < 0.2 * f.size and f.top - f.size < y < f.bottom:
                return self._radical(bar, f, near)
        return self._fraction(bar, near)

    def _radical(self, bar: Bar, root: Fragment, near: list[Fragment]) -> bool:
        y, x0, x1 = bar
        inside = [
            f for f in near
            if f is not root and f.x0 > x0 - 2 and f.x1 < x1 + 2 and f.top > y - 0.35 * f.size
            and f.top + f.bottom < 2 * root.bottom
        ]  # fmt: skip
        if not inside:
            return False
        content = row_text(inside)
        text = finished(f"\\sqrt{{{latex_of(content)}}}")
        main = max(inside, key=lambda f: len(f.text))
        self._replace([root, *inside], text, main.base, main.size, root.x0, x1)
        return True

    def _fraction(self, bar: Bar, near: list[Fragment]) -> bool:
        y, x0, x1 = bar
        over, under = [], []
        for f in near:
            slack = 0.35 * f.size
            if f.tall or f.x0 < x0 - slack or f.x1 > x1 + slack:
                continue
            top, bottom = f.stacked or (f.top, f.bottom)
            if -0.25 * f.size < y - bottom < 0.7 * f.size:
                over.append(f)
            elif -0.35 * f.size < top - y < 0.9 * f.size:
                under.append(f)
        if not over or not under:
            return False
        size = max([f.size for f in over])
        widest = 0.0
        for part in (over, under):
            left, right = min([f.x0 for f in part]), max([f.x1 for f in part])
            if abs(left + right - x0 - x1) > 0.8 * size + 0.04 * (x1 - x0):
                return False
            widest = max(widest, right - left)
        if widest < x1 - x0 - size:
            return False
        above = min([f.top for f in over])
        over += [
            f for f in near
            if f.bottom > above and f.base < y and f.x0 >= x0 - 1 and f.x1 <= x1 + 1 and f not in over
        ]  # fmt: skip
        numerator, denominator = row_text(over), row_text(under)
        text = finished(f"\\frac{{{latex_of(numerator)}}}{{{latex_of(denominator)}}}")
        self._replace(over + under, text, y + 0.25 * size, size, x0, x1)
        return True

    def bracket(self, opening: Fragment, closing: Fragment) -> None:
        """Makes one fragment of two tall delimiters and what is between: the rows of a matrix, or a line."""
        top, bottom = opening.top - 0.5 * opening.size, opening.bottom + 0.5 * opening.size
        inside = self._between(top, bottom, opening.x1 - 2, closing.x0 + 2)
        inside = [f for f in inside if f is not opening and f is not closing]
        if not inside:
            return
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
        text = "; ".join(row_text(row) for row in rows)
        middle = (opening.top + opening.bottom) / 2
        size = opening.size
        base = rows[0][0].base if len(rows) == 1 else middle + 0.25 * size
        self._replace(
            [opening, closing, *inside],
            f"{opening.text}{text}{closing.text}",
            base,
            size,
            opening.x0,
            closing.x1,
        )
