"""The reader processes of a worker, and stages that keep all of them busy."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from queue import LifoQueue
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput
from apache_beam.transforms.window import GlobalWindows

from extractors.documents.limits import Limits, UnreadableDocument
from pipelines.reader import Reader, ReaderError
from pipelines.stages import ERROR, Refused


@dataclass(frozen=True)
class ReaderPool:
    """What the stages of a pipeline share in each worker.

    Attributes:
      limits: on one document.
      count: how many processes there are.
    """

    limits: Limits
    count: int = 1


class Readers:
    """The processes of a pool. The first that is free is the one that was used last."""

    def __init__(self, pool: ReaderPool):
        self._all = [Reader(pool.limits) for _ in range(pool.count)]
        self._idle: LifoQueue[Reader] = LifoQueue()
        for reader in reversed(self._all):
            self._idle.put(reader)

    @contextmanager
    def one(self) -> Iterator[Reader]:
        """Lends a reader, once one is free."""
        reader = self._idle.get()
        try:
            yield reader
        finally:
            self._idle.put(reader)

    def close(self) -> None:
        """Ends the processes."""
        for reader in self._all:
            reader.close()


_lock = threading.Lock()
_opened: dict[ReaderPool, tuple[Readers, int]] = {}
"""What this worker has, and by how many stages it is used."""


def open_readers(pool: ReaderPool) -> Readers:
    """Returns the processes that all users of a pool share in this worker; each closes them once."""
    with _lock:
        readers, users = _opened.get(pool) or (Readers(pool), 0)
        _opened[pool] = readers, users + 1
        return readers


def close_readers(pool: ReaderPool) -> None:
    """Ends the processes of a pool, once nobody uses them any more."""
    with _lock:
        readers, users = _opened.pop(pool)
        if users > 1:
            _opened[pool] = readers, users - 1
        else:
            readers.close()


class ReaderFn(beam.DoFn):
    """Does the work of a stage in a pool's readers, as many records at a time as there are.

    What comes out keeps the order of what goes in. A subclass says in `work` what a reader does with
    a record, and in `settle` what becomes of it.
    """

    def __init__(self, pool: ReaderPool):
        self.pool = pool

    def work(self, reader: Reader, record: Any) -> Any:
        """Returns what a reader makes of a record; runs in a thread of its own."""
        raise NotImplementedError

    def settle(self, record: Any, result: Callable[[], Any]) -> Iterator[Any]:
        """Yields the outputs for a record; `result` returns or raises what `work` did."""
        raise NotImplementedError

    def setup(self) -> None:
        self.readers = open_readers(self.pool)
        self.threads = ThreadPoolExecutor(self.pool.count)

    def teardown(self) -> None:
        self.threads.shutdown(cancel_futures=True)
        close_readers(self.pool)

    def start_bundle(self) -> None:
        self.begun: deque[tuple[Any, Future[Any]]] = deque()

    def process(self, record: Any) -> Iterator[Any]:
        self.begun.append((record, self.threads.submit(self._work, record)))
        # One reader needs no queue; several should find the next record while the first one's is awaited.
        if len(self.begun) >= 2 * self.pool.count - 1:
            yield from self._oldest()

    def finish_bundle(self) -> Iterator[Any]:
        while self.begun:
            for output in self._oldest():
                if isinstance(output, TaggedOutput):
                    yield TaggedOutput(output.tag, GlobalWindows.windowed_value(output.value))
                else:
                    yield GlobalWindows.windowed_value(output)

    def _oldest(self) -> Iterator[Any]:
        record, future = self.begun.popleft()
        yield from self.settle(record, future.result)

    def _work(self, record: Any) -> Any:
        with self.readers.one() as reader:
            try:
                return self.work(reader, record)
            except Refused as refusal:
                # The frames that it came through hold the document's bytes, some in a cycle with it.
                refusal.__context__ = None
                raise refusal.with_traceback(None) from None


@contextmanager
def refusing(record: Any = None) -> Iterator[None]:
    """Turns what a reader raises into the rejection of a record, if that of the stage is not the one."""
    try:
        yield
    except UnreadableDocument as error:
        raise Refused(error.reason, error.detail, record) from None
    except ReaderError as error:
        raise Refused(ERROR, str(error), record) from None
