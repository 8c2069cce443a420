"""Formulas in two dimensions -> one fragment on the line: fractions, radicals, bracketed matrices."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from operator import attrgetter
from statistics import median_low

from extractors.documents.pdf_fragments import ASCENT, DESCENT, Bar, Fragment
from extractors.documents.pdf_latex import finished, latex_of
from extractors.documents.pdf_lines import row_text
from extractors.documents.pdf_matrix import (
    around,
    at_stack,
    delimiters_of,
    is_large,
    is_one_row,
    matrix,
    nearest_row,
    pairs_of,
    rows_of,
    with_neighbours,
)
from extractors.documents.pdf_page import MAX_BARS, Page
from extractors.documents.pdf_scripts import SCRIPT, SPACE
from extractors.documents.pdf_text import script

_LARGE = "∑∏∐⋃⋂⨁⨂⋀⋁∫∮∬∭"
_NAMED = r"(?:lim|max|min|sup|inf)(?<![^\W\d_]...)(?![^\W\d_])"
_OPERATOR = re.compile(f"[{_LARGE}]|{_NAMED}")
# One after the other: a page is searched five times as fast as by the alternative.
_LARGE_SIGN, _NAMED_OPERATOR = re.compile(f"[{_LARGE}]"), re.compile(_NAMED)
_REACH = 40.0
"""Parts of a fraction or a radical have their baselines within this distance of its rule, in points."""

_base = attrgetter("base")


def reduce_stacks(page: Page) -> None:
    """Replaces every fraction, radical, matrix and operator with limits by one fragment on its axis.

    A fraction is a rule with something centred just above and just below it that is no wider; a
    radical is a root sign with a rule at its top right; a matrix is what stands in rows between two
    delimiters, and cases are rows after an opening brace; limits are small and stand centred above
    and below an operator. The narrowest come first, so that what is nested is done before what is
    around it. The rules that serve a formula are taken from the page.
    """
    bars = [] if len(page.rules) > MAX_BARS else _bars(page)
    delimiters = delimiters_of(page)
    operators = []
    text = "\n".join([f.text for f in page.fragments])
    if _LARGE_SIGN.search(text) or _NAMED_OPERATOR.search(text):
        operators = [f for f in page.fragments if len(f.text) < 40 and _OPERATOR.search(f.text)]
    if not page.fragments or not (bars or delimiters or operators):
        return
    stacks = _Stacks(page.fragments, bars)
    pairs, single = pairs_of(delimiters)
    todo = [(0.0, 0, i) for i in range(len(operators))]
    todo += [(bar[2] - bar[1], 1, i) for i, bar in enumerate(bars)]
    todo += [(closing.x1 - opening.x0, 2, i) for i, (opening, closing) in enumerate(pairs)]
    used = set()
    for _, kind, i in sorted(todo):
        if kind == 0:
            stacks.limits(operators[i])
        elif kind == 2:
            stacks.bracket(*pairs[i])
        elif stacks.bar(bars[i]):
            used.add(bars[i])
    for opening in sorted(single, key=attrgetter("x0"), reverse=True):
        stacks.cases(opening)
    if bars or pairs:
        stacks.high_scripts()
    page.fragments = stacks.fragments
    for f in delimiters:
        if is_large(f) and not at_stack(f, page.fragments):
            f.doubtful = True  # if it is still there, what it encloses is unknown
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


class _Stacks:
    """The fragments of a page by baseline, while stacks are replaced by single fragments."""

    def __init__(self, fragments: list[Fragment], bars: list[Bar]):
        self._bars = bars
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
        self, gone: list[Fragment], text: str, base: float, size: float, x0: float, x1: float,
        certain: bool = True, extent: tuple[float, float] | None = None,
    ) -> None:  # fmt: skip
        self._gone.update([id(f) for f in gone])
        made = Fragment(
            x0, x1, base, size, text, base - ASCENT * size, base + DESCENT * size,
            italic=len(text) * all(f.italic for f in gone),
            stacked=extent or (min([f.stacked[0] if f.stacked else f.top for f in gone]),
                     max([f.stacked[1] if f.stacked else f.bottom for f in gone])),
            doubtful=not certain or any(f.doubtful for f in gone),
        )  # fmt: skip
        self._insert(made)

    def bar(self, bar: Bar) -> bool:
        """Makes a radical or a fraction of what is around a rule; False if it is neither."""
        y, x0, x1 = bar
        near = self._between(y - _REACH, y + _REACH, x0 - 20, x1 + 6)
        for f in near:
            if f.text == "√" and self._is_over(bar, f) and not any(
                other[0] < y - 1 and self._is_over(other, f) for other in self._bars
            ):  # fmt: skip
                return self._radical(bar, f, near)
        return self._fraction(bar, near)

    def _is_over(self, bar: Bar, root: Fragment) -> bool:
        """Whether a rule begins where a root sign ends, at its height."""
        return abs(root.x1 - bar[1]) < 0.2 * root.size and root.top - root.size < bar[0] < root.bottom

    def _divided(self, bar: Bar, near: list[Fragment]) -> list[Fragment]:
        """Divides a fragment that begins below the bar of a radical and goes on with words after it.

        Where the words are is guessed from their lengths, and told by the blank next to the bar's end.
        """
        _, x0, x1 = bar
        found: list[Fragment] = []
        for f in near:
            text = f.text
            if not (x0 - 2 < f.x0 < x1 and f.x1 > x1 + 2 and " " in text):
                continue
            step = (f.x1 - f.x0) / len(text)
            places = [i for i, char in enumerate(text) if char == " "]
            place = min(places, key=lambda i: abs(f.x0 + i * step - x1))
            if abs(f.x0 + place * step - x1) > 0.6 * f.size:
                continue
            first = replace(f, x1=x1, text=text[:place], bold=min(f.bold, place), italic=min(f.italic, place))
            rest = text[place + 1 :].lstrip()
            bold, italic = max(f.bold - place - 1, 0), max(f.italic - place - 1, 0)
            second = replace(f, x0=x1 + SPACE * 1.2 * f.size, text=rest, bold=bold, italic=italic)
            self._gone.add(id(f))
            for part in (first, second):
                self._insert(part)
            found.append(first)
        return found

    def _insert(self, f: Fragment) -> None:
        place = bisect_left(self._bases, f.base)
        self._sorted.insert(place, f)
        self._bases.insert(place, f.base)

    def _radical(self, bar: Bar, root: Fragment, near: list[Fragment]) -> bool:
        y, x0, x1 = bar
        wide = self._between(y, root.bottom + root.size, x0 - 2, 1e9)
        near = [*near, *self._divided(bar, [f for f in wide if f.x1 > x1 + 2])]
        # A root sign that hangs from its baseline doesn't say how deep it is.
        lowest = root.bottom if root.base > y + 0.5 * root.size else max(root.bottom, y + 1.5 * root.size)
        inside = [
            f for f in near
            if f is not root and f.x0 > x0 - 2 and f.x1 < x1 + 2 and f.x0 + f.x1 < 2 * x1
            and f.top > y - 0.35 * f.size
            and (f.top + f.bottom < 2 * lowest or (f.stacked and y - 2 < f.stacked[0] < y + 0.6 * f.size))
        ]  # fmt: skip
        if not inside:
            return False
        content, certain = row_text(inside)
        main = max(inside, key=lambda f: len(f.text))
        index = [
            f for f in near
            if f.size < 0.8 * main.size and root.x0 - main.size < f.x0 and f.x1 < root.x1
            and f not in inside and y - 0.5 * main.size < f.base < lowest
        ]  # fmt: skip
        degree = f"[{latex_of(row_text(index)[0])}]" if index else ""
        text = finished(f"\\sqrt{degree}{{{latex_of(content)}}}")
        x0 = min([f.x0 for f in [root, *index]])
        extent = y, max([f.stacked[1] if f.stacked else f.bottom for f in inside])
        self._replace([root, *inside, *index], text, main.base, main.size, x0, x1, certain, extent)
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
        over, under = nearest_row(over, y), nearest_row(under, y)
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
        above, below = min([f.top for f in over]), max([f.bottom for f in under])
        for f in near:
            if f.x0 >= x0 - 1 and f.x1 <= x1 + 1 and f not in over and f not in under:
                if f.base < y and f.bottom > above:
                    over.append(f)
                elif f.base > y and f.top < below - 0.1 * f.size and not f.tall:
                    under.append(f)
        (numerator, certain), (denominator, sure) = row_text(over), row_text(under)
        text = finished(f"\\frac{{{latex_of(numerator)}}}{{{latex_of(denominator)}}}")
        self._replace(over + under, text, y + 0.25 * size, size, x0, x1, certain and sure)
        return True

    def limits(self, operator: Fragment) -> None:
        """Joins the limits above and below an operator, or the scripts of a tall one, to it."""
        if id(operator) in self._gone:
            return
        match = _OPERATOR.search(operator.text)
        if match is None:
            return
        size = operator.size
        width = (operator.x1 - operator.x0) / len(operator.text)
        x0, x1 = operator.x0 + match.start() * width, operator.x0 + match.end() * width
        top, bottom = operator.top, operator.bottom
        if match[0] in _LARGE and not operator.tall:
            top, bottom = top - 0.2 * size, bottom + 0.2 * size
        near = [
            f for f in self._between(top - size, bottom + size, x0 - 4 * size, x1 + 4 * size)
            if f.size < SCRIPT * size and f is not operator and not f.stacked
            and not self._is_of_another_fraction(f, x0, x1)
        ]  # fmt: skip
        centred = [f for f in near if abs(f.x0 + f.x1 - x0 - x1) < size and f.x0 < x1]
        over = [f for f in centred if f.bottom < top + 0.35 * size]
        under = [f for f in centred if f.top > bottom - 0.35 * size]
        if match[0] in "∫∮∬∭":
            beside = self._beside(near, x1, top, bottom)
            if sum(map(len, beside)) >= len(over) + len(under):
                over, under = beside
        over, under = with_neighbours(over, near), with_neighbours(under, near)
        if not over and not under:
            return
        lower, upper = row_text(under) if under else ("", True), row_text(over) if over else ("", True)
        end = match.end()
        rest = operator.text[end:]
        text = operator.text[:end] + script("_", lower[0]) + script("^", upper[0]) + rest
        gone = [operator, *over, *under]
        left = min([f.x0 for f in gone]) if match.start() == 0 else operator.x0
        right = max([f.x1 for f in gone]) if not rest else operator.x1
        self._replace(gone, text, operator.base, size, left, right, lower[1] and upper[1])

    def _is_of_another_fraction(self, f: Fragment, x0: float, x1: float) -> bool:
        """Whether a rule just above or below a fragment covers it, but not the operator between x0 and x1."""
        return any(
            left - 1 < f.x0 and f.x1 < right + 1 and not (left - 1 < x0 and x1 < right + 1)
            and (-0.35 * f.size < f.top - y < 0.9 * f.size or -0.25 * f.size < y - f.bottom < 0.7 * f.size)
            for y, left, right in self._bars
        )  # fmt: skip

    def _beside(
        self, near: list[Fragment], right: float, top: float, bottom: float
    ) -> tuple[list[Fragment], list[Fragment]]:
        """Returns the small fragments at the upper and at the lower right of something tall."""
        over, under = [], []
        for f in near:
            if -0.7 * f.size < f.x0 - right < 0.8 * f.size:
                middle = (f.top + f.bottom) / 2
                if middle < top + 0.3 * (bottom - top):
                    over.append(f)
                elif middle > bottom - 0.3 * (bottom - top):
                    under.append(f)
        return (over, under) if len(over) < 2 and len(under) < 2 else ([], [])

    def bracket(self, opening: Fragment, closing: Fragment) -> None:
        """Makes one fragment of two delimiters and what is between: the rows of a matrix, or a line."""
        if id(opening) in self._gone or id(closing) in self._gone:
            return
        size = opening.size
        if opening.tall:
            top, bottom = opening.top - 0.5 * size, opening.bottom + 0.5 * size
        else:
            top, bottom = opening.base - 8 * size, opening.base + 8 * size
        inside = self._between(top, bottom, opening.x1 - 2, closing.x0 + 2)
        inside = [f for f in inside if f is not opening and f is not closing]
        if not opening.tall:
            inside = around(inside, opening)
        if not inside:
            return
        axis = (opening.top + opening.bottom) / 2 + 0.25 * size
        rows = [inside] if opening.tall and is_one_row(inside, axis) else rows_of(inside)
        if len(rows) == 1 and not opening.tall:
            return
        base = rows[0][0].base if len(rows) == 1 else axis
        if len(rows) == 1 and abs(base - axis) > 0.5 * size:
            base = axis
        if len(rows) == 1:
            content, certain = row_text(rows[0])
            text = f"{opening.text}{content}{closing.text}"
        else:
            text, certain = matrix(rows, opening.text, closing.text, size)
        gone = [opening, closing, *inside]
        top, bottom = min([f.top for f in gone]), max([f.bottom for f in gone])
        near = self._between(top - size, bottom + size, closing.x1 - size, closing.x1 + 3 * size)
        near = [
            f for f in near  # scripts hang on the brackets: others are parts of the lines above and below
            if f.size < SCRIPT * size and f not in gone and f.base > top - 0.2 * f.size and f.top < bottom
        ]  # fmt: skip
        over, under = self._beside(near, closing.x1, top, bottom)
        for mark, scripts in (("_", under), ("^", over)):
            if scripts:
                text += script(mark, row_text(scripts)[0])
        x1 = max([f.x1 for f in [closing, *over, *under]])
        self._replace([*gone, *over, *under], text, base, size, opening.x0, x1, certain)

    def high_scripts(self) -> None:
        """Joins scripts at the corners of what is higher than a line: stacks and closing brackets."""
        fragments = self.fragments
        usual = median_low([f.size for f in fragments])
        small = [f.base for f in fragments if f.size < SCRIPT * usual and not f.stacked]
        for g in fragments if small else ():
            if not (g.stacked or g.text[-1] in ")]") or g.tall:
                continue
            top, bottom = g.stacked or (g.base - 1.6 * g.size, g.base + g.size)
            first = bisect_left(small, top - 0.5 * g.size)
            if first == len(small) or small[first] > bottom + g.size:
                continue
            near = self._between(top - 0.5 * g.size, bottom + g.size, g.x1 - 0.3 * g.size, g.x1 + 3 * g.size)
            near = [
                f for f in near
                if f.size < SCRIPT * g.size and abs(f.x0 - g.x1) < 0.3 * g.size and f is not g
                and not -0.2 * g.size < g.base - f.base < 0.75 * g.size
            ]  # fmt: skip
            if len(near) == 1 and not near[0].stacked:
                mark = "^" if near[0].base < g.base else "_"
                text = g.text + script(mark, near[0].text)
                extent = (min(top, near[0].top), max(bottom, near[0].bottom)) if g.stacked else None
                self._replace([g, near[0]], text, g.base, g.size, g.x0, near[0].x1, True, extent)

    def cases(self, opening: Fragment) -> None:
        """Makes one fragment of a brace that nothing closes, and the rows at its right."""
        if id(opening) in self._gone:
            return
        size = opening.size
        reach = 0.3 * size if opening.tall else 4 * size
        near = self._between(opening.top - reach, opening.bottom + reach, opening.x1 - 2, 1e9)
        near = [f for f in near if f is not opening]
        first = [f for f in near if f.x0 < opening.x1 + 1.5 * size]
        if not opening.tall:
            first = around(first, opening)
        if not first:
            return
        heads = rows_of(first)
        if len(heads) < 2:
            return
        bases = [row[0].base for row in heads]
        inside: list[Fragment] = []
        right = opening.x1
        for f in sorted(near, key=attrgetter("x0")):
            small = f.size < SCRIPT * size
            if any(abs(f.base - base) < (0.5 if small else 0.15) * size for base in bases):
                if f.x0 > right + 5 * size:
                    break
                inside.append(f)
                right = max(right, f.x1)
        inside.sort(key=_base)
        text, certain = matrix(rows_of(inside), "{", "", size)
        base = (bases[0] + bases[-1]) / 2
        self._replace([opening, *inside], text, base, size, opening.x0, right, certain)
