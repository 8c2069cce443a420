"""Documents made to mislead the pairing, or to keep it busy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.problems import find_items, match_items
from filters.confidence import DEFAULT_MINIMUM
from schemas.document import Block, Document
from tests.extractors.problems.build import bold, document, heading


def pairs(*documents: Document) -> list[tuple[str, str]]:
    return [(p.problem.text, p.solution.text) for p in match_items([find_items(d) for d in documents]).pairs]


def test_copies_of_one_file_lose_nothing() -> None:
    text = document(heading("Problems"), "1. Why?", "2. How?", heading("Solutions"), "1. So.", "2. Thus.")
    found = [find_items(replace(text, uri=uri)) for uri in ("a.md", "b.md")]
    matching = match_items(found)
    placed = 2 * len(matching.pairs) + len(matching.unpaired_problems) + len(matching.unpaired_solutions)
    assert placed == sum(len(f.items) for f in found)
    assert len(matching.pairs) == 4


def test_years_are_scopes() -> None:
    text = document(
        heading("Problems"), heading("Sheet 2021", 2), "1. Why one?", "2. Why two?",
        heading("Sheet 2022", 2), "1. How one?", "2. How two?",
        heading("Solutions"), heading("Sheet 2022, solutions", 2), "1. Thus one.", "2. Thus two.",
        heading("Sheet 2021, solutions", 2), "1. So one.", "2. So two.",
    )  # fmt: skip
    assert pairs(text) == [
        ("Why one?", "So one."), ("Why two?", "So two."), ("How one?", "Thus one."), ("How two?", "Thus two.")
    ]  # fmt: skip


def test_roman_chapters_are_scopes() -> None:
    text = document(
        heading("Chapter I"), heading("Exercises", 2), "1. Why?", heading("Chapter II"),
        heading("Exercises", 2), "1. How?", heading("Answers"), heading("Chapter II", 2), "1. Thus.",
        heading("Chapter I", 2), "1. So.",
    )  # fmt: skip
    assert pairs(text) == [("Why?", "So."), ("How?", "Thus.")]


def test_chapters_in_bold_are_scopes() -> None:
    text = document(
        heading("Chapter 1"), heading("Exercises", 2), "1. Why?", heading("Chapter 2"),
        heading("Exercises", 2), "1. How?", heading("Answers"), bold("Chapter 2", "Chapter 2"), "1. Thus.",
        bold("Chapter 1", "Chapter 1"), "1. So.",
    )  # fmt: skip
    assert pairs(text) == [("Why?", "So."), ("How?", "Thus.")]


def test_the_order_counts_only_if_there_are_as_many() -> None:
    asked = [
        block
        for part in "AB"
        for block in (
            heading(f"Part {part}"), heading("Exercises", 2),
            *(Block(f"{n}. Why {part}{n}?") for n in range(1, 7)),
        )
    ]  # fmt: skip
    answers = [heading("Answers"), *(Block(f"{n}. So {part}{n}.") for part in "AB" for n in range(1, 7))]
    both = match_items([find_items(document(*asked, *answers))]).pairs
    sure = [(p.problem.text[4:6], p.solution.text[3:5]) for p in both if p.score >= DEFAULT_MINIMUM]
    assert sure == [(f"{part}{n}", f"{part}{n}") for part in "AB" for n in range(1, 7)]
    half = match_items([find_items(document(*asked, *answers[:7]))]).pairs
    assert all(p.score < DEFAULT_MINIMUM for p in half)


def test_answers_with_a_preface_are_not_the_last_solution() -> None:
    text = document(
        heading("Exercises"), "1. Why?", "2. How?", "3. When?",
        heading("Answers"), "Odd ones only.", "Answer to 1. So.", "Answer to 3. Now.",
    )  # fmt: skip
    assert pairs(text) == [("Why?", "So."), ("When?", "Now.")]


def test_an_exam_below_solutions_holds_solutions() -> None:
    text = document(heading("Solutions"), heading("Exam 2023", 2), "1. So.", "2. Thus.", "3. Now.")
    assert {item.kind for item in find_items(text).items} == {"solution"}


@pytest.mark.parametrize(
    "blocks",
    [
        [heading("Answers", 2), Block("text")] * 5000,
        [Block("Exercise 1. Why?"), Block("Solution. So.")] * 5000,
        [Block("1. How far? [Answer: 30 m]")] * 5000,
        [heading("chapter " * 20_000), Block("1. Why?")],
        [heading("Exercises", 2), Block("1. Why?"), Block("2. How?")] * 1500
        + [heading("Answers", 1)]
        + [Block("1. So."), Block("2. Thus.")] * 1500,
        [bold("Exercise 1. Why?", "Exercise 1."), bold("Strategy Think.", "Strategy")] * 4000,
        [heading("2. " + "a" * 20), Block("x")] * 4000,
        [Block("1. " + "(a" * 50_000)],
        [Block("[Answer" * 20_000 + "]")],
    ],
    ids=["answers", "inline", "brackets", "heading", "restarts", "asides", "titles", "parts", "open"],
)
def test_long_documents_end(blocks: list[Block]) -> None:
    """Each of these took minutes with a quadratic scan; nothing but the end of the test is asserted."""
    found = find_items(document(*blocks))
    matching = match_items([found])
    placed = 2 * len(matching.pairs) + len(matching.unpaired_problems) + len(matching.unpaired_solutions)
    assert placed == len(found.items)
