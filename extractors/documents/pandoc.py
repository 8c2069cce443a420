"""DOCX, EPUB and LaTeX, through pandoc's syntax tree.

Pandoc (https://pandoc.org, shipped by `pypandoc-binary`) runs as one child process a document,
without a shell, in its sandbox (no file but standard input, no network), with bounded time and
memory. Its tree (https://hackage.haskell.org/package/pandoc-types) is turned into blocks here.
"""

from __future__ import annotations

import json
import subprocess
from functools import lru_cache
from typing import Any

from extractors.documents.blocks import Builder, Delimiter, Numbering, ordered_marker
from extractors.documents.limits import Limits, UnreadableDocument
from extractors.documents.zips import check_archive
from schemas.document import Document, DocumentFormat, with_spans

TIMEOUT_SECONDS = 60
HEAP = "1500m"
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
_LATEX_LEVELS: list[tuple[Numbering, Delimiter]] = [
    ("decimal", "period"),
    ("lower-alpha", "parens"),
    ("lower-roman", "period"),
    ("upper-alpha", "period"),
]


def read_docx(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns a Word document as blocks.

    Raises:
      UnreadableDocument: damaged or too large when unpacked.
    """
    check_archive(data, limits)
    return _document(
        run_pandoc(data, "docx+styles+empty_paragraphs-auto_identifiers"),
        uri,
        sha256,
        "docx",
    )


def read_epub(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns an EPUB as blocks, in the order of its spine.

    Raises:
      UnreadableDocument: damaged, encrypted or too large when unpacked.
    """
    check_archive(data, limits)
    return _document(run_pandoc(data, "epub-auto_identifiers"), uri, sha256, "epub")


def read_latex(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns a LaTeX document or fragment as blocks; what it `\\input`s is not followed.

    Raises:
      UnreadableDocument: damaged: pandoc cannot parse it.
    """
    from extractors.documents.latex import prepare_latex
    from extractors.documents.text import decode

    source = prepare_latex(decode(data))
    return _document(
        run_pandoc(source.encode(), "latex-auto_identifiers"), uri, sha256, "latex"
    )


@lru_cache(maxsize=1)
def _pandoc() -> str:
    from importlib.util import find_spec
    from pathlib import Path
    from shutil import which

    spec = find_spec("pypandoc")
    if spec and spec.origin:
        for name in ("pandoc", "pandoc.exe"):
            if (path := Path(spec.origin).parent / "files" / name).is_file():
                return str(path)
    if path := which("pandoc"):
        return path
    raise UnreadableDocument(
        "missing_dependency", "pandoc is not installed: pip install pypandoc-binary"
    )


def run_pandoc(data: bytes, source_format: str) -> Node:
    """Returns pandoc's syntax tree of a document.

    Raises:
      UnreadableDocument: missing_dependency; damaged: pandoc fails, or needs more than its bounds
        of time and memory.
    """
    # The heap bound is pandoc's own (GHC's run-time system); beyond it, it exits with 251.
    command = [
        _pandoc(),
        "+RTS",
        f"-M{HEAP}",
        "-RTS",
        "--sandbox",
        "-f",
        source_format,
        "-t",
        "json",
    ]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=TIMEOUT_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise UnreadableDocument(
            "damaged", f"pandoc took more than {TIMEOUT_SECONDS} s"
        ) from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        if done.returncode == 251:
            lines = [f"pandoc needs more than {HEAP} of memory"]
        raise UnreadableDocument(
            "damaged",
            (lines[-1] if lines else f"pandoc exits with {done.returncode}")[:300],
        )
    try:
        tree = json.loads(done.stdout)
    except RecursionError:
        raise UnreadableDocument("damaged", "nested too deeply") from None
    return tree


def mathml_to_latex(formulas: list[str]) -> dict[str, str]:
    """Returns the LaTeX of each `<math>` element that can be converted; one child process for all.

    Raises:
      UnreadableDocument: pandoc needs more than its bounds.
    """
    page = "".join(
        f'<div id="{number}"><p>{formula}</p></div>'
        for number, formula in enumerate(formulas)
    )
    tree = run_pandoc(page.encode("utf-8", "replace"), "html")
    found = {}
    for node in tree["blocks"]:
        if node["t"] != "Div" or not node["c"][0][0].isdecimal():
            continue
        inlines = [
            inline
            for block in node["c"][1]
            for inline in block["c"]
            if block["t"] in ("Para", "Plain")
        ]
        if tex := " ".join(
            inline["c"][1] for inline in inlines if inline["t"] == "Math"
        ):
            found[formulas[int(node["c"][0][0])]] = tex
    return found


def _document(
    tree: Node, uri: str, sha256: str, document_format: DocumentFormat
) -> Document:
    builder = Builder()
    walker = _Walker(builder, document_format)
    walker.walk(tree["blocks"], walker.block)
    title = Builder()
    _Walker(title, document_format).metadata(tree["meta"].get("title"))
    blocks = builder.blocks()
    named = " ".join(block.text for block in title.blocks())
    first = next((block.text for block in blocks if block.kind == "heading"), "")
    return Document(
        uri, sha256, named or first, "und", document_format, 0, with_spans(blocks)
    )


class _Walker:
    """Feeds a builder with pandoc's tree."""

    def __init__(self, builder: Builder, document_format: DocumentFormat):
        self.builder = builder
        self.format = document_format
        self.depth = 0
        self.ordered_depth = 0
        # Pandoc gives its own type names; each has a method below, and what has none prints nothing.
        self.blocks = {
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
        self.inlines = {
            "Str": self.builder.text,
            "Emph": self._emphasis,
            "Strong": self._strong,
            "Superscript": lambda c: self._script("^", c),
            "Subscript": lambda c: self._script("_", c),
            "Quoted": self._quoted,
            "Cite": lambda c: self.walk(c[1], self.inline),
            "Code": lambda c: self.builder.text(f"`{c[1]}`"),
            "Math": lambda c: self.builder.math(
                c[1], display=c[0]["t"] == "DisplayMath"
            ),
            "Link": lambda c: self.walk(c[1], self.inline),
            "Image": self._image,
            "Note": self._note,
            "Span": self._span,
            "Underline": lambda c: self.walk(c, self.inline),
            "Strikeout": lambda c: self.walk(c, self.inline),
            "SmallCaps": lambda c: self.walk(c, self.inline),
        }

    def walk(self, nodes: list[Node], visit: Any) -> None:
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

    def metadata(self, value: Node) -> None:
        if isinstance(value, dict) and value.get("t") == "MetaInlines":
            self.walk(value["c"], self.inline)
        elif isinstance(value, dict) and value.get("t") == "MetaString":
            self.builder.text(value["c"])

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
        self.builder.code(content[1])

    def _quote(self, blocks: list[Node]) -> None:
        with self.builder.container("blockquote"):
            self.walk(blocks, self.block)

    def _ordered_list(self, content: Node) -> None:
        (start, style, delimiter), items = content
        numbering = _NUMBERING.get(style["t"], "decimal")
        delimited = _DELIMITERS.get(delimiter["t"], "period")
        if self.format == "latex" and style["t"] == "DefaultStyle":
            numbering, delimited = _LATEX_LEVELS[min(self.ordered_depth, 3)]
        self.ordered_depth += 1
        for number, item in enumerate(items, start=start):
            self._item(ordered_marker(number, numbering, delimited), item, ordered=True)
        self.ordered_depth -= 1

    def _bullet_list(self, items: list[list[Node]]) -> None:
        for item in items:
            self._item("-", item, ordered=False)

    def _item(self, marker: str, blocks: list[Node], ordered: bool) -> None:
        self.builder.begin_item(marker, ordered)
        self.walk(blocks, self.block)
        self.builder.end_item()

    def _definitions(self, entries: list[Node]) -> None:
        for term, definitions in entries:
            self.builder.bold += 1
            self.walk(term, self.inline)
            self.builder.bold -= 1
            self.builder.flush()
            for definition in definitions:
                self.walk(definition, self.block)

    def _header(self, content: Node) -> None:
        level, _, inlines = content
        self.builder.flush()
        self.walk(inlines, self.inline)
        self.builder.heading(level)

    def _figure(self, content: Node) -> None:
        attributes, (_, caption), blocks = content
        with self.builder.container("figure", attributes[0]):
            self.walk(blocks, self.block)
            with self.builder.kind("caption"):
                self.walk(caption, self.block)

    def _div(self, content: Node) -> None:
        (identifier, classes, attributes), blocks = content
        style = dict(attributes).get("custom-style", "")
        if self.format == "docx":
            self._styled(style, blocks)
        elif classes or identifier or dict(attributes).get("role"):
            with self.builder.container(" ".join(classes) or "div", identifier):
                self.walk(blocks, self.block)
        else:
            self.walk(blocks, self.block)

    def _styled(self, style: str, blocks: list[Node]) -> None:
        """A Word paragraph in a named style; the names that say what it is are kept."""
        name = style.lower()
        if "title" in name and "sub" not in name:
            with self.builder.kind("heading", 1):
                self.walk(blocks, self.block)
        elif "caption" in name:
            with self.builder.kind("caption"):
                self.walk(blocks, self.block)
        else:
            with self.builder.container(name):
                self.walk(blocks, self.block)

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
                self.walk(cell[4], self.block)
                cells.append(self.builder.end_capture(outer))
            captured.append(cells)
        with self.builder.kind("caption"):
            self.walk(caption, self.block)
        self.builder.table(captured)

    # Inlines.

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
            self.walk(blocks, self.block)

    def _span(self, content: Node) -> None:
        self.walk(content[1], self.inline)
