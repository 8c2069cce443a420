"""Rows as solutions whose steps are to be labelled."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from pipelines.stages import Refused
from schemas.aurora import Ballot, Labelled, Preferred, Processed, Solution, Source, Stepwise
from schemas.ids import record_id
from schemas.row import Row
from synth.labels import ballot_of
from synth.notation import without_thoughts
from synth.outcome import final_answer_of
from synth.policies import PoliciesSpec, solution_id
from synth.steps import LossyCut, checked


def to_solutions(policies: PoliciesSpec | None, row: Row) -> tuple[Solution, ...]:
    """Returns the solutions of a row: its own, or those that policies are to write.

    A row of `beam run scp116k` has a printed solution, which is the reference, and may have answers of
    models, which are solutions.

    Raises:
      Refused: no_problem, no_solution, bad_row (a column has another type), empty_step, or steps_differ (the
        steps are not the text of the solution).
    """
    values = row.values
    source = Source(row.uri, row.sha256, row.number, row.id)
    problem = _text(values, "problem")
    if not problem.strip():
        raise Refused("no_problem")
    if "pairing" in values and "solution_kind" in values:
        return _of_pair(values, problem, source, policies)
    reference = _text(values, "reference_solution")
    draft = Solution(
        id="",
        source=source,
        problem=problem,
        reference_solution=reference,
        reference_answer=_text(values, "reference_answer") or final_answer_of(reference) or "",
        policy=_text(values, "policy") or _text(values, "generator"),
        solution=_text(values, "solution"),
        outcome=_right(values, "outcome" if "outcome" in values else "final_answer_correct"),
    )
    steps = values.get("steps")
    if steps is not None:
        draft = _stepped(draft, steps)
    if draft.solution.strip():
        made = replace(draft, ballot=_ballot(values, len(draft.steps)))
        return (replace(made, id=solution_id(made)),)
    return _drafts(draft, policies)


def _of_pair(
    values: Mapping[str, Any], problem: str, source: Source, policies: PoliciesSpec | None
) -> tuple[Solution, ...]:
    context = _text(values, "context")
    draft = Solution(
        id="",
        source=source,
        problem=f"{context}\n\n{problem}" if context else problem,
        reference_solution=_text(values, "solution"),
        reference_answer=_text(values, "answer"),
        policy="",
    )
    answers = values.get("answers") or ()
    if not isinstance(answers, (list, tuple)) or not all(isinstance(a, Mapping) for a in answers):
        raise Refused("bad_row", "answers is no list of objects")
    said = [(a, without_thoughts(_text(a, "text")).strip()) for a in answers if not a.get("reason")]
    given = [
        replace(draft, policy=_text(a, "model"), solution=text, outcome=_right(a, "agrees"))
        for a, text in said
        if text
    ]
    given = [replace(solution, id=solution_id(solution)) for solution in given]
    return (*given, *(_drafts(draft, policies) if policies or not given else ()))


def _drafts(draft: Solution, policies: PoliciesSpec | None) -> tuple[Solution, ...]:
    """Returns what policies are to write; each has an id, by which it is rejected if they can't."""
    if policies is None:
        raise Refused("no_solution", "the row has no solution; name who writes some with --policy_engines")
    drafts = (
        replace(draft, policy=engine, style=style, sample=sample, outcome=None)
        for engine, style, sample in product(policies.engines, policies.styles, range(policies.samples))
    )
    return tuple(
        replace(d, id=record_id("draft", d.source.id, d.problem, d.policy, d.style, d.sample)) for d in drafts
    )


def _stepped(draft: Solution, steps: Any) -> Solution:
    if not isinstance(steps, (list, tuple)) or not all(isinstance(step, str) for step in steps):
        raise Refused("bad_row", "steps is no list of texts")
    if not steps and not draft.solution.strip():
        return draft
    if not steps or not all(step.strip() for step in steps):
        raise Refused("empty_step", "a step is empty")
    try:
        return replace(
            draft,
            steps=checked(draft.solution, steps) if draft.solution.strip() else tuple(steps),
            solution=draft.solution if draft.solution.strip() else "\n\n".join(steps),
        )
    except LossyCut as error:
        raise Refused("steps_differ", str(error)) from None


def _text(values: Mapping[str, Any], column: str) -> str:
    value = values.get(column)
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):  # an answer such as 5
        return json.dumps(value)
    if not isinstance(value, str):
        raise Refused("bad_row", f"{column} is no text")
    return value


def _right(values: Mapping[str, Any], column: str) -> bool | None:
    value = values.get(column)
    if value is not None and value not in (0, 1):
        raise Refused("bad_row", f"{column} is neither true nor false")
    return None if value is None else bool(value)


def _ballot(values: Mapping[str, Any], steps: int) -> Ballot:
    votes = values.get("votes")
    if votes is None or (not steps and not votes):
        return Ballot()
    if not steps:
        raise Refused("bad_row", "votes need steps")
    if not isinstance(votes, (list, tuple)):
        raise Refused("bad_row", "votes is no list")
    names: Any = values.get("annotators") or [f"annotator {i}" for i in range(len(votes))]
    if not isinstance(names, (list, tuple)) or len(names) != len(votes):
        raise Refused("bad_row", "votes and annotators are no lists of one length")
    return ballot_of(votes, [str(name) for name in names], steps)


def united(solutions: Sequence[Solution]) -> Solution:
    """Returns the first of some solutions that say the same, with what the others know besides.

    That is the steps, the references and the outcome where it has none, and the votes of annotators whom the
    ones before don't have, if they are on the same steps. An annotator who is there already is not heard
    twice: its votes stay with the row that is rejected as a duplicate.
    """
    first = solutions[0]
    for other in solutions[1:]:
        steps = checked(first.solution, other.steps) if other.steps else ()
        steps = first.steps or steps
        same = [step.split() for step in steps] == [step.split() for step in other.steps]
        first = replace(
            first,
            steps=steps,
            reference_solution=first.reference_solution or other.reference_solution,
            reference_answer=first.reference_answer or other.reference_answer,
            outcome=other.outcome if first.outcome is None else first.outcome,
            ballot=first.ballot.joined(other.ballot) if same else first.ballot,
        )
    return first


def stepwise(row: Labelled) -> Iterator[Stepwise]:
    """Yields a row for training, up to the first step without a label; none if that is the first."""
    labels: list[bool] = []
    for label in row.labels:
        if label is None:
            break
        labels.append(bool(label))
    if n := len(labels):
        yield Stepwise(row.id, row.problem, row.steps[:n], tuple(labels), row.labels_soft[:n], row.outcome)


def processed(row: Labelled) -> Iterator[Processed]:
    """Yields a row in the format of ProcessBench; none if an abstention leaves the first error open."""
    if row.first_error is not None:
        yield Processed(
            row.id, row.source.id, row.policy, row.problem, row.steps, row.outcome, row.first_error
        )


def preferred(rows: Sequence[Labelled]) -> Iterator[Preferred]:
    """Yields pairs of solutions of one problem, each of which is in one pair at most.

    A good one has no wrong step, and its answer isn't wrong; a bad one has a wrong step. Where labels and
    outcome contradict each other a solution is neither. The surest of both come first. Two that
    say the same, by policies of two names, are no pair.
    """
    clear = [row for row in rows if row.first_error is not None and not row.outcome_conflict]
    good = [row for row in clear if row.first_error == -1]
    bad = [row for row in clear if row.first_error != -1]
    good.sort(key=lambda row: (-min(row.labels_soft), row.id))
    bad.sort(key=lambda row: (min(row.labels_soft), row.id))
    for chosen in good:
        rejected = next((row for row in bad if row.solution.split() != chosen.solution.split()), None)
        if rejected is None:
            continue
        bad.remove(rejected)
        yield Preferred(
            id=record_id("preferred", chosen.id, rejected.id),
            prompt=chosen.problem,
            chosen=chosen.solution,
            rejected=rejected.solution,
            chosen_id=chosen.id,
            rejected_id=rejected.id,
        )
