"""Sentences that give an answer in languages without blanks, or in which no word stands before an answer.

A sentence is read if it is of a form in `answers.yaml`: what is asked for or a pronoun, a copula, the answer.
What is asked for is the question without the words that ask, all of it: "法国的首都是巴黎" answers
"法国的首都是什么", "法国是巴黎" doesn't.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from synth.tokens import fold
from synth.words import load

SUBJECT = "§"
"""What stands for it in the forms."""

_MARKS = re.compile("[^\\w\\s\u0300-\u036f\u0900-\u0963\u064b-\u0652\u2013\u2014]")


def answers_in(text: str, question: str, language: str) -> Iterator[str]:
    """Yields what a sentence gives as the answer to a question, folded; nothing if it is of no known form."""
    forms = _forms(language)
    if not forms:
        return
    plain = _plain(text)
    asked = _asking(language).sub("", _plain(question))
    if asked and plain.startswith(asked):
        plain = SUBJECT + plain[len(asked) :]
    for form in forms:
        if found := form.fullmatch(plain):
            yield found["answer"]


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(" ", fold(text)).split())


@cache
def _forms(language: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form) for form in load("answers").get(language, {}).get("sentences", ()))


@cache
def _asking(language: str) -> re.Pattern[str]:
    asking = "|".join(load("answers").get(language, {}).get("asking", ())) or "(?!)"
    return re.compile(rf"^(?:{asking})\s+|\s*(?:{asking})$")
