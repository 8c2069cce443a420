from __future__ import annotations

import json
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.plain import NotPlain, Plain

INNER = pa.struct([("c", pa.binary()), ("t", pa.timestamp("ns"))])
COLUMNS = {
    "int8": pa.array([1, None, -3], pa.int8()),
    "uint64": pa.array([2**64 - 1, None, 0], pa.uint64()),
    "half": pa.array([1.5, None, float("inf")], pa.float16()),
    "float": pa.array([0.1, None, -0.0], pa.float32()),
    "decimal": pa.array([Decimal("1.20"), None, Decimal("-3.00")], pa.decimal128(10, 2)),
    "decimal256": pa.array([Decimal("1.20"), None, Decimal("-3.00")], pa.decimal256(50, 2)),
    "large": pa.array(["a", None, "é\u2028\x00"], pa.large_string()),
    "view": pa.array(["a", None, ""], pa.string_view()),
    "binary": pa.array([b"\x00\xff", None, b""], pa.binary()),
    "fixed": pa.array([b"ab", None, b"cd"], pa.binary(2)),
    "date": pa.array([1, None, -2], pa.date32()),
    "date64": pa.array([86_400_000, None, 0], pa.int64()).cast(pa.date64()),
    "time": pa.array([1, None, 2], pa.time64("ns")),
    "stamp": pa.array([1234567890123456789, None, -1], pa.timestamp("ns")),
    "zone": pa.array([1, None, 2], pa.timestamp("us", "Europe/Berlin")),
    "duration": pa.array([1, None, 2], pa.duration("ns")),
    "dictionary": pa.array(["x", None]).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.large_string())),
    "list": pa.array([[1, None], None, []], pa.list_(pa.int32())),
    "fixed list": pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int32(), 2)),
    "large list": pa.array([["a"], None, []], pa.large_list(pa.string())),
    "times": pa.array([[1, 2], None, []], pa.list_(pa.timestamp("ns"))),
    "struct": pa.array(
        [{"a": 1, "b": {"c": b"x", "t": 5}}, None, {"a": None, "b": None}],
        pa.struct([("a", pa.int64()), ("b", INNER)]),
    ),
    "map": pa.array([[("k", b"1")], None, []], pa.map_(pa.string(), pa.binary())),
    "null": pa.array([None] * 3, pa.null()),
    "bool": pa.array([True, None, False]),
    "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"0" * 16, None, b"1" * 16], pa.binary(16))),
}  # fmt: skip


def through_json(table: pa.Table) -> pa.Table:
    plain = Plain(table.schema)
    return plain.table(json.loads(json.dumps(plain.rows(table))))


@pytest.mark.parametrize("name", COLUMNS)
def test_types_and_values_survive(name: str) -> None:
    table = pa.table({name: COLUMNS[name]})
    found = through_json(table)
    assert found.schema == table.schema
    assert found.equals(table)


def test_metadata_and_nullability_survive() -> None:
    schema = pa.schema([pa.field("a", pa.int64(), nullable=False, metadata={"doc": "x"})], {"k": "v"})
    assert through_json(pa.table({"a": [1]}, schema=schema)).schema.equals(schema, check_metadata=True)


def test_not_a_number_survives() -> None:
    [value] = through_json(pa.table({"a": [float("nan")]}))["a"].to_pylist()
    assert value != value


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "text": st.none() | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
                "number": st.none() | st.floats(allow_nan=False),
                "items": st.none() | st.lists(st.none() | st.binary(max_size=4), max_size=3),
                "inner": st.none() | st.fixed_dictionaries({"n": st.none() | st.integers(0, 2**62)}),
            }
        )
    )
)
def test_rows_survive(rows: list[dict[str, object]]) -> None:
    schema = pa.schema(
        [
            ("text", pa.string()),
            ("number", pa.float64()),
            ("items", pa.list_(pa.binary())),
            ("inner", pa.struct([("n", pa.timestamp("ns"))])),
        ]
    )
    table = pa.Table.from_pylist(rows, schema=schema)
    assert through_json(table).equals(table)


@pytest.mark.parametrize(
    "kind", [pa.struct([]), pa.month_day_nano_interval(), pa.sparse_union([pa.field("a", pa.int8())])]
)
def test_what_cannot_be_carried_is_said(kind: pa.DataType) -> None:
    with pytest.raises(NotPlain, match="cast the column to another type first"):
        Plain(pa.schema([("a", kind)]))


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(NotPlain, match="two columns are called a"):
        Plain(pa.schema([("a", pa.int8()), ("a", pa.int8())]))
