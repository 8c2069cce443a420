"""Parts of files -> rows of plain values (`pipelines.plain`), and a run's rejects -> the rows they were."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipelines.plain import Plain
from pipelines.tables import BadRow, Numbered, Part, batches_of, rows_of

_CHUNK = 500
_UNFIT = (pa.ArrowException, UnicodeError, OverflowError, ValueError, TypeError, AttributeError, KeyError)


@dataclass(frozen=True)
class PlainReader:
    """Reads the rows of files that have one schema, or several that were made one.

    Attributes:
      schema: of the rows that it gives.
    """

    schema: pa.Schema

    def rows(self, part: Part) -> Iterator[Numbered]:
        """Yields the rows of a part, with their numbers in the file.

        Raises:
          BadTable: the file can't be read to the part's end; what came before was yielded.
        """
        plain = Plain(self.schema)
        if part.uri.endswith((".parquet", ".arrow")):
            for first, batch in batches_of(part):
                yield from self._of_batch(plain, first, batch)
            return
        for chunk in _chunks(rows_of(part)):
            yield from self._of_json(plain, chunk)

    def _of_batch(self, plain: Plain, first: int, batch: pa.RecordBatch) -> Iterator[Numbered]:
        try:
            yield from enumerate(plain.rows(self._conform(batch)), start=first)
        except _UNFIT as error:
            if batch.num_rows == 1:
                yield first, BadRow("not_readable", _line(error))
                return
            for place in range(batch.num_rows):
                yield from self._of_batch(plain, first + place, batch.slice(place, 1))

    def _conform(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if batch.schema.equals(self.schema):
            return batch
        columns = [
            batch.column(field.name).cast(field.type)
            if field.name in batch.schema.names
            else pa.nulls(batch.num_rows, field.type)
            for field in self.schema
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def _of_json(self, plain: Plain, chunk: list[Numbered]) -> Iterator[Numbered]:
        """Yields rows as they are, once Arrow has taken them."""
        texts = [field for field in self.schema if _holds_text(field.type)]
        chunk = [(n, row if isinstance(row, BadRow) else _with_texts(row, texts)) for n, row in chunk]
        rows = [row for _, row in chunk if not isinstance(row, BadRow)]
        try:
            self._take(plain, rows)
        except _UNFIT as error:
            if len(chunk) == 1:
                [(number, row)] = chunk
                assert not isinstance(row, BadRow)
                yield number, BadRow("wrong_type", f"{self._wrong(row)}{_line(error)}", row)
                return
            for one in chunk:
                yield from self._of_json(plain, [one])
        else:
            yield from chunk

    def _take(self, plain: Plain, rows: list[dict[str, Any]]) -> None:
        """Raises one of `_UNFIT` unless Arrow takes the rows."""
        for field in plain.schema:
            if pa.types.is_nested(field.type):
                for row in rows:
                    _check(row.get(field.name), field.type)
        plain.table(rows)

    def _wrong(self, row: dict[str, Any]) -> str:
        """Returns the column whose value Arrow doesn't take, and a colon."""
        for field in self.schema:
            try:
                self._take(Plain(pa.schema([field])), [row])
            except _UNFIT:
                return f"{field.name}: "
        return ""


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _holds_text(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return any(_holds_text(field.type) for field in kind)
    return _holds_text(kind.value_type) if pa.types.is_list(kind) else pa.types.is_string(kind)


def _with_texts(row: dict[str, Any], fields: list[pa.Field]) -> dict[str, Any]:
    """Returns a row whose numbers and truth values are JSON in the columns of texts."""
    changed = {
        field.name: text
        for field in fields
        if (value := row.get(field.name)) is not None
        and not isinstance(value, str)
        and (text := _as_text(value, field.type)) is not value
    }
    return {**row, **changed} if changed else row


def _as_text(value: Any, kind: pa.DataType) -> Any:
    if pa.types.is_string(kind):
        return json.dumps(value) if isinstance(value, (bool, int, float)) else value
    if pa.types.is_struct(kind) and isinstance(value, Mapping):
        types = {field.name: field.type for field in kind}
        return {name: _as_text(one, types[name]) if name in types else one for name, one in value.items()}
    if pa.types.is_list(kind) and isinstance(value, list):
        return [_as_text(one, kind.value_type) for one in value]
    return value


def _check(value: Any, kind: pa.DataType) -> None:
    """Raises `TypeError` where JSON has a list for a struct, which Arrow takes for its pairs, or reversed."""
    if value is None or not pa.types.is_nested(kind):
        return
    is_struct = pa.types.is_struct(kind)
    if isinstance(value, Mapping) != is_struct or isinstance(value, list) == is_struct:
        raise TypeError(f"{type(value).__name__} where {kind} should be")
    if is_struct:
        for field in kind:
            _check(value.get(field.name), field.type)
    else:
        for one in value:
            _check(one, kind.value_type)


def _chunks(rows: Iterator[Numbered]) -> Iterator[list[Numbered]]:
    """Yields rows in lists; what was read before a file breaks off is yielded first."""
    chunk: list[Numbered] = []
    try:
        for row in rows:
            chunk.append(row)
            if len(chunk) == _CHUNK:
                yield chunk
                chunk = []
    except Exception:
        yield chunk
        raise
    yield chunk


def rejected_rows(part: Part) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yields the rejects of an earlier run, each with its record, which is empty if it can't be read.

    Raises:
      BadTable: the file can't be read.
    """
    for _, reject in rows_of(part):
        if isinstance(reject, BadRow):
            continue
        try:
            record = json.loads(reject["record"])
        except (KeyError, ValueError, TypeError):
            record = {}
        yield reject, record if isinstance(record, dict) else {}
