from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from filters.duplicates import duplicate_key, normalised, printed_order
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
