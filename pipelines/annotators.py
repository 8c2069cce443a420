"""What run.json, the card and the export `annotators` say of those who voted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import AsSingleton

from pipelines.card import plain, table
from pipelines.files import rows
from pipelines.stages import NAMESPACE
from schemas.aurora import Annotator, Labelled, Solution
from synth.annotators import Key, annotators, of_ballot, of_row
from synth.skills import Skills

MOST = 100
"""Annotators in run.json and the card, those with the most votes; the export has them all."""


class _Sums(beam.CombineFn):
    """Adds up what a function yields of records."""

    def __init__(self, counts: Callable[[Any], Iterable[tuple[Key, int]]]):
        self.counts = counts

    def create_accumulator(self) -> dict[Key, int]:
        return {}

    def add_input(self, sums: dict[Key, int], record: Any) -> dict[Key, int]:
        for key, n in self.counts(record):
            sums[key] = sums.get(key, 0) + n
        return sums

    def merge_accumulators(self, accumulators: Iterable[dict[Key, int]]) -> dict[Key, int]:
        total: Counter[Key] = Counter()
        for sums in accumulators:
            total.update(sums)
        return dict(total)

    def extract_output(self, sums: dict[Key, int]) -> dict[Key, int]:
        return sums


class _Tell(beam.DoFn):
    """Sums -> annotators; what is summed of all rows becomes counters."""

    def process(
        self, ballots: dict[Key, int], labels: dict[Key, int], skills: Skills | None = None
    ) -> Iterator[Annotator]:
        for key, n in labels.items():
            if key[0] in ("labels", "outcome_conflicts"):
                Metrics.counter(NAMESPACE, "/".join(("aurora", *key))).inc(n)
        yield from annotators(ballots | labels, skills)


def told(
    voted: beam.PCollection[Solution],
    written: beam.PCollection[Labelled],
    skills: beam.PCollection[Skills] | None,
) -> beam.PCollection[Annotator]:
    """Returns what there is to say of each annotator.

    Args:
      voted: all solutions with votes.
      written: the rows of the dataset.
      skills: of the annotators, if they were estimated.
    """
    ballots = voted | "sum votes" >> beam.CombineGlobally(_Sums(of_ballot))
    labels = written | "sum labels" >> beam.CombineGlobally(_Sums(of_row))
    sides = [AsSingleton(labels), *([AsSingleton(skills)] if skills else [])]
    return ballots | "annotators" >> beam.ParDo(_Tell(), *sides).with_output_types(Annotator)


def read_annotators(output: str) -> list[dict[str, Any]]:
    """Returns what run.json says of annotators, by the files of the export."""
    found = sorted(rows(output, "exports/annotators"), key=lambda row: (-row["votes"], row["annotator"]))
    return [{name: value for name, value in row.items() if name != "id"} for row in found[:MOST]]


def describe_annotators(run: dict[str, Any]) -> list[str]:
    """Returns the table of the card."""
    told = run["measures"]["annotators"]
    heads = ["annotator", "votes", "discarded", "agrees with the labels", "conflicts with the outcome"]
    weighted = any(one["coins"] for one in told)
    if weighted:
        heads += ["a right step called right", "a wrong step called wrong", "weight"]
    lines = table(heads, [_line(one, weighted) for one in told])
    more = run["exports"]["annotators"] - len(told)
    return [*lines, *(["", f"And {more:,} more; see the form `annotators`."] if more else [])]


def _line(one: dict[str, Any], weighted: bool) -> list[str]:
    discarded = ", ".join(f"{why['reason']} {why['votes']:,}" for why in one["discarded"])
    cells = [plain(one["annotator"]), f"{one['votes']:,}", discarded or "0"]
    cells += [_share(one["agreement"]), f"{one['conflicts']:,}"]
    if not weighted:
        return cells
    coins = {coin["step"]: coin["says_right"] for coin in one["coins"] if coin["said_before"]}
    wrong = coins.get("wrong")
    return [
        *cells,
        _share(coins.get("right")),
        _share(None if wrong is None else 1 - wrong),
        _share(one["weight"]),
    ]


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.4f}"
