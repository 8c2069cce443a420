from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from inference.client import BadEndpoint, Endpoint
from inference.engine import EngineSpec
from inference.ledger import LedgerSpec, Request
from inference.likelihood import expected_values
from inference.models import Models, ModelsSpec
from inference.server import ServerSpec, lease
from inference.structured import Structured, ask_structured
from tests.e2e.conftest import Vllm, gone

LABELS = ("1", "2", "3", "4", "5")


class Scores(BaseModel):
    """Marks of an exercise."""

    clarity: int = Field(ge=1, le=5)
    difficulty: int = Field(ge=1, le=5)
    interest: int = Field(ge=1, le=5)


def server_spec(vllm: Vllm, run: str) -> ServerSpec:
    return ServerSpec(vllm.model, run, vllm.python, vllm.arguments, start_s=300)


def models_spec(vllm: Vllm, folder: Path) -> ModelsSpec:
    endpoint = Endpoint("", vllm.model, timeout_s=120)
    engine = EngineSpec("small", endpoint, concurrency=8, server=server_spec(vllm, str(folder)))
    return ModelsSpec((engine,), LedgerSpec(str(folder / "ledger"), 1.0))


def question(number: int) -> Request:
    text = f"Give marks from 1 to 5 to this exercise: what is {number} times {number + 7}?"
    parameters = {"max_tokens": 100, "temperature": 0, "logprobs": True, "top_logprobs": 20}
    return Request([{"role": "user", "content": text}], parameters, prompt="marks-1")


def ask_all(spec: ModelsSpec, count: int) -> tuple[list[Structured[Scores]], dict[str, int]]:
    models = Models(spec)
    try:

        async def all_of_them() -> list[Structured[Scores]]:
            engine = models["small"]
            return await asyncio.gather(
                *(ask_structured(engine, question(number), Scores) for number in range(count))
            )

        answers = models.submit(all_of_them()).result(timeout=400)
        return answers, dict(models.take_counts())
    finally:
        models.close()


def test_a_started_server_answers_in_the_shape_and_with_likelihoods(vllm: Vllm, tmp_path: Path) -> None:
    spec = models_spec(vllm, tmp_path)
    answers, counts = ask_all(spec, 20)
    assert counts["llm/requests"] >= 20
    assert not counts.get("llm/from_ledger")
    assert not counts.get("llm/failures")
    for one in answers:
        assert set(json.loads(one.answer.text)) == {"clarity", "difficulty", "interest"}
        expected = expected_values(one.answer, LABELS, tuple(Scores.model_fields))
        assert set(expected) == {"clarity", "difficulty", "interest"}
        assert all(1 <= value <= 5 for value in expected.values())
        assert any(value % 1 for value in expected.values()), "it is sure of nothing as much as that"
    assert gone()

    again, counts = ask_all(spec, 20)
    assert counts == {"llm/from_ledger": 20}
    assert [one.value for one in again] == [one.value for one in answers]


@pytest.mark.parametrize(
    ("arguments", "telling"),
    [
        ((("frobnicate", "7"),), "unrecognized arguments: --frobnicate"),
        ((("max-model-len", "99999999"),), "max_model_len"),
    ],
)
def test_an_argument_that_vllm_refuses_is_named(
    vllm: Vllm, arguments: tuple[tuple[str, str], ...], telling: str
) -> None:
    with pytest.raises(BadEndpoint, match=telling) as caught:
        lease(ServerSpec(vllm.model, telling, vllm.python, arguments, start_s=300))
    assert "\n" not in str(caught.value)
    Path(str(caught.value).rpartition("its log is ")[2]).unlink()


def test_a_model_that_is_not_there_is_named(vllm: Vllm) -> None:
    with pytest.raises(BadEndpoint, match="no/such-model") as caught:
        lease(ServerSpec("no/such-model", "none", vllm.python, vllm.arguments, start_s=300))
    Path(str(caught.value).rpartition("its log is ")[2]).unlink()
