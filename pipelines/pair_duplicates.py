"""Which pairs are duplicates: the options of scp116k, and its stage of near duplicates."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from filters.duplicates import ON, On, best_first, compared_texts, numbers_of
from filters.minhash import Lsh, lsh_for
from pipelines.dedup import Compared, NearDuplicates
from pipelines.errors import UsageError
from pipelines.existing import ReadExisting, checked_existing
from pipelines.options import RunOptions
from pipelines.stages import Split
from pipelines.tables import Part
from schemas.row import Row, value_of
from schemas.scp116k import Pair

STAGE = "near_duplicates"
_COLUMNS = {"problem": ("problem",), "solution": ("solution",), "both": ("problem", "solution")}


def similarity(text: str) -> float | None:
    """off, or a number above 0 and below 1."""
    try:
        number = None if text == "off" else float(text)
    except ValueError:
        number = 0.0
    if number is not None and not 0 < number < 1:
        raise argparse.ArgumentTypeError(f"must be off, or a number above 0 and below 1, not {text!r}")
    return number


class DuplicateOptions(PipelineOptions):
    """Which pairs are duplicates."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--near_duplicates",
            type=similarity,
            metavar="{off,SIMILARITY}",
            help="beside equal pairs, drop all but one of those with the same numbers whose runs of five "
            "words have this Jaccard similarity or more, such as 0.9; off if not given",
        )
        parser.add_argument(
            "--dedup_on",
            choices=ON,
            default="both",
            help="what is the same in duplicates; both: the problem, and the solution too",
        )
        parser.add_argument(
            "--dedup_against",
            nargs="+",
            metavar="PATH",
            help="datasets (Parquet, JSON lines, outputs of runs): pairs that are near duplicates of their "
            "rows are dropped",
        )
        parser.add_argument(
            "--dedup_against_columns",
            nargs="+",
            metavar="NAME",
            help="columns there with problem, solution or both, as --dedup_on says, if called otherwise",
        )


class NearDuplicatePairs(beam.PTransform):
    """Keeps the best of several similar pairs, and none that is similar to one of an existing dataset."""

    def __init__(self, lsh: Lsh, on: On, columns: tuple[str, ...], existing: tuple[Part, ...]):
        super().__init__(label="near duplicate pairs")
        self.lsh, self.on, self.columns, self.existing = lsh, on, columns, existing

    def expand(self, pairs: beam.PCollection[Pair]) -> Split:
        read = ReadExisting(self.existing, partial(compared_row, columns=self.columns))
        known = pairs.pipeline | read if self.existing else None
        compared = partial(compared_pair, on=self.on)
        return pairs | NearDuplicates(STAGE, compared, best_first, self.lsh, known)


def compared_pair(pair: Pair, on: On) -> Compared:
    """Returns what is compared of a pair: texts, and their numbers, which are the same in duplicates."""
    texts = compared_texts(pair, on)
    return Compared(texts, numbers_of(texts))


def compared_row(row: Row, columns: tuple[str, ...]) -> Compared:
    """Returns what is compared of a row of an existing dataset, in one of ours with the problem's context."""
    texts = [value_of(row.values, column) or "" for column in columns]
    context = row.values.get("context")
    if isinstance(context, str) and context and columns[0] == "problem":
        texts[0] = f"{context}\n{texts[0]}"
    return Compared(tuple(texts), numbers_of(tuple(texts)))


def checked_duplicates(options: PipelineOptions) -> NearDuplicatePairs | None:
    """Returns the stage of near duplicates; None without.

    Raises:
      UsageError: options contradict each other, or an existing dataset can't be used.
    """
    chosen = options.view_as(DuplicateOptions)
    if chosen.dedup_against and not chosen.near_duplicates:
        raise UsageError("--dedup_against needs --near_duplicates")
    if chosen.dedup_against_columns and not chosen.dedup_against:
        raise UsageError("--dedup_against_columns needs --dedup_against")
    if not chosen.near_duplicates:
        return None
    columns = tuple(chosen.dedup_against_columns or _COLUMNS[chosen.dedup_on])
    needed = len(_COLUMNS[chosen.dedup_on])
    if len(columns) != needed:
        raise UsageError(f"--dedup_against_columns: --dedup_on {chosen.dedup_on} needs {needed} of them")
    output = options.view_as(RunOptions).output
    existing: tuple[Part, ...] = ()
    if chosen.dedup_against:
        existing = checked_existing(chosen.dedup_against, columns, output, "dedup_against")
    return NearDuplicatePairs(lsh_for(chosen.near_duplicates), chosen.dedup_on, columns, existing)
