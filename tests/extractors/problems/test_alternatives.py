"""Solutions that are counted for each problem, and those that carry the number of their problem."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.problems.alternatives import without_alternatives
from extractors.problems.labels import Label
from tests.extractors.problems.build import document, heading, pairs

KNOWN = [("problem", "problem"), ("solution", "solution"), ("", ""), ("hint", "hint")]


def label(role: str, number: str = "", family: str = "") -> Label:
    return Label(role, family or role, tuple(number.split(".")) if number else (), 0, number, True)


def numbers(*labels: Label) -> list[tuple[str, ...]]:
    return [x.number for x in without_alternatives(labels) if x]


def solved(problem: str, *solutions: str) -> list[Label]:
    return [label("problem", problem), *(label("solution", n) for n in solutions)]


def test_solutions_counted_for_each_problem_lose_their_numbers() -> None:
    assert numbers(*solved("1", "1", "2"), *solved("2", "1")) == [("1",), (), (), ("2",), ()]
    assert numbers(*solved("3.1", "1"), *solved("3.2", "1")) == [("3", "1"), (), ("3", "2"), ()]
    assert numbers(*solved("1", "1", "2"), *solved("2", ""), *solved("3", "1"))[4:] == [(), ("3",), ()]


def test_one_problem_has_two_solutions_where_the_others_have_one() -> None:
    assert numbers(*solved("1", "1", "2"), *solved("2", ""), *solved("3", "")) == [
        ("1",), (), (), ("2",), (), ("3",), ()
    ]  # fmt: skip
    behind = [*solved("1", ""), *solved("2", "", "1", "2")]  # to exercises without a word
    assert numbers(*behind) == [x.number for x in behind]
    exercises = [label("", "1", ""), label("", "2", "")]
    numbered = [*solved("1", ""), *solved("2"), *exercises, *solved("", "1", "2")[1:]]
    assert numbers(*numbered) == [x.number for x in numbered]
    unsolved = [*solved("1"), *solved("2", "1", "2")]
    assert numbers(*unsolved) == [x.number for x in unsolved]


def test_solutions_to_a_problem_that_was_missed_are_for_none() -> None:
    labels = [*solved("1", "1", "2"), *solved("2", "1", "1", "2"), *solved("4", "1")]
    roles = [x.role for x in without_alternatives(labels) if x]
    assert roles == ["problem", *["solution"] * 2, "problem", "solution", "set", "set", "problem", "solution"]


def test_a_single_problem_without_a_number() -> None:
    assert numbers(*solved("", "1", "2")) == [(), (), ()]


def test_the_numbers_of_the_problems_stay() -> None:
    in_place = [x for n in "12345" for x in solved(n, n)]
    assert numbers(*in_place) == [x.number for x in in_place]
    behind = [*solved("1"), *solved("2"), *solved("3", "1", "2", "3")]
    assert numbers(*behind) == [x.number for x in behind]
    chapters = [*behind, *behind]
    assert numbers(*chapters) == [x.number for x in chapters]
    examples = [*solved("1", "1"), *solved("1", "1")]  # one in each chapter
    assert numbers(*examples) == [x.number for x in examples]


def test_solutions_to_named_problems_stay() -> None:
    named = [x for n in ("5", "6") for x in (label("problem", n), label("solution", "1", "exercise"))]
    assert numbers(*named) == [x.number for x in named]


@given(st.lists(st.tuples(st.sampled_from(KNOWN), st.sampled_from(["", "1", "2", "3", "1.1"]))))
def test_only_numbers_of_solutions_are_taken_away(made: list[tuple[tuple[str, str], str]]) -> None:
    labels = [label(role, number, family) for (role, family), number in made]
    for before, after in zip(labels, without_alternatives(labels), strict=True):
        assert after == before or (before.role == "solution" and after and after.number == ())
        assert after is None or after.role in (before.role, "set")


@pytest.mark.parametrize("title", ["Contest", "Contest solutions"])
def test_second_solutions_are_part_of_the_first(title: str) -> None:
    found = pairs(
        document(
            heading(title),
            heading("Problem 1", 2), "What is 2 + 3?", heading("Solution 1", 3), "Five.",
            heading("Solution 2", 3), "It is 5.",
            heading("Problem 2", 2), "What is 3 + 3?", heading("Solution 1", 3), "Six.",
            heading("Solution 2", 3), "It is 6.",
            heading("Problem 3", 2), "What is 4 + 3?", heading("Solution", 3), "Seven.",
        )
    )  # fmt: skip
    assert found == [
        ("What is 2 + 3?", "Five.\n\nSolution 2\n\nIt is 5."),
        ("What is 3 + 3?", "Six.\n\nSolution 2\n\nIt is 6."),
        ("What is 4 + 3?", "Seven."),
    ]
