"""Runs a command and watches what it and everything it starts takes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.conftest import ROOT


@dataclass(frozen=True)
class Watched:
    status: int
    out: str
    err: str
    megabytes: float
    seconds: float


def beam(temporary: Path, *arguments: str | Path) -> subprocess.Popen[str]:
    """Starts the command with a folder of its own for temporary files."""
    temporary.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines", *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
    )


def watch(process: subprocess.Popen[str]) -> Watched:
    """Waits for a process to end; its lines have to fit into a pipe."""
    start, most = time.monotonic(), 0.0
    while process.poll() is None:
        most = max(most, resident(process.pid))
        time.sleep(0.03)
    out, err = process.communicate()
    return Watched(process.returncode, out, err, most, time.monotonic() - start)


def resident(number: int) -> float:
    """Returns the megabytes that a process and its children hold; shared ones count once for each."""
    size = 0
    try:
        process = psutil.Process(number)
        for each in (process, *process.children(recursive=True)):
            try:
                size += each.memory_info().rss
            except psutil.Error:  # gone meanwhile
                continue
    except psutil.Error:
        pass
    return size / 1_000_000
