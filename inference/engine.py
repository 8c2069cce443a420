"""One model that a worker asks: from the ledger, or from its server within limits and with patience.

An outage is no rejection. A request is given up only where the server is seen to answer others; while it
answers nobody, all of them wait, and after `patience_s` the run stops with `ServerGone`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from inference.client import MAX_WAIT_S, Answer, ChatClient, Endpoint, ModelError
from inference.errors import ServerGone
from inference.ledger import Ledger, Request
from inference.server import ServerSpec

MAX_ATTEMPTS = 6
CHARACTERS_A_TOKEN = 4
"""For the rate limit, until the server has counted."""

_PROBE = {"max_tokens": 1, "temperature": 0}


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """A model and how it is asked.

    Attributes:
      name: of the engine, among those of the run.
      endpoint: where it is asked; its `timeout_s` bounds one answer.
      concurrency: requests that a worker has in flight.
      patience_s: how long a server may answer nobody before the run stops.
      requests_a_minute, tokens_a_minute: limits of a hosted endpoint, a worker; 0 is none.
      server: what Assay starts on each machine; its address takes the place of the endpoint's.
    """

    name: str
    endpoint: Endpoint
    concurrency: int = 64
    patience_s: float = 300.0
    requests_a_minute: int = 0
    tokens_a_minute: int = 0
    server: ServerSpec | None = None


class Engine:
    """Asks one model. Has to be made, used and closed within one running event loop.

    Counts `llm/requests`, `llm/from_ledger`, `llm/failures`, `llm/prompt_tokens` and
    `llm/completion_tokens`.

    Args:
      spec: which, and how.
      ledger: of finished answers; None keeps none.
    """

    def __init__(self, spec: EngineSpec, ledger: Ledger | None = None):
        self.spec, self.ledger = spec, ledger
        self._counts: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._client = ChatClient(spec.endpoint)
        self._free = asyncio.Semaphore(spec.concurrency)
        self._asked: dict[str, asyncio.Future[Answer]] = {}
        self._last_good = time.monotonic()
        self._down_since: float | None = None
        self._probing = asyncio.Lock()
        self._limits = _limits(spec)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()

    def take_counts(self) -> Counter[str]:
        """Returns what was counted since the last call; safe in any thread."""
        with self._counting:
            counts, self._counts = self._counts, Counter()
        return counts

    async def ask(self, request: Request) -> Answer:
        """Returns the model's answer, from the ledger if it is there.

        What may pass (429, 5xx, a timeout, a broken connection) is asked again, after a time that grows
        and is drawn at random, and not before the server's Retry-After. Who asks what is being asked
        already gets the same answer.

        Raises:
          ModelError: no usable answer, though the server answers others.
          ServerGone: it has answered nobody for `patience_s`.
          LedgerUnwritable: an answer could not be kept.
        """
        key = request.key(self.spec.endpoint.model)
        if self.ledger and (known := self.ledger.get(key)):
            self._count(from_ledger=1)
            return known
        if key in self._asked:
            answer = await asyncio.shield(self._asked[key])
            self._count(from_ledger=1)
            return answer
        self._asked[key] = future = asyncio.get_running_loop().create_future()
        try:
            answer = await self._insist(request)
            if self.ledger:
                self.ledger.put(key, self.spec.endpoint.model, request.prompt, answer)
        except BaseException as error:
            future.set_exception(error)
            future.exception()  # seen, if nobody else waits for it
            raise
        else:
            future.set_result(answer)
            return answer
        finally:
            del self._asked[key]

    async def _insist(self, request: Request) -> Answer:
        """Asks until there is an answer, or none can be had."""
        import tenacity

        backoff = tenacity.wait_random_exponential(multiplier=0.5, max=MAX_WAIT_S)
        state: Any = tenacity.RetryCallState(tenacity.AsyncRetrying(), None, (), {})
        began = time.monotonic()
        while True:
            try:
                return await self._once(request)
            except ModelError as error:
                if not error.passing:
                    raise
                if state.attempt_number >= MAX_ATTEMPTS and await self._answers_others(began):
                    raise
                self._check_patience(error)
                wait = max(backoff(state), error.after)
                if self._down_since is not None:  # look often enough to see it come back
                    wait = max(error.after, min(wait, self.spec.patience_s / 10))
                await asyncio.sleep(wait)
                state.attempt_number += 1

    async def _once(self, request: Request) -> Answer:
        async with AsyncExitStack() as stack:
            for limiter, amount in self._amounts(request):
                await limiter.acquire(amount)
            await stack.enter_async_context(self._free)
            return await self._send(request)

    async def _send(self, request: Request) -> Answer:
        try:
            answer = await self._client.send(request.messages, request.parameters)
        except ModelError as error:
            self._count(requests=1, failures=1)
            if error.passing:
                self._down_since = self._down_since or time.monotonic()
            else:
                self._good()
            raise
        self._good()
        self._count(
            requests=1, prompt_tokens=answer.prompt_tokens, completion_tokens=answer.completion_tokens
        )
        return answer

    def _good(self) -> None:
        self._last_good, self._down_since = time.monotonic(), None

    def _check_patience(self, error: ModelError) -> None:
        down = self._down_since
        if down is not None and time.monotonic() - down > self.spec.patience_s:
            where = self.spec.endpoint.url
            raise ServerGone(
                f"{where} has answered nothing for {self.spec.patience_s:g} s "
                f"({error.reason}: {error.detail}); what it said is kept: go on with --resume"
            )

    async def _answers_others(self, since: float) -> bool:
        """Whether the server has answered anything since then, or does when it is asked next to nothing."""
        async with self._probing:
            if self._last_good >= since:
                return True
            try:
                await self._send(Request([{"role": "user", "content": "1"}], _PROBE))
            except ModelError as error:
                return not error.passing
            return True

    def _amounts(self, request: Request) -> list[tuple[Any, float]]:
        requests, tokens = self._limits
        amounts = [(requests, 1.0)] if requests else []
        if tokens:
            said = sum(len(str(message.get("content"))) for message in request.messages)
            wanted = said / CHARACTERS_A_TOKEN + float(request.parameters.get("max_tokens") or 0)
            amounts.append((tokens, min(wanted, tokens.max_rate)))
        return amounts

    def _count(self, **counts: int) -> None:
        with self._counting:
            self._counts.update({f"llm/{name}": n for name, n in counts.items()})


def _limits(spec: EngineSpec) -> tuple[Any, Any]:
    from aiolimiter import AsyncLimiter

    rates = (spec.requests_a_minute, spec.tokens_a_minute)
    requests, tokens = (AsyncLimiter(rate, 60) if rate else None for rate in rates)
    return requests, tokens
