"""Formulas in two dimensions, from fragments and rules."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.documents.pdf_fragments import Bar, Fragment
from extractors.documents.pdf_latex import unmarked, with_dollars
from extractors.documents.pdf_lines import lines_of
from extractors.documents.pdf_math import reduce_stacks
from extractors.documents.pdf_page import Page
from tests.extractors.documents.test_pdf_layout import at


def reduced(fragments: list[Fragment], rules: list[Bar]) -> str:
    page = Page(1, 600, 800, fragments, rules)
    reduce_stacks(page)
    return " | ".join(with_dollars(line.text)[0] for line in lines_of(page.fragments, 1))


def tall(x: float, text: str, top: float, bottom: float) -> Fragment:
    return replace(at(x, (top + bottom) / 2 + 2.5, text), top=top, bottom=bottom, tall=True)


def test_fraction_within_a_fraction() -> None:
    fragments = [
        at(60, 100, "y ="),
        at(85, 93, "1"),
        at(80, 107, "1 +"),
        at(98, 104, "a", 5),
        at(98, 110, "b", 5),
    ]
    assert reduced(fragments, [(97.0, 80, 101), (105.0, 97.9, 100.6)]) == r"$y = \frac{1}{1 + \frac{a}{b}}$"


def test_radical_in_a_numerator() -> None:
    fragments = [at(60, 100, "x ="), at(85, 93, "√"), at(90, 93, "2"), at(88, 107, "3")]
    assert reduced(fragments, [(97.0, 85, 95), (85.0, 90, 95)]) == r"$x = \frac{\sqrt{2}}{3}$"


def test_matrix_is_read_by_rows() -> None:
    numbers = [at(70 + 12 * j, 90 + 12 * i, str(3 * i + j)) for i in range(2) for j in range(3)]
    fragments = [at(50, 98, "A ="), tall(66, "[", 80, 106), *numbers, tall(103, "]", 80, 106)]
    assert reduced(fragments, []) == r"$A = \begin{bmatrix}0 & 1 & 2 \\ 3 & 4 & 5\end{bmatrix}$"


def wide(x: float, base: float, text: str) -> Fragment:
    """A bracket of a font that does not say how high it is: only its width tells."""
    return replace(at(x, base, text), x1=x + 8)


@pytest.mark.parametrize(
    ("apart", "size", "expected"),
    [
        (13.6, 10, r"$\binom{7}{3}$"),
        (12.0, 10, r"$\begin{pmatrix}7 \\ 3\end{pmatrix}$"),
        (7.9, 7, r"$\binom{7}{3}$"),
        (9.0, 7, r"$\begin{pmatrix}7 \\ 3\end{pmatrix}$"),
    ],
)
def test_rows_of_a_binomial_stand_as_far_apart_as_halves_not_as_rows(
    apart: float, size: float, expected: str
) -> None:
    halves = [at(75, 100 - apart / 2, "7", size), at(75, 100 + apart / 2, "3", size)]
    brackets = [tall(66, "(", 82, 114), tall(82, ")", 82, 114)]
    assert reduced([*halves, *brackets], []) == expected


def test_brackets_of_a_vector_are_square() -> None:
    halves = [at(75, 93.2, "7"), at(75, 106.8, "3")]
    assert "binom" not in reduced([*halves, tall(66, "[", 82, 114), tall(82, "]", 82, 114)], [])


def test_tall_brackets_side_by_side_are_divided() -> None:
    numbers = [at(80 + 12 * j, 92 + 12 * i, str(2 * i + j)) for i in range(2) for j in range(2)]
    ends = replace(tall(103, ")", 82, 108), text="])", x1=113)
    fragments = [at(50, 98, "det"), tall(70, "(", 82, 108), tall(75, "[", 82, 108), *numbers, ends]
    assert reduced(fragments, []) == r"$\det (\begin{bmatrix}0 & 1 \\ 2 & 3\end{bmatrix})$"


def test_pieces_of_a_bar_above_each_other_are_one_bar() -> None:
    bars = [replace(tall(x, "||", 86, 104), x1=x + 3.3) for x in (76, 86)]
    fragments = [*bars, at(80, 91, "a"), at(80, 105, "b")]
    assert reduced(fragments, [(95.0, 80, 85)]) == r"$|\frac{a}{b}|$"


def test_one_row_beside_a_matrix_is_no_row_of_a_matrix() -> None:
    numbers = [at(80, 82 + 12 * i, str(i)) for i in range(3)]
    fragments = [
        tall(66, "(", 70, 110), tall(73, "[", 70, 110), *numbers, tall(87, "]", 70, 110),
        at(95, 93, "+ 7"), tall(112, ")", 70, 110),
    ]  # fmt: skip
    assert reduced(fragments, []) == r"$(\begin{bmatrix}0 \\ 1 \\ 2\end{bmatrix} + 7)$"


def test_fraction_of_the_line_above_is_no_exponent_of_a_matrix() -> None:
    above = [at(50, 78, "Derive", 11), at(88, 74, "x", 7.7), at(88, 82, "y", 7.7)]
    matrix = [at(60 + 10 * j, 93.4 + 9.9 * i, str(2 * i + j), 7.7) for i in range(2) for j in range(2)]
    matrix += [at(54, 99, "(", 11), at(76, 99, ")", 11), at(20, 99, "Find", 11)]
    assert reduced(above + matrix, [(75.6, 87, 93)]) == (
        r"Derive $\frac{x}{y}$ | Find $\begin{pmatrix}0 & 1 \\ 2 & 3\end{pmatrix}$"
    )


def test_matrix_of_the_line_below_is_no_part_of_a_denominator() -> None:
    above = [at(40, 134.8, "Derive"), at(80, 130.8, "x", 7), at(78, 138.2, "1+y", 7)]
    matrix = [at(70 + 12 * j, 148.4 + 12 * i, str(2 * i + j)) for i in range(2) for j in range(2)]
    matrix += [tall(63, "(", 140.4, 164.3), tall(88, ")", 140.4, 164.3), at(20, 154.5, "Find")]
    assert reduced(above + matrix, [(132.3, 76, 90)]) == (
        r"Derive $\frac{x}{1+y}$ | Find $\begin{pmatrix}0 & 1 \\ 2 & 3\end{pmatrix}$"
    )


def test_denominator_of_the_line_above_is_no_limit_of_a_sum() -> None:
    fragments = [at(40, 100, "Derive"), at(80, 96, "x", 7), at(80, 104, "y", 7)]
    fragments += [at(20, 113, "Compute"), at(78, 113, "∑"), at(86, 113, "k")]
    assert reduced(fragments, [(97.5, 79, 85)]) == r"Derive $\frac{x}{y}$ | Compute $\sum$ k"


def test_braces_at_the_ends_of_two_lines_are_not_one() -> None:
    fragments = []
    for y, name in ((100, "first"), (134, "second")):
        fragments += [at(50, y, f"the {name} of", width=50), tall(100, "{", y - 4, y + 18), at(109, y, name)]
    page = Page(1, 600, 800, fragments, [])
    reduce_stacks(page)
    lines = [line.text for line in lines_of(page.fragments, 1)]
    assert lines == ["the first of{ first", "the second of{ second"]


def test_what_follows_a_radical_is_not_under_its_rule() -> None:
    assert (
        reduced([at(80, 100, "√"), at(85, 101, "2"), at(90.4, 100, ".", width=2.4)], [(92.5, 85, 91)])
        == r"$\sqrt{2}$."
    )


def test_brackets_of_a_column_are_divided_from_the_text_before_and_after() -> None:
    column = [at(95.5, 88 + 10 * i, str(i), 7) for i in range(3)]
    fragments = [at(50, 99, "and v = ("), *column, at(100, 99, ") holds")]
    assert reduced(fragments, []) == r"and $v = \begin{pmatrix}0 \\ 1 \\ 2\end{pmatrix}$ holds"


def test_subscript_after_an_opening_bracket_is_doubtful() -> None:
    fragments = [at(50, 100, "Compute ("), at(96, 100, "\ue000_2\ue001) and")]
    assert lines_of(fragments, 1)[0].doubtful


def test_wide_bracket_is_closed_at_the_end_of_the_last_row() -> None:
    rows = [at(80, 80, "7"), at(80, 92, "8"), replace(at(80, 104, "9)"), x1=93)]
    assert reduced([wide(71, 108, "("), *rows], []) == r"$\begin{pmatrix}7 \\ 8 \\ 9\end{pmatrix}$"


def test_wide_bracket_that_nothing_closes_is_doubtful_and_one_at_a_fraction_is_not() -> None:
    def doubtful(fragments: list[Fragment], rules: list[Bar]) -> bool:
        page = Page(1, 600, 800, fragments, rules)
        reduce_stacks(page)
        return any(line.doubtful for line in lines_of(page.fragments, 1))

    assert doubtful([wide(71, 92, "("), at(80, 92, "8 + 1")], [])
    assert not doubtful([at(76, 92, "("), at(81, 92, "8 + 1")], [])
    fraction = [at(80, 85, "1"), at(80, 99, "2")]
    assert not doubtful([wide(71, 92, "("), *fraction, at(86, 92, ") = 3")], [(89.0, 80.0, 85.0)])


@pytest.mark.parametrize(
    "rules",
    [
        [(97.0, 60.0, 130.0)],  # much wider than what is above and below
        [(97.0, 79.0, 91.0), (97.0, 91.0, 103.0)],  # sides of the cells of a table
    ],
)
def test_other_rules_make_no_fraction(rules: list[Bar]) -> None:
    assert "frac" not in reduced([at(80, 93, "12"), at(80, 107, "34")], rules)


_BAR = st.builds(
    lambda y, x, width: (y, x, x + width), st.floats(80, 130), st.floats(50, 150), st.floats(5, 60)
)
_PIECES = st.lists(
    st.builds(
        lambda x, y, text, size, height: (
            replace(at(x, y, text, size), tall=True, top=y - height, bottom=y)
            if height
            else at(x, y, text, size)
        ),
        st.floats(50, 150),
        st.floats(80, 130),
        st.sampled_from(["a", "3", "i=1", "(", ")", "[", "]", "{", "}", "|", "√", "∑", "∫", "lim", "𝑥 + 1"]),
        st.sampled_from([5.0, 7.0, 10.0]),
        st.sampled_from([0.0, 0.0, 12.0, 30.0]),
    ),
    max_size=25,
)


@given(_PIECES, st.lists(_BAR, max_size=4))
def test_every_glyph_is_read_once(fragments: list[Fragment], rules: list[Bar]) -> None:
    """But for the root sign, which LaTeX writes as a command, and brackets put together of pieces."""
    expected = Counter("".join(f.text for f in fragments if f.text not in "([{|}])√").replace(" ", ""))
    page = Page(1, 600, 800, fragments, rules)
    reduce_stacks(page)
    found = Counter(
        "".join(glyphs(line.text) for line in lines_of(page.fragments, 1)) if page.fragments else ""
    )
    assert found == expected


def glyphs(text: str) -> str:
    """Returns the glyphs that a text with finished pieces stands for, without brackets."""
    text = re.sub(
        r"\\(?:begin|end)\{\w+\}|\\\\|\\(?:left|right|frac|sqrt|text|mathrm|surd|mid)(?![a-z])", "", text
    )
    text = text.replace("\\sum", "∑").replace("\\int", "∫").replace("\\lim", "lim")
    return re.sub(r"[\s&^_()\[\]{}|√.\\\ue000\ue001]", "", unmarked(text)).replace("x+1", "𝑥+1")


def test_labels_are_no_part_of_the_formula_after_them() -> None:
    assert with_dollars("R: 𝑥 = 5")[0] == "R: $x = 5$"
    assert with_dollars("12. 𝑥 = 5")[0] == "12. $x = 5$"
