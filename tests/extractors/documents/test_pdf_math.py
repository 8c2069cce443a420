"""Formulas in two dimensions, from fragments and rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.documents.pdf_fragments import Bar, Fragment
from extractors.documents.pdf_latex import with_dollars
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


@pytest.mark.parametrize(
    "rules",
    [
        [(97.0, 60.0, 130.0)],  # much wider than what is above and below
        [(97.0, 79.0, 91.0), (97.0, 91.0, 103.0)],  # sides of the cells of a table
    ],
)
def test_other_rules_make_no_fraction(rules: list[Bar]) -> None:
    assert "frac" not in reduced([at(80, 93, "12"), at(80, 107, "34")], rules)
