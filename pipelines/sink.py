"""Parquet files whose bytes depend on the rows alone.

Beam's WriteToParquet flushes a row group at every bundle and numbers its files by chance. Here a row
belongs to a file by a hash of its id and is sorted within it, so that any runner and any number of
workers write the same bytes. Opening, temporary files and the final renaming are `FileBasedSink`'s.
Until all are there, rows wait on disk (`pipelines.parked`).
"""

from __future__ import annotations

import json
import shutil
import uuid
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam import coders
from apache_beam.io.filebasedsink import FileBasedSink
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems
from apache_beam.pvalue import AsIter, AsSingleton

from pipelines.output import join
from pipelines.parked import Lot, fetch, is_local
from pipelines.plain import Plain
from schemas.arrow import arrow_schema, to_row
from schemas.row import Row

ROWS_PER_SHARD = 50_000
GROUP_ROWS = 10_000
GROUP_BYTES = 32 << 20
_PARSED_ROWS = 500  # rows that are Python values at a time, which take several times the memory of Arrow's


def encode(record: Any) -> tuple[str, bytes]:
    """Returns the id of a record and its row as JSON, which is what travels to the sink.

    Raises:
      UnicodeEncodeError: a text holds half of a surrogate pair, which no Parquet file can.
    """
    row = to_row(record)
    return row["id"], json.dumps(row, ensure_ascii=False).encode("utf-8")


def encode_row(row: Row) -> tuple[str, bytes]:
    """Returns the id of a row and its values as JSON; they are plain, see `pipelines.plain`."""
    return row.id, json.dumps(dict(row.values), ensure_ascii=False).encode("utf-8")


class _Shard:
    """An open file and the rows of the group that is being filled."""

    def __init__(self, path: str, schema: pa.Schema):
        self.file = FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED)
        self.writer = pq.ParquetWriter(
            self.file, schema, compression="zstd", compression_level=3, write_page_index=True
        )
        self.plain = Plain(schema)
        self.parsed: list[dict[str, Any]] = []
        self.tables: list[pa.Table] = []
        self.rows = self.size = 0

    def add(self, row: bytes) -> None:
        self.parsed.append(json.loads(row))
        self.rows, self.size = self.rows + 1, self.size + len(row)
        full = self.rows >= GROUP_ROWS or self.size >= GROUP_BYTES
        if full or len(self.parsed) >= _PARSED_ROWS:
            self.tables.append(self.plain.table(self.parsed))
            self.parsed = []
        if full:
            self.flush()

    def flush(self) -> None:
        """Writes the group, in one piece: pages end where they do whatever it was put together from."""
        if self.parsed:
            self.tables.append(self.plain.table(self.parsed))
        if self.tables:
            self.writer.write_table(pa.concat_tables(self.tables).unify_dictionaries().combine_chunks())
        self.parsed, self.tables, self.rows, self.size = [], [], 0, 0

    def close(self) -> None:
        self.flush()
        self.writer.close()
        self.file.close()


class ParquetSink(FileBasedSink):
    """Writes rows of one schema, as JSON, to `FOLDER/part-SSSSS-of-NNNNN.parquet`."""

    def __init__(self, folder: str, record: type | pa.Schema):
        super().__init__(
            join(folder, "part"),
            coder=coders.BytesCoder(),
            file_name_suffix=".parquet",
            mime_type="application/vnd.apache.parquet",
            compression_type=CompressionTypes.UNCOMPRESSED,
        )
        self.schema = record if isinstance(record, pa.Schema) else arrow_schema(record)

    def open(self, temp_path: str) -> _Shard:
        return _Shard(temp_path, self.schema)

    def write_record(self, file_handle: _Shard, value: bytes) -> None:
        file_handle.add(value)

    def close(self, file_handle: _Shard) -> None:
        file_handle.close()


class WriteRows(beam.PTransform):
    """Writes rows, as (id, JSON), to a folder; its output is the paths of the files.

    Args:
      folder: where the files appear, all together, when every row is written. Until then a folder of nearly
        that name is beside it.
      record: the dataclass of a row, or its schema.
      num_shards: number of files; None for one every 50,000 rows.
    """

    def __init__(self, folder: str, record: type | pa.Schema, num_shards: int | None = None):
        super().__init__()
        self.sink, self.num_shards = ParquetSink(folder, record), num_shards
        self.parked = f"{folder}.parked" if is_local(folder) else None

    def expand(self, rows: Any) -> beam.PCollection[str]:
        """Takes a `PCollection[tuple[str, bytes]]`, or several."""
        sides = rows if isinstance(rows, tuple) else (rows,)
        pipeline = sides[0].pipeline
        if self.parked:
            parked = beam.ParDo(_Park(self.parked)).with_output_types(tuple[str, bytes])
            sides = tuple(side | f"Park{n}" >> parked for n, side in enumerate(sides))
        waiting = sides | "Rows" >> beam.Flatten()
        once = pipeline | beam.Create([None], reshuffle=False)
        if self.num_shards:
            count = pipeline | "NumShards" >> beam.Create([self.num_shards], reshuffle=False)
        else:
            count = (
                waiting
                | beam.combiners.Count.Globally()
                | "NumShards" >> beam.Map(lambda n: max(1, -(-n // ROWS_PER_SHARD)))
            )
        folder = once | "Initialize" >> beam.Map(lambda _, sink: sink.initialize_write(), self.sink)
        keyed = tuple[int, tuple[str, bytes]]
        by_shard = waiting | "Shard" >> beam.Map(_to_shard, AsSingleton(count)).with_output_types(keyed)
        every_shard = count | "EveryShard" >> beam.FlatMap(_empty_shards).with_output_types(keyed)
        written = (
            (by_shard, every_shard)
            | beam.Flatten()
            | beam.GroupByKey()
            | "WriteShard" >> beam.ParDo(_WriteShard(self.sink, self.parked), AsSingleton(folder))
        )
        return once | "Finalize" >> beam.FlatMap(
            _finalize, self.sink, self.parked, AsSingleton(folder), AsIter(written)
        ).with_output_types(str)


class _Park(beam.DoFn):
    def __init__(self, folder: str):
        self.lot = Lot(folder)

    def process(self, row: tuple[str, bytes]) -> Iterator[tuple[str, bytes]]:
        yield row[0], self.lot.park(row[1])

    def finish_bundle(self) -> None:
        self.lot.close()


def _to_shard(row: tuple[str, bytes], count: int) -> tuple[int, tuple[str, bytes]]:
    return zlib.crc32(row[0].encode()) % count, row


def _empty_shards(count: int) -> Iterator[tuple[int, tuple[str, bytes]]]:
    """An element without a row for every shard, so that one that gets none is written too."""
    for shard in range(count):
        yield shard, ("", b"")


class _WriteShard(beam.DoFn):
    def __init__(self, sink: ParquetSink, parked: str | None):
        self.sink, self.parked = sink, parked

    def process(self, shard: tuple[int, Iterable[tuple[str, bytes]]], folder: str) -> Iterator[str]:
        number, rows = shard
        # finalize_write numbers the files in the order of their temporary names.
        writer = self.sink.open_writer(folder, f"{number:05d}-{uuid.uuid4().hex}")
        for _, same in groupby(sorted(row for row in rows if row[1]), key=itemgetter(0)):
            for row in sorted(fetch(self.parked, one) if self.parked else one for _, one in same):
                writer.write(row)
        yield writer.close()


def _finalize(
    _: None, sink: ParquetSink, parked: str | None, folder: str, written: Iterable[str]
) -> Iterator[str]:
    files = list(written)
    before = sink.pre_finalize(folder, files)
    yield from sink.finalize_write(folder, files, before)
    if parked:
        shutil.rmtree(parked, ignore_errors=True)  # which is not there if there were no rows


def write_records(
    records: Any, name: str, folder: str, record: type, num_shards: int | None = None
) -> beam.PCollection[str]:
    """Writes the records of a collection, or of several, in stages called by a name; returns the files."""
    sides = records if isinstance(records, tuple) else (records,)
    encoded = tuple(
        side | f"encode {name} {n}" >> beam.Map(encode).with_output_types(tuple[str, bytes])
        for n, side in enumerate(sides)
    )
    return encoded | f"write {name}" >> WriteRows(folder, record, num_shards)
