"""The decision of a filter, and the record of what a stage dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Verdict:
    """Keep or drop, with the reason.

    Attributes:
      keep: False drops the record.
      reason: a short identifier in snake_case, counted in run.json; empty when kept.
      detail: the evidence, for a person who looks at rejects.
      scores: what was measured, kept apart from the decision so that a threshold can change
        without scoring again.
    """

    keep: bool
    reason: str = ""
    detail: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)


KEEP = Verdict(keep=True)


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row of OUT/rejected/*.parquet."""

    id: str = field(metadata={"doc": "id of the dropped record; for a document, of its bytes and uri"})
    stage: str = field(metadata={"doc": "stage that dropped it, as named in run.json"})
    reason: str = field(metadata={"doc": "why, in snake_case, as counted in run.json"})
    detail: str = field(metadata={"doc": "evidence for a person to read"})
    source_uri: str = field(metadata={"doc": "document that it came from"})
    record: str = field(metadata={"doc": "the dropped record itself, as JSON"})
