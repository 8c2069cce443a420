"""Labels that no vocabulary knows, and solutions that have none: their place tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.problems import find_items
from extractors.problems.labels import read_label
from extractors.problems.unknown import infer_roles
from schemas.document import Block, Container, Style
from tests.extractors.problems.build import bold, document, heading, matched, pairs

SUBJECTS = ["copper wire", "hollow sphere", "wooden bridge", "steam engine", "prime ideal", "frozen lake"]


def roles(blocks: list[Block]) -> list[str]:
    return [label.role if label else "" for label in infer_roles(blocks, [read_label(b) for b in blocks])]


def lettered(count: int, second: str = "A") -> list[Block | str]:
    return [t for n in range(1, count + 1) for t in (f"Q{n}. Why {n}?", f"{second}{n}. So {n}.")]


def worded(asked: str, solved: str, count: int = 4) -> list[Block]:
    """Numbered labels of two words: Dusk 1, Dawn 1, Dusk 2..."""
    return [
        bold(f"{word} {n} {text} {SUBJECTS[n - 1]}{mark}", f"{word} {n}")
        for n in range(1, count + 1)
        for word, text, mark in ((asked, "What of the", "?"), (solved, "It is the", "."))
    ]


def test_numbers_that_each_repeat_the_one_before() -> None:
    assert pairs(document(*lettered(3))) == [(f"Why {n}?", f"So {n}.") for n in (1, 2, 3)]
    assert len(pairs(document(*worded("Dusk", "Dawn")))) == 4


def test_two_repetitions_are_accidents() -> None:
    assert pairs(document(*lettered(2, "B"))) == []


def test_a_known_word_for_problems_is_never_the_solution() -> None:
    assert not any(role == "solution" for role in roles(worded("Dusk", "Question")))
    assert roles(worded("Dusk", "Dawn")).count("solution") == 4


def test_theorems_and_their_proofs_are_no_pairs() -> None:
    proofs = [
        b
        for n in range(1, 5)
        for b in (bold(f"Theorem {n} It is odd.", f"Theorem {n}"), bold("Proof. So.", "Proof."))
    ]
    assert find_items(document(heading("Numbers"), *proofs)).items == ()


def test_cases_of_proofs_are_no_problems() -> None:
    cases = [
        b
        for n in range(1, 4)
        for b in (
            bold(f"Theorem {n} It is odd.", f"Theorem {n}"),
            *(bold(f"Case {c} It is {c}.", f"Case {c}") for c in (1, 2)),
        )
    ]
    assert find_items(document(heading("Numbers"), *cases)).items == ()


def turns(count: int, first: str = "Ofra", second: str = "Ilan", mark: str = ".") -> list[str]:
    return [t for n in range(count) for t in (f"{first}: What of the {n}th?", f"{second}: It is {n}{mark}")]


def test_two_words_that_alternate_ask_and_answer() -> None:
    assert len(pairs(document(*turns(4, "Q", "A")))) == 4
    assert pairs(document(*turns(8))) == []  # an interview


@pytest.mark.parametrize(
    "spoken",
    [
        turns(2, "Q", "A"),
        turns(8, "Q", "A", mark="?"),  # both ask
        [t.replace("?", ".") for t in turns(8, "Q", "A")],  # nobody asks
        [*turns(4, "Q", "A"), "A: And more.", *turns(4, "Q", "A")],  # twice in a row
        [*turns(8, "Q", "A"), "1. Why?", "Exercise 1. Why?"],  # numbered problems stand beside them
    ],
    ids=["few", "both", "none", "twice", "numbered"],
)
def test_talk_is_no_set_of_pairs(spoken: list[str]) -> None:
    assert not any(item.text.startswith("It is") for item in find_items(document(*spoken)).items)


def lead_ins(word: str, count: int = 6, reply: str = "The {} sank.") -> list[Block]:
    return [
        b
        for n in range(1, count + 1)
        for b in (
            Block(f"{n}. What of the {SUBJECTS[n - 1]}?"),
            bold(f"{word}: {reply.format(SUBJECTS[n - 1])}", f"{word}:"),
        )
    ]


def test_a_word_once_after_every_question_announces_its_solution() -> None:
    assert len(pairs(document(heading("Naltu"), *lead_ins("Odziv")))) == 6
    assert pairs(document(heading("Naltu"), *lead_ins("Odziv", 2))) == []


@pytest.mark.parametrize("note", ["5", "Miller 2001", "easy", "3 minutes"])
def test_a_note_on_every_question_answers_none(note: str) -> None:
    assert pairs(document(heading("Exam"), *lead_ins("Points", reply=note))) == []


def test_a_word_twice_in_an_item_announces_nothing() -> None:
    twice = [b for block in lead_ins("Odziv") for b in ((block, block) if block.style.bold else (block,))]
    assert not any(role == "solution" for role in roles(twice))


def test_the_last_of_two_words_announces_the_solution_the_other_a_hint() -> None:
    both = [
        b
        for n in range(1, 7)
        for b in (
            Block(f"{n}. What of the {SUBJECTS[n - 1]}?"),
            bold("Miga: Look down.", "Miga:"),
            bold(f"Odziv: The {SUBJECTS[n - 1]} sank.", "Odziv:"),
        )
    ]
    found = matched(document(heading("Naltu"), *both)).pairs
    assert [pair.solution.text for pair in found] == [f"The {subject} sank." for subject in SUBJECTS]
    assert {pair.problem.hint for pair in found} == {"Look down."}
    assert not any("Look" in pair.problem.text + pair.solution.text for pair in found)


def test_words_below_what_does_not_ask_are_remarks() -> None:
    told = [
        replace(b, text=b.text.replace("What of", "Thus goes").replace("?", ".")) for b in lead_ins("Odziv")
    ]
    assert not any(role == "solution" for role in roles(told))


def test_known_solutions_leave_nothing_to_infer() -> None:
    known = [
        b
        for n in range(1, 5)
        for b in (
            Block(f"Exercise {n}. Why?"),
            bold("Solution: So.", "Solution:"),
            bold("Odziv: It.", "Odziv:"),
        )
    ]
    assert roles(known) == ["problem", "solution", ""] * 4


def test_a_section_of_solutions_ends_the_guessing() -> None:
    blocks = lead_ins("Odziv")
    assert "solution" in roles(blocks)
    assert "solution" not in roles([*blocks, heading("Answers")])[:-1]


LOOKS = {
    "italic": lambda text: Block(text, style=Style(italic=len(text))),
    "small": lambda text: Block(text, style=Style(size=0.8)),
    "indented": lambda text: Block(text, style=Style(indent=2.0)),
    "framed": lambda text: Block(text, containers=(Container("blockquote", "@1"),)),
}


def set_apart(look: str, replies: list[str], mark: str = "?") -> list[Block]:
    return [
        b
        for n, (subject, reply) in enumerate(zip(SUBJECTS, replies, strict=True), 1)
        for b in (Block(f"{n}. What is known of the {subject} in the old mine{mark}"), LOOKS[look](reply))
    ]


REPLIES = [f"That the {subject} was lost." for subject in SUBJECTS]


@pytest.mark.parametrize("look", LOOKS)
def test_another_look_after_every_question_answers_it(look: str) -> None:
    found = pairs(document(heading("Naltu"), *set_apart(look, REPLIES)))
    assert [answer for _, answer in found] == REPLIES
    assert not any("lost" in asked for asked, _ in found)


def test_a_look_without_agreement_answers_nothing() -> None:
    tales = ["Another tale of no one in a far land, told at great length by the fire of an inn." * 2] * 6
    assert pairs(document(heading("Naltu"), *set_apart("italic", tales))) == []
    assert pairs(document(heading("Naltu"), *set_apart("italic", [f"{r[:-1]}?" for r in REPLIES]))) == []


def test_the_same_look_answers_nothing() -> None:
    plain = [replace(b, style=Style(), containers=()) for b in set_apart("italic", REPLIES)]
    assert pairs(document(heading("Naltu"), *plain)) == []


@pytest.mark.parametrize(
    "unit",
    [
        [Block("Q1. Why?"), Block("A1. So.")],
        [Block("Ofra: Why?"), Block("Ilan: So.")],
        [Block("1. Why?"), bold("Odziv: So.", "Odziv:")],
        [Block("1. Why?"), Block("It is so.", style=Style(italic=9))],
    ],
    ids=["families", "turns", "words", "looks"],
)
def test_long_documents_end(unit: list[Block]) -> None:
    assert len(roles(unit * 20_000)) == 40_000


def test_titles_of_sections_are_no_words_within_items() -> None:
    blocks: list[Block | str] = []
    for n, subject in enumerate(SUBJECTS, 1):
        blocks += [
            heading(f"{n} Ramo"),
            bold(f"Dusk {n}. What of the {subject}?", f"Dusk {n}."),
            f"Skavir: That the {subject} was sold.",
            heading("Brolenar", 2),
            f"1. What is left of the {subject} in town {n}?",
        ]
    found = pairs(document(*blocks))
    assert [solution for _, solution in found] == [f"That the {subject} was sold." for subject in SUBJECTS]
