"""The stage that drops what holds benchmark items, and the report of which item was found where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.pvalue import TaggedOutput
from apache_beam.typehints.native_type_compatibility import convert_to_beam_type

from filters.contamination import ALIGNED, OVERLAP, Match, Thresholds, contamination_verdict
from inference.errors import Fatal
from pipelines.benchmark_sets import (
    BadBenchmark,
    BenchmarkItem,
    BenchmarkSet,
    checked_benchmarks,
    open_benchmarks,
)
from pipelines.card import plain, table
from pipelines.errors import UsageError
from pipelines.options import RunOptions, share
from pipelines.recipe import Export
from pipelines.stages import NAMESPACE, REJECTED, Split, Tally
from schemas.contamination import Hit
from schemas.ids import record_id
from schemas.verdict import Rejected

STAGE = "decontamination"
EXPORT = Export("contamination", Hit, "benchmark items that were found in records, which were dropped")
_HITS = "hits"
_MOST = 20
_MAX_BENCHMARKS = 50


class DecontaminationOptions(PipelineOptions):
    """Which benchmarks the dataset must not hold."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--decontaminate",
            nargs="+",
            metavar="PATH",
            help="benchmarks (Parquet, JSON lines, folders of a dataset): a record that holds one of their "
            "items is dropped",
        )
        parser.add_argument(
            "--decontaminate_column",
            nargs="+",
            metavar="NAME",
            help="column with the items' texts; one for all benchmarks, or one for each",
        )
        parser.add_argument(
            "--decontaminate_overlap",
            type=share,
            default=OVERLAP,
            metavar="SHARE",
            help="of an item's words in runs of 8 that a record has too, from which on it counts as found",
        )
        parser.add_argument(
            "--decontaminate_aligned",
            type=share,
            default=ALIGNED,
            metavar="SHARE",
            help="of an item's words, numbers left out, that a record has in the same order: this finds "
            "items with other names and numbers",
        )


@dataclass(frozen=True)
class Decontamination:
    """What is looked for, and from which shares on it counts as found."""

    sets: tuple[BenchmarkSet, ...]
    thresholds: Thresholds


def checked_decontamination(options: PipelineOptions) -> Decontamination | None:
    """Returns what is looked for, or None.

    Raises:
      UsageError: a benchmark can't be used, see `checked_benchmarks`.
    """
    chosen = options.view_as(DecontaminationOptions)
    if not chosen.decontaminate:
        if chosen.decontaminate_column:
            raise UsageError("--decontaminate_column needs --decontaminate")
        return None
    if not chosen.decontaminate_column:
        raise UsageError("--decontaminate needs --decontaminate_column: the column with the items' texts")
    paths, columns = chosen.decontaminate, chosen.decontaminate_column
    if len(columns) not in (1, len(paths)):
        raise UsageError(
            f"--decontaminate_column: {len(columns)} for {len(paths)} benchmarks; "
            "give one for all, or one for each"
        )
    named = list(zip(paths, columns if len(columns) > 1 else columns * len(paths), strict=True))
    try:
        sets = checked_benchmarks(named, options.view_as(RunOptions).output)
    except BadBenchmark as error:
        raise UsageError(f"--decontaminate {error}") from None
    return Decontamination(sets, Thresholds(chosen.decontaminate_overlap, chosen.decontaminate_aligned))


@dataclass(frozen=True)
class Searched(Split):
    """The outputs of `Decontaminate`; `hits` are `Hit`s, for `EXPORT`."""

    hits: Any


class Decontaminate(beam.PTransform):
    """Records -> those that hold no benchmark item.

    Args:
      decontamination: what is looked for.
      texts: record -> its texts, which are read as one.
      stage: the name its counts have in run.json.
    """

    def __init__(
        self, decontamination: Decontamination, texts: Callable[[Any], Sequence[str]], stage: str = STAGE
    ):
        super().__init__(label=stage)
        self.do = _Search(decontamination, texts, stage)

    def expand(self, records: Any) -> Searched:
        out = records | beam.ParDo(self.do).with_outputs(REJECTED, _HITS, main="kept")
        out.kept.element_type = convert_to_beam_type(records.element_type)
        out[REJECTED].element_type, out[_HITS].element_type = Rejected, Hit
        return Searched(out.kept, out[REJECTED], out[_HITS])


class _Search(beam.DoFn):
    def __init__(self, decontamination: Decontamination, texts: Callable[[Any], Sequence[str]], stage: str):
        self.tally, self.texts = Tally(stage), texts
        self.sets, self.thresholds = decontamination.sets, decontamination.thresholds

    def setup(self) -> None:
        self.opened = open_benchmarks(self.sets)

    def process(self, record: Any) -> Iterator[Any]:
        self.tally.seen()
        try:
            matches = self.opened.index.search(self.texts(record))
        except (ImportError, Fatal):
            raise
        except Exception as error:
            yield self.tally.fail(record, error)
            return
        verdict = contamination_verdict(matches, self.thresholds)
        if verdict.keep:
            self.tally.kept()
            yield record
            return
        hits = [(match, self.opened.items[match.item]) for match in matches if self.thresholds.found(match)]
        yield self.tally.reject(record, verdict.reason, self._detail(hits))
        for number in {item.set for _, item in hits}:
            Metrics.counter(NAMESPACE, _counter(number)).inc()
        for match, item in hits:
            yield TaggedOutput(_HITS, self._hit(record.id, match, item))

    def _detail(self, hits: Sequence[tuple[Match, BenchmarkItem]]) -> str:
        match, item = max(hits, key=lambda hit: (max(hit[0].overlap, hit[0].aligned), -hit[0].item))
        more = f" and {len(hits) - 1:,} more" if len(hits) > 1 else ""
        return (
            f"{item.uri} row {item.row}{more}: overlap {match.overlap:.3f}, aligned {match.aligned:.3f}: "
            f"{item.excerpt}"
        )

    def _hit(self, record: str, match: Match, item: BenchmarkItem) -> Hit:
        benchmark = self.sets[item.set]
        return Hit(
            record_id(benchmark.path, benchmark.column, item.uri, item.row, record),
            record,
            benchmark.path,
            benchmark.column,
            item.uri,
            item.row,
            item.excerpt,
            self.thresholds.found(match),
            round(match.overlap, 4),
            round(match.aligned, 4),
        )


def _counter(number: int) -> str:
    return f"{EXPORT.name}/{number}"


def measured(decontamination: Decontamination) -> Callable[[str, Mapping[str, int]], dict[str, Any]]:
    """Returns what tells run.json of the benchmarks, once the run's files are written."""
    return partial(_measured, decontamination)


def _measured(decontamination: Decontamination, made: str, counters: Mapping[str, int]) -> dict[str, Any]:
    from pipelines.files import rows

    columns = ["benchmark", "column", "uri", "row"]
    hits = Counter(
        tuple(row[name] for name in columns) for row in rows(made, f"exports/{EXPORT.name}", columns)
    )
    items = Counter(key[:2] for key in hits)
    sets = decontamination.sets
    benchmarks = [
        {
            "path": one.path,
            "column": one.column,
            "files": len(one.uris),
            "hash": record_id(*one.hashes),
            **counts,
            "items_found": items[one.path, one.column],
            "records_dropped": counters.get(_counter(number), 0),
        }
        for number, (one, counts) in enumerate(zip(sets, open_benchmarks(sets).counts(), strict=True))
    ]
    most = sorted(hits.items(), key=lambda hit: (-hit[1], hit[0]))[:_MOST]
    found = [dict(zip(columns, key, strict=True)) | {"records": n} for key, n in most]
    thresholds = asdict(decontamination.thresholds)
    return {EXPORT.name: {"benchmarks": benchmarks, "found_most": found, "thresholds": thresholds}}


def contamination_card(run: dict[str, Any]) -> list[str]:
    """Returns what the dataset card says of benchmarks, from run.json."""
    if EXPORT.name not in run:
        return ["## Benchmarks", "", "None was looked for."]
    shares = run[EXPORT.name]["thresholds"]
    names = ("path", "column", "items", "empty", "short", "items_found", "records_dropped")
    heads = ("benchmark", "column", "items", "empty", "short", "items found", "records dropped")
    benchmarks = run[EXPORT.name]["benchmarks"][:_MAX_BENCHMARKS]
    lines = [
        "## Benchmarks",
        "",
        f"Records that hold an item of these were dropped: {shares['overlap']:.0%} of its "
        f"words in runs of 8, or {shares['aligned']:.0%} of its words in order, without "
        "numbers. Items with fewer than 8 words (short) are found only where they are a whole text. Which "
        f"item was found in which record is in `exports/{EXPORT.name}/`.",
        "",
        *table(
            heads,
            ([f"{b[n]:,}" if isinstance(b[n], int) else plain(b[n]) for n in names] for b in benchmarks),
        ),
    ]
    if (more := len(run[EXPORT.name]["benchmarks"]) - len(benchmarks)) > 0:
        lines += ["", f"And {more:,} more benchmarks: see run.json."]
    return lines
