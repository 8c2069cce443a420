"""Counting that a terminal can look at while workers work.

Beam's counters can only be asked for at the end of a local run. A counter here is a file that grows
by a byte a unit: appending is atomic across threads and processes, and its size is the count.
"""

from __future__ import annotations

import os


def tick(folder: str | None, name: str, n: int = 1) -> None:
    """Counts `n` units of `name`; does nothing without a folder."""
    if folder is None or n < 1:
        return
    file = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(file, b"." * n)
    finally:
        os.close(file)


def counted(folder: str, name: str) -> int:
    """Returns how many units of `name` were counted so far."""
    try:
        return os.path.getsize(os.path.join(folder, name))
    except OSError:
        return 0
