"""A run over files that were made to bring it down loses those files, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.stages import printable
from tests.conftest import EXAMPLES
from tests.hostile.make_hostile import make
from tests.hostile.watch import Watched, beam, watch

REASONS = {
    "damaged", "empty", "encrypted", "no_text", "not_readable", "out_of_memory", "timeout", "too_large",
    "too_many_pages", "unknown_type",
}  # fmt: skip
"""Of the stage "read". Nothing in the set ends its process or raises what no reader expects."""


def rows(out: Path, kind: str = "data") -> list[dict[str, Any]]:
    return [row for file in sorted((out / kind).glob("*.parquet")) for row in pq.read_table(file).to_pylist()]


def of(folder: Path, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the rows whose document lies in a folder, sorted."""
    here = str(folder) + "/"
    mine = [r for r in found if (r.get("source_uri") or r["source"]["uri"]).startswith(here)]
    return sorted(mine, key=lambda row: json.dumps(row, sort_keys=True))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents of every format, in a folder that a run reads first."""
    folder = tmp_path_factory.mktemp("hostile") / "a-good"
    shutil.copytree(EXAMPLES, folder)
    return folder


@pytest.fixture(scope="module")
def hostile(good: Path) -> list[str]:
    return [printable(os.fsdecode(path)) for path in make(good.parent / "hostile")]


@pytest.fixture(scope="module")
def ran(good: Path, hostile: list[str]) -> Watched:
    command = ("run", "scp116k", "--input", good, good.parent / "hostile", "--output", good.parent / "out")
    limits = ("--document_timeout_s", "8", "--workers", "2", "--document_memory_mb", "600")
    return watch(beam(good.parent / "temporary", *command, *limits))


def test_the_run_ends_well_and_in_time(ran: Watched) -> None:
    assert ran.status == 0, ran.err
    assert "Traceback" not in ran.out + ran.err
    assert ran.seconds < 240  # 60 on two free cores


def test_every_file_is_accounted_for_once(ran: Watched, good: Path, hostile: list[str]) -> None:
    out = good.parent / "out"
    run = json.loads((out / "run.json").read_text())
    assert run["discrepancies"] == []
    read = next(stage for stage in run["stages"] if stage["stage"] == "read")
    assert read["in"] == len(hostile) + len(list(good.iterdir())) == read["kept"] + read["rejected"]
    assert set(read["reasons"]) <= REASONS
    # With fewer of them, the set would not test what it is for.
    assert set(read["reasons"]) >= {"damaged", "encrypted", "out_of_memory", "timeout", "too_large"}
    refused = Counter(r["source_uri"] for r in rows(out, "rejected") if r["stage"] == "read")
    assert set(refused.values()) == {1}
    assert set(refused) <= set(hostile)
    assert all(r["detail"] and "\n" not in r["detail"] for r in rows(out, "rejected") if r["stage"] == "read")


def test_names_are_kept_whatever_they_are(ran: Watched, good: Path, hostile: list[str]) -> None:
    named = {row["source"]["uri"] for row in rows(good.parent / "out")}
    assert {uri for uri in hostile if "/names/" in uri} <= named


def test_good_documents_are_as_if_alone(ran: Watched, good: Path) -> None:
    alone = good.parent / "alone"
    assert (
        watch(beam(good.parent / "other", "run", "scp116k", "--input", good, "--output", alone)).status == 0
    )
    for kind in ("data", "rejected"):
        assert of(good, rows(good.parent / "out", kind)) == of(good, rows(alone, kind)) != []


def test_memory_is_bounded(ran: Watched) -> None:
    assert ran.megabytes < 2000  # with two readers of 600 MB; the default, for one, is 800


def test_nothing_is_left(ran: Watched, good: Path) -> None:
    assert list((good.parent / "temporary").iterdir()) == []
    assert sorted(path.name for path in (good.parent / "out").iterdir()) == [
        "README.md", "data", "rejected", "report.html", "run.json",
    ]  # fmt: skip
    assert not Path("/tmp/assay-was-here").exists()


def test_torture(torture: Path, tmp_path: Path) -> None:
    out, files = tmp_path / "out", sorted(torture.glob("*.pdf"))
    done = watch(
        beam(tmp_path / "temporary", "run", "scp116k", "--input", torture / "*.pdf", "--output", out)
    )
    assert done.status == 0, done.err
    assert done.megabytes < 2000
    stages = {stage["stage"]: stage for stage in json.loads((out / "run.json").read_text())["stages"]}
    assert stages["read"]["in"] == len(files) == stages["read"]["kept"] + stages["read"]["rejected"]
    assert set(stages["read"]["reasons"]) <= REASONS
    assert list((tmp_path / "temporary").iterdir()) == []
