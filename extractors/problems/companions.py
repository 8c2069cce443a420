"""Which documents belong together though their names do not say so: numbers and texts tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from extractors.problems.affinity import (
    MAX_ANSWERS_ASKING,
    Weights,
    asking,
    asks,
    bag,
    chance,
    overlap,
    says,
    weighted,
)
from extractors.problems.certainty import share_right
from extractors.problems.titles import roman_value
from extractors.problems.vocabulary import fold
from schemas.problems import Item, MatchedPair

_MIN_COUNT = 5
_COVERED = 0.8  # share of the numbers of the solutions that are numbers of problems
_CHANCE = 0.01
_RUNNING = 100
_TRIED = 60  # pairs of texts
_NEIGHBOURS = 6
_CLEARLY = 2.0  # times as much as any neighbour: most of what two texts share is theirs alone


def mirrored(
    problems: Mapping[str, Sequence[Item]], solutions: Mapping[str, Sequence[Item]]
) -> list[MatchedPair]:
    """Returns the pairs of documents of solutions with those of the problems that they answer.

    Every number of a solution stands for at most one problem in all documents, and for no other
    solution; most stand for one; the texts agree one to one, and so do the numbers that problems give;
    and no names tell documents apart, as hw1_2019 and hw1_2020_solutions do. A pair that does not agree by
    itself, as one whose problem was replaced in a later edition, is a guess. Where the numbers run on from
    those of other issues (301, 302, ...) and all stand for a problem, only one that agrees with another
    problem is a guess.

    Args:
      problems, solutions: numbered items by document; no document is in both.
    """
    asked: dict[tuple[str, ...], list[Item]] = {}
    for item in (item for items in problems.values() for item in items):
        asked.setdefault(item.number, []).append(item)
    answered = Counter(item.number for items in solutions.values() for item in items)
    found = []
    for uri, items in sorted(solutions.items()):
        if any(answered[item.number] > 1 or len(asked.get(item.number, ())) > 1 for item in items):
            continue
        pairs = [(asked[item.number][0], item) for item in items if item.number in asked]
        if len(pairs) < max(_MIN_COUNT, _COVERED * len(items)):
            continue
        if any(_told_apart(other, uri) for other in {problem.uri for problem, _ in pairs}):
            continue
        found += _agreeing(pairs, len(pairs) == len(items) and all(_runs_on(item.number) for item in items))
    return found


def guessed(documents: Mapping[str, Sequence[Item]]) -> list[MatchedPair]:
    """Returns the pairs of problems with what may answer them in another document, which does not say so.

    Some documents ask, and the numbers and texts of others, which do not, mirror theirs: solutions under an
    unknown title do, but so does advice on every exercise. All of these pairs are guesses.

    Args:
      documents: numbered items that were taken for problems, by document.
    """
    texts = {uri: [item.text for item in items] for uri, items in documents.items()}
    asked = {uri: documents[uri] for uri, said in texts.items() if asks(said)}
    answered = {
        uri: [replace(item, kind="solution") for item in documents[uri]]
        for uri, said in texts.items()
        if asking(said) <= MAX_ANSWERS_ASKING and says(said)
    }
    score = share_right("mirrored", 0.0)
    return [replace(pair, score=score) for pair in mirrored(asked, answered)]


def spaced_stem(uri: str) -> str:
    """Returns a file name folded, its words and numbers apart: "HW01_Solutions.pdf" -> "hw 1 solutions"."""
    stem = PurePosixPath(uri.replace("\\", "/")).stem
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|[_\-.+\s]+", " ", stem)
    return " ".join(part.lstrip("0") or "0" if part.isdigit() else part for part in fold(spaced).split())


def _told_apart(uri: str, other: str) -> bool:
    """Whether each of two names has a number, or a letter, that the other has not: of year, form, edition."""
    names = [spaced_stem(name).split() for name in (uri, other)]
    numbers = [{word for word in name if word.isdigit()} for name in names]
    letters = [{word for word in name if _is_letter(word)} for name in names]
    return any(a - b and b - a for a, b in (numbers, letters))


def _is_letter(word: str) -> bool:
    return word.isalpha() and (len(word) == 1 or roman_value(word) > 0)


def _runs_on(number: tuple[str, ...]) -> bool:
    """Whether a number is one of a journal's, which no sheet and no chapter comes to."""
    return len(number) == 1 and number[0].isdigit() and int(number[0]) > _RUNNING


def _agreeing(pairs: Sequence[tuple[Item, Item]], running: bool) -> list[MatchedPair]:
    """Returns the pairs with their scores; none if the texts do not agree as a whole."""
    asked, answered = [_words(problem) for problem, _ in pairs], [_words(solution) for _, solution in pairs]
    same = [_same_numbers(a, b) for a, b in zip(asked, answered, strict=True)]
    if same.count(False) > same.count(True) or not _agree(asked[:_TRIED], answered[:_TRIED]):
        return []
    texts = weighted([*asked, *answered])
    scored = []
    for place, (problem, solution) in enumerate(pairs):
        own, others = _overlaps(place, texts[: len(pairs)], texts[len(pairs) :])
        clear = same[place] is not False and own > _CLEARLY * others
        evidence = 1.0 if running and others <= _CLEARLY * own else 0.5 * clear
        scored.append(MatchedPair(problem, solution, "mirrored", share_right("mirrored", evidence)))
    return scored


def _words(item: Item) -> Counter[str]:
    """Returns the words of an item without its own number, which its counterpart has in any book."""
    own = {*item.number, ".".join(item.number)}
    return Counter({word: n for word, n in bag(item.text).items() if word not in own})


def _same_numbers(problem: Counter[str], solution: Counter[str]) -> bool | None:
    """Whether a solution has any of the numbers that its problem gives; None where one has none."""
    given, used = ({word for word in words if word[0].isdigit()} for words in (problem, solution))
    return not given.isdisjoint(used) if given and used else None


def _agree(problems: Sequence[Counter[str]], solutions: Sequence[Counter[str]]) -> bool:
    """Whether solutions agree with their own problems better than with those beside them.

    Solutions are dealt out among neighbours: two books on one subject treat it in the same order, and
    agree as wholes.
    """
    texts = weighted([*problems, *solutions])
    asked, answered = texts[: len(problems)], texts[len(problems) :]
    blocks = [
        [
            [overlap(problem, solution) for solution in answered[begin:][:_NEIGHBOURS]]
            for problem in asked[begin:][:_NEIGHBOURS]
        ]
        for begin in range(0, len(asked), _NEIGHBOURS)
    ]
    return chance(blocks, _CHANCE) <= _CHANCE


def _overlaps(place: int, asked: Sequence[Weights], answered: Sequence[Weights]) -> tuple[float, float]:
    """Returns what a problem and its solution share, and the most that either does with those around it."""
    near = range(max(0, place - _NEIGHBOURS), min(len(asked), place + _NEIGHBOURS + 1))
    others = [
        max(overlap(asked[other], answered[place]), overlap(asked[place], answered[other]))
        for other in near
        if other != place
    ]
    return overlap(asked[place], answered[place]), max(others, default=0.0)
