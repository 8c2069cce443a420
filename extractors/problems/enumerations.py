"""Tells items from what else is counted: steps, parts, clauses of a sentence."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter, defaultdict

from extractors.problems.labels import Label, letter_of
from extractors.problems.outline import Piece
from extractors.problems.sequences import Candidate

_TWO_WORDS = re.compile(r"([^\W\d_]{3,})\s[^\W\d_]{2}")  # not "sin x"
_LONG_ROW = 8
_LONG_LAST_ROW = 4
_MIN_SHEET = 3
_SHEET = 0.7  # share of the text from the first number on


def label_of(piece: Piece) -> Label:
    """Returns the label of a piece that has one."""
    assert piece.label is not None
    return piece.label


def clauses(pieces: list[Piece]) -> set[int]:
    """Returns which bare numbers count clauses of a sentence ("1. name the unknown, 2. ...").

    All of their list begin in lower case, where what is labelled begins with a capital letter; among
    solutions, which are often no sentences, they follow a colon as well, and all but the last end in a comma
    or a semicolon.
    """
    lists: dict[bool, list[list[int]]] = {False: [], True: []}  # outside of solutions, and among them
    lower: set[int] = set()
    capitals = 0
    for index, piece in enumerate(pieces):
        if piece.label is None or not piece.label.number:
            continue
        answers = piece.section.zone == "solutions"
        text = piece.block.text[piece.label.end :].lstrip()
        if not text and index + 1 < len(pieces):
            text = pieces[index + 1].block.text
        capitals += text[:1].isupper() and not answers
        if piece.label.role:
            continue
        start = _TWO_WORDS.match(text)
        if start and start[1].islower():
            lower.add(index)
        if not lists[answers] or piece.label.number[-1] in ("1", "a", "i"):
            lists[answers].append([])
        lists[answers][-1].append(index)
    asked, answered = (
        [members for members in found if len(members) > 1 and lower.issuperset(members)]
        for found in lists.values()
    )
    counted = {i for members in asked for i in members}
    in_sentences = {i for members in answered if _is_sentence(members, pieces) for i in members}
    return in_sentences | (counted if capitals > len(counted) else set())


def _is_sentence(members: list[int], pieces: list[Piece]) -> bool:
    """Whether a list goes on with the sentence before it: "There are three kinds:", "1. brass,"."""
    before = pieces[members[0] - 1] if members[0] else None
    if before is None or before.title or not before.block.text.rstrip().endswith((":", "：")):
        return False
    return all(pieces[i].block.text.rstrip().endswith((",", ";")) for i in members[:-1])


def without_enumerations(
    candidates: list[Candidate], items: list[int], pieces: list[Piece]
) -> list[Candidate]:
    """Drops bare numbers that count parts or steps inside of items with words.

    Where typography tells, they are the less prominent of the two; where it does not, they are
    enumerations unless they stand before the first worded item or in a long row after the last.

    Args:
      candidates: the bare numbers of a section.
      items: indices of the pieces there that open items by their words.
      pieces: of the document.
    """
    if len(items) < 2 or not candidates:
        return candidates
    ranks = Counter(_prominence(pieces[index]) for index in items)
    usual = ranks.most_common(1)[0][0]
    equals = [c for c in candidates if _prominence(pieces[c.index]) >= usual]
    if 2 * len(equals) < len(items):
        return []
    if usual > (False, False):
        return equals
    segments: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in equals:
        segments[bisect(items, candidate.index)].append(candidate)
    kept = [
        candidate
        for segment, members in segments.items()
        if segment == 0 or len(members) > (_LONG_LAST_ROW if segment == len(items) else _LONG_ROW)
        for candidate in members
    ]
    return sorted(kept, key=lambda c: c.index)


def _prominence(piece: Piece) -> tuple[bool, bool]:
    """Returns how a label stands out: as a heading, as bold type, or not at all."""
    return piece.block.kind == "heading", piece.block.style.bold >= min(len(label_of(piece).printed), 1)


def sheet(candidates: list[Candidate], pieces: list[Piece]) -> list[Candidate]:
    """Returns the bare numbers of a document that holds little but one numbered list.

    Whether it is a sheet of problems, only its solutions can tell.
    """
    listed = [c for c in candidates if pieces[c.index].block.kind != "heading"]
    if len(listed) < _MIN_SHEET:
        return []
    within = sum(len(piece.block.text) for piece in pieces[listed[0].index :])
    return listed if within >= _SHEET * sum(len(piece.block.text) for piece in pieces) else []


def counts_parts(chain: list[Candidate], main: list[Candidate]) -> bool:
    """Whether numbers of another shape start over in every item of the main sequence that has any.

    B1, B2 are no parts of A5.
    """
    if letter_of(chain[0].number) and letter_of(main[0].number):
        return False
    starts = [c.index for c in main]
    firsts: dict[int, Candidate] = {}
    for candidate in chain:
        firsts.setdefault(bisect(starts, candidate.index), candidate)
    return 0 not in firsts and all(c.number[-1] in ("1", "a", "i") for c in firsts.values())
