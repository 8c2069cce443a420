"""The ledger: every finished answer of a model, written at once, so that it is never asked for again.

A ledger is a folder of segments (`inference.segments`), so that any number of workers write side by side
without a lock. What a worker has read or written lies in a temporary SQLite database of its own, on
disk: a ledger of any length takes no memory.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from inference import segments
from inference.client import Answer, Message, Token
from inference.errors import LedgerUnwritable

MAX_SEGMENT = 8_000_000
"""A segment of so many characters is written without waiting for the next flush."""

LOOK_EVERY_S = 30.0
"""How often it is worth a look whether other workers have written."""

_ROWS_AT_ONCE = 500
"""Are read while everybody else waits."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked.

    Attributes:
      messages: as in the protocol.
      parameters: temperature, max_tokens, response_format...
      prompt: name, version and hash of the template that it was made from.
      sample: tells apart the requests that ask for the same several times.
    """

    messages: Sequence[Message]
    parameters: Mapping[str, Any]
    prompt: str = ""
    sample: int = 0

    def key(self, model: str) -> str:
        """Returns what the ledger knows the answer of `model` by: a SHA-256 of all there is."""
        whole = [model, list(self.messages), dict(self.parameters), self.prompt, self.sample]
        text = json.dumps(whole, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class LedgerSpec:
    """Where a ledger lies.

    Attributes:
      folder: local or gs://, s3://, hdfs://.
      flush_s: answers are on disk this many seconds after they came, at the latest, while the store works.
      patience_s: how long it may fail to write before nothing more is asked.
    """

    folder: str
    flush_s: float = 5.0
    patience_s: float = 60.0


class Ledger:
    """A ledger, opened: reads what is there, and writes what is put.

    Args:
      spec: where; the folder is made if it isn't there.

    Attributes:
      torn: segments that are not whole, and were left out; whatever else can't be read ends the opening.

    Raises:
      LedgerUnwritable: the folder can't be made or read.
    """

    def __init__(self, spec: LedgerSpec):
        self.spec = spec
        self.torn: list[str] = []
        self._known = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._known.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8000;"
            "CREATE TABLE answers (key TEXT PRIMARY KEY, answer TEXT) WITHOUT ROWID;"
        )
        self._lock = threading.Lock()  # of all below, and of the database
        self._fresh: dict[str, str] = {}
        self._size = 0
        self._error, self._failures, self._failing_since = "", 0, 0.0
        self._flushing = threading.Lock()
        self._writer_name = uuid.uuid4().hex
        self._looking = threading.Lock()  # of the two below
        self._seen: set[str] = set()
        self._looked = 0.0
        try:
            segments.make(spec.folder)
            self.look_again()
        except (OSError, ValueError) as error:  # ValueError: no such kind of store
            self._known.close()
            raise LedgerUnwritable(
                f"the ledger {spec.folder} can't be used: {segments.one_line(error)}"
            ) from None
        segments.sweep(spec.folder)
        self._stop, self._full = threading.Event(), threading.Event()
        self._writer = threading.Thread(target=self._write_often, daemon=True)
        self._writer.start()

    def get(self, key: str) -> Answer | None:
        """Returns a finished answer."""
        with self._lock:
            row = self._fresh.get(key)
            if row is None:
                found = self._known.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
                row = found and found[0]
        return _answer(json.loads(row)) if row else None

    def look_again(self) -> None:
        """Reads what other workers have written since the last look, if that is some time ago.

        An answer that this worker has stays what it is.

        Raises:
          OSError: the folder, or a segment, can't be read now; what was not is read at another look.
        """
        with self._looking:
            if self._looked and time.monotonic() - self._looked < LOOK_EVERY_S:
                return
            try:
                # The latest first: of two answers to one question it counts.
                for path in reversed(segments.listed(self.spec.folder)):
                    if path not in self._seen:
                        self._read(path)
                        self._seen.add(path)
            finally:
                self._looked = time.monotonic()

    def put(self, key: str, model: str, prompt: str, answer: Answer) -> None:
        """Keeps an answer. It is on disk within `flush_s`.

        Raises:
          LedgerUnwritable: nothing could be written for `patience_s`. The answer stays in memory, and is
            written if that can be done later.
        """
        row = json.dumps(
            {"key": key, "model": model, "prompt": prompt, **_row(answer)}, separators=(",", ":")
        )
        with self._lock:
            self._fresh[key] = row
            self._size += len(row)
            if self._size >= MAX_SEGMENT:
                self._full.set()
        if self._failing_for() > self.spec.patience_s:
            raise self._unwritable()

    def flush(self) -> None:
        """Writes what is not on disk yet as a segment.

        Raises:
          LedgerUnwritable: it could not be.
        """
        with self._flushing:
            with self._lock:
                rows = dict(self._fresh)
            try:
                if rows:
                    path = segments.write(self.spec.folder, rows.values(), self._writer_name)
                    self._seen.add(path)
                    self._written(rows)
                self._error, self._failures = "", 0
            except Exception as error:  # of any store
                if not self._failures:
                    self._failing_since = time.monotonic()
                self._error, self._failures = segments.one_line(error), self._failures + 1
                raise self._unwritable() from None

    def close(self) -> None:
        """Writes what is left.

        Raises:
          LedgerUnwritable: it could not be for `patience_s`.
        """
        self._stop.set()
        self._full.set()
        self._writer.join()
        try:
            while True:
                try:
                    return self.flush()
                except LedgerUnwritable as error:
                    if self._failing_for() > self.spec.patience_s:
                        raise
                    _LOG.warning("%s; trying again", error)
                    time.sleep(segments.backoff(self._failures))
        finally:
            self._known.close()

    def _failing_for(self) -> float:
        """Returns for how many seconds nothing could be written; less than 0 if something could."""
        return time.monotonic() - self._failing_since if self._failures else -1.0

    def _unwritable(self) -> LedgerUnwritable:
        return LedgerUnwritable(f"the ledger {self.spec.folder} can't be written: {self._error}")

    def _write_often(self) -> None:
        while not self._stop.is_set():
            if self._failures:
                self._stop.wait(min(self.spec.flush_s, segments.backoff(self._failures)))
            else:
                self._full.wait(self.spec.flush_s)
            self._full.clear()
            try:
                self.flush()
            except LedgerUnwritable as error:  # told to whoever puts or closes when it has lasted
                _LOG.warning("%s; trying again", error)

    def _written(self, rows: dict[str, str]) -> None:
        """Moves rows into the database, but those that were put once more in the meantime."""
        with self._lock:
            self._insert(list(rows.items()), "REPLACE")
            for key, row in rows.items():
                if self._fresh[key] is row:
                    del self._fresh[key]
            self._size = sum(map(len, self._fresh.values()))

    def _insert(self, rows: Sequence[tuple[str, str]], otherwise: Literal["REPLACE", "IGNORE"]) -> None:
        self._known.execute("BEGIN")
        self._known.executemany(f"INSERT OR {otherwise} INTO answers VALUES (?, ?)", rows)
        self._known.execute("COMMIT")

    def _read(self, path: str) -> None:
        try:
            rows = [(_key(line), line) for line in segments.read(path)]
            if not rows:
                raise EOFError
        except (*segments.TORN, ValueError, KeyError, TypeError) as error:
            self.torn.append(path)
            _LOG.warning("ledger: %s is not whole and is left out (%s)", path, type(error).__name__)
            return
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            with self._lock:
                self._insert(rows[start : start + _ROWS_AT_ONCE], "IGNORE")


def _key(line: str) -> str:
    """Returns the key of a row, if it is one of ours."""
    row = json.loads(line)
    _answer(row)
    if not isinstance(row["key"], str):
        raise TypeError
    return str(row["key"])


def _row(answer: Answer) -> dict[str, Any]:
    return {
        "text": answer.text,
        "finish_reason": answer.finish_reason,
        "refusal": answer.refusal,
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.completion_tokens,
        "tokens": [(token.text, token.alternatives) for token in answer.tokens],
    }


def _answer(row: Mapping[str, Any]) -> Answer:
    tokens = tuple(Token(text, tuple((t, p) for t, p in others)) for text, others in row["tokens"])
    return Answer(
        row["text"],
        row["finish_reason"],
        row["refusal"],
        row["prompt_tokens"],
        row["completion_tokens"],
        tokens,
    )
