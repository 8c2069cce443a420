"""Judges that label the steps of a solution, under several prompts (arXiv 2502.11520).

Each engine is asked with each prompt so many times. The four prompts: `p0` asks for reasoning on each step,
`p1` shows worked examples and asks for labels alone, `p2` is `p0` with what to do said again at the end, `p3`
is `p1` with its examples before the instructions instead of after them.
"""

from __future__ import annotations

import asyncio
import itertools
import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, create_model

from inference.client import ModelError
from inference.engine import Engine
from inference.ledger import Request
from inference.models import Models
from inference.prompts import Prompt, load_prompt
from inference.structured import InvalidAnswer, ask_structured
from schemas.aurora import WRONG_LENGTH, Ballot, Discarded, Solution

PROMPTS = ("p0", "p1", "p2", "p3")
WITH_REASONING = ("p0", "p2")
REASONING_CHARACTERS = 300

# A Literal would take true for 1. The schema has a list, as more servers hold to one than to bounds.
_Label = Annotated[int, Field(strict=True, ge=0, le=1), WithJsonSchema({"enum": [0, 1], "type": "integer"})]


@dataclass(frozen=True, slots=True)
class JudgesSpec:
    """Who labels, and how.

    Attributes:
      engines: names among the models of the run; the first of them if there is none here.
      prompts: of `PROMPTS`.
      samples: answers of each engine to each prompt.
      temperature: of several samples; one alone is drawn at 0.
      max_tokens: of an answer.

    Raises:
      ValueError: a value is out of range.
    """

    engines: tuple[str, ...] = ("",)
    prompts: tuple[str, ...] = PROMPTS
    samples: int = 1
    temperature: float = 0.7
    max_tokens: int = 4000

    def __post_init__(self) -> None:
        for what, names in (("engine", self.engines), ("prompt", self.prompts)):
            if twice := [name for name in names if names.count(name) > 1]:
                raise ValueError(f"{what} {twice[0]!r} is there twice; its votes would be the same")
        if not 0 <= self.temperature < math.inf:
            raise ValueError(f"the temperature is {self.temperature:g}, and has to be a number from 0")
        if self.samples > 1 and not self.temperature > 0:
            raise ValueError("several samples at temperature 0 are all the same")

    @property
    def votes(self) -> int:
        """Votes on a solution."""
        return len(self.engines) * len(self.prompts) * self.samples


async def with_votes(spec: JudgesSpec, models: Models, solution: Solution) -> Solution:
    """Returns a solution with the votes of all judges, beside those that it has; none of them is an error.

    Raises:
      Fatal: see `inference.engine.Engine.ask`.
    """
    asked = list(itertools.product(spec.engines, spec.prompts, range(spec.samples)))
    prompts = {name: label_prompt(name, solution) for name in spec.prompts}
    said = await asyncio.gather(
        *(
            _vote(spec, models[engine], prompts[name], name, sample, solution)
            for engine, name, sample in asked
        )
    )
    had = solution.ballot
    names = [f"{models[engine].spec.endpoint.model}/{name}" for engine, name, _ in asked]
    votes = [(name, vote) for name, vote in zip(names, said, strict=True) if not isinstance(vote, str)]
    discarded = [
        Discarded(name, vote) for name, vote in zip(names, said, strict=True) if isinstance(vote, str)
    ]
    models.count("aurora/votes", len(had.votes) + len(votes))
    for one in (*had.discarded, *discarded):
        models.count(f"aurora/discarded/{one.reason}")
    ballot = Ballot(
        (*had.annotators, *(name for name, _ in votes)),
        (*had.votes, *(vote for _, vote in votes)),
        (*had.discarded, *discarded),
    )
    return replace(solution, ballot=ballot)


def label_prompt(strategy: str, solution: Solution) -> Prompt:
    """Returns what a judge is asked about a solution."""
    return load_prompt(
        "label_steps",
        strategy=strategy,
        reasoning_characters=REASONING_CHARACTERS,
        problem=solution.problem,
        reference_solution=solution.reference_solution,
        reference_answer=solution.reference_answer,
        steps=solution.steps,
    )


async def _vote(
    spec: JudgesSpec, engine: Engine, prompt: Prompt, strategy: str, sample: int, solution: Solution
) -> tuple[int, ...] | str:
    """Returns the label of each step, or why there is none."""
    parameters: dict[str, Any] = {"max_tokens": spec.max_tokens, "temperature": 0}
    if spec.samples > 1:
        parameters |= {"temperature": spec.temperature, "seed": sample}
    request = Request(prompt.messages, parameters, prompt.id, sample)
    try:
        said = (
            await ask_structured(engine, request, _shape(strategy in WITH_REASONING, len(solution.steps)))
        ).value
    except (InvalidAnswer, ModelError) as error:
        return error.reason
    labels = tuple(said.labels) if hasattr(said, "labels") else tuple(step.label for step in said.steps)  # type: ignore[attr-defined]
    return labels if len(labels) == len(solution.steps) else WRONG_LENGTH


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reasoning: str = Field(json_schema_extra={"maxLength": REASONING_CHARACTERS})
    label: _Label


@cache
def _shape(reasoning: bool, count: int) -> type[BaseModel]:
    """Returns the shape of an answer on so many steps.

    The number of labels is asked for and not insisted on: another one is no vote, since whoever miscounts the
    steps once does not know which of them it labels when it is asked again.
    """
    length = Field(json_schema_extra={"minItems": count, "maxItems": count})
    closed = ConfigDict(extra="forbid")
    if reasoning:
        return create_model("CheckedSteps", __config__=closed, steps=(list[_Checked], length))
    return create_model("StepLabels", __config__=closed, labels=(list[_Label], length))
