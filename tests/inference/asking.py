"""Asks stubs as a run does, and makes their answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from inference.client import Endpoint
from inference.engine import EngineSpec
from inference.ledger import LedgerSpec
from inference.models import Models, ModelsSpec
from tests.inference.stub import Reply, Script, Stub


@contextmanager
def stubs(*scripts: Script, ledger: LedgerSpec | None = None) -> Iterator[tuple[Models, list[Stub]]]:
    """Yields models named "a", "b"... and their servers, with models of names such as stub-a."""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(Stub(script, (f"stub-{chr(97 + i)}",))) for i, script in enumerate(scripts)
        ]
        engines = tuple(
            EngineSpec(chr(97 + i), Endpoint(server.url, f"stub-{chr(97 + i)}", 20), patience_s=2)
            for i, server in enumerate(servers)
        )
        models = Models(ModelsSpec(engines, ledger))
        try:
            yield models, servers
        finally:
            models.close()


def asked(models: Models, work: Awaitable[Any]) -> Any:
    """Returns what asking comes to."""

    async def run() -> Any:
        return await work

    return models.submit(run()).result(60)


def likely(text: str, weights: Mapping[str, Mapping[str, float]]) -> Reply:
    """Returns an answer whose tokens are its characters, with the likelihoods of other characters.

    Args:
      weights: what stands before a token -> its alternatives.
    """
    tokens = []
    for i, character in enumerate(text):
        others: Mapping[str, float] = next(
            (found for before, found in weights.items() if text[:i].endswith(before)), {character: 0.0}
        )
        alternatives = [{"token": token, "logprob": logprob} for token, logprob in others.items()]
        tokens.append({"token": character, "bytes": list(character.encode()), "top_logprobs": alternatives})
    choice = {"message": {"content": text}, "finish_reason": "stop", "logprobs": {"content": tokens}}
    return Reply(json.dumps({"choices": [choice], "usage": {}}), raw=True)


def fields(body: Mapping[str, Any]) -> Sequence[str]:
    """Returns what a request says, message by message."""
    return [message["content"] for message in body["messages"]]
