"""The judge that needs no model: what rules can tell of the criteria of the rubric `scp116k`, and no more.

They see damage, not merit. What can't be told from the record is null:

- `problem_self_contained`: 1 where nothing is left to solve (empty, a picture alone, broken off); 2 where the
  problem needs a figure or names another item ("Exercise 3.2", "the previous problem"); else null.
- `solution_correct`: null.
- `solution_complete`: 1 where it is empty, breaks off, only sends the reader elsewhere or is a hint; 3 where
  it is the bare answer; else null.
- `matches_problem`: `pairing.score` (the share of pairs found like it that are right) on the scale of 1 to 5.
- `educational_level`: null.
- `clean_text`: 1 where a fifth of a text is lost characters; 2 where any is, where a formula can't be read,
  or where mathematics is doubtful; 3 for text recognised on a picture; 4 for mathematics rebuilt from its
  places on a page; else 5.

The verdict is keep unless one of the criteria is 1.
"""

from __future__ import annotations

from functools import cache

from filters.completeness import is_empty, is_only_reference, truncation
from filters.elsewhere import names_another
from filters.judge import DIGITS
from filters.legibility import broken_mathematics, has_mathematics, lost_share
from filters.pictures import PICTURE
from filters.rubrics import HIGHEST, LOWEST, Rubric, load_rubric
from schemas.scp116k import Criterion, Judge, Pair

MODEL = "rules-1"
UNREADABLE = 0.2
"""Share of lost characters from which on a text is none."""

Finding = tuple[float | None, str]
"""A score and what it is for."""


def rules_judge(pair: Pair) -> Judge:
    """Returns what rules can tell of a pair."""
    rubric = _rubric()
    found: dict[str, Finding] = {
        "problem_self_contained": _self_contained(pair),
        "solution_complete": _complete(pair),
        "matches_problem": (LOWEST + (HIGHEST - LOWEST) * pair.pairing.score, ""),
        "clean_text": _clean(pair),
    }
    scores = {name: score for name, (score, _) in found.items() if score is not None}
    reasons = [f"{name} 1 ({why})" for name, (score, why) in found.items() if score == LOWEST and why]
    return Judge(
        score=round(rubric.overall(scores), DIGITS),
        verdict="drop" if reasons else "keep",
        reason="; ".join(reasons),
        model=MODEL,
        criteria=tuple(
            Criterion(name, round(scores[name], DIGITS) if name in scores else None) for name in rubric.names
        ),
        rubric=rubric.id,
    )


def _self_contained(pair: Pair) -> Finding:
    if gone := _gone(pair.problem, pair.language):
        return 1, gone
    if pair.needs_figure:
        return 2, "needs a figure"
    if names_another(f"{pair.context or ''}\n{pair.problem}"):
        return 2, "names another item"
    return None, ""


def _complete(pair: Pair) -> Finding:
    if gone := _gone(pair.solution, pair.language):
        return 1, gone
    if is_only_reference(pair.solution):
        return 1, "only sends the reader elsewhere"
    if pair.solution_kind == "hint":
        return 1, "a hint"
    return (3, "the bare answer") if pair.solution_kind == "final_answer" else (None, "")


def _clean(pair: Pair) -> Finding:
    texts = (pair.problem, pair.solution)
    lost = max(map(lost_share, texts))
    if lost >= UNREADABLE:
        return 1, f"{lost:.0%} of the characters are lost"
    if lost or pair.math_quality == "doubtful" or any(map(broken_mathematics, texts)):
        return 2, "lost characters or doubtful mathematics"
    if pair.ocr:
        return 3, "recognised on a picture"
    if pair.math_quality == "rebuilt" and any(map(has_mathematics, texts)):
        return 4, "rebuilt mathematics"
    return 5, ""


def _gone(text: str, language: str) -> str:
    """Returns why there is no text, or not all of it; nothing if there is."""
    if is_empty(PICTURE.sub(" ", text)):
        return "only a picture" if PICTURE.search(text) else "empty"
    return truncation(text, language)


@cache
def _rubric() -> Rubric:
    return load_rubric()
