"""PDFs: typeset like TeX by typst, or from HTML by MuPDF (which has the fonts for Chinese and Japanese)."""

from __future__ import annotations

import io
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.layouts.book import Book
from benchmarks.layouts.variants import Variant

_PREAMBLE = """
#set page(width: WIDTHpt, height: HEIGHTpt, margin: (x: 48pt, y: 54pt), header: context {
  let page = counter(page).get().first()
  set text(8pt)
  if page > 1 [_TITLE_ #h(1fr) #page]
})
#set text(font: "FONT", size: 10pt, lang: "LANGUAGE")
#set par(justify: true)
#set footnote.entry(separator: line(length: 20%, stroke: 0.5pt))
#show heading: set block(above: 1.4em, below: 0.9em)
#show figure: set block(breakable: true)
#show heading.where(level: 1): it => { pagebreak(weak: true); it }
#let horizontalrule = line(length: 100%)
#let speed = curve(stroke: 0.7pt, curve.move((0pt, 0pt)), curve.line((0pt, 60pt)), curve.line((150pt, 60pt)),
  curve.move((0pt, 60pt)), curve.line((50pt, 10pt)), curve.line((150pt, 60pt)))
"""
_FIGURE = re.compile(r"#figure\(.*?caption: \[\s*\w+ 1\. (.*?)\]\n\)", re.DOTALL)
_CSS = """
body { font-family: serif; font-size: 10px; line-height: 1.35; }
h1 { font-size: 18px; } h2 { font-size: 14px; } h3 { font-size: 12px; }
"""


def typst_pdf(source: str, book: Book, variant: Variant) -> bytes:
    """Returns Markdown as a PDF with running heads, page numbers and TeX's fonts."""
    import pypandoc
    import typst

    title, _, rest = source.partition("\n")
    running = variant.running.format(**book.words) or book.title
    preamble = _PREAMBLE.replace("TITLE", running).replace("FONT", variant.font)
    preamble = preamble.replace("WIDTH", str(variant.page[0])).replace("HEIGHT", str(variant.page[1]))
    preamble = preamble.replace("LANGUAGE", book.language)
    preamble += f"#align(center, text(18pt)[*{title.lstrip('% ')}*])\n#v(1em)\n"
    body = pypandoc.convert_text(rest, "typst", format="markdown")
    body = _FIGURE.sub(r"#figure(speed, caption: [\1])", body)
    with TemporaryDirectory() as folder:
        path = Path(folder, "book.typ")
        path.write_text(preamble + _columns(body), encoding="utf-8")
        return bytes(typst.compile(str(path), ignore_system_fonts=True, timestamp=0))


def _columns(body: str) -> str:
    """Turns the marks `// columns N` into columns that end at the next mark."""
    first, *parts = re.split(r"// columns (\d)\n", body)
    out = [first]
    for count, part in zip(parts[::2], parts[1::2], strict=True):
        out.append(part if count == "1" else f"#columns({count}, gutter: 16pt)[\n{part}\n]\n")
    return "".join(out)


def story_pdf(source: str, book: Book, variant: Variant) -> bytes:
    """Returns Markdown as a PDF with page numbers, typeset by MuPDF from HTML."""
    import pymupdf
    import pypandoc

    out = io.BytesIO()
    writer = pymupdf.DocumentWriter(out)
    first, *parts = re.split(r"<!-- columns (\d) -->\n", source)
    for count, part in zip(["1", *parts[::2]], [first, *parts[1::2]], strict=True):
        if not part.strip():
            continue
        html = pypandoc.convert_text(
            one_line(part).replace("![", "["),
            "html",
            format="markdown-implicit_figures",
            extra_args=["--quiet"],
        )
        story = pymupdf.Story(html, user_css=_CSS)
        width = 420 - 2 * 48
        column = (width - 16 * (int(count) - 1)) / int(count)
        more = True
        while more:
            device = writer.begin_page(pymupdf.Rect(0, 0, 420, 595))
            for index in range(int(count)):
                if more:
                    left = 48 + index * (column + 16)
                    more, _ = story.place(pymupdf.Rect(left, 54, left + column, 541))
                    story.draw(device)
            writer.end_page()
    writer.close()
    document = pymupdf.open("pdf", out.getvalue())
    for page in document:
        page.insert_text((205, 570), str(page.number + 1), fontname="tiro", fontsize=8)
    document.subset_fonts()
    document.set_metadata({"title": book.title})
    return bytes(document.tobytes(garbage=4, deflate=True, no_new_id=True))


def one_line(text: str) -> str:
    """Writes fractions and roots in one line, for formats without mathematics."""

    def fraction(match: re.Match[str]) -> str:
        return "/".join(f"({part})" if " " in part else part for part in match.groups())

    text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", fraction, text)
    text = re.sub(r"\\sqrt\{([^{}]*)\}", r"√(\1)", text)
    return text
