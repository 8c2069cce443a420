"""Markdown, with the named blocks of MyST, Quarto, R Markdown, MkDocs and Obsidian, and the HTML within."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from extractors.documents.blocks import Builder
from extractors.documents.characters import printable
from extractors.documents.directives import (
    SILENT,
    Directive,
    callout_plugin,
    div_plugin,
    parse_div,
    parse_fence,
    split_options,
)
from extractors.documents.html_events import HtmlEvents
from extractors.documents.html_fragment import HtmlFragment
from extractors.documents.label_lines import label_lines
from extractors.documents.limits import Limits
from extractors.documents.tex import tex_as_dollars
from extractors.documents.text import decode
from schemas.document import Document, with_spans

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

MAX_DEPTH = 8
"""Directives within directives whose content is parsed again."""
MAX_SIGNS = 2000
MAX_OPEN = 200

_MYST = re.compile(
    r"^ {0,3}(?:`{3,}|~{3,}|:{3,})\{[A-Za-z]|^\([\w:-]+\)=$|^\s*format_name: myst",
    re.MULTILINE,
)
_DATA_ADDRESS = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+")
_OPENS_DISPLAY = re.compile(r"^[ \t>]*\$\$(?!.*\$\$)", re.MULTILINE)
_CLOSES_DISPLAY = re.compile(r"\$\$[ \t]*(?:\([^()\n]*\)[ \t]*)?$", re.MULTILINE)
_TITLE = re.compile(r"^title:\s*(?![|>])(.+)$", re.MULTILINE)
_ENUMERATOR = re.compile(r"\(?(?:[a-zA-Z]|\d{1,3}|[ivx]{1,5})[.)]\s")
_ATTRIBUTE_LIST = re.compile(r"\s*\{[:#.][^{}$]*\}\s*$")


def read_markdown(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns a Markdown document as blocks; its front matter gives the title alone."""
    builder = Builder()
    reader = MarkdownReader(builder)
    reader.read(decode(data).lstrip("\ufeff"))
    reader.end()
    blocks = builder.blocks()
    first = next((block.text for block in blocks if block.kind == "heading"), "")
    return Document(uri, sha256, reader.title or first, "und", "markdown", 0, with_spans(blocks))


@lru_cache(maxsize=4)
def _parser(myst: bool, math: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.admon import admon_plugin
    from mdit_py_plugins.amsmath import amsmath_plugin
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin
    from mdit_py_plugins.myst_blocks import myst_block_plugin
    from mdit_py_plugins.myst_role import myst_role_plugin
    from mdit_py_plugins.texmath import texmath_plugin

    md = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    md.use(front_matter_plugin).use(footnote_plugin).use(deflist_plugin).use(admon_plugin)
    if math:
        md.use(amsmath_plugin).use(texmath_plugin, delimiters="brackets")
        md.use(dollarmath_plugin, allow_digits=False, double_inline=True)
    if myst:
        md.use(myst_block_plugin).use(myst_role_plugin)
    md.core.ruler.at("inline", _parse_inlines)
    return md.use(div_plugin).use(callout_plugin)


def _parse_inlines(state: StateCore) -> None:
    """markdown-it's own rule, but for paragraphs that no author writes.

    The time it takes grows with the square of the number of brackets or dollars left open.
    """
    from markdown_it.token import Token

    for token in state.tokens:
        if token.type == "inline":
            children: list[Token] = []
            if max(token.content.count(sign) for sign in ("[", "$", "\\(", "<")) > MAX_SIGNS:
                children.append(Token("text", "", 0, content=token.content))
            else:
                state.md.inline.parse(token.content, state.md, state.env, children)
            token.children = children


def _closes_its_math(source: str) -> bool:
    """Whether displays that are opened are closed, by and large.

    For each that is not, markdown-it's plugins search the whole rest of the document.
    """
    opened = len(_OPENS_DISPLAY.findall(source)) - len(_CLOSES_DISPLAY.findall(source))
    brackets = source.count("\\[") - source.count("\\]")
    environments = source.count("\\begin{") - source.count("\\end{")
    return max(opened, brackets, environments) <= MAX_OPEN


class MarkdownReader:
    """Feeds a builder with Markdown; `read` may be called for one piece after the other.

    Attributes:
      title: of the front matter; empty without.
    """

    def __init__(self, builder: Builder):
        self.builder = builder
        self.title = ""
        self._events = HtmlEvents(builder)
        self._depth = 0
        self._lists: list[str] = []

    def read(self, source: str) -> None:
        source = _DATA_ADDRESS.sub("image", source.replace("\0", ""))
        parser = _parser(bool(_MYST.search(source)), _closes_its_math(source))
        self._tokens(parser.parse(source))

    def end(self) -> None:
        """Closes what the source left open."""
        self._events.end_all()

    def _tokens(self, tokens: list[Token]) -> None:
        """Hands every token to the method named after its type; other types print nothing."""
        following = [*tokens[1:], None]
        for token, after in zip(tokens, following, strict=False):
            if token.type == "softbreak":
                self._softbreak(after)
            elif method := getattr(self, f"_on_{token.type}", None):
                method(token)

    def _nested(self, source: str) -> None:
        if self._depth < MAX_DEPTH:
            self._depth += 1
            self.read(source)
            self._depth -= 1
        else:
            self.builder.code(source)

    # Blocks.

    def _on_front_matter(self, token: Token) -> None:
        if title := _TITLE.search(token.content):
            self.title = self.title or printable(title[1].strip().strip("\"'"))

    def _on_inline(self, token: Token) -> None:
        children = token.children or []
        if children and children[-1].type == "text":
            children[-1].content = _ATTRIBUTE_LIST.sub("", children[-1].content)
        self._tokens(_divided(children, token.content))

    def _on_heading_open(self, token: Token) -> None:
        self.builder.begin_kind("heading", int(token.tag[1]))
        self._events.enter("heading", self.builder.end_kind)

    def _on_heading_close(self, token: Token) -> None:
        self._events.end("heading")

    def _on_paragraph_close(self, token: Token) -> None:
        self.builder.flush()

    def _on_ordered_list_open(self, token: Token) -> None:
        self.builder.flush()

    def _on_list_item_open(self, token: Token) -> None:
        marker = f"{token.info}{token.markup}" if token.info else token.markup
        self.builder.begin_item(marker, ordered=bool(token.info))
        self._events.enter("list_item", self.builder.end_item)

    def _on_list_item_close(self, token: Token) -> None:
        self._events.end("list_item")

    def _on_fence(self, token: Token) -> None:
        directive = parse_fence(token.info.strip())
        if directive is None:
            self.builder.code(token.content)
        else:
            directive.options, content = split_options(token.content)
            self._directive(directive, content)

    def _on_code_block(self, token: Token) -> None:
        self.builder.code(token.content)

    def _on_html_block(self, token: Token) -> None:
        HtmlFragment(self._events).read(token.content)

    def _on_math_block(self, token: Token) -> None:
        self.builder.flush()
        self.builder.math(token.content, display=True)
        self.builder.flush()

    _on_math_block_label = _on_math_block_eqno = _on_amsmath = _on_math_block

    def _on_div_open(self, token: Token) -> None:
        directive = parse_div(token.info)
        directive.options = token.meta
        if directive.name.endswith("-end"):
            self._events.end("div")
        else:
            self._open(directive, "div")

    def _on_div_close(self, token: Token) -> None:
        self._events.end("div")

    def _on_callout_open(self, token: Token) -> None:
        self._open(Directive(f"callout-{token.info}", title=token.content), "callout")

    def _on_callout_close(self, token: Token) -> None:
        self._events.end("callout")

    def _on_admonition_open(self, token: Token) -> None:
        self._open(Directive(f"admonition {token.meta.get('tag', '')}".strip()), "admonition")

    def _on_admonition_close(self, token: Token) -> None:
        self._events.end("admonition")

    def _on_admonition_title_open(self, token: Token) -> None:
        self.builder.bold += 1

    def _on_admonition_title_close(self, token: Token) -> None:
        self.builder.flush()
        self.builder.bold -= 1

    def _on_footnote_block_open(self, token: Token) -> None:
        self.builder.begin_kind("footnote")
        self._events.enter("footnotes", self.builder.end_kind)

    def _on_footnote_block_close(self, token: Token) -> None:
        self._events.end("footnotes")

    def _element_open(self, token: Token) -> None:
        self._events.start(token.tag, {})

    def _element_close(self, token: Token) -> None:
        self._events.end(token.tag)

    _on_blockquote_open = _on_table_open = _on_tr_open = _on_td_open = _on_th_open = _element_open
    _on_blockquote_close = _on_table_close = _on_tr_close = _on_td_close = _on_th_close = _element_close
    _on_dl_open = _on_dt_open = _on_dd_open = _on_strong_open = _on_em_open = _element_open
    _on_dl_close = _on_dt_close = _on_dd_close = _on_strong_close = _on_em_close = _element_close

    def _directive(self, directive: Directive, content: str) -> None:
        """A named block whose content is given as source."""
        name = directive.name
        if name in SILENT:
            if name.endswith("-end"):
                self._events.end("gate")
        elif directive.is_code:
            with self.builder.container(name, directive.id or directive.options.get("label", "")):
                self.builder.code(content)
        elif name == "math":
            self.builder.flush()
            self.builder.math(content, display=True)
            self.builder.flush()
        elif name in ("figure", "image"):
            self.builder.flush()
            self.builder.image(directive.options.get("alt", ""), directive.title)
            self.builder.flush()
            with self.builder.kind("caption"):
                self._nested(content)
        else:
            key = "gate" if directive.is_gate else f"directive {self._depth}"
            self._open(directive, key)
            self._nested(content)
            if not directive.is_gate:
                self._events.end(key)

    def _open(self, directive: Directive, key: str) -> None:
        options = directive.options
        identifier = directive.id or options.get("label") or options.get("name") or ""
        name = " ".join(dict.fromkeys(f"{directive.name} {options.get('class', '')}".split()))
        self.builder.open_container(name, identifier, directive.target)
        self._events.enter(key, self.builder.close_container)
        if directive.title:
            self.builder.bold += 1
            self._tokens(_parser(False, True).parseInline(directive.title))
            self.builder.flush()
            self.builder.bold -= 1

    # Inlines.

    def _on_text(self, token: Token) -> None:
        self.builder.text(tex_as_dollars(token.content))

    def _softbreak(self, following: Token | None) -> None:
        """A line's end is a blank, unless the next line is a part of its own: `(b) ...`."""
        if following is not None and following.type == "text" and _ENUMERATOR.match(following.content):
            self.builder.line_break()
        else:
            self.builder.text(" ")

    def _on_new_line(self, token: Token) -> None:
        self.builder.flush()

    def _on_hardbreak(self, token: Token) -> None:
        self.builder.line_break()

    def _on_code_inline(self, token: Token) -> None:
        self.builder.text(f"`{token.content}`")

    def _on_image(self, token: Token) -> None:
        self.builder.image(token.content, str(token.attrGet("src") or ""))

    def _on_link_open(self, token: Token) -> None:
        address = str(token.attrGet("href") or "")
        if address.startswith("#"):
            self.builder.begin_link(address[1:])

    def _on_link_close(self, token: Token) -> None:
        self.builder.end_link()

    def _on_html_inline(self, token: Token) -> None:
        HtmlFragment(self._events).read(token.content)

    def _on_math_inline(self, token: Token) -> None:
        self.builder.math(token.content)

    _on_math_single = _on_math_inline

    def _on_math_inline_double(self, token: Token) -> None:
        self.builder.math(token.content, display=True)

    def _on_myst_role(self, token: Token) -> None:
        if token.meta.get("name") == "math":
            self.builder.math(token.content)
        else:
            self.builder.text(re.sub(r"\s*<[^<>]*>$", "", token.content))


def _divided(children: list[Token], source: str) -> list[Token]:
    """Returns a paragraph's tokens; the end of a line before one that begins an item ends a block."""
    from markdown_it.token import Token

    breaks = [i for i, child in enumerate(children) if child.type in ("softbreak", "hardbreak")]
    lines = source.split("\n")
    if not breaks or len(breaks) != len(lines) - 1:  # else formulas or code go over several lines
        return children
    divided = list(children)
    for line in label_lines(lines):
        divided[breaks[line - 1]] = Token("new_line", "", 0)
    return divided
