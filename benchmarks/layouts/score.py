"""Compares found pairs with what a variant printed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.layouts.arrange import Truth

PROBLEM_ALIKE = 0.70
SOLUTION_ALIKE = 0.60

_GREEK = dict(
    zip("αβγλμπσω", ["alpha", "beta", "gamma", "lambda", "mu", "pi", "sigma", "omega"], strict=True)
)
_KEPT_COMMANDS = {*_GREEK.values(), "sin", "cos", "tan", "log", "ln", "lim"}


def words(text: str) -> list[str]:
    """Returns the words and numbers of a text in order; single characters of Chinese and Japanese."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)|\{#[^}]*\}", " ", text)
    text = re.sub(r"\\([A-Za-z]+)", lambda m: f" {m[1]} " if m[1] in _KEPT_COMMANDS else " ", text)
    text = unicodedata.normalize("NFKC", text).lower()
    text = "".join(f" {_GREEK[c]} " if c in _GREEK else c for c in text)
    text = re.sub(r"([\u3040-\u30ff\u3400-\u9fff])", r" \1 ", text)
    return re.findall(r"[^\W\d_]+|\d+", text)


def tokens(text: str) -> Counter[str]:
    """Returns the same as a bag."""
    return Counter(words(text))


def dice(a: Counter[str], b: Counter[str]) -> float:
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


@dataclass
class Score:
    """How the found pairs compare with the truth.

    Attributes:
      solved: printed problems that have a printed solution.
      found: pairs that were found.
      right: pairs whose problem and solution are alike to those of one truth item.
      wrong: pairs whose solution belongs to another problem, or whose problem has none.
      off: pairs of the right partners whose text is cut or stained, and pairs whose problem is no
        printed problem.
      errors: one line for each pair that is not right, and for each problem that was missed.
      failed: whether the documents could not be measured at all.
    """

    solved: int
    found: int
    right: int = 0
    wrong: int = 0
    off: int = 0
    errors: list[str] = field(default_factory=list)
    failed: bool = False

    @property
    def f1(self) -> float:
        """1.0 where nothing is printed and nothing was found."""
        total = self.solved + self.found
        if self.failed:
            return 0.0
        return 2 * self.right / total if total else 1.0


def score(truth: Sequence[Truth], pairs: Sequence[tuple[str, str]]) -> Score:
    """Matches pairs (problem, solution) with truth items one to one, the most alike first."""
    wanted = [(tokens(t.problem), [tokens(s) for s in t.solutions]) for t in truth]
    got = [(tokens(problem), tokens(solution)) for problem, solution in pairs]
    result = Score(sum(bool(t.solutions) for t in truth), len(pairs))

    candidates = []
    for i, (problem, solutions) in enumerate(wanted):
        for j, (found_problem, found_solution) in enumerate(got):
            alike = dice(problem, found_problem)
            if alike >= PROBLEM_ALIKE:
                candidates.append((alike + _best(solutions, found_solution) / 10, i, j))
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(candidates, reverse=True):
        if j not in partner and i not in taken:
            partner[j] = i
            taken.add(i)

    right_items = set()
    for j, (problem_text, solution_text) in enumerate(pairs):
        shown = f"{problem_text[:90]!r} -> {solution_text[:90]!r}"
        if j not in partner:
            result.off += 1
            result.errors.append(f"no such problem: {shown}")
            continue
        i = partner[j]
        own = _best(wanted[i][1], got[j][1])
        others = max((_best(s, got[j][1]) for k, (_, s) in enumerate(wanted) if k != i), default=0.0)
        if not truth[i].solutions or others > max(own, SOLUTION_ALIKE - 0.1):
            result.wrong += 1
            result.errors.append(f"WRONG: {shown}")
        elif own < SOLUTION_ALIKE:
            result.off += 1
            result.errors.append(f"solution cut or stained: {shown}, printed {truth[i].solutions[0][:90]!r}")
        else:
            result.right += 1
            right_items.add(i)
    for i, item in enumerate(truth):
        if item.solutions and i not in right_items and i not in partner.values():
            result.errors.append(f"missed: {item.problem[:90]!r}")
    return result


def _best(solutions: Sequence[Counter[str]], found: Counter[str]) -> float:
    return max((dice(solution, found) for solution in solutions), default=0.0)
