"""How much a server is asked: places that follow what it can take, and the rates that a user sets."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections import deque

from inference.ledger import Request

CHARACTERS_A_TOKEN = 4
TOKENS_A_PICTURE = 1500
"""For the rate limit, before the server has counted."""

LONGEST_CLOSED_S = 5.0
"""How long at most nobody asks a server that doesn't say how long: a burst is over in seconds."""


class Places:
    """Places for requests in flight: so many at most, and fewer while the server says that it has too many.

    As in TCP (RFC 5681): what the server turns down halves the places, once for all that were in flight
    together, and nobody asks for a while. Each answer to what was sent since then gives one back, up to half
    of what there were when the server was last content (slow start); from there on each round of answers
    does (additive increase, multiplicative decrease: D. Chiu, R. Jain, Analysis of the Increase and Decrease
    Algorithms for Congestion Avoidance, 1989).

    Args:
      most: how many there are.
      first_wait_s, longest_wait_s: how long nobody asks; doubled each time, drawn at random, and longer than
        `LONGEST_CLOSED_S` only if the server asks for that.
    """

    def __init__(self, most: int, first_wait_s: float, longest_wait_s: float):
        self.most, self.limit, self.taken = most, float(most), 0
        self._first_wait_s, self._longest_wait_s = first_wait_s, longest_wait_s
        self._queue: deque[asyncio.Future[None]] = deque()
        self._turned_down, self._slow_start_to = 0, 0.0
        self._halved_at = self._closed_until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def take(self, first: bool = False) -> None:
        """Waits for a place, in order of arrival or before all others."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if first:
            self._queue.appendleft(place)
        else:
            self._queue.append(place)
        self._hand_out()
        try:
            if not place.done():
                await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.give_back()
            raise

    def give_back(self) -> None:
        """Frees a place."""
        self.taken -= 1
        self._hand_out()

    def answered(self, sent: float) -> None:
        """Notes that the server has dealt with a request.

        Args:
          sent: when it was asked (`time.monotonic`); before the last time it turned one down says nothing.
        """
        if sent >= self._halved_at:
            self._turned_down = 0
            more = 1.0 if self.limit < self._slow_start_to else 1 / self.limit
            self.limit = min(self.most, self.limit + more)

    def turned_down(self, sent: float, after: float) -> None:
        """Notes that the server takes no more.

        Args:
          sent: when it was asked (`time.monotonic`).
          after: seconds that it wants nobody to ask for.
        """
        now = time.monotonic()
        if sent >= self._halved_at:
            self._halved_at = now
            self.limit = max(1.0, self.limit / 2)
            if not self._turned_down:  # held while it goes on turning down
                self._slow_start_to = self.limit
            longest = min(self._first_wait_s * 2 ** min(self._turned_down, 20), LONGEST_CLOSED_S)
            self._turned_down += 1
            after = max(after, random.uniform(0, longest))
        self._closed_until = max(self._closed_until, now + min(after, self._longest_wait_s))

    def _hand_out(self) -> None:
        while self._queue and self.taken < int(self.limit):
            if self._timer is None and (closed := self._closed_until - time.monotonic()) > 0:
                self._timer = asyncio.get_running_loop().call_later(closed, self._open)
            if self._timer is not None:
                return
            place = self._queue.popleft()
            if not place.done():  # by whoever no longer waits
                self.taken += 1
                place.set_result(None)

    def _open(self) -> None:
        self._timer = None
        self._hand_out()


class Rate:
    """So many a minute, evenly: a bucket of a minute would let twice as many through in the first one."""

    def __init__(self, a_minute: int):
        from aiolimiter import AsyncLimiter

        self._most = max(1.0, a_minute / 60)
        self._bucket = AsyncLimiter(self._most, 60 * self._most / a_minute)
        self._turn = asyncio.Lock()  # the bucket alone would prefer small amounts

    async def take(self, amount: float) -> None:
        """Returns when so much may be used; more than the bucket holds is taken bit by bit."""
        async with self._turn:
            while amount > 0:
                part = min(amount, self._most)
                await self._bucket.acquire(part)
                amount -= part


def tokens_of(request: Request) -> float:
    """Returns about how many tokens a request and its answer have at most."""
    tokens = float(request.parameters.get("max_tokens") or 0)
    for message in request.messages:
        content = message.get("content") or ""
        for part in [{"text": content}] if isinstance(content, str) else content:
            tokens += len(part["text"]) / CHARACTERS_A_TOKEN if "text" in part else TOKENS_A_PICTURE
    return tokens


class Sizes:
    """How large the requests were that a server has answered.

    Attributes:
      largest: tokens of the largest one that was ever answered; 0 before the first one.
      answered_at: when the last one was answered.
      latest: when the latest one of those that were answered was sent.
    """

    def __init__(self) -> None:
        self.largest = self.answered_at = self.latest = 0.0
        self._latest: dict[int, float] = {}  # magnitude -> when the latest of those answered was sent

    def known(self, request: Request) -> None:
        """Notes a request that was answered at some time."""
        self.largest = max(self.largest, tokens_of(request))

    def answered(self, request: Request, sent: float) -> None:
        """Notes a request that was answered now."""
        tokens = tokens_of(request)
        self.largest, self.answered_at = max(self.largest, tokens), time.monotonic()
        self.latest = max(self.latest, sent)
        magnitude = _magnitude(tokens)
        self._latest[magnitude] = max(self._latest.get(magnitude, 0.0), sent)

    def latest_of(self, tokens: float) -> float:
        """Returns when the latest answered request was sent that is about as large, or larger."""
        least = _magnitude(tokens)
        return max((sent for magnitude, sent in self._latest.items() if magnitude >= least), default=0.0)


class Refused:
    """A request, and how often a server has told it to slow down.

    Attributes:
      tokens: see `tokens_of`.
      times: how often; `overtaken` of them, others as large had been answered that were sent since the last.
      first, last: when.
    """

    def __init__(self, request: Request):
        self.tokens = tokens_of(request)
        self.times = self.overtaken = 0
        self.first = self.last = math.inf

    def again(self, now: float, sizes: Sizes) -> None:
        """Notes another time."""
        self.times += 1
        self.overtaken += sizes.latest_of(self.tokens) > self.last
        self.first, self.last = min(self.first, now), now


def _magnitude(tokens: float) -> int:
    return int(tokens).bit_length()  # within a factor of two
