"""Policies: named models that write solutions, and a model that divides them into steps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ConfigDict

from inference.ledger import Request
from inference.models import Models
from inference.prompts import load_prompt
from inference.structured import InvalidAnswer, ask_structured
from schemas.aurora import Solution
from schemas.ids import record_id
from synth.steps import split_as, split_steps

STYLES = ("paragraphs", "numbered", "brief")
"""How a solution is asked for; different prompts make different mistakes."""


@dataclass(frozen=True, slots=True)
class PoliciesSpec:
    """Who writes solutions, and how.

    Attributes:
      engines: names among the models of the run.
      styles: of `STYLES`.
      samples: solutions of each engine in each style.
      temperature: of several samples; one alone is drawn at 0.
      max_tokens: of a solution.
    """

    engines: tuple[str, ...]
    styles: tuple[str, ...] = ("paragraphs",)
    samples: int = 1
    temperature: float = 0.7
    max_tokens: int = 2048

    def __post_init__(self) -> None:
        if self.samples > 1 and not self.temperature > 0:
            raise ValueError("several samples at temperature 0 are all the same")


def solution_id(solution: Solution) -> str:
    """Returns the id of a solution: a hash of what was asked, what was written and by whom."""
    parts = (solution.source.id, solution.problem, solution.policy, solution.prompt, str(solution.sample))
    return record_id("solution", *parts, solution.solution)


def content_id(solution: Solution) -> str:
    """Returns a hash of what is asked, what is written (but for white space) and by whom."""
    folded = (" ".join(text.split()) for text in (solution.problem, solution.solution))
    return record_id("solution", *folded, solution.policy)


async def written(spec: PoliciesSpec, models: Models, draft: Solution) -> Solution:
    """Returns a solution; one that has its text already as it is.

    Raises:
      InvalidAnswer: the policy refused, wrote nothing, or did not come to an end.
      ModelError, Fatal: see `inference.engine.Engine.ask`.
    """
    if draft.solution:
        return draft
    engine = models[draft.policy]
    prompt = load_prompt("solve", style=draft.style, problem=draft.problem)
    parameters: dict[str, Any] = {"max_tokens": spec.max_tokens, "temperature": 0}
    if spec.samples > 1:
        parameters |= {"temperature": spec.temperature, "seed": draft.sample}
    said = await engine.ask(Request(prompt.messages, parameters, prompt.id, draft.sample))
    if said.refusal or not said.text.strip():
        raise InvalidAnswer("refusal" if said.refusal else "empty_answer", said.refusal, [said.refusal])
    if said.finish_reason == "length":
        detail = f"cut off after {said.completion_tokens} tokens"
        raise InvalidAnswer("truncated_answer", detail, [said.text])
    text = said.text.partition("</think>")[2] or said.text
    made = replace(
        draft,
        policy=engine.spec.endpoint.model,
        solution=text.encode(errors="replace").decode(),  # half a surrogate pair is no text
        prompt=f"{draft.style} {prompt.id}",
    )
    return replace(made, id=solution_id(made))


class _Steps(BaseModel):
    model_config = ConfigDict(extra="forbid")

    steps: list[str]


async def divided(engine: str, max_tokens: int, models: Models, solution: Solution) -> Solution:
    """Returns a solution in the steps that a model sees, or in those of the rules if it changes the text.

    Raises:
      ModelError, Fatal: see `inference.engine.Engine.ask`.
    """
    if solution.steps:
        return solution
    prompt = load_prompt("split_steps", solution=solution.solution)
    request = Request(prompt.messages, {"max_tokens": max_tokens, "temperature": 0}, prompt.id)
    try:
        said = (await ask_structured(models[engine], request, _Steps)).value.steps
    except InvalidAnswer:
        said = []
    steps = split_as(solution.solution, said)
    models.count("aurora/split/by_model" if steps else "aurora/split/by_rules_instead")
    return replace(solution, steps=steps or split_steps(solution.solution))
