"""Whether a solution comes to the right final answer: reverse verification (arXiv 2502.11520)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from synth.verify import boxed, boxes, by_boxes, results, without_model

_MARKED = re.compile(r"####[ \t]*([^\s#].*)")  # as in GSM8K, where it is the last line; else it is a heading


def final_answer_of(solution: str) -> str | None:
    """Returns the final answer that a solution marks as such, in a `\\boxed{}` or after `####` at its end."""
    return boxed(solution) or _marked(solution)


def _marked(solution: str) -> str | None:
    found = _MARKED.fullmatch(solution.rstrip().rpartition("\n")[2])
    return found[1].strip() if found else None


def outcome_of(problem: str, solution: str, answer: str) -> bool | None:
    """Returns whether the final answer of a solution is the right one; None if that can't be told.

    What is said last but not marked as the answer may show that it is right, never that it is wrong.

    Args:
      answer: the right one.

    Raises:
      ImportError: see `synth.verify.without_model`.
    """
    if given := boxes(solution):
        return by_boxes(problem, answer, "", given)[0]
    marked = _marked(solution)
    outcome = without_model(problem, answer, "", marked)[0] if marked else None
    if outcome is not None:
        return outcome
    said = solution.rstrip().rpartition("\n")[0] if marked else solution
    return True if any(without_model(problem, answer, "", text)[0] for text in results(said)) else None


def conflict_of(labels: Sequence[int | None], first_error: int | None, outcome: bool | None) -> bool | None:
    """Returns whether labels contradict the outcome, None if either is not known.

    They do where all steps are right and the answer is wrong, or all are wrong from the first error on and
    the answer is right; a step without a label that decides it leaves that open.
    """
    if outcome is None or first_error is None:
        return None
    if not outcome or first_error < 0:
        return not outcome and first_error < 0
    later = labels[first_error:]
    return None if None in later and 1 not in later else 1 not in later
