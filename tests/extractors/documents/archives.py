"""Builds the DOCX and EPUB files that the tests read."""

from __future__ import annotations

import io
import zipfile

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
    '.wordprocessingml.document.main+xml"/></Types>'
)


def zipped(files: dict[str, str | bytes]) -> bytes:
    """Returns an archive of these files, the same bytes each time."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(text: str = "", style: str = "", number: str = "", depth: int = 0, runs: str = "") -> str:
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number:
        properties += f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs or run(text)}</w:p>"


def level(depth: int, fmt: str, text: str, start: int = 1, style: str = "") -> str:
    link = f'<w:pStyle w:val="{style}"/>' if style else ""
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{fmt}"/>{link}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(lists: dict[str, list[str]], overrides: dict[str, tuple[str, int]] | None = None) -> str:
    """Returns numbering.xml: the levels of each list, and lists that start another one anew."""
    ids = {name: index for index, name in enumerate(lists)}
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{ids[name]}">{"".join(levels)}</w:abstractNum>'
        for name, levels in lists.items()
    )
    numbers = "".join(
        f'<w:num w:numId="{name}"><w:abstractNumId w:val="{ids[name]}"/></w:num>' for name in lists
    )
    for name, (other, start) in (overrides or {}).items():
        numbers += (
            f'<w:num w:numId="{name}"><w:abstractNumId w:val="{ids[other]}"/><w:lvlOverride w:ilvl="0">'
            f'<w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
        )
    return f"<w:numbering {_W}>{abstract}{numbers}</w:numbering>"


def styles(names: dict[str, str], extra: str = "") -> str:
    """Returns styles.xml: paragraph styles by identifier and name."""
    made = "".join(
        f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/></w:style>'
        for identifier, name in names.items()
    )
    return f"<w:styles {_W}>{made}{extra}</w:styles>"


def docx(body: str, numbering_xml: str = "", styles_xml: str = "") -> bytes:
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _relations([("rId1", f"{_OFFICE}/officeDocument", "word/document.xml")]),
        "word/_rels/document.xml.rels": _relations(
            [
                ("rId1", f"{_OFFICE}/styles", "styles.xml"),
                ("rId2", f"{_OFFICE}/numbering", "numbering.xml"),
                ("rId3", f"{_OFFICE}/footnotes", "footnotes.xml"),
            ]
        ),
        "word/document.xml": f"<w:document {_W} {_M}><w:body>{body}</w:body></w:document>",
        "word/footnotes.xml": f'<w:footnotes {_W}><w:footnote w:id="2">{paragraph("Said the note.")}'
        "</w:footnote></w:footnotes>",
        "word/styles.xml": styles_xml or styles({}),
    }
    if numbering_xml:
        files["word/numbering.xml"] = numbering_xml
    return zipped(files)


def _relations(entries: list[tuple[str, str, str]]) -> str:
    made = "".join(f'<Relationship Id="{i}" Type="{t}" Target="{target}"/>' for i, t, target in entries)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{made}</Relationships>'


def epub(chapters: list[str], encryption: str = "") -> bytes:
    """Returns an EPUB of XHTML bodies."""
    names = [f"c{number}.xhtml" for number in range(len(chapters))]
    items = "".join(f'<item id="{n}" href="{n}" media-type="application/xhtml+xml"/>' for n in names)
    spine = "".join(f'<itemref idref="{n}"/>' for n in names)
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container version="1.0"'
        ' xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="b.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        "b.opf": '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="i">x</dc:identifier>'
        "<dc:title>A small book</dc:title><dc:language>en</dc:language></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
    }
    if encryption:
        files["META-INF/encryption.xml"] = encryption
    for name, body in zip(names, chapters, strict=True):
        files[name] = (
            '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
            f"<head><title>t</title></head><body>{body}</body></html>"
        )
    return zipped(files)
