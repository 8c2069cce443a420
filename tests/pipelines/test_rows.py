from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.metrics import MetricsFilter
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.rows import ReadRows
from pipelines.stages import source_of
from schemas.arrow import to_row
from schemas.row import Row, value_of


def _read(files: list[str], out: Path, id_column: str = "id") -> Any:
    """Returns the rows and the rejects of files, as dicts, and the counters."""
    pipeline = beam.Pipeline(runner="FnApiRunner", options=PipelineOptions([]))
    read = pipeline | beam.Create([source_of(file) for file in files]) | ReadRows(id_column)
    for name, records in (("kept", read.kept), ("rejected", read.rejected)):
        lines = records | f"to JSON {name}" >> beam.Map(lambda record: json.dumps(to_row(record)))
        lines | name >> beam.io.WriteToText(str(out / name))
    result = pipeline.run()
    result.wait_until_finish()
    found = [
        [json.loads(line) for file in sorted(out.glob(f"{name}*")) for line in file.read_text().splitlines()]
        for name in ("kept", "rejected")
    ]
    counters = result.metrics().query(MetricsFilter().with_namespace("assay"))["counters"]
    return *found, {counter.key.metric.name: counter.result for counter in counters}


def test_rows_are_named_by_themselves_or_by_their_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "x"}\n{"id": 7}\n{"id": null}\n{"id": " "}\n{"id": true}\nnone\n')
    rows, rejects, counts = _read([str(path)], tmp_path / "out")
    assert [row["id"] for row in rows[:2]] == ["x", "7"]
    assert len({row["id"] for row in rows}) == 5
    assert all(len(row["id"]) == 32 for row in rows[2:])
    assert [(reject["stage"], reject["reason"], reject["source_uri"]) for reject in rejects] == [
        ("read", "not_json", str(path))
    ]
    assert counts["read/in"] == 6
    assert counts["read/kept"] == 5


def test_half_of_a_surrogate_pair_costs_its_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    bad = ['{"t": "a \\ud83d"}', '{"n": [{"t": "\\udc00"}]}', '{"\\ud800": 1}', '{"id": "\\ud800"}']
    path.write_text("\n".join([*bad, '{"t": "\\ud83d\\ude00"}']))
    rows, rejects, counts = _read([str(path)], tmp_path / "out")
    assert [row["values"] for row in rows] == [{"t": "\U0001f600"}]
    assert [reject["reason"] for reject in rejects] == ["not_unicode"] * 4
    assert {reject["detail"].split()[0] for reject in rejects} == {"t", "n", "\\ud800", "id"}
    assert counts["read/in"] == 5


def test_ids_do_not_depend_on_the_name_of_the_file(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.jsonl").write_text('{"n": 1}\n{"n": 1}\n')
    one, two = (_read([str(tmp_path / f"{name}.jsonl")], tmp_path / name)[0] for name in "ab")
    assert [row["id"] for row in one] == [row["id"] for row in two]
    assert one[0]["id"] != one[1]["id"]


def test_a_file_that_cannot_be_read_costs_itself_alone(tmp_path: Path) -> None:
    good, bad, torn = (tmp_path / name for name in ("a.jsonl", "b.parquet", "c.parquet"))
    good.write_text('{"n": 1}\n')
    bad.write_bytes(b"PAR1 no parquet")
    pq.write_table(pa.table({"n": list(range(3000))}), torn, row_group_size=1000)
    data = bytearray(torn.read_bytes())
    middle = pq.ParquetFile(torn).metadata.row_group(1).column(0).data_page_offset
    data[middle : middle + 60] = b"\xff" * 60
    torn.write_bytes(bytes(data))
    rows, rejects, counts = _read([str(path) for path in (good, bad, torn)], tmp_path / "out")
    assert len(rows) == 2001
    assert [(reject["stage"], reject["reason"]) for reject in rejects] == [
        ("open", "not_readable"),
        ("read", "not_readable"),
    ]
    assert (counts["open/in"], counts["open/kept"]) == (3, 2)
    assert counts["read/in"] == counts["read/kept"] + 1


def test_a_reject_holds_values_that_json_has_not(tmp_path: Path) -> None:
    from datetime import date

    from pipelines.stages import rejected

    row = Row("1", "a.parquet", "", 0, {"when": date(2024, 1, 2), "raw": b"\x00"})
    assert json.loads(rejected(row, "x", "y").record)["values"]["when"] == "2024-01-02"


def test_values_of_fields_of_fields() -> None:
    assert value_of({"a": {"b": 1}, "a.b": 2}, "a.b") == 2
    assert value_of({"a": {"b": 1}}, "a.b") == 1
    assert value_of({"a": 1}, "a.b") is None
