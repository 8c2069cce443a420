from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from inference import engine as module
from inference import limits
from inference.client import Answer, ModelError
from inference.engine import Engine
from inference.errors import LedgerUnwritable
from inference.ledger import Ledger, LedgerSpec, Request
from tests.inference.engines import FINE, Client, failing, fine, question, run


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same course of things in less time."""
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(module, "PROBE_EVERY_S", 0.02)


def test_an_answer_and_what_is_counted() -> None:
    async def work(engine: Engine, client: Client) -> None:
        assert await engine.ask(question("a")) == FINE
        assert engine.take_counts() == {
            "llm/requests": 1,
            "llm/prompt_tokens": 7,
            "llm/completion_tokens": 2,
        }
        assert engine.take_counts() == {}

    run(work, fine)


def test_the_ledger_is_asked_first_and_told_at_once(tmp_path: Path) -> None:
    async def work(engine: Engine, client: Client) -> tuple[list[str], dict[str, int]]:
        answers = [await engine.ask(question(text)) for text in "aab"]
        assert answers == [FINE] * 3
        return client.asked, dict(engine.take_counts())

    ledger = Ledger(LedgerSpec(str(tmp_path)))
    asked, counts = run(work, fine, ledger)
    assert (asked, counts["llm/requests"], counts["llm/from_ledger"]) == (["a", "b"], 2, 1)
    ledger.close()
    again = Ledger(LedgerSpec(str(tmp_path)))
    asked, counts = run(work, fine, again)
    assert (asked, counts) == ([], {"llm/from_ledger": 3})
    again.close()


def test_a_failure_is_never_kept(tmp_path: Path) -> None:
    async def refuse(_: str) -> Answer:
        raise failing("refused_request", passing=False)

    async def work(engine: Engine, client: Client) -> None:
        with pytest.raises(ModelError):
            await engine.ask(question("a"))

    ledger = Ledger(LedgerSpec(str(tmp_path)))
    run(work, refuse, ledger)
    ledger.close()
    assert list(tmp_path.iterdir()) == []


def test_who_asks_what_is_being_asked_gets_the_same_answer() -> None:
    async def slowly(_: str) -> Answer:
        await asyncio.sleep(0.05)
        return FINE

    async def work(engine: Engine, client: Client) -> None:
        same = [engine.ask(question("a")) for _ in range(5)]
        others = [engine.ask(Request([{"role": "user", "content": "a"}], {"temperature": 0}, sample=1))]
        assert await asyncio.gather(*same, *others) == [FINE] * 6
        assert client.asked == ["a", "a"]
        assert engine.take_counts()["llm/from_ledger"] == 4
        assert engine._asked == {}

    run(work, slowly)


def test_who_no_longer_waits_takes_nobody_with_it(tmp_path: Path) -> None:
    async def slowly(_: str) -> Answer:
        await asyncio.sleep(0.1)
        return FINE

    async def work(engine: Engine, client: Client) -> None:
        first = asyncio.create_task(engine.ask(question("a")))
        alone = asyncio.create_task(engine.ask(question("b")))
        await asyncio.sleep(0.01)
        second = asyncio.create_task(engine.ask(question("a")))
        await asyncio.sleep(0.01)
        third = asyncio.create_task(engine.ask(question("a")))
        await asyncio.sleep(0.01)
        for task in (first, alone, third):
            task.cancel()
        assert await second == FINE
        await asyncio.sleep(0.15)
        assert await engine.ask(question("b")) == FINE  # from the ledger
        assert client.asked == ["a", "b"]

    ledger = Ledger(LedgerSpec(str(tmp_path)))
    run(work, slowly, ledger)
    ledger.close()


def test_requests_in_flight_have_a_limit_and_reach_it() -> None:
    async def slowly(_: str) -> Answer:
        await asyncio.sleep(0.02)
        return FINE

    async def work(engine: Engine, client: Client) -> None:
        await asyncio.gather(*(engine.ask(question(str(i))) for i in range(20)))
        assert client.most == 4

    run(work, slowly, concurrency=4)


@pytest.mark.parametrize(
    "reason", ["timeout", "unreachable", "server_error", "rate_limited", "invalid_response"]
)
def test_what_may_pass_is_asked_again(reason: str) -> None:
    faults = iter(range(4))

    async def at_first(text: str) -> Answer:
        if text == "a" and next(faults, None) is not None:
            raise failing(reason)
        return FINE

    async def work(engine: Engine, client: Client) -> None:
        assert await engine.ask(question("a")) == FINE
        assert client.asked.count("a") == 5
        counts = engine.take_counts()
        assert counts["llm/failures"] == 4
        assert counts["llm/requests"] == len(client.asked)

    run(work, at_first)


def test_what_cannot_pass_is_asked_once() -> None:
    async def refuse(_: str) -> Answer:
        raise failing("refused_request", passing=False)

    async def work(engine: Engine, client: Client) -> None:
        with pytest.raises(ModelError, match="refused_request"):
            await engine.ask(question("a"))
        assert client.asked == ["a"]

    run(work, refuse)


def test_retry_after_is_waited_for() -> None:
    async def once(text: str) -> Answer:
        if not seen:
            seen.append(text)
            raise failing("rate_limited", after=0.4)
        return FINE

    seen: list[str] = []

    async def work(engine: Engine, client: Client) -> None:
        await engine.ask(question("a"))
        assert client.at[1] - client.at[0] >= 0.4  # also of the small one that asks whether it is back

    run(work, once)


def test_requests_a_minute_are_spread_evenly() -> None:
    async def work(engine: Engine, client: Client) -> None:
        await asyncio.gather(*(engine.ask(question(str(i))) for i in range(25)))
        for i, at in enumerate(client.at):  # those of one second are free
            assert i + 1 <= 10 + 10 * (at - client.at[0]) + 0.1

    run(work, fine, requests_a_minute=600)


def test_waiting_for_the_limits_is_no_silence_of_the_server() -> None:
    failed: list[str] = []

    async def once(text: str) -> Answer:
        if text == "0" and not failed:
            failed.append(text)
            raise failing()
        return FINE

    async def work(engine: Engine, client: Client) -> None:
        await asyncio.gather(*(engine.ask(question(str(i))) for i in range(14)))

    run(work, once, requests_a_minute=240, patience_s=0.5)


def test_tokens_a_minute_are_those_of_question_and_answer() -> None:
    async def work(engine: Engine, client: Client) -> None:
        began = time.monotonic()
        for i in range(3):  # 100 tokens each, at 200 a second, of which one second is free
            await engine.ask(question(f"{i:0200d}", max_tokens=50))
        await engine.ask(question("x" * 1200, max_tokens=0))  # more than a second's worth
        assert time.monotonic() - began >= 1.9
        assert len(client.asked) == 4

    run(work, fine, tokens_a_minute=12_000)


def test_pictures_are_not_counted_by_their_letters() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 1_000_000}}
    content = [{"type": "text", "text": "x" * 40}, picture]
    request = Request([{"role": "user", "content": content}], {"max_tokens": 5})
    assert limits.tokens_of(request) == 10 + limits.TOKENS_A_PICTURE + 5


def test_answers_that_cannot_be_kept_end_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(engine: Engine, client: Client) -> None:
        await engine.ask(question("a"))
        with pytest.raises(LedgerUnwritable):
            ledger.flush()
        with pytest.raises(LedgerUnwritable, match="No space left"):
            await engine.ask(question("b"))

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    ledger = Ledger(LedgerSpec(str(tmp_path), flush_s=60, patience_s=0))
    with monkeypatch.context() as patched:
        patched.setattr("inference.segments.write", full)
        run(work, fine, ledger)
    ledger.close()


def test_closing_gives_up_what_is_being_asked() -> None:
    async def never(_: str) -> Answer:
        await asyncio.sleep(600)
        raise AssertionError

    async def work(engine: Engine, client: Client) -> None:
        asked = asyncio.create_task(engine.ask(question("a")))
        await asyncio.sleep(0.01)
        await engine.close()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert client.closed

    run(work, never)
