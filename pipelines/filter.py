"""Filters for rows of any dataset: heuristics, language, classifiers, personal data, duplicates."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import groupby
from typing import Any

import apache_beam as beam
import pyarrow as pa
from apache_beam.options.pipeline_options import PipelineOptions

from filters.kinds import Kind
from pipelines import filter_decontaminate
from pipelines.columns import schema_of, text_columns
from pipelines.decontaminate import REPORT, contamination_card
from pipelines.errors import UsageError
from pipelines.filter_config import Step, describe_filters, load_steps
from pipelines.filter_globals import GlobalKind
from pipelines.filter_rows import SOURCE, CheckText, FilterRows, ReadPlain, Scoring
from pipelines.options import RunOptions
from pipelines.output import is_ours, join, read_run
from pipelines.plain import NotPlain, Plain
from pipelines.plain_rows import PlainReader
from pipelines.recipe import Outcome, Recipe, Run, StageInfo
from pipelines.rows import ROW_STAGES, RowOptions
from pipelines.sink import WriteRows, encode, encode_row
from pipelines.stages import Convert, source_of
from pipelines.tables import list_tables
from schemas.verdict import Rejected

TEXT_STAGE = StageInfo("text", "rows", "looks for the text")
WRITE_STAGE = StageInfo("write", "rows", "writes the rows")


def boolean(text: str) -> bool:
    """true or false."""
    import argparse

    if text not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"must be true or false, not {text!r}")
    return text == "true"


class FilterOptions(PipelineOptions):
    """What is filtered, and by what."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--text_column",
            nargs="+",
            action="extend",
            metavar="NAME",
            help="column with the text, or several; dots for fields of fields",
        )
        parser.add_argument(
            "--filters",
            default="quality",
            metavar="FILE",
            help="YAML with the list of filters, or a list that comes with Assay: see below",
        )
        parser.add_argument(
            "--score",
            choices=("all", "needed"),
            default="all",
            help="all: every filter scores every row; needed: none scores a row that one before it rejects, "
            "which is quicker",
        )
        parser.add_argument(
            "--rescore",
            type=boolean,
            default=True,
            metavar="{true,false}",
            help="false: the input is the output of an earlier run, whose rows, rejected ones too, "
            "keep their scores and are decided again",
        )
        parser.add_argument(
            "--lid_model",
            default="",
            metavar="FILE",
            help="fastText model for languages, instead of lid.176",
        )


@dataclass(frozen=True, slots=True)
class FilteredRow:
    """What a row has beside the columns of the input and the scores."""

    id: str = field(metadata={"doc": "that of the input, or a hash of the file and the row's place in it"})
    row_source: str = field(metadata={"doc": "where the row came from: uri, sha256 and number in the file"})


_SOURCE_TYPE = pa.struct([("uri", pa.string()), ("sha256", pa.string()), ("number", pa.int64())])


def output_schema(schema: pa.Schema, steps: Sequence[Step]) -> pa.Schema:
    """Returns the columns of the output: the input's with their types, id, scores, and where rows came from.

    Raises:
      UsageError: the input has a column of such a name that holds something else.
    """
    columns = {field.name: field for field in schema}
    if "id" not in columns:
        columns = {"id": _documented("id", pa.string()), **columns}
    for step in steps:
        for score, name in zip(step.scores, step.names, strict=True):
            _add(columns, pa.field(name, pa.type_for_alias(score.type), metadata={"doc": score.doc}))
    _add(columns, _documented(SOURCE, _SOURCE_TYPE))
    return pa.schema(list(columns.values()), metadata=schema.metadata)


def _documented(name: str, kind: pa.DataType) -> pa.Field:
    doc = next(field.metadata["doc"] for field in fields(FilteredRow) if field.name == name)
    return pa.field(name, kind, metadata={"doc": doc})


def _add(columns: dict[str, pa.Field], new: pa.Field) -> None:
    if new.name in columns and not _same_values(columns[new.name].type, new.type):
        raise UsageError(
            f"the input has a column {new.name} of type {columns[new.name].type}; "
            "rename it, or give the filter another `name`"
        )
    columns[new.name] = new


def _same_values(old: pa.DataType, new: pa.DataType) -> bool:
    numbers = pa.types.is_floating(new) and pa.types.is_integer(old)  # as JSON lines write 1.0
    return old.equals(new) or pa.types.is_null(old) or numbers


def more_inputs(options: PipelineOptions, uris: Sequence[str]) -> list[str]:
    """Returns, with --rescore false, the rejects of the earlier runs among the inputs.

    Raises:
      UsageError: an input is no output of this recipe.
    """
    chosen, ours = options.view_as(FilterOptions), options.view_as(RunOptions)
    if chosen.rescore:
        return []
    found = []
    for path in ours.input:
        if not is_ours(join(path, "run.json")) or read_run(path)["pipeline"] != "filter":
            raise UsageError(f"--rescore false: --input {path} is no output of beam run filter")
        found += list_tables([join(path, "rejected")], ours.output)
    return found


def checked_columns(
    schema: pa.Schema, chosen: Sequence[str] | None, steps: Sequence[Step]
) -> tuple[str, ...]:
    """Returns the columns with the text.

    Raises:
      UsageError: none is given, or one that a filter or the run names isn't there or holds no text.
    """
    known = text_columns(schema)
    if not chosen:
        raise UsageError(f"--text_column is missing; columns with text: {', '.join(known) or 'none'}")
    wanted = [("--text_column", name) for name in chosen]
    for step in steps:
        wanted += [(f"--filters: {step.name}", name) for name in _columns_of(step)]
    for option, name in wanted:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(known) or 'none'}"
            there = name.split(".")[0] in schema.names
            raise UsageError(f"{option} {name}: {'holds no text' if there else 'no such column'}; {hint}")
    return tuple(chosen)


def _columns_of(step: Step) -> Iterator[str]:
    yield from step.options.columns
    for name in ("problem", "solution"):
        if value := getattr(step.options, name, None):
            yield value


def build(pipeline: beam.Pipeline, run: Run) -> Outcome:
    """Wires the pipeline: chains of filters that look at one row, between those that look at all."""
    options = run.options.view_as(RunOptions)
    chosen = run.options.view_as(FilterOptions)
    steps = load_steps(chosen.filters, chosen.lid_model)
    rejects = frozenset(more_inputs(run.options, run.uris))
    schema = schema_of([uri for uri in run.uris if uri not in rejects])
    columns = checked_columns(schema, chosen.text_column, steps)
    if not chosen.rescore and (
        missing := [name for step in steps for name in step.names if name not in schema.names]
    ):
        raise UsageError(f"--rescore false: the input has no scores {', '.join(missing)}; score them first")
    written = output_schema(schema, steps)
    try:
        Plain(written)
    except NotPlain as error:
        raise UsageError(f"--input: {error}") from None
    scoring: Scoring = chosen.score if chosen.rescore else "none"

    sources = pipeline | "inputs" >> beam.Create([source_of(uri) for uri in run.uris])
    id_column = run.options.view_as(RowOptions).id_column
    read = sources | ReadPlain(PlainReader(schema), id_column, rejects, run.ticks)
    found = read.kept | CheckText(columns)
    ends, rows = [read, found], found.kept
    ahead = [step for step in steps if isinstance(step.kind, Kind)] if scoring == "all" else []
    for transform in _transforms(steps, columns, scoring, ahead):
        split = rows | transform
        ends.append(split)
        rows = split.kept
    encoded = rows | Convert("write", encode_row, tuple[str, bytes])
    ends.append(encoded)
    stages = [StageInfo(step.name, "rows", step.kind.does) for step in steps]
    return Outcome(
        data=encoded.kept | "data" >> WriteRows(join(run.output, "data"), written, options.num_shards),
        rejected=tuple(end.rejected for end in ends)
        | "rejects" >> beam.Flatten()
        | "encode" >> beam.Map(encode).with_output_types(tuple[str, bytes])
        | "rejected" >> WriteRows(join(run.output, "rejected"), Rejected),
        measured=partial(_contamination, steps),
        recipe=replace(
            RECIPE,
            record=written,
            stages=(*ROW_STAGES, TEXT_STAGE, *stages, WRITE_STAGE),
            shown=columns,
        ),
    )


def _contamination(steps: Sequence[Step], made: str, _: Mapping[str, int]) -> dict[str, Any]:
    """Returns what run.json tells of the benchmarks that steps look for, by the name of the step."""
    told = {
        step.name: filter_decontaminate.found_in(step.options, step.name, made)
        for step in steps
        if isinstance(step.options, filter_decontaminate.DecontaminateOptions)
    }
    return {REPORT: told} if told else {}


def _transforms(
    steps: Sequence[Step], columns: tuple[str, ...], scoring: Scoring, ahead: Sequence[Step]
) -> Iterator[beam.PTransform]:
    if ahead and isinstance(steps[0].kind, GlobalKind):
        yield FilterRows("score", [], columns, scoring, ahead)
        ahead = []
    for is_global, group in groupby(steps, lambda step: isinstance(step.kind, GlobalKind)):
        chain = list(group)
        if not is_global:
            yield FilterRows("-".join(step.name for step in chain), chain, columns, scoring, ahead)
            ahead = []
            continue
        for step in chain:
            assert isinstance(step.kind, GlobalKind)
            yield step.kind.build(step.name, step.options, columns)


RECIPE = Recipe(
    name="filter",
    summary="rows of any dataset that pass a list of filters, with their scores",
    options=(FilterOptions, RowOptions),
    stages=(*ROW_STAGES, TEXT_STAGE, WRITE_STAGE),
    record=FilteredRow,
    title="Filtered rows",
    tags=("filtered", "assay"),
    build=build,
    list_inputs=list_tables,
    more_inputs=more_inputs,
    describe=describe_filters,
    by_rows=True,
    card=contamination_card,
)
