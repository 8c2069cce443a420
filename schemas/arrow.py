"""Frozen dataclasses as Arrow schemas, rows and documentation."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any

import pyarrow as pa

_PLAIN = frozenset({str, int, float, bool, type(None)})
_SCALARS = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def _arrow_type(annotation: Any) -> tuple[pa.DataType, bool]:
    """Returns the Arrow type of an annotation and whether it admits None."""
    if annotation in _SCALARS:
        return _SCALARS[annotation], False
    if dataclasses.is_dataclass(annotation):
        return pa.struct(list(_fields(annotation))), False
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType) and len(arguments) == 2 and type(None) in arguments:
        inner = next(a for a in arguments if a is not type(None))
        return _arrow_type(inner)[0], True
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        item, nullable = _arrow_type(arguments[0])
        return pa.list_(pa.field("item", item, nullable=nullable)), False
    if origin is typing.Literal:
        return pa.string(), False
    raise TypeError(f"no Arrow type for {annotation!r}")


def _fields(cls: Any) -> Iterator[pa.Field]:
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        arrow, nullable = _arrow_type(hints[field.name])
        yield pa.field(field.name, arrow, nullable=nullable)


def arrow_schema(cls: type) -> pa.Schema:
    """Returns the Arrow schema of a frozen dataclass.

    Fields may be str, int, float, bool, Literal, `T | None`, `tuple[T, ...]` and dataclasses.

    Raises:
      TypeError: a field has another type.
    """
    return pa.schema(list(_fields(cls)))


def to_row(record: Any) -> dict[str, Any]:
    """Returns a record as the nested dict that `pa.Table.from_pylist` and `json.dumps` take."""
    kind: Any = type(record)  # which mypy takes for no key of a cache
    return {name: _value(getattr(record, name)) for name in _names(kind)}


@cache
def _names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(cls))


def _value(value: Any) -> Any:
    if type(value) in _PLAIN:  # most values are; the rest takes ten times as long
        return value
    if isinstance(value, tuple):
        return [_value(v) for v in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return to_row(value)
    return value


def describe(cls: Any, prefix: str = "") -> list[tuple[str, str, str]]:
    """Returns (name, Arrow type, documentation) of every field, nested ones as `outer.inner`.

    Args:
      cls: a dataclass, or a schema whose fields may have their documentation as metadata (`doc`).
    """
    if isinstance(cls, pa.Schema):
        return [(field.name, str(field.type), _doc(field)) for field in cls]
    rows = []
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        arrow, nullable = _arrow_type(hints[field.name])
        nested = _nested_dataclass(hints[field.name])
        is_list = pa.types.is_list(arrow)
        shown = ("list of struct" if is_list else "struct") if nested else str(arrow).replace(" not null", "")
        name = f"{prefix}{field.name}" + ("[]" if is_list and nested else "")
        rows.append((name, shown + (" or null" if nullable else ""), field.metadata.get("doc", "")))
        if nested:
            rows += describe(nested, prefix=f"{name}.")
    return rows


def _doc(field: pa.Field) -> str:
    return (field.metadata or {}).get(b"doc", b"").decode()


def _nested_dataclass(annotation: Any) -> Any:
    candidates = [annotation, *typing.get_args(annotation)]
    return next((c for c in candidates if dataclasses.is_dataclass(c)), None)
