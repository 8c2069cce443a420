"""How well a model knows an answer, and the samples that contrast with that (arXiv 2502.07184).

Answers are drawn several times. Their accuracy and two thresholds divide the questions:

- known: accuracy >= ik;
- unknown: accuracy < idk, or no answer is right, so that idk = 0 leaves the questions never answered rightly;
- uncertain: all others.

With ik above 0 and not below idk, a question is in exactly one zone, and one that is known or uncertain has a
right answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from schemas.contrastive import ZONES, Answered, Contrast, Message, Preference, Sample, Triplets, Zone
from schemas.ids import record_id
from synth.answer_keys import keys
from synth.refusals import refusal
from synth.short_answers import Truth

NO_POSITIVE, NO_NEGATIVE, NO_SAMPLES = "no_positive", "no_negative", "no_samples"
TOO_UNCLEAR = "too_unclear"

QUADRANTS = ("ik_ik", "ik_idk", "idk_ik", "idk_idk")
"""I know that I know: answered rightly. I know that I don't: unknown and refused. I don't know that I know:
known and refused. I don't know that I don't: answered, and not rightly."""
UNCERTAIN = "uncertain_refused"
"""What is in none of them: refused though it is sometimes known."""


@dataclass(frozen=True, slots=True)
class MasterySpec:
    """How zones are told apart and samples chosen.

    Attributes:
      ik, idk: thresholds of accuracy, see the module.
      max_positives: right answers of a question that are kept.
      max_negatives: wrong ones; None for all. The refusal, where it is a negative, comes beside them.
      refusal: what a refusal says; empty for a sentence in the language of the question.
    """

    ik: float = 1.0
    idk: float = 0.0
    max_positives: int = 1
    max_negatives: int | None = None
    refusal: str = ""


def graded(spec: MasterySpec, answered: Answered) -> Answered:
    """Returns a question with its zone, and its answers graded; what is a refusal already stays one.

    Raises:
      ImportError: see `synth.short_answers.Truth.grade`.
    """
    truth = Truth(answered.question, answered.gold_aliases, answered.language)
    made = {text: Sample(text, truth.grade(text)) for text in {sample.text for sample in answered.samples}}
    samples = tuple(
        sample if sample.grade == "refused" and made[sample.text].grade != "correct" else made[sample.text]
        for sample in answered.samples
    )
    right = sum(sample.grade == "correct" for sample in samples)
    return replace(answered, samples=samples, zone=zone_of(right, len(samples), spec.ik, spec.idk))


def zone_of(n_correct: int, n_samples: int, ik: float, idk: float) -> Zone:
    """Returns the zone of a question; see the module."""
    accuracy = n_correct / n_samples
    if accuracy >= ik:
        return "known"
    return "unknown" if accuracy < idk or n_correct == 0 else "uncertain"


def too_unclear(row: Contrast) -> bool:
    """Whether the zone of a row would be another one if all of its unclear answers were right."""
    return zone_of(row.n_correct + row.n_unclear, row.n_samples, row.ik, row.idk) != row.zone


def contrast(spec: MasterySpec, answered: Answered) -> Contrast:
    """Returns the row of a question with its positives and negatives, either of which may be empty.

    known: a right answer; not the refusal, nor a wrong one. uncertain: a right one; not a wrong one, nor the
    refusal. unknown: the refusal; not a wrong one. The most frequent answer comes first, and of equally
    frequent ones the first by the alphabet: the order of the samples is of no account.
    """
    grades = [sample.grade for sample in answered.samples]
    n = len(answered.samples)
    right = ranked(answered, "correct")[: spec.max_positives]
    wrong = ranked(answered, "wrong")[: spec.max_negatives]
    refused = (spec.refusal or refusal(answered.language),)
    positives, negatives = {
        "known": (right, refused + wrong),
        "uncertain": (right, wrong + refused),
        "unknown": (refused, wrong),
    }[answered.zone]
    return Contrast(
        id=answered.id,
        question=answered.question,
        gold_aliases=answered.gold_aliases,
        language=answered.language,
        n_samples=n,
        n_correct=grades.count("correct"),
        n_refused=grades.count("refused"),
        n_wrong=grades.count("wrong") + grades.count("unclear"),
        n_unclear=grades.count("unclear"),
        accuracy=grades.count("correct") / n,
        ik=spec.ik,
        idk=spec.idk,
        zone=answered.zone,
        positives=positives,
        negatives=negatives,
        model=answered.model,
        sampling=answered.sampling,
        source=answered.source,
    )


def ranked(answered: Answered, grade: str) -> tuple[str, ...]:
    """Returns the different answers of a grade, the most frequent first, each in its most frequent form."""
    said = [text for s in answered.samples if s.grade == grade and (text := s.text.strip())]
    if len(set(said)) < 2:
        return tuple(said[:1])
    forms: dict[str, list[tuple[int, str]]] = {}
    for text, n in Counter(said).items():
        forms.setdefault(min(keys(text, answered.language)), []).append((-n, text))
    often = sorted((sum(n for n, _ in same), min(same)[1]) for same in forms.values())
    return tuple(text for _, text in often)


def preferences(row: Contrast) -> list[Preference]:
    """Returns every positive of a row against every negative."""
    prompt = (Message("user", row.question),)
    chosen = [(Message("assistant", text),) for text in row.positives]
    rejected = [(Message("assistant", text),) for text in row.negatives]
    pairs = product(chosen, rejected)
    return [Preference(f"{row.id}-{number}", prompt, *pair) for number, pair in enumerate(pairs)]


def triplets(row: Contrast) -> Triplets:
    """Returns a row with its question as the anchor."""
    return Triplets(row.id, row.question, row.positives, row.negatives)


def quadrants(zone: Zone, grades: Iterable[str]) -> Counter[str]:
    """Returns how many answers to a question fall into each quadrant; see `QUADRANTS`."""
    refused = {"known": "idk_ik", "uncertain": UNCERTAIN, "unknown": "ik_idk"}[zone]
    names = {"correct": "ik_ik", "refused": refused}
    return Counter([names.get(grade, "idk_idk") for grade in grades])


def shares(counts: Counter[str]) -> dict[str, float]:
    """Returns the five metrics, and the share of answers in no quadrant; 0 of nothing."""
    total = sum(counts[name] for name in (*QUADRANTS, UNCERTAIN)) or 1
    found = {name: counts[name] / total for name in QUADRANTS}
    truthful = (counts["ik_ik"] + counts["ik_idk"]) / total
    return {**found, "truthful": truthful, UNCERTAIN: counts[UNCERTAIN] / total}


def balance_rank(seed: int, id: str) -> str:
    """Returns the place of a question in a draw without order: the first ones of each zone are kept."""
    return record_id("balance", seed, id)


def cutoffs(ranks: Iterable[tuple[Zone, Sequence[str]]]) -> dict[Zone, str]:
    """Returns the last rank that is kept of each zone: zones that have questions keep equally many."""
    found = {zone: sorted(one) for zone, one in ranks if one}
    fewest = min(map(len, found.values()), default=0)
    return {zone: found[zone][fewest - 1] for zone in ZONES if zone in found}
