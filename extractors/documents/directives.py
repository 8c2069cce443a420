"""Markdown's named blocks: directives of MyST, divs of pandoc and Quarto, chunks of R Markdown, callouts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

CODE = frozenset(
    [
        "code",
        "code-cell",
        "code-block",
        "sourcecode",
        "literalinclude",
        "code-cell-output",
        "doctest",
        "mermaid",
    ]
)
SILENT = frozenset(
    [
        "toctree",
        "tableofcontents",
        "contents",
        "raw",
        "bibliography",
        "index",
        "only",
        "include",
        "eval-rst",
        "jupyter-config",
        "comment",
        "exercise-end",
        "solution-end",
    ]
)
"""Directives that print nothing of their own."""

_PROSE_CHUNKS = frozenset(
    [
        "theorem",
        "lemma",
        "corollary",
        "proposition",
        "conjecture",
        "definition",
        "example",
        "exercise",
        "hypothesis",
        "proof",
        "remark",
        "solution",
        "problem",
        "question",
        "answer",
        "hint",
    ]
)
"""R Markdown's chunks that hold prose (bookdown, chapter 2.2); every other `{engine}` runs code."""
_QUARTO = {
    "exr": "exercise", "exm": "example", "sol": "solution", "thm": "theorem", "lem": "lemma", "rem": "remark",
    "cor": "corollary", "prp": "proposition", "cnj": "conjecture", "def": "definition",
}  # fmt: skip
"""The prefixes of identifiers by which Quarto knows what a div is (quarto.org, cross-references)."""

_MYST = re.compile(r"\{([A-Za-z][\w:.+-]*)\}\s*(.*)$")
_CHUNK = re.compile(r"\{([A-Za-z][\w.-]*+)([\s,].*)?\}")
_KEY_VALUE = re.compile(r"(?<![\w.-])([\w.-]++)\s*+=\s*+(\"[^\"]*\"|'[^']*'|[^\s,}]+)")
_ATTRIBUTES = re.compile(r"\{([^{}]*)\}\s*$")
_OPTION = re.compile(r":([A-Za-z][\w-]*):[ \t]*(.*)$")
_YAML_OPTION = re.compile(r"([A-Za-z][\w-]*):[ \t]*(.*)$")
_CALLOUT = re.compile(r"\[!([\w-]+)(?:\|[^\]\n]*)?\][+-]?(?:[ \t]+([^\n]*))?(?:\n|$)")


@dataclass
class Directive:
    """A named block's opening line and options.

    Attributes:
      name: "exercise", "solution", "callout-tip"...; several classes are joined by blanks.
      id: its label; empty if it has none.
      target: the label of the block it belongs to.
      title: printed above its content.
      is_code: whether its content is code.
      is_gate: whether it is closed by a directive of its own (`{solution-end}`), not by its fence.
    """

    name: str
    id: str = ""
    target: str = ""
    title: str = ""
    is_code: bool = False
    is_gate: bool = False
    options: dict[str, str] = field(default_factory=dict)


def parse_fence(info: str) -> Directive | None:
    """Returns the directive that a code fence's info string opens; None for ordinary code."""
    if chunk := _CHUNK.fullmatch(info.rstrip()):
        name, rest = chunk[1].lower(), chunk[2] or ""
        values = {key: value.strip("\"'") for key, value in _KEY_VALUE.findall(rest)}
        label = re.match(r"\s*([\w.:-]+)\s*(?:,|$)", rest)
        if name in _PROSE_CHUNKS:
            identifier = values.get("label") or (label[1] if label else "")
            return Directive(name, identifier, title=values.get("name", ""))
        if rest or name in _ENGINES:
            return Directive(
                "code-cell",
                label[1] if label else values.get("label", ""),
                is_code=True,
            )
    if myst := _MYST.match(info):
        return _myst(myst[1].lower(), myst[2].strip())
    return None


_ENGINES = frozenset(
    [
        "r",
        "python",
        "python3",
        "julia",
        "bash",
        "sh",
        "sql",
        "stan",
        "rcpp",
        "js",
        "ojs",
        "css",
        "matlab",
        "octave",
        "dot",
        "sas",
        "stata",
    ]
)


def _myst(name: str, argument: str) -> Directive:
    is_code, is_gate = name in CODE, name.endswith("-start")
    name = name.removesuffix("-start")
    if name == "solution":
        return Directive(name, target=argument, is_gate=is_gate)
    title = "" if is_code or name == "math" else argument
    return Directive(name, title=title, is_code=is_code, is_gate=is_gate)


def parse_div(info: str) -> Directive:
    """Returns the directive that the rest of a `:::` line opens."""
    if myst := _MYST.match(info):
        return _myst(myst[1].lower(), myst[2].strip())
    attributes = _ATTRIBUTES.search(info)
    inside = attributes[1] if attributes else ""
    words = (info[: attributes.start()] if attributes else info).split(maxsplit=1)
    values = {key: value.strip("\"'") for key, value in _KEY_VALUE.findall(inside)}
    bare = _KEY_VALUE.sub(" ", inside).split()
    classes = [word[1:] for word in bare if word.startswith(".")]
    identifier = next((word[1:] for word in bare if word.startswith("#")), "")
    if words:
        classes.insert(0, words[0])
    elif not classes and identifier.split("-")[0] in _QUARTO:
        classes.append(_QUARTO[identifier.split("-")[0]])
    title = values.get("title") or values.get("name") or (words[1].strip("[]") if len(words) > 1 else "")
    return Directive(" ".join(classes).lower() or "div", identifier, values.get("for", ""), title)


def split_options(content: str) -> tuple[dict[str, str], str]:
    """Returns the options at the top of a directive's content, and the rest of it.

    Options are `:key: value` lines, or YAML between two lines of `---`; Quarto's `#| key: value`.
    """
    lines = content.split("\n")
    options: dict[str, str] = {}
    count = 0
    if lines and lines[0].strip() == "---":
        end = next(
            (number for number, line in enumerate(lines[1:], start=1) if line.strip() == "---"),
            0,
        )
        for line in lines[1:end]:
            if option := _YAML_OPTION.match(line.strip()):
                options[option[1]] = option[2].strip("\"' ")
        return options, "\n".join(lines[end + 1 :] if end else lines)
    for line in lines:
        quarto = line.startswith("#|")
        option = _YAML_OPTION.match(line[2:].strip()) if quarto else _OPTION.match(line.strip())
        if not option and not quarto:
            break
        if option:
            options[option[1]] = option[2].strip("\"' ")
        count += 1
    return options, "\n".join(lines[count:])


def div_plugin(md: MarkdownIt) -> None:
    """Makes every `:::` line a token of its own: `div_open` with what follows, else `div_close`.

    A bare line closes the innermost div, as in pandoc; in MyST, where longer fences enclose
    shorter ones, that comes to the same.
    """
    md.block.ruler.before(
        "fence",
        "div",
        _div_rule,
        {"alt": ["paragraph", "reference", "blockquote", "list"]},
    )


def _div_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    if not line.startswith(":::"):
        return False
    if silent:
        return True
    state.line = start + 1
    info = line.strip(": \t")
    if not info:
        state.push("div_close", "", 0)
        return True
    token = state.push("div_open", "", 0)
    token.info = info
    while state.line < end:
        option = _OPTION.match(
            state.src[state.bMarks[state.line] + state.tShift[state.line] : state.eMarks[state.line]]
        )
        if option is None:
            break
        token.meta[option[1]] = option[2].strip("\"' ")
        state.line += 1
    return True


def callout_plugin(md: MarkdownIt) -> None:
    """Makes a callout of a block quotation that begins with `[!question]- Title`.

    Obsidian (help.obsidian.md/callouts) has any name, a title and a sign for folding; GitHub's and
    Microsoft's alerts have the name alone. The tokens are `callout_open`, with the name as its info
    and the title as its content, and `callout_close`.
    """
    md.core.ruler.after("block", "callout", _callout_rule)


def _callout_rule(state: StateCore) -> None:
    quotations: list[Token] = []
    for index, token in enumerate(state.tokens):
        if token.type == "blockquote_open":
            quotations.append(token)
            inline = state.tokens[index + 2] if index + 2 < len(state.tokens) else None
            begins = state.tokens[index + 1].type == "paragraph_open" and inline is not None
            if begins and inline and (found := _CALLOUT.match(inline.content)):
                token.type, token.info, token.content = "callout_open", found[1].lower(), found[2] or ""
                inline.content = inline.content[found.end() :]
        elif token.type == "blockquote_close" and quotations.pop().type == "callout_open":
            token.type = "callout_close"
