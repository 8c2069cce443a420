"""Servers that say 429, in simulated time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from inference.client import Answer, Endpoint
from inference.engine import Engine, EngineSpec
from tests.inference import clock
from tests.inference.engines import FINE, Client, failing, question

Server = Callable[[str, float], Awaitable[Answer]]
"""Answers a text at a time since the beginning."""


async def limited(_: float = 0.0) -> Answer:
    await asyncio.sleep(0.01)
    raise failing("rate_limited")


async def after(seconds: float) -> Answer:
    await asyncio.sleep(seconds)
    return FINE


class Course:
    """What became of questions that were asked at once."""

    def __init__(self, server: Server, texts: list[str], monkeypatch: pytest.MonkeyPatch, **spec: Any):
        self.answered_at: list[float] = []
        self.results: list[Any] = []
        self.in_flight: list[tuple[int, int]] = []
        self.seconds = 0.0
        clock.run(self._work(server, texts, spec), monkeypatch)

    async def _work(self, server: Server, texts: list[str], spec: Any) -> None:
        began = asyncio.get_running_loop().time()

        def now() -> float:
            return asyncio.get_running_loop().time() - began

        async def send(text: str) -> Answer:
            self.in_flight.append((engine.in_flight, client.flying))
            answer = await server(text, now())
            self.answered_at.append(now())
            return answer

        engine = Engine(EngineSpec("e", Endpoint("http://stub", "m"), **spec))
        await engine._client.close()
        engine._client = client = Client(send)  # type: ignore[assignment]
        waiting = asyncio.Semaphore(4 * engine.spec.concurrency)  # as in a stage of a pipeline

        async def ask(text: str) -> Answer:
            async with waiting:
                return await engine.ask(question(text))

        self.results = await asyncio.gather(*map(ask, texts), return_exceptions=True)
        self.seconds = now()
        await engine.close()

    @property
    def kinds(self) -> Counter[str]:
        return Counter(type(result).__name__ for result in self.results)


def same(n: int) -> list[str]:
    return [f"question {i:010d}" for i in range(n)]


@pytest.mark.parametrize(("until", "kinds"), [(6.0, {"Answer"}), (60.0, {"Answer", "ServerGone"})])
def test_a_quota_that_lets_small_ones_pass_rejects_nothing(
    until: float, kinds: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def server(text: str, now: float) -> Answer:
        return await (limited() if 1 <= now < until and text != "1" else after(0.1))

    course = Course(server, same(400), monkeypatch, concurrency=16, patience_s=10)
    assert set(course.kinds) == kinds
    if "ServerGone" in kinds:
        line = next(str(result) for result in course.results if not isinstance(result, Answer))
        assert line.startswith("http://stub has answered nothing for 10 s (rate_limited: x);")


def test_a_quota_that_comes_and_goes_rejects_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """For many times the patience, each record is told to slow down again and again."""

    async def server(text: str, now: float) -> Answer:
        return await (after(1.0) if now % 40 < 10 or text == "1" else limited())

    course = Course(server, same(1000), monkeypatch, concurrency=16, patience_s=60)
    assert course.kinds == {"Answer": 1000}
    assert course.seconds > 180


@pytest.mark.parametrize("seconds", [0.1, 1.5])
def test_one_that_is_too_large_is_in_nobody_s_way(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    def server(refuses: bool) -> Server:
        async def answer(text: str, now: float) -> Answer:
            return await (limited() if refuses and text.startswith("LARGE") else after(seconds))

        return answer

    texts = same(400)
    texts[20] = "LARGE" + "x" * 1000
    with_it = Course(server(True), texts, monkeypatch, concurrency=16, patience_s=6)
    without = Course(server(False), texts, monkeypatch, concurrency=16, patience_s=6)
    assert with_it.kinds == {"Answer": 399, "ModelError": 1}
    assert with_it.answered_at[-1] < 1.5 * without.answered_at[-1] + 2


@pytest.mark.parametrize("large", [1, 40])
def test_those_that_are_too_large_are_given_up_at_the_end_of_a_run(
    large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def server(text: str, now: float) -> Answer:
        return await (limited() if text.startswith("LARGE") else after(0.1))

    texts = same(50) + [f"LARGE{i:05d}" + "x" * 1000 for i in range(large)]
    course = Course(server, texts, monkeypatch, concurrency=16, patience_s=6)
    assert course.kinds == {"Answer": 50, "ModelError": large}
    assert course.seconds > 6


def test_one_that_is_refused_though_others_are_as_large_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def server(text: str, now: float) -> Answer:
        return await (limited() if text == "question bad0000000" else after(0.1))

    course = Course(server, ["question bad0000000", *same(5000)], monkeypatch, concurrency=8, patience_s=6)
    assert course.kinds == {"Answer": 5000, "ModelError": 1}
    assert isinstance(course.results[1], Answer)


def test_a_burst_of_refusals_is_over_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """64 places, half a second an answer, nothing between 1 and 3 s: full speed is 128 answers a second."""

    async def server(text: str, now: float) -> Answer:
        return await (limited() if 1 < now < 3 else after(0.5))

    course = Course(server, same(3000), monkeypatch, concurrency=64, patience_s=60)
    assert course.kinds == {"Answer": 3000}
    assert sum(10 < at <= 15 for at in course.answered_at) > 0.5 * 128 * 5
    assert course.seconds < 3000 / 128 + 20


def test_who_waits_for_the_rate_is_not_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    async def server(text: str, now: float) -> Answer:
        return await after(0.1)

    course = Course(server, same(100), monkeypatch, concurrency=32, requests_a_minute=600)
    assert all(said == flying for said, flying in course.in_flight)
    assert max(said for said, _ in course.in_flight) < 15
