"""The real command line with one more pipeline, `items`: every input file's name is a question to the model.

python -m tests.inference.items run items --input DIR --output DIR --llm_url URL --llm_model stub [OPTION...]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from inference.ledger import Request
from inference.models import Models
from pipelines.models import ModelOptions
from pipelines.recipe import RECIPES, Outcome, Recipe, Run, StageInfo
from schemas.scp116k import Pair
from tests.pipelines.records import pair


class Said(BaseModel):
    """The shape of an answer."""

    model_config = ConfigDict(extra="forbid")
    word: str
    score: int = Field(ge=1, le=5)


async def ask(models: Models, item: Pair) -> Pair:
    """Asks the problem of a pair; the answer becomes its solution."""
    from inference.structured import ask_structured

    request = Request([{"role": "user", "content": item.problem}], {"temperature": 0}, "items-1")
    said = (await ask_structured(models[""], request, Said)).value
    return replace(item, solution=f"{said.word} {said.score}")


def build(pipeline: Any, run: Run) -> Outcome:
    """Wires files -> items -> answers -> rows."""
    import apache_beam as beam

    from pipelines.ask import Ask
    from pipelines.models import checked_models
    from pipelines.output import join
    from pipelines.sink import WriteRows, encode
    from schemas.verdict import Rejected

    models = checked_models(run.options)
    assert models
    items = [pair(PurePath(uri).name) for uri in run.uris]
    asked = pipeline | beam.Create(items) | Ask("ask", models, ask, Pair)
    rows, rejects = (
        part | f"Encode{name}" >> beam.Map(encode).with_output_types(tuple[str, bytes])
        for name, part in (("Kept", asked.kept), ("Rejected", asked.rejected))
    )
    return Outcome(
        rows | "Data" >> WriteRows(join(run.output, "data"), Pair, 1),
        rejects | "Rejects" >> WriteRows(join(run.output, "rejected"), Rejected, 1),
        models,
    )


RECIPE = Recipe(
    name="items",
    summary="questions to a stub",
    options=(ModelOptions,),
    stages=(StageInfo("ask", "items", "asks"),),
    record=Pair,
    title="Items",
    tags=(),
    build=build,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line with this pipeline."""
    from pipelines import cli

    RECIPES["items"] = ("tests.inference.items", "questions to a stub")
    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
