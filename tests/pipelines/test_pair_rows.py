from __future__ import annotations

import pytest

from pipelines.pair_rows import final_answer, to_pair
from schemas.problems import MatchedPair
from tests.pipelines.records import item


@pytest.mark.parametrize(
    ("solution", "answer"),
    [
        ("4", "4"),
        (" $x = 2$ \n", "$x = 2$"),
        ("5 m/s", "5 m/s"),
        ("x" * 60, "x" * 60),
        ("x" * 61, None),
        ("First.\n\nSecond.", None),
        ("We add them up.\n\nAnswer: 12 apples", "12 apples"),
        ("We add.\n\n**Answer:** $12$\n", "$12$"),
        ("Try.\n\nAnswer: 3\n\nNo.\n\nFinal answer: 4", "4"),
        ("Wir addieren die Zahlen und erhalten sie so.\n\nAntwort: 12", "12"),
        ("我们把它们加起来，得到总数。\n\n答案：12", "12"),
        ("The answer: is hidden in the text of this rather long sentence, not at its start.", None),
        ("Answer:\n\n(a) 3\n\n(b) 4", None),
        ("", None),
    ],
)
def test_final_answer(solution: str, answer: str | None) -> None:
    assert final_answer(solution) == answer


@pytest.mark.parametrize("text", ["*_ \n", "Answer: x*_ ", "Answer:" + " " * 50, "**"])
def test_a_hostile_solution_takes_linear_time(text: str) -> None:
    final_answer(text * (200_000 // len(text)) + "y")


def test_a_row_says_where_both_halves_come_from() -> None:
    problem = item("problem", "What?", label="7", pages=(3, 4), span=(10, 15), figures=True)
    solution = item(
        "solution", "That.", uri="docs/b.md", sha256="cd" * 32, pages=(0, 0), span=(2, 7), label="7."
    )
    row = to_pair(MatchedPair(problem, solution, "scope_number", 0.9))
    assert (row.problem, row.solution, row.label, row.answer) == ("What?", "That.", "7", "That.")
    assert (row.source.uri, row.source.solution_uri) == ("docs/a.pdf", "docs/b.md")
    assert (row.source.problem_pages, row.source.solution_pages) == ((3, 4), ())
    assert (row.source.problem_span, row.source.solution_span) == ((10, 15), (2, 7))
    assert (row.pairing.method, row.pairing.score) == ("scope_number", 0.9)
    assert row.needs_figure
    assert (row.domain, row.judge, row.answers) == (None, None, ())


def test_the_id_depends_on_bytes_and_spans_and_nothing_else() -> None:
    problem, solution = item(), item("solution")
    base = to_pair(MatchedPair(problem, solution, "inline", 1.0)).id
    assert to_pair(MatchedPair(item(uri="x", label="9"), solution, "declared", 0.5)).id == base
    assert to_pair(MatchedPair(item(span=(0, 1)), solution, "inline", 1.0)).id != base
    assert to_pair(MatchedPair(problem, item("solution", sha256="00"), "inline", 1.0)).id != base
