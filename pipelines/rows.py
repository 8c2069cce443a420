"""The first stages of every recipe that reads rows: files -> parts of files -> rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.needed import Needed
from pipelines.progress import tick
from pipelines.recipe import StageInfo
from pipelines.stages import REJECTED, Source, Split, Tally, printable
from pipelines.tables import BadRow, BadTable, Part, parts_of, rows_of
from schemas.ids import record_id
from schemas.row import Row
from schemas.verdict import Rejected

ROW_STAGES = (
    StageInfo("open", "files", "opens a file of rows"),
    StageInfo("read", "rows", "reads its rows"),
)


class RowOptions(PipelineOptions):
    """How rows are read."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--id_column",
            default="id",
            metavar="NAME",
            help="what rows call themselves; rows without it are named by a hash of their file and place",
        )


def needed_id(options: RowOptions) -> list[Needed]:
    """Returns the column that --id_column names; none unless it was given, as rows need no `id`."""
    return [] if options.id_column == "id" else [Needed((options.id_column,), "id_column")]


@dataclass(frozen=True, slots=True)
class _Broken:
    """A place in a file where no row can be read, as the rejects name it."""

    id: str
    uri: str
    sha256: str
    number: int


class ReadRows(beam.PTransform):
    """Sources -> `Row`s. A file that can't be opened is rejected by `open`, a row that is none by `read`,
    and so is one whose text UTF-8 can't encode (`not_unicode`).

    Where a file breaks off, the rows before that are used and the break is one reject.

    Args:
      id_column: see `RowOptions`.
      ticks: folder where progress is counted, if anyone looks.
      stages: the names that the counts of files and rows have in run.json; others for a second input.
    """

    def __init__(
        self,
        id_column: str = "id",
        ticks: str | None = None,
        stages: tuple[str, str] = ("open", "read"),
    ):
        super().__init__(label=f"{stages[1]}_rows")
        self.open, self.read = OpenFn(ticks, stages[0]), _Read(stages[1], id_column)

    def expand(self, sources: beam.PCollection[Source]) -> Split:
        opened = sources | "open" >> beam.ParDo(self.open).with_outputs(REJECTED, main="kept")
        opened.kept.element_type, opened[REJECTED].element_type = Part, Rejected
        parts = opened.kept | beam.Reshuffle()
        read = parts | "read" >> beam.ParDo(self.read).with_outputs(REJECTED, main="kept")
        read.kept.element_type, read[REJECTED].element_type = Row, Rejected
        return Split(read.kept, (opened[REJECTED], read[REJECTED]) | beam.Flatten())


class OpenFn(beam.DoFn):
    """Sources -> the parts of their files."""

    def __init__(self, ticks: str | None, stage: str = "open"):
        self.tally, self.ticks = Tally(stage), ticks

    def process(self, source: Source) -> Iterator[Any]:
        self.tally.seen()
        try:
            parts = parts_of(source.uri)
        except BadTable as error:
            yield self.tally.reject(source, "not_readable", str(error))
        except Exception as error:
            yield self.tally.fail(source, error)
        else:
            self.tally.kept()
            yield from parts
        tick(self.ticks, "documents")


class _Read(beam.DoFn):
    def __init__(self, stage: str, id_column: str):
        self.tally, self.id_column = Tally(stage), id_column

    def process(self, part: Part) -> Iterator[Any]:
        uri = printable(part.uri)
        kept, number = 0, part.first - 1
        try:
            for number, values in rows_of(part):
                if isinstance(values, BadRow):
                    self.tally.seen()
                    yield self.tally.reject(_broken(part, uri, number), values.reason, values.detail)
                elif column := _half_a_pair(values):
                    self.tally.seen()
                    detail = f"{column} holds half of a surrogate pair, which is no character"
                    yield self.tally.reject(_broken(part, uri, number), "not_unicode", detail)
                else:
                    kept += 1
                    yield _row(part, uri, number, values, self.id_column)
        except BadTable as error:
            self.tally.seen()
            where = f"after row {number + 1}: {error}" if number >= part.first else str(error)
            yield self.tally.reject(_broken(part, uri, number + 1), "not_readable", where)
        self.tally.seen(kept)
        self.tally.kept(kept)


def _half_a_pair(values: Mapping[str, Any]) -> str | None:
    """Returns the first column with half of a surrogate pair; neither a prompt nor a file can hold that."""
    return next((name for name, value in values.items() if not (_encodes(name) and _encodes(value))), None)


def _encodes(value: Any) -> bool:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return False
    elif isinstance(value, Mapping):
        return all(_encodes(name) and _encodes(one) for name, one in value.items())
    elif isinstance(value, list):
        return all(map(_encodes, value))
    return True


def _row(part: Part, uri: str, number: int, values: dict[str, Any], id_column: str) -> Row:
    own = values.get(id_column)
    known = isinstance(own, (str, int)) and not isinstance(own, bool) and str(own).strip() != ""
    return Row(str(own) if known else _id(part, number), uri, part.sha256, number, values)


def _broken(part: Part, uri: str, number: int) -> _Broken:
    return _Broken(_id(part, number), uri, part.sha256, number)


def _id(part: Part, number: int) -> str:
    return record_id("row", part.sha256, number)
