"""From a reader's events to `Block`s: one builder that every format but PDF feeds.

A reader walks its own tree and calls `text`, `math`, `open_container`, `begin_item`... in reading
order; `Builder` collects them into blocks, so that a list, a formula or a nested element reads
the same whatever the format it comes from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from extractors.documents.characters import file_name, one_spaced, printable
from extractors.documents.tex import tidy_math
from schemas.document import Anchor, Block, BlockKind, Container, Link, Style

MAX_CONTAINERS = 40
"""Elements around a block beyond this depth are not recorded: no human document is so deep."""

MAX_LINKS = 100
"""Links and their targets in a paragraph; one that has more is an index or a table of contents."""

_DISPLAY_ONLY = re.compile(r"\$\$(?:(?!\$\$).)+\$\$[.,;]?", re.DOTALL)
_IMAGE_ONLY = re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)")
_BRACE = re.compile(r"(?<!\\)[{}]")
_ANSWERS = re.compile(r"solution|answer|hint|proof")


@dataclass
class _Item:
    """A list item that is being read; its marker waits for the first block to print it.

    Attributes:
      declared: whether a container was opened that ends with it.
    """

    marker: str
    ordered: bool
    declared: bool = False


@dataclass
class _Line:
    """The paragraph that is being read, as runs of equal style.

    Attributes:
      outer: the runs around each script that is open, with its sign.
      anchors: identifiers, each with the number of runs before it.
      links: targets, each with the numbers of runs before its start and its end.
      link: the target of the link that is open, and the number of runs before it.
    """

    runs: list[tuple[str, bool, bool]] = field(default_factory=list)
    outer: list[tuple[str, list[tuple[str, bool, bool]]]] = field(default_factory=list)
    anchors: list[tuple[str, int]] = field(default_factory=list)
    links: list[tuple[str, int, int]] = field(default_factory=list)
    link: tuple[str, int] | None = None


class Builder:
    """Collects a reader's events into blocks.

    Attributes:
      bold, italic: how many elements that make text bold or italic are open.
    """

    def __init__(self) -> None:
        self.bold = 0
        self.italic = 0
        self._blocks: list[Block] = []
        self._line = _Line()
        self._items: list[_Item] = []
        self._containers: list[Container] = []
        self._footnotes: list[Block] = []
        self._kinds: list[tuple[BlockKind, int]] = []
        self._ids: set[str] = set()
        self._used: set[str] = set()
        self._opened = 0

    # Inline events.

    def text(self, text: str) -> None:
        """Adds running text; its line breaks are blanks unless `line_break` says otherwise."""
        if text:
            text = printable(text).replace("\n", " ")
            # Braces printed in a script are no group of LaTeX's.
            if self._line.outer and "$" not in text:
                text = _BRACE.sub(r"\\\g<0>", text)
            self._line.runs.append((text, self.bold > 0, self.italic > 0))

    def verbatim(self, text: str) -> None:
        """Adds running text whose line breaks are printed."""
        if text:
            self._line.runs.append((printable(text), self.bold > 0, self.italic > 0))

    def line_break(self) -> None:
        self._line.runs.append(("\n", self.bold > 0, self.italic > 0))

    def math(self, tex: str, display: bool = False) -> None:
        """Adds LaTeX mathematics; a display stands on a line of its own."""
        if tex := tidy_math(tex):
            self._line.runs.append((f"\n$${tex}$$\n" if display else f"${tex}$", False, False))

    def image(self, description: str, source: str) -> None:
        description = " ".join(re.sub(r"[\[\]]", "", printable(description)).split())
        name = re.sub(r"[()\s]+", "_", printable(file_name(source)))
        self._line.runs.append((f"![{description}]({name})", self.bold > 0, self.italic > 0))

    def begin_script(self, sign: str) -> None:
        """Opens a subscript (`_`) or superscript (`^`)."""
        self._line.outer.append((sign, self._line.runs))
        self._line.runs = []

    def end_script(self) -> None:
        if not self._line.outer:
            return
        sign, outer = self._line.outer.pop()
        inner = "".join(text for text, _, _ in self._line.runs)
        self._line.runs = outer
        if inner.strip():
            self._line.runs.append((script(sign, inner), self.bold > 0, self.italic > 0))

    def anchor(self, identifier: str) -> None:
        """Names the place that is being read, so that links lead to it."""
        if identifier and not self._line.outer:
            self._line.anchors.append((printable(identifier), len(self._line.runs)))

    def begin_link(self, target: str) -> None:
        """Opens a link to another place of the document; links do not nest."""
        self.refer(target)
        if target and not self._line.outer:
            self._line.link = printable(target), len(self._line.runs)

    def end_link(self) -> None:
        if self._line.link and not self._line.outer:
            target, start = self._line.link
            self._line.links.append((target, start, len(self._line.runs)))
            self._line.link = None

    # Block events.

    def flush(self, kind: BlockKind | None = None, level: int | None = None) -> None:
        """Ends the paragraph that is being read; without text in it nothing happens."""
        while self._line.outer:
            self.end_script()
        line = self._line
        text, style = _join(line.runs)
        self._line = _Line(link=(line.link[0], 0) if line.link else None)
        if not text:
            self._line.anchors = [(identifier, 0) for identifier, _ in line.anchors[:MAX_LINKS]]
        else:
            if kind is None and self._kinds:
                kind, level = self._kinds[-1][0], self._kinds[-1][1] or None
            anchors, links = _places(line)
            self._emit(Block(text, "paragraph", style=style, anchors=anchors, links=links), kind, level)
        footnotes, self._footnotes = self._footnotes, []
        self._blocks += footnotes

    def heading(self, level: int) -> None:
        """Ends the paragraph that is being read as a heading."""
        self.flush("heading", min(max(level, 1), 6))

    @contextmanager
    def kind(self, kind: BlockKind, level: int = 0) -> Iterator[None]:
        """Everything flushed within is of this kind."""
        self.begin_kind(kind, level)
        yield
        self.end_kind()

    def begin_kind(self, kind: BlockKind, level: int = 0) -> None:
        self.flush()
        self._kinds.append((kind, level))

    def end_kind(self) -> None:
        self.flush()
        self._kinds.pop()

    def code(self, text: str) -> None:
        """Adds a block of code, line for line."""
        self.flush()
        lines = [line.rstrip() for line in printable(text).expandtabs(4).split("\n")]
        if code := "\n".join(lines).strip("\n"):
            self._print_marker()
            self._append(Block(code, "code", len(self._items)))

    def begin_item(self, marker: str, ordered: bool) -> None:
        """Opens an item of a list; the lists around a block are the items open around it."""
        self.flush()
        self._items.append(_Item(marker, ordered))

    def relabel(self, label: str) -> bool:
        """Gives the innermost item another marker. Returns False if there is none that waits for its text."""
        if not self._items or not self._items[-1].marker or _join(self._line.runs)[0]:
            return False
        self._items[-1].marker = one_spaced(printable(label)).strip()
        self._items[-1].ordered = bool(self._items[-1].marker)
        return True

    def declare_item(self, name: str) -> None:
        """Opens a container around the innermost item, whose text is still to come."""
        if self._items and not self._items[-1].declared and not _join(self._line.runs)[0]:
            self.open_container(name)
            self._items[-1].declared = True

    def retarget(self, target: str) -> None:
        """Says which element the innermost container belongs to."""
        if self._containers and self._containers[-1].id not in self._used:
            self._containers[-1] = replace(self._containers[-1], target=printable(target))

    def refer(self, target: str) -> None:
        """Follows a link to another element of the document.

        A solution that opens with a link ("Solution to Exercise 3") belongs to what the link names.
        """
        for depth, container in enumerate(self._containers):
            opens = container.id not in self._used and not container.target
            if opens and _ANSWERS.search(container.name):
                self._containers[depth] = replace(container, target=printable(target))

    def end_item(self) -> None:
        self.flush()
        self._print_marker()
        if self._items.pop().declared:
            self.close_container()

    def open_container(self, name: str, identifier: str = "", target: str = "") -> None:
        self.flush()
        self._opened += 1
        unique = printable(identifier)
        if not unique or unique in self._ids:
            unique = f"{unique}@{self._opened}"
        self._ids.add(unique)
        self._containers.append(Container(printable(name).lower(), unique, target))

    def close_container(self) -> None:
        self.flush()
        if self._containers:
            self._containers.pop()

    @contextmanager
    def container(self, name: str, identifier: str = "", target: str = "") -> Iterator[None]:
        self.open_container(name, identifier, target)
        yield
        self.close_container()

    @contextmanager
    def footnote(self) -> Iterator[None]:
        """What is read within is printed after the paragraph that refers to it."""
        line, items, kinds = self._line, self._items, self._kinds
        self._line, self._items, self._kinds = _Line(), [], []
        blocks, self._blocks = self._blocks, []
        waiting, self._footnotes = self._footnotes, []
        yield
        self.flush()
        notes = [replace(b, kind="footnote") if b.kind == "paragraph" else b for b in self._blocks]
        self._line, self._items, self._kinds, self._blocks = line, items, kinds, blocks
        self._footnotes = waiting + notes

    def begin_capture(self) -> list[Block]:
        """Starts collecting blocks apart, for a table's cell. Returns what `end_capture` needs."""
        self.flush()
        self._print_marker()
        outer, self._blocks = self._blocks, []
        return outer

    def end_capture(self, outer: list[Block]) -> list[Block]:
        self.flush()
        captured, self._blocks = self._blocks, outer
        return captured

    def table(self, rows: list[list[list[Block]]]) -> None:
        """Adds a table of captured cells, a line a row; one that only lays out a page is taken apart."""
        self.flush()
        if _is_layout(rows):
            for cell in (cell for row in rows for cell in row):
                for block in cell:
                    self._append(block, keep_containers=True)
            return
        lines = [" | ".join(_cell_text(cell) for cell in row) for row in rows]
        if text := "\n".join(line for line in lines if line.strip(" |")):
            self._print_marker()
            self._append(Block(text, "table", len(self._items)))

    def blocks(self) -> list[Block]:
        """Returns everything read so far."""
        self.flush()
        return self._blocks

    def _emit(self, block: Block, kind: BlockKind | None, level: int | None) -> None:
        """Appends a paragraph as what it is, with the marker of the list item that it begins."""
        marker, text, style = "", block.text, block.style
        declared = False
        if self._items and self._items[-1].marker:
            # An outer item that opens with a list of its own prints its marker on a line of its own.
            item = self._items[-1]
            marker, item.marker = item.marker, ""
            declared = item.declared
            self._print_marker()
        if kind is None:
            kind = "list_item" if marker and not declared else _kind_of(text)
        if marker:
            shift = len(marker) + 1
            text = f"{marker} {text}"
            anchors = tuple(replace(a, start=a.start and a.start + shift) for a in block.anchors)
            links = tuple(replace(x, start=x.start + shift, end=x.end + shift) for x in block.links)
            block = replace(block, anchors=anchors, links=links)
            style = Style(
                bold=style.bold and style.bold + shift,
                italic=style.italic and style.italic + shift,
            )
        if declared:
            marker = ""  # the label of what the container holds, and no step within it
        depth = len(self._items) if level is None else level
        self._append(replace(block, text=text, kind=kind, level=depth, marker=marker, style=style))

    def _print_marker(self) -> None:
        """Prints the markers that no paragraph has printed yet; a bullet alone says nothing."""
        for depth, item in enumerate(self._items, start=1):
            marker, item.marker = item.marker, ""
            if marker and item.ordered:
                self._append(Block(marker, "list_item", depth, marker))

    def _append(self, block: Block, keep_containers: bool = False) -> None:
        if not keep_containers:
            block = replace(block, containers=tuple(self._containers[:MAX_CONTAINERS]))
            self._used.update(container.id for container in block.containers)
        self._blocks.append(block)


def script(sign: str, text: str) -> str:
    """Returns `x` as `^x`, and `12` as `^{12}`; nothing for a text without any letter or sign."""
    text = " ".join(text.replace("$", "").split())
    if len(text) < 2:
        return sign + text if text else ""
    return f"{sign}{{{text}}}"


def _kind_of(text: str) -> BlockKind:
    if _DISPLAY_ONLY.fullmatch(text):
        return "formula"
    return "figure" if _IMAGE_ONLY.fullmatch(text) else "paragraph"


def _join(runs: list[tuple[str, bool, bool]]) -> tuple[str, Style]:
    """Returns the text of a paragraph, and how many of its leading characters are bold or italic."""
    text = one_spaced("".join(run for run, _, _ in runs)).strip()
    text = unicodedata.normalize("NFC", text)
    if not text:
        return "", Style()
    return text, Style(bold=_leading(runs, 1, len(text)), italic=_leading(runs, 2, len(text)))


def _leading(runs: list[tuple[str, bool, bool]], which: int, length: int) -> int:
    lead = []
    for run in runs:
        if not run[which] and run[0].strip():
            break
        lead.append(run[0])
    return min(len(one_spaced("".join(lead)).strip()), length)


def _places(line: _Line) -> tuple[tuple[Anchor, ...], tuple[Link, ...]]:
    """Returns where in the text of a paragraph its anchors and links are."""
    if line.link:
        line.links.append((*line.link, len(line.runs)))
    if not 0 < len(line.anchors) + len(line.links) <= MAX_LINKS:
        return (), ()

    def place(count: int) -> int:
        return len(
            unicodedata.normalize("NFC", one_spaced("".join(r for r, _, _ in line.runs[:count])).lstrip())
        )

    anchors = tuple(Anchor(identifier, place(count)) for identifier, count in line.anchors)
    links = (Link(target, place(begin), place(end)) for target, begin, end in line.links)
    return anchors, tuple(link for link in links if link.start < link.end)


def _is_layout(rows: list[list[list[Block]]]) -> bool:
    """Whether a table only places things on the page: one column, or cells that are texts themselves."""
    cells = [cell for row in rows for cell in row]
    if max((len(row) for row in rows), default=0) <= 1:
        return True
    return any(len(cell) > 3 or any(b.kind in ("heading", "code", "table") for b in cell) for cell in cells)


def _cell_text(cell: list[Block]) -> str:
    return " ".join(" ".join(block.text.split()) for block in cell)
