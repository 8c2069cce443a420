"""The metrics of `beam evaluate contrastive`: what a model knows of what it knows."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.contrastive import MEANINGS, title
from pipelines.errors import UsageError
from pipelines.needed import check_columns, lacks
from pipelines.output import join, read_json
from pipelines.questions import BAD_SAMPLING, Recording, named, primary_subtag, question_key, to_recording
from pipelines.recorded import needed_of_samples, sample_files
from pipelines.stages import Refused
from pipelines.tables import BadRow, BadTable, all_rows
from schemas.contrastive import ZONES, Zone
from schemas.row import Row
from synth.mastery import QUADRANTS, UNCERTAIN, quadrants, shares
from synth.short_answers import Truth, missing_libraries

NAMES = (*QUADRANTS, UNCERTAIN)
RESAMPLES, SEED = 1000, 0
_INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with its zone before training."""

    truth: Truth
    zone: Zone


def measured(chosen: argparse.Namespace) -> list[str]:
    """Returns the lines that the command prints, by its options.

    Raises:
      UsageError: a wrong option, or files that can't be used.
    """
    if bool(chosen.predictions) == bool(chosen.before) or bool(chosen.before) != bool(chosen.after):
        raise UsageError("evaluate contrastive: give --predictions, or --before and --after")
    if missing := missing_libraries():
        raise UsageError(f"evaluate contrastive needs {', '.join(missing)}: pip install 'assay[verify]'")
    first = "predictions" if chosen.predictions else "before"
    given = {"predictions": chosen.predictions, "before": chosen.before, "after": chosen.after}
    option = "truth" if chosen.truth else first
    labels = read_labels([chosen.truth] if chosen.truth else given[first], option)
    files = [file for name, paths in given.items() for file in sample_files(paths or (), "", name)]
    column = chosen.question_column
    if column != "question" and all(lacks(file, column) for file in files):
        raise UsageError(f"--question_column {column}: no file of answers has it, such as {files[0]}")
    lines: list[str] = []
    answers = {}
    for name, paths in given.items():
        if paths:
            answers[name], unusable = read_answers(paths, name, chosen.question_column, labels)
            if unusable:
                lines.append(f"--{name}: {unusable:,} rows without a question or samples are left out")
    if len({_asked_a_model(paths) for paths in given.values() if paths}) > 1:
        lines.append("warning: a model looked for refusals (--refusal_engine) on one side only")
    shared = sorted(set(labels).intersection(*answers.values()))
    if not shared:
        raise UsageError(f"evaluate contrastive: no question of --{option} is answered by all")
    zones = Counter(labels[key].zone for key in shared)
    in_zones = ", ".join(f"{zones[zone]:,} {zone}" for zone in ZONES)
    lines.append(f"{len(shared):,} of {len(labels):,} questions are answered: {in_zones}")
    return lines + _lines({name: _counts(labels, found, shared) for name, found in answers.items()})


def _asked_a_model(paths: Sequence[str]) -> bool:
    """Whether a path is the folder of a run with --refusal_engine."""
    runs = (read_json(join(path, "run.json")) or {} for path in paths)
    return any(run.get("options", {}).get("refusal_engine") for run in runs)


def read_labels(paths: Sequence[str], option: str) -> dict[str, Labelled]:
    """Returns question -> its right answers and its zone, from the folders of runs.

    Raises:
      UsageError: it is none.
    """
    labels = {}
    for file in sample_files(paths, "", option):
        for number, row in _rows(file, option):
            if isinstance(row, BadRow) or row.get("zone") not in ZONES:
                has = "" if isinstance(row, BadRow) else f" (it has {named(row)})"
                raise UsageError(
                    f"--{option} {file}: row {number} has no zone{has}; name a contrastive run by --truth"
                )
            question, aliases, language = (row.get(k) for k in ("question", "gold_aliases", "language"))
            if not (isinstance(question, str) and aliases and isinstance(aliases, list)):
                needs = "needs `question` and `gold_aliases`"
                raise UsageError(f"--{option} {file}: row {number} {needs}; it has {named(row)}")
            truth = Truth(question, tuple(map(str, aliases)), primary_subtag(str(language or "")) or "en")
            labels[question_key(question)] = Labelled(truth, row["zone"])
    return labels


def read_answers(
    paths: Sequence[str], option: str, column: str, labels: Mapping[str, Labelled]
) -> tuple[dict[str, list[str]], int]:
    """Returns question -> grades of its answers, and how many rows can't be used.

    Raises:
      UsageError: a path names no file of rows, or one that can't be read.
    """
    grades: dict[str, list[str]] = {}
    unusable = 0
    files = sample_files(paths, "", option)
    check_columns(files, needed_of_samples(column), option)
    for file in files:
        for number, row in _rows(file, option):
            recording = _recording(file, number, row, column)
            if not recording:
                unusable += 1
                continue
            key = question_key(recording.question)
            if label := labels.get(key):
                grades.setdefault(key, []).extend(_grades(label.truth, recording))
    return grades, unusable


def _grades(truth: Truth, recording: Recording) -> list[str]:
    found: list[str] = []
    for sample in recording.samples:
        grade = truth.grade(sample.text)
        found.append("refused" if sample.grade == "refused" and grade != "correct" else grade)
    return found


def _recording(file: str, number: int, row: dict[str, Any] | BadRow, column: str) -> Recording | None:
    if isinstance(row, BadRow):
        return None
    try:
        return to_recording(column, Row("", file, "", number, row))
    except Refused as refused:
        if refused.reason == BAD_SAMPLING:
            raise UsageError(f"{file}: row {number}: {refused.detail}") from None
        return None


def _rows(file: str, option: str) -> Any:
    try:
        yield from all_rows(file)
    except BadTable as error:
        raise UsageError(f"--{option} {file}: {error}") from None


def _counts(labels: Mapping[str, Labelled], grades: Mapping[str, list[str]], keys: Sequence[str]) -> Any:
    """Returns how many answers to each question fall into each quadrant, a row a question."""
    counted = (quadrants(labels[key].zone, grades[key]) for key in keys)
    return np.array([[counts[name] for name in NAMES] for counts in counted], dtype=np.int64)


def metrics(counts: Any) -> dict[str, float]:
    """Returns the shares of summed counts; see `synth.mastery.shares`."""
    return shares(Counter(dict(zip(NAMES, map(int, counts.sum(axis=0)), strict=True))))


def differences(before: Any, after: Any) -> dict[str, tuple[float, float]]:
    """Returns the 95 % interval of each metric's change: a paired bootstrap over questions, percentiles."""
    draw = np.random.default_rng(SEED)
    n = len(before)
    changes = []
    for _ in range(RESAMPLES):
        chosen = draw.integers(0, n, n)
        old, new = metrics(before[chosen]), metrics(after[chosen])
        changes.append([new[name] - old[name] for name in old])
    low, high = np.percentile(np.array(changes), _INTERVAL, axis=0)
    return {name: (float(a), float(b)) for name, a, b in zip(metrics(before), low, high, strict=True)}


def _lines(counts: Mapping[str, Any]) -> list[str]:
    """Returns the table: the metrics of one model, or of two with what changed."""
    found = {name: metrics(one) for name, one in counts.items()}
    heads = ["metric", *found]
    if "after" not in found:
        rows = [[title(name), f"{value:.4f}", MEANINGS[name]] for name, value in found["predictions"].items()]
        return _table([*heads, "answers that are"], rows)
    sure = differences(counts["before"], counts["after"])
    rows = [
        [
            title(name),
            f"{old:.4f}",
            f"{(new := found['after'][name]):.4f}",
            f"{new - old:+.4f}",
            f"{sure[name][0]:+.4f} to {sure[name][1]:+.4f}",
            MEANINGS[name],
        ]
        for name, old in found["before"].items()
    ]
    return _table([*heads, "change", "95 % interval", "answers that are"], rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    return [
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in (heads, *rows)
    ]
