from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from inference import client as module
from inference.client import Answer, BadEndpoint, ChatClient, Endpoint, ModelError, Token, check_endpoint
from tests.inference.stub import MODEL, Reply, Stub

QUESTION = [{"role": "user", "content": "2 + 2?"}]
FOUR = Reply("four it is")


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in module.KEYS:
        monkeypatch.delenv(name, raising=False)


def ask(url: str, timeout_s: float = 30, **parameters: Any) -> Answer:
    async def once() -> Answer:
        client = ChatClient(Endpoint(url, MODEL, timeout_s))
        try:
            return await client.send(QUESTION, parameters)
        finally:
            await client.close()

    return asyncio.run(once())


def always(reply: Reply) -> Any:
    return lambda body, number: reply


def completion(**choice: Any) -> Reply:
    """A whole answer with a choice of its own."""
    return Reply(json.dumps({"choices": [{"message": {"content": "four"}, **choice}]}), raw=True)


def test_a_question_and_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_LLM_KEY", "sesame\n")  # as a file ends
    with Stub(always(FOUR)) as stub:
        answer = ask(stub.url, temperature=0, max_tokens=5)
    assert answer == Answer("four it is", "stop", "", 100, 3)
    [(_, headers, body)] = stub.requests
    assert body == {"model": MODEL, "messages": QUESTION, "temperature": 0, "max_tokens": 5}
    assert headers["Authorization"] == "Bearer sesame"


def test_without_a_key_none_is_sent() -> None:
    with Stub(always(FOUR)) as stub:
        ask(stub.url)
    assert "Authorization" not in stub.requests[0][1]


def test_a_refusal_is_an_answer() -> None:
    with Stub(always(Reply("", refusal="I would rather not"))) as stub:
        answer = ask(stub.url)
    assert (answer.text, answer.refusal) == ("", "I would rather not")


def test_likelihoods_of_numbers_and_tokens_that_are_parts_of_characters() -> None:
    first, second = "é".encode()
    content = [
        {"token": "?", "bytes": [first], "top_logprobs": [{"token": "?", "logprob": -0.5}]},
        {"token": "?", "bytes": [second], "top_logprobs": None},
        {"token": "4", "bytes": None, "top_logprobs": [{"token": "4", "logprob": -0.1}]},
    ]
    with Stub(always(completion(logprobs={"content": content}))) as stub:
        tokens = ask(stub.url).tokens
    assert tokens == (
        Token("\udcc3", ()),
        Token("\udca9", ()),
        Token("4", (("4", -0.1),)),
    )
    assert b"".join(token.text.encode(errors="surrogateescape") for token in tokens).decode() == "é4"


HOSTILE = {
    "an error": json.dumps({"error": "x"}),
    "a list": "[]",
    "no JSON": "<html>",
    "nothing": "",
    "no text": "\udcff",
    "nesting": "[" * 100_000,
    "a message that is none": json.dumps({"choices": [{"message": None}]}),
    "parts": json.dumps({"choices": [{"message": {"content": ["a"]}}]}),
    "endless usage": '{"choices": [{"message": {"content": "a"}}], "usage": {"prompt_tokens": Infinity}}',
    "usage that is none": '{"choices": [{"message": {"content": "a"}}], "usage": [1]}',
    "a token that is none": json.dumps(
        {"choices": [{"message": {"content": "a"}, "logprobs": {"content": [1]}}]}
    ),
    "bytes that are none": json.dumps(
        {"choices": [{"message": {}, "logprobs": {"content": [{"token": "a", "bytes": [999]}]}}]}
    ),
    "too much": "x" * (module.MAX_ANSWER_BYTES + 1),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_answer_may_pass(body: str) -> None:
    reply = Reply(raw=True)
    reply.body = body.encode(errors="surrogateescape")
    with Stub(always(reply)) as stub, pytest.raises(ModelError) as caught:
        ask(stub.url)
    assert (caught.value.reason, caught.value.passing, len(stub.requests)) == ("invalid_response", True, 1)


def test_a_number_of_bytes_is_no_bytes() -> None:
    """Python's bytes(10**12) would be so many zeros."""
    content = [{"token": "a", "bytes": 10**12, "top_logprobs": []}]
    with Stub(always(completion(logprobs={"content": content}))) as stub:
        assert ask(stub.url).tokens == (Token("a", ()),)


@pytest.mark.parametrize(
    ("status", "reason", "passing"),
    [
        (400, "refused_request", False),
        (413, "refused_request", False),
        (422, "refused_request", False),
        (302, "refused_request", True),
        (401, "refused_request", True),
        (402, "refused_request", True),
        (403, "refused_request", True),
        (404, "refused_request", True),
        (429, "rate_limited", True),
        (500, "server_error", True),
        (503, "server_error", True),
    ],
)
def test_a_status_has_a_reason(
    status: int, reason: str, passing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_LLM_KEY", "sesame")
    reply = Reply("two\nlines", status=status, raw=True, headers={"Location": "http://127.0.0.1:9/"})
    with Stub(always(reply)) as stub, pytest.raises(ModelError) as caught:
        ask(stub.url)
    assert (caught.value.reason, caught.value.passing, len(stub.requests)) == (reason, passing, 1)
    assert caught.value.detail.startswith(f"status {status}")
    assert "\n" not in caught.value.detail
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "after"),
    [
        ("1.5", 1.5),
        ("0", 0),
        ("-3", 0),
        ("1e9", 60),
        ("nan", 0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 0),
        ("", 0),
    ],
)
def test_the_time_that_the_server_asks_for(header: str, after: float) -> None:
    reply = Reply("", status=429, headers={"Retry-After": header}, raw=True)
    with Stub(always(reply)) as stub, pytest.raises(ModelError) as caught:
        ask(stub.url)
    assert caught.value.after == after


def test_silence_ends_at_the_limit() -> None:
    with Stub(always(Reply("late", pause=20))) as stub:
        start = time.monotonic()
        with pytest.raises(ModelError) as caught:
            ask(stub.url, timeout_s=0.3)
    assert time.monotonic() - start < 15
    assert (caught.value.reason, caught.value.detail) == ("timeout", "no answer within 0.3 s")


def test_half_a_body() -> None:
    with Stub(always(Reply("half of this", cut=20))) as stub, pytest.raises(ModelError) as caught:
        ask(stub.url)
    assert (caught.value.reason, caught.value.passing) == ("unreachable", True)


def test_nobody_there() -> None:
    with Stub(always(FOUR)) as stub:
        pass
    with pytest.raises(ModelError) as caught:
        ask(stub.url)
    assert (caught.value.reason, caught.value.passing) == ("unreachable", True)


def test_many_questions_are_in_flight() -> None:
    async def all_at_once(stub: Stub) -> list[Answer]:
        client = ChatClient(Endpoint(stub.url, MODEL))
        try:
            return await asyncio.gather(*(client.send(QUESTION, {}) for _ in range(20)))
        finally:
            await client.close()

    with Stub(lambda body, number: Reply(str(number), pause=0.5)) as stub:
        answers = asyncio.run(all_at_once(stub))
    assert sorted(int(answer.text) for answer in answers) == list(range(20))
    assert stub.most == 20


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://host:8000", "http://host:8000/v1"),
        ("http://host:8000/", "http://host:8000/v1"),
        ("http://host:8000/v1/", "http://host:8000/v1"),
        ("https://host/openai/v2", "https://host/openai/v2"),
    ],
)
def test_addresses(url: str, base: str) -> None:
    assert Endpoint(url, MODEL).base == base


def test_a_server_that_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Stub(always(FOUR), key="sesame") as stub:
        with pytest.raises(BadEndpoint, match=r"refuses access; set ASSAY_LLM_KEY$"):
            check_endpoint(Endpoint(stub.url, MODEL))
        monkeypatch.setenv("OPENAI_API_KEY", "wrong")
        with pytest.raises(BadEndpoint, match=r"refuses the key in OPENAI_API_KEY$"):
            check_endpoint(Endpoint(stub.url, MODEL))
        monkeypatch.setenv("ASSAY_LLM_KEY", "sesame")
        check_endpoint(Endpoint(stub.url, MODEL))
        with pytest.raises(BadEndpoint, match=r"has no model 'other'; it has: stub-vision$"):
            check_endpoint(Endpoint(stub.url, "other"))
    with pytest.raises(BadEndpoint, match=r"^no model server at http://127\.0\.0\.1:\d+/v1: "):
        check_endpoint(Endpoint(stub.url, MODEL))


def test_an_address_that_lists_no_models_is_asked() -> None:
    with (
        Stub(always(FOUR)) as stub,
        pytest.raises(BadEndpoint, match=r"/v1/chat/completions/chat/completions answers status 404"),
    ):
        check_endpoint(Endpoint(f"{stub.url}/chat/completions", MODEL))
    assert len(stub.requests) == 1


@pytest.mark.parametrize("status", [302, 429, 500])
def test_what_a_server_says_of_a_failure_is_told(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_LLM_KEY", "sesame")
    with (
        Stub(always(Reply("insufficient_quota of sesame", status=status, raw=True))) as stub,
        pytest.raises(ModelError) as caught,
    ):
        ask(stub.url)
    assert caught.value.detail == f"status {status}: insufficient_quota of ***"
    with Stub(always(Reply("", status=status, raw=True))) as stub, pytest.raises(ModelError) as caught:
        ask(stub.url)
    assert caught.value.detail == f"status {status}"


def test_a_key_that_no_header_can_hold_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_LLM_KEY", "open\nsesame")
    with Stub(always(FOUR)) as stub, pytest.raises(BadEndpoint) as caught:
        check_endpoint(Endpoint(stub.url, MODEL))
    assert "sesame" not in str(caught.value)
    assert stub.requests == []


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://h/v1?api_key=sesame",
            "localhost:8000",
            "ftp://host/v1",
            "http://",
            "http://user:sesame@host/v1",
        ),
        *("http://[::1", "http://127.0.0.1:99999/v1", "http://127.0.0.1:port/v1"),
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(BadEndpoint) as caught:
        check_endpoint(Endpoint(url, MODEL))
    assert "sesame" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_key_goes_to_its_server_alone_and_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sesame")
    monkeypatch.setenv("OTHER_KEY", "walnut")
    said = Reply("no such key: walnut", status=400, raw=True)

    async def ask(endpoint: Endpoint) -> None:
        client = ChatClient(endpoint)
        try:
            await client.send(QUESTION, {})
        finally:
            await client.close()

    with Stub(lambda body, number: said) as stub:
        for keys in ((), ("OTHER_KEY",)):
            with pytest.raises(ModelError) as caught:
                asyncio.run(ask(Endpoint(stub.url, MODEL, keys=keys)))
            assert ("walnut" in str(caught.value)) is (keys == ())
    headers = [headers.get("Authorization") for _, headers, _ in stub.requests]
    assert headers == [None, "Bearer walnut"]


def test_a_server_without_a_list_may_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_WORD_S", 0.3)
    with Stub(always(Reply("four", pause=0.6))) as stub:
        module._check_by_asking(Endpoint(stub.url, MODEL, timeout_s=5))
        with pytest.raises(BadEndpoint, match="no model server"):
            module._check_by_asking(Endpoint(stub.url, MODEL, timeout_s=0.3))
