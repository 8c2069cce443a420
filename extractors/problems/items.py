"""Builds the problems and solutions of one document."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.problems.affinity import answers, asking, asks
from extractors.problems.declared import Opening
from extractors.problems.floats import without_foreign_floats
from extractors.problems.links import join, without_closing
from extractors.problems.matching import MIN_ANSWERED, match_items
from extractors.problems.mirrors import mirroring_titles
from extractors.problems.openings import find_openings
from extractors.problems.outline import Piece, divide, joined
from extractors.problems.parts import Part, cut, is_lettered
from extractors.problems.run_in_hints import with_run_in_hint
from extractors.problems.sequences import numeric
from extractors.problems.shared import unlabelled, with_parents, with_stems
from extractors.problems.titles import Zone
from extractors.problems.vocabulary import fold, pattern, words
from schemas.document import MATH_QUALITIES, Block, Document
from schemas.ids import record_id
from schemas.problems import Found, Item

_BRACKET = re.compile(r"[\[(]\s*(?P<word>[^\W\d_]+(?: [^\W\d_]+)?)(?:\.|\s*[:：])\s*")
_AUTHOR_LINE = 80  # characters of a line that names an author, at most
_RUN_IN_SHARE = 0.3  # of the problems without a solution below them
_RUN_IN = re.compile(  # "... fly? Ans. 30 m"
    r"(?<=[.?!)\]。？।؟$])\s+[*_]{0,2}(?P<word>[^\W\d_]+(?: [^\W\d_]+)?)\s?[.:：][*_]{0,2}(?=\s+\S)"
)


def find_items(document: Document) -> Found:
    """Returns the problems and solutions of a document, in order.

    A problem and a solution that the document itself joins carry the same `link`: the solution
    follows its problem under a word like "Solution" (`method` inline), or the source declares it
    (`method` declared).
    """
    pieces = divide(document)
    openings = find_openings(pieces)
    found = _find(document, pieces, openings)
    # Where "Questions" is a known title, that of the solutions would be known as well.
    known = any(p.title and p.section.zone and pattern("problem").search(fold(p.block.text)) for p in pieces)
    if known or any(item.kind == "solution" and item.number for item in found.items):
        return found
    titles = mirroring_titles(pieces)
    for title in titles:
        guess = _guess(document, {title: "solutions"})
        if guess.answered:
            # Hints mirror the numbers as well: without them, the others are surer.
            others = [_guess(document, {title: "solutions", t: "hints"}) for t in titles if t != title]
            surer = [g for g in others if g.answered and g.asking >= guess.asking]
            return max([guess, *surer], key=lambda g: g.certainty).found
    every = find_openings(pieces, every=True)
    possible = _find(document, pieces, every).items if every != openings else ()
    return replace(found, possible=_others(possible, found.items))


def _others(possible: Sequence[Item], items: Sequence[Item]) -> tuple[Item, ...]:
    """Returns the numbered problems that are no part of what was found for sure; of a few, none."""
    taken = sorted(item.span for item in items)
    numbered = (item for item in possible if item.kind == "problem" and item.number and not item.link)
    others = tuple(item for item in numbered if not _overlaps(item.span, taken))
    return others if len(others) >= MIN_ANSWERED else ()


def _overlaps(span: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a span has anything in common with others, which are in order and apart."""
    at = bisect(spans, span)
    return any(begin < span[1] and span[0] < end for begin, end in spans[max(0, at - 1) : at + 1])


@dataclass(frozen=True, slots=True)
class _Guess:
    """What a document holds if sections hold what they are guessed to.

    Attributes:
      answered: whether the solutions answer the problems, by their words.
      asking: share of the problems that ask.
      certainty: sum of the scores of the pairs.
    """

    found: Found
    answered: bool
    asking: float
    certainty: float


def _guess(document: Document, zones: dict[str, Zone]) -> _Guess:
    pieces = divide(document, zones)
    found = _find(document, pieces, find_openings(pieces))
    pairs = [pair for pair in match_items([found]).pairs if pair.method in ("scope_number", "repeated")]
    problems = [pair.problem.text for pair in pairs]
    answered = answers(problems, [pair.solution.text for pair in pairs])
    return _Guess(found, answered, asking(problems), sum(pair.score for pair in pairs))


def _find(document: Document, pieces: list[Piece], openings: list[Opening]) -> Found:
    declared = without_foreign_floats(_declare(cut(pieces, openings), pieces), pieces)
    parts = with_parents(with_stems([_trimmed(part) for part in declared], pieces, openings))
    scattered = _scattered_families(pieces, openings)
    parts = [
        _leading(part) if part.label and part.label.family in scattered and _is_alone(part) else part
        for part in parts
    ]
    items = [item for part in parts if (item := _item(document, part))]
    text = document.text
    whole = _with_run_in_answers(text, _without_single_links(items))
    hinted = [with_run_in_hint(item) for item in _asking(text, whole)]
    return Found(document.uri, document.sha256, _with_runs(hinted))


def _with_run_in_answers(text: str, items: list[Item]) -> list[Item]:
    """Splits the problems that hold their answer.

    Brackets, "[Answer: 3]", are enough. Without them, "Answer: in one sentence." is something said: most
    problems have their answer so, no numbered solution stands elsewhere, and the answers do not ask.
    """
    halves = [_with_run_in_answer(text, item) for item in items]
    bracketed = [_is_bracketed(item) for item in items]
    problems = [item for item in items if item.kind == "problem" and not item.link]
    split = [both[1] for both, closed in zip(halves, bracketed, strict=True) if len(both) == 2 and not closed]
    elsewhere = any(item.kind == "solution" and item.number and not item.link for item in items)
    said = len(split) < _RUN_IN_SHARE * len(problems) or elsewhere or asks([half.text for half in split])
    kept = [
        [item] if said and not closed else both
        for item, both, closed in zip(items, halves, bracketed, strict=True)
    ]
    return [half for both in kept for half in both]


def _is_bracketed(item: Item) -> bool:
    return item.text[-1:] in (")", "]")


def _asking(text: str, items: list[Item]) -> list[Item]:
    """Splits what was taken for solutions, if most of them ask first: "Which is it? Answer: 3"."""
    solutions = [item for item in items if item.kind == "solution" and not item.link]
    split = {item.id: _with_run_in_answer(text, replace(item, kind="problem")) for item in solutions}
    halves = [both for both in split.values() if len(both) == 2]
    if 2 * len(halves) <= len(solutions) or not asks([question.text for question, _ in halves]):
        return items
    return [half for item in items for half in split.get(item.id, [item])]


def _declare(parts: list[Part], pieces: list[Piece]) -> list[Part]:
    """Links declared solutions to the problems that they name, and items that lead to each other."""
    by_container = {p.opening.container: i for i, p in enumerate(parts) if p.opening.container}
    linked = list(parts)
    for index, part in enumerate(parts):
        target = by_container.get(part.opening.target) if part.opening.target else None
        if part.kind == "solution" and target is not None and parts[target].kind == "problem":
            link = record_id("link", part.opening.container)
            linked[index] = replace(part, link=link, method="declared")
            linked[target] = replace(linked[target], link=link, method="declared")
    for problem, solution in join(linked, pieces):
        link = record_id("link", linked[problem].opening.index)
        for index in (problem, solution):
            part = linked[index]
            linked[index] = replace(part, pieces=without_closing(part.pieces), link=link, method="declared")
    return linked


def _scattered_families(pieces: list[Piece], openings: list[Opening]) -> set[str]:
    """Families whose problems stand one by one in the running text, with headings between them.

    On a sheet of problems nothing but the problems stands between two labels; in the running text
    of a chapter most neighbours have a heading between them, and text that is not theirs.
    """
    between: dict[str, list[bool]] = {}
    last: dict[str, int] = {}
    for opening in openings:
        if opening.kind != "problem" or not opening.label or pieces[opening.index].section.zone:
            continue
        family = opening.label.family
        if family in last:
            parted = any(
                p.block.kind == "heading" and not p.label for p in pieces[last[family] : opening.index]
            )
            between.setdefault(family, []).append(parted)
        last[family] = opening.index
    return {f for f in last if 2 * sum(between.get(f, [True])) >= len(between.get(f, [True]))}


def _is_alone(part: Part) -> bool:
    return (
        part.kind == "problem" and not part.link and not part.pieces[0].section.zone and not part.opening.stop
    )


def _leading(part: Part) -> Part:
    """Keeps the first paragraph of a problem in running text, and what hangs on it.

    Lists, lettered parts, formulas, tables and figures hang on the paragraph before them; the
    next plain paragraph is the running text again.
    """
    label_end = part.label.end if part.label else 0
    texts = 0 if not part.pieces[0].block.text[label_end:].strip() else 1
    kept = [part.pieces[0]]
    for piece in part.pieces[1:]:
        hangs = piece.block.kind not in ("paragraph", "heading") or is_lettered(piece.block.text)
        if not hangs and texts >= 1:
            break
        texts += not hangs
        kept.append(piece)
    return replace(part, pieces=kept)


def _trimmed(part: Part) -> Part:
    """Drops headings at the end, which belong to what follows, and a line that says who wrote it."""
    pieces = list(part.pieces)
    while len(pieces) > 1 and pieces[-1].block.kind == "heading":
        pieces.pop()
    end = part.label.end if part.label else 0
    least = 1 if pieces[0].block.text[end:].strip() else 2  # below a label alone, the line is the answer
    while len(pieces) > least and _names_author(pieces[-1].block):
        pieces.pop()
    return replace(part, pieces=pieces)


def _names_author(block: Block) -> bool:
    """Whether a line is "Author: K. Lind" or, in brackets or italics, "(Proposed by K. Lind)"."""
    text = block.text.strip("*_ ")
    line = fold(text[:_AUTHOR_LINE]).strip("([ ")
    found = pattern("author").match(line)
    if found is None or len(text) >= _AUTHOR_LINE:
        return False
    bracketed = text[:1] in ("(", "[") and text[-1:] in (")", "]")
    aside = bracketed or block.style.italic >= len(block.text)
    return (aside and " " in found["word"]) or line[found.end() :].lstrip()[:1] in (":", "：")


def _item(document: Document, part: Part) -> Item | None:
    pieces = list(part.pieces)
    first, label = pieces[0], part.label
    end = label.end if label else 0
    text = first.block.text[end:]
    shift = end + len(text) - len(text.lstrip())
    body = [replace(first, block=replace(first.block, text=text.strip()))] if text.strip() else []
    text = joined([*part.stem, *body, *pieces[1:]])
    start = first.block.start + shift if body else (pieces[1].block.start if len(pieces) > 1 else 0)
    if not text or not (body or pieces[1:]):
        return None
    blocks = [p.block for p in pieces]
    numbered = [b.page for b in blocks if b.page] + [box.page for b in blocks for box in b.boxes]
    last = blocks[-1].end
    return Item(
        id=record_id(document.sha256, part.kind, start, last),
        kind=part.kind,
        text=text,
        label=label.printed if label else "",
        uri=document.uri,
        sha256=document.sha256,
        title=document.title,
        language=document.language,
        pages=(min(numbered, default=0), max(numbered, default=0)),
        boxes=tuple(box for b in blocks for box in b.boxes),
        span=(start, last),
        headings=first.section.headings,
        figures=any(b.kind == "figure" for b in blocks),
        family=label.family if label else "",
        number=label.number if label else (),
        link=part.link,
        method=part.method,
        hint=_hint(part.hint),
        context=joined(part.context),
        math_quality=max((b.math_quality for b in blocks), key=MATH_QUALITIES.index),
        ocr=any(b.ocr for b in blocks),
    )


def _hint(pieces: list[Piece]) -> str:
    """Returns the help that stands with an item, without the word that announces it."""
    bodies = [unlabelled(piece) for piece in pieces]
    return joined([piece for piece in bodies if piece.block.text])


def _without_single_links(items: list[Item]) -> list[Item]:
    """Takes the link away where the other half turned out to be empty."""
    kinds: dict[str, set[str]] = {}
    for item in items:
        if item.link:
            kinds.setdefault(item.link, set()).add(item.kind)
    return [
        replace(item, link="", method="") if item.link and len(kinds[item.link]) < 2 else item
        for item in items
    ]


def _with_run_in_answer(text: str, item: Item) -> list[Item]:
    """Splits "How far does it fly? [Answer: 30 m]" or "... fly? Ans. 30 m" into question and answer."""
    if item.kind != "problem" or item.link:
        return [item]
    bracketed = _is_bracketed(item)
    found = [
        m for m in (_BRACKET if bracketed else _RUN_IN).finditer(item.text) if _means_solution(m["word"])
    ]
    if not found:
        return [item]
    word = found[-1] if bracketed else found[0]
    question = item.text[: word.start()].rstrip()
    after = item.text[word.end() : -1 if bracketed else None]
    answer = after.strip()
    start = text.rfind(item.text[word.start() :], *item.span)
    if not answer or not question or start < 0:
        return [item]
    link = record_id("link", item.id)
    first = start + word.end() - word.start() + len(after) - len(after.lstrip())
    end = start - (word.start() - len(question))
    asked = replace(item, text=question, span=(item.span[0], end), link=link, method="inline")
    span = (first, first + len(answer))
    answered = replace(asked, kind="solution", text=answer, span=span, boxes=item.boxes[-1:])
    return [replace(half, id=record_id(half.sha256, half.kind, *half.span)) for half in (asked, answered)]


def _means_solution(word: str) -> bool:
    return "solution" in (words().get(fold(word)), words().get(fold(f"{word}.")))


def _with_runs(items: list[Item]) -> tuple[Item, ...]:
    """Numbers the runs: items of one kind and family whose numbers only grow."""
    last: dict[tuple[str, str], tuple[int, tuple[tuple[int, int, str], ...]]] = {}
    runs, placed = 0, []
    for item in items:
        key, number = (item.kind, item.family), numeric(item.number)
        run, before = last.get(key, (-1, ()))
        if run < 0 or not number or number <= before:
            run, runs = runs, runs + 1
        if number:
            last[key] = (run, number)
        placed.append(replace(item, run=run))
    return tuple(placed)
