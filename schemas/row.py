"""A row of a dataset that a run reads: what recipes on rows start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, with where it came from.

    Attributes:
      id: what the row calls itself, or a hash of the file's bytes and `number`.
      uri, sha256: of the file.
      number: its place in the file, from 0.
      values: its columns, as Python values.
    """

    id: str
    uri: str
    sha256: str
    number: int
    values: Mapping[str, Any]


def value_of(values: Mapping[str, Any], column: str) -> Any:
    """Returns what a column holds, with dots for fields of fields; None where there is no such field."""
    if column in values:
        return values[column]
    value: Any = values
    for part in column.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
