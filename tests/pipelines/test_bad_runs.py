"""The real command on documents that are bad, on runs that are stopped, and on disks that fill."""

from __future__ import annotations

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

from schemas.arrow import arrow_schema
from schemas.scp116k import Pair
from tests.conftest import ROOT, STOPPED_LINE, Beam
from tests.pipelines.runs import FULL_DISK, assert_adds_up, rows, run_json
from tests.pipelines.test_reader import SABOTAGE


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
