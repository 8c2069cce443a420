from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.columns import mixed_columns, schema_of, text_columns
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


def read(*paths: str) -> list[Any]:
    """Returns the rows of files of one schema, and bad ones."""
    reader = PlainReader(schema_of(paths))
    return [row for path in paths for part in parts_of(path) for _, row in reader.rows(part)]


def test_a_row_that_contradicts_those_before_is_no_row(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", [{"b": 3, "a": 1}, {"a": None}, {"b": 4, "a": [1]}, {"a": 2}])
    found = read(path)
    assert [row.reason if isinstance(row, BadRow) else row["a"] for row in found] == [
        *(1, None, "wrong_type", 2),
    ]
    assert found[2].values == {"b": 4, "a": [1]}
    assert found[2].detail.startswith("a: ")


def test_numbers_among_texts_become_texts(tmp_path: Path) -> None:
    rows = [{"a": n, "b": {"c": [n]}, "d": n} for n in range(3)] + [{"a": "x+1", "b": {"c": [True, "y"]}}]
    path = lines(tmp_path / "a.jsonl", rows)
    assert mixed_columns(schema_of([path])) == ["a", "b"]
    assert [row["a"] for row in read(path)] == ["0", "1", "2", "x+1"]
    assert [row["b"]["c"] for row in read(path)] == [["0"], ["1"], ["2"], ["true", "y"]]
    assert [row.get("d") for row in read(path)] == [0, 1, 2, None]
    other = lines(tmp_path / "b.jsonl", [{"a": 7.5}])
    assert [row["a"] for row in read(path, other)] == ["0", "1", "2", "x+1", "7.5"]
    assert read(other, path)[0] == {"a": "7.5"}


def test_a_mixed_column_stays_one_beside_a_file_that_has_texts_only(tmp_path: Path) -> None:
    mixed, texts = lines(tmp_path / "a.jsonl", [{"a": 1}, {"a": "x"}]), tmp_path / "b.parquet"
    pq.write_table(pa.table({"a": ["y"]}), texts)
    for uris in ([mixed, str(texts)], [str(texts), mixed]):
        assert mixed_columns(schema_of(uris)) == ["a"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=6,
)


ROW = st.dictionaries(st.sampled_from("abc"), JSON, min_size=1, max_size=3)


def texts(value: Any) -> Any:
    """Returns a value with JSON in the places of its numbers and truth values."""
    if isinstance(value, list):
        return list(map(texts, value))
    if isinstance(value, dict):
        return {name: texts(one) for name, one in value.items()}
    return json.dumps(value) if isinstance(value, (bool, int, float)) else value


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
    assert all(isinstance(row, BadRow) or texts(row) == texts(rows[number]) for number, row in found)
    mixed = mixed_columns(schema)
    for number, row in found:
        assert isinstance(row, BadRow) or all(row[a] == rows[number][a] for a in row if a not in mixed)


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
