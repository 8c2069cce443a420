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


@pytest.mark.parametrize("answer", ["E", "A, C", "none of them", "zinc 2"])
def test_an_answer_names_one_of_the_choices(answer: str) -> None:
    """Any other is no letter, and its question ends the answer above it all the same."""
    found = pairs(read_document(quiz().replace("ANSWER: A", f"ANSWER: {answer}").encode(), "notes.txt"))
    assert [(problem.split("\n")[0], solution) for problem, solution in found] == [
        (f"Which metal is number {n}?", LETTERS[n - 1]) for n in (1, 3, 4)
    ]


def test_words_without_letters_are_no_choices() -> None:
    assert pairs(read_document(quiz(choice="{} ").encode(), "notes.txt")) == []


LEAD = "A box on table {} holds three metals."


def with_lead(label: str = "") -> str:
    return "\n\n".join(
        f"{label.format(n)}{LEAD.format(n)}\n\n{question}"
        for n, question in enumerate(quiz().split("\n\n"), 1)
    )


def test_a_stem_of_two_paragraphs_without_a_label_is_not_guessed() -> None:
    """It may be an explanation of the answer above."""
    assert pairs(read_document(with_lead().encode(), "notes.txt")) == []
    mixed = quiz() + "\n\n" + with_lead() + "\n\n" + quiz()
    found = pairs(read_document(mixed.encode(), "notes.txt"))
    assert [solution for _, solution in found] == LETTERS + LETTERS
    assert not any("table" in text for pair in found for text in pair)


@pytest.mark.parametrize("label", ["## Question {}\n\n", "**Question {}**\n\n", "{}. "])
def test_a_stem_reaches_back_to_its_label(label: str) -> None:
    text = with_lead(label).replace("\n", "\n\n")  # in Markdown, every choice is a paragraph of its own
    found = pairs(read_document(text.encode(), "notes.md"))
    assert [solution for _, solution in found] == LETTERS
    assert [problem.split("\n\n")[0] for problem, _ in found] == [LEAD.format(n) for n in (1, 2, 3, 4)]
    assert all("Which metal" in problem and "zinc" in problem for problem, _ in found)


def test_a_letter_ends_its_answer() -> None:
    essay = "Define an isotope and give two examples.\nANSWER: Atoms that differ in neutrons."
    for text in (quiz() + "\n\nA second sheet comes later.", quiz() + f"\n\n{essay}\n\n" + quiz()):
        found = pairs(read_document(text.encode(), "notes.txt"))
        assert {solution for _, solution in found} == set(LETTERS)


def test_a_question_without_an_answer_is_no_part_of_the_answer_above() -> None:
    lost = "Which one is a gas?\nA. helium\nB. iron\nC. zinc"
    found = pairs(read_document(f"{quiz()}\n\n{lost}\n\n{quiz()}".encode(), "notes.txt"))
    assert len(found) >= 7
    assert {solution for _, solution in found} == set(LETTERS)


def test_questions_with_numbers_keep_them() -> None:
    blocks = quiz().split("\n\n")
    numbered = "\n\n".join(f"{n}. {block}" for n, block in enumerate(blocks, 1))
    found = matched(read_document(numbered.encode(), "quiz.txt")).pairs
    assert [(pair.problem.label, pair.solution.text) for pair in found] == [
        (str(n), letter) for n, letter in enumerate(LETTERS, 1)
    ]
