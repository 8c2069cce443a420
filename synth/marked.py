"""The parts of a text in which it must not be cut: mathematics, code, tables, blocks of HTML."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

Span = tuple[int, int]

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})", re.MULTILINE)
_ENDS = re.compile(r"[^\S\n]*(?:\n|$)")
_TABLE_RULE = re.compile(r"^[ \t:|-]+$", re.MULTILINE)
_BLANK = re.compile(r"\n[^\S\n]*\n")
# What is escaped comes first: `\\[2pt]` ends a line of an array and opens nothing.
_DEEPEST = 50
"""Environments within each other, of which none is closed before."""
_TOKEN = re.compile(
    r"\\[\\$`{}]|\\[\[\]()]|\\(begin|end)\{([^{}\n]{1,40})\}"
    r"|\\[A-Za-z]{1,40}\*?(?:\[[^\[\]\n]{0,40}\])?[ ]?\{|[{}]|\$\$|\$|`+|" + _BLANK.pattern
)
_SIGN = re.compile(r"[\\=^_]")
# A tag or a comment of HTML; `a < b` is none.
_TAG = re.compile(
    r"<!--|-->|<(?P<end>/?)(?P<name>[A-Za-z][\w:-]{0,30})"
    r"(?:\s+[\w:@-]{1,40}(?:=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>=]+))?)*\s*(?P<empty>/?)>"
)
_WHOLE = frozenset(
    ("<!--", "table", "math", "pre", "code", "svg", "script", "style", "figure", "picture", "select")
)
"""Elements of HTML that mean nothing in parts, and comments."""
_CLOSES = {r"\]": r"\[", r"\)": r"\("}


class Marked:
    """The parts of a text that stay whole; in time that grows with its length."""

    def __init__(self, text: str):
        spans = list(_fenced(text))
        fences = _Within(spans)
        spans += (span for span in _mathematics(text) if not fences.holds(span[0]))
        spans += _tables(text)
        spans += _html(text, _Within(_merged(spans)))
        self._within = _Within(_merged(spans))

    def holds(self, position: int) -> bool:
        """Whether a cut before this character would go through one of them."""
        return self._within.holds(position)

    def ends_at(self, position: int) -> bool:
        """Whether one of them ends before this character."""
        return position in self._within.ends

    def starts_at(self, position: int) -> bool:
        """Whether one of them begins with this character."""
        return position in self._within.starts


class _Within:
    def __init__(self, spans: Iterable[Span]):
        ordered = sorted(spans)
        self._begins = [begin for begin, _ in ordered]
        self._ends = [end for _, end in ordered]
        self.starts, self.ends = frozenset(self._begins), frozenset(self._ends)

    def holds(self, position: int) -> bool:
        i = bisect_right(self._begins, position) - 1
        return i >= 0 and self._begins[i] < position < self._ends[i]


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if merged and begin < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged


def _fenced(text: str) -> Iterator[Span]:
    """Yields the fenced code of Markdown; a fence that is never closed holds all that follows."""
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            opened = fence
        elif fence[1].startswith(opened[1]) and _ENDS.match(text, fence.end()):
            yield opened.start(), fence.end()
            opened = None
    if opened:
        yield opened.start(), len(text)


def _tables(text: str) -> Iterator[Span]:
    """Yields tables of Markdown, from their heads to the next blank line."""
    done = 0
    for rule in _TABLE_RULE.finditer(text):
        if rule.start() < done or not {"|", "-"} <= set(rule[0]):
            continue
        end = _BLANK.search(text, rule.end())
        done = end.start() if end else len(text.rstrip())
        yield text.rfind("\n", 0, max(rule.start() - 1, 0)) + 1, max(done, rule.end())


def _html(text: str, known: _Within) -> Iterator[Span]:
    """Yields tags and comments, and elements that stay whole; what is in code or mathematics is none."""
    opened: dict[str, list[int]] = {}
    for tag in _TAG.finditer(text):
        if known.holds(tag.start()) or _BLANK.search(tag[0]):
            continue
        name = (tag["name"] or "<!--").lower()
        if tag["name"]:
            yield tag.span()
        if name not in _WHOLE or tag["empty"]:
            continue
        if not tag["end"] and tag[0] != "-->":
            opened.setdefault(name, []).append(tag.start())
        elif opened.get(name):
            yield opened[name].pop(), tag.end()


def _mathematics(text: str) -> Iterator[Span]:
    """Yields mathematics, inline code, environments and what commands hold. What is never closed is none.

    A dollar may be money. It is mathematics up to the next one by pandoc's rule (no white space within the
    dollars at either end, no digit after them), or where what is between has a sign of mathematics. A single
    one ends at a blank line at the latest; what can't be money goes on, though TeX wouldn't have it.
    """
    opened: dict[str, int] = {}  # by what opens it; `$ ` is a dollar before white space
    braces: list[int] = []
    signs = [sign.start() for sign in _SIGN.finditer(text)]
    argued = -1  # where the last of the arguments of a command ends
    environments: list[tuple[str, int]] = []
    for token in _TOKEN.finditer(text):
        mark, begin, end = token[0], token.start(), token.end()
        if "\n" in mark:  # a paragraph ends, and with it what stands within a line
            opened = {kind: place for kind, place in opened.items() if kind in (r"\[", r"\(", "$$")}
        elif mark[0] == "`":
            if mark in opened:
                yield opened.pop(mark), end
            else:
                opened[mark] = begin
        elif token[1] == "begin":
            environments.append((token[2], begin))
        elif token[1] == "end":
            if any(name == token[2] for name, _ in environments[-_DEEPEST:]):
                while environments[-1][0] != token[2]:
                    environments.pop()
                yield environments.pop()[1], end
        elif mark in (r"\[", r"\("):
            opened[mark] = begin
        elif mark in _CLOSES:
            if _CLOSES[mark] in opened:
                yield opened.pop(_CLOSES[mark]), end
                opened.pop("$", None)
                opened.pop("$ ", None)
        elif mark == "$$":
            if mark in opened:
                yield opened.pop(mark), end
                opened.pop("$", None)
                opened.pop("$ ", None)
            else:
                opened[mark] = begin
        elif mark[-1] == "{" and mark != r"\{":
            if len(mark) > 1 or braces or begin == argued:
                braces.append(begin)
        elif mark == "}":
            if braces:
                argued = end
                yield braces.pop(), end
        elif mark == "$":
            opening = _dollar_before(text, begin, opened, signs)
            if opening is not None:
                yield opening, end
                opened = {kind: place for kind, place in opened.items() if kind not in ("$", "$ ")}
            elif text[end : end + 1].strip():
                opened["$"] = begin
            elif not text[max(begin - 2, 0) : begin].strip()[-1:].isdigit():  # `5 $` is money
                opened["$ "] = begin


def _dollar_before(text: str, place: int, opened: Mapping[str, int], signs: Sequence[int]) -> int | None:
    """Returns the dollar with which mathematics begins that end with the one at this place, if they do."""
    if text[place + 1 : place + 2].isdigit():
        return None
    if "$" in opened and not text[place - 1].isspace():
        return opened["$"]
    last = max((opened[kind] for kind in ("$", "$ ") if kind in opened), default=None)
    if last is None or bisect_left(signs, last) == bisect_left(signs, place):
        return None
    return last
