"""Classifiers of a row (domain, level, quality, ...), as `beam train-classifier` makes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path

from pydantic import Field

from filters.classifier import BadClassifier, Classifier, check_classifier
from filters.kinds import FilterOptions, Kind, Score, Scorer, Value
from filters.words import Texts
from schemas.verdict import KEEP, Verdict


class ClassifierOptions(FilterOptions):
    """Which labels are kept.

    Attributes:
      model: folder that `beam train-classifier` wrote.
      columns: those that stand for the columns of its training, in their order. If none are named they are
        those of its training where the input has all of them, else those of --text_column.
      keep: labels of rows that are kept; all if empty.
      min_score: least probability of the likeliest label.
      min: label -> least probability of it.
      max: label -> largest probability of it.
    """

    model: str
    keep: tuple[str, ...] = ()
    min_score: float | None = Field(None, ge=0, le=1)
    min: dict[str, float] = Field(default_factory=dict)
    max: dict[str, float] = Field(default_factory=dict)


@lru_cache(maxsize=8)
def _classifier(folder: str) -> Classifier:
    return Classifier(folder)


def _scores(options: ClassifierOptions) -> tuple[Score, ...]:
    labels = _classifier(options.model).labels
    return (
        Score("label", "string", "the likeliest label"),
        Score("score", "float64", "its calibrated probability"),
        *(Score(column(label), "float64", f"probability of {label}") for label in labels),
    )


def column(label: str) -> str:
    """Returns the name of the score of a label."""
    return "p_" + re.sub(r"\W+", "_", label.casefold()).strip("_")


def _open(options: ClassifierOptions) -> Scorer:
    return partial(_score, options, _classifier(options.model))


def _score(options: ClassifierOptions, classifier: Classifier, texts: Texts) -> tuple[Value, ...]:
    columns = options.columns or classifier.columns
    guess = classifier.guess_texts([texts.text((name,)).raw for name in columns])
    return guess.label, guess.score, *guess.scores.values()


def decide(options: ClassifierOptions, scores: Mapping[str, Value]) -> Verdict:
    """Keeps a row with a wanted label, and the wanted probabilities."""
    label, score = scores["label"], scores["score"]
    assert isinstance(score, float)
    if options.keep and label not in options.keep:
        return Verdict(False, "other_label", f"{label} {score:.3f}")
    if options.min_score is not None and score < options.min_score:
        return Verdict(False, "unsure_label", f"{label} {score:.3f} < {options.min_score:.4g}")
    for name, least in options.min.items():
        if (found := _number(scores[column(name)])) < least:
            return Verdict(False, f"low_{column(name)[2:]}", f"{name} {found:.3f} < {least:.4g}")
    for name, most in options.max.items():
        if (found := _number(scores[column(name)])) > most:
            return Verdict(False, f"high_{column(name)[2:]}", f"{name} {found:.3f} > {most:.4g}")
    return KEEP


def _number(value: Value) -> float:
    assert isinstance(value, float)
    return value


def _check(options: ClassifierOptions) -> None:
    try:
        check_classifier(options.model)
        opened = _classifier(options.model)
    except BadClassifier as error:
        raise ValueError(f"model {error}") from None
    if unknown := [name for name in (*options.keep, *options.min, *options.max) if name not in opened.labels]:
        raise ValueError(f"{unknown[0]}: no label of {options.model}; it has {', '.join(opened.labels)}")
    if options.columns and len(options.columns) != len(opened.columns):
        raise ValueError(f"columns: {options.model} reads {len(opened.columns)}: {', '.join(opened.columns)}")
    if len({column(label) for label in opened.labels}) < len(opened.labels):
        raise ValueError(f"model {options.model}: two of its labels give one name of a column")


KIND = Kind(
    "classifier",
    "a classifier of yours: domain, level, quality...",
    ClassifierOptions,
    _scores,
    _open,
    decide=decide,
    measured=("model",),
    trained_on=lambda options: tuple(_classifier(options.model).columns),
    model=lambda options: f"{Path(options.model).name} ({_classifier(options.model).name})",
    check=_check,
)
