"""Labels at the beginnings of lines that count on make the lines parts of their own."""

from __future__ import annotations

import pytest

from extractors.documents import read_document
from extractors.documents.label_lines import label_lines


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["2.1. Five.", "2.2. Six.", "2.3*. Seven."], [1, 2]),
        (["1.3 Five.", "2.1 Six."], [1]),
        (["1.1 Five.", "1.3 Six."], [1]),
        (["Exercise 1 Add.", "all of them.", "Exercise 2 Subtract."], [2]),
        (["**Aufgabe 1.** Addiere.", "**Aufgabe 2.** Subtrahiere."], [1]),
        (["\u554f\u984c1 \u304b", "\u554f\u984c2 \u304b"], [1]),
        (["The answers:", "4.1 Five.", "4.2 Six."], [1, 2]),
        (["Problem 7. Add.", "Answer: five.", "Problem 8. Add.", "all."], [1, 2]),
        (["It weighs about", "2.1 kg as seen in", "2.2 of the book."], []),
        (["Exercise 1 is like", "Exercise 7 and the others."], []),
        (["12 apples", "13 pears"], []),
        (["2.1. Five.", "Answer: six."], []),
        ([], []),
    ],
)
def test_lines_that_begin_a_part(lines: list[str], expected: list[int]) -> None:
    assert label_lines(lines) == expected


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_lines_with_labels_in_sequence_are_blocks(name: str) -> None:
    found = read_document(b"2.1 Find the mass of it\nin grams.\n2.2 Find the speed.\n", name)
    assert [" ".join(b.text.split()) for b in found.blocks] == [
        "2.1 Find the mass of it in grams.",
        "2.2 Find the speed.",
    ]
    assert {b.kind for b in found.blocks} == {"paragraph"}


def test_bold_labels_of_markdown_stay_bold() -> None:
    found = read_document(b"**Exercise 1.** Add.\n**Exercise 2.** Add *more*\nof it.\n", "a.md")
    assert [(b.text, b.style.bold) for b in found.blocks] == [
        ("Exercise 1. Add.", 11),
        ("Exercise 2. Add more of it.", 11),
    ]
