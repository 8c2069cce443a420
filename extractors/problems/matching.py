"""Matches problems and solutions one to one, within a document and across companions.

Numbers restart in every chapter or section, so a number alone says little. What is matched are
runs: sequences of labels within which no number repeats. A run of solutions goes to the run of
problems whose numbers it shares, whose headings agree with its own and whose words are the same;
the best assignment over all runs decides (Hungarian method), not the first that fits.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from string import ascii_lowercase

from extractors.problems.affinity import answers, out_of_step
from extractors.problems.certainty import share_right
from extractors.problems.titles import scope_number, title_words, title_zone
from extractors.problems.vocabulary import fold, languages_of, pattern, words
from schemas.problems import Found, Item, MatchedPair, Matching

_MIN_EVIDENCE = 0.5
_SAME_SCOPE, _WITHIN_SCOPE, _NO_SCOPE, _OTHER_SCOPE = 1.0, 0.95, 0.85, 0.0
_GUESS = 0.7
_OTHER_KIND = 0.9
_SHIFTED = 0.6
_NAMELESS = re.compile(
    r"\b(?:sols?|solns?|ans|exs?|probs?|qs?|loesung(?:en)?|uebung(?:en)?|manual|student|key|selected|detailed|full|worked|short)\b"
)
_MANY_RUNS = 40_000  # pairs of runs that are all weighed; of more, those near each other
_NEAR = 25
_COMPANION = 0.97
_ONLY_CANDIDATE = 0.9


Number = tuple[str, ...]
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


@dataclass(frozen=True, slots=True)
class Scope:
    """The numbers of the headings around an item, innermost first.

    Attributes:
      own: of the headings that count for it without doubt.
      above: for solutions, of the headings above their title: "Chapter 9" above "Answers" may be
        the chapter they are for, or just the last one of the book.
      kinds: the words for problems in the headings ("problems", "review questions", "quiz").
    """

    own: tuple[Number, ...]
    above: tuple[Number, ...]
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Run:
    uri: str
    family: str
    order: float  # position among the runs of its document and kind, 0..1
    items: dict[Number, Item]
    scopes: dict[Number, Scope]


def match_items(found: Sequence[Found]) -> Matching:
    """Returns a one-to-one matching over documents that belong together, such as those of a folder.

    The result does not depend on the order of `found`.
    """
    documents = sorted({f.uri: f for f in found}.values(), key=lambda f: f.uri)
    pairs = [pair for document in documents for pair in _linked(document.items)]
    taken = {_place(item) for pair in pairs for item in (pair.problem, pair.solution)}
    open_items = {f.uri: [i for i in f.items if _place(i) not in taken] for f in documents}
    for items in open_items.values():
        pairs += _match(items, items, 1.0, taken)
    for group, affinity in _companions(documents, open_items, taken):
        problems = [i for uri in group for i in open_items[uri] if i.kind == "problem"]
        solutions = [i for uri in group for i in open_items[uri] if i.kind == "solution"]
        pairs += _match(problems, solutions, affinity, taken)
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
) -> list[tuple[list[str], float]]:
    """Groups of documents that belong together by name, then what is left if it is unambiguous."""
    by_name: dict[str, list[Name]] = defaultdict(list)
    for document in documents:
        name = _name(document)
        by_name[name.rest].append(name)
    groups = []
    for _, names in sorted(by_name.items()):
        kinds = sorted({name.kind for name in names if name.kind})
        # quiz1 and homework1 are two sheets; with one of them, solutions1 needs no kind.
        for kind in kinds or [""]:
            uris = [n.uri for n in names if n.kind == kind or (not n.kind and len(kinds) == 1)]
            if len(uris) > 1:
                groups.append((uris, _COMPANION))
    named = {uri for uris, _ in groups for uri in uris}
    left = {
        kind: [
            f
            for f in documents
            if f.uri not in named
            and any(i.kind == kind and i.number and _place(i) not in taken for i in open_items[f.uri])
            and not any(i.kind != kind for i in open_items[f.uri])
        ]
        for kind in ("problem", "solution")
    }
    if len(left["problem"]) == 1 and len(left["solution"]) == 1:
        asked, answered = left["problem"][0], left["solution"][0]
        book, answers = _name(asked), _name(answered)
        within = set(answers.rest.split()) <= set(book.rest.split())
        if within and answers.kind in ("", book.kind):  # book.pdf and answers.pdf
            groups.append(([asked.uri, answered.uri], _ONLY_CANDIDATE))
    return groups


def _name(document: Found) -> Name:
    """Returns a file name without the words that say what it holds: hw01_solutions -> "hw", "1"."""
    stem = PurePosixPath(document.uri.replace("\\", "/")).stem
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|[_\-.+\s]+", " ", stem)
    text = " ".join(part.lstrip("0") or "0" if part.isdigit() else part for part in fold(spaced).split())
    kind = " ".join(match["word"] for match in pattern("set").finditer(text))
    text = pattern("set").sub(" ", text)
    roles = pattern("solution", "hint", "problem", "link", "and", "name")
    text = roles.sub(lambda m: m["word"] if _distinguishes(m) else " ", text)
    return Name(document.uri, " ".join(_NAMELESS.sub(" ", text).split()), kind)


def _distinguishes(match: re.Match[str]) -> bool:
    """Whether a letter tells a name from others: exam_a is not exam_c, but "respuestas a los ejercicios"."""
    between = match.string[: match.start()].strip() and match.string[match.end() :].strip()
    return match["word"] in ascii_lowercase and not between


def _match(
    problems: Sequence[Item], solutions: Sequence[Item], affinity: float, taken: set[Place]
) -> list[MatchedPair]:
    """Matches runs, round after round, until nothing more fits; adds what it uses to `taken`."""
    pairs: list[MatchedPair] = []
    while True:
        asked = _runs([i for i in problems if i.kind == "problem" and _place(i) not in taken])
        answered = _runs([i for i in solutions if i.kind == "solution" and _place(i) not in taken])
        repeated = _repeated(asked)
        ordered = {(id(a), id(b)) for a, b in _in_order(asked, answered)}
        new = [
            pair
            for a, b in _assign(asked, answered, repeated)
            for pair in _pair_runs(
                a, b, affinity, frozenset() if (id(a), id(b)) in ordered else repeated, _rivals(a, b, asked)
            )
        ]
        if not new:
            return pairs
        pairs += new
        taken.update(_place(item) for pair in new for item in (pair.problem, pair.solution))


def _runs(items: Sequence[Item]) -> list[_Run]:
    grouped: dict[tuple[str, int], list[Item]] = defaultdict(list)
    for item in items:
        if item.number:
            grouped[item.uri, item.run].append(item)
    runs = []
    for position, ((uri, _), members) in enumerate(sorted(grouped.items())):
        numbered = {_key(i.number): i for i in reversed(members)}
        scopes = {key: _scope(item) for key, item in numbered.items()}
        runs.append(_Run(uri, members[0].family, position / len(grouped), numbered, scopes))
    return runs


def _key(number: Number) -> Number:
    """Returns the number without the letter that tells problem P57 from solution L57."""
    if len(number) == 2 and not number[0].isdigit() and number[1].isdigit():
        return number[1:]
    return number


def _scope(item: Item) -> Scope:
    return _scope_of(item.headings, item.kind == "solution")


@lru_cache(maxsize=65536)
def _scope_of(headings: tuple[str, ...], solution: bool) -> Scope:
    title = next((i for i, h in enumerate(headings) if title_zone(h) == "solutions"), 0) if solution else 0
    named = pattern("problem", "set")
    kinds = (match["word"] for heading in headings for match in named.finditer(fold(heading)))
    return Scope(_numbers(headings[title:]), _numbers(headings[:title]), frozenset(kinds))


def _numbers(headings: Sequence[str]) -> tuple[Number, ...]:
    numbers = [scope_number(heading) for heading in reversed(headings)]
    return tuple(number for number in numbers if number)


def _repeated(runs: list[_Run]) -> frozenset[Number]:
    """Returns the numbers that several runs of problems carry: there, only the scope decides."""
    counts = Counter(key for run in runs for key in run.items)
    return frozenset(key for key, count in counts.items() if count > 1)


def _in_order(asked: list[_Run], answered: list[_Run]) -> list[tuple[_Run, _Run]]:
    """Pairs runs by their order alone, if there are as many and each holds the numbers of its partner."""
    likely = [a for a in asked if any(_family_factor(a, b) for b in answered)]
    likely = [a for a in likely if any(a.items.keys() & b.items.keys() for b in answered)]
    couples = list(zip(likely, answered, strict=False))
    fits = all(b.items.keys() <= a.items.keys() and _family_factor(a, b) for a, b in couples)
    if len(likely) != len(answered) or not fits:
        return []
    # "Tuesday" above the first answers is not for the problems below "Monday".
    known = {title for a in likely for title in _titles(a)}
    named = all(_titles(a) & _titles(b) or not known & _titles(b) for a, b in couples)
    return couples if named else []


def _titles(run: _Run) -> set[str]:
    return {title_words(heading) for item in run.items.values() for heading in item.headings}


def _assign(asked: list[_Run], answered: list[_Run], repeated: frozenset[Number]) -> list[tuple[_Run, _Run]]:
    """Returns the pairs of runs with the greatest total weight."""
    if not asked or not answered:
        return []
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    weights = np.zeros((len(asked), len(answered)))
    many = weights.size > _MANY_RUNS
    for i, a in enumerate(asked):
        for j, b in enumerate(answered):
            if not many or abs(i * len(answered) - j * len(asked)) <= _NEAR * max(weights.shape):
                weights[i, j] = _weight(a, b, repeated)
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return [(asked[i], answered[j]) for i, j in zip(rows, columns, strict=True) if weights[i, j] > 0]


def _weight(asked: _Run, answered: _Run, repeated: frozenset[Number]) -> float:
    common = asked.items.keys() & answered.items.keys()
    agreeing = sum(
        _scope_factor(asked, answered, key, repeated) * _kind_factor(asked.scopes[key], answered.scopes[key])
        for key in common
    )
    family = _family_factor(asked, answered)
    if not agreeing or not family:
        return 0.0
    # The order of the runs decides between equals, and only then.
    return agreeing * family + 0.01 * (1 - abs(asked.order - answered.order))


def _scope_factor(asked: _Run, answered: _Run, key: Number, repeated: frozenset[Number]) -> float:
    """Returns how well the headings around a problem agree with those around a solution."""
    problem, solution = asked.scopes[key].own, answered.scopes[key]
    if problem and solution.own:
        factor = _agreement(problem, solution.own)
        # 3.14 says itself to which chapter it belongs.
        return _NO_SCOPE if factor == _OTHER_SCOPE and len(key) > 1 else factor
    if problem and solution.above:
        factor = _agreement(problem, solution.above)
        return _NO_SCOPE if factor == _OTHER_SCOPE and key not in repeated else factor
    return _NO_SCOPE


def _kind_factor(asked: Scope, answered: Scope) -> float:
    """Returns how well the words of headings agree: "Solutions to the problems" answer no questions."""
    if not asked.kinds or not answered.kinds or asked.kinds & answered.kinds:
        return 1.0
    return _OTHER_KIND


def _suits(rival: _Run, chosen: _Run, answered: _Run, key: Number) -> bool:
    """Whether another problem of the number stands under headings that suit a solution no less."""
    if key not in rival.items:
        return False
    ours, theirs, solution = chosen.scopes[key], rival.scopes[key], answered.scopes[key]
    wanted = solution.own or solution.above
    if not wanted or not theirs.own or not ours.own:
        return False
    return _agreement(theirs.own, wanted) >= _agreement(ours.own, wanted) and _kind_factor(
        theirs, solution
    ) >= _kind_factor(ours, solution)


def _agreement(a: tuple[Number, ...], b: tuple[Number, ...]) -> float:
    if a[0] == b[0]:
        return _SAME_SCOPE
    if a[0] in b or b[0] in a or a[0][: len(b[0])] == b[0] or b[0][: len(a[0])] == a[0]:
        return _WITHIN_SCOPE
    return _OTHER_SCOPE


def _family_factor(asked: _Run, answered: _Run) -> float:
    """Returns how well the words of two labels agree; plain words for a problem are synonyms."""
    a, b = asked.family, answered.family
    if a == b:
        return 1.0
    if _is_plain(a) and _is_plain(b):
        return 0.95
    return 0.95 if _answers_of_other_words(asked, answered) else 0.0


def _answers_of_other_words(asked: _Run, answered: _Run) -> bool:
    """Whether one word or both are in no vocabulary, but the texts belong together."""
    common = sorted(asked.items.keys() & answered.items.keys())
    known = [_is_plain(run.family) for run in (asked, answered)]
    foreign = [
        run.family not in words() and not plain for run, plain in zip((asked, answered), known, strict=True)
    ]
    return (
        all(a or b for a, b in zip(known, foreign, strict=True))
        and any(foreign)
        and answers([asked.items[key].text for key in common], [answered.items[key].text for key in common])
    )


def _is_plain(family: str) -> bool:
    if not family or " " not in family:
        return not family or words().get(family) in ("problem", "solution")
    # "Check your understanding" is a word of its own; in Vietnamese every word has blanks.
    return words().get(family) in ("problem", "solution") and "en" not in languages_of(family, "problem")


def _rivals(chosen: _Run, answered: _Run, asked: list[_Run]) -> list[_Run]:
    """Returns the other runs of problems whose words suit the solutions as well as the chosen ones."""
    family = _family_factor(chosen, answered)
    return [run for run in asked if run is not chosen and _family_factor(run, answered) >= family]


def _pair_runs(
    asked: _Run, answered: _Run, affinity: float, repeated: frozenset[Number], rivals: list[_Run]
) -> list[MatchedPair]:
    common = asked.items.keys() & answered.items.keys()
    family = _family_factor(asked, answered)
    # Solutions mostly without a problem here belong to another run that was not found.
    chapters = {key[:-1] for key in asked.items}
    coverage = len(common) / max(1, sum(1 for key in answered.items if key[:-1] in chapters))
    places = {key: place for place, key in enumerate(asked.items)}
    shifted = out_of_step(
        [item.text for item in asked.items.values()],
        {places[key]: answered.items[key].text for key in common},
    )
    pairs = []
    for key in sorted(common):
        scope = _scope_factor(asked, answered, key, repeated)
        # The number is another run's too, and no heading says whose: the order alone is a guess.
        guess = _GUESS if scope == _NO_SCOPE and key in repeated else 1.0
        if key in repeated and any(_suits(run, asked, answered, key) for run in rivals):
            guess = _GUESS
        if places[key] in shifted:
            guess *= _SHIFTED
        evidence = affinity * family * scope * guess * min(1.0, 0.4 + coverage)
        if scope and evidence >= _MIN_EVIDENCE:
            score = share_right("scope_number", evidence)
            pairs.append(MatchedPair(asked.items[key], answered.items[key], "scope_number", score))
    return pairs
