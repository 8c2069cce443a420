"""Matches problems and solutions one to one, within a document and across companions.

Numbers restart in every chapter or section, so a number alone says little. What is matched are
runs: sequences of labels within which no number repeats. A run of solutions goes to the run of
problems whose numbers it shares, whose headings agree with its own and whose words are the same;
the best assignment over all runs decides (Hungarian method), not the first that fits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from extractors.problems.affinity import agree, answers, out_of_step
from extractors.problems.assignment import Rivals, assign, in_order, repeated_numbers
from extractors.problems.certainty import share_right
from extractors.problems.companions import guessed, mirrored, spaced_stem
from extractors.problems.fuller import without_keys
from extractors.problems.labels import letter_of
from extractors.problems.names import Known, known_names
from extractors.problems.repeats import repeating
from extractors.problems.runs import (
    NO_SCOPE,
    Compared,
    Number,
    Run,
    family_factor,
    runs_of,
    scope_factor,
    title_factor,
)
from extractors.problems.vocabulary import pattern
from schemas.problems import Found, Item, MatchedPair, Matching

_MIN_EVIDENCE = 0.5
_GUESS = 0.7
_SHIFTED = 0.6
_NAMELESS = re.compile(
    r"\b(?:sols?|solns?|ans|exs?|probs?|qs?|loesung(?:en)?|uebung(?:en)?|manual|(?:student|instructor|teacher)(?:'?s)?|key|selected|detailed|full|worked|short)\b"
)
_COMPANION = 0.97
_ONLY_CANDIDATE = 0.9
MIN_ANSWERED = 5  # possible problems
_COVERED = 0.8  # share of the solutions that answer possible problems
_MAX_ROUNDS = 100  # a key in columns of fifty rows, read row by row, takes fifty

Place = tuple[str, str]
"""Uri and id: copies of one file hold items of the same id."""


@dataclass(frozen=True, slots=True)
class Name:
    """What a file name says.

    Attributes:
      rest: without the words below; equal in companions.
      kind: the words for a collection ("homework", "quiz"), if it has any.
    """

    uri: str
    rest: str
    kind: str


def match_items(found: Sequence[Found]) -> Matching:
    """Returns a one-to-one matching over documents that belong together, such as those of a folder.

    The result does not depend on the order of `found`.
    """
    documents = sorted({f.uri: f for f in found}.values(), key=lambda f: f.uri)
    pairs = [pair for document in documents for pair in _linked(document.items)]
    taken = {_place(item) for pair in pairs for item in (pair.problem, pair.solution)}
    open_items = {f.uri: [i for i in f.items if _place(i) not in taken] for f in documents}
    possible = {f.uri: f.possible for f in documents}
    for items in open_items.values():
        pairs += _match(items, items, 1.0, taken)
    groups, left = _companions(documents, open_items, taken)
    for group, affinity in groups:
        problems = [i for uri in group for i in open_items[uri] if i.kind == "problem"]
        solutions = [i for uri in group for i in open_items[uri] if i.kind == "solution"]
        pairs += _match(problems, solutions, affinity, taken)
        pairs += _answered([i for uri in group for i in possible[uri]], solutions, affinity, taken)
    for pair in mirrored(left["problem"], left["solution"]):
        pairs.append(pair)
        taken |= {_place(pair.problem), _place(pair.solution)}
    open_problems = {
        uri: [item for item in items if _place(item) not in taken] for uri, items in left["problem"].items()
    }
    for pair in guessed(open_problems):
        pairs.append(pair)
        taken |= {_place(pair.problem), _place(pair.solution)}
    rest = [i for f in documents for i in f.items if _place(i) not in taken]
    pairs.sort(key=lambda p: (p.problem.uri, p.problem.span, p.problem.id))
    return Matching(
        tuple(pairs),
        tuple(i for i in rest if i.kind == "problem"),
        tuple(i for i in rest if i.kind == "solution"),
    )


def _place(item: Item) -> Place:
    return item.uri, item.id


def _linked(items: Iterable[Item]) -> list[MatchedPair]:
    halves: dict[str, dict[str, Item]] = defaultdict(dict)
    for item in items:
        if item.link:
            halves[item.link].setdefault(item.kind, item)
    return [
        MatchedPair(h["problem"], h["solution"], h["solution"].method, share_right(h["solution"].method))
        for h in halves.values()
        if len(h) == 2
    ]


def _companions(
    documents: Sequence[Found], open_items: dict[str, list[Item]], taken: set[Place]
) -> tuple[list[tuple[list[str], float]], dict[str, dict[str, list[Item]]]]:
    """Finds documents that belong together by name.

    Returns:
      Groups of documents, and how sure they are; and what is numbered in the others that hold problems
      alone or solutions alone, by kind and document.
    """
    by_name: dict[str, list[Name]] = defaultdict(list)
    for document in documents:
        name = _name(document)
        by_name[name.rest].append(name)
    groups = []
    for _, names in sorted(by_name.items()):
        sets = sorted({name.kind for name in names if name.kind})
        # quiz1 and homework1 are two sheets; with one of them, solutions1 needs no kind.
        for kind in sets or [""]:
            uris = [n.uri for n in names if n.kind == kind or (not n.kind and len(sets) == 1)]
            if len(uris) > 1:
                groups.append((uris, _COMPANION))
    named = {uri for uris, _ in groups for uri in uris}
    left: dict[str, dict[str, list[Item]]] = {"problem": {}, "solution": {}}
    for document in documents:
        items = open_items[document.uri]
        kinds = {item.kind for item in items}
        numbered = [item for item in items if item.number and _place(item) not in taken]
        if document.uri not in named and len(kinds) == 1 and numbered:
            left[numbered[0].kind][document.uri] = numbered
    if len(left["problem"]) == 1 and len(left["solution"]) == 1:
        asked, answered = (_name(f) for kind in left.values() for f in documents if f.uri in kind)
        within = set(answered.rest.split()) <= set(asked.rest.split())
        if within and answered.kind in ("", asked.kind):  # book.pdf and answers.pdf
            groups.append(([asked.uri, answered.uri], _ONLY_CANDIDATE))
            left = {"problem": {}, "solution": {}}
    return groups, left


def _name(document: Found) -> Name:
    """Returns a file name without the words that say what it holds: hw01_solutions -> "hw", "1"."""
    text = spaced_stem(document.uri)
    kind = " ".join(match["word"] for match in pattern("set").finditer(text))
    text = pattern("set").sub(" ", text)
    roles = pattern("solution", "hint", "problem", "link", "and", "name")
    text = roles.sub(lambda m: m["word"] if _distinguishes(m) else " ", text)
    return Name(document.uri, " ".join(_NAMELESS.sub(" ", text).split()), kind)


def _distinguishes(match: re.Match[str]) -> bool:
    """Whether a letter tells a name from others: exam_a is not exam_c, but "respuestas a los ejercicios"."""
    between = match.string[: match.start()].strip() and match.string[match.end() :].strip()
    return match["word"] in ascii_lowercase and not between


def _answered(
    possible: Sequence[Item], solutions: Sequence[Item], affinity: float, taken: set[Place]
) -> list[MatchedPair]:
    """Matches what may be problems, if most of the solutions that are left answer them, by their words."""
    left = [item for item in solutions if item.number and _place(item) not in taken]
    tried = set(taken)
    pairs = _match(possible, left, affinity, tried) if possible else []
    if len(pairs) < max(MIN_ANSWERED, _COVERED * len(left)):
        return []
    if not answers([pair.problem.text for pair in pairs], [pair.solution.text for pair in pairs]):
        return []
    taken |= tried
    return pairs


def _match(
    problems: Sequence[Item], solutions: Sequence[Item], affinity: float, taken: set[Place]
) -> list[MatchedPair]:
    """Matches runs; adds what it uses to `taken`.

    Numbers are compared as printed first, and then, in runs of which none was found again, without the
    letters that tell problem P57 from solution L57: those that are not of both.
    """
    asked = [i for i in problems if i.kind == "problem"]
    answered = [i for i in solutions if i.kind == "solution"]
    known = known_names(asked, answered)
    repeated, strangers = _repeating(asked, answered, taken)
    asked = [i for i in asked if _place(i) not in taken]
    used = taken | strangers
    answered = without_keys([i for i in answered if _place(i) not in used])
    letters = [frozenset(letter_of(item.number) for item in items) - {""} for items in (asked, answered)]
    of_asked, of_answered = letters[0] - letters[1], letters[1] - letters[0]
    none: frozenset[str] = frozenset()
    pairs: list[MatchedPair] = []
    for left_out in dict.fromkeys(
        ((none, none), (none, of_answered), (of_asked, none), (of_asked, of_answered))
    ):
        found = {(item.uri, item.run) for pair in pairs for item in (pair.problem, pair.solution)}
        open_items = [[i for i in items if (i.uri, i.run) not in found] for items in (asked, answered)]
        pairs += _match_runs(open_items[0], open_items[1], left_out, known, affinity, taken)
    return repeated + pairs


def _repeating(
    problems: Sequence[Item], solutions: Sequence[Item], taken: set[Place]
) -> tuple[list[MatchedPair], set[Place]]:
    """Matches solutions that repeat a question; returns those as well that repeat another than their own.

    Adds what it uses to `taken`.
    """
    found, strangers = repeating(problems, solutions)
    score = share_right("repeated")
    pairs = [MatchedPair(a, b, "repeated", score) for a, b in found if not {_place(a), _place(b)} & taken]
    taken.update(_place(item) for pair in pairs for item in (pair.problem, pair.solution))
    return pairs, {_place(item) for item in (*strangers, *(solution for _, solution in found))}


def _match_runs(
    problems: Sequence[Item],
    solutions: Sequence[Item],
    letters: tuple[frozenset[str], frozenset[str]],
    known: Known,
    affinity: float,
    taken: set[Place],
) -> list[MatchedPair]:
    """Matches runs, round after round, until nothing more fits.

    Args:
      letters, known: see `runs_of`; the letters for problems and for solutions.
    """
    pairs: list[MatchedPair] = []
    compared: Compared = {}
    for _ in range(_MAX_ROUNDS):
        asked = runs_of([i for i in problems if _place(i) not in taken], letters[0], compared, known)
        answered = runs_of([i for i in solutions if _place(i) not in taken], letters[1], compared, known)
        repeated = repeated_numbers(asked)
        rivals = Rivals(asked, repeated)
        ordered = set(in_order(asked, answered))
        new = [
            pair
            for a, b in assign(asked, answered, repeated)
            for pair in _pair_runs(a, b, affinity, frozenset() if (a, b) in ordered else repeated, rivals)
        ]
        if not new:
            break
        pairs += new
        taken.update(_place(item) for pair in new for item in (pair.problem, pair.solution))
    return pairs


def _pair_runs(
    asked: Run, answered: Run, affinity: float, repeated: frozenset[Number], rivals: Rivals
) -> list[MatchedPair]:
    common = asked.items.keys() & answered.items.keys()
    family = family_factor(asked, answered)
    # Solutions mostly without a problem here belong to another run that was not found.
    chapters = {key[:-1] for key in asked.items}
    coverage = len(common) / max(1, sum(1 for key in answered.items if key[:-1] in chapters))
    places = {key: place for place, key in enumerate(asked.items)}
    shifted = out_of_step(
        [item.text for item in asked.items.values()],
        {places[key]: answered.items[key].text for key in common},
    )
    scopes = {key: scope_factor(asked, answered, key, repeated) for key in sorted(common)}
    # The number is another run's too, and no heading says whose: the order alone is a guess.
    guesses = {
        key
        for key, scope in scopes.items()
        if key in repeated and (scope == NO_SCOPE or rivals.exist(asked, answered, key))
    }
    if 2 * len(guesses) >= len(common):
        guesses = common  # a run that may be for others is not sure where only its length tells
    strangers = _under_other_titles(asked, answered)
    pairs = []
    for key, scope in scopes.items():
        guess = _GUESS if key in guesses or key in strangers else 1.0
        if places[key] in shifted:
            guess *= _SHIFTED
        evidence = affinity * family * scope * guess * min(1.0, 0.4 + coverage)
        if scope and evidence >= _MIN_EVIDENCE:
            score = share_right("scope_number", evidence)
            pairs.append(MatchedPair(asked.items[key], answered.items[key], "scope_number", score))
    return pairs


def _under_other_titles(asked: Run, answered: Run) -> set[Number]:
    """Returns the numbers of what stands under titles that contradict each other, unless the texts agree."""
    common = sorted(asked.items.keys() & answered.items.keys())
    found = {key for key in common if title_factor(asked.scopes[key], answered.scopes[key]) < 1.0}
    if found and agree(
        [asked.items[key].text for key in common], [answered.items[key].text for key in common]
    ):
        return set()
    return found
