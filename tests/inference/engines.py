"""An engine whose client is a stub."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from inference.client import Answer, Endpoint, ModelError
from inference.engine import Engine, EngineSpec
from inference.ledger import Ledger, Request

Send = Callable[[str], Awaitable[Answer]]
FINE = Answer("fine", "stop", "", 7, 2)


class Client:
    """A stub of `ChatClient`: answers by a function of what it is asked, and keeps that."""

    def __init__(self, send: Send):
        self._send, self.asked, self.at, self.closed = send, [], [], False
        self.most = self.flying = 0

    async def send(self, messages: Any, parameters: Any) -> Answer:
        self.asked.append(messages[0]["content"])
        self.at.append(time.monotonic())
        self.flying += 1
        self.most = max(self.most, self.flying)
        try:
            return await self._send(messages[0]["content"])
        finally:
            self.flying -= 1

    async def close(self) -> None:
        self.closed = True


def question(text: str, **changes: Any) -> Request:
    return Request([{"role": "user", "content": text}], {"temperature": 0, **changes})


def run(
    work: Callable[[Engine, Client], Awaitable[Any]], send: Send, ledger: Ledger | None = None, **spec: Any
) -> Any:
    """Runs work with an engine whose client is a stub."""

    async def inside() -> Any:
        engine = Engine(EngineSpec("e", Endpoint("http://stub", "m"), **spec), ledger)
        await engine._client.close()
        engine._client = client = Client(send)  # type: ignore[assignment]
        try:
            return await work(engine, client)
        finally:
            await engine.close()

    return asyncio.run(inside())


def failing(reason: str = "server_error", passing: bool = True, after: float = 0.0) -> ModelError:
    return ModelError(reason, "x", passing=passing, after=after)


async def fine(_: str) -> Answer:
    return FINE
