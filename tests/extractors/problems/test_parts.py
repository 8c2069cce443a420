"""What belongs to a problem, to its solution, to its hint, and to nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.problems.openings import find_openings
from extractors.problems.outline import divide
from extractors.problems.parts import Part, cut, is_lettered
from schemas.document import Block
from tests.extractors.problems.build import bold, document, heading, inside


def parts_of(*blocks: Block | str) -> list[Part]:
    pieces = divide(document(*blocks))
    return cut(pieces, find_openings(pieces))


def texts(part: Part) -> list[str]:
    return [piece.block.text for piece in part.pieces]


def hints(part: Part) -> list[str]:
    return [piece.block.text for piece in part.hint]


ASKED = bold("Exercise 1 Is it?", "Exercise 1")
SOLVED = bold("Solution. It is.", "Solution.")


def test_a_solution_is_linked_to_its_problem() -> None:
    problem, solution = parts_of(
        ASKED, "Say why.", SOLVED, "Clearly.", bold("Exercise 2 Was it?", "Exercise 2")
    )[:2]
    assert texts(problem) == ["Exercise 1 Is it?", "Say why."]
    assert texts(solution) == ["Solution. It is.", "Clearly."]
    assert problem.link == solution.link != ""
    assert solution.method == "inline"


def test_the_next_problem_has_a_link_of_its_own_or_none() -> None:
    parts = parts_of(
        ASKED,
        SOLVED,
        bold("Exercise 2 Was it?", "Exercise 2"),
        SOLVED,
        bold("Exercise 3 Will it?", "Exercise 3"),
    )
    assert [part.kind for part in parts] == ["problem", "solution", "problem", "solution", "problem"]
    assert parts[0].link != parts[2].link
    assert parts[4].link == ""


def test_help_belongs_to_neither_text() -> None:
    hint = bold("Hint. Think.", "Hint.")
    problem, solution = parts_of(ASKED, hint, "Think hard.", SOLVED)
    assert texts(problem) == ["Exercise 1 Is it?"]
    assert hints(problem) == ["Hint. Think.", "Think hard."]
    assert texts(solution) == ["Solution. It is."]
    assert solution.hint == []


def test_a_part_after_a_hint_for_another_part_goes_on() -> None:
    hint = bold("Hint. Think.", "Hint.")
    lettered = parts_of(ASKED, "(a) Is it odd?", hint, "(b) Is it even?", SOLVED)
    assert texts(lettered[0])[1:] == ["(a) Is it odd?", "(b) Is it even?"]
    assert hints(lettered[0]) == ["Hint. Think."]
    plain = parts_of(ASKED, hint, "(b) Is it even?", SOLVED)
    assert texts(plain[0]) == ["Exercise 1 Is it?"]


def test_letters_that_the_problem_has_already_are_those_of_the_hint() -> None:
    hint = bold("Hint. Think.", "Hint.")
    problem = parts_of(ASKED, "(a) Is it odd?", hint, "(a) Halve it.", SOLVED)[0]
    assert texts(problem)[1:] == ["(a) Is it odd?"]
    assert hints(problem) == ["Hint. Think.", "(a) Halve it."]


def test_notes_before_the_solution_are_help_and_those_after_it_belong_to_it() -> None:
    strategy, discussion = bold("Strategy Look.", "Strategy"), bold("Discussion Well.", "Discussion")
    problem, solution = parts_of(ASKED, strategy, SOLVED, discussion)
    assert hints(problem) == ["Strategy Look."]
    assert texts(solution) == ["Solution. It is.", "Discussion Well."]


def test_a_note_without_a_solution_ahead_is_part_of_the_problem() -> None:
    (problem,) = parts_of(ASKED, bold("Strategy Look.", "Strategy"))
    assert texts(problem) == ["Exercise 1 Is it?", "Strategy Look."]
    assert hints(problem) == []


def test_the_final_answer_ends_a_solution() -> None:
    _, solution = parts_of(ASKED, SOLVED, "Answer: 4")
    assert texts(solution) == ["Solution. It is.", "Answer: 4"]


def test_a_proof_answers_what_asks_and_nothing_else() -> None:
    proof = bold("Proof. So.", "Proof.")
    problem, solution = parts_of(ASKED, proof)
    assert (problem.kind, solution.kind) == ("problem", "solution")
    assert problem.link == solution.link != ""
    theorem = bold("Theorem 1 It is.", "Theorem 1")
    assert parts_of(theorem, proof) == []
    kinds = [part.kind for part in parts_of(ASKED, SOLVED, theorem, proof)]
    assert kinds == ["problem", "solution"]
    assert "Proof. So." not in [t for part in parts_of(ASKED, SOLVED, theorem, proof) for t in texts(part)]


def test_a_proof_within_a_solution_stays_there() -> None:
    _, solution = parts_of(ASKED, SOLVED, bold("Proof. So.", "Proof."))
    assert texts(solution) == ["Solution. It is.", "Proof. So."]


def test_a_proof_within_a_numbered_solution_stays_there() -> None:
    """The solution is none that repeats its question, which a word for a solution would tell."""
    proof = bold("Proof. So.", "Proof.")
    (solution,) = parts_of(heading("Solutions"), bold("Solution 3. It is.", "Solution 3."), proof)
    assert (solution.kind, texts(solution)) == ("solution", ["Solution 3. It is.", "Proof. So."])
    asked = parts_of(heading("Solutions"), bold("Exercise 3. Is it?", "Exercise 3."), SOLVED)
    assert [part.kind for part in asked] == ["problem", "solution"]


def test_footnotes_belong_to_nothing() -> None:
    problem, _ = parts_of(ASKED, Block("1 See there.", "footnote"), SOLVED)
    assert texts(problem) == ["Exercise 1 Is it?"]


def test_headings_deeper_than_an_item_divide_it() -> None:
    problem = parts_of(
        heading("Exercise 1", 3), "Is it?", heading("Background", 4), "Once.", heading("Heat", 3), "No."
    )[0]
    assert texts(problem) == ["Exercise 1", "Is it?", "Background", "Once."]


def test_what_stands_after_a_declared_item_belongs_to_nothing() -> None:
    parts = parts_of(*inside("exercise", "e1", "Is it?"), "Prose.", *inside("solution", "s1", "It is."))
    assert texts(parts[0]) == ["Is it?"]
    assert "Prose." not in [t for part in parts for t in texts(part)]


@pytest.mark.parametrize("text", ["(a) It", "b) It", "c. It", "(iv) It", "ii. It"])
def test_letters_of_parts(text: str) -> None:
    assert is_lettered(text)


@pytest.mark.parametrize("text", ["a car", "(1) It", "A. It", "(a)It", "i.e. it", "(see b) It", "It is (a)"])
def test_what_is_no_letter_of_a_part(text: str) -> None:
    assert not is_lettered(text)


KINDS = {
    "exercise": bold("Exercise. Why?", "Exercise."),
    "numbered": Block("Exercise 7. How?"),
    "solution": SOLVED,
    "hint": bold("Hint. Think.", "Hint."),
    "aside": bold("Strategy Look.", "Strategy"),
    "proof": bold("Proof. So.", "Proof."),
    "theorem": bold("Theorem 2 It is.", "Theorem 2"),
    "heading": heading("Heat", 2),
    "text": Block("Some prose."),
    "part": Block("(b) Which?"),
}


@given(st.lists(st.sampled_from(list(KINDS)), max_size=25))
def test_every_piece_is_in_one_place_and_links_join_two(kinds: list[str]) -> None:
    parts = parts_of(*(KINDS[kind] for kind in kinds))
    placed = [id(piece) for part in parts for piece in (*part.pieces, *part.hint)]
    assert len(placed) == len(set(placed))
    linked: dict[str, list[str]] = {}
    for part in parts:
        if part.link:
            linked.setdefault(part.link, []).append(part.kind)
    assert all(halves == ["problem", "solution"] for halves in linked.values())
    for part in parts:
        assert part.pieces
        assert not any(t.startswith(("Hint", "Theorem")) for t in texts(part))
