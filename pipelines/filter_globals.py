"""Filters that look at all rows together, or at another dataset: `PCollection[Row] -> Split`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam
from pydantic import Field

from filters.duplicates import normalised
from filters.kinds import FilterOptions
from filters.words import Texts
from pipelines.stages import Distinct
from schemas.ids import record_id
from schemas.row import Row, value_of


@dataclass(frozen=True)
class GlobalKind:
    """A kind of filter whose verdict on a row depends on other rows, so that it is never kept as a score.

    Attributes:
      name: as a list of filters names it.
      does: one line.
      options: its options, with their defaults.
      build: (stage, options, columns with the text) -> `PCollection[Row] -> Split`.
      check: raises `ValueError` if the options name something that can't be used; called before any work.
    """

    name: str
    does: str
    options: type[FilterOptions]
    build: Callable[[str, Any, tuple[str, ...]], beam.PTransform]
    check: Callable[[Any], None] = lambda options: None


class ExactDuplicates(FilterOptions):
    """Rows whose texts are the same but for case, white space and encoding.

    Attributes:
      prefer: columns; of equal rows the one with the largest values is kept, then the one with the least id.
    """

    prefer: tuple[str, ...] = Field(())


def texts_of(row: Row, columns: tuple[str, ...]) -> list[str]:
    """Returns the texts of a row."""
    texts = Texts(row.values, columns)
    return [texts.text((column,)).raw for column in columns]


def _key(row: Row, columns: tuple[str, ...]) -> str:
    return record_id(*map(normalised, texts_of(row, columns)))


def preferred(row: Row, prefer: tuple[str, ...]) -> tuple[Any, ...]:
    """Returns the place of a row in a total order: largest values first, what is no number last."""
    values = [value_of(row.values, column) for column in prefer]
    numbers = [-float(v) if isinstance(v, (int, float)) else float("inf") for v in values]
    return (*numbers, row.id, row.uri, row.number)


def _exact(stage: str, options: ExactDuplicates, columns: tuple[str, ...]) -> beam.PTransform:
    key = partial(_key, columns=options.columns or columns)
    return Distinct(stage, key, partial(preferred, prefer=options.prefer))


GLOBALS: dict[str, GlobalKind] = {
    kind.name: kind
    for kind in (
        GlobalKind(
            "exact_dedup",
            "one of several rows with the same text, but for case, white space and encoding",
            ExactDuplicates,
            _exact,
        ),
    )
}
