"""Decides where problems, solutions and hints begin, and what ends them."""

from __future__ import annotations

import re
from bisect import bisect, bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import Literal

from extractors.problems.enumerations import clauses, counts_parts, label_of, sheet, without_enumerations
from extractors.problems.interleaved import answered_families, answered_in_place, glossary
from extractors.problems.labels import Label
from extractors.problems.outline import OPENED, Piece
from extractors.problems.sequences import Candidate, best_chain, numeric
from extractors.problems.titles import Zone, roman_value
from extractors.problems.vocabulary import Role, fold, pattern, words

Kind = Literal["problem", "solution", "hint", "boundary", "inline_solution", "inline_hint", "aside", "proof"]

_OF_ZONE: dict[Zone, Kind] = {"problems": "problem", "solutions": "solution", "hints": "hint", "": "boundary"}
# "Use the following information for the next four exercises": belongs to what follows it.
_NEXT = re.compile(
    r"^\W*(?:use|for|in|refer|consider|answer)\b.{0,90}?\bnext\b.{0,30}\b(?:exercises?|problems?|questions?)\b",
    re.IGNORECASE | re.DOTALL,
)
_RANGE = re.compile(r"\s*(?P<first>\d{1,4})\s*(?:[-–—]|[^\W\d_]{1,8})\s*(?P<last>\d{1,4})(?![\d.])")
_STEM_HEAD = 60  # how far from its start a shared stem says which problems it is for


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
      shared_by: first and last number of the problems whose common stem begins here.
    """

    index: int
    kind: Kind
    label: Label | None
    stop: int | None = None
    container: str = ""
    target: str = ""
    shared_by: tuple[int, int] | None = None


def find_openings(pieces: list[Piece]) -> list[Opening]:
    """Returns the openings of a document in order, at most one a piece."""
    declared = _declared(pieces)
    worded = _worded(pieces)
    bare = _bare(pieces, worded, declared)
    openings = {**{o.index: o for o in bare}, **{o.index: o for o in worded}}
    for opening in declared:
        printed = openings.get(opening.index)
        if printed and printed.kind in ("boundary", "hint"):
            continue
        kind = printed.kind if printed and printed.label and printed.label.role else opening.kind
        openings[opening.index] = replace(opening, kind=kind)
    for index, piece in enumerate(pieces):
        if index in openings:
            continue
        heading = piece.title or piece.block.kind == "heading" or _is_title(piece)
        title = piece.label is None and heading
        shared_by = _shared_by(piece)
        stem = shared_by or (piece.section.zone == "problems" and _NEXT.match(piece.block.text[:200]))
        if title or (stem and not _is_bare_label(openings.get(index - 1), pieces[index - 1])):
            openings[index] = Opening(index, "boundary", None, shared_by=shared_by)
    return [openings[index] for index in sorted(openings)]


def _shared_by(piece: Piece) -> tuple[int, int] | None:
    """Returns which problems a stem is for: "In Problems 4 to 6, a car..." gives (4, 6)."""
    if piece.section.zone not in ("problems", "") or piece.block.kind not in ("paragraph", "list_item"):
        return None
    head = fold(piece.block.text[: 2 * _STEM_HEAD])
    for word in pattern("problem").finditer(head, 0, _STEM_HEAD):
        numbers = _RANGE.match(head, word.end())
        if numbers and 0 < int(numbers["last"]) - int(numbers["first"]) <= 20:
            return int(numbers["first"]), int(numbers["last"])
    return None


def _is_bare_label(opening: Opening | None, piece: Piece) -> bool:
    """Whether the piece before is a label alone, whose item begins with what follows."""
    return bool(opening and opening.label and opening.label.end >= len(piece.block.text))


def _is_title(piece: Piece) -> bool:
    """Whether a paragraph outside of the exercises is a heading in all but name: short and bold."""
    block = piece.block
    return (
        block.kind == "paragraph"
        and not piece.section.zone
        and len(block.text) <= 80
        and block.style.bold >= len(block.text)
        and not block.text.rstrip().endswith((".", ":", ",", ";"))
        and "$" not in block.text
    )


def _worded(pieces: list[Piece]) -> list[Opening]:
    """Openings by the words of their labels."""
    mirrored, counting = _unknown_families(pieces)
    answered, terms = answered_families(pieces), glossary(pieces)
    openings = []
    for index, piece in enumerate(pieces):
        label = piece.label
        if label is None or label.role in ("", "float", "link", "chapter") or index in terms:
            continue
        if label.family in answered and not label.number and piece.section.zone == "problems":
            kind: Kind | None = "problem"
        else:
            kind = _kind_of_words(label, piece, mirrored, counting)
        if kind:
            openings.append(Opening(index, kind, label))
    return openings


def _kind_of_words(label: Label, piece: Piece, mirrored: set[str], counting: set[str]) -> Kind | None:
    role, zone = label.role, piece.section.zone
    if role == "unknown":
        if label.family in counting:
            return None  # "Case 1" and "Case 2" of every proof
        role = "problem" if label.family in mirrored or zone in ("", "solutions") else "other"
    if role in ("problem", "example"):
        if zone and not label.number and label.printed and piece.block.kind != "heading":
            return None  # "Examples" within a numbered exercise
        return _OF_ZONE[zone] if zone in ("solutions", "hints") else "problem"
    if role == "solution":
        if zone == "hints" and not label.number:
            return None
        return "solution" if label.number else "inline_solution"
    if role == "hint":
        return "hint" if label.number else "inline_hint"
    if role == "aside":
        return "aside"
    if role == "proof" and not label.number:
        return "proof"
    # Among exercises, "Note 1" and "Theorem 4" stand within them; elsewhere they end an example.
    return "boundary" if role == "set" or (label.number and not zone) else None


def _unknown_families(pieces: list[Piece]) -> tuple[set[str], set[str]]:
    """Sorts families of unknown words.

    Returns:
      Those that carry the same numbers inside and outside of the solutions; and those that start
      over where no heading does, as the cases of a proof do and items do not.
    """
    asked: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    answered: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    last: dict[str, Piece] = {}
    restarts: Counter[str] = Counter()
    for piece in pieces:
        label = piece.label
        if label is None or label.role != "unknown":
            continue
        side = answered if piece.section.zone == "solutions" else asked
        side[label.family].add(label.number)
        before = last.get(label.family)
        if before is not None and before.section.headings == piece.section.headings:
            assert before.label is not None
            restarts[label.family] += numeric(label.number) <= numeric(before.label.number)
        last[label.family] = piece
    mirrored = {family for family in asked if asked[family] & answered.get(family, set())}
    return mirrored, {family for family, count in restarts.items() if count}


def _bare(pieces: list[Piece], worded: list[Opening], declared: list[Opening]) -> list[Opening]:
    """Openings by numbers in sequence, in the sections that hold items."""
    regions: dict[tuple[Zone, int], list[int]] = defaultdict(list)
    for index, piece in enumerate(pieces):
        regions[piece.section.zone, piece.section.start].append(index)
    covered = {i for o in declared if o.stop for i in range(o.index + 1, o.stop)}
    starts = [o.index for o in worded if o.label and o.label.number]
    openings: list[Opening] = []
    solutions = [o.index for o in worded if o.kind == "inline_solution"]
    answered: set[tuple[str, ...]] = set()
    counted = clauses(pieces)
    for (zone, _), indices in sorted(regions.items(), key=lambda r: (not r[0][0], r[1][0])):
        candidates_here = candidates = _candidates(pieces, [i for i in indices if i not in covered], zone)
        items = starts[bisect_left(starts, indices[0]) : bisect(starts, indices[-1])]
        if zone != "solutions":
            candidates = [c for c in candidates if c.index not in counted]
        if zone:
            candidates = without_enumerations(candidates, items, pieces)
        else:
            asked = {o.label.number for o in openings if o.kind == "problem" and o.label}
            mirrored = _mirroring(candidates, answered - asked)
            candidates = mirrored or answered_in_place(candidates, solutions)
            if not candidates and not worded and not declared:
                candidates = sheet(candidates_here, pieces)
        chosen = [c for chain in _chains(candidates) for c in chain]
        kind: Kind = _OF_ZONE[zone] if zone else "problem"
        openings += [Opening(c.index, kind, pieces[c.index].label) for c in chosen]
        if zone == "solutions":
            answered |= {c.number for c in chosen}
    return openings


def _candidates(pieces: list[Piece], indices: list[int], zone: Zone) -> list[Candidate]:
    """Bare numbers at the start of pieces; the nested items of a list are none."""
    found = [i for i in indices if (label := pieces[i].label) and label.role == "" and label.number]
    if sum(1 for i in found if label_of(pieces[i]).firm) > 2:
        found = [i for i in found if label_of(pieces[i]).firm]
    outermost = min((pieces[i].block.level for i in found if pieces[i].block.marker), default=0)
    sections: dict[tuple[str, ...], int] = {}
    candidates = []
    for index in found:
        piece, label = pieces[index], label_of(pieces[index])
        if piece.block.marker and piece.block.level > outermost:
            continue
        section = sections.setdefault(piece.section.headings, len(sections))
        bold = piece.block.style.bold >= len(label.printed)
        candidates.append(Candidate(index, label.number, _look(piece), section, zone != "problems", bold))
    return candidates


def _look(piece: Piece) -> tuple[object, ...]:
    block, label = piece.block, label_of(piece)
    if block.kind == "heading":
        return "heading", block.level
    delimiter = block.text[: label.end].rstrip()[-1:]
    return (
        bool(block.marker),
        block.style.bold >= len(label.printed),
        delimiter if not delimiter.isalnum() else "",
        round(block.style.indent / 2),
    )


def _chains(candidates: list[Candidate]) -> list[list[Candidate]]:
    """Chains by the shape of the number: 3, 3.14 and P3 are not of one sequence, 3.1.4 and A.1.4 are."""
    shapes: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        depth = len(candidate.number)
        letter = (
            "" if candidate.number[0].isdigit() or depth > 2 else candidate.number[0] if depth > 1 else "a"
        )
        shapes[depth, letter].append(candidate)
    chains = [_chain(group) for group in shapes.values()]
    main = max(chains, key=len, default=[])
    # A few numbers of another shape beside a long sequence are steps or quantities, not items.
    return [
        chain
        for chain in chains
        if chain is main or (3 * len(chain) >= len(main) and not counts_parts(chain, main))
    ]


def _chain(candidates: list[Candidate]) -> list[Candidate]:
    """Returns the best chain; letters that spell Roman numbers are ordered by their value."""
    values = {c.index: roman_value(c.number[0]) if len(c.number) == 1 else 0 for c in candidates}
    if not all(values.values()):
        return best_chain(candidates)
    given = {c.index: c for c in candidates}
    chain = best_chain([replace(c, number=(str(values[c.index]),)) for c in candidates])
    return [given[c.index] for c in chain]


def _mirroring(candidates: list[Candidate], answered: set[tuple[str, ...]]) -> list[Candidate]:
    """Keeps, in sections that promise no exercises, the numbers that solutions elsewhere repeat.

    What looks like the numbers that are answered, and is numbered like them, is a problem too.
    """
    looks: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        looks[(*candidate.look[:3], len(candidate.number))].append(candidate)
    kept = []
    for members in looks.values():
        numbers = {c.number for c in members}
        shared = numbers & answered
        if len(shared) >= 3 and 3 * len(shared) >= len(numbers) and _alike(shared, answered):
            kept += members
    return sorted(kept, key=lambda c: c.index)


def _alike(shared: set[tuple[str, ...]], answered: set[tuple[str, ...]]) -> bool:
    """Whether at least half of the answers in the same chapters (3.x, 4.x) are among the shared."""
    chapters = {number[:-1] for number in shared}
    return 2 * len(shared) >= sum(1 for number in answered if number[:-1] in chapters)


def _declared(pieces: list[Piece]) -> list[Opening]:
    """Openings that the source declares by an element, environment or directive of its own."""
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
    roles = {ident: _declared_role(name) for ident, name in names.items()}
    roles |= dict.fromkeys(_around_solutions(names, roles, outer), "problem")
    nested = Counter(o for ident in spans if roles[ident] in ("problem", "example") for o in outer[ident])
    openings: dict[int, Opening] = {}
    for ident, (begin, end) in sorted(spans.items(), key=lambda s: (s[1][0], -s[1][1])):
        role = roles[ident] or _role_of_summary(names[ident], pieces[begin])
        if role is None or _is_group(pieces, begin, end, role) or (role != "solution" and nested[ident]):
            continue
        if any(roles[o] == role and openings.get(spans[o][0]) for o in outer[ident]):
            continue
        kind: Kind = "problem"
        label = pieces[begin].label
        if roles[ident] is None and label is None:
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
    return list(openings.values())


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
    for role in ("solution", "hint", "example", "problem"):
        if role in roles:
            return role
    return None


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
