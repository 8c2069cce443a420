"""What a run says of each annotator: its votes, how far the labels agree, and its skill as estimated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import eq

from schemas.aurora import Annotator, Coin, Labelled, Reason, Solution
from schemas.ids import record_id
from synth.labels import DIGITS, first_error_of
from synth.outcome import conflict_of
from synth.skills import LAST, RIGHT, WRONG, Skill, Skills

STATES = {"right": RIGHT, "right, the next one wrong": LAST, "wrong": WRONG}
LABELS = {1: "right", 0: "wrong", None: "abstained"}

Key = tuple[str, ...]
"""What is counted: a kind, and an annotator or a label."""


def of_ballot(solution: Solution) -> Iterator[tuple[Key, int]]:
    """Yields the valid and the discarded votes on a solution."""
    for name in solution.ballot.annotators:
        yield ("votes", name), 1
    for one in solution.ballot.discarded:
        yield ("discarded", one.annotator, one.reason), 1


def of_row(row: Labelled) -> Iterator[tuple[Key, int]]:
    """Yields the labels of a row, and how often each annotator agrees with them, or with no outcome."""
    for label, name in LABELS.items():
        yield ("labels", name), row.labels.count(label)
    yield ("outcome_conflicts",), bool(row.outcome_conflict)
    steps = len(row.labels) - row.labels.count(None)
    for name, vote in zip(row.annotators, row.votes, strict=True):
        yield ("steps", name), steps
        yield ("agreed", name), sum(map(eq, vote, row.labels))  # nobody agrees with None
        if row.outcome is not None:
            yield ("conflicts", name), bool(conflict_of(vote, first_error_of(vote), row.outcome))


def annotators(counts: Mapping[Key, int], skills: Skills | None = None) -> Iterator[Annotator]:
    """Yields the annotators of a run, in the order of their names.

    Args:
      counts: sums of what `of_ballot` yields of all solutions with votes, and `of_row` of all rows.
      skills: as estimated from their votes, if they were.
    """
    discarded: dict[str, list[Reason]] = {}
    for key, n in sorted(counts.items()):
        if key[0] == "discarded":
            discarded.setdefault(key[1], []).append(Reason(key[2], n))
    for name in sorted({key[1] for key in counts if key[0] in ("votes", "discarded")}):
        steps = counts.get(("steps", name), 0)
        skill = skills.of.get(name) if skills else None
        yield Annotator(
            id=record_id("annotator", name),
            annotator=name,
            votes=counts.get(("votes", name), 0),
            discarded=tuple(discarded.get(name, ())),
            steps=steps,
            agreement=round(counts.get(("agreed", name), 0) / steps, DIGITS) if steps else None,
            conflicts=counts.get(("conflicts", name), 0),
            coins=_coins(skill) if skill else (),
            weight=skill.weight if skill else None,
        )


def _coins(skill: Skill) -> tuple[Coin, ...]:
    return tuple(
        Coin(state, said, skill.one[place][said]) for state, place in STATES.items() for said in (1, 0)
    )
