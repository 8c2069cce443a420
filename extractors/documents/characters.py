"""Characters: what may stand in a block's text, and how blanks are written."""

from __future__ import annotations

import re
import unicodedata
from posixpath import basename
from urllib.parse import unquote, urlsplit

_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x2060, 0xFEFF])
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_SPACED_BREAK = re.compile(r" *\n[ \n]*")


def printable(text: str) -> str:
    """Returns text in NFC without control characters, surrogates and invisible characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return unicodedata.normalize("NFC", _CONTROL.sub("", text).translate(_INVISIBLE))


def one_spaced(text: str) -> str:
    """Returns text with every run of blanks as one space; line breaks stay, one at a time."""
    return _SPACED_BREAK.sub("\n", _BLANKS.sub(" ", text))


def file_name(source: str) -> str:
    """Returns the last part of an image's address; `image` for data held in the address itself."""
    if source.startswith("data:") or not source:
        return "image"
    try:
        path = urlsplit(source).path
    except ValueError:  # "//[" is no address
        path = source
    return basename(unquote(path)) or "image"
