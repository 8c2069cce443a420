"""The stage that says of what field and level a pair is, by classifiers of the user's."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions

from filters.classifier import BadClassifier, Classifier, check_classifier, text_of
from pipelines.errors import UsageError
from pipelines.options import share
from pipelines.stages import Convert
from schemas.arrow import describe
from schemas.scp116k import Pair

STAGE = "labels"
FIELDS = ("domain", "subdomain", "level")


class LabelOptions(PipelineOptions):
    """What says of what field and level the pairs are."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        for field in FIELDS:
            parser.add_argument(
                f"--{field}_classifier",
                metavar="DIR",
                help=f"classifier (beam train-classifier) that fills the column {field}",
            )
        parser.add_argument(
            "--min_label_score",
            type=share,
            default=0.5,
            metavar="SCORE",
            help="labels that a classifier is less sure of (0 to 1) are left null",
        )


@dataclass(frozen=True, slots=True)
class Labelling:
    """What labels pairs.

    Attributes:
      folders: by column of the pair, of classifiers.
      minimum: the least probability of a label.
    """

    folders: tuple[tuple[str, str], ...]
    minimum: float


def checked_labelling(options: PipelineOptions) -> Labelling | None:
    """Returns what labels pairs, or None.

    Raises:
      UsageError: a classifier can't be used.
    """
    chosen = options.view_as(LabelOptions)
    named = [(field, getattr(chosen, f"{field}_classifier")) for field in FIELDS]
    folders = tuple((field, folder) for field, folder in named if folder)
    for field, folder in folders:
        try:
            check_classifier(folder)
            _columns(folder, _opened(folder))
        except BadClassifier as error:
            raise UsageError(f"--{field}_classifier {error}") from None
    return Labelling(folders, chosen.min_label_score) if folders else None


def label_pairs(labelling: Labelling) -> Convert:
    """Returns the stage: pairs -> the same pairs with `domain`, `subdomain` and `level`."""
    return Convert(STAGE, partial(labelled, labelling), Pair)


def labelled(labelling: Labelling, pair: Pair) -> Pair:
    """Returns a pair with the labels of its classifiers, null where they aren't sure enough."""
    labels: dict[str, Any] = {}
    for field, folder in labelling.folders:
        classifier = _opened(folder)
        columns = _columns(folder, classifier)
        whole = "\n\n".join(text for text in (pair.context, pair.problem, pair.solution) if text)
        guess = classifier.guess_texts([text_of(pair, column) for column in columns] or [whole])
        labels[field] = guess.label if guess.score >= labelling.minimum else None
    return replace(pair, **labels)


def _columns(folder: str, classifier: Classifier) -> Sequence[str]:
    """Returns the fields of a pair that a classifier reads; none if it reads one text, the whole pair.

    Raises:
      BadClassifier: it reads what pairs don't have.
    """
    known = {name for name, _, _ in describe(Pair)}
    missing = [column for column in classifier.columns if column not in known]
    if missing and len(classifier.columns) > 1:
        raise BadClassifier(f"{folder}: reads the column {missing[0]}, which pairs don't have")
    return () if missing else classifier.columns


_lock = threading.Lock()


def _opened(folder: str) -> Classifier:
    with _lock:
        return _open(folder)


@cache
def _open(folder: str) -> Classifier:
    return Classifier(folder)
