"""Leaves out the figures and tables that a page happened to have room for within an item."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.problems.labels import number_parts
from extractors.problems.outline import Piece
from extractors.problems.parts import Part

Key = tuple[str, tuple[str, ...]]
"""The first letters of a word for a float, and a number."""

_STEM = 3  # letters: "Figure", "Fig.", "Figures"
_NUMBER = r"[a-z]?\d{1,4}(?:[.\-–]\d{1,4})*"
_PICTURES = ("figure", "table")


def without_foreign_floats(parts: Sequence[Part], pieces: Sequence[Piece]) -> list[Part]:
    """Takes a float that another text refers to, and its own does not, out of problems and solutions.

    "Figure 3. ..." stands within Problem 5, which has no figure; Problem 2 refers to Figure 3. A float that
    nothing refers to stays where it is, and so does one in a problem whose solution alone refers to it.
    """
    captions = {id(piece): key for part in parts for piece, key in _captions(part)}
    if not captions:
        return list(parts)
    stems = sorted({re.escape(stem) for stem, _ in captions.values()})
    numbers = rf"(?:{_NUMBER}(?:\s?[,;&–-]\s?|\s\w{{1,3}}\s)?)*"  # "6", "5, 6 and 7"
    mention = re.compile(rf"(?<!\w)({'|'.join(stems)})[^\W\d_]*\.?\s?({numbers})")
    mentioned = [_mentions(mention, piece) for piece in pieces]
    where: dict[Key, list[int]] = defaultdict(list)
    for index, keys in enumerate(mentioned):
        for key in keys:
            where[key].append(index)
    index_of = {id(piece): index for index, piece in enumerate(pieces)}
    labels = {id(piece): part.label.number for part in parts if part.label for piece in part.pieces}
    kept = []
    for part in parts:
        own = {index_of[id(piece)] for piece in (*part.pieces, *part.hint) if id(piece) in index_of}
        said = {key for index in own for key in mentioned[index]}
        foreign = {
            id(piece)
            for piece in part.pieces[1:]
            if (float_ := captions.get(id(piece))) and float_ not in said and (float_[0], ()) not in said
            if any(i not in own and _is_other(labels.get(id(pieces[i])), part) for i in where[float_])
        }
        kept.append(replace(part, pieces=_without(part.pieces, foreign)) if foreign else part)
    return kept


def _is_other(number: tuple[str, ...] | None, part: Part) -> bool:
    """Whether a text is not of the same number as a part."""
    return number is None or part.label is None or number != part.label.number


def _captions(part: Part) -> Iterator[tuple[Piece, Key]]:
    """Yields the captions in a part: "Equation 3" at the start of a sentence is none."""
    for index, piece in enumerate(part.pieces[1:], 1):
        label = piece.label
        if label is None or label.role != "float" or not label.number or not label.firm:
            continue
        around = part.pieces[index - 1], *part.pieces[index + 1 : index + 2]
        if piece.block.kind == "caption" or any(p.block.kind in _PICTURES for p in around):
            yield piece, (label.family[:_STEM], label.number)


def _mentions(mention: re.Pattern[str], piece: Piece) -> set[Key]:
    """Returns the floats that a text refers to; no number stands for "the figure below"."""
    begin = piece.label.end if piece.label and piece.label.role == "float" else 0
    found: set[Key] = set()
    for match in mention.finditer(piece.block.text.lower(), begin):
        numbers = re.findall(_NUMBER, match[2])
        found |= {(match[1], number_parts(number)) for number in numbers} or {(match[1], ())}
    return found


def _without(pieces: list[Piece], foreign: set[int]) -> list[Piece]:
    """Returns the pieces without some captions, and without the picture or table beside each of them."""
    left_out = set(foreign)
    for index, piece in enumerate(pieces):
        if id(piece) in foreign:
            beside = (pieces[index - 1], *pieces[index + 1 : index + 2])
            left_out |= {id(other) for other in beside if other.block.kind in _PICTURES}
    return [piece for piece in pieces if id(piece) not in left_out]
