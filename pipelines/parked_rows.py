"""Rows whose values wait on disk; see `pipelines.parked`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import apache_beam as beam

from pipelines.filter_rows import FilterRow
from pipelines.parked import Lot, fetch


class ParkedValues(Mapping[str, Any]):
    """The values of a row, read from disk when they are asked for. What travels is their place.

    Args:
      folder, place: of the values as JSON.
      values: the same, while whoever parked them has them.
    """

    def __init__(self, folder: str, place: bytes, values: dict[str, Any] | None = None):
        self.folder, self.place, self._values = folder, place, values

    def __reduce__(self) -> tuple[type[ParkedValues], tuple[str, bytes]]:
        return ParkedValues, (self.folder, self.place)

    def _loaded(self) -> dict[str, Any]:
        if self._values is None:
            self._values = json.loads(fetch(self.folder, self.place).decode("utf-8", "surrogatepass"))
        return self._values

    def __getitem__(self, name: str) -> Any:
        return self._loaded()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded())

    def __len__(self) -> int:
        return len(self._loaded())


class ParkRows(beam.PTransform):
    """Rows -> the same rows, whose values (plain ones, see `pipelines.plain`) are in files of a folder."""

    def __init__(self, folder: str):
        super().__init__()
        self.folder = folder

    def expand(self, rows: beam.PCollection[FilterRow]) -> beam.PCollection[FilterRow]:
        return rows | beam.ParDo(_Park(self.folder)).with_output_types(FilterRow)


class _Park(beam.DoFn):
    def __init__(self, folder: str):
        self.lot = Lot(folder)

    def process(self, row: FilterRow) -> Iterator[FilterRow]:
        values = dict(row.values)
        # Half of a surrogate pair is rejected where the row is written, not here.
        data = json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass")
        yield replace(row, values=ParkedValues(self.lot.folder, self.lot.park(data), values))

    def finish_bundle(self) -> None:
        self.lot.close()
