"""Rules for problems and solutions: what is broken off, unreadable, missing, leaked or only cited.

Words and patterns are those of `filters/data`, in as many languages; a text in another language passes the
rules that need them.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, partial

from pydantic import Field

from filters.completeness import is_only_reference, truncation
from filters.duplicates import normalised
from filters.elsewhere import names_another
from filters.figure import needs_figure
from filters.kinds import Bound, FilterOptions, Kind, Score, Value
from filters.language import LID
from filters.legibility import broken_mathematics, lost_share
from filters.phrases import any_phrase, phrases
from filters.pictures import TABLE
from filters.spans import without_spans
from filters.words import Texts, tokens

_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_PARAGRAPHS = re.compile(r"\n\s*\n")
_ESCAPED_BACKSLASH = re.compile(r"\\\\")
_SHINGLE = 8  # words
_SURE = 0.5  # of a language: else its words are looked for in all


class Truncation(FilterOptions):
    """A text that ends in a word that can't end a sentence, or opens what it never closes."""

    drop_truncated: bool = True


def _truncated(options: Truncation, texts: Texts) -> tuple[Value, ...]:
    columns = options.columns or texts.columns
    parts = [texts.text((column,)) for column in columns]
    return (any(truncation(part.raw, part.language[0]) for part in parts),)


class Mathematics(FilterOptions):
    """Formulas that can't be read. Null turns a bound off."""

    max_unbalanced: int | None = Field(0, ge=0)
    max_broken_formulas: int | None = Field(0, ge=0)
    max_lost_characters: float | None = Field(0.005, ge=0, le=1)


_DELIMITER = re.compile(r"\\([()\[\]])|\\(begin|end)\s*\{([^{}]*)\}")
_PARTNERS = {"(": ")", "[": "]"}
_DISPLAY = re.compile(r"(?<!\$)\$\$(?![$\d])")
_OPENS_FORMULA = re.compile(r"\$(?=\\[A-Za-z]|[A-Za-z][\^_])")


def unbalanced(text: str) -> int:
    r"""Returns how many of `\(`, `\[`, `\begin{...}`, their ends, `$$` and `$` have no partner.

    A partner stands in the right order and has the same name; code doesn't count, and neither do prices: a
    single dollar does only before a command or an index, with no other in its paragraph.
    """
    text = _ESCAPED_BACKSLASH.sub(" ", _CODE.sub(" ", text))
    alone, waiting, many = 0, [], Counter[str]()  # ends that are waited for, the innermost last
    for mark, word, name in _DELIMITER.findall(text):
        if mark in _PARTNERS or word == "begin":
            waiting.append(_PARTNERS.get(mark, name))
            many[waiting[-1]] += 1
            continue
        end = mark or name
        if not many[end]:
            alone += 1
            continue
        while (last := waiting.pop()) != end:
            many[last] -= 1
            alone += 1
        many[end] -= 1
    return alone + len(waiting) + _open_dollars(text)


def _open_dollars(text: str) -> int:
    rest = without_spans(text, lambda length: " ").replace(r"\$", " ")
    single = (part for part in _PARAGRAPHS.split(rest) if part.count("$") == 1)
    return len(_DISPLAY.findall(rest)) % 2 + sum(_OPENS_FORMULA.search(part) is not None for part in single)


def _mathematics(options: Mathematics, texts: Texts) -> tuple[Value, ...]:
    raw = texts.text(options.columns).raw
    return unbalanced(raw), int(bool(broken_mathematics(raw))), lost_share(raw)


class References(FilterOptions):
    """What a text needs and doesn't hold."""

    drop_figure: bool = True
    drop_item: bool = True
    drop_table: bool = True


def _references(options: References, texts: Texts) -> tuple[Value, ...]:
    text = texts.text(options.columns)
    raw, (code, sure) = text.raw, text.language
    language = code if sure >= _SURE else ""
    table = any_phrase("table", language).search(raw) is not None and TABLE.search(raw) is None
    return needs_figure(raw, language=language), names_another(raw, language), table


class Leak(FilterOptions):
    """The answer in the problem.

    Attributes:
      problem, solution: columns.
    """

    problem: str = "problem"
    solution: str = "solution"
    max_overlap: float | None = Field(0.5, ge=0, le=1)
    drop_answer: bool = True


def overlap(problem: str, solution: str) -> float:
    """Returns the share of a solution's runs of eight words that stand in the problem.

    A shorter solution is one run. Where a solution first says the problem again, that is overlap too, but
    seldom most of it.
    """
    words = _folded(solution)
    if not words:
        return 0.0
    size = min(_SHINGLE, len(words))
    if size < _SHINGLE // 2:  # "12 m": stands in many a problem as one of its numbers
        return 0.0
    inside = _shingles(_folded(problem), size)
    runs = _shingles(words, size)
    return len(runs & inside) / len(runs)


def _folded(text: str) -> list[str]:
    return [token for token in tokens(normalised(text)) if token[0].isalnum()]


def _shingles(words: list[str], size: int) -> set[tuple[str, ...]]:
    return set(zip(*(words[k:] for k in range(size)), strict=False))


def states_answer(problem: str) -> bool:
    """Whether a problem announces an answer and gives one.

    In a line ("Answer: yes"), in brackets ("(Answer: 12)") or in its last sentence ("The answer is 12.",
    "What is 3 times 4? Answer: 12"); in the latter two only a number or a formula counts: "(Answer: in km)"
    gives none. "I double a number. The answer is 12. Which is it?" goes on, and asks for something else.
    """
    return _answer().search(problem) is not None


@cache
def _answer() -> re.Pattern[str]:
    words, sentences = (
        "|".join(f"(?:{word})" for language in phrases(name).values() for word in language)
        for name in ("answer", "answer_sentence")
    )
    number = r"[$(\\]{0,2}[+-]?\d|\$[^$\s]"
    return re.compile(
        rf"^[ \t>*_#]*(?:{words})[*_]*[ \t]?[:：][*_]*[ \t]*[^\s_.…?*]"
        rf"|[(（\[](?:{words})[ \t]?[:：][ \t]*(?:{number})"
        rf"|[.?!。？！][ \t*_]*(?:{words})[*_]*[ \t]?[:：][*_]*[ \t]*(?:{number})\S*(?:[ \t]\S+){{0,2}}\s*\Z"
        rf"|(?:^|[.?!。？！])[ \t*_]*(?:{sentences})[ \t]*[:：]?[ \t]*(?:{number})"
        r"(?:[^.?!。？！\n]|\.(?=\d))*[.!。！]?[\s*_)]*\Z",
        re.IGNORECASE | re.MULTILINE,
    )


def _leak(options: Leak, texts: Texts) -> tuple[Value, ...]:
    problem, solution = texts.text((options.problem,)).raw, texts.text((options.solution,)).raw
    return overlap(problem, solution), states_answer(problem)


class Citation(FilterOptions):
    """A solution that only sends the reader elsewhere.

    Attributes:
      solution: column.
    """

    solution: str = "solution"
    drop_cites: bool = True


def _cites(options: Citation, texts: Texts) -> tuple[Value, ...]:
    return (is_only_reference(texts.text((options.solution,)).raw),)


KINDS = (
    Kind(
        "truncation",
        "texts that break off",
        Truncation,
        lambda options: (Score("truncated", "bool", "ends in the middle of a sentence or an environment"),),
        lambda options: partial(_truncated, options),
        (Bound("truncated", "drop_truncated", "truncated"),),
        model=lambda options: LID,
    ),
    Kind(
        "mathematics",
        "formulas that can't be read",
        Mathematics,
        lambda options: (
            Score("unbalanced", "int64", "delimiters of formulas and environments without their partner"),
            Score(
                "broken_formulas", "int64", "1 if the braces of a formula don't match, or it lacks an operand"
            ),
            Score("lost_characters", "float64", "share of characters that stand for lost ones"),
        ),
        lambda options: partial(_mathematics, options),
        (
            Bound("unbalanced", "max_unbalanced", "unbalanced_delimiters"),
            Bound("broken_formulas", "max_broken_formulas", "broken_formula"),
            Bound("lost_characters", "max_lost_characters", "lost_characters"),
        ),
    ),
    Kind(
        "references",
        "texts that need a figure, a table or another item which isn't there",
        References,
        lambda options: (
            Score("figure", "bool", "needs a picture"),
            Score("item", "bool", 'names another item ("Problem 2", "the previous exercise")'),
            Score("table", "bool", "points at a table and holds none"),
        ),
        lambda options: partial(_references, options),
        (
            Bound("figure", "drop_figure", "missing_figure"),
            Bound("item", "drop_item", "missing_item"),
            Bound("table", "drop_table", "missing_table"),
        ),
        model=lambda options: LID,
    ),
    Kind(
        "leak",
        "problems that hold their answer",
        Leak,
        lambda options: (
            Score("overlap", "float64", "share of the solution's runs of eight words that the problem has"),
            Score("answer", "bool", 'the problem gives an answer ("Answer: 12")'),
        ),
        lambda options: partial(_leak, options),
        (
            Bound("overlap", "max_overlap", "solution_in_problem"),
            Bound("answer", "drop_answer", "answer_in_problem"),
        ),
        measured=("problem", "solution"),
    ),
    Kind(
        "citation",
        "solutions that only cite another text",
        Citation,
        lambda options: (Score("cites", "bool", "only sends the reader elsewhere, or declines to answer"),),
        lambda options: partial(_cites, options),
        (Bound("cites", "drop_cites", "only_reference"),),
        measured=("solution",),
    ),
)
