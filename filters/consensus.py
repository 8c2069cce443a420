"""Labels that annotators, or the outcome of the solution, contradict.

Qwen2.5-Math-PRM keeps the solutions whose first error a judge and rollouts see in the same place (arXiv
2501.07301, section 3.1), which drops two of five.
"""

from __future__ import annotations

from schemas.aurora import Labelled, Solution
from schemas.verdict import KEEP, Verdict

TOO_FEW_VOTES, NO_CONSENSUS, OUTCOME_CONFLICT = "too_few_votes", "no_consensus", "outcome_conflict"


def has_votes(solution: Solution, minimum: int) -> Verdict:
    """Keeps a solution with so many valid votes."""
    ballot = solution.ballot
    if len(ballot.votes) >= minimum:
        return KEEP
    reasons = sorted({one.reason for one in ballot.discarded})
    detail = f"{len(ballot.votes)} of {minimum}"
    return Verdict(False, TOO_FEW_VOTES, f"{detail}; discarded: {', '.join(reasons)}" if reasons else detail)


def agrees(labelled: Labelled, minimum: float, conflicts: str) -> Verdict:
    """Keeps labels that annotators agree on, and that the outcome doesn't contradict.

    Args:
      minimum: share of annotators (0..1) who have to see the first error where the labels have it. With any,
        labels whose first error an abstention leaves open are not agreed on.
      conflicts: `drop` rejects labels that the outcome contradicts.
    """
    agreement = labelled.agreement
    scores = {} if agreement is None else {"agreement": agreement}
    if agreement is None and minimum > 0:
        return Verdict(False, NO_CONSENSUS, "an abstention leaves the first error open", scores)
    if agreement is not None and agreement < minimum:
        return Verdict(False, NO_CONSENSUS, f"agreement {agreement:g} < {minimum:g}", scores)
    if conflicts == "drop" and labelled.outcome_conflict:
        said = "right" if labelled.outcome else "wrong"
        detail = f"first error {labelled.first_error}, but the final answer is {said}"
        return Verdict(False, OUTCOME_CONFLICT, detail, scores)
    return Verdict(True, scores=scores)
