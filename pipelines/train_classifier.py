"""`beam train-classifier`: labels, or the verdicts of a judge, distilled into a fastText model."""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from pipelines import __version__
from pipelines.arguments import Parser
from pipelines.console import quiet
from pipelines.errors import UsageError

MAX_RATE = 100
MAX_DIMENSIONS = 1000
"""Each of them takes a megabyte: there are 200,000 buckets and more rows."""

PRECISIONS = (0.8, 0.9, 0.95, 0.98, 0.99)
_PACKAGES = ("fasttext-community", "numpy", "scipy")


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    """Returns the type of an option: fastText takes no larger numbers."""

    def number(text: str) -> int:
        value = int(text) if text.strip().isdigit() and len(text) < 20 else -1
        if not lowest <= value <= highest:
            raise argparse.ArgumentTypeError(
                f"must be a whole number from {lowest} to {highest:,}, not {text[:40]!r}"
            )
        return value

    return number


def _rate(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= MAX_RATE:
        raise argparse.ArgumentTypeError(f"must be a number above 0, {MAX_RATE} at most, not {text[:40]!r}")
    return value


def parser() -> argparse.ArgumentParser:
    """Returns the parser of the command's options."""
    from pipelines.options import positive, share

    options = Parser(
        prog="beam train-classifier",
        description="Train a fastText model on the labels of a dataset, such as the verdicts of a judge.",
        allow_abbrev=False,
    )
    add = options.add_argument
    add(
        "--input",
        nargs="+",
        action="extend",
        required=True,
        metavar="PATH",
        help="Parquet files, JSON lines, or folders with them; outputs of runs with their rejects",
    )
    add("--output", required=True, metavar="DIR", help="folder for the model and its card")
    add(
        "--text_column",
        action="append",
        metavar="NAME",
        help="column with text; several times for several; problem and solution if not given",
    )
    add(
        "--label_column",
        default="judge.verdict",
        metavar="NAME",
        help="column with the label, with dots for fields of fields (default: %(default)s)",
    )
    add(
        "--split_column",
        default="",
        metavar="NAME",
        help="column that says which rows are for validation (validation, valid, val, dev or test); a hash "
        "of the text decides if not given",
    )
    add(
        "--validation_share",
        type=share,
        default=0.2,
        metavar="SHARE",
        help="examples that the model is not trained on, but measured (default: %(default)s)",
    )
    add(
        "--min_examples",
        type=positive,
        default=20,
        metavar="N",
        help="of each label; with fewer nothing is trained (default: %(default)s)",
    )
    add("--epochs", type=_whole(1, 100_000), default=25, metavar="N", help="default: %(default)s")
    add("--learning_rate", type=_rate, default=0.5, metavar="RATE", help="default: %(default)s")
    add("--dimensions", type=_whole(1, MAX_DIMENSIONS), default=32, metavar="N", help="default: %(default)s")
    add(
        "--word_ngrams",
        type=_whole(1, 100),
        default=2,
        metavar="N",
        help="words in a row that count as one feature, up to (default: %(default)s)",
    )
    add(
        "--seed",
        type=_whole(0, 2**31 - 1),
        default=0,
        metavar="N",
        help="of the parts and the model (default: %(default)s)",
    )
    add("--overwrite", action="store_true", help="replace the model that the folder holds")
    return options


def train_classifier(arguments: Sequence[str]) -> int:
    """Trains a classifier as the command line says, prints what it is worth, and returns the exit status.

    Raises:
      UsageError: a wrong option, no usable input, or an output that holds something else.
    """
    with quiet():  # Beam warns of what it could import
        options = parser()
    chosen = options.parse_args(list(arguments))  # prints its help to the terminal
    with quiet() as screen:
        card = _train(chosen)
        screen.say(_summary(card))
        screen.say(f"model and card in {chosen.output}")
    return 0


def _train(chosen: argparse.Namespace) -> dict[str, Any]:
    """Does what the options say, and returns the card."""
    from filters.classifier import BadClassifier, Training
    from pipelines.labelled import Columns, Examples, labelled_files

    columns = Columns(
        tuple(chosen.text_column or ("problem", "solution")), chosen.label_column, chosen.split_column
    )
    training = Training(
        chosen.epochs, chosen.learning_rate, chosen.dimensions, chosen.word_ngrams, chosen.seed
    )
    _check_output(chosen.output, chosen.overwrite)
    examples = Examples(columns, chosen.validation_share, chosen.seed)
    examples.read(labelled_files(chosen.input))
    _check_counts(examples.counts(), chosen, examples.skipped)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.ftz"
        try:
            card = _trained(examples, training, file)
        except BadClassifier as error:
            raise UsageError(str(error)) from None
        card |= {"label_column": columns.label, "split_column": columns.part}
        _write(chosen.output, file.read_bytes(), card)
    return card


def _check_output(output: str, overwrite: bool) -> None:
    from apache_beam.io.filesystems import FileSystems

    from filters.classifier import CARD
    from pipelines.output import join

    try:
        found = FileSystems.match([join(output, "*")])[0].metadata_list
    except Exception as error:  # a scheme without its library, no credentials, no such bucket...
        raise UsageError(f"--output {output}: {' '.join(str(error).split())[:200]}") from None
    present = sorted(file.path.rpartition("/")[2] for file in found)
    if CARD in present and not overwrite:
        raise UsageError(f"--output {output}: holds a classifier; pass --overwrite, or choose another")
    if present and CARD not in present:
        raise UsageError(f"--output {output}: holds {present[0]}; choose an empty folder")


def _check_counts(counts: dict[str, tuple[int, int]], chosen: Any, skipped: Counter[str]) -> None:
    left_out = "".join(f"; {n:,} rows left out: {why}" for why, n in sorted(skipped.items()))
    if len(counts) < 2:
        found = f"only the label {next(iter(counts))!r}" if counts else "no label"
        raise UsageError(
            f"--label_column {chosen.label_column}: {found} in the input, two are needed{left_out}"
        )
    for label, (training, validation) in counts.items():
        if training + validation < chosen.min_examples:
            raise UsageError(
                f"label {label!r} has {training + validation} examples, {chosen.min_examples} are needed "
                f"(--min_examples){left_out}"
            )
        if not training or not validation:
            part = "validation" if training else "training"
            raise UsageError(
                f"label {label!r} has no example for {part}: give more, or another --seed, or a "
                "--split_column (examples that differ in numbers only are never divided otherwise)"
            )


def _trained(examples: Any, training: Any, file: Path) -> dict[str, Any]:
    """Trains a model, writes it, and returns its card."""
    from filters import classifier

    counts = examples.counts()
    labels = list(counts)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as lines:
        for label, line in examples.lines(validation=False):
            lines.write(f"{classifier.LABEL}{labels.index(label)} {line}\n")
        lines.flush()
        model = classifier.train(Path(lines.name), training)
        full, truths = _predicted(model, examples, labels)
        classifier.quantise(model, Path(lines.name), training)
    model.save_model(str(file))
    shares, _ = _predicted(model, examples, labels)
    temperature = classifier.fit_temperature(shares, truths)
    calibrated = [classifier.soften(row, temperature) for row in shares]
    scores = _by_label([_best(row) for row in calibrated], truths, labels)
    return {
        "format": classifier.FORMAT,
        "model_sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "bytes": file.stat().st_size,
        "labels": labels,
        "text_columns": list(examples.columns.texts),
        "temperature": temperature,
        "curves": _curves(calibrated, truths, labels),
        "counts": {label: {"training": t, "validation": v} for label, (t, v) in counts.items()},
        "left_out": dict(sorted(examples.skipped.items())),
        "measured": {
            "accuracy": _accuracy(calibrated, truths),
            "accuracy_before_quantisation": _accuracy(full, truths),
            "macro_f1": sum(score["f1"] for score in scores.values()) / len(scores),
            "by_label": scores,
            "always_the_commonest": max(Counter(truths).values()) / len(truths),
            "log_loss": classifier.log_loss(calibrated, truths),
            "log_loss_before_calibration": classifier.log_loss(shares, truths),
            "calibration_error": _calibration_error(calibrated, truths),
            "calibration_error_before": _calibration_error(shares, truths),
        },
        "training": {**asdict(training), "validation_share": examples.share},
        "versions": {
            "assay": __version__,
            "python": platform.python_version(),
            **{package: metadata.version(package) for package in _PACKAGES},
        },
    }


def _predicted(model: Any, examples: Any, labels: list[str]) -> tuple[list[list[float]], list[int]]:
    """Returns the probabilities of the validation part, and the numbers of the true labels."""
    from filters.classifier import probabilities

    shares, truths = [], []
    for label, line in examples.lines(validation=True):
        shares.append(probabilities(model, line, len(labels)))
        truths.append(labels.index(label))
    return shares, truths


def _best(row: Sequence[float]) -> int:
    return max(range(len(row)), key=row.__getitem__)


def _accuracy(shares: Sequence[Sequence[float]], truths: Sequence[int]) -> float:
    return sum(_best(row) == truth for row, truth in zip(shares, truths, strict=True)) / len(truths)


def _by_label(given: Sequence[int], truths: Sequence[int], labels: list[str]) -> dict[str, dict[str, float]]:
    """Returns precision, recall and F1 of each label where the likeliest is given; 0 where there is none."""
    scores = {}
    for number, label in enumerate(labels):
        right = sum(guess == truth == number for guess, truth in zip(given, truths, strict=True))
        precision = right / max(list(given).count(number), 1)
        recall = right / max(list(truths).count(number), 1)
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
        scores[label] = {"precision": precision, "recall": recall, "f1": f1}
    return scores


def _calibration_error(shares: Sequence[Sequence[float]], truths: Sequence[int], bins: int = 10) -> float:
    """Returns the expected calibration error over ten bins (arXiv 1706.04599, section 2)."""
    gaps = [0.0] * bins
    for row, truth in zip(shares, truths, strict=True):
        best = _best(row)
        gaps[min(int(row[best] * bins), bins - 1)] += row[best] - (best == truth)
    return sum(map(abs, gaps)) / len(truths)


def _curves(shares: Sequence[Sequence[float]], truths: Sequence[int], labels: list[str]) -> dict[str, Any]:
    from filters.thresholds import as_rows, precision_curve

    curves = {}
    for number, label in enumerate(labels):
        given = [
            (row[number], truth == number)
            for row, truth in zip(shares, truths, strict=True)
            if _best(row) == number
        ]
        scores, right = [score for score, _ in given], [hit for _, hit in given]
        curves[label] = as_rows(precision_curve(scores, right, truths.count(number)))
    return curves


def _write(output: str, model: bytes, card: dict[str, Any]) -> None:
    """Writes the folder, the card last: without it a model is not opened."""
    from apache_beam.io.filesystem import CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    from filters.classifier import CARD, MODEL
    from pipelines.output import join, write

    try:
        if not FileSystems.exists(output):
            FileSystems.mkdirs(output)
        old = [path for path in (join(output, CARD), join(output, MODEL)) if FileSystems.exists(path)]
        if old:
            FileSystems.delete(old)
        path = join(output, MODEL)
        with FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED) as file:
            file.write(model)
        write(join(output, "README.md"), readme(card))
        write(join(output, CARD), json.dumps(card, indent=1, ensure_ascii=False) + "\n")
    except (OSError, ValueError) as error:
        raise UsageError(f"--output {output}: {' '.join(str(error).split())}") from None


def _thresholds(card: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns, for each label and wanted precision, the threshold and what it gives."""
    from filters.thresholds import choose, from_rows

    whole = sum(counts["validation"] for counts in card["counts"].values())
    rows = []
    for label, curve in card["curves"].items():
        for wanted in PRECISIONS:
            point = choose(from_rows(curve), wanted)
            rows.append(
                {
                    "label": label,
                    "wanted": wanted,
                    "point": point,
                    "share": point.given / whole if point else 0,
                }
            )
    return rows


def readme(card: dict[str, Any]) -> str:
    """Returns the card as Markdown."""
    import jinja2

    from filters.thresholds import from_rows

    loader = jinja2.FileSystemLoader(Path(__file__).with_name("templates"))
    environment = jinja2.Environment(
        loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["cell"] = _cell
    curves = {label: from_rows(rows) for label, rows in card["curves"].items()}
    text = environment.get_template("classifier.md.j2").render(
        card=card, curves=curves, thresholds=_thresholds(card)
    )
    return f"{text.rstrip()}\n"


def _cell(text: object) -> str:
    """No label or name of a column ends a table, starts a tag or becomes a link."""
    escaped = "".join(f"\\{c}" if c in "\\[]!`|" else c for c in " ".join(str(text).split()))
    return escaped.replace("<", "&lt;")


def _summary(card: dict[str, Any]) -> str:
    measured = card["measured"]
    lines = [
        f"accuracy {measured['accuracy']:.3f} on the validation part "
        f"({measured['accuracy_before_quantisation']:.3f} before quantisation, "
        f"{measured['always_the_commonest']:.3f} by always giving the commonest label), "
        f"macro F1 {measured['macro_f1']:.3f}"
    ]
    for row in _thresholds(card):
        if row["wanted"] == 0.95:
            found = f"decides {row['share']:.0%}" if row["point"] else "never sure enough"
            lines.append(f"{row['label']}: {found} at a precision of 0.95")
    return "\n".join(lines)
