"""What a printed solution is: worked out, the final answer alone, or no more than a hint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

from extractors.problems.vocabulary import fold, pattern
from filters.phrases import phrases

SolutionKind = Literal["full", "final_answer", "hint"]

_SHORT_ANSWER = 60  # characters
_OPTION = re.compile(r"(?:^|\s)\(?([A-Ha-h])[).]\s+\S")
_LETTER = re.compile(r"\(?([A-Ha-h])\)?(?:[.):,;]+(?=\s|$)|$)")
_BOXED = "\\boxed{"
_MIN_OPTIONS = 3
_PART = re.compile(r"(?:^|\s)\(?([A-Ha-h])[).]\s")
_PIECES = re.compile(r"[,;:：；，、。]\s*(?=\D)|[.!?]\s+(?=\S)")
_CONCLUSION = re.compile(r"⇒|⟹|∴|→|\\(?:Rightarrow|implies|therefore|iff|Longrightarrow)(?![a-z])")
_EQUALITY = re.compile(r"[=≈≃]|\\approx(?![a-z])")
_COMPUTED = re.compile(r"[\d)}]\s*(?:[-+*/·×÷−]|\\(?:cdot|times|div)(?![a-z]))\s*[\d({]")
_SYMBOL = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_MATH = re.compile(r"\$[^$]*\$")
_MAX_LISTED = 3  # words of a piece in an answer of several


def solution_kind(problem: str, solution: str) -> SolutionKind:
    """Returns what a solution is; a hint is a text that begins with a word for one."""
    text = solution.strip()
    folded = fold(text[:80])
    hint = pattern("hint").match(folded)
    if hint and re.match(r"\s*[:：.]", folded[hint.end() :]):
        return "hint"
    return "final_answer" if text and text == (final_answer(problem, solution) or "") else "full"


def final_answer(problem: str, solution: str) -> str | None:
    """Returns the final answer that a solution states, if it is plain which one that is.

    That is, first come: the box or what follows "Answer:" within a short line of words; a solution of one
    short line, if it is no derivation; the letter that answers a problem with options; what a line or a
    sentence says after "Answer:" (in any language of `filters/data/answer.yaml`), the last one; the last
    `\\boxed{...}`.
    """
    text = solution.strip()
    parts = _counts_parts(text)
    stated = [answer for line in text.split("\n") for answer in _stated(line)]
    marked = stated[-1] if stated else _boxed(text)
    if text and "\n" not in text and len(text) <= _SHORT_ANSWER and not parts and not _derives(text):
        more = text.replace(_BOXED, "").replace(marked or "", "")
        return marked if marked and _WORD.search(more) else text
    if _has_options(problem) and not parts and (letter := _LETTER.match(text)):
        return letter[1]
    return marked


def _stated(line: str) -> Iterator[str]:
    """Yields what stands after "Answer:" at the beginning of a line, or of a sentence within it."""
    for rest in _marker().split(line)[1:]:
        if answer := rest.strip("*_ \t"):
            yield answer


def _counts_parts(text: str) -> bool:
    """Whether a text answers several parts: "a) 3 b) 5"."""
    letters = [letter.casefold() for letter in _PART.findall(text)]
    return letters[:2] == ["a", "b"] or (letters[:1] == ["b"] and letters[1:2] == ["c"])


def _derives(text: str) -> bool:
    """Whether a line says how its answer is found.

    A conclusion is drawn, an equation goes on (a = b = c) or begins with numbers to be computed
    (48/60 = 0.8), or a clause follows another one ("Yes, by comparison with the harmonic series").
    """
    if _CONCLUSION.search(text):
        return True
    pieces = [piece for piece in _PIECES.split(text) if piece.strip()]
    for piece in pieces:
        sides = _EQUALITY.split(piece)
        if len(sides) > 2 or (
            len(sides) == 2 and _COMPUTED.search(sides[0]) and not _SYMBOL.search(sides[0])
        ):
            return True
    return len(pieces) > 1 and any(len(_WORD.findall(_MATH.sub(" ", p))) > _MAX_LISTED for p in pieces)


def _has_options(problem: str) -> bool:
    letters = [letter.casefold() for letter in _OPTION.findall(problem)]
    return len(letters) >= _MIN_OPTIONS and letters == [chr(ord("a") + i) for i in range(len(letters))]


def _boxed(text: str) -> str | None:
    start = text.rfind(_BOXED)
    if start < 0:
        return None
    depth, begin = 1, start + len(_BOXED)
    for position in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return text[begin:position].strip() or None
    return None


@cache
def _marker() -> re.Pattern[str]:
    words = "|".join(word for language in phrases("answer").values() for word in language)
    return re.compile(rf"(?:^|(?<=[.!?。！？])\s)[*_\s]*(?:{words})[*_]*\s*[:：][*_]*", re.IGNORECASE)
