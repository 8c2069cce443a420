"""Readers: the bytes of a document in any supported format become one `Document` of `Block`s.

The entry point is `read_document`; the modules beside it hold one reader a format.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from extractors.documents.limits import Limits, UnreadableDocument
from schemas.document import Document, DocumentFormat

__all__ = ["Limits", "UnreadableDocument", "read_document"]

_DEFAULT = Limits()


def read_document(data: bytes, uri: str, limits: Limits = _DEFAULT) -> Document:
    """Returns the document that `data` holds, whatever its format.

    Args:
      data: the document's bytes.
      uri: where they come from; its extension helps only between Markdown and plain text.
      limits: what is refused.

    Raises:
      UnreadableDocument: it can't be read. Nothing else is ever raised for a bad document.
      ImportError: a library or the language model's file is missing, whatever the document.
    """
    from extractors.documents.language import guess_language
    from extractors.documents.recognise import recognise

    try:
        document = _read(recognise(data, uri, limits), data, uri, limits)
    except (UnreadableDocument, ImportError):  # a broken installation is no fault of the document
        raise
    except MemoryError:
        raise UnreadableDocument("out_of_memory", "reading it needs more memory than there is") from None
    except Exception as error:  # a reader's own mistake with a hostile document must not end the run
        detail = " ".join(f"the reader failed: {type(error).__name__}: {error}".split())
        raise UnreadableDocument("damaged", detail[:300]) from error
    _check_size(document, limits)
    if not document.blocks and not document.notes:
        raise UnreadableDocument("empty", "no text")
    if document.format == "pdf":
        sample = document.text
    else:
        sample = "\n".join(block.text for block in document.blocks if block.kind != "code")
    return replace(document, language=guess_language(sample))


def _check_size(document: Document, limits: Limits) -> None:
    blocks, size = len(document.blocks), sum(len(block.text) for block in document.blocks)
    if blocks > limits.max_blocks:
        raise UnreadableDocument("too_large", f"{blocks:,} blocks, at most {limits.max_blocks:,}")
    if size > limits.max_text_megabytes * 1_000_000:
        raise UnreadableDocument(
            "too_large", f"{size:,} characters, at most {limits.max_text_megabytes * 1_000_000:,}"
        )


def _read(document_format: DocumentFormat, data: bytes, uri: str, limits: Limits) -> Document:
    sha256 = hashlib.sha256(data).hexdigest()
    if document_format == "pdf":
        from extractors.documents.pdf import read_pdf

        return read_pdf(data, uri, sha256, limits)
    if document_format == "docx":
        from extractors.documents.pandoc import read_docx

        return read_docx(data, uri, sha256, limits)
    if document_format == "epub":
        from extractors.documents.pandoc import read_epub

        return read_epub(data, uri, sha256, limits)
    if document_format == "latex":
        from extractors.documents.pandoc import read_latex

        return read_latex(data, uri, sha256, limits)
    if document_format == "html":
        from extractors.documents.html import read_html

        return read_html(data, uri, sha256, limits)
    if document_format == "markdown":
        from extractors.documents.markdown import read_markdown

        return read_markdown(data, uri, sha256, limits)
    if document_format == "notebook":
        from extractors.documents.notebook import read_notebook

        return read_notebook(data, uri, sha256, limits)
    from extractors.documents.text import read_text

    return read_text(data, uri, sha256, limits)
