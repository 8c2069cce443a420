"""Servers that fail in every way, over the real command line in processes of their own."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from inference.ledger import Ledger, LedgerSpec
from tests.inference.fast_stub import BROKEN, FAULTS, FastStub, answer_to
from tests.inference.runs import finished, questions, start

PATIENCE = ["--llm_patience_s", "4", "--llm_timeout_s", "2", "--ledger_flush_s", "1"]


def rows(output: Path, folder: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(output / folder).to_pylist()
    return found


def right(output: Path) -> set[str]:
    """Returns the questions that were kept, after checking their answers."""
    kept = rows(output, "data")
    for row in kept:
        said = answer_to(row["problem"])
        assert row["solution"] == f"{said['word']} {said['score']}"
    return {row["problem"] for row in kept}


def counts(output: Path) -> Counter[str]:
    return Counter(json.loads((output / "run.json").read_text())["llm"])


def test_every_fault_at_five_per_cent(tmp_path: Path) -> None:
    folder, output = questions(tmp_path / "in", 300, broken=(0, 299)), tmp_path / "out"
    with FastStub("--median", "0.05", "--faults", "0.05", "--silence", "30") as stub:
        patience = ["--llm_patience_s", "60", "--llm_timeout_s", "2", "--llm_concurrency", "32"]
        status, said = finished(start(folder, output, stub.url, *patience), output)
        stats = stub.stats()
    assert status == 0, said
    assert all(stats["faults"][fault] >= 5 for fault in FAULTS), stats["faults"]
    kept, rejects = right(output), rows(output, "rejected")
    reasons = {json.loads(row["record"])["problem"]: row["reason"] for row in rejects}
    assert len(kept) + len(rejects) == 300
    assert {q: reason for q, reason in reasons.items() if BROKEN in q} == {
        "question 000 BROKEN.txt": "server_error",
        "question 299 BROKEN.txt": "server_error",
    }
    # The others were rejected only if they drew six faults, or three answers of another shape.
    others = [reason for q, reason in reasons.items() if BROKEN not in q]
    assert len(others) <= 3, others
    assert set(others) <= {"invalid_answer", "server_error", "timeout", "unreachable", "invalid_response"}
    llm = counts(output)
    assert llm["requests"] >= stats["requests"] > 300
    assert llm["failures"] >= sum(n for fault, n in stats["faults"].items() if fault != "wrong_shape")


@pytest.mark.parametrize("n", [1, 5])
def test_one_item_alone_is_no_outage_even_if_it_is_the_last(n: int, tmp_path: Path) -> None:
    folder, output = questions(tmp_path / "in", n, broken=(n - 1,)), tmp_path / "out"
    with FastStub() as stub:
        status, said = finished(start(folder, output, stub.url, *PATIENCE), output)
    assert status == 0, said
    assert len(right(output)) == n - 1
    assert [(row["reason"], row["detail"]) for row in rows(output, "rejected")] == [
        ("server_error", 'status 500: {"error": "500"}')
    ]


@pytest.mark.parametrize("mode", ["429", "500", "silence"])
def test_a_server_that_answers_nobody_stops_the_run(mode: str, tmp_path: Path) -> None:
    folder, output = questions(tmp_path / "in", 60), tmp_path / "out"
    with FastStub("--median", "0.2", "--sigma", "0.1") as stub:
        run = start(folder, output, stub.url, *PATIENCE, "--llm_concurrency", "4")
        while stub.stats()["requests"] < 12:
            time.sleep(0.05)
        stub.mode(mode)
        status, said = finished(run, output)
        answered = set(stub.stats()["answered"])
    assert_stopped(status, said, stub.url)
    assert not (output / "run.json").exists()
    assert_kept(output, answered)
    with FastStub("--port", stub.port) as again:
        status, said = finished(start(folder, output, again.url, *PATIENCE, "--resume"), output)
        assert status == 0, said
        assert set(again.stats()["asked"]) == {path.name for path in folder.iterdir()} - answered
    assert len(right(output)) == 60


def test_a_server_that_is_gone_for_good_stops_the_run(tmp_path: Path) -> None:
    folder, output = questions(tmp_path / "in", 60), tmp_path / "out"
    with FastStub("--median", "0.2", "--sigma", "0.1") as stub:
        run = start(folder, output, stub.url, *PATIENCE, "--llm_concurrency", "4")
        while stub.stats()["requests"] < 12:
            time.sleep(0.05)
        answered = set(stub.stats()["answered"])
    gone = time.monotonic()
    status, said = finished(run, output)
    assert time.monotonic() - gone > 4
    assert_stopped(status, said, stub.url)
    assert_kept(output, answered)


def assert_stopped(status: int, said: str, url: str) -> None:
    """Checks that a run ended with one line that says why and what to do."""
    [line] = [line for line in said.splitlines() if "documents read" not in line]
    assert status == 1
    assert line.startswith(f"beam: {url} has answered nothing for 4 s (")
    assert "go on with --resume" in line


def assert_kept(output: Path, answered: set[str]) -> None:
    """Checks that the ledger has as many answers as the server gave."""
    ledger = Ledger(LedgerSpec(str(output / "ledger")))
    kept = ledger._known.execute("SELECT count(*) FROM answers").fetchone()[0]
    ledger.close()
    assert len(answered) <= kept <= len(answered) + 5  # the small one that asks whether it is back


def test_a_server_that_comes_back_costs_nothing(tmp_path: Path) -> None:
    folder, output = questions(tmp_path / "in", 120), tmp_path / "out"
    patience = ["--llm_patience_s", "60", "--llm_timeout_s", "5", "--llm_concurrency", "16"]
    stub = FastStub("--median", "0.3", "--sigma", "0.1")
    run = start(folder, output, stub.url, *patience)
    while stub.stats()["requests"] < 30:
        time.sleep(0.05)
    stub.close()
    time.sleep(8)  # long enough for more failures than a request may have of its own
    with FastStub("--port", stub.port, "--median", "0.05") as back:
        flapping = threading.Event()

        def flap() -> None:  # it is restarting, and out of memory now and then
            for mode in ("500", "ok", "429", "ok", "500"):
                back.mode(mode)
                flapping.wait(1.5)
            back.mode("ok")

        thread = threading.Thread(target=flap)
        thread.start()
        status, said = finished(run, output)
        thread.join()
    assert status == 0, said
    assert rows(output, "rejected") == []
    assert len(right(output)) == 120
