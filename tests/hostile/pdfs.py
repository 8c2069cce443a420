"""PDF files that harm whoever trusts them. Sizes grow with `scale`: 1 for the tests, more for a trial."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "documents" / "probability-sheet-3.pdf"
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
TEXT = b"BT /F 12 Tf 72 700 Td (Exercise 1. What is it?) Tj ET "


def pdf(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """Returns a file of these objects, numbered from 1; the first one is the catalog."""
    out, places = [b"%PDF-1.7\n"], []
    size = len(out[0])
    for number, body in enumerate(objects, 1):
        places.append(size)
        out.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        size += len(out[-1])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out.append(b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table))
    out.append(
        b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, size)
    )
    return b"".join(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(data), entries, data)


def page(extra: bytes = b"", contents: bytes = b"4 0 R") -> bytes:
    return (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %b/Resources<</Font<</F %b>>>>%b>>"
    ) % (contents, FONT, extra)


def packed(piece: bytes, times: int) -> bytes:
    """Returns a piece repeated, deflated without holding it whole."""
    press = zlib.compressobj(9)
    block = piece * max(1, 1_000_000 // len(piece))
    out = [press.compress(block) for _ in range(max(1, len(piece) * times // len(block)))]
    return b"".join([*out, press.flush()])


def damaged() -> Iterator[tuple[str, bytes]]:
    """A good file cut at every tenth, with bits turned over, and locked."""
    import pymupdf

    data = SAMPLE.read_bytes()
    for tenth in range(1, 10):
        yield f"cut-{tenth}.pdf", data[: len(data) * tenth // 10]
    for seed in range(10):
        chance, flipped = random.Random(seed), bytearray(data)
        for _ in range(4**seed if seed < 6 else 1000):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        yield f"flipped-{seed}.pdf", bytes(flipped)
    with pymupdf.open(stream=data) as source:
        locked = source.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="more")
    yield "encrypted.pdf", locked


def many(scale: int) -> Iterator[tuple[str, bytes]]:
    """More pages, annotations, glyphs and lines than anyone prints."""
    for count in (10_000, 4_900):
        kids = b"".join(b"%d 0 R " % n for n in range(3, count + 3))
        pages = b"<</Type/Pages/MediaBox[0 0 9 9]/Count %d/Kids[%b]>>" % (count, kids)
        yield f"empty-pages-{count}.pdf", pdf([CATALOG, pages] + [b"<</Type/Page/Parent 2 0 R>>"] * count)
    same = b"<</Type/Pages/Count 1000000/Kids[%b]>>" % (b"3 0 R " * 100_000)
    yield "one-page-100000-times.pdf", pdf([CATALOG, same, page(), stream(TEXT)])
    count = 20_000 * scale if scale == 1 else 1_000_000
    kids = b"".join(b"%d 0 R " % n for n in range(5, count + 5))
    note = b"<</Type/Annot/Subtype/Text/Rect[9 9 20 20]/Contents(Problem 1. Why?)>>"
    yield (
        "annotations.pdf",
        pdf([CATALOG, ONE_PAGE, page(b"/Annots[%b]" % kids), stream(TEXT)] + [note] * count),
    )
    for name, piece in (
        ("glyphs", b"BT /F 9 Tf 1 0 0 1 72 700 Tm (a) Tj ET "),
        ("lines", b"0 0 m 9 9 l S "),
        ("rectangles", b"1 1 600 700 re f "),
        ("saved-states", b"q "),
    ):
        content = stream(packed(piece, 10_000 * scale), b"/Filter/FlateDecode")
        yield f"many-{name}.pdf", pdf([CATALOG, ONE_PAGE, page(), content])


def bombs(scale: int) -> Iterator[tuple[str, bytes]]:
    """Little that unpacks to much."""
    size = 100_000_000 * scale
    blank = stream(packed(b" ", size), b"/Filter/FlateDecode")
    yield "bomb-content.pdf", pdf([CATALOG, ONE_PAGE, page(), blank])
    twice = stream(zlib.compress(packed(b"\0", size)), b"/Filter[/FlateDecode/FlateDecode]")
    yield "bomb-twice.pdf", pdf([CATALOG, ONE_PAGE, page(), twice])
    string = stream(b"BT /F 9 Tf (" + b"a" * (1_000_000 * scale) + b") Tj ET")
    yield "bomb-string.pdf", pdf([CATALOG, ONE_PAGE, page(), string])
    holder = stream(packed(b" ", size), b"/Type/ObjStm/N 9/First 99/Filter/FlateDecode")
    cross = stream(b"".join(bytes([2, 0, 4, n]) for n in range(4)), b"/Type/XRef/Size 4/W[1 2 1]/Root 1 0 R")
    body = b"%PDF-1.7\n4 0 obj\n" + holder + b"\nendobj\n"
    yield (
        "bomb-objects.pdf",
        body + b"5 0 obj\n" + cross + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body),
    )
    image = stream(
        packed(b"\0", 9_000_000),
        b"/Type/XObject/Subtype/Image/Width 100000/Height 100000/BitsPerComponent 8"
        b"/ColorSpace/DeviceRGB/Filter/FlateDecode",
    )
    drawn = b"/Resources<</Font<</F %b>>/XObject<</I 5 0 R>>>>" % FONT
    yield "bomb-image.pdf", pdf([CATALOG, ONE_PAGE, page(drawn), stream(TEXT + b"/I Do"), image])
    forms = [
        stream(
            b"/X Do " * 10 if n < 9 else TEXT,
            b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F %b>>/XObject<</X %d 0 R>>>>"
            % (FONT, n + 6),
        )
        for n in range(10)
    ]
    within = b"/Resources<</XObject<</X 5 0 R>>>>"
    yield "billion-forms.pdf", pdf([CATALOG, ONE_PAGE, page(within), stream(b"/X Do"), *forms])
    huge = page().replace(b"612 792", b"1e30 1e30")
    yield "huge-page.pdf", pdf([CATALOG, ONE_PAGE, huge, stream(TEXT)])


def knots(scale: int) -> Iterator[tuple[str, bytes]]:
    """Objects that hold themselves, or each other without end."""
    content = stream(TEXT)
    for name, mark in (("array", b"["), ("dictionary", b"<</A ")):
        deep = mark * (100_000 * scale)
        yield f"deep-{name}.pdf", pdf([CATALOG, ONE_PAGE, page(b"/X " + deep), content])
    depth = 20_000
    inner = [b"<</Type/Pages/Count 1/Parent %d 0 R/Kids[%d 0 R]>>" % (n, n + 2) for n in range(4, depth)]
    tree = [b"<</Type/Pages/Count 1/Kids[5 0 R]>>", b"null", content, *inner, page()]
    yield "deep-page-tree.pdf", pdf([CATALOG, *tree])
    yield "cyclic-page-tree.pdf", pdf([CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"])
    first = b"<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>"
    second = b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R 3 0 R]/Count 2>>"
    yield "cyclic-page-tree-2.pdf", pdf([CATALOG, first, page(contents=b"5 0 R"), second, content])
    yield (
        "cyclic-parent.pdf",
        pdf([CATALOG, b"<</Type/Pages/Parent 2 0 R/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R>>"]),
    )
    itself = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>"
    form = stream(b"/X Do /X Do", itself)
    within = b"/Resources<</XObject<</X 5 0 R>>>>"
    yield "cyclic-form.pdf", pdf([CATALOG, ONE_PAGE, page(within), stream(b"/X Do"), form])
    length = b"<</Length 4 0 R>>\nstream\n" + TEXT + b"\nendstream"
    yield "cyclic-length.pdf", pdf([CATALOG, ONE_PAGE, page(), length])
    references = [b"4 0 R", b"6 0 R", b"5 0 R"]
    yield "cyclic-references.pdf", pdf([b"<</Type/Catalog/Pages 2 0 R/Outlines 5 0 R>>", ONE_PAGE,
                                         page(b"/Annots 5 0 R/Rotate 4 0 R"), *references])  # fmt: skip
    outlined = CATALOG[:-2] + b"/Outlines 5 0 R>>"
    marks = [b"<</First 6 0 R/Last 6 0 R>>", b"<</Title(A)/Next 6 0 R/First 6 0 R/Parent 5 0 R/Dest[3 0 R]>>"]
    yield "cyclic-outline.pdf", pdf([outlined, ONE_PAGE, page(), content, *marks])
    whole = pdf([CATALOG, ONE_PAGE, page(), content])
    start = whole.rindex(b"startxref\n") + 10
    place = whole[start : whole.index(b"\n", start)]
    yield "cyclic-xref.pdf", whole.replace(b"/Root 1 0 R", b"/Prev %b/Root 1 0 R" % place)


def everything(scale: int) -> Iterator[tuple[str, bytes]]:
    """All of them, by file name."""
    yield from damaged()
    yield from many(scale)
    yield from bombs(scale)
    yield from knots(scale)
