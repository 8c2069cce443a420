"""What alternates with solutions is a problem, wherever it stands."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from extractors.problems.outline import Piece
from extractors.problems.sequences import Candidate
from extractors.problems.vocabulary import fold

_MIN_COUNT = 3
_MOST = 0.6
_GLOSSARY = 5  # set-off words in the order of the alphabet
_MAX_TERM = 40  # characters


def answered_families(pieces: list[Piece]) -> set[str]:
    """Returns the words for problems, printed without numbers, that most often precede a solution."""
    last = ""
    total: dict[str, int] = defaultdict(int)
    answered: dict[str, int] = defaultdict(int)
    for piece in pieces:
        label = piece.label
        if label is None or label.role not in ("problem", "example", "solution") or label.number:
            continue
        if label.role == "solution":
            answered[last] += bool(last)
            last = ""
        else:
            last = label.family
            total[last] += 1
    return {f for f, n in answered.items() if n >= _MIN_COUNT and n >= _MOST * total[f]}


def answered_in_place(candidates: list[Candidate], solutions: list[tuple[int, str]]) -> list[Candidate]:
    """Keeps the bare numbers between most of which, and the next of their look, a solution stands.

    There may be an answer and an explanation, but no two with the same word.

    Args:
      candidates: bare numbers.
      solutions: indices of the pieces that begin with a word for a solution, in order, and those words.
    """
    looks: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        looks[(*candidate.look[:3], len(candidate.number))].append(candidate)
    kept: list[Candidate] = []
    for members in looks.values():
        starts = [c.index for c in members]
        ends = [*starts[1:], solutions[-1][0] + 1 if solutions else 0]
        between = [
            [word for _, word in solutions[bisect_left(solutions, (a, "")) : bisect_left(solutions, (b, ""))]]
            for a, b in zip(starts, ends, strict=True)
        ]
        followed = sum(1 for words in between if words and len(words) == len(set(words)))
        if followed >= _MIN_COUNT and followed >= _MOST * len(members):
            kept += members
    return sorted(kept, key=lambda c: c.index)


def glossary(pieces: list[Piece]) -> set[int]:
    """Returns the pieces that are entries of a glossary: their words stand in the order of the alphabet."""
    runs: list[list[tuple[str, int]]] = [[]]
    for index, piece in enumerate(pieces):
        term = _term(piece)
        if not term or (runs[-1] and runs[-1][-1][0] >= term):
            runs.append([])
        if term:
            runs[-1].append((term, index))
    entries = [run for run in runs if len(run) >= _GLOSSARY and run[-1][1] - run[0][1] < 2 * len(run)]
    return {index for run in entries for _, index in run}


def _term(piece: Piece) -> str:
    """Returns the word that bold type sets off at the start of a paragraph, folded."""
    bold = piece.block.style.bold
    if piece.block.kind == "heading" or not 2 < bold <= _MAX_TERM or bold >= len(piece.block.text):
        return ""
    term = fold(piece.block.text[:bold].strip(" .:—–"))
    return "" if any(c.isdigit() for c in term) else term
