from __future__ import annotations

import json
import queue
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.metrics import MetricsFilter
from apache_beam.options.pipeline_options import PipelineOptions
from pydantic import BaseModel

from inference.client import Answer, Endpoint
from inference.engine import EngineSpec
from inference.ledger import Ledger, LedgerSpec, Request
from inference.models import Models, ModelsSpec, _opened
from inference.structured import ask_structured
from pipelines.ask import RECORDS_A_REQUEST, Ask, _Ask
from pipelines.stages import NAMESPACE, Refused, Source, source_of
from schemas.verdict import Rejected
from tests.inference.fast_stub import FastStub, answer_to
from tests.inference.stub import MODEL, Reply, Stub


class Shape(BaseModel):
    score: int


def spec(url: str, ledger: Path | None = None, **changes: Any) -> ModelsSpec:
    changes = {"concurrency": 4, "patience_s": 30.0, **changes}
    engine = EngineSpec("one", Endpoint(url, MODEL, 10.0), **changes)
    return ModelsSpec((engine,), LedgerSpec(str(ledger), 3600.0) if ledger else None)


def question(text: str) -> Request:
    return Request([{"role": "user", "content": text}], {})


async def ask(models: Models, source: Source) -> str:
    """Asks for the name of a document; some names do something else."""
    if source.uri == "refuse":
        raise Refused("no_use", "because", said=["hm"])
    if source.uri == "raise":
        raise ValueError("two\nlines")
    if source.uri == "shape":
        return str((await ask_structured(models[""], question(source.uri), Shape)).value)
    return (await models[""].ask(question(source.uri))).text


_NOTED: list[Any] = []  # of this module: what a function holds itself is copied to the worker


def note(record: Any) -> None:
    _NOTED.append(record)


def run(names: Sequence[str], stage: Ask) -> tuple[list[str], list[Rejected], Counter[str]]:
    """Returns what is kept, in its order, the rejects, and the counters."""
    _NOTED.clear()
    pipeline = beam.Pipeline(runner="FnApiRunner", options=PipelineOptions([]))
    out = pipeline | beam.Create([source_of(name) for name in names], reshuffle=False) | stage
    _ = out.kept | "kept" >> beam.Map(note)
    _ = out.rejected | "rejected" >> beam.Map(note)
    result = pipeline.run()
    result.wait_until_finish()
    counters: Counter[str] = Counter()
    for counter in result.metrics().query(MetricsFilter().with_namespace(NAMESPACE))["counters"]:
        counters[counter.key.metric.name] += counter.result
    kept = [record for record in _NOTED if isinstance(record, str)]
    return kept, [record for record in _NOTED if isinstance(record, Rejected)], counters


def echo(body: dict[str, Any], number: int) -> Reply:
    said = body["messages"][0]["content"]
    if said == "bad":
        return Reply("no", status=400, raw=True)
    return Reply(f"re {said}", pause=0.8 if said == "slow" else 0.02)


def test_records_are_asked_about_kept_rejected_and_counted(tmp_path: Path) -> None:
    names = [f"q{i}" for i in range(40)] + ["refuse", "raise", "shape", "bad"]
    with Stub(echo) as stub:
        kept, rejects, counters = run(names, Ask("ask", spec(stub.url, tmp_path), ask, str))
    assert sorted(kept) == sorted(f"re q{i}" for i in range(40))
    found = {r.source_uri: (r.stage, r.reason, json.loads(r.record).get("said")) for r in rejects}
    assert found == {
        "refuse": ("ask", "no_use", ["hm"]),
        "raise": ("ask", "error", None),
        "shape": ("ask", "invalid_answer", ["re shape"] * 3),
        "bad": ("ask", "refused_request", None),
    }
    assert {r.source_uri: r.detail for r in rejects}["raise"] == "ValueError: two lines"
    assert {name: n for name, n in counters.items() if "tokens" not in name} == {
        "ask/in": 44,
        "ask/kept": 40,
        "ask/failed": 1,
        **{f"ask/rejected/{reason}": 1 for _, reason, _ in found.values()},
        "llm/requests": 44,
        "llm/failures": 1,
        "llm/failed/refused_request": 1,
    }
    assert counters["llm/prompt_tokens"] == 43 * 100
    assert stub.most == 4
    assert _opened == {}


def test_a_second_run_asks_nothing(tmp_path: Path) -> None:
    names = [f"q{i}" for i in range(20)]
    with Stub(echo) as stub:
        first, _, _ = run(names, Ask("ask", spec(stub.url, tmp_path), ask, str))
        second, _, counters = run(names, Ask("ask", spec(stub.url, tmp_path), ask, str))
        assert len(stub.requests) == 20
    assert sorted(first) == sorted(second) == sorted(f"re {name}" for name in names)
    assert (counters["llm/requests"], counters["llm/from_ledger"]) == (0, 20)


def test_a_slow_one_holds_nobody_back() -> None:
    left: queue.SimpleQueue[str] = queue.SimpleQueue()

    def script(body: dict[str, Any], number: int) -> Reply:
        if body["messages"][0]["content"] == "slow":  # as slow as it takes
            while len(stub.requests) < 31:
                time.sleep(0.05)
            time.sleep(0.5)
        return echo(body, number)

    with Stub(script) as stub:
        do = _Ask("ask", spec(stub.url), ask)
        do.setup()
        do.start_bundle()
        for name in ["slow", *(f"q{i}" for i in range(30))]:
            for output in do.process(source_of(name)):
                left.put(output)
        before_the_end = left.qsize()
        ends = [output.value for output in do.finish_bundle()]
        do.teardown()
    assert before_the_end >= 31 - RECORDS_A_REQUEST * 4  # they leave as they come
    assert ends[-1] == "re slow"


def test_no_more_records_are_begun_than_can_be_asked_about() -> None:
    begun: list[str] = []

    async def begin(models: Models, source: Source) -> str:
        begun.append(source.uri)
        return await ask(models, source)

    with Stub(echo) as stub:
        do = _Ask("ask", spec(stub.url), begin)
        do.setup()
        do.start_bundle()
        outputs = 0
        for i in range(40):
            outputs += len(list(do.process(source_of(f"q{i}"))))
            assert len(begun) - outputs <= RECORDS_A_REQUEST * 4
        assert outputs + len(list(do.finish_bundle())) == 40
        do.teardown()


def test_an_empty_bundle() -> None:
    with Stub(echo) as stub:
        assert run([], Ask("ask", spec(stub.url), ask, str))[0] == []


def test_what_a_broken_bundle_left_behind_is_none_of_the_next_one_s() -> None:
    with Stub(echo) as stub:
        do = _Ask("ask", spec(stub.url), ask)
        do.setup()
        do.start_bundle()
        assert list(do.process(source_of("slow"))) == []  # and Beam gives the bundle up
        do.start_bundle()
        list(do.process(source_of("q")))
        time.sleep(1)
        assert [output.value for output in do.finish_bundle()] == ["re q"]
        do.teardown()


def test_a_server_that_is_gone_ends_the_run_and_keeps_what_it_said(tmp_path: Path) -> None:
    gone = threading.Event()

    def script(body: dict[str, Any], number: int) -> Reply:
        if number >= 10:
            gone.set()
        return Reply("no", status=500, raw=True) if gone.is_set() else Reply("yes")

    with Stub(script) as stub:
        stage = Ask("ask", spec(stub.url, tmp_path, patience_s=1.0), ask, str)
        with pytest.raises(Exception, match=r"has answered nothing for 1 s .*go on with --resume"):
            run([f"q{i}" for i in range(30)], stage)
    ledger = Ledger(LedgerSpec(str(tmp_path)))
    assert (
        sum(ledger.get(question(f"q{i}").key(f"{MODEL} at 127.0.0.1")) is not None for i in range(30)) == 10
    )
    ledger.close()


def test_two_stages_share_the_models(tmp_path: Path) -> None:
    """One after the other in one bundle: the limit of requests in flight is that of both together."""

    async def again(models: Models, text: str) -> str:
        return (await models[""].ask(question(text))).text

    with Stub(echo) as stub:
        shared = spec(stub.url, tmp_path)
        pipeline = beam.Pipeline(runner="FnApiRunner", options=PipelineOptions([]))
        sources = pipeline | beam.Create([source_of(f"q{i}") for i in range(30)], reshuffle=False)
        first = sources | Ask("first", shared, ask, str)
        second = first.kept | Ask("second", shared, again, str)
        _ = second.kept | beam.Map(note)
        _NOTED.clear()
        pipeline.run().wait_until_finish()
    assert sorted(_NOTED) == sorted(f"re re q{i}" for i in range(30))
    assert stub.most == 4
    assert len(stub.requests) == 60
    assert _opened == {}


def test_a_stage_opens_the_engines_that_it_asks(tmp_path: Path) -> None:
    with Stub(echo) as stub:
        engines = [EngineSpec(name, Endpoint(stub.url, MODEL, 10.0), 3) for name in ("one", "two", "three")]
        several = ModelsSpec(tuple(engines))
        asks, others = _Ask("ask", several, ask, ["one", "two"]), _Ask("more", several, ask, ["", "two"])
        asks.setup()
        others.setup()
        assert asks.models is others.models
        assert set(asks.models.engines) == {"one", "two"}
        asks.teardown()
        others.teardown()
    assert _opened == {}


def test_a_bundle_that_another_worker_had_begun_asks_only_for_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.ledger.LOOK_EVERY_S", 0.0)
    with Stub(echo) as stub:
        do = _Ask("ask", spec(stub.url, tmp_path), ask)
        do.setup()
        other = Ledger(LedgerSpec(str(tmp_path)))
        other.put(question("q0").key(f"{MODEL} at 127.0.0.1"), MODEL, "", Answer("from the other"))
        other.close()
        do.start_bundle()
        said = [output for i in range(3) for output in do.process(source_of(f"q{i}"))]
        said += [output.value for output in do.finish_bundle()]
        do.teardown()
        assert sorted(said) == ["from the other", "re q1", "re q2"]
        assert len(stub.requests) == 2


def test_worker_processes_share_a_ledger(tmp_path: Path) -> None:
    workers = ["--direct_running_mode=multi_processing", "--direct_num_workers=2"]
    with FastStub() as stub:
        stage = Ask("ask", spec(stub.url, tmp_path), ask, str)
        pipeline = beam.Pipeline(runner="FnApiRunner", options=PipelineOptions(workers))
        sources = pipeline | beam.Create([source_of(f"q{i}") for i in range(60)])
        out = sources | stage
        _ = out.kept | beam.io.WriteToText(str(tmp_path / "kept"))
        pipeline.run().wait_until_finish()
        assert stub.stats()["requests"] == 60
    written = [line for path in tmp_path.glob("kept*") for line in path.read_text().splitlines()]
    assert sorted(written) == sorted(json.dumps(answer_to(f"q{i}")) for i in range(60))
    ledger = Ledger(LedgerSpec(str(tmp_path)))
    assert all(ledger.get(question(f"q{i}").key(f"{MODEL} at 127.0.0.1")) for i in range(60))
    ledger.close()


def test_only_a_stage_that_runs_a_model_asks_for_an_accelerator() -> None:
    def hints(accelerator: str) -> bool:
        pipeline = beam.Pipeline(runner="FnApiRunner", options=PipelineOptions([]))
        sources = pipeline | beam.Create([source_of("q")])
        _ = sources | Ask("ask", spec("http://127.0.0.1:1/v1"), ask, str, None, accelerator)
        environments = pipeline.to_runner_api().components.environments.values()
        return any("accelerator" in str(environment.resource_hints) for environment in environments)

    assert hints("type:nvidia-l4;count:1;install-nvidia-driver")
    assert not hints("")
