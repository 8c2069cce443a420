"""Plain text: paragraphs, list items and headings by blank lines, indentation and enumerators."""

from __future__ import annotations

import codecs
import re

from extractors.documents.blocks import Builder
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
    r"(\d{1,3}[.)]|\(\d{1,3}\)|[a-zA-Z][.)]|\([a-zA-Z]\)|[ivxIVX]{1,5}[.)]|\([ivx]{1,5}\)|[-*+•–])\s+(?=\S)"
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
        except (LookupError, UnicodeDecodeError):
            pass
    from charset_normalizer import from_bytes

    best = from_bytes(data[:100_000]).best()
    return data.decode(best.encoding if best else "cp1252", "replace")


def read_text(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns plain text as blocks; form feeds divide it into pages."""
    builder = Builder()
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    for page in text.split("\f"):
        for paragraph in _paragraphs(page):
            _read_paragraph(builder, paragraph)
    blocks = builder.blocks()
    title = next((block.text for block in blocks if block.kind == "heading"), "")
    return Document(uri, sha256, title, "und", "text", 0, with_spans(blocks))


def _paragraphs(text: str) -> list[list[str]]:
    """Returns the paragraphs as lines: a blank line, an enumerator or an indented line starts one."""
    paragraphs: list[list[str]] = [[]]
    for line in text.expandtabs(4).split("\n"):
        if not line.strip():
            paragraphs.append([])
            continue
        current = paragraphs[-1]
        if current and (_MARKER.match(line.strip()) or _is_indented(line, current)):
            paragraphs.append([])
        paragraphs[-1].append(line)
    return [paragraph for paragraph in paragraphs if paragraph]


def _is_indented(line: str, current: list[str]) -> bool:
    """Whether a line starts a paragraph by its indentation: deeper than the paragraph's lines so far."""
    indent = len(line) - len(line.lstrip())
    last = current[-1]
    return len(current) > 1 and indent >= len(last) - len(last.lstrip()) + 2


def _read_paragraph(builder: Builder, lines: list[str]) -> None:
    first = lines[0].strip()
    if len(lines) == 2 and _UNDERLINE.fullmatch(lines[1]) and len(first) < 100:
        builder.text(first)
        builder.heading(1 if lines[1].strip()[0] in "=*" else 2)
        return
    if len(lines) == 1 and _is_heading(first):
        builder.text(first)
        builder.heading(2)
        return
    marker = _MARKER.match(first)
    if marker:
        builder.begin_item(marker[1], ordered=True)
        lines = [first[marker.end() :], *lines[1:]]
    for line in lines:
        builder.verbatim(line.strip() + "\n")
    builder.flush()
    if marker:
        builder.end_item()


def _is_heading(line: str) -> bool:
    letters = [c for c in line if c.isalpha()]
    shouted = (
        len(letters) >= 4 and len(line) <= 60 and line.isupper() and not line.endswith((".", ",", ";", ":"))
    )
    return shouted or bool(_NUMBERED_HEADING.fullmatch(line))
