"""Formats are recognised by content; what is no document is refused with its reason."""

from __future__ import annotations

import json
import time

import pytest

from extractors.documents.limits import Limits, UnreadableDocument
from extractors.documents.recognise import recognise
from extractors.documents.zips import MAX_ENTRIES
from tests.extractors.documents.archives import docx, epub, paragraph, zipped

NOTEBOOK = json.dumps({"cells": [], "nbformat": 4}).encode()
LATEX = b"% a sheet\n\\documentclass{article}\n\\begin{document}x\\end{document}"
FRAGMENT = b"\\section{A}\nText \\emph{x}.\n\\begin{enumerate}\n\\item a\n\\end{enumerate}\n"
MARKDOWN = b"# Title\n\nSome **bold** words and `code`.\n\n```python\nx = 1\n```\n"


def encryption(algorithm: str, uri: str) -> str:
    return (
        f'<encryption><EncryptedData><EncryptionMethod Algorithm="{algorithm}"/>'
        f'<CipherData><CipherReference URI="{uri}"/></CipherData></EncryptedData></encryption>'
    )


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"%PDF-1.4\n", "a.txt", "pdf"),
        (b"junk before\n%PDF-1.4\n", "a", "pdf"),
        (docx(paragraph("x")), "a.zip", "docx"),
        (epub(["<p>x</p>"]), "a", "epub"),
        (epub(["<p>x</p>"], encryption("http://www.idpf.org/2008/embedding", "f.otf")), "a", "epub"),
        (NOTEBOOK, "a.txt", "notebook"),
        (b"<!DOCTYPE html><p>x</p>", "a.md", "html"),
        (b'<?xml version="1.0"?>\n<!-- c -->\n<html><body>x</body></html>', "a", "html"),
        (b"<div><p>One</p><p>two</p></div>", "a.html", "html"),
        (LATEX, "a.txt", "latex"),
        (FRAGMENT, "a", "latex"),
        (b"Only $x$ and \\alpha here.", "a.tex", "latex"),
        (MARKDOWN, "a.txt", "markdown"),
        (MARKDOWN, "a", "markdown"),
        (b"Plain words.", "a.md", "markdown"),
        (b"```{exercise}\n\\begin{align}x\\end{align}\n```\n# \\section{A}", "a.md", "markdown"),
        (b"Plain words.", "a", "text"),
        (b"# one sign is not enough\nwords", "a.txt", "text"),
        ("Grüße aus Köln, schöne Straße".encode("latin-1"), "a", "text"),
        ("Words in UTF-16".encode("utf-16"), "a", "text"),
        (b"Plain words with a stray \0.", "a.txt", "text"),
        ("ж".encode() * 150_000, "a", "text"),  # a character goes over the end of what is looked at
    ],
)
def test_format(data: bytes, name: str, expected: str) -> None:
    assert recognise(data, name, Limits()) == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\0", "empty"),
        ("\ufeff \n".encode(), "empty"),
        (zipped({"a.txt": "x"}), "unknown_type"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "unknown_type"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"{\\rtf1 x}", "unknown_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 W.o.r.d", "unknown_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (bytes(range(256)) * 8, "unknown_type"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "unknown_type"),
        (
            epub(["<p>x</p>"], encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "c0.xhtml")),
            "encrypted",
        ),
    ],
)
def test_refusal(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        recognise(data, "a.txt", Limits())
    assert refused.value.reason == reason
    assert "\n" not in refused.value.detail


def test_size_is_bounded() -> None:
    with pytest.raises(UnreadableDocument) as refused:
        recognise(b"x" * 1_000_001, "a.txt", Limits(max_megabytes=1))
    assert refused.value.reason == "too_large"
    assert recognise(b"x" * 1_000_000, "a.txt", Limits(max_megabytes=1)) == "text"


def test_text_is_bounded_more_tightly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.documents.recognise.MAX_TEXT_MEGABYTES", 1)
    monkeypatch.setattr("extractors.documents.recognise.MAX_TAGS", 100)
    for data in (b"x " * 500_001, b"<!doctype html>" + b"<p>" * 101):
        with pytest.raises(UnreadableDocument) as refused:
            recognise(data, "a", Limits())
        assert refused.value.reason == "too_large"
        assert "fixed" in refused.value.detail
    picture = b'<!doctype html><img src="data:image/png;base64,' + b"A" * 1_500_000 + b'">'
    assert recognise(picture, "a", Limits()) == "html"


def test_archive_is_checked_before_it_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> None:
        raise AssertionError("the archive was opened")

    monkeypatch.setattr("extractors.documents.zips.open_archive", fail)
    with pytest.raises(UnreadableDocument) as refused:
        recognise(b"PK\x03\x04" + b"PK\x01\x02" * (MAX_ENTRIES + 1), "a", Limits())
    assert refused.value.reason == "too_large"


@pytest.mark.parametrize(
    "data",
    [b"](" * 100_000, b"**a" * 60_000, b"[a](" * 50_000, b"<!--" * 50_000],
)
def test_hostile_text_is_recognised_quickly(data: bytes) -> None:
    began = time.monotonic()
    assert recognise(data, "a.txt", Limits()) == "text"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "piece", ["CipherReference", "<CipherReference ", "CipherReference URI", "Algorithm='"]
)
def test_hostile_encryption_is_judged_quickly(piece: str) -> None:
    began = time.monotonic()
    assert recognise(epub(["<p>x</p>"], piece * (900_000 // len(piece))), "a", Limits()) == "epub"
    assert time.monotonic() - began < 5


def test_refusal_names_what_is_read() -> None:
    with pytest.raises(UnreadableDocument) as refused:
        recognise(b"{\\rtf1 x}", "a.rtf", Limits())
    assert "RTF" in refused.value.detail
    assert "DOCX" in refused.value.detail
