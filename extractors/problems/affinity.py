"""What the wording of problems and solutions says about whether they belong together."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

from extractors.problems.vocabulary import fold

Weights = dict[str, float]

_ASKS = re.compile(r"[?？؟](?=\s|$|[\])»”\"])|[α-ωά-ώ][;\u037e]|か。")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{2}|[^\W\d_\u3040-\u30ff\u3400-\u9fff]{3,}|\d+(?:[.,]\d+)*")
_SAYS = re.compile(r"[\d$=]|[.!。！।؟?…](?:\s|[)\]»”\"']|$)|[。！।]")
_SAYING = 0.5
_MAX_TEXT = 4000  # characters of an item that are compared
_MIN_ASKING = 0.2
MAX_ANSWERS_ASKING = 0.1
_CHANCE = 0.02  # that a mirrored numbering agrees in its words by accident
_TRIED = 40  # texts
_DEALS = 400
_SHIFT = 1.0  # overlap that a row of solutions must gain, before it is believed to be shifted


def asks(texts: Sequence[str]) -> bool:
    """Whether texts are questions: at least one in five has a question mark."""
    return asking(texts) >= _MIN_ASKING


def asking(texts: Sequence[str]) -> float:
    """Returns the share of texts with a question mark; 0 for none."""
    return sum(1 for text in texts if _ASKS.search(text)) / len(texts) if texts else 0.0


def says(texts: Sequence[str]) -> bool:
    """Whether half of the texts are sentences, numbers or formulas: names of owners and speakers are none."""
    return sum(1 for text in texts if _SAYS.search(text)) >= _SAYING * len(texts)


def bag(text: str) -> Counter[str]:
    """Returns the words and numbers of a text, folded, with their counts."""
    return Counter(_WORD.findall(fold(text[:_MAX_TEXT])))


def answers(problems: Sequence[str], solutions: Sequence[str]) -> bool:
    """Whether the second texts answer the first ones, one to one, judged without knowing the language.

    The first texts ask, the second do not but say something, and each shares more rare words and numbers
    with its own problem than with the others (permutation test). That the second are short is no sign: so
    are lists of what is needed, of marks, of topics.
    """
    if len(problems) < 3 or not asks(problems) or asking(solutions) > MAX_ANSWERS_ASKING:
        return False
    return says(solutions) and agree(problems, solutions)


def agree(problems: Sequence[str], solutions: Sequence[str]) -> bool:
    """Whether texts share rare words and numbers one to one; of many, some spread evenly are tried."""
    chosen = range(0, len(problems), -(-len(problems) // _TRIED))
    words = weighted([bag(problems[i]) for i in chosen] + [bag(solutions[i]) for i in chosen])
    asked, answered = words[: len(chosen)], words[len(chosen) :]
    overlaps = [[overlap(problem, solution) for solution in answered] for problem in asked]
    return chance([overlaps], _CHANCE) <= _CHANCE


def chance(blocks: Sequence[Sequence[Sequence[float]]], enough: float) -> float:
    """Returns how likely it is that texts which do not belong together agree as well as these, or less
    once that is more than `enough`.

    Permutation test: how often solutions dealt out at random agree no less with the problems than in
    the order given.

    Args:
      blocks: overlaps of problems (rows) with solutions (columns), square; solutions are dealt out
        within each block.
    """
    orders = [list(range(len(block))) for block in blocks]
    given = sum(block[i][i] for block in blocks for i in range(len(block)))
    random, as_good = Random(0), 0  # the same texts always give the same answer
    for _ in range(_DEALS):
        dealt = 0.0
        for block, order in zip(blocks, orders, strict=True):
            random.shuffle(order)
            dealt += sum(block[i][j] for i, j in enumerate(order))
        as_good += dealt >= given - 1e-9
        if (as_good + 1) / (_DEALS + 1) > enough:  # whatever comes
            break
    return (as_good + 1) / (_DEALS + 1)


def weighted(texts: Sequence[Counter[str]]) -> list[Weights]:
    """Returns for every text the weights of its words: the more of the texts have a word, the less."""
    frequency = Counter(word for words in texts for word in words)
    weights = {word: math.log((len(texts) + 1) / n) for word, n in frequency.items()}
    return [{word: weights[word] for word in words} for words in texts]


def overlap(a: Weights, b: Weights) -> float:
    """Returns how much of the rarer words of the shorter text the other one repeats, 0..1."""
    least = min(sum(a.values()), sum(b.values()))
    return sum(weight for word, weight in a.items() if word in b) / least if least else 0.0


def out_of_step(problems: Sequence[str], solutions: Mapping[int, str]) -> set[int]:
    """Returns which solutions fit the problem before or after their own better, as their neighbours do.

    Solutions of another edition carry numbers that are shifted from some place on. One solution that
    resembles the next problem says nothing; a row of them does (Viterbi algorithm over the shifts
    -1, 0 and 1, of which a change costs).

    Args:
      problems: of a run, in order.
      solutions: by the place of the problem that carries their number.
    """
    places = sorted(solutions)
    texts = weighted([bag(text) for text in (*problems, *(solutions[place] for place in places))])
    asked, answered = texts[: len(problems)], dict(zip(places, texts[len(problems) :], strict=True))
    best = {0: 0.0, -1: -_SHIFT, 1: -_SHIFT}
    came: list[dict[int, int]] = []
    for place, words in answered.items():
        total, origin = {}, {}
        for step in best:
            before = max(best, key=lambda b, step=step: best[b] - _SHIFT * (b != step))  # type: ignore[misc]
            fits = 0 <= place + step < len(asked)
            agree = overlap(asked[place + step], words) if fits else 0.0
            total[step] = best[before] - _SHIFT * (before != step) + agree
            origin[step] = before
        best = total
        came.append(origin)
    step = max(best, key=lambda s: best[s])
    doubtful: set[int] = set()
    for place, origin in zip(reversed(answered), reversed(came), strict=True):
        if step:
            doubtful.add(place)
        step = origin[step]
    return doubtful
