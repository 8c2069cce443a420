"""Benchmark items are found in records, and nothing else is."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.contamination import COMMON, Index, Thresholds, contamination_verdict

ITEM = (
    "A baker in Lyon packs 48 loaves into crates of equal size. On Monday she sells a third of the crates "
    "at the market near the bridge, and on Tuesday twice as many as on Monday. How many loaves are left for "
    "Wednesday?"
)
ALTERED = (
    "A baker in Porto packs 96 loaves into crates of equal size. On Friday he sells a third of the crates "
    "at the market near the bridge, and on Saturday twice as many as on Friday. How many loaves are left for "
    "Sunday?"
)
OTHER = (
    "A gardener in Lyon plants 48 tulips in beds of equal size. On Monday she waters a third of the beds "
    "before noon, and on Tuesday the rest. How many tulips were watered on Tuesday?"
)
PROSE = (
    "The road bent to the left behind the mill, and nobody had walked it since the first snow of that year. "
)
WORDS = st.lists(st.sampled_from([f"word{chr(97 + i)}" for i in range(26)]), min_size=13, max_size=60)


def found(index: Index, *texts: str) -> list[tuple[int, str]]:
    return [(match.item, how) for match in index.search(texts) if (how := Thresholds().found(match))]


def reason(items: Sequence[str], *texts: str) -> str:
    return contamination_verdict(Index(items).search(texts), Thresholds()).reason


@pytest.mark.parametrize(
    "text",
    [
        ITEM,
        ITEM.upper(),
        PROSE + ITEM + PROSE,
        ITEM.replace("48", "$48$").replace("third", "**third**").replace(" ", "\n"),
        ITEM.replace("a third", "a  third").replace("left", "le­ft"),
    ],
)
def test_an_item_is_found_in_any_form(text: str) -> None:
    assert reason([OTHER, ITEM], text) == "benchmark_item"


def test_an_item_in_several_texts_of_a_record_is_found() -> None:
    half = ITEM.index(" On Monday")
    assert reason([ITEM], ITEM[:half], ITEM[half:]) == "benchmark_item"


def test_other_names_and_numbers_are_altered() -> None:
    assert reason([ITEM], PROSE + ALTERED) == "altered_benchmark_item"


@pytest.mark.parametrize(
    "text", ["", " ", OTHER, PROSE, PROSE * 50, "48", "How many loaves are left for Wednesday?"]
)
def test_nothing_else_is_found(text: str) -> None:
    assert reason([ITEM], text) == ""


def test_thresholds_decide_and_scores_stay() -> None:
    matches = Index([ITEM]).search([ALTERED])
    strict = contamination_verdict(matches, Thresholds(aligned=1.0))
    assert strict.keep
    loose = contamination_verdict(matches, Thresholds(aligned=0.5))
    assert not loose.keep
    assert strict.scores == loose.scores
    assert 0.75 < loose.scores["aligned"] < 1


def test_a_short_item_has_to_be_the_whole_text() -> None:
    index = Index(["Compute $7 \\cdot 8$."])
    assert found(index, "compute 7 * 8") == [(0, "verbatim")]
    assert found(index, "Some title", "Compute 7×8") == [(0, "verbatim")]
    assert found(index, "First compute 7 * 8, then go on.") == []
    assert found(index, "compute 7 * 9") == []


def test_an_item_below_thirteen_words_is_found_as_a_whole_alone() -> None:
    index = Index(["What is the greatest prime number below one thousand and ten?"])
    assert found(
        index, "We ask: what is the greatest prime number below one thousand and 10? Nobody knew."
    ) == [(0, "verbatim")]
    assert found(index, "what is the greatest prime number below one thousand and eleven?") == []


def test_what_many_items_have_in_common_is_no_evidence() -> None:
    """A record that quotes no more of items than the instruction that all of them begin with holds none."""
    task = (
        "Read the following question carefully and answer with the letter of the one option that is right: "
    )
    draw = random.Random(0)
    ends = [
        " ".join("".join(draw.choices("abcdefghijklmnop", k=6)) for _ in range(14)) for _ in range(COMMON + 5)
    ]
    assert reason([task + end for end in ends], PROSE + task + PROSE) == ""
    assert reason([task + end for end in ends[:COMMON]], PROSE + task + PROSE) == "benchmark_item"
    assert reason([task + end for end in ends], PROSE + ends[3]) == "benchmark_item"


def test_an_instruction_does_not_stand_for_its_formulas() -> None:
    """Items with one instruction for different formulas: only the very formula makes a record one of them."""
    task = (
        "Evaluate the following definite integral by a substitution of your choice and simplify the result: "
    )
    items = [f"{task}$\\int_0^{n} {n + 1}x^3$" for n in range(3 * COMMON)]
    assert reason(items, PROSE + task + "$\\int_4^5 2y$") == ""
    assert reason(items, PROSE + items[7] + PROSE) == "benchmark_item"


def test_items_of_a_template_are_found_all_the_same() -> None:
    """More than ten items that differ by a number: nothing in them is their own, so they count as a whole."""
    items = [ITEM.replace("48", str(n)) for n in range(100, 100 + 3 * COMMON)]
    assert found(Index(items), items[5]) == [(5, "verbatim")]


def test_a_text_that_repeats_itself_takes_no_more_than_another() -> None:
    """Every place of a run in the text with every place in the item would be 10 million pairs."""
    phrase = "some words that come again and again without any end "
    index = Index([phrase * 1_000, ITEM])
    assert found(index, phrase * 1_100 + ITEM) == [(0, "verbatim"), (1, "verbatim")]
    tracemalloc.start()
    index.search([phrase * 1_100])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6


def test_equal_items_are_all_found() -> None:
    assert found(Index([ITEM, OTHER, ITEM.upper()]), ITEM) == [(0, "verbatim"), (2, "verbatim")]


def test_empty_items_are_not_found() -> None:
    index = Index(["", "...", ITEM])
    assert index.sizes[:2] == [0, 0]
    assert found(index, "") == []
    assert found(Index([]), ITEM) == []


@given(st.lists(WORDS, min_size=1, max_size=12, unique_by=tuple), WORDS, WORDS, st.randoms())
def test_whatever_is_quoted_is_found(
    items: list[list[str]], before: list[str], after: list[str], draw: random.Random
) -> None:
    texts = [" ".join(words) for words in items]
    place = draw.randrange(len(texts))
    record = " ".join([*before, texts[place].title(), *after])
    assert (place, "verbatim") in found(Index(texts), record)


@given(st.lists(WORDS, min_size=2, max_size=12, unique_by=tuple), WORDS, st.randoms())
def test_the_order_of_items_does_not_matter(
    items: list[list[str]], record: list[str], draw: random.Random
) -> None:
    texts = [" ".join(words) for words in items]
    record_text = " ".join([*record, *draw.choice(items)[3:]])
    shuffled = draw.sample(texts, len(texts))

    def scores(order: list[str]) -> set[tuple[str, float, float]]:
        return {(order[m.item], m.overlap, m.aligned) for m in Index(order).search([record_text])}

    assert scores(texts) == scores(shuffled)


@given(st.lists(st.text(), max_size=8), st.lists(st.text(), max_size=4))
def test_any_texts_can_be_searched(items: list[str], texts: list[str]) -> None:
    for match in Index(items).search(texts):
        assert 0 <= match.overlap <= 1
        assert 0 <= match.aligned <= 1
