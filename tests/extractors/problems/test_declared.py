"""What the source declares: callouts, and links between problems and solutions."""

from __future__ import annotations

import pytest

from extractors.documents import read_document
from extractors.problems import find_items, match_items


def pairs(source: str, name: str) -> list[tuple[str, str]]:
    found = find_items(read_document(source.encode(), name))
    return [(pair.problem.text, pair.solution.text) for pair in match_items([found]).pairs]


@pytest.mark.parametrize("kind", ["success", "tip", "note"])
def test_callout_is_what_its_title_says(kind: str) -> None:
    source = "> [!tip] Exercise {0}\n> Ask {0}.\n\n> [!{1}]- Solution\n> Say {0}.\n\n"
    text = "".join(source.format(n, kind) for n in (1, 2, 3))
    assert pairs(text, "a.md") == [(f"Ask {n}.", f"Say {n}.") for n in (1, 2, 3)]


def test_callout_without_a_telling_title_is_what_its_name_says() -> None:
    text = "> [!question] What is it?\n> Tell me.\n\n> [!success]- Show the answer\n> It is 2.\n"
    assert pairs(text, "a.md") == [("What is it?\n\nTell me.", "It is 2.")]


def test_callouts_of_other_things_are_no_items() -> None:
    assert pairs("> [!note] Remember\n> A.\n\n> [!success] Done\n> B.\n", "a.md") == []
