"""EPUB and DOCX files that unpack to more than they say, or point where they should not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from tests.extractors.documents.archives import docx, epub, paragraph, zipped
from tests.hostile.texts import ENTITIES, foreign

_MAIN = {"docx": "word/document.xml", "epub": "c0.xhtml"}


def good(kind: str) -> bytes:
    return docx(paragraph("Exercise 1. What?")) if kind == "docx" else epub(["<p>Exercise 1. What?</p>"])


def changed(data: bytes, files: dict[str, bytes]) -> bytes:
    """Returns an archive with some of its files replaced, and others added."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**kept, **files})


def with_main(kind: str, old: bytes, new: bytes) -> bytes:
    """Returns a good file in whose main part something is replaced."""
    data = good(kind)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        main = archive.read(_MAIN[kind])
    assert old in main
    return changed(data, {_MAIN[kind]: main.replace(old, new)})


def overlapping(kind: str, copies: int) -> bytes:
    """Returns an archive with many entries that share one compressed body."""
    data = good(kind)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.start_dir
    body, end = data[:start], data.rindex(b"PK\x05\x06")
    directory = data[start:end]
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = press.compress(bytes(2_000_000)) + press.flush()
    sizes = (zlib.crc32(bytes(2_000_000)), len(packed), 2_000_000)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, *sizes, 1, 0) + b"a" + packed
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, *sizes, 5, 0, 0, 0, 0, 0, start)
        + b"%05d" % n
        for n in range(copies)
    )
    count = data.count(b"PK\1\2", start) + copies
    tail = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory + entries), start + len(local), 0
    )
    return body + local + directory + entries + tail


def lying(kind: str, megabytes: int) -> bytes:
    """Returns an archive whose main part unpacks to more than its directory says."""
    main = _MAIN[kind]
    data = bytearray(changed(good(kind), {main: b" " * (megabytes * 1_000_000)}))
    for mark, name_at, size_at in ((b"PK\1\2", 46, 24), (b"PK\3\4", 30, 22)):
        place = data.find(mark)
        while place >= 0:
            if data[place + name_at : place + name_at + len(main)] == main.encode():
                data[place + size_at : place + size_at + 4] = struct.pack("<L", 1000)
            place = data.find(mark, place + 4)
    return bytes(data)


def everything(scale: int) -> Iterator[tuple[str, bytes]]:
    """All of them, by file name."""
    for kind, main in _MAIN.items():
        text = b"What?"
        yield f"large.{kind}", with_main(kind, text, b" " * (150_000_000 * scale))
        words = b"".join(b"word%d " % n for n in range(100_000))
        yield f"words.{kind}", with_main(kind, text, words * scale)
        body = b"<w:p><w:r><w:t>a%d</w:t></w:r></w:p>" if kind == "docx" else b"<p>a%d</p>"
        end = b"</w:body>" if kind == "docx" else b"</body>"
        parts = b"".join(body % n for n in range(10_000 * scale))
        yield f"paragraphs.{kind}", with_main(kind, end, parts + end)
        start = b"<w:body>" if kind == "docx" else b"<body>"
        tag = b"<w:sdt><w:sdtContent>" if kind == "docx" else b"<div>"
        yield f"deep.{kind}", with_main(kind, start, start + tag * (20_000 * scale))
        inner = good(kind)
        for _ in range(5):
            inner = zipped({f"{n}.zip": inner for n in range(10)})
        yield f"nested.{kind}", changed(good(kind), {"inner.zip": inner})
        yield f"entries.{kind}", changed(good(kind), {f"{n}": b"" for n in range(30_000)})
        yield f"overlapping.{kind}", overlapping(kind, 5000)
        yield f"lying.{kind}", lying(kind, 150 * scale)
        yield (
            f"outside.{kind}",
            changed(good(kind), {"../../../tmp/assay-was-here": b"x", "/tmp/assay-here": b"x"}),
        )
        yield f"cut.{kind}", good(kind)[:-200]
        head = b"<w:document" if kind == "docx" else b"<html"
        for name, doctype, entity in (
            ("laughs", ENTITIES + "]>", b"&a9;"),
            ("quadratic", f'<!DOCTYPE x [<!ENTITY q "{"a" * 50_000}">]>', b"&q;" * (10_000 * scale)),
            ("foreign", foreign("file:///etc/passwd"), b"&x;"),
        ):
            with zipfile.ZipFile(io.BytesIO(good(kind))) as archive:
                xml = archive.read(main)
            yield (
                f"{name}.{kind}",
                changed(
                    good(kind), {main: xml.replace(head, doctype.encode() + head, 1).replace(text, entity)}
                ),
            )
    container = (
        b'<container><rootfiles><rootfile full-path="META-INF/container.xml"/></rootfiles></container>'
    )
    yield "loop.epub", changed(good("epub"), {"META-INF/container.xml": container})
