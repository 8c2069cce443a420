"""Reads questions by their choices and the letter that answers them.

Which of these is a prime?
A. 51
B. 53
ANSWER: B
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.problems.labels import Label, read_label
from extractors.problems.rows import part_of
from schemas.document import Block

_CHOICE = re.compile(r"\(?([A-Ha-h])[.)]\s+\S")
_LETTER = re.compile(r"\s*\(?([A-Ha-h])[.)]*\s*")
_MIN_QUESTIONS = 3
_MAX_CHOICES = 8

Labelled = tuple[Block, Label | None]


def with_choices(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Returns the blocks with a label for the questions that have none, and with each answer on its own.

    A question stands above choices A, B, ..., below which a word for an answer names one of them. There
    are at least three; the letters of the choices are no labels of items.
    """
    divided = [part for entry in labelled for part in _with_answer(entry)]
    found = [place for index in range(len(divided)) if (place := _question(index, divided)) is not None]
    if len(found) < _MIN_QUESTIONS:
        return list(labelled)
    questions = {question for _, question in found}
    choices = {i for answer, question in found for i in range(question + 1, answer)}
    asked = Label("problem", "", (), 0, "", True)
    return [
        (block, None if index in choices else label or (asked if index in questions else None))
        for index, (block, label) in enumerate(divided)
    ]


def _with_answer(entry: Labelled) -> list[Labelled]:
    """Divides a block whose last line is the answer: "D. 87", "ANSWER: C"."""
    block, label = entry
    at = block.text.rfind("\n") + 1
    if not at or block.kind not in ("paragraph", "list_item"):
        return [entry]
    answer = replace(part_of(block, at, len(block.text)), kind="paragraph", marker="")
    if not _answer_letter(answer, read_label(answer)):
        return [entry]
    return [(part_of(block, 0, at), label), (answer, read_label(answer))]


def _answer_letter(block: Block, label: Label | None) -> str:
    if label is None or label.role != "solution" or label.number:
        return ""
    letter = _LETTER.fullmatch(block.text, label.end)
    return letter[1].casefold() if letter else ""


def _question(answer: int, labelled: Sequence[Labelled]) -> tuple[int, int] | None:
    """Returns the place of an answer and of its question; None for what is no answer among choices."""
    letter = _answer_letter(*labelled[answer])
    if not letter:
        return None
    index, text = answer, ""
    named: list[str] = []
    for index in range(answer - 1, max(-1, answer - _MAX_CHOICES - 1), -1):
        text = labelled[index][0].text.lstrip()
        letters = [m[1].casefold() for line in text.split("\n") if (m := _CHOICE.match(line.strip()))]
        named = letters + named
        if not letters:
            return None
        if letters[0] == "a":
            break
    question = index - 1 if _CHOICE.match(text) else index
    if question < 0 or labelled[question][0].kind not in ("paragraph", "list_item"):
        return None
    complete = named == [chr(ord("a") + i) for i in range(len(named))]
    return (answer, question) if complete and letter in named else None
