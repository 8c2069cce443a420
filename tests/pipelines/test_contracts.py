"""The real command on real files: what DESIGN promises of every run."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pyarrow.parquet as pq
import pytest

from pipelines.scp116k import RECIPE
from schemas.arrow import arrow_schema
from schemas.ids import record_id
from schemas.scp116k import Pair
from schemas.verdict import Rejected
from tests.conftest import EXAMPLES, ROOT, STOPPED_LINE, Beam
from tests.pipelines.test_reader import SABOTAGE

STAGES = [stage for stage in RECIPE.stages if stage.name != "answers"]
"""Those of a run without models."""


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
    names = {stage.name for stage in RECIPE.stages}
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


def make_pdf(path: Path, pages: int, **save: Any) -> None:
    import pymupdf

    document = pymupdf.open()
    for n in range(pages):
        document.new_page().insert_text((72, 72), f"Exercise {n}. What is {n}?")
    document.save(path, **save)


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One document of every bad kind, and one good one."""
    import pymupdf

    folder = tmp_path_factory.mktemp("bad")
    (folder / "good.md").write_text("**Exercise 1.** What is 1 + 1?\n\n**Solution.** It is 2.\n")
    (folder / "prose.md").write_text("Nothing is asked here.\n")
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "blank.md").write_text(" \n\n ")
    (folder / "damaged.pdf").write_bytes(b"%PDF-1.7\n1 0 obj << /Type /Catalog")
    (folder / "unknown.bin").write_bytes(bytes(range(256)) * 40)
    (folder / "large.txt").write_bytes(b"word " * 300_000)
    make_pdf(folder / "long.pdf", 4)
    make_pdf(folder / "locked.pdf", 1, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="a", owner_pw="b")
    os.symlink("gone.pdf", folder / "dangling.pdf")
    os.symlink("loop.pdf", folder / "loop.pdf")
    (folder / os.fsdecode(b"caf\xe9.md")).write_text(
        "**Exercise 1.** What is 2 + 2?\n\n**Solution.** It is 4.\n"
    )
    os.mkfifo(folder / "pipe")
    os.symlink("pipe", folder / "pipe.md")
    os.symlink("/dev/zero", folder / "zero.md")
    if os.geteuid():  # root may read anything
        (folder / "secret.md").write_text("x")
        (folder / "secret.md").chmod(0)
    return folder


EXPECTED = {
    "prose.md": "no_problems_found",
    "empty.pdf": "empty",
    "blank.md": "empty",
    "damaged.pdf": "damaged",
    "unknown.bin": "unknown_type",
    "large.txt": "too_large",
    "long.pdf": "too_many_pages",
    "locked.pdf": "encrypted",
    "dangling.pdf": "not_readable",
    "loop.pdf": "not_readable",
    "pipe.md": "not_readable",
    "zero.md": "not_readable",
    "secret.md": "not_readable",
}


@pytest.mark.parametrize("workers", [1, 2])
def test_every_bad_document_is_one_reject_with_its_reason(
    bad: Path, beam: Beam, tmp_path: Path, workers: int
) -> None:
    out = tmp_path / "out"
    limits = ["--max_document_mb", "1", "--max_pages", "3", "--workers", str(workers)]
    done = beam("run", "scp116k", "--input", bad, "--output", out, *limits)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    files = sorted(path.name for path in bad.iterdir() if path.name != "pipe")
    assert_adds_up(out, len(files))
    reasons = {
        Path(r["source_uri"]).name: r["reason"]
        for r in rows(out, "rejected")
        if r["stage"] in ("read", "extract")
    }
    assert reasons == {name: reason for name, reason in EXPECTED.items() if name in files}
    assert sorted(Path(row["source"]["uri"]).name for row in rows(out)) == ["caf\\udce9.md", "good.md"]
    assert [r for r in rows(out, "rejected") if not r["detail"] and r["reason"] != "no_problems_found"] == []


def test_a_run_without_any_pair_writes_an_empty_dataset(bad: Path, beam: Beam, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = beam("run", "scp116k", "--input", bad / "empty.pdf", "--output", out)
    assert done.returncode == 0, done.stderr
    assert pq.read_table(out / "data").schema.equals(arrow_schema(Pair))
    assert_adds_up(out, 1)


def test_a_config_file_serves_as_the_command_line(bad: Path, beam: Beam, tmp_path: Path) -> None:
    config = tmp_path / "run.yaml"
    config.write_text(f"input: {bad / 'good.md'}\noutput: {tmp_path / 'out'}\nmax_pages: 7\n")
    assert beam("run", "scp116k", "--config", config).returncode == 0
    assert run_json(tmp_path / "out")["options"]["max_pages"] == 7
    config.write_text(f"input: {bad / 'good.md'}\noutputs: {tmp_path / 'out'}\n")
    done = beam("run", "scp116k", "--config", config)
    assert done.returncode == 2
    assert done.stderr == f"beam: --config {config}: unknown key outputs; did you mean output?\n"


def test_it_runs_from_any_folder(bad: Path, beam: Beam, tmp_path: Path) -> None:
    done = beam("run", "scp116k", "--input", bad / "good.md", "--output", "here", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(rows(tmp_path / "here")) == 1


def assert_no_process_is_left(folder: Path) -> None:
    """Asserts that what was started with `folder` on its path has ended, workers and readers too."""

    def left() -> list[int]:
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("PYTHONPATH", "").find(str(folder)) >= 0:
                    found.append(process.pid)
        return found

    deadline = time.monotonic() + 10
    while left() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left() == []


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_says_one_line_and_leaves_nothing_that_looks_finished(
    tmp_path: Path, workers: str, number: signal.Signals
) -> None:
    (tmp_path / "sitecustomize.py").write_text(SABOTAGE)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "slow.md").write_bytes(b"sleep")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "pipelines", "run", "scp116k", "--input", str(tmp_path / "in")]
    process = subprocess.Popen(
        [*command, "--output", str(out), "--workers", workers],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not (out / "run.json.partial").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(3)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert stdout == ""
    assert stderr.splitlines()[-1] == (STOPPED_LINE)
    assert "Traceback" not in stderr
    assert not (out / "run.json").exists()
    assert not list(out.glob("*/*.parquet"))
    assert_no_process_is_left(tmp_path)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_document_that_crashes_or_hangs_its_reader_costs_itself_alone(
    beam: Beam, tmp_path: Path, workers: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(SABOTAGE)
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("abort", "exit", "sleep", "raise"):
        (folder / f"{name}.md").write_text(name)
    (folder / "good.md").write_text("**Exercise 1.** What is 1 + 1?\n\n**Solution.** It is 2.\n")
    out = tmp_path / "out"
    done = beam(
        "run", "scp116k", "--input", folder, "--output", out, "--workers", workers, "--document_timeout_s=5",
        env={"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert_adds_up(out, 5)
    assert len(rows(out)) == 1
    reasons = {Path(r["source_uri"]).stem: r["reason"] for r in rows(out, "rejected")}
    assert reasons == {"abort": "crashed", "exit": "crashed", "sleep": "timeout", "raise": "error"}
    assert run_json(out)["stages"][0]["failed"] == 1


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


FULL_DISK = """
import pipelines.sink

def initialize_write(self):
    raise OSError(28, "No space left on device")

pipelines.sink.ParquetSink.initialize_write = initialize_write
"""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_run_that_breaks_off_says_one_line_and_ends(
    bad: Path, beam: Beam, tmp_path: Path, workers: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(FULL_DISK)
    out = tmp_path / "out"
    done = beam(
        "run", "scp116k", "--input", bad / "good.md", "--output", out, "--workers", workers,
        env={"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    last = done.stderr.splitlines()[-1]
    assert last.startswith("beam: the pipeline broke off: ")
    assert "No space left on device" in last
    log = re.search(r"\(log: (.+)\)$", last)
    assert log
    assert "Traceback" in Path(log[1]).read_text()
    shutil.rmtree(Path(log[1]).parent)
    assert "Traceback" not in done.stderr
    assert not (out / "run.json").exists()
    assert_no_process_is_left(tmp_path)


def test_a_missing_library_ends_the_run_with_one_line(beam: Beam, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(SABOTAGE)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.pdf").write_text("broken")
    out = tmp_path / "out"
    env = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = beam("run", "scp116k", "--input", tmp_path / "in", "--output", out, env=env)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("beam: the pipeline broke off: ")
    assert "BrokenInstallation: ModuleNotFoundError: No module named 'pymupdf'" in last
    assert "Traceback" not in done.stderr
    assert not (out / "run.json").exists()


MISCOUNT = """
import pipelines.stages

def kept(self, n=1):
    if self.stage != "figure":
        self._count("kept", n)

pipelines.stages.Tally.kept = kept
"""


def test_counts_that_do_not_add_up_fail_the_run_and_are_written_down(
    bad: Path, beam: Beam, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(MISCOUNT)
    out = tmp_path / "out"
    env = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = beam("run", "scp116k", "--input", bad / "good.md", "--output", out, env=env)
    assert done.returncode == 1
    assert "beam: the counts don't add up: figure: in 1, but kept 0 + rejected 0" in done.stderr
    run = run_json(out)
    assert run["complete"] is False
    assert run["discrepancies"][0] == "figure: in 1, but kept 0 + rejected 0"
    assert "figure: in 1, but kept 0 + rejected 0" in (out / "report.html").read_text()


def test_verbose_shows_the_log(bad: Path, beam: Beam, tmp_path: Path) -> None:
    config = tmp_path / "run.yaml"
    config.write_text("verbose: true\n")
    out = tmp_path / "out"
    done = beam("run", "scp116k", "--input", bad / "good.md", "--output", out, "--config", config)
    assert done.returncode == 0
    assert "INFO:apache_beam" in done.stderr


def test_torture(torture: Path, beam: Beam, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = beam("run", "scp116k", "--input", torture / "*.pdf", "--output", out)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert_adds_up(out, 153)
    assert "crashed" not in run_json(out)["stages"][0]["reasons"]
