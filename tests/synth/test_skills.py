from __future__ import annotations

import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.labels import first_error_of
from synth.skills import Skill, Skills, estimate_skills, probabilities

Item = tuple[list[str], list[list[int]]]


def simulated(rates: list[float], items: int, seed: int = 1) -> tuple[list[int], list[Item]]:
    """Returns first errors, and votes that are wrong at these rates."""
    draw = random.Random(seed)
    truth, votes = [], []
    for _ in range(items):
        steps = draw.randint(2, 8)
        first = draw.choice([-1, draw.randrange(steps)])
        right = [int(first < 0 or i < first) for i in range(steps)]
        truth.append(first)
        rows = [[vote ^ (draw.random() < rate) for vote in right] for rate in rates]
        votes.append(([f"judge {i}" for i in range(len(rates))], rows))
    return truth, votes


def found(skills: Skills, items: list[Item]) -> list[int | None]:
    return [first_error_of([int(p >= 0.5) for p in probabilities(skills, *item)]) for item in items]


def test_one_good_annotator_outvotes_two_bad_ones() -> None:
    truth, items = simulated([0.02, 0.3, 0.3], 400)
    skills = estimate_skills(items)
    right = sum(a == b for a, b in zip(found(skills, items), truth, strict=True))
    majority = [[int(sum(step) > 1) for step in zip(*rows, strict=True)] for _, rows in items]
    outvoted = sum(first_error_of(labels) == first for labels, first in zip(majority, truth, strict=True))
    assert right / len(truth) > 0.9 > outvoted / len(truth) + 0.1
    assert skills.of["judge 0"].one[1][1] > skills.of["judge 1"].one[1][1]


def hits(truth: list[int], items: list[Item]) -> float:
    """Returns the share of solutions whose first error is found."""
    return sum(a == b for a, b in zip(found(estimate_skills(items), items), truth, strict=True)) / len(truth)


def joined(items: list[Item], share: float, how_many: int, seed: int = 5) -> list[Item]:
    """Returns items with annotators that say 1 in this share, whatever the step."""
    draw = random.Random(seed)
    return [
        (
            [*names, *(f"blind {i}" for i in range(how_many))],
            [*rows, *([int(draw.random() < share) for _ in rows[0]] for _ in range(how_many))],
        )
        for names, rows in items
    ]


@pytest.mark.parametrize("solutions", [30, 300])
@pytest.mark.parametrize(
    ("share", "how_many"), [(1, 1), (1, 3), (0.97, 1), (0.97, 3), (0.5, 2), (0, 1), (0, 2)]
)
def test_who_says_the_same_whatever_it_sees_changes_little(
    share: float, how_many: int, solutions: int
) -> None:
    truth, items = simulated([0.05, 0.1, 0.15, 0.2], solutions)
    assert hits(truth, joined(items, share, how_many)) > hits(truth, items) - 0.04 > 0.85


def test_nearly_perfect_annotators_are_not_outvoted_by_one_that_says_always_1() -> None:
    truth, items = simulated([0.01] * 4, 300)
    assert hits(truth, joined(items, 1, 1)) > 0.98


def test_an_annotator_that_says_always_1_is_seen_to_tell_nothing() -> None:
    _, items = simulated([0.1, 0.1, 0.1], 300)
    blind = estimate_skills(joined(items, 1, 1)).of["blind 0"]
    assert blind.one[0][1] == pytest.approx(blind.one[1][1], abs=0.02)


@settings(max_examples=20, deadline=None)
@given(st.integers(3, 6), st.integers(1, 5), st.integers(1, 4), st.integers(0, 1))
def test_few_votes_of_one_mind_keep_their_verdict(
    annotators: int, steps: int, solutions: int, said: int
) -> None:
    item = ([f"a{i}" for i in range(annotators)], [[said] * steps] * annotators)
    skills = estimate_skills([item] * solutions)
    assert all((p >= 0.5) == said for p in probabilities(skills, *item))


def test_how_often_errors_begin_is_found() -> None:
    truth, items = simulated([0.05, 0.05, 0.1], 600)
    steps = [len(rows[0]) for _, rows in items]
    errors = sum(first >= 0 for first in truth)
    before = sum(first if first >= 0 else n for first, n in zip(truth, steps, strict=True))
    assert estimate_skills(items).error == pytest.approx(errors / (errors + before), abs=0.02)


def test_votes_of_one_name_count_as_one() -> None:
    _, items = simulated([0.3, 0.1, 0.1], 400)
    thrice = [(["x", "x", "x", "b", "c"], [rows[0]] * 3 + rows[1:]) for _, rows in items]
    renamed = [(["x", "b", "c"], rows) for _, rows in items]
    ours, theirs = estimate_skills(thrice), estimate_skills(renamed)
    for item, other in zip(thrice, renamed, strict=True):
        assert probabilities(ours, *item) == pytest.approx(probabilities(theirs, *other), abs=1e-5)


def test_many_annotators_with_few_votes_fit_in_memory() -> None:
    draw = random.Random(3)
    names = [f"crowd {i:05}" for i in range(5000)]
    items = [(draw.sample(names, 3), [[1, 1, draw.randint(0, 1)] for _ in range(3)]) for _ in range(3000)]
    tracemalloc.start()
    skills = estimate_skills(items)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(skills.of) > 4000
    assert peak < 200e6  # steps x annotators would be 700 MB for each of the arrays


def test_copies_of_one_annotator_count_as_one() -> None:
    truth, items = simulated([0.15, 0.1, 0.1], 400)
    copied = [
        (["x", "x copy", "x third", "b", "c"], [rows[0], rows[0], rows[0], *rows[1:]]) for _, rows in items
    ]
    skills = estimate_skills(copied)
    assert skills.of["x"].weight < 0.4 < 0.7 < skills.of["b"].weight
    with_copies = sum(a == b for a, b in zip(found(skills, copied), truth, strict=True))
    without = sum(a == b for a, b in zip(found(estimate_skills(items), items), truth, strict=True))
    assert with_copies > without - 12


@settings(max_examples=15)
@given(st.randoms(use_true_random=False))
def test_the_order_does_not_matter(draw: random.Random) -> None:
    _, items = simulated([0.1, 0.2, 0.3], 20)
    skills = estimate_skills(items)
    shuffled = []
    for names, rows in draw.sample(items, len(items)):
        order = draw.sample(range(3), 3)
        shuffled.append(([names[i] for i in order], [rows[i] for i in order]))
    assert estimate_skills(shuffled) == skills
    names, rows = items[0]
    assert probabilities(skills, names, rows) == probabilities(skills, names[::-1], rows[::-1])


def test_names_do_not_matter() -> None:
    _, items = simulated([0.1, 0.2, 0.3], 60)
    renamed = [(["z", "m", "a"], rows) for _, rows in items]
    ours, theirs = estimate_skills(items), estimate_skills(renamed)
    for item, other in zip(items, renamed, strict=True):
        assert probabilities(ours, *item) == pytest.approx(probabilities(theirs, *other), abs=1e-5)


def test_little_is_believed_of_few_votes() -> None:
    item = (["a", "b", "c"], [[1, 1, 0], [1, 1, 0], [1, 0, 0]])
    right = probabilities(estimate_skills([item]), *item)
    assert right[0] > 0.8 > 0.5 > right[2]
    assert estimate_skills([]) == Skills({})
    assert probabilities(Skills({}), ["nobody", "knows", "them"], [[1, 0]] * 3)[1] < 0.5


def test_an_annotator_that_votes_twice_is_estimated_once() -> None:
    _, items = simulated([0.1, 0.1, 0.3], 50)
    twice = [(["a", "a", "b"], rows) for _, rows in items]
    assert set(estimate_skills(twice).of) == {"a", "b"}


@given(
    st.lists(
        st.integers(1, 6).flatmap(
            lambda n: st.lists(st.lists(st.integers(0, 1), min_size=n, max_size=n), min_size=1, max_size=4)
        ),
        min_size=1,
        max_size=8,
    )
)
def test_probabilities_are_some_for_any_votes(votes: list[list[list[int]]]) -> None:
    items = [([f"a{i}" for i in range(len(rows))], rows) for rows in votes]
    skills = estimate_skills(items)
    for item in items:
        assert all(0 <= p <= 1 for p in probabilities(skills, *item))


def test_long_solutions_and_many_annotators_stay_numbers() -> None:
    rows = [[i % 2] * 1000 for i in range(40)]
    names = [str(i) for i in range(40)]
    right = probabilities(estimate_skills([(names, rows)]), names, rows)
    assert len(right) == 1000
    assert all(0 <= p <= 1 for p in right)


def test_a_state_that_thousands_of_votes_speak_against_is_unlikely_and_no_error() -> None:
    names = [f"annotator {i}" for i in range(4000)]
    skill = Skill(((0.1, 0.1), (0.9, 0.9), (0.5, 0.5)))  # half of the votes are 1: as LAST would have it
    votes = [[i % 2] for i in range(4000)]
    [share] = probabilities(Skills(dict.fromkeys(names, skill)), names, votes)
    assert 0 < share < 1
    found = estimate_skills([(names, votes)] * 2)
    assert all(0 < coin < 1 for one in found.of.values() for coins in one.one for coin in coins)
