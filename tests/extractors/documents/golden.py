"""Golden dumps: what a reader makes of an input that we wrote, reviewed by eye and kept as JSON.

`UPDATE_GOLDEN=1 pytest tests/extractors/documents` writes them anew; read the difference before
committing it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from schemas.document import Block, Document

HERE = Path(__file__).parent
INPUTS = HERE / "inputs"


def dump(document: Document) -> dict[str, Any]:
    """Returns what a test compares: all but the hash, the spans and what has its default value."""
    return {
        "title": document.title,
        "language": document.language,
        "format": document.format,
        "blocks": [_block(block) for block in document.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": block.kind, "text": block.text}
    if block.level:
        shown["level"] = block.level
    if block.marker:
        shown["marker"] = block.marker
    if block.style.bold or block.style.italic:
        shown["bold"], shown["italic"] = block.style.bold, block.style.italic
    if block.containers:
        shown["in"] = [f"{c.name}#{c.id}" + (f" of {c.target}" if c.target else "") for c in block.containers]
    return shown


def check(name: str, document: Document) -> None:
    """Compares a document with its golden dump."""
    path = HERE / "golden" / f"{name}.json"
    shown = dump(document)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(json.dumps(shown, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert shown == json.loads(path.read_text(encoding="utf-8"))


def check_invariants(document: Document) -> None:
    """What holds for every document of every reader."""
    text = document.text
    for block in document.blocks:
        assert block.text.strip()
        assert text[block.start : block.end] == block.text
        assert block.text.startswith(block.marker)
        assert 0 <= block.style.bold <= len(block.text)
        assert 0 <= block.style.italic <= len(block.text)
        assert 1 <= block.level <= 6 or block.kind != "heading"
        assert not any(c != "\n" and (ord(c) < 32 or 0x7F <= ord(c) < 0xA0) for c in block.text)
        assert not any(0xD800 <= ord(c) <= 0xDFFF for c in block.text)
    containers = {c.id: c for block in document.blocks for c in block.containers}
    for block in document.blocks:
        for container in block.containers:
            assert containers[container.id] == container, "two elements share an identifier"
