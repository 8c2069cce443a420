"""What annotators of steps are worth, estimated from their votes alone, and what their votes then say.

The estimate is the EM of Dawid and Skene (1979) with two coins an annotator, carried over to sequences as in
HMM-crowd (Nguyen et al. 2017, ACL P17-1028), from their start: the shares of the votes. It is that of a
posterior, with beta priors on the coins, and under one order: nobody says 1 more often where a step is wrong.
So whoever always says the same, or tosses a coin, tells nothing.

Votes on the steps of a solution are not independent of each other, in three ways, each of which would make
them count for more than they are worth:

- What follows from a wrong step is wrong. So the truth is a Markov chain over the steps, whose states are
  right, right with the next step wrong, and wrong. The second one is there for annotators who see an error a
  step too early: where the errors are, they are wrong much more often than elsewhere.
- An annotator who has said 0 goes on saying so. So its coins depend on its own vote on the step before.
- Annotators may err together, as one model under several prompts does. So each counts for 1 / (1 + the sum of
  its correlations with the others), where what is correlated are votes less what the coins expect: m copies
  of one annotator count as one. One that votes m times on a solution has m votes of 1 / m.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

Votes = Sequence[Sequence[int]]
"""A row an annotator, with 0 (wrong) or 1 (right) for each step."""

STATES = WRONG, RIGHT, LAST = range(3)
"""Of a step; LAST is right, and the next one is wrong."""

ROUNDS = 200
CLOSE = 1e-6
LEAST = (
    1e-100  # a likelihood: where hundreds vote on a step, none may be 0, as none of the states would be left
)
DIGITS = 9  # of estimates: what is behind them depends on the machine

# What is believed before there are votes, as numbers of votes (Raykar et al. 2010, JMLR 11, put beta
# priors on the coins too): it keeps an annotator with few votes, or without a mistake so far, from
# deciding alone. A coin is worth `_STRENGTH` votes. Odds of saying 1 are believed to be three times the
# annotator's own where a step is right, and a third of them where it is wrong; after its vote of 0 they tell
# nothing. Its own, over all steps, are even before there are votes, and worth as many as both coins. So of
# one that says 1 whatever it sees it is soon believed that it does so on wrong steps too.
_STRENGTH = 10.0
_TELLS = ((1.0, 1 / 3), (1.0, 3.0))  # by state, and by its vote on the step before
# Likewise of the truth: that a step is the first wrong one, and that one after a wrong one is right.
_ERRORS, _RECOVERIES = (1.0, 10.0), (1.0, 20.0)
_UNRELATED = 30 * 0.75 * 0.25
"""Variance of votes that are believed to have no correlation, before there are any: 30 of them, as it takes
more to know a correlation than a rate."""


@dataclass(frozen=True, slots=True)
class Skill:
    """What an annotator is worth.

    Attributes:
      one: probability that it says 1, by the state of the step and by its vote on the step before (1 before
        the first).
      weight: how much of its own it adds to what the others say (0..1).
    """

    one: tuple[tuple[float, float], ...]
    weight: float = 1.0


UNKNOWN = Skill(tuple((a / (1 + a), b / (1 + b)) for a, b in (*_TELLS, _TELLS[RIGHT])))
"""An annotator that nobody has seen before."""


@dataclass(frozen=True, slots=True)
class Skills:
    """What is known of a run.

    Attributes:
      of: its annotators, by name.
      error: how likely a step is the first wrong one, if all before it are right.
      recovery: how likely a step is right after a wrong one.
    """

    of: Mapping[str, Skill]
    error: float = _ERRORS[0] / _ERRORS[1]
    recovery: float = _RECOVERIES[0] / _RECOVERIES[1]

    @property
    def start(self) -> tuple[float, ...]:
        """Probabilities of the state of a first step."""
        right = 1 - self.error
        return self.error, right * right, right * self.error

    @property
    def follow(self) -> tuple[tuple[float, ...], ...]:
        """Probabilities of the state after each state."""
        right = 1 - self.error
        after_wrong = 1 - self.recovery, self.recovery * right, self.recovery * self.error
        return after_wrong, (0.0, right, self.error), (1.0, 0.0, 0.0)


def estimate_skills(items: Iterable[tuple[Sequence[str], Votes]]) -> Skills:
    """Returns what annotators are worth.

    The same for any order of the items, and of the annotators within them.

    Args:
      items: of solutions, the names of annotators (one that voted twice is there twice) and their votes on
        each step.
    """
    import numpy as np

    chains = _Chains(items)
    count = len(chains.names)
    if not count:
        return Skills({})
    found = _Found(_shares_of_votes(chains), np.ones((len(STATES), count, 2)), np.ones(count))
    # First LAST is held to be like RIGHT, and then only the coins are estimated again: all at once, three
    # annotators would explain as much by errors a step too early as by differences in skill.
    for last in (False, True):
        found = _run(chains, found, last)
    one, weight, known = found.one, found.weight, found.known
    one, weight = one.round(DIGITS), weight.round(DIGITS)
    skills = {
        name: Skill(tuple((a, b) for a, b in one[:, j].tolist()), float(weight[j]))
        for j, name in enumerate(chains.names)
    }
    return Skills(skills, round(known.error, DIGITS), round(known.recovery, DIGITS))


@dataclass(frozen=True, slots=True)
class _Found:
    """What a round of the EM finds.

    Attributes:
      posterior: of the states, by step.
      one: see `_coins`.
      weight: by annotator.
      known: how often errors and recoveries occur.
    """

    posterior: Array
    one: Array
    weight: Array
    known: Skills = Skills({})


def _run(chains: _Chains, found: _Found, last: bool) -> _Found:
    """Returns what the EM comes to from what was found so far.

    Args:
      last: whether LAST has coins of its own; then only the coins are estimated.
    """
    import numpy as np

    for _ in range(ROUNDS):
        before = found.posterior
        one = _coins(chains, before, like_right=not last)
        posterior, known = _smoothed(chains, _log_likelihood(chains, one, found.weight), found.known)
        if last:
            found = _Found(posterior, one, found.weight, found.known)
        else:
            found = _Found(posterior, one, _weights(chains, posterior, one), known)
        if np.abs(posterior - before).max() < CLOSE:
            break
    return found


class _Chains:
    """Votes as arrays, in an order of their own.

    Attributes:
      names: of the annotators, sorted.
      said, ones: votes, and votes of 1, by step and, two columns an annotator, by its vote on the step
        before. Where it voted several times on a solution each of its votes is a part of one.
      layers: the places of all first steps, all second ones, and so on.
      last: the places of the last steps.
    """

    def __init__(self, items: Iterable[tuple[Sequence[str], Votes]]):
        import numpy as np
        from scipy.sparse import csr_array

        rows = (sorted(zip(names, map(tuple, votes), strict=True)) for names, votes in items)
        whole = sorted(
            (item for item in rows if item and item[0][1]), key=lambda item: (-len(item[0][1]), item)
        )
        self.names = sorted({name for item in whole for name, _ in item})
        column = {name: j for j, name in enumerate(self.names)}
        lengths = np.array([len(item[0][1]) for item in whole], dtype=int)
        ends = np.cumsum(lengths)
        starts = ends - lengths
        places, columns, said, ones = array("q"), array("q"), array("d"), array("d")
        for item, begin in zip(whole, starts.tolist(), strict=True):
            times = Counter(name for name, _ in item)
            for name, row in item:
                previous = 1
                for place, vote in enumerate(row, start=begin):
                    places.append(place)
                    columns.append(2 * column[name] + previous)
                    said.append(1 / times[name])
                    ones.append(vote / times[name])
                    previous = vote
        shape = int(lengths.sum()), 2 * len(self.names)
        self.said = csr_array((said, (places, columns)), shape)
        self.ones = csr_array((ones, (places, columns)), shape)
        self.layers = [starts[lengths > t] + t for t in range(int(lengths.max(initial=0)))]
        self.last = ends - 1


def _shares_of_votes(chains: _Chains) -> Array:
    """Returns what is believed of the states at first: as Dawid and Skene do, the shares of the votes."""
    import numpy as np

    right = chains.ones.sum(1) / chains.said.sum(1)
    return np.stack([1 - right, right, 0 * right], axis=1)


def _coins(chains: _Chains, posterior: Array, like_right: bool) -> Array:
    """Returns the probability of saying 1, by state, annotator and vote on the step before.

    Args:
      like_right: whether those of LAST are those of RIGHT.
    """
    import numpy as np

    if like_right:
        posterior = np.stack([posterior[:, WRONG], 1 - posterior[:, WRONG], 0 * posterior[:, LAST]], axis=1)
    ones, said = ((votes.T @ posterior).T.reshape(len(STATES), -1, 2) for votes in (chains.ones, chains.said))
    share = (ones.sum(0) + _STRENGTH) / (said.sum(0) + 2 * _STRENGTH)
    odds = share / (1 - share) * np.array(_TELLS)[:, None]
    ones[:LAST] += _STRENGTH * odds / (1 + odds)
    said[:LAST] += _STRENGTH
    coins = np.empty_like(ones)
    coins[:LAST] = ones[:LAST] / said[:LAST]
    # No vote of 1 may speak for an error: else calling all right steps wrong would explain votes too. Where
    # it would, both coins are one, and the vote tells nothing (the order-restricted estimate).
    pooled = ones[:LAST].sum(0) / said[:LAST].sum(0)
    coins[:LAST] = np.where(coins[WRONG] > coins[RIGHT], pooled, coins[:LAST])
    coins[LAST] = (ones[LAST] + _STRENGTH * coins[RIGHT]) / (said[LAST] + _STRENGTH)
    return coins


def _weights(chains: _Chains, posterior: Array, one: Array) -> Array:
    import numpy as np
    from scipy.sparse import csr_array, triu

    count = len(chains.names)
    columns = np.arange(2 * count)  # those of an annotator are added up
    both = csr_array((np.ones(2 * count), (columns, columns // 2)), (2 * count, count))
    covariance = csr_array((count, count))
    for state in STATES:
        surprise = (chains.ones - chains.said.multiply(one[state].reshape(1, -1))) @ both
        covariance = covariance + surprise.T @ surprise.multiply(posterior[:, [state]])
    deviation = np.sqrt(covariance.diagonal())
    others = triu(covariance, 1).tocoo()
    both_vary = deviation[others.row] * deviation[others.col]
    correlation = np.clip(others.data / (both_vary + _UNRELATED), 0, 1)
    sums = np.bincount(others.row, correlation, count) + np.bincount(others.col, correlation, count)
    weights: Array = 1 / (1 + sums)
    return weights


def _log_likelihood(chains: _Chains, one: Array, weight: Array) -> Array:
    """Returns the logarithm of the likelihood of all votes on a step, by step and state."""
    import numpy as np

    for_one, for_zero = np.log(one) * weight[:, None], np.log(1 - one) * weight[:, None]
    said, ones = (logs.reshape(len(STATES), -1).T for logs in (for_zero, for_one - for_zero))
    logs: Array = chains.said @ said + chains.ones @ ones
    return logs


def _smoothed(chains: _Chains, logs: Array, known: Skills) -> tuple[Array, Skills]:
    """Returns the posterior of the states (forward-backward), and how often errors and recoveries occur."""
    import numpy as np

    start, follow = np.array(known.start), np.array(known.follow)
    likelihood = np.maximum(np.exp(logs - logs.max(1, keepdims=True)), LEAST)
    likelihood[chains.last, LAST] = 0
    likelihood[chains.last, RIGHT] /= 1 - known.error  # no step follows, so none that is right
    forward, backward = np.empty_like(likelihood), np.ones_like(likelihood)
    for t, places in enumerate(chains.layers):
        expected = start if t == 0 else forward[places - 1] @ follow
        forward[places] = _normalised(expected * likelihood[places])
    followed = np.zeros_like(follow)
    for places in reversed(chains.layers[1:]):
        after = likelihood[places] * backward[places]
        backward[places - 1] = _normalised(after @ follow.T)
        joint = forward[places - 1][:, :, None] * follow * after[:, None, :]
        followed += (joint / joint.sum((1, 2), keepdims=True)).sum(0)
    posterior = _normalised(forward * backward)
    begun = posterior[chains.layers[0]].sum(0)
    errors = begun[WRONG] + followed[LAST, WRONG]
    none = begun[RIGHT] + begun[LAST] + followed[RIGHT].sum()
    recoveries = followed[WRONG, RIGHT] + followed[WRONG, LAST]
    error = (errors + _ERRORS[0]) / (errors + none + _ERRORS[1])
    recovery = (recoveries + _RECOVERIES[0]) / (followed[WRONG].sum() + _RECOVERIES[1])
    return posterior, Skills({}, float(error), float(recovery))


def _normalised(values: Array) -> Array:
    shares: Array = values / values.sum(1, keepdims=True)
    return shares


def probabilities(skills: Skills, names: Sequence[str], votes: Votes) -> list[float]:
    """Returns the probability (0..1) that each step of a solution is right.

    Args:
      names, votes: of the annotators, at least one, with a vote on each step.
    """
    logs = [[0.0, 0.0, 0.0] for _ in votes[0]]
    times = Counter(names)
    for name, row in sorted(zip(names, votes, strict=True)):  # sums don't depend on the order then
        tables, previous = _logs(skills.of.get(name, UNKNOWN)), 1
        for said, vote in zip(logs, row, strict=True):
            for state, log in enumerate(tables[previous][vote]):
                said[state] += log / times[name]
            previous = vote
    likelihood = [[max(math.exp(value - max(said)), LEAST) for value in said] for said in logs]
    likelihood[-1][LAST] = 0.0
    likelihood[-1][RIGHT] /= 1 - skills.error  # no step follows, so none that is right
    expected, follow = skills.start, skills.follow
    forward: list[list[float]] = []
    for step in likelihood:
        forward.append(_shares([p * q for p, q in zip(expected, step, strict=True)]))
        expected = tuple(sum(forward[-1][i] * follow[i][k] for i in STATES) for k in STATES)
    right, backward = [], [1.0, 1.0, 1.0]
    for step, before in zip(reversed(likelihood), reversed(forward), strict=True):
        right.append(1 - _shares([p * q for p, q in zip(before, backward, strict=True)])[WRONG])
        after = [p * q for p, q in zip(step, backward, strict=True)]
        backward = _shares([sum(follow[i][k] * after[k] for k in STATES) for i in STATES])
    return right[::-1]


@lru_cache(maxsize=1000)
def _logs(skill: Skill) -> tuple[tuple[tuple[float, ...], ...], ...]:
    """Returns what a vote adds to the log-likelihood of each state, by the vote before and the vote."""

    def logs(previous: int, vote: int) -> tuple[float, ...]:
        chances = (coins[previous] if vote else 1 - coins[previous] for coins in skill.one)
        return tuple(skill.weight * math.log(chance) for chance in chances)

    return tuple(tuple(logs(previous, vote) for vote in (0, 1)) for previous in (0, 1))


def _shares(values: Sequence[float]) -> list[float]:
    total = sum(values)
    return [value / total for value in values]
