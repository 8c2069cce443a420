"""Which problems and solutions lead to each other by links: "1." to its answer, "Back" to its question.

A link counts where it stands for the whole item: on its label, or as the last thing in a paragraph
("Show the answer"). One in running text ("see Exercise 3") says nothing about what answers what.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from extractors.problems.affinity import asks
from extractors.problems.outline import Piece
from extractors.problems.titles import title_words
from extractors.problems.vocabulary import fold, pattern, words
from schemas.document import Link

if TYPE_CHECKING:
    from extractors.problems.parts import Part

_CLOSING = re.compile(r"[\s.)\]】）]*")
_OPENING = re.compile(r"[\s(\[【（]*$")
_REFERENCE = re.compile(r"\d")  # of what is named by its number, in running text
_MAX_CLOSING = 40  # characters of a link that closes a paragraph
_MIN_PAIRS = 3


@dataclass(frozen=True, slots=True)
class Lead:
    """A link that stands for its piece.

    Attributes:
      to: index of the piece that it leads to.
      text: what is linked; empty for a label.
    """

    to: int
    text: str


def leads(pieces: Sequence[Piece]) -> dict[int, list[Lead]]:
    """Returns, for every piece that has such links, where it leads."""
    places = _places(pieces)
    found: dict[int, list[Lead]] = {}
    for index, piece in enumerate(pieces):
        here = [
            Lead(
                places[link.target], "" if is_label(link, piece) else piece.block.text[link.start : link.end]
            )
            for link in piece.block.links
            if places.get(link.target, index) != index and (is_label(link, piece) or is_closing(link, piece))
        ]
        here = [lead for lead in here if not _to_remark(lead, pieces[lead.to])]
        if here:
            found[index] = here
    return found


def _to_remark(lead: Lead, target: Piece) -> bool:
    """Whether a link leads to a remark, by its words or those of the title that its target stands under."""
    titles = [lead.text, *target.section.headings[-1:]]
    return any(words().get(title_words(title).strip(" .:")) == "other" for title in titles)


def _places(pieces: Sequence[Piece]) -> dict[str, int]:
    """Returns the pieces at whose beginning an identifier stands."""
    places: dict[str, int] = {}
    for index, piece in enumerate(pieces):
        for container in piece.block.containers:
            places.setdefault(container.id, index)
        begin = piece.label.end if piece.label else 0
        for anchor in piece.block.anchors:
            if anchor.start <= begin:
                places.setdefault(anchor.id, index)
    return places


def is_label(link: Link, piece: Piece) -> bool:
    """Whether a link is on the label of a piece and on nothing else."""
    label = piece.label
    if label is None or not label.number or link.start >= label.end:
        return False
    return link.end <= label.end or not piece.block.text[label.end : link.end].strip(" .:)]")


def is_closing(link: Link, piece: Piece) -> bool:
    """Whether a link is the last thing in a paragraph, and no part of its last sentence."""
    text, block = piece.block.text[link.start : link.end], piece.block
    if block.kind == "heading" or len(text) > _MAX_CLOSING or text[:1].islower():
        return False
    if not _CLOSING.fullmatch(block.text, link.end) or not re.search(r"[^\W\d_]{2}|[↑↩⏎←→⇧⮌]", text):
        return False
    before = _OPENING.sub("", block.text[: link.start])
    return not before or not before[-1].isalnum() or not _REFERENCE.search(text)


def mutual(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """Returns the problems and solutions that lead to each other, by the indices of their pieces.

    There are at least three, each leads to one other only, and the second ones do not ask: exercises
    that lead to the next one do. Where they have no labels, problems
    and solutions stand in the same order, and the problems ask or the links say that they lead to
    solutions, all in the same words: entries of a dictionary that refer to each other do neither.
    """
    forward = [(index, lead) for index, here in leads(pieces).items() for lead in here]
    joined = {(index, lead.to) for index, lead in forward}
    pairs = [(index, lead) for index, lead in forward if index < lead.to and (lead.to, index) in joined]
    uses = Counter(i for index, lead in pairs for i in {index, lead.to})
    pairs = [(index, lead) for index, lead in pairs if uses[index] == 1 == uses[lead.to]]
    labelled = [
        (index, lead.to)
        for index, lead in pairs
        if not lead.text and _same_item(pieces[index], pieces[lead.to])
    ]
    others = [(index, lead) for index, lead in pairs if lead.text]
    wording = Counter(fold(lead.text) for _, lead in others)
    alike = [(index, lead.to) for index, lead in others if wording[fold(lead.text)] >= _MIN_PAIRS]
    texts = [pieces[index].block.text[: pieces[index].block.links[-1].start] for index, _ in alike]
    if not all(_means_solution(word) for word in wording) and not asks([text.strip() for text in texts]):
        alike = []
    if [to for _, to in alike] != sorted(to for _, to in alike):
        alike = []
    return [
        pair
        for group in (labelled, alike)
        if len(group) >= _MIN_PAIRS and not asks([pieces[to].block.text for _, to in group])
        for pair in group
    ]


def _same_item(a: Piece, b: Piece) -> bool:
    """Whether two pieces carry the same number and say something different: no table of contents."""
    if a.label is None or b.label is None or not _agree(a.label.number, b.label.number):
        return False
    rest = [fold(piece.block.text[piece.label.end :]) for piece in (a, b) if piece.label]
    return rest[0] != rest[1] or not any(rest)


def _agree(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether one number is the end of the other: "1.2.5" and "5"; a missing one agrees with all."""
    shorter = min(len(a), len(b))
    return not shorter or a[-shorter:] == b[-shorter:]


def _means_solution(text: str) -> bool:
    return bool(pattern("solution").search(fold(text)))


def join(parts: Sequence[Part], pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Yields the problems and the solutions that a link joins, by the indices of their parts.

    They lead to each other; or one leads to the other from its label or in words like "Solution",
    and no second one does.
    """
    whose = {part.opening.index: number for number, part in enumerate(parts)}
    index_of = {id(piece): index for index, piece in enumerate(pieces)}
    found = leads(pieces)
    edges: dict[tuple[int, int], list[Lead]] = defaultdict(list)
    for number, part in enumerate(parts):
        for piece in part.pieces:
            for lead in found.get(index_of[id(piece)], ()):
                if lead.to in whose and (lead.text or piece is part.pieces[0]):
                    edges[number, whose[lead.to]].append(lead)
    taken: set[int] = {number for number, part in enumerate(parts) if part.link}
    both = {(a, b) for a, b in edges if a < b and (b, a) in edges}
    single = {(a, b) for (a, b), here in edges.items() if any(_tells(lead, parts[a]) for lead in here)}
    for candidates in (both, single):
        fitting = [pair for a, b in candidates if (pair := _as_pair(a, b, parts)) and not taken & {a, b}]
        uses = Counter(number for pair in set(fitting) for number in pair)
        chosen = sorted({pair for pair in fitting if all(uses[number] == 1 for number in pair)})
        taken |= {number for pair in chosen for number in pair}
        yield from chosen


def _tells(lead: Lead, part: Part) -> bool:
    return not lead.text or (part.kind == "problem" and _means_solution(lead.text))


def _as_pair(a: int, b: int, parts: Sequence[Part]) -> tuple[int, int] | None:
    if parts[a].kind == parts[b].kind or not _agree(_number(parts[a]), _number(parts[b])):
        return None
    return (a, b) if parts[a].kind == "problem" else (b, a)


def _number(part: Part) -> tuple[str, ...]:
    return part.label.number if part.label else ()


def without_closing(pieces: Iterable[Piece]) -> list[Piece]:
    """Returns the pieces of an item that a link joins, without "Show the answer" and "Back"."""
    kept: list[Piece] = []
    for piece in pieces:
        closing = next(
            (x for x in piece.block.links if is_closing(x, piece) and not is_label(x, piece)), None
        )
        text = _OPENING.sub("", piece.block.text[: closing.start]) if closing else piece.block.text
        if closing and text:
            piece = replace(piece, block=replace(piece.block, text=text, end=piece.block.start + len(text)))
        if text or not kept:
            kept.append(piece)
    return kept
