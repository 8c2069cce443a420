"""Builds small documents and items for the tests of the pairing."""

from __future__ import annotations

from extractors.problems import find_items, match_items
from schemas.document import Block, Container, Document, Style, with_spans
from schemas.ids import record_id
from schemas.problems import Found, Item, ItemKind, Matching

SHA = "0" * 64


def heading(text: str, level: int = 1) -> Block:
    return Block(text, "heading", level)


def bold(text: str, lead: str) -> Block:
    return Block(text, style=Style(bold=len(lead)))


def item(text: str, marker: str, level: int = 1) -> Block:
    return Block(f"{marker} {text}", "list_item", level, marker)


def inside(name: str, ident: str, *texts: str, target: str = "") -> list[Block]:
    return [Block(text, containers=(Container(name, ident, target),)) for text in texts]


def document(*blocks: Block | str, uri: str = "book.md", title: str = "") -> Document:
    made = [Block(b) if isinstance(b, str) else b for b in blocks]
    return Document(uri, SHA, title, "en", "markdown", 0, with_spans(made))


def table(*rows: tuple[str, ...]) -> Block:
    return Block("\n".join(" | ".join(row) for row in rows), "table")


def matched(*documents: Document) -> Matching:
    return match_items([find_items(d) for d in documents])


def pairs(*documents: Document) -> list[tuple[str, str]]:
    return [(p.problem.text, p.solution.text) for p in matched(*documents).pairs]


def found(uri: str, *items: Item) -> Found:
    return Found(uri, record_id(uri), items)


def numbered(
    kind: ItemKind,
    number: str,
    text: str = "",
    uri: str = "book.md",
    headings: tuple[str, ...] = (),
    run: int = 0,
) -> Item:
    text = text or f"{kind} {number} {' '.join(headings)}"
    ident = record_id(uri, kind, number, run, *headings, text)
    parts = tuple(number.split("."))
    return Item(
        ident,
        kind,
        text,
        number,
        uri,
        SHA,
        "",
        "en",
        (0, 0),
        (),
        (0, len(text)),
        headings,
        number=parts,
        run=run,
    )
