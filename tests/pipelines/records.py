"""Small records for the tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelines.pair_rows import to_pair
from schemas.ids import record_id
from schemas.problems import Item, ItemKind, MatchedPair
from schemas.scp116k import Pair

SHA = "ab" * 32


def item(kind: ItemKind = "problem", text: str = "What is 2 + 2?", **changes: Any) -> Item:
    base = Item(
        id=record_id(kind, text),
        kind=kind,
        text=text,
        label="Exercise 1",
        uri="docs/a.pdf",
        sha256=SHA,
        title="A book",
        language="en",
        pages=(1, 1),
        boxes=(),
        span=(0, len(text)),
    )
    return replace(base, **changes)


def pair(problem: str = "What is 2 + 2?", solution: str = "It is 4.", **changes: Any) -> Pair:
    made = to_pair(MatchedPair(item("problem", problem), item("solution", solution), "inline", 1.0))
    return replace(made, **changes)
