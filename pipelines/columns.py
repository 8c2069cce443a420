"""The columns that the rows of a run's files have, found before any work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.types as t

from pipelines.errors import UsageError
from pipelines.tables import ARROW_ENDINGS, BadRow, BadTable, all_rows, arrow_schema_of

_HUGGING_FACE = b"huggingface"  # what `datasets` knows of a column besides its type, such as names of classes
_MIXED = "mixed"  # texts, numbers and truth values
_MIXED_DOC = "texts and others, such as numbers, in the input; all of them are texts here"
_NUMBERS = ("int64", "double")
_INTEGERS = range(-(2**63), 2**63)


def schema_of(uris: Sequence[str]) -> pa.Schema:
    """Returns one schema for the rows of all files.

    That of Parquet and Arrow files is read, that of JSON is what their rows have: all of them are looked at,
    since a column may begin anywhere. Where one row has a number and another one a text, all become texts,
    which the column's documentation says (see `mixed_columns`). Where two rows contradict each other
    otherwise the first one counts, and the other is rejected when it is read. Files that can't be read are
    left out: the run rejects them.

    Raises:
      UsageError: no file has rows, or the columns of two files don't go together.
    """
    found: list[pa.Schema] = []
    lines = [uri for uri in uris if not uri.endswith(ARROW_ENDINGS)]
    later = set(lines[1:])  # are read with the first of them
    for uri in uris:
        if uri in later:
            continue
        try:
            schema = arrow_schema_of(uri) if uri.endswith(ARROW_ENDINGS) else _of_json(lines)
        except BadTable:
            continue
        if not schema.names:
            continue
        if not found or not _same(schema, found[-1]):
            found.append(_unify(found[-1:], schema, uri))
    if not found or not found[-1].names:
        raise UsageError(f"--input {uris[0]}{' and the others' * (len(uris) > 1)}: no row can be read")
    metadata = found[0].metadata or {}
    kept = {_HUGGING_FACE: metadata[_HUGGING_FACE]} if _HUGGING_FACE in metadata else None
    return found[-1].with_metadata(kept)


def _unify(before: list[pa.Schema], schema: pa.Schema, uri: str) -> pa.Schema:
    if not before:
        return schema
    try:
        both = pa.unify_schemas([before[0], schema], promote_options="permissive")
    except pa.ArrowException as error:
        raise UsageError(f"--input {uri}: its columns don't go with those before: {error}") from None
    together = [field.with_nullable(True) for field in both]
    return pa.schema([_in_common(field, before[0], schema) for field in together], metadata=both.metadata)


def _same(one: pa.Schema, other: pa.Schema) -> bool:
    """Whether the columns are the same, with what the files say of them."""
    return bool(one.remove_metadata().equals(other.remove_metadata(), check_metadata=True))


def _in_common(field: pa.Field, *schemas: pa.Schema) -> pa.Field:
    """Returns a column without what one of the files that have it doesn't say; but that one is mixed."""
    said = [schema.field(field.name).metadata or {} for schema in schemas if field.name in schema.names]
    mixed = {b"doc": _MIXED_DOC.encode()}
    if any(one.items() >= mixed.items() for one in said):
        return field.with_metadata(mixed)
    common = {key: value for key, value in said[0].items() if all(one.get(key) == value for one in said)}
    return field.with_metadata(common or None)


class _Kinds(dict[str, Any]):
    """Column -> what it holds: None, a type of Arrow, [what its items hold] or the fields of a struct."""


def _of_json(uris: Sequence[str]) -> pa.Schema:
    kinds = _Kinds()
    for uri in uris:
        try:
            for _, row in all_rows(uri):
                if not isinstance(row, BadRow):
                    _see(kinds, row)
        except BadTable:  # what came before counts
            continue
    return pa.schema(list(_fields(kinds)))


def _see(kinds: _Kinds, row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        if value is not None or name not in kinds:
            kinds[name] = _with(kinds.get(name), value)


def _with(kind: Any, value: Any) -> Any:
    """Returns what a column holds that holds a value too; what it held if the two contradict each other."""
    if value is None:
        return kind
    if isinstance(value, Mapping):
        inner = kind if isinstance(kind, _Kinds) else _Kinds()
        if kind is None or inner is kind:
            _see(inner, value)
            return inner
    elif isinstance(value, list):
        if kind is None or isinstance(kind, list):
            item = kind[0] if kind else None
            for one in value:
                item = _with(item, one)
            return [item]
    elif kind is None or isinstance(kind, str):
        scalar = _scalar(value)
        if kind is None or scalar == kind:
            return scalar
        return "double" if scalar in _NUMBERS and kind in _NUMBERS else _MIXED
    return kind


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int64" if value in _INTEGERS else "double"
    return "double" if isinstance(value, float) else "string"


def _fields(kinds: _Kinds) -> Iterable[pa.Field]:
    for name, kind in kinds.items():
        yield pa.field(name, _type(kind), metadata={"doc": _MIXED_DOC} if _is_mixed(kind) else None)


def _is_mixed(kind: Any) -> bool:
    if isinstance(kind, _Kinds):
        return any(map(_is_mixed, kind.values()))
    return _is_mixed(kind[0]) if isinstance(kind, list) else kind == _MIXED


def mixed_columns(schema: pa.Schema) -> list[str]:
    """Returns the columns of JSON files in which numbers became texts, since others are texts."""
    return [field.name for field in schema if (field.metadata or {}).get(b"doc") == _MIXED_DOC.encode()]


def _type(kind: Any) -> pa.DataType:
    if kind is None:
        return pa.null()
    if isinstance(kind, _Kinds):
        # Parquet has no struct without fields: where all objects are empty, none is written.
        return pa.struct(list(_fields(kind))) if kind else pa.null()
    if isinstance(kind, list):
        return pa.list_(_type(kind[0]))
    return pa.string() if kind == _MIXED else pa.type_for_alias(kind)


def columns_of(schema: pa.Schema) -> list[str]:
    """Returns the names of all columns, with dots for fields of fields too."""
    return [name for field in schema for name in _names(field, field.name)]


def _names(field: pa.Field, name: str) -> Iterable[str]:
    yield name
    for inner in field.type if t.is_struct(field.type) else ():
        yield from _names(inner, f"{name}.{inner.name}")


def text_columns(schema: pa.Schema) -> list[str]:
    """Returns the names of the columns with text, with dots for fields of fields."""
    return [name for field in schema for name in _texts(field, field.name)]


def _texts(field: pa.Field, name: str) -> Iterable[str]:
    kind = field.type.value_type if t.is_dictionary(field.type) else field.type
    if t.is_string(kind) or t.is_large_string(kind) or t.is_string_view(kind):
        yield name
    elif t.is_struct(kind):
        for inner in kind:
            yield from _texts(inner, f"{name}.{inner.name}")
