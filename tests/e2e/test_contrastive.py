from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT
from tests.e2e.conftest import Vllm, eventually, processes

TIMEOUT_S = 1500
N_QUESTIONS, N_SAMPLES, MAX_TOKENS = 30, 3, 16
NQ = ROOT.parent / "shared" / "data" / "nq-open" / "NQ-open.dev.jsonl"


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Real questions with their aliases."""
    if not NQ.is_file():
        pytest.skip(f"{NQ} is not on this machine")
    with NQ.open(encoding="utf-8") as file:
        lines = [next(file) for _ in range(N_QUESTIONS)]
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def run(vllm: Vllm, questions: Path, output: Path, *more: str) -> dict[str, Any]:
    """Runs the command, and returns its run.json."""
    arguments = [
        *(
            "--input",
            str(questions),
            "--output",
            str(output),
            "--llm_engine",
            "vllm",
            "--llm_model",
            vllm.model,
        ),
        *("--vllm_python", vllm.python, "--llm_concurrency", "16", "--llm_timeout_s", "600"),
        *("--n_samples", str(N_SAMPLES), "--sample_max_tokens", str(MAX_TOKENS), *more),
    ]
    for name, value in vllm.arguments:
        arguments += ["--vllm_arg", f"{name}={value}" if value else name]
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "run", "contrastive", *arguments],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        env={**os.environ, **vllm.environment, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert eventually(lambda: not processes()), "the server ends with the run"
    told: dict[str, Any] = json.loads((output / "run.json").read_text())
    return told


def test_thirty_questions_are_sampled_once(vllm: Vllm, questions: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    told = run(vllm, questions, output)
    assert told["complete"]
    asked = N_QUESTIONS * N_SAMPLES
    assert told["llm"]["requests"] >= asked
    assert told["llm"]["from_ledger"] == 0
    counts = {stage["stage"]: stage for stage in told["stages"]}
    assert counts["samples"]["kept"] == counts["grade"]["kept"] == counts["choose"]["in"] == N_QUESTIONS
    assert sum(told["measures"]["answers"].values()) == asked
    assert sum(told["measures"]["questions"].values()) == N_QUESTIONS

    sampled = pq.read_table(output / "exports" / "samples").to_pylist()
    assert len(sampled) == N_QUESTIONS
    for row in sampled:
        assert len(row["samples"]) == N_SAMPLES
        assert row["model"].startswith(f"{Path(vllm.model).name}-")
        assert row["sampling"]["max_tokens"] == MAX_TOKENS
    assert len({sample["text"] for row in sampled for sample in row["samples"]}) > 1
    for row in pq.read_table(output / "data").to_pylist():
        assert row["n_samples"] == N_SAMPLES == row["n_correct"] + row["n_refused"] + row["n_wrong"]
        assert row["positives"]
        assert row["negatives"]

    files = {path.relative_to(output): path.read_bytes() for path in output.rglob("*.parquet")}
    again = run(vllm, questions, output, "--resume")
    assert again["llm"]["requests"] == 0
    assert again["llm"]["from_ledger"] == asked
    assert {path.relative_to(output): path.read_bytes() for path in output.rglob("*.parquet")} == files
