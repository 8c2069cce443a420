from __future__ import annotations

import base64
import io
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from PIL import Image

from extractors.documents.limits import Limits, Ocr
from extractors.documents.pdf_render import render_pages
from inference import engine
from inference.client import Endpoint
from inference.engine import EngineSpec
from inference.models import Models, ModelsSpec
from inference.prompts import load_prompt
from pipelines import transcribe
from pipelines.readers import ReaderPool, Readers
from pipelines.transcribe import DPI, DocumentTranscriber, Progress, Transcriber, Which, _Transcribe
from schemas.document import Document
from tests.conftest import Beam
from tests.inference.stub import MODEL, Reply, Stub

PAGES = 3
MARKDOWN = """# Sheet

**Problem {0}.** A stone falls from a tower of height $h_{{{0}}} = {0}0$ m. How long does it fall?

**Solution.** From $$h = \\frac{{1}}{{2}} g t^2$$ it follows that $t = \\sqrt{{2h/g}}$, as was asked for.
"""


def sheet(path: Path, pages: int = PAGES, pictures: bool = False, first: int = 1) -> Path:
    """Writes a PDF with a problem and its solution on every page, as text or as pictures of it."""
    import pymupdf

    source, file = pymupdf.open(), pymupdf.open()
    for number in range(first, first + pages):
        page = source.new_page(width=420, height=595)
        text = (
            f"Problem {number}. A stone falls from a tower of height {number}0 m. How long does it fall?\n\n"
            "Solution. From h = g t t / 2 it follows that t is the root of 2 h / g, which was asked for."
        )
        page.insert_textbox((50, 60, 370, 500), text, fontsize=11)
        if pictures:
            copy = file.new_page(width=420, height=595)
            copy.insert_image(copy.rect, pixmap=page.get_pixmap(dpi=100))
    (file if pictures else source).save(path)
    return path


def transcribed(
    path: Path, stub: Stub, timeout_s: float = 20, concurrency: int = 1, which: Which = "all"
) -> tuple[Document, dict[str, int]]:
    """Returns a PDF as the stage gives it, and what the stage counted."""
    pool = ReaderPool(Limits(ocr=Ocr("off"), needs_text=False))
    spec = EngineSpec("vision", Endpoint(stub.url, MODEL, timeout_s), concurrency)
    readers, models = Readers(pool), Models(ModelsSpec((spec,)))
    try:
        with readers.one() as reader:
            document = reader.read(path.read_bytes(), str(path))
        transcriber = Transcriber(models.spec, which=which)
        worker = DocumentTranscriber(transcriber, models, readers, pool.limits)
        progress = Progress(document.pages, document.pages)
        made, counts = models.submit(worker.transcribe(document, progress)).result()
        if which == "all":
            assert progress.left == 0
        return made, {**counts, **models.take_counts()}
    finally:
        models.close()
        readers.close()


def good(body: dict[str, Any], number: int) -> Reply:
    return Reply(MARKDOWN.format(number + 1))


def test_pages_are_sent_as_pictures_and_come_back_as_blocks(tmp_path: Path) -> None:
    path = sheet(tmp_path / "sheet.pdf")
    with Stub(good) as stub:
        document, counts = transcribed(path, stub)
    prompt = load_prompt("transcribe_page")
    for (_, _, body), expected in zip(
        stub.requests, render_pages(path.read_bytes(), [1, 2, 3], DPI), strict=True
    ):
        assert set(body) == {"model", "messages", "temperature", "max_tokens"}
        assert (body["model"], body["temperature"]) == (MODEL, 0)
        system, user = body["messages"]
        assert system == {"role": "system", "content": prompt.system}
        assert user["role"] == "user"
        text, picture = user["content"]
        assert text == {"type": "text", "text": prompt.user}
        assert picture["type"] == "image_url"
        kind, data = picture["image_url"]["url"].split(",")
        assert kind == "data:image/png;base64"
        assert base64.b64decode(data, validate=True) == expected
        with Image.open(io.BytesIO(expected)) as image:
            assert (image.format, image.width, image.height) == ("PNG", 840, 1190)
    assert [b.page for b in document.blocks if b.kind == "heading"] == [1, 2, 3]
    assert "$$h = \\frac{1}{2} g t^2$$" in document.text
    assert "root of" not in document.text
    assert document.blocks[0].boxes[0].x1 == pytest.approx(420)
    assert counts == {
        "llm/requests": 3,
        "llm/prompt_tokens": 300,
        "llm/completion_tokens": 3 * len(MARKDOWN.split()),
        "transcribe/pages": 3,
        "transcribe/used": 3,
    }


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply("I'm sorry, but I can't help with that."), "refused"),
        (Reply("", refusal="no"), "refused"),
        (Reply(MARKDOWN.format(1), finish="length"), "truncated"),
        (Reply("how long " * 50), "repetition"),
        (Reply(""), "empty"),
        (Reply("<script>alert(1)</script>" + MARKDOWN.format(1)), "html"),
        (Reply(" ".join(f"marmalade{n} orchestra{n}" for n in range(30))), "unrelated"),
        (Reply("too large", status=413, raw=True), "refused_request"),
    ],
)
def test_what_is_of_no_use_leaves_the_page_as_it_was(tmp_path: Path, reply: Reply, reason: str) -> None:
    path = sheet(tmp_path / "sheet.pdf")
    with Stub(lambda body, number: reply if number == 1 else good(body, number)) as stub:
        document, counts = transcribed(path, stub)
    assert counts["transcribe/used"] == 2
    assert {name: n for name, n in counts.items() if "fallback" in name} == {
        f"transcribe/fallback/{reason}": 1
    }
    assert document.notes == (f"page 2: not transcribed, {reason}",)
    second = [b for b in document.blocks if b.page == 2]
    assert "root of" in " ".join(b.text for b in second)
    assert not any(b.ocr for b in second)
    assert all(b.ocr for b in document.blocks if b.page != 2)
    assert [b.page for b in document.blocks] == sorted(b.page for b in document.blocks)


def test_what_passes_is_asked_again_and_counted(tmp_path: Path) -> None:
    faults = [Reply("", status=429, headers={"Retry-After": "0.2"}, raw=True), Reply("half", cut=10)]
    with Stub(lambda body, number: faults[number] if number < 2 else good(body, 0)) as stub:
        document, counts = transcribed(sheet(tmp_path / "sheet.pdf", 1), stub)
    # The fourth asks for a sign of the server, before the page is sent once more.
    assert (counts["llm/requests"], counts["llm/failures"], counts["transcribe/used"]) == (4, 2, 1)
    assert document.notes == ()


def test_a_page_that_takes_too_long_costs_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MAX_ATTEMPTS", 2)
    path = sheet(tmp_path / "sheet.pdf", 2)
    slow: list[Any] = []

    def script(body: dict[str, Any], number: int) -> Reply:
        if len(body["messages"]) == 1:  # the engine looks whether the server is there
            return Reply("1")
        slow[:] = slow or [body["messages"]]
        return Reply("late", pause=4) if body["messages"] == slow[0] else good(body, 1)

    with Stub(script) as stub:
        document, counts = transcribed(path, stub, timeout_s=0.5)
    assert document.notes == ("page 1: not transcribed, timeout",)
    assert counts["llm/failures"] == 2
    assert "root of" in document.text


def test_several_pages_are_in_flight(tmp_path: Path) -> None:
    with Stub(lambda body, number: Reply(MARKDOWN.format(number), pause=0.7)) as stub:
        document, _ = transcribed(sheet(tmp_path / "sheet.pdf", 8), stub, concurrency=4)
    assert stub.most == 4
    assert len([b for b in document.blocks if b.kind == "heading"]) == 8


def test_flagged_are_pages_without_text_but_not_blank_ones(tmp_path: Path) -> None:
    import pymupdf

    text, scan = sheet(tmp_path / "text.pdf", 1), sheet(tmp_path / "scan.pdf", 1, pictures=True)
    file = pymupdf.open(text)
    file.insert_pdf(pymupdf.open(scan))
    file.new_page(width=420, height=595)
    file.save(tmp_path / "mixed.pdf")
    with Stub(good) as stub:
        document, counts = transcribed(tmp_path / "mixed.pdf", stub, which="flagged")
    assert (len(stub.requests), counts["transcribe/pages"], counts["transcribe/blank"]) == (1, 1, 1)
    assert {b.page for b in document.blocks if b.ocr} == {2}
    assert {b.page for b in document.blocks if not b.ocr} == {1}


def test_other_formats_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Title\n\nSome text about apples.\n")
    with Stub(good) as stub:
        document, counts = transcribed(path, stub)
    assert (stub.requests, counts, document.title) == ([], {}, "Title")


def test_many_short_documents_keep_the_model_busy(tmp_path: Path) -> None:
    """One page each: as many documents are in progress as requests may be in flight."""

    def slowly(body: dict[str, Any], number: int) -> Reply:
        """Nobody is answered before as many have asked as may at a time."""
        until = time.monotonic() + 60
        while stub.most < 12 and time.monotonic() < until:
            time.sleep(0.05)
        return Reply(MARKDOWN.format(1))

    pool = ReaderPool(Limits(ocr=Ocr("off"), needs_text=False))
    with Stub(slowly) as stub:
        spec = ModelsSpec((EngineSpec("vision", Endpoint(stub.url, MODEL, 90.0), 12),))
        do = _Transcribe(Transcriber(spec, which="all"), pool)
        do.setup()
        do.start_bundle()
        made = []
        for i in range(30):
            path = sheet(tmp_path / f"{i}.pdf", pages=1, first=i)
            with do.readers.one() as reader:
                document = reader.read(path.read_bytes(), str(path))
            made += list(do.process(document))
            assert sum(one.left for one in do.begun) < do.worker.pages_at_once
        made += [out.value for out in do.finish_bundle()]
        do.teardown()
        assert sorted(document.uri for document in made) == sorted(str(p) for p in tmp_path.glob("*.pdf"))
        assert stub.most == 12


def opened(stub: Stub) -> _Transcribe:
    """Returns the stage as a worker has it, for one request at a time, within a bundle."""
    spec = ModelsSpec((EngineSpec("vision", Endpoint(stub.url, MODEL, 60.0), 1),))
    do = _Transcribe(Transcriber(spec, which="all"), ReaderPool(Limits(ocr=Ocr("off"), needs_text=False)))
    do.setup()
    do.start_bundle()
    return do


def read(do: _Transcribe, path: Path) -> Document:
    with do.readers.one() as reader:
        return reader.read(path.read_bytes(), str(path))


def test_no_more_documents_are_held_than_have_so_many_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcribe, "_PAGES_HELD", 4)
    with Stub(lambda body, number: Reply(MARKDOWN.format(1), pause=0.2)) as stub:
        do = opened(stub)
        made = []
        for i in range(5):
            made += list(do.process(read(do, sheet(tmp_path / f"{i}.pdf", pages=2, first=i))))
            assert len(do.begun) < 2
        made += [out.value for out in do.finish_bundle()]
        do.teardown()
    assert len({document.uri for document in made}) == len(made) == 5


def test_a_document_that_ends_before_its_pages_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ended(document: Document, progress: Progress) -> tuple[Document, Counter[str]]:
        return document, Counter()

    with Stub(good) as stub:
        do = opened(stub)
        monkeypatch.setattr(do.worker, "transcribe", ended)
        document = read(do, sheet(tmp_path / "sheet.pdf", pages=do.worker.pages_at_once))
        made = [*do.process(document), *do.process(document)]
        made += [out.value for out in do.finish_bundle()]
        do.teardown()
    assert (made, do.begun) == ([document, document], set())


def test_what_a_broken_bundle_left_is_not_counted_for_the_next(tmp_path: Path) -> None:
    with Stub(lambda body, number: Reply(MARKDOWN.format(1), pause=0.2)) as stub:
        do = opened(stub)
        document = read(do, sheet(tmp_path / "sheet.pdf", pages=3))
        assert list(do.process(document)) == []
        before = do.flow
        do.start_bundle()
        before.next(30)  # done within the next bundle
        assert list(do.process(document)) == []
        assert [0 < one.left <= 3 for one in do.begun] == [True]
        made = [out.value for out in do.finish_bundle()]
        do.teardown()
    assert [one.uri for one in made] == [document.uri]


def test_the_command_transcribes_a_scan(beam: Beam, tmp_path: Path) -> None:
    docs, out = tmp_path / "docs", tmp_path / "out"
    docs.mkdir()
    sheet(docs / "scan.pdf", pictures=True)
    secret = "sesame-open-yourself"
    with Stub(lambda body, number: Reply(MARKDOWN.format(number + 1)), key=secret) as stub:
        done = beam(
            *("run", "scp116k", "--input", docs, "--output", out, "--ocr", "off", "--transcriber", "vlm"),
            *("--llm_url", stub.url, "--llm_model", MODEL, "--llm_concurrency", "1", "--judge", "rules"),
            env={"ASSAY_LLM_KEY": secret},
        )
    assert done.returncode == 0, done.stderr
    run = json.loads((out / "run.json").read_text())
    assert run["llm"] == {
        "requests": 3,
        "from_ledger": 0,
        "prompt_tokens": 300,
        "completion_tokens": 3 * len(MARKDOWN.split()),
        "failures": 0,
        "failures_by_reason": {},
    }
    assert run["transcribed"] == {"pages": 3, "used": 3}
    assert all(headers["Authorization"] == f"Bearer {secret}" for _, headers, _ in stub.requests)
    rows = pq.read_table(out / "data").to_pylist()
    assert len(rows) == 3
    assert all(row["ocr"] and row["math_quality"] == "rebuilt" for row in rows)
    assert all("\\frac{1}{2}" in row["solution"] for row in rows)
    for file in out.rglob("*"):
        assert file.is_dir() or secret.encode() not in file.read_bytes()
    assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], "beam: --transcriber vlm needs --llm_url and --llm_model"),
        (["--llm_url", "http://127.0.0.1:9"], "beam: --llm_url needs --llm_model"),
        (
            ["--llm_url", "http://127.0.0.1:9", "--llm_model", "m"],
            "beam: --llm_url: no model server at http://127.0.0.1:9: ",
        ),
        (
            ["--llm_url", "localhost", "--llm_model", "m"],
            "beam: --llm_url: 'localhost' is no address such as ",
        ),
    ],
)
def test_what_is_missing_is_one_line_before_any_work(
    beam: Beam, tmp_path: Path, options: list[str], line: str
) -> None:
    (tmp_path / "a.md").write_text("# Title")
    out = tmp_path / "out"
    done = beam(
        "run", "scp116k", "--input", tmp_path / "a.md", "--output", out, "--transcriber", "vlm", *options
    )
    assert done.returncode == 2
    [said] = done.stderr.strip().splitlines()
    assert said.startswith(line)
    assert not out.exists()
