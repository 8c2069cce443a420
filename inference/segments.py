"""The files of a ledger, on any of Beam's file systems.

A segment is a file of gzipped JSON lines that appears whole, is never changed, and has a name of its own.
"""

from __future__ import annotations

import gzip
import random
import time
import uuid
import zlib
from collections.abc import Callable, Iterable
from typing import TypeVar

SUFFIX = ".jsonl.gz"
FIRST_WAIT_S = 0.5
READ_ATTEMPTS = 4
TORN = (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError)
"""What reading a segment raises that is not whole."""

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


def write(folder: str, rows: Iterable[str]) -> str:
    """Writes a segment and returns its path.

    It has a name that is no segment's, and is renamed when it is whole, where that is not done by the store
    itself: objects of remote stores appear when they are closed.

    Raises:
      Exception: of any store; it may be written later.
    """
    from apache_beam.io.filesystem import CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    # Names in the order of time: of two answers to one question the later one counts.
    path = FileSystems.join(folder, f"{time.time_ns():019d}-{uuid.uuid4().hex}{SUFFIX}")
    local = "://" not in path
    with FileSystems.create(
        path + ".tmp" if local else path, compression_type=CompressionTypes.UNCOMPRESSED
    ) as file:
        file.write(gzip.compress("".join(f"{row}\n" for row in rows).encode(), compresslevel=3, mtime=0))
    if local:
        FileSystems.rename([path + ".tmp"], [path])
    return str(path)


def _insist(attempt: Callable[[], T]) -> T:
    """Tries again for a few seconds what a store refuses: most of that passes."""
    for failures in range(1, READ_ATTEMPTS):
        try:
            return attempt()
        except gzip.BadGzipFile:  # an OSError that doesn't
            raise
        except OSError:
            time.sleep(backoff(failures))
    return attempt()
