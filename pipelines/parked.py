"""Rows that wait on disk between two stages.

Runners of one machine keep whatever lies between two stages in memory, several times over. So where a run
writes to a local folder, which all its workers see, rows are put into files in there, and only their places
travel. Elsewhere the runner has its own disks for that, and rows travel themselves.
"""

from __future__ import annotations

import os
import struct
import uuid
from functools import lru_cache
from typing import BinaryIO

_OPEN_FILES = 32
_PLACE = struct.Struct(">16sQQ")  # name of the file, offset, size; every row has one, so few bytes


def is_local(folder: str) -> bool:
    """Whether rows can be parked in a folder."""
    return "://" not in folder


class Lot:
    """A file of a folder, to which bytes are appended; the first ones create both.

    Args:
      folder: local; whoever owns it removes it.
    """

    def __init__(self, folder: str):
        self.folder = folder
        self._file: BinaryIO | None = None
        self._name, self._end = b"", 0

    def park(self, data: bytes) -> bytes:
        """Returns the place of `data` in the folder; it can be read once the lot is closed."""
        if self._file is None:
            os.makedirs(self.folder, exist_ok=True)
            self._name, self._end = uuid.uuid4().bytes, 0
            self._file = open(_path(self.folder, self._name), "xb")  # noqa: SIM115
        self._file.write(data)
        place = _PLACE.pack(self._name, self._end, len(data))
        self._end += len(data)
        return place

    def close(self) -> None:
        """Ends the file; what is parked next goes into another one."""
        if self._file is not None:
            self._file.close()
            self._file = None


def fetch(folder: str, place: bytes) -> bytes:
    """Returns what was parked at a place of a folder."""
    name, offset, size = _PLACE.unpack(place)
    file = _opened(_path(folder, name))  # held, lest another thread's next file closes it
    return os.pread(file.fileno(), size, offset)


def _path(folder: str, name: bytes) -> str:
    return os.path.join(folder, name.hex())


@lru_cache(maxsize=_OPEN_FILES)
def _opened(path: str) -> BinaryIO:
    return open(path, "rb")
