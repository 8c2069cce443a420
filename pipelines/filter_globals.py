"""Filters that look at all rows together, or at another dataset: `PCollection[Row] -> Split`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam
from pydantic import Field

from filters.contamination import ALIGNED, OVERLAP, Thresholds
from filters.duplicates import normalised
from filters.kinds import FilterOptions
from filters.minhash import lsh_for
from filters.words import Texts
from pipelines.benchmark_sets import BadBenchmark, checked_benchmarks
from pipelines.decontaminate import Decontaminate, Decontamination, measured
from pipelines.dedup import Compared, NearDuplicates
from pipelines.existing import ReadExisting, checked_existing
from pipelines.stages import Distinct, Split
from pipelines.tables import Part
from schemas.ids import record_id
from schemas.row import Row, value_of

Measured = Callable[[str, Mapping[str, int]], dict[str, Any]]


@dataclass(frozen=True)
class Built:
    """A filter that is ready to be applied.

    Attributes:
      transform: `PCollection[Row] -> Split`.
      measured: what tells run.json of it, as in `pipelines.recipe.Outcome`.
      waits: it needs all rows before it can say what becomes of the first.
    """

    transform: beam.PTransform
    measured: Measured | None = None
    waits: bool = False


@dataclass(frozen=True)
class GlobalKind:
    """A kind of filter whose verdict on a row depends on other rows, so that it is never kept as a score.

    Attributes:
      name: as a list of filters names it.
      does: one line.
      options: its options, with their defaults.
      build: (stage, options, columns with the text, folder of the run) -> the filter. Raises `UsageError` or
        `ValueError` if the options name something that can't be used.
      once: a list can have one of it.
      check: as that of `filters.kinds.Kind`.
    """

    name: str
    does: str
    options: type[FilterOptions]
    build: Callable[[str, Any, tuple[str, ...], str], Built]
    once: bool = False
    check: Callable[[Any], None] = lambda options: None


def texts_of(row: Row, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the texts of a row, "" where there is none."""
    texts = Texts(row.values, columns)
    return tuple(texts.text((column,)).raw for column in columns)


def preferred(row: Row, prefer: tuple[str, ...]) -> tuple[Any, ...]:
    """Returns the place of a row in a total order: largest values first, what is no number last."""
    values = [value_of(row.values, column) for column in prefer]
    numbers = [-float(v) if isinstance(v, (int, float)) and v == v else float("inf") for v in values]
    return (*numbers, row.id, row.uri, row.number)


class ExactDuplicates(FilterOptions):
    """Rows whose texts are the same but for case, white space and encoding; rows without texts are not.

    Attributes:
      prefer: columns; of equal rows the one with the largest values is kept, then the one with the least id.
    """

    prefer: tuple[str, ...] = ()


def _key(row: Row, columns: tuple[str, ...]) -> str:
    """Returns what equal rows have in common; of rows without any text each is alone."""
    texts = [normalised(text) for text in texts_of(row, columns)]
    return record_id(*texts) if any(texts) else record_id("alone", row.uri, row.number)


def _exact(stage: str, options: ExactDuplicates, columns: tuple[str, ...], output: str) -> Built:
    key = partial(_key, columns=options.columns or columns)
    return Built(Distinct(stage, key, partial(preferred, prefer=options.prefer)), waits=True)


class NearDuplicateOptions(FilterOptions):
    """Rows whose texts are similar, in each of the columns.

    Attributes:
      threshold: Jaccard similarity of their runs of `ngram` words.
      permutations: of MinHash; bands and rows follow from them and the threshold.
      prefer: columns; of similar rows the one with the largest values is kept, then the one with more text,
        then the one with the least id.
      apart: columns whose values are the same in duplicates.
      against: datasets whose rows are never dropped, but the rows of this one are that are similar to them.
      against_columns: columns with their texts, if they are called otherwise.
    """

    threshold: float = Field(0.8, gt=0, lt=1)
    ngram: int = Field(5, ge=1)
    permutations: int = Field(128, ge=2, le=4096)
    prefer: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    against_columns: tuple[str, ...] = ()


def _compared(row: Row, columns: tuple[str, ...], apart: tuple[str, ...]) -> Compared:
    same = record_id(*(str(value_of(row.values, column)) for column in apart)) if apart else ""
    return Compared(texts_of(row, columns), same)


def _longest(row: Row, prefer: tuple[str, ...], columns: tuple[str, ...]) -> tuple[Any, ...]:
    *numbers, id, uri, number = preferred(row, prefer)
    return (*numbers, -sum(map(len, texts_of(row, columns))), id, uri, number)


class _NearDuplicates(beam.PTransform):
    """`NearDuplicates`, with the rows of the other datasets read as it is applied."""

    def __init__(
        self, stage: str, options: NearDuplicateOptions, columns: tuple[str, ...], parts: tuple[Part, ...]
    ):
        super().__init__(label=f"{stage} of rows")
        self.stage, self.options, self.columns, self.parts = stage, options, columns, parts

    def expand(self, rows: beam.PCollection[Row]) -> Split:
        chosen, known = self.options, None
        if self.parts:
            there = chosen.against_columns or self.columns
            read = ReadExisting(self.parts, partial(_compared, columns=there, apart=chosen.apart))
            known = rows.pipeline | f"{self.stage} against" >> read
        lsh = lsh_for(chosen.threshold, chosen.ngram, chosen.permutations)
        compared = partial(_compared, columns=self.columns, apart=chosen.apart)
        order = partial(_longest, prefer=chosen.prefer, columns=self.columns)
        return rows | NearDuplicates(self.stage, compared, order, lsh, known)


def _near(stage: str, options: NearDuplicateOptions, columns: tuple[str, ...], output: str) -> Built:
    columns = options.columns or columns
    if options.against_columns and len(options.against_columns) != len(columns):
        raise ValueError(f"against_columns: must be as many as the columns, which are {', '.join(columns)}")
    parts: tuple[Part, ...] = ()
    if options.against:
        there = options.against_columns or columns
        parts = checked_existing(options.against, there, output, f"filters {stage} against")
    return Built(_NearDuplicates(stage, options, columns, parts), waits=True)


class DecontaminationOptions(FilterOptions):
    """Rows that hold an item of a benchmark.

    Attributes:
      against: path of a benchmark -> column with the text of its items.
      overlap: an item counts as found from this share of its words on, in runs of eight, that a row has too,
      aligned: or this share of its words, numbers left out, that a row has in the same order.
    """

    against: dict[str, str] = Field(min_length=1)
    overlap: float = Field(OVERLAP, ge=0, le=1)
    aligned: float = Field(ALIGNED, ge=0, le=1)


def _decontaminate(
    stage: str, options: DecontaminationOptions, columns: tuple[str, ...], output: str
) -> Built:
    try:
        sets = checked_benchmarks(list(options.against.items()), output)
    except BadBenchmark as error:
        raise ValueError(f"against {error}") from None
    wanted = Decontamination(sets, Thresholds(options.overlap, options.aligned))
    texts = partial(texts_of, columns=options.columns or columns)
    return Built(Decontaminate(wanted, texts, stage), measured(wanted))


GLOBALS: dict[str, GlobalKind] = {
    kind.name: kind
    for kind in (
        GlobalKind(
            "exact_dedup",
            "one of several rows with the same text, case and white space aside",
            ExactDuplicates,
            _exact,
        ),
        GlobalKind(
            "near_dedup",
            "one of several rows with similar texts, or none where another dataset has one (MinHash LSH)",
            NearDuplicateOptions,
            _near,
        ),
        GlobalKind(
            "decontaminate",
            "rows that hold an item of a benchmark",
            DecontaminationOptions,
            _decontaminate,
            once=True,
        ),
    )
}
