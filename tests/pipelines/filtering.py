"""A dataset and lists of filters for the tests of the recipe `filter`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.cli import main

WORDS = "the river and the hill of that town have been with the people to this day and so on it goes"
GOOD = f"{WORDS}. " * 4
SCHEMA = pa.schema(
    [
        ("key", pa.int32()),
        ("body", pa.struct([("text", pa.large_string()), ("raw", pa.binary())])),
        ("when", pa.timestamp("ns", "UTC")),
        ("kind", pa.dictionary(pa.int8(), pa.string())),
        ("tags", pa.list_(pa.string())),
        ("source", pa.string()),
    ]
)


def row(key: int, text: str | None) -> dict[str, Any]:
    return {
        "key": key,
        "body": {"text": text, "raw": b"\x00\xff"},
        "when": datetime(2024, 1, 1),
        "kind": "ab"[key % 2],
        "tags": [str(key)],
        "source": "web",
    }


TEXTS = [
    *(f"{GOOD} Number {n} is here." for n in range(12)),
    "too short",
    "- " + "\n- ".join([WORDS] * 4),
    "# " * 40 + GOOD,
    GOOD + "Write to jane@example.com.",
    GOOD.upper(),
    None,
    "  ",
    f"{GOOD} Number 3 is here.",
]
FILTERS = """
- pii
- gopher_quality: {min_words: 20, max_hashes_per_word: 0.3}
- gopher_repetition: {max_top_2_gram: 0.9, max_top_3_gram: 0.9, max_top_4_gram: 0.9,
    max_duplicate_5_grams: 0.9, max_duplicate_6_grams: 0.9, max_duplicate_7_grams: 0.9,
    max_duplicate_8_grams: 0.9, max_duplicate_9_grams: 0.9, max_duplicate_10_grams: 0.9}
- exact_dedup
- c4: {min_sentences: 4, drop_lines: false}
"""


def write_dataset(folder: Path) -> Path:
    """Writes `TEXTS` as two Parquet files."""
    folder.mkdir()
    rows = [row(key, text) for key, text in enumerate(TEXTS)]
    pq.write_table(pa.Table.from_pylist(rows[:9], schema=SCHEMA), folder / "a.parquet", row_group_size=4)
    pq.write_table(pa.Table.from_pylist(rows[9:], schema=SCHEMA), folder / "b.parquet")
    return folder


def filters(folder: Path, text: str = FILTERS, name: str = "f.yaml") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def run(*arguments: object, column: Sequence[str] = ("body.text",)) -> int:
    return main(["run", "filter", "--text_column", *column, *map(str, arguments)])


def read(out: Path, folder: str = "data") -> list[dict[str, Any]]:
    return pq.read_table(out / folder).to_pylist()


def manifest(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "run.json").read_text())
    return found


def contents(out: Path) -> list[bytes]:
    return [path.read_bytes() for name in ("data", "rejected") for path in sorted((out / name).iterdir())]


def funnel(out: Path) -> dict[str, dict[str, int]]:
    return {stage["stage"]: stage["reasons"] for stage in manifest(out)["stages"]}


def says(
    capfd: pytest.CaptureFixture[str], *arguments: object, column: Sequence[str] = ("body.text",)
) -> str:
    """Returns the one line of a run that is refused."""
    capfd.readouterr()
    assert run(*arguments, column=column) == 2
    [line] = capfd.readouterr().err.splitlines()
    return line
