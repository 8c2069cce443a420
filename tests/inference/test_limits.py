from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.limits import LONGEST_CLOSED_S, Places


def run(work: Awaitable[Any]) -> Any:
    async def inside() -> Any:
        return await work

    return asyncio.run(inside())


@given(
    most=st.integers(1, 5),
    events=st.lists(st.sampled_from(["take", "first", "leave", "answered", "turned_down", "cancel"])),
)
@settings(max_examples=200)
def test_never_more_than_the_limit_and_nobody_is_forgotten(most: int, events: list[str]) -> None:
    async def work() -> None:
        places = Places(most, 0.0, 0.0)
        waiting: list[asyncio.Task[None]] = []
        held = 0

        async def settle() -> None:
            nonlocal held
            for _ in range(4):
                await asyncio.sleep(0)
            for task in [task for task in waiting if task.done()]:
                waiting.remove(task)
                held += not task.cancelled()

        for event in events:
            if event in ("take", "first"):
                waiting.append(asyncio.create_task(places.take(first=event == "first")))
            elif event == "leave" and held:
                held -= 1
                places.give_back()
            elif event == "answered":
                places.answered(time.monotonic())
            elif event == "turned_down":
                places.turned_down(time.monotonic(), 0.0)
            elif event == "cancel" and waiting:
                waiting[-1].cancel()
            await settle()
            assert places.taken == held <= most
            assert 1 <= places.limit <= most
        places.limit = float(most)
        while held or waiting:  # whoever waits gets a place
            if held:
                held -= 1
                places.give_back()
            await settle()
            await asyncio.sleep(0)
            assert held or not waiting
        assert places.taken == 0

    run(work())


def test_those_that_were_in_flight_together_halve_the_places_once() -> None:
    async def work() -> None:
        places = Places(64, 0.0, 0.0)
        sent = time.monotonic()
        for _ in range(64):
            places.turned_down(sent, 0.0)
        assert places.limit == 32
        places.turned_down(time.monotonic(), 0.0)
        assert places.limit == 16
        for _ in range(64):
            places.answered(sent)
        assert places.limit == 16, "these were sent before"
        for _ in range(16):  # a round: up to half of the first 64
            places.answered(time.monotonic())
        assert places.limit == 32
        for _ in range(32):
            places.answered(time.monotonic())
        assert 32.9 < places.limit < 33.1

    run(work())


def test_nobody_asks_before_the_server_wants_it() -> None:
    async def work() -> None:
        places = Places(4, 0.0, 60.0)
        places.turned_down(time.monotonic(), 0.2)
        began = time.monotonic()
        await asyncio.gather(places.take(), places.take())
        assert time.monotonic() - began >= 0.2

    run(work())


@pytest.mark.parametrize("rounds", [40])
def test_the_wait_grows_and_has_a_limit(rounds: int) -> None:
    async def work() -> None:
        places = Places(4, 1.0, 60.0)
        closed = []
        for _ in range(rounds):
            places._closed_until = 0.0
            places.turned_down(time.monotonic(), 0.0)
            closed.append(places._closed_until - time.monotonic())
        assert max(closed[:1]) <= 1.0
        assert 4.0 < max(closed) <= LONGEST_CLOSED_S
        places.turned_down(time.monotonic(), 30.0)
        assert places._closed_until - time.monotonic() > 29.0, "as the server asks"

    run(work())
