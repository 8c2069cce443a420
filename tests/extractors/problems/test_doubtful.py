"""Labels that nothing sets off, and what confirms them."""

from __future__ import annotations

import pytest

from extractors.problems.doubtful import certain
from extractors.problems.labels import read_label
from tests.extractors.problems.build import bold, document, heading, pairs

ASKED = {
    "問題": ["長さ5mの棒を切る。", "速さを求めよ。", "重さを求めよ。"],
    "Aufgabe": ["Wie hoch ist der Mast?", "Wie breit ist der Bach?", "Wie tief ist der See?"],
    "Problem": ["How tall is the mast?", "How wide is the brook?", "How deep is the lake?"],
}
TITLES = {"問題": "解答", "Aufgabe": "Lösungen", "Problem": "Solution"}
SAID = ["7 m", "8 m", "9 m"]


@pytest.mark.parametrize("word", ASKED)
def test_a_word_alone_above_labels_that_begin_again_is_a_title(word: str) -> None:
    asked = [f"{word} {n} {text}" for n, text in enumerate(ASKED[word], 1)]
    said = [f"{word} {n} lang: {text}" for n, text in enumerate(SAID, 1)]
    expected = list(zip(ASKED[word], [f"lang: {text}" for text in SAID], strict=True))
    assert pairs(document(*asked, TITLES[word], *said)) == expected


def test_a_solution_in_place_may_begin_with_what_another_shows() -> None:
    blocks = []
    for n, text in enumerate(ASKED["Problem"], 1):
        blocks += [f"Problem {n}. {text}", "Solution", f"Problem 1 shows it: {n} m."]
    expected = [(text, f"Problem 1 shows it: {n} m.") for n, text in enumerate(ASKED["Problem"], 1)]
    assert pairs(document(*blocks)) == expected


@pytest.mark.parametrize("label", ["{}.", "Problem {}.", "No. {}."])
def test_problems_of_a_journal_have_large_numbers(label: str) -> None:
    labels = [label.format(n) for n in (9_999, 10_000, 10_001)]
    asked = [bold(f"{lead} {text}", lead) for lead, text in zip(labels, ASKED["Problem"], strict=True)]
    said = [bold(f"{lead} It is {text}.", lead) for lead, text in zip(labels, SAID, strict=True)]
    expected = [(text, f"It is {said}.") for text, said in zip(ASKED["Problem"], SAID, strict=True)]
    assert pairs(document(heading("Problems"), *asked, heading("Solutions"), *said)) == expected


def test_a_large_number_alone_is_a_quantity() -> None:
    asked = [f"{n}. {text}" for n, text in enumerate(ASKED["Problem"], 1)]
    said = ["1. We count them:", "86400.", "2. 8 m", "3. 9 m", "12000. That is all."]
    found = pairs(document(heading("Problems"), *asked, heading("Solutions"), *said))
    assert [solution.split() for _, solution in found] == [
        ["We", "count", "them:", "86400."],
        ["8", "m"],
        ["9", "m", "12000.", "That", "is", "all."],
    ]
    assert pairs(document("Problem 1. How long is a day?", "Ans. 86400")) == [("How long is a day?", "86400")]


@pytest.mark.parametrize("title", ["Paper June 2019", "Olympiad 2019"])
def test_a_title_with_its_year_is_no_problem(title: str) -> None:
    asked = [f"{n}. {text}" for n, text in enumerate(ASKED["Problem"], 1)]
    said = [f"{n}. It is {text}." for n, text in enumerate(SAID, 1)]
    expected = [(text, f"It is {said}.") for text, said in zip(ASKED["Problem"], SAID, strict=True)]
    assert pairs(document(heading(title), *asked, heading("Solutions"), *said)) == expected


def test_a_number_of_four_digits_after_unknown_words_is_a_label_unless_it_may_be_a_year() -> None:
    def read(*numbers: int) -> list[str]:
        leads = [f"Mind stretcher {n}" for n in numbers]
        blocks = [bold(f"{lead} {text}", lead) for lead, text in zip(leads, ASKED["Problem"], strict=True)]
        labels = certain(blocks, [read_label(block) for block in blocks])
        return [label.number[0] for label in labels if label]

    assert read(1001, 1017, 1040) == ["1001", "1017", "1040"]
    assert read(1917, 1939, 2011) == []
    assert read(1917, 1918, 1919) == ["1917", "1918", "1919"]
