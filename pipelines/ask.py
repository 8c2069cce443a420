"""The stage that asks models: many records at once, each leaving as soon as it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput
from apache_beam.transforms.window import GlobalWindows

from inference.client import ModelError
from inference.errors import Fatal
from inference.models import Models, ModelsSpec, close_models, open_models
from inference.structured import InvalidAnswer
from pipelines.stages import NAMESPACE, Refused, Split, Stage, Tally, settled

RECORDS_A_REQUEST = 2
"""Records in progress for each request that may be in flight: who waits takes the place that gets free."""

Work = Callable[[Models, Any], Awaitable[Any]]


class Ask(beam.PTransform):
    """Turns every record into another one by a function that asks models.

    The requests in flight stay at their limit while there are records: none waits for a slower one. What
    comes out has the order in which it was done.

    Args:
      stage: the name its counts have in run.json.
      spec: the models, shared with the other stages of the pipeline.
      work: (models, record) -> record, in the loop of the models. Rejects by raising `Refused`; the
        answers that it can't get or use (`ModelError`, `InvalidAnswer`) reject the record too.
      output: type of what it returns.
      engines: names of those that it asks; all if None.
      accelerator: Beam's resource hint for the machines of this stage, if a model runs on them.
    """

    def __init__(
        self,
        stage: str,
        spec: ModelsSpec,
        work: Work,
        output: type,
        engines: Sequence[str] | None = None,
        accelerator: str = "",
    ):
        super().__init__(label=stage)
        self.do, self.stage, self.output = _Ask(stage, spec, work, engines), stage, output
        self.accelerator = accelerator

    def expand(self, records: Any) -> Split:
        asked = Stage(self.do, self.stage, self.output)
        if self.accelerator:
            asked = asked.with_resource_hints(accelerator=self.accelerator)
        return records | asked


class Flow:
    """Work of models on many records at once, in a bundle; what is done first comes first.

    Args:
      models: opened; what they count becomes Beam's counters.
    """

    def __init__(self, models: Models):
        self.models, self.begun = models, 0
        self._done: SimpleQueue[tuple[Any, Future[Any]]] = SimpleQueue()

    def begin(self, record: Any, work: Coroutine[Any, Any, Any]) -> None:
        """Begins the work on a record."""
        self.begun += 1
        self.models.submit(work).add_done_callback(lambda done: self._done.put((record, done)))

    @property
    def ready(self) -> bool:
        """Whether a record is done that nobody has taken yet."""
        return not self._done.empty()

    def next(self, timeout_s: float | None = None) -> tuple[Any, Future[Any]]:
        """Waits until a record is done, and returns it with its result.

        Raises:
          queue.Empty: none was done in that time.
        """
        record, future = self._done.get(timeout=timeout_s)
        self.begun -= 1
        for name, n in self.models.take_counts().items():  # Beam counts only in its own threads
            Metrics.counter(NAMESPACE, name).inc(n)
        return record, future


class _Ask(beam.DoFn):
    def __init__(self, stage: str, spec: ModelsSpec, work: Work, engines: Sequence[str] | None = None):
        self.tally, self.spec, self.work, self.engines = Tally(stage), spec, work, engines

    def setup(self) -> None:
        self.models = open_models(self.spec, self.engines)

    def teardown(self) -> None:
        close_models(self.spec)

    def start_bundle(self) -> None:
        self.models.look_again()  # a bundle may be here since another worker has failed with it
        # A bundle that broke off leaves work behind that is none of the next one's.
        self.flow = Flow(self.models)

    def process(self, record: Any) -> Iterator[Any]:
        self.flow.begin(record, self._work(record))
        most = RECORDS_A_REQUEST * self.spec.concurrency(self.engines)
        while self.flow.begun >= most or self.flow.ready:
            yield from self._next()

    def finish_bundle(self) -> Iterator[Any]:
        while self.flow.begun:
            for output in self._next():
                if isinstance(output, TaggedOutput):
                    yield TaggedOutput(output.tag, GlobalWindows.windowed_value(output.value))
                else:
                    yield GlobalWindows.windowed_value(output)

    async def _work(self, record: Any) -> Any:
        try:
            return await self.work(self.models, record)
        except ModelError as error:
            raise Refused(error.reason, error.detail) from None
        except InvalidAnswer as error:
            raise Refused(error.reason, error.detail, said=error.texts) from None

    def _next(self) -> Iterator[Any]:
        """Waits for a record to be done."""
        record, future = self.flow.next()
        try:
            yield from settled(self.tally, record, partial(future.result))
        except Fatal:  # Beam may end the process without a teardown
            self.models.flush()
            raise
