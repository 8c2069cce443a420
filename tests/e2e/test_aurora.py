from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from schemas.arrow import arrow_schema
from schemas.aurora import Labelled, Preferred, Processed, Stepwise
from tests.conftest import ROOT
from tests.e2e.conftest import Vllm

ITEMS = 30
TIMEOUT_S = 1500
GSM8K = ROOT.parent / "shared" / "data" / "processbench" / "gsm8k.json"


def run(vllm: Vllm, source: Path, output: Path, *more: str) -> tuple[int, str]:
    """Labels solutions with a real vLLM; labels alone, as this model is no judge and slow."""
    arguments = [
        *("--input", str(source), "--output", str(output), *more),
        *("--llm_engine", "vllm", "--llm_model", vllm.model, "--vllm_python", vllm.python),
        *("--llm_concurrency", "16", "--llm_timeout_s", "600"),
        *("--label_prompts", "p1", "p3", "--label_max_tokens", "200", "--min_votes", "2"),
    ]
    for name, value in vllm.arguments:
        arguments += ["--vllm_arg", f"{name}={value}" if value else name]
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "run", "aurora", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **vllm.environment, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        timeout=TIMEOUT_S,
    )
    return done.returncode, done.stderr.strip()


def rows(output: Path, folder: str = "data") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(output / folder).to_pylist()
    return found


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Thirty real problems with solutions, one of which the model is to write."""
    if not GSM8K.exists():
        pytest.skip(f"{GSM8K} is not on this machine")
    path = tmp_path / "rows.jsonl"
    with path.open("w") as file:
        for i, row in enumerate(json.loads(GSM8K.read_text())[:ITEMS]):
            whole = {"id": row["id"], "problem": row["problem"], "reference_answer": "1"}
            if i:
                whole |= {"solution": "\n\n".join(row["steps"]), "policy": row["generator"]}
            file.write(json.dumps(whole) + "\n")
    return path


def test_thirty_solutions_are_labelled_and_nothing_is_asked_twice(
    vllm: Vllm, source: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    writes = ("--policy_engines", "default", "--policy_max_tokens", "500")
    status, said = run(vllm, source, output, *writes)
    assert status == 0, said
    told = json.loads((output / "run.json").read_text())
    assert told["complete"]
    assert told["llm"]["from_ledger"] == 0
    assert told["llm"]["requests"] >= 2 * (ITEMS - 1)
    found = rows(output)
    assert told["rows"] == len(found)
    # What this small model does not bring to an end is rejected, and nothing else is.
    rejects = {(row["stage"], row["reason"]) for row in rows(output, "rejected")}
    assert rejects <= {("policies", "truncated_answer"), ("ballots", "too_few_votes")}
    assert len(found) >= ITEMS / 2
    assert len(found) + told["rejects"] == ITEMS
    for row in found:
        assert [name.rpartition("/")[2] for name in row["annotators"]] == ["p1", "p3"]
        assert {len(votes) for votes in row["votes"]} == {len(row["steps"])}
        assert {vote for votes in row["votes"] for vote in votes} <= {0, 1}
        assert "".join("".join(row["steps"]).split()) == "".join(row["solution"].split())
    for folder, record in (
        ("data", Labelled),
        ("exports/prm", Stepwise),
        ("exports/processbench", Processed),
        ("exports/preference", Preferred),
    ):
        assert pq.read_schema(next((output / folder).glob("*.parquet"))) == arrow_schema(record)
    data = {path.name: path.read_bytes() for path in (output / "data").iterdir()}

    status, said = run(vllm, source, output, *writes, "--resume")
    assert status == 0, said
    again = json.loads((output / "run.json").read_text())
    assert again["llm"]["requests"] == 0
    assert again["llm"]["from_ledger"] == told["llm"]["requests"]
    assert {path.name: path.read_bytes() for path in (output / "data").iterdir()} == data
