"""The real command on real files: what DESIGN promises of every run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from schemas.arrow import arrow_schema
from schemas.ids import record_id
from schemas.scp116k import Pair
from schemas.verdict import Rejected
from tests.conftest import EXAMPLES, ROOT, Beam
from tests.pipelines.runs import FULL_DISK, STAGES, assert_adds_up, rows, run_json, written


@pytest.fixture(scope="module")
def first(beam: Beam, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run over examples/ writes."""
    out = tmp_path_factory.mktemp("first") / "out"
    done = beam("run", "scp116k", "--input", EXAMPLES, "--output", out)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr
    assert re.search(r"^read +documents +\d+ +\d+ +\d+", done.stdout, re.MULTILINE)
    assert f"{len(list(EXAMPLES.iterdir()))} of {len(list(EXAMPLES.iterdir()))}, pairs found" in done.stderr
    return out


def test_a_run_writes_these_files_and_no_others(first: Path) -> None:
    assert set(written(first)) | {"run.json"} == {
        "data/part-00000-of-00001.parquet",
        "rejected/part-00000-of-00001.parquet",
        "README.md",
        "report.html",
        "run.json",
    }


def test_the_counts_add_up(first: Path) -> None:
    assert_adds_up(first, len(list(EXAMPLES.iterdir())))
    assert len(rows(first)) >= 20


def test_run_json_names_options_versions_and_seconds(first: Path) -> None:
    run = run_json(first)
    assert run["pipeline"] == "scp116k"
    assert run["options"]["max_pages"] == 5000
    assert run["options"]["runner"] == "FnApiRunner"
    assert run["versions"]["apache-beam"] == "2.77.0"
    assert run["seconds"]["total"] > 0
    assert run["llm"]["requests"] == 0


def test_rows_have_the_schema_and_their_provenance(first: Path) -> None:
    assert pq.read_table(first / "data").schema.equals(arrow_schema(Pair))
    assert pq.read_table(first / "rejected").schema.equals(arrow_schema(Rejected))
    for row in rows(first):
        assert row["problem"].strip()
        assert row["solution"].strip()
        source = row["source"]
        assert Path(source["uri"]).exists()
        assert len(source["sha256"]) == len(source["solution_sha256"]) == 64
        assert source["problem_span"][0] < source["problem_span"][1]
        assert bool(source["problem_pages"]) is source["uri"].endswith(".pdf")


def test_ids_follow_from_bytes_and_spans_and_are_unique(first: Path) -> None:
    found = rows(first)
    for row in found:
        source = row["source"]
        parts = [
            source["sha256"],
            *source["problem_span"],
            source["solution_sha256"],
            *source["solution_span"],
        ]
        assert row["id"] == record_id(*parts)
    assert len({row["id"] for row in found}) == len(found)


def test_every_reject_names_its_stage_reason_and_record(first: Path) -> None:
    names = {stage.name for stage in STAGES}
    for row in rows(first, "rejected"):
        assert row["stage"] in names
        assert re.fullmatch(r"[a-z][a-z_]*", row["reason"])
        assert row["source_uri"]
        assert json.loads(row["record"])["id"] == row["id"]


def test_two_workers_and_another_order_write_the_same_bytes(first: Path, beam: Beam, tmp_path: Path) -> None:
    files = sorted((str(path) for path in EXAMPLES.iterdir()), reverse=True)
    done = beam("run", "scp116k", "--input", *files, "--output", tmp_path / "out", "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    second = written(tmp_path / "out")
    for name, data in written(first).items():
        if name.startswith(("data/", "rejected/")):
            assert second[name] == data, name
    assert run_json(tmp_path / "out")["stages"] == run_json(first)["stages"]


def test_overwriting_gives_the_same_bytes_and_more_shards_the_same_rows(
    first: Path, beam: Beam, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(first, out)
    (out / "mine.txt").write_text("mine")
    same = beam("run", "scp116k", "--input", EXAMPLES, "--output", out, "--overwrite")
    assert same.returncode == 0, same.stderr
    now = written(out)
    assert now.pop("mine.txt") == b"mine"
    assert {n: d for n, d in now.items() if "/" in n} == {n: d for n, d in written(first).items() if "/" in n}
    more = beam("run", "scp116k", "--input", EXAMPLES, "--output", out, "--resume", "--num_shards=3")
    assert more.returncode == 0, more.stderr
    assert len(list((out / "data").iterdir())) == 3
    assert sorted(rows(out), key=lambda r: r["id"]) == rows(first)


def test_a_second_run_into_the_folder_is_refused(first: Path, beam: Beam) -> None:
    before = written(first)
    done = beam("run", "scp116k", "--input", EXAMPLES, "--output", first)
    assert done.returncode == 2
    choices = "pass --overwrite or --resume, or choose another"
    assert done.stderr == f"beam: --output {first}: holds the output of a run; {choices}\n"
    assert written(first) == before


def test_the_report_is_rendered_again_from_the_files(first: Path, beam: Beam) -> None:
    page = (first / "report.html").read_bytes()
    (first / "report.html").unlink()
    done = beam("report", first)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{first}/report.html\n"
    assert (first / "report.html").read_bytes() == page


def test_datasets_opens_the_folder_offline(first: Path, tmp_path: Path) -> None:
    code = (
        "import sys, datasets\n"
        "kept = datasets.load_dataset(sys.argv[1])\n"
        "rejected = datasets.load_dataset(sys.argv[1], 'rejected')\n"
        "assert list(kept) == list(rejected) == ['train']\n"
        "row = kept['train'][0]\n"
        "assert isinstance(row['source']['problem_span'], list)\n"
        "assert row['judge']['model'] == 'rules-1' and row['judge']['votes'] == [] == row['answers']\n"
        "print(len(kept['train']), len(rejected['train']), ' '.join(sorted(kept['train'].features)))\n"
    )
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": str(tmp_path), "HF_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(first)], env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    kept, rejected, *columns = done.stdout.split()
    assert (int(kept), int(rejected)) == (len(rows(first)), len(rows(first, "rejected")))
    assert columns == sorted(arrow_schema(Pair).names)


def test_an_interrupted_overwrite_leaves_the_old_dataset_whole(
    first: Path, beam: Beam, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(FULL_DISK)
    out = tmp_path / "out"
    shutil.copytree(first, out)
    env = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    arguments = ["run", "scp116k", "--input", EXAMPLES, "--output", out, "--overwrite"]
    done = beam(*arguments, env=env)
    assert done.returncode == 1
    for name, data in written(first).items():
        assert (out / name).read_bytes() == data
    assert run_json(out) == run_json(first)
    done = beam(*arguments)
    assert done.returncode == 0, done.stderr
    assert set(written(out)) == set(written(first))
