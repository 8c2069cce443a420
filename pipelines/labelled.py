"""Labelled rows for a classifier: from Parquet and JSON lines, the rejects of runs included."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from filters.classifier import normalise, text_of
from pipelines.errors import UsageError
from pipelines.output import join
from pipelines.tables import BadRow, BadTable, all_rows
from schemas.ids import record_id
from schemas.row import value_of

ENDINGS = (".parquet", ".jsonl", ".jsonl.gz")
_OWN = "fasttext:"  # what a classifier decided itself teaches it nothing
_MIN_WORDS = 6
_VALIDATION = ("validation", "valid", "val", "dev", "test")
_REJECT = {"id", "stage", "reason", "record"}


def labelled_files(paths: Sequence[str]) -> list[str]:
    """Returns the Parquet files and JSON lines that paths name, folders with all below them, sorted.

    Hidden files and the ledgers of runs are left out.

    Raises:
      UsageError: a path names none.
    """
    from apache_beam.io.filesystems import FileSystems

    found: set[str] = set()
    for path in paths:
        try:
            matches = FileSystems.match([path, join(path, "**")])
        except Exception as error:  # a scheme without its library, no credentials, no such bucket...
            raise UsageError(f"--input {path}: {_one_line(error)}") from None
        files = {file.path for match in matches for file in match.metadata_list}
        kept = {file for file in files if file.endswith(ENDINGS) and not _left_out(file[len(path) :])}
        if not kept:
            raise UsageError(f"--input {path}: no file or folder with {', '.join(ENDINGS)}")
        found |= kept
    return sorted(found)


def _left_out(below: str) -> bool:
    parts = below.split("/")
    return "ledger" in parts or any(part.startswith(".") for part in parts)


@dataclass(frozen=True, slots=True)
class Columns:
    """What is read of a row.

    Attributes:
      texts: columns with the text, with dots for fields of fields; the first is what tells near copies.
      label: the column with the label.
      part: the column that says whether a row is for `validation` or for training; "" if none does.
    """

    texts: tuple[str, ...]
    label: str
    part: str = ""

    @property
    def wanted(self) -> tuple[str, ...]:
        return (*self.texts, self.label, *([self.part] if self.part else []))


class Examples:
    """Labelled texts in a temporary database on disk, in two parts that share no near copies.

    Where a column says to which part an example belongs, that counts, whatever the copies. Else it depends on
    the words of its first text, numbers and signs left out, and on the seed. Its place among the others
    depends on its id and the seed.

    Attributes:
      skipped: rows that were left out, by reason.
    """

    def __init__(self, columns: Columns, validation_share: float, seed: int):
        self.columns, self.share, self.seed = columns, validation_share, seed
        self.skipped: Counter[str] = Counter()
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE examples"
            " (place TEXT, validation INT, label TEXT, line TEXT, hash TEXT PRIMARY KEY); BEGIN"
        )

    def read(self, files: Sequence[str]) -> None:
        """Adds the rows of files.

        Raises:
          UsageError: a file can't be read, or no row has one of the columns.
        """
        present: set[str] = set()
        for path in files:
            for row in rows_of(path, self.columns):
                present.update(column for column in self.columns.wanted if has_column(row, column))
                self._add(row)
        if missing := [column for column in self.columns.wanted if column not in present]:
            there = {name for path in files for _, row in islice(_rows(path, None), 1) for name in row}
            raise UsageError(f"no row has the column {missing[0]}; there are: {', '.join(sorted(there))}")

    def _add(self, row: Mapping[str, Any]) -> None:
        label = value_of(row, self.columns.label)
        texts = [str(value_of(row, column) or "") for column in self.columns.texts]
        if label is None or isinstance(label, (list, dict)) or not str(label).strip():
            self.skipped["no label"] += 1
            return
        if not any(text.strip() for text in texts):
            self.skipped["no text"] += 1
            return
        if str(value_of(row, "judge.model") or "").startswith(_OWN):
            self.skipped["decided by a classifier"] += 1
            return
        line = normalise(texts)
        validation = self._is_for_validation(row, texts)
        place = record_id(self.seed, "place", str(value_of(row, "id") or line), line)
        before = self._rows.total_changes
        self._rows.execute(
            "INSERT OR IGNORE INTO examples VALUES (?, ?, ?, ?, ?)",
            (place, validation, str(label).strip(), line, record_id(str(label).strip(), line)),
        )
        if self._rows.total_changes == before:
            self.skipped["same as another"] += 1

    def _is_for_validation(self, row: Mapping[str, Any], texts: Sequence[str]) -> bool:
        if self.columns.part:
            return str(value_of(row, self.columns.part)).strip().casefold() in _VALIDATION
        return _share_of(self.seed, "part", _copies_alike(normalise(texts[:1]))) < self.share

    def counts(self) -> dict[str, tuple[int, int]]:
        """Returns the number of examples for training and for validation, by label, sorted."""
        found = self._rows.execute(
            "SELECT label, sum(1 - validation), sum(validation) FROM examples GROUP BY label ORDER BY label"
        )
        return {label: (training, validation) for label, training, validation in found}

    def lines(self, *, validation: bool) -> Iterator[tuple[str, str]]:
        """Yields label and normalised text of one part, in an order that the labels have no part in."""
        chosen = "SELECT label, line FROM examples WHERE validation = ? ORDER BY place, label"
        yield from self._rows.execute(chosen, (validation,))


def _copies_alike(line: str) -> str:
    words = " ".join(word for word in line.split() if word.isalpha())
    return words if words.count(" ") >= _MIN_WORDS - 1 else line


def _share_of(*parts: str | int) -> float:
    return int(hashlib.sha256(record_id(*parts).encode()).hexdigest()[:12], 16) / 16**12


def has_column(row: Mapping[str, Any], column: str) -> bool:
    """Whether a row has a column, be it null."""
    try:
        text_of(row, column)
    except KeyError:
        return False
    return True


def rows_of(path: str, columns: Columns) -> Iterator[dict[str, Any]]:
    """Yields the rows of a file; of a file of rejects the rejected records that have the label.

    Of Parquet no more than what is wanted is read.

    Raises:
      UsageError: the file can't be read, or holds something else than rows.
    """
    wanted = {column.split(".")[0] for column in columns.wanted} | {"id", "judge"} | _REJECT
    for number, row in _rows(path, sorted(wanted)):
        if not row.keys() >= _REJECT:
            yield row
        elif value_of(record := _record(path, number, row["record"]), columns.label) is not None:
            yield record


def _rows(path: str, wanted: Sequence[str] | None) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        for number, row in all_rows(path, wanted):
            if isinstance(row, BadRow):
                raise UsageError(f"{path}: line {number + 1} holds no JSON object")
            yield number, row
    except BadTable as error:
        raise UsageError(f"{path}: can't be read: {error}") from None


def _record(path: str, number: int, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise UsageError(f"{path}: row {number + 1}: the column record holds no JSON object")
    return value


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
