"""Rows with verdicts that words tell, and a classifier of them, trained once for all tests of a process."""

from __future__ import annotations

import atexit
import json
import random
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.train_classifier import train_classifier

GOOD = ("therefore", "substitute", "derive", "hence", "energy", "\\frac{1}{2}", "velocity", "matrix")
BAD = ("figure", "omitted", "page", "answers", "vary", "appendix", "copyright", "index")
QUICK = ("--dimensions", "8", "--epochs", "10", "--word_ngrams", "1")


def rows(n: int, seed: int = 0, noise: float = 0.01) -> Iterator[dict[str, Any]]:
    """Yields rows whose words speak for their verdict, but for a share of wrong ones."""
    draw = random.Random(seed)
    common = [f"word{i}" for i in range(300)]

    def text(words: tuple[str, ...], length: int) -> str:
        chosen = (draw.choice(words if draw.random() < 0.3 else common) for _ in range(length))
        return " ".join(chosen)

    for number in range(n):
        good = draw.random() < 0.7
        words = GOOD if good else BAD
        said = good if draw.random() >= noise else not good
        yield {
            "id": f"{seed}-{number}",
            "problem": text(words, 20),
            "solution": text(words, 30),
            "judge": {"verdict": "keep" if said else "drop", "model": "stub"},
        }


def written(path: Path, records: Iterator[dict[str, Any]]) -> Path:
    """Writes rows as JSON lines."""
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return path


@cache
def trained() -> Path:
    """Returns the folder of a classifier."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    data = written(Path(folder.name) / "rows.jsonl", rows(2000))
    output = Path(folder.name) / "model"
    assert train_classifier(["--input", str(data), "--output", str(output), *QUICK]) == 0
    return output
