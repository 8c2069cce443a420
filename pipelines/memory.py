"""Memory that is free goes back to the system, so that a run of hours holds no more than it uses."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress

_TRIM_THRESHOLD = -1  # M_TRIM_THRESHOLD of malloc.h
_KEPT = 1 << 20  # bytes


def give_back() -> None:
    """Sets the allocators of this process and of those that it starts; to be called before Arrow is imported.

    By default Arrow's pool keeps what is free, and glibc up to a threshold that grows to 64 MB.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(_KEPT))  # read as a process starts
    with suppress(OSError, AttributeError):  # other C libraries don't have it
        ctypes.CDLL(None).mallopt(_TRIM_THRESHOLD, _KEPT)
