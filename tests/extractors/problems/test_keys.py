"""Keys of multiple choice in one paragraph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.problems.keys import read_key
from schemas.document import Block


def entries(text: str) -> list[tuple[str, str]]:
    return [(label.number[0], block.text) for block, label in read_key(Block(text, start=7)) if label]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1B; 2D; 3A.", ["1B", "2D", "3A"]),
        ("1 (B)  3 (D)  5 (A)", ["1B", "3D", "5A"]),
        ("1-B, 2-C, 3-A", ["1B", "2C", "3A"]),
        ("1–5: CBCAD 6–7: AB", ["1C", "2B", "3C", "4A", "5D", "6A", "7B"]),
        ("6~8 A B, C", ["6A", "7B", "8C"]),
        ("1—3：ABC；4—5：DA。", ["1A", "2B", "3C", "4D", "5A"]),
    ],
)
def test_keys(text: str, expected: list[str]) -> None:
    assert [number + answer for number, answer in entries(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "1A; 2B",
        "1A; 9B; 20C",
        "3A; 2B; 1C",
        "1-5: ABC",
        "1a, 2b, 3c",
        "1A; 2B; 3C and so on",
        "Rooms 1A, 2B, 3C",
    ],
)
def test_what_is_no_key(text: str) -> None:
    assert entries(text) == []


@given(st.lists(st.sampled_from("ABCDEFGH"), min_size=3, max_size=40), st.integers(0, 900))
def test_a_range_is_read_back_and_its_answers_have_places(choices: list[str], first: int) -> None:
    text = f"{first}-{first + len(choices) - 1}: {''.join(choices)}"
    read = read_key(Block(text, start=5))
    assert [block.text for block, _ in read] == choices
    assert all(text[block.start - 5 : block.end - 5] == block.text for block, _ in read)
    assert [label.number for _, label in read if label] == [(str(first + i),) for i in range(len(choices))]
