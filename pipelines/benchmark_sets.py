"""The benchmarks that training data must not hold: read, checked, and indexed once a process."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from filters.contamination import RUN, Index
from inference.errors import Fatal
from pipelines.errors import UsageError
from pipelines.tables import BadRow, BadTable, list_tables, parts_of, rows_of
from schemas.row import value_of

MAX_EXCERPT = 200
_lock = threading.Lock()


class BadBenchmark(Fatal):
    """A benchmark can't be used, or has changed since the run was started; the message is one line."""


@dataclass(frozen=True, slots=True)
class BenchmarkSet:
    """A benchmark.

    Attributes:
      path: as the user names it.
      column: with the text of its items, with dots for fields of fields.
      uris: its files.
      hashes: the SHA-256 of their bytes.
    """

    path: str
    column: str
    uris: tuple[str, ...]
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BenchmarkItem:
    """An item.

    Attributes:
      set: the number of its benchmark.
      uri, row: its file, and its place there, from 0.
      excerpt: the beginning of its text.
    """

    set: int
    uri: str
    row: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Benchmarks, ready to be searched for.

    Attributes:
      items: in the order of the index.
      hashes: of the files of each benchmark.
    """

    items: Sequence[BenchmarkItem]
    index: Index
    hashes: Sequence[tuple[str, ...]]

    def counts(self) -> list[dict[str, int]]:
        """Returns for each benchmark how many items it has, and how many of them are empty or short.

        Short ones are found only where they are a whole text.
        """
        found: list[Counter[str]] = [Counter() for _ in self.hashes]
        for item, size in zip(self.items, self.index.sizes, strict=True):
            found[item.set].update(items=1, empty=size == 0, short=0 < size < RUN)
        return [{name: counter[name] for name in ("items", "empty", "short")} for counter in found]


def checked_benchmarks(named: Sequence[tuple[str, str]], output: str) -> tuple[BenchmarkSet, ...]:
    """Returns benchmarks by what the user calls them.

    Args:
      named: paths, each a file, a folder or a glob, and the column with the texts.
      output: the folder of the run, whose files are no benchmark.

    Raises:
      BadBenchmark: a file can't be read or lacks the column, or a benchmark has no words there.
    """
    found = []
    for path, column in named:
        try:
            uris = list_tables([path], output)
        except UsageError as error:
            raise BadBenchmark(str(error).removeprefix("--input ")) from None
        found.append(BenchmarkSet(path, column, tuple(uris)))
    with _lock:
        opened = _open(tuple(found))
    for benchmark, counts in zip(found, opened.counts(), strict=True):
        if counts["items"] == counts["empty"]:
            raise BadBenchmark(f"{benchmark.path}: the column {benchmark.column} holds no words")
    return tuple(
        BenchmarkSet(one.path, one.column, one.uris, hashes)
        for one, hashes in zip(found, opened.hashes, strict=True)
    )


def open_benchmarks(sets: tuple[BenchmarkSet, ...]) -> Opened:
    """Returns benchmarks that were checked, opened once a process.

    Raises:
      BadBenchmark: they are not what they were.
    """
    with _lock:
        opened = _open(tuple(BenchmarkSet(one.path, one.column, one.uris) for one in sets))
    for one, hashes in zip(sets, opened.hashes, strict=True):
        if one.hashes != hashes:
            raise BadBenchmark(f"{one.path}: has changed since the run was started")
    return opened


@cache
def _open(sets: tuple[BenchmarkSet, ...]) -> Opened:
    items: list[BenchmarkItem] = []
    hashes: list[tuple[str, ...]] = []

    def texts() -> Iterator[str]:
        for number, one in enumerate(sets):
            found = []
            for uri in one.uris:
                sha256, rows = _read(uri, one.column)
                found.append(sha256)
                for row, text in rows:
                    items.append(BenchmarkItem(number, uri, row, " ".join(text.split())[:MAX_EXCERPT]))
                    yield text
            hashes.append(tuple(found))

    index = Index(texts())
    return Opened(items, index, hashes)


def _read(uri: str, column: str) -> tuple[str, list[tuple[int, str]]]:
    """Returns the hash of a file, and the number and text of each of its rows; null is an empty text.

    Raises:
      BadBenchmark: it can't be read, holds something else than rows of texts, or lacks the column.
    """
    rows: list[tuple[int, str]] = []
    names: set[str] = set()
    present = False
    try:
        parts = parts_of(uri)
        for number, values in (row for part in parts for row in rows_of(part)):
            if isinstance(values, BadRow):
                raise BadBenchmark(f"{uri}: row {number + 1}: {values.reason}: {values.detail}")
            value = value_of(values, column)
            if value is not None and not isinstance(value, str):
                kind = type(value).__name__
                raise BadBenchmark(f"{uri}: row {number + 1}: the column {column} holds a {kind}, no text")
            names.update(values)
            present = present or value is not None or column in values
            rows.append((number, value or ""))
    except BadTable as error:
        raise BadBenchmark(f"{uri}: {error}") from None
    if not rows:
        raise BadBenchmark(f"{uri}: holds no rows")
    if not present:
        raise BadBenchmark(f"{uri}: has no column {column}; there are: {', '.join(sorted(names))}")
    return parts[0].sha256, rows
