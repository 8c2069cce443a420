"""Sections and what they hold."""

from __future__ import annotations

import pytest

from extractors.problems.outline import divide
from extractors.problems.titles import name_zone, scope_number, title_zone
from schemas.document import Block
from tests.extractors.problems.build import bold, document, heading, item, pairs


@pytest.mark.parametrize(
    ("title", "zone"),
    [
        ("Exercises", "problems"),
        ("3.5 Exercises", "problems"),
        ("Conceptual Questions", "problems"),
        ("Problems and Solutions", "problems"),
        ("Answers to Chapter 4 Exercises", "solutions"),
        ("Solutions to Selected Exercises", "solutions"),
        ("Answer Key", "solutions"),
        ("Exercise solutions", "solutions"),
        ("Lösungen zu den Aufgaben", "solutions"),
        ("Corrigés des exercices", "solutions"),
        ("Respuestas a los ejercicios impares", "solutions"),
        ("习题解答", "solutions"),
        ("Hints", "hints"),
        ("Series solutions of linear second order equations", ""),
        ("Problem-Solving Strategy", ""),
        ("4.3 Reaction Stoichiometry", ""),
    ],
)
def test_title_zone(title: str, zone: str) -> None:
    assert title_zone(title) == zone


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Chapter 3 Motion", ("3",)),
        ("3.2 Free fall", ("3", "2")),
        ("Answers to Chapter 4 Exercises", ("4",)),
        ("3. fejezet", ("3",)),
        ("第3章", ("3",)),
        ("Free fall", ()),
    ],
)
def test_scope_number(title: str, number: tuple[str, ...]) -> None:
    assert scope_number(title) == number


@pytest.mark.parametrize(
    ("uri", "zone"),
    [
        ("hw/Homework01_solutions.pdf", "solutions"),
        ("hw/Homework01_problems.pdf", "problems"),
        ("hw/problems_and_solutions.pdf", ""),
        ("hw/notes.pdf", ""),
    ],
)
def test_name_zone(uri: str, zone: str) -> None:
    assert name_zone(document("text", uri=uri)) == zone


def test_repeated_chapter_headings_stay_in_the_answers() -> None:
    pieces = divide(
        document(
            heading("Chapter 1"), heading("Exercises", 2), "1. Why?", heading("Chapter 2"),
            heading("Exercises", 2), "1. How?", heading("Answers"),
            heading("Chapter 1"), "1. So.", heading("Chapter 2"), "1. Thus.",
        )
    )  # fmt: skip
    zones = {p.block.text: p.section.zone for p in pieces}
    assert zones["1. So."] == zones["1. Thus."] == "solutions"
    assert zones["1. Why?"] == zones["1. How?"] == "problems"


def test_a_word_in_place_is_no_section() -> None:
    pieces = divide(
        document(
            heading("Exercise 1"), "Why?", heading("Solution", 2), item("First", "1."), item("Then", "2."),
            heading("Exercise 2"), "How?", heading("Solution", 2), "So.",
        )
    )  # fmt: skip
    assert [p.section.zone for p in pieces] == [""] * len(pieces)


def test_a_title_needs_no_heading_style() -> None:
    pieces = divide(document("Prose.", bold("Exercises", "Exercises"), "1. Why?", "2. How?"))
    assert pieces[-1].section.zone == "problems"


def test_lines_with_numbers_of_their_own_are_pieces() -> None:
    pieces = divide(document("1. Why?\n2. How?\nand where?\n3. When?"))
    assert [p.block.text for p in pieces] == ["1. Why?", "2. How?\nand where?", "3. When?"]
    whole = document("1. Why?\n2. How?\nand where?\n3. When?").text
    assert all(whole[p.block.start : p.block.end] == p.block.text for p in pieces)


def test_parts_of_a_paper_stay_answers_below_the_answers() -> None:
    blocks = [bold("II. Word problems (5 points)", "II. Word problems (5 points)"), "1. Ask."]
    key = [bold("II. Word problems", "II. Word problems"), "1. Say."]
    assert [p.section.zone for p in divide(document(*blocks, heading("Answers"), *key))][-1] == "solutions"


def test_label_with_a_section_alone_above_a_list_is_no_title() -> None:
    label = "§ 1.2 No. 3"
    pieces = divide(document(heading("Solutions"), bold(label, label), item("First.", "1.")))
    assert [(p.title, p.label and p.label.number) for p in pieces[1:]] == [
        (False, ("1", "2", "3")),
        (False, ("1",)),
    ]


def _sets(words: str, ask: str, answers: bool, titled: bool = False) -> list[Block | str]:
    return [
        block
        for chapter in (1, 2, 3)
        for block in (
            heading(f"{words} {chapter}.1", 2)
            if titled
            else bold(f"{words} {chapter}.1", f"{words} {chapter}.1"),
            *(f"{n}. {ask.format(f'{chapter}{n}')}" for n in ((2, 3) if answers else (1, 2, 3))),
        )
    ]


@pytest.mark.parametrize(
    ("words", "title"), [("Exercises", "Answers"), ("Övning", "Facit"), ("EXERCISE", "ANSWERS")]
)
@pytest.mark.parametrize("titled", [False, True])
def test_words_for_problems_may_name_their_sets(words: str, title: str, titled: bool) -> None:
    text = document(
        heading("Lengths"),
        *_sets(words, "Measure rod {}.", False, titled),
        heading(title),
        *_sets(words, "{} m", True, titled),
    )
    assert pairs(text) == [(f"Measure rod {c}{n}.", f"{c}{n} m") for c in (1, 2, 3) for n in (2, 3)]


def test_items_with_parts_are_no_sets() -> None:
    """The answers repeat the numbers of the items, or stand below them."""
    asked = _sets("Exercise", "Measure rod {}.", False)
    answered = [f"Exercise {c}.1. They are {c}1 m and {c}2 m long." for c in (1, 2, 3)]
    found = pairs(document(heading("Lengths"), *asked, heading("Answers"), *answered))
    assert [solution for _, solution in found] == [f"They are {c}1 m and {c}2 m long." for c in (1, 2, 3)]
    inline = [b for c in (0, 1, 2) for b in (*asked[4 * c : 4 * c + 4], f"Solution. It is {c} m.")]
    assert [s for _, s in pairs(document(heading("Lengths"), *inline))] == [
        f"It is {c} m." for c in (0, 1, 2)
    ]


def test_a_plain_line_is_the_title_of_solutions_where_the_numbers_start_over() -> None:
    made = document(
        "Exercises",
        "1. Count the moons of Mars.",
        "2. Name the largest moon.",
        "3. Which planet has rings?",
        "Answers to odd exercises",
        "1. Two.",
        "3. Saturn.",
    )
    assert pairs(made) == [("Count the moons of Mars.", "Two."), ("Which planet has rings?", "Saturn.")]


def test_such_a_line_is_no_part_of_the_problem_above() -> None:
    made = document(
        heading("Chapter 1", 2),
        "Problem 1. Count the moons of Mars.",
        "Problem 2. Name the largest moon.",
        "Solutions to Chapter 1",
        "Solution to Problem 2. It is Ganymede.",
    )
    assert pairs(made) == [("Name the largest moon.", "It is Ganymede.")]


def test_a_line_within_the_numbering_is_no_title() -> None:
    made = document(
        "Exercises", "1. Add 2 and 3.", "2. Write full", "Answers to exercises", "3. Add 4 and 5."
    )
    assert all(piece.section.zone == "problems" for piece in divide(made))


def test_a_name_that_promises_hints_does_not_overrule_the_word_solution() -> None:
    blocks = [bold("Problem 1. Sort the list.", "Problem 1."), bold("Solution. By merging.", "Solution.")]
    assert pairs(document(*blocks, uri="useful_hints.md")) == [("Sort the list.", "By merging.")]
    assert not pairs(document(*blocks[:1], "Merge its halves.", uri="useful_hints.md"))


@pytest.mark.parametrize("title", ["MARKING CRITERIA AND ANSWERS", "CRITERIOS DE CORRECCIÓN Y RESPUESTAS"])
def test_headings_of_several_words_promise_solutions(title: str) -> None:
    assert title_zone(title) == "solutions"


def test_a_title_below_the_questions_is_not_that_of_the_whole() -> None:
    blocks = ["1. Which metal is a liquid?", heading("Worked answers of the year", 2), "1. It is mercury."]
    assert name_zone(document(*blocks, title="Worked answers of the year")) == ""
    assert name_zone(document(*blocks[1:], title="Worked answers of the year")) == "solutions"
    assert name_zone(document(blocks[0], title="Worked answers of the year")) == "solutions"


def test_a_title_of_problems_once_more_beside_them() -> None:
    """Below "Answer Key", in a chapter that has such a section; not in a chapter called "Solutions"."""
    chapter = [heading("Motion"), heading("Problems", 2), "1. Why?", "2. How?"]
    keyed = document(*chapter, heading("Answer Key", 2), heading("Problems", 3), "1. So.", "2. Thus.")
    assert pairs(keyed) == [("Why?", "So."), ("How?", "Thus.")]
    chemistry = document(*chapter, heading("Solutions"), heading("Problems", 2), "1. Whence?", "2. Whither?")
    assert pairs(chemistry) == []
