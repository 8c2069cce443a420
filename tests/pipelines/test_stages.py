from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.metrics import MetricsFilter
from apache_beam.testing.util import assert_that, equal_to
from hypothesis import given
from hypothesis import strategies as st

from pipelines.stages import (
    NAMESPACE,
    Convert,
    Distinct,
    Keep,
    Refused,
    Source,
    Split,
    printable,
    rejected,
    source_of,
)
from schemas.document import Document
from schemas.scp116k import Pair
from schemas.verdict import KEEP, Verdict
from tests.pipelines.records import item, pair


def run_stage(
    records: list[Any], stage: beam.PTransform, kept: list[Any], rejects: list[tuple[str, str, str]]
) -> dict[str, int]:
    """Runs a stage, asserts its two outputs, and returns its counters."""
    pipeline = beam.Pipeline(runner="FnApiRunner", options=beam.options.pipeline_options.PipelineOptions([]))
    out: Split = pipeline | beam.Create(records) | stage
    assert_that(out.kept, equal_to(kept), label="kept")
    found = out.rejected | beam.Map(lambda r: (r.id, r.reason, r.detail))
    assert_that(found, equal_to(rejects), label="rejected")
    result = pipeline.run()
    result.wait_until_finish()
    counters: Counter[str] = Counter()
    for counter in result.metrics().query(MetricsFilter().with_namespace(NAMESPACE))["counters"]:
        counters[counter.key.metric.name] += counter.result
    return dict(counters)


def test_keep_splits_counts_and_survives_what_raises() -> None:
    good, bad, worse = pair("good"), pair("bad"), pair("worse")

    def decide(record: Pair) -> Verdict:
        if record.problem == "worse":
            raise ValueError("two\nlines")
        return KEEP if record.problem == "good" else Verdict(False, "not_good", "why\nnot")

    counters = run_stage(
        [good, bad, worse],
        Keep("quality", decide),
        [good],
        [(bad.id, "not_good", "why not"), (worse.id, "error", "ValueError: two lines")],
    )
    assert counters == {
        "quality/in": 3,
        "quality/kept": 1,
        "quality/rejected/not_good": 1,
        "quality/rejected/error": 1,
        "quality/failed": 1,
    }


def test_convert_refuses_with_a_reason_and_may_name_another_record() -> None:
    first, second, third = source_of("a.pdf"), source_of("b.pdf"), source_of("c.pdf")
    known = source_of("b.pdf", "12")

    def convert(source: Source) -> str:
        if source.uri == "b.pdf":
            raise Refused("empty", "no bytes", record=known)
        if source.uri == "c.pdf":
            raise KeyError("c")
        return source.uri

    counters = run_stage(
        [first, second, third],
        Convert("read", convert, str),
        ["a.pdf"],
        [(known.id, "empty", "no bytes"), (third.id, "error", "KeyError: 'c'")],
    )
    assert counters["read/in"] == counters["read/kept"] + 2 == 3
    assert counters["read/failed"] == 1


@pytest.mark.parametrize("reverse", [False, True])
def test_distinct_keeps_the_same_one_in_any_order(reverse: bool) -> None:
    records = [replace(pair("same"), id=str(n)) for n in range(4)] + [replace(pair("other"), id="9")]
    if reverse:
        records = records[::-1]

    def key(record: Pair) -> str:
        return record.problem

    counters = run_stage(
        records,
        Distinct("duplicates", key, order=lambda r: r.id),
        [replace(pair("same"), id="0"), replace(pair("other"), id="9")],
        [(str(n), "duplicate", "same as 0") for n in (1, 2, 3)],
    )
    assert counters["duplicates/in"] == 5
    assert counters["duplicates/kept"] == 2


def test_distinct_survives_a_key_that_raises() -> None:
    def key(record: Pair) -> str:
        if record.problem == "bad":
            raise RuntimeError("no key")
        return record.problem

    good, bad = pair("good"), pair("bad")
    counters = run_stage(
        [good, bad],
        Distinct("duplicates", key, order=lambda r: r.id),
        [good],
        [(bad.id, "error", "RuntimeError: no key")],
    )
    assert counters["duplicates/in"] == 2


def fail(_: Any) -> Any:
    raise MemoryError


@pytest.mark.parametrize(
    "stage", [lambda: Keep("s", fail), lambda: Convert("s", fail, str), lambda: Distinct("s", fail, str)]
)
def test_every_record_in_is_kept_or_rejected_even_where_all_fail(stage: Callable[[], Any]) -> None:
    records = [pair(f"problem {n}") for n in range(5)]
    counters = run_stage(records, stage(), [], [(r.id, "error", "MemoryError:") for r in records])
    assert counters == {"s/in": 5, "s/rejected/error": 5, "s/failed": 5}


def test_rejects_of_documents_items_and_rows() -> None:
    document = Document("x.pdf", "cd" * 32, "", "und", "pdf", 1, ())
    for record, uri in ((document, "x.pdf"), (item(uri="y.pdf"), "y.pdf"), (pair(), "docs/a.pdf")):
        row = rejected(record, "stage", "reason")
        assert row.source_uri == uri
        assert row.id
        assert json.loads(row.record)
    assert "blocks" not in json.loads(rejected(document, "stage", "reason").record)


def test_the_id_of_a_document_depends_on_its_bytes_and_its_uri() -> None:
    ids = [source_of(*args).id for args in (("a", "1"), ("a", "2"), ("b", "1"), ("a", ""))]
    assert max(Counter(ids).values()) == 1
    assert source_of("a", "1").id == ids[0]


@given(st.text(st.characters(codec=None, categories=["L", "Cs", "Cc", "N"])))
def test_a_reject_can_always_be_written(text: str) -> None:
    row = rejected(item(text=text, uri=text), "stage", "reason", text)
    for field in (row.detail, row.source_uri, row.record):
        field.encode("utf-8")
    json.dumps(json.loads(row.record), ensure_ascii=False).encode("utf-8")
    assert printable(printable(text)) == printable(text)
