from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
from collections.abc import Iterable
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
from tests.e2e.conftest import Vllm, eventually, folders, processes

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


def ask_all(models: Models, numbers: Iterable[int]) -> list[Structured[Scores]]:
    async def all_of_them() -> list[Structured[Scores]]:
        return await asyncio.gather(
            *(ask_structured(models["small"], question(number), Scores) for number in numbers)
        )

    return models.submit(all_of_them()).result(timeout=500)


def test_a_started_server_answers_in_the_shape_with_likelihoods_even_if_it_dies(
    vllm: Vllm, tmp_path: Path
) -> None:
    others = folders()
    models = Models(models_spec(vllm, tmp_path))
    try:
        answers = ask_all(models, range(12))
        assert models.take_counts()["llm/requests"] >= 12
        for one in answers:
            assert set(json.loads(one.answer.text)) == set(Scores.model_fields)
            expected = expected_values(one.answer, LABELS, tuple(Scores.model_fields))
            assert set(expected) == set(Scores.model_fields)
            assert all(1 <= value <= 5 for value in expected.values())
            assert any(value % 1 for value in expected.values()), "it is sure of nothing as much as that"

        before = processes()
        (server,) = [pid for pid, command in before.items() if "vllm.entrypoints" in command]
        os.kill(server, signal.SIGKILL)  # its engine outlives that
        assert len(ask_all(models, range(12, 18))) == 6
        assert not set(before) & set(processes()), "something is left of the server that died"

        (server,) = [pid for pid, command in processes().items() if "vllm.entrypoints" in command]
        os.kill(parent(server), signal.SIGKILL)  # its keeper
        assert eventually(lambda: not processes())
    finally:
        models.close()
    for folder in folders() - others:
        shutil.rmtree(folder)  # which only a keeper that was killed leaves


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


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


def test_a_model_that_is_not_there_is_named(vllm: Vllm) -> None:
    with pytest.raises(BadEndpoint, match="no/such-model"):
        lease(ServerSpec("no/such-model", "none", vllm.python, vllm.arguments, start_s=300))
