"""Reads questions by their choices and the letter that answers them.

Which of these is a prime?
A. 51
B. 53
ANSWER: B
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.problems.labels import Label, read_label
from extractors.problems.rows import part_of
from schemas.document import Block

_CHOICE = re.compile(r"\(?([A-Ha-h])[.)]\s+\S")
_LETTER = re.compile(r"\s*\(?([A-Ha-h])[.)]*\s*")
_MIN_QUESTIONS = 3
_MAX_CHOICES = 8
_ASKED = Label("problem", "", (), 0, "", True)
_END = Label("set", "", (), 0, "", True)

Labelled = tuple[Block, Label | None]


@dataclass(frozen=True, slots=True)
class _Question:
    """A question with choices, by the places of its blocks.

    Attributes:
      answer: the block that names one of the choices.
      begin: the first of the blocks without a label that lead to the choices.
      paragraphs: those of them that are paragraphs; its stem is one or more of them.
      choices: where they begin, or the paragraph that holds them all.
      follows: whether an answer stands right above `begin`.
      labelled: whether an item with a label is open, which the question belongs to.
    """

    answer: int
    begin: int
    paragraphs: tuple[int, ...]
    choices: int
    follows: bool
    labelled: bool


def with_choices(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Returns the blocks with a label for the questions that have none, and with each answer on its own.

    A question stands above choices A, B, ..., below which a word for an answer names one of them. There
    are at least three; the letters of the choices are no labels of items. Where several paragraphs
    stand between an answer and the next choices, which of them ask cannot be told, unless an
    explanation stands below every answer: such a question is none, and ends what was before.
    """
    divided = [part for entry in labelled for part in _with_answer(entry)]
    found = [place for index in range(len(divided)) if (place := _choices(index, divided)) is not None]
    if len(found) < _MIN_QUESTIONS:
        return list(labelled)
    choices = {i for answer, first in found for i in range(first + 1, answer)}
    choices |= {first for _, first in found if _CHOICE.match(divided[first][0].text.lstrip())}
    plain = [(block, None if i in choices else label) for i, (block, label) in enumerate(divided)]
    questions = [_question(answer, first, plain) for answer, first in found]
    given = _given([question for question in questions if not question.labelled], plain)
    return [(block, label or given.get(index)) for index, (block, label) in enumerate(plain)]


def _given(questions: Sequence[_Question], labelled: Sequence[Labelled]) -> dict[int, Label]:
    """Returns the labels of questions that have none, and of what ends the answers before them."""
    explained = _are_explained(questions, labelled)
    given = {}
    for question in questions:
        if len(question.paragraphs) == 1 + (explained and question.follows):
            given[question.paragraphs[-1]] = _ASKED
        else:
            given[question.begin] = _END
    for question in questions:
        below = _below(question.answer, labelled)
        if below and not (explained and (below[0] + 1 in given or len(below) == 1)):
            given.setdefault(below[0], _END)
    return given


def _are_explained(questions: Sequence[_Question], labelled: Sequence[Labelled]) -> bool:
    """Whether one paragraph stands below every answer, besides the question that follows."""
    counts = [len(question.paragraphs) - question.follows for question in questions]
    return bool(questions) and set(counts) == {1} and bool(_below(questions[-1].answer, labelled))


def _below(answer: int, labelled: Sequence[Labelled]) -> list[int]:
    """Returns the blocks between an answer and the next label or heading."""
    following = range(answer + 1, len(labelled))
    return list(itertools.takewhile(lambda i: not _stands_out(labelled[i]), following))


def _stands_out(entry: Labelled) -> bool:
    block, label = entry
    return label is not None or block.kind == "heading"


def _with_answer(entry: Labelled) -> list[Labelled]:
    """Divides a block whose last line is the answer: "D. 87", "ANSWER: C"."""
    block, label = entry
    at = block.text.rfind("\n") + 1
    if not at or block.kind not in ("paragraph", "list_item"):
        return [entry]
    answer = replace(part_of(block, at, len(block.text)), kind="paragraph", marker="")
    found = read_label(answer)
    among = any(_CHOICE.match(line) for line in block.text.split("\n"))  # "ANSWER: A, C"
    if not _answer_letter(answer, found) and not (among and found and found.role == "solution"):
        return [entry]
    return [(part_of(block, 0, at), label), (answer, found)]


def _answer_letter(block: Block, label: Label | None) -> str:
    if label is None or label.role != "solution" or label.number:
        return ""
    letter = _LETTER.fullmatch(block.text, label.end)
    return letter[1].casefold() if letter else ""


def _choices(answer: int, labelled: Sequence[Labelled]) -> tuple[int, int] | None:
    """Returns the place of an answer and where its choices begin; None for what is not among choices."""
    letter = _answer_letter(*labelled[answer])
    if not letter:
        return None
    named: list[str] = []
    for index in range(answer - 1, max(-1, answer - _MAX_CHOICES - 1), -1):
        lines = labelled[index][0].text.split("\n")
        letters = [m[1].casefold() for line in lines if (m := _CHOICE.match(line.strip()))]
        named = letters + named
        if not letters:
            return None
        if letters[0] == "a":
            complete = named == [chr(ord("a") + i) for i in range(len(named))]
            return (answer, index) if complete and letter in named else None
    return None


def _question(answer: int, first: int, labelled: Sequence[Labelled]) -> _Question:
    """Returns the question whose choices begin in the block `first`, or right below its stem there."""
    stem = first if _CHOICE.match(labelled[first][0].text.lstrip()) else first + 1
    begin = stem
    while begin and not _stands_out(labelled[begin - 1]):
        begin -= 1
    within = [i for i in range(begin, stem) if labelled[i][0].kind in ("paragraph", "list_item")]
    label = labelled[begin - 1][1] if begin else None
    follows = label is not None and label.role == "solution"
    return _Question(answer, begin, tuple(within), first, follows, _is_open(begin, labelled))


def _is_open(begin: int, labelled: Sequence[Labelled]) -> bool:
    """Whether the nearest label above that is no note's, such as a hint's, is that of a problem."""
    for block, label in reversed(labelled[:begin]):
        if label is not None and label.role in ("problem", "example", "unknown", ""):
            return bool(label.number) or block.kind != "heading"
        if block.kind == "heading" or (label is not None and label.role in ("solution", "set")):
            return False
    return False
