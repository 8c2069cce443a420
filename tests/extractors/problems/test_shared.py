"""Text that problems share."""

from __future__ import annotations

from extractors.problems import find_items
from tests.extractors.problems.build import bold, document, heading, pairs


def test_a_stem_in_the_line_of_its_set_goes_to_the_problems_that_it_names() -> None:
    made = document(
        heading("2 Lines"),
        bold("Exercises 2.1 In Exercises 1–2, find the slope.", "Exercises 2.1"),
        "1. y = 3x",
        "2. y = 5x",
        "3. Draw any line.",
        heading("Answers"),
        bold("1. three", "1."),
        bold("2. five", "2."),
        bold("3. see below", "3."),
    )
    stem = "In Exercises 1–2, find the slope."
    problems = [item.text for item in find_items(made).items if item.kind == "problem"]
    assert problems == [f"{stem}\n\ny = 3x", f"{stem}\n\ny = 5x", "Draw any line."]


def test_what_stands_above_the_parts_of_a_problem_is_their_context() -> None:
    said = ["7 A pupil heats water.", "7.1 When does it boil?", "7.2 Name the gas.", "7.3 What is left?"]
    made = document(heading("Questions"), *(bold(text, text.split(" ")[0]) for text in said))
    context = {item.label: item.context for item in find_items(made).items}
    assert context == {"7": "", **dict.fromkeys(("7.1", "7.2", "7.3"), "A pupil heats water.")}


def test_a_solved_problem_is_no_context_of_the_next() -> None:
    made = document(
        *("Problem 3. Add 2 and 2.", "Solution. We get 4.", "Problem 3.1. Add 1.", "Solution. We get 5.")
    )
    assert [item.context for item in find_items(made).items] == [""] * 4
    assert len(pairs(made)) == 2
