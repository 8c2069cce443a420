"""Rows of answers in one paragraph, and the names that they have."""

from __future__ import annotations

import pytest

from extractors.problems.rows import split
from schemas.document import Block, Style
from tests.extractors.problems.build import document, heading, pairs


def texts(text: str, bold: int = 0) -> list[str]:
    return [block.text for block in split(Block(text, style=Style(bold=bold)))]


def test_a_row_may_have_the_name_of_its_chapter() -> None:
    assert texts("Chapter 2. 1. 4 m; 3. 5 m") == ["Chapter 2.", "1. 4 m", "3. 5 m"]
    assert texts("Kapitel IV: 1) a 2) c 3) b") == ["Kapitel IV:", "1) a", "2) c", "3) b"]
    assert texts("Theorem 2. 1. 4 m; 3. 5 m") == ["Theorem 2. 1. 4 m; 3. 5 m"]


def test_a_row_goes_on_over_lines() -> None:
    assert texts("1. 4\nmetres; 3. red;\n5. 2(m + 1) is even") == [
        "1. 4\nmetres",
        "3. red",
        "5. 2(m + 1) is even",
    ]


def test_lines_are_split_without_a_row() -> None:
    long = "word " * 20
    assert texts(f"1. {long}\n2. {long}") == [f"1. {long}".strip(), f"2. {long}".strip()]


def test_the_name_is_bold_and_the_answers_look_alike() -> None:
    name, *answers = split(Block("Chapter 2. 1. red; 2. blue", style=Style(bold=len("Chapter 2. 1."))))
    assert name.kind == "heading"
    assert [answer.style.bold for answer in answers] == [2, 2]


@pytest.mark.parametrize("name", ["Chapter {}.", "Unit {}:", "Abschnitt {} –"])
def test_numbers_that_restart_are_told_apart_by_the_names_of_rows(name: str) -> None:
    book = [
        block
        for n in (1, 2, 3)
        for block in (
            heading(name.format(n).rstrip(" .:–")),
            heading("Exercises", 2),
            *(f"{i}. Find the length of rod {n}{i}." for i in (1, 2, 3)),
        )
    ]
    rows = [f"{name.format(n)} 1. {n}1 m; 2. {n}2 m; 3. {n}3 m" for n in (1, 2, 3)]
    expected = [(f"Find the length of rod {n}{i}.", f"{n}{i} m") for n in (1, 2, 3) for i in (1, 2, 3)]
    assert pairs(document(*book, heading("Answers"), *rows)) == expected


def test_numbers_of_a_calculation_are_no_labels() -> None:
    sums = "1. Let a = 2. Let b = 3. Let c = 4. Find a + b + c."
    assert texts(sums) == [sums]
    assert texts("1. x = 4. 2. y = 3. 3. z = 2.") == ["1. x = 4.", "2. y = 3.", "3. z = 2."]
    asked = [sums, "2. Add 5 and 6.", "3. Add 7 and 8."]
    replies = ["1. Together 9.", "2. Together 11.", "3. Together 15."]
    found = pairs(document(heading("Problems"), *asked, heading("Solutions"), *replies))
    assert [problem for problem, _ in found] == [sums[3:], "Add 5 and 6.", "Add 7 and 8."]


def test_outside_of_solutions_a_sentence_ends_before_the_next_number() -> None:
    has = "1. Tom has 2. Ann has 3. Bob has 4. Who has most?"
    assert [part.text for part in split(Block(has), solutions=False)] == [has]
    row = "1. red 2. no solution 3. blue"
    found = pairs(
        document(heading("Problems"), *(f"{n}. What is it?" for n in (1, 2, 3)), heading("Answers"), row)
    )
    assert [solution for _, solution in found] == ["red", "no solution", "blue"]


def test_a_row_may_have_numbers_of_several_parts() -> None:
    row = "3.1. 2 kg. 3.2. 86400. 3.3. 15.5 m/s."
    assert texts(row) == ["3.1. 2 kg.", "3.2. 86400.", "3.3. 15.5 m/s."]
    asked = ["3.1. What is its mass?", "3.2. How long is a day?", "3.3. How fast is it?"]
    found = pairs(document(heading("Exercises"), *asked, heading("Answers"), row))
    assert found == [(a[5:], s) for a, s in zip(asked, ["2 kg.", "86400.", "15.5 m/s."], strict=True)]


@pytest.mark.parametrize("text", ["3.1. It is 3.5. Then it is 4.2. So be it.", "1. 2.5. It is 3.5. 3. 4.5."])
def test_decimals_begin_no_answers(text: str) -> None:
    assert texts(text) == [text]


def test_what_follows_is_in_no_row_above() -> None:
    row = Block("1. red. 2. blue. 3. green.")
    assert len(split(row)) == 3
    assert len(split(row, following=(4,))) == 3
    assert len(split(row, following=(2,))) == 1


def test_blank_lines_cost_no_more_than_their_number() -> None:
    """A search from each line to the end of all blank ones would not come back."""
    assert len(split(Block("Where is it?" + "\n \xa0" * 300_000 + "end"))) == 1


def test_lines_are_split_at_letters_of_any_script() -> None:
    assert texts("Ü1. Addiere.\nÜ2. Teile.\nЖ3. Say it.") == ["Ü1. Addiere.", "Ü2. Teile.", "Ж3. Say it."]
