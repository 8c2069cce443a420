"""Marks that a reader writes into a source before pandoc reads it, and finds again in its tree.

They are characters of Unicode's private use area, which pandoc hands through; a document's own are
taken off before.
"""

from __future__ import annotations

import re

_ITEM, _END, _BLANK, _TARGET, _DECLARED = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_MARK = re.compile(f"([{_ITEM}{_TARGET}])([^{_END}]*){_END} ?")
_DECLARATION = re.compile(f"{_DECLARED}([^{_END}]*){_END}")
_OURS = re.compile("[\ue000-\ue00f]")


def without_marks(text: str) -> str:
    """Returns a document's text without the characters that marks consist of."""
    return _OURS.sub("", text)


def mark_item(label: str) -> str:
    """Returns the mark that says how the list item or heading it stands in is labelled."""
    return f"{_ITEM}{without_marks(label).replace(' ', _BLANK)}{_END} "


def mark_target(identifier: str) -> str:
    """Returns the mark that says which other element the one it stands in belongs to."""
    return f"{_TARGET}{without_marks(identifier).replace(' ', _BLANK)}{_END} "


def mark_declared(name: str) -> str:
    """Returns the mark that says what the list item it stands in is."""
    return f"{_DECLARED}{name}{_END} "


def declared(text: str) -> str:
    """Returns what the item that a text begins is; empty if no mark says so."""
    match = _DECLARATION.search(text)
    return match[1] if match else ""


def split_marks(text: str) -> tuple[str, str | None, str | None]:
    """Returns a text without its marks, the label they hold and the target; None where there is none."""
    label = target = None
    for mark, content in _MARK.findall(text):
        if mark == _ITEM:
            label = content.replace(_BLANK, " ")
        else:
            target = content.replace(_BLANK, " ")
    return _OURS.sub("", _DECLARATION.sub("", _MARK.sub("", text))), label, target


def has_marks(text: str) -> bool:
    return _ITEM in text or _TARGET in text or _DECLARED in text
