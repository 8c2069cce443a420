"""What alternates with solutions is a problem; a glossary only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.problems import find_items
from extractors.problems.interleaved import answered_families, answered_in_place, glossary
from extractors.problems.outline import divide
from extractors.problems.sequences import Candidate
from schemas.document import Block
from tests.extractors.problems.build import bold, document, heading, pairs


def families(*texts: Block | str) -> set[str]:
    return answered_families(divide(document(*texts)))


def asked(count: int, word: str = "Exercise.") -> list[Block]:
    return [bold(f"{word} Why {n}?", word) for n in range(count)]


def test_words_that_precede_solutions() -> None:
    solved = [block for problem in asked(3) for block in (problem, bold("Solution. So.", "Solution."))]
    assert families(*solved) == {"exercise"}
    assert families(*solved[:5]) == set()
    assert families(*solved, *asked(2)) == {"exercise"}
    assert families(*solved, *asked(3)) == set()


def test_numbered_words_are_not_asked() -> None:
    text = [t for n in range(1, 5) for t in (f"Exercise {n}. Why?", bold("Solution. So.", "Solution."))]
    assert families(*text) == set()


def test_only_the_word_right_before_a_solution_counts() -> None:
    text = [
        b for _ in range(4) for b in (*asked(1), *asked(1, "Question."), bold("Solution. So.", "Solution."))
    ]
    assert families(*text) == {"question"}


def candidates(*places: int, look: str = ".") -> list[Candidate]:
    return [Candidate(i, (str(n),), (False, False, look, 0), 0, False) for n, i in enumerate(places, 1)]


def said(*places: int, word: str = "answer") -> list[tuple[int, str]]:
    return [(place, word) for place in places]


def test_numbers_with_a_solution_each() -> None:
    numbers = candidates(0, 10, 20)
    assert answered_in_place(numbers, said(5, 15, 25)) == numbers
    assert answered_in_place(numbers, said(5, 15)) == []
    assert answered_in_place(numbers, said(5, 6, 15, 16, 25, 26)) == []
    explained = [*said(5, 15, 25), *said(6, 16, 26, word="solution")]
    assert answered_in_place(numbers, sorted(explained)) == numbers
    assert answered_in_place(numbers, []) == []


def test_three_of_five_are_enough_and_three_of_six_are_not() -> None:
    assert len(answered_in_place(candidates(0, 10, 20, 30, 40), said(5, 15, 25))) == 5
    assert answered_in_place(candidates(0, 10, 20, 30, 40, 50), said(5, 15, 25)) == []


def test_steps_of_another_look_are_left_out() -> None:
    numbers, steps = candidates(0, 10, 20), candidates(1, 2, 3, 4, 5, 6, look=")")
    assert answered_in_place(sorted(numbers + steps, key=lambda c: c.index), said(9, 19, 29)) == numbers


@given(st.lists(st.integers(0, 60), unique=True), st.lists(st.integers(0, 60), unique=True))
def test_what_is_kept_was_given_and_stays_in_order(places: list[int], solutions: list[int]) -> None:
    given_ = candidates(*sorted(places))
    kept = answered_in_place(given_, said(*sorted(solutions)))
    assert kept == [c for c in given_ if c in kept]


def entries(*terms: str) -> set[int]:
    return glossary(divide(document(*(bold(f"{term}: what it means.", f"{term}:") for term in terms))))


def test_five_words_in_the_order_of_the_alphabet() -> None:
    assert entries("Answer", "Bond", "Élan", "Field", "Gas") == {0, 1, 2, 3, 4}
    assert entries("Answer", "Bond", "Field", "Gas") == set()
    assert entries("Bond", "Answer", "Field", "Gas", "Heat") == set()
    assert entries("Answer", "Answer", "Answer", "Answer", "Answer", "Bond") == set()


def test_words_far_apart_are_no_glossary() -> None:
    far = [
        b
        for term in ("Axiom", "Bond", "Curl", "Field", "Gas")
        for b in (bold(f"{term}: it.", f"{term}:"), "x", "y")
    ]
    assert glossary(divide(document(*far))) == set()


def test_labels_with_numbers_are_no_glossary() -> None:
    assert entries("Example 1", "Example 2", "Example 3", "Example 4", "Example 5") == set()


def test_an_entry_called_answer_begins_nothing() -> None:
    terms = ("Allele", "Answer", "Bond", "Exercise", "Problem", "Solution")
    listed = [bold(f"{term}: what is meant by it.", f"{term}:") for term in terms]
    assert find_items(document(heading("Terms"), *listed)).items == ()
    shuffled = [listed[i] for i in (5, 4, 1, 3, 0, 2)]
    assert find_items(document(heading("Terms"), *shuffled)).items != ()


def test_bare_numbers_that_alternate_with_solutions_are_problems() -> None:
    solved = [t for n in (1, 2, 3) for t in (f"{n}. Why {n}?", "Solution. So.")]
    assert len(pairs(document(heading("Heat"), *solved))) == 3
    assert pairs(document(heading("Heat"), *solved[:4])) == []


@pytest.mark.parametrize("unit", [["1. It is.", "Solution. So."], ["Exercise.", "Solution. So."]])
def test_long_rows_end(unit: list[str]) -> None:
    pieces = divide(document(*(unit * 10_000)))
    assert answered_families(pieces) <= {"exercise"}
    assert glossary(pieces) == set()
    assert (
        glossary(divide(document(*(bold(f"Term{n:05}: it.", f"Term{n:05}:") for n in range(10_000)))))
        == set()
    )
