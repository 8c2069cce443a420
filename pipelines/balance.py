"""Equally many questions of each zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsSingleton

from pipelines.stages import REJECTED, Split, Tally
from schemas.contrastive import Contrast, Zone
from schemas.verdict import Rejected
from synth.mastery import balance_rank, cutoffs


class _Balance(beam.DoFn):
    def __init__(self, seed: int):
        self.tally, self.seed = Tally("balance"), seed

    def process(self, row: Contrast, last: Mapping[Zone, str]) -> Iterator[Any]:
        self.tally.seen()
        if balance_rank(self.seed, row.id) <= last[row.zone]:
            self.tally.kept()
            yield row
        else:
            yield self.tally.reject(row, "balanced_out", row.zone)


class Balance(beam.PTransform):
    """Keeps equally many questions of each zone that has any; which, depends on seed and ids alone."""

    def __init__(self, seed: int):
        super().__init__(label="balance")
        self.seed = seed

    def expand(self, rows: beam.PCollection[Contrast]) -> Split:
        def ranked(row: Contrast, seed: int = self.seed) -> tuple[Zone, str]:
            return row.zone, balance_rank(seed, row.id)

        last = (
            rows
            | beam.Map(ranked).with_output_types(tuple[str, str])
            | beam.GroupByKey()
            | beam.MapTuple(lambda zone, ranks: (zone, list(ranks)))
            | beam.combiners.ToList()
            | beam.Map(cutoffs)
        )
        out = rows | "keep" >> beam.ParDo(_Balance(self.seed), AsSingleton(last)).with_outputs(
            REJECTED, main="kept"
        )
        out.kept.element_type, out[REJECTED].element_type = Contrast, Rejected
        return Split(out.kept, out[REJECTED])
