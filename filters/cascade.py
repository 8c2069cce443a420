"""The cascade: a classifier decides the pairs that it is sure of, a model judges the rest.

As in FrugalGPT (arXiv 2305.05176, section 3), but with thresholds that promise a precision: see
`filters.thresholds`. A sample of the sure pairs goes to the model all the same, whose verdict counts, so that
every run measures whether the promise holds on its own pairs.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from functools import cache

from filters.classifier import BadClassifier, Classifier, check_classifier
from filters.judge import JudgeSpec, judge_pair
from filters.thresholds import Point, choose
from inference.models import Models
from schemas.arrow import describe
from schemas.scp116k import Judge, Pair

VERDICTS = ("keep", "drop")
_NEVER = Point(2.0, 0, 0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class CascadeSpec:
    """A cascade.

    Attributes:
      folder: of the classifier, which gives verdicts.
      precision: that each verdict of the classifier has to have.
      audit: share of the sure pairs that the model judges too.
    """

    folder: str
    precision: float = 0.95
    audit: float = 0.02


class Cascade:
    """The classifier, opened, with a threshold for each verdict.

    Attributes:
      thresholds: by verdict; a verdict that the classifier can't give with the wanted precision has none.

    Raises:
      BadClassifier: the folder holds none that gives verdicts so precisely, or a damaged one.
    """

    def __init__(self, spec: CascadeSpec):
        self.spec, self.classifier = spec, Classifier(spec.folder)
        if set(self.classifier.labels) != set(VERDICTS):
            labels = ", ".join(self.classifier.labels[:5])
            raise BadClassifier(f"{spec.folder}: its labels are {labels}; a cascade needs keep and drop")
        known = {name for name, _, _ in describe(Pair)}
        if missing := [name for name in self.classifier.columns if name not in known]:
            raise BadClassifier(f"{spec.folder}: reads the column {missing[0]}, which pairs don't have")
        points = {label: choose(curve, spec.precision) for label, curve in self.classifier.curves.items()}
        self.thresholds = {label: point.threshold for label, point in points.items() if point}
        if not self.thresholds:
            best = max(point.lower for curve in self.classifier.curves.values() for point in [*curve, _NEVER])
            raise BadClassifier(
                f"{spec.folder}: no verdict of this classifier is sure to have a precision of "
                f"{spec.precision:g}; {best:.3f} is the most (see its README.md)"
            )

    def decide(self, pair: Pair) -> Judge | None:
        """Returns the verdict of the classifier, or None where it isn't sure enough."""
        guess = self.classifier.guess(pair)
        threshold = self.thresholds.get(guess.label)
        if threshold is None or guess.score < threshold:
            return None
        reason = "" if guess.label == "keep" else f"drop {guess.score:.4f} >= {threshold:.4f}"
        return Judge(round(guess.scores["keep"], 4), guess.label, reason, self.classifier.name)

    def audited(self, id: str) -> bool:
        """Whether a pair belongs to the sample that the model judges anyway, which its id alone decides."""
        digest = hashlib.sha256(f"audit/{id}".encode()).digest()
        return int.from_bytes(digest[:8], "big") < self.spec.audit * 2**64


def check_cascade(spec: CascadeSpec) -> None:
    """Opens a cascade before any work, a process of its own first.

    Raises:
      BadClassifier: see `Cascade`.
    """
    check_classifier(spec.folder)
    open_cascade(spec)


_lock = threading.Lock()


@cache
def _open(spec: CascadeSpec) -> Cascade:
    return Cascade(spec)


def open_cascade(spec: CascadeSpec) -> Cascade:
    """Returns the cascade, opened once a process.

    Raises:
      BadClassifier: see `Cascade`.
    """
    with _lock:
        return _open(spec)


async def cascade_judge(spec: JudgeSpec, cascade: CascadeSpec, models: Models, pair: Pair) -> Judge:
    """Returns the verdict on a pair: the classifier's where it is sure, else the model's.

    Counts `cascade/saved` (not sent to the model), `cascade/audited` (sent though the classifier was sure)
    and `cascade/agreed` (of those, with the same verdict).

    Raises:
      InvalidAnswer, ModelError, Fatal: see `judge_pair`.
    """
    opened = open_cascade(cascade)
    guess = opened.decide(pair)
    if guess is None:
        return await judge_pair(spec, models, pair)
    if not opened.audited(pair.id):
        models.count("cascade/saved")
        return guess
    said = await judge_pair(spec, models, pair)
    models.count("cascade/audited")
    models.count("cascade/agreed", said.verdict == guess.verdict)
    return said
