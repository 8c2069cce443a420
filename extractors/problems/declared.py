"""Openings that the source declares by an element, environment or directive of its own."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from extractors.problems.labels import Label
from extractors.problems.links import mutual
from extractors.problems.outline import OPENED, Piece
from extractors.problems.stems import Shared
from extractors.problems.vocabulary import Role, fold, pattern, words

_MIN_ENDING = 6  # letters of a word within a longer one: "answer", but not "task" or "test"

Kind = Literal["problem", "solution", "hint", "boundary", "inline_solution", "inline_hint", "aside", "proof"]


@dataclass(frozen=True, slots=True)
class Opening:
    """A place where something begins.

    Attributes:
      index: of its piece.
      kind: what begins; a boundary ends what was before and begins nothing.
      label: as read; None where the source declares the element without a printed label.
      stop: index of the first piece after the declaring container; None without one.
      container: identifier of the declaring container; "" without one.
      target: identifier of the container that a declared solution names.
      stem: the problems whose common stem begins here.
    """

    index: int
    kind: Kind
    label: Label | None
    stop: int | None = None
    container: str = ""
    target: str = ""
    stem: Shared | None = None


def declared_openings(pieces: list[Piece]) -> list[Opening]:
    """Returns the openings that containers declare, at most one where a container begins."""
    spans: dict[str, list[int]] = {}
    names: dict[str, str] = {}
    targets: dict[str, str] = {}
    outer: dict[str, list[str]] = {}
    for index, piece in enumerate(pieces):
        above: list[str] = []
        for container in piece.block.containers:
            if container.id in spans:
                spans[container.id][1] = index + 1
            else:
                spans[container.id] = [index, index + 1]
                names[container.id], targets[container.id] = container.name, container.target
                outer[container.id] = list(above)
            above.append(container.id)
    titled = {ident: _role_of_callout(name, pieces[spans[ident][0]]) for ident, name in names.items()}
    roles = {ident: titled[ident] or _declared_role(name) for ident, name in names.items()}
    roles |= dict.fromkeys(_around_solutions(names, roles, outer), "problem")
    nested = Counter(o for ident in spans if roles[ident] in ("problem", "example") for o in outer[ident])
    openings: dict[int, Opening] = {}
    for ident, (begin, end) in sorted(spans.items(), key=lambda s: (s[1][0], -s[1][1])):
        role = roles[ident] or _role_of_summary(names[ident], pieces[begin])
        if roles[ident] is None and pieces[begin].title:
            continue  # "Answers", above a list of them
        if role is None or _is_group(pieces, begin, end, role) or (role != "solution" and nested[ident]):
            continue
        if any(roles[o] == role and openings.get(spans[o][0]) for o in outer[ident]):
            continue
        kind: Kind = "problem"
        label = pieces[begin].label
        if (titled[ident] or roles[ident] is None) and label is None:
            text = pieces[begin].block.text  # "Show the answer" is a label, and no part of the answer
            label = Label(role, "", (), len(text), text, True)
        if label and label.role not in ("problem", "example", "solution", "hint"):
            numbered = pieces[begin].section.zone == "solutions" or role != "solution"
            if pieces[begin].block.marker or not numbered:
                label = None  # the first step of what the element holds
        if role == "solution":
            kind = "solution" if label and label.number else "inline_solution"
            kind = "solution" if targets[ident] else kind
        elif role == "hint":
            kind = "inline_hint"
        openings[begin] = Opening(begin, kind, label, end, ident, targets[ident])
    return [*openings.values(), *(o for o in _linked_openings(pieces) if o.index not in openings)]


def _linked_openings(pieces: list[Piece]) -> list[Opening]:
    """Returns the openings of problems and solutions that lead to each other by links.

    A solution goes on until the next one, a heading, or the number that follows.
    """
    pairs = mutual(pieces)
    starts = {index for pair in pairs for index in pair}
    openings = []
    for first, second in pairs:
        turned = pieces[first].section.zone == "solutions" != pieces[second].section.zone
        problem, solution = (second, first) if turned else (first, second)
        stop = solution + 1
        while stop < len(pieces) and stop not in starts and not _ends_linked(pieces[stop]):
            stop += 1
        openings.append(Opening(problem, "problem", pieces[problem].label))
        openings.append(Opening(solution, "solution", pieces[solution].label, stop))
    return openings


def _ends_linked(piece: Piece) -> bool:
    numbered = piece.label is not None and piece.label.number and not piece.block.marker
    return bool(numbered) or piece.block.kind == "heading"


def _around_solutions(
    names: dict[str, str], roles: dict[str, Role | None], outer: dict[str, list[str]]
) -> set[str]:
    """Returns the elements of unknown names that hold one solution each: they hold problems."""
    inside = Counter(above for ident in names if roles[ident] == "solution" for above in outer[ident])
    counts = Counter(names.values())
    single = Counter(names[ident] for ident, n in inside.items() if n == 1 and roles[ident] is None)
    return {
        ident
        for ident, n in inside.items()
        if n == 1 and roles[ident] is None and 3 <= single[names[ident]] >= counts[names[ident]] / 2
    }


def _declared_role(name: str) -> Role | None:
    tokens = [t for t in re.split(r"[^\w]+|_|(?<=[a-z])(?=[A-Z])", name) if t]
    roles = [words().get(fold(token)) for token in tokens]
    roles += [role for token in tokens if (role := _role_of_ending(fold(token)))]
    for role in ("solution", "hint", "example", "problem"):
        if role in roles:
            return role
    return None


def _role_of_ending(token: str) -> Role | None:
    """Returns what a name in one word says at its end: "defproblem", "onlysolution"."""
    ends = (token[-length:] for length in range(len(token) - 1, _MIN_ENDING - 1, -1))
    return next((role for end in ends if (role := words().get(end)) in ("problem", "solution")), None)


def _role_of_callout(name: str, first: Piece) -> Role | None:
    """Returns what the title of a callout says that it is, which its author chose for a colour."""
    if not name.startswith("callout") or first.block.style.bold < len(first.block.text):
        return None
    if first.label and first.label.role in ("problem", "example"):
        return first.label.role
    return _role_of_summary(name, first)


def _role_of_summary(name: str, first: Piece) -> Role | None:
    """Returns what an element that opens on demand hides, by its title: "Show the answer"."""
    titled = first.block.kind == "heading" or len(first.block.text) <= 40
    if titled and OPENED.search(name):
        for role in ("hint", "solution"):
            if pattern(role).search(fold(first.block.text)):
                return role
    return None


def _is_group(pieces: list[Piece], begin: int, end: int, role: Role) -> bool:
    """Whether a container holds several items, such as `<section class="exercises">`."""
    wanted = ("problem", "example", "") if role != "solution" else ("problem", "")
    heads = [p for p in pieces[begin:end] if p.block.kind == "heading"]
    if len(heads) > 1:
        return True
    labels = [
        p.label.number
        for p in pieces[begin:end]
        if p.label
        and p.label.role in wanted
        and p.label.number
        and not (p.block.marker and p.block.level > 1)
    ]
    worded = [
        p for p in pieces[begin:end] if p.label and p.label.role in ("problem", "example") and p.label.number
    ]
    return len(worded) > 1 or (role == "solution" and len(labels) > 3 and len(heads) > 0)
