"""Plain text: paragraphs, list items and headings by blank lines, indentation and enumerators."""

from __future__ import annotations

import codecs
import re

from extractors.documents.blocks import Builder
from extractors.documents.enumeration import Numbering, count
from extractors.documents.limits import Limits
from schemas.document import Document, with_spans

_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_MARKER = re.compile(
    r"(?P<marker>\(?(?P<count>\d{1,3}|[a-zA-Z]|[ivx]{1,5}|[IVX]{1,5})[.)]|[-*+\u2022\u2013])\s+(?=\S)"
)
_UNDERLINE = re.compile(r"\s*(={3,}|-{3,}|~{3,}|\*{3,})\s*")
_NUMBERED_HEADING = re.compile(
    r"(?:chapter|section|part|appendix)\s+(?:\d+|[IVXLC]+)\b.{0,60}|\d{1,2}(?:\.\d{1,2}){1,3}\.?\s+[A-Z][^.?!:;=]{2,60}",
    re.IGNORECASE,
)


def decode(data: bytes, declared: str = "") -> str:
    """Returns the text of bytes: by byte order mark, as UTF-8, as declared, else by guess.

    The guess is charset-normalizer's, on the first 100 kB. Bytes that fit nowhere become U+FFFD.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if declared:
        try:
            return data.decode(declared)
        except (LookupError, ValueError):  # no such encoding, or not this one
            pass
    from charset_normalizer import from_bytes

    best = from_bytes(data[:100_000]).best()
    return data.decode(best.encoding if best else "cp1252", "replace")


def read_text(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns plain text as blocks; form feeds end a paragraph, as they end a page."""
    builder = Builder()
    lines = (
        decode(data).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").expandtabs(4).split("\n")
    )
    indents: list[int] = []
    for paragraph in _paragraphs(lines):
        _read_paragraph(builder, paragraph, indents)
    for _ in indents:
        builder.end_item()
    blocks = builder.blocks()
    title = next((block.text for block in blocks if block.kind == "heading"), "")
    return Document(uri, sha256, title, "und", "text", 0, with_spans(blocks))


def _paragraphs(lines: list[str]) -> list[list[str]]:
    """Returns the paragraphs as lines: a blank line, an enumerator or an indented line starts one."""
    paragraphs: list[list[str]] = [[]]
    last: dict[str, str] = {}
    for line in lines:
        if not line.strip():
            paragraphs.append([])
            continue
        current = paragraphs[-1]
        marker = _MARKER.match(line.strip())
        if current and (_is_indented(line, current) or (marker and _goes_on(marker, last, current))):
            paragraphs.append([])
        if marker and not paragraphs[-1]:
            last[_shape(marker)] = marker["count"] or ""
        paragraphs[-1].append(line)
    return [paragraph for paragraph in paragraphs if paragraph]


def _shape(marker: re.Match[str]) -> str:
    return re.sub(r"\w+", "", marker["marker"])


def _goes_on(marker: re.Match[str], last: dict[str, str], current: list[str]) -> bool:
    """Whether what looks like a marker within a paragraph starts an item, and no wrapped line.

    It does if it is the first of its kind, or follows the one before: after `2.` comes `3.`.
    """
    counted = marker["count"]
    if not counted:
        return bool(_MARKER.match(current[0].strip())) or current[-1].rstrip().endswith(":")
    if counted in ("1", "a", "A", "i", "I"):
        return True
    return counted in _next(last.get(_shape(marker), ""))


def _next(counted: str) -> set[str]:
    """Returns what may follow a number, letter or roman numeral."""
    if counted.isdecimal():
        return {str(int(counted) + 1)}
    following = {chr(ord(counted) + 1)} if len(counted) == 1 else set()
    numbering: Numbering = "upper-roman" if counted.isupper() else "lower-roman"
    for number in range(1, 40):
        if count(number, numbering) == counted:
            following.add(count(number + 1, numbering))
    return following


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_indented(line: str, current: list[str]) -> bool:
    """Whether a line starts a paragraph by its indentation: deeper than the paragraph's lines so far."""
    return len(current) > 1 and _indent(line) >= _indent(current[-1]) + 2


def _read_paragraph(builder: Builder, lines: list[str], indents: list[int]) -> None:
    """Reads one paragraph; `indents` are those of the list items that are open."""
    first = lines[0].strip()
    heading = 0
    if len(lines) == 2 and _UNDERLINE.fullmatch(lines[1]) and len(first) < 100:
        heading = 1 if lines[1].strip()[0] in "=*" else 2
    elif len(lines) == 1 and _is_heading(first):
        heading = 2
    while indents and (heading or indents[-1] >= _indent(lines[0])):
        indents.pop()
        builder.end_item()
    if heading:
        builder.text(first)
        builder.heading(heading)
        return
    if marker := _MARKER.match(first):
        indents.append(_indent(lines[0]))
        builder.begin_item(marker["marker"], ordered=True)
        lines = [first[marker.end() :], *lines[1:]]
    for line in lines:
        builder.verbatim(line.strip() + "\n")
    builder.flush()


def _is_heading(line: str) -> bool:
    letters = [c for c in line if c.isalpha()]
    shouted = (
        len(letters) >= 4 and len(line) <= 60 and line.isupper() and not line.endswith((".", ",", ";", ":"))
    )
    return shouted or bool(_NUMBERED_HEADING.fullmatch(line))
