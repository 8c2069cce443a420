"""The numbers of items are told from other numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extractors.problems.sequences import Candidate, best_chain, numeric


def candidates(*numbers: str, look: str = "", section: int = 0, sparse: bool = False) -> list[Candidate]:
    return [Candidate(i, tuple(n.split(".")), (look,), section, sparse) for i, n in enumerate(numbers)]


def chosen(items: list[Candidate]) -> list[str]:
    return [".".join(c.number) for c in best_chain(items)]


def test_steps_within_an_item_are_not_items() -> None:
    assert chosen(candidates("1", "2", "1", "2", "3", "3", "4", "5")) in (
        ["1", "2", "3", "4", "5"],  # either "3" is a 3: the text decides nothing here
    )


def test_years_and_quantities_are_not_items() -> None:
    assert chosen(candidates("1", "2", "1995", "3", "4")) == ["1", "2", "3", "4"]


def test_numbers_start_over_under_a_new_heading() -> None:
    first = candidates("1", "2", "3", section=0)
    second = [Candidate(c.index + 10, c.number, c.look, 1, False) for c in candidates("1", "2", "3")]
    assert chosen(first + second) == ["1", "2", "3", "1", "2", "3"]


def test_answers_to_odd_numbers_are_one_sequence() -> None:
    assert chosen(candidates("1", "3", "5", "9", "13", sparse=True)) == ["1", "3", "5", "9", "13"]


@given(st.integers(4, 60), st.data())
def test_a_sequence_survives_other_looks(length: int, data: st.DataObject) -> None:
    """What is numbered 1..n and looks alike is found, whatever other numbers stand in between."""
    sequence: list[Candidate] = []
    for number in range(1, length + 1):
        noise = data.draw(st.lists(st.integers(1, 3000), max_size=2))
        for value in [*noise, None]:
            look = ("item",) if value is None else ("noise",)
            sequence.append(Candidate(len(sequence), (str(value or number),), look, 0, False))
    assert [c.number[0] for c in best_chain(sequence) if c.look == ("item",)] == [
        str(n) for n in range(1, length + 1)
    ]


@given(st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=3), max_size=40))
def test_a_chain_is_in_order_and_never_repeats_a_place(numbers: list[list[int]]) -> None:
    items = candidates(*(".".join(map(str, n)) for n in numbers))
    places = [c.index for c in best_chain(items)]
    assert places == sorted(set(places))


@given(st.integers(0, 500), st.integers(0, 500))
def test_numbers_compare_as_numbers(a: int, b: int) -> None:
    assert (numeric((str(a),)) < numeric((str(b),))) == (a < b)
