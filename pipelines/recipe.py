"""What a recipe is, and which ones there are. Importing this module imports nothing heavy."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.errors import UsageError
from pipelines.inputs import list_inputs

if TYPE_CHECKING:
    import apache_beam as beam
    import pyarrow as pa
    from apache_beam.options.pipeline_options import PipelineOptions

    from inference.models import ModelsSpec

# name -> (module that holds RECIPE, one line for `beam list`)
RECIPES = {
    "scp116k": ("pipelines.scp116k", "problem-solution pairs from documents of any format"),
    "aurora": ("pipelines.aurora", "labels for the steps of solutions, by the votes of models"),
    "contrastive": ("pipelines.contrastive", "positive and negative samples by what a model knows"),
    "filter": ("pipelines.filter", "rows of any dataset that pass a list of filters, with their scores"),
}


@dataclass(frozen=True)
class StageInfo:
    """A stage as run.json, the report and `beam describe` name it.

    Attributes:
      name: the name its counts have.
      unit: what it counts: documents, items, pairs.
      does: one line for a person.
    """

    name: str
    unit: str
    does: str


@dataclass(frozen=True)
class Run:
    """What a recipe is given to build its pipeline.

    Attributes:
      uris: the input files, listed once, sorted.
      options: every option of the command line.
      output: the folder that receives data/ and rejected/, until the run is done.
      ticks: folder of the counters that progress reads; None where nobody looks (remote runners).
    """

    uris: Sequence[str]
    options: PipelineOptions
    output: str
    ticks: str | None = None


@dataclass(frozen=True)
class Export:
    """The dataset in another form, in OUT/exports/NAME/*.parquet, which the recipe writes with `WriteRows`.

    Attributes:
      name: of its folder, and of its configuration in the card.
      record: the frozen dataclass of one of its rows.
      does: one line for a person.
    """

    name: str
    record: type
    does: str


@dataclass(frozen=True)
class Outcome:
    """A recipe's pipeline, wired.

    Attributes:
      data, rejected: its ends: paths of the files written.
      models: what it asks; None if it asks none.
      without: stages of the recipe that the options leave out.
      measured: (folder of the files written, counters) -> what run.json tells besides.
      recipe: the recipe as input and options make it, where stages or columns depend on them.
    """

    data: beam.PCollection[str]
    rejected: beam.PCollection[str]
    models: ModelsSpec | None = None
    without: Sequence[str] = ()
    measured: Callable[[str, Mapping[str, int]], dict[str, Any]] | None = None
    recipe: Recipe | None = None


@dataclass(frozen=True)
class Recipe:
    """One pipeline.

    Attributes:
      name: as in `beam run NAME`.
      summary: one line.
      options: its option groups, on top of those that every run has.
      stages: in the order of the funnel.
      record: the frozen dataclass of one row of the dataset, or its schema. Where it has a field `source`
        with `uri` (and `title`), card and report list the sources.
      title, tags: for the dataset card.
      build: wires the pipeline.
      exports: other forms of the dataset; those that a run doesn't write are left out.
      list_inputs: (paths, output, say) -> the files that a run reads.
      more_inputs: (options, these files) -> files that it reads besides.
      by_rows: its work is done by Beam's own workers, whose number is --workers.
      shown: columns whose texts the report shows of each row, next to each other; the first column of text
        if none.
      card: run.json -> lines of Markdown for the card, after the funnel.
      describe: lines for `beam describe`, after the options.
    """

    name: str
    summary: str
    options: tuple[type[PipelineOptions], ...]
    stages: tuple[StageInfo, ...]
    record: type | pa.Schema
    title: str
    tags: tuple[str, ...]
    build: Callable[[beam.Pipeline, Run], Outcome]
    exports: tuple[Export, ...] = ()
    list_inputs: Callable[[Sequence[str], str, Callable[[str], None]], list[str]] = list_inputs
    more_inputs: Callable[[PipelineOptions, Sequence[str]], list[str]] | None = None
    by_rows: bool = False
    shown: tuple[str, ...] = ()
    card: Callable[[dict[str, Any]], list[str]] | None = None
    describe: Callable[[], list[str]] | None = None


def load_recipe(name: str) -> Recipe:
    """Imports a recipe.

    Raises:
      UsageError: there is none of that name.
    """
    if name not in RECIPES:
        raise UsageError(f"no pipeline named {name!r}; there are: {', '.join(RECIPES)}")
    module: Any = importlib.import_module(RECIPES[name][0])
    recipe: Recipe = module.RECIPE
    return recipe
