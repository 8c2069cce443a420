"""The first stages of every recipe that reads documents: bytes -> Document -> what it holds."""

from __future__ import annotations

import hashlib
import os
import threading
from functools import partial

import apache_beam as beam
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from extractors.documents.limits import Limits, UnreadableDocument
from pipelines.progress import tick
from pipelines.stages import Convert, Refused, Source, Split, printable, source_of
from schemas.document import Document

# PyMuPDF is not thread-safe, and some runners work with several threads in one process.
_ONE_AT_A_TIME = threading.Lock()


class ReadDocuments(beam.PTransform):
    """uris -> Documents; what can't be read is rejected with its reason.

    Args:
      limits: beyond which a document is refused.
      ticks: folder where progress is counted, if anyone looks.
    """

    def __init__(self, limits: Limits, ticks: str | None = None):
        super().__init__(label="read")
        self.limits, self.ticks = limits, ticks

    def expand(self, uris: beam.PCollection[str]) -> Split:
        sources = uris | beam.Map(source_of).with_output_types(Source)
        return sources | Convert("read", partial(read, limits=self.limits, ticks=self.ticks), Document)


def read(source: Source, limits: Limits, ticks: str | None = None) -> Document:
    """Reads one document.

    Raises:
      Refused: it can't be opened, or its reader refuses it.
    """
    from extractors.documents import read_document

    try:
        data = _bytes(source, limits)
        source = source_of(source.uri, hashlib.sha256(data).hexdigest())
        with _ONE_AT_A_TIME:
            return read_document(data, printable(source.uri), limits)
    except UnreadableDocument as error:
        raise Refused(error.reason, error.detail, record=source) from None
    finally:
        tick(ticks, "documents")


def _bytes(source: Source, limits: Limits) -> bytes:
    """Returns the bytes of a document, having looked at its size first."""
    try:
        with FileSystems.open(source.uri, compression_type=CompressionTypes.UNCOMPRESSED) as file:
            size = file.seek(0, os.SEEK_END)
            if size > limits.max_megabytes << 20:
                raise UnreadableDocument("too_large", f"{size:,} bytes; at most {limits.max_megabytes} MB")
            file.seek(0)
            return bytes(file.read(size))
    except OSError as error:
        raise UnreadableDocument("not_readable", error.strerror or type(error).__name__) from None
