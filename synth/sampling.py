"""Answers drawn from a model, and a model's word on what is a refusal."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, ConfigDict

from inference import client
from inference.ledger import Request
from inference.models import Models
from inference.prompts import Prompt, load_prompt
from inference.structured import InvalidAnswer, ask_structured
from schemas.contrastive import Answered, Question, Sample, Sampling

MAX_TOKENS = 20


async def answered(engine: str, n: int, sampling: Sampling, models: Models, question: Question) -> Answered:
    """Returns a question with answers drawn from a model.

    Each has a request, a seed and a ledger key of its own. One that was cut off says nothing, and is empty.

    Args:
      engine: name of the model; empty for the first.
      n: how many answers.

    Raises:
      ModelError, Fatal: see `inference.engine.Engine.ask`; a question has all of its answers or none.
    """
    prompt = question_prompt(question.question)
    requests = [sample_request(prompt, sampling, number) for number in range(n)]
    said = await asyncio.gather(*(models[engine].ask(request) for request in requests))
    samples = tuple(map(_sample, said))
    model = models[engine].spec.endpoint.model
    return with_samples(question, samples, model, replace(sampling, prompt=prompt.id))


def question_prompt(question: str) -> Prompt:
    """Returns what a model is asked."""
    return load_prompt("short_answer", question=question)


def sample_request(prompt: Prompt, sampling: Sampling, number: int) -> Request:
    """Returns the request of a sample, by its number from 0."""
    parameters = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "seed": sampling.seed + number,
    }
    return Request(prompt.messages, parameters, prompt.id, number)


def _sample(answer: client.Answer) -> Sample:
    if answer.refusal:  # of the server's own
        return Sample(answer.refusal, "refused")
    return Sample("" if answer.finish_reason == "length" else answer.text.strip(), "unclear")


def with_samples(
    question: Question, samples: tuple[Sample, ...], model: str | None, sampling: Sampling | None
) -> Answered:
    """Returns a question with answers that are not graded yet."""
    return Answered(
        question.id,
        question.question,
        question.gold_aliases,
        question.language,
        "uncertain",
        model,
        sampling,
        samples,
        question.source,
    )


class Stance(BaseModel):
    """What a model says of an answer."""

    model_config = ConfigDict(extra="forbid")

    stance: Literal["answers", "refuses"]


async def with_refusals(engine: str, models: Models, answered: Answered) -> Answered:
    """Returns a question with what a model finds to be refusals among its wrong and unclear answers.

    Args:
      answered: with its answers graded.

    Raises:
      ModelError, Fatal: see `inference.engine.Engine.ask`.
    """
    texts = sorted({s.text for s in answered.samples if s.grade in ("wrong", "unclear") and s.text})
    said = await asyncio.gather(*(_refuses(engine, models, answered.question, text) for text in texts))
    refusing = {text for text, refuses in zip(texts, said, strict=True) if refuses}
    samples = (Sample(s.text, "refused") if s.text in refusing else s for s in answered.samples)
    return replace(answered, samples=tuple(samples))


async def _refuses(engine: str, models: Models, question: str, text: str) -> bool:
    prompt = load_prompt("refusal", question=question, answer=text)
    request = Request(prompt.messages, {"temperature": 0, "max_tokens": MAX_TOKENS}, prompt.id)
    try:
        return (await ask_structured(models[engine], request, Stance)).value.stance == "refuses"
    except InvalidAnswer:  # the rules' word stands
        return False
