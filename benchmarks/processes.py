"""What a command takes: time by the clock and of processors, and memory, of it and all its processes."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_EVERY_S = 0.2


@dataclass(frozen=True)
class Cost:
    """What a command took.

    Attributes:
      seconds: by the clock.
      processor: seconds of processors.
      megabytes: the largest sum of the proportional set sizes of its processes.
      said: its standard output.
    """

    seconds: float
    processor: float
    megabytes: float
    said: str


def measure(command: Sequence[str], cwd: Path | None = None) -> Cost:
    """Runs a command to its end.

    Raises:
      SystemExit: it fails; with the end of what it said.
    """
    most = 0.0
    used: dict[int, float] = {}  # by process, since nobody waits for some of them
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as log:
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=cwd, stdout=out, stderr=log)
        while process.poll() is None:
            most = max(most, _megabytes(process.pid, used))
            time.sleep(_EVERY_S)
        seconds = time.monotonic() - start
        out.seek(0), log.seek(0)
        said, complained = out.read().decode(), log.read().decode()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: status {process.returncode}\n{complained[-2000:]}")
    return Cost(seconds, sum(used.values()), most, said)


def _megabytes(pid: int, used: dict[int, float]) -> float:
    size = 0
    with suppress(psutil.Error):
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            with suppress(psutil.Error):
                times = process.cpu_times()
                used[process.pid] = times.user + times.system
                size += process.memory_full_info().pss
    return size / 1e6
