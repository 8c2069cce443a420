"""HTML pages: lexbor parses them (selectolax), MathML, MathJax and KaTeX become LaTeX."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from extractors.documents.blocks import Builder
from extractors.documents.characters import printable
from extractors.documents.html_content import content_root
from extractors.documents.html_events import VOID, HtmlEvents
from extractors.documents.limits import Limits, UnreadableDocument
from extractors.documents.pandoc import mathml_to_latex
from extractors.documents.tex import tex_as_dollars
from extractors.documents.text import decode
from schemas.document import Document, with_spans

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_DEPTH = 2000
"""Elements within each other; parsing takes time that grows with the square of the depth."""

_CHARSET = re.compile(
    rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)|encoding\s*=\s*[\"']([A-Za-z0-9_:.-]+)",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_CLOSED_BY_OTHERS = VOID | frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "tfoot",
        "option",
        "optgroup",
        "colgroup",
        "html",
        "head",
        "body",
    ]
)
_SELF_CLOSED = re.compile(r"<([A-Za-z][A-Za-z0-9:]*)((?:\s[^<>]*)?)/>")


def read_html(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns a page as blocks.

    Raises:
      UnreadableDocument: damaged: nested too deeply; timeout, out_of_memory: its formulas take too much.
    """
    from selectolax.lexbor import LexborHTMLParser

    declared = _CHARSET.search(data[:2048])
    source = decode(data, (declared[1] or declared[2]).decode() if declared else "")
    source = _SELF_CLOSED.sub(_open_and_close, source)
    _check_depth(source)
    tree = LexborHTMLParser(source.replace("\0", ""))
    title = tree.css_first("title")
    builder = Builder()
    root = content_root(tree, source)
    if root is not None:
        heading = tree.css_first("h1")
        if root.tag != "body" and heading is not None and root.css_first("h1") is None:
            builder.text(heading.text())
            builder.heading(1)
        _read_tree(root, builder, _mathml(tree, limits))
    blocks = builder.blocks()
    named = " ".join((title.text() if title is not None else "").split())
    first = next((block.text for block in blocks if block.kind == "heading"), "")
    return Document(uri, sha256, printable(named) or first, "und", "html", 0, with_spans(blocks))


def _open_and_close(match: re.Match[str]) -> str:
    """XML's `<a/>` is an open tag in HTML, which would swallow what follows it; no author means that."""
    if match[1].lower() in VOID:
        return match[0]
    return f"<{match[1]}{match[2]}></{match[1]}>"


def _check_depth(source: str) -> None:
    depth = 0
    for end, tag in _TAG.findall(source):
        if tag.lower() in _CLOSED_BY_OTHERS:
            continue
        depth = max(depth - 1, 0) if end else depth + 1
        if depth > MAX_DEPTH:
            raise UnreadableDocument("damaged", "nested too deeply")


def _read_tree(root: LexborNode, builder: Builder, formulas: dict[int, str]) -> None:
    """Walks the tree without recursion, so that its depth does not matter."""
    events = HtmlEvents(builder)
    node: LexborNode | None = root
    while node is not None:
        if node.mem_id == root.mem_id:  # which is around everything, so that its name says nothing
            entered = events.start("div", {})
        else:
            entered = _enter(node, events, builder, formulas)
        if entered and node.child is not None:
            node = node.child
            continue
        if entered:
            events.end(node.tag or "")
        while node is not None and (node.next is None or node.mem_id == root.mem_id):
            if node.mem_id == root.mem_id:
                events.end_all()
                return
            node = node.parent
            if node is not None:
                events.end(node.tag or "")
        node = node.next if node is not None else None


def _enter(node: LexborNode, events: HtmlEvents, builder: Builder, formulas: dict[int, str]) -> bool:
    """Handles one node. Returns whether it is an element whose children are to be read."""
    tag = node.tag
    if tag == "-text":
        events.text(tex_as_dollars(node.text_content or ""))
        return False
    if tag is None or not node.is_element_node:
        return False
    attributes = node.attributes
    if tag == "math":
        builder.math(
            formulas.get(node.mem_id, ""),
            attributes.get("display") == "block" or _is_display(node),
        )
        return False
    if tag == "script" and (attributes.get("type") or "").startswith("math/tex"):
        builder.math(node.text(), "mode=display" in (attributes.get("type") or ""))
        return False
    return events.start(tag, attributes) and tag not in VOID


def _is_display(math: LexborNode) -> bool:
    """Whether KaTeX, MathJax or MediaWiki show a formula as a display; they say so on elements around it."""
    node = math.parent
    for _ in range(4):
        if node is None or not node.is_element_node:
            return False
        classes = node.attributes.get("class") or ""
        if (
            "katex-display" in classes
            or "mathml-display" in classes
            or node.attributes.get("display") == "true"
        ):
            return True
        node = node.parent
    return False


def _mathml(tree: LexborHTMLParser, limits: Limits) -> dict[int, str]:
    """Returns the LaTeX of every `<math>`: its own annotation, else what pandoc makes of it."""
    formulas, others = {}, []
    for math in tree.css("math"):
        if _stands_in_math(math):
            continue
        annotation = math.css_first('annotation[encoding*="tex"], annotation[encoding*="TeX"]')
        tex = annotation.text() if annotation is not None else math.attributes.get("alttext") or ""
        if tex.strip():
            formulas[math.mem_id] = _unwrapped(tex)
        else:
            others.append(math)
    if others:
        sources = [math.html or "" for math in others]
        found = mathml_to_latex(list(dict.fromkeys(sources)), limits)
        for math, source in zip(others, sources, strict=True):
            formulas[math.mem_id] = found.get(source) or math.text(separator=" ")
    return formulas


def _stands_in_math(math: LexborNode) -> bool:
    parent = math.parent
    while parent is not None and parent.tag != "math":
        parent = parent.parent
    return parent is not None


def _unwrapped(tex: str) -> str:
    """MediaWiki's annotations stand in `{\\displaystyle ...}`."""
    tex = tex.strip()
    if tex.startswith("{\\displaystyle ") and tex.endswith("}"):
        return tex[len("{\\displaystyle ") : -1]
    return tex
