"""Options that several recipes share, as Beam `PipelineOptions`."""

from __future__ import annotations

import argparse
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions

from extractors.documents.limits import OCR_MODES


def positive(text: str) -> int:
    """A whole number above zero."""
    number = int(text) if text.strip().isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, not {text!r}")
    return number


def share(text: str) -> float:
    """A number from 0 to 1."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 1, not {text!r}")
    return number


class RunOptions(PipelineOptions):
    """What every run has."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--input",
            nargs="+",
            action="extend",
            metavar="PATH",
            help="files, folders (with all in them but hidden files) or globs; local, gs://, s3://, hdfs://",
        )
        parser.add_argument("--output", metavar="DIR", help="folder that the run writes; made if missing")
        parser.add_argument("--config", metavar="FILE", help="YAML of options; the command line wins")
        parser.add_argument(
            "--workers",
            type=positive,
            default=1,
            metavar="N",
            help="processes on this machine that read documents, or work on rows",
        )
        parser.add_argument(
            "--num_shards",
            type=positive,
            metavar="N",
            help="Parquet files of the dataset; one for every 50,000 rows if not given",
        )
        parser.add_argument(
            "--overwrite",
            action="store_true",
            default=False,
            help="remove what an earlier run wrote to --output, and nothing else",
        )
        parser.add_argument(
            "--resume",
            action="store_true",
            default=False,
            help="like --overwrite, but keep the finished model answers of the earlier run",
        )
        parser.add_argument(
            "--verbose", action="store_true", default=False, help="show the log of Beam and its workers"
        )


class DocumentOptions(PipelineOptions):
    """Which documents are read."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--max_document_mb",
            type=positive,
            default=200,
            metavar="MB",
            help="larger documents are rejected as too_large",
        )
        parser.add_argument(
            "--max_pages",
            type=positive,
            default=5000,
            metavar="N",
            help="longer documents are rejected as too_many_pages",
        )
        parser.add_argument(
            "--document_timeout_s",
            type=positive,
            default=600,
            metavar="SECONDS",
            help="documents that take longer to read are rejected as timeout",
        )
        parser.add_argument(
            "--document_memory_mb",
            type=positive,
            default=800,
            metavar="MB",
            help="documents that need more memory to read are rejected as out_of_memory",
        )
        parser.add_argument(
            "--ocr",
            choices=OCR_MODES,
            default="auto",
            help="PDF pages read by OCR: those without a usable text layer, none, or all",
        )
        parser.add_argument(
            "--ocr_languages",
            default="",
            metavar="NAMES",
            help="of Tesseract's data, such as eng+deu; the one that reads a page best if not given",
        )


class TranscriberOptions(PipelineOptions):
    """Which pages of PDFs a vision model transcribes."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--transcriber",
            choices=("none", "vlm"),
            default="none",
            help="vlm: a vision model reads pictures of pages",
        )
        parser.add_argument(
            "--transcriber_engine", metavar="NAME", help="which of --llm_engines; the first if not given"
        )
        parser.add_argument(
            "--transcribe",
            choices=("flagged", "all"),
            default="flagged",
            help="pages with doubtful mathematics, with OCR or without text; or all",
        )
