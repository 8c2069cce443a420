"""Independent answers: named models solve each problem, without its solution, and are compared with it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace

from inference import client
from inference.client import ModelError
from inference.errors import Fatal
from inference.ledger import Request
from inference.models import Models
from inference.prompts import Prompt, load_prompt
from schemas.scp116k import Answer, Pair
from synth.verify import verify

TRUNCATED, REFUSAL, NO_ANSWER = "truncated_answer", "refusal", "empty_answer"
VERIFIER_ERROR = "verifier_error"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AnswerSpec:
    """Who answers, and how.

    Attributes:
      engines: names among the models of the run.
      verifier: the engine that compares where algebra can't; empty for the first.
      max_tokens: of an answer.
    """

    engines: tuple[str, ...]
    verifier: str = ""
    max_tokens: int = 2048


async def with_answers(spec: AnswerSpec, models: Models, pair: Pair) -> Pair:
    """Returns a pair with an answer of each engine, in their order; one that fails with its reason.

    Raises:
      Fatal: see `inference.engine.Engine.ask`.
    """
    answers = await asyncio.gather(*(_answer(spec, models, engine, pair) for engine in spec.engines))
    return replace(pair, answers=tuple(answers))


async def answer_problem(models: Models, engine: str, pair: Pair, max_tokens: int) -> client.Answer:
    """Returns what a model answers to the problem of a pair, of which it sees the context and no more.

    Raises:
      ModelError, Fatal: see `inference.engine.Engine.ask`.
    """
    prompt = answer_prompt(pair)
    request = Request(prompt.messages, {"temperature": 0, "max_tokens": max_tokens}, prompt.id)
    return await models[engine].ask(request)


def answer_prompt(pair: Pair) -> Prompt:
    """Returns what is asked about a pair."""
    return load_prompt("answer", context_text=pair.context or "", problem=pair.problem)


async def _answer(spec: AnswerSpec, models: Models, engine: str, pair: Pair) -> Answer:
    made = Answer(models[engine].spec.endpoint.model, "", None, None, answer_prompt(pair).id, None)
    try:
        said = await answer_problem(models, engine, pair, spec.max_tokens)
    except ModelError as error:
        return replace(made, reason=error.reason)
    made = replace(made, text=said.text or said.refusal)
    if said.refusal or not said.text.strip():
        return replace(made, reason=REFUSAL if said.refusal else NO_ANSWER)
    if said.finish_reason == "length":  # where it would have come to is not known
        return replace(made, reason=TRUNCATED)
    try:
        agrees, by = await verify(models, spec.verifier, pair, said.text)
    except ModelError as error:
        return replace(made, reason=f"verifier_{error.reason}")
    except Fatal:
        raise
    except Exception as error:  # of algebra over what a model wrote: no fault of the pair's
        _LOG.warning("an answer could not be compared: %s", type(error).__name__)
        return replace(made, reason=VERIFIER_ERROR)
    return replace(made, agrees=agrees, verified_by=by)
