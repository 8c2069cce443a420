"""The pairs found in `examples/documents` are those that `examples/expected.jsonl` lists."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from extractors.documents import read_document
from extractors.problems import find_items, match_items
from schemas.document import Document
from schemas.problems import Matching

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Expected:
    """One line of expected.jsonl: where a problem and its solution (None: unsolved) begin."""

    file: str
    label: str
    problem: str
    solution: str | None
    solution_file: str = ""


def expected() -> list[Expected]:
    lines = (EXAMPLES / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [Expected(**json.loads(line)) for line in lines]


@cache
def documents() -> dict[str, Document]:
    paths = sorted((EXAMPLES / "documents").iterdir())
    return {path.name: read_document(path.read_bytes(), path.name) for path in paths}


@cache
def matching() -> Matching:
    return match_items([find_items(document) for document in documents().values()])


def plain(text: str) -> str:
    """Letters and digits alone: `$x^2$`, `x²` and `x2` are the same."""
    text = re.sub(r"\\[A-Za-z]+", "", unicodedata.normalize("NFKC", text))
    return "".join(c for c in text.lower() if c.isalnum())


def right_pairs() -> tuple[set[Expected], list[str]]:
    """Returns the expected pairs that were found, and a line for every pair that is not one of them."""
    solved = [e for e in expected() if e.solution]
    right: set[Expected] = set()
    wrong: list[str] = []
    for pair in matching().pairs:
        problem, solution = plain(pair.problem.text), plain(pair.solution.text)
        same = [
            e
            for e in solved
            if e not in right
            and (e.file, e.solution_file or e.file) == (pair.problem.uri, pair.solution.uri)
            and problem.startswith(plain(e.problem))
            and solution.startswith(plain(e.solution or ""))
        ]
        if same:
            right.add(max(same, key=lambda e: len(e.problem)))
        else:
            wrong.append(f"{pair.problem.uri} {pair.problem.text[:60]!r} -> {pair.solution.text[:60]!r}")
    return right, wrong


def test_every_document_is_expected_to_hold_something() -> None:
    named = {e.file for e in expected()} | {e.solution_file for e in expected() if e.solution_file}
    assert named == set(documents())


@pytest.mark.parametrize("name", sorted({e.file for e in expected()}))
def test_the_expected_text_stands_in_the_document_in_this_order(name: str) -> None:
    text, position = plain(documents()[name].text), 0
    for e in (e for e in expected() if e.file == name):
        position = text.find(plain(e.problem), position)
        assert position >= 0, e.problem
        position += len(plain(e.problem))


def test_no_pair_is_wrong() -> None:
    _, wrong = right_pairs()
    assert not wrong, "\n".join(wrong)


def test_nearly_every_pair_is_found() -> None:
    right, _ = right_pairs()
    solved = [e for e in expected() if e.solution]
    missing = [f"{e.file} {e.label}: {e.problem}" for e in solved if e not in right]
    assert len(right) >= 0.95 * len(solved), "\n".join(missing)


def test_unsolved_problems_are_reported_as_such() -> None:
    unpaired = [(p.uri, plain(p.text)) for p in matching().unpaired_problems]
    unsolved = [e for e in expected() if not e.solution]
    missing = [
        f"{e.file} {e.label}: {e.problem}"
        for e in unsolved
        if not any(uri == e.file and text.startswith(plain(e.problem)) for uri, text in unpaired)
    ]
    assert len(missing) <= 0.05 * len(unsolved), "\n".join(missing)
