"""Sections of solutions whose titles are in no vocabulary."""

from __future__ import annotations

import pytest

from extractors.problems.mirrors import mirroring_titles
from extractors.problems.outline import divide
from schemas.document import Block
from tests.extractors.problems.build import document, heading, matched, pairs, table

SUBJECTS = ["copper wire", "hollow sphere", "wooden bridge", "steam engine", "prime ideal", "frozen lake"]
ASKED = [f"{n}. What is known of the {s} in the old mine?" for n, s in enumerate(SUBJECTS, 1)]
REPLIES = [f"{n}. That the {s} was lost." for n, s in enumerate(SUBJECTS, 1)]


def titles(*blocks: Block | str) -> list[str]:
    return mirroring_titles(divide(document(*blocks)))


def test_what_mirrors_the_numbers_is_found_and_paired() -> None:
    blocks: list[Block | str] = [heading("Zadaju"), *ASKED, heading("Odzivu"), *REPLIES]
    assert "odzivu" in titles(*blocks)
    text = document(*blocks)
    assert [answer for _, answer in pairs(text)] == [reply[3:] for reply in REPLIES]
    assert all("?" in pair.problem.text and "?" not in pair.solution.text for pair in matched(text).pairs)


def test_a_title_that_returns_in_every_chapter_is_one() -> None:
    blocks: list[Block | str] = []
    for chapter in (1, 2):
        blocks += [heading(f"{chapter} Nad"), heading("Zadaju", 2), *ASKED, heading("Odzivu", 2), *REPLIES]
    assert "odzivu" in titles(*blocks)
    assert len(pairs(document(*blocks))) == 12


def test_most_numbers_have_to_stand_elsewhere() -> None:
    """Four of five are; three of five are not."""
    replies = [f"{n}. Thus." for n in range(1, 6)]
    assert "odzivu" in titles(heading("Zadaju"), *ASKED[:4], heading("Odzivu"), *replies)
    assert "odzivu" not in titles(heading("Zadaju"), *ASKED[:3], heading("Odzivu"), *replies)


def test_two_numbers_are_too_few() -> None:
    assert titles(heading("Zadaju"), *ASKED[:2], heading("Odzivu"), *REPLIES[:2]) == []
    assert "odzivu" in titles(heading("Zadaju"), *ASKED[:3], heading("Odzivu"), *REPLIES[:3])


def test_some_titles_are_tried_the_largest_first() -> None:
    blocks: list[Block | str] = []
    words = ["Uno", "Duo", "Tri", "Kvar", "Kvin", "Ses", "Sep", "Ok", "Nau", "Dek"]
    for length, title in enumerate(words, 3):
        blocks += [heading(title), *(f"{n}. It is so." for n in range(1, length + 1))]
    tried = titles(*blocks)
    assert len(tried) < len(words)
    assert tried == [word.casefold() for word in words[:-1][::-1][: len(tried)]] or tried == [
        word.casefold() for word in words[::-1][: len(tried)]
    ]


@pytest.mark.parametrize(
    "second",
    [
        [f"{n}. What of the {s}?" for n, s in enumerate(SUBJECTS, 1)],
        [f"{n}. That the {s} was lost." for n, s in enumerate(SUBJECTS[3:] + SUBJECTS[:3], 1)],
        [f"{n}. {'Another tale of no one in a far land, told at some length. ' * 3}" for n in range(1, 7)],
    ],
    ids=["questions", "rotated", "prose"],
)
def test_equal_numbers_alone_make_no_pairs(second: list[str]) -> None:
    assert pairs(document(heading("Zadaju"), *ASKED, heading("Odzivu"), *second)) == []


def test_titles_are_not_asked_where_solutions_are_known() -> None:
    text = document(
        heading("Exercises"), *ASKED[:3], heading("Answers"), *REPLIES[:3], heading("Odzivu"), *REPLIES
    )
    assert [answer for _, answer in pairs(text)] == [reply[3:] for reply in REPLIES[:3]]


@pytest.mark.parametrize(("asked", "answered"), [("P{}.", "L{}."), ("U.{}.", "O.{}."), ("{}.", "{}.")])
def test_letters_tell_the_numbers_of_solutions_from_those_of_problems(asked: str, answered: str) -> None:
    problems = [ask.replace(f"{n}.", asked.format(n), 1) for n, ask in enumerate(ASKED, 1)]
    replies = [reply.replace(f"{n}.", answered.format(n), 1) for n, reply in enumerate(REPLIES, 1)]
    text = document(heading("Mines"), *problems, heading("Annex"), *replies)
    assert [answer for _, answer in pairs(text)] == [reply[3:] for reply in REPLIES]


def test_known_words_for_problems_may_stand_above_solutions_as_well() -> None:
    def block(n: int, text: str) -> list[Block | str]:
        return [heading(f"Frage {n}", 2), text[3:]]

    problems = [b for n, ask in enumerate(ASKED, 1) for b in block(n, ask)]
    replies = [b for n, reply in enumerate(REPLIES, 1) for b in block(n, reply)]
    text = document(heading("Denk nach"), *problems, heading("Unsere Vorschläge"), *replies)
    assert [answer for _, answer in pairs(text)] == [reply[3:] for reply in REPLIES]
    again = [b for n, ask in enumerate(ASKED[3:] + ASKED[:3], 1) for b in block(n, ask)]
    assert pairs(document(heading("Denk nach"), *problems, heading("Noch einmal"), *again)) == []


def key(*answers: str) -> Block:
    return table(*((str(n), answer) for n, answer in enumerate(answers, 1)))


def test_a_key_in_a_table_mirrors_as_well() -> None:
    answers = [f"the {s}, {n + 2} m" for n, s in enumerate(SUBJECTS)]
    text = document(heading("Zadaju"), *ASKED, heading("Odzivu"), key(*answers))
    assert "odzivu" in titles(heading("Zadaju"), *ASKED, heading("Odzivu"), key(*answers))
    assert [answer for _, answer in pairs(text)] == answers
    rotated = key(*answers[3:], *answers[:3])
    assert pairs(document(heading("Zadaju"), *ASKED, heading("Odzivu"), rotated)) == []


def test_a_table_of_marks_is_no_key() -> None:
    """The marks happen to be the numbers that the problems give."""
    asked = [f"{ask[:-1]} with its {n + 2} wheels?" for n, ask in enumerate(ASKED)]
    blocks = [heading("Zadaju"), *asked, heading("Punkte"), key(*(str(n + 2) for n in range(6)))]
    assert "punkte" not in titles(*blocks)
    assert pairs(document(*blocks)) == []


def test_tables_alone_number_no_items() -> None:
    answers = [f"the {s}" for s in SUBJECTS]
    assert titles(heading("Zadaju"), key(*answers), heading("Odzivu"), key(*answers)) == []
