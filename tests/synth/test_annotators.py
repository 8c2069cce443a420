from __future__ import annotations

from collections import Counter

from schemas.aurora import Ballot, Discarded, Reason, Solution, Source
from synth.annotators import Key, annotators, of_ballot, of_row
from synth.labels import LabelSpec, labelled
from synth.skills import UNKNOWN, Skills

SOURCE = Source("a", "b", 0, "c")


def solution(votes: dict[str, tuple[int, ...]], outcome: bool | None, lost: tuple[str, ...] = ()) -> Solution:
    ballot = Ballot(tuple(votes), tuple(votes.values()), tuple(Discarded(one, "no_answer") for one in lost))
    return Solution("i", SOURCE, "p", "", "", "m", "a b", ("a", "b"), outcome=outcome, ballot=ballot)


def test_votes_agreement_and_conflicts_are_counted() -> None:
    spec = LabelSpec(abstain=0.2)
    solutions = [
        solution({"x": (1, 1), "y": (1, 1), "z": (1, 0)}, False, ("w", "z")),
        solution({"x": (1, 0), "y": (1, 1)}, True),  # the second step has no label
    ]
    counts: Counter[Key] = Counter()
    for one in solutions:
        for key, n in (*of_ballot(one), *of_row(labelled(spec, one))):
            counts[key] += n
    assert {key[1]: n for key, n in counts.items() if key[0] == "labels"} == {
        "right": 2,
        "wrong": 0,
        "abstained": 2,
    }
    w, x, y, z = annotators(counts)
    assert (w.annotator, w.votes, w.discarded, w.steps, w.agreement) == (
        "w",
        0,
        (Reason("no_answer", 1),),
        0,
        None,
    )
    assert (x.votes, x.steps, x.agreement, x.conflicts) == (2, 2, 1.0, 2)
    assert (y.votes, y.steps, y.agreement, y.conflicts) == (2, 2, 1.0, 1)
    assert (z.votes, z.discarded, z.steps, z.conflicts) == (1, (Reason("no_answer", 1),), 1, 0)
    assert (x.coins, x.weight) == ((), None)


def test_skills_are_told_as_they_are() -> None:
    [one, other] = annotators({("votes", "x"): 1, ("votes", "y"): 1}, Skills({"x": UNKNOWN}))
    assert [(coin.step, coin.said_before, coin.says_right) for coin in one.coins] == [
        ("right", 1, UNKNOWN.one[1][1]),
        ("right", 0, UNKNOWN.one[1][0]),
        ("right, the next one wrong", 1, UNKNOWN.one[2][1]),
        ("right, the next one wrong", 0, UNKNOWN.one[2][0]),
        ("wrong", 1, UNKNOWN.one[0][1]),
        ("wrong", 0, UNKNOWN.one[0][0]),
    ]
    assert (one.weight, other.weight, other.coins) == (1.0, None, ())
