"""The rules of C4: Raffel et al., Exploring the Limits of Transfer Learning, JMLR 21 (2020) 140, section 2.2.

Lines are dropped, then a document that has too few sentences left. The numbers are those of the journal and
the code (`c4_utils.py` of TensorFlow Datasets: 3 sentences, 5 words a line; a first preprint had 5 and 3, as
datatrove has). Lines of cookie and terms notices and with words of more than 1,000 characters, and marks of
citations, are from that code. The list of bad words is not applied. Sentences are counted by their ends
instead of by NLTK's model: a mark, closing quotes, and a blank, but for titles and single letters ("Mr. J.").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from pydantic import Field

from filters.kinds import Bound, FilterOptions, Kind, Score, Value
from filters.words import Texts

_CITATION = re.compile(r"\[\d*]|\[edit]|\[citation needed]")
_ENDS = (".", "?", "!", '"', "'", "”", "’", "。", "？", "！", "؟", "।")  # the last six for other scripts
_POLICY = (
    *("terms of use", "privacy policy", "cookie policy"),
    *("uses cookies", "use of cookies", "use cookies"),
)
_SENTENCE_END = re.compile(
    r"(?:(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bProf)(?<!\bvs)(?<!\b[A-Z])(?<!\.[a-z])\.|[?!…])"
    r"[.?!…]*[\"'”’)\]]*(?:\s|$)|[。？！।؟]"
)


class C4(FilterOptions):
    """Thresholds as published; null turns one off.

    Attributes:
      min_words_per_line, max_word_length: of lines that count; they change what is measured.
      no_terminal_punctuation: lines that don't end in a terminal mark don't count; FineWeb turns this off.
      drop_lines: lines that don't count are taken out of the text of a row that is kept, as C4 does.
    """

    min_words_per_line: int = Field(5, ge=0)
    max_word_length: int = Field(1000, ge=1)
    no_terminal_punctuation: bool = True
    min_sentences: int | None = Field(3, ge=0)
    max_lorem_ipsum: int | None = Field(0, ge=0)
    max_curly_brackets: int | None = Field(0, ge=0)
    drop_lines: bool = True


SCORES = (
    Score("lorem_ipsum", "int64", "lines with the placeholder text"),
    Score("curly_brackets", "int64", "lines with a curly bracket, as code has"),
    Score("sentences", "int64", "sentences in the lines that count"),
    Score("dropped_lines", "float64", "share of lines that don't count"),
)
BOUNDS = (
    Bound("lorem_ipsum", "max_lorem_ipsum", "lorem_ipsum"),
    Bound("curly_brackets", "max_curly_brackets", "curly_brackets"),
    Bound("sentences", "min_sentences", "too_few_sentences"),
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What C4 leaves of a text.

    Attributes:
      lines: those that count.
      dropped: number of the others.
      lorem_ipsum, curly_brackets: lines among these for which the document is dropped.
    """

    lines: tuple[str, ...]
    dropped: int
    lorem_ipsum: int
    curly_brackets: int


@lru_cache(maxsize=2)  # measured, and then rewritten
def clean(text: str, min_words: int = 5, max_word_length: int = 1000, no_terminal: bool = True) -> Cleaned:
    """Returns the lines of a text that count."""
    kept, dropped, lorem, brackets = [], 0, 0, 0
    for line in map(str.strip, text.splitlines()):
        if max_word_length < len(line) and max(map(len, line.split()), default=0) > max_word_length:
            dropped += 1
            continue
        line = _CITATION.sub("", line).strip() if "[" in line else line
        words, folded = line.split(), line.lower()
        unended = no_terminal and (not line.endswith(_ENDS) or line.endswith("..."))
        if unended or len(words) < min_words:
            dropped += 1
        elif "lorem ipsum" in folded:
            lorem += 1
        elif "javascript" in folded:
            dropped += 1
        elif "{" in line:
            brackets += 1
        elif any(phrase in folded for phrase in _POLICY):
            dropped += 1
        else:
            kept.append(line)
    return Cleaned(tuple(kept), dropped, lorem, brackets)


def sentences(text: str) -> int:
    """Returns the number of sentences of a line; one that has no end is one."""
    return len(_SENTENCE_END.findall(text)) or 1


def _cleaned(text: str, options: C4) -> Cleaned:
    rules = (options.min_words_per_line, options.max_word_length, options.no_terminal_punctuation)
    return clean(text, *rules)


def _score(options: C4, texts: Texts) -> tuple[Value, ...]:
    cleaned = _cleaned(texts.text(options.columns).raw, options)
    lines = len(cleaned.lines) + cleaned.dropped + cleaned.lorem_ipsum + cleaned.curly_brackets
    return (
        cleaned.lorem_ipsum,
        cleaned.curly_brackets,
        sum(map(sentences, cleaned.lines)),
        cleaned.dropped / (lines or 1),
    )


def _rewrite(options: C4) -> Callable[[str], str] | None:
    if not options.drop_lines:
        return None

    return lambda text: "\n".join(_cleaned(text, options).lines)


KIND = Kind(
    "c4",
    "C4's rules: lines and documents (JMLR 21 (2020) 140); takes lines out unless drop_lines: false",
    C4,
    lambda options: SCORES,
    lambda options: partial(_score, options),
    BOUNDS,
    rewrite=_rewrite,
    measured=("min_words_per_line", "max_word_length", "no_terminal_punctuation", "drop_lines"),
)
