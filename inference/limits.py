"""How much a server is asked: places that follow what it can take, and the rates that a user sets."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque

from inference.ledger import Request

CHARACTERS_A_TOKEN = 4
TOKENS_A_PICTURE = 1500
"""For the rate limit, before the server has counted."""


class Places:
    """Places for requests in flight: so many at most, and fewer while the server says that it has too many.

    Additive increase, multiplicative decrease (D. Chiu, R. Jain, Analysis of the Increase and Decrease
    Algorithms for Congestion Avoidance, 1989), as in TCP: what the server turns down halves the places, once
    for all that were in flight together, and nobody asks for a while; each round of answers gives one back.

    Args:
      most: how many there are.
      first_wait_s, longest_wait_s: how long nobody asks; doubled each time, and drawn at random.
    """

    def __init__(self, most: int, first_wait_s: float, longest_wait_s: float):
        self.most, self.limit, self.taken = most, float(most), 0
        self._first_wait_s, self._longest_wait_s = first_wait_s, longest_wait_s
        self._queue: deque[asyncio.Future[None]] = deque()
        self._turned_down = 0
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

    def answered(self) -> None:
        """Notes that the server has dealt with a request."""
        self._turned_down = 0
        self.limit = min(self.most, self.limit + 1 / self.limit)

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
            longest = self._first_wait_s * 2 ** min(self._turned_down, 20)
            self._turned_down += 1
            after = max(after, random.uniform(0, min(longest, self._longest_wait_s)))
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
