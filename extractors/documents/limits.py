"""What a reader accepts, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

OcrMode = Literal["auto", "off", "force"]
OCR_MODES: tuple[OcrMode, ...] = get_args(OcrMode)


@dataclass(frozen=True, slots=True)
class Ocr:
    """Which pages are read from their pictures, and in which languages.

    Attributes:
      mode: "auto" for pages whose text layer is missing or doesn't say what the page shows; "off";
        "force" for every page.
      languages: names of Tesseract's data joined by "+" ("eng+deu"); empty for the one that reads
        a page of the document best.
    """

    mode: OcrMode = "auto"
    languages: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one document; beyond them it is refused, not cut. A megabyte is 1,000,000 bytes.

    Attributes:
      max_megabytes: of the file, and of what an archive unpacks to.
      max_pages: of a PDF.
      max_text_megabytes: of the text that comes out of it; a book of a thousand pages has some three.
      max_blocks: that come out of it; a book of a thousand pages has some 20,000.
      memory_megabytes: that reading it may take, the programs that help with it included.
      seconds: that reading it may take.
      ocr: no bound, but likewise the same for every document.
      needs_text: whether a PDF without any text is refused.
    """

    max_megabytes: int = 200
    max_pages: int = 5000
    max_text_megabytes: int = 20
    max_blocks: int = 100_000
    memory_megabytes: int = 800
    seconds: int = 600
    ocr: Ocr = Ocr()
    needs_text: bool = True


class UnreadableDocument(Exception):
    """A document that can't be read; the run goes on without it.

    Attributes:
      reason: one of unknown_type, empty, damaged, encrypted, too_large, too_many_pages, no_text,
        missing_dependency, timeout, out_of_memory; or, where a pipeline reads it, not_readable (its
        bytes can't be had), crashed.
      detail: one line for a person.
    """

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
