"""Keys of multiple choice in one paragraph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.problems.keys import read_key
from schemas.document import Block
from tests.extractors.problems.build import document, heading, pairs


def entries(text: str) -> list[tuple[str, str]]:
    return [(label.number[0], block.text) for block, label in read_key(Block(text, start=7)) if label]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1B; 2D; 3A.", ["1B", "2D", "3A"]),
        ("1 (B)  3 (D)  5 (A)", ["1B", "3D", "5A"]),
        ("1-B, 2-C, 3-A", ["1B", "2C", "3A"]),
        ("1–5: CBCAD 6–7: AB", ["1C", "2B", "3C", "4A", "5D", "6A", "7B"]),
        ("6~8 A B, C", ["6A", "7B", "8C"]),
        ("1—3：ABC；4—5：DA。", ["1A", "2B", "3C", "4D", "5A"]),
    ],
)
def test_keys(text: str, expected: list[str]) -> None:
    assert [number + answer for number, answer in entries(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "1A; 2B",
        "1A; 9B; 20C",
        "3A; 2B; 1C",
        "1-5: ABC",
        "1a, 2b, 3c",
        "1A; 2B; 3C and so on",
        "Rooms 1A, 2B, 3C",
    ],
)
def test_what_is_no_key(text: str) -> None:
    assert entries(text) == []


@given(st.lists(st.sampled_from("ABCDEFGH"), min_size=3, max_size=40), st.integers(0, 900))
def test_a_range_is_read_back_and_its_answers_have_places(choices: list[str], first: int) -> None:
    text = f"{first}-{first + len(choices) - 1}: {''.join(choices)}"
    read = read_key(Block(text, start=5))
    assert [block.text for block, _ in read] == choices
    assert all(text[block.start - 5 : block.end - 5] == block.text for block, _ in read)
    assert [label.number for _, label in read if label] == [(str(first + i),) for i in range(len(choices))]


@pytest.mark.parametrize(
    ("key", "answers"),
    [
        ("Answer key: 1-C 2-A 3-B", ["C", "A", "B"]),
        ("Answers: 1. C, 2. A, 3. B", ["C", "A", "B"]),
        ("Lösungen: 1. 12 m; 2. 7 s; 3. 40 N", ["12 m", "7 s", "40 N"]),
        ("Answer key: 1-c, 2-a, 3-b", ["c", "a", "b"]),
        ("Answers: 1: c 2: a 3: b", ["c", "a", "b"]),
        ("Answers: 1=c, 2=a, 3=b", ["c", "a", "b"]),
        ("Answers: (1) c, (2) a, (3) b", ["c", "a", "b"]),
        ("Lösungen: 1c, 2a, 3b", ["c", "a", "b"]),
        ("Réponses : 1c ; 2a ; 3b", ["c", "a", "b"]),
        ("Answers: c, a, c.", ["c", "a", "c"]),
    ],
)
def test_a_key_on_the_line_of_its_title_answers_every_question(key: str, answers: list[str]) -> None:
    questions = ["How far is the well?", "How long does the pail fall?", "Which force pulls the rope?"]
    asked = [f"{number}. {question}" for number, question in enumerate(questions, 1)]
    made = document(heading("Exercises"), *asked, key)
    assert pairs(made) == list(zip(questions, answers, strict=True))


def test_a_key_of_two_answers_has_all_the_numbers_that_are_asked() -> None:
    asked = ["1) How many rolls are sold?", "2) Solve it."]
    found = pairs(document(heading("Exercises"), *asked, "Answers: 1) 160; 2) 9"))
    assert found == [("How many rolls are sold?", "160"), ("Solve it.", "9")]
    more = [*asked, "3) Draw it."]
    assert ("How many rolls are sold?", "160") not in pairs(
        document(heading("Exercises"), *more, "Answers: 1) 160; 2) 9")
    )


@pytest.mark.parametrize(
    "key",
    [
        "Answer: They are 12 m, seven seconds and 40 N.",
        "Answers: 12 m, seven seconds, 40 N",
        "Solutions: (1) the well is 12 m deep (2) it falls for 7 s (3) the weight",
        "Answers: 1 twelve 2 seven 3 forty",
        "Answers: c, a, b.",  # or what the last one asks to bring into order
    ],
)
def test_a_key_that_cannot_be_read_is_nobodys_solution(key: str) -> None:
    asked = ["1. How far is the well?", "2. How long does the pail fall?", "3. Which force pulls the rope?"]
    assert pairs(document(heading("Exercises"), *asked, key)) == []


@pytest.mark.parametrize(
    "solution",
    [
        "Answer: 12 m, 7 s",  # of three problems
        "Solution: It falls for 7 s. With the mass, we find the weight, 40 N.",
        "Solution: the weight, 40 N",
    ],
)
def test_what_lists_another_number_of_things_is_the_solution_of_the_last_problem(solution: str) -> None:
    asked = ["1. How far is the well?", "2. How long does the pail fall?", "3. Which force pulls the rope?"]
    made = document(heading("Exercises"), *asked, solution)
    assert pairs(made) == [("Which force pulls the rope?", solution.split(": ", 1)[1])]


def test_answers_to_the_parts_of_a_problem_are_no_key_of_the_document() -> None:
    made = document(
        heading("Exercises"),
        "Exercise 1. Name a metal. Answer: iron.",
        "Exercise 7. Count the legs of these.",
        "1. a crab",
        "2. a bee",
        "3. a crow",
        "Answers: 1. ten; 2. six; 3. two",
    )
    assert ("Name a metal.", "ten") not in pairs(made)
    assert not any(solution in ("ten", "six", "two") for _, solution in pairs(made))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (["Find pairs: 1 dog, 2 cow, 3 bird; a moos, b barks, c sings."], "1b, 2a, 3c"),
        (["Of what is it made? 1. The roof 2. The door 3. The wall 4. The sill"], "1=b, 2=a, 3=c, 4=a"),
        (
            ["Of what is it made?", "1. The roof", "2. The door", "3. The wall"],
            "1. tin; 2. oak; 3. clay; 4. oak",
        ),
        (["Of what is it made? 1) The roof 2) The door 3) The wall"], "1) tin; 2) oak; 3) clay"),
    ],
)
def test_the_answers_to_the_parts_of_the_last_problem_are_its_own(question: list[str], answer: str) -> None:
    asked = ["Exercise 1. How far is it?", "Exercise 2. How tall is it?", "Exercise 3. How long is it?"]
    first, *others = question
    made = document(heading("Exercises"), *asked, f"Exercise 4. {first}", *others, f"Answer: {answer}")
    assert [solution for _, solution in pairs(made)] == [answer]
