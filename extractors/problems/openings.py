"""Decides where problems, solutions and hints begin, and what ends them."""

from __future__ import annotations

import re
from bisect import bisect, bisect_left
from collections import Counter, defaultdict
from dataclasses import replace

from extractors.problems.declared import Kind, Opening, declared_openings
from extractors.problems.enumerations import clauses, counts_parts, label_of, sheet, without_enumerations
from extractors.problems.interleaved import answered_families, answered_in_place, glossary
from extractors.problems.labels import Label, letter_of, without_letter
from extractors.problems.outline import Piece
from extractors.problems.sequences import Candidate, best_chain, numeric
from extractors.problems.stems import read_stem
from extractors.problems.titles import Zone, part_title, roman_value
from extractors.problems.vocabulary import pattern

_OF_ZONE: dict[Zone, Kind] = {"problems": "problem", "solutions": "solution", "hints": "hint", "": "boundary"}


_MIN_ALIKE = 5
_STEM_PIECES = 12  # a stem may have a list, a table or a figure of its own


def find_openings(pieces: list[Piece], every: bool = False) -> list[Opening]:
    """Returns the openings of a document in order, at most one a piece.

    Args:
      every: whether bare numbers in sequence open problems though nothing in the document says so.
    """
    declared = declared_openings(pieces)
    worded = _worded(pieces)
    bare = _bare(pieces, worded, declared, every)
    openings = {**{o.index: o for o in bare}, **{o.index: o for o in worded}}
    for opening in declared:
        printed = openings.get(opening.index)
        if printed and printed.kind in ("boundary", "hint"):
            continue
        kind = printed.kind if printed and printed.label and printed.label.role else opening.kind
        openings[opening.index] = replace(opening, kind=kind)
    for index, piece in enumerate(pieces):
        stem = read_stem(piece)
        if stem and not stem.last and not _precedes_problem(index, openings, len(pieces)):
            stem = None
        named = stem is not None and _names_set(index, stem.first, pieces)
        if index in openings and not (stem and stem.last and (named or _is_range(openings[index]))):
            continue
        heading = piece.title or piece.block.kind == "heading" or _is_title(piece) or part_title(piece.block)
        title = piece.label is None and bool(heading)
        if title or (stem and not _is_bare_label(openings.get(index - 1), pieces[index - 1])):
            openings[index] = Opening(index, "boundary", None, stem=stem)
    return [openings[index] for index in sorted(openings)]


def _precedes_problem(index: int, openings: dict[int, Opening], end: int) -> bool:
    """Whether a problem begins soon after a stem, which may have a table or a figure of its own."""
    following = next((i for i in range(index + 1, min(index + 1 + _STEM_PIECES, end)) if i in openings), None)
    return following is not None and openings[following].kind == "problem"


def _is_range(opening: Opening) -> bool:
    """Whether what was taken for a label, "Exercises 1-2.", names several problems."""
    label = opening.label
    return label is not None and len(label.number) == 2 and bool(re.search(r"\d\s*[-–—]\s*\d", label.printed))


def _names_set(index: int, first: int, pieces: list[Piece]) -> bool:
    """Whether a label names the set that a stem begins: "Exercises 3.2. In Exercises 1-4, ...", above 1."""
    label = pieces[index].label
    after = pieces[index + 1].label if index + 1 < len(pieces) else None
    worded = label is not None and label.role == "problem" and label.depth > 1
    return bool(worded and after and not after.role and after.number == (str(first),))


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
    families = Counter(p.label.family for p in pieces if p.label and not p.label.number)
    openings = []
    for index, piece in enumerate(pieces):
        label = piece.label
        if label is None or label.role in ("", "float", "link", "chapter") or index in terms:
            continue
        if label.family in answered and not label.number and piece.section.zone == "problems":
            kind: Kind | None = "problem"
        elif _is_lone_title(label, piece, families):
            kind = "boundary"
        else:
            kind = _kind_of_words(label, piece, mirrored, counting)
        if kind:
            openings.append(Opening(index, kind, label, stop=index + 1 if label.alone else None))
    return openings


def _is_lone_title(label: Label, piece: Piece, families: Counter[str]) -> bool:
    """Whether a line stands above answers and begins none: "Answers to the exercises", printed once."""
    whole = not label.number and label.end >= len(piece.block.text.rstrip())
    titled = label.role == "solution" and bool(pattern("problem").search(label.family))
    return whole and titled and families[label.family] == 1


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


def _bare(pieces: list[Piece], worded: list[Opening], declared: list[Opening], every: bool) -> list[Opening]:
    """Openings by numbers in sequence, in the sections that hold items; in all others, if `every`."""
    regions: dict[tuple[Zone, int], list[int]] = defaultdict(list)
    for index, piece in enumerate(pieces):
        regions[piece.section.zone, piece.section.start].append(index)
    covered = {i for o in declared if o.stop for i in range(o.index + 1, o.stop)}
    starts = [o.index for o in worded if o.label and o.label.number]
    openings: list[Opening] = []
    solutions = [(o.index, o.label.family) for o in worded if o.kind == "inline_solution" and o.label]
    answered: set[tuple[str, ...]] = set()
    counted = clauses(pieces)
    for (zone, _), indices in sorted(regions.items(), key=lambda r: (not r[0][0], r[1][0])):
        candidates_here = candidates = _candidates(pieces, [i for i in indices if i not in covered], zone)
        items = starts[bisect_left(starts, indices[0]) : bisect(starts, indices[-1])]
        candidates = [c for c in candidates if c.index not in counted]
        if zone:
            candidates = without_enumerations(candidates, items, pieces)
            inside = [s for s in solutions if indices[0] <= s[0] <= indices[-1]]
            alternating = answered_in_place(candidates, inside) if zone == "problems" else []
            steps = [c for c in candidates if c not in alternating]
            if alternating and steps and counts_parts(steps, alternating):
                candidates = alternating  # the steps of the solutions are counted anew in each
        else:
            asked = {o.label.number for o in openings if o.kind == "problem" and o.label}
            mirrored = _mirroring(candidates, answered - asked)
            unsaid = without_enumerations(candidates, items, pieces) if every else []
            candidates = mirrored or answered_in_place(candidates, solutions) or unsaid
            if not candidates and not worded and not declared and not openings:
                candidates = sheet(candidates_here, pieces)
        chosen = [c for chain in _chains(candidates) for c in chain]
        if zone == "solutions":
            chosen += _strays(candidates, chosen)
        kind: Kind = _OF_ZONE[zone] if zone else "problem"
        for index in (c.index for c in chosen):
            label = label_of(pieces[index])
            openings.append(Opening(index, kind, label, stop=index + 1 if label.alone else None))
        if zone == "solutions":
            answered |= {c.number for c in chosen}
    return openings


def _candidates(pieces: list[Piece], indices: list[int], zone: Zone) -> list[Candidate]:
    """Bare numbers at the start of pieces; the nested items of a list are none.

    "To 3:" is a label where most are like it, from the first one on; elsewhere it is a step.
    """
    found = [i for i in indices if (label := pieces[i].label) and label.role == "" and label.number]
    linked = [i for i in found if label_of(pieces[i]).linked]
    if linked and (linked[0] != found[0] or 2 * len(linked) <= len(found)):
        found = [i for i in found if not label_of(pieces[i]).linked]
    elif linked:
        found = linked
    firm = [i for i in found if label_of(pieces[i]).firm]
    if 2 * len(firm) > len(found):
        found = firm
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
    return _with_usual_indent(candidates, pieces)


def _with_usual_indent(candidates: list[Candidate], pieces: list[Piece]) -> list[Candidate]:
    """Gives what stands right below a title the look of what follows it.

    By the custom of printers, the first line of a paragraph is indented but not below a title.
    """
    following = [*candidates[1:], *candidates[-1:]]
    usual = []
    for candidate, after in zip(candidates, following, strict=True):
        before = pieces[candidate.index - 1] if candidate.index else None
        below = before is None or before.title or before.block.kind == "heading"
        same = candidate.look[:-1] == after.look[:-1] and candidate.section == after.section
        indented = same and candidate.look[0] != "heading" and candidate.look[-1] == 0
        usual.append(replace(candidate, look=after.look) if below and indented else candidate)
    return usual


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


def _strays(candidates: list[Candidate], chosen: list[Candidate]) -> list[Candidate]:
    """Returns bold numbers that look like those of the sequence but stand out of order.

    Where columns were read in another order than they were printed, an answer must not run on into
    the next one.
    """
    looks = Counter((c.look, len(c.number)) for c in chosen)
    usual = {look for look, n in looks.items() if n >= _MIN_ALIKE}
    numbers = {c.number for c in chosen}
    return [
        c for c in candidates if c.distinct and c.number not in numbers and (c.look, len(c.number)) in usual
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
    kept = [
        c
        for members in looks.values()
        if _is_mirrored({c.number for c in members}, answered)
        for c in members
    ]
    return sorted(kept, key=lambda c: c.index)


def _is_mirrored(numbers: set[tuple[str, ...]], answered: set[tuple[str, ...]]) -> bool:
    """Whether at least three of the numbers, and a third of them, are answered; or P1 is by L1."""
    if _are_answered(numbers, answered):
        return True
    letters = {letter_of(n) for n in numbers} ^ {letter_of(n) for n in answered}
    bare, replies = (
        {without_letter(n) if letter_of(n) in letters else n for n in group} for group in (numbers, answered)
    )
    return bool(letters - {""}) and _are_answered(bare, replies)


def _are_answered(numbers: set[tuple[str, ...]], answered: set[tuple[str, ...]]) -> bool:
    shared = numbers & answered
    return len(shared) >= 3 and 3 * len(shared) >= len(numbers) and _alike(shared, answered)


def _alike(shared: set[tuple[str, ...]], answered: set[tuple[str, ...]]) -> bool:
    """Whether at least half of the answers in the same chapters (3.x, 4.x) are among the shared."""
    chapters = {number[:-1] for number in shared}
    return 2 * len(shared) >= sum(1 for number in answered if number[:-1] in chapters)
