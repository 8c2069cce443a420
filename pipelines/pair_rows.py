"""A matched pair as a row of the dataset."""

from __future__ import annotations

from filters.answers import final_answer, solution_kind
from filters.figure import needs_figure
from schemas.document import MATH_QUALITIES
from schemas.ids import record_id
from schemas.problems import Item, MatchedPair
from schemas.scp116k import Pair, Pairing, Source


def to_pair(matched: MatchedPair) -> Pair:
    """Returns the row of a matched pair; what needs a classifier or a model is left null."""
    problem, solution = matched.problem, matched.solution
    return Pair(
        id=record_id(problem.sha256, *problem.span, solution.sha256, *solution.span),
        problem=problem.text,
        solution=solution.text,
        answer=final_answer(problem.text, solution.text),
        solution_kind=solution_kind(problem.text, solution.text),
        context=problem.context or None,
        hint=problem.hint or solution.hint or None,
        label=problem.label,
        domain=None,
        subdomain=None,
        level=None,
        language=problem.language,
        needs_figure=needs_figure(problem.text, problem.figures),
        math_quality=max(problem.math_quality, solution.math_quality, key=MATH_QUALITIES.index),
        ocr=problem.ocr or solution.ocr,
        source=Source(
            uri=problem.uri,
            sha256=problem.sha256,
            title=problem.title,
            solution_uri=solution.uri,
            solution_sha256=solution.sha256,
            problem_pages=_pages(problem),
            solution_pages=_pages(solution),
            problem_boxes=problem.boxes,
            solution_boxes=solution.boxes,
            problem_span=problem.span,
            solution_span=solution.span,
        ),
        pairing=Pairing(matched.method, matched.score),
        judge=None,
        answers=(),
    )


def _pages(item: Item) -> tuple[int, ...]:
    return item.pages if item.pages[0] else ()
