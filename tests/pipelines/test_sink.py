from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import apache_beam as beam
import pyarrow.parquet as pq
import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines import sink
from pipelines.sink import WriteRows, encode
from schemas.arrow import arrow_schema, to_row
from schemas.document import Box
from schemas.scp116k import Answer, Judge, Pair
from schemas.verdict import Rejected
from tests.pipelines.records import pair


def write(folder: Path, records: Sequence[object], record: type = Pair, **options: int) -> list[bytes]:
    """Writes records and returns the bytes of the files, in the order of their names."""
    with beam.Pipeline(runner="FnApiRunner", options=PipelineOptions([])) as pipeline:
        rows = pipeline | beam.Create(list(records)) | beam.Map(encode)
        _ = rows | WriteRows(str(folder), record, **options)
    return [path.read_bytes() for path in sorted(folder.iterdir())]


def some_pairs(n: int) -> list[Pair]:
    return [pair(f"problem {i}", f"solution {i}", id=f"{i * 7919 % 1000:032x}") for i in range(n)]


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    full = pair(
        "Résumé ∑ $x^2$ 図",
        id="f" * 32,
        judge=Judge(0.5, "keep", "because", "rules-1"),
        answers=(
            Answer("m", "4", None, None, "answer@1:0", None),
            Answer("n", "5", True, "letters", "answer@1:0", None),
        ),
        answer=None,
    )
    write(tmp_path, [full, pair()])
    table = pq.read_table(tmp_path)
    assert table.schema.equals(arrow_schema(Pair))
    assert sorted(table.to_pylist(), key=lambda r: r["id"]) == sorted(
        [to_row(full), to_row(pair())], key=lambda r: r["id"]
    )


@pytest.mark.parametrize("shards", [1, 3])
def test_the_order_of_arrival_changes_no_byte(tmp_path: Path, shards: int) -> None:
    records = some_pairs(50)
    first = write(tmp_path / "a", records, num_shards=shards)
    random.Random(1).shuffle(records)
    assert write(tmp_path / "b", records, num_shards=shards) == first
    assert len(first) == shards
    rows = [
        row for path in sorted((tmp_path / "a").iterdir()) for row in pq.read_table(path)["id"].to_pylist()
    ]
    assert sorted(rows) == sorted(r.id for r in records)


def test_rows_of_one_id_are_ordered_too(tmp_path: Path) -> None:
    rejects = [Rejected("1", "pair", "r", str(n), "u", "{}") for n in range(5)]
    assert write(tmp_path / "a", rejects, Rejected) == write(tmp_path / "b", rejects[::-1], Rejected)


def test_within_a_file_rows_are_sorted(tmp_path: Path) -> None:
    write(tmp_path, some_pairs(30), num_shards=2)
    for path in tmp_path.iterdir():
        ids = pq.read_table(path)["id"].to_pylist()
        assert ids == sorted(ids)


def test_an_empty_dataset_is_one_file_with_the_schema(tmp_path: Path) -> None:
    write(tmp_path, [])
    assert [path.name for path in tmp_path.iterdir()] == ["part-00000-of-00001.parquet"]
    table = pq.read_table(tmp_path)
    assert table.num_rows == 0
    assert table.schema.equals(arrow_schema(Pair))


def test_a_shard_that_gets_no_row_is_written_too(tmp_path: Path) -> None:
    write(tmp_path, some_pairs(1), num_shards=4)
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        f"part-{n:05d}-of-00004.parquet" for n in range(4)
    ]


def test_the_number_of_files_follows_the_number_of_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sink, "ROWS_PER_SHARD", 10)
    for rows, files in ((10, 1), (11, 2), (30, 3)):
        assert len(write(tmp_path / str(rows), some_pairs(rows))) == files


def test_row_groups_are_bounded_in_rows_and_in_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sink, "GROUP_ROWS", 8)
    write(tmp_path / "rows", some_pairs(20))
    (path,) = (tmp_path / "rows").iterdir()
    metadata = pq.ParquetFile(path).metadata
    assert [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)] == [8, 8, 4]
    monkeypatch.setattr(sink, "GROUP_BYTES", 1)
    write(tmp_path / "bytes", some_pairs(3))
    (path,) = (tmp_path / "bytes").iterdir()
    assert pq.ParquetFile(path).metadata.num_row_groups == 3


def test_zstd_and_page_index(tmp_path: Path) -> None:
    write(tmp_path, some_pairs(3))
    (path,) = tmp_path.iterdir()
    group = pq.ParquetFile(path).metadata.row_group(0)
    for n in range(group.num_columns):
        assert group.column(n).compression == "ZSTD"
        assert group.column(n).has_offset_index
        assert group.column(n).has_column_index or group.column(n).physical_type == "BOOLEAN"


def test_files_appear_all_together_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = 0

    def add(self: sink._Shard, row: bytes) -> None:
        nonlocal written
        written += 1
        if written > 6:
            raise OSError("disk full")

    monkeypatch.setattr(sink._Shard, "add", add)
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path, some_pairs(12), num_shards=3)
    assert written == 7
    assert not list(tmp_path.glob("*.parquet"))


def test_half_a_surrogate_pair_is_refused_before_it_reaches_a_file() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode(pair("\ud800"))


def test_odd_numbers_survive(tmp_path: Path) -> None:
    box = Box(1, float("inf"), -0.0, 1e-300, 0.1 + 0.2)
    write(tmp_path, [pair(source=replace(pair().source, problem_boxes=(box,)))])
    (row,) = pq.read_table(tmp_path).to_pylist()
    assert row["source"]["problem_boxes"] == [to_row(box)]
