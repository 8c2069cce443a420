from __future__ import annotations

import json
import logging
import math
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference import ledger as module
from inference import segments as files
from inference.client import Answer, Token
from inference.errors import LedgerUnwritable
from inference.ledger import Ledger, LedgerSpec, Request
from inference.segments import SUFFIX
from tests.conftest import ROOT

NEVER = 3600.0
TEXTS = st.text(st.characters(codec=None), max_size=20)  # halves of surrogate pairs, too: bytes of tokens
TOKENS = st.builds(
    Token,
    TEXTS,
    st.lists(st.tuples(TEXTS, st.floats(allow_nan=False)), max_size=3).map(tuple),
)
ANSWERS = st.builds(
    Answer,
    TEXTS,
    st.sampled_from(["stop", "length", ""]),
    TEXTS,
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.lists(TOKENS, max_size=3).map(tuple),
)
KEYS = st.sampled_from([c * 64 for c in "abcd"])
STEPS = st.lists(st.one_of(st.tuples(KEYS, ANSWERS), st.sampled_from(["flush", "reopen"])), max_size=12)


def opened(folder: Path, flush_s: float = NEVER, patience_s: float = 60.0) -> Ledger:
    return Ledger(LedgerSpec(str(folder), flush_s, patience_s))


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))


def filled(folder: Path, n: int = 3, each: int = 4) -> dict[str, Answer]:
    """Makes a ledger of n segments."""
    ledger, known = opened(folder), {}
    for i in range(n * each):
        known[f"{i:064d}"] = Answer(f"answer {i} " + "x" * 50)
        ledger.put(f"{i:064d}", "m", "p", known[f"{i:064d}"])
        if i % each == each - 1:
            ledger.flush()
    ledger.close()
    return known


@given(steps=STEPS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_ledger_is_a_dict_that_lasts(steps: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    ledger, known = opened(folder), dict[str, Answer]()
    for step in steps:
        if step == "flush":
            ledger.flush()
        elif step == "reopen":
            ledger.close()
            ledger = opened(folder)
        else:
            key, answer = step
            ledger.put(key, "m", "p", answer)
            known[key] = answer
        assert {key: ledger.get(key) for key in known} == known
    ledger.close()
    ledger = opened(folder)
    assert {key: ledger.get(key) for key in known} == known
    assert ledger.get("e" * 64) is None
    assert ledger.torn == []
    ledger.close()


@given(data=st.data(), how=st.sampled_from(["cut", "flip", "empty", "junk"]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_segment_alone_is_left_out(
    data: st.DataObject, how: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    known = filled(folder)
    path = segments(folder)[1]
    whole = path.read_bytes()
    if how == "cut":
        path.write_bytes(whole[: data.draw(st.integers(1, len(whole) - 1))])
    elif how == "flip":
        at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
    else:
        path.write_bytes(b"" if how == "empty" else data.draw(st.binary(min_size=1)))
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logging.getLogger(module.__name__).addHandler(handler)
    try:
        ledger = opened(folder)
    finally:
        logging.getLogger(module.__name__).removeHandler(handler)
    found = {key: ledger.get(key) for key in known}
    ledger.close()
    lost = {key for key, answer in found.items() if answer is None}
    assert all(found[key] == known[key] for key in known if key not in lost)
    if ledger.torn:
        assert lost == set(list(known)[4:8])
        assert [path.name in record.getMessage() for record in records] == [True]
    else:  # a bit of the header that says nothing about the content, such as the time
        assert how == "flip"
        assert (lost, records) == (set(), [])


@pytest.mark.parametrize("row", ['{"key": "a"}', '{"key": 1}', "[]", "null", '{"text": "x"}', "no JSON"])
def test_rows_of_someone_else_are_left_out(row: str, tmp_path: Path) -> None:
    files.write(str(tmp_path), [row], "someone")
    ledger = opened(tmp_path)
    assert [Path(path).name for path in ledger.torn] == [segments(tmp_path)[0].name]
    assert ledger.get("a") is None
    ledger.close()


def test_what_is_being_written_is_no_segment(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    (tmp_path / f"x{SUFFIX}.tmp").write_bytes(b"half")
    ledger = opened(tmp_path)
    assert ledger.torn == []
    ledger.close()


def test_an_answer_is_on_disk_in_time_without_anybody_s_doing(tmp_path: Path) -> None:
    ledger = opened(tmp_path, flush_s=0.05)
    ledger.put("a" * 64, "m", "p", Answer("x"))
    until = time.monotonic() + 20
    while not segments(tmp_path) and time.monotonic() < until:
        time.sleep(0.01)
    assert segments(tmp_path)
    ledger.close()
    assert len(segments(tmp_path)) == 1


def test_much_is_written_without_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SEGMENT", 1000)
    ledger = opened(tmp_path)
    ledger.put("a" * 64, "m", "p", Answer("x" * 2000))
    until = time.monotonic() + 20
    while not segments(tmp_path) and time.monotonic() < until:
        time.sleep(0.01)
    assert segments(tmp_path)
    ledger.close()


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    before = segments(tmp_path)
    ledger = opened(tmp_path, flush_s=0.01)
    time.sleep(0.1)
    ledger.flush()
    ledger.close()
    assert segments(tmp_path) == before


def test_many_threads_put_get_and_flush(tmp_path: Path) -> None:
    """Every answer is found from the moment that it was put, and is on disk once."""
    ledger, failures = opened(tmp_path, flush_s=0.001), list[str]()

    def work(n: int) -> None:
        for i in range(150):
            key = f"{n:032d}{i:032d}"
            ledger.put(key, "m", "p", Answer(key))
            if i % 10 == n:
                ledger.flush()
            for known in (key, f"{n:032d}{i // 2:032d}"):
                if ledger.get(known) != Answer(known):
                    failures.append(known)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()
    assert failures == []
    rows = [json.loads(line)["key"] for path in segments(tmp_path) for line in files.read(str(path))]
    assert len(rows) == len(set(rows)) == 900


_WORKER = """
import sys
from inference.client import Answer
from inference.ledger import Ledger, LedgerSpec
ledger = Ledger(LedgerSpec(sys.argv[1], 0.01))
for i in range(200):
    ledger.put(f"{sys.argv[2]:>32}{i:032d}", "m", "p", Answer(str(i)))
ledger.close()
"""


def test_processes_write_side_by_side_without_a_lock(tmp_path: Path) -> None:
    workers = [
        subprocess.Popen([sys.executable, "-c", _WORKER, str(tmp_path / "made"), str(n)], cwd=ROOT)
        for n in range(3)
    ]
    assert [worker.wait(120) for worker in workers] == [0, 0, 0]
    ledger = opened(tmp_path / "made")
    assert ledger.torn == []
    assert all(ledger.get(f"{n:>32}{i:032d}") == Answer(str(i)) for n in range(3) for i in range(200))
    ledger.close()


def full(*_: Any) -> None:
    raise OSError(28, "No space left\non device")


def test_what_cannot_be_written_is_told_and_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = opened(tmp_path, patience_s=0.2)
    with monkeypatch.context() as patched:
        patched.setattr(files, "write", full)
        ledger.put("a" * 64, "m", "p", Answer("a"))
        line = r"^the ledger \S+ can't be written: \[Errno 28\] No space left on device$"
        with pytest.raises(LedgerUnwritable, match=line):
            ledger.flush()
        ledger.put("b" * 64, "m", "p", Answer("b"))  # it may pass
        time.sleep(0.3)
        with pytest.raises(LedgerUnwritable, match=line):
            ledger.put("c" * 64, "m", "p", Answer("c"))
    assert ledger.get("a" * 64) == Answer("a")
    ledger.close()
    again = opened(tmp_path)
    assert [again.get(c * 64) for c in "abc"] == [Answer("a"), Answer("b"), Answer("c")]
    again.close()


def test_a_store_that_fails_now_and_then_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "FIRST_WAIT_S", 0.001)
    attempts, write = list[str](), files.write

    def shaky(folder: str, rows: Any, writer: str) -> str:
        attempts.append(folder)
        if len(attempts) % 4:
            raise OSError("503 try again")
        return write(folder, rows, writer)

    monkeypatch.setattr(files, "write", shaky)
    ledger = opened(tmp_path, flush_s=0.005)
    for i in range(40):
        ledger.put(f"{i:064d}", "m", "p", Answer(str(i)))
        time.sleep(0.002)
    ledger.close()
    assert len(attempts) > 4
    again = opened(tmp_path)
    assert all(again.get(f"{i:064d}") == Answer(str(i)) for i in range(40))
    again.close()


def test_closing_insists_and_then_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = opened(tmp_path, patience_s=0.3)
    monkeypatch.setattr(files, "FIRST_WAIT_S", 0.01)
    ledger.put("a" * 64, "m", "p", Answer("a"))
    monkeypatch.setattr(files, "write", full)
    began = time.monotonic()
    with pytest.raises(LedgerUnwritable):
        ledger.close()
    assert time.monotonic() - began > 0.3


def test_what_others_wrote_is_seen_at_the_next_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = opened(tmp_path), opened(tmp_path)
    one.put("a" * 64, "m", "p", Answer("a"))
    one.flush()
    other.look_again()
    assert other.get("a" * 64) is None, "it has just looked"
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.0)
    reads = list[str]()
    read = files.read
    monkeypatch.setattr(files, "read", lambda path: reads.append(path) or read(path))
    for _ in range(3):
        other.look_again()
        one.look_again()
    assert other.get("a" * 64) == Answer("a")
    assert len(reads) == 1, "each segment once, and none of its own"
    one.close()
    other.close()


@pytest.mark.parametrize("folder", ["file/below", "nosuch://bucket/ledger"])
def test_a_folder_that_cannot_be_used(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerUnwritable, match="can't be used"):
        Ledger(LedgerSpec(folder))


REQUEST = {
    "model": "m",
    "messages": [{"role": "user", "content": "a"}],
    "parameters": {"temperature": 0, "max_tokens": 5},
    "prompt": "judge-1",
    "sample": 0,
}
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
REQUESTS = st.fixed_dictionaries(
    {
        "model": TEXTS,
        "messages": st.lists(st.fixed_dictionaries({"role": TEXTS, "content": TEXTS}), max_size=3),
        "parameters": st.dictionaries(TEXTS, JSON, max_size=3),
        "prompt": TEXTS,
        "sample": st.integers(0, 9),
    }
)


def key(parts: dict[str, Any]) -> str:
    request = Request(parts["messages"], parts["parameters"], parts["prompt"], parts["sample"])
    return request.key(parts["model"])


def _same(one: Any, other: Any) -> bool:
    """Whether two are the same JSON: to Python 1, 1.0 and True are equal."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@given(one=REQUESTS, other=REQUESTS, part=st.sampled_from(sorted(REQUEST)))
def test_keys_are_equal_only_if_every_part_is(one: dict[str, Any], other: dict[str, Any], part: str) -> None:
    mixed = {**one, part: other[part]}
    assert (key(one) == key(mixed)) == _same(one, mixed)
    assert (key(one) == key(other)) == _same(one, other)


@pytest.mark.parametrize(
    "change",
    [
        {"model": "n"},
        {"messages": [{"role": "system", "content": "a"}]},
        {"messages": [{"role": "user", "content": "a"}] * 2},
        {"parameters": {"temperature": 1, "max_tokens": 5}},
        {"parameters": {"temperature": 0}},
        {"prompt": "judge-2"},
        {"sample": 1},
    ],
)
def test_a_key_depends_on(change: dict[str, Any]) -> None:
    assert key({**REQUEST, **change}) != key(REQUEST)


def test_a_key_does_not_depend_on_order_or_process() -> None:
    parameters = dict(reversed(REQUEST["parameters"].items()))  # type: ignore[attr-defined]
    assert key({**REQUEST, "parameters": parameters}) == key(REQUEST)
    code = "from tests.inference.test_ledger import *; print(key(REQUEST))"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, env=environment, check=True
    )
    assert said.stdout.strip() == key(REQUEST)


def test_likelihoods_survive(tmp_path: Path) -> None:
    answer = Answer("4", tokens=(Token("4", (("4", -0.25), ("5", -math.inf))), Token("\udcc3", ())))
    ledger = opened(tmp_path)
    ledger.put("a" * 64, "m", "p", answer)
    ledger.close()
    again = opened(tmp_path)
    assert again.get("a" * 64) == answer
    again.close()
