"""What headings name besides numbers: "Variant B", "Spring term", "Zoology: solutions"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from extractors.problems.titles import scope_numbers, title_words, title_zone
from extractors.problems.vocabulary import pattern
from schemas.problems import Item

_STEM = 4  # letters that two forms of a word have in common at least
_ENDING = 3  # letters in which they differ at most
_WORD = re.compile(r"[^\W\d_]+")
_COUNTED = re.compile(r"(?:[^\W\d_]+\s+)?§(?:\s+[^\W\d_]+)?")  # a word for a chapter, and those beside it
_PLAIN_NUMBER = re.compile(r"(?<![\d.,–-])\d{1,4}(?![\d.,–-])")

Names = tuple[str, ...]
"""What the headings around an item name, innermost first."""


@dataclass(frozen=True, slots=True)
class Known:
    """The names of sections that tell problems, and solutions, apart.

    Attributes:
      shared: those above problems and above solutions.
      alone: the uris and runs of the solutions that stand in a section of problems, "Solutions" below
        "Graphs", as the only ones there.
    """

    shared: frozenset[str] = frozenset()
    alone: frozenset[tuple[str, int]] = frozenset()


NOTHING = Known()


def known_names(problems: Iterable[Item], solutions: Iterable[Item]) -> Known:
    """Returns which names of sections tell apart what is to be matched."""
    asked = {name for headings in {item.headings for item in problems} for name in names(headings)}
    runs: dict[tuple[str, Names], set[int]] = defaultdict(set)
    answered: set[str] = set()
    for uri, run, headings in {(item.uri, item.run, item.headings) for item in solutions}:
        answered.update(names(headings))
        runs[uri, names(headings)].add(run)
    alone = frozenset((uri, run) for (uri, _), found in runs.items() if len(found) == 1 for run in found)
    return Known(frozenset(asked & answered), alone)


def names(headings: Sequence[str]) -> Names:
    """Returns what headings name, innermost first, without those that name nothing."""
    return tuple(name for heading in reversed(headings) if (name := heading_name(heading)))


@lru_cache(maxsize=65536)
def heading_name(heading: str) -> str:
    """Returns the words of a heading that tell it from others: "Solutions to variant B" -> "variant b".

    Words for problems and solutions and those between them are taken away, and so are numbers, which are
    compared by themselves; qualifiers, where more is left.
    """
    text = _without_roles(heading)
    bare = pattern("qualifier").sub(" ", text)
    return " ".join(_WORD.findall(bare) or _WORD.findall(text))


def _without_roles(heading: str) -> str:
    """Returns a heading, folded, with "|" for the words of its kind: "Group A: solutions" -> "group a: |"."""
    text = pattern("problem", "solution", "hint", "set").sub("|", title_words(heading))
    return pattern("link", "and", "name").sub(lambda m: m["word"] if _is_letter(m) else " ", text)


def _is_letter(match: re.Match[str]) -> bool:
    """Whether a short word is the letter of what stands before it: "group a", but "respuestas a los"."""
    before, after = match.string[: match.start()].rstrip(), match.string[match.end() :].lstrip()
    return len(match["word"]) == 1 and before[-1:].isalnum() and not after[:1].isalnum()


@lru_cache(maxsize=65536)
def contradict(asked: tuple[str, ...], answered: tuple[str, ...]) -> bool:
    """Whether the title of problems and that of solutions name different things.

    "Exam, group A" and "Exam, group B: solutions" do: each has a word that stands in no heading of the
    other; and so do titles that differ in their numbers alone, "Test of 3 May". What is named in a chapter
    that is the same for both ("Chapter 1", "Exercises on vectors") only tells it from others there.

    Args:
      asked, answered: the headings above, outermost first.
    """
    titles = [i for i, heading in enumerate(asked) if title_zone(heading) == "problems"]
    keys = [heading for heading in answered if title_zone(heading) == "solutions"]
    given = {number[0] for number in scope_numbers(answered)}
    for title, key in product(titles, keys):
        around = {number[0] for number in scope_numbers(asked[:title])}
        if given & around:
            continue
        ours, theirs = _telling(asked[title]), _telling(key)
        if _lacks(ours, _all_words(answered)) and _lacks(theirs, _all_words(asked)):
            return True
        if ours and ours == theirs and _differ(asked[title], key):
            return True
    return False


@lru_cache(maxsize=65536)
def _telling(heading: str) -> frozenset[str]:
    """Returns the words of a title that name something; "Part One" and "Second part" only count."""
    text = pattern("qualifier").sub(" ", _without_roles(heading))
    return frozenset(_WORD.findall(_COUNTED.sub(" ", pattern("chapter").sub("§", text))))


def _all_words(headings: Iterable[str]) -> set[str]:
    return {word for heading in headings for word in _WORD.findall(title_words(heading))}


def _lacks(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether one of the words is not among the others, in any form."""
    return any(not any(_same_word(word, other) for other in others) for word in some)


def _same_word(a: str, b: str) -> bool:
    """Whether two words are one, or two forms of one: "linear", "lineare"."""
    if a == b:
        return True
    common = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return common >= _STEM and max(len(a), len(b)) - common <= _ENDING


def _differ(a: str, b: str) -> bool:
    """Whether each of two titles has a number that the other has not; no ranges."""
    ours, theirs = (set(_PLAIN_NUMBER.findall(title)) for title in (a, b))
    return bool(ours - theirs and theirs - ours)
