"""The table of benchmark items that a run found in its records."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hit:
    """One row of OUT/exports/contamination/*.parquet."""

    id: str = field(metadata={"doc": "hash of the item's place and the record's id"})
    record_id: str = field(metadata={"doc": "record that was dropped; see rejected/"})
    benchmark: str = field(metadata={"doc": "benchmark, as --decontaminate names it"})
    column: str = field(metadata={"doc": "column of its text"})
    uri: str = field(metadata={"doc": "file of the item"})
    row: int = field(metadata={"doc": "its row in the file, from 0"})
    item: str = field(metadata={"doc": "beginning of its text"})
    found: str = field(metadata={"doc": "verbatim, or altered (other names or numbers)"})
    overlap: float = field(metadata={"doc": "share of its words in runs of 8 that the record has too"})
    aligned: float = field(
        metadata={"doc": "share of its words but numbers that the record has in the same order"}
    )
