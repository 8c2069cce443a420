"""The stage in which a vision model transcribes pages of PDFs.

No document is lost here: where the model gives nothing that can be used, a page keeps its own text.
"""

from __future__ import annotations

import asyncio
import base64
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty
from typing import Any, Literal, cast

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.transforms.window import GlobalWindows

from extractors.documents.limits import Limits, Ocr, OcrMode, UnreadableDocument
from extractors.documents.ocr_data import OcrUnavailable, check_ocr
from extractors.documents.transcription import check, flagged_pages, page_blocks, page_texts, with_pages
from inference.client import Answer, ModelError
from inference.errors import Fatal
from inference.ledger import Request
from inference.models import Models, ModelsSpec, close_models, open_models
from inference.prompts import Prompt, load_prompt
from pipelines.ask import Flow
from pipelines.documents import document_bytes
from pipelines.errors import UsageError
from pipelines.models import accelerator, checked_engine
from pipelines.options import TranscriberOptions
from pipelines.reader import ReaderError
from pipelines.readers import ReaderPool, Readers, close_readers, open_readers
from pipelines.stages import NAMESPACE
from schemas.document import Block, Box, Document

DPI = 144
"""Scripts of scripts can be read at it, and a page is within what vision models look at."""

MAX_TOKENS = 8192
PAGES_AT_ONCE = 8
"""So many pages are drawn in one go."""

_PAGES_HELD = 8_000  # of the documents in progress, whose other pages wait for those that are transcribed
_SECONDS_BETWEEN_LOOKS = 0.05

Which = Literal["flagged", "all"]


@dataclass(frozen=True, slots=True)
class Transcriber:
    """How pages are transcribed.

    Attributes:
      models: those of the run.
      engine: which of them; the first if empty.
      which: pages with doubtful text ("flagged") or all.
      accelerator: see `pipelines.ask.Ask`.
    """

    models: ModelsSpec
    engine: str = ""
    which: Which = "flagged"
    accelerator: str = ""

    @property
    def engines(self) -> tuple[str, ...]:
        """Names of those that are asked."""
        return (self.engine,)


def checked_transcriber(options: PipelineOptions, models: ModelsSpec | None) -> Transcriber | None:
    """Returns how pages are transcribed; None if they aren't.

    Raises:
      UsageError: there is no model.
    """
    chosen = options.view_as(TranscriberOptions)
    if chosen.transcriber == "none":
        return None
    if models is None:
        raise UsageError(f"--transcriber {chosen.transcriber} needs --llm_url and --llm_model")
    engine = checked_engine(models, chosen.transcriber_engine, "transcriber_engine")
    return Transcriber(models, engine, chosen.transcribe, accelerator(options, models, [engine]))


def checked_ocr(mode: OcrMode, languages: str) -> Ocr:
    """Returns how pages are recognised.

    Raises:
      UsageError: the options name data of Tesseract's that isn't there.
    """
    ocr = Ocr(mode, languages)
    try:
        check_ocr(ocr)
    except OcrUnavailable as error:
        raise UsageError(f"--ocr: {error}") from None
    return ocr


class Transcribe(beam.PTransform):
    """Documents -> the same documents, with pages as the model reads them.

    Counters: `llm/requests`, `llm/failures`, `llm/prompt_tokens`, `llm/completion_tokens`;
    `transcribe/pages` (those that the model was shown), `transcribe/used`, `transcribe/blank`, and
    `transcribe/fallback/REASON`.

    Args:
      transcriber: how.
      pool: the processes that draw the pages.
    """

    def __init__(self, transcriber: Transcriber, pool: ReaderPool):
        super().__init__(label="transcribe")
        self.do = _Transcribe(transcriber, pool)
        self.accelerator = transcriber.accelerator

    def expand(self, documents: beam.PCollection[Document]) -> beam.PCollection[Document]:
        transcribe = beam.ParDo(self.do).with_output_types(Document)
        if self.accelerator:
            transcribe = transcribe.with_resource_hints(accelerator=self.accelerator)
        return documents | transcribe


class _Transcribe(beam.DoFn):
    def __init__(self, transcriber: Transcriber, pool: ReaderPool):
        self.transcriber, self.pool = transcriber, pool

    def setup(self) -> None:
        self.models = open_models(self.transcriber.models, self.transcriber.engines)
        self.readers = open_readers(self.pool)
        self.worker = DocumentTranscriber(self.transcriber, self.models, self.readers, self.pool.limits)

    def teardown(self) -> None:
        close_models(self.transcriber.models)
        close_readers(self.pool)

    def start_bundle(self) -> None:
        self.models.look_again()
        # A bundle that broke off leaves work behind that is none of the next one's.
        self.flow = Flow(self.models)
        self.begun: set[Progress] = set()

    def process(self, document: Document) -> Iterator[Document]:
        progress = Progress(document.pages, len(_wanted(document, self.transcriber.which)))
        if not progress.left:
            yield document
            return
        self.begun.add(progress)
        self.flow.begin(progress, self.worker.transcribe(document, progress))
        while self.flow.ready or (self.flow.begun and self._is_busy()):
            with suppress(Empty):
                yield self._next(_SECONDS_BETWEEN_LOOKS)

    def _is_busy(self) -> bool:
        """Whether the documents that were begun keep the model busy, or are as many as may be held."""
        left, held = (sum(n) for n in zip(*((one.left, one.pages) for one in self.begun), strict=True))
        return left >= self.worker.pages_at_once or held >= _PAGES_HELD

    def finish_bundle(self) -> Iterator[Any]:
        while self.flow.begun:
            yield GlobalWindows.windowed_value(self._next())

    def _next(self, timeout_s: float | None = None) -> Document:
        """Waits for a document to be done.

        Raises:
          queue.Empty: none was in that time.
        """
        progress, future = self.flow.next(timeout_s)
        self.begun.remove(progress)
        try:
            document, counts = future.result()
        except Fatal:  # Beam may end the process without a teardown
            self.models.flush()
            raise
        for name, n in counts.items():
            Metrics.counter(NAMESPACE, name).inc(n)
        return cast(Document, document)


@dataclass(slots=True, eq=False)
class Progress:
    """How far a document is.

    Attributes:
      pages: of the document.
      left: those that are neither transcribed nor given up.
    """

    pages: int
    left: int


class DocumentTranscriber:
    """What one worker process has: a model, readers that draw, and so many pictures at a time.

    Args:
      transcriber: see `Transcribe`.
      models, readers: opened.
      limits: on a document.

    Attributes:
      pages_at_once: those that the model works on, and the next ones, drawn ahead.
    """

    def __init__(self, transcriber: Transcriber, models: Models, readers: Readers, limits: Limits):
        self.which, self.limits, self.readers = transcriber.which, limits, readers
        self.engine = models[transcriber.engine]
        self.drawing = asyncio.Lock()
        self.pages_at_once = self.engine.spec.concurrency + PAGES_AT_ONCE
        self.free = asyncio.Semaphore(self.pages_at_once)
        self.prompt = load_prompt("transcribe_page")

    async def transcribe(self, document: Document, progress: Progress) -> tuple[Document, Counter[str]]:
        """Returns the document with its pages transcribed, and what there is to count.

        Takes its pages off what is left of `progress`, each as soon as the model is done with it.
        """
        counts: Counter[str] = Counter()
        wanted = _wanted(document, self.which)
        if not wanted:
            return document, counts
        asked: list[tuple[int, asyncio.Task[list[Block] | str | None]]] = []
        notes = []
        try:
            async with self.drawing:  # the bytes of one document are held at a time
                await self._ask(document, wanted, asked, counts, progress)
        except (UnreadableDocument, ReaderError, OSError) as error:
            left = len(wanted) - len(asked)
            progress.left -= left
            counts["transcribe/fallback/not_drawn"] += left
            notes.append(f"{left} pages could not be drawn: {' '.join(str(error).split())[:200]}")
        pages: dict[int, list[Block]] = {}
        for number, task in asked:
            made = await task
            if isinstance(made, str):
                counts[f"transcribe/fallback/{made}"] += 1
                notes.append(f"page {number}: not transcribed, {made}")
            elif made is not None:
                counts["transcribe/used"] += 1
                pages[number] = made
        return with_pages(document, pages, notes), counts

    async def _ask(
        self,
        document: Document,
        wanted: Sequence[int],
        asked: list[tuple[int, asyncio.Task[list[Block] | str | None]]],
        counts: Counter[str],
        progress: Progress,
    ) -> None:
        """Draws pages and shows them to the model; adds to `asked` what is in flight."""
        layers = page_texts(document)
        data = await asyncio.to_thread(document_bytes, document.uri, self.limits)
        for start in range(0, len(wanted), PAGES_AT_ONCE):
            numbers = wanted[start : start + PAGES_AT_ONCE]
            pictures = await asyncio.to_thread(self._draw, data, numbers)
            looks = await asyncio.to_thread(lambda drawn: [_look_at(one) for one in drawn], pictures)
            for number, picture, look in zip(numbers, pictures, looks, strict=True):
                await self.free.acquire()
                work = self._page(picture, look, number, layers.get(number, ""), counts, progress)
                asked.append((number, asyncio.create_task(work)))

    def _draw(self, data: bytes, pages: Sequence[int]) -> list[bytes]:
        with self.readers.one() as reader:
            return reader.render(data, pages, DPI)

    async def _page(
        self,
        picture: bytes,
        look: tuple[int, int, bool],
        number: int,
        layer: str,
        counts: Counter[str],
        progress: Progress,
    ) -> list[Block] | str | None:
        """Returns the blocks of a page, or why the model's answer is of no use; None for a blank page."""
        try:
            width, height, blank = look
            if blank:
                counts["transcribe/blank"] += 1
                return None
            counts["transcribe/pages"] += 1
            asked = messages(self.prompt, picture)
            try:
                answer = await self.engine.ask(
                    Request(asked, {"temperature": 0, "max_tokens": MAX_TOKENS}, self.prompt.id)
                )
            except ModelError as error:
                return error.reason
        finally:
            self.free.release()
            progress.left -= 1
        box = Box(number, 0.0, 0.0, width * 72 / DPI, height * 72 / DPI)
        try:
            return await asyncio.to_thread(_blocks, answer, layer, box)
        except Exception:  # an answer that trips our own parser costs itself alone
            return "unreadable"


def _blocks(answer: Answer, layer: str, box: Box) -> list[Block] | str:
    text = check(answer.text, answer.finish_reason, answer.refusal, layer)
    return text.failure or page_blocks(text.markdown, box)


def _wanted(document: Document, which: Which) -> Sequence[int]:
    if document.format != "pdf":
        return ()
    return range(1, document.pages + 1) if which == "all" else flagged_pages(document)


def messages(prompt: Prompt, picture: bytes) -> list[dict[str, Any]]:
    """Returns the conversation that shows a page, a PNG file, to a model."""
    address = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    return [
        {"role": "system", "content": prompt.system},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": prompt.user},
                {"type": "image_url", "image_url": {"url": address}},
            ],
        },
    ]


def _look_at(picture: bytes) -> tuple[int, int, bool]:
    """Returns the width and height of a picture that we drew, and whether it is of one colour."""
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        extremes = image.convert("L").getextrema()
        return image.width, image.height, extremes[0] == extremes[1]
