"""Questions without numbers, above their choices and the letter that answers them."""

from __future__ import annotations

import pytest

from extractors.documents import read_document
from schemas.document import Block
from tests.extractors.problems.build import document, item, matched, pairs

METALS = ["iron", "zinc", "lead", "gold"]
LETTERS = ["C", "A", "B", "C"]


def quiz(answer: str = "ANSWER: {}", choice: str = "{}. ") -> str:
    return "\n\n".join(
        f"Which metal is number {n}?\n"
        + "".join(
            f"{choice.format(letter)}{metal} {n}\n" for letter, metal in zip("ABC", METALS, strict=False)
        )
        + answer.format(letter)
        for n, letter in enumerate(LETTERS, 1)
    )


@pytest.mark.parametrize("name", ["quiz.txt", "notes.txt", "answers.txt"])
def test_aiken(name: str) -> None:
    found = pairs(read_document(quiz().encode(), name))
    assert [solution for _, solution in found] == LETTERS
    assert [problem.split("\n")[0] for problem, _ in found] == [
        f"Which metal is number {n}?" for n in (1, 2, 3, 4)
    ]
    assert all("zinc" in problem for problem, _ in found)


def test_other_words_and_choices_of_a_list() -> None:
    blocks = [
        block
        for n, letter in enumerate(LETTERS, 1)
        for block in (
            Block(f"Quel métal porte le numéro {n} ?"),
            *(item(f"{metal} {n}", f"{choice})") for choice, metal in zip("abc", METALS, strict=False)),
            Block(f"Réponse : ({letter.lower()})"),
            Block(f"Il a le numéro {n} dans le tableau."),
        )
    ]
    found = pairs(document(*blocks))
    assert [solution[:3] for _, solution in found] == [f"({letter.lower()})" for letter in LETTERS]
    assert all("tableau" in solution for _, solution in found)


def test_an_answer_names_one_of_the_choices() -> None:
    assert pairs(read_document(quiz().replace("ANSWER: A", "ANSWER: E").encode(), "notes.txt"))[1:2] != [
        ("Which metal is number 2?", "E")
    ]
    assert pairs(read_document(quiz(choice="{} ").encode(), "notes.txt")) == []


def test_questions_with_numbers_keep_them() -> None:
    blocks = quiz().split("\n\n")
    numbered = "\n\n".join(f"{n}. {block}" for n, block in enumerate(blocks, 1))
    found = matched(read_document(numbered.encode(), "quiz.txt")).pairs
    assert [(pair.problem.label, pair.solution.text) for pair in found] == [
        (str(n), letter) for n, letter in enumerate(LETTERS, 1)
    ]
