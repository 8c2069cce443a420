"""Numbers of one sequence look alike, as far as printers make them."""

from __future__ import annotations

from dataclasses import replace

from schemas.document import Block, Style
from tests.extractors.problems.build import document, heading, pairs


def _bold(text: str, indent: float) -> Block:
    return replace(Block(text), style=Style(bold=2, indent=indent))


def test_the_first_item_below_a_title_is_not_indented() -> None:
    made = document(
        heading("Problems"),
        _bold("1. Which metal is a liquid?", 0.0),
        _bold("2. Which gas do we breathe?", 1.5),
        heading("Solutions"),
        _bold("1. It is mercury.", 0.0),
        _bold("2. It is oxygen.", 1.5),
    )
    assert pairs(made) == [
        ("Which metal is a liquid?", "It is mercury."),
        ("Which gas do we breathe?", "It is oxygen."),
    ]
