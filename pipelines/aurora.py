"""Labels for the steps of solutions, by the votes of models under several prompts (arXiv 2502.11520)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from operator import attrgetter
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from filters.consensus import agrees, has_votes
from pipelines.annotators import describe_annotators, read_annotators, told
from pipelines.labelling import (
    LabelOptions,
    LabelSteps,
    PlanSolutions,
    PolicyOptions,
    checked_labelling,
    divide,
    estimated,
    vote,
    with_outcome,
    write_solutions,
)
from pipelines.models import ModelOptions, VllmOptions, checked_models
from pipelines.needed import Needed, check_columns
from pipelines.options import RunOptions
from pipelines.output import join
from pipelines.recipe import Export, Outcome, Recipe, Run, StageInfo
from pipelines.rows import ROW_STAGES, ReadRows, RowOptions, needed_id
from pipelines.sink import WriteRows, encode, write_records
from pipelines.stages import Convert, Distinct, Keep, source_of
from pipelines.step_rows import preferred, processed, stepwise, united
from pipelines.tables import list_tables
from schemas.aurora import Annotator, Labelled, Preferred, Processed, Solution, Stepwise
from schemas.ids import record_id
from schemas.verdict import Rejected
from synth.annotators import LABELS
from synth.policies import content_id

EXPORTS = (
    Export("prm", Stepwise, "steps with labels, for training a process reward model (TRL)"),
    Export("processbench", Processed, "the format of ProcessBench"),
    Export("preference", Preferred, "two solutions of a problem, one right and one wrong (TRL)"),
    Export("annotators", Annotator, "who voted: votes that count and others, agreement, skill"),
)


def by_problem(row: Labelled) -> tuple[str, Labelled]:
    """Keys a row by its problem."""
    return record_id("problem", row.problem), row


def in_pairs(group: tuple[str, Iterable[Labelled]]) -> Iterator[Preferred]:
    """Yields the pairs of the solutions of a problem, in whatever order they come."""
    yield from preferred(list(group[1]))


def needed(options: PipelineOptions) -> list[Needed]:
    """Returns the columns that rows have to have: a solution too, unless some are to be written."""
    columns = [Needed(("problem",)), *needed_id(options.view_as(RowOptions))]
    if not options.view_as(PolicyOptions).policy_engines:
        columns.append(Needed(("solution", "steps")))
    return columns


def build(pipeline: beam.Pipeline, run: Run) -> Outcome:
    """Wires the pipeline."""
    check_columns(run.uris, needed(run.options))
    models = checked_models(run.options, run.ticks)
    labelling = checked_labelling(run.options, models, list(run.uris))
    options = run.options.view_as(LabelOptions)
    enough = partial(has_votes, minimum=options.min_votes)
    consensus = partial(agrees, minimum=options.min_agreement, conflicts=options.conflicts)
    writing = write_solutions(labelling)

    sources = pipeline | "inputs" >> beam.Create([source_of(uri) for uri in run.uris])
    read = sources | ReadRows(run.options.view_as(RowOptions).id_column, run.ticks)
    planned = read.kept | PlanSolutions(labelling)
    texts = planned.kept | writing if writing else planned
    place = attrgetter("source.uri", "source.row", "id")
    alone = texts.kept | Distinct("duplicates", content_id, place, united)
    divided = alone.kept | divide(labelling)
    voted = divided.kept | vote(labelling)
    enough_votes = voted.kept | Keep("ballots", enough)
    known = enough_votes.kept | Convert("outcomes", with_outcome, Solution)
    skills = estimated(known.kept) if options.aggregate == "weighted" else None
    labels = known.kept | LabelSteps(labelling.labels, skills)
    agreed = labels.kept | Keep("consensus", consensus)
    rows = agreed.kept | Convert("write", encode, tuple[str, bytes])

    stages = [read, planned, alone, divided, voted, enough_votes, known, labels, agreed, rows]
    stages += [texts] if writing else []
    rejects = tuple(stage.rejected for stage in stages)
    pairs = agreed.kept | beam.Map(by_problem).with_output_types(tuple[str, Labelled]) | beam.GroupByKey()
    forms = {
        "prm": agreed.kept | "prm" >> beam.FlatMap(stepwise),
        "processbench": agreed.kept | "processbench" >> beam.FlatMap(processed),
        "preference": pairs | "preference" >> beam.FlatMap(in_pairs),
        "annotators": told(voted.kept, agreed.kept, skills),
    }
    for export in EXPORTS:
        write_records(
            forms[export.name], export.name, join(run.output, "exports", export.name), export.record
        )
    shards = run.options.view_as(RunOptions).num_shards
    return Outcome(
        data=rows.kept | "data" >> WriteRows(join(run.output, "data"), Labelled, shards),
        rejected=write_records(rejects, "rejected", join(run.output, "rejected"), Rejected),
        models=models.only(labelling.engines) if models else None,
        measured=measured,
        without=() if writing else ("policies",),
    )


def measured(output: str, counters: Mapping[str, int]) -> dict[str, Any]:
    """Returns what run.json says of the votes, and of the steps if a model divided solutions."""

    def below(name: str) -> dict[str, int]:
        prefix = f"aurora/{name}/"
        return {key.removeprefix(prefix): n for key, n in sorted(counters.items()) if key.startswith(prefix)}

    measures = {
        "votes": counters.get("aurora/votes", 0),
        "discarded": below("discarded"),
        "split": below("split"),
        "labels": dict.fromkeys(LABELS.values(), 0) | below("labels"),
        "outcome_conflicts": counters.get("aurora/outcome_conflicts", 0),
        "annotators": read_annotators(output),
    }
    return {"measures": measures}


def describe(run: dict[str, Any]) -> list[str]:
    """Returns what the card says of the votes."""
    measures = run["measures"]
    discarded = ", ".join(f"{reason} {n:,}" for reason, n in measures["discarded"].items())
    labels = ", ".join(f"{n:,} {name}" for name, n in measures["labels"].items())
    lines = ["## Votes", "", f"{measures['votes']:,} votes count; discarded: {discarded or 'none'}."]
    lines += [f"Labels are `{run['options']['aggregate']}`: steps that are {labels}."]
    lines += [f"In {measures['outcome_conflicts']:,} rows labels and final answer contradict each other."]
    return [*lines, "", *describe_annotators(run)]


RECIPE = Recipe(
    name="aurora",
    summary="labels for the steps of solutions, by the votes of models",
    options=(RowOptions, PolicyOptions, LabelOptions, ModelOptions, VllmOptions),
    stages=(
        *ROW_STAGES,
        StageInfo("solutions", "rows", "finds the solutions of a row, or plans those that policies write"),
        StageInfo("policies", "solutions", "with --policy_engines: models write solutions"),
        StageInfo(
            "duplicates", "solutions", "keeps one of a policy's solutions that say the same, with all votes"
        ),
        StageInfo("steps", "solutions", "cuts a solution into steps, without a change to its text"),
        StageInfo("votes", "solutions", "models vote on each step; or the row has their votes"),
        StageInfo("ballots", "solutions", "drops what has too few valid votes"),
        StageInfo("outcomes", "solutions", "compares the final answer with the right one"),
        StageInfo("labels", "solutions", "adds up the votes"),
        StageInfo("consensus", "solutions", "drops what annotators or the outcome contradict, if asked to"),
        StageInfo("write", "solutions", "writes the rows"),
    ),
    record=Labelled,
    title="Step labels",
    tags=("process-reward-model", "step-labels", "mathematics", "assay"),
    build=build,
    exports=EXPORTS,
    list_inputs=list_tables,
    shown=("problem", "steps", "labels_soft"),
    card=describe,
    by_rows=True,
)
