"""A client of servers that speak the OpenAI protocol, such as vLLM's.

Keys come from the environment (`ASSAY_LLM_KEY`, else `OPENAI_API_KEY`) and go nowhere but into the header of
a request to the server that the user named; redirections aren't followed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

KEYS = ("ASSAY_LLM_KEY", "OPENAI_API_KEY")
MAX_ATTEMPTS = 6
MAX_WAIT_S = 60.0
MAX_ANSWER_BYTES = 8_000_000
"""An answer of more bytes than this is no answer."""

Message = Mapping[str, Any]


class ModelError(Exception):
    """A request that got no usable answer.

    Attributes:
      reason: timeout, unreachable, rate_limited, server_error, refused_request (any other status of
        the 400s), invalid_response.
      detail: one line for a person.
      requests: how many were made.
    """

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail
        self.requests = 1


class _Again(Exception):
    """Asking once more may help, after so many seconds at least."""

    def __init__(self, error: ModelError, after: float = 0.0):
        super().__init__(error)
        self.error, self.after = error, after


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model on a server.

    Attributes:
      url: as in `http://localhost:8000/v1`; a missing path is `/v1`.
      model: as the server names it.
      timeout_s: for one answer, from the first byte sent to the last byte received.
    """

    url: str
    model: str
    timeout_s: float = 120.0

    @property
    def base(self) -> str:
        """The address that `/chat/completions` is appended to."""
        bare = self.url.rstrip("/")
        return bare if urlsplit(bare).path else f"{bare}/v1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said.

    Attributes:
      text: its message.
      finish_reason: "stop", "length", "content_filter"...
      refusal: what the server put there instead of a message; empty otherwise.
      prompt_tokens, completion_tokens: as the server counts them; 0 where it doesn't.
      requests: how many it took.
    """

    text: str
    finish_reason: str = "stop"
    refusal: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    requests: int = 1


class ChatClient:
    """Asks one model, any number of questions at a time.

    Example:
      async with ChatClient(endpoint) as client:
          answer = await client.chat([{"role": "user", "content": "..."}], temperature=0)
    """

    def __init__(self, endpoint: Endpoint):
        import httpx2

        self.endpoint = endpoint
        self._http = httpx2.AsyncClient(
            headers=_headers(),
            timeout=httpx2.Timeout(endpoint.timeout_s, pool=None),
            limits=httpx2.Limits(max_connections=None),
        )

    async def __aenter__(self) -> ChatClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def chat(self, messages: Sequence[Message], **parameters: Any) -> Answer:
        """Returns the model's answer to a conversation.

        What may pass (429, 5xx, a timeout, a broken connection) is asked again, after a time that grows
        and is drawn at random, and not before the server's Retry-After.

        Args:
          messages: as in the protocol.
          parameters: of the request: temperature, max_tokens, response_format...

        Raises:
          ModelError: no usable answer.
        """
        import tenacity

        body = {"model": self.endpoint.model, "messages": list(messages), **parameters}
        backoff = tenacity.wait_random_exponential(multiplier=0.5, max=MAX_WAIT_S)

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            return max(backoff(state), error.after if isinstance(error, _Again) else 0.0)

        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(_Again),
            stop=tenacity.stop_after_attempt(MAX_ATTEMPTS),
            wait=wait,
            reraise=True,
        )
        requests = 0

        async def ask() -> Answer:
            nonlocal requests
            requests += 1
            return _answer(await self._post(body), requests)

        try:
            return await retrying(ask)
        except (_Again, ModelError) as error:
            failure = error.error if isinstance(error, _Again) else error
            failure.requests = requests
            raise failure from None

    async def _post(self, body: Mapping[str, Any]) -> Any:
        """Sends one request and returns the JSON that comes back."""
        import asyncio
        import json

        import httpx2

        try:
            async with asyncio.timeout(self.endpoint.timeout_s):
                url = f"{self.endpoint.base}/chat/completions"
                async with self._http.stream("POST", url, json=body) as response:
                    content = await _content(response)
        except (TimeoutError, httpx2.TimeoutException):
            raise _Again(ModelError("timeout", f"no answer within {self.endpoint.timeout_s:g} s")) from None
        except httpx2.TransportError as error:
            raise _Again(ModelError("unreachable", _one_line(error))) from None
        status = response.status_code
        if status == 429 or status >= 500:
            reason = "rate_limited" if status == 429 else "server_error"
            after = _seconds(response.headers.get("retry-after", ""))
            raise _Again(ModelError(reason, f"status {status}"), after)
        if status != 200:
            raise ModelError(
                "refused_request", f"status {status}: {_one_line(content[:300].decode(errors='replace'))}"
            )
        try:
            return json.loads(content)
        except ValueError:
            raise _Again(ModelError("invalid_response", "no JSON")) from None


class BadEndpoint(Exception):
    """The server can't be used; the message says why, in one line."""


def check_endpoint(endpoint: Endpoint) -> None:
    """Asks the server once for its models, before any work.

    Raises:
      BadEndpoint: the address is none or holds a password, nobody answers there, the key is refused, or
        the server has other models.
    """
    import httpx2

    parts = urlsplit(endpoint.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadEndpoint(f"{endpoint.url!r} is no address such as http://localhost:8000/v1")
    if parts.username or parts.password:
        raise BadEndpoint(f"an address holds no password; set {KEYS[0]} instead")
    try:
        response = httpx2.get(
            f"{endpoint.base}/models", headers=_headers(), timeout=min(10.0, endpoint.timeout_s)
        )
    except httpx2.HTTPError as error:
        raise BadEndpoint(f"no model server at {endpoint.url}: {_one_line(error)}") from None
    if response.status_code in (401, 403):
        given = next((name for name in KEYS if os.environ.get(name)), None)
        raise BadEndpoint(
            f"{endpoint.url} refuses " + (f"the key in {given}" if given else f"access; set {KEYS[0]}")
        )
    if response.status_code >= 500:
        raise BadEndpoint(f"the model server at {endpoint.url} answers with status {response.status_code}")
    try:
        names = [str(model["id"]) for model in response.json()["data"]]
    except (ValueError, KeyError, TypeError):  # not every server lists its models
        return
    if names and endpoint.model not in names:
        raise BadEndpoint(f"{endpoint.url} has no model {endpoint.model!r}; it has: {', '.join(names[:5])}")


def _headers() -> dict[str, str]:
    key = next((key for name in KEYS if (key := os.environ.get(name))), "")
    return {"Authorization": f"Bearer {key}"} if key else {}


async def _content(response: Any) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > MAX_ANSWER_BYTES:
            raise ModelError("invalid_response", f"more than {MAX_ANSWER_BYTES:,} bytes")
    return bytes(content)


def _answer(response: Any, requests: int) -> Answer:
    try:
        choice = response["choices"][0]
        message, usage = choice["message"], response.get("usage") or {}
        text, refusal = message.get("content") or "", message.get("refusal") or ""
        if not isinstance(text, str) or not isinstance(refusal, str):
            raise TypeError
        return Answer(
            text,
            str(choice.get("finish_reason") or ""),
            refusal,
            int(usage.get("prompt_tokens") or 0),
            int(usage.get("completion_tokens") or 0),
            requests,
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise ModelError("invalid_response", "JSON, but no chat completion") from None


def _seconds(retry_after: str) -> float:
    """Returns what a Retry-After header asks for, within reason; dates are rare and not read."""
    try:
        return min(max(float(retry_after), 0.0), MAX_WAIT_S)
    except ValueError:
        return 0.0


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
