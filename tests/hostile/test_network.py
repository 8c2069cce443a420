"""Nothing that a document refers to is fetched."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from extractors.documents.limits import Limits
from pipelines.reader import Reader
from tests.conftest import ROOT
from tests.extractors.documents.archives import docx, epub, paragraph, run
from tests.hostile import pdfs
from tests.hostile.archives import changed, good
from tests.hostile.watch import beam, watch

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


class Server:
    """Counts who connects."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.uri = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.visits = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return
            self.visits += 1


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.socket.close()


def documents(uri: str) -> dict[str, bytes]:
    """Returns a document of every format that asks for files of a server in every way it knows."""
    question = "Problem 1. What is one and one?"
    xml = f'<?xml version="1.0"?><!DOCTYPE x SYSTEM "{uri}/dtd" [<!ENTITY x SYSTEM "{uri}/entity">]>'
    head = (
        f'<base href="{uri}/"><link rel="stylesheet" href="{uri}/css"><script src="{uri}/js"></script>'
        f'<meta http-equiv="refresh" content="0;url={uri}/refresh"><style>@import "{uri}/import";</style>'
    )
    body = (
        f'<img src="{uri}/img"><iframe src="{uri}/frame"></iframe><object data="{uri}/object"></object>'
        f'<video src="{uri}/video"></video><svg><image href="{uri}/svg"/><use href="{uri}/use"/></svg>'
        f'<math><mi href="{uri}/math">x</mi></math><p style="background:url({uri}/bg)">{question}</p>'
    )
    picture = run("", "") + f'<w:r><w:pict><v:imagedata xmlns:v="urn:v" r:id="rId9" xmlns:r="{_OFFICE}"/>'
    picture += "</w:pict></w:r>"
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{uri}/{kind}" TargetMode="External"/>'
        for n, kind in enumerate(("image", "attachedTemplate", "oleObject", "hyperlink"), 9)
    )
    word = docx(paragraph(question) + paragraph(runs=picture))
    opened = f"<</S/URI/URI({uri}/open)>>".encode()
    action = f"/AA<</O<</S/GoToR/F<</FS/URL/F({uri}/far)>>>>>>".encode()
    remote = f"<</Length 0/F<</FS/URL/F({uri}/stream)>>>>\nstream\n\nendstream".encode()
    image = f"<</Type/XObject/Subtype/Image/Width 9/Height 9/F<</FS/URL/F({uri}/image)>>/Length 0>>".encode()
    drawn = b"/Resources<</Font<</F %b>>/XObject<</I 6 0 R>>>>" % pdfs.FONT
    form = f"<</XFA 5 0 R/Fields[]/SubmitForm<</S/SubmitForm/F({uri}/submit)>>>>".encode()
    catalog = pdfs.CATALOG[:-2] + b"/OpenAction %b/AcroForm %b>>" % (opened, form)
    notebook = {
        "nbformat": 4,
        "metadata": {},
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": f"{question}\n\n![a]({uri}/cell) {body}"},
            {
                "cell_type": "code", "metadata": {}, "source": f"import urllib; urlopen('{uri}/code')",
                "outputs": [{"output_type": "display_data", "data": {"text/html": body, "image/png": uri}}],
            },
        ],
    }  # fmt: skip
    return {
        "page.html": f"<html><head>{head}</head><body>{body}</body></html>".encode(),
        "page.xhtml": f'{xml}<?xml-stylesheet type="text/xsl" href="{uri}/xsl"?><html '
        f'xmlns="http://www.w3.org/1999/xhtml"><head>{head}</head><body>{body} &x;</body></html>'.encode(),
        "word.docx": changed(
            word,
            {
                "word/_rels/document.xml.rels": (
                    f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>'.encode()
                ),
                "word/_rels/settings.xml.rels": (
                    f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>'.encode()
                ),
            },
        ),
        "entity.docx": changed(good("docx"), {"word/styles.xml": f"{xml}<w:styles>&x;</w:styles>".encode()}),
        "book.epub": epub([body, f'<p>{question}</p><img src="{uri}/chapter"/>']),
        "entity.epub": changed(good("epub"), {"c0.xhtml": f"{xml}<html><body>&x;</body></html>".encode()}),
        "notes.md": (
            f"{question}\n\n![a]({uri}/md) <{uri}/auto>\n\n{body}\n\n```{{include}} {uri}/include\n```\n\n"
            f"```{{figure}} {uri}/figure\n```\n\n[x]: {uri}/reference\n\n![[{uri}/wiki]]\n"
        ).encode(),
        "notes.tex": (
            f"\\documentclass{{article}}\\usepackage{{{uri}/sty}}\\begin{{document}}{question}"
            f"\\input{{{uri}/input}}\\include{{{uri}/include}}\\includegraphics{{{uri}/graphics}}"
            f"\\bibliography{{{uri}/bib}}\\href{{{uri}/href}}{{a}}"
            f"\\write18{{curl {uri}/shell}}\\end{{document}}"
        ).encode(),
        "notes.ipynb": json.dumps(notebook).encode(),
        "notes.txt": f"{question} See {uri}/text.".encode(),
        "file.pdf": pdfs.pdf(
            [
                catalog,
                pdfs.ONE_PAGE,
                pdfs.page(action + drawn),
                pdfs.stream(pdfs.TEXT + b"/I Do"),
                remote,
                image + b"\nstream\n\nendstream",
            ]
        ),
        "remote.pdf": pdfs.pdf([pdfs.CATALOG, pdfs.ONE_PAGE, pdfs.page(), remote]),
    }


def test_no_document_has_anything_fetched(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    made = documents(server.uri)
    for name, data in made.items():
        (folder / name).write_bytes(data)
    out = tmp_path / "out"
    done = watch(beam(tmp_path / "temporary", "run", "scp116k", "--input", folder, "--output", out))
    assert done.status == 0, done.err
    assert server.visits == 0
    refused = pq.read_table(out / "rejected").to_pylist()
    unread = {Path(r["source_uri"]).name for r in refused if r["stage"] == "read"}
    assert unread <= {"entity.docx", "entity.epub", "remote.pdf"}  # else nothing was looked at


def test_readers_fetch_nothing_where_they_could(server: Server) -> None:
    """The same without the process that has no network: the readers themselves ask for nothing."""
    code = (
        "import sys, json, base64\n"
        "from extractors.documents import UnreadableDocument, read_document\n"
        "for name, data in json.load(sys.stdin).items():\n"
        "    try:\n"
        "        read_document(base64.b64decode(data), name)\n"
        "    except UnreadableDocument:\n"
        "        pass\n"
        f"import socket; socket.create_connection({server.socket.getsockname()!r})\n"
    )
    sent = {name: base64.b64encode(data).decode() for name, data in documents(server.uri).items()}
    subprocess.run([sys.executable, "-c", code], input=json.dumps(sent), text=True, check=True, cwd=ROOT)
    assert server.visits == 1  # by the last line, which shows that the others could have come


CONNECT = """
import os, socket
import extractors.documents as documents

def read_document(data, uri, limits, read=documents.read_document):
    try:
        socket.create_connection(("127.0.0.1", int(data)), timeout=5)
    except OSError:
        pass
    return read(data + b" was the port of the text", uri, limits)

documents.read_document = read_document
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has networks of one process")
def test_the_readers_process_has_no_network(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if subprocess.run(["unshare", "--user", "--net", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel lets only root leave the network")
    (tmp_path / "sitecustomize.py").write_text(CONNECT)
    monkeypatch.syspath_prepend(tmp_path)
    reader = Reader(Limits())
    try:
        assert "port" in reader.read(str(server.socket.getsockname()[1]).encode(), "a.txt").text
    finally:
        reader.close()
    assert server.visits == 0
