from __future__ import annotations

import pytest

from filters.answers import final_answer, solution_kind

CHOICES = "Which is it?\n\n(A) one\n(B) two\n(C) three"
INLINE_CHOICES = "Which is it? a) one b) two c) three d) four"


@pytest.mark.parametrize(
    ("solution", "answer"),
    [
        ("4", "4"),
        (" $x = 2$ \n", "$x = 2$"),
        ("5 m/s", "5 m/s"),
        ("x" * 60, "x" * 60),
        ("x" * 61, None),
        ("First.\n\nSecond.", None),
        ("We add them up.\n\nAnswer: 12 apples", "12 apples"),
        ("We add.\n\n**Answer:** $12$\n", "$12$"),
        ("Try.\n\nAnswer: 3\n\nNo.\n\nFinal answer: 4", "4"),
        ("Wir addieren die Zahlen und erhalten sie so.\n\nAntwort: 12", "12"),
        ("我们把它们加起来，得到总数。\n\n答案：12", "12"),
        ("The answer: is hidden in the text of this rather long sentence, not at its start.", None),
        ("Answer:\n\n(a) 3\n\n(b) 4", None),
        ("", None),
        ("Adding the units and the tens gives 42. Answer: 42", "42"),
        ("We add the units, then all of the tens, and carry nothing at all. **Answer:** 42", "42"),
        ("Since $23\\cdot 45 = 1035$, we obtain $\\boxed{1035}$.", "1035"),
        ("$\\boxed{4}$", "$\\boxed{4}$"),
    ],
)
def test_final_answer(solution: str, answer: str | None) -> None:
    assert final_answer("What?", solution) == answer


@pytest.mark.parametrize("text", ["*_ \n", "Answer: x*_ ", "Answer:" + " " * 50, "**"])
def test_a_hostile_solution_takes_linear_time(text: str) -> None:
    final_answer(text * (200_000 // len(text)) + "y", text * (200_000 // len(text)) + "y")


@pytest.mark.parametrize(
    ("problem", "solution", "answer", "kind"),
    [
        (CHOICES, "B", "B", "final_answer"),
        (CHOICES, "(b)", "(b)", "final_answer"),
        (CHOICES, "C. " + "The others are too small for what was asked here. " * 3, "C", "full"),
        (INLINE_CHOICES, "(d) " + "The others are too small for what was asked here. " * 3, "d", "full"),
        ("Find a.", "A. " + "Smith found that it can't be done in this long way. " * 3, None, "full"),
        (
            "Prove (a) and (b).",
            "b. " + "Smith found that it can't be done in this long way. " * 3,
            None,
            "full",
        ),
        ("Add.", "We add and find\n\n$$\\boxed{\\frac{1}{2}}$$", "\\frac{1}{2}", "full"),
        ("Add.", "We add and find\n\n$$\\boxed{1$$", None, "full"),
        ("Add.", "Hint: begin with the last one.", None, "hint"),
        ("Add.", "Hinweis: Beginne mit dem letzten.", None, "hint"),
        ("Add.", "Hints of spring are in the air.", "Hints of spring are in the air.", "final_answer"),
    ],
)
def test_what_a_solution_is(problem: str, solution: str, answer: str | None, kind: str) -> None:
    assert final_answer(problem, solution) == answer
    assert solution_kind(problem, solution) == kind


@pytest.mark.parametrize(
    "solution",
    [
        "Dann ist $k = (9-1)/(5-1) = 2$, also $y = 2x - 1$",
        "No, since every second term is larger than one",
        "a) Take 4 from both sides. b) Halve them.",
        "7 · 6 = 42",
        "$3x = 12 \\Rightarrow x = 4$",
    ],
)
def test_a_derivation_in_one_line_is_no_final_answer(solution: str) -> None:
    assert solution_kind("What?", solution) == "full"
    assert final_answer("What?", solution) is None


@pytest.mark.parametrize(
    "solution",
    [
        "$y = 2x - 1$",
        "x = 3, y = 4",
        "red, green and blue",
        "No, never",
        "3,5 km",
        "A(1, 2)",
        "x = ±7",
        "3:1",
    ],
)
def test_nothing_but_the_answer(solution: str) -> None:
    assert solution_kind("What?", solution) == "final_answer"


def test_the_first_of_the_parts_is_no_chosen_letter() -> None:
    problem = "Let f(x) = 4 - x.\n\na) Find its zero.\nb) Find f(2).\nc) Draw f."
    assert final_answer(problem, "a) It is $4$.\nb) It is $2$.\nc) A line that falls.") is None
