"""Two texts compared by a model, in both orders.

Where a text stands sways a model (arXiv 2306.05685, section 3.3); what it says in one order only is nothing.
"""

from __future__ import annotations

import asyncio
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from inference.engine import Engine
from inference.ledger import Request
from inference.models import Models
from inference.prompts import load_prompt
from inference.structured import InvalidAnswer, ask_structured

MAX_TOKENS = 600
RATIONALE_CHARACTERS = 400

Same = Literal["yes", "no", "unclear"]


class Comparison(BaseModel):
    """What a model says of two answers."""

    model_config = ConfigDict(extra="forbid")

    rationale: str = Field(json_schema_extra={"maxLength": RATIONALE_CHARACTERS})
    same: Same


async def same_answer(models: Models, engine: str, problem: str, a: str, b: str) -> bool | None:
    """Returns whether two answers to a problem come to the same result.

    Args:
      engine: name of the engine that is asked; empty for the first.

    Returns:
      True or False if the model says so in both orders; None if it is undecided, changes its mind with the
      order, or gives no valid answer.

    Raises:
      ModelError, Fatal: see `Engine.ask`.
    """
    said = await asyncio.gather(_said(models[engine], problem, a, b), _said(models[engine], problem, b, a))
    return {("yes", "yes"): True, ("no", "no"): False}.get((said[0], said[1]))


async def _said(engine: Engine, problem: str, first: str, second: str) -> Same:
    prompt = load_prompt(
        "compare", problem=problem, first=first, second=second, rationale_characters=RATIONALE_CHARACTERS
    )
    request = Request(prompt.messages, {"temperature": 0, "max_tokens": MAX_TOKENS}, prompt.id)
    try:
        return (await ask_structured(engine, request, Comparison)).value.same
    except InvalidAnswer:
        return "unclear"
