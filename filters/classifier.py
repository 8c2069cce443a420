"""Text classifiers by fastText (Joulin et al., Bag of Tricks for Efficient Text Classification, arXiv
1607.01759): training, and the folder in which a trained one lies.

A folder holds `model.ftz` and `card.json`, which tells the labels, the columns of a record that are read, how
sure a score has to be for a wanted precision, and the SHA-256 of the model: fastText itself reads whatever it
is given and may end the process, so that nothing is opened but the very file that was trained.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import struct
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filters.thresholds import Point, from_rows
from inference.errors import Fatal

MODEL, CARD = "model.ftz", "card.json"
FORMAT = 1
MAX_TEMPERATURE = 20.0
LABEL = "__label__"

_MAGIC, _VERSION, _SUPERVISED = 793712314, 12, 3
# What a model begins with: these two, twelve numbers and `t` of its training, the sizes of its dictionary:
# entries, words, labels, tokens, pruned rows.
_HEAD = struct.Struct("<ii12idiiiqq")
_MAX_DIMENSIONS = 10_000
_MAX_BYTES = 2_000_000_000
_CHECK_S = 60
_MIN_ROWS = 256
# LaTeX commands, words, numbers, characters of scripts that don't separate words, and every other sign alone:
# no text can hold fastText's own marks for labels and ends of lines.
_TOKEN = re.compile(
    r"\\[^\W\d_]+|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    r"|[^\W\d_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|\d+|\S"
)


class BadClassifier(Fatal):
    """A classifier that can't be used; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Training:
    """How a model is trained.

    Attributes:
      epochs, learning_rate, dimensions, word_ngrams: as in fastText.
      seed: of its random numbers; one thread makes the same model of them every time.
      buckets: rows for n-grams of words, by their hashes.
      cutoff: rows that the quantised model keeps, those with the longest vectors.
    """

    epochs: int = 25
    learning_rate: float = 0.5
    dimensions: int = 32
    word_ngrams: int = 2
    seed: int = 0
    buckets: int = 200_000
    cutoff: int = 30_000


def normalise(texts: Iterable[str]) -> str:
    """Returns the texts as one line of tokens: compatibility form, case folded, mathematics taken apart.

    Texts are divided by a sign that no token can be.
    """
    lines = []
    for text in texts:
        folded = unicodedata.normalize("NFKC", text).casefold().encode("utf-8", "replace").decode()
        lines.append(" ".join(_TOKEN.findall(folded)))
    return " == ".join(lines)


def train(file: Path, training: Training) -> Any:
    """Returns a fastText model of a file in fastText's format: a line an example, its label first.

    Raises:
      BadClassifier: the library is not the one that can train, or it came to no numbers.
    """
    library = _fasttext()
    try:
        return library.train_supervised(
            str(file),
            epoch=training.epochs,
            lr=training.learning_rate,
            dim=training.dimensions,
            wordNgrams=training.word_ngrams,
            bucket=training.buckets,
            seed=training.seed,
            thread=1,
            verbose=0,
        )
    except (RuntimeError, MemoryError) as error:  # "Encountered NaN.", or too many dimensions
        raise BadClassifier(
            f"fastText can't train so ({error}); lower --learning_rate or --dimensions"
        ) from None


def _fasttext() -> Any:
    import fasttext

    if not hasattr(fasttext, "train_supervised"):  # two packages install a module of this name
        raise BadClassifier(
            "the module fasttext here is fasttext-predict's, which can't train; run "
            "pip install --force-reinstall --no-deps fasttext-community"
        )
    return fasttext


def quantise(model: Any, file: Path, training: Training) -> None:
    """Compresses a model in place, and trains what is left of it once more (arXiv 1612.03651).

    A model of a few words stays as it is: fastText has nothing to choose its 256 centroids from.
    """
    if model.get_input_matrix().shape[0] < _MIN_ROWS:
        return
    model.quantize(str(file), cutoff=training.cutoff, retrain=True, qnorm=True, thread=1, verbose=0, dsub=2)


def probabilities(model: Any, line: str, labels: int) -> list[float]:
    """Returns the model's probability of every label of a normalised text, by the label's number."""
    found = [0.0] * labels
    names, shares = model.predict(line, k=-1)
    for name, share in zip(names, shares, strict=True):
        if 0 <= (number := int(name.removeprefix(LABEL))) < labels:
            found[number] = float(share)
    return soften(found, 1.0)


def soften(shares: Sequence[float], temperature: float) -> list[float]:
    """Returns probabilities with their logits divided by a temperature; they add up to 1."""
    logits = [math.log(max(share, 1e-9)) / temperature for share in shares]
    weights = [math.exp(logit - max(logits)) for logit in logits]
    return [weight / sum(weights) for weight in weights]


def fit_temperature(shares: Sequence[Sequence[float]], truths: Sequence[int]) -> float:
    """Returns the temperature with the least log loss, 1 or higher: what was learned is only made less sure.

    Guo et al., On Calibration of Modern Neural Networks, arXiv 1706.04599, section 4.2.
    """
    from scipy.optimize import minimize_scalar

    def loss(temperature: float) -> float:
        return log_loss([soften(row, temperature) for row in shares], truths)

    found = float(minimize_scalar(loss, bounds=(1.0, MAX_TEMPERATURE), method="bounded").x)
    return found if loss(found) < loss(1.0) else 1.0


def log_loss(shares: Sequence[Sequence[float]], truths: Sequence[int]) -> float:
    """Returns the mean negative logarithm of the probability of the true label."""
    return -sum(math.log(max(row[t], 1e-9)) for row, t in zip(shares, truths, strict=True)) / len(truths)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a classifier says of a text.

    Attributes:
      label: the likeliest.
      score: its calibrated probability.
      scores: those of all labels.
    """

    label: str
    score: float
    scores: Mapping[str, float]


class Classifier:
    """A trained classifier, opened.

    Attributes:
      name: `fasttext:` and the beginning of the model's SHA-256.
      labels: all that it can give.
      columns: names of the fields of a record that it reads, with dots for fields of fields.
      curves: by label, what thresholds give: see `filters.thresholds`.

    Raises:
      BadClassifier: the folder holds none, or a damaged one.
    """

    def __init__(self, folder: str):
        card, data = _read(folder)
        try:
            self.labels = tuple(str(label) for label in card["labels"])
            self.columns = tuple(str(column) for column in card["text_columns"])
            self.temperature = min(max(float(card["temperature"]), 1.0), MAX_TEMPERATURE)
            self.curves: dict[str, list[Point]] = {
                label: from_rows(card["curves"][label]) for label in self.labels
            }
        except (KeyError, TypeError, ValueError) as error:
            raise BadClassifier(
                f"{folder}/{CARD}: {type(error).__name__} at {error}; train it again"
            ) from None
        self.name = f"fasttext:{hashlib.sha256(data).hexdigest()[:12]}"
        with tempfile.NamedTemporaryFile(suffix=".ftz") as file:
            file.write(data)
            file.flush()
            try:
                self._model = _fasttext().load_model(file.name)
            except (ValueError, RuntimeError, MemoryError) as error:
                raise BadClassifier(f"{folder}/{MODEL}: fastText can't read it: {error}") from None
        if sorted(self._model.get_labels()) != sorted(f"{LABEL}{i}" for i in range(len(self.labels))):
            raise BadClassifier(f"{folder}/{MODEL}: has other labels than {CARD}; train it again")

    def guess(self, record: Any) -> Guess:
        """Returns what the texts of a record look like.

        Args:
          record: a mapping or a dataclass with the fields `columns`.
        """
        return self.guess_texts([text_of(record, column) for column in self.columns])

    def guess_texts(self, texts: Sequence[str]) -> Guess:
        """Returns what texts look like, which stand for those of `columns`, in their order."""
        line = normalise(texts)
        shares = soften(probabilities(self._model, line, len(self.labels)), self.temperature)
        best = max(range(len(shares)), key=shares.__getitem__)
        return Guess(self.labels[best], shares[best], dict(zip(self.labels, shares, strict=True)))


def text_of(record: Any, column: str) -> str:
    """Returns the text of a field of a mapping or a dataclass, with dots for fields of fields; "" for null.

    Raises:
      KeyError: there is no such field.
    """
    for part in column.split("."):
        if record is None:
            return ""
        try:
            record = record[part] if isinstance(record, Mapping) else getattr(record, part)
        except AttributeError:
            raise KeyError(part) from None
    return "" if record is None else str(record)


def check_classifier(folder: str) -> None:
    """Opens and asks a classifier in a process of its own, before any work.

    Raises:
      BadClassifier: it can't be used, or ends the process that opens it.
    """
    _read(folder)
    there = folder if "://" in folder else os.path.abspath(folder)  # it runs in another folder
    command = [sys.executable, "-c", _CHECK, there]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_CHECK_S, cwd=Path(__file__).parents[1]
        )
    except subprocess.TimeoutExpired:
        raise BadClassifier(f"{folder}/{MODEL}: not open after {_CHECK_S} s") from None
    if done.returncode:
        said = done.stdout.strip().replace(there, folder)
        said = said or f"it ends the process that opens it (status {done.returncode})"
        raise BadClassifier(said if said.startswith(folder) else f"{folder}/{MODEL}: {said}")


_CHECK = """
import sys
from filters.classifier import BadClassifier, Classifier
try:
    opened = Classifier(sys.argv[1])
    opened._model.predict("a", k=-1)
except BadClassifier as error:
    print(error)
    sys.exit(1)
"""


def _read(folder: str) -> tuple[dict[str, Any], bytes]:
    """Returns the card and the model of a folder, which belong together."""
    from apache_beam.io.filesystems import FileSystems

    def content(name: str) -> bytes:
        try:
            with FileSystems.open(FileSystems.join(folder, name)) as file:
                data: bytes = file.read(_MAX_BYTES)
                return data
        except (OSError, ValueError):
            raise BadClassifier(
                f"{folder}: has no {name}; it is no folder that beam train-classifier wrote"
            ) from None

    try:
        card = json.loads(content(CARD))
        wanted, version = card["model_sha256"], card["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadClassifier(f"{folder}/{CARD}: is no card of a classifier") from None
    if version != FORMAT:
        raise BadClassifier(f"{folder}/{CARD}: written by another version of Assay; train it again")
    model = content(MODEL)
    if not _is_model(model) or hashlib.sha256(model).hexdigest() != wanted:
        raise BadClassifier(f"{folder}/{MODEL}: is not the model that {CARD} tells of; train it again")
    return card, model


def _is_model(data: bytes) -> bool:
    """Whether bytes begin like a model whose sizes they can hold: fastText believes whatever stands there."""
    if len(data) < _HEAD.size:
        return False
    magic, version, *arguments, _, entries, words, labels, tokens, pruned = _HEAD.unpack_from(data)
    return (
        (magic, version, arguments[7]) == (_MAGIC, _VERSION, _SUPERVISED)
        and 0 < arguments[0] <= _MAX_DIMENSIONS
        and 0 <= words == entries - labels
        and 0 < labels <= entries <= len(data) // 10  # a word takes a byte, its end, its count and its kind
        and tokens >= 0
        and -1 <= pruned <= len(data) // 8
    )
