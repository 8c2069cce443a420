"""Stores that fail, and workers that write at the same time."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from apache_beam.io.filesystems import FileSystems

from inference import ledger as module
from inference import segments
from inference.client import Answer
from inference.errors import LedgerUnwritable
from inference.ledger import Ledger, LedgerSpec

KEY = "k" * 64


class StoreError(Exception):
    """As S3's and Google's errors: no OSError."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "FIRST_WAIT_S", 0.0001)
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.0)


def opened(folder: Path, patience_s: float = 60.0) -> Ledger:
    return Ledger(LedgerSpec(str(folder), 3600.0, patience_s))


def kept(folder: Path, text: str = "a") -> None:
    ledger = opened(folder)
    ledger.put(KEY, "m", "p", Answer(text))
    ledger.close()


def failing(error: Exception) -> Any:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return staticmethod(fail)


ERRORS = pytest.mark.parametrize("error", [OSError("reset"), StoreError("503\nslow down")])


@ERRORS
def test_what_cannot_be_read_at_the_beginning_ends_the_run(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path)
    monkeypatch.setattr(FileSystems, "open", failing(error))
    with pytest.raises(LedgerUnwritable, match=r"^the ledger \S+ can't be used: (reset|503 slow down)$"):
        opened(tmp_path)


@ERRORS
def test_what_cannot_be_read_later_is_read_at_the_next_look(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = opened(tmp_path)
    kept(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(FileSystems, "open", failing(error))
        with pytest.raises(OSError, match=r"reset|503 slow down"):
            ledger.look_again()
    assert (ledger.torn, ledger.get(KEY)) == ([], None)
    ledger.look_again()
    assert ledger.get(KEY) == Answer("a")
    ledger.close()


def test_a_read_that_fails_now_and_then_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path)
    faults, real = iter(range(segments.READ_ATTEMPTS - 1)), FileSystems.open

    def shaky(*given: Any, **named: Any) -> Any:
        if next(faults, None) is not None:
            raise StoreError("503")
        return real(*given, **named)

    monkeypatch.setattr(FileSystems, "open", staticmethod(shaky))
    ledger = opened(tmp_path)
    assert ledger.get(KEY) == Answer("a")
    ledger.close()


def test_an_answer_stays_what_it_is_in_a_process_and_the_latest_counts_later(tmp_path: Path) -> None:
    one, other = opened(tmp_path), opened(tmp_path)
    other.put(KEY, "m", "p", Answer("early"))
    other.flush()
    one.put(KEY, "m", "p", Answer("late"))
    one.flush()
    one.look_again()
    other.look_again()
    third = opened(tmp_path)
    found = [ledger.get(KEY) for ledger in (one, other, third)]
    assert found == [Answer("late"), Answer("early"), Answer("late")]
    for ledger in (one, other, third):
        ledger.close()


def test_of_two_that_are_new_at_a_look_the_latest_counts_too(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    kept(tmp_path, "early")
    kept(tmp_path, "late")
    ledger.look_again()
    assert ledger.get(KEY) == Answer("late")
    ledger.close()


@pytest.mark.parametrize("deleted", [True, False])
def test_attempts_that_fail_leave_one_unfinished_file_at_most(
    deleted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = opened(tmp_path)
    ledger.put(KEY, "m", "p", Answer("a"))
    with monkeypatch.context() as patched:
        patched.setattr(FileSystems, "rename", failing(OSError("No space left")))
        if not deleted:
            patched.setattr(FileSystems, "delete", failing(OSError("No")))
        for _ in range(5):
            with pytest.raises(LedgerUnwritable, match="No space left"):
                ledger.flush()
        assert len(os.listdir(tmp_path)) == (0 if deleted else 1)
    ledger.close()
    assert [name.endswith(segments.SUFFIX) for name in os.listdir(tmp_path)] == [True]


def test_what_killed_runs_left_is_removed_and_no_other_worker_s(tmp_path: Path) -> None:
    for name, age in (("old", 2 * segments.UNFINISHED_S), ("new", 60.0)):
        path = tmp_path / f"{name}{segments.UNFINISHED}"
        path.touch()
        os.utime(path, (time.time() - age,) * 2)
    opened(tmp_path).close()
    assert os.listdir(tmp_path) == [f"new{segments.UNFINISHED}"]


@pytest.mark.parametrize(("scheme", "renamed"), [("hdfs", True), ("gs", False), ("s3", False)])
def test_a_segment_appears_whole(
    scheme: str, renamed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    moved: list[tuple[str, str]] = []

    def create(path: str, **_: Any) -> Any:
        made.append(path)
        return (tmp_path / str(len(made))).open("wb")

    monkeypatch.setattr(FileSystems, "join", staticmethod(lambda *parts: "/".join(parts)))
    monkeypatch.setattr(FileSystems, "create", staticmethod(create))
    monkeypatch.setattr(FileSystems, "rename", staticmethod(lambda *names: moved.append(names)))
    path = segments.write(f"{scheme}://host/ledger", ["{}"], "me")
    assert path.startswith(f"{scheme}://host/ledger/")
    assert path.endswith(segments.SUFFIX)
    temporary = f"{scheme}://host/ledger/me{segments.UNFINISHED}"
    assert made == [temporary if renamed else path]
    assert moved == ([([temporary], [path])] if renamed else [])


def test_answers_are_written_while_others_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = opened(tmp_path)
    kept(tmp_path)
    reading, go_on, read = threading.Event(), threading.Event(), segments.read

    def slowly(path: str) -> list[str]:
        reading.set()
        assert go_on.wait(60)
        return read(path)

    monkeypatch.setattr(segments, "read", slowly)
    look = threading.Thread(target=ledger.look_again)
    look.start()
    assert reading.wait(60)
    ledger.put("b" * 64, "m", "p", Answer("b"))
    ledger.flush()
    assert len(list(tmp_path.glob(f"*{segments.SUFFIX}"))) == 2
    go_on.set()
    look.join()
    assert (ledger.get(KEY), ledger.get("b" * 64)) == (Answer("a"), Answer("b"))
    ledger.close()
