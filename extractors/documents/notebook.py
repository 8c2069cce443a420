"""Jupyter notebooks: Markdown cells as the Markdown reader reads them, code and its outputs."""

from __future__ import annotations

import json
from typing import Any

from extractors.documents.blocks import Builder
from extractors.documents.characters import printable
from extractors.documents.limits import Limits, UnreadableDocument
from extractors.documents.markdown import MarkdownReader
from extractors.documents.text import decode
from schemas.document import Document, with_spans

LONGEST_OUTPUT = 2000
"""Characters of an output; a longer one is a log or a table of data, not text."""


def read_notebook(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns a notebook as blocks: its cells in order, as containers `code-cell` and `output`.

    Raises:
      UnreadableDocument: damaged: no JSON of a notebook (nbformat 3 or 4).
    """
    try:
        notebook = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument("damaged", f"not the JSON of a notebook: {error}"[:200]) from None
    builder = Builder()
    reader = MarkdownReader(builder)
    for cell in _cells(notebook):
        _read_cell(cell, builder, reader)
    reader.end()
    blocks = builder.blocks()
    metadata = notebook.get("metadata")
    named = printable(str(metadata.get("title") or "")) if isinstance(metadata, dict) else ""
    first = next((block.text for block in blocks if block.kind == "heading"), "")
    return Document(
        uri,
        sha256,
        named or reader.title or first,
        "und",
        "notebook",
        0,
        with_spans(blocks),
    )


def _cells(notebook: Any) -> list[dict[str, Any]]:
    if not isinstance(notebook, dict):
        raise UnreadableDocument("damaged", "not the JSON of a notebook")
    sheets = notebook.get("worksheets")  # nbformat 3
    cells = (
        sheets[0].get("cells")
        if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict)
        else None
    )
    cells = cells or notebook.get("cells")
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []


def _read_cell(cell: dict[str, Any], builder: Builder, reader: MarkdownReader) -> None:
    source = _text(cell.get("source") or cell.get("input"))
    kind = cell.get("cell_type")
    if kind == "markdown":
        reader.read(source)
    elif kind == "heading":  # nbformat 3
        level = cell.get("level")
        reader.read("#" * (level if isinstance(level, int) and 0 < level < 7 else 1) + " " + source)
    elif kind == "code":
        with builder.container("code-cell", str(cell.get("id") or "")):
            builder.code(source)
        for output in cell.get("outputs") or []:
            text = _output(output)
            if text.strip() and len(text) <= LONGEST_OUTPUT:
                with builder.container("output"):
                    builder.code(text)


def _output(output: Any) -> str:
    if not isinstance(output, dict) or output.get("output_type") in ("error", "pyerr"):
        return ""
    data = output.get("data")
    return _text(data.get("text/plain") if isinstance(data, dict) else output.get("text"))


def _text(value: Any) -> str:
    """Sources and outputs are a text, or a list of its lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""
