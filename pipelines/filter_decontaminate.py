"""Decontamination as a filter of rows: its scores are columns, whose thresholds can change later."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import Field

from filters.contamination import (
    ALIGNED,
    OVERLAP,
    Thresholds,
    contamination_scores,
    contamination_verdict,
)
from filters.kinds import FilterOptions, Kind, Score, Scorer, Value
from filters.words import Texts
from pipelines.benchmark_sets import BadBenchmark, BenchmarkSet, Opened, checked_benchmarks, open_benchmarks
from pipelines.decontaminate import Decontamination, summary
from schemas.verdict import Verdict

_ROW = " row "


class DecontaminateOptions(FilterOptions):
    """What is looked for.

    Attributes:
      benchmarks: path (file, folder or glob) -> its column with the items' texts.
      overlap, aligned: see `filters.contamination.Thresholds`.
    """

    benchmarks: dict[str, str] = Field(min_length=1)
    overlap: float = Field(OVERLAP, ge=0, le=1)
    aligned: float = Field(ALIGNED, ge=0, le=1)


def _scores(_: DecontaminateOptions) -> tuple[Score, ...]:
    return (
        Score("overlap", "float64", "largest share of an item's words in runs of 8 that the row has too"),
        Score("aligned", "float64", "largest share of an item's words, but numbers, in the same order"),
        Score("item", "string", "file and row of the item that the row has most of; null if of none"),
    )


def _open(options: DecontaminateOptions) -> Scorer:
    return partial(_score, options.columns, open_benchmarks(_sets(options)))


def _sets(options: DecontaminateOptions) -> tuple[BenchmarkSet, ...]:
    return checked_benchmarks(list(options.benchmarks.items()))


def _score(columns: tuple[str, ...], opened: Opened, texts: Texts) -> Sequence[Value]:
    matches = opened.index.search(texts.text((name,)).raw for name in columns or texts.columns)
    overlap, aligned, best = contamination_scores(matches)
    item = opened.items[best.item] if best else None
    return overlap, aligned, f"{item.uri}{_ROW}{item.row}" if item else None


def _decide(options: DecontaminateOptions, scores: Mapping[str, Value]) -> Verdict:
    overlap, aligned = scores["overlap"], scores["aligned"]
    assert isinstance(overlap, (int, float))
    assert isinstance(aligned, (int, float))
    detail = f"{scores['item']}: overlap {overlap:.3f}, aligned {aligned:.3f}"
    return contamination_verdict(overlap, aligned, Thresholds(options.overlap, options.aligned), detail)


def _check(options: DecontaminateOptions) -> None:
    try:
        _sets(options)
    except BadBenchmark as error:
        raise ValueError(f"benchmarks: {error}") from None


KIND = Kind(
    "decontaminate",
    "items of benchmarks, verbatim, set anew, or with other names and numbers",
    DecontaminateOptions,
    _scores,
    _open,
    decide=_decide,
    check=_check,
)


def found_in(options: DecontaminateOptions, stage: str, made: str) -> dict[str, Any]:
    """Returns what run.json tells of benchmarks, by the rejects of a stage; of each row one item counts."""
    from pipelines.files import rows

    sets = _sets(options)
    numbers = {uri: number for number, one in enumerate(sets) for uri in one.uris}
    hits: Counter[tuple[int, str, int]] = Counter()
    dropped: Counter[int] = Counter()
    for reject in rows(made, "rejected", ["stage", "reason", "record"]):
        if reject["stage"] == stage and reject["reason"].endswith("benchmark_item"):
            uri, _, row = json.loads(reject["record"])["values"][f"{stage}_item"].rpartition(_ROW)
            hits[numbers[uri], uri, int(row)] += 1
            dropped[numbers[uri]] += 1
    return summary(Decontamination(sets, Thresholds(options.overlap, options.aligned)), hits, dropped)
