"""`beam evaluate aurora`; what it measures is in `pipelines.aurora_metrics`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.arguments import Parser
from pipelines.aurora_metrics import (
    Prediction,
    Truth,
    by_subset,
    calibration_error,
    first_errors,
    labels_from,
    on_steps,
    other_steps,
    reliability,
    usable_label,
)
from pipelines.console import quiet
from pipelines.errors import UsageError
from pipelines.needed import Needed, check_columns
from synth.labels import first_error_of

Row = Mapping[str, Any]


def parser() -> argparse.ArgumentParser:
    options = Parser(
        prog="beam evaluate aurora",
        description="Labels of steps beside the true ones: F1 of ProcessBench, by steps, and calibration; "
        "the latter two up to the first wrong step, as the truth doesn't say what the later ones are.",
    )
    options.add_argument(
        "--predictions",
        nargs="+",
        required=True,
        metavar="PATH",
        help="the folder of a run, or files: `id`, and `label`, `first_error` or `labels`; `labels_soft`",
    )
    options.add_argument(
        "--truth",
        nargs="+",
        required=True,
        metavar="FILE",
        help="files in the format of ProcessBench, each a subset: `id`, `label`, `steps`",
    )
    options.add_argument("--by", metavar="COLUMN", help="of the truth: its values are the subsets")
    options.add_argument(
        "--threshold",
        type=float,
        default=0.5,
        metavar="SHARE",
        help="of labels_soft, from which on a step counts as right where there are no `labels`",
    )
    return options


def evaluate(arguments: Sequence[str]) -> int:
    """Prints what predictions are worth, and returns the exit status.

    Raises:
      UsageError: a wrong option, files that can't be used, or an id that is there twice.
    """
    chosen = parser().parse_args(arguments)
    with quiet() as screen:
        truth = read_truth(chosen.truth, chosen.by)
        predictions = read_predictions(chosen.predictions)
        screen.say("\n".join(report(truth, predictions, chosen.threshold)))
    return 0


def read_truth(paths: Sequence[str], by: str | None) -> dict[str, Truth]:
    """Returns the true labels in files, by id.

    Raises:
      UsageError: a row has no id or no label, or an id is there twice.
    """
    found: dict[str, Truth] = {}
    needed = [Needed(("id",)), Needed(("label",)), *([Needed((by,), "by")] if by else [])]
    for uri, number, row in _rows(paths, "truth", needed):
        name, label, steps = row.get("id"), row.get("label"), row.get("steps")
        where = f"--truth {uri}: row {number}"
        if name is None or not isinstance(label, int) or isinstance(label, bool):
            raise UsageError(f"{where}: needs `id`, and `label` as a whole number")
        if by and by not in row:
            raise UsageError(f"{where}: has no column {by}")
        if str(name) in found:
            raise UsageError(f"{where}: id {name} is there twice")
        if label < -1 or (steps is not None and label >= len(steps)):
            raise UsageError(f"{where}: label {label} is none of its steps")
        subset = str(row[by]) if by else uri.rpartition("/")[2].split(".")[0]
        found[str(name)] = Truth(label, None if steps is None else len(steps), subset)
    return found


def read_predictions(paths: Sequence[str]) -> dict[str, Prediction]:
    """Returns predictions by the id of the row that they are of.

    Raises:
      UsageError: a row has no id or no label, or an id is there twice.
    """
    found: dict[str, Prediction] = {}
    needed = [Needed(("id", "source_id", "source.id")), Needed(("label", "first_error", "labels"))]
    for uri, number, row in _rows(paths, "predictions", needed):
        source = row.get("source")
        name = source.get("id") if isinstance(source, Mapping) else row.get("source_id", row.get("id"))
        where = f"--predictions {uri}: row {number}"
        if name is None or not ({"label", "first_error", "labels"} & set(row)):
            raise UsageError(f"{where}: needs `id`, and `label`, `first_error` or `labels`")
        if str(name) in found:
            raise UsageError(f"{where}: there are several solutions of {name}; give those of one policy")
        found[str(name)] = _prediction(row, where)
    return found


def _prediction(row: Row, where: str) -> Prediction:
    label = row.get("first_error", row.get("label"))
    if label is not None and (not isinstance(label, int) or isinstance(label, bool)):
        raise UsageError(f"{where}: the label is no whole number")
    soft, labels, steps = (row.get(name) or () for name in ("labels_soft", "labels", "steps"))
    if not all(isinstance(values, (list, tuple)) for values in (soft, labels, steps)):
        raise UsageError(f"{where}: labels_soft, labels and steps have to be lists")
    counts = {len(values) for values in (soft, labels, steps) if values}
    if len(counts) > 1:
        raise UsageError(f"{where}: labels_soft, labels and steps are not of one length")
    if not all(isinstance(share, (int, float)) and 0 <= share <= 1 for share in soft):  # NaN is not either
        raise UsageError(f"{where}: labels_soft has to hold numbers from 0 to 1")
    if not all(one is None or one in (0, 1) for one in labels):
        raise UsageError(f"{where}: labels has to hold 0, 1 or null")
    said = tuple(None if one is None else int(one) for one in labels)
    if not {"label", "first_error"} & set(row):
        label = first_error_of(said)
    return Prediction(label, tuple(soft), next(iter(counts), None), said)


def report(
    truth: Mapping[str, Truth], predictions: Mapping[str, Prediction], threshold: float = 0.5
) -> Iterator[str]:
    """Yields what predictions are worth, in lines.

    Raises:
      UsageError: no prediction is of a solution whose truth is known.
    """
    common = [name for name in truth if name in predictions]
    if not common:
        raise UsageError("--predictions: none has the id of a row of --truth")
    if lacking := len(truth) - len(common):
        yield f"{lacking:,} of {len(truth):,} solutions have no prediction; they count as wrong"
    if more := len(predictions) - len(common):
        yield f"{more:,} predictions are of no solution in --truth; they are left out"
    if others := sum(other_steps(truth[name], predictions[name]) for name in common):
        yield f"{others:,} predictions are of other steps than the truth; they count as wrong"
    if left_open := sum(predictions[name].label is None for name in common):
        yield f"{left_open:,} predictions leave the first error open; they count as wrong"

    subsets = by_subset(truth, predictions)
    whole = first_errors((true.label, usable_label(true, predictions.get(n))) for n, true in truth.items())
    yield f"{'subset':24} {'erroneous':>9} {'found':>7} {'correct':>9} {'cleared':>7} {'F1':>7}"
    for subset, result in [*subsets.items(), *([("all together", whole)] if len(subsets) > 1 else [])]:
        yield (
            f"{subset[:24]:24} {result.erroneous:9,} {result.on_erroneous:7.4f} "
            f"{result.correct:9,} {result.on_correct:7.4f} {result.f1:7.4f}"
        )
    if len(subsets) > 1:
        mean = sum(result.f1 for result in subsets.values()) / len(subsets)
        yield f"{'mean of subsets':24} {mean:50.4f}"
    yield from _by_steps(truth, predictions, common, threshold)


def _by_steps(
    truth: Mapping[str, Truth], predictions: Mapping[str, Prediction], common: Sequence[str], threshold: float
) -> Iterator[str]:
    labels: list[tuple[list[int], Sequence[int | None]]] = []
    soft: list[tuple[float, int]] = []
    for name in common:
        true, predicted = truth[name], predictions[name]
        if true.steps is None or other_steps(true, predicted):
            continue
        known = true.steps if true.label < 0 else true.label + 1  # nobody labelled what follows an error
        right = labels_from(true.label, known)
        soft += zip(predicted.soft[:known], right, strict=True) if predicted.soft else []
        if predicted.labels:
            labels.append((right, predicted.labels[:known]))
        elif predicted.soft:
            labels.append((right, [int(share >= threshold) for share in predicted.soft[:known]]))
        elif predicted.label is not None:
            labels.append((right, labels_from(predicted.label, known)))
    if not labels:
        yield "no prediction has steps to measure by"
        return
    steps = on_steps(labels)
    count = steps.hits + steps.false_alarms + steps.misses + steps.passed
    yield ""
    yield (
        f"wrong steps, of {count:,} up to the first wrong one: precision {steps.precision:.4f}, "
        f"recall {steps.recall:.4f}, F1 {steps.f1:.4f}"
    )
    if soft:
        bins = reliability(soft)
        yield ""
        yield f"{'said to be right':16} {'steps':>8} {'mean':>7} {'are right':>9}"
        for one in bins:
            yield f"{one.low:6.2f} to {one.high:4.2f}   {one.count:8,} {one.said:7.4f} {one.true:9.4f}"
        yield f"expected calibration error {calibration_error(bins):.4f}"


def _rows(paths: Sequence[str], option: str, needed: Sequence[Needed]) -> Iterator[tuple[str, int, Row]]:
    from pipelines.tables import BadRow, BadTable, all_rows, list_tables

    uris = list_tables(paths, "", option=option)
    check_columns(uris, needed, option)
    for uri in uris:
        try:
            for number, row in all_rows(uri):
                if isinstance(row, BadRow):
                    raise UsageError(f"--{option} {uri}: row {number}: {row.reason}: {row.detail}")
                yield uri, number, row
        except BadTable as error:
            raise UsageError(f"--{option} {uri}: {error}") from None
