"""DOCX, EPUB and LaTeX, through pandoc's syntax tree.

Pandoc (https://pandoc.org, shipped by `pypandoc-binary`) runs as one child process a document,
without a shell, in its sandbox (no file but standard input, no network), with bounded time and
memory.
"""

from __future__ import annotations

import json
import subprocess
from functools import lru_cache

from extractors.documents.blocks import Builder
from extractors.documents.limits import Limits, UnreadableDocument
from extractors.documents.page_numbers import without_page_numbers
from extractors.documents.pandoc_tree import Node, read_title, read_tree
from extractors.documents.zips import check_archive
from schemas.document import Document, DocumentFormat, with_spans

_HEAP_SHARE = 0.5
"""Of the memory that a document may take; where it copies its heap, pandoc takes more than its bound."""
_HEAP_EXHAUSTED = 251
"""Exit status of GHC's run-time system beyond the bound that `-M` sets."""


def read_docx(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns a Word document as blocks.

    Raises:
      UnreadableDocument: damaged, encrypted, or too_large when unpacked.
    """
    from extractors.documents.docx import prepare_docx

    check_archive(data, limits)
    tree = run_pandoc(prepare_docx(data), "docx+styles-auto_identifiers", limits)
    return _document(tree, uri, sha256, "docx")


def read_epub(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns an EPUB as blocks, in the order of its spine.

    Raises:
      UnreadableDocument: damaged, encrypted, or too_large when unpacked.
    """
    check_archive(data, limits)
    return _document(run_pandoc(data, "epub-auto_identifiers", limits), uri, sha256, "epub")


def read_latex(data: bytes, uri: str, sha256: str, limits: Limits) -> Document:
    """Returns a LaTeX document or fragment as blocks; what it `\\input`s is not followed.

    Raises:
      UnreadableDocument: damaged: pandoc cannot parse it.
    """
    from extractors.documents.latex import prepare_latex
    from extractors.documents.text import decode

    source = prepare_latex(decode(data))
    tree = run_pandoc(source.encode("utf-8", "replace"), "latex-auto_identifiers", limits)
    return _document(tree, uri, sha256, "latex")


def mathml_to_latex(formulas: list[str], limits: Limits) -> dict[str, str]:
    """Returns the LaTeX of each `<math>` element that can be converted; one child process for all.

    Raises:
      UnreadableDocument: timeout, out_of_memory.
    """
    page = "".join(f'<div id="{number}"><p>{formula}</p></div>' for number, formula in enumerate(formulas))
    found = {}
    for node in run_pandoc(page.encode("utf-8", "replace"), "html", limits)["blocks"]:
        if node["t"] != "Div" or not node["c"][0][0].isdecimal():
            continue
        inlines = [
            inline for block in node["c"][1] if block["t"] in ("Para", "Plain") for inline in block["c"]
        ]
        if tex := " ".join(inline["c"][1] for inline in inlines if inline["t"] == "Math"):
            found[formulas[int(node["c"][0][0])]] = tex
    return found


def run_pandoc(data: bytes, source_format: str, limits: Limits) -> Node:
    """Returns pandoc's syntax tree of a document.

    Raises:
      UnreadableDocument: missing_dependency; damaged: pandoc fails; timeout, out_of_memory.
    """
    heap = f"-M{limits.memory_megabytes * _HEAP_SHARE:.0f}m"
    command = [_pandoc(), "+RTS", heap, "-RTS", "--sandbox", "-f", source_format, "-t", "json"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=limits.seconds, check=False)
    except subprocess.TimeoutExpired:
        raise UnreadableDocument("timeout", f"pandoc took more than {limits.seconds} s") from None
    if done.returncode == _HEAP_EXHAUSTED:
        raise UnreadableDocument("out_of_memory", f"pandoc needs more than {heap[2:]}")
    if done.returncode:
        raise UnreadableDocument("damaged", _complaint(done.stderr, done.returncode))
    try:
        return json.loads(done.stdout)
    except (RecursionError, ValueError):
        raise UnreadableDocument("damaged", "nested too deeply") from None


def _complaint(stderr: bytes, status: int) -> str:
    """Returns what pandoc says of a document that it cannot parse, on one line."""
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("[WARNING]")]
    return f"pandoc: {' '.join(lines)[:200]}" if lines else f"pandoc exits with {status}"


@lru_cache(maxsize=1)
def _pandoc() -> str:
    """Returns the path of the binary; `pypandoc` itself, which would search for it, is not imported."""
    from importlib.util import find_spec
    from pathlib import Path
    from shutil import which

    spec = find_spec("pypandoc")
    if spec is not None and spec.origin:
        for name in ("pandoc", "pandoc.exe"):
            shipped = Path(spec.origin).parent / "files" / name
            if shipped.is_file():
                return str(shipped)
    installed = which("pandoc")
    if installed is None:
        raise UnreadableDocument("missing_dependency", "pandoc is not installed: pip install pypandoc-binary")
    return installed


def _document(tree: Node, uri: str, sha256: str, document_format: DocumentFormat) -> Document:
    builder = Builder()
    title = read_title(tree)
    if title and document_format != "epub":  # an EPUB's title page is a page of its own
        builder.text(title)
        builder.heading(1)
    read_tree(tree, builder, document_format)
    blocks = without_page_numbers(builder.blocks())
    title = title or next((block.text for block in blocks if block.kind == "heading"), "")
    return Document(uri, sha256, title, "und", document_format, 0, with_spans(blocks))
