"""Finds sections of solutions whose titles are in no vocabulary: they mirror the problems' numbers."""

from __future__ import annotations

from collections import defaultdict

from extractors.problems.labels import without_letter
from extractors.problems.outline import Piece
from extractors.problems.tables import key_numbers
from extractors.problems.titles import title_words

_MIN_COUNT = 3
_MIRRORED = 0.8  # share of the numbers below a title that stand elsewhere as well
_MAX_TITLES = 6


def mirroring_titles(pieces: list[Piece]) -> list[str]:
    """Returns the titles, as `title_words` gives them, below which numbers stand again.

    There, a table may be a key of answers; elsewhere it numbers no items.
    Those with most numbers come first. Whether what stands there are solutions, its words decide.
    """
    below: dict[str, list[int]] = defaultdict(list)
    around: list[tuple[int, str]] = []  # level and title of the headings above a piece
    items = [(i, p.label) for i, p in enumerate(pieces) if p.label and _may_be_item(p)]
    numbers = {i: [without_letter(label.number)] for i, label in items}
    keys = {i: key_numbers(p.block) for i, p in enumerate(pieces) if p.block.kind == "table"}
    for index, piece in enumerate(pieces):
        if piece.title:
            level = piece.block.level or len(piece.section.headings)
            while around and around[-1][0] >= level:
                around.pop()
            around.append((level, title_words(piece.block.text)))
        if index in numbers or keys.get(index):
            for title in {title for _, title in around if title}:
                below[title].append(index)
    mirroring = []
    for title, members in below.items():
        within = set(members)
        repeated = [number for i in members for number in numbers.get(i) or keys[i]]
        inside = set(repeated)
        outside = {number for i, here in numbers.items() if i not in within for number in here}
        if len(inside) >= _MIN_COUNT and len(inside & outside) >= _MIRRORED * len(inside):
            mirroring.append((-len(repeated), members[0], title))
    return [title for _, _, title in sorted(mirroring)[:_MAX_TITLES]]


def _may_be_item(piece: Piece) -> bool:
    return bool(piece.label and piece.label.number and piece.label.role in ("", "unknown", "problem"))
