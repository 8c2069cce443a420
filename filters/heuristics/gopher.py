"""Gopher's rules of quality: Rae et al., Scaling Language Models, arXiv 2112.11446, appendix A.1.1.

The paper doesn't say what its words are. Here they are those of `filters.words`, marks left out, and the
share of words with a letter is of the strings between blanks, as in Dolma. datatrove counts every mark as a
word without a letter there, and so drops a quarter of the pages of novels for their punctuation; its
tokeniser (spaCy's) also cuts "don't" and "well-known" apart and counts a few words more.
"""

from __future__ import annotations

import re
from functools import cache, partial

from pydantic import Field

from filters.kinds import Bound, FilterOptions, Kind, Score, Value
from filters.phrases import phrases
from filters.words import Text, Texts, is_dense

_LETTER = re.compile(r"[^\W\d_]")


class GopherQuality(FilterOptions):
    """Thresholds as published; null turns one off."""

    min_words: int | None = Field(50, ge=0)
    max_words: int | None = Field(100_000, ge=0)
    min_mean_word_length: float | None = Field(3, ge=0)
    max_mean_word_length: float | None = Field(10, ge=0)
    max_hashes_per_word: float | None = Field(0.1, ge=0)
    max_ellipses_per_word: float | None = Field(0.1, ge=0)
    max_bullet_lines: float | None = Field(0.9, ge=0, le=1)
    max_ellipsis_lines: float | None = Field(0.3, ge=0, le=1)
    min_alpha_words: float | None = Field(0.8, ge=0, le=1)
    min_stop_words: int | None = Field(2, ge=0)
    language: str = "en"


SCORES = (
    Score("words", "int64", "words, marks left out"),
    Score("mean_word_length", "float64", "characters a word; null where words aren't separated by blanks"),
    Score("hashes_per_word", "float64", "# signs a word"),
    Score("ellipses_per_word", "float64", "ellipses a word"),
    Score("bullet_lines", "float64", "share of lines that begin with a bullet"),
    Score("ellipsis_lines", "float64", "share of lines that end with an ellipsis"),
    Score("alpha_words", "float64", "share of strings between blanks with a letter"),
    Score("stop_words", "int64", "different function words of the language; null without a list of them"),
)
BOUNDS = (
    Bound("words", "min_words", "too_few_words"),
    Bound("words", "max_words", "too_many_words"),
    Bound("mean_word_length", "min_mean_word_length", "short_words"),
    Bound("mean_word_length", "max_mean_word_length", "long_words"),
    Bound("hashes_per_word", "max_hashes_per_word", "hashes"),
    Bound("ellipses_per_word", "max_ellipses_per_word", "ellipses"),
    Bound("bullet_lines", "max_bullet_lines", "bullets"),
    Bound("ellipsis_lines", "max_ellipsis_lines", "cut_lines"),
    Bound("alpha_words", "min_alpha_words", "few_letters"),
    Bound("stop_words", "min_stop_words", "few_stop_words"),
)


def score(text: Text, language: str = "en") -> tuple[Value, ...]:
    """Returns the values of `SCORES`.

    Args:
      language: whose function words are counted, ISO 639-1; `auto` for the one that has most of them.
    """
    raw, words, strings = text.raw, text.words, text.raw.split()
    many = len(words) or 1
    lines = raw.splitlines() or [""]
    spaced = words if raw.isascii() else [word for word in words if not is_dense(word)]
    length = sum(map(len, spaced)) / len(spaced) if spaced and 2 * len(spaced) > len(words) else None
    return (
        len(words),
        length,
        raw.count("#") / many,
        (raw.count("...") + raw.count("…")) / many,
        sum(line.lstrip().startswith(("•", "-")) for line in lines) / len(lines),
        sum(line.rstrip().endswith(("...", "…")) for line in lines) / len(lines),
        sum(map(_has_letter, strings)) / (len(strings) or 1),
        _stop_words(set(words), language),
    )


def _has_letter(string: str) -> bool:
    return string.isalpha() or _LETTER.search(string) is not None


def _stop_words(words: set[str], language: str) -> int | None:
    lists = _lists()
    if language == "auto":
        return max(len(stop & words) for stop in lists.values())
    return len(lists[language] & words) if language in lists else None


@cache
def _lists() -> dict[str, frozenset[str]]:
    """Function words by language; the English ones are the paper's."""
    return {language: frozenset(words) for language, words in phrases("stop_words").items()}


def _open(options: GopherQuality) -> partial[tuple[Value, ...]]:
    return partial(_score, options)


def _score(options: GopherQuality, texts: Texts) -> tuple[Value, ...]:
    return score(texts.text(options.columns), options.language)


def _check(options: GopherQuality) -> None:
    if options.language != "auto" and options.language not in _lists():
        raise ValueError(f"language {options.language}: no function words; there are {', '.join(_lists())}")


KIND = Kind(
    "gopher_quality",
    "Gopher's rules of quality (arXiv 2112.11446)",
    GopherQuality,
    lambda options: SCORES,
    _open,
    BOUNDS,
    measured=("language",),
    check=_check,
)
