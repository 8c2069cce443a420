"""Deterministic identifiers: a hash of what makes the record itself, never of order or time."""

from __future__ import annotations

import hashlib


def record_id(*parts: str | int) -> str:
    """Returns 32 hexadecimal digits that depend on `parts` and on nothing else.

    Each part is prefixed by its length, so that no two different sequences of parts collide by
    concatenation.
    """
    digest = hashlib.sha256()
    for part in parts:
        data = str(part).encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:32]
