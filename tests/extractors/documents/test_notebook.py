"""Notebooks: cells in order, outputs that are text, and every odd JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.documents import UnreadableDocument, read_document
from extractors.documents.notebook import LONGEST_OUTPUT
from tests.extractors.documents.golden import check_invariants


def read(cells: Any, **fields: Any) -> list[tuple[str, str]]:
    notebook = {"nbformat": 4, "cells": cells, **fields}
    return [(b.kind, b.text) for b in read_document(json.dumps(notebook).encode(), "a.ipynb").blocks]


def code(text: str, *outputs: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": text, "outputs": list(outputs)}


def test_outputs() -> None:
    stream = {"output_type": "stream", "text": ["one\n", "two\n"]}
    long = {"output_type": "stream", "text": "x" * (LONGEST_OUTPUT + 1)}
    picture = {"output_type": "display_data", "data": {"image/png": "AAAA"}}
    assert read([code("f()", stream, long, picture, None)]) == [("code", "f()"), ("code", "one\ntwo")]


def test_markdown_reads_like_the_markdown_reader() -> None:
    source = "# A\n\n1. b\n\n```{solution} x\nc\n```\n"
    alone = read_document(source.encode(), "a.md")
    assert read([{"cell_type": "markdown", "source": source}]) == [(b.kind, b.text) for b in alone.blocks]


def test_third_format() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["A"]},
        {"cell_type": "code", "input": "x", "outputs": []},
    ]
    assert read(None, worksheets=[{"cells": cells}]) == [("heading", "A"), ("code", "x")]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["cell_type", "source", "outputs", "text", "data", "text/plain", "level", "id", "cells"]
            ),
            inner | st.sampled_from(["markdown", "code", "heading"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(_JSON, max_size=4), _JSON, _JSON)
def test_any_json(cells: list[Any], metadata: Any, worksheets: Any) -> None:
    notebook = {"nbformat": 4, "cells": cells, "metadata": metadata, "worksheets": worksheets}
    reason, detail = "", ""
    try:
        check_invariants(read_document(json.dumps(notebook).encode(), "a.ipynb"))
    except UnreadableDocument as refused:
        reason, detail = refused.reason, refused.detail
    assert reason in ("", "empty"), detail


def test_no_notebook() -> None:
    with pytest.raises(UnreadableDocument) as refused:
        read_document(b'{"cells": [], "nbformat": 4', "a.ipynb")
    assert refused.value.reason == "damaged"


def test_notebook_that_was_cut_before_its_format_is_damaged() -> None:
    with pytest.raises(UnreadableDocument) as refused:
        read_document(b'{"cells": [ {"cell_type": "markd', "a.ipynb")
    assert refused.value.reason == "damaged"
