"""Paragraphs that count the pages of a document are no text of it."""

from __future__ import annotations

import pytest

from extractors.documents import read_document


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (["Page 1 of 3", "Page 2 of 3"], True),
        (["Seite 1 von 1"], True),
        (["Page 2 of 3"], False),
        (["Page 2 of 3", "Page 1 of 3"], False),
        (["Page 1 of 3", "Page 2 of 7"], False),
        (["Page 3 of 2", "Page 4 of 2"], False),
        (["3 of 7", "4 of 7"], False),
    ],
)
def test_paragraphs_that_count_pages(lines: list[str], gone: bool) -> None:
    source = "\n\n".join(f"Some text {i}.\n\n{line}" for i, line in enumerate(lines))
    found = [block.text for block in read_document(source.encode(), "a.txt").blocks]
    assert found == [
        text for i, line in enumerate(lines) for text in (f"Some text {i}.", line) if text != line or not gone
    ]
