from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.cli import main
from pipelines.contrastive_metrics import NAMES, differences, metrics
from tests.conftest import Beam

BEFORE = {
    "france": (["Paris"] * 2, "Paris"),
    "emma": (["Austen", "Eliot"], "Austen"),
    "king": (["Zeus"] * 2, "Atlas"),
}
AFTER = {
    "france": ["Paris", "I don't know"],
    "emma": ["I don't know", "Austen"],
    "king": ["I don't know", "Zeus"],
    "new": ["x"],
}


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def run(beam: Beam, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before")
    rows = [{"question": q, "answer": gold, "samples": said} for q, (said, gold) in BEFORE.items()]
    file = write(folder / "rows.jsonl", rows)
    done = beam("run", "contrastive", "--input", file, "--samples", file, "--output", folder / "out")
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.fixture
def after(tmp_path: Path) -> Path:
    rows: list[dict[str, Any]] = [{"question": q, "samples": said} for q, said in AFTER.items()]
    return write(tmp_path / "after.jsonl", [*rows, {"samples": ["no question"]}, {"question": "emma"}])


def table(text: str) -> dict[str, list[str]]:
    return {line.split()[0]: line.split() for line in text.splitlines() if line.count("  ")}


def test_metrics_before_and_after_training(beam: Beam, run: Path, after: Path) -> None:
    done = beam("evaluate", "contrastive", "--before", run, "--after", after)
    assert done.returncode == 0, done.stderr
    assert "--after: 2 rows without a question or samples are left out" in done.stdout
    assert "3 of 3 questions are answered: 1 known, 1 uncertain, 1 unknown" in done.stdout
    found = table(done.stdout)
    assert found["Ik-Ik"][1:4] == ["0.5000", "0.3333", "-0.1667"]
    assert found["Ik-Idk"][1:4] == ["0.0000", "0.1667", "+0.1667"]
    assert found["Idk-Ik"][1:4] == ["0.0000", "0.1667", "+0.1667"]
    assert found["Idk-Idk"][1:4] == ["0.5000", "0.1667", "-0.3333"]
    assert found["Truthful"][1:4] == ["0.5000", "0.5000", "+0.0000"]


def test_predictions_of_one_model(beam: Beam, run: Path, after: Path) -> None:
    done = beam("evaluate", "contrastive", "--truth", run, "--predictions", after)
    assert done.returncode == 0, done.stderr
    assert table(done.stdout)["Idk-Ik"][1] == "0.1667"
    own = beam("evaluate", "contrastive", "--predictions", run)
    assert table(own.stdout)["Truthful"][1] == "0.5000"


@pytest.mark.parametrize(
    ("arguments", "telling"),
    [
        ([], "give --predictions, or --before and --after"),
        (["--before", "{run}"], "give --predictions, or --before and --after"),
        (["--predictions", "{run}", "--before", "{run}", "--after", "{run}"], "give --predictions, or"),
        (["--predictions", "no/such"], "no/such"),
        (["--predictions", "{after}"], "row 0 has no zone"),
        (["--truth", "{run}", "--predictions", "{other}"], "is answered"),
        (["--frobnicate"], "--frobnicate"),
    ],
)
def test_wrong_arguments_are_one_line(
    run: Path,
    after: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    telling: str,
) -> None:
    other = write(tmp_path / "other.jsonl", [{"question": "nobody asked", "samples": ["x"]}])
    places = {"{run}": run, "{after}": after, "{other}": other}
    assert main(["evaluate", "contrastive", *(str(places.get(a, a)) for a in arguments)]) == 2
    said = capsys.readouterr().err.strip()
    assert telling in said
    assert len(said.splitlines()) == 1


def test_intervals_hold_the_change_and_are_the_same_each_time() -> None:
    draw = np.random.default_rng(1)
    before = draw.multinomial(10, [0.2] * len(NAMES), 300)
    after = draw.multinomial(10, [0.4, 0.3, 0.1, 0.1, 0.1], 300)
    found = differences(before, after)
    assert found == differences(before, after)
    for name, (low, high) in found.items():
        assert low <= metrics(after)[name] - metrics(before)[name] <= high
    assert found["truthful"][0] > 0


def test_labels_are_those_of_all_paths(beam: Beam, tmp_path: Path) -> None:
    first, second = (
        write(tmp_path / f"{q}.jsonl", [labelled_row(q, gold, said)])
        for q, (said, gold) in list(BEFORE.items())[:2]
    )
    after = write(tmp_path / "after.jsonl", [{"question": q, "samples": said} for q, said in AFTER.items()])
    done = beam("evaluate", "contrastive", "--before", first, second, "--after", after)
    assert done.returncode == 0, done.stderr
    assert "2 of 2 questions are answered" in done.stdout


def labelled_row(question: str, gold: str, said: list[str]) -> dict[str, Any]:
    return {"question": question, "gold_aliases": [gold], "language": "en", "zone": "known", "samples": said}


@pytest.mark.parametrize(
    ("row", "telling"),
    [
        ({"question": "q", "zone": "known", "samples": ["x"]}, "row 0 needs `question` and `gold_aliases`"),
        (
            {
                **labelled_row("q", "A", ["A"]),
                "sampling": {"temperature": "hot", "top_p": 1, "max_tokens": 1, "seed": 0, "prompt": ""},
            },
            "could not convert",
        ),
    ],
)
def test_unusable_rows_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: dict[str, Any], telling: str
) -> None:
    file = write(tmp_path / "rows.jsonl", [row])
    assert main(["evaluate", "contrastive", "--predictions", str(file)]) == 2
    said = capsys.readouterr().err.strip()
    assert telling in said
    assert len(said.splitlines()) == 1


def test_a_model_that_looked_for_refusals_on_one_side_only_is_told(
    beam: Beam, run: Path, after: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(run, other)
    told = json.loads((other / "run.json").read_text())
    told["options"]["refusal_engine"] = "default"
    (other / "run.json").write_text(json.dumps(told))
    done = beam("evaluate", "contrastive", "--before", run, "--after", other)
    assert "warning: a model looked for refusals" in done.stdout
    assert "warning" not in beam("evaluate", "contrastive", "--before", run, "--after", run).stdout
