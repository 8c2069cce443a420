"""Answers of a known shape: a pydantic model goes out as a JSON schema, and what comes back is validated."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from inference.client import Answer
from inference.engine import Engine
from inference.ledger import Request

REASKS = 2
"""How often a model is shown what is wrong with its answer."""

MAX_ERRORS = 5

Shape = TypeVar("Shape", bound=BaseModel)


class InvalidAnswer(Exception):
    """A model whose answers had another shape each time.

    Attributes:
      reason: invalid_answer, refusal, or truncated_answer (it never came to its end).
      detail: what was wrong with the last one.
      texts: all that it said, first to last.
    """

    def __init__(self, reason: str, detail: str, texts: Sequence[str]):
        super().__init__(reason, detail)
        self.reason, self.detail, self.texts = reason, detail, tuple(texts)


@dataclass(frozen=True, slots=True)
class Structured(Generic[Shape]):
    """A valid answer: the value, and the answer that held it."""

    value: Shape
    answer: Answer


def response_format(shape: type[BaseModel]) -> dict[str, Any]:
    """Returns the parameter that makes a server answer in the shape of a model."""
    schema = shape.model_json_schema()
    return {"type": "json_schema", "json_schema": {"name": shape.__name__, "schema": schema, "strict": True}}


async def ask_structured(engine: Engine, request: Request, shape: type[Shape]) -> Structured[Shape]:
    """Asks for an answer in the shape of a model; shows what is wrong, twice at most.

    Raises:
      InvalidAnswer: none of them was valid.
      ModelError, Fatal: see `Engine.ask`.
    """
    parameters: Mapping[str, Any] = {**request.parameters, "response_format": response_format(shape)}
    messages, texts = list(request.messages), []
    for _ in range(1 + REASKS):
        answer = await engine.ask(replace(request, messages=messages, parameters=parameters))
        texts.append(answer.text or answer.refusal)
        try:
            if not answer.refusal:
                return Structured(shape.model_validate_json(_bare(answer.text)), answer)
            reason, wrong = "refusal", answer.refusal
        except ValidationError as error:
            reason, wrong = "invalid_answer", _said(error)
        if answer.finish_reason == "length":
            reason, wrong = "truncated_answer", f"cut off after {answer.completion_tokens} tokens"
        messages = [
            *request.messages,
            {"role": "assistant", "content": texts[-1]},
            {
                "role": "user",
                "content": f"That answer can't be used: {wrong}. Answer again, as asked at first.",
            },
        ]
    raise InvalidAnswer(reason, wrong, texts)


def _bare(text: str) -> str:
    """Returns the JSON of an answer without the fence or the thoughts that some models put before it.

    Nothing within the JSON is touched: a repair of strings breaks the backslashes of LaTeX.
    """
    text = re.sub(r"^\s*<think>.*?</think>", "", text, count=1, flags=re.DOTALL).strip()
    fenced = re.fullmatch(r"```(?:json)?\s*\n(.*)\n\s*```", text, flags=re.DOTALL)
    return fenced[1] if fenced else text


def _said(error: ValidationError) -> str:
    """Returns what is wrong, in a line; the values themselves are the model's own and not repeated."""
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    lines = [f"{'.'.join(map(str, one['loc'])) or 'the whole'}: {one['msg']}" for one in errors[:MAX_ERRORS]]
    return " ".join("; ".join(lines).split())
