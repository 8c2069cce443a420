"""Builds the PDF, DOCX and EPUB examples from `source/`; the other examples are written by hand.

    python examples/make_examples.py [FOLDER]      (default: examples/documents)

The same sources give the same bytes: dates are fixed and no random identifier is written.
"""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path
from unittest import mock

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "source"
EPOCH = "1735689600"  # 1 January 2025, written as the date of every DOCX and EPUB

NEW_PAGE = re.compile(r"<!-- (one column|two columns) -->")
PAGE = (420, 595)  # A5, in points
MARGIN = 48
GUTTER = 16
CSS = """
body { font-family: serif; font-size: 10px; line-height: 1.3; }
h1 { font-size: 18px; } h2 { font-size: 14px; } h3 { font-size: 11px; }
p.item { margin-left: 16px; text-indent: -16px; }
p.part { margin-left: 32px; text-indent: -16px; }
p.caption { font-size: 8px; }
table { margin: 4px 0 4px 32px; }
td { padding: 0 2px; text-align: center; vertical-align: middle; }
td.over { border-bottom: 0.7px solid black; }
"""


def make_pdf(name: str, running_head: str) -> bytes:
    """Typesets `source/NAME.html`; a new page begins at each match of `NEW_PAGE`.

    The first page has no running head; every page has its number at the foot.
    """
    import pymupdf

    width, height = PAGE
    middle = width / 2
    columns = {
        "one column": [pymupdf.Rect(MARGIN, MARGIN, width - MARGIN, height - MARGIN)],
        "two columns": [
            pymupdf.Rect(MARGIN, MARGIN, middle - GUTTER / 2, height - MARGIN),
            pymupdf.Rect(middle + GUTTER / 2, MARGIN, width - MARGIN, height - MARGIN),
        ],
    }
    html = (SOURCE / f"{name}.html").read_text(encoding="utf-8")
    out = io.BytesIO()
    writer = pymupdf.DocumentWriter(out)
    parts = NEW_PAGE.split("<!-- one column -->" + html)[1:]
    for layout, part in zip(parts[::2], parts[1::2], strict=True):
        story = pymupdf.Story(part, user_css=CSS, archive=pymupdf.Archive(str(SOURCE)))
        more = True
        while more:
            device = writer.begin_page(pymupdf.Rect(0, 0, width, height))
            for column in columns[layout]:
                if more:
                    more, _ = story.place(column)
                    story.draw(device)
            writer.end_page()
    writer.close()

    document = pymupdf.open("pdf", out.getvalue())
    check_complete(html, "".join(page.get_text() for page in document))
    for page in document:
        number = page.number + 1
        page.insert_text((middle, height - 24), str(number), fontname="tiro", fontsize=8)
        if number > 1:
            page.insert_text((MARGIN, 30), running_head, fontname="tiit", fontsize=8)
    document.set_metadata({"title": running_head})
    document.subset_fonts()
    return document.tobytes(garbage=4, deflate=True, no_new_id=True)


def check_complete(html: str, printed: str) -> None:
    """Stops if letters of `html` are missing: MuPDF drops what follows a table at the end of a page."""
    source = re.sub(r"<!--.*?-->|<[^>]*>", "", html, flags=re.DOTALL)
    wanted, got = (
        Counter(c for c in unicodedata.normalize("NFKC", text) if c.isalpha()) for text in (source, printed)
    )
    if missing := wanted - got:
        sys.exit(f"a table at the end of a page has swallowed text: {missing.total()} letters")


def make_with_pandoc(name: str, form: str) -> bytes:
    """Converts `source/NAME.md` to `docx` or `epub`."""
    import pypandoc

    arguments = ["--mathml"] if form == "epub" else []
    if form == "epub":
        arguments += [f"--metadata=identifier:assay-example-{name}", "--split-level=1", "--toc"]
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, SOURCE_DATE_EPOCH=EPOCH):
        path = Path(folder, f"{name}.{form}")
        pypandoc.convert_file(
            str(SOURCE / f"{name}.md"), form, format="markdown", outputfile=str(path), extra_args=arguments
        )
        return path.read_bytes()


def make_all() -> dict[str, bytes]:
    """Returns every generated example: file name -> bytes."""
    return {
        "mechanics.pdf": make_pdf("mechanics", "A Short Course in Mechanics"),
        "probability-sheet-3.pdf": make_pdf("probability-sheet", "Probability, Sheet 3"),
        "probability-sheet-3-solutions.pdf": make_pdf("probability-solutions", "Solutions to Sheet 3"),
        "chemistry.docx": make_with_pandoc("chemistry", "docx"),
        "calculus.epub": make_with_pandoc("calculus", "epub"),
    }


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in make_all().items():
        (folder / name).write_bytes(data)
        print(f"{name}: {len(data)} bytes")


if __name__ == "__main__":
    main()
