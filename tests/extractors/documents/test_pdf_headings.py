"""Levels of headings in PDFs."""

from __future__ import annotations

from types import SimpleNamespace

from extractors.documents.pdf_headings import Levels


def test_the_nearest_bookmark_of_a_title_tells_its_level() -> None:
    def line(text: str, page: int) -> SimpleNamespace:
        return SimpleNamespace(text=text, page=page, size=12.0, bold=len(text))

    headings = [[line("Test B", 3)], [line("Key", 4)], [line("Test B", 4)]]
    levels = Levels(headings, [(1, "Test B", 3), (1, "Key", 4), (2, "Test B", 4)])  # type: ignore[arg-type]
    assert [levels.level(lines) for lines in headings] == [1, 1, 2]  # type: ignore[arg-type]
