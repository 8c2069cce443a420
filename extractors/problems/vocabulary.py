"""The words that textbooks print on items and sections, in thirty languages, from vocabulary.yaml."""

from __future__ import annotations

import itertools
import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import yaml

Role = Literal[
    "problem",
    "example",
    "solution",
    "hint",
    "set",
    "chapter",
    "other",
    "proof",
    "float",
    "aside",
    "link",
    "qualifier",
    "and",
    "name",
    "title",
    "author",
]

# A word of several roles is read as the first of these; "set" outranks "problem" so that
# "Problem set 2" is a section and not problem number 2.
_PRECEDENCE: tuple[Role, ...] = (
    "set",
    "example",
    "solution",
    "hint",
    "problem",
    "chapter",
    "proof",
    "other",
    "float",
    "aside",
    "link",
    "qualifier",
    "and",
    "name",
    "title",
    "author",
)
# Scripts that put no blank between words: a word ends wherever it ends.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def fold(text: str) -> str:
    """Returns text without accents, case and repeated white space, for comparison of words."""
    text = text.replace("’", "'").casefold().replace("ı", "i")
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFC", bare).split())


@cache
def _by_language() -> dict[str, dict[Role, frozenset[str]]]:
    source = files("extractors.problems").joinpath("vocabulary.yaml").read_text("utf-8")
    return {
        language: {role: frozenset(map(fold, roles.get(role, ()))) for role in get_args(Role)}
        for language, roles in yaml.CSafeLoader(source).get_single_data().items()
    }


@cache
def _words_of(role: Role, language: str) -> frozenset[str]:
    if language:
        return _by_language()[language][role]
    return frozenset().union(*(roles[role] for roles in _by_language().values()))


@cache
def languages_of(word: str, *roles: Role) -> tuple[str, ...]:
    """Returns the languages in which a folded word has one of the roles, in the vocabulary's order."""
    return tuple(name for name, has in _by_language().items() if any(word in has[role] for role in roles))


@cache
def words() -> dict[str, Role]:
    """Returns every folded word or phrase with its role, the most telling one where it has several."""
    return {word: role for role in reversed(_PRECEDENCE) for word in _words_of(role, "")}


@cache
def pattern(*roles: Role, language: str = "") -> re.Pattern[str]:
    """Returns a regular expression that finds, in folded text, the words of `roles` as whole words.

    Longer phrases are preferred. The group `word` holds what was found.

    Args:
      roles: any of which the words have.
      language: whose words; every language's if empty.
    """
    found = sorted({w for role in roles for w in _words_of(role, language)}, key=lambda w: (w[0], -len(w), w))
    if not found:
        return re.compile(r"(?P<word>(?!))")
    # Grouped by their first character, so that most places fail at once.
    groups = [
        f"{re.escape(first)}(?:{'|'.join(_rest(word) for word in group)})"
        for first, group in itertools.groupby(found, key=lambda w: w[0])
    ]
    return re.compile(rf"(?<![^\W\d_])(?P<word>{'|'.join(groups)})")


def _rest(word: str) -> str:
    """Returns a regular expression for a word after its first character, and for its end."""
    ending = "" if _UNSPACED.search(word) or not word[-1].isalnum() else r"(?!\w)"
    return re.escape(word[1:]) + ending
