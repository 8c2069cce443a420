"""The columns that a command needs, looked for in its files before any work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.columns import columns_of
from pipelines.errors import UsageError
from pipelines.tables import ARROW_ENDINGS, BadRow, BadTable, arrow_schema_of, rows_from_start

_SHOWN = 300
"""Characters of the names of columns that a message shows."""


@dataclass(frozen=True, slots=True)
class Needed:
    """A column that some row of each file has to have.

    Attributes:
      names: of the column; any of them will do. With dots for fields of fields.
      option: which names it; empty if none does.
    """

    names: tuple[str, ...]
    option: str = ""


def check_columns(uris: Iterable[str], needed: Sequence[Needed], option: str = "input") -> None:
    """Looks for columns in files; those that can't be read or have no rows are left to the run.

    Of Parquet and Arrow files the schema is read, of others as many rows as it takes to see each column.

    Raises:
      UsageError: no row of a file has one of them.
    """
    for uri in uris:
        lacking, there = _lacking(uri, needed)
        if lacking and there:
            names = " or ".join(lacking[0].names)
            asked = f" (--{lacking[0].option})" if lacking[0].option else ""
            raise UsageError(
                f"--{option} {uri}: no column {names}{asked}; it has {', '.join(sorted(there))[:_SHOWN]}"
            )


def lacks(uri: str, column: str) -> bool:
    """Whether no row of a file has a column, though it has rows."""
    lacking, there = _lacking(uri, [Needed((column,))])
    return bool(lacking and there)


def _lacking(uri: str, needed: Sequence[Needed]) -> tuple[list[Needed], set[str]]:
    """Returns what no row of a file has, and the columns that were seen until all was found."""
    try:
        if uri.endswith(ARROW_ENDINGS):
            schema = arrow_schema_of(uri)
            every = {*columns_of(schema), *schema.names}
            return [one for one in needed if every.isdisjoint(one.names)], set(schema.names)
        return _lacking_in_rows(uri, needed)
    except BadTable:
        return [], set()


def _lacking_in_rows(uri: str, needed: Sequence[Needed]) -> tuple[list[Needed], set[str]]:
    lacking, there = list(needed), set[str]()
    for _, row in rows_from_start(uri):
        if not isinstance(row, BadRow):
            lacking = [one for one in lacking if not any(_has(row, name) for name in one.names)]
            there.update(row)
        if not lacking:
            break
    return lacking, there


def _has(values: Mapping[str, Any], column: str) -> bool:
    if column in values:
        return True
    value: Any = values
    for part in column.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return False
        value = value[part]
    return True
