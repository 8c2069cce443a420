"""Problems and solutions found in documents, before and after they are paired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from schemas.document import Box, MathQuality

ItemKind = Literal["problem", "solution"]


@dataclass(frozen=True, slots=True)
class Item:
    """A problem or a solution, as found in one document.

    Attributes:
      id: `record_id(sha256, kind, start, end)`.
      kind: problem or solution.
      text: without its own label.
      label: as printed ("Exercise 1.2.105", "37", "Example 4.1"); empty if it has none.
      uri, sha256, title, language: of the document.
      pages: first and last page, counted from 1; (0, 0) where the format has no pages.
      boxes: where it is printed.
      span: start and end in the text of the document.
      headings: the headings above it, outermost first.
      figures: whether a picture stands within it.
      family: the words of its label, folded ("exercise"; "" for a bare number).
      number: the parts of its printed number, folded: ("1", "2", "105"), ("a", "12").
      run: which sequence of labels of its document it belongs to; numbers do not repeat in a run.
      link: equal, and not empty, in a problem and a solution that the document itself joins.
      method: how the document joins them: see `MatchedPair.method`.
      hint: help that is printed with it and is no solution ("Hint", "Strategy"); empty without.
      context: what is printed before it for "the next problems", and is no part of its text; empty
        without. What names its problems by number is prepended to their texts instead.
      math_quality: the worst of its blocks: see `Block.math_quality`.
      ocr: whether any of it was recognised on an image.
    """

    id: str
    kind: ItemKind
    text: str
    label: str
    uri: str
    sha256: str
    title: str
    language: str
    pages: tuple[int, int]
    boxes: tuple[Box, ...]
    span: tuple[int, int]
    headings: tuple[str, ...] = ()
    figures: bool = False
    family: str = ""
    number: tuple[str, ...] = ()
    run: int = 0
    link: str = ""
    method: str = ""
    hint: str = ""
    context: str = ""
    math_quality: MathQuality = "exact"
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class MatchedPair:
    """A problem with the solution that belongs to it.

    Attributes:
      method: how they were matched: "inline" (the solution follows its problem), "follow_up" (the
        same, but the problem has no number and follows a solved one), "declared" (the source links
        the two), "repeated" (the solution begins with the question, word for word), "scope_number" (same
        number within matching scopes), "mirrored" (documents whose names do not say that they belong
        together have the same numbers, and the texts agree).
      score: 0..1, the share of pairs found like it that are right (`extractors.problems.certainty`).
    """

    problem: Item
    solution: Item
    method: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that one document holds, before matching.

    Attributes:
      uri, sha256: of the document.
      items: in the order of the document.
      possible: what is numbered in running text, and is a problem only if a companion answers it.
    """

    uri: str
    sha256: str
    items: tuple[Item, ...]
    possible: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Matching:
    """A one-to-one matching over the documents of one folder; every item is in exactly one field.

    Of the possible problems, those alone that are answered are in one.
    """

    pairs: tuple[MatchedPair, ...]
    unpaired_problems: tuple[Item, ...]
    unpaired_solutions: tuple[Item, ...]
