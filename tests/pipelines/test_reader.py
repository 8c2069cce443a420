from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors.documents.limits import Limits, UnreadableDocument
from pipelines.reader import BrokenInstallation, Reader, ReaderError
from tests.conftest import ROOT

# Python runs this before anything else in the reader's process: `read_document` does as it is told.
SABOTAGE = """
import os, tempfile, time
import extractors.documents as documents
from extractors.documents.limits import UnreadableDocument

def read_document(data, uri, limits, read=documents.read_document):
    if data == b"abort":
        os.abort()
    if data == b"exit":
        os._exit(3)
    if data == b"sleep":
        time.sleep(60)
    if data == b"grow":  # in small steps, which the parent sees
        grown = []
        while True:
            grown.append(bytearray(b"x" * 1_000_000))
            time.sleep(0.001)
    if data == b"leap":
        bytearray(10**12)
    if data == b"spoil":
        documents.spoilt = True
    if data == b"spoilt?" and hasattr(documents, "spoilt"):
        os.abort()
    if data == b"litter":
        file, path = tempfile.mkstemp()
        data = path.encode()
    if data == b"raise":
        raise KeyError("oops")
    if data == b"broken":
        raise ModuleNotFoundError("No module named 'pymupdf'")
    if data == b"refuse":
        raise UnreadableDocument("encrypted", f"{limits.max_megabytes} {limits.max_pages}")
    return read(data, uri, limits)

documents.read_document = read_document
"""
TEXT = b"# A heading\n\nSome text about apples and pears.\n"


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    (tmp_path / "sitecustomize.py").write_text(SABOTAGE)
    monkeypatch.syspath_prepend(tmp_path)
    made = Reader(Limits(7, 9, memory_megabytes=300, seconds=5))
    yield made
    made.close()


def test_documents_come_back_from_one_process(reader: Reader) -> None:
    first = reader.read(TEXT, "a.md")
    process = reader._process
    assert (first.uri, first.title) == ("a.md", "A heading")
    assert reader.read(TEXT, "b.md").uri == "b.md"
    assert reader._process is process


@pytest.mark.parametrize(
    ("data", "reason", "detail"),
    [
        (b"abort", "crashed", "it ended the reader's process: SIGABRT"),
        (b"exit", "crashed", "it ended the reader's process: exit status 3"),
        (b"sleep", "timeout", "not done within 5 s (--document_timeout_s)"),
        (b"refuse", "encrypted", "7 9"),
    ],
)
def test_a_bad_document_costs_itself_alone(reader: Reader, data: bytes, reason: str, detail: str) -> None:
    start = time.monotonic()
    with pytest.raises(UnreadableDocument) as caught:
        reader.read(data, "bad.pdf")
    assert (caught.value.reason, caught.value.detail) == (reason, detail)
    assert time.monotonic() - start < 20
    assert reader.read(TEXT, "good.md").title == "A heading"


def test_what_raises_keeps_its_name_and_the_process(reader: Reader) -> None:
    with pytest.raises(ReaderError, match=r"^KeyError: 'oops'$"):
        reader.read(b"raise", "bad.pdf")
    process = reader._process
    assert reader.read(TEXT, "good.md").title == "A heading"
    assert reader._process is process


def test_a_missing_library_is_no_fault_of_the_document(reader: Reader) -> None:
    with pytest.raises(BrokenInstallation, match=r"^ModuleNotFoundError: No module named 'pymupdf'$"):
        reader.read(b"broken", "good.pdf")


def test_a_module_in_the_current_directory_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("selectolax", "pymupdf", "markdown_it", "yaml", "pipelines", "signal"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w').close()\nraise SystemExit(9)\n")
    monkeypatch.chdir(tmp_path)
    for path in ("", str(tmp_path)):
        monkeypatch.setattr(sys, "path", [path, *sys.path])
    reader = Reader(Limits())
    try:
        assert reader.read(TEXT, "a.md").title == "A heading"
    finally:
        reader.close()
    assert not (tmp_path / "ran").exists()


def test_closing_ends_the_process(reader: Reader) -> None:
    reader.read(TEXT, "a.md")
    assert reader._process
    number = reader._process.pid
    reader.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    reader.close()


def test_the_process_ends_when_its_parent_does(tmp_path: Path) -> None:
    code = (
        "import os\n"
        "from extractors.documents.limits import Limits\n"
        "from pipelines.reader import Reader\n"
        "reader = Reader(Limits())\n"
        "reader.read(b'some text', 'a.txt')\n"
        "print(reader._process.pid, flush=True)\n"
        "os._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{done.stdout.strip()}").exists():
        assert time.monotonic() < deadline, "it is still there"
        time.sleep(0.1)


def test_a_large_document_goes_through_the_pipe(reader: Reader) -> None:
    document = reader.read(b"word " * 1_000_000, "long.txt")
    assert len(document.text) >= 4_999_999


def test_memory_is_bounded_and_the_next_document_is_read(reader: Reader) -> None:
    for data in (b"grow", b"leap"):
        with pytest.raises(UnreadableDocument) as caught:
            reader.read(data, "bad.pdf")
        assert caught.value.reason == "out_of_memory"
        assert caught.value.detail == "needs more than 300 MB (--document_memory_mb)"
    assert reader.read(TEXT, "good.md").title == "A heading"


def test_a_process_that_others_have_spoilt_is_no_fault_of_the_document(reader: Reader) -> None:
    reader.read(b"spoil", "spoils.txt")
    spoilt = reader._process
    assert reader.read(b"spoilt?", "good.txt").text == "spoilt?"
    assert reader._process is not spoilt


def test_items_are_found_and_matched_in_the_process(reader: Reader) -> None:
    found = reader.find(reader.read(b"**Exercise 1.** What?\n\n**Solution.** This.\n", "a.md"))
    assert [item.kind for item in found.items] == ["problem", "solution"]
    assert len(reader.match([found]).pairs) == 1


def test_pages_are_rendered_in_the_process(reader: Reader) -> None:
    data = (ROOT / "examples" / "documents" / "probability-sheet-3.pdf").read_bytes()
    pictures = reader.render(data, [2, 1], 50)
    assert [picture[:4] for picture in pictures] == [b"\x89PNG"] * 2
    assert pictures[0] != pictures[1]


def test_temporary_files_of_the_process_are_removed(reader: Reader, tmp_path: Path) -> None:
    written = Path(reader.read(b"litter", "a.txt").text)
    assert written.is_file()
    assert written.is_relative_to(tempfile.gettempdir())
    with pytest.raises(UnreadableDocument):
        reader.read(b"abort", "bad.pdf")
    assert not written.parent.exists()
