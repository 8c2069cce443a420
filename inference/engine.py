"""One model that a worker asks: from the ledger, or from its server within limits and with patience.

An outage is no rejection. A request that failed is sent again only when the server has answered somebody
since. While it answers nobody, all of them wait behind one small request that is sent now and then (a circuit
breaker), and after `patience_s` the run stops with `ServerGone`. What is told to slow down (429) is sent
again itself: a quota of tokens that is used up still lets a small one pass.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from inference.client import MAX_WAIT_S, Answer, ChatClient, Endpoint, ModelError
from inference.errors import ServerGone
from inference.ledger import Ledger, Request
from inference.limits import Places, Rate, Refused, Sizes, tokens_of
from inference.server import ServerSpec

MAX_ATTEMPTS = 6
"""A request that failed so often, though the server answered others in between, is given up."""

MAX_OVERTAKEN = 10
"""A request that was so often told to slow down though the server answered others as large, sent since, is
given up when that has lasted for the run's patience."""

FIRST_WAIT_S = 0.5
PROBE_EVERY_S = 5.0

_LOG = logging.getLogger(__name__)

_SHAPES_ANSWERS = ("dtype", "quantization")
"""Arguments of vLLM with which the same weights are another model."""

_PROBE = Request([{"role": "user", "content": "1"}], {"max_tokens": 1, "temperature": 0})

GIVEN_UP = 20
"""So many requests without an answer, and none with one, are no fault of theirs."""


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """A model and how it is asked.

    Attributes:
      name: of the engine, among those of the run.
      endpoint: where it is asked; its `timeout_s` bounds one answer.
      concurrency: requests that a worker has in flight.
      patience_s: how long a server may answer nobody before the run stops.
      requests_a_minute, tokens_a_minute: limits of a hosted endpoint, a worker; 0 is none.
      server: what Assay starts on each machine; its socket takes the place of the endpoint's address.
    """

    name: str
    endpoint: Endpoint
    concurrency: int = 64
    patience_s: float = 300.0
    requests_a_minute: int = 0
    tokens_a_minute: int = 0
    server: ServerSpec | None = None

    @property
    def identity(self) -> str:
        """What the ledger knows the model by: its name, and what tells apart models of one name."""
        if self.server:
            given = [f"{name}={value}" for name, value in self.server.arguments if name in _SHAPES_ANSWERS]
            return " ".join([self.endpoint.model, *sorted(given)])
        return f"{self.endpoint.model} at {urlsplit(self.endpoint.url).hostname}"


class Engine:
    """Asks one model. Has to be made, used and closed within one running event loop.

    Counts `llm/requests`, `llm/from_ledger`, `llm/failures` (of requests, and by reason as
    `llm/failed/REASON`), `llm/prompt_tokens` and `llm/completion_tokens`.

    Args:
      spec: which, and how.
      ledger: of finished answers; None keeps none.
      where: what messages call the server; its address if empty.

    Attributes:
      total: what was counted since the beginning.
    """

    def __init__(self, spec: EngineSpec, ledger: Ledger | None = None, where: str = ""):
        self.spec, self.ledger, self.where = spec, ledger, where or spec.endpoint.url
        self.total: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._client = ChatClient(spec.endpoint)
        self._places = Places(spec.concurrency, FIRST_WAIT_S, min(MAX_WAIT_S, spec.patience_s))
        self._asked: dict[str, asyncio.Task[Answer]] = {}
        self._last_good = time.monotonic()
        self._down_since: float | None = None
        self._flying = 0
        self._sizes, self._limited_since = Sizes(), 0.0
        self._probing = asyncio.Lock()
        self._answered, self._given_up = False, 0
        self._requests = Rate(spec.requests_a_minute) if spec.requests_a_minute else None
        self._tokens = Rate(spec.tokens_a_minute) if spec.tokens_a_minute else None

    async def close(self) -> None:
        """Gives up what is being asked, and closes the connections."""
        asked = list(self._asked.values())
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        await self._client.close()

    @property
    def in_flight(self) -> int:
        """Requests that the server works on now."""
        return self._flying

    def take_counts(self) -> Counter[str]:
        """Returns what was counted since the last call; safe in any thread."""
        with self._counting:
            counts, self._counts = self._counts, Counter()
        return counts

    async def ask(self, request: Request) -> Answer:
        """Returns the model's answer, from the ledger if it is there.

        What may pass (429, 5xx, a timeout, a broken connection) is asked again, after a time that grows
        and is drawn at random, and not before the server's Retry-After; 429 as often as it takes. Who asks
        what is being asked already gets the same answer; who no longer waits for an answer leaves it to the
        ledger.

        Raises:
          ModelError: no usable answer, though the server answers others.
          ServerGone: it has answered nobody for `patience_s`.
          LedgerUnwritable: an answer could not be kept.
        """
        key = request.key(self.spec.identity)
        if self.ledger and (known := self.ledger.get(key)):
            self._answered = True
            self._sizes.known(request)
            self._count(from_ledger=1)
            return known
        if task := self._asked.get(key):
            answer = await asyncio.shield(task)
            self._count(from_ledger=1)
            return answer
        self._asked[key] = task = asyncio.create_task(self._ask(key, request))
        task.add_done_callback(lambda _: self._asked.pop(key))
        return await asyncio.shield(task)

    async def _ask(self, key: str, request: Request) -> Answer:
        answer = await self._insist(request)
        self._answered = True
        if self.ledger:
            self.ledger.put(key, self.spec.endpoint.model, request.prompt, answer)
        return answer

    async def _insist(self, request: Request) -> Answer:
        """Asks until there is an answer, or none can be had."""
        failures, refused = 0, Refused(request)
        while True:
            # Whoever was turned down once is the next; who is again is in nobody's way.
            await self._places.take(first=refused.times < 2 and failures + refused.times > 0)
            try:
                await self._take(request)
                sent = time.monotonic()
                answer = await self._send(request)
                self._sizes.answered(request, sent)
                return answer
            except ModelError as error:
                since, why = time.monotonic(), error
                limited = error.reason == "rate_limited"
                others = limited and self._sizes.latest > refused.last
                if limited and not others:
                    self._places.turned_down(sent, error.after)
            finally:
                self._places.give_back()
            if limited:
                refused.again(since, self._sizes)
                if self._is_too_large(refused, why):
                    self._give_up(why)
                    raise why
                if others:  # the server has room, only not for this one
                    await asyncio.sleep(self._wait(refused.times, why))
                continue
            failures += 1
            if not why.passing or failures >= MAX_ATTEMPTS:
                self._give_up(why)
                raise why
            await asyncio.sleep(self._wait(failures, why))
            await self._until_it_answers(since)

    def _is_too_large(self, refused: Refused, why: ModelError) -> bool:
        """Whether it is the request, and not the time, for which the server tells one to slow down.

        It may be if the server answers others that are as large, or has never answered one so large. It is
        if that lasts for `patience_s` and happens again and again, or without anybody else asking.

        Raises:
          ServerGone: the server has told all others to slow down for so long: a quota is used up.
        """
        now, patience_s = refused.last, self.spec.patience_s
        if refused.overtaken or 0 < self._sizes.largest < refused.tokens:
            often = refused.overtaken >= MAX_OVERTAKEN or now - self._sizes.answered_at >= patience_s
            return often and now - refused.first >= patience_s
        if self._limited_since <= self._sizes.answered_at:
            self._limited_since = now
        if now - self._limited_since >= patience_s:
            raise self._gone(f"{why.reason}: {why.detail}")
        return False

    def _give_up(self, error: ModelError) -> None:
        """Counts a request that gets no answer.

        Raises:
          ServerGone: none ever got one, so that the fault is not theirs. (Twice as many as may be in flight:
            refusals come sooner than answers.)
        """
        self._given_up, self._limited_since = self._given_up + 1, 0.0
        if not self._answered and self._given_up >= max(GIVEN_UP, 2 * self.spec.concurrency):
            raise ServerGone(
                f"{self.where} has answered none of {self._given_up} requests "
                f"({error.reason}: {error.detail})"
            ) from None

    def _wait(self, failures: int, error: ModelError) -> float:
        """Returns how long to wait: "full jitter" (M. Brooker, Exponential Backoff And Jitter, AWS 2015)."""
        longest = FIRST_WAIT_S * 2 ** min(failures - 1, 20)
        wait = max(random.uniform(0, min(longest, MAX_WAIT_S)), error.after)
        return min(wait, self.spec.patience_s)

    async def _until_it_answers(self, since: float) -> None:
        """Returns when the server has answered anybody since then; one asks next to nothing for all who wait.

        Raises:
          ServerGone: patience is at its end.
        """
        if self._last_good >= since:
            return
        async with self._probing:
            while self._last_good < since:
                gone = time.monotonic() - (self._down_since or since)
                left = self.spec.patience_s - gone
                try:
                    async with asyncio.timeout(max(left, 1.0)):
                        await self._send(_PROBE)
                except TimeoutError:
                    if self._last_good < since:
                        raise self._gone("silence") from None
                except ModelError as error:
                    if error.passing and left <= 0:
                        raise self._gone(f"{error.reason}: {error.detail}") from None
                    if error.passing:
                        often = random.uniform(0.5, 1) * min(PROBE_EVERY_S, self.spec.patience_s / 10)
                        await asyncio.sleep(min(max(often, error.after), left))

    def _gone(self, why: str) -> ServerGone:
        return ServerGone(
            f"{self.where} has answered nothing for {self.spec.patience_s:g} s ({why}); "
            "what it said before is kept: go on with --resume"
        )

    async def _take(self, request: Request) -> None:
        """Returns when the limits allow a request."""
        if self._requests:
            await self._requests.take(1)
        if self._tokens:
            await self._tokens.take(tokens_of(request))

    async def _send(self, request: Request) -> Answer:
        """Makes one request, and notes whether the server is there."""
        sent = time.monotonic()
        self._flying += 1
        try:
            answer = await self._client.send(request.messages, request.parameters)
        except ModelError as error:
            self._count(requests=1, failures=1, **{f"failed/{error.reason}": 1})
            _LOG.info("%s: %s: %s", self.where, error.reason, error.detail)
            if error.passing:
                self._down_since = self._down_since or time.monotonic()
            else:
                self._good(sent)
            raise
        finally:
            self._flying -= 1
        self._good(sent)
        self._count(
            requests=1, prompt_tokens=answer.prompt_tokens, completion_tokens=answer.completion_tokens
        )
        return answer

    def _good(self, sent: float) -> None:
        self._last_good, self._down_since = time.monotonic(), None
        self._places.answered(sent)

    def _count(self, **counts: int) -> None:
        named = {f"llm/{name}": n for name, n in counts.items()}
        with self._counting:
            self._counts.update(named)
            self.total.update(named)
