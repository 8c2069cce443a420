from __future__ import annotations

import asyncio
import time

import pytest

from inference import engine as module
from inference.client import Answer, ModelError
from inference.engine import MAX_ATTEMPTS, Engine
from inference.errors import ServerGone
from tests.inference.engines import FINE, Client, failing, question, run


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same course of things in less time."""
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(module, "PROBE_EVERY_S", 0.02)


@pytest.mark.parametrize("others", [0, 3])
def test_one_that_fails_alone_is_given_up(others: int) -> None:
    async def broken(text: str) -> Answer:
        if text == "bad":
            raise failing()
        await asyncio.sleep(0.01)
        return FINE

    async def work(engine: Engine, client: Client) -> None:
        async def keep_asking(n: int) -> None:
            for i in range(50):
                await engine.ask(question(f"{n} {i}"))

        rest = asyncio.gather(*(keep_asking(n) for n in range(others)))
        with pytest.raises(ModelError, match="server_error"):
            await engine.ask(question("bad"))
        await rest
        assert client.asked.count("bad") == MAX_ATTEMPTS

    run(work, broken)


@pytest.mark.parametrize(
    "reason", ["timeout", "unreachable", "server_error", "rate_limited", "refused_request"]
)
def test_a_server_that_answers_nobody_ends_the_run(reason: str) -> None:
    async def down(_: str) -> Answer:
        raise failing(reason)

    async def work(engine: Engine, client: Client) -> None:
        began = time.monotonic()
        results = await asyncio.gather(
            *(engine.ask(question(f"q{i}")) for i in range(20)), return_exceptions=True
        )
        assert {type(result) for result in results} == {ServerGone}
        line = str(results[0])
        assert line == (
            f"http://stub has answered nothing for 0.5 s ({reason}: x); what it said before is kept: "
            "go on with --resume"
        )
        assert time.monotonic() - began > 0.5
        if reason != "rate_limited":  # who is limited is asked for himself
            # Each asks once; then one asks for all.
            assert max(client.asked.count(f"q{i}") for i in range(20)) == 1

    run(work, down, patience_s=0.5)


def test_silence_ends_the_run_too() -> None:
    async def silent(text: str) -> Answer:
        if text == "first":
            raise failing("timeout")
        await asyncio.sleep(60)
        raise AssertionError

    async def work(engine: Engine, client: Client) -> None:
        with pytest.raises(ServerGone, match="silence"):
            await engine.ask(question("first"))

    run(work, silent, patience_s=0.2)


def test_an_outage_costs_nothing() -> None:
    down: list[bool] = []

    async def send(_: str) -> Answer:
        await asyncio.sleep(0.001)
        if down:
            raise failing("unreachable")
        return FINE

    async def work(engine: Engine, client: Client) -> None:
        async def outages() -> None:
            for _ in range(10):  # more than a request may have failures of its own
                down.append(True)
                await asyncio.sleep(0.1)
                down.clear()
                await asyncio.sleep(0.1)

        flapping = asyncio.create_task(outages())
        i = 0
        while not flapping.done():
            await asyncio.gather(*(engine.ask(question(f"{i} {n}")) for n in range(30)))
            i += 1

    run(work, send, concurrency=4, patience_s=30)


def test_nobody_is_asked_again_while_the_server_answers_nobody() -> None:
    """More failures than are allowed, in one outage: they are those of the one that asks for all."""
    failures = iter(range(3 * MAX_ATTEMPTS))

    async def send(text: str) -> Answer:
        if text != "before" and next(failures, None) is not None:
            raise failing()
        return FINE

    async def work(engine: Engine, client: Client) -> None:
        await engine.ask(question("before"))
        assert await asyncio.gather(*(engine.ask(question(f"q{i}")) for i in range(5))) == [FINE] * 5
        assert {client.asked.count(f"q{i}") for i in range(5)} == {2}

    run(work, send)


def test_being_told_to_slow_down_is_no_fault() -> None:
    """A server that takes one request at a time and refuses the rest."""
    busy: list[str] = []

    async def one_at_a_time(text: str) -> Answer:
        if busy:
            raise failing("rate_limited")
        busy.append(text)
        await asyncio.sleep(0.005)
        busy.clear()
        return FINE

    async def work(engine: Engine, client: Client) -> None:
        assert await asyncio.gather(*(engine.ask(question(str(i))) for i in range(60))) == [FINE] * 60

    run(work, one_at_a_time, concurrency=16, patience_s=60)


def test_a_limit_that_lasts_rejects_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """None for a while, and then one in three."""
    monkeypatch.setattr(module, "MAX_WAIT_S", 0.002)
    turn = iter(range(10**6))

    async def limited(_: str) -> Answer:
        now = next(turn)
        if now < 300 or now % 3:
            raise failing("rate_limited")
        return FINE

    async def work(engine: Engine, client: Client) -> None:
        assert await asyncio.gather(*(engine.ask(question(str(i))) for i in range(60))) == [FINE] * 60
        assert max(map(client.asked.count, client.asked)) > 10, "as often as it takes"

    run(work, limited, concurrency=16, patience_s=60)


def test_who_was_turned_down_is_the_next_to_be_asked() -> None:
    seen: list[str] = []

    async def second_time(text: str) -> Answer:
        seen.append(text)
        await asyncio.sleep(0.001)
        if text in ("0", "1") and seen.count(text) == 1:
            raise failing("rate_limited")
        return FINE

    async def work(engine: Engine, client: Client) -> None:
        await asyncio.gather(*(engine.ask(question(str(i))) for i in range(6)))
        assert set(seen[:2]) == set(seen[2:4]) == {"0", "1"}

    run(work, second_time, concurrency=2)


@pytest.mark.parametrize("reason", ["server_error", "refused_request"])
def test_a_server_that_answers_the_sign_and_no_request_ends_the_run(reason: str) -> None:
    async def half_broken(text: str) -> Answer:
        if text == "1":
            return FINE
        raise failing(reason) if reason == "server_error" else ModelError(reason, "no json_schema here")

    async def work(engine: Engine, client: Client) -> None:
        asked = (engine.ask(question(f"q{i}")) for i in range(200))
        results = await asyncio.gather(*asked, return_exceptions=True)
        lost = [result for result in results if isinstance(result, ModelError)]
        ended = [result for result in results if isinstance(result, ServerGone)]
        assert 0 < len(lost) < max(module.GIVEN_UP, 2 * engine.spec.concurrency)
        assert str(ended[0]).startswith("http://stub has answered none of ")
        assert reason in str(ended[0])

    run(work, half_broken)


def test_who_has_answered_once_refuses_as_many_as_it_likes() -> None:
    async def picky(text: str) -> Answer:
        if text == "good":
            return FINE
        raise ModelError("refused_request", "too long")

    async def work(engine: Engine, client: Client) -> None:
        await engine.ask(question("good"))
        asked = (engine.ask(question(f"q{i}")) for i in range(200))
        results = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(result) for result in results} == {ModelError}

    run(work, picky)
