"""Runs of labels, and how well a run of solutions suits a run of problems.

Numbers restart in every chapter or section, so a number alone says little. Within a run no number
repeats.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from extractors.problems.affinity import answers
from extractors.problems.labels import letter_of
from extractors.problems.names import NOTHING, Known, Names, contradict, names
from extractors.problems.titles import scope_numbers, title_zone
from extractors.problems.vocabulary import fold, languages_of, pattern, words
from schemas.problems import Item

SAME_SCOPE, _WITHIN_SCOPE, NO_SCOPE, OTHER_SCOPE = 1.0, 0.95, 0.85, 0.0
_OTHER_KIND, _OTHER_TITLE = 0.9, 0.7

Number = tuple[str, ...]
Compared = dict[tuple[str, ...], bool]


@dataclass(frozen=True, slots=True)
class Scope:
    """The numbers and names of the headings around an item, innermost first.

    Attributes:
      own: of the headings that count for it without doubt.
      above: for solutions, of the headings above their title: "Chapter 9" above "Answers" may be
        the chapter they are for, or just the last one of the book.
      kinds: the words for problems in the headings ("problems", "review questions", "quiz").
      names, names_above: the same as `own` and `above`, of the names that tell sections apart.
      headings: themselves, outermost first.
    """

    own: tuple[Number, ...]
    above: tuple[Number, ...]
    kinds: frozenset[str]
    names: Names = ()
    names_above: Names = ()
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Labels of one kind and family within which no number repeats; each run is equal to itself only.

    Attributes:
      order: position among the runs of its document and kind, 0..1.
      compared: whether the texts of two runs belong together, by the ids of their items; shared by the
        runs that are matched in several rounds.
    """

    uri: str
    family: str
    order: float
    items: dict[Number, Item]
    scopes: dict[Number, Scope]
    compared: Compared = field(default_factory=dict, repr=False)


def runs_of(
    items: Sequence[Item],
    letters: frozenset[str] = frozenset(),
    compared: Compared | None = None,
    known: Known = NOTHING,
) -> list[Run]:
    """Returns the runs of numbered items of one kind, in order.

    Args:
      letters: those before a number that are left out; what has another letter is another run.
      compared: see `Run`.
      known: the names of sections that tell them apart.
    """
    grouped: dict[tuple[str, int, str], list[Item]] = defaultdict(list)
    for item in items:
        if item.number:
            left_out = letters & {letter_of(item.number)}
            grouped[item.uri, item.run, "".join(left_out)].append(item)
    runs = []
    for position, ((uri, _, letter), members) in enumerate(sorted(grouped.items())):
        numbered = {i.number[1:] if letter else i.number: i for i in reversed(members)}
        scopes = {key: _scope(item, known) for key, item in numbered.items()}
        order = position / len(grouped)
        runs.append(
            Run(uri, members[0].family, order, numbered, scopes, {} if compared is None else compared)
        )
    return runs


def _scope(item: Item, known: Known) -> Scope:
    alone = item.kind == "solution" and (item.uri, item.run) in known.alone
    return _scope_of(item.headings, item.kind == "solution", known.shared, alone)


@lru_cache(maxsize=65536)
def _scope_of(headings: tuple[str, ...], solution: bool, shared: frozenset[str], alone: bool) -> Scope:
    title = next((i for i, h in enumerate(headings) if title_zone(h) == "solutions"), 0) if solution else 0
    named = pattern("problem", "set")
    kinds = (match["word"] for heading in headings for match in named.finditer(fold(heading)))
    own, above = headings[title:], headings[:title]
    return Scope(
        scope_numbers(own),
        scope_numbers(above),
        frozenset(kinds),
        tuple(name for name in names(own) if name in shared),
        tuple(name for name in names(above) if name in shared and alone),
        headings,
    )


def scope_factor(asked: Run, answered: Run, key: Number, repeated: frozenset[Number]) -> float:
    """Returns how well the headings around a problem agree with those around a solution."""
    number, name = _number_factor(asked, answered, key, repeated), name_factor(asked, answered, key)
    if OTHER_SCOPE in (number, name):
        return OTHER_SCOPE
    return name if number == NO_SCOPE else number


def _number_factor(asked: Run, answered: Run, key: Number, repeated: frozenset[Number]) -> float:
    problem, solution = asked.scopes[key].own, answered.scopes[key]
    if problem and solution.own:
        factor = agreement(problem, solution.own)
        # 3.14 says itself to which chapter it belongs.
        return NO_SCOPE if factor == OTHER_SCOPE and len(key) > 1 else factor
    if problem and solution.above:
        factor = agreement(problem, solution.above)
        return NO_SCOPE if factor == OTHER_SCOPE and key not in repeated else factor
    return NO_SCOPE


def name_factor(asked: Run, answered: Run, key: Number) -> float:
    """Returns how well the names of sections agree: "Variant B" once more, below "Solutions".

    The name of the section in which a title of solutions stands speaks for its problems, if they have all
    of the numbers, and never against others: it may be just the last section of the book.
    """
    problem, solution = asked.scopes[key].names, answered.scopes[key]
    if solution.names:
        factor = _name_agreement(problem, solution.names)
        return NO_SCOPE if factor == OTHER_SCOPE and len(key) > 1 else factor
    if solution.names_above and not solution.own and answered.items.keys() <= asked.items.keys():
        return _name_agreement(problem, solution.names_above) or NO_SCOPE
    return NO_SCOPE


def _name_agreement(problem: Names, solution: Names) -> float:
    """Returns how well names agree: the innermost one of the solution counts, and no others may differ."""
    ours, theirs = set(problem), set(solution)
    if solution[0] not in ours or (ours - theirs and theirs - ours):
        return OTHER_SCOPE
    return SAME_SCOPE if solution[0] == problem[0] else _WITHIN_SCOPE


def kind_factor(asked: Scope, answered: Scope) -> float:
    """Returns how well the words of headings agree: "Solutions to the problems" answer no questions."""
    if not asked.kinds or not answered.kinds or asked.kinds & answered.kinds:
        return 1.0
    return _OTHER_KIND


def title_factor(asked: Scope, answered: Scope) -> float:
    """Returns how well the titles agree: "Zoology: solutions" answers no "Linear algebra: exercises"."""
    return _OTHER_TITLE if contradict(asked.headings, answered.headings) else 1.0


def agreement(a: tuple[Number, ...], b: tuple[Number, ...]) -> float:
    """Returns how well the numbers of two headings agree, with those around them."""
    if a[0] == b[0]:
        return SAME_SCOPE
    if a[0] in b or b[0] in a or a[0][: len(b[0])] == b[0] or b[0][: len(a[0])] == a[0]:
        return _WITHIN_SCOPE
    return OTHER_SCOPE


def family_factor(asked: Run, answered: Run) -> float:
    """Returns how well the words of two labels agree; plain words for a problem are synonyms."""
    a, b = asked.family, answered.family
    if a == b:
        return 1.0
    if (is_plain(a) and is_plain(b)) or (not b and _is_named(a, answered)):
        return 0.95
    return 0.95 if _answers_of_other_words(asked, answered) else 0.0


def _is_named(family: str, answered: Run) -> bool:
    """Whether the title above bare numbers names what they answer: "Answers to Try Its" Try It 1."""
    kinds = next((scope.kinds for scope in answered.scopes.values()), frozenset())
    return bool(family) and any(kind.startswith(family) for kind in kinds)


def _answers_of_other_words(asked: Run, answered: Run) -> bool:
    """Whether one word or both are in no vocabulary, but the texts belong together."""
    known = [is_plain(run.family) for run in (asked, answered)]
    foreign = [
        run.family not in words() and not plain for run, plain in zip((asked, answered), known, strict=True)
    ]
    if not any(foreign) or not all(a or b for a, b in zip(known, foreign, strict=True)):
        return False
    common = sorted(asked.items.keys() & answered.items.keys())
    problems, solutions = ([run.items[key] for key in common] for run in (asked, answered))
    ids = tuple(item.id for item in (*problems, *solutions))
    if ids not in asked.compared:
        asked.compared[ids] = answers([item.text for item in problems], [item.text for item in solutions])
    return asked.compared[ids]


@lru_cache(maxsize=4096)
def is_plain(family: str) -> bool:
    """Whether a label has no word, or one that any problem or solution may have."""
    if not family or " " not in family:
        return not family or words().get(family) in ("problem", "solution")
    # "Check your understanding" is a word of its own; in Vietnamese every word has blanks.
    return words().get(family) in ("problem", "solution") and "en" not in languages_of(family, "problem")
