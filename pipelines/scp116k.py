"""Problem-solution pairs from heterogeneous documents (arXiv 2501.15587)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from extractors.documents.limits import Limits
from filters.completeness import is_complete
from filters.confidence import DEFAULT_MINIMUM, is_sure
from filters.duplicates import duplicate_key, printed_order
from filters.figure import figure_verdict
from filters.judge import is_judged_good
from pipelines.answering import AnswerOptions, AnswerPairs, checked_answering
from pipelines.decontaminate import (
    EXPORT,
    STAGE,
    Decontaminate,
    DecontaminationOptions,
    checked_decontamination,
    contamination_card,
    measured,
)
from pipelines.documents import ReadDocuments
from pipelines.inputs import largest_first
from pipelines.judging import JudgeOptions, JudgePairs, checked_judging
from pipelines.models import ModelOptions, VllmOptions, checked_models
from pipelines.options import DocumentOptions, RunOptions, TranscriberOptions, share
from pipelines.output import join
from pipelines.pair_duplicates import STAGE as NEAR_DUPLICATES
from pipelines.pair_duplicates import DuplicateOptions, checked_duplicates
from pipelines.pair_labels import STAGE as LABELS
from pipelines.pair_labels import LabelOptions, checked_labelling, label_pairs
from pipelines.pair_rows import to_pair
from pipelines.progress import tick
from pipelines.reader import Reader
from pipelines.readers import ReaderFn, ReaderPool, refusing
from pipelines.recipe import Outcome, Recipe, Run, StageInfo
from pipelines.sink import WriteRows, encode, write_records
from pipelines.stages import (
    REJECTED,
    Convert,
    Distinct,
    Keep,
    Refused,
    Split,
    Stage,
    Tally,
    settled,
    source_of,
)
from pipelines.transcribe import Transcribe, checked_ocr, checked_transcriber
from schemas.document import Document
from schemas.problems import Found, Item, Matching
from schemas.scp116k import Pair
from schemas.verdict import Rejected


class PairOptions(PipelineOptions):
    """What becomes of the pairs."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--figures",
            choices=("keep", "drop"),
            default="keep",
            help="pairs whose problem can't be read without a picture: keep them, flagged, or drop them",
        )
        parser.add_argument(
            "--min_pairing_score",
            type=share,
            default=DEFAULT_MINIMUM,
            metavar="SCORE",
            help="pairs that are less sure (0 to 1) are rejected as ambiguous_pair",
        )


class _Find(ReaderFn):
    """Finds the problems and solutions of a document, which is rejected if there can be none."""

    def __init__(self, pool: ReaderPool):
        super().__init__(pool)
        self.tally = Tally("extract")

    def work(self, reader: Reader, document: Document) -> Found:
        with refusing():
            found = reader.find(document)
        if not found.items and not found.possible:
            raise Refused("no_problems_found", "; ".join(document.notes))
        return found

    def settle(self, document: Document, result: Callable[[], Any]) -> Iterator[Any]:
        return settled(self.tally, document, result)


def by_folder(found: Found) -> tuple[str, Found]:
    """Keys a document by its folder: solutions are looked for in the documents beside it."""
    return posixpath.dirname(found.uri), found


class _Match(ReaderFn):
    """Pairs the items of one folder's documents, in whatever order they come."""

    def __init__(self, pool: ReaderPool, ticks: str | None):
        super().__init__(pool)
        self.tally, self.ticks = Tally("pair"), ticks

    def process(self, group: tuple[str, Iterable[Found]]) -> Iterator[Any]:
        return super().process(sorted(group[1], key=lambda found: found.uri))

    def work(self, reader: Reader, documents: list[Found]) -> Matching:
        with refusing():
            return reader.match(documents)

    def settle(self, documents: list[Found], result: Callable[[], Any]) -> Iterator[Any]:
        items = [item for found in documents for item in found.items]
        empty = [found for found in documents if not found.items]  # but for what may be problems
        records: list[Item | Found] = [*items, *empty]
        try:
            matching = result()
        except ImportError:
            raise
        except Refused as refusal:  # the folder's items can't be told apart from its failure
            self.tally.seen(len(records))
            yield from (self.tally.reject(record, refusal.reason, refusal.detail) for record in records)
            return
        except Exception as error:
            self.tally.seen(len(records))
            yield from (self.tally.fail(record, error) for record in records)
            return
        certain = {(item.uri, item.id) for item in items}
        asked = [(pair.problem.uri, pair.problem.id) for pair in matching.pairs]
        answered = [place for place in asked if place not in certain]  # of the possible problems
        without = [found for found in empty if found.uri not in {uri for uri, _ in answered}]
        self.tally.seen(len(items) + len(answered) + len(without))
        yield from (self.tally.reject(found, "no_problems_found") for found in without)
        for matched in matching.pairs:
            try:
                pair = to_pair(matched)
            except Exception as error:
                yield self.tally.fail(matched.problem, error)
                yield self.tally.fail(matched.solution, error)
            else:
                self.tally.kept(2)
                yield pair
        for item in matching.unpaired_problems:
            yield self.tally.reject(item, "unpaired_problem", _labelled(item))
        for item in matching.unpaired_solutions:
            yield self.tally.reject(item, "unpaired_solution", _labelled(item))
        tick(self.ticks, "pairs", len(matching.pairs))


def _labelled(item: Item) -> str:
    return f"labelled {item.label}" if item.label else "no label"


class MatchPairs(beam.PTransform):
    """Problems and solutions -> pairs, one to one, over the documents of a folder."""

    def __init__(self, pool: ReaderPool, ticks: str | None):
        super().__init__(label="pair")
        self.do = _Match(pool, ticks)

    def expand(self, found: beam.PCollection[Found]) -> Split:
        groups = found | beam.Map(by_folder).with_output_types(tuple[str, Found]) | beam.GroupByKey()
        out = groups | beam.ParDo(self.do).with_outputs(REJECTED, main="kept")
        out.kept.element_type, out[REJECTED].element_type = Pair, Rejected
        return Split(out.kept, out[REJECTED])


def texts_of(pair: Pair) -> tuple[str, ...]:
    """Returns all that a pair says."""
    return tuple(text for text in (pair.context, pair.problem, pair.solution, pair.hint) if text)


def build(pipeline: beam.Pipeline, run: Run) -> Outcome:
    """Wires the pipeline: it reads like the paper."""
    options = run.options.view_as(RunOptions)
    documents = run.options.view_as(DocumentOptions)
    models = checked_models(run.options, run.ticks)
    transcriber = checked_transcriber(run.options, models)
    judging = checked_judging(run.options, models)
    answering = checked_answering(run.options, models)
    labelling = checked_labelling(run.options)
    decontamination = checked_decontamination(run.options)
    near_duplicates = checked_duplicates(run.options)
    key = partial(duplicate_key, on=run.options.view_as(DuplicateOptions).dedup_on)
    limits = Limits(
        documents.max_document_mb,
        documents.max_pages,
        memory_megabytes=documents.document_memory_mb,
        seconds=documents.document_timeout_s,
        ocr=checked_ocr(documents.ocr, documents.ocr_languages),
        needs_text=transcriber is None,
    )
    pool = ReaderPool(limits, options.workers)
    pairing = run.options.view_as(PairOptions)
    sure = partial(is_sure, minimum=pairing.min_pairing_score)
    figures = partial(figure_verdict, figures=pairing.figures)

    sources = pipeline | "inputs" >> beam.Create([source_of(uri) for uri in largest_first(run.uris)])
    read = sources | ReadDocuments(pool, run.ticks)
    blocks = read.kept | Transcribe(transcriber, pool) if transcriber else read.kept
    found = blocks | Stage(_Find(pool), "extract", Found)
    pairs = found.kept | MatchPairs(pool, run.ticks)
    certain = pairs.kept | Keep("confidence", sure)
    whole = certain.kept | Keep("completeness", is_complete)
    shown = whole.kept | Keep("figure", figures)
    told = shown.kept | label_pairs(labelling) if labelling else None
    alone = (told or shown).kept | Distinct("duplicates", key, printed_order)
    unlike = alone.kept | near_duplicates if near_duplicates else None
    distinct = (unlike or alone).kept
    new = distinct | Decontaminate(decontamination, texts_of) if decontamination else None
    scored = (new.kept if new else distinct) | JudgePairs(judging)
    good = scored.kept | Keep("judge", is_judged_good)
    answered = good.kept | AnswerPairs(answering) if answering else None
    asked = [stage.engines for stage in (transcriber, judging, answering) if stage]
    rows = (answered or good).kept | Convert("write", encode, tuple[str, bytes])

    stages = [read, found, pairs, certain, whole, shown, alone, scored, good, rows]
    stages += [stage for stage in (told, unlike, new, answered) if stage]
    rejects = tuple(stage.rejected for stage in stages)
    if new:
        write_records(new.hits, EXPORT.name, join(run.output, "exports", EXPORT.name), EXPORT.record)
    return Outcome(
        data=rows.kept | "data" >> WriteRows(join(run.output, "data"), Pair, options.num_shards),
        rejected=write_records(rejects, "rejected", join(run.output, "rejected"), Rejected),
        models=models.only([name for names in asked for name in names]) if models else None,
        without=[
            name
            for name, stage in (
                (LABELS, told),
                (NEAR_DUPLICATES, unlike),
                (STAGE, new),
                ("answers", answered),
            )
            if not stage
        ],
        measured=measured(decontamination) if decontamination else None,
    )


RECIPE = Recipe(
    name="scp116k",
    summary="problem-solution pairs from documents of any format",
    options=(
        DocumentOptions,
        PairOptions,
        DuplicateOptions,
        LabelOptions,
        DecontaminationOptions,
        TranscriberOptions,
        JudgeOptions,
        AnswerOptions,
        ModelOptions,
        VllmOptions,
    ),
    stages=(
        StageInfo("read", "documents", "opens a document and turns it into blocks"),
        StageInfo("extract", "documents", "finds the problems and solutions in it"),
        StageInfo("pair", "items", "matches problems and solutions one to one, folder by folder"),
        StageInfo("confidence", "pairs", "drops pairs whose halves may not belong together"),
        StageInfo("completeness", "pairs", "drops what is empty, truncated or only refers elsewhere"),
        StageInfo("figure", "pairs", "flags what needs a picture; --figures drop drops it"),
        StageInfo(
            LABELS, "pairs", "with --domain_classifier and the like: says of what field and level it is"
        ),
        StageInfo("duplicates", "pairs", "keeps one of several pairs that say the same"),
        StageInfo(
            NEAR_DUPLICATES, "pairs", "with --near_duplicates: keeps the best of several similar pairs"
        ),
        StageInfo(STAGE, "pairs", "with --decontaminate: drops pairs that hold an item of a benchmark"),
        StageInfo("score", "pairs", "scores the pair by a rubric: models, a classifier, or rules"),
        StageInfo("judge", "pairs", "drops what the judge finds wanting"),
        StageInfo("answers", "pairs", "with --answer_engines: models solve the problem, and are compared"),
        StageInfo("write", "pairs", "writes the rows"),
    ),
    record=Pair,
    title="Problem-solution pairs",
    tags=("problem-solution", "science", "education", "assay"),
    build=build,
    exports=(EXPORT,),
    shown=("problem", "solution"),
    card=contamination_card,
)
