"""However a run ends, nothing of it stays in the folder for temporary files."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.hostile.pdfs import bombs
from tests.hostile.texts import markup
from tests.hostile.watch import beam


def began(tmp_path: Path) -> tuple[Path, list[psutil.Process]]:
    """Starts a run whose readers are busy, one in C code and one with a pandoc, and returns all processes."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "forms.pdf").write_bytes(dict(bombs(1))["billion-forms.pdf"])
    (folder / "macros.tex").write_text(dict(markup(1))["macros.tex"])
    run = ("run", "scp116k", "--input", folder, "--output", tmp_path / "out", "--workers", "2")
    process = beam(tmp_path / "temporary", *run, "--document_memory_mb", "4000", "--overwrite")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        whole = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        if sum(each.name() == "pandoc" for each in whole) and len(whole) >= 4:
            time.sleep(1)
            return tmp_path / "temporary", whole
        time.sleep(0.1)
    raise AssertionError("the readers did not start")


def assert_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=15)
    assert [each.name() for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    temporary, processes = began(tmp_path)
    processes[0].send_signal(number)
    assert_gone(processes)
    assert list(temporary.iterdir()) == []


def test_a_kill_leaves_a_folder_that_the_next_run_removes(tmp_path: Path) -> None:
    temporary, processes = began(tmp_path)
    processes[0].kill()
    assert_gone(processes)
    assert [path.name[:10] for path in temporary.iterdir()] == ["assay-run-"]
    next_run = beam(temporary, "list")
    assert next_run.wait(60) == 0
    assert list(temporary.iterdir()) == []
