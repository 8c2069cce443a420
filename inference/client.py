"""One request to a server that speaks the OpenAI protocol, such as vLLM's, and its answer.

Whether to ask again is `inference.engine`'s affair. Keys come from the environment (`ASSAY_LLM_KEY`, else
`OPENAI_API_KEY`) and go nowhere but into the header of a request to the server that the user named;
redirections aren't followed.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

KEYS = ("ASSAY_LLM_KEY", "OPENAI_API_KEY")
MAX_WAIT_S = 60.0
_FIRST_WORD_S = 10.0  # for the list of models
MAX_ANSWER_BYTES = 8_000_000
"""An answer of more bytes than this is no answer."""

_OF_THE_REQUEST = (400, 413, 422)
"""A refusal with another status (a key that is no longer valid, a model that is gone) says nothing about the
request: whether the server refuses others too has to tell."""

Message = Mapping[str, Any]


class ModelError(Exception):
    """A request that got no usable answer.

    Attributes:
      reason: timeout, unreachable, rate_limited, server_error, refused_request (any other status but
        200), invalid_response.
      detail: one line for a person.
      passing: whether asking once more may help, since what is wrong may not be the request.
      after: seconds to wait before that, at least, as the server asks.
    """

    def __init__(self, reason: str, detail: str = "", *, passing: bool = False, after: float = 0.0):
        super().__init__(reason, detail)
        self.reason, self.detail, self.passing, self.after = reason, detail, passing, after


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model on a server.

    Attributes:
      url: as in `http://localhost:8000/v1`; a missing path is `/v1`.
      model: as the server names it.
      timeout_s: for one answer, from the first byte sent to the last byte received.
      keys: environment variables, the first of which that is set holds the key; none for a server that
        needs none.
      socket: path of the Unix socket on which the server listens, instead of the host and port of the url.
    """

    url: str
    model: str
    timeout_s: float = 120.0
    keys: tuple[str, ...] = KEYS
    socket: str = ""

    @property
    def key(self) -> str:
        """The key, from the environment of this process; empty without one."""
        return next((key for name in self.keys if (key := os.environ.get(name, "").strip())), "")

    @property
    def base(self) -> str:
        """The address that `/chat/completions` is appended to."""
        bare = self.url.rstrip("/")
        return bare if urlsplit(bare).path else f"{bare}/v1"


@dataclass(frozen=True, slots=True)
class Token:
    """A token of an answer and what the model thought of saying there.

    Attributes:
      text: the token; bytes that are part of a character as surrogates (PEP 383).
      alternatives: tokens with their log-probabilities, the likeliest first; of whole numbers only, as these
        are what scores are read from.
    """

    text: str
    alternatives: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said.

    Attributes:
      text: its message.
      finish_reason: "stop", "length", "content_filter"...
      refusal: what the server put there instead of a message; empty otherwise.
      prompt_tokens, completion_tokens: as the server counts them; 0 where it doesn't.
      tokens: those of the text, where log-probabilities were asked for and given.
    """

    text: str
    finish_reason: str = "stop"
    refusal: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    tokens: tuple[Token, ...] = ()


class ChatClient:
    """Sends requests to one model, any number at a time.

    Has to be made and closed within a running event loop.
    """

    def __init__(self, endpoint: Endpoint):
        import aiohttp

        self.endpoint = endpoint
        # Shorter than the servers' (uvicorn, and so vLLM, closes idle connections after 5 s).
        how: dict[str, Any] = {"limit": 0, "keepalive_timeout": 3.0}
        self._http = aiohttp.ClientSession(
            headers=_headers(endpoint),
            connector=(
                aiohttp.UnixConnector(endpoint.socket, **how)
                if endpoint.socket
                else aiohttp.TCPConnector(**how)
            ),
            timeout=aiohttp.ClientTimeout(total=endpoint.timeout_s),
        )

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.close()

    async def send(self, messages: Sequence[Message], parameters: Mapping[str, Any]) -> Answer:
        """Makes one request and returns the model's answer to a conversation.

        Args:
          messages: as in the protocol.
          parameters: of the request: temperature, max_tokens, response_format...

        Raises:
          ModelError: no usable answer.
        """
        import aiohttp

        url = f"{self.endpoint.base}/chat/completions"
        body = {"model": self.endpoint.model, "messages": list(messages), **parameters}
        try:
            async with self._http.post(url, json=body, allow_redirects=False) as response:
                content = await _content(response)
        except TimeoutError:
            detail = f"no answer within {self.endpoint.timeout_s:g} s"
            raise ModelError("timeout", detail, passing=True) from None
        except (aiohttp.ClientError, OSError) as error:
            raise ModelError("unreachable", _one_line(error), passing=True) from None
        status = response.status
        if status == 429 or status >= 500:
            reason = "rate_limited" if status == 429 else "server_error"
            after = _seconds(response.headers.get("Retry-After", ""))
            raise ModelError(reason, _refusal(self.endpoint, status, content), passing=True, after=after)
        if status != 200:
            passing = status not in _OF_THE_REQUEST
            raise ModelError("refused_request", _refusal(self.endpoint, status, content), passing=passing)
        try:
            return _answer(json.loads(content))
        except (ValueError, RecursionError):
            raise ModelError("invalid_response", "no JSON", passing=True) from None


class BadEndpoint(Exception):
    """The server can't be used; the message says why, in one line."""


def check_endpoint(endpoint: Endpoint) -> None:
    """Asks the server once for its models, before any work.

    Raises:
      BadEndpoint: the address is none or holds a password, nobody answers there, the key is refused, or
        the server has other models.
    """
    try:
        parts = urlsplit(endpoint.url)
    except ValueError as error:
        raise BadEndpoint(f"{endpoint.url!r} is no address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadEndpoint(f"{endpoint.url!r} is no address such as http://localhost:8000/v1")
    if parts.username or parts.password:
        raise BadEndpoint(f"an address holds no password; set {KEYS[0]} instead")
    if parts.query or parts.fragment:
        raise BadEndpoint(f"an address has no ? or # part; a key is taken from {KEYS[0]}")
    status, content = asyncio.run(_request(endpoint, "models", min(_FIRST_WORD_S, endpoint.timeout_s)))
    if status in (401, 403):
        given = next((name for name in endpoint.keys if os.environ.get(name)), None)
        raise BadEndpoint(
            f"{endpoint.url} refuses "
            + (f"the key in {given}" if given else f"access; set {endpoint.keys[0]}")
        )
    if status >= 500:
        raise BadEndpoint(f"the model server at {endpoint.url} answers with status {status}")
    try:
        names = [str(model["id"]) for model in json.loads(content)["data"]]
    except (ValueError, KeyError, TypeError):  # not every server lists its models
        _check_by_asking(endpoint)
        return
    if names and endpoint.model not in names:
        raise BadEndpoint(f"{endpoint.url} has no model {endpoint.model!r}; it has: {', '.join(names[:5])}")


def _check_by_asking(endpoint: Endpoint) -> None:
    question = {"model": endpoint.model, "messages": [{"role": "user", "content": "1"}], "max_tokens": 1}
    # A model may think for as long as any answer may take.
    status, content = asyncio.run(_request(endpoint, "chat/completions", endpoint.timeout_s, question))
    if 300 <= status < 500 and status not in (*_OF_THE_REQUEST, 408, 425, 429):
        raise BadEndpoint(
            f"{endpoint.base}/chat/completions answers {_refusal(endpoint, status, content)}; "
            "is this the address that ends in /v1, and the model's name?"
        )


async def _request(
    endpoint: Endpoint, path: str, patience_s: float, body: Mapping[str, Any] | None = None
) -> tuple[int, bytes]:
    """Returns the status and the body of a page of the server, to which `body` is posted, if there is one.

    Raises:
      BadEndpoint: nobody answers in time.
    """
    import aiohttp

    patience = aiohttp.ClientTimeout(total=patience_s)
    try:
        async with (
            aiohttp.ClientSession(headers=_headers(endpoint), timeout=patience) as http,
            http.request(
                "POST" if body else "GET", f"{endpoint.base}/{path}", json=body, allow_redirects=False
            ) as response,
        ):
            return response.status, await _content(response)
    except (aiohttp.ClientError, TimeoutError, ModelError, ValueError) as error:
        raise BadEndpoint(f"no model server at {endpoint.url}: {_one_line(error)}") from None


def _refusal(endpoint: Endpoint, status: int, content: bytes) -> str:
    """Returns a status and what the server says of it."""
    said = content.decode(errors="replace")
    if endpoint.key:  # which some servers repeat
        said = said.replace(endpoint.key, "***")
    said = " ".join(said[:300].split())[:200]
    return f"status {status}: {said}" if said else f"status {status}"


def _headers(endpoint: Endpoint) -> dict[str, str]:
    return {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}


async def _content(response: Any) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > MAX_ANSWER_BYTES:
            raise ModelError("invalid_response", f"more than {MAX_ANSWER_BYTES:,} bytes", passing=True)
    return bytes(content)


def _answer(response: Any) -> Answer:
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
            _tokens(usage, "prompt_tokens"),
            _tokens(usage, "completion_tokens"),
            tuple(map(_token, (choice.get("logprobs") or {}).get("content") or ())),
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError):
        raise ModelError("invalid_response", "JSON, but no chat completion", passing=True) from None


def _token(entry: Any) -> Token:
    data = entry.get("bytes")  # a token may be part of a character
    text = str(entry["token"])
    if isinstance(data, list) and data:
        text = bytes(data).decode(errors="surrogateescape")
    if not text.strip().isdigit():
        return Token(text, ())  # those of a rationale would make up 95 % of the ledger
    others = [(str(other["token"]), float(other["logprob"])) for other in entry.get("top_logprobs") or ()]
    return Token(text, tuple(others))


def _tokens(usage: Any, name: str) -> int:
    """Returns a count of the server's, within what any answer can have."""
    return min(max(int(usage.get(name) or 0), 0), 2**31 - 1)


def _seconds(retry_after: str) -> float:
    """Returns what a Retry-After header asks for, within reason; dates are rare and not read."""
    try:
        return max(0.0, min(float(retry_after), MAX_WAIT_S))  # in this order, "nan" is 0
    except ValueError:
        return 0.0


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
