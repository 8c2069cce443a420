"""The first stages of every recipe that reads documents: bytes -> Document -> what it holds."""

from __future__ import annotations

import hashlib
import os
import stat

import apache_beam as beam
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from extractors.documents.limits import Limits, UnreadableDocument
from pipelines.progress import tick
from pipelines.reader import Reader, ReaderError
from pipelines.stages import ERROR, ConvertFn, Refused, Source, Split, Stage, printable, source_of
from schemas.document import Document


class ReadDocuments(beam.PTransform):
    """Sources -> Documents; what can't be read is rejected with its reason.

    Args:
      limits: beyond which a document is refused.
      ticks: folder where progress is counted, if anyone looks.
    """

    def __init__(self, limits: Limits, ticks: str | None = None):
        super().__init__(label="read")
        self.do = _Read(limits, ticks)

    def expand(self, sources: beam.PCollection[Source]) -> Split:
        return sources | Stage(self.do, "read", Document)


class _Read(ConvertFn):
    """Reads a document in the reader's process, of which there is one a worker."""

    def __init__(self, limits: Limits, ticks: str | None):
        super().__init__("read", self.read)
        self.limits, self.ticks = limits, ticks

    def setup(self) -> None:
        self.reader = Reader(self.limits, self.ticks)

    def teardown(self) -> None:
        self.reader.close()

    def read(self, source: Source) -> Document:
        try:
            data = _bytes(source, self.limits)
            source = source_of(source.uri, hashlib.sha256(data).hexdigest())
            return self.reader.read(data, printable(source.uri))
        except UnreadableDocument as error:
            raise Refused(error.reason, error.detail, record=source) from None
        except ReaderError as error:
            raise Refused(ERROR, str(error), record=source) from None
        finally:
            tick(self.ticks, "documents")


def _bytes(source: Source, limits: Limits) -> bytes:
    """Returns the bytes of a document, having looked at its size first."""
    try:
        # A pipe or a device may be read for ever; a link is judged by what it leads to.
        if "://" not in source.uri and not stat.S_ISREG(os.stat(source.uri).st_mode):
            raise UnreadableDocument("not_readable", "not a regular file")
        with FileSystems.open(source.uri, compression_type=CompressionTypes.UNCOMPRESSED) as file:
            size = file.seek(0, os.SEEK_END)
            if size > limits.max_megabytes * 1_000_000:
                raise UnreadableDocument("too_large", f"{size:,} bytes; at most {limits.max_megabytes} MB")
            file.seek(0)
            return bytes(file.read(size))
    except OSError as error:
        raise UnreadableDocument("not_readable", _said(error)) from None


def _said(error: OSError) -> str:
    return error.strerror or " ".join(str(error).split()) or type(error).__name__
