"""Positive and negative samples by how well a model knows the answer (arXiv 2502.07184)."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from operator import attrgetter
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.options.pipeline_options import PipelineOptions

from inference.models import ModelsSpec
from pipelines.ask import Ask, Work
from pipelines.balance import Balance
from pipelines.errors import UsageError
from pipelines.models import ModelOptions, VllmOptions, accelerator, checked_engine, checked_models
from pipelines.needed import Needed, check_columns
from pipelines.options import RunOptions, positive, share
from pipelines.output import join
from pipelines.questions import (
    Columns,
    QuestionOptions,
    is_unsure,
    primary_subtag,
    question_order,
    to_question,
    united,
)
from pipelines.recipe import Export, Outcome, Recipe, Run, StageInfo
from pipelines.recorded import RECORDED_STAGES, RecordedAnswers, needed_of_samples, sample_files
from pipelines.rows import ROW_STAGES, ReadRows, RowOptions, needed_id
from pipelines.sink import WriteRows, encode, write_records
from pipelines.stages import (
    NAMESPACE,
    Convert,
    ConvertFn,
    Distinct,
    Refused,
    Stage,
    source_of,
)
from pipelines.tables import list_tables
from schemas.contrastive import Answered, Contrast, Preference, Question, Sampling, Triplets
from schemas.row import Row
from schemas.verdict import Rejected
from synth.mastery import (
    NO_NEGATIVE,
    NO_POSITIVE,
    QUADRANTS,
    TOO_UNCLEAR,
    UNCERTAIN,
    MasterySpec,
    contrast,
    graded,
    preferences,
    quadrants,
    shares,
    too_unclear,
    triplets,
)
from synth.sampling import answered, with_refusals
from synth.short_answers import missing_libraries

EXPORTS = (
    Export("samples", Answered, "every question with all answers, graded; --samples reads it again"),
    Export("preference", Preference, "every positive against every negative, as TRL's DPO trainer reads it"),
    Export("contrastive", Triplets, "a question as anchor, with its positives and negatives"),
)

UNSURE = "unsure_languages"
"""Questions whose language is a fallback, or hardly likelier than another."""


def temperature(text: str) -> float:
    """A number from 0 to 2, as servers take it."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 2:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 2, not {text!r}")
    return number


class SampleOptions(PipelineOptions):
    """How the model is asked what it knows."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--samples",
            nargs="+",
            metavar="PATH",
            help="folders of runs, or files with `question` and `samples`; no model is asked",
        )
        parser.add_argument(
            "--target_engine", metavar="NAME", help="which of --llm_engines answers; the first if not given"
        )
        parser.add_argument("--n_samples", type=positive, default=10, metavar="N", help="answers a question")
        parser.add_argument(
            "--temperature", type=temperature, default=1.0, metavar="T", help="of the answers"
        )
        parser.add_argument("--top_p", type=share, default=1.0, metavar="SHARE", help="likewise")
        parser.add_argument(
            "--sample_max_tokens", type=positive, default=64, metavar="N", help="of an answer"
        )
        parser.add_argument(
            "--sample_seed",
            type=int,
            default=0,
            metavar="N",
            help="of the first answer; each next one has one more",
        )
        parser.add_argument(
            "--refusal_engine",
            metavar="NAME",
            help="which of --llm_engines looks for refusals among the answers that rules find wrong",
        )


class MasteryOptions(PipelineOptions):
    """What becomes of the answers."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--ik", type=share, default=1.0, metavar="SHARE", help="known: so many answers are right, or more"
        )
        parser.add_argument(
            "--idk",
            type=share,
            default=0.0,
            metavar="SHARE",
            help="unknown: fewer answers are right, or none",
        )
        parser.add_argument(
            "--max_positives",
            type=positive,
            default=1,
            metavar="N",
            help="right answers of a question that are kept",
        )
        parser.add_argument(
            "--max_negatives",
            type=positive,
            metavar="N",
            help="wrong answers of a question; all if not given",
        )
        parser.add_argument(
            "--refusal_text",
            default="",
            metavar="TEXT",
            help="what a refusal says; a sentence in the language of the question if not given",
        )
        parser.add_argument(
            "--balance", action="store_true", default=False, help="keep equally many questions of each zone"
        )
        parser.add_argument("--balance_seed", type=int, default=0, metavar="N", help="which ones are kept")


class _Questions(ConvertFn):
    """Finds questions and right answers, and counts questions in a language that is hardly told."""

    def __init__(self, columns: Columns):
        super().__init__("questions", partial(to_question, columns))
        self.columns = columns

    def process(self, record: Row) -> Iterator[Any]:
        if is_unsure(self.columns, record):
            Metrics.counter(NAMESPACE, UNSURE).inc()
        yield from super().process(record)


class _Choose(ConvertFn):
    """Chooses positives and negatives, and counts the answers of each quadrant."""

    def __init__(self, spec: MasterySpec):
        super().__init__("choose", partial(chosen, spec))

    def process(self, record: Answered) -> Iterator[Any]:
        for name, n in quadrants(record.zone, (sample.grade for sample in record.samples)).items():
            Metrics.counter(NAMESPACE, f"quadrants/{name}").inc(n)
        Metrics.counter(NAMESPACE, f"zones/{record.zone}").inc()
        yield from super().process(record)


def chosen(spec: MasterySpec, record: Answered) -> Contrast:
    """Returns the row of a question.

    Raises:
      Refused: too_unclear, no_positive or no_negative.
    """
    row = contrast(spec, record)
    if too_unclear(row):
        raise Refused(TOO_UNCLEAR, f"{row.zone}, or not: {row.n_unclear} unclear of {row.n_samples}", row)
    if not row.positives:
        raise Refused(NO_POSITIVE, f"{row.zone}, with no right answer that can be used", row)
    if not row.negatives:
        raise Refused(NO_NEGATIVE, f"{row.zone}, with no wrong answer", row)
    return row


def checked_sampling(options: PipelineOptions, models: ModelsSpec | None) -> list[str]:
    """Returns the files of recorded answers; none if the model is asked.

    Raises:
      UsageError: there is neither, or the options contradict each other.
    """
    chosen, mastery = options.view_as(SampleOptions), options.view_as(MasteryOptions)
    if missing := missing_libraries():
        raise UsageError(f"contrastive needs {', '.join(missing)}: pip install 'assay[verify]'")
    language = options.view_as(QuestionOptions).language
    if language != "auto" and not primary_subtag(language):
        raise UsageError(f"--language {language}: no such language; give its ISO 639-1 code, such as en")
    if mastery.ik == 0 or mastery.idk > mastery.ik:
        raise UsageError(
            f"--ik {mastery.ik:g} --idk {mastery.idk:g}: --ik has to be above 0, and not below --idk"
        )
    if not chosen.samples and not models:
        raise UsageError(
            "contrastive needs a model to ask (--llm_url or --llm_engine), or its answers (--samples)"
        )
    if chosen.refusal_engine and not models:
        raise UsageError("--refusal_engine needs --llm_url or --llm_engine, and --llm_model")
    if chosen.samples and models and not chosen.refusal_engine:
        raise UsageError("--samples and a model: choose one, or name the model as --refusal_engine")
    return (
        sample_files(chosen.samples, options.view_as(RunOptions).output, "samples") if chosen.samples else []
    )


def build(pipeline: beam.Pipeline, run: Run) -> Outcome:
    """Wires the pipeline."""
    ours, columns, asking, mastery = (
        run.options.view_as(cls) for cls in (RunOptions, QuestionOptions, SampleOptions, MasteryOptions)
    )
    models = checked_models(run.options, run.ticks)
    recorded = checked_sampling(run.options, models)

    engines: list[str] = []

    def ask(stage: str, engine: str, work: Work) -> Ask:
        assert models is not None
        engines.append(engine)
        return Ask(stage, models, work, Answered, [engine], accelerator(run.options, models, [engine]))

    check_columns(
        run.uris,
        [
            Needed((columns.question_column,), "question_column"),
            Needed((columns.answer_column,), "answer_column"),
            *needed_id(run.options.view_as(RowOptions)),
        ],
    )
    check_columns(recorded, needed_of_samples(columns.question_column), "samples")
    where = Columns(columns.question_column, columns.answer_column, columns.language)
    spec = MasterySpec(
        mastery.ik, mastery.idk, mastery.max_positives, mastery.max_negatives, mastery.refusal_text.strip()
    )

    sources = pipeline | "inputs" >> beam.Create([source_of(uri) for uri in run.uris])
    rows = sources | ReadRows(run.options.view_as(RowOptions).id_column, run.ticks)
    questions = rows.kept | Stage(_Questions(where), "questions", Question)
    asked = questions.kept | Distinct("duplicates", attrgetter("id"), question_order, united)
    if recorded or not models:
        samples = asked.kept | RecordedAnswers(recorded, where.question)
    else:
        target = checked_engine(models, asking.target_engine, "target_engine")
        sampling = Sampling(
            asking.temperature, asking.top_p, asking.sample_max_tokens, asking.sample_seed, ""
        )
        draw = partial(answered, target, asking.n_samples, sampling)
        samples = asked.kept | ask("samples", target, draw)
    judged = samples.kept | Convert("grade", partial(graded, spec), Answered)
    stages: list[Any] = [rows, questions, asked, samples, judged]
    if asking.refusal_engine and models:
        engine = checked_engine(models, asking.refusal_engine, "refusal_engine")
        judged = judged.kept | ask("refusals", engine, partial(with_refusals, engine))
        stages.append(judged)
    chosen = judged.kept | Stage(_Choose(spec), "choose", Contrast)
    balanced = chosen.kept | Balance(mastery.balance_seed) if mastery.balance else chosen
    written = balanced.kept | Convert("write", encode, tuple[str, bytes])
    stages += [chosen, written] + [balanced] * mastery.balance

    rejects = tuple(stage.rejected for stage in stages)
    pairs = balanced.kept | "pairs" >> beam.FlatMap(preferences).with_output_types(Preference)
    triples = balanced.kept | "triplets" >> beam.Map(triplets).with_output_types(Triplets)
    for records, export in zip((judged.kept, pairs, triples), EXPORTS, strict=True):
        write_records(records, export.name, join(run.output, "exports", export.name), export.record)
    return Outcome(
        data=written.kept | "data" >> WriteRows(join(run.output, "data"), Contrast, ours.num_shards),
        rejected=write_records(rejects, "rejected", join(run.output, "rejected"), Rejected),
        models=models.only(engines) if models else None,
        measured=measured,
        without=[
            *(stage.name for stage in RECORDED_STAGES if not recorded),
            *([] if asking.refusal_engine else ["refusals"]),
            *([] if mastery.balance else ["balance"]),
        ],
    )


def measured(_: str, counters: Mapping[str, int]) -> dict[str, Any]:
    """Returns the zones and quadrants of run.json."""
    counts = Counter({name: counters.get(f"quadrants/{name}", 0) for name in (*QUADRANTS, UNCERTAIN)})
    zones = {zone: counters.get(f"zones/{zone}", 0) for zone in ("known", "uncertain", "unknown")}
    measures = {
        "questions": zones,
        "answers": dict(counts),
        "shares": shares(counts),
        UNSURE: counters.get(UNSURE, 0),
    }
    return {"measures": measures}


MEANINGS = {
    "ik_ik": "answered rightly",
    "ik_idk": "labelled unknown, and refused",
    "idk_ik": "labelled known, and refused",
    "idk_idk": "answered wrongly",
    "truthful": "Ik-Ik + Ik-Idk",
    UNCERTAIN: "labelled uncertain, and refused: in no quadrant",
}


def title(name: str) -> str:
    """Returns the name of a metric as the paper writes it."""
    return {"truthful": "Truthful", UNCERTAIN: "Uncertain"}.get(name) or "-".join(
        map(str.title, name.split("_"))
    )


def describe(run: dict[str, Any]) -> list[str]:
    """Returns what the card says of the model's knowledge."""
    measures = run["measures"]
    lines = ["## What the model knows", "", "| zone | questions |", "| --- | --- |"]
    lines += [f"| {zone} | {n:,} |" for zone, n in measures["questions"].items()]
    lines += ["", "Of all its answers:", "", "| metric | share | answers that are |", "| --- | --- | --- |"]
    return lines + [f"| {title(k)} | {v:.4f} | {MEANINGS[k]} |" for k, v in measures["shares"].items()]


RECIPE = Recipe(
    name="contrastive",
    summary="positive and negative samples by what a model knows",
    options=(RowOptions, QuestionOptions, SampleOptions, MasteryOptions, ModelOptions, VllmOptions),
    stages=(
        *ROW_STAGES,
        StageInfo("questions", "rows", "finds question and right answers in a row"),
        StageInfo(
            "duplicates",
            "questions",
            "keeps one of several questions that say the same, with the right answers of all",
        ),
        *RECORDED_STAGES,
        StageInfo("samples", "questions", "draws the model's answers, or takes recorded ones"),
        StageInfo("grade", "questions", "tells right answers, refusals and wrong ones apart, and zones"),
        StageInfo(
            "refusals", "questions", "with --refusal_engine: a model looks for refusals that rules missed"
        ),
        StageInfo(
            "choose",
            "questions",
            "chooses positives and negatives; drops what has neither, or no certain zone",
        ),
        StageInfo("balance", "questions", "with --balance: keeps equally many questions of each zone"),
        StageInfo("write", "questions", "writes the rows"),
    ),
    record=Contrast,
    title="Contrastive samples",
    tags=("contrastive", "preference", "dpo", "honesty", "assay"),
    build=build,
    exports=EXPORTS,
    list_inputs=list_tables,
    by_rows=True,
    shown=("question", "positives", "negatives"),
    card=describe,
)
