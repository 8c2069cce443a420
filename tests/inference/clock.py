"""An event loop whose time passes as soon as nobody has anything to do: an hour takes no time."""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any

import pytest

from inference import engine, limits


class _Loop(asyncio.SelectorEventLoop):
    now = 1000.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        while self._scheduled and self._scheduled[0]._cancelled:
            heapq.heappop(self._scheduled)._scheduled = False
            self._timer_cancelled_count -= 1
        if self._scheduled and not self._ready:
            self.now = max(self.now, self._scheduled[0]._when) + 1e-6  # whatever a float can hold
        super()._run_once()  # type: ignore[misc]


def run(work: Coroutine[Any, Any, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Returns what work comes to, which must need nothing from outside; the same every time."""
    loop = _Loop()
    clock = SimpleNamespace(monotonic=loop.time)
    monkeypatch.setattr(engine, "time", clock)
    monkeypatch.setattr(limits, "time", clock)
    random.seed(7)
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()
