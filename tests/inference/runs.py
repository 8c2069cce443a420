"""Runs of the real command in processes that can be killed: quick to start, since a server forks them."""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.inference.fast_stub import MODEL

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["tests.inference.items", "pipelines.execute", "pipelines.sink", "pipelines.ask"]
)


def questions(folder: Path, n: int, broken: tuple[int, ...] = ()) -> Path:
    """Makes a folder of input files, the name of each of which is a question."""
    folder.mkdir()
    for i in range(n):
        (folder / f"question {i:03d}{' BROKEN' if i in broken else ''}.txt").write_text("?")
    return folder


def start(folder: Path, output: Path, url: str, *options: str) -> ForkServerProcess:
    """Starts a run; what it prints goes to `OUTPUT.log`."""
    arguments = ["run", "items", "--input", str(folder), "--output", str(output)]
    arguments += ["--llm_url", url, "--llm_model", MODEL, *options]
    process = _CONTEXT.Process(target=_run, args=(arguments, f"{output}.log"))
    process.start()
    return process


def finished(process: ForkServerProcess, output: Path, timeout_s: float = 240) -> tuple[int, str]:
    """Waits for a run; returns its exit status and what it printed."""
    process.join(timeout_s)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise AssertionError(f"the run did not end: {Path(f'{output}.log').read_text()}")
    return process.exitcode, Path(f"{output}.log").read_text()


def _run(arguments: list[str], log: str) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    from tests.inference.items import main

    sys.exit(main(arguments))
