from __future__ import annotations

from pipelines.pair_rows import to_pair
from schemas.problems import MatchedPair
from tests.pipelines.records import item


def test_a_row_says_where_both_halves_come_from() -> None:
    problem = item("problem", "What?", label="7", pages=(3, 4), span=(10, 15), figures=True)
    solution = item(
        "solution", "That.", uri="docs/b.md", sha256="cd" * 32, pages=(0, 0), span=(2, 7), label="7."
    )
    row = to_pair(MatchedPair(problem, solution, "scope_number", 0.9))
    assert (row.problem, row.solution, row.label, row.answer) == ("What?", "That.", "7", "That.")
    assert (row.solution_kind, row.hint, row.math_quality, row.ocr) == ("final_answer", None, "exact", False)
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


def test_the_worse_half_decides_what_is_said_of_mathematics_and_scans() -> None:
    problem = item("problem", "What?", hint="Draw it.", math_quality="rebuilt")
    solution = item("solution", "That.", math_quality="doubtful", ocr=True)
    row = to_pair(MatchedPair(problem, solution, "inline", 0.9))
    assert (row.hint, row.math_quality, row.ocr) == ("Draw it.", "doubtful", True)
