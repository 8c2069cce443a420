"""What a reader accepts, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one document; beyond them it is refused, not cut.

    Attributes:
      max_megabytes: of the file, and of what an archive unpacks to; a megabyte is 1,000,000 bytes.
      max_pages: of a PDF.
    """

    max_megabytes: int = 200
    max_pages: int = 5000


class UnreadableDocument(Exception):
    """A document that can't be read; the run goes on without it.

    Attributes:
      reason: one of unknown_type, empty, damaged, encrypted, too_large, too_many_pages, no_text,
        missing_dependency; or, where a pipeline reads it, not_readable (its bytes can't be had),
        timeout, crashed.
      detail: one line for a person.
    """

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
