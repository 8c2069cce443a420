"""A key of answers beside whole solutions."""

from __future__ import annotations

from tests.extractors.problems.build import document, heading, pairs

PROBLEMS = [f"{n}. How fast is body {n}?" for n in range(1, 6)]
SPEEDS = {1: "12 m/s", 2: "(b)", 3: "7 m/s", 4: "(c)", 5: "15 m/s"}
KEY = [f"{n}. {speed}" for n, speed in SPEEDS.items()]
WHOLE = [f"{n}. {speed}: the way is divided by the time of body {n}." for n, speed in SPEEDS.items()]


def solved(*sections: list[str]) -> list[str]:
    blocks = [block for section in sections for block in (heading("Solutions"), *section)]
    return [solution for _, solution in pairs(document(heading("Problems"), *PROBLEMS, *blocks))]


def test_whole_solutions_are_taken_wherever_they_stand() -> None:
    whole = [text[3:] for text in WHOLE]
    assert solved(KEY, WHOLE) == whole
    assert solved(WHOLE, KEY) == whole


def test_an_answer_without_a_solution_stays() -> None:
    assert solved(KEY, WHOLE[:3]) == [*(text[3:] for text in WHOLE[:3]), "(c)", "15 m/s"]


def test_solutions_to_other_problems_leave_the_key_alone() -> None:
    others = [f"{n}. {99 - n} kg, since body {n} weighs as much as two of the former." for n in SPEEDS]
    assert solved(KEY, others) == [text[3:] for text in KEY]


def test_a_letter_has_to_be_the_first() -> None:
    letters = [f"{n}. (a)" for n in SPEEDS]
    others = [f"{n}. It is a body of class (b), which moves on." for n in SPEEDS]
    assert solved(letters, others) == ["(a)"] * 5
