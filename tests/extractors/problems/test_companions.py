"""Documents that belong together though their names do not say so."""

from __future__ import annotations

import pytest

from extractors.problems import find_items
from filters.confidence import DEFAULT_MINIMUM
from schemas.document import Block, Document
from tests.extractors.problems.build import bold, document, heading, item, matched, pairs

SUBJECTS = ["copper wire", "hollow sphere", "wooden bridge", "steam engine", "prime ideal", "frozen lake"]
LATER = ["silver spoon", "paper kite", "clay oven", "glass prism", "iron anchor", "cotton thread"]


def asked(name: str, first: int, subjects: list[str], title: str = "Problems") -> Document:
    texts = [f"{n}. Determine the weight of the {s}." for n, s in enumerate(subjects, first)]
    return document(heading(title), *texts, uri=name)


def answered(name: str, first: int, subjects: list[str]) -> Document:
    texts = [f"{n}. The weight of a {s} is {n} pounds." for n, s in enumerate(subjects, first)]
    return document(heading("Solutions"), *texts, uri=name)


def test_the_next_issue_answers_the_problems_of_the_one_before() -> None:
    spring, summer = asked("spring.pdf", 301, SUBJECTS), asked("summer.pdf", 307, LATER)
    autumn, winter = answered("autumn.pdf", 301, SUBJECTS), answered("winter.pdf", 307, LATER)
    found = pairs(spring, summer, autumn, winter)
    assert len(found) == 12
    assert all(subject in p and subject in s for (p, s), subject in zip(found, SUBJECTS + LATER, strict=True))


def test_one_manual_answers_the_chapters_that_are_files_of_their_own() -> None:
    def numbered(chapter: int, text: str, subjects: list[str]) -> list[Block | str]:
        return [f"{chapter}.{n} {text.format(s)}" for n, s in enumerate(subjects, 1)]

    chapters = [
        document(heading("Aufgaben"), *numbered(c, "Wie schwer ist: {}?", subjects), uri=f"kapitel{c}.docx")
        for c, subjects in ((1, SUBJECTS), (2, LATER))
    ]
    replies = [*numbered(1, "Das Gewicht von {}.", SUBJECTS), *numbered(2, "Das Gewicht von {}.", LATER)]
    found = pairs(*chapters, document(heading("Lösungen"), *replies, uri="anhang.docx"))
    assert len(found) == 12
    assert all(subject in p and subject in s for (p, s), subject in zip(found, SUBJECTS + LATER, strict=True))


def test_the_book_of_another_author_is_not_answered() -> None:
    """Neither where the subjects are others, nor where their order differs a little."""
    book = asked("spring.pdf", 301, SUBJECTS + LATER)
    swapped = [
        s for a, b in zip((SUBJECTS + LATER)[::2], (SUBJECTS + LATER)[1::2], strict=True) for s in (b, a)
    ]
    assert pairs(book, answered("autumn.pdf", 301, swapped)) == []
    assert pairs(book, answered("autumn.pdf", 301, LATER + SUBJECTS)) == []
    assert pairs(book, answered("autumn.pdf", 310, SUBJECTS + LATER)) == []


def test_numbers_that_two_documents_share_tell_nothing() -> None:
    one, other = asked("spring.pdf", 301, SUBJECTS), asked("summer.pdf", 301, LATER)
    assert pairs(one, other, answered("autumn.pdf", 301, SUBJECTS)) == []
    replies = [answered("autumn.pdf", 301, SUBJECTS), answered("winter.pdf", 301, SUBJECTS)]
    assert pairs(one, *replies) == []


def test_bare_results_agree_with_nothing() -> None:
    results = [f"{n}. {n * 7 % 5} kg" for n in range(301, 307)]
    assert (
        pairs(asked("spring.pdf", 301, SUBJECTS), document(heading("Answers"), *results, uri="a.pdf")) == []
    )


def test_their_own_numbers_are_no_words_in_common() -> None:
    problems = [f"{n}. See figure {n}." for n in range(301, 309)]
    replies = [f"{n}. Drawn as {n}." for n in range(301, 309)]
    book = document(heading("Problems"), *problems, uri="spring.pdf")
    assert pairs(book, document(heading("Solutions"), *replies, uri="autumn.pdf")) == []


def test_numbers_that_run_on_from_issue_to_issue_are_enough() -> None:
    known = SUBJECTS + LATER
    found = matched(asked("spring.pdf", 301, known), answered("autumn.pdf", 301, known)).pairs
    assert [pair.score >= DEFAULT_MINIMUM for pair in found] == [True] * len(known)
    first = matched(asked("spring.pdf", 1, known), answered("autumn.pdf", 1, known)).pairs
    assert not any(pair.score >= DEFAULT_MINIMUM for pair in first)
    more = matched(
        asked("spring.pdf", 301, SUBJECTS), answered("autumn.pdf", 301, SUBJECTS + LATER[:1])
    ).pairs
    assert not any(pair.score >= DEFAULT_MINIMUM for pair in more)


def test_numbers_that_run_on_do_not_outweigh_the_texts() -> None:
    known, swapped = SUBJECTS + LATER, [*SUBJECTS[1::-1], *SUBJECTS[2:], *LATER]
    found = matched(asked("spring.pdf", 301, known), answered("autumn.pdf", 301, swapped)).pairs
    assert {pair.problem.label for pair in found if pair.score < DEFAULT_MINIMUM} == {"301", "302"}


def lengths(name: str, title: str, text: str, factor: int) -> Document:
    texts = [f"{n}. {text.format(s, factor * n + 11)}" for n, s in enumerate(SUBJECTS + LATER, 1)]
    return document(heading(title), *texts, uri=name)


def later_year(asked_name: str, answered_name: str) -> list[Document]:
    """The same problems with other numbers in them."""
    return [
        lengths(asked_name, "Problems", "Determine the weight of the {} of length {} m.", 3),
        lengths(answered_name, "Solutions", "The {} is {} m long, which gives its weight.", 7),
    ]


@pytest.mark.parametrize(
    ("asked_name", "answered_name"),
    [
        ("hw1_2019.md", "hw1_2020_solutions.md"),
        ("exam_form_A.pdf", "exam_form_B_solutions.pdf"),
        ("Mechanics 4e.pdf", "Mechanics 3e ISM.pdf"),
        ("Mechanics II.pdf", "Mechanics III worked.pdf"),
    ],
)
def test_names_that_tell_documents_apart(asked_name: str, answered_name: str) -> None:
    assert matched(*later_year(asked_name, answered_name)).pairs == ()
    everything = [asked(asked_name, 1, SUBJECTS), answered(answered_name, 1, SUBJECTS)]
    assert matched(*everything).pairs == ()


def test_other_numbers_are_of_another_year_whatever_the_names() -> None:
    assert matched(*later_year("spring.pdf", "autumn.pdf")).pairs == ()


@pytest.mark.parametrize("name", ["autumn.pdf", "notes 2020.pdf"])
def test_a_name_may_say_more_than_the_other(name: str) -> None:
    assert len(pairs(asked("spring.pdf", 1, SUBJECTS), answered(name, 1, SUBJECTS))) == len(SUBJECTS)


def test_problems_that_were_replaced_or_swapped_are_guesses() -> None:
    known = SUBJECTS + LATER
    later = ["copper wire", "hollow sphere", "rubber tyre", "prime ideal", "steam engine", *known[5:]]
    found = matched(asked("spring.pdf", 1, later), answered("autumn.pdf", 1, known)).pairs
    guesses = {pair.problem.label for pair in found if pair.score < 0.6}
    assert {pair.method for pair in found} == {"mirrored"}
    assert guesses == {"3", "4", "5"}
    assert all(pair.score < DEFAULT_MINIMUM for pair in found)  # nothing was counted yet


def running(*items: str, name: str = "book.docx") -> Document:
    """Returns a document with numbers in its running text that nothing in it calls problems."""
    prose = ["A mine has many shafts and few of them are safe. " * 8] * 2
    blocks = [heading("Brolen"), *prose, heading("Tumel", 2), *items, heading("After"), *prose]
    return document(*blocks, uri=name)


QUESTIONS = [f"{n}. What is the weight of the {s}?" for n, s in enumerate(SUBJECTS, 1)]


def test_bare_numbers_are_problems_where_a_companion_answers_them() -> None:
    book, replies = running(*QUESTIONS), answered("book-solutions.docx", 1, SUBJECTS)
    assert find_items(book).items == ()
    assert len(find_items(book).possible) == 6
    found = pairs(book, replies)
    assert len(found) == 6
    assert all(subject in p and subject in s for (p, s), subject in zip(found, SUBJECTS, strict=True))


@pytest.mark.parametrize(
    "replies",
    [
        answered("book-solutions.docx", 1, SUBJECTS[3:] + SUBJECTS[:3]),
        answered("book-solutions.docx", 1, SUBJECTS[:4]),
        answered("book-solutions.docx", 1, SUBJECTS + LATER),
        answered("mine-solutions.docx", 1, SUBJECTS),
        asked("book-problems.docx", 1, SUBJECTS),
    ],
    ids=["rotated", "few", "more", "other name", "no solutions"],
)
def test_bare_numbers_are_none_for_any_other_companion(replies: Document) -> None:
    assert pairs(running(*QUESTIONS), replies) == []


def test_bare_numbers_that_do_not_ask_are_none() -> None:
    stated = [f"{n}. The {s} was weighed." for n, s in enumerate(SUBJECTS, 1)]
    assert pairs(running(*stated), answered("book-solutions.docx", 1, SUBJECTS)) == []


def test_what_is_part_of_an_item_is_no_possible_problem() -> None:
    """The steps of an example, and a few numbers."""
    example = bold("Example 1. What weighs most?", "Example 1.")
    steps = [item(f"What is the weight of the {s}?", f"{n}.") for n, s in enumerate(SUBJECTS, 1)]
    within = document(heading("Mines"), example, *steps, uri="book.docx")
    assert find_items(within).possible == ()
    assert find_items(running(*QUESTIONS[:4])).possible == ()


def test_what_mirrors_problems_without_saying_that_it_answers_is_a_guess() -> None:
    book = document(heading("Exercises"), *QUESTIONS, uri="chapter.pdf")
    texts = [f"{n}. The weight of a {s} is {n} pounds." for n, s in enumerate(SUBJECTS, 1)]
    found = matched(book, document(heading("Chapter"), *texts, uri="manual.pdf")).pairs
    assert len(found) == 6
    assert all(pair.score < DEFAULT_MINIMUM and pair.solution.kind == "solution" for pair in found)
    rotated = [f"{n}. The weight of a {s}." for n, s in enumerate(SUBJECTS[3:] + SUBJECTS[:3], 1)]
    assert pairs(book, document(heading("Chapter"), *rotated, uri="manual.pdf")) == []
    again = document(heading("Exercises"), *QUESTIONS, uri="manual.pdf")
    assert pairs(book, again) == []
