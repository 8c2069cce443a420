"""Gopher's rules of repetition: Rae et al., Scaling Language Models, arXiv 2112.11446, A.1.1, table A1.

N-grams are of words and marks (`filters.words`) and compared as they are. As in datatrove, the characters of
an n-gram count without blanks where all duplicates count, with them for the most frequent one, and shares are
of all characters; an n-gram that was counted as a duplicate is not counted again within an overlapping one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

from pydantic import Field

from filters.kinds import Bound, FilterOptions, Kind, Score, Value
from filters.words import Text, Texts

_PARAGRAPHS, _LINES = re.compile(r"\n{2,}"), re.compile(r"\n+")
_TOP = (2, 3, 4)
_DUPLICATE = (5, 6, 7, 8, 9, 10)


class GopherRepetition(FilterOptions):
    """Thresholds as published; null turns one off."""

    max_duplicate_paragraphs: float | None = Field(0.3, ge=0, le=1)
    max_duplicate_paragraph_chars: float | None = Field(0.2, ge=0, le=1)
    max_duplicate_lines: float | None = Field(0.3, ge=0, le=1)
    max_duplicate_line_chars: float | None = Field(0.2, ge=0, le=1)
    max_top_2_gram: float | None = Field(0.2, ge=0)
    max_top_3_gram: float | None = Field(0.18, ge=0)
    max_top_4_gram: float | None = Field(0.16, ge=0)
    max_duplicate_5_grams: float | None = Field(0.15, ge=0, le=1)
    max_duplicate_6_grams: float | None = Field(0.14, ge=0, le=1)
    max_duplicate_7_grams: float | None = Field(0.13, ge=0, le=1)
    max_duplicate_8_grams: float | None = Field(0.12, ge=0, le=1)
    max_duplicate_9_grams: float | None = Field(0.11, ge=0, le=1)
    max_duplicate_10_grams: float | None = Field(0.10, ge=0, le=1)


SCORES = (
    Score("duplicate_paragraphs", "float64", "share of paragraphs that stood before"),
    Score("duplicate_paragraph_chars", "float64", "share of characters in them"),
    Score("duplicate_lines", "float64", "share of lines that stood before"),
    Score("duplicate_line_chars", "float64", "share of characters in them"),
    *(Score(f"top_{n}_gram", "float64", f"share of characters in the most frequent {n}-gram") for n in _TOP),
    *(
        Score(f"duplicate_{n}_grams", "float64", f"share of characters in {n}-grams that stood before")
        for n in _DUPLICATE
    ),
)
BOUNDS = tuple(Bound(score.name, f"max_{score.name}", score.name) for score in SCORES)


def score(text: Text) -> tuple[Value, ...]:
    """Returns the values of `SCORES`."""
    raw, tokens = text.raw, text.tokens
    size = len(raw) or 1
    paragraphs, lines = _PARAGRAPHS.split(raw.strip()), _LINES.split(raw)
    twice_paragraphs, paragraph_chars = duplicates(paragraphs)
    twice_lines, line_chars = duplicates(lines)
    return (
        twice_paragraphs / len(paragraphs),
        paragraph_chars / size,
        twice_lines / len(lines),
        line_chars / size,
        *(_top(tokens, n) / size for n in _TOP),
        *(characters / size for characters in _duplicate_grams(tokens)),
    )


def duplicates(parts: Iterable[str]) -> tuple[int, int]:
    """Returns how many of the parts stood before, and how many characters these have."""
    parts = list(parts)
    once = set(parts)
    if len(once) == len(parts):
        return 0, 0
    return len(parts) - len(once), sum(map(len, parts)) - sum(map(len, once))


def _top(tokens: Sequence[str], n: int) -> int:
    """Returns the characters of the most frequent n-gram, with its blanks, times its number."""
    grams = Counter(_grams(tokens, n))
    if not grams:
        return 0
    most = max(grams, key=grams.__getitem__)
    return (sum(map(len, most)) + n - 1) * grams[most]


def _grams(tokens: Sequence[str], n: int) -> Iterable[tuple[str, ...]]:
    return zip(*(tokens[k:] for k in range(n)), strict=False)


def _duplicate_grams(tokens: Sequence[str]) -> list[int]:
    """Returns, for every n, how many characters stand in n-grams that stood before."""
    found = [0] * len(_DUPLICATE)
    for place, n in enumerate(_DUPLICATE):
        grams = list(_grams(tokens, n))
        if len(set(grams)) == len(grams):  # nor is any longer one there twice
            break
        seen: set[tuple[str, ...]] = set()
        start = 0
        while start < len(grams):
            gram = grams[start]
            if gram in seen:
                found[place] += sum(map(len, gram))
                start += n
            else:
                seen.add(gram)
                start += 1
    return found


def _score(options: GopherRepetition, texts: Texts) -> tuple[Value, ...]:
    return score(texts.text(options.columns))


KIND = Kind(
    "gopher_repetition",
    "Gopher's rules of repetition (arXiv 2112.11446)",
    GopherRepetition,
    lambda options: SCORES,
    lambda options: partial(_score, options),
    BOUNDS,
)
