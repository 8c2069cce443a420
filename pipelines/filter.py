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
from pipelines.card import plain, table
from pipelines.columns import columns_of, mixed_columns, schema_of, text_columns
from pipelines.decontaminate import EXPORT, Searched, contamination_card
from pipelines.errors import UsageError
from pipelines.filter_config import (
    Step,
    at_columns,
    check_same_scores,
    declared,
    describe_filters,
    fasttext_models,
    load_steps,
    rewriters,
)
from pipelines.filter_globals import Built, GlobalKind, Measured
from pipelines.filter_rows import SOURCE, CheckText, FilterRows, ReadPlain, Scoring
from pipelines.options import RunOptions
from pipelines.output import is_ours, join, read_run
from pipelines.parked import is_local
from pipelines.parked_rows import ParkRows
from pipelines.plain import NotPlain, Plain
from pipelines.plain_rows import PlainReader
from pipelines.recipe import Outcome, Recipe, Run, StageInfo
from pipelines.rows import ROW_STAGES, RowOptions
from pipelines.sink import WriteRows, encode_row, write_records
from pipelines.stages import Convert, source_of
from pipelines.tables import list_tables
from schemas.verdict import Rejected

TEXT_STAGE = StageInfo("text", "rows", "looks for the text")
WRITE_STAGE = StageInfo("write", "rows", "writes the rows")


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
            choices=("true", "false"),
            default="true",
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
    """Returns the columns of the output: id, the input's with their types, where rows came from, and scores.

    A dictionary's indices get 32 bits, as it will hold the values of all files.

    In the order in which a row gets them, so that rejects have it too, whichever run scored them.

    Raises:
      UsageError: the input has a column of such a name that no run of this recipe wrote.
    """
    columns = {field.name: field.with_type(_with_room(field.type)) for field in schema}
    if "id" not in columns:
        columns = {"id": _documented("id", pa.string()), **columns}
    _add(columns, _documented(SOURCE, _SOURCE_TYPE))
    for step in steps:
        for score, name in zip(step.scores, step.names, strict=True):
            _add(columns, pa.field(name, pa.type_for_alias(score.type), metadata={"doc": score.doc}))
    return pa.schema(list(columns.values()), metadata=schema.metadata)


def _with_room(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return pa.dictionary(pa.int32(), kind.value_type, kind.ordered)
    return kind


def _documented(name: str, kind: pa.DataType) -> pa.Field:
    doc = next(field.metadata["doc"] for field in fields(FilteredRow) if field.name == name)
    return pa.field(name, kind, metadata={"doc": doc})


def _add(columns: dict[str, pa.Field], new: pa.Field) -> None:
    old = columns.get(new.name)
    if old is not None and not pa.types.is_null(old.type) and not _is_ours(old, new):
        raise UsageError(
            f"the input has a column {new.name} of type {old.type} already, which would be lost; "
            "rename it, or give the filter another `name`"
        )
    columns[new.name] = new


def _is_ours(old: pa.Field, new: pa.Field) -> bool:
    """Whether a run wrote a column: Parquet keeps what it said of it."""
    return bool(old.type.equals(new.type) and (old.metadata or {}).get(b"doc") == new.metadata[b"doc"])


def more_inputs(options: PipelineOptions, uris: Sequence[str]) -> list[str]:
    """Returns, with --rescore false, the rejects of the earlier runs that the inputs are.

    Raises:
      UsageError: an input is no output of this recipe.
    """
    chosen, ours = options.view_as(FilterOptions), options.view_as(RunOptions)
    if chosen.rescore == "true":
        return []
    return [
        file for path in _earlier(ours.input) for file in list_tables([join(path, "rejected")], ours.output)
    ]


def _earlier(paths: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Returns the run.json of outputs of this recipe, by folder."""
    found = {}
    for path in paths:
        run = read_run(path) if is_ours(join(path, "run.json")) else {}
        if run.get("pipeline") != RECIPE.name:
            raise UsageError(f"--rescore false: --input {path} is no output of beam run {RECIPE.name}")
        found[path] = run
    return found


def checked_columns(
    schema: pa.Schema, chosen: Sequence[str] | None, steps: Sequence[Step]
) -> tuple[str, ...]:
    """Returns the columns with the text.

    Raises:
      UsageError: none is given, or one that a filter or the run names isn't there, or should hold text and
        doesn't.
    """
    known = text_columns(schema)
    if not chosen:
        raise UsageError(f"--text_column is missing; columns with text: {', '.join(known) or 'none'}")
    wanted = [("--text_column", name) for name in chosen]
    for step in steps:
        wanted += [(f"--filters: {step.name}", name) for name in _columns_of(step)]
    every = columns_of(schema)
    for option, name in wanted:
        if name not in known:
            there = "holds no text" if name in every else "no such column"
            raise UsageError(f"{option} {name}: {there}; {_hint(name, known)}")
    # Columns that rows are compared by: those of the input, and scores of any filter.
    names = [*every, "id", *columns_of(pa.schema([_documented(SOURCE, _SOURCE_TYPE)]))]
    names += [name for step in steps for name in step.names]
    for step in steps:
        for option in ("prefer", "apart"):
            for name in getattr(step.options, option, ()):
                if name not in names:
                    hint = _hint(name, names)
                    raise UsageError(f"--filters: {step.name}: {option} {name}: no such column; {hint}")
    return tuple(chosen)


def _hint(name: str, known: Sequence[str]) -> str:
    nearest = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(known) or 'none'}"


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
    steps = at_columns(steps, chosen.text_column or (), text_columns(schema))
    columns = checked_columns(schema, chosen.text_column, steps)
    if chosen.rescore == "false":
        for path, earlier in _earlier(options.input).items():
            _check_earlier(steps, columns, earlier, path)
    written = output_schema(schema, steps)
    try:
        Plain(written)
    except NotPlain as error:
        raise UsageError(f"--input: {error}") from None
    built = _built(steps, columns, options.output, chosen)

    sources = pipeline | "inputs" >> beam.Create([source_of(uri) for uri in run.uris])
    id_column = run.options.view_as(RowOptions).id_column
    rewritten = 0 if chosen.rescore == "true" else rewriters(steps)
    read = sources | ReadPlain(PlainReader(schema), id_column, rejects, rewritten, run.ticks)
    found = read.kept | CheckText(columns)
    ends, rows = [read, found], found.kept
    for one in built:
        if one.waits and is_local(run.output):
            rows = rows | f"park {one.transform.label}" >> ParkRows(join(run.output, "parked"))
        split = rows | f"filter {one.transform.label}" >> one.transform  # so that it may have any name
        ends.append(split)
        rows = split.kept
    encoded = rows | Convert("write", encode_row, tuple[str, bytes])
    ends.append(encoded)
    for split in ends:
        if isinstance(split, Searched):
            write_records(split.hits, EXPORT.name, join(run.output, "exports", EXPORT.name), EXPORT.record)
    stages = [StageInfo(step.name, "rows", step.kind.does) for step in steps]
    return Outcome(
        data=encoded.kept | "data" >> WriteRows(join(run.output, "data"), written, options.num_shards),
        rejected=write_records(
            tuple(end.rejected for end in ends), "rejected", join(run.output, "rejected"), Rejected
        ),
        measured=partial(
            _measured,
            {
                "filters": declared(steps),
                "fasttext": fasttext_models(steps),
                "mixed_columns": mixed_columns(schema),
            },
            [one.measured for one in built if one.measured],
        ),
        recipe=replace(
            RECIPE,
            record=written,
            stages=(*ROW_STAGES, TEXT_STAGE, *stages, WRITE_STAGE),
            shown=columns,
        ),
    )


def _check_earlier(
    steps: Sequence[Step], columns: tuple[str, ...], earlier: dict[str, Any], path: str
) -> None:
    """Raises `UsageError` unless the scores of an earlier run are all there, and those of these filters."""
    check_same_scores(steps, earlier.get("filters", []), path)
    before = earlier["options"]
    if tuple(before["text_column"]) != columns:
        shown = " ".join(before["text_column"])
        raise UsageError(
            f"--rescore false: --text_column was {shown} in {path}; another one needs --rescore true"
        )


def _built(
    steps: Sequence[Step], columns: tuple[str, ...], output: str, chosen: FilterOptions
) -> list[Built]:
    """Returns the filters ready to be applied; neighbours that look at one row alone are one transform."""
    scoring: Scoring = chosen.score if chosen.rescore == "true" else "none"
    ahead = [step for step in steps if isinstance(step.kind, Kind)] if scoring == "all" else []
    built, before = [], 0
    if ahead and isinstance(steps[0].kind, GlobalKind):
        built.append(Built(FilterRows("score", [], columns, scoring, ahead)))
        ahead = []
    for is_global, group in groupby(steps, lambda step: isinstance(step.kind, GlobalKind)):
        chain = list(group)
        if not is_global:
            label = "-".join(step.name for step in chain)
            built.append(Built(FilterRows(label, chain, columns, scoring, ahead, before)))
            ahead, before = [], before + rewriters(chain)
            continue
        for step in chain:
            assert isinstance(step.kind, GlobalKind)
            try:
                built.append(step.kind.build(step.name, step.options, columns, output))
            except ValueError as error:
                raise UsageError(f"--filters {chosen.filters}: {step.name}: {error}") from None
    return built


def _measured(
    found: dict[str, Any], others: Sequence[Measured], made: str, counters: Mapping[str, int]
) -> dict[str, Any]:
    """Returns what run.json tells besides.

    These are the filters as they were, the models of fastText that they asked, the columns that became texts
    as only some of their values were, and what filters measured of all rows.
    """
    found = dict(found)
    for other in others:
        found |= other(made, counters)
    return found


def _card(run: dict[str, Any]) -> list[str]:
    """Returns what the card says of the filters, their options and what they change."""
    rows = []
    for one in run["filters"]:
        options = ", ".join(
            f"{name}: {value}" for name, value in one["options"].items() if value not in (None, [], {}, "")
        )
        rows.append((one["name"], one["kind"], plain(options)))
    lines = ["## Filters", "", *table(("name", "kind", "options"), rows)]
    if changed := [line for one in run["filters"] if (line := _CHANGES.get(one["kind"]))]:
        lines += ["", *changed]
    return lines + (["", *contamination_card(run)] if EXPORT.name in run else [])


_CHANGES = {
    "c4": "`c4` takes lines that don't count out of the texts that it keeps, unless `drop_lines` is False.",
    "pii": "`pii` with the mode `mask` puts [EMAIL], [PHONE] and [IP] in the places of what it finds.",
}


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
    card=_card,
    exports=(EXPORT,),
    by_rows=True,
)
