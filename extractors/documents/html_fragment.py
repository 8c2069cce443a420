"""Pieces of HTML within a document of another format."""

from __future__ import annotations

from html.parser import HTMLParser

from extractors.documents.html_events import VOID, HtmlEvents
from extractors.documents.tex import tex_as_dollars


class HtmlFragment(HTMLParser):
    """Hands the tags of a fragment of HTML to the events of the document around it."""

    def __init__(self, events: HtmlEvents):
        super().__init__(convert_charrefs=True)
        self._events = events
        self._skipped = ""

    def read(self, source: str) -> None:
        self.feed(_without_comments(source))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._skipped and not self._events.start(tag, dict(attrs)) and tag not in VOID:
            self._skipped = tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._skipped and self._events.start(tag, dict(attrs)) and tag not in VOID:
            self._events.end(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._skipped == tag:
            self._skipped = ""
        elif not self._skipped and tag not in VOID:
            self._events.end(tag)

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self._events.text(tex_as_dollars(data))


def _without_comments(source: str) -> str:
    """The parser does this too, but searches the whole rest for each comment that is not closed."""
    pieces, position = [], 0
    while (start := source.find("<!--", position)) >= 0:
        pieces.append(source[position:start])
        end = source.find("-->", start + 4)
        position = end + 3 if end >= 0 else len(source)
    return "".join([*pieces, source[position:]])
