"""FineWeb's rules: Penedo et al., The FineWeb Datasets, arXiv 2406.17557, section 3.5 and appendix E.2.

The paper gives three (lines that end with punctuation, characters in repeated lines, short lines), and what
equals their thresholds is dropped; the fourth, line breaks a word, is in its code (datatrove), which has 0.01
instead of the paper's 0.1 for characters in repeated lines. Lines of white space alone don't count.
"""

from __future__ import annotations

from functools import partial

from pydantic import Field

from filters.heuristics.repetition import duplicates
from filters.kinds import Bound, FilterOptions, Kind, Score, Value
from filters.words import Text, Texts

SHORT_LINE = 30  # characters
# Unicode's sentence terminals that living scripts use; a closing quote is none of them, as in FineWeb's code.
_ENDS = tuple("!.?։؝؞؟۔।॥၊။።៕៖‼‽⁇⁈⁉。﹒﹖﹗！．？｡")


class FineWeb(FilterOptions):
    """Thresholds as published; null turns one off."""

    min_punctuated_lines: float | None = Field(0.12, ge=0, le=1)
    max_short_lines: float | None = Field(0.67, ge=0, le=1)
    max_duplicate_line_chars: float | None = Field(0.1, ge=0, le=1)
    max_breaks_per_word: float | None = Field(0.3, ge=0)


SCORES = (
    Score("punctuated_lines", "float64", "share of lines that end a sentence"),
    Score("short_lines", "float64", f"share of lines of {SHORT_LINE} characters or fewer"),
    Score("duplicate_line_chars", "float64", "share of characters in lines that stood before"),
    Score("breaks_per_word", "float64", "line breaks a word or mark"),
)
BOUNDS = (
    Bound("punctuated_lines", "min_punctuated_lines", "few_punctuated_lines", inclusive=True),
    Bound("short_lines", "max_short_lines", "short_lines", inclusive=True),
    Bound("duplicate_line_chars", "max_duplicate_line_chars", "duplicate_lines", inclusive=True),
    Bound("breaks_per_word", "max_breaks_per_word", "line_breaks"),
)


def score(text: Text) -> tuple[Value, ...]:
    """Returns the values of `SCORES`."""
    lines = [line for line in text.raw.split("\n") if not line.isspace() and line]
    many = len(lines) or 1
    breaks = text.raw.count("\n")
    return (
        sum(line.endswith(_ENDS) for line in lines) / many,
        sum(len(line) <= SHORT_LINE for line in lines) / many,
        duplicates(lines)[1] / ((len(text.raw) - breaks) or 1),
        breaks / (len(text.tokens) or 1),
    )


def _score(options: FineWeb, texts: Texts) -> tuple[Value, ...]:
    return score(texts.text(options.columns))


KIND = Kind(
    "fineweb",
    "FineWeb's rules (arXiv 2406.17557)",
    FineWeb,
    lambda options: SCORES,
    lambda options: partial(_score, options),
    BOUNDS,
)
