from __future__ import annotations

import io
import os
import re
import time
from pathlib import Path

import pytest

from inference.progress import Progress, ProgressFile
from pipelines import console
from pipelines.console import Screen, funnel_table, progress, quiet
from pipelines.progress import counted, tick

FUNNEL = [
    {"stage": "read", "unit": "documents", "in": 1200, "kept": 1100, "rejected": 100,
     "reasons": {"a": 90, "b": 5, "c": 3, "d": 2}, "failed": 0},
]  # fmt: skip


def test_ticks_add_up_across_writers(tmp_path: Path) -> None:
    for n in (1, 5, 0):
        tick(str(tmp_path), "pairs", n)
    tick(None, "pairs")
    assert counted(str(tmp_path), "pairs") == 6
    assert counted(str(tmp_path), "documents") == 0


def test_nothing_but_our_own_lines_reaches_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet() as screen:
        os.system("echo noise; echo noise >&2")
        os.write(2, b"noise from a library\n")
        screen.say("a result")
        screen.complain("a\ncomplaint")
        assert "noise from a library" in Path(screen.log).read_text()
        log = Path(screen.log)
    os.write(1, b"after\n")
    out, err = capfd.readouterr()
    assert out == "a result\nafter\n"
    assert err == "beam: a complaint\n"
    assert not log.exists()


def test_what_is_shared_reaches_the_terminal_again(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet() as screen:
        os.write(2, b"hidden\n")
        screen.share()
        os.write(2, b"log line\n")
        screen.complain("ours")
    assert capfd.readouterr().err == "log line\nbeam: ours\n"


def test_plain_lines_show_progress_and_the_last_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "_SECONDS_BETWEEN_LINES", 0.05)
    err = io.StringIO()
    with progress(Screen(io.StringIO(), err, str(tmp_path)), 1000):
        tick(str(tmp_path), "documents", 3)
        time.sleep(0.3)
        tick(str(tmp_path), "pairs", 2000)
    lines = [line.split(" ", 1)[1] for line in err.getvalue().splitlines()]
    assert "documents read 3 of 1,000, pairs found 0" in lines
    assert lines[-1] == "documents read 3 of 1,000, pairs found 2,000"
    assert len(lines) <= 3  # a state that doesn't change is not said again


def test_progress_tells_what_models_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "_SECONDS_BETWEEN_LINES", 0.05)
    err = io.StringIO()
    one, other = ProgressFile(str(tmp_path)), ProgressFile(str(tmp_path))
    with progress(Screen(io.StringIO(), err, str(tmp_path)), 3):
        one.write(Progress(5, 2, 16, 1000))
        other.write(Progress(1300, 0, 8, 1))
        time.sleep(0.3)
        one.write(Progress(6, 2, 0, 9000))
        other.write(Progress(1300, 0, 0, 1))
    lines = [line.partition("; ")[2] for line in err.getvalue().splitlines()]
    middle = next(line for line in lines if "24 in flight" in line)
    assert re.fullmatch(
        r"models: 1,307 answers \(2 from the ledger\), 24 in flight, [1-9][\d,]* tokens/s", middle
    )
    assert "models: 1,308 answers (2 from the ledger), 0 in flight" in lines[-1]


def test_the_plain_table_lines_up_and_cuts_the_reasons() -> None:
    out = io.StringIO()
    funnel_table(Screen(out, io.StringIO(), ""), FUNNEL)
    assert out.getvalue() == (
        "stage  unit          in   kept  rejected  reasons\n"
        "read   documents  1,200  1,100       100  a 90, b 5, c 3, ...\n"
    )


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_there_is_a_live_line_and_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    out, err = Terminal(), Terminal()
    screen = Screen(out, err, str(tmp_path))
    with progress(screen, 2):
        tick(str(tmp_path), "documents", 2)
        time.sleep(0.5)
    funnel_table(screen, FUNNEL)
    assert "documents read 2 of 2" in err.getvalue()
    assert err.getvalue().endswith("documents read 2 of 2, pairs found 0\n")
    assert "1,200" in out.getvalue()
    assert "a 90, b 5, c 3" in out.getvalue()
