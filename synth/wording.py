"""What a model wrote as an answer, without thoughts, marks of type and announcements."""

from __future__ import annotations

import re
from functools import cache

from synth.notation import without_thoughts
from synth.tokens import MAX_CHARACTERS, tokens
from synth.verify import boxed
from synth.words import load, words

_MARKUP = re.compile(r"\*\*|__|`+|^#+\s|^>\s|^\*\s+|(?<![\w*])\*([^*\n]+)\*(?![\w*])", re.MULTILINE)
_MARKED = re.compile(r"[*_`#>\\<]")
_TYPE = re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf)\s*\{([^{}]*)\}")


def plain(answer: str) -> str:
    """Returns an answer without thoughts and marks of type; if there is a box, what it holds."""
    if answer.isascii() and not _MARKED.search(answer):
        return answer.strip()
    said = without_thoughts(answer).strip()
    if "\\" in said and (held := boxed(said)) and not _denies(said):
        said = held
    said = _MARKUP.sub(r"\1", _TYPE.sub(r"\1", said))
    return said.strip()


def _denies(text: str) -> bool:
    return bool(set(tokens(text[:MAX_CHARACTERS])) & words("en", "never"))


def announced(text: str, language: str) -> str | None:
    """Returns what a text announces as its answer ("The answer is Paris."), if it begins so; else None."""
    found = _intro(language).match(text)
    return text[found.end() :].strip(" \t:：.") or None if found else None


@cache
def _intro(language: str) -> re.Pattern[str]:
    known = load("answers")
    intros = [
        intro for code in dict.fromkeys((language, "en")) for intro in known.get(code, {}).get("intro", ())
    ]
    return re.compile(rf"^(?:{'|'.join(intros)})\s*", re.IGNORECASE)
