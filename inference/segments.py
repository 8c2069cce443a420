"""The files of a ledger, on any of Beam's file systems.

A segment is a file of gzipped JSON lines that appears whole, is never changed, and has a name of its own.
"""

from __future__ import annotations

import gzip
import logging
import random
import time
import uuid
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

SUFFIX = ".jsonl.gz"
FIRST_WAIT_S = 0.5
READ_ATTEMPTS = 4
UNFINISHED = ".tmp"
UNFINISHED_S = 86_400.0
"""What is unfinished for so long is of a run that was killed."""
TORN = (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError)
"""What reading a segment raises that is not whole."""

_OBJECT_STORES = ("gs", "s3", "azfs")
"""There a file appears when it is closed."""

_LOG = logging.getLogger(__name__)

T = TypeVar("T")


def backoff(failures: int, longest: float = 10.0) -> float:
    """Returns seconds to wait after so many failures in a row."""
    return random.uniform(0.5, 1) * min(longest, FIRST_WAIT_S * 2 ** min(failures - 1, 20))


def make(folder: str) -> None:
    """Makes a folder, if it isn't there.

    Raises:
      OSError, ValueError: it can't be made, also not a little later; there is no such kind of store.
    """
    from apache_beam.io.filesystems import FileSystems

    def attempt() -> None:
        if not FileSystems.exists(folder):
            try:
                FileSystems.mkdirs(folder)
            except OSError:  # made by another worker in this moment
                if not FileSystems.exists(folder):
                    raise

    _insist(attempt)


def listed(folder: str) -> list[str]:
    """Returns the paths of the segments of a folder, in the order of time.

    Raises:
      OSError: see `make`.
    """
    from apache_beam.io.filesystems import FileSystems

    pattern = FileSystems.join(folder, f"*{SUFFIX}")
    return _insist(
        lambda: sorted(file.path for match in FileSystems.match([pattern]) for file in match.metadata_list)
    )


def read(path: str) -> list[str]:
    """Returns the lines of a segment.

    Raises:
      TORN: it is not whole.
      OSError: see `make`.
    """
    from apache_beam.io.filesystem import CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    def attempt() -> list[str]:
        with (
            FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as file,
            gzip.open(file, "rt", encoding="utf-8") as lines,
        ):
            return list(lines)

    return _insist(attempt)


def write(folder: str, rows: Iterable[str], writer: str) -> str:
    """Writes a segment and returns its path.

    It has a name that is no segment's, and is renamed when it is whole, where that is not done by the store
    itself.

    Args:
      writer: a name of whoever writes there, of which one attempt at most leaves something unfinished.

    Raises:
      Exception: of any store; it may be written later.
    """
    from apache_beam.io.filesystem import CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    # Names in the order of time: of two answers to one question the later one counts.
    path = FileSystems.join(folder, f"{time.time_ns():019d}-{uuid.uuid4().hex}{SUFFIX}")
    appears_whole = path.partition("://")[0] in _OBJECT_STORES
    being_written = path if appears_whole else FileSystems.join(folder, writer + UNFINISHED)
    try:
        with FileSystems.create(being_written, compression_type=CompressionTypes.UNCOMPRESSED) as file:
            file.write(gzip.compress("".join(f"{row}\n" for row in rows).encode(), compresslevel=3, mtime=0))
        if not appears_whole:
            FileSystems.rename([being_written], [path])
    except BaseException:
        if not appears_whole:
            with suppress(Exception):  # if it can't be, the next attempt takes its place
                FileSystems.delete([being_written])
        raise
    return str(path)


def sweep(folder: str) -> None:
    """Removes what runs that were killed have left unfinished; only logs a failure."""
    from apache_beam.io.filesystems import FileSystems

    try:
        (found,) = FileSystems.match([FileSystems.join(folder, f"*{UNFINISHED}")])
        now = time.time()
        old = [f.path for f in found.metadata_list if 0 < f.last_updated_in_seconds < now - UNFINISHED_S]
        if old:
            FileSystems.delete(old)
    except Exception as error:  # of any store; another worker may be doing the same
        _LOG.info("ledger: what is unfinished in %s stays there: %s", folder, one_line(error))


def one_line(error: Exception) -> str:
    """Returns what an error says, or else what it is."""
    return " ".join(str(error).split()) or type(error).__name__


def _insist(attempt: Callable[[], T]) -> T:
    """Tries again for a few seconds what a store refuses: most of that passes.

    Raises:
      OSError: for whatever a store raises; S3's and Google's errors are none.
      TORN, ValueError: at once.
    """
    for failures in range(1, READ_ATTEMPTS + 1):
        try:
            return attempt()
        except (*TORN, ValueError):
            raise
        except Exception as error:
            if failures == READ_ATTEMPTS:
                if isinstance(error, OSError):
                    raise
                raise OSError(one_line(error)) from error
            time.sleep(backoff(failures))
    raise AssertionError
