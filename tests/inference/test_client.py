from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from inference import client as module
from inference.client import Answer, BadEndpoint, ChatClient, Endpoint, ModelError, check_endpoint
from tests.inference.stub import MODEL, Reply, Stub

QUESTION = [{"role": "user", "content": "2 + 2?"}]
FOUR = Reply("four it is")


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in module.KEYS:
        monkeypatch.delenv(name, raising=False)


def ask(stub: Stub, timeout_s: float = 30, **parameters: Any) -> Answer:
    async def once() -> Answer:
        async with ChatClient(Endpoint(stub.url, MODEL, timeout_s)) as client:
            return await client.chat(QUESTION, **parameters)

    return asyncio.run(once())


def replies(*given: Reply) -> Any:
    """A script that sends one reply after the other, and the last one from then on."""
    return lambda body, number: given[min(number, len(given) - 1)]


def test_a_question_and_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_LLM_KEY", "sesame")
    with Stub(replies(FOUR)) as stub:
        answer = ask(stub, temperature=0, max_tokens=5)
    assert answer == Answer("four it is", "stop", "", 100, 3, 1)
    [(_, headers, body)] = stub.requests
    assert body == {"model": MODEL, "messages": QUESTION, "temperature": 0, "max_tokens": 5}
    assert headers["Authorization"] == "Bearer sesame"


def test_without_a_key_none_is_sent() -> None:
    with Stub(replies(FOUR)) as stub:
        ask(stub)
    assert "Authorization" not in stub.requests[0][1]


@pytest.mark.parametrize(
    "fault",
    [
        Reply("busy", status=429, raw=True),
        Reply("oh", status=500, raw=True),
        Reply("oh", status=503, raw=True),
        Reply("half of this", cut=20),
        Reply("<html>", raw=True),
    ],
    ids=["429", "500", "503", "half a body", "no JSON"],
)
def test_what_may_pass_is_asked_again(fault: Reply) -> None:
    with Stub(replies(fault, fault, FOUR)) as stub:
        answer = ask(stub)
    assert (answer.text, answer.requests, len(stub.requests)) == ("four it is", 3, 3)


def test_the_time_that_the_server_asks_for_is_waited() -> None:
    with Stub(replies(Reply("", status=429, headers={"Retry-After": "1.5"}, raw=True), FOUR)) as stub:
        ask(stub)
    first, second = (at for at, _, _ in stub.requests)
    assert second - first >= 1.5


def test_silence_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ATTEMPTS", 2)
    with Stub(replies(Reply("late", pause=3))) as stub:
        start = time.monotonic()
        with pytest.raises(ModelError) as caught:
            ask(stub, timeout_s=0.3)
        assert time.monotonic() - start < 2.5
    assert (caught.value.reason, caught.value.requests) == ("timeout", 2)


@pytest.mark.parametrize(
    ("reply", "reason", "requests"),
    [
        (Reply("too many pictures", status=400, raw=True), "refused_request", 1),
        (Reply("no such page", status=404, raw=True), "refused_request", 1),
        (
            Reply("go there", status=302, headers={"Location": "http://127.0.0.1:9/"}, raw=True),
            "refused_request",
            1,
        ),
        (Reply(json.dumps({"error": "x"}), raw=True), "invalid_response", 1),
        (Reply(json.dumps({"choices": [{"message": {"content": ["a"]}}]}), raw=True), "invalid_response", 1),
        (Reply("[]", raw=True), "invalid_response", 1),
        (Reply("x" * (module.MAX_ANSWER_BYTES + 1), raw=True), "invalid_response", 1),
        (Reply("busy", status=429, raw=True), "rate_limited", 3),
        (Reply("oh", status=502, raw=True), "server_error", 3),
    ],
)
def test_what_can_not_be_mended_has_a_reason(
    reply: Reply, reason: str, requests: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_ATTEMPTS", 3)
    monkeypatch.setenv("ASSAY_LLM_KEY", "sesame")
    with Stub(replies(reply)) as stub, pytest.raises(ModelError) as caught:
        ask(stub)
    assert (caught.value.reason, caught.value.requests, len(stub.requests)) == (reason, requests, requests)
    assert "sesame" not in str(caught.value)


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ATTEMPTS", 1)
    with Stub(replies(FOUR)) as stub:
        pass
    with pytest.raises(ModelError) as caught:
        ask(stub)
    assert caught.value.reason == "unreachable"


def test_many_questions_are_in_flight() -> None:
    async def all_at_once(stub: Stub) -> list[Answer]:
        async with ChatClient(Endpoint(stub.url, MODEL)) as client:
            return await asyncio.gather(*(client.chat(QUESTION) for _ in range(20)))

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
    with Stub(replies(FOUR), key="sesame") as stub:
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


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://host/v1", "http://", "http://user:sesame@host/v1"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(BadEndpoint) as caught:
        check_endpoint(Endpoint(url, MODEL))
    assert "sesame" not in str(caught.value)
