"""Answers of a known shape: a pydantic model goes out as a JSON schema, and what comes back is validated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from inference.client import Answer, Message, ModelError
from inference.engine import Engine
from inference.ledger import Request
from inference.prompts.fences import harmless

REASKS = 2
"""How often a model is shown what is wrong with its answer."""

MAX_ERRORS = 5
MAX_SAID = 1000

Shape = TypeVar("Shape", bound=BaseModel)


class InvalidAnswer(Exception):
    """A model whose answers had another shape each time.

    Attributes:
      reason: invalid_answer, refusal (also by a filter of the server's), truncated_answer (it never came
        to its end), or that of the `ModelError` when it was asked again.
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


@cache
def response_format(shape: type[BaseModel]) -> dict[str, Any]:
    """Returns the parameter that makes a server answer in the shape of a model."""
    schema = shape.model_json_schema()
    return {"type": "json_schema", "json_schema": {"name": shape.__name__, "schema": schema, "strict": True}}


async def ask_structured(engine: Engine, request: Request, shape: type[Shape]) -> Structured[Shape]:
    """Asks for an answer in the shape of a model; shows what is wrong, twice at most.

    Raises:
      InvalidAnswer: none of them was valid, or the server would not hear the question with what was wrong.
      ModelError, Fatal: see `Engine.ask`.
    """
    parameters: Mapping[str, Any] = {**request.parameters, "response_format": response_format(shape)}
    messages: list[Message] = list(request.messages)
    reason, wrong, texts = "", "", list[str]()
    for _ in range(1 + REASKS):
        try:
            answer = await engine.ask(replace(request, messages=messages, parameters=parameters))
        except ModelError as error:
            if not texts:
                raise
            raise InvalidAnswer(
                error.reason, f"{error.detail}; asked again, as the first answer was no use: {wrong}", texts
            ) from None
        texts.append(answer.text or answer.refusal)
        try:
            if not answer.refusal:
                return Structured(shape.model_validate_json(_bare(answer.text)), answer)
            reason, wrong = "refusal", answer.refusal[:MAX_SAID]
        except ValidationError as error:
            reason, wrong = "invalid_answer", _said(error)
        if answer.finish_reason == "length":
            reason, wrong = "truncated_answer", f"cut off after {answer.completion_tokens} tokens"
        elif answer.finish_reason == "content_filter":
            reason, wrong = "refusal", "the server's filter held it back"
        messages = [  # all of it: a question that was asked before has its answer in the ledger
            *messages,
            {"role": "assistant", "content": harmless(texts[-1])},  # it may quote the document
            {
                "role": "user",
                "content": f"That answer can't be used: {harmless(wrong)}. Answer again, as asked at first.",
            },
        ]
    raise InvalidAnswer(reason, wrong, texts)


def _bare(text: str) -> bytes:
    """Returns the JSON of an answer without the fence or the thoughts that some models put before it.

    Nothing within the JSON is touched: a repair of strings breaks the backslashes of LaTeX.
    """
    text = text.strip()
    if not text.startswith(("{", "```")):
        text = text.partition("</think>")[2].strip() or text
    before, fence, rest = text.partition("```")  # a sentence may stand before it
    if fence and rest.endswith("```") and "{" not in before:
        language, _, fenced = rest[:-3].partition("\n")
        text = fenced.strip() if language.strip() in ("", "json") else text
    return text.encode(errors="replace")  # halves of surrogate pairs, which are no text


def _said(error: ValidationError) -> str:
    """Returns what is wrong, in a line; the values themselves are the model's own and not repeated."""
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    lines = [f"{'.'.join(map(str, one['loc'])) or 'the whole'}: {one['msg']}" for one in errors[:MAX_ERRORS]]
    return " ".join("; ".join(lines).split())[:MAX_SAID]
