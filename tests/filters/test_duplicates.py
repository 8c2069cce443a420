from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from filters.duplicates import (
    best_first,
    compared_texts,
    duplicate_key,
    normalised,
    numbers_of,
    printed_order,
)
from tests.pipelines.records import pair


def test_case_spacing_and_encoding_make_no_difference() -> None:
    assert duplicate_key(pair("Find  the ﬁrst\nroot", "X²")) == duplicate_key(
        pair("find the FIRST root", " x2 ")
    )


def test_other_words_and_other_borders_do() -> None:
    assert duplicate_key(pair("a", "b")) != duplicate_key(pair("a", "c"))
    assert duplicate_key(pair("a b", "c")) != duplicate_key(pair("a", "b c"))


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


def test_the_first_in_print_comes_first() -> None:
    early = pair()
    later = replace(early, id="0", source=replace(early.source, problem_span=(900, 950)))
    other_book = replace(early, id="1", source=replace(early.source, uri="docs/b.pdf"))
    assert sorted([other_book, later, early], key=printed_order) == [early, later, other_book]


def test_what_is_compared() -> None:
    one, other = pair("What is 2 + 2?", "It is 4."), pair("What is 2 + 2?", "Four.")
    assert duplicate_key(one, "problem") == duplicate_key(other, "problem")
    assert duplicate_key(one, "solution") != duplicate_key(other, "solution")
    assert duplicate_key(one) != duplicate_key(other)
    assert compared_texts(replace(one, context="Let x = 1."), "problem") == ("Let x = 1.\nWhat is 2 + 2?",)


def test_the_same_question_about_something_else_is_no_duplicate() -> None:
    one, other = (replace(pair("Is it even?", "Yes."), context=f"Let $n = {n}$.") for n in (2, 4))
    assert duplicate_key(one) != duplicate_key(other)


def test_numbers_with_their_signs() -> None:
    assert numbers_of(("Add ２ to 3.5, then", "x-1 = −7")) == "2 3 5\n-1 -7".replace("-7", "−7")
    assert numbers_of(("12",)) != numbers_of(("1", "2"))


def test_the_best_comes_first() -> None:
    full = replace(pair(solution="It is four, since two and two are four."), id="3")
    longer = replace(full, solution=full.solution + " So there.", id="4")
    bare = replace(full, solution_kind="final_answer", id="1")
    doubtful = replace(full, math_quality="doubtful", id="2")
    again = replace(full, id="5")
    assert sorted([bare, again, doubtful, full, longer], key=best_first) == [
        longer,
        full,
        again,
        doubtful,
        bare,
    ]
