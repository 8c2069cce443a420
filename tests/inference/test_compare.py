from __future__ import annotations

import json
from typing import Any

import pytest

from inference.client import ModelError
from inference.compare import same_answer
from tests.inference.asking import asked, stubs
from tests.inference.stub import Reply


def compared(first_four: str, first_five: str) -> tuple[bool | None, list[dict[str, Any]]]:
    """Returns what a model comes to that says one thing where "four" is first and another where "five" is."""

    def script(body: dict[str, Any], n: int) -> Reply:
        user = body["messages"][1]["content"]
        said = first_four if user.index("four") < user.index("five") else first_five
        return Reply(
            json.dumps({"rationale": "x", "same": said}) if said in ("yes", "no", "unclear") else said
        )

    with stubs(script) as (models, [server]):
        same = asked(models, same_answer(models, "a", "What?", "four", "five"))
    return same, [body for _, _, body in server.requests]


@pytest.mark.parametrize(
    ("first_four", "first_five", "same"),
    [
        ("yes", "yes", True),
        ("no", "no", False),
        ("yes", "no", None),
        ("no", "yes", None),
        ("unclear", "yes", None),
        ("no", "unclear", None),
        ("unclear", "unclear", None),
        ("yes", "what do I know", None),
        ("so so", "so so", None),
    ],
)
def test_only_what_is_said_in_both_orders_counts(first_four: str, first_five: str, same: bool | None) -> None:
    assert compared(first_four, first_five)[0] is same


def test_both_orders_are_asked_once() -> None:
    _, bodies = compared("yes", "yes")
    first = [body["messages"][1]["content"].index("four") for body in bodies]
    assert len(first) == 2
    assert first[0] != first[1]
    assert {body["temperature"] for body in bodies} == {0}


def test_what_the_server_refuses_is_no_verdict() -> None:
    with (
        stubs(lambda body, n: Reply("too long", status=400, raw=True)) as (models, _),
        pytest.raises(ModelError) as caught,
    ):
        asked(models, same_answer(models, "", "What?", "4", "5"))
    assert caught.value.reason == "refused_request"
