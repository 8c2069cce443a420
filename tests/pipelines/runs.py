"""What a run wrote, read again, and what has to hold of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipelines.scp116k import RECIPE

OPTIONAL = {"labels", "near_duplicates", "decontamination", "answers"}
"""Stages of scp116k that run where they are asked for."""
STAGES = [stage for stage in RECIPE.stages if stage.name not in OPTIONAL]

FULL_DISK = """
import pipelines.sink

def initialize_write(self):
    raise OSError(28, "No space left on device")

pipelines.sink.ParquetSink.initialize_write = initialize_write
"""


def run_json(out: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return value


def rows(out: Path, folder: str = "data") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(out / folder).to_pylist()
    return found


def written(out: Path) -> dict[str, bytes]:
    """Every file of a run but run.json, which alone may hold times."""
    files = [path for path in out.rglob("*") if path.is_file() and path.name != "run.json"]
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


def assert_adds_up(out: Path, documents: int) -> None:
    run = run_json(out)
    assert run["complete"] is True
    assert run["discrepancies"] == []
    stages = run["stages"]
    assert [stage["stage"] for stage in stages] == [stage.name for stage in STAGES]
    for stage in stages:
        assert (
            stage["in"] == stage["kept"] + stage["rejected"] == stage["kept"] + sum(stage["reasons"].values())
        )
    assert stages[0]["in"] == documents
    rejects = rows(out, "rejected")
    for stage in stages:
        for reason, count in stage["reasons"].items():
            assert sum((r["stage"], r["reason"]) == (stage["stage"], reason) for r in rejects) == count
    assert len(rejects) == run["rejects"] == sum(stage["rejected"] for stage in stages)
    assert len(rows(out)) == run["rows"] == stages[-1]["kept"]
