from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.consensus import agrees, has_votes
from schemas.aurora import Ballot, Discarded, Solution, Source
from synth.labels import LabelSpec, agreement_of, ballot_of, entropy, first_error_of, label_of, labelled
from synth.outcome import conflict_of, final_answer_of, outcome_of
from synth.skills import estimate_skills


def solution(votes: list[list[int]], outcome: bool | None = None, **changes: Any) -> Solution:
    steps = tuple(f"step {i}" for i in range(len(votes[0]) if votes else 2))
    names = tuple(f"judge {i}" for i in range(len(votes)))
    base = {
        "id": "1",
        "source": Source("rows.jsonl", "ab", 0, "r"),
        "problem": "What is 2 + 2?",
        "reference_solution": "",
        "reference_answer": "4",
        "policy": "a",
        "solution": " ".join(steps),
        "steps": steps,
        "outcome": outcome,
        "ballot": Ballot(names, tuple(map(tuple, votes))),
    }
    return Solution(**{**base, **changes})


@pytest.mark.parametrize(
    ("spec", "share", "label"),
    [
        (LabelSpec("soft"), 0.5, 1),
        (LabelSpec("soft"), 0.499999, 0),
        (LabelSpec("majority"), 0.5, 0),
        (LabelSpec("majority"), 0.500001, 1),
        (LabelSpec("soft", 0.75), 0.75, 1),
        (LabelSpec("soft", 0.75), 0.74, 0),
        (LabelSpec("soft", 1.0), 1.0, 1),
        (LabelSpec("soft", 0.0), 0.0, 1),
        (LabelSpec("soft", 0.5, 0.25), 0.5, None),
        (LabelSpec("soft", 0.5, 0.25), 0.25, 0),
        (LabelSpec("soft", 0.5, 0.25), 0.75, 1),
        (LabelSpec("soft", 0.5, 0.25), 0.26, None),
        (LabelSpec("majority", 0.5, 0.1), 0.55, None),
        (LabelSpec("soft", 0.5, 0.1), 0.6, 1),
        (LabelSpec("soft", 0.5, 0.1), 0.4, 0),
        (LabelSpec("soft", 0.8, 0.1), 0.7, 0),
        (LabelSpec("soft", 0.8, 0.1), 0.9, 1),
    ],
)
def test_thresholds_at_their_edges(spec: LabelSpec, share: float, label: int | None) -> None:
    assert label_of(spec, share) == label


@pytest.mark.parametrize(
    ("labels", "first"),
    [((1, 1), -1), ((1, 0, 1), 1), ((0,), 0), ((1, None, 0), None), ((1, 0, None), 1), ((1, None), None)],
)
def test_first_errors(labels: tuple[int | None, ...], first: int | None) -> None:
    assert first_error_of(labels) == first


def test_a_labelled_solution() -> None:
    row = labelled(LabelSpec(), solution([[1, 1, 0], [1, 0, 0], [1, 1, 1], [1, 0, 0]], outcome=False))
    assert row.labels_soft == (1.0, 0.5, 0.25)
    assert row.labels == (1, 1, 0)
    assert row.first_error == 2
    assert row.vote_std == (0.0, 0.5, 0.433013)
    assert row.entropy == (0.0, 1.0, 0.811278)
    assert row.agreement == 0.25
    assert row.n_votes == 4
    assert row.outcome_conflict is False
    assert labelled(LabelSpec("majority"), solution([[1, 1], [1, 0]])).labels == (1, 0)


@pytest.mark.parametrize("how", ["soft", "majority", "weighted"])
@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 1), min_size=n, max_size=n), min_size=1, max_size=6)
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_votes_does_not_matter(how: Any, votes: list[list[int]], draw: random.Random) -> None:
    names = [f"judge {i}" for i in range(len(votes))]
    order = draw.sample(range(len(votes)), len(votes))
    skills = estimate_skills([(names, votes)]) if how == "weighted" else None
    one = labelled(LabelSpec(how), solution(votes), skills)
    mixed = solution([votes[i] for i in order])
    ballot = Ballot(tuple(names[i] for i in order), mixed.ballot.votes)
    other = labelled(LabelSpec(how), solution(votes, ballot=ballot), skills)
    for name in ("labels", "labels_soft", "first_error", "vote_std", "entropy", "agreement"):
        assert getattr(one, name) == getattr(other, name)


def test_votes_that_do_not_fit_are_discarded_with_their_reason() -> None:
    ballot = ballot_of([[1, 0], [1], [1, 2], None, "10", [True, False], [1, 0.0]], list("abcdefg"), 2)
    assert ballot.annotators == ("a", "f", "g")
    assert ballot.votes == ((1, 0), (1, 0), (1, 0))
    assert ballot.discarded == (
        Discarded("b", "wrong_length"),
        Discarded("c", "wrong_value"),
        Discarded("d", "no_answer"),
        Discarded("e", "wrong_value"),
    )


def test_minimum_of_votes_at_its_edge() -> None:
    three = solution([[1, 1]] * 3)
    assert has_votes(three, 3).keep
    verdict = has_votes(three, 4)
    assert (verdict.keep, verdict.reason, verdict.detail) == (False, "too_few_votes", "3 of 4")
    bad = solution([], ballot=Ballot((), (), (Discarded("a", "timeout"),)))
    assert has_votes(bad, 1).detail == "0 of 1; discarded: timeout"


@pytest.mark.parametrize(
    ("labels", "outcome", "conflict"),
    [
        ((1, 1), True, False),
        ((1, 1), False, True),
        ((1, 0), False, False),
        ((1, 0), True, True),
        ((1, 0, 1), True, False),
        ((0, 0, 0), True, True),
        ((1, 1), None, None),
        ((1, None), False, None),
        ((1, 0, None), True, None),
        ((0, 0, None), True, None),
        ((0, None, 1), True, False),
        ((0, 0, None), False, False),
    ],
)
def test_labels_and_outcome(
    labels: tuple[int | None, ...], outcome: bool | None, conflict: bool | None
) -> None:
    assert conflict_of(labels, first_error_of(labels), outcome) is conflict


def test_consensus_at_its_edge() -> None:
    row = labelled(LabelSpec(), solution([[1, 0], [1, 0], [1, 1], [1, 0]], outcome=True))
    assert row.agreement == agreement_of(row.votes, 1) == 0.75
    assert agrees(row, 0.75, "keep").keep
    assert agrees(row, 0.76, "keep").reason == "no_consensus"
    assert agrees(row, 0.75, "drop").reason == "outcome_conflict"
    assert agrees(labelled(LabelSpec(), solution([[1, 1]], outcome=None)), 1.0, "drop").keep


def test_what_an_abstention_leaves_open_is_no_consensus_if_one_is_asked_for() -> None:
    row = labelled(LabelSpec(abstain=0.2), solution([[1, 1], [0, 1]], outcome=None))
    assert row.agreement is None
    assert agrees(row, 0.0, "keep").keep
    assert agrees(row, 0.6, "keep").reason == "no_consensus"


def test_a_mean_is_compared_as_it_is_and_not_as_it_is_written() -> None:
    row = labelled(LabelSpec("soft", 0.33333333), solution([[1], [0], [0]], outcome=None))
    assert row.labels == (1,)
    assert row.labels_soft == (0.333333,)


def test_entropy_is_in_bits() -> None:
    assert (entropy(0.0), entropy(0.5), entropy(1.0)) == (0, 1, 0)


def test_final_answers_that_are_marked() -> None:
    assert final_answer_of("So \\boxed{1} or rather \\boxed{\\frac{1}{2}}.") == "\\frac{1}{2}"
    assert final_answer_of("9 * 2 = 18\n#### 18") == "18"
    assert final_answer_of("It is 18.") is None
    assert final_answer_of("#### Step 2: Multiply by 3\nThe answer is 12.") is None
    assert final_answer_of("####\n18") is None
    assert final_answer_of("So\n#### 18\n\n") == "18"


def test_outcomes() -> None:
    assert outcome_of("What is 1 + 1?", "It is \\boxed{2.0}.", "2") is True
    assert outcome_of("What is 1 + 1?", "It is \\boxed{3}.", "2") is False
    assert outcome_of("What is 1 + 1?", "Two and two...\n#### 2", "2") is True
    assert outcome_of("What is 1 + 1?", "So 1 + 1 = 2", "2") is True
    assert outcome_of("What is 1 + 1?", "So 1 + 1 = 3", "2") is None  # not said to be the answer
    assert outcome_of("What is 1 + 1?", "Nobody knows.", "2") is None


def test_a_heading_is_no_final_answer() -> None:
    assert outcome_of("What is x?", "#### x = 3\nThen the answer is 4.", "4") is True
    assert outcome_of("What is x?", "#### x = 3\nThen nobody knows.", "4") is None
    assert outcome_of("What is x?", "The answer is 4\n#### Done", "4") is True


def test_outcomes_of_several_boxes() -> None:
    either = "x is \\boxed{3} or \\boxed{5}."
    assert outcome_of("Solve for x.", either, "3, 5") is True
    assert outcome_of("Solve for x.", either, "5") is True  # the last one may correct the first
    assert outcome_of("Solve for x.", either, "3") is None
    assert outcome_of("Solve for x.", either, "4") is False
    assert outcome_of("Solve for x.", "\\boxed{3}, that is \\boxed{3}", "4") is False
