"""Duplicates among pairs: what is compared of them, and which one of several is kept."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Literal, get_args

from schemas.ids import record_id
from schemas.scp116k import Pair

On = Literal["problem", "solution", "both"]
ON: tuple[On, ...] = get_args(On)

_NUMBER = re.compile(r"[-+−]?\d+")
_KINDS = ("full", "final_answer", "hint")
_QUALITIES = ("exact", "rebuilt", "doubtful")


def normalised(text: str) -> str:
    """Returns a text in Unicode's compatibility form, case folded, white space as single blanks."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def compared_texts(pair: Pair, on: On = "both") -> tuple[str, ...]:
    """Returns what two pairs are compared by; the problem with what is printed before it in common."""
    problem = f"{pair.context}\n{pair.problem}" if pair.context else pair.problem
    return {"problem": (problem,), "solution": (pair.solution,), "both": (problem, pair.solution)}[on]


def duplicate_key(pair: Pair, on: On = "both") -> str:
    """Returns what two pairs have in common when they say the same, however cased, spaced or encoded."""
    return record_id(*map(normalised, compared_texts(pair, on)))


def numbers_of(texts: tuple[str, ...]) -> str:
    """Returns the numbers in texts, with signs, in order.

    Problems whose numbers differ are different problems, however similar the words.
    """
    return "\n".join(" ".join(_NUMBER.findall(unicodedata.normalize("NFKC", text))) for text in texts)


def printed_order(pair: Pair) -> tuple[str, tuple[int, ...], str, tuple[int, ...], str]:
    """Returns the place of a pair in a total order: by document, then by position in it."""
    source = pair.source
    return (source.uri, source.problem_span, source.solution_uri, source.solution_span, pair.id)


def best_first(pair: Pair) -> tuple[Any, ...]:
    """Returns the place of a pair in a total order of similar ones: the judge's score, if there is one; how
    complete the solution is, and how well its mathematics was read; the longer one; the id.
    """
    return (
        -pair.judge.score if pair.judge else 0.0,
        _KINDS.index(pair.solution_kind),
        _QUALITIES.index(pair.math_quality),
        pair.ocr,
        -len(pair.problem) - len(pair.solution),
        pair.id,
    )
