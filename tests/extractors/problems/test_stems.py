"""Which problems a paragraph says that it is common to."""

from __future__ import annotations

import pytest

from extractors.problems.outline import divide
from extractors.problems.stems import Shared, read_stem
from tests.extractors.problems.build import document, heading, matched, pairs


def read(text: str, under: str = "Exercises") -> Shared | None:
    return read_stem(divide(document(heading(under), text, "7. Why?", "8. How?"))[1])


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("In Problems 4 to 6, a car stops.", Shared(4, 6)),
        ("For Exercises 10–12 use the table.", Shared(10, 12)),
        ("Aufgaben 3 bis 5 beziehen sich auf das Bild.", Shared(3, 5)),
        ("Use this graph for the next two questions.", Shared(count=2)),
        ("Use the graph for the following 3 exercises.", Shared(count=3)),
        ("Use the graph for the next exercise.", Shared(count=1)),
        ("Use the graph for the next exercises.", Shared()),
        ("Die nächsten drei Aufgaben handeln von Zügen.", Shared(count=3)),
    ],
)
def test_stems(text: str, shared: Shared) -> None:
    assert read(text) == shared


@pytest.mark.parametrize(
    "text",
    [
        "In Problems 6 to 4, a car stops.",
        "In Problems 4 to 60, a car stops.",
        "The car of Problem 4 stops.",
        "A car stops in 4 to 6 seconds.",
        "Solve the following:",
        "Consider the following car.",
        "3. Use the graph for the next two questions.",
        "In Problem 4.2 to 3 cars stop.",
        "What a car does, how long it takes, and who was in it, you may find in the table that stands at the "
        "very end of the whole book, for Problems 4 to 6.",
    ],
)
def test_what_is_no_stem(text: str) -> None:
    assert read(text) is None


def test_next_is_said_among_exercises_only() -> None:
    assert read("Use this graph for the next two questions.", "Motion") is None
    assert read("Use this graph for the next two questions.", "Answers") is None
    assert read("In Problems 4 to 6, a car stops.", "Answers") is None


def test_what_is_for_the_next_problems_is_context_and_no_text() -> None:
    text = document(
        heading("Exercises"), "1. Why?", "Use this graph for the next two questions.", "2. How?", "3. When?",
        "4. Where?", heading("Answers"), "1. So.", "2. Thus.", "3. Now.", "4. There.",
    )  # fmt: skip
    found = matched(text).pairs
    stem = "Use this graph for the next two questions."
    assert [pair.problem.context for pair in found] == ["", stem, stem, ""]
    assert [pair.problem.text for pair in found] == ["Why?", "How?", "When?", "Where?"]
    assert not any(pair.solution.context for pair in found)


def test_a_stem_takes_its_table_along() -> None:
    text = document(
        heading("Exercises"), "1. Why?", "In Problems 2 to 3, a car stops.", "Its mass is 3 t.", "2. How?",
        "3. When?", "4. Where?", heading("Answers"), "1. So.", "2. Thus.", "3. Now.", "4. There.",
    )  # fmt: skip
    stem = "In Problems 2 to 3, a car stops.\n\nIts mass is 3 t.\n\n"
    assert [asked for asked, _ in pairs(text)] == ["Why?", f"{stem}How?", f"{stem}When?", "Where?"]


def test_solve_the_following_is_part_of_its_problem() -> None:
    text = document(
        heading("Exercises"), "1. Why?", "2. Some equations.", "Solve the following:", "(a) $x = 1$",
        "(b) $x = 2$", "3. How?", heading("Answers"), "1. So.", "2. None.", "3. Thus.",
    )  # fmt: skip
    assert pairs(text)[1][0] == "Some equations.\n\nSolve the following:\n\n(a) $x = 1$\n\n(b) $x = 2$"
    assert not any(pair.problem.context for pair in matched(text).pairs)


def test_a_heading_ends_what_a_stem_is_for() -> None:
    text = document(
        heading("Exercises"), "Use the graph for the next questions.", "1. Why?", heading("More exercises"),
        "2. How?", heading("Answers"), "1. So.", "2. Thus.",
    )  # fmt: skip
    assert [bool(pair.problem.context) for pair in matched(text).pairs] == [True, False]


def test_a_stem_without_a_problem_after_it_is_text() -> None:
    text = document(
        heading("Exercises"), "1. Why?", "Think of the next question too.", heading("Answers"), "1. So."
    )
    assert pairs(text) == [("Why?\n\nThink of the next question too.", "So.")]
