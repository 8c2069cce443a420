from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from inference.client import Answer, ModelError
from inference.ledger import Request
from inference.structured import MAX_SAID, InvalidAnswer, _bare, ask_structured, response_format


class Score(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: str
    score: int = Field(ge=1, le=5)


GOOD = Answer('{"reason": "\\\\frac{1}{2} is right", "score": 4}')
REQUEST = Request([{"role": "user", "content": "Judge."}], {"temperature": 0}, "judge-1", 3)


class Engine:
    """A stub of `Engine`: one answer after the other; keeps what it is asked."""

    def __init__(self, *answers: Answer | Exception):
        self.answers, self.asked = iter(answers), list[Request]()

    async def ask(self, request: Request) -> Answer:
        self.asked.append(request)
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


def ask(*answers: Answer | Exception) -> tuple[Any, Sequence[Request]]:
    """Returns the value, or what was raised, and what was asked."""
    engine = Engine(*answers)
    try:
        return asyncio.run(ask_structured(engine, REQUEST, Score)), engine.asked  # type: ignore[arg-type]
    except (InvalidAnswer, ModelError) as error:
        return error, engine.asked


def test_a_valid_answer() -> None:
    found, [asked] = ask(GOOD)
    assert found.value == Score(reason="\\frac{1}{2} is right", score=4)
    assert found.answer is GOOD
    assert asked.parameters == {"temperature": 0, "response_format": response_format(Score)}
    assert (asked.messages, asked.prompt, asked.sample) == (REQUEST.messages, "judge-1", 3)


def test_the_schema_is_that_of_the_shape() -> None:
    sent = response_format(Score)
    assert sent["type"] == "json_schema"
    assert sent["json_schema"]["name"] == "Score"
    assert sent["json_schema"]["schema"]["properties"]["score"]["maximum"] == 5
    json.dumps(sent)


@pytest.mark.parametrize("wrong", [1, 2])
def test_what_is_wrong_is_shown_twice_at_most(wrong: int) -> None:
    bad = [Answer('{"reason": "x", "score": 9}'), Answer("not JSON")][:wrong]
    found, asked = ask(*bad, GOOD)
    assert found.value.score == 4
    assert [len(request.messages) for request in asked] == [1, 3, 5][: wrong + 1]
    said, shown = asked[1].messages[1:]
    assert said == {"role": "assistant", "content": bad[0].text}
    assert shown["role"] == "user"
    assert "score: Input should be less than or equal to 5" in shown["content"]
    assert asked[-1].parameters == asked[0].parameters


def test_the_same_wrong_answer_is_asked_for_anew() -> None:
    """The ledger knows requests by their content: the second re-ask must not be the first one again."""
    found, asked = ask(*[Answer("{}")] * 3)
    assert (found.reason, found.texts) == ("invalid_answer", ("{}",) * 3)
    assert len({request.key("m") for request in asked}) == 3


@pytest.mark.parametrize(
    ("answer", "reason", "detail"),
    [
        (Answer("{}"), "invalid_answer", "reason: Field required; score: Field required"),
        (Answer(""), "invalid_answer", "the whole: Invalid JSON: EOF while parsing"),
        (Answer("[" * 100_000), "invalid_answer", "the whole: Invalid JSON"),
        (Answer('{"reason": "\ud800", "score": 9}'), "invalid_answer", "score: Input should be less"),
        (Answer("", refusal="I can't\nhelp"), "refusal", "I can't\nhelp"),
        (Answer("", "content_filter"), "refusal", "the server's filter held it back"),
        (Answer('{"reason": "a', "length", "", 9, 7), "truncated_answer", "cut off after 7 tokens"),
    ],
)
def test_three_times_wrong_has_a_reason(answer: Answer, reason: str, detail: str) -> None:
    found, asked = ask(answer, answer, answer)
    assert len(asked) == 3
    assert found.reason == reason
    assert found.detail.startswith(detail)
    assert found.texts == (answer.text or answer.refusal,) * 3


def test_what_is_wrong_is_told_in_few_words_without_the_values() -> None:
    many = {f"{'k' * 5000}{i}": "secret" for i in range(100)}
    found, asked = ask(*[Answer(json.dumps(many))] * 3)
    assert len(found.detail) <= MAX_SAID
    assert "secret" not in found.detail
    assert "secret" not in asked[1].messages[2]["content"]


def test_a_long_refusal_is_cut() -> None:
    found, asked = ask(*[Answer("", refusal="no " * MAX_SAID)] * 3)
    assert len(found.detail) == MAX_SAID
    assert len(asked[1].messages[2]["content"]) < MAX_SAID + 100


def test_a_server_that_fails_at_once_is_no_invalid_answer() -> None:
    found, _ = ask(ModelError("timeout", "x"))
    assert isinstance(found, ModelError)


def test_what_was_said_is_kept_if_the_server_does_not_hear_the_rest() -> None:
    found, _ = ask(Answer("{}"), ModelError("refused_request", "too long"))
    assert isinstance(found, InvalidAnswer)
    assert (found.reason, found.texts) == ("refused_request", ("{}",))
    assert found.detail.startswith("too long; asked again")


JSON = '{"a": "\\\\alpha```"}'


@pytest.mark.parametrize(
    "text",
    [
        JSON,
        f"\n {JSON} \n",
        f"```json\n{JSON}\n```",
        f"Sure! Here it is:\n```json\n{JSON}\n```",
        f"```\n{JSON}\n```\n",
        f"<think>first { {'x': 1} } then</think>\n\n{JSON}",
        f"no opening tag </think> {JSON}",
        f"<think>hm</think>```json\n{JSON}\n```",
    ],
)
def test_the_json_of_an_answer(text: str) -> None:
    assert _bare(text) == JSON.encode()


@pytest.mark.parametrize("text", ["Here it is: {}", "", "```python\n{}\n```", '{"a": "</think>"}'])
def test_what_is_more_than_json_stays_wrong(text: str) -> None:
    assert _bare(text).decode() == text


def test_an_answer_of_blanks_takes_no_time() -> None:
    start = time.monotonic()
    _bare("```json" + "\n" * 2_000_000 + "x")
    _bare("<think>" * 500_000)
    assert time.monotonic() - start < 30  # minutes if it grew with the square


@given(st.text(st.characters(codec=None)))
def test_any_text_is_taken_or_left(text: str) -> None:
    found, _ = ask(*[Answer(text)] * 3)
    assert isinstance(found, InvalidAnswer)
    assert found.reason == "invalid_answer"


@given(st.text(), st.integers(1, 5))
def test_any_value_comes_back(reason: str, score: int) -> None:
    found, _ = ask(Answer(json.dumps({"reason": reason, "score": score})))
    assert found.value == Score(reason=reason, score=score)
