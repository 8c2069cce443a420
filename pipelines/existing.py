"""Existing datasets that the records of a run are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import apache_beam as beam

from inference.errors import Fatal
from pipelines.dedup import Compared, Known
from pipelines.errors import UsageError
from pipelines.tables import BadRow, BadTable, Part, list_tables, parts_of, rows_of
from schemas.ids import record_id
from schemas.row import Row, value_of


class BadDataset(Fatal):
    """A dataset to compare with can't be read; the message is one line."""


def checked_existing(
    paths: Sequence[str], columns: Sequence[str], output: str, option: str
) -> tuple[Part, ...]:
    """Returns the parts of the files of existing datasets.

    Args:
      paths: files, folders, globs or outputs of runs.
      columns: those with the texts.
      output: folder of the run, which is left out.
      option: whose paths these are, for messages.

    Raises:
      UsageError: there are no rows, or the first row of a file has no text in one of the columns.
    """
    parts: list[Part] = []
    for uri in list_tables(paths, output, option=option):
        try:
            parts += (here := parts_of(uri))
            first = next((row for part in here for _, row in rows_of(part)), {})
        except BadTable as error:
            raise UsageError(f"--{option} {uri}: {error}") from None
        if isinstance(first, BadRow):
            raise UsageError(f"--{option} {uri}: {first.reason}: {first.detail}")
        for column in columns if first else ():
            if not _has(first, column):
                raise UsageError(f"--{option} {uri}: no column {column}; it has {', '.join(first)}")
            if not isinstance(value_of(first, column), (str, type(None))):
                raise UsageError(f"--{option} {uri}: column {column} holds no text")
    if not parts:
        raise UsageError(f"--{option} {' '.join(paths)}: holds no rows")
    return tuple(parts)


def _has(row: Mapping[str, Any], column: str) -> bool:
    """Whether a row has a column, with dots for fields of fields; one that is null may have any."""
    if column in row:
        return True
    first, _, rest = column.partition(".")
    if not rest or first not in row:
        return False
    return row[first] is None or (isinstance(row[first], Mapping) and _has(row[first], rest))


class ReadExisting(beam.PTransform):
    """Parts of files -> `Known` records. A row that can't be read ends the run: duplicates of it would stay.

    Args:
      parts: as `checked_existing` gives them.
      compared: row -> what is compared of it.
    """

    def __init__(self, parts: Sequence[Part], compared: Callable[[Row], Compared]):
        super().__init__(label="existing")
        self.parts, self.compared = parts, compared

    def expand(self, start: beam.Pipeline) -> beam.PCollection[Known]:
        read = partial(_known, compared=self.compared)
        return start | beam.Create(self.parts) | "read" >> beam.FlatMap(read).with_output_types(Known)


def _known(part: Part, compared: Callable[[Row], Compared]) -> Iterator[Known]:
    try:
        for number, values in rows_of(part):
            if isinstance(values, BadRow):
                raise BadDataset(f"{part.uri}: {values.reason}: {values.detail}")
            own = values.get("id")
            name = str(own) if own else record_id("row", part.sha256, number)
            row = Row(name, part.uri, part.sha256, number, values)
            yield Known(row.id, row.uri, compared(row))
    except BadTable as error:
        raise BadDataset(f"{part.uri}: {error}") from None
