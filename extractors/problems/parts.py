"""Cuts a document at its openings into problems and solutions, and sets hints apart."""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import dataclass, field, replace

from extractors.problems.declared import Opening
from extractors.problems.labels import Label
from extractors.problems.outline import Piece
from schemas.ids import record_id
from schemas.problems import ItemKind

_LEFT_OUT = ("footnote",)
_LETTER = re.compile(r"\(?([a-z]|[ivx]{1,4})[.)]\s")
_MAX_ASIDES = 8  # "Strategy", "Discussion"... between a problem and its solution


@dataclass(slots=True)
class Part:
    """A problem or a solution before it is an Item.

    Attributes:
      pieces: what it consists of.
      hint: pieces of help that stand with it ("Hint", "Strategy") and belong to neither text.
      stem: pieces that it shares with other problems, which they name by number.
      context: pieces for "the next problems", which stand beside the problem.
      link, method: see `Item`.
    """

    kind: ItemKind
    label: Label | None
    opening: Opening
    pieces: list[Piece] = field(default_factory=list)
    hint: list[Piece] = field(default_factory=list)
    stem: list[Piece] = field(default_factory=list)
    context: list[Piece] = field(default_factory=list)
    link: str = ""
    method: str = ""


def cut(pieces: list[Piece], openings: list[Opening]) -> list[Part]:
    """Returns the problems and solutions of a document in order.

    A solution that stands under a word of its own ("Solution") below its problem carries the same
    `link` as the problem.
    """
    return _Cutter(pieces, openings).cut()


class _Cutter:
    """Walks through the pieces and hands each to the part it belongs to.

    Attributes:
      parts: what was begun so far.
      head: the part that is open, whose end has not been seen.
      problem: the problem that an inline solution would answer.
      sink: where the next piece without an opening goes; None where it belongs to nothing.
    """

    def __init__(self, pieces: list[Piece], openings: list[Opening]):
        self.pieces, self.openings = pieces, openings
        self.starts = [opening.index for opening in openings]
        self.parts: list[Part] = []
        self.head: Part | None = None
        self.problem: Part | None = None
        self.sink: list[Piece] | None = None
        self.level = 0  # of the heading that the open item has
        self.stop = len(pieces)  # where the element ends that declares the open item
        self.method = "inline"
        self.restating = _restating(pieces, openings)

    def cut(self) -> list[Part]:
        at = {opening.index: opening for opening in self.openings}
        for index, piece in enumerate(self.pieces):
            opening = at.get(index)
            if index >= self.stop:
                self._leave_element(index, opening)
            if opening is None or self._is_subheading(opening, piece):
                if piece.block.kind not in _LEFT_OUT:
                    self._put(piece)
            elif opening.kind == "inline_solution" or (opening.kind == "proof" and self._asked()):
                self._inline_solution(opening, piece)
            elif opening.kind == "proof":
                self._put(piece)
            elif opening.kind == "inline_hint":
                self._hint(piece)
            elif opening.kind == "aside":
                self._aside(index, piece)
            else:
                self._begin(opening, piece)
        return self.parts

    def _put(self, piece: Piece) -> None:
        part = self.problem
        if part is not None and self.sink is part.hint and _goes_on(part, piece):
            self.head, self.sink = part, part.pieces  # "(b)" after a hint for (a)
        if self.sink is not None:
            self.sink.append(piece)

    def _open(self, part: Part, piece: Piece) -> None:
        self.parts.append(part)
        self.head, self.sink = part, part.pieces
        part.pieces.append(piece)

    def _close(self) -> None:
        self.head = self.sink = None

    def _leave_element(self, index: int, opening: Opening | None) -> None:
        """Ends a declared item; its hint and its solution may still follow, or its next part."""
        self._close()
        if opening is None and self.problem is not None and self._asks_on(index):
            self.head, self.sink = self.problem, self.problem.pieces
            self.stop = self.problem.opening.stop or len(self.pieces)
            return
        self.stop = len(self.pieces)
        if opening is None or opening.kind not in ("inline_solution", "inline_hint", "aside"):
            self.problem = None

    def _asks_on(self, index: int) -> bool:
        """Whether a declared problem goes on after a solution in it: with a letter, or solved once more."""
        stop = self.problem.opening.stop if self.problem else None
        if stop is None or index >= stop:
            return False
        ahead = self.openings[bisect(self.starts, index) : bisect(self.starts, stop - 1)]
        return is_lettered(self.pieces[index].block.text) or any(o.kind == "inline_solution" for o in ahead)

    def _is_subheading(self, opening: Opening, piece: Piece) -> bool:
        """Whether a heading is a division of the item it stands in: deeper than the item's own heading."""
        return (
            opening.kind == "boundary"
            and opening.label is None
            and (self.problem is not None or self.head is not None)
            and piece.block.kind == "heading"
            and piece.block.level > self.level > 0
        )

    def _begin(self, opening: Opening, piece: Piece) -> None:
        """A labelled item, or something that is none and ends what was before."""
        # "Check your learning" after the solution of Example 3: whose is the answer that follows? Where
        # no exercise has a number, each has its own.
        numbered = opening.label is not None and bool(opening.label.number)
        solved = self.head is not None and self.head.kind == "solution" and bool(self.head.link)
        doubtful = solved and self.problem is not None and (_is_numbered(self.problem) or self._follows_up())
        self.method = "follow_up" if doubtful and not numbered else "inline"
        self._close()
        self.problem = None
        self.level = piece.block.level if piece.block.kind == "heading" else 0
        self.stop = opening.stop or len(self.pieces)
        if opening.kind in ("problem", "solution"):
            part = Part(opening.kind, opening.label, opening)
            self._open(part, piece)
            self.problem = part if opening.kind == "problem" else None

    def _follows_up(self) -> bool:
        return self.head is not None and self.head.method == "follow_up"

    def _asked(self) -> bool:
        """Whether a problem is open that a proof would answer: no "Proposition." stands between them."""
        if self.problem is None or self.parts[-1] is not self.problem:
            return False
        return not any(piece.label and piece.label.role == "other" for piece in self.problem.pieces)

    def _inline_solution(self, opening: Opening, piece: Piece) -> None:
        if self.head is not None and self.head.kind == "solution" and self.problem is not None:
            self._put(piece)  # "Answer: 4" at the end of a solution is part of it
            return
        if self.problem is not None:
            last = self.parts[-1]
            if last.kind == "solution":  # an element of its own for the final answer: the solution goes on
                self.head, self.sink = last, last.pieces
                last.pieces.append(piece)
            else:
                self._close()
                last.link, last.method = record_id("link", last.opening.index), self.method
                answer = Part("solution", opening.label, opening, link=last.link, method=last.method)
                self._open(answer, piece)
        elif self.head is not None and self.head.pieces[0].section.start in self.restating:
            # A question repeated above its solution: the two are a pair of their own.
            asked, label = self.head, opening.label
            if label and asked.label:
                label = replace(label, family=asked.label.family, number=asked.label.number)
            asked.kind, asked.link, asked.method = "problem", record_id("link", opening.index), "inline"
            self._open(Part("solution", label, opening, link=asked.link, method="inline"), piece)
            self.problem = asked  # a second solution, or the answer alone, is for it as well
        else:
            self._put(piece)
            return
        if opening.stop:
            self.stop = min(self.stop, opening.stop) if self.stop > opening.stop else opening.stop

    def _hint(self, piece: Piece) -> None:
        """Help ends the text that it stands in, and is kept beside it."""
        owner = self.head or self.problem
        self._close()
        if owner is not None:
            self.sink = owner.hint
            self._put(piece)

    def _aside(self, index: int, piece: Piece) -> None:
        """ "Strategy" before the solution is a note; "Significance" after it belongs to it."""
        waiting = self.head is None or self.head.kind == "problem"
        if waiting and self.problem is not None and self._solution_ahead(index):
            self._hint(piece)
        else:
            self._put(piece)

    def _solution_ahead(self, index: int) -> bool:
        for opening in self.openings[bisect(self.starts, index) :][:_MAX_ASIDES]:
            if opening.kind != "aside":
                return opening.kind in ("inline_solution", "proof")
        return False


def _restating(pieces: list[Piece], openings: list[Opening]) -> set[int]:
    """Returns the sections, by their first pieces, whose solutions mostly begin with the question.

    A word for a solution stands within most of them. One that has it alone ("Solution. by N. N.") begins
    with no question.
    """
    last: dict[int, bool] = {}
    sections: dict[int, list[int]] = {}
    for opening in openings:
        section = pieces[opening.index].section.start
        if opening.kind == "solution":
            sections.setdefault(section, []).append(opening.index)
            last[opening.index] = False
        elif opening.kind == "inline_solution" and sections.get(section):
            last[sections[section][-1]] = True
    return {s for s, found in sections.items() if 2 * sum(last[i] for i in found) > len(found)}


def is_lettered(text: str) -> bool:
    """Whether a text begins with the letter of a part: "(b) Find..."."""
    return bool(_LETTER.match(text))


def _goes_on(problem: Part, piece: Piece) -> bool:
    """Whether a piece after a hint is the next part of the problem that the hint is for."""
    if any(is_lettered(p.block.text) for p in problem.hint):
        return False
    asked = [found[1] for p in problem.pieces if (found := _LETTER.match(p.block.text))]
    found = _LETTER.match(piece.block.text)
    return bool(asked and found) and found[1] not in asked  # type: ignore[index]


def _is_numbered(part: Part) -> bool:
    return part.label is not None and bool(part.label.number)
