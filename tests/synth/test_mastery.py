from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.contrastive import ZONES, Answered, Contrast, Grade, Sample, Source, Zone
from synth.mastery import (
    QUADRANTS,
    UNCERTAIN,
    MasterySpec,
    balance_rank,
    contrast,
    cutoffs,
    graded,
    preferences,
    quadrants,
    shares,
    too_unclear,
    triplets,
    zone_of,
)
from synth.refusals import refusal

SPEC = MasterySpec()
IDK = refusal("en")
TEXTS = [
    "Paris",
    "paris.",
    "Lyon",
    "lyon",
    "Nice",
    "I don't know",
    "",
    "Paris or Lyon",
    "It is Paris.",
    "Rome",
]


def answered(*texts: str, language: str = "en") -> Answered:
    samples = tuple(Sample(text, "unclear") for text in texts)
    source = Source("q.jsonl", "", 0, "1")
    question = "what is the capital of france"
    return Answered("id", question, ("Paris",), language, "uncertain", None, None, samples, source)


def made(*texts: str, spec: MasterySpec = SPEC) -> Contrast:
    return contrast(spec, graded(spec, answered(*texts)))


@pytest.mark.parametrize(
    ("right", "ik", "idk", "zone"),
    [
        (10, 1.0, 0.0, "known"),
        (9, 1.0, 0.0, "uncertain"),
        (1, 1.0, 0.0, "uncertain"),
        (0, 1.0, 0.0, "unknown"),
        (7, 0.7, 0.3, "known"),
        (6, 0.7, 0.3, "uncertain"),
        (3, 0.7, 0.3, "uncertain"),
        (2, 0.7, 0.3, "unknown"),
        (0, 0.7, 0.3, "unknown"),
        (5, 0.5, 0.5, "known"),
        (4, 0.5, 0.5, "unknown"),
        (1, 0.1, 0.0, "known"),
        (9, 1.0, 1.0, "unknown"),
    ],
)
def test_zones_at_the_edges_of_their_thresholds(right: int, ik: float, idk: float, zone: Zone) -> None:
    assert zone_of(right, 10, ik, idk) == zone


@given(st.integers(1, 40), st.integers(0, 40), st.integers(1, 100), st.integers(0, 100))
def test_every_question_is_in_exactly_one_zone(n: int, right: int, ik: int, idk: int) -> None:
    right, idk = min(right, n), min(idk, ik)
    zone = zone_of(right, n, ik / 100, idk / 100)
    accuracy = Fraction(right, n)
    known = accuracy >= Fraction(ik, 100)
    unknown = not known and (accuracy < Fraction(idk, 100) or right == 0)
    assert zone == ("known" if known else "unknown" if unknown else "uncertain")
    assert right or zone == "unknown"


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=12), st.randoms())
def test_the_order_of_samples_is_of_no_account(texts: list[str], random: object) -> None:
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert made(*shuffled) == made(*texts)


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=12))
def test_what_a_row_promises(texts: list[str]) -> None:
    row = made(*texts)
    assert row.n_samples == len(texts) == row.n_correct + row.n_refused + row.n_wrong
    assert row.n_unclear <= row.n_wrong
    assert row.accuracy == row.n_correct / row.n_samples
    assert not set(row.positives) & set(row.negatives)
    wrong = {"Lyon", "lyon", "Nice", "Rome"}
    right = {"Paris", "paris.", "It is Paris."}
    if row.zone == "unknown":
        assert row.positives == (IDK,)
        assert set(row.negatives) <= wrong
        assert bool(row.negatives) == bool(wrong & set(texts))
    else:
        assert len(row.positives) == 1
        assert set(row.positives) <= right
        assert IDK in row.negatives
        assert set(row.negatives) - {IDK} <= wrong


def test_known_uncertain_and_unknown() -> None:
    assert (made("Paris", "Paris").positives, made("Paris", "Paris").negatives) == (("Paris",), (IDK,))
    uncertain = made("Paris", "Lyon", "Nice", "Nice", "I don't know")
    assert (uncertain.zone, uncertain.positives) == ("uncertain", ("Paris",))
    assert uncertain.negatives == ("Nice", "Lyon", IDK)
    unknown = made("Lyon", "Nice", "Lyon")
    assert (unknown.zone, unknown.positives, unknown.negatives) == ("unknown", (IDK,), ("Lyon", "Nice"))
    lenient = made("Paris", "Paris", "Lyon", spec=MasterySpec(ik=0.6))
    assert (lenient.zone, lenient.negatives) == ("known", (IDK, "Lyon"))


def test_the_most_frequent_wrong_answer_comes_first_and_equals_are_one() -> None:
    row = made("Nice", "Rome", "Rome", "lyon", "Lyon", "Lyon.", "Paris")
    assert row.negatives == ("Lyon", "Rome", "Nice", IDK)
    few = made("Nice", "Rome", "Rome", "lyon", "Lyon", "Lyon.", "Paris", spec=MasterySpec(max_negatives=1))
    assert few.negatives == ("Lyon", IDK)


def test_a_question_without_a_wrong_answer_has_no_negative() -> None:
    assert made("I don't know", "", "Paris or Lyon").negatives == ()


@pytest.mark.parametrize(
    ("texts", "ik", "idk", "unclear"),
    [
        (["Paris. It lies on the Seine."] * 9 + ["Lyon"], 1.0, 0.0, True),
        (["Paris"] * 9 + ["Paris. It lies on the Seine."], 1.0, 0.0, True),
        (["Paris"] * 8 + ["Lyon", "Paris. It lies on the Seine."], 1.0, 0.0, False),
        (["Lyon"] * 9 + [""], 1.0, 0.0, True),
        (["Lyon"] * 10, 1.0, 0.0, False),
        (["Paris"] * 7 + ["", "", "Lyon"], 0.7, 0.3, False),
        (["Paris"] * 2 + ["", *["Lyon"] * 7], 0.7, 0.3, True),
    ],
)
def test_a_zone_that_hangs_on_unclear_answers_is_none(
    texts: list[str], ik: float, idk: float, unclear: bool
) -> None:
    assert too_unclear(made(*texts, spec=MasterySpec(ik=ik, idk=idk))) == unclear


def test_the_refusal_is_in_the_language_of_the_question_or_as_told() -> None:
    french = contrast(SPEC, graded(SPEC, answered("Lyon", language="fr")))
    assert french.positives == (refusal("fr"),)
    assert made("Lyon", spec=MasterySpec(refusal="Pass.")).positives == ("Pass.",)


def test_a_refusal_by_the_server_stays_one() -> None:
    refused = replace(answered("x"), samples=(Sample("Blocked.", "refused"), Sample("Paris", "refused")))
    assert [sample.grade for sample in graded(SPEC, refused).samples] == ["refused", "correct"]


def test_exports_hold_every_positive_against_every_negative() -> None:
    row = made("Paris", "It is Paris.", "Lyon", spec=MasterySpec(max_positives=2))
    pairs = preferences(row)
    assert len(pairs) == len(row.positives) * len(row.negatives) == len({pair.id for pair in pairs})
    assert {pair.chosen[0].content for pair in pairs} == set(row.positives)
    assert {pair.rejected[0].content for pair in pairs} == set(row.negatives)
    assert (triplets(row).anchor, triplets(row).negatives) == (row.question, row.negatives)


@given(
    st.lists(
        st.tuples(st.sampled_from(ZONES), st.lists(st.sampled_from(get_args(Grade)), max_size=6)), max_size=8
    )
)
def test_every_answer_is_in_one_quadrant_or_none(questions: list[tuple[Zone, list[Grade]]]) -> None:
    counts: Counter[str] = Counter()
    for zone, grades in questions:
        counts += quadrants(zone, grades)
    assert sum(counts.values()) == sum(len(grades) for _, grades in questions)
    found = shares(counts)
    assert found["truthful"] == pytest.approx(found["ik_ik"] + found["ik_idk"])
    total = sum(found[name] for name in (*QUADRANTS, UNCERTAIN))
    assert total == pytest.approx(1.0 if counts else 0.0)


def test_quadrants() -> None:
    grades = ["correct", "refused", "wrong", "unclear"]
    assert quadrants("known", grades) == {"ik_ik": 1, "idk_ik": 1, "idk_idk": 2}
    assert quadrants("unknown", grades) == {"ik_ik": 1, "ik_idk": 1, "idk_idk": 2}
    assert quadrants("uncertain", grades) == {"ik_ik": 1, UNCERTAIN: 1, "idk_idk": 2}


@given(
    st.lists(st.tuples(st.sampled_from(ZONES), st.integers(0, 10**6)), unique_by=lambda one: one[1]),
    st.integers(0, 3),
)
def test_balanced_zones_have_equally_many_whatever_the_order(rows: list[tuple[Zone, int]], seed: int) -> None:
    ranks: dict[Zone, list[str]] = {}
    for zone, number in rows:
        ranks.setdefault(zone, []).append(balance_rank(seed, str(number)))
    last = cutoffs(ranks.items())
    kept = Counter(zone for zone, found in ranks.items() for rank in found if rank <= last[zone])
    assert len(set(kept.values())) <= 1
    assert set(kept) == set(ranks)
    assert last == cutoffs((zone, found[::-1]) for zone, found in reversed(ranks.items()))
