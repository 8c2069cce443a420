"""Solutions that begin with a question, word for word: it says whose they are, whatever their number."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate

from extractors.problems.labels import without_letter
from extractors.problems.vocabulary import fold
from schemas.problems import Item

_MIN_LENGTH = 20  # characters: "Find $x$." is said of many
_COMPARED = 200  # characters, at most
_END = re.compile(r"[.!?:…]+[)\]\"'”*_$]*(?=\s|$)|[。！？：]|\n")
_SET_OFF = re.compile(r"\A\s*([*_]{1,3})(?=\S).+?\1(?!\w)", re.DOTALL)  # in italics or bold type
_IGNORED = re.compile(r"[\s*_`~\\.,:;!?'\"“”„«»()\[\]{}]+")


def repeating(
    problems: Sequence[Item], solutions: Sequence[Item]
) -> tuple[list[tuple[Item, Item]], list[Item]]:
    """Finds the solutions that repeat a question, and say more.

    The first sentence of one question that is all of another, "Solve the equation.", is no sign.

    Returns:
      Problems with the solutions that repeat them, where one problem asks so and one solution repeats it;
      and the other solutions that repeat problems of other numbers than theirs, which are for none.
    """
    asked: dict[str, list[Item]] = defaultdict(list)
    for problem in problems:
        if len(text := _bare(problem.text)[:_COMPARED]) >= _MIN_LENGTH:
            asked[text].append(problem)
    for problem in problems:
        for beginning in _beginnings(problem.text):
            asked.pop(beginning, None)
    lengths = sorted({len(text) for text in asked}, reverse=True)
    found = [(solution, text) for solution in solutions if (text := _question(solution, asked, lengths))]
    times = Counter(text for _, text in found)
    pairs, strangers = [], []
    for solution, text in found:
        if len(asked[text]) == 1 == times[text]:
            pairs.append((asked[text][0], solution))
        elif not any(_same_number(problem, solution) for problem in asked[text]):
            strangers.append(solution)
    return pairs, strangers


def _beginnings(question: str) -> list[str]:
    """Returns what a question of several sentences begins with, as compared: its first ones."""
    text = _bare(question)[:_COMPARED]
    return [text[:n] for n in _ends(question) if n < len(text)]


def _question(solution: Item, asked: dict[str, list[Item]], lengths: Sequence[int]) -> str:
    """Returns the longest of the questions that a solution begins with; empty if there is none.

    A sentence ends there: "Find the area of a circle" is not asked by "Find the area of a circle with...".
    """
    text, ends = _bare(solution.text), _ends(solution.text)
    return next(
        (text[:n] for n in lengths if n < len(text) and text[:n] in asked and (n == _COMPARED or n in ends)),
        "",
    )


def _ends(text: str) -> set[int]:
    """Returns where sentences, lines, and what is set off at the beginning end in the text as compared."""
    begin = text[: 2 * _COMPARED]
    ends = set(accumulate(len(_bare(piece)) for piece in _END.split(begin)))
    return ends | {len(_bare(set_off[0])) for set_off in _SET_OFF.finditer(begin)}


def _bare(text: str) -> str:
    """Returns the beginning of a text as it is compared: type, spaces and punctuation are no words."""
    return _IGNORED.sub("", fold(text[: 2 * _COMPARED]))


def _same_number(problem: Item, solution: Item) -> bool:
    """Whether one number is the end of the other, letters before it aside: "1.2.5", "L5"."""
    ours, theirs = without_letter(problem.number), without_letter(solution.number)
    shorter = min(len(ours), len(theirs))
    return not shorter or ours[-shorter:] == theirs[-shorter:]
