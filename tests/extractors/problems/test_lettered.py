"""Letters that count options are no Roman numbers."""

from __future__ import annotations

import pytest

from extractors.problems.labels import read_label
from extractors.problems.lettered import without_letters
from schemas.document import Block
from tests.extractors.problems.build import document, heading, pairs


@pytest.mark.parametrize("close", [".", ")"])
def test_the_options_of_every_question_stay_with_it(close: str) -> None:
    def options(*words: str) -> list[Block | str]:
        return [f"{letter}{close} {word}" for letter, word in zip("ABCD", words, strict=False)]

    made = document(
        heading("Quiz"),
        "1. Which of these metals is a liquid in summer?",
        *options("Iron", "Mercury", "Copper"),
        "2. Which gas do leaves give off?",
        *options("Argon", "Neon", "Oxygen", "Helium"),
        heading("Answers"),
        "1. B",
        "2. C",
    )
    asked = [problem for problem, _ in pairs(made)]
    assert [problem.count(close + " ") for problem in asked] == [3, 4]
    assert asked[0].endswith(f"C{close} Copper")


def test_roman_numbers_are_still_read() -> None:
    blocks = [Block(f"{number}. Find the root.") for number in ("I", "II", "III", "C")]
    labels = [label for _, label in without_letters((b, read_label(b)) for b in blocks)]
    assert [label.number if label else () for label in labels] == [("i",), ("ii",), ("iii",), ("c",)]


def test_an_option_of_another_look_is_no_successor() -> None:
    blocks = [Block("B) Lead"), Block("C. Find the root.")]
    assert all(label for _, label in without_letters((b, read_label(b)) for b in blocks[1:]))
    assert list(without_letters((b, read_label(b)) for b in blocks))[1][1] is not None
