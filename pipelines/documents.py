"""The first stages of every recipe that reads documents: bytes -> Document -> what it holds."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from typing import Any

import apache_beam as beam
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from extractors.documents.limits import Limits, UnreadableDocument
from pipelines.progress import tick
from pipelines.reader import Reader
from pipelines.readers import ReaderFn, ReaderPool, refusing
from pipelines.stages import Source, Split, Stage, Tally, printable, settled, source_of
from schemas.document import Document


class ReadDocuments(beam.PTransform):
    """Sources -> Documents; what can't be read is rejected with its reason.

    Args:
      pool: the processes that read.
      ticks: folder where progress is counted, if anyone looks.
    """

    def __init__(self, pool: ReaderPool, ticks: str | None = None):
        super().__init__(label="read")
        self.do = _Read(pool, ticks)

    def expand(self, sources: beam.PCollection[Source]) -> Split:
        return sources | Stage(self.do, "read", Document)


class _Read(ReaderFn):
    def __init__(self, pool: ReaderPool, ticks: str | None):
        super().__init__(pool)
        self.tally, self.ticks = Tally("read"), ticks

    def work(self, reader: Reader, source: Source) -> Document:
        try:
            with refusing():
                data = document_bytes(source.uri, self.pool.limits)
            with refusing(source_of(source.uri, hashlib.sha256(data).hexdigest())):
                return reader.read(data, printable(source.uri))
        finally:
            tick(self.ticks, "documents")

    def settle(self, source: Source, result: Callable[[], Any]) -> Iterator[Any]:
        return settled(self.tally, source, result)


def document_bytes(uri: str, limits: Limits) -> bytes:
    """Returns the bytes of a document, having looked at its size first.

    Raises:
      UnreadableDocument: not_readable or too_large.
    """
    try:
        # A pipe or a device may be read for ever; a link is judged by what it leads to.
        if "://" not in uri and not stat.S_ISREG(os.stat(uri).st_mode):
            raise UnreadableDocument("not_readable", "not a regular file")
        with FileSystems.open(uri, compression_type=CompressionTypes.UNCOMPRESSED) as file:
            size = file.seek(0, os.SEEK_END)
            if size > limits.max_megabytes * 1_000_000:
                raise UnreadableDocument("too_large", f"{size:,} bytes; at most {limits.max_megabytes} MB")
            file.seek(0)
            return bytes(file.read(size))
    except OSError as error:
        raise UnreadableDocument("not_readable", _said(error)) from None


def _said(error: OSError) -> str:
    return error.strerror or " ".join(str(error).split()) or type(error).__name__
