"""The models of a run in one worker process: their engines, a ledger, and the loop that asks them."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from inference.engine import Engine, EngineSpec
from inference.errors import LedgerUnwritable
from inference.ledger import Ledger, LedgerSpec
from inference.progress import Progress, ProgressFile
from inference.server import Lease, lease

SECONDS_BETWEEN_REPORTS = 1.0

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelsSpec:
    """What the stages of a pipeline share in each worker.

    Attributes:
      engines: with names of their own; the first is the one for whatever names none.
      ledger: where finished answers are kept.
      progress: folder in which each worker says what it has done (`inference.progress`); empty for none.
    """

    engines: tuple[EngineSpec, ...]
    ledger: LedgerSpec | None = None
    progress: str = ""

    def named(self, names: Sequence[str] | None = None) -> tuple[EngineSpec, ...]:
        """Returns the engines of these names, each once; "" is the first one, None stands for all."""
        if names is None:
            return self.engines
        wanted = {name or self.engines[0].name for name in names}
        return tuple(engine for engine in self.engines if engine.name in wanted)

    def only(self, names: Sequence[str]) -> ModelsSpec | None:
        """Returns the same models without the engines that nobody asks; None if that leaves none."""
        engines = self.named(names)
        return replace(self, engines=engines) if engines else None

    def concurrency(self, names: Sequence[str] | None = None) -> int:
        """Returns how many requests to these engines a worker has in flight."""
        return sum(engine.concurrency for engine in self.named(names))


class Models:
    """The engines, opened. They live in a loop of their own, in a thread of its own.

    Args:
      spec: of the run.
      names: which engines; all if None.

    Raises:
      BadEndpoint: a server that was to be started doesn't.
      LedgerUnwritable: see `Ledger`.
    """

    def __init__(self, spec: ModelsSpec, names: Sequence[str] | None = None):
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
            if spec.progress:
                self.submit(self._report(ProgressFile(spec.progress)))
            self.open(names)
        except BaseException:
            self.close()
            raise

    def open(self, names: Sequence[str] | None = None) -> None:
        """Opens engines that aren't open yet.

        Raises:
          BadEndpoint: a server that was to be started doesn't.
        """
        self.submit(self._open(self.spec.named(names))).result()

    async def _open(self, wanted: Sequence[EngineSpec]) -> None:
        for engine in wanted:
            if engine.name in self.engines:
                continue
            where = engine.endpoint.url
            if engine.server:
                held = await asyncio.to_thread(lease, engine.server)
                self._leases.append(held)
                there = replace(engine.endpoint, url="http://vllm", socket=held.socket)
                engine = replace(engine, endpoint=there)
                where = f"the vLLM of engine {engine.name} (its log is {held.log})"
            # Whole: other threads may be going through them.
            self.engines = {**self.engines, engine.name: Engine(engine, self.ledger, where)}

    async def _report(self, file: ProgressFile) -> None:
        try:
            while True:
                file.write(self._progress())
                await asyncio.sleep(SECONDS_BETWEEN_REPORTS)
        finally:
            file.write(replace(self._progress(), in_flight=0))

    def _progress(self) -> Progress:
        engines = self.engines.values()
        total = sum((engine.total for engine in engines), Counter[str]())
        return Progress(
            total["llm/requests"] - total["llm/failures"],
            total["llm/from_ledger"],
            sum(engine.in_flight for engine in engines),
            total["llm/completion_tokens"],
        )

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

    def look_again(self) -> None:
        """Reads what other workers have put into the ledger meanwhile; only logs a failure."""
        try:
            if self.ledger:
                self.ledger.look_again()
        except Exception as error:  # of any store
            _LOG.warning("the ledger can't be read: %s", error)

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
_turns: dict[ModelsSpec, threading.Lock] = {}
"""To open and close the models of a run: a server may take minutes to start, for which others don't wait."""
_opened: dict[ModelsSpec, tuple[Models, int]] = {}
"""What this process has, and by how many users it is used."""


def _turn(spec: ModelsSpec) -> threading.Lock:
    with _lock:
        return _turns.setdefault(spec, threading.Lock())


def open_models(spec: ModelsSpec, names: Sequence[str] | None = None) -> Models:
    """Returns the models of a run, opened once a process; every user closes them with `close_models`.

    Args:
      names: of the engines that this user asks; all if None.

    Raises:
      BadEndpoint, LedgerUnwritable: see `Models`.
    """
    with _turn(spec):
        if spec in _opened:
            models, users = _opened[spec]
            models.open(names)
        else:
            models, users = Models(spec, names), 0
        _opened[spec] = models, users + 1
        return models


def close_models(spec: ModelsSpec) -> None:
    """Lets go of the models; the last user closes them."""
    with _turn(spec):
        models, users = _opened.pop(spec)
        if users > 1:
            _opened[spec] = models, users - 1
            return
        models.close()


def flush_models() -> None:
    """Writes what the ledgers of this process hold, for a process that is about to end."""
    for models, _ in list(_opened.values()):
        models.flush()
