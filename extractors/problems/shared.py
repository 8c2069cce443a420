"""Gives problems the text that they share: a common stem, or what the problem above its parts says."""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import replace

from extractors.problems.declared import Opening
from extractors.problems.outline import Piece
from extractors.problems.parts import Part

_RANGE = re.compile(r"\d\s*[-–—]\s*\d")


def with_stems(parts: list[Part], pieces: list[Piece], openings: list[Opening]) -> list[Part]:
    """Gives the problems that share a stem ("In Problems 4 to 6, ...") the pieces of that stem."""
    at = [opening.index for opening in openings]
    stems = {o.index: o.stem for o in openings if o.stem}
    ends = [o.index for o in openings if o.kind == "boundary"]
    placed, current, left = [], -1, 0
    for part in parts:
        before = bisect(ends, part.opening.index) - 1
        if before >= 0 and ends[before] != current:
            current = ends[before]
            left = stems[current].count if current in stems else 0
        stem = stems.get(current)
        if stem is None or part.kind != "problem":
            placed.append(part)
            continue
        number = part.label.number[-1] if part.label and part.label.number else ""
        if stem.last:
            shared = number.isdigit() and stem.first <= int(number) <= stem.last
        else:
            shared = not stem.count or left > 0
            left -= 1
        following = bisect(at, current)
        end = at[following] if following < len(at) else current + 1
        common = [_without_set(pieces[current]), *pieces[current + 1 : end]]
        if shared and stem.last:
            part = replace(part, stem=common)
        elif shared:  # how far "the next problems" go is less sure than numbers are
            part = replace(part, context=common)
        placed.append(part)
    return placed


def _without_set(piece: Piece) -> Piece:
    """Returns a stem without the name of the set that it stands under: "Exercises 3.2"."""
    label = piece.label
    named = label is not None and label.role == "problem" and label.depth > 1 and label.printed[-1:].isdigit()
    return unlabelled(piece) if named and not _RANGE.search(label.printed if label else "") else piece


def unlabelled(piece: Piece) -> Piece:
    """Returns a piece without the label that it begins with."""
    end = piece.label.end if piece.label else 0
    return replace(piece, block=replace(piece.block, text=piece.block.text[end:].strip()))


def with_parents(parts: list[Part]) -> list[Part]:
    """Gives problems 2.1, 2.2, ... what problem 2 right above them says."""
    placed: list[Part] = []
    parent: Part | None = None
    for part in parts:
        number = part.label.number if part.label else ()
        family = part.label.family if part.label else ""
        above = parent.label if parent else None
        if part.kind != "problem" or not number:
            parent = None
        elif parent and not parent.link and above and (above.family, above.number) == (family, number[:-1]):
            said = [unlabelled(parent.pieces[0]), *parent.pieces[1:]]
            part = replace(part, context=[*(p for p in said if p.block.text), *part.context])
        else:
            parent = part
        placed.append(part)
    return placed
