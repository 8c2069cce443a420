"""From votes on the steps of a solution to labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from schemas.aurora import WRONG_LENGTH, Ballot, Discarded, Labelled, Solution
from synth.outcome import conflict_of
from synth.skills import Skills, Votes, probabilities

Aggregation = Literal["soft", "majority", "weighted"]
AGGREGATIONS = ("soft", "majority", "weighted")

WRONG_VALUE, NO_ANSWER = "wrong_value", "no_answer"
DIGITS = 6  # of what is computed from votes: what is behind them differs between machines


@dataclass(frozen=True, slots=True)
class LabelSpec:
    """How votes become labels.

    Attributes:
      aggregation: `soft`: a step is right if the mean of its votes is at least `threshold`; `majority`: if
        more than half of them are 1; `weighted`: like soft, with the probability that `synth.skills` gives.
      threshold: 0..1; of no use for `majority`.
      abstain: a step gets no label if its mean or probability is nearer than this to the threshold.
    """

    aggregation: Aggregation = "soft"
    threshold: float = 0.5
    abstain: float = 0.0


def ballot_of(votes: Sequence[Any], annotators: Sequence[str], steps: int) -> Ballot:
    """Returns votes that came with a row: those that fit the steps, and why the others don't.

    Args:
      votes: lists of 0 and 1; None for an annotator that gave no answer.
      annotators: a name for each of them.
    """
    valid: list[tuple[str, tuple[int, ...]]] = []
    discarded: list[Discarded] = []
    for name, vote in zip(annotators, votes, strict=True):
        if vote is None:
            discarded.append(Discarded(name, NO_ANSWER))
        elif not isinstance(vote, (list, tuple)) or any(one not in (0, 1) for one in vote):
            discarded.append(Discarded(name, WRONG_VALUE))
        elif len(vote) != steps:
            discarded.append(Discarded(name, WRONG_LENGTH))
        else:
            valid.append((name, tuple(map(int, vote))))
    return Ballot(tuple(name for name, _ in valid), tuple(vote for _, vote in valid), tuple(discarded))


def labelled(spec: LabelSpec, solution: Solution, skills: Skills | None = None) -> Labelled:
    """Returns a solution with labels for its steps; it has one valid vote at least.

    Args:
      skills: what the annotators are worth, for `weighted`.
    """
    ballot = solution.ballot
    means = [sum(step) / len(step) for step in zip(*ballot.votes, strict=True)]
    soft = means
    if skills is not None:
        soft = [round(share, DIGITS) for share in probabilities(skills, ballot.annotators, ballot.votes)]
    labels = tuple(label_of(spec, share) for share in soft)  # means are exact, and compared as they are
    first_error = first_error_of(labels)
    return Labelled(
        id=solution.id,
        problem=solution.problem,
        reference_answer=solution.reference_answer or None,
        policy=solution.policy,
        prompt=solution.prompt or None,
        solution=solution.solution,
        steps=solution.steps,
        votes=ballot.votes,
        labels_soft=tuple(round(share, DIGITS) for share in soft),
        labels=labels,
        first_error=first_error,
        n_votes=len(ballot.votes),
        vote_std=tuple(round(math.sqrt(mean * (1 - mean)), DIGITS) for mean in means),
        entropy=tuple(round(entropy(share), DIGITS) for share in soft),
        agreement=agreement_of(ballot.votes, first_error),
        outcome=solution.outcome,
        outcome_conflict=conflict_of(labels, first_error, solution.outcome),
        annotators=ballot.annotators,
        discarded=ballot.discarded,
        source=solution.source,
    )


def label_of(spec: LabelSpec, share: float) -> int | None:
    """Returns the label of a step, None where the spec abstains."""
    threshold = 0.5 if spec.aggregation == "majority" else spec.threshold
    if round(abs(share - threshold), DIGITS) < spec.abstain:
        return None
    return int(share > threshold if spec.aggregation == "majority" else share >= threshold)


def first_error_of(labels: Sequence[int | None]) -> int | None:
    """Returns the first step labelled 0, from 0; -1 if none is; None if one before it has no label."""
    for place, label in enumerate(labels):
        if label != 1:
            return place if label == 0 else None
    return -1


def agreement_of(votes: Votes, first_error: int | None) -> float | None:
    """Returns the share of annotators whose first error is that of the labels; None if that is open."""
    if first_error is None:
        return None
    return round(sum(first_error_of(vote) == first_error for vote in votes) / len(votes), DIGITS)


def entropy(share: float) -> float:
    """Returns the entropy in bits of something that is as likely as that."""
    return sum(-p * math.log2(p) for p in (share, 1 - share) if 0 < p < 1)
