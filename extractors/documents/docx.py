"""Word documents as pandoc should see them: with the numbers that Word prints, and all of their text.

Pandoc reads automatic numbering as plain ordered lists: "Exercise 3:", "2.1" and the numbers of
headings are lost; it knows one style of code, and drops text boxes. Here every numbered paragraph
gets a mark that holds its label, styles of code get the name that pandoc knows, and the text of a
box is repeated behind the paragraph that the box hangs on; everything else in the file stays as it
is, byte for byte.
"""

from __future__ import annotations

import io
import re
import zipfile
from bisect import bisect_left
from xml.etree import ElementTree
from xml.parsers import expat

from extractors.documents.docx_numbering import W, WordNumbering, parse_part, read_numbering, value
from extractors.documents.limits import UnreadableDocument
from extractors.documents.marks import mark_item
from extractors.documents.zips import open_archive, read_member

_MAIN = re.compile(r"word/document\d*\.xml")
_CODE_STYLE = re.compile(
    r"(?:source |program )?(?:code|listing)(?: block)?|(?:html )?preformatted(?: text)?|verbatim|console",
    re.IGNORECASE,
)
_OTHER_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"'](?!utf-?8)", re.IGNORECASE)


def prepare_docx(data: bytes) -> bytes:
    """Returns the document as pandoc should see it.

    Raises:
      UnreadableDocument: damaged: it is no whole archive, or its XML declares a document type.
    """
    with open_archive(data) as archive:
        names = set(archive.namelist())
        styles_xml = read_member(archive, "word/styles.xml") if "word/styles.xml" in names else b""
        numbering_xml = read_member(archive, "word/numbering.xml") if "word/numbering.xml" in names else b""
        changed = {}
        styles = parse_part(styles_xml)
        if styles is not None and (renamed := _with_code_styles(styles_xml, styles)):
            changed["word/styles.xml"] = renamed
        numbering = read_numbering(numbering_xml, styles)
        for name in filter(_MAIN.fullmatch, sorted(names)):
            xml = read_member(archive, name)
            if numbering.levels or b"txbxContent" in xml:
                changed[name] = _Rewriter(xml, numbering).rewrite()
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


def _with_code_styles(xml: bytes, styles: ElementTree.Element) -> bytes:
    """Renames styles of code to the one name that pandoc knows; empty if there is nothing to rename."""
    renamed = xml
    for style in styles.iter(f"{W}style"):
        name = value(style, "w:name")
        if style.get(f"{W}type") == "paragraph" and name != "Source Code" and _CODE_STYLE.fullmatch(name):
            renamed = renamed.replace(f'val="{name}"'.encode(), b'val="Source Code"')
    return renamed if renamed != xml else b""


class _Rewriter:
    """Reads a document's XML once and notes what goes in at which byte."""

    def __init__(self, xml: bytes, numbering: WordNumbering):
        self._xml = xml
        self._numbering = numbering
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._paragraphs: list[dict[str, str]] = []
        self._insertions: list[tuple[int, bytes]] = []
        self._boxes: list[int] = []
        self._box_texts: list[bytes] = []
        # Within what is not printed: earlier properties, and what stands in for a drawing in old programs.
        self._unprinted = 0

    def rewrite(self) -> bytes:
        """Returns the XML with what goes in; as it was, if it is damaged or in another encoding."""
        if self._xml.startswith((b"\xff\xfe", b"\xfe\xff")) or _OTHER_ENCODING.match(self._xml):
            return self._xml
        try:
            self._parser.Parse(self._xml, True)
            rewritten = self._with_insertions(0, len(self._xml))
            # A box may use a prefix that is declared around it alone.
            expat.ParserCreate(namespace_separator="}").Parse(rewritten, True)
        except expat.ExpatError:
            return self._xml
        return rewritten

    def _with_insertions(self, start: int, end: int) -> bytes:
        pieces, position = [], start
        first = bisect_left(self._insertions, start, key=lambda insertion: insertion[0])
        for offset, text in self._insertions[first:]:
            pieces += [self._xml[position:offset], text]
            position = offset
        return b"".join([*pieces, self._xml[position:end]])

    def _refuse(self, *_: object) -> None:
        raise UnreadableDocument("damaged", "XML with a document type declaration")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition("}")
        if tag in ("Fallback", "pPrChange"):
            self._unprinted += 1
        elif self._unprinted or "wordprocessingml" not in space:
            return
        elif tag == "p":
            self._paragraphs.append({})
        elif tag == "txbxContent":
            self._boxes.append(self._after_tag())
        elif tag in ("pStyle", "numId", "ilvl") and self._paragraphs:
            self._paragraphs[-1].setdefault(tag, attributes.get(f"{space}}}val", ""))

    def _end(self, name: str) -> None:
        space, _, tag = name.rpartition("}")
        if tag in ("Fallback", "pPrChange"):
            self._unprinted -= 1
        elif self._unprinted or "wordprocessingml" not in space:
            return
        elif tag == "pPr" and self._paragraphs:
            paragraph = self._paragraphs[-1]
            label = self._numbering.label(
                paragraph.get("pStyle", ""), paragraph.get("numId"), paragraph.get("ilvl")
            )
            if label is not None:
                self._insert_label(label)
        elif tag == "txbxContent":
            start = self._boxes.pop()
            if not self._boxes:
                self._box_texts.append(self._with_insertions(start, self._parser.CurrentByteIndex))
        elif tag == "p":
            self._paragraphs.pop()
            if not self._paragraphs and self._box_texts:
                self._insertions.append((self._after_tag(), b"".join(self._box_texts)))
                self._box_texts = []

    def _after_tag(self) -> int:
        """Returns the position behind the tag that is being read."""
        return self._xml.find(b">", self._parser.CurrentByteIndex) + 1

    def _insert_label(self, label: str) -> None:
        """Puts a run with the label's mark behind the paragraph's properties."""
        start = self._parser.CurrentByteIndex
        tag = re.match(rb"</([\w.-]*:?)pPr", self._xml[start : start + 100])
        if tag:  # else the properties are empty, as in <w:pPr/>
            w = tag[1].decode()
            text = mark_item(label).replace("&", "&amp;").replace("<", "&lt;")
            run = f'<{w}r><{w}t xml:space="preserve">{text}</{w}t></{w}r>'
            self._insertions.append((self._after_tag(), run.encode()))
