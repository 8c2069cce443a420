"""The models of a run in one worker process: their engines, a ledger, and the loop that asks them."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from inference.engine import Engine, EngineSpec
from inference.errors import LedgerUnwritable
from inference.ledger import Ledger, LedgerSpec
from inference.server import Lease, lease

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelsSpec:
    """What the stages of a pipeline share in each worker.

    Attributes:
      engines: with names of their own; the first is the one for whatever names none.
      ledger: where finished answers are kept.
    """

    engines: tuple[EngineSpec, ...]
    ledger: LedgerSpec | None = None

    @property
    def concurrency(self) -> int:
        """Requests that a worker has in flight, over all engines."""
        return sum(engine.concurrency for engine in self.engines)


class Models:
    """The engines, opened. They live in a loop of their own, in a thread of its own.

    Raises:
      BadEndpoint: a server that was to be started doesn't.
    """

    def __init__(self, spec: ModelsSpec):
        self.spec = spec
        self._leases: list[Lease] = []
        self._counts: Counter[str] = Counter()
        self._counting = threading.Lock()
        self.engines: dict[str, Engine] = {}
        self.ledger = Ledger(spec.ledger) if spec.ledger else None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            self.submit(self._open()).result()
        except BaseException:
            self.close()
            raise

    async def _open(self) -> None:
        for engine in self.spec.engines:
            if engine.server:
                self._leases.append(await asyncio.to_thread(lease, engine.server))
                engine = replace(engine, endpoint=replace(engine.endpoint, url=self._leases[-1].url))
            self.engines[engine.name] = Engine(engine, self.ledger)

    async def _close(self) -> None:
        """Gives up all work, and ends the connections."""
        work = asyncio.all_tasks() - {asyncio.current_task()}
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        for engine in self.engines.values():
            await engine.close()

    def __getitem__(self, name: str) -> Engine:
        return self.engines[name or self.spec.engines[0].name]

    def submit(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Begins work that asks the engines; safe in any thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def count(self, name: str, n: int = 1) -> None:
        """Counts something under the name of a Beam counter; safe in any thread."""
        with self._counting:
            self._counts[name] += n

    def take_counts(self) -> Counter[str]:
        """Returns what was counted here and by all engines since the last call."""
        with self._counting:
            counts, self._counts = self._counts, Counter()
        for engine in self.engines.values():
            counts += engine.take_counts()
        return counts

    def flush(self) -> None:
        """Writes what the ledger holds, before a process ends for another reason; only logs a failure."""
        try:
            if self.ledger:
                self.ledger.flush()
        except LedgerUnwritable as error:
            _LOG.warning("%s", error)

    def close(self) -> None:
        """Gives up what is being asked, lets go of the servers, and writes what the ledger holds.

        Raises:
          LedgerUnwritable: see `Ledger.close`.
        """
        self.submit(self._close()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        for held in self._leases:
            held.close()
        if self.ledger:
            self.ledger.close()


_lock = threading.Lock()
_opened: dict[ModelsSpec, tuple[Models, int]] = {}
"""What this process has, and by how many users it is used."""


def open_models(spec: ModelsSpec) -> Models:
    """Returns the models of a run, opened once a process; every user closes them with `close_models`."""
    with _lock:
        models, users = _opened.get(spec) or (Models(spec), 0)
        _opened[spec] = models, users + 1
        return models


def close_models(spec: ModelsSpec) -> None:
    """Lets go of the models; the last user closes them."""
    with _lock:
        models, users = _opened.pop(spec)
        if users > 1:
            _opened[spec] = models, users - 1
            return
        models.close()


def flush_models() -> None:
    """Writes what the ledgers of this process hold, for a process that is about to end."""
    for models, _ in list(_opened.values()):
        models.flush()
