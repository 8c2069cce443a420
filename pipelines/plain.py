"""Rows of an Arrow table as values that JSON has, and back, without loss.

Between reading and writing a row is a mapping of such values: it travels as JSON, stands in the rejects as
JSON, and is written with the types it came with. Dates, times and durations are the whole numbers that Arrow
has for them, decimals are text, bytes are base64, the pairs of a map are lists of two.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.types as t

Convert = Callable[[Any], Any]


class NotPlain(Exception):
    """A type of Arrow that can't be carried; the message names it."""


class Plain:
    """Reads and writes the rows of one schema.

    Raises:
      NotPlain: a column has a type that can't be carried, or two have one name.
    """

    def __init__(self, schema: pa.Schema):
        self.schema = schema
        if len(set(schema.names)) < len(schema.names):
            twice = next(name for name in schema.names if schema.names.count(name) > 1)
            raise NotPlain(f"two columns are called {twice}")
        try:
            self.plain = pa.schema([pa.field(f.name, plain_type(f.type)) for f in schema])
        except NotPlain as error:
            raise NotPlain(f"{error}; cast the column to another type first") from None
        self._cast = [f.name for f in schema if f.type != self.plain.field(f.name).type]
        self._out = {f.name: convert for f in schema if (convert := _converter(f.type, _encoded, list))}
        self._in = {f.name: convert for f in schema if (convert := _converter(f.type, _decoded, tuple))}

    def rows(self, table: pa.Table | pa.RecordBatch) -> list[dict[str, Any]]:
        """Returns the rows of a table that has this schema.

        Raises:
          UnicodeDecodeError: a text is none.
        """
        for name in self._cast:
            place = table.schema.get_field_index(name)
            field = self.plain.field(name)
            table = table.set_column(place, field, _plainer(table.column(place), field.type))
        rows: list[dict[str, Any]] = table.to_pylist(maps_as_pydicts=None)
        for name, convert in self._out.items():
            for row in rows:
                row[name] = convert(row[name])
        return rows

    def table(self, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
        """Returns rows as a table with the schema; columns that a row lacks are null.

        Raises:
          pa.ArrowException, UnicodeEncodeError, OverflowError, ValueError: a value doesn't fit its column.
        """
        columns = []
        for field, plain in zip(self.schema, self.plain, strict=True):
            convert = self._in.get(field.name)
            values = [row.get(field.name) for row in rows]
            array = pa.array([convert(v) for v in values] if convert else values, plain.type)
            columns.append(array if plain.type == field.type else _back(array, field.type))
        return pa.Table.from_arrays(columns, schema=self.schema)


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Returns the type that Arrow casts to, whose values are plain but for bytes and maps.

    Raises:
      NotPlain: there is none.
    """
    if isinstance(kind, pa.BaseExtensionType):
        return plain_type(kind.storage_type)
    if t.is_dictionary(kind):
        return plain_type(kind.value_type)
    if t.is_float16(kind):
        return pa.float32()
    if t.is_decimal(kind):
        return pa.string()
    if t.is_date32(kind) or t.is_time32(kind):
        return pa.int32()
    if t.is_temporal(kind) and not t.is_interval(kind):
        return pa.int64()
    if t.is_struct(kind) and kind.num_fields:  # Parquet has none without fields
        return pa.struct([pa.field(f.name, plain_type(f.type), f.nullable) for f in kind])
    if t.is_map(kind):
        return pa.map_(plain_type(kind.key_type), plain_type(kind.item_type))
    if t.is_list(kind) or t.is_large_list(kind) or t.is_fixed_size_list(kind):
        return _list_like(kind, plain_type(kind.value_type))
    known = (t.is_null, t.is_boolean, t.is_integer, t.is_floating, t.is_string, t.is_large_string)
    if any(is_known(kind) for is_known in (*known, t.is_string_view)) or _is_bytes(kind):
        return kind
    raise NotPlain(f"type {kind}")


def _list_like(kind: pa.DataType, item: pa.DataType) -> pa.DataType:
    field = kind.value_field.with_type(item)
    if t.is_fixed_size_list(kind):
        return pa.list_(field, kind.list_size)
    return pa.large_list(field) if t.is_large_list(kind) else pa.list_(field)


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(
        t.is_binary(kind) or t.is_large_binary(kind) or t.is_fixed_size_binary(kind) or t.is_binary_view(kind)
    )


def _plainer(column: Any, kind: pa.DataType) -> Any:
    if isinstance(column.type, pa.BaseExtensionType):
        chunked = isinstance(column, pa.ChunkedArray)
        column = (column.combine_chunks() if chunked else column).storage
    return column.cast(kind)


def _back(array: pa.Array, kind: pa.DataType) -> pa.Array:
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, _back(array, kind.storage_type))
    if t.is_dictionary(kind):
        return array.cast(kind.value_type).dictionary_encode().cast(kind)
    return array.cast(kind)


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decoded(value: str) -> bytes:
    return base64.b64decode(value)


def _converter(kind: pa.DataType, leaf: Convert, pair: type) -> Convert | None:
    """Returns what converts the bytes and the pairs within a value; None if it holds neither."""
    if isinstance(kind, pa.BaseExtensionType):
        return _converter(kind.storage_type, leaf, pair)
    if t.is_dictionary(kind):
        return _converter(kind.value_type, leaf, pair)
    if t.is_null(kind):
        return _unless_empty
    if _is_bytes(kind):
        return _unless_null(leaf)
    if t.is_struct(kind):
        inner = {f.name: convert for f in kind if (convert := _converter(f.type, leaf, pair))}
        return _unless_null(lambda value: {**value, **_changed(value, inner)}) if inner else None
    if t.is_map(kind):
        key, item = (_converter(k, leaf, pair) or _same for k in (kind.key_type, kind.item_type))
        return _unless_null(lambda value: [pair((key(k), item(v))) for k, v in value])
    if t.is_list(kind) or t.is_large_list(kind) or t.is_fixed_size_list(kind):
        one = _converter(kind.value_type, leaf, pair)
        return _unless_null(lambda value: [one(v) for v in value]) if one else None
    return None


def _changed(value: Mapping[str, Any], inner: Mapping[str, Convert]) -> dict[str, Any]:
    return {name: convert(value[name]) for name, convert in inner.items() if name in value}


def _unless_empty(value: Any) -> Any:
    return None if value == {} else value


def _same(value: Any) -> Any:
    return value


def _unless_null(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)
