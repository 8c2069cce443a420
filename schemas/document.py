"""What every document reader returns, whatever the format it reads.

A `Document` is a flat, ordered list of `Block`s. The text of the document is the blocks' texts
joined by `BLOCK_SEPARATOR`; `Block.start` and `Block.end` are offsets into that text, so that
every piece taken from a document can say exactly where it came from. Structure that a format
declares (list markers, nesting, directives, environments, element classes) is kept on the block
as data; what it means is decided in `extractors.problems`, not in a reader.
"""

from __future__ import annotations

import copyreg
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Literal, get_args

BLOCK_SEPARATOR = "\n\n"

BlockKind = Literal[
    "heading", "paragraph", "list_item", "code", "table", "formula", "figure", "caption", "footnote"
]
MathQuality = Literal["exact", "rebuilt", "doubtful"]
MATH_QUALITIES: tuple[MathQuality, ...] = get_args(MathQuality)  # best first
DocumentFormat = Literal["pdf", "docx", "epub", "html", "latex", "markdown", "notebook", "text"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from the page's top left corner. Pages count from 1."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Style:
    """How a block looks, as far as its format tells.

    Attributes:
      bold: how many leading characters of the block are bold (its whole length if all are).
      italic: how many leading characters are italic.
      size: font size of the first characters over the document's body size; 1.0 where unknown.
      indent: left edge of the first line minus the left edge of its column, in units of the body
        font size; 0.0 where unknown.
    """

    bold: int = 0
    italic: int = 0
    size: float = 1.0
    indent: float = 0.0


@dataclass(frozen=True, slots=True)
class Container:
    """An element around a block that its source declares by name.

    Examples: `<div class="exercise" id="e1">`, `\\begin{solution}`, ```` ```{solution} e1 ````,
    `<details>`, a block quotation.

    Attributes:
      name: the class, environment, directive or element, lower case: "exercise", "blockquote".
      id: unique within the document, the same for every block of one element. The source's own
        identifier where there is one, else one made from the element's position ("@12").
      target: the identifier of another container that this one belongs to, as in MyST's
        `{solution} e1`; empty otherwise.
    """

    name: str
    id: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in a block that links of its document can lead to, besides its containers.

    Attributes:
      id: the source's identifier, as links name it.
      start: offset into the text of the block.
    """

    id: str
    start: int


@dataclass(frozen=True, slots=True)
class Link:
    """Part of a block that leads to another place of its document.

    Attributes:
      target: identifier of an `Anchor` or a `Container`; it may be one that does not exist.
      start, end: span in the text of the block.
    """

    target: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item, table... of a document.

    Attributes:
      text: what is printed, in reading order, with mathematics as LaTeX between `$` (inline) or
        `$$` (display) where the format holds it. The list marker, if any, is part of the text. A
        table has a line a row, cells between ` | `. A figure is `![description](name)`. Code is
        the code alone, without fences. Never empty.
      kind: see `BlockKind`. A paragraph that continues a list item is a paragraph with its level.
      level: 1-6 for headings (1 is the highest); for every other kind how many lists are around
        it (0: none).
      marker: the leading part of `text` that the format itself declares to be a list marker
        ("3.", "(a)", "-"), without the blank that follows; empty otherwise.
      page: first page, counted from 1; 0 where the format has no pages.
      boxes: where it is printed; empty where the format has no pages.
      start, end: span in the text of the document, as `with_spans` sets it.
      containers: outermost first.
      math_quality: "exact" where the format holds the mathematics or there is none; "rebuilt" where
        it was put together from positions on a page; "doubtful" where it could not be, and the
        glyphs stand in reading order.
      ocr: whether the text was recognised on an image of the page.
      anchors, links: in the order of their places; none of raised or lowered text, of tables, and of
        blocks that have more than a hundred, such as an index.
    """

    text: str
    kind: BlockKind = "paragraph"
    level: int = 0
    marker: str = ""
    page: int = 0
    boxes: tuple[Box, ...] = ()
    style: Style = Style()
    containers: tuple[Container, ...] = ()
    start: int = 0
    end: int = 0
    math_quality: MathQuality = "exact"
    ocr: bool = False
    anchors: tuple[Anchor, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document as blocks, with what identifies it.

    Attributes:
      uri: the path or URL it was read from.
      sha256: of its bytes, hexadecimal.
      title: from its metadata or first heading; empty if there is none.
      language: ISO 639-1 code guessed from its text; "und" if it can't be told.
      format: what it was recognised as, by content.
      pages: number of pages; 0 where the format has none.
      blocks: in reading order.
      notes: what a reader could not do, one line each ("page 7: no text layer").
    """

    uri: str
    sha256: str
    title: str
    language: str
    format: DocumentFormat
    pages: int
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole text, which `Block.start` and `Block.end` index."""
        return BLOCK_SEPARATOR.join(block.text for block in self.blocks)


def _pickle_by_fields(record: type) -> None:
    fields = attrgetter(*record.__slots__)  # type: ignore[attr-defined]
    copyreg.pickle(record, lambda one: (record, fields(one)))


# Documents pass between processes. What dataclasses with slots do by default takes several times as long.
for _record in (Box, Style, Container, Anchor, Link, Block):
    _pickle_by_fields(_record)


def with_spans(blocks: list[Block]) -> tuple[Block, ...]:
    """Returns the blocks with `start` and `end` set for the document that consists of them."""
    placed, position = [], 0
    for block in blocks:
        end = position + len(block.text)
        placed.append(replace(block, start=position, end=end))
        position = end + len(BLOCK_SEPARATOR)
    return tuple(placed)
