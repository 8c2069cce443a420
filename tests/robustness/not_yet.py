"""Layouts that are not read well enough yet, each with the reason.

The marks are strict: a layout that begins to hold fails the test until its line is removed here.
"""

from __future__ import annotations

NOT_YET: dict[str, str] = {
    "en-pdf-mark-scheme-table": "mark schemes in tables are not read",
    "xx-epub-section-end-invented-words": "worked examples under an unknown word",
    "xx-docx-companion-of-bare-numbers": "no word is known, and the companion has bare numbers",
    "xx-text-inline-invented-words": "no word is known, and nothing is bold",
    "xx-html-table-invented-words": "keys in tables under an unknown word",
}
