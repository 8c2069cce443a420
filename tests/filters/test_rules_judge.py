from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from filters.elsewhere import names_another
from filters.rubrics import load_rubric
from filters.rules_judge import rules_judge
from schemas.scp116k import Judge, Pair
from tests.pipelines.records import pair

WHOLE = pair(
    "Find all real $x$ with $x^2 = 4$.", "Taking roots, $x = 2$ or $x = -2$, and both solve the equation."
)


def scores(record: Pair) -> dict[str, float | None]:
    return {criterion.name: criterion.score for criterion in rules_judge(record).criteria}


def test_a_pair_without_damage_is_kept_and_its_merit_is_unknown() -> None:
    judge = rules_judge(WHOLE)
    assert scores(WHOLE) == {
        "problem_self_contained": None,
        "solution_correct": None,
        "solution_complete": None,
        "matches_problem": 5.0,
        "educational_level": None,
        "clean_text": 5.0,
    }
    assert judge == Judge(1.0, "keep", "", "rules-1", judge.criteria, None, (), None, load_rubric().id)


@pytest.mark.parametrize(
    ("changes", "criterion", "score"),
    [
        ({"needs_figure": True}, "problem_self_contained", 2),
        ({"problem": "Repeat Exercise 3.2 with $x^3$."}, "problem_self_contained", 2),
        ({"context": "Use the data of Table 4.1."}, "problem_self_contained", 2),
        ({"solution": "$x = 2$", "solution_kind": "final_answer"}, "solution_complete", 3),
        ({"math_quality": "rebuilt"}, "clean_text", 4),
        ({"ocr": True}, "clean_text", 3),
        ({"math_quality": "doubtful"}, "clean_text", 2),
        ({"solution": "So $x = \\frac{1}{2$, and that is the only one."}, "clean_text", 2),
        ({"problem": "Find all real $x$ with x\ufffd = 4 and explain how you know."}, "clean_text", 2),
    ],
)
def test_doubts_lower_a_score_and_drop_nothing(changes: dict[str, Any], criterion: str, score: float) -> None:
    record = replace(WHOLE, **changes)
    assert scores(record)[criterion] == score
    assert rules_judge(record).verdict == "keep"
    assert rules_judge(record).reason == ""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"problem": " $ $ "}, "problem_self_contained 1 (empty)"),
        ({"problem": "![a graph](figure)"}, "problem_self_contained 1 (only a picture)"),
        ({"problem": "Find the value of the"}, "problem_self_contained 1 (ends in 'the'"),
        ({"solution": "We have $x=2$ because"}, "solution_complete 1 (ends in 'because'"),
        ({"solution": "See Example 3.2."}, "solution_complete 1 (only sends the reader elsewhere)"),
        ({"solution": "Hint: take roots.", "solution_kind": "hint"}, "solution_complete 1 (a hint)"),
        ({"solution": "\ufffd" * 30 + "a" * 70}, "clean_text 1 (30% of the characters are lost)"),
    ],
)
def test_what_is_certainly_unusable_is_dropped(changes: dict[str, Any], reason: str) -> None:
    judge = rules_judge(replace(WHOLE, **changes))
    assert judge.verdict == "drop"
    assert judge.reason.startswith(reason)


def test_mathematics_counts_as_rebuilt_only_where_there_is_some() -> None:
    record = replace(
        WHOLE,
        problem="Why is the sky blue?",
        solution="Air scatters blue light most.",
        math_quality="rebuilt",
    )
    assert scores(record)["clean_text"] == 5


@pytest.mark.parametrize(("share", "score"), [(1.0, 5.0), (0.95, 4.8), (0.0, 1.0)])
def test_the_score_of_the_pairing_is_what_is_known_of_the_match(share: float, score: float) -> None:
    record = replace(WHOLE, pairing=replace(WHOLE.pairing, score=share))
    assert scores(record)["matches_problem"] == pytest.approx(score)
    assert rules_judge(record).verdict == "keep"  # what is too unsure was dropped as ambiguous before


@pytest.mark.parametrize(
    "text",
    [
        "Repeat Exercise 3.2 for $n = 5$.",
        "Use equation (4) to find $x$.",
        "For the spring in Example 8.3, find the period.",
        "If the sprinter of the previous problem slows down, when does she stop?",
        "Setze die vorige Aufgabe fort.",
        "Verwende Aufgabe 12.",
        "Reprendre l'exercice précédent avec $n = 3$.",
        "Resuelva el ejercicio anterior con $n = 3$.",
        "利用上题的结论。",
    ],
)
def test_problems_that_name_another(text: str) -> None:
    assert names_another(text)


@pytest.mark.parametrize(
    "text",
    [
        "Find the sum of the previous two terms.",
        "A test has 20 questions with 5 options each.",
        "Solve the equation $x^2 = 4$.",
        "The table is 3 m long.",
        "Give an example of a group of order 8.",
        "In the last 5 years, prices rose by 3 %.",
    ],
)
def test_problems_that_stand_alone(text: str) -> None:
    assert not names_another(text)
