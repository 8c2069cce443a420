"""Items that a word stands for instead of a number."""

from __future__ import annotations

from tests.extractors.problems.build import bold, document, heading, pairs


def test_a_bonus_exercise_is_an_item_of_its_own() -> None:
    made = document(
        heading("Exercises"),
        "Exercise 1. How many legs has a bee?",
        "Exercise 2. How many legs has a crab?",
        "Bonus exercise. How many legs has a snake?",
        heading("Solutions"),
        "Exercise 1. It has six.",
        "Exercise 2. It has ten.",
        "Bonus exercise. It has none.",
    )
    assert [solution for _, solution in pairs(made)] == ["It has six.", "It has ten.", "It has none."]
    assert pairs(made)[2][0] == "How many legs has a snake?"


def test_a_bold_compound_ends_the_item_before_it() -> None:
    made = document(
        heading("Aufgaben"),
        bold("Aufgabe 1 Wie viele Beine hat eine Biene?", "Aufgabe 1"),
        bold("Aufgabe 2 Wie viele Beine hat ein Krebs?", "Aufgabe 2"),
        bold("Knobelaufgabe (2 Punkte) Und eine Schlange?", "Knobelaufgabe"),
        heading("Lösungen"),
        bold("Aufgabe 1 Sechs.", "Aufgabe 1"),
        bold("Aufgabe 2 Zehn.", "Aufgabe 2"),
    )
    assert pairs(made) == [
        ("Wie viele Beine hat eine Biene?", "Sechs."),
        ("Wie viele Beine hat ein Krebs?", "Zehn."),
    ]


def test_what_is_said_in_an_exercise_ends_nothing() -> None:
    said = "This exercise: no calculator."
    made = document(
        heading("Exercises"),
        "Exercise 1. Add 31 and 11.",
        said,
        "Exercise 2. Add 42 and 12.",
        said,
        "Exercise 3. Add 53 and 13.",
        said,
        heading("Solutions"),
        "Exercise 1. We get 42.",
        "Exercise 2. We get 54.",
        "Exercise 3. We get 66.",
    )
    assert all(problem.endswith(said) for problem, _ in pairs(made))
    assert len(pairs(made)) == 3
