"""Figures and tables that stand within an item and belong to another."""

from __future__ import annotations

import pytest

from schemas.document import Block
from tests.extractors.problems.build import document, heading, matched

PICTURE = Block("![](ball.png)", "figure")


def caption(text: str) -> Block:
    return Block(text, "caption")


def problems(*blocks: Block | str) -> list[tuple[str, bool]]:
    """Returns texts, and whether they hold a figure."""
    found = matched(
        document(heading("Problems"), *blocks, heading("Solutions"), "1. So.", "2. Thus.", "3. As in 2.")
    )
    return [(pair.problem.text, pair.problem.figures) for pair in found.pairs]


@pytest.mark.parametrize("reference", ["in Figure 7", "(Fig. 7)", "in figures 6 and 7", "in FIG. 7."])
def test_a_float_that_another_problem_refers_to(reference: str) -> None:
    asked = f"How far does the ball {reference} fly?"
    found = problems(
        f"1. {asked}", "2. State a law.", PICTURE, caption("Figure 7. A ball."), "3. State another."
    )
    assert found == [(asked, False), ("State a law.", False), ("State another.", False)]


@pytest.mark.parametrize(
    "asked",
    ["Look at Figure 7.", "Look at the figure.", "Look at Figures 6, 7.", "Look at Figs. 5 to 7 here."],
)
def test_a_float_that_the_problem_itself_refers_to(asked: str) -> None:
    _, (text, figures), _ = problems(
        "1. See also Figure 7.", f"2. {asked}", PICTURE, caption("Figure 7. A ball."), "3. State another."
    )
    assert (text, figures) == (f"{asked}\n\n![](ball.png)\n\nFigure 7. A ball.", True)


def test_a_float_that_nothing_refers_to_stays() -> None:
    _, (text, _), _ = problems(
        "1. State a law.", "2. And one.", PICTURE, caption("Figure 7. A ball."), "3. Go."
    )
    assert text.endswith("A ball.")


def test_a_float_that_only_its_solution_refers_to_stays() -> None:
    found = matched(
        document(
            heading("Problems"), "1. State a law.", "2. And one.", PICTURE, caption("Figure 7. A ball."),
            heading("Solutions"), "1. So.", "2. As in Figure 7.",
        )
    )  # fmt: skip
    assert [pair.problem.figures for pair in found.pairs] == [False, True]


def test_a_table_and_a_figure_of_one_number_are_two() -> None:
    _, (text, _), _ = problems(
        "1. See Table 7.", "2. And one.", PICTURE, caption("Figure 7. A ball."), "3. Go."
    )
    assert text.endswith("A ball.")


def test_an_equation_at_the_start_of_a_sentence_is_no_float() -> None:
    found = matched(
        document(
            heading("Problems"), "1. See Equation 2.", "2. Solve it.",
            heading("Solutions"), "1. So.", "2. Thus.", "Equation 2: we divide by two.",
        )
    )  # fmt: skip
    assert found.pairs[1].solution.text == "Thus.\n\nEquation 2: we divide by two."
