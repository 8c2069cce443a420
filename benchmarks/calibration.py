"""Prints how often pairs of each method and score are right, in documents that were damaged.

python -m benchmarks.calibration [--only NAME] [--damage NAME] [--seed N] [--show N]

Every layout of `benchmarks.layouts` is read once and damaged in each way of `benchmarks.damage`. A
pair is right if its solution is that of its problem, whole or not; what was printed is known. The
damage that another edition does stands apart: its numbers are in order and wrong.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.damage import DAMAGES, Damage, damaged, repeat_questions, roles_of
from benchmarks.layouts import Generated, generate
from benchmarks.layouts.arrange import Truth
from benchmarks.layouts.catalogue import VARIANTS
from benchmarks.layouts.score import dice, tokens, words
from schemas.problems import MatchedPair

_ALIKE = 0.6
_WORST = 12  # layouts are listed
_MARGIN = 0.05  # by which another one must be more alike
_THRESHOLDS = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]


@dataclass(frozen=True)
class Judged:
    """A pair that was found, and whether it is right."""

    pair: MatchedPair
    right: bool
    variant: str
    damage: str


class Text:
    """The words of a text, in order and as a bag."""

    def __init__(self, text: str):
        self.words, self.bag = words(text), tokens(text)


def alike(one: Text, other: Text) -> float:
    """Returns 0..1; texts are also alike if one begins with the other, or the longer one holds it."""
    shorter = min(len(one.words), len(other.words))
    if shorter >= 2 and one.words[:shorter] == other.words[:shorter]:
        return 1.0
    found, printed = one.bag, other.bag
    overlap = (found & printed).total() / shorter if shorter >= 5 else 0.0
    return max(dice(found, printed), overlap)


def is_right(truth: Sequence[tuple[Text, list[Text]]], problem: Text, solution: Text) -> bool:
    """Whether no other printed problem, and no other printed solution, suits a pair better."""
    owners = _best([alike(problem, asked) for asked, _ in truth])
    solved = _best([max((alike(solution, s) for s in solutions), default=0.0) for _, solutions in truth])
    return bool(owners & solved)


def _best(scores: Sequence[float]) -> set[int]:
    top = max(scores, default=0.0)
    return {i for i, score in enumerate(scores) if score >= max(_ALIKE, top - _MARGIN)}


def tells_apart(truth: Sequence[Truth]) -> bool:
    """Whether every printed solution is told from the others by its words (letters A to D are not)."""
    texts = [frozenset(tokens(item.solutions[0]).items()) for item in truth if item.solutions]
    return len(set(texts)) >= 0.9 * len(texts)


def judge(name: str, generated: Generated, damages: Sequence[Damage], seed: int) -> Iterator[Judged]:
    """Yields the pairs that are found in the documents of a variant after each kind of damage."""
    from extractors.documents import read_document
    from extractors.problems import find_items, match_items

    documents = [read_document(data, file_name) for file_name, data in generated.files]
    roles = roles_of(documents, generated.truth)
    printed = _printed(generated.truth)
    with_questions = _printed(generated.truth, repeating=True)
    for damage in damages:
        random = Random(f"{seed} {name} {damage.__name__}")
        broken = [damaged(document, roles, damage, random) for document in documents]
        for pair in match_items([find_items(document) for document in broken]).pairs:
            problem, solution = Text(pair.problem.text), Text(pair.solution.text)
            right = is_right(printed, problem, solution) or (
                damage is repeat_questions and is_right(with_questions, problem, solution)
            )
            yield Judged(pair, right, name, damage.__name__)


def _printed(truth: Sequence[Truth], repeating: bool = False) -> list[tuple[Text, list[Text]]]:
    """Returns the words of problems and of their solutions, which may begin with the question."""
    return [
        (Text(t.problem), [Text(f"{t.problem}\n{one}" if repeating else one) for one in t.solutions])
        for t in truth
    ]


def _share(judged: Sequence[Judged]) -> str:
    wrong = sum(not j.right for j in judged)
    return f"{len(judged):7} {wrong:6} {wrong / len(judged) if judged else 0:8.4f}"


def report(judged: Sequence[Judged]) -> None:
    """Prints the tables."""
    groups: dict[tuple[str, float], list[Judged]] = defaultdict(list)
    by_damage: dict[str, list[Judged]] = defaultdict(list)
    for j in judged:
        groups[j.pair.method, round(j.pair.score * 20 - 0.4999) / 20].append(j)
        by_damage[j.damage].append(j)
    print(f"{'method':16} {'score':11} {'pairs':>7} {'wrong':>6} {'share':>8}")
    for (method, low), group in sorted(groups.items()):
        print(f"{method:16} {low:.2f}-{low + 0.05:.2f}   {_share(group)}")
    print(f"\n{'damage':28} {'pairs':>7} {'wrong':>6} {'share':>8}")
    for damage, group in by_damage.items():
        print(f"{damage:28} {_share(group)}")
    print(f"\n{'wrong ones of layout':44} {'pairs':>6}")
    layouts = Counter(j.variant for j in judged if not j.right and "edition" not in j.damage)
    for layout, count in layouts.most_common(_WORST):
        print(f"{layout:44} {count:6}")
    _by_threshold("kept at", judged)
    _by_threshold("without editions, kept at", [j for j in judged if "edition" not in j.damage])


def _by_threshold(title: str, judged: Sequence[Judged]) -> None:
    all_right = sum(j.right for j in judged)
    print(f"\n{title:28} {'pairs':>7} {'wrong':>6} {'share':>8}  right ones lost")
    for threshold in _THRESHOLDS:
        kept = [j for j in judged if j.pair.score >= threshold]
        lost = 1 - sum(j.right for j in kept) / all_right if all_right else 0.0
        print(f"{threshold:<28} {_share(kept)}  {lost:8.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("--only", default="", help="variants whose name contains this")
    parser.add_argument("--damage", default="", help="kinds of damage whose name contains this")
    parser.add_argument("--seed", type=int, default=1, help="another one damages other places")
    parser.add_argument("--show", type=int, default=0, help="print so many wrong pairs, the surest first")
    options = parser.parse_args()
    damages = [damage for damage in DAMAGES if options.damage in damage.__name__]
    judged: list[Judged] = []
    for variant in VARIANTS:
        if options.only in variant.name:
            generated = generate(variant)
            if tells_apart(generated.truth):
                judged += judge(variant.name, generated, damages, options.seed)
    report(judged)
    wrong = sorted((j for j in judged if not j.right), key=lambda j: -j.pair.score)
    for j in wrong[: options.show]:
        pair = j.pair
        print(f"\n{pair.score:.2f} {pair.method} {j.damage} in {j.variant}")
        print(f"  {pair.problem.label}: {pair.problem.text[:100]!r}")
        print(f"  {pair.solution.label}: {pair.solution.text[:100]!r}")


if __name__ == "__main__":
    main()
