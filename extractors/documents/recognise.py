"""What a document is, by its content; its name helps only between kinds of plain text."""

from __future__ import annotations

import re
from posixpath import splitext

from extractors.documents.limits import Limits, UnreadableDocument
from schemas.document import DocumentFormat

SUPPORTED = "PDF, DOCX, EPUB, HTML, LaTeX, Markdown, Jupyter notebooks and plain text are read"

MAX_TEXT_MEGABYTES = 30
MAX_TAGS = 4_000_000
"""What takes some 3 GB to read; texts larger than that are data. A page may hold pictures besides."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(r"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_HTML_TAG = re.compile(
    r"<(?:p|div|h[1-6]|ul|ol|li|table|span|section|article|br|math|script|style)[\s>/]",
    re.IGNORECASE,
)
_LATEX = re.compile(r"^[^%\n]*\\(?:documentclass|documentstyle|begin\{document\})", re.MULTILINE)
_LATEX_COMMAND = re.compile(
    r"\\(?:begin|end|section|subsection|chapter|item|label|question|textbf|emph|newcommand)\b"
)
_MARKDOWN = [
    re.compile(r"^ {0,3}#{1,6} \S", re.MULTILINE),
    re.compile(r"^ {0,3}(?:```|~~~|:::)", re.MULTILINE),
    re.compile(r"\]\([^()\s]++[()]"),
    re.compile(r"\*\*[^\s*][^*\n]*\*\*|(?<!\w)__[^\s_][^_\n]*__"),
    re.compile(r"^---\n(?:[\w-]+:.*\n)+---$", re.MULTILINE),
    re.compile(r"<details>|<summary>", re.IGNORECASE),
    re.compile(r"\$[^$\n]+\$"),
    re.compile(r"^ {0,3}> \S", re.MULTILINE),
]
_MARKDOWN_NAMES = {
    ".md",
    ".markdown",
    ".mdown",
    ".mkd",
    ".qmd",
    ".rmd",
    ".mdx",
    ".myst",
}
_TEXT_NAMES = {".txt", ".text", ".log"}
_OTHER_NAMES = {".rst", ".adoc", ".org"}
_MAGIC = [
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "an archive"),
    (b"Rar!", "an archive"),
    (b"AT&T", "a DjVu file"),
    (b"%!PS", "a PostScript file"),
]
_FEW = 3
"""Control characters that may have slipped into even the shortest text."""
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1b\x1a"))


def recognise(data: bytes, uri: str, limits: Limits) -> DocumentFormat:
    """Returns a document's format.

    Raises:
      UnreadableDocument: empty, too_large, encrypted, damaged or unknown_type.
    """
    if len(data) > limits.max_megabytes * 1_000_000:
        raise UnreadableDocument("too_large", f"{len(data) // 1_000_000} MB, at most {limits.max_megabytes}")
    if not data.strip(b"\0 \t\r\n\f"):
        raise UnreadableDocument("empty", "no content")
    if b"%PDF" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _recognise_archive(data, limits)
    if data.startswith(_OLE):
        return _refuse_ole(data)
    for magic, name in _MAGIC:
        if data.startswith(magic):
            raise UnreadableDocument("unknown_type", f"{name}; {SUPPORTED}")
    found = _recognise_text(data, splitext(uri.lower())[1])
    if found in ("markdown", "text", "latex") and len(data) > MAX_TEXT_MEGABYTES * 1_000_000:
        size = f"{len(data) / 1_000_000:.1f} MB of {found}"
        raise UnreadableDocument(
            "too_large", f"{size}; the bound for texts is fixed: {MAX_TEXT_MEGABYTES} MB"
        )
    if found == "html" and data.count(b"<") > MAX_TAGS:
        raise UnreadableDocument("too_large", f"over {MAX_TAGS} tags, a fixed bound")
    return found


def _recognise_archive(data: bytes, limits: Limits) -> DocumentFormat:
    from extractors.documents.zips import archive_names, archive_text, check_archive

    check_archive(data, limits)
    names = archive_names(data)
    if "word/document.xml" in names or (
        "[Content_Types].xml" in names and any(n.startswith("word/document") for n in names)
    ):
        return "docx"
    kind = archive_text(data, "mimetype", 200) if "mimetype" in names else ""
    if "epub" in kind or "META-INF/container.xml" in names:
        if _is_protected(archive_text(data, "META-INF/encryption.xml")):
            raise UnreadableDocument("encrypted", "an EPUB with digital rights management")
        return "epub"
    name = "an OpenDocument file" if "opendocument" in kind else "an archive"
    raise UnreadableDocument("unknown_type", f"{name}; {SUPPORTED}")


def _is_protected(encryption: str) -> bool:
    """Whether an EPUB's encryption.xml names more than obfuscated fonts."""
    algorithms = re.findall(r"Algorithm\s*=\s*[\"']([^\"'<]+)", encryption)
    content = re.findall(r"<(?:[\w-]{1,40}:)?CipherReference\s[^<>]*?URI\s*=\s*[\"']([^\"'<]+)", encryption)
    fonts = (".otf", ".ttf", ".woff", ".woff2")
    obfuscated = all("obfuscation" in a.lower() or "RC" in a for a in algorithms)
    return bool(content) and not obfuscated and not all(uri.lower().endswith(fonts) for uri in content)


def _refuse_ole(data: bytes) -> DocumentFormat:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise UnreadableDocument("encrypted", "an Office file with a password")
    raise UnreadableDocument("unknown_type", f"an old Office file; {SUPPORTED}")


def _recognise_text(data: bytes, extension: str) -> DocumentFormat:
    from extractors.documents.text import decode

    head = _whole_characters(data[:200_000])
    has_mark = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    control = len(head) - len(head.translate(None, _CONTROL))
    if not has_mark and control > _FEW + len(head) * 0.01:
        raise UnreadableDocument("unknown_type", f"binary data; {SUPPORTED}")
    text = decode(head)
    if not text.strip("\ufeff \t\r\n\f\0"):
        raise UnreadableDocument("empty", "no content")
    if text.lstrip("\ufeff \t\r\n").startswith("{") and '"cells"' in text and b'"nbformat"' in data:
        return "notebook"
    if extension == ".ipynb" and text.lstrip("\ufeff \t\r\n").startswith("{"):
        return "notebook"  # one that was cut
    if _looks_like_html(text):
        return "html"
    if extension not in _MARKDOWN_NAMES and _looks_like_latex(text, extension):
        return "latex"
    if extension in _MARKDOWN_NAMES:
        return "markdown"
    return "markdown" if _looks_like_markdown(text, extension) else "text"


def _whole_characters(head: bytes) -> bytes:
    """Takes off the bytes of a character of UTF-8 that the cut may have gone through."""
    for count in range(1, min(4, len(head)) + 1):
        if head[-count] < 0x80:
            return head[: len(head) - count + 1]
    return head


def _looks_like_html(text: str) -> bool:
    start = re.sub(r"^(?:\s|\ufeff|<\?xml[^>]*>|<!--.*?-->)+", "", text[:20_000], flags=re.DOTALL)
    if _HTML.match(start):
        return True
    return start.startswith("<") and len(_HTML_TAG.findall(text[:20_000])) >= 3 and "\n#" not in text[:20_000]


def _looks_like_latex(text: str, extension: str) -> bool:
    commands = len(_LATEX_COMMAND.findall(text))
    if extension in (".tex", ".ltx", ".latex"):
        return commands > 0 or "\\" in text
    if _LATEX.search(text):
        return "```" not in text
    return (
        commands >= 4 and commands * 400 > len(text) and not _MARKDOWN[0].search(text) and "```" not in text
    )


def _looks_like_markdown(text: str, extension: str) -> bool:
    signs = sum(1 for sign in _MARKDOWN if sign.search(text))
    return signs >= (3 if extension in _TEXT_NAMES else 2)
