"""Hints in the paragraph of their problem."""

from __future__ import annotations

import pytest

from extractors.documents import read_document
from extractors.problems import find_items
from tests.extractors.problems.build import document, pairs


@pytest.mark.parametrize(
    ("printed", "text", "hint"),
    [
        ("Sum the row. (Hint: pair the ends.)", "Sum the row.", "pair the ends."),
        ("Summiere die Reihe. [Tipp: Bilde Paare (zwei).]", "Summiere die Reihe.", "Bilde Paare (zwei)."),
        ("Sum the row.\nHint: pair the ends.", "Sum the row.", "pair the ends."),
        ("Sum the row. Hint: pair the ends.", "Sum the row.", "pair the ends."),
        ("Sum (Hint: use 3) for all n (n > 2)", "Sum (Hint: use 3) for all n (n > 2)", ""),
        ("Sum the row (see p. 3).", "Sum the row (see p. 3).", ""),
        ("Who left the first hint: the cook?", "Who left the first hint: the cook?", ""),
        ("Hint: it is a trap?", "Hint: it is a trap?", ""),
    ],
)
def test_a_hint_at_the_end_of_a_problem_goes_beside_it(printed: str, text: str, hint: str) -> None:
    found = find_items(document(f"Problem 1. {printed}", "Solution. 40.", "Problem 2. Add.", "Solution. 7."))
    assert (found.items[0].text, found.items[0].hint) == (text, hint)
    assert not any(item.hint for item in found.items[1:])


def test_the_title_of_what_opens_on_demand_is_no_part_of_the_hint_and_no_title_of_the_rest() -> None:
    page = (
        "<h2>Exercises</h2><ol><li>Add 2 and 3.</li><li>Square 5.<details><summary>Hint</summary>"
        "Five fives.</details></li><li>Halve 9.</li></ol>"
        "<h2>Answers</h2><ol><li>5</li><li>25</li><li>4.5</li></ol>"
    )
    read = read_document(page.encode(), "page.html")
    assert [answer for _, answer in pairs(read)] == ["5", "25", "4.5"]
    assert [item.hint for item in find_items(read).items if item.hint] == ["Five fives."]


def test_a_summary_above_its_own_list_is_its_title() -> None:
    page = (
        "<h2>Exercises</h2><ol><li>Add 2 and 3.</li><li>Square 5.</li></ol>"
        "<details><summary>Answers</summary><ol><li>5</li><li>25</li></ol></details>"
    )
    read = read_document(page.encode(), "page.html")
    assert pairs(read) == [("Add 2 and 3.", "5"), ("Square 5.", "25")]
