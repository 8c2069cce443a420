"""Words and numbers in sequence, in a text without any type."""

from __future__ import annotations

import pytest

from extractors.problems import find_items
from extractors.problems.unstyled import work_out
from schemas.document import Block
from tests.extractors.problems.build import bold, document, pairs

SUBJECTS = ["copper wire", "hollow sphere", "wooden bridge", "steam engine", "prime ideal", "frozen lake"]
ASKED = [f"What is the weight of the {s}, which costs {n * 17} pounds?" for n, s in enumerate(SUBJECTS, 1)]
REPLIES = [f"A pound of {s} costs 1, so it weighs {n * 17} pounds." for n, s in enumerate(SUBJECTS, 1)]


def printed(asked: list[str], replies: list[str], first: str = "Brolen") -> list[Block]:
    lines = [
        line
        for n, (ask, reply) in enumerate(zip(asked, replies, strict=True), 1)
        for line in (f"{first} {n}. {ask}", f"Skavir. {reply}")
    ]
    return [Block(line) for line in lines]


def test_one_word_after_each_of_a_sequence_announces_its_solution() -> None:
    assert pairs(document(*printed(ASKED, REPLIES))) == list(zip(ASKED, REPLIES, strict=True))


def test_examples_with_the_same_word_keep_their_own() -> None:
    examples = printed(ASKED, REPLIES, first="Dusk")
    assert len(pairs(document(*examples, *printed(ASKED, REPLIES)))) == 12


@pytest.mark.parametrize(
    ("asked", "replies"),
    [
        (ASKED, REPLIES[3:] + REPLIES[:3]),
        (ASKED, [f"Miller looks after the {s}." for s in SUBJECTS]),
        (ASKED, [f"Miller looks after the {s} until the {n}." for n, s in enumerate(SUBJECTS, 1)]),
        (ASKED, ASKED),
        (ASKED[:4], REPLIES[:4]),
        ([f"The {s} was lost for {n * 17} pounds." for n, s in enumerate(SUBJECTS)], REPLIES),
    ],
    ids=["rotated", "errands", "errands with dates", "questions", "few", "statements"],
)
def test_what_does_not_work_the_problems_out_is_no_solution(asked: list[str], replies: list[str]) -> None:
    assert find_items(document(*printed(asked, replies))).items == ()


def test_numbers_out_of_sequence_are_no_labels() -> None:
    blocks = printed(ASKED, REPLIES)
    assert find_items(document(*blocks[6:], *blocks[2:6])).items == ()


def test_two_words_by_turns_are_a_conversation() -> None:
    turns = [Block(f"{w} {text}") for w, text in zip(("Fox.", "Owl.") * 3, REPLIES, strict=True)]
    blocks = [block for pair in zip(printed(ASKED, REPLIES)[::2], turns, strict=True) for block in pair]
    assert pairs(document(*blocks, *turns)) == []


def test_chapters_hold_sections_and_are_no_items() -> None:
    assert find_items(document(*printed(ASKED, REPLIES, first="Chapter"))).items == ()


def test_where_there_is_type_it_sets_labels_off() -> None:
    assert pairs(document(bold("Note that this is all.", "Note"), *printed(ASKED, REPLIES))) == []


def test_numbers_of_the_problems_have_to_go_on_in_most_solutions() -> None:
    assert work_out(ASKED, REPLIES)
    assert work_out(ASKED, [*REPLIES[:3], *(f"A {s} weighs little." for s in SUBJECTS[3:])])
    assert not work_out(ASKED, [*REPLIES[:2], *(f"A {s} weighs little." for s in SUBJECTS[2:])])
