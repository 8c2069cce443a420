from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to

from extractors.documents.limits import Limits, UnreadableDocument
from pipelines import readers
from pipelines.reader import Reader, ReaderError
from pipelines.readers import ReaderFn, ReaderPool, refusing
from pipelines.stages import ERROR, Refused, Stage, Tally, settled, source_of

AT_WORK: list[int] = []
MOST: list[int] = []


class Slow(ReaderFn):
    """Waits as long as its record says, and refuses what is negative."""

    def __init__(self, pool: ReaderPool):
        super().__init__(pool)
        self.tally = Tally("slow")

    def work(self, reader: Reader, record: Any) -> int:
        AT_WORK.append(threading.get_ident())
        MOST.append(len(AT_WORK))
        time.sleep(abs(int(record.uri)) / 100)
        AT_WORK.pop()
        with refusing():
            if int(record.uri) < 0:
                raise UnreadableDocument("damaged", "negative")
        return int(record.uri)

    def settle(self, record: Any, result: Callable[[], Any]) -> Iterator[Any]:
        return settled(self.tally, record, result)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_as_many_records_as_readers_are_at_work_and_none_is_lost(count: int) -> None:
    MOST.clear()
    numbers = [9, 1, -7, 3, 8, 2, -1, 4]
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        sources = pipeline | beam.Create([source_of(str(n)) for n in numbers])
        out = sources | Stage(Slow(ReaderPool(Limits(), count)), "slow", int)
        assert_that(out.kept, equal_to([n for n in numbers if n > 0]), label="kept")
        refused = out.rejected | beam.Map(lambda r: (r.source_uri, r.reason, r.detail))
        assert_that(refused, equal_to([(str(n), "damaged", "negative") for n in numbers if n < 0]), label="r")
    assert max(MOST) == count
    assert readers._opened == {}


def test_what_a_reader_raises_becomes_a_refusal() -> None:
    other = source_of("b")
    with pytest.raises(Refused) as refused, refusing(other):
        raise ReaderError("KeyError: 'a'")
    assert (refused.value.reason, refused.value.detail, refused.value.record) == (
        ERROR,
        "KeyError: 'a'",
        other,
    )


class Refusing(Slow):
    """Refuses every record, with its bytes at hand."""

    data = bytes(1_000_000)

    def work(self, reader: Reader, record: Any) -> Any:
        data = self.data
        with refusing(record):
            raise UnreadableDocument("damaged", f"{len(data)} bytes")


def test_a_refusal_does_not_keep_the_bytes_of_its_document() -> None:
    stage = Refusing(ReaderPool(Limits()))
    stage.setup()
    stage.start_bundle()
    gc.collect()
    gc.disable()  # it would come, but much later than the next documents
    try:
        before = sys.getrefcount(Refusing.data)
        assert [len(list(stage.process(source_of("1")))) for _ in range(3)] == [1, 1, 1]
        stage.teardown()
        after = sys.getrefcount(Refusing.data)  # not in the assertion, where pytest counts as well
    finally:
        gc.enable()
    assert after == before
