"""A run that is killed again and again, and resumed until it is done, over the real command line."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest

from inference.ledger import Ledger, LedgerSpec, Request
from inference.structured import response_format
from tests.conftest import STOPPED_LINE
from tests.inference.fast_stub import MODEL, FastStub
from tests.inference.items import Said
from tests.inference.runs import finished, questions, start

ITEMS, KILLS, CONCURRENCY, FLUSH_S = 500, 20, 8, 1
SLACK_S = 3.0  # for a machine that is busy with other things


def data(output: Path) -> dict[str, bytes]:
    return {str(path.relative_to(output)): path.read_bytes() for path in sorted(output.rglob("*.parquet"))}


def key(question: str) -> str:
    parameters = {"temperature": 0, "response_format": response_format(Said)}
    return Request([{"role": "user", "content": question}], parameters, "items-1").key(
        f"{MODEL} at 127.0.0.1"
    )


def in_ledger(output: Path, asked: Any) -> set[str]:
    """Returns the questions whose answers are on disk."""
    ledger = Ledger(LedgerSpec(str(output / "ledger")))
    try:
        assert ledger.torn == []
        return {question for question in asked if ledger.get(key(question))}
    finally:
        ledger.close()


@pytest.mark.parametrize("seed", [1])
def test_a_run_that_is_killed_twenty_times(seed: int, tmp_path: Path) -> None:
    folder = questions(tmp_path / "in", ITEMS)
    options = ["--llm_concurrency", str(CONCURRENCY), "--ledger_flush_s", str(FLUSH_S), "--resume"]
    with FastStub() as quick:
        undisturbed = tmp_path / "undisturbed"
        assert finished(start(folder, undisturbed, quick.url, *options), undisturbed)[0] == 0
        assert quick.stats()["requests"] == ITEMS

    random, output, killed, lost = Random(seed), tmp_path / "killed", 0, 0
    with FastStub("--median", "0.4", "--sigma", "0.5") as slow:
        asked: dict[str, int] = {}
        kept: set[str] = set()
        while killed < KILLS:
            began, long = time.monotonic(), killed in (7, 14)
            run = start(folder, output, slow.url, *options)
            run.join(random.uniform(0.3, 2.0) + (FLUSH_S + SLACK_S if long else 0))
            assert run.exitcode is None, "done too early to be killed so often"
            run.kill()
            run.join()
            dead, killed = time.monotonic(), killed + 1
            before, stats = asked, slow.stats()
            asked = stats["asked"]
            again = {question for question, n in asked.items() if n > before.get(question, 0)}
            assert not again & kept, "asked although its answer was on disk"
            kept |= in_ledger(output, asked) if (output / "ledger").is_dir() else set()
            missing = [at for q, at in stats["answered"].items() if at > began and q not in kept]
            assert all(dead - at < FLUSH_S + SLACK_S for at in missing), "answers were not on disk in time"
            lost += len(missing)
        run = start(folder, output, slow.url, *options)
        status, said = finished(run, output)
        assert status == 0, said
        stats = slow.stats()
    assert data(output) == data(undisturbed)
    assert pq.read_table(output / "data").num_rows == ITEMS
    assert set(stats["asked"]) == {path.name for path in folder.iterdir()}
    # Whoever was asked twice was in flight or not yet on disk when a run was killed.
    assert stats["requests"] - ITEMS <= lost + KILLS * CONCURRENCY
    assert stats["most"] <= 2 * CONCURRENCY  # the dead leave theirs to the server for a moment


def test_a_run_that_is_told_to_stop_loses_nothing(tmp_path: Path) -> None:
    folder, output = questions(tmp_path / "in", ITEMS), tmp_path / "out"
    options = ["--llm_concurrency", str(CONCURRENCY), "--ledger_flush_s", "3600", "--resume"]
    with FastStub("--median", "0.2", "--sigma", "0.5") as slow:
        run = start(folder, output, slow.url, *options)
        while len(slow.stats()["answered"]) < 30:
            time.sleep(0.05)
        assert run.pid
        os.kill(run.pid, signal.SIGTERM)
        status, said = finished(run, output)
        answered = slow.stats()["answered"]
    assert status == 130
    [line] = [line for line in said.splitlines() if "documents read" not in line]
    assert line == STOPPED_LINE
    # What was on its way to the run when it ended may be lost.
    assert len(in_ledger(output, answered)) >= len(answered) - CONCURRENCY > 0
