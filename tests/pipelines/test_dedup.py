from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.metrics import MetricsFilter
from apache_beam.options.pipeline_options import PipelineOptions

from filters.minhash import Lsh
from filters.near_duplicates import near_duplicates
from pipelines import dedup
from pipelines.dedup import KNOWN, NEAR_DUPLICATE, Compared, Known, NearDuplicates
from pipelines.stages import ERROR, NAMESPACE, Split
from schemas.arrow import to_row
from schemas.row import Row

LSH = Lsh(threshold=0.6, ngram=2, bands=30, rows=3)


def row(name: str, text: Any) -> Row:
    return Row(name, "in.jsonl", "", 0, {"text": text})


def compared(record: Row) -> Compared:
    return Compared((record.values["text"],))


def order(record: Row) -> tuple[int, str]:
    return -len(record.values["text"]), record.id


class Result:
    def __init__(self, out: Path, counters: Counter[str]):
        self.counters = counters
        self.kept, self.rejected = (
            sorted((json.loads(line) for file in out.glob(f"{name}*") for line in file.open()), key=_id)
            for name in ("kept", "rejected")
        )

    @property
    def ids(self) -> list[str]:
        return [record["id"] for record in self.kept]

    @property
    def why(self) -> dict[str, tuple[str, str]]:
        return {record["id"]: (record["reason"], record["detail"]) for record in self.rejected}


def _id(record: dict[str, Any]) -> str:
    return record["id"]


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the stage; its two outputs come back by files, since workers are processes of their own."""
    runs = iter(range(100))

    def go(records: Sequence[Row], known: Sequence[Known] = (), workers: int = 1) -> Result:
        out = tmp_path / str(next(runs))
        out.mkdir()
        options = ["--runner=FnApiRunner"]
        if workers > 1:
            options += ["--direct_running_mode=multi_processing", f"--direct_num_workers={workers}"]
        pipeline = beam.Pipeline(options=PipelineOptions(options))
        existing = pipeline | "existing" >> beam.Create(known) if known else None
        split: Split = (
            pipeline
            | beam.Create(records).with_output_types(Row)
            | NearDuplicates("near", compared, order, LSH, existing)
        )
        for name, side in (("kept", split.kept), ("rejected", split.rejected)):
            lines = side | f"JSON {name}" >> beam.Map(lambda record: json.dumps(to_row(record)))
            lines | name >> beam.io.WriteToText(str(out / name))
        result = pipeline.run()
        result.wait_until_finish()
        counters: Counter[str] = Counter()
        for counter in result.metrics().query(MetricsFilter().with_namespace(NAMESPACE))["counters"]:
            counters[counter.key.metric.name] += counter.result
        return Result(out, counters)

    return go


def collection(seed: int, size: int = 80) -> list[Row]:
    """Texts and copies of them with a few other words."""
    rng = random.Random(seed)
    vocabulary = [f"w{n}" for n in range(300)]
    texts = [rng.choices(vocabulary, k=40) for _ in range(size)]
    for text in texts[: size // 2]:
        texts.append([rng.choice(vocabulary) if rng.random() < 0.08 else word for word in text])
    return [row(f"{n:03}", " ".join(text)) for n, text in enumerate(texts)]


def test_one_of_similar_records_is_kept_and_named(run: Run) -> None:
    long = "one two three four five six seven eight nine ten"
    result = run([row("a", long), row("b", long + " eleven"), row("c", "none of that"), row("d", "")])
    assert result.ids == ["b", "c", "d"]
    assert result.why == {"a": (NEAR_DUPLICATE, "0.900 similar to b")}
    assert result.counters == {"near/in": 4, "near/kept": 3, f"near/rejected/{NEAR_DUPLICATE}": 1}


def test_a_chain_names_the_record_that_links_it(run: Run) -> None:
    words = [f"w{n}" for n in range(10, 40)]
    chain = [row(f"{n}", " ".join(words[2 * n : 2 * n + 16])) for n in range(4)]
    result = run(chain)
    assert result.ids == ["0"]
    assert result.why["3"][1] == "0.429 similar to 0, 0.765 similar to 2"


def test_the_same_as_without_beam(run: Run) -> None:
    records = collection(1)
    best = sorted(records, key=order)
    expected = {
        best[d.index].id: best[d.kept].id for d in near_duplicates([compared(r).texts for r in best], LSH)
    }
    result = run(records)
    assert {name: detail.split()[3].rstrip(",") for name, (_, detail) in result.why.items()} == expected
    assert len(result.kept) + len(result.rejected) == len(records)
    assert 20 <= len(expected) <= 40


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_same_in_any_order_by_any_number_of_workers(run: Run, workers: int) -> None:
    records = collection(2)
    shuffled = random.Random(workers).sample(records, len(records))
    one, other = run(records), run(shuffled, workers=workers)
    assert (one.kept, one.rejected) == (other.kept, other.rejected)
    assert other.counters == one.counters


def test_small_shares_and_batches_change_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    records = collection(3)
    one = run(records)
    monkeypatch.setattr(dedup, "_SHARE", 3)
    monkeypatch.setattr(dedup, "_BATCH_CHARACTERS", 1000)
    other = run(records)
    assert (one.kept, one.rejected) == (other.kept, other.rejected)


def test_records_that_raise_are_rejected_alone(run: Run) -> None:
    result = run([row("a", "one two three"), row("b", None), row("c", "One, two, three")])
    assert result.ids == ["a"] or result.ids == ["c"]
    assert result.why["b"][0] == ERROR
    assert result.counters["near/in"] == 3
    assert result.counters["near/failed"] == 1


def test_what_is_similar_to_an_existing_record_is_rejected(run: Run) -> None:
    long = "one two three four five six seven eight nine ten"
    known = [
        Known("k1", "old.parquet", Compared((f"{long} eleven twelve",))),
        Known("k2", "old.parquet", Compared((long,))),
        Known("k3", "old.parquet", Compared(("something else altogether, alone",))),
    ]
    result = run(
        [row("a", long), row("b", f"{long}!!"), row("c", "new text"), row("d", "other new text")], known
    )
    assert result.ids == ["c", "d"]
    assert result.why == {
        "a": (KNOWN, "1.000 similar to k2 of old.parquet"),
        "b": (KNOWN, "0.818 similar to k2 of old.parquet"),
    }


def test_rows_of_the_same_name_are_told_apart(run: Run) -> None:
    result = run(
        [row("same", "one two three four"), row("same", "five six seven eight"), row("same", "nine")]
    )
    assert len(result.kept) == 3
    assert not result.rejected


def test_nothing_at_all(run: Run) -> None:
    assert run([]).kept == []


def test_copies_with_one_id_are_found(run: Run) -> None:
    text = "one two three four five six seven"
    result = run([Row("a", "in.jsonl", "", number, {"text": text}) for number in range(3)])
    assert result.ids == ["a"]
    assert result.counters["near/kept"] == 1
    assert result.counters[f"near/rejected/{NEAR_DUPLICATE}"] == 2


def test_a_record_that_exists_under_its_own_id_is_found(run: Run) -> None:
    text = "one two three four five six seven"
    result = run([row("a", text)], [Known("a", "old.jsonl", Compared((text,)))])
    assert result.ids == []
    assert result.why["a"] == (KNOWN, "1.000 similar to a of old.jsonl")
