"""Twice the input is about twice the work, whatever it holds: calls are counted, not seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from extractors.problems import assignment, find_items, items, links, match_items, matching, runs, sequences
from schemas.document import Anchor, Block, Link
from tests.extractors.problems.build import document, found, numbered

_MOST = 2.5  # times the calls for twice the input
KINDS: Any = list(enumerate(("problem", "solution")))


def counter(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, *names: str
) -> Callable[[Callable[[], Any]], int]:
    """Returns a function that does something and says how often the named functions were called."""
    calls = [0]

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            calls[0] += 1
            return function(*arguments)

        return call

    for name in names:
        monkeypatch.setattr(module, name, counted(getattr(module, name)))

    def count(work: Callable[[], Any]) -> int:
        before = calls[0]
        work()
        return calls[0] - before

    return count


def restarting(count: int) -> Any:
    return found("a.md", *(numbered(kind, "1", run=2 * n + i) for n in range(count) for i, kind in KINDS))


def in_sections(count: int) -> Any:
    """Every section of every chapter holds a problem with the same number, and so do the answers."""
    made = []
    for n in range(count):
        at = (f"Chapter {n // 40 + 1}", f"{n // 40 + 1}.{n % 40 + 1} Stones")
        made.append(numbered("problem", "1", headings=at, run=n))
        made.append(numbered("solution", "1", headings=("Solutions", *at), run=count + n))
    return found("a.md", *made)


def in_one_chapter(count: int) -> Any:
    made = [numbered("problem", "1", headings=("Chapter 1", f"1.{n} Stones"), run=n) for n in range(count)]
    return found(
        "a.md", *made, *(numbered("solution", "1", headings=("Chapter 1",), run=n) for n in range(count))
    )


@pytest.mark.parametrize("make", [restarting, in_sections, in_one_chapter])
def test_many_runs_are_matched_in_linear_time(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[int], Any]
) -> None:
    count = counter(monkeypatch, assignment, "scope_factor", "family_factor", "agreement", "is_plain")
    once, twice = (count(lambda n=n: match_items([make(n)])) for n in (1000, 2000))
    assert 1000 < twice <= _MOST * once


def test_sections_far_from_each_other_keep_their_scopes() -> None:
    """More runs than are weighed one by one: the headings still decide, and every pair is right."""
    result = match_items([in_sections(500)])
    assert len(result.pairs) == 500
    assert all(pair.problem.headings == pair.solution.headings[1:] for pair in result.pairs)


def test_the_texts_of_two_runs_are_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not again in every round, nor where rivals are looked for."""
    count = counter(monkeypatch, runs, "answers")
    made = []
    for n in range(8):
        for k in range(1, 41):
            asked, said = (
                f"How much does alpha{k} weigh with beta{k} in house {n}?",
                f"alpha{k} beta{k} room {n}",
            )
            made.append(replace(numbered("problem", str(k), asked, run=n), family="zorb"))
            made.append(replace(numbered("solution", str(k), said, run=100 + n), family="quux"))
    assert 8 <= count(lambda: match_items([found("a.md", *made)])) <= 8 * 8


def test_numbers_in_descending_order_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer is a run of its own, and every round matches one with the run of problems."""
    count = counter(monkeypatch, matching, "assign")
    asked = [numbered("problem", str(n)) for n in range(1, 301)]
    said = [numbered("solution", str(n), run=1000 - n) for n in range(300, 0, -1)]
    result: list[Any] = []
    assert count(lambda: result.append(match_items([found("a.md", *asked, *said)]))) == matching._MAX_ROUNDS
    placed = 2 * len(result[0].pairs) + len(result[0].unpaired_problems) + len(result[0].unpaired_solutions)
    assert placed == 600  # what the rounds left over is reported


def test_a_long_sequence_costs_little_more_than_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    count = counter(monkeypatch, sequences, "step_cost")

    def chain(length: int) -> int:
        made = [
            sequences.Candidate(n, (str(n % 50 + 1),), ("x",), n // 50, sparse=False) for n in range(length)
        ]
        return count(lambda: sequences.best_chain(made))

    once = chain(1000)
    assert chain(2000) <= _MOST * once
    assert once <= 20 * 1000  # of 250,000 within the window


def test_unknown_titles_are_tried_a_fixed_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    count = counter(monkeypatch, items, "_find")
    for titles in (10, 20):
        blocks = [
            block
            for t in range(titles)
            for block in (
                Block(f"Zorble{'abcdefghijklmnopqrstuvw'[t]}", "heading", 1),
                *(Block(f"{n}. Where is stone {n} of {t}?") for n in range(1, 6)),
            )
        ]
        assert count(lambda blocks=blocks: find_items(document(*blocks))) <= 12


def test_links_are_looked_at_a_fixed_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    count = counter(monkeypatch, links, "is_label", "is_closing", "_to_remark")

    def linked(size: int) -> int:
        def paragraph(n: int, to: int, text: str) -> Block:
            return Block(
                f"{n}. {text}", links=(Link(str(to), 0, 1 + len(str(n))),), anchors=(Anchor(str(n), 0),)
            )

        blocks = [paragraph(n, (n + size // 2) % size, f"Where is {n}?") for n in range(size)]
        return count(lambda: find_items(document(*blocks)))

    once = linked(300)
    assert 300 <= linked(600) <= _MOST * once
