"""The calibration damages documents as it says, always alike, and knows right pairs from wrong ones."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks.calibration import Text, is_right, judge, tells_apart
from benchmarks.damage import DAMAGES, Damage, damaged, roles_of
from benchmarks.layouts import Truth, generate
from benchmarks.layouts.catalogue import VARIANTS
from schemas.document import Block, Document, with_spans

TRUTH = [
    Truth("What is the sum of two and three, if both are whole?", ("It is five, as everybody knows.",)),
    Truth("How many legs does a spider have, and how many eyes?", ("Eight legs, in four pairs.",)),
    Truth("Why is the sky blue by day and red in the evening?"),
]
PRINTED = [(Text(item.problem), [Text(s) for s in item.solutions]) for item in TRUTH]


def document() -> Document:
    blocks = [Block("Problems", "heading", 1)]
    blocks += [Block(f"{n}. {item.problem}") for n, item in enumerate(TRUTH, 1)]
    blocks += [Block("Solutions", "heading", 1)]
    blocks += [Block(f"{n}. {item.solutions[0]}") for n, item in enumerate(TRUTH[:2], 1)]
    return Document("sheet.txt", "0" * 64, "", "en", "text", 0, with_spans(blocks))


def test_a_pair_of_one_problem_is_right() -> None:
    assert is_right(PRINTED, Text(TRUTH[0].problem), Text(TRUTH[0].solutions[0]))


def test_so_is_one_with_a_cut_or_a_stained_solution() -> None:
    assert is_right(PRINTED, Text(TRUTH[1].problem), Text("Eight legs, in four"))
    assert is_right(PRINTED, Text(TRUTH[1].problem), Text("Eight legs, in four pairs. 3. And then the sky."))


@pytest.mark.parametrize(
    ("problem", "solution"),
    [
        (TRUTH[0].problem, TRUTH[1].solutions[0]),
        (TRUTH[2].problem, TRUTH[1].solutions[0]),
        ("Give the unknown quantity a name.", TRUTH[1].solutions[0]),
        (TRUTH[0].problem, "The second equation says something else."),
    ],
)
def test_other_pairs_are_wrong(problem: str, solution: str) -> None:
    assert not is_right(PRINTED, Text(problem), Text(solution))


def test_letters_do_not_tell_problems_apart() -> None:
    assert tells_apart(TRUTH)
    assert not tells_apart([Truth(f"Question {n}?", ("A",)) for n in range(5)])


def test_the_beginnings_of_items_are_recognised() -> None:
    found = document()
    roles = roles_of([found], TRUTH)
    assert [roles.get(id(block)) for block in found.blocks] == [
        None,
        ("problem", 0),
        ("problem", 1),
        ("problem", 2),
        None,
        ("solution", 0),
        ("solution", 1),
    ]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_is_the_same_for_the_same_seed(damage: Damage) -> None:
    found = document()
    roles = roles_of([found], TRUTH)
    once, again = (damaged(found, roles, damage, Random("1")) for _ in range(2))
    assert once == again
    assert once.text[once.blocks[-1].start : once.blocks[-1].end] == once.blocks[-1].text


@pytest.mark.parametrize("damage", DAMAGES[1:], ids=lambda damage: damage.__name__)
def test_every_kind_of_damage_changes_something(damage: Damage) -> None:
    found = document()
    found = Document(
        found.uri, found.sha256, "", "en", "text", 0, with_spans([*found.blocks, *document().blocks])
    )
    roles = roles_of([found], TRUTH)
    assert any(damaged(found, roles, damage, Random(seed)) != found for seed in range(9))


def test_a_damaged_layout_is_judged() -> None:
    pytest.importorskip("typst", reason="PDFs of layouts are typeset by typst")
    variant = next(v for v in VARIANTS if v.name == "en-markdown-section-end")
    judged = list(judge(variant.name, generate(variant), DAMAGES[:2], seed=1))
    unharmed = [j.right for j in judged if j.damage == "unharmed"]
    assert unharmed
    assert all(unharmed)
