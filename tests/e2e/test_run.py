from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.conftest import EXAMPLES, ROOT
from tests.e2e.conftest import Vllm, eventually, processes

TIMEOUT_S = 1500
CRITERIA = {
    "problem_self_contained",
    "solution_correct",
    "solution_complete",
    "matches_problem",
    "educational_level",
    "clean_text",
}


def start(vllm: Vllm, output: Path, *more: str) -> subprocess.Popen[str]:
    """Starts the main job with vLLM as its judge; the rule keeps whatever was judged."""
    arguments = [
        *("--input", str(EXAMPLES), "--output", str(output), *more),
        *("--llm_engine", "vllm", "--llm_model", vllm.model, "--vllm_python", vllm.python),
        *("--llm_concurrency", "16", "--llm_timeout_s", "600"),
        *("--judge_keep", "min_score >= 1", "--judge_max_tokens", "1500"),
    ]
    for name, value in vllm.arguments:
        arguments += ["--vllm_arg", f"{name}={value}" if value else name]
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines", "run", "scp116k", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **vllm.environment, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
    )


def run(vllm: Vllm, output: Path, *more: str) -> tuple[int, str]:
    """Returns the exit status of the main job, and what it says on standard error."""
    with start(vllm, output, *more) as process:
        stderr = process.communicate(timeout=TIMEOUT_S)[1]
    return process.returncode, stderr.strip()


def manifest(output: Path) -> dict[str, Any]:
    return json.loads((output / "run.json").read_text())


def rows(output: Path) -> list[dict[str, Any]]:
    return [
        row for path in sorted((output / "data").glob("*.parquet")) for row in pq.read_table(path).to_pylist()
    ]


def test_a_run_is_judged_by_a_vllm_of_its_own_and_asks_nothing_twice(vllm: Vllm, tmp_path: Path) -> None:
    output = tmp_path / "out"
    status, said = run(vllm, output)
    assert status == 0, said
    assert eventually(lambda: not processes()), "the server ends with the run"

    told = manifest(output)
    assert told["complete"]
    (score,) = [stage for stage in told["stages"] if stage["stage"] == "score"]
    assert score["in"] == score["kept"] > 50, score
    assert told["llm"]["requests"] >= score["in"]
    assert told["llm"]["from_ledger"] == 0
    assert (told["llm"]["failures"], told["llm"]["failures_by_reason"]) == (0, {})

    found = rows(output)
    assert len(found) == score["kept"]
    exact = 0
    for judge in (row["judge"] for row in found):
        assert judge["model"].startswith(f"{Path(vllm.model).name}-")
        assert judge["verdict"] == "keep"
        assert 0 <= judge["score"] <= 1
        scores = {criterion["name"]: criterion["score"] for criterion in judge["criteria"]}
        assert set(scores) == CRITERIA
        assert all(1 <= value <= 5 for value in scores.values())
        exact += any(value % 1 for value in scores.values())
        (vote,) = judge["votes"]
        assert vote["valid"]
    assert exact == len(found), "scores are expected values by the likelihoods of the labels"

    segments = list((output / "ledger").glob("*.jsonl.gz"))
    assert (
        sum(len(gzip.decompress(path.read_bytes()).splitlines()) for path in segments)
        == told["llm"]["requests"]
    )
    data = {path.name: path.read_bytes() for path in (output / "data").iterdir()}

    status, said = run(vllm, output, "--resume")
    assert status == 0, said
    again = manifest(output)
    assert again["llm"]["requests"] == 0
    assert again["llm"]["from_ledger"] == told["llm"]["requests"]
    assert {path.name: path.read_bytes() for path in (output / "data").iterdir()} == data


def test_a_vllm_that_does_not_start_is_one_line_before_any_work(vllm: Vllm, tmp_path: Path) -> None:
    bad = Vllm(vllm.python, str(tmp_path / "no-model"), vllm.environment, vllm.arguments)
    status, said = run(bad, tmp_path / "out")
    assert status == 2
    assert len(said.splitlines()) == 1
    assert "no-model" in said
    assert "its log is" in said
    assert not (tmp_path / "out" / "run.json").exists()


def test_no_vllm_outlives_a_run_that_is_killed(vllm: Vllm, tmp_path: Path) -> None:
    with start(vllm, tmp_path / "out") as process:
        assert eventually(lambda: any("vllm" in command for command in processes().values()))
        process.kill()
        process.wait()
        assert eventually(lambda: not processes())
