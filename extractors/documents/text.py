"""Plain text: paragraphs, list items and headings by blank lines, indentation and enumerators."""

from __future__ import annotations

import codecs
import re
from itertools import pairwise

from extractors.documents.blocks import Builder
from extractors.documents.enumeration import Numbering, count
from extractors.documents.label_lines import label_lines
from extractors.documents.limits import Limits
from extractors.documents.page_numbers import without_page_numbers
from schemas.document import Document, with_spans

_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_LEGACY = [
    "cp1252", "cp1250", "cp1251", "iso8859-2", "iso8859-7", "cp1253", "iso8859-9", "koi8-r",
    "cp932", "euc_jp", "gb18030", "big5", "cp949",
]  # fmt: skip
"""Encodings of text without a declaration, the most common ones first: a tie goes to the first."""
_UNPRINTED = re.compile(r"[\x80-\x9f\ue000-\uf8ff]")
_PUNCTUATION = frozenset("\u00a0«»¿¡°·§±×‘’“”„‚‹›–—…•€、。，．：；？！（）「」『』《》【】・～")
_FREQUENT = {
    "cp932": (0x88, 0x97), "euc_jp": (0xB0, 0xCF), "gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6),
    "cp949": (0xB0, 0xC8),
}  # fmt: skip
"""First bytes of the frequent ideographs (level 1 of JIS X 0208, GB 2312, Big5) and of KS X 1001's Hangul."""
_LOOKED_AT = 100_000
_SAMPLE = 8000
_CLEARLY = 0.02
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

    Bytes that fit nowhere become U+FFFD.
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
    return data.decode(_likely_encoding(data), "replace")


def _likely_encoding(data: bytes) -> str:
    """Returns the legacy encoding by which the text reads most like some language.

    Only lines with bytes beyond ASCII tell encodings apart. Candidates are the usual ones and what
    charset-normalizer offers; each decoding is judged by fastText's confidence in its language.
    """
    from charset_normalizer import from_bytes
    from charset_normalizer.utils import is_multi_byte_encoding

    from extractors.documents.language import language_confidence

    lines = (line for line in data[:_LOOKED_AT].splitlines(keepends=True) if not line.isascii())
    sample = b"".join(lines)[:_SAMPLE]
    offered = [m.encoding for m in from_bytes(sample) if not is_multi_byte_encoding(m.encoding)]
    best, most = "cp1252", 0.0
    for encoding in dict.fromkeys([*_LEGACY, *offered]):
        try:  # the sample's end may cut a character, which an incremental decoder allows
            text = codecs.getincrementaldecoder(encoding)().decode(sample)
        except (LookupError, UnicodeError):
            continue
        if _UNPRINTED.search(text):
            continue
        confidence = language_confidence(text)[1] * _share_of_usual(text, encoding) ** 2
        if confidence > most + _CLEARLY:
            best, most = encoding, confidence
    return best


def _share_of_usual(text: str, encoding: str) -> float:
    """Returns how many of the characters beyond ASCII are such as a wrong encoding yields few of.

    Those are letters, but no capital after a small letter and no rare ideograph, and the usual punctuation.
    """
    low, high = _FREQUENT.get(encoding, (0, 255))
    foreign = usual = 0
    for before, c in pairwise(" " + text):
        if c >= "\x80":
            foreign += 1
            if "\u4e00" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3":
                usual += low <= c.encode(encoding)[0] <= high
            else:
                usual += c in _PUNCTUATION or (c.isalpha() and not (c.isupper() and before.islower()))
    return usual / max(foreign, 1)


def read_text(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns plain text as blocks; form feeds end a paragraph, as they end a page."""
    builder = Builder()
    lines = (
        decode(data).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").expandtabs(4).split("\n")
    )
    indents: list[int] = []
    for paragraph in _paragraphs(lines):
        edges = [0, *label_lines(paragraph), len(paragraph)]
        for start, stop in pairwise(edges):
            _read_paragraph(builder, paragraph[start:stop], indents, alone=len(edges) == 2)
    for _ in indents:
        builder.end_item()
    blocks = without_page_numbers(builder.blocks())
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


def _read_paragraph(builder: Builder, lines: list[str], indents: list[int], alone: bool) -> None:
    """Reads one paragraph; `indents` are those of the list items that are open.

    What stands alone, with blank lines above and below, may be a heading.
    """
    first = lines[0].strip()
    heading = 0
    if len(lines) == 2 and _UNDERLINE.fullmatch(lines[1]) and len(first) < 100:
        heading = 1 if lines[1].strip()[0] in "=*" else 2
    elif alone and len(lines) == 1 and _is_heading(first):
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
