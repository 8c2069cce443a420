"""Refusals told from answers by rule, in the languages of `synth/data/refusals.yaml`."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal

from synth.tokens import MAX_CHARACTERS, fold
from synth.words import load

Stance = Literal["refuses", "guesses", "answers"]

_SENTENCE_END = re.compile(r"(?<=[.!?;\u3002\uff01\uff1f\u0964\u061f\n])\s*")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`]")
_PUNCTUATION = " \t\n.,;:!?*_\"'()[]-\u2013\u2014\u3002\uff0c\u3001\u060c\u0964\u201c\u201d\u00ab\u00bb\u2026"
_ENDS = r"\s*(?:$|[^\w\s])"


@lru_cache(maxsize=1 << 16)
def stance(text: str) -> Stance:
    """Returns whether a text says that its author doesn't know, guesses all the same, or answers.

    A sentence refuses by how it begins, and only if it goes on as refusals do: "I don't know the answer"
    does, "I Don't Know How to Love Him", which is a title, doesn't. What the first sentence doesn't say, or
    what goes with a guess ("I don't know, maybe Paris"), is no refusal but no plain answer either.
    """
    plain = _APOSTROPHES.sub("", fold(text[:MAX_CHARACTERS]))
    sentences = [said for part in _SENTENCE_END.split(plain) if (said := part.strip(_PUNCTUATION))]
    first = True
    for number, sentence in enumerate(sentences):
        rest = _openers().sub("", sentence).strip(_PUNCTUATION)
        if found := _clause().match(rest):
            after = "\n".join([rest[found.end() :], *sentences[number + 1 :]])
            return "guesses" if not first or _guess().search(after) else "refuses"
        first = first and not rest  # an excuse may stand before it
    return "answers"


def refusal(language: str) -> str:
    """Returns how a refusal is written in a language; in English if the language is not known."""
    data = load("refusals")
    return str(data.get(language, data["en"])["say"])


def languages() -> list[str]:
    """Returns the languages in which refusals are recognised, ISO 639-1."""
    return sorted(load("refusals"))


@cache
def _openers() -> re.Pattern[str]:
    openers = "|".join(f"(?:{one})" for known in load("refusals").values() for one in known["openers"])
    return re.compile(
        rf"^(?:(?:{openers})(?!\w)[\s,.:;!\uff0c\u3001\u060c-]*(?:(?:but|mais|pero|aber|maar|ma|mas)\s)?)+"
    )


@cache
def _clause() -> re.Pattern[str]:
    """Any clause of any language; one whose language says how it goes on has to end or go on so."""
    parts = []
    for known in load("refusals").values():
        clauses = "|".join(f"(?:{clause})" for clause in known["clauses"])
        then = known.get("then")
        ends = rf"(?={_ENDS}|\s+(?:{'|'.join(then)})\b)" if then else ""
        parts.append(f"(?:{clauses}){ends}")
    return re.compile("|".join(parts))


@cache
def _guess() -> re.Pattern[str]:
    """Any word of a guess; in scripts without blanks between words it may stand anywhere."""
    spaced: list[str] = []
    others: list[str] = []
    for language, known in load("refusals").items():
        (others if language in ("zh", "ja", "ko", "hi") else spaced).extend(known["guess"])
    return re.compile(rf"\b(?:{'|'.join(spaced)})\b|{'|'.join(others)}")
