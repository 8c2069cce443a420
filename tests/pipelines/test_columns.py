from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.columns import schema_of, text_columns
from pipelines.errors import UsageError
from pipelines.plain_rows import PlainReader
from pipelines.tables import BadRow, parts_of


def lines(path: Path, rows: list[Any]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_types_of_json_lines(tmp_path: Path) -> None:
    rows = [
        {"a": None, "b": 1, "c": [], "d": {"x": 1}, "e": True, "f": "2024-01-01"},
        {"a": "x", "b": 1.5, "c": [{"y": "z"}], "d": {"w": None}, "g": 2**70, "f": "text"},
    ]
    assert schema_of([lines(tmp_path / "a.jsonl", rows)]) == pa.schema(
        [
            ("a", pa.string()),
            ("b", pa.float64()),
            ("c", pa.list_(pa.struct([("y", pa.string())]))),
            ("d", pa.struct([("x", pa.int64()), ("w", pa.null())])),
            ("e", pa.bool_()),
            ("f", pa.string()),
            ("g", pa.float64()),
        ]
    )


def test_a_row_that_contradicts_those_before_is_no_row(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", [{"a": 1}, {"a": "x"}, {"a": None}, {"a": [1]}, {"a": 2}])
    reader = PlainReader(schema_of([path]))
    found = [row for part in parts_of(path) for row in reader.rows(part)]
    assert [number for number, _ in found] == [0, 1, 2, 3, 4]
    assert [row.reason if isinstance(row, BadRow) else row["a"] for _, row in found] == [
        *(1, "wrong_type", None),
        *("wrong_type", 2),
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=6,
)


ROW = st.dictionaries(st.sampled_from("abc"), JSON, min_size=1, max_size=3)


@given(rows=st.lists(ROW, min_size=1, max_size=6))
def test_every_line_is_a_row_of_the_schema_or_a_bad_one(
    rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    from pipelines.plain import Plain

    path = lines(tmp_path_factory.mktemp("rows") / "a.jsonl", rows)
    schema = schema_of([path])
    found = [row for part in parts_of(path) for row in PlainReader(schema).rows(part)]
    assert [number for number, _ in found] == list(range(len(rows)))
    kept = [row for _, row in found if not isinstance(row, BadRow)]
    assert Plain(schema).table(kept).num_rows == len(kept)
    assert all(isinstance(row, BadRow) or row == rows[number] for number, row in found)


def test_text_that_is_none_costs_its_row_alone(tmp_path: Path) -> None:
    bad = pa.array([b"ok", b"\xff\xfe", b"fine"]).view(pa.binary())
    text = pa.StringArray.from_buffers(3, bad.buffers()[1], bad.buffers()[2])
    pq.write_table(pa.table({"text": text}), tmp_path / "a.parquet")
    path = str(tmp_path / "a.parquet")
    [part] = parts_of(path)
    found = list(PlainReader(schema_of([path])).rows(part))
    assert [row.reason if isinstance(row, BadRow) else row["text"] for _, row in found] == [
        *("ok", "not_readable", "fine")
    ]


def test_columns_with_text() -> None:
    inner = pa.struct([("b", pa.large_string()), ("c", pa.int8())])
    schema = pa.schema(
        [("a", inner), ("d", pa.dictionary(pa.int8(), pa.string())), ("e", pa.list_(pa.string()))]
    )
    assert text_columns(schema) == ["a.b", "d"]


def test_files_without_rows_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n")
    with pytest.raises(UsageError, match=r"a\.jsonl: no row can be read"):
        schema_of([str(tmp_path / "a.jsonl")])
