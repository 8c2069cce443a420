"""A stub of a model server in a process of its own: quick enough to measure with, and fails in many ways.

python -m tests.inference.fast_stub [OPTION...]

It answers {"word": ..., "score": 1..5}, which depend on the question alone; how long it takes and where it
fails depend on the question, the seed and how often it was asked before. It prints its address and then
counts: GET /stats returns how often each question came, when it was answered last (by the machine's
monotonic clock), and what the answers took. POST /mode with "ok",
"429", "500" or "silence" changes how everybody is answered. A question that holds BROKEN always gets 500.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import math
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import Any

MODEL = "stub"
BROKEN = "BROKEN"
FAULTS = ("429", "500", "half", "no_json", "wrong_shape", "endless", "silence", "closed")


def answer_to(question: str) -> dict[str, Any]:
    """Returns what the stub says."""
    digest = hashlib.sha256(question.encode()).hexdigest()
    return {"word": digest[:12], "score": int(digest[12:14], 16) % 5 + 1}


def drawn_latency(question: str, seed: int, median: float, sigma: float) -> float:
    """Returns how long the stub takes for the first answer to a question: log-normal."""
    chance = (int(hashlib.sha256(f"{seed} {question}".encode()).hexdigest()[:13], 16) + 0.5) / 16**13
    return median * math.exp(sigma * NormalDist().inv_cdf(chance))


def drawn_fault(question: str, time_asked: int, seed: int, share: float) -> str:
    """Returns how the stub fails when it is asked this for the nth time; empty if it doesn't."""
    chance = Random(f"{seed} {question} {time_asked}").random()
    return FAULTS[int(chance / share)] if chance < share * len(FAULTS) else ""


class Service:
    """What the stub knows of its requests."""

    def __init__(self, options: argparse.Namespace):
        self.options, self.mode = options, "ok"
        self.asked: Counter[str] = Counter()
        self.answered: dict[str, float] = {}
        self.faults: Counter[str] = Counter()
        self.spans: list[tuple[float, float]] = []
        self.last_end = 0.0
        self.flying = self.most = 0

    def stats(self) -> dict[str, Any]:
        """Returns counts by question, and busy seconds up to the last request and over all."""
        first = min((start for start, _ in self.spans), default=0.0)
        last = max((start for start, _ in self.spans), default=0.0)
        return {
            "asked": self.asked,
            "answered": self.answered,
            "faults": self.faults,
            "most": self.most,
            "requests": self.asked.total(),
            "until_last": last - first,
            "busy_until_last": sum(min(took, last - start) for start, took in self.spans),
            "over_all": self.last_end - first,
            "busy": sum(took for _, took in self.spans),
        }


class Protocol(asyncio.Protocol):
    """One connection."""

    def __init__(self, service: Service):
        self.service, self.data = service, b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, found, rest = self.data.partition(b"\r\n\r\n")
        if not found:
            return
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line[15:])
        if len(rest) >= length:
            body, self.data = rest[:length], rest[length:]
            self.respond(head.split(b" ", 2)[1].decode(), body)

    def respond(self, path: str, body: bytes) -> None:
        service = self.service
        if path == "/v1/models":
            self.send({"data": [{"id": MODEL}]})
        elif path == "/stats":
            self.send(service.stats())
        elif path == "/mode":
            service.mode = body.decode()
            self.send({})
        else:
            self.answer(json.loads(body)["messages"][0]["content"])

    def answer(self, question: str) -> None:
        service, options = self.service, self.service.options
        service.asked[question] += 1
        service.flying += 1
        service.most = max(service.most, service.flying)
        took = drawn_latency(question, options.seed, options.median, options.sigma) if options.median else 0.0
        service.spans.append((time.monotonic(), took))
        fault = drawn_fault(question, service.asked[question], options.seed, options.faults)
        fault = service.mode if service.mode != "ok" else "500" if BROKEN in question else fault
        service.faults[fault] += bool(fault)
        if fault == "silence":
            took = options.silence
        if took:
            asyncio.get_running_loop().call_later(took, self.finish, question, fault)
        else:
            self.finish(question, fault)

    def finish(self, question: str, fault: str) -> None:
        service = self.service
        service.flying -= 1
        service.last_end = time.monotonic()
        said = json.dumps({"answer": 1} if fault == "wrong_shape" else answer_to(question))
        completion = {
            "choices": [{"message": {"role": "assistant", "content": said}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5},
        }
        if fault in ("429", "500"):
            self.send({"error": fault}, status=int(fault))
        elif fault == "no_json":
            self.raw(200, b"<html>no</html>")
        elif fault == "half":
            self.raw(200, json.dumps(completion).encode(), cut=40)
        elif fault == "endless":
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
            self.flood()
        elif fault == "closed":
            self.transport.abort()
        else:
            service.answered[question] = service.last_end if not self.transport.is_closing() else 0.0
            self.send(completion)

    def flood(self) -> None:
        if not self.transport.is_closing():
            if self.transport.get_write_buffer_size() < 1 << 20:
                self.transport.write(b" " * (1 << 18))
            asyncio.get_running_loop().call_later(0.001, self.flood)

    def send(self, content: Any, status: int = 200) -> None:
        self.raw(status, json.dumps(content).encode())

    def raw(self, status: int, body: bytes, cut: int | None = None) -> None:
        head = f"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body[:cut])
        if cut:
            self.transport.close()


class FastStub:
    """The process, started. Use it in a `with` block."""

    def __init__(self, *arguments: str):
        root = Path(__file__).resolve().parent.parent.parent
        command = [sys.executable, "-m", "tests.inference.fast_stub", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()
        self.port = self.url.removesuffix("/v1").rpartition(":")[2]

    def stats(self) -> Any:
        with urllib.request.urlopen(f"{self.url.removesuffix('/v1')}/stats", timeout=30) as response:
            return json.load(response)

    def mode(self, mode: str) -> None:
        address = f"{self.url.removesuffix('/v1')}/mode"
        urllib.request.urlopen(address, data=mode.encode(), timeout=30).close()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()

    def __enter__(self) -> FastStub:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def serve(options: argparse.Namespace) -> None:
    service = Service(options)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Protocol(service), "127.0.0.1", options.port, backlog=1024, reuse_address=True
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.inference.fast_stub")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--median", type=float, default=0.0, help="seconds an answer takes; 0 is at once")
    parser.add_argument("--sigma", type=float, default=1.0, help="of the logarithm of these seconds")
    parser.add_argument("--faults", type=float, default=0.0, help="share of requests that fail in each way")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--silence", type=float, default=30.0, help="seconds")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
