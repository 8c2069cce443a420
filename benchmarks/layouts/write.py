"""Writes arranged pieces as documents of every format."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from benchmarks.layouts.arrange import Piece
from benchmarks.layouts.book import Book
from benchmarks.layouts.typeset import one_line, story_pdf, typst_pdf
from benchmarks.layouts.variants import Variant

EXTENSIONS = {
    "pdf": "pdf",
    "story": "pdf",
    "docx": "docx",
    "epub": "epub",
    "html": "html",
    "latex": "tex",
    "markdown": "md",
    "text": "txt",
    "notebook": "ipynb",
}
_BARE = re.compile(r"\(?[\w.]+[.)] ")
_LATEX_HEADER = r"""
\usepackage{amsthm,enumerate}
\theoremstyle{definition}
\newtheorem{exercise}{Exercise}[chapter]
\newenvironment{solution}{\begin{proof}[Solution]}{\end{proof}}
\newenvironment{hint}{\par\textit{Hint.} }{\par}
"""
# A line from (0, 0) up and down again, for whatever the caption says.
_FIGURE = """<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80">
<path d="M10 5V70H190M10 70L70 15L190 70" stroke="black" fill="none"/></svg>"""


def write(pieces: list[Piece], book: Book, variant: Variant, name: str) -> tuple[str, bytes]:
    """Returns the file name and the bytes of one document."""
    if variant.form == "notebook":
        return f"{name}.{EXTENSIONS['notebook']}", _notebook(pieces, variant)
    return write_markdown(to_markdown(pieces, variant), book, variant, name)


def write_markdown(source: str, book: Book, variant: Variant, name: str) -> tuple[str, bytes]:
    """The same for Markdown whose first line is the title."""
    form = variant.form
    file_name = f"{name}.{EXTENSIONS[form]}"
    if form == "markdown":
        return file_name, source.encode()
    if form == "pdf":
        return file_name, typst_pdf(source, book, variant)
    if form == "story":
        return file_name, story_pdf(source, book, variant)
    if form == "text":
        source = one_line(source)
    return file_name, _pandoc(source, form, book.title)


# -- Markdown, from which pandoc makes the other formats


def to_markdown(pieces: list[Piece], variant: Variant) -> str:
    """Returns the pieces as Markdown, with raw blocks for what only the target format knows."""
    return "\n\n".join(part for piece in pieces for part in _piece(piece, variant)) + "\n"


def _piece(piece: Piece, variant: Variant) -> Iterator[str]:
    form = variant.form
    if piece.kind == "title":
        yield f"% {piece.text}" if form in ("docx", "epub", "html", "latex", "pdf") else f"# {piece.text}"
    elif piece.kind == "heading":
        level = piece.level + (form in ("markdown", "story", "text", "notebook"))
        yield f"{'#' * level} {piece.text}"
    elif piece.kind == "figure":
        yield f"![{piece.text}](speed.png)"
    elif piece.kind == "columns":
        if form in ("pdf", "story"):
            yield (
                f"<!-- columns {piece.level} -->"
                if form == "story"
                else _raw("typst", f"// columns {piece.level}")
            )
    elif piece.kind == "contents":
        if form == "pdf":
            yield _raw("typst", f"#outline(title: [{piece.text}])\n#pagebreak()")
    elif piece.kind in ("paragraph", "steps"):
        yield piece.text
    else:
        yield from _item(piece, variant)


def _item(piece: Piece, variant: Variant) -> Iterator[str]:
    wrap = variant.wrap
    if variant.links and piece.kind in ("problem", "solution") and not piece.key.startswith("example"):
        piece = replace(piece, label=_linked(piece))
    if variant.form == "story":  # MuPDF prints every list with plain numbers
        piece = replace(piece, text=re.sub(r"^\((?=\w\) )", r"\(", piece.text, flags=re.MULTILINE))
    elif variant.form not in ("markdown", "notebook") and "\n" not in piece.text:
        piece = replace(piece, text=re.sub(r"^\((?=a\) )", r"\(", piece.text))  # no list of one item
    name = {"problem": "exercise", "example": "example", "solution": "solution", "hint": "hint"}[piece.kind]
    bare = piece.text if piece.kind != "example" else _run_in(piece.label, piece.text)
    if wrap == "heading" and piece.label:
        yield f"#### {re.sub(r'[*.]+ ?$', '', piece.label).strip('* ')}"
        yield piece.text
    elif wrap == "myst" and name in ("exercise", "solution") and not piece.key.startswith("example"):
        opening = (
            f"{{exercise}}\n:label: ex-{piece.key}" if name == "exercise" else f"{{solution}} ex-{piece.key}"
        )
        yield f"````{opening}\n\n{piece.text}\n````"
    elif wrap == "quarto" and name == "exercise":
        yield f"::: {{#exr-{piece.key}}}\n\n{piece.text}\n\n:::"
    elif wrap == "quarto" and name == "solution":
        yield f'::: {{.callout-tip collapse="true"}}\n\n## Solution\n\n{piece.text}\n\n:::'
    elif wrap == "details" and name == "solution":
        yield f"<details>\n<summary>{piece.label.strip('* .')}</summary>\n\n{piece.text}\n\n</details>"
    elif wrap == "div":
        yield f"::: {{.{name} #{name}-{piece.key}}}\n\n{_run_in(piece.label, piece.text)}\n\n:::"
    elif wrap == "environment" and name != "example":
        yield _raw("latex", f"\\begin{{{name}}}")
        yield bare
        yield _raw("latex", f"\\end{{{name}}}")
    elif variant.style and piece.kind == "solution":
        yield from _set_apart(_run_in(piece.label, piece.text), variant.style)
    elif variant.form == "pdf" and variant.layout in ("hang", "grid", "box", "margin", "badge"):
        yield from _typst_item(piece, variant.layout)
    elif variant.layout == "list" and _BARE.fullmatch(piece.label):
        yield piece.label.ljust(4) + piece.text.replace("\n", "\n    ").replace("\n    \n", "\n\n")
    else:
        yield _run_in(piece.label, piece.text)


def _run_in(label: str, text: str) -> str:
    """Puts the label in front of the text; above it, where the text begins with a list or a formula."""
    if _BARE.fullmatch(label):
        label = re.sub(r"([.)]) $", r"\\\1 ", label).replace("(", "\\(")  # not the marker of a list
    if re.match(r"\$\$|\d+\. ", text):
        return f"{label.rstrip()}\n\n{text}"
    return label + text


def _linked(piece: Piece) -> str:
    """The label as a link from the problem to the solution, or back, with the anchor of the other one."""
    own, other = ("q", "s") if piece.kind == "problem" else ("s", "q")
    bare = piece.label.strip()
    return f"[{bare}](#{other}-{piece.key}){{#{own}-{piece.key}}} "


_STYLES = {
    "italic": "#block[#emph[",
    "small": "#block[#text(8pt)[",
    "indent": "#block(inset: (left: 2em))[#text[",
    "frame": "#block(stroke: 0.5pt, fill: luma(240), inset: 6pt, width: 100%)[#text[",
}


def _set_apart(text: str, style: str) -> Iterator[str]:
    if style == "quote":
        yield "> " + text.replace("\n", "\n> ")
    else:
        yield _raw("typst", _STYLES[style])
        yield text
        yield _raw("typst", "]]")


def _typst_item(piece: Piece, layout: str) -> Iterator[str]:
    label = piece.label.strip().replace("**", "\0").replace("*", "_").replace("\0", "*")
    if layout == "grid" and len(label) < 10 and re.search(r"\d", label):
        yield _raw("typst", f"#grid(columns: (2.4em, 1fr), [{label}], [")
        yield piece.text
        yield _raw("typst", "])")
    elif layout in ("margin", "badge") and re.search(r"\d", label) and piece.kind != "example":
        mark = {
            "margin": f"#place(dx: -2.6em)[{label}]",
            "badge": f"#box(fill: navy, inset: 2pt, baseline: 2pt, text(white)[{label}])#h(0.4em)",
        }[layout]
        yield _run_in(f"`{mark}`{{=typst}}", piece.text)
    elif layout == "box" and piece.kind in ("problem", "example"):
        yield _raw("typst", "#block(stroke: 0.5pt, inset: 6pt, width: 100%)[")
        yield _run_in(piece.label, piece.text)
        yield _raw("typst", "]")
    elif layout == "box":
        yield _run_in(piece.label, piece.text)
    else:
        yield _raw("typst", "#block[#set par(hanging-indent: 1.6em)")
        yield _run_in(piece.label, piece.text)
        yield _raw("typst", "]")


def _raw(form: str, text: str) -> str:
    return f"```{{={form}}}\n{text}\n```"


# -- The formats


def _pandoc(source: str, form: str, title: str) -> bytes:
    import pypandoc

    to = {"html": "html5", "text": "plain"}.get(form, form)
    arguments = ["--quiet", "--columns=72"]
    arguments += {
        "html": ["--standalone", "--mathjax"],
        "epub": ["--mathml", "--split-level=1", "--metadata=identifier:layouts"],
        "latex": ["--standalone", "--top-level-division=chapter", "--variable=documentclass:book"],
        "docx": [],
        "text": [],
    }[form]
    with TemporaryDirectory() as folder, patch.dict(os.environ, SOURCE_DATE_EPOCH="0"):
        (Path(folder) / "speed.png").write_bytes(_picture())
        header = Path(folder, "header.tex")
        header.write_text(_LATEX_HEADER)
        if form == "latex":
            arguments.append(f"--include-in-header={header}")
        arguments += [f"--resource-path={folder}", f"--metadata=pagetitle:{title}"]
        target = Path(folder, "out")
        pypandoc.convert_text(source, to, format="markdown", outputfile=str(target), extra_args=arguments)
        if form == "latex":  # as an author would write it
            return re.sub(
                r"\n\\def\\labelenumi\{\((\\\w+)\{enumi\}\)\}", "[(a)]", target.read_text()
            ).encode()
        return target.read_bytes()


def _picture() -> bytes:
    import pymupdf

    return bytes(pymupdf.open("svg", _FIGURE.encode())[0].get_pixmap(dpi=72).tobytes("png"))


def _notebook(pieces: list[Piece], variant: Variant) -> bytes:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": part.splitlines(keepends=True)}
        for piece in pieces
        if (part := "\n\n".join(_piece(piece, variant)))
    ]
    language = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = {"cells": cells, "metadata": language, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(notebook, indent=1, ensure_ascii=False).encode()
