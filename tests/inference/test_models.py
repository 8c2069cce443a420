from __future__ import annotations

import asyncio
import logging
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest

from inference import models as module
from inference.client import Answer, BadEndpoint, Endpoint
from inference.engine import EngineSpec
from inference.errors import LedgerUnwritable, ServerGone
from inference.ledger import Ledger, LedgerSpec, Request
from inference.models import Models, ModelsSpec, close_models, flush_models, open_models
from inference.server import ServerSpec
from tests.inference.stub import MODEL, Reply, Stub


def spec(url: str, ledger: Path | None = None, **engines: int) -> ModelsSpec:
    """Returns engines by their names and concurrencies."""
    made = [EngineSpec(name, Endpoint(url, MODEL), n) for name, n in (engines or {"one": 4}).items()]
    return ModelsSpec(tuple(made), LedgerSpec(str(ledger), 3600.0, 0.0) if ledger else None)


def ask(models: Models, text: str, engine: str = "") -> Answer:
    request = Request([{"role": "user", "content": text}], {})
    answer: Answer = models.submit(models[engine].ask(request)).result(60)
    return answer


def test_engines_have_names_and_the_first_is_for_whatever_names_none() -> None:
    with Stub(lambda body, number: Reply("x")) as stub:
        models = Models(spec(stub.url, one=2, two=3))
        assert models[""] is models["one"] is not models["two"]
        assert models.spec.concurrency() == 5
        with pytest.raises(KeyError):
            models["three"]
        models.close()


def test_what_all_engines_and_the_work_count_is_taken_once() -> None:
    with Stub(lambda body, number: Reply("x")) as stub:
        models = Models(spec(stub.url, one=2, two=3))
        ask(models, "a", "one")
        ask(models, "b", "two")
        models.count("transcribe/pages", 3)
        counts = models.take_counts()
        assert (counts["llm/requests"], counts["transcribe/pages"]) == (2, 3)
        assert not models.take_counts()
        models.close()


def test_a_process_opens_them_once_and_the_last_user_closes(tmp_path: Path) -> None:
    with Stub(lambda body, number: Reply("x")) as stub:
        one = spec(stub.url, tmp_path / "ledger")
        opened: list[Models] = []
        threads = [threading.Thread(target=lambda: opened.append(open_models(one))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(map(id, opened))) == 1
        other = open_models(spec(stub.url))
        assert other is not opened[0]
        for _ in range(3):
            close_models(one)
        ask(opened[0], "a")
        close_models(one)
        close_models(spec(stub.url))
        assert not opened[0]._thread.is_alive()
        assert module._opened == {}
        again = open_models(one)
        assert again is not opened[0]
        ask(again, "a")
        assert again.take_counts() == {"llm/from_ledger": 1}
        close_models(one)


def test_closing_gives_up_work_and_keeps_answers(tmp_path: Path) -> None:
    slow = threading.Event()

    def script(body: dict[str, Any], number: int) -> Reply:
        if body["messages"][0]["content"] == "slow":
            slow.set()
            return Reply("late", pause=5)
        return Reply("x")

    async def sleep() -> None:
        await asyncio.sleep(600)

    with Stub(script) as stub:
        models = Models(spec(stub.url, tmp_path))
        ask(models, "quick")
        never = [
            models.submit(models[""].ask(Request([{"role": "user", "content": "slow"}], {}))),
            models.submit(sleep()),
        ]
        assert slow.wait(30)
        models.close()
        assert all(future.cancelled() for future in never)
    again = Ledger(LedgerSpec(str(tmp_path)))
    assert again.get(Request([{"role": "user", "content": "quick"}], {}).key(f"{MODEL} at 127.0.0.1"))
    again.close()


def test_flushing_writes_and_only_logs_what_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with Stub(lambda body, number: Reply("x")) as stub:
        one = spec(stub.url, tmp_path)
        models = open_models(one)
        ask(models, "a")
        with monkeypatch.context() as patched, caplog.at_level(logging.WARNING):
            patched.setattr("inference.segments.write", full)
            flush_models()
            assert "No space left" in caplog.text
        flush_models()
        assert len(list(tmp_path.iterdir())) == 1
        ask(models, "b")
        monkeypatch.setattr("inference.segments.write", full)
        with pytest.raises(LedgerUnwritable):
            close_models(one)
    assert module._opened == {}


class _Lease:
    """A stub of `inference.server.Lease`."""

    log = ""

    def __init__(self, socket: str, closed: list[str]):
        self.socket, self.closed = socket, closed

    def close(self) -> None:
        self.closed.append(self.socket)


def test_servers_that_are_started_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    with (
        tempfile.TemporaryDirectory(dir="/tmp") as folder,
        Stub(lambda body, number: Reply("x"), socket=f"{folder}/socket"),
    ):
        monkeypatch.setattr(module, "lease", lambda server: _Lease(f"{folder}/socket", closed))
        engine = EngineSpec("one", Endpoint("", MODEL), server=ServerSpec(MODEL, "run"))
        models = Models(ModelsSpec((engine,)))
        assert ask(models, "a").text == "x"
        assert closed == []
        models.close()
        assert closed == [f"{folder}/socket"]


def test_a_server_that_does_not_start_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []

    def lease(server: ServerSpec) -> _Lease:
        if server.model == "bad":
            raise BadEndpoint("it does not start")
        return _Lease("/no/socket", closed)

    monkeypatch.setattr(module, "lease", lease)
    engines = [EngineSpec(m, Endpoint("", m), server=ServerSpec(m, "run")) for m in ("good", "bad")]
    before = threading.active_count()
    with pytest.raises(BadEndpoint, match="does not start"):
        open_models(ModelsSpec(tuple(engines), LedgerSpec(str(tmp_path))))
    assert closed == ["/no/socket"]
    assert module._opened == {}
    assert threading.active_count() <= before + 1  # a pool of asyncio's may wait for more work


def test_engines_are_opened_while_their_counts_are_taken() -> None:
    """Going through them in one thread, step by step, while another opens one."""
    with Stub(lambda body, number: Reply("x")) as stub:
        models = Models(spec(stub.url, one=2, two=3, three=4), ["one", "two"])
        going_through = iter(models.engines.values())
        next(going_through)
        models.open(["three"])
        assert len(list(going_through)) == 1
        assert set(models.engines) == {"one", "two", "three"}
        models.close()


def test_nobody_else_waits_for_a_server_that_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    starting, go_on = threading.Event(), threading.Event()

    def lease(server: ServerSpec) -> _Lease:
        starting.set()
        assert go_on.wait(60)
        return _Lease("/no/socket", [])

    monkeypatch.setattr(module, "lease", lease)
    slow = ModelsSpec((EngineSpec("slow", Endpoint("", MODEL), server=ServerSpec(MODEL, "run")),))
    with Stub(lambda body, number: Reply("x")) as stub:
        open_models(spec(stub.url))
        opening = threading.Thread(target=open_models, args=(slow,))
        opening.start()
        assert starting.wait(60)
        closing = threading.Thread(target=close_models, args=(spec(stub.url),))
        closing.start()
        closing.join(30)
        assert not closing.is_alive()
        go_on.set()
        opening.join()
        close_models(slow)
    assert module._opened == {}


def test_a_look_that_fails_is_only_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: str) -> list[str]:
        raise RuntimeError("no such bucket")

    with Stub(lambda body, number: Reply("x")) as stub:
        models = Models(spec(stub.url, tmp_path))
        monkeypatch.setattr("inference.ledger.LOOK_EVERY_S", 0.0)
        with monkeypatch.context() as patched, caplog.at_level(logging.WARNING):
            patched.setattr("inference.segments.listed", fail)
            models.look_again()
        assert "no such bucket" in caplog.text
        models.close()


def test_a_server_of_ours_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    held = _Lease("/no/socket", [])
    held.log = "/logs/vllm.log"
    monkeypatch.setattr(module, "lease", lambda server: held)
    engine = EngineSpec("judge", Endpoint("", MODEL), patience_s=0.1, server=ServerSpec(MODEL, "run"))
    models = Models(ModelsSpec((engine,)))
    line = r"^the vLLM of engine judge \(its log is /logs/vllm.log\) has answered nothing for 0.1 s"
    with pytest.raises(ServerGone, match=line):
        ask(models, "a")
    models.close()
