from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.aurora_metrics import (
    FirstErrors,
    Prediction,
    Truth,
    calibration_error,
    first_errors,
    labels_from,
    on_steps,
    reliability,
)
from pipelines.evaluate_aurora import read_predictions, report
from tests.conftest import ROOT, Beam

PROCESSBENCH = ROOT.parent / "shared" / "data" / "processbench"


def processbench(name: str) -> list[dict]:
    if not PROCESSBENCH.is_dir():
        pytest.skip(f"{PROCESSBENCH} is not on this machine")
    rows: list[dict] = json.loads((PROCESSBENCH / f"{name}.json").read_text())
    return rows


@pytest.mark.parametrize("name", ["gsm8k", "math"])
def test_f1_of_processbench_by_its_definition(name: str) -> None:
    labels = [row["label"] for row in processbench(name)]
    wrong = sum(label >= 0 for label in labels)

    assert first_errors(zip(labels, labels, strict=True)).f1 == 1.0
    nothing = first_errors((label, -1) for label in labels)
    assert (nothing.on_erroneous, nothing.on_correct, nothing.f1) == (0.0, 1.0, 0.0)
    off = first_errors((label, label + 1) for label in labels)
    assert (off.on_erroneous, off.on_correct, off.f1) == (0.0, 0.0, 0.0)

    half = [label if label < 0 or i % 2 else label + 1 for i, label in enumerate(labels)]
    hit = sum(label >= 0 and i % 2 for i, label in enumerate(labels)) / wrong
    assert first_errors(zip(labels, half, strict=True)).f1 == pytest.approx(2 * hit / (hit + 1), abs=1e-15)
    only_wrong = [label if label >= 0 else None for label in labels]
    assert first_errors(zip(labels, only_wrong, strict=True)).f1 == 0.0


def test_nothing_to_measure_is_zero() -> None:
    assert FirstErrors().f1 == 0.0
    assert on_steps([]).f1 == 0.0
    assert calibration_error(reliability([])) == 0.0


def test_steps_are_wrong_from_the_first_error_on() -> None:
    assert labels_from(-1, 3) == [1, 1, 1]
    assert labels_from(1, 3) == [1, 0, 0]
    steps = on_steps([([1, 0, 0], [0, 0, 1]), ([1, 1], [1, 1])])
    assert (steps.hits, steps.false_alarms, steps.misses, steps.passed) == (1, 1, 1, 2)
    assert (steps.precision, steps.recall, steps.f1) == (0.5, 0.5, 0.5)


def test_reliability_by_hand() -> None:
    bins = reliability([(0.0, 0), (0.05, 1), (0.95, 1), (1.0, 1)])
    assert [(one.low, one.count, one.said, one.true) for one in bins] == [
        (0.0, 2, 0.025, 0.5),
        (0.9, 2, 0.975, 1.0),
    ]
    assert calibration_error(bins) == pytest.approx((2 * 0.475 + 2 * 0.025) / 4)


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def row(name: str, label: int, steps: int = 3, **more: object) -> dict:
    return {"id": name, "label": label, "steps": [f"s{i}" for i in range(steps)], **more}


def test_the_command(beam: Beam, tmp_path: Path) -> None:
    easy = write(tmp_path / "easy.jsonl", [row("a", 1), row("b", -1)])
    hard = write(tmp_path / "hard.jsonl", [row("c", 0), row("d", -1), row("e", -1)])
    said = write(
        tmp_path / "said.jsonl",
        [
            {"id": "a", "first_error": 1, "labels_soft": [1.0, 0.25, 0.0]},
            row("b", -1),
            row("c", 1),
            row("d", -1, steps=4),
            row("x", 0),
        ],
    )
    done = beam("evaluate", "aurora", "--predictions", said, "--truth", easy, hard)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:8] == [
        "1 of 5 solutions have no prediction; they count as wrong",
        "1 predictions are of no solution in --truth; they are left out",
        "1 predictions are of other steps than the truth; they count as wrong",
        "subset                   erroneous   found   correct cleared      F1",
        "easy                             1  1.0000         1  1.0000  1.0000",
        "hard                             1  0.0000         2  0.0000  0.0000",
        "all together                     2  0.5000         3  0.3333  0.4000",
        f"{'mean of subsets':24} {0.5:50.4f}",
    ]
    assert (
        "wrong steps, of 6 up to the first wrong one: precision 1.0000, recall 0.5000, F1 0.6667"
        in done.stdout
    )
    assert "expected calibration error 0.1250" in done.stdout


@pytest.mark.parametrize(
    ("truth", "said", "line"),
    [
        ([row("a", 1), row("a", 1)], [row("a", 1)], "id a is there twice"),
        ([row("a", 1)], [row("a", 1), row("a", 2)], "several solutions of a"),
        ([row("a", 1)], [row("b", 1)], "none has the id of a row of --truth"),
        ([row("a", 5)], [row("a", 1)], "label 5 is none of its steps"),
        ([row("a", 1)], [row("a", 1, labels_soft=[1.0, 0.0])], "are not of one length"),
        ([row("a", 1)], [row("a", 1, labels_soft=[1.0, 0.0, float("nan")])], "row 0"),
        ([row("a", 1)], [row("a", 1, labels_soft=[1.0, 0.0, 2])], "numbers from 0 to 1"),
        ([row("a", 1)], [row("a", 1, labels_soft="110")], "have to be lists"),
        ([row("a", 1)], [row("a", 1, labels=[1, 0, 2])], "0, 1 or null"),
        ([{"id": "a"}], [row("a", 1)], "no column label; it has id"),
        ([row("a", 1)], [{"id": "a"}], "no column label or first_error or labels; it has id"),
    ],
)
def test_what_can_not_be_used_is_one_line(
    beam: Beam, tmp_path: Path, truth: list[dict], said: list[dict], line: str
) -> None:
    files = write(tmp_path / "truth.jsonl", truth), write(tmp_path / "said.jsonl", said)
    done = beam("evaluate", "aurora", "--predictions", files[1], "--truth", files[0])
    assert done.returncode == 2
    [only] = done.stderr.strip().splitlines()
    assert line in only


def test_labels_are_what_steps_are_measured_by() -> None:
    said = {"a": Prediction(1, (1.0, 0.5, 0.5), 3, (1, 0, None))}
    lines = list(report({"a": Truth(1, 3, "s")}, said))
    assert "wrong steps, of 2 up to the first wrong one: precision 1.0000, recall 1.0000, F1 1.0000" in lines
    without = list(report({"a": Truth(1, 3, "s")}, {"a": Prediction(1, (1.0, 0.5, 0.5), 3)}))
    assert (
        "wrong steps, of 2 up to the first wrong one: precision 0.0000, recall 0.0000, F1 0.0000" in without
    )


def test_labels_give_the_first_error_and_an_export_its_source(tmp_path: Path) -> None:
    said = [{"id": "hash", "source_id": "a", "labels": [1, 0, 0]}, {"id": "b", "labels": [1, None]}]
    found = read_predictions([str(write(tmp_path / "said.jsonl", said))])
    assert found["a"] == Prediction(1, (), 3, (1, 0, 0))
    assert found["b"].label is None
