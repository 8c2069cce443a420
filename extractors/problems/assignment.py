"""Which run of solutions answers which run of problems: one assignment over all of them.

What is compared grows with the number of runs, not with its square: of very many runs only those near
each other are weighed, and rivals are looked up by the numbers of their headings.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from extractors.problems.runs import (
    NO_SCOPE,
    OTHER_SCOPE,
    SAME_SCOPE,
    Number,
    Run,
    agreement,
    family_factor,
    is_plain,
    kind_factor,
    name_factor,
    scope_factor,
    title_factor,
)
from extractors.problems.titles import title_words

_MANY_RUNS = 40_000  # pairs of runs that are all weighed; of more, those near each other
_NEAR = 25
_MANY_RIVALS = 500  # problems of one number that are looked at; of more, one is taken to suit
_UNUSED = 1e-6  # weight of leaving a run alone: less than any two that fit, and than their order


def repeated_numbers(runs: list[Run]) -> frozenset[Number]:
    """Returns the numbers that several runs of problems carry: there, only the scope decides."""
    counts = Counter(key for run in runs for key in run.items)
    return frozenset(key for key, count in counts.items() if count > 1)


def in_order(asked: list[Run], answered: list[Run]) -> list[tuple[Run, Run]]:
    """Pairs runs by their order alone, if there are as many and each holds the numbers of its partner."""
    likely = _likely(asked, answered)
    couples = list(zip(likely, answered, strict=False))
    fits = all(b.items.keys() <= a.items.keys() and family_factor(a, b) for a, b in couples)
    if len(likely) != len(answered) or not fits:
        return []
    # "Tuesday" above the first answers is not for the problems below "Monday".
    known = {title for a in likely for title in _titles(a)}
    named = all(_titles(a) & _titles(b) or not known & _titles(b) for a, b in couples)
    return couples if named else []


def _likely(asked: list[Run], answered: list[Run]) -> list[Run]:
    """Returns the runs of problems that have a number and a word in common with solutions."""
    numbers = {number for run in answered for number in run.items}
    families = {run.family for run in answered}
    plain = any(is_plain(family) for family in families)
    few = len(asked) * len(answered) <= _MANY_RUNS  # texts are compared: too slow for more
    return [
        run
        for run in asked
        if not numbers.isdisjoint(run.items)
        and (
            run.family in families
            or (plain and is_plain(run.family))
            or (few and any(family_factor(run, other) for other in answered))
        )
    ]


def _titles(run: Run) -> set[str]:
    return {title_words(heading) for item in run.items.values() for heading in item.headings}


def assign(asked: list[Run], answered: list[Run], repeated: frozenset[Number]) -> list[tuple[Run, Run]]:
    """Returns the pairs of runs with the greatest total weight."""
    if not asked or not answered:
        return []
    if len(asked) * len(answered) > _MANY_RUNS:
        return _assign_near(asked, answered, repeated)
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    weights = np.array([[_weight(a, b, repeated) for b in answered] for a in asked])
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return [(asked[i], answered[j]) for i, j in zip(rows, columns, strict=True) if weights[i, j] > 0]


def _assign_near(asked: list[Run], answered: list[Run], repeated: frozenset[Number]) -> list[tuple[Run, Run]]:
    """Assigns runs to some of those at about the same place; the matrix is sparse.

    The algorithm leaves no row alone (Jonker-Volgenant, as SciPy has it for sparse graphs), hence a
    column of its own for each, to which it goes at hardly any weight.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    edges = [(i, j, _weight(asked[i], answered[j], repeated)) for i, j in _near(len(asked), len(answered))]
    edges = [edge for edge in edges if edge[2]]
    edges += [(i, len(answered) + i, _UNUSED) for i in range(len(asked))]
    rows, columns, weights = zip(*edges, strict=True)
    graph = csr_array((weights, (rows, columns)), shape=(len(asked), len(answered) + len(asked)))
    chosen = zip(*min_weight_full_bipartite_matching(graph, maximize=True), strict=True)
    return [(asked[i], answered[j]) for i, j in chosen if j < len(answered)]


def _near(rows: int, columns: int) -> Iterator[tuple[int, int]]:
    """Yields the places of a matrix near its diagonal."""
    reach = _NEAR * max(rows, columns)
    for i in range(rows):
        first = max(0, -((reach - i * columns) // rows))
        for j in range(first, min(columns - 1, (i * columns + reach) // rows) + 1):
            yield i, j


def _weight(asked: Run, answered: Run, repeated: frozenset[Number]) -> float:
    agreeing = sum(
        scope_factor(asked, answered, key, repeated)
        * kind_factor(asked.scopes[key], answered.scopes[key])
        * title_factor(asked.scopes[key], answered.scopes[key])
        for key in asked.items.keys() & answered.items.keys()
    )
    family = family_factor(asked, answered) if agreeing else 0.0
    if not family:
        return 0.0
    # The order of the runs decides between equals, and only then.
    return agreeing * family + 0.01 * (1 - abs(asked.order - answered.order))


class Rivals:
    """Finds whether other problems suit a solution as well as the one that is to get it.

    Args:
      asked: all runs of problems.
      repeated: numbers that several of them carry.
    """

    def __init__(self, asked: Iterable[Run], repeated: frozenset[Number]):
        self.repeated = repeated
        self.at: dict[tuple[Number, Number], list[Run]] = defaultdict(list)
        self.named: dict[tuple[Number, str], list[Run]] = defaultdict(list)
        for run in asked:
            for key in repeated & run.scopes.keys():
                for heading in _related(run.scopes[key].own):
                    self.at[key, heading].append(run)
                for name in run.scopes[key].names:
                    self.named[key, name].append(run)

    def exist(self, chosen: Run, answered: Run, key: Number) -> bool:
        """Whether a rival of the chosen problem stands under headings that suit a solution no less.

        Headings that don't suit at all have no rivals: there, it is a guess anyway.
        """
        ours, solution = chosen.scopes[key], answered.scopes[key]
        kind, family = kind_factor(ours, solution), family_factor(chosen, answered)
        for count, (run, suits) in enumerate(self._candidates(chosen, answered, key)):
            suits = suits and kind_factor(run.scopes[key], solution) >= kind
            if count >= _MANY_RIVALS or (suits and family_factor(run, answered) >= family):
                return True
        return False

    def _candidates(self, chosen: Run, answered: Run, key: Number) -> Iterator[tuple[Run, bool]]:
        """Yields the others under headings that may suit a solution, and whether they suit it no less."""
        ours, solution = chosen.scopes[key], answered.scopes[key]
        if name_factor(chosen, answered, key) not in (NO_SCOPE, OTHER_SCOPE):
            best = scope_factor(chosen, answered, key, self.repeated)
            for run in self.named[key, (solution.names or solution.names_above)[0]]:
                if run is not chosen:
                    yield run, scope_factor(run, answered, key, self.repeated) >= best
            return
        wanted = solution.own or solution.above
        best = agreement(ours.own, wanted) if wanted and ours.own else OTHER_SCOPE
        if best == OTHER_SCOPE:
            return
        for heading in {wanted[0]} if best == SAME_SCOPE else _related(wanted):
            for run in self.at.get((key, heading), ()):
                if run is not chosen:
                    yield run, agreement(run.scopes[key].own, wanted) >= best


def _related(scope: tuple[Number, ...]) -> set[Number]:
    """Returns the numbers of which scopes that agree have one in common: 3.2, 3, and those above."""
    return {*scope, *(scope[0][:length] for length in range(1, len(scope[0])))} if scope else set()
