"""Reading back what a run wrote, for its counts, its card and its report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipelines.output import join
from schemas.row import value_of


def shards(output: str, folder: str) -> list[str]:
    """Returns the Parquet files of `data` or `rejected`, sorted."""
    from apache_beam.io.filesystems import FileSystems

    matched = FileSystems.match([join(output, folder, "part-*.parquet")])[0].metadata_list
    return sorted(metadata.path for metadata in matched)


def _open(path: str) -> Any:
    from apache_beam.io.filesystem import CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    return FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED)


def count_rows(output: str, folder: str) -> int:
    """Returns how many rows the files of a folder hold, from their footers."""
    import pyarrow.parquet as pq

    total = 0
    for path in shards(output, folder):
        with _open(path) as file:
            total += pq.ParquetFile(file).metadata.num_rows
    return total


def rows(output: str, folder: str, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yields the rows of a folder's files, in the order of the files and of their ids."""
    import pyarrow.parquet as pq

    for path in shards(output, folder):
        with _open(path) as file:
            for batch in pq.ParquetFile(file).iter_batches(batch_size=512, columns=columns):
                yield from batch.to_pylist()


def sources(output: str) -> list[dict[str, Any]]:
    """Returns the documents that gave rows: uri, title, rows; by uri."""
    counts: dict[tuple[str, str], int] = {}
    # Rows of other datasets may have a source that is something else.
    for row in rows(output, "data", ["source.uri", "source.title", "row_source.uri"]):
        source = row.get("source") or row.get("row_source")
        uri, title = (value_of({"source": source}, f"source.{name}") for name in ("uri", "title"))
        if isinstance(uri, str):
            key = (uri, title if isinstance(title, str) else "")
            counts[key] = counts.get(key, 0) + 1
    return [{"uri": uri, "title": title, "rows": n} for (uri, title), n in sorted(counts.items())]


def sample_rejects(output: str, each: int) -> list[dict[str, Any]]:
    """Returns the first `each` rejects of every stage and reason. Ids are hashes: it is a fair sample."""
    taken: dict[tuple[str, str], int] = {}
    sample = []
    for row in rows(output, "rejected"):
        key = (row["stage"], row["reason"])
        taken[key] = taken.get(key, 0) + 1
        if taken[key] <= each:
            sample.append({**row, "record": _loads(row["record"])})
    return sample


def sample_details(output: str, each: int) -> dict[str, dict[str, list[dict[str, str]]]]:
    """Returns id and detail of the first `each` rejects of every reason, by stage and reason, sorted."""
    found: dict[str, dict[str, list[dict[str, str]]]] = {}
    for row in rows(output, "rejected", ["id", "stage", "reason", "detail"]):
        sample = found.setdefault(row["stage"], {}).setdefault(row["reason"], [])
        if len(sample) < each:
            sample.append({"id": row["id"], "detail": row["detail"]})
    return {stage: dict(sorted(reasons.items())) for stage, reasons in sorted(found.items())}


def _loads(text: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(text)
    return value
