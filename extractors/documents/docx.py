"""Word documents as pandoc should see them: with the numbers that Word prints, and code as code.

Pandoc reads automatic numbering as plain ordered lists: "Exercise 3:", "2.1" and the numbers of
headings are lost. Here every numbered paragraph gets a mark that holds its label, as Word computes
it (ECMA-376 part 1, section 17.9); everything else in the file stays as it is, byte for byte.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from extractors.documents.enumeration import Numbering, count
from extractors.documents.limits import UnreadableDocument
from extractors.documents.marks import mark_item
from extractors.documents.zips import open_archive, read_member

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_MAIN = re.compile(r"word/document\d*\.xml")
_FORMATS: dict[str, Numbering] = {
    "lowerLetter": "lower-alpha",
    "upperLetter": "upper-alpha",
    "lowerRoman": "lower-roman",
    "upperRoman": "upper-roman",
}
_UNNUMBERED = ("bullet", "none")
_CODE_STYLE = re.compile(
    r"(?:source |program )?(?:code|listing)(?: block)?|(?:html )?preformatted(?: text)?|verbatim|console",
    re.IGNORECASE,
)
_MAX_LEVEL = 8


@dataclass(frozen=True)
class _Level:
    start: int
    format: str
    text: str
    style: str


@dataclass
class _Numbering:
    """The lists of a document: their levels, and the styles that number paragraphs by themselves.

    Attributes:
      levels: of each list (`numId`), by depth.
      counters: which counters a list counts with; lists of one definition share them.
      styles: numId and depth of each style that numbers its paragraphs; depth -1 if it does not say.
    """

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    counters: dict[str, str] = field(default_factory=dict)
    restarts: dict[str, set[int]] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)

    def place(self, style: str, number: str, depth: int) -> tuple[str, int]:
        """Returns the list and depth of a paragraph; an empty list if it has no number."""
        if not number and style in self.styles:
            number, depth = self.styles[style]
        if depth < 0:
            levels = self.levels.get(number, {})
            depth = next((d for d, level in levels.items() if level.style == style), 0)
        return ("" if number == "0" else number), min(depth, _MAX_LEVEL)


def prepare_docx(data: bytes) -> bytes:
    """Returns the document with a mark in front of every numbered paragraph, and code styles named so.

    Raises:
      UnreadableDocument: damaged: it is no archive, or its XML declares a document type.
    """
    with open_archive(data) as archive:
        names = set(archive.namelist())
        styles_xml = read_member(archive, "word/styles.xml") if "word/styles.xml" in names else b""
        numbering_xml = read_member(archive, "word/numbering.xml") if "word/numbering.xml" in names else b""
        changed = {}
        styles = _parse(styles_xml)
        if styles is not None and (renamed := _with_code_styles(styles_xml, styles)):
            changed["word/styles.xml"] = renamed
        numbering = _numbering(_parse(numbering_xml), styles)
        if numbering.levels:
            for name in filter(_MAIN.fullmatch, sorted(names)):
                changed[name] = _Marker(numbering).mark(read_member(archive, name))
        return _replaced(archive, changed) if changed else data


def _replaced(archive: zipfile.ZipFile, changed: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for name in dict.fromkeys(archive.namelist()):
            if name in changed:
                copy.writestr(name, changed[name])
            else:  # of pictures, pandoc asks only whether they are there
                copy.writestr(name, b"" if name.startswith("word/media/") else read_member(archive, name))
    return target.getvalue()


def _parse(xml: bytes) -> ElementTree.Element | None:
    if not xml:
        return None
    if b"<!DOCTYPE" in xml:
        raise UnreadableDocument("damaged", "XML with a document type declaration")
    try:
        return ElementTree.fromstring(xml.replace(_STRICT[1:-1].encode(), _W[1:-1].encode()))
    except ElementTree.ParseError:
        return None


def _value(parent: ElementTree.Element | None, path: str, default: str = "") -> str:
    found = parent.find(path.replace("w:", _W)) if parent is not None else None
    return default if found is None else found.get(f"{_W}val", default)


def _number(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,6}", text) else default


def _with_code_styles(xml: bytes, styles: ElementTree.Element) -> bytes:
    """Renames styles of code to the one name that pandoc knows; empty if there is nothing to rename."""
    renamed = xml
    for style in styles.iter(f"{_W}style"):
        name = _value(style, "w:name")
        if style.get(f"{_W}type") == "paragraph" and name != "Source Code" and _CODE_STYLE.fullmatch(name):
            renamed = renamed.replace(f'val="{name}"'.encode(), b'val="Source Code"')
    return renamed if renamed != xml else b""


def _numbering(root: ElementTree.Element | None, styles: ElementTree.Element | None) -> _Numbering:
    numbering = _Numbering()
    if root is None:
        return numbering
    definitions = {a.get(f"{_W}abstractNumId", ""): a for a in root.iter(f"{_W}abstractNum")}
    linked = {_value(a, "w:styleLink"): a for a in definitions.values() if _value(a, "w:styleLink")}
    for num in root.iter(f"{_W}num"):
        identifier, definition = num.get(f"{_W}numId", ""), _value(num, "w:abstractNumId")
        abstract = definitions.get(definition)
        abstract = linked.get(_value(abstract, "w:numStyleLink"), abstract)
        levels = {} if abstract is None else _levels(abstract)
        for override in num.iter(f"{_W}lvlOverride"):
            depth = _number(override.get(f"{_W}ilvl", ""), 0)
            levels.update(_levels(override))
            start = _value(override, "w:startOverride")
            if start and depth in levels:
                before = levels[depth]
                levels[depth] = _Level(_number(start, 1), before.format, before.text, before.style)
                numbering.restarts.setdefault(identifier, set()).add(depth)
        numbering.levels[identifier] = levels
        numbering.counters[identifier] = definition
    numbering.styles = {} if styles is None else _numbered_styles(styles)
    return numbering


def _levels(parent: ElementTree.Element) -> dict[int, _Level]:
    return {
        _number(level.get(f"{_W}ilvl", ""), 0): _Level(
            _number(_value(level, "w:start"), 1),
            _value(level, "w:numFmt", "decimal"),
            _value(level, "w:lvlText"),
            _value(level, "w:pStyle"),
        )
        for level in parent.findall(f"{_W}lvl")
    }


def _numbered_styles(styles: ElementTree.Element) -> dict[str, tuple[str, int]]:
    by_id = {style.get(f"{_W}styleId", ""): style for style in styles.iter(f"{_W}style")}
    numbered = {}
    for identifier in by_id:
        style, seen = identifier, set()
        while style in by_id and style not in seen:
            seen.add(style)
            if number := _value(by_id[style], "w:pPr/w:numPr/w:numId"):
                depth = _number(_value(by_id[style], "w:pPr/w:numPr/w:ilvl"), -1)
                numbered[identifier] = (number, depth)
                break
            style = _value(by_id[style], "w:basedOn")
    return numbered


class _Marker:
    """Reads a document's XML once and notes where which label goes."""

    def __init__(self, numbering: _Numbering):
        self._numbering = numbering
        self._counts: dict[str, dict[int, int]] = {}
        self._restarted: set[tuple[str, int]] = set()
        self._paragraphs: list[dict[str, Any]] = []
        self._insertions: list[tuple[int, bytes]] = []
        self._xml = b""

    def mark(self, xml: bytes) -> bytes:
        """Returns the XML with the marks in it; as it was, if it is damaged or in another encoding."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartDoctypeDeclHandler = self._refuse
        self._parser, self._xml = parser, xml
        if xml.startswith((b"\xff\xfe", b"\xfe\xff")):
            return xml
        try:
            parser.Parse(xml, True)
        except expat.ExpatError:
            return xml
        pieces, position = [], 0
        for offset, mark in self._insertions:
            pieces += [xml[position:offset], mark]
            position = offset
        return b"".join([*pieces, xml[position:]])

    def _refuse(self, *_: object) -> None:
        raise UnreadableDocument("damaged", "XML with a document type declaration")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition("}")
        if not space.endswith("/main") or "wordprocessingml" not in space:
            return
        if tag == "p":
            self._paragraphs.append({})
        elif tag in ("pStyle", "numId", "ilvl") and self._paragraphs and "done" not in self._paragraphs[-1]:
            self._paragraphs[-1][tag] = attributes.get(f"{space}}}val", "")

    def _end(self, name: str) -> None:
        space, _, tag = name.rpartition("}")
        if "wordprocessingml" not in space or not self._paragraphs:
            return
        if tag == "p":
            self._paragraphs.pop()
        elif tag == "pPr" and "done" not in self._paragraphs[-1]:
            paragraph = self._paragraphs[-1]
            paragraph["done"] = True
            style = paragraph.get("pStyle", "")
            depth = _number(paragraph.get("ilvl", ""), -1 if "numId" not in paragraph else 0)
            number, depth = self._numbering.place(style, paragraph.get("numId", ""), depth)
            label = self._label(number, depth)
            if label is not None:
                self._insert(label)

    def _insert(self, label: str) -> None:
        """Puts a run with the mark behind the paragraph's properties."""
        start = self._parser.CurrentByteIndex
        end = self._xml.find(b">", start) + 1
        tag = re.match(rb"</?([\w.-]*:?)pPr", self._xml[start : start + 100])
        if tag and end and self._xml[start : start + 2] == b"</":
            w = tag[1].decode()
            text = mark_item(label).replace("&", "&amp;").replace("<", "&lt;")
            run = f'<{w}r><{w}t xml:space="preserve">{text}</{w}t></{w}r>'
            self._insertions.append((end, run.encode()))

    def _label(self, number: str, depth: int) -> str | None:
        """Returns the label of the next paragraph of a list; None if it is for pandoc to print a bullet."""
        levels = self._numbering.levels.get(number, {})
        level = levels.get(depth)
        if level is None:
            return None
        counts = self._counts.setdefault(self._numbering.counters[number], {})
        if depth in self._numbering.restarts.get(number, ()) and (number, depth) not in self._restarted:
            self._restarted.add((number, depth))
            counts.pop(depth, None)
        counts[depth] = counts[depth] + 1 if depth in counts else level.start
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        if level.format in _UNNUMBERED:
            return None if level.text.strip() else ""

        def shown(match: re.Match[str]) -> str:
            around = int(match[1]) - 1
            counted = levels.get(around, level)
            return count(counts.setdefault(around, counted.start), _FORMATS.get(counted.format, "decimal"))

        return re.sub(r"%([1-9])", shown, level.text).strip()
