"""From HTML tags, in document order, to a builder's events.

The tags may come from a parsed page or, unbalanced, from the fragments of HTML that a Markdown
document holds: an end tag closes everything opened since its start tag, and one that closes
nothing is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from extractors.documents.blocks import Builder
from extractors.documents.enumeration import Numbering, ordered_marker
from schemas.document import Block

Attributes = Mapping[str, str | None]

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "nav",
        "select",
        "textarea",
        "iframe",
        "object",
        "video",
        "audio",
        "canvas",
        "svg",
        "datalist",
    ]
)
"""Elements that print no text of the document."""
_DRAWINGS = ("svg", "canvas", "object", "iframe", "video")
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "ol",
        "p",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "blockquote",
        "caption",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "option",
        "button",
    ]
)
_CONTAINERS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "header",
        "li",
        "main",
        "menu",
        "ol",
        "p",
        "section",
        "summary",
        "table",
        "ul",
        "button",
    ]
)
"""Elements that become a container if anything names them; those of `_NAMED` always do."""
_NAMED = frozenset(["article", "aside", "blockquote", "details", "figure", "section", "summary"])
_NAMING = ("data-type", "class", "role", "epub:type")
_NOTES = ("footnote", "footnotes", "doc-footnote", "doc-endnotes")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_TYPES: dict[str, Numbering] = {
    "a": "lower-alpha",
    "A": "upper-alpha",
    "i": "lower-roman",
    "I": "upper-roman",
}
_STYLES: list[tuple[str, Numbering]] = [
    ("lower-alpha", "lower-alpha"),
    ("lower-latin", "lower-alpha"),
    ("upper-alpha", "upper-alpha"),
    ("upper-latin", "upper-alpha"),
    ("lower-roman", "lower-roman"),
    ("upper-roman", "upper-roman"),
]
_NO_MARKER = re.compile(r"list-style(?:-type)?\s*:\s*none")
_RENDERED_MATH = re.compile(
    r"\b(?:katex-html|MathJax|MathJax_Display|MathJax_Preview|MathJax_SVG|mwe-math-fallback\S*)(?!\S)"
)
_NOTE_LINKS = re.compile(
    r"(?<!\S)(?:footnote-(?:ref|back|backref|reference)|reversefootnote|skip-link|(?:doc-)?(?:noteref|backlink))(?!\S)"
)
_LINE_NUMBERS = re.compile(
    r"(?<!\S)(?:linenos|lineno|gutter|line-numbers-rows|headerlink|anchor-link|copybtn)(?!\S)"
)
_TEX_IMAGE = re.compile(
    r"(?<!\S)(?:latex|tex|math|mathimg|ql-img-inline-formula|wp-katex-eq)(?!\S)",
    re.IGNORECASE,
)


@dataclass
class _List:
    ordered: bool
    numbering: Numbering = "decimal"
    number: int = 1
    step: int = 1
    marked: bool = True


@dataclass
class _Table:
    rows: list[list[list[Block]]] = field(default_factory=list)
    cell: list[Block] | None = None


class HtmlEvents:
    """Feeds a builder with start tags, end tags and texts."""

    def __init__(self, builder: Builder):
        self.builder = builder
        self._open: list[tuple[str, list[Callable[[], None]]]] = []
        self._lists: list[_List] = []
        self._tables: list[_Table] = []
        self._pre: list[str] | None = None

    def start(self, tag: str, attributes: Attributes) -> bool:
        """Opens an element. Returns whether what is inside should be read."""
        if tag in SKIPPED or _is_invisible(tag, attributes):
            if tag in _DRAWINGS and (attributes.get("role") == "img" or self._is_open("figure")):
                description = attributes.get("aria-label") or attributes.get("title") or ""
                self.builder.image(description, attributes.get("data") or attributes.get("src") or tag)
            return False
        if self._pre is not None:
            if tag == "br":
                self._pre.append("\n")
            elif tag not in VOID:
                self._open.append((tag, []))
            return True
        if tag == "img":
            self._image(attributes)
            return True
        if tag == "br":
            self.builder.line_break()
            return True
        undo: list[Callable[[], None]] = []
        if tag in _BLOCKS:
            self.builder.flush()
        if tag in VOID:
            return True
        self._open_container(tag, attributes, undo)
        self._open_element(tag, attributes, undo)
        self._open.append((tag, undo))
        return True

    def enter(self, key: str, leave: Callable[[], None]) -> None:
        """Opens something that is no element; `end(key)` closes it and what is open inside."""
        self._open.append((key, [leave]))

    def end(self, tag: str) -> None:
        """Closes the innermost open element of this name, and whatever is open inside."""
        if not self._is_open(tag):
            return
        while self._open:
            name, undo = self._open.pop()
            for action in reversed(undo):
                action()
            if name in _BLOCKS and self._pre is None:
                self.builder.flush()
            if name == tag:
                return

    def end_all(self) -> None:
        while self._open:
            self.end(self._open[-1][0])

    def _is_open(self, tag: str) -> bool:
        return any(name == tag for name, _ in self._open)

    def text(self, text: str) -> None:
        if self._pre is not None:
            self._pre.append(text)
        else:
            self.builder.text(text)

    def _open_container(self, tag: str, attributes: Attributes, undo: list[Callable[[], None]]) -> None:
        identifier = attributes.get("id") or ""
        names = [tag] if tag in _NAMED else []
        for attribute in _NAMING:
            names += (attributes.get(attribute) or "").split()
        if tag in _NAMED or (tag in _CONTAINERS and (names or identifier)):
            self.builder.open_container(" ".join(dict.fromkeys(names)) or tag, identifier)
            undo.append(self.builder.close_container)
        elif identifier or (tag == "a" and attributes.get("name")):
            self.builder.anchor(identifier or attributes.get("name") or "")

    def _open_element(self, tag: str, attributes: Attributes, undo: list[Callable[[], None]]) -> None:
        builder = self.builder
        if tag in ("b", "strong"):
            builder.bold += 1
            undo.append(self._end_bold)
        elif tag in ("i", "em", "cite", "dfn"):
            builder.italic += 1
            undo.append(self._end_italic)
        elif tag in ("sub", "sup"):
            builder.begin_script("_" if tag == "sub" else "^")
            undo.append(builder.end_script)
        elif tag in ("code", "kbd", "samp", "tt"):
            builder.text("`")
            undo.append(lambda: builder.text("`"))
        elif tag == "q":
            builder.text("“")
            undo.append(lambda: builder.text("”"))
        elif tag == "a" and (attributes.get("href") or "").startswith("#"):
            builder.begin_link((attributes.get("href") or "")[1:])
            undo.append(builder.end_link)
        elif tag == "a" and "#" in (attributes.get("href") or ""):
            builder.refer((attributes.get("href") or "").partition("#")[2])
        elif tag in _HEADINGS:
            builder.begin_kind("heading", _HEADINGS[tag])
            undo.append(builder.end_kind)
        elif tag in ("figcaption", "caption"):
            builder.begin_kind("caption")
            undo.append(builder.end_kind)
        elif (attributes.get("epub:type") or attributes.get("role")) in _NOTES:
            builder.begin_kind("footnote")
            undo.append(builder.end_kind)
        elif tag == "pre":
            self._pre = []
            undo.append(self._end_pre)
        elif tag in ("ol", "ul", "menu"):
            self._lists.append(_list(tag, attributes))
            undo.append(self._end_list)
        elif tag == "li":
            self._begin_item(attributes)
            undo.append(builder.end_item)
        elif tag == "table":
            self._tables.append(_Table())
            undo.append(self._end_table)
        elif tag == "tr" and self._tables:
            self._tables[-1].rows.append([])
        elif tag in ("td", "th") and self._tables and self._tables[-1].cell is None:
            self._tables[-1].cell = builder.begin_capture()
            undo.append(self._end_cell)

    def _end_bold(self) -> None:
        self.builder.bold -= 1

    def _end_italic(self) -> None:
        self.builder.italic -= 1

    def _end_pre(self) -> None:
        code, self._pre = "".join(self._pre or []), None
        self.builder.code(code)

    def _end_list(self) -> None:
        self._lists.pop()

    def _begin_item(self, attributes: Attributes) -> None:
        around = self._lists[-1] if self._lists else _List(ordered=False)
        value = attributes.get("value") or ""
        if value.lstrip("-").isdecimal():
            around.number = int(value[:9])
        marker = ordered_marker(around.number, around.numbering) if around.ordered else "-"
        if not around.marked or _NO_MARKER.search(attributes.get("style") or ""):
            marker = ""
        self.builder.begin_item(marker, around.ordered)
        around.number += around.step

    def _end_table(self) -> None:
        self.builder.table(self._tables.pop().rows)

    def _end_cell(self) -> None:
        table = self._tables[-1]
        if table.cell is None:
            return
        if not table.rows:
            table.rows.append([])
        table.rows[-1].append(self.builder.end_capture(table.cell))
        table.cell = None

    def _image(self, attributes: Attributes) -> None:
        description = attributes.get("alt") or ""
        if description and _TEX_IMAGE.search(attributes.get("class") or ""):
            self.builder.math(description.strip().strip("$"))
        else:
            self.builder.image(description, attributes.get("src") or "")


def _list(tag: str, attributes: Attributes) -> _List:
    style = f"{attributes.get('style') or ''} {attributes.get('class') or ''}"
    marked = not _NO_MARKER.search(style)
    if tag != "ol":
        return _List(ordered=False, marked=marked)
    numbering = _TYPES.get(attributes.get("type") or "", "decimal")
    for name, styled in _STYLES:
        if name in style:
            numbering = styled
    start = attributes.get("start") or ""
    number = int(start[:9]) if re.fullmatch(r"-?[0-9]+", start) else 1
    return _List(True, numbering, number, -1 if "reversed" in attributes else 1, marked)


def _is_invisible(tag: str, attributes: Attributes) -> bool:
    """Whether an element repeats what is read elsewhere: rendered formulas, line numbers, icons.

    What a page hides until it is asked for is read: solutions are hidden so.
    """
    classes = attributes.get("class") or ""
    if classes and (_RENDERED_MATH.search(classes) or _LINE_NUMBERS.search(classes)):
        return True
    if tag in ("mjx-math", "mjx-lazy"):
        return True
    if tag == "a" and _NOTE_LINKS.search(f"{classes} {attributes.get('role')} {attributes.get('epub:type')}"):
        return True
    return tag in ("i", "span", "svg") and attributes.get("aria-hidden") == "true"
