"""The shells around pure functions: what every stage counts, rejects and survives, written once.

A stage has two outputs, `kept` and `rejected`. Whatever a function raises becomes one `Rejected`
with the reason `error` for that record alone; nothing is swallowed and nothing stops the run but an
`ImportError` and `Fatal`: neither a broken installation nor a model server that is gone must look like
damaged records.
Records travel between workers by Beam's default coder, which pickles dataclasses that our own
workers made. Registered row coders were measured to take as long (3 to 6 ms each way for a document
with 300 items) and 1.3 times the bytes, so nothing is registered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput
from apache_beam.typehints.native_type_compatibility import convert_to_beam_type

from inference.errors import Fatal
from schemas.arrow import to_row
from schemas.document import Document
from schemas.ids import record_id
from schemas.problems import Found
from schemas.verdict import Rejected, Verdict

NAMESPACE = "assay"
REJECTED = "rejected"  # the name of a stage's second output
ERROR = "error"  # the reason of what raised
MAX_DETAIL = 500


class Refused(Exception):
    """Raised by the function of a `Convert` to reject its record for a known reason.

    Attributes:
      record: what is written to the rejects instead of the stage's input, if given.
      said: what models answered, kept with the record.
    """

    def __init__(self, reason: str, detail: str = "", record: Any = None, said: Sequence[str] = ()):
        super().__init__(reason, detail)
        self.reason, self.detail, self.record, self.said = reason, detail, record, tuple(said)


@dataclass(frozen=True, slots=True)
class Source:
    """A document, as named in the rejects. `sha256` is empty if its bytes were never read."""

    id: str
    uri: str
    sha256: str = ""


def source_of(uri: str, sha256: str = "") -> Source:
    """Returns the reference to a document; its id depends on its bytes (if read) and its uri."""
    return Source(record_id("document", sha256, uri), uri, sha256)


def rejected(record: Any, stage: str, reason: str, detail: str = "", said: Sequence[str] = ()) -> Rejected:
    """Returns the reject of a record: a document, an item or a row with `id` and `source.uri`.

    What models said of it, if anything, is put into its JSON as `said`.
    """
    if isinstance(record, (Document, Found)):
        record = source_of(record.uri, record.sha256)
    uri = record.uri if hasattr(record, "uri") else record.source.uri
    # Not `printable`: in JSON its escape would be read as the half surrogate pair again.
    fields = {**to_row(record), **({"said": said} if said else {})}
    row = json.dumps(fields, ensure_ascii=False, default=_as_json).encode("utf-8", "replace").decode("utf-8")
    detail = printable(" ".join(detail.split()))[:MAX_DETAIL]
    return Rejected(record.id, stage, reason, detail, printable(uri), row)


def _as_json(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)


def printable(text: str) -> str:
    """Returns `text` with what UTF-8 can't encode (half of a surrogate pair) written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class Tally:
    """The counters of a stage, and the one place where its rejects are made."""

    def __init__(self, stage: str):
        self.stage = stage

    def _count(self, name: str, n: int) -> None:
        Metrics.counter(NAMESPACE, f"{self.stage}/{name}").inc(n)

    def seen(self, n: int = 1) -> None:
        self._count("in", n)

    def kept(self, n: int = 1) -> None:
        self._count("kept", n)

    def reject(self, record: Any, reason: str, detail: str = "", said: Sequence[str] = ()) -> TaggedOutput:
        self._count(f"rejected/{reason}", 1)
        if reason == ERROR:
            self._count("failed", 1)
        return TaggedOutput(REJECTED, rejected(record, self.stage, reason, detail, said))

    def fail(self, record: Any, error: Exception) -> TaggedOutput:
        return self.reject(record, ERROR, f"{type(error).__name__}: {error}")


@dataclass(frozen=True)
class Split:
    """The two outputs of a stage."""

    kept: Any
    rejected: Any


class Stage(beam.PTransform):
    """A ParDo with the outputs `kept` and `rejected`, labelled by its stage."""

    def __init__(self, do: beam.DoFn, stage: str, output: Any):
        super().__init__(label=stage)
        self.do, self.output = do, output

    def expand(self, records: Any) -> Split:
        out = records | beam.ParDo(self.do).with_outputs(REJECTED, main="kept")
        out.kept.element_type = convert_to_beam_type(self.output or records.element_type)
        out[REJECTED].element_type = Rejected
        return Split(out.kept, out[REJECTED])


def settled(tally: Tally, record: Any, result: Callable[[], Any]) -> Iterator[Any]:
    """Yields what `result` returns, or the reject of the record if it raises."""
    tally.seen()
    try:
        value = result()
    except (ImportError, Fatal):
        raise
    except Refused as refusal:
        yield tally.reject(refusal.record or record, refusal.reason, refusal.detail, refusal.said)
    except Exception as error:  # the shell's whole point: this record alone is lost, and says why
        yield tally.fail(record, error)
    else:
        tally.kept()
        yield value


class ConvertFn(beam.DoFn):
    """The shell around a function record -> record; a subclass may open what the function needs."""

    def __init__(self, stage: str, function: Callable[[Any], Any]):
        self.tally, self.function = Tally(stage), function

    def process(self, record: Any) -> Iterator[Any]:
        yield from settled(self.tally, record, partial(self.function, record))


class Convert(Stage):
    """Turns every record into another one by a pure function.

    Args:
      stage: the name its counts have in run.json.
      function: record -> record. What it rejects, it refuses by raising `Refused`.
      output: type of what it returns.
    """

    def __init__(self, stage: str, function: Callable[[Any], Any], output: type):
        super().__init__(ConvertFn(stage, function), stage, output)


class _Decide(beam.DoFn):
    def __init__(self, stage: str, decide: Callable[[Any], Verdict]):
        self.tally, self.decide = Tally(stage), decide

    def process(self, record: Any) -> Iterator[Any]:
        self.tally.seen()
        try:
            verdict = self.decide(record)
        except (ImportError, Fatal):
            raise
        except Exception as error:
            yield self.tally.fail(record, error)
            return
        if verdict.keep:
            self.tally.kept()
            yield record
        else:
            yield self.tally.reject(record, verdict.reason, verdict.detail)


class Keep(Stage):
    """Splits records into `kept` and `rejected` by a pure function.

    Args:
      stage: the name its counts have in run.json.
      decide: record -> Verdict. Where it raises, that record alone is rejected as `error`.
    """

    def __init__(self, stage: str, decide: Callable[[Any], Verdict]):
        super().__init__(_Decide(stage, decide), stage, output=None)


class _Key(beam.DoFn):
    def __init__(self, stage: str, key: Callable[[Any], str]):
        self.tally, self.key = Tally(stage), key

    def process(self, record: Any) -> Iterator[Any]:
        try:
            yield self.key(record), record
        except (ImportError, Fatal):
            raise
        except Exception as error:
            self.tally.seen()
            yield self.tally.fail(record, error)


def _first(records: Sequence[Any]) -> Any:
    return records[0]


class _One(beam.DoFn):
    def __init__(self, stage: str, order: Callable[[Any], Any], unite: Callable[[Sequence[Any]], Any]):
        self.tally, self.order, self.unite = Tally(stage), order, unite

    def process(self, group: tuple[str, Iterable[Any]]) -> Iterator[Any]:
        records = sorted(group[1], key=self.order)
        self.tally.seen(len(records))
        self.tally.kept()
        yield self.unite(records)
        for record in records[1:]:
            yield self.tally.reject(record, "duplicate", f"same as {records[0].id}")


class Distinct(beam.PTransform):
    """Keeps one record of every group of equals.

    Args:
      stage: the name its counts have in run.json.
      key: record -> what equal records have in common.
      order: record -> its place in a total order; the first of a group is kept, whatever the order
        in which a runner delivers them.
      unite: a group in that order -> the record that is kept of it; the first as it is, if not given.
    """

    def __init__(
        self,
        stage: str,
        key: Callable[[Any], str],
        order: Callable[[Any], Any],
        unite: Callable[[Sequence[Any]], Any] = _first,
    ):
        super().__init__(label=stage)
        self.stage, self.key, self.order, self.unite = stage, key, order, unite

    def expand(self, records: Any) -> Split:
        kind = records.element_type
        keyed = records | Stage(_Key(self.stage, self.key), "key", beam.typehints.Tuple[str, kind])
        first = (
            keyed.kept | beam.GroupByKey() | Stage(_One(self.stage, self.order, self.unite), "first", kind)
        )
        return Split(first.kept, (keyed.rejected, first.rejected) | beam.Flatten())
