"""Prints how busy the stage that asks models keeps a server, and what it costs itself.

python -m benchmarks.inference [--only utilisation|overhead]
python -m benchmarks.inference --vllm URL --model NAME [--together] [--requests N] [--concurrency N]
  [--rounds N] [--max_tokens N]

Everything goes through the Beam stage (`pipelines.ask` on FnApiRunner), with a ledger, in a process of its
own. Without --vllm the server is a stub in another process, and both share two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any, ClassVar

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
      meet: folder in which two processes wait for each other before they ask; empty for nobody.
    """

    url: str
    model: str
    requests: int
    concurrency: int
    max_tokens: int = 64
    salt: str = "a"
    meet: str = ""

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
      first: when the first question was asked (seconds since 1970).
      answered: when each answer came, in their order.
      processor: seconds of it that the process took from then on, for everything.
      megabytes: that the process held at its end.
    """

    kept: int
    rejected: int
    tokens: int
    first: float
    answered: list[float]
    processor: float
    megabytes: float

    @property
    def seconds(self) -> float:
        return self.answered[-1] - self.first


class _Clock:
    """Of this process: the first question, and the answers."""

    first = processor = 0.0
    answered: ClassVar[list[float]] = []

    @classmethod
    def ask(cls) -> None:
        if not cls.first:
            cls.first, cls.processor = time.time(), time.process_time()

    @classmethod
    def answer(cls) -> None:
        cls.answered.append(time.time())

    @classmethod
    def done(cls, kept: int, rejected: int, tokens: int) -> Done:
        import psutil

        megabytes = psutil.Process().memory_info().rss / 1e6
        processor = time.process_time() - cls.processor
        return Done(kept, rejected, tokens, cls.first, cls.answered, processor, megabytes)


async def _meet(folder: str) -> None:
    if folder:
        Path(folder, str(os.getpid())).touch()
        while len(os.listdir(folder)) < 2:
            await asyncio.sleep(0.02)


async def _ask(models: Any, asked: tuple[Load, int]) -> str:
    from inference.ledger import Request

    load, n = asked
    await _meet(load.meet)
    _Clock.ask()
    answer = await models[""].ask(Request(load.question(n), load.parameters))
    _Clock.answer()
    return str(answer.text)


def through_beam(load: Load) -> Done:
    """Asks through the stage."""
    import apache_beam as beam
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
    kept = counts.get("ask/kept", 0)
    return _Clock.done(kept, counts.get("ask/in", 0) - kept, counts.get("llm/completion_tokens", 0))


def bare(load: Load) -> Done:
    """Asks by aiohttp alone: so many tasks, each of which sends one request after the other."""
    import aiohttp

    async def everything() -> tuple[int, int]:
        kept = tokens = 0
        questions = iter(range(load.requests))

        async def worker(http: aiohttp.ClientSession) -> None:
            nonlocal kept, tokens
            for n in questions:
                body = {"model": load.model, "messages": load.question(n), **load.parameters}
                async with http.post(f"{load.url}/chat/completions", json=body) as response:
                    said = await response.json()
                _Clock.answer()
                kept += bool(said["choices"][0]["message"]["content"])
                tokens += said["usage"]["completion_tokens"]

        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=600)
        ) as http:
            await _meet(load.meet)
            _Clock.ask()
            await asyncio.gather(*(worker(http) for _ in range(load.concurrency)))
        return kept, tokens

    kept, tokens = asyncio.run(everything())
    return _Clock.done(kept, load.requests - kept, tokens)


def apart(way: Any, load: Load) -> Done:
    """Runs a load in a process of its own; see `checked`."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return checked(pool.submit(way, load).result(), load)


def checked(done: Done, load: Load) -> Done:
    """Returns what came of a load.

    Raises:
      SystemExit: not every question was answered, so that times say nothing.
    """
    if done.kept != load.requests:
        raise SystemExit(f"{done.kept:,} of {load.requests:,} requests were answered: no figures from that")
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


def against_bare(load: Load, rounds: int) -> None:
    """Prints the throughput of a real server asked through the stage, to that asked by a bare client.

    In turn, and in the other order in every second round. What counts is the median of the rounds: other
    work on the machine comes and goes.
    """
    ratios = []
    for n in range(rounds):
        done = {}
        for name, way in sorted({"bare": bare, "beam": through_beam}.items(), reverse=bool(n % 2)):
            done[name] = apart(way, replace(load, salt=f"{time.time_ns()} "))
            _show(f"{n + 1}. {name}", load, done[name])
        ratios.append(done["bare"].seconds / done["beam"].seconds)
    print(f"  requests/s to the bare client's  {_spread(ratios)}")


def beside_bare(load: Load, rounds: int) -> None:
    """Prints the same of both at once, each with places of its own: other work hits them alike.

    The server gives them turns, so that each has as many answers as it asks fast. What counts is how long
    each took for as many as both had when the first was done: the other has the server for itself then.
    """
    ratios = []
    for n in range(rounds):
        with ThreadPoolExecutor() as pool, tempfile.TemporaryDirectory() as meet:
            asked = [
                pool.submit(apart, way, replace(load, meet=meet, salt=f"{time.time_ns()} "))
                for way in (bare, through_beam)
            ]
            plain, beam = (one.result() for one in asked)
        _show(f"{n + 1}. bare", load, plain)
        _show(f"{n + 1}. beam", load, beam)
        until = min(plain.answered[-1], beam.answered[-1])
        both = min(sum(at <= until for at in one.answered) for one in (plain, beam)) - 1
        ratios.append((plain.answered[both] - plain.first) / (beam.answered[both] - beam.first))
    print(f"  requests/s to the bare client's  {_spread(ratios)}")


def _spread(ratios: Sequence[float]) -> str:
    return f"{median(ratios):.3f}  (median of {len(ratios)}: {min(ratios):.3f} to {max(ratios):.3f})"


def _show(name: str, load: Load, done: Done) -> None:
    print(
        f"  {name}  kept {done.kept:,}  rejected {done.rejected}  "
        f"{load.requests / done.seconds:.2f} requests/s  {done.tokens / done.seconds:.0f} tokens/s  "
        f"{done.processor:.1f} s of processor",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inference", description=__doc__)
    parser.add_argument("--only", choices=("utilisation", "overhead"), help="one of the two with a stub")
    parser.add_argument("--vllm", metavar="URL", help="a real server, such as http://localhost:8000/v1")
    parser.add_argument("--model", metavar="NAME", help="as that server names it")
    parser.add_argument("--together", action="store_true", help="ask it in both ways at once, not in turn")
    parser.add_argument("--requests", type=int, default=200, help="to the real server, in each run")
    parser.add_argument("--rounds", type=int, default=4, help="of both ways")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--max_tokens", type=int, default=64)
    options = parser.parse_args()
    if options.vllm:
        if not options.model:
            parser.error("--vllm needs --model")
        print(f"{options.model}: {options.requests:,} requests, {options.concurrency} at a time")
        load = Load(options.vllm, options.model, options.requests, options.concurrency, options.max_tokens)
        apart(bare, replace(load, requests=load.concurrency, salt="warm"))
        (beside_bare if options.together else against_bare)(load, options.rounds)
        return
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])  # inherited by all that is started
    if options.only != "overhead":
        utilisation()
    if options.only != "utilisation":
        overhead()


if __name__ == "__main__":
    main()
