"""Pandoc's syntax tree, as blocks (https://hackage.haskell.org/package/pandoc-types)."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from typing import Any

from extractors.documents.blocks import Builder
from extractors.documents.enumeration import Delimiter, Numbering, ordered_marker
from extractors.documents.limits import UnreadableDocument
from extractors.documents.marks import declared, has_marks, split_marks
from schemas.document import DocumentFormat

MAX_DEPTH = 300

Node = Any
"""A node of pandoc's tree as JSON: {"t": type, "c": content}."""

_NUMBERING: dict[str, Numbering] = {
    "LowerAlpha": "lower-alpha",
    "UpperAlpha": "upper-alpha",
    "LowerRoman": "lower-roman",
    "UpperRoman": "upper-roman",
}
_DELIMITERS: dict[str, Delimiter] = {"OneParen": "paren", "TwoParens": "parens"}
_ORDINARY_STYLES = re.compile(
    r"normal.*|default.*|standard|(first )?paragraph|body text.*|text body.*|compact|no spacing|plain text"
    r"|list( .*)?|block text|.*quot(e|ations?)|source code|table.*|(captioned )?figure|definition.*"
    r"|bibliography|footnote.*|endnote.*|header|footer|author|date|abstract.*|subtitle|heading.*|contents.*"
)
"""Styles that word processors and pandoc give to ordinary text; any other says what a paragraph is."""
_CONTENTS_STYLES = re.compile(r"toc \d|contents \d|table of figures|toc heading|contents heading")


_NAMING = ("data-type", "class", "role", "epub:type")
_RAW_TAG = re.compile(r"<([a-z]+)")
_RAW_ATTRIBUTE = re.compile(r'([\w:-]+)="([^"]*)"')


def read_title(tree: Node) -> str:
    """Returns the title that a document gives itself; empty if it gives none."""
    builder = Builder()
    value = tree["meta"].get("title") or {}
    if value.get("t") == "MetaInlines":
        walker = _Walker(builder, "docx")
        walker.walk(value["c"], walker.inline)
    elif value.get("t") == "MetaString":
        builder.text(value["c"])
    return " ".join(" ".join(block.text.split()) for block in builder.blocks())


def read_tree(tree: Node, builder: Builder, document_format: DocumentFormat) -> None:
    """Feeds a builder with the blocks of a tree.

    Raises:
      UnreadableDocument: damaged: nested too deeply.
    """
    walker = _Walker(builder, document_format)
    subtitle = tree["meta"].get("subtitle") or {}
    if subtitle.get("t") == "MetaInlines" and document_format != "epub":
        walker.walk(subtitle["c"], walker.inline)
        builder.flush()
    walker.walk_blocks(tree["blocks"])


class _Walker:
    """Feeds a builder with pandoc's tree."""

    def __init__(self, builder: Builder, document_format: DocumentFormat):
        self.builder = builder
        self.format = document_format
        self.depth = 0
        # Pandoc gives its own type names; each has a method below, and what has none prints nothing.
        self.blocks: dict[str, Callable[[Any], None]] = {
            "Plain": self._paragraph,
            "Para": self._paragraph,
            "LineBlock": self._line_block,
            "CodeBlock": self._code,
            "BlockQuote": self._quote,
            "OrderedList": self._ordered_list,
            "BulletList": self._bullet_list,
            "DefinitionList": self._definitions,
            "Header": self._header,
            "Table": self._table,
            "Figure": self._figure,
            "Div": self._div,
        }
        self.inlines: dict[str, Callable[[Any], None]] = {
            "Str": self._string,
            "Emph": self._emphasis,
            "Strong": self._strong,
            "Superscript": lambda c: self._script("^", c),
            "Subscript": lambda c: self._script("_", c),
            "Quoted": self._quoted,
            "Cite": lambda c: self.walk(c[1], self.inline),
            "Code": lambda c: self.builder.text(f"`{c[1]}`"),
            "Math": lambda c: self.builder.math(c[1], display=c[0]["t"] == "DisplayMath"),
            "Link": self._link,
            "Image": self._image,
            "Note": self._note,
            "Span": self._span,
            "Underline": lambda c: self.walk(c, self.inline),
            "Strikeout": lambda c: self.walk(c, self.inline),
            "SmallCaps": lambda c: self.walk(c, self.inline),
        }

    def walk(self, nodes: list[Node], visit: Callable[[Node], None]) -> None:
        if self.depth > MAX_DEPTH:
            raise UnreadableDocument("damaged", "nested too deeply")
        self.depth += 1
        for node in nodes:
            visit(node)
        self.depth -= 1

    def block(self, node: Node) -> None:
        if method := self.blocks.get(node["t"]):
            method(node["c"])

    def inline(self, node: Node) -> None:
        kind = node["t"]
        if kind in ("Space", "SoftBreak"):
            self.builder.text(" ")
        elif kind == "LineBreak":
            self.builder.line_break()
        elif method := self.inlines.get(kind):
            method(node["c"])

    def walk_blocks(self, nodes: list[Node]) -> None:
        """Walks blocks; in Word, paragraphs of one style that follow each other belong together."""
        if self.format == "docx":
            for style, group in groupby(nodes, key=_style):
                if style:
                    self._styled(style.lower(), [block for node in group for block in node["c"][1]])
                else:
                    self.walk(list(group), self.block)
        elif any(node["t"] == "RawBlock" for node in nodes):
            self._walk_raw(nodes)
        else:
            self.walk(nodes, self.block)

    def _walk_raw(self, nodes: list[Node]) -> None:
        """Walks blocks among which elements of HTML that pandoc does not know begin and end."""
        position = 0
        while position < len(nodes):
            node = nodes[position]
            tag = _RAW_TAG.match(node["c"][1]) if node["t"] == "RawBlock" else None
            end = _end_of_raw(nodes, position, tag[1]) if tag else None
            if tag and end:
                if tag[1] != "nav":
                    attributes = dict(_RAW_ATTRIBUTE.findall(node["c"][1]))
                    names = [tag[1], *(word for key in _NAMING for word in attributes.get(key, "").split())]
                    with self.builder.container(" ".join(dict.fromkeys(names)), attributes.get("id", "")):
                        self.walk([nodes[position + 1 : end]], self.walk_blocks)
                position = end
            else:
                self.walk([node], self.block)
            position += 1

    # Blocks.

    def _paragraph(self, inlines: list[Node]) -> None:
        self.walk(inlines, self.inline)
        self.builder.flush()

    def _line_block(self, lines: list[list[Node]]) -> None:
        for line in lines:
            self.walk(line, self.inline)
            self.builder.line_break()
        self.builder.flush()

    def _code(self, content: Node) -> None:
        self.builder.code(self._unmarked(content[1]))

    def _quote(self, blocks: list[Node]) -> None:
        with self.builder.container("blockquote"):
            self.walk_blocks(blocks)

    def _ordered_list(self, content: Node) -> None:
        (start, style, delimiter), items = content
        numbering = _NUMBERING.get(style["t"], "decimal")
        delimited = _DELIMITERS.get(delimiter["t"], "period")
        for number, item in enumerate(items, start=start):
            self._item(ordered_marker(number, numbering, delimited), item, ordered=True)

    def _bullet_list(self, items: list[list[Node]]) -> None:
        for item in items:
            self._item("-", item, ordered=False)

    def _item(self, marker: str, blocks: list[Node], ordered: bool) -> None:
        self.builder.begin_item(marker, ordered)
        self.walk_blocks(blocks)
        self.builder.end_item()

    def _definitions(self, entries: list[Node]) -> None:
        for term, definitions in entries:
            self.builder.bold += 1
            self.walk(term, self.inline)
            self.builder.bold -= 1
            self.builder.flush()
            for definition in definitions:
                self.walk_blocks(definition)

    def _header(self, content: Node) -> None:
        level, (identifier, _, _), inlines = content
        self.builder.flush()
        self.builder.anchor(identifier)
        self.walk(inlines, self.inline)
        self.builder.heading(level)

    def _figure(self, content: Node) -> None:
        attributes, (_, caption), blocks = content
        with self.builder.container("figure", attributes[0]):
            self.walk_blocks(blocks)
            with self.builder.kind("caption"):
                self.walk_blocks(caption)

    def _div(self, content: Node) -> None:
        (identifier, classes, attributes), blocks = content
        declared = [word for key, value in attributes if key in _NAMING for word in value.split()]
        if "proof" in classes and self.format == "latex":
            _drop_end_of_proof(blocks)
        names = " ".join(dict.fromkeys([*classes, *declared]))
        if names or identifier:
            with self.builder.container(names or "div", identifier or _label(blocks)):
                self.walk_blocks(blocks)
        else:
            self.walk_blocks(blocks)

    def _styled(self, style: str, blocks: list[Node]) -> None:
        """Word's paragraphs in a named style; the names that say what they are are kept."""
        if all(block["t"] == "CodeBlock" for block in blocks):
            self.builder.code("\n".join(self._unmarked(block["c"][1]) for block in blocks))
        elif _CONTENTS_STYLES.fullmatch(style):
            return
        elif style == "title":
            with self.builder.kind("heading", 1):
                self.walk_blocks(blocks)
        elif "caption" in style and style != "captioned figure":
            with self.builder.kind("caption"):
                self.walk_blocks(blocks)
        elif _ORDINARY_STYLES.fullmatch(style):
            self.walk_blocks(blocks)
        else:
            with self.builder.container(style):
                self.walk_blocks(blocks)

    def _table(self, content: Node) -> None:
        _, (_, caption), _, head, bodies, foot = content
        rows = list(head[1])
        for body in bodies:
            rows += body[2] + body[3]
        rows += foot[1]
        captured = []
        for row in rows:
            cells = []
            for cell in row[1]:
                outer = self.builder.begin_capture()
                self.walk_blocks(cell[4])
                cells.append(self.builder.end_capture(outer))
            captured.append(cells)
        with self.builder.kind("caption"):
            self.walk_blocks(caption)
        self.builder.table(captured)

    # Inlines.

    def _string(self, text: str) -> None:
        self.builder.text(self._unmarked(text))

    def _unmarked(self, text: str) -> str:
        """Returns a text without its marks, after what they say is done."""
        if not has_marks(text):
            return text
        if name := declared(text):
            self.builder.declare_item(name)
        text, label, target = split_marks(text)
        if target is not None:
            self.builder.retarget(target)
        if label is not None and not self.builder.relabel(label) and label:
            text = f"{label} {text}"
        return text

    def _emphasis(self, inlines: list[Node]) -> None:
        self.builder.italic += 1
        self.walk(inlines, self.inline)
        self.builder.italic -= 1

    def _strong(self, inlines: list[Node]) -> None:
        self.builder.bold += 1
        self.walk(inlines, self.inline)
        self.builder.bold -= 1

    def _script(self, sign: str, inlines: list[Node]) -> None:
        self.builder.begin_script(sign)
        self.walk(inlines, self.inline)
        self.builder.end_script()

    def _quoted(self, content: Node) -> None:
        left, right = ("‘", "’") if content[0]["t"] == "SingleQuote" else ("“", "”")
        self.builder.text(left)
        self.walk(content[1], self.inline)
        self.builder.text(right)

    def _image(self, content: Node) -> None:
        _, inlines, (source, _) = content
        words = "".join(n["c"] if n["t"] == "Str" else " " for n in inlines)
        self.builder.image(words, source)

    def _note(self, blocks: list[Node]) -> None:
        with self.builder.footnote():
            self.walk_blocks(blocks)

    def _link(self, content: Node) -> None:
        (identifier, _, attributes), inlines, (address, _) = content
        self.builder.anchor(identifier)
        if address.startswith("#"):
            self.builder.begin_link(address[1:])
        unresolved = len(inlines) == 1 and str(inlines[0].get("c", "")).startswith("[")
        if not ("reference" in dict(attributes) and unresolved):
            self.walk(inlines, self.inline)
        self.builder.end_link()

    def _span(self, content: Node) -> None:
        self.builder.anchor(content[0][0])
        self.walk(content[1], self.inline)
        if self.format == "latex" and content[0] == ["", [], []]:
            self.builder.text(" ")  # one argument of a macro or environment ends, another may follow


def _drop_end_of_proof(blocks: list[Node]) -> None:
    """Takes the sign that pandoc sets at the end of amsthm's proofs off."""
    last = blocks[-1]["c"] if blocks and blocks[-1]["t"] in ("Para", "Plain") else []
    if last and last[-1]["t"] == "Str":
        last[-1]["c"] = last[-1]["c"].removesuffix("◻").rstrip()


def _style(node: Node) -> str:
    """Returns the name of the style of Word that a block is in; empty without."""
    if node["t"] != "Div":
        return ""
    return str(dict(node["c"][0][2]).get("custom-style", ""))


def _end_of_raw(nodes: list[Node], start: int, tag: str) -> int | None:
    """Returns where the element that opens at `start` ends among its siblings; None if it does not."""
    depth = 0
    for position in range(start, len(nodes)):
        if nodes[position]["t"] != "RawBlock":
            continue
        source = nodes[position]["c"][1]
        if source.startswith(f"</{tag}"):
            depth -= 1
        elif re.match(rf"<{tag}\b(?!.*/>)", source):
            depth += 1
        if depth == 0:
            return position if position > start else None
    return None


def _label(blocks: list[Node]) -> str:
    """Returns the `\\label` at the start of an environment; empty if there is none."""
    if blocks and blocks[0]["t"] in ("Para", "Plain"):
        for inline in blocks[0]["c"][:3]:
            if inline["t"] == "Span" and "label" in dict(inline["c"][0][2]):
                return str(inline["c"][0][0])
    return ""
