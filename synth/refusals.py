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
_VOWEL_SIGNS = re.compile("[\u0640\u064b-\u0652]")  # of Arabic, which are mostly left out
_PUNCTUATION = " \t\n.,;:!?*_\"'()[]-\u2013\u2014\u3002\uff0c\u3001\u060c\u0964\u201c\u201d\u00ab\u00bb\u2026"
_PART = re.compile("[,;:\uff0c\u060c\u3001\u2013\u2014]|\\s-\\s")
_WORD = re.compile(r"[^\W\d_][\w'\u2019]*")
_UNSPACED = ("zh", "ja", "ko", "hi", "th", "bn")
MIN_CAPITALISED = 3
"""Letters of a word that has a capital in a title; shorter ones may have none."""
_SMALL = frozenset(("and", "for", "from", "into", "not", "over", "the", "upon", "with"))
_ENDS = r"\s*(?:$|[^\w\s])"


def stance(text: str, language: str = "en") -> Stance:
    """Returns whether a text says that its author doesn't know, guesses all the same, or answers.

    A sentence refuses by how it begins, and only if it goes on as refusals do: "I don't know the answer"
    does, "I Don't Know How to Love Him", which is a title, doesn't. What the first sentence doesn't say, what
    is written as titles are, or what has more beside it than excuses and other refusals ("I don't know.
    Paris") is no refusal but no plain answer either, nor is what has words of not knowing in an unknown form.

    Args:
      text: as written.
      language: ISO 639-1 of the question; words of a guess are known in it and in English, all else in any.
    """
    return _read(text, language)[0]


def beside(text: str, language: str = "en") -> str:
    """Returns what a refusal holds beside the words that refuse, folded; an answer may stand there."""
    return _read(text, language)[1]


@lru_cache(maxsize=1 << 16)
def _read(text: str, language: str) -> tuple[Stance, str]:
    plain = _APOSTROPHES.sub("", fold(text[:MAX_CHARACTERS]))
    plain = plain if plain.isascii() else _VOWEL_SIGNS.sub("", plain)
    sentences = [said for part in _SENTENCE_END.split(plain) if (said := part.strip(_PUNCTUATION))]
    first = True
    for number, sentence in enumerate(sentences):
        rest = _openers().sub("", sentence).strip(_PUNCTUATION)
        if found := _clause().match(rest):
            own, *more = _PART.split(rest[found.end() :])
            others = [one for part in (*more, *sentences[number + 1 :]) if (one := part.strip(_PUNCTUATION))]
            after = "\n".join((own, *others))
            plainly = first and all(map(_adds_nothing, others)) and not _is_title(text)
            return "refuses" if plainly and not _guess(language).search(after) else "guesses", after
        first = first and not rest  # an excuse may stand before it
    return "guesses" if _sounds_so(plain, language) and not _is_title(text) else "answers", ""


def _sounds_so(plain: str, language: str) -> bool:
    """Whether a text has words of somebody who doesn't know, though in no known form."""
    return any(who.search(plain) and knowing.search(plain) for who, knowing in _signs(language))


def _adds_nothing(part: str) -> bool:
    """Whether a part of a sentence or a whole one excuses, refuses or takes leave."""
    rest = _openers().sub("", part).strip(_PUNCTUATION)
    return not rest or bool(_clause().match(rest) or _closings().match(rest))


def _is_title(text: str) -> bool:
    """Whether all of the longer words have capitals, and there are several, as in titles of works."""
    longer = [w for w in _WORD.findall(text) if len(w) >= MIN_CAPITALISED and w not in _SMALL][1:]
    return len(longer) > 1 and all(word[0].isupper() for word in longer) and not text.isupper()


def refusal(language: str) -> str:
    """Returns how a refusal is written in a language; in English if the language is not known."""
    data = load("refusals")
    return str(data.get(language, data["en"])["say"])


def is_known(language: str) -> bool:
    """Whether refusals are recognised in a language."""
    return language in load("refusals")


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
def _closings() -> re.Pattern[str]:
    closings = (one for known in load("refusals").values() for one in known.get("closings", ()))
    return re.compile("|".join(f"(?:{one})\\b" for one in closings))


@cache
def _clause() -> re.Pattern[str]:
    """Any clause of any language; one whose language says how it goes on has to end or go on so."""
    parts = []
    for known in load("refusals").values():
        then = known.get("then")
        ends = rf"(?={_ENDS}|\s+(?:{'|'.join(then)})\b)" if then else ""
        for kind, after in (("clauses", ends), ("whole", f"(?={_ENDS})")):
            if clauses := "|".join(f"(?:{clause})" for clause in known.get(kind, ())):
                parts.append(f"(?:{clauses}){after}")
    return re.compile("|".join(parts))


@cache
def _signs(language: str) -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    """Who doesn't, and what is done in knowing: in the language of the question, and in English."""
    known = load("refusals")
    codes = [code for code in dict.fromkeys((language, "en")) if "who" in known.get(code, ())]
    return [(_any(known[code]["who"], code), _any(known[code]["knowing"], code)) for code in codes]


def _any(words: list[str], language: str) -> re.Pattern[str]:
    found = "|".join(words)
    return re.compile(found if language in _UNSPACED else rf"\b(?:{found})\b")


@cache
def _guess(language: str) -> re.Pattern[str]:
    """Any word of a guess; in scripts without blanks between words it may stand anywhere."""
    known = load("refusals")
    spaced: list[str] = []
    others: list[str] = []
    for code in {"en", language} & known.keys():
        (others if code in _UNSPACED else spaced).extend(known[code]["guess"])
    return re.compile("|".join([*(rf"\b(?:{word})\b" for word in sorted(spaced)), *others]))
