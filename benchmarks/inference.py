"""Prints how busy the stage that asks models keeps a server, and what it costs itself.

python -m benchmarks.inference [--only utilisation|overhead]
python -m benchmarks.inference --vllm URL --model NAME [--together] [--requests N] [--concurrency N]

Everything goes through the Beam stage (`pipelines.ask` on FnApiRunner), with a ledger, in a process of its
own. Without --vllm the server is a stub in another process, and both share two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any

from tests.inference.fast_stub import MODEL, FastStub

MEDIAN_S = 0.5
SEED = 4
"""Of the latencies: half of all seeds have so long an answer near their end that nobody gets above 0.90 over
all; with this one 0.905 can be had."""


@dataclass(frozen=True)
class Load:
    """What a server is asked.

    Attributes:
      url, model: where.
      requests, concurrency: how many, and how many of them at a time.
      max_tokens: of an answer.
      salt: what the questions begin with; another one makes them new to a cache of prefixes.
      not_before: when the first question is asked (seconds since 1970).
    """

    url: str
    model: str
    requests: int
    concurrency: int
    max_tokens: int = 64
    salt: str = "a"
    not_before: float = 0.0

    def question(self, n: int) -> list[dict[str, str]]:
        return [{"role": "user", "content": f"{self.salt}{n:06d}: write a short story about this number."}]

    @property
    def parameters(self) -> dict[str, Any]:
        return {"temperature": 0, "max_tokens": self.max_tokens}


@dataclass(frozen=True)
class Done:
    """What came of it.

    Attributes:
      kept, rejected: answers, and questions without one.
      tokens: of the answers.
      seconds: from the first question to the last answer.
      megabytes: that the process held at its end.
    """

    kept: int
    rejected: int
    tokens: int
    seconds: float
    megabytes: float


class _Clock:
    """From the first question to the last answer of this process."""

    first = last = 0.0


async def _ask(models: Any, asked: tuple[Load, int]) -> str:
    from inference.ledger import Request

    load, n = asked
    await asyncio.sleep(max(load.not_before - time.time(), 0))
    _Clock.first = _Clock.first or time.perf_counter()
    answer = await models[""].ask(Request(load.question(n), load.parameters))
    _Clock.last = time.perf_counter()
    return str(answer.text)


def through_beam(load: Load) -> Done:
    """Asks through the stage."""
    import apache_beam as beam
    import psutil
    from apache_beam.metrics import MetricsFilter

    from inference.client import Endpoint
    from inference.engine import EngineSpec
    from inference.ledger import LedgerSpec
    from inference.models import ModelsSpec
    from pipelines.ask import Ask

    def numbers(_: None) -> Iterator[tuple[Load, int]]:
        return ((load, n) for n in range(load.requests))

    with tempfile.TemporaryDirectory() as folder:
        engine = EngineSpec("benchmark", Endpoint(load.url, load.model, 600.0), load.concurrency)
        models = ModelsSpec((engine,), LedgerSpec(folder))
        pipeline = beam.Pipeline(runner="FnApiRunner", argv=[])
        asked = pipeline | beam.Create([None], reshuffle=False) | beam.FlatMap(numbers)
        _ = asked | Ask("ask", models, _ask, str)
        result = pipeline.run()
        result.wait_until_finish()
    counts = {
        counter.key.metric.name: counter.result
        for counter in result.metrics().query(MetricsFilter())["counters"]
        if counter.key.metric.namespace == "assay"
    }
    return Done(
        counts.get("ask/kept", 0),
        counts.get("ask/in", 0) - counts.get("ask/kept", 0),
        counts.get("llm/completion_tokens", 0),
        _Clock.last - _Clock.first,
        psutil.Process().memory_info().rss / 1e6,
    )


def bare(load: Load) -> Done:
    """Asks by aiohttp alone: so many tasks, each of which sends one request after the other."""
    import aiohttp
    import psutil

    async def everything() -> tuple[int, int]:
        kept = tokens = 0
        questions = iter(range(load.requests))

        async def worker(http: aiohttp.ClientSession) -> None:
            nonlocal kept, tokens
            for n in questions:
                body = {"model": load.model, "messages": load.question(n), **load.parameters}
                async with http.post(f"{load.url}/chat/completions", json=body) as response:
                    said = await response.json()
                kept += bool(said["choices"][0]["message"]["content"])
                tokens += said["usage"]["completion_tokens"]

        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=600)
        ) as http:
            await asyncio.sleep(max(load.not_before - time.time(), 0))
            _Clock.first = time.perf_counter()
            await asyncio.gather(*(worker(http) for _ in range(load.concurrency)))
            _Clock.last = time.perf_counter()
        return kept, tokens

    kept, tokens = asyncio.run(everything())
    megabytes = psutil.Process().memory_info().rss / 1e6
    return Done(kept, load.requests - kept, tokens, _Clock.last - _Clock.first, megabytes)


def apart(way: Any, load: Load) -> Done:
    """Runs a load in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        done: Done = pool.submit(way, load).result()
        return done


def ideal(load: Load) -> float:
    """Returns the utilisation over all if each place took the next question the moment that it is free."""
    import heapq

    from tests.inference.fast_stub import drawn_latency

    took = [drawn_latency(load.question(n)[0]["content"], SEED, MEDIAN_S, 1.0) for n in range(load.requests)]
    free = [0.0] * load.concurrency
    for seconds in took:
        heapq.heappush(free, heapq.heappop(free) + seconds)
    return sum(took) / (max(free) * load.concurrency)


def utilisation() -> None:
    """Prints the share of its places that a server with log-normal latency has busy."""
    with FastStub("--median", str(MEDIAN_S), "--sigma", "1", "--seed", str(SEED)) as stub:
        load = Load(stub.url, MODEL, 5000, 64)
        done, stats = apart(through_beam, load), stub.stats()
    print(f"utilisation: {load.requests:,} requests, {load.concurrency} at a time, log-normal, sigma 1")
    counts = f"kept {done.kept:,}  rejected {done.rejected}  most at a time {stats['most']}"
    print(f"  asked {stats['requests']:,}  {counts}")
    places = load.concurrency
    print(f"  until the last is sent  {stats['busy_until_last'] / (stats['until_last'] * places):.3f}")
    over_all = stats["busy"] / (stats["over_all"] * places)
    print(f"  over all                {over_all:.3f}  (with no overhead at all {ideal(load):.3f})")


def overhead() -> None:
    """Prints requests a second with a server that answers at once, and memory by their number."""
    print(f"overhead: a stub that answers at once, {len(os.sched_getaffinity(0))} cores for both")
    megabytes = []
    for n in (5_000, 50_000):
        with FastStub() as stub:
            done, stats = apart(through_beam, Load(stub.url, MODEL, n, 64)), stub.stats()
        megabytes.append(done.megabytes)
        print(
            f"  asked {stats['requests']:,}  kept {done.kept:,}  rejected {done.rejected}  "
            f"{n / done.seconds:.0f} requests/s  {done.megabytes:.0f} MB"
        )
    print(f"  memory at 50,000 to that at 5,000  {megabytes[1] / megabytes[0]:.3f}")
    with FastStub() as stub:
        done = apart(bare, Load(stub.url, MODEL, 5_000, 64))
    print(f"  a bare client: {5_000 / done.seconds:.0f} requests/s")


def against_bare(load: Load) -> None:
    """Prints the throughput of a real server asked through the stage, to that asked by a bare client."""
    seconds, tokens = {"bare": 0.0, "beam": 0.0}, {"bare": 0, "beam": 0}
    apart(bare, replace(load, requests=load.concurrency, salt="warm"))
    for i, name in enumerate(("bare", "beam", "beam", "bare")):
        done = apart(bare if name == "bare" else through_beam, replace(load, salt=f"{time.time_ns()} "))
        seconds[name] += done.seconds
        tokens[name] += done.tokens
        _show(f"{i + 1}. {name}", load, done)
    print(f"  requests/s to the bare client's  {seconds['bare'] / seconds['beam']:.3f}")
    rates = {name: tokens[name] / seconds[name] for name in seconds}
    print(f"  tokens/s to the bare client's    {rates['beam'] / rates['bare']:.3f}")


def beside_bare(load: Load, start_s: float = 40.0) -> None:
    """Prints the same of both at once, each with places of its own: other work hits them alike."""
    apart(bare, replace(load, requests=load.concurrency, salt="warm"))
    load = replace(load, not_before=time.time() + start_s)
    with ThreadPoolExecutor() as pool:
        one = pool.submit(apart, bare, replace(load, salt=f"{time.time_ns()} "))
        other = pool.submit(apart, through_beam, replace(load, salt=f"{time.time_ns()} "))
        plain, beam = one.result(), other.result()
    _show("bare", load, plain)
    _show("beam", load, beam)
    print(f"  requests/s to the bare client's  {plain.seconds / beam.seconds:.3f}")


def _show(name: str, load: Load, done: Done) -> None:
    print(
        f"  {name}  kept {done.kept:,}  rejected {done.rejected}  "
        f"{load.requests / done.seconds:.2f} requests/s  {done.tokens / done.seconds:.0f} tokens/s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inference", description=__doc__)
    parser.add_argument("--only", choices=("utilisation", "overhead"), help="one of the two with a stub")
    parser.add_argument("--vllm", metavar="URL", help="a real server, such as http://localhost:8000/v1")
    parser.add_argument("--model", metavar="NAME", help="as that server names it")
    parser.add_argument("--together", action="store_true", help="ask it in both ways at once, not in turn")
    parser.add_argument("--requests", type=int, default=200, help="to the real server, in each run")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--max_tokens", type=int, default=64)
    options = parser.parse_args()
    if options.vllm:
        if not options.model:
            parser.error("--vllm needs --model")
        print(f"{options.model}: {options.requests:,} requests, {options.concurrency} at a time")
        way = beside_bare if options.together else against_bare
        way(Load(options.vllm, options.model, options.requests, options.concurrency, options.max_tokens))
        return
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])  # inherited by all that is started
    if options.only != "overhead":
        utilisation()
    if options.only != "utilisation":
        overhead()


if __name__ == "__main__":
    main()
