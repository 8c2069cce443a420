"""Rows through a list of filters: one DoFn for all that look at a row alone.

Counting, rejecting and surviving are as in `pipelines.stages`, but counters are told once a bundle: asking
Beam for each of ten filters of each row costs more than some of the filters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import apache_beam as beam
import pyarrow as pa
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput

from filters.kinds import Kind, Scorer
from filters.words import Texts
from inference.errors import Fatal
from pipelines.filter_config import Step
from pipelines.plain_rows import PlainReader, rejected_rows
from pipelines.progress import tick
from pipelines.rows import OpenFn
from pipelines.stages import ERROR, NAMESPACE, REJECTED, Source, Split, printable, rejected
from pipelines.tables import BadRow, BadTable, Part
from schemas.ids import record_id
from schemas.row import Row, value_of
from schemas.verdict import Rejected

SOURCE = "row_source"
"""The column that says where a row came from: uri, sha256, number."""


@dataclass(frozen=True, slots=True)
class FilterRow(Row):
    """A row on its way through the filters.

    Attributes:
      rewritten: how many of the filters that change texts have changed its text, the first ones of the list.
    """

    rewritten: int = 0


Scoring = Literal["all", "needed", "none"]
"""Which filters score a row: all, those up to the one that rejects it, or none, as it has its scores."""


class Counts:
    """The counters of several stages, told to Beam by `tell` at the end of a bundle."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()

    def kept(self, stage: str, n: int = 1) -> None:
        self.found[f"{stage}/in"] += n
        self.found[f"{stage}/kept"] += n

    def reject(self, record: Any, stage: str, reason: str, detail: str = "") -> TaggedOutput:
        self.found[f"{stage}/in"] += 1
        self.found[f"{stage}/rejected/{reason}"] += 1
        if reason == ERROR:
            self.found[f"{stage}/failed"] += 1
        return TaggedOutput(REJECTED, rejected(record, stage, reason, detail))

    def fail(self, record: Any, stage: str, error: Exception) -> TaggedOutput:
        return self.reject(record, stage, ERROR, f"{type(error).__name__}: {error}")

    def tell(self) -> None:
        for name, n in self.found.items():
            Metrics.counter(NAMESPACE, name).inc(n)
        self.found.clear()


class ReadPlain(beam.PTransform):
    """Sources -> `Row`s of plain values, each with its id and where it came from.

    Args:
      reader: of the files' rows.
      id_column: see `pipelines.rows.RowOptions`.
      rejects: files that hold the rejects of an earlier run, whose rows take part again.
      rewritten: by how many filters the texts of all other files were changed in that run.
      ticks: folder where progress is counted, if anyone looks.
    """

    def __init__(
        self,
        reader: PlainReader,
        id_column: str,
        rejects: frozenset[str] = frozenset(),
        rewritten: int = 0,
        ticks: str | None = None,
    ):
        super().__init__(label="rows")
        self.open, self.read = OpenFn(ticks), _ReadFn(reader, id_column, rejects, rewritten, ticks)

    def expand(self, sources: beam.PCollection[Source]) -> Split:
        opened = sources | "open" >> beam.ParDo(self.open).with_outputs(REJECTED, main="kept")
        opened.kept.element_type, opened[REJECTED].element_type = Part, Rejected
        parts = opened.kept | beam.Reshuffle()
        read = parts | "read" >> beam.ParDo(self.read).with_outputs(REJECTED, main="kept")
        read.kept.element_type, read[REJECTED].element_type = FilterRow, Rejected
        return Split(read.kept, (opened[REJECTED], read[REJECTED]) | beam.Flatten())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where no row can be read, as the rejects name it, and what was read all the same."""

    id: str
    uri: str
    sha256: str
    number: int
    as_read: Mapping[str, Any] | None = None


class _ReadFn(beam.DoFn):
    def __init__(
        self,
        reader: PlainReader,
        id_column: str,
        rejects: frozenset[str],
        rewritten: int,
        ticks: str | None,
    ):
        self.reader, self.id_column, self.ticks = reader, id_column, ticks
        self.rejects, self.rewritten = rejects, rewritten
        self.named = "id" in reader.schema.names
        self.text_id = self.named and reader.schema.field("id").type == pa.string()

    def process(self, part: Part) -> Iterator[Any]:
        counts, last = Counts(), part.first - 1
        try:
            if part.uri in self.rejects:
                yield from self._again(part, counts)
            else:
                for last, values in self.reader.rows(part):
                    if isinstance(values, BadRow):
                        place = replace(_place(part, last), as_read=values.values)
                        yield counts.reject(place, "read", values.reason, values.detail)
                    else:
                        counts.kept("read")
                        yield self._row(part, last, values, self.rewritten)
        except BadTable as error:
            where = f"after row {last + 1}: {error}" if last >= part.first else str(error)
            yield counts.reject(_place(part, last + 1), "read", "not_readable", where)
        tick(self.ticks, "rows", counts.found["read/in"])
        counts.tell()

    def _row(self, part: Part, number: int, values: dict[str, Any], rewritten: int) -> FilterRow:
        known = _known(values.get(self.id_column))
        own = known or record_id("row", part.sha256, number)
        source = values.get(SOURCE) or {"uri": printable(part.uri), "sha256": part.sha256, "number": number}
        if not self.named:
            values = {"id": own, **values}
        elif values["id"] is None and self.text_id:
            values["id"] = own
        values = {**values, SOURCE: source}
        return FilterRow(own, source["uri"], source["sha256"], source["number"], values, rewritten)

    def _again(self, part: Part, counts: Counts) -> Iterator[Any]:
        for number, (reject, record) in enumerate(rejected_rows(part), start=part.first):
            values = record.get("values")
            if not values or not isinstance(values, dict):
                place = replace(
                    _place(part, number),
                    id=reject["id"],
                    uri=reject["source_uri"],
                    as_read=record.get("as_read"),
                )
                yield counts.reject(place, "read", reject["reason"], reject["detail"])
                continue
            counts.kept("read")
            yield self._row(part, number, values, int(record.get("rewritten", 0)))


def _known(own: Any) -> str:
    is_name = isinstance(own, (str, int)) and not isinstance(own, bool)
    return str(own) if is_name and str(own).strip() else ""


def _place(part: Part, number: int) -> _Place:
    return _Place(record_id("row", part.sha256, number), printable(part.uri), part.sha256, number)


class FilterRows(beam.PTransform):
    """Rows -> those that filters keep, which look at each row alone; all of them are one DoFn.

    Args:
      label: of the transform.
      steps: the filters that decide here, in order.
      columns: those with the text, for filters that name no others.
      scoring: which of them score.
      ahead: filters that score here, whether they decide here or later; with scoring `all`.
      rewriters: how many filters before these change texts.
    """

    def __init__(
        self,
        label: str,
        steps: Sequence[Step],
        columns: tuple[str, ...],
        scoring: Scoring,
        ahead: Sequence[Step] = (),
        rewriters: int = 0,
    ):
        super().__init__(label=label)
        self.do = _FilterFn(steps, columns, scoring, ahead, rewriters)

    def expand(self, rows: beam.PCollection[Row]) -> Split:
        out = rows | beam.ParDo(self.do).with_outputs(REJECTED, main="kept")
        out.kept.element_type, out[REJECTED].element_type = FilterRow, Rejected
        return Split(out.kept, out[REJECTED])


class _FilterFn(beam.DoFn):
    def __init__(
        self,
        steps: Sequence[Step],
        columns: tuple[str, ...],
        scoring: Scoring,
        ahead: Sequence[Step],
        rewriters: int,
    ):
        self.steps, self.columns, self.scoring, self.ahead = steps, columns, scoring, ahead
        self.rewriters_before = rewriters
        self.counts = Counts()

    def setup(self) -> None:
        scoring = [*self.ahead, *(self.steps if self.scoring == "needed" else ())]
        self.scorers = {step.name: _opened(step) for step in scoring}
        self.rewriters = {step.name: _rewriter(step) for step in (*self.ahead, *self.steps)}

    def process(self, row: FilterRow) -> Iterator[Any]:
        values: dict[str, Any] = dict(row.values)
        place = self.rewriters_before
        errors: dict[str, Exception] = {}
        if self.ahead:
            self._score_all(values, errors)
        texts = Texts(values, self.columns)
        for step in self.steps:
            assert isinstance(step.kind, Kind)
            try:
                if self.scoring == "needed":
                    self._score(step, texts, values, errors)
                if step.name in errors:
                    raise errors[step.name]
                verdict = step.verdict(values)
                place += self.rewriters[step.name] is not None
                again = place <= row.rewritten  # its text is as an earlier run left it
                changes = verdict.keep or step.kind.rewrites_rejects
                rewritten = self._rewritten(step, values) if changes and not again else values
            except (ImportError, Fatal):
                raise
            except Exception as error:
                yield self.counts.fail(replace(row, values=values), step.name, error)
                return
            if not verdict.keep:
                done = place if step.kind.rewrites_rejects else 0
                row = replace(row, values=rewritten, rewritten=max(row.rewritten, done))
                yield self.counts.reject(row, step.name, verdict.reason, verdict.detail)
                return
            self.counts.kept(step.name)
            if rewritten is not values:
                values, texts = rewritten, Texts(rewritten, self.columns)
            row = replace(row, rewritten=max(row.rewritten, place))
        yield replace(row, values=values)

    def finish_bundle(self) -> None:
        self.counts.tell()

    def _score_all(self, values: dict[str, Any], errors: dict[str, Exception]) -> None:
        """Scores by every filter, each on the text as those before leave it; the row keeps its own."""
        texts = Texts(values, self.columns)
        for step in self.ahead:
            self._score(step, texts, values, errors)
            if self.rewriters[step.name] and step.name not in errors:
                texts = Texts(self._rewritten(step, texts.values), self.columns)

    def _score(self, step: Step, texts: Texts, values: dict[str, Any], errors: dict[str, Exception]) -> None:
        try:
            found = self.scorers[step.name](texts)
        except (ImportError, Fatal):
            raise
        except Exception as error:
            errors[step.name] = error
            found = [None] * len(step.scores)
        for column, score in zip(step.names, found, strict=True):
            values[column] = score

    def _rewritten(self, step: Step, values: Mapping[str, Any]) -> dict[str, Any]:
        """Returns values whose texts are as a filter leaves those that it keeps."""
        rewrite = self.rewriters[step.name]
        for column in (step.options.columns or self.columns) if rewrite else ():
            text = value_of(values, column)
            if isinstance(text, str) and (changed := rewrite(text)) != text:
                values = with_value(values, column, changed)
        return values if isinstance(values, dict) else dict(values)


def _opened(step: Step) -> Scorer:
    assert isinstance(step.kind, Kind)
    return step.kind.open(step.options)


def _rewriter(step: Step) -> Any:
    assert isinstance(step.kind, Kind)
    return step.kind.rewrite(step.options)


def with_value(values: Mapping[str, Any], column: str, value: Any) -> dict[str, Any]:
    """Returns values with another one in a column, with dots for fields of fields."""
    if column in values:
        return {**values, column: value}
    first, _, rest = column.partition(".")
    return {**values, first: with_value(values[first], rest, value)}


class CheckText(beam.PTransform):
    """Rows -> those that have a text in one of the columns at least.

    Args:
      columns: where it is looked for, with dots for fields of fields.
    """

    def __init__(self, columns: tuple[str, ...]):
        super().__init__(label="text")
        self.do = _CheckFn(columns)

    def expand(self, rows: beam.PCollection[Row]) -> Split:
        out = rows | beam.ParDo(self.do).with_outputs(REJECTED, main="kept")
        out.kept.element_type, out[REJECTED].element_type = FilterRow, Rejected
        return Split(out.kept, out[REJECTED])


class _CheckFn(beam.DoFn):
    def __init__(self, columns: tuple[str, ...]):
        self.columns, self.counts = columns, Counts()

    def process(self, row: FilterRow) -> Iterator[Any]:
        for column in self.columns:
            text = value_of(row.values, column)
            if isinstance(text, str) and text and not text.isspace():
                self.counts.kept("text")
                yield row
                return
        yield self.counts.reject(row, "text", "no_text", f"nothing in {', '.join(self.columns)}")

    def finish_bundle(self) -> None:
        self.counts.tell()
