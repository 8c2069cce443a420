from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.arrow import arrow_schema, describe, to_row
from schemas.document import Box
from schemas.ids import record_id
from schemas.scp116k import Pair
from schemas.verdict import KEEP, Rejected


@dataclass(frozen=True)
class Inner:
    kind: Literal["a", "b"]
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Outer:
    name: str = field(metadata={"doc": "what it is called"})
    share: float | None
    flag: bool
    inner: Inner | None
    many: tuple[Inner, ...]


def test_a_schema_from_a_dataclass() -> None:
    inner = [
        pa.field("kind", pa.string(), nullable=False),
        pa.field("numbers", pa.list_(pa.field("item", pa.int64(), nullable=False)), nullable=False),
    ]
    assert arrow_schema(Outer).equals(
        pa.schema(
            [
                pa.field("name", pa.string(), nullable=False),
                pa.field("share", pa.float64(), nullable=True),
                pa.field("flag", pa.bool_(), nullable=False),
                pa.field("inner", pa.struct(inner), nullable=True),
                pa.field(
                    "many", pa.list_(pa.field("item", pa.struct(inner), nullable=False)), nullable=False
                ),
            ]
        )
    )


@dataclass(frozen=True)
class Wrong:
    value: Any


@dataclass(frozen=True)
class WrongUnion:
    value: int | str


@dataclass(frozen=True)
class WrongTuple:
    value: tuple[int, int]


@pytest.mark.parametrize("cls", [Wrong, WrongUnion, WrongTuple])
def test_a_type_without_a_counterpart_is_refused(cls: type) -> None:
    with pytest.raises(TypeError, match="no Arrow type for"):
        arrow_schema(cls)


inners = st.builds(Inner, st.sampled_from(["a", "b"]), st.lists(st.integers(-(2**63), 2**63 - 1)).map(tuple))
outers = st.builds(
    Outer,
    st.text(st.characters(codec="utf-8")),
    st.none() | st.floats(allow_nan=False),
    st.booleans(),
    st.none() | inners,
    st.lists(inners, max_size=3).map(tuple),
)


@given(outers)
def test_a_row_goes_into_a_table_and_comes_back(record: Outer) -> None:
    row = to_row(record)
    (back,) = pa.Table.from_pylist([row], schema=arrow_schema(Outer)).to_pylist()
    assert back == row
    assert math.copysign(1, back["share"] or 1) == math.copysign(1, record.share or 1)


def test_a_file_refuses_null_where_the_schema_has_none() -> None:
    row = {**to_row(Outer("x", None, True, None, ())), "name": None}
    table = pa.Table.from_pylist([row], schema=arrow_schema(Outer))
    with pytest.raises(pa.ArrowInvalid, match="non-nullable but contains nulls"):
        pq.write_table(table, pa.BufferOutputStream())


def test_describe_names_nested_fields_and_their_documentation() -> None:
    assert describe(Outer) == [
        ("name", "string", "what it is called"),
        ("share", "double or null", ""),
        ("flag", "bool", ""),
        ("inner", "struct or null", ""),
        ("inner.kind", "string", ""),
        ("inner.numbers", "list<item: int64>", ""),
        ("many[]", "list of struct", ""),
        ("many[].kind", "string", ""),
        ("many[].numbers", "list<item: int64>", ""),
    ]


@pytest.mark.parametrize("cls", [Pair, Rejected])
def test_every_column_is_documented(cls: type) -> None:
    boxes = {f.name for f in dataclasses.fields(Box)}
    assert not [name for name, _, doc in describe(cls) if not doc and name.split(".")[-1] not in boxes]


def test_keep_has_no_reason() -> None:
    assert (KEEP.keep, KEEP.reason, KEEP.detail, KEEP.scores) == (True, "", "", {})


@given(st.lists(st.text() | st.integers(), max_size=4), st.lists(st.text() | st.integers(), max_size=4))
def test_ids_collide_only_for_the_same_parts(left: list[str | int], right: list[str | int]) -> None:
    same = [str(part) for part in left] == [str(part) for part in right]
    assert (record_id(*left) == record_id(*right)) is same
    assert len(record_id(*left)) == 32
