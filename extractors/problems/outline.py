"""Divides a document into sections and says which of them hold problems, solutions or hints."""

from __future__ import annotations

import itertools
import re
from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass

from extractors.problems.alternatives import without_alternatives
from extractors.problems.choices import with_choices
from extractors.problems.doubtful import certain
from extractors.problems.extras import with_extras
from extractors.problems.labels import Label
from extractors.problems.lettered import without_letters
from extractors.problems.rows import TITLE_LEVEL, split_all
from extractors.problems.sequences import counts_on, numeric
from extractors.problems.tables import take_apart
from extractors.problems.titles import Zone, name_zone, part_title, scope_number, title_words, title_zone
from extractors.problems.unknown import infer_roles
from extractors.problems.vocabulary import fold, pattern
from schemas.document import BLOCK_SEPARATOR, Block, Document

OPENED = re.compile(r"callout|details|dropdown|collaps|toggle|spoiler|accordion|admonition")
"""Names of elements that show what they hold on demand."""

_TITLE = 100  # characters of a title that are looked at
_MIN_SETS = 3

NO_ZONES: Mapping[str, Zone] = {}


@dataclass(frozen=True, slots=True)
class Section:
    """Where a piece stands.

    Attributes:
      headings: texts of the headings above, outermost first.
      zone: what the section holds, by its headings or else by the name of the document.
      start: index of the piece with the heading that gave the zone; -1 for the document itself.
    """

    headings: tuple[str, ...]
    zone: Zone
    start: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A block, or a line of a block that begins with a label of its own.

    Attributes:
      title: whether it opens its section.
    """

    block: Block
    label: Label | None
    section: Section
    title: bool = False


def divide(document: Document, zones: Mapping[str, Zone] = NO_ZONES) -> list[Piece]:
    """Returns the pieces of a document with their labels and sections, in order.

    Args:
      zones: what sections hold that have these titles (their words), though no vocabulary says so.
    """
    named_zone = name_zone(document)
    parts = split_all(document.blocks, named_zone)
    labelled = with_choices(list(without_letters(take_apart(parts, named_zone, zones))))
    blocks = [block for block, _ in labelled]
    labels = infer_roles(blocks, with_extras(blocks, certain(blocks, [label for _, label in labelled])))
    labels = without_alternatives(labels)
    is_section = _find_sections(blocks, labels)
    pieces: list[Piece] = []
    named = {title_zone(block.text) for block, head in zip(blocks, is_section, strict=True) if head}
    # A file called "chapter 3 with solutions" that has a section of solutions says nothing as a whole;
    # in a solution manual even the sections called "Exercises" hold solutions. Hints have no solutions.
    solved = named_zone == "hints" and any(label and label.role == "solution" for label in labels)
    whole = "" if "solutions" in named or solved else named_zone
    stack: list[tuple[int, str, Zone, int]] = []  # level, text, zone, index
    seen: set[tuple[str, ...]] = set()
    named_parts: set[str] = set()
    answered: set[tuple[object, ...]] = set()
    paths: set[tuple[object, ...]] = set()
    for index, (block, label) in enumerate(zip(blocks, labels, strict=True)):
        zone = title_zone(block.text) if is_section[index] else ""
        if is_section[index] and zones:
            zone = zones.get(title_words(block.text), zone)
        if zone == "problems" and whole == "solutions":
            zone = whole
        around = stack[-1][2] if stack and stack[-1][2] else whole
        part = part_title(block)
        named_set = bool(label and label.number)  # "Exercises 3.2"
        title = is_section[index] and (block.kind == "heading" or zone != around or named_set)
        if title:
            key = _identity(block.text)
            mirrored = key in seen and not zone
            level = block.level if block.kind == "heading" else TITLE_LEVEL + _is_chapter_title(block)
            opened = next((i for i, e in enumerate(stack) if e[2] == "solutions" and _titled(e)), None)
            if opened is not None and not zone:
                below = [_identity(entry[1]) for entry in stack[opened:] if entry[0] < level]
                path = (stack[opened][3], *below, key)
                if path in answered:  # "Chapter 1" once more below "Answers": the book itself begins
                    del stack[opened:]
                answered.add(path)
            while stack and stack[-1][0] >= level:
                if mirrored and stack[-1][2] == "solutions" and stack[-1][3] >= 0 and _titled(stack[-1]):
                    break  # "Chapter 3" once more, right after "Answers": still the answers
                stack.pop()
            within = stack[-1][2] if stack else ""
            asks = pattern("problem").search(fold(block.text))
            if within == "solutions" and zone == "problems" and (not asks or (named_set and key in seen)):
                zone = within  # "Exam 2023" below "Solutions", or once more "Exercises 3.2"
            if part and within == "solutions" and part in named_parts:
                zone = within  # "I. Multiple choice" once more, in the key of a paper
            above = [_identity(e[1]) for e in itertools.takewhile(lambda e: e[2] != "solutions", stack)]
            if within == "solutions" and (*above, key) in paths:
                zone = within  # "Problems" below "Answers", beside the "Problems" of the same chapter
            paths.add((*map(_identity, (entry[1] for entry in stack)), key))
            stack.append((level, block.text, zone or within, index))
            seen.add(key)
            label = None
        elif label and label.role == "set" and label.firm and label.number:
            # "Problem set 2" in bold instead of a heading: a scope all the same.
            while stack and stack[-1][0] >= TITLE_LEVEL:
                stack.pop()
            stack.append((TITLE_LEVEL, block.text[: label.end], stack[-1][2] if stack else "", index))
        named_parts.add(part)
        zone, start = (stack[-1][2], stack[-1][3]) if stack and stack[-1][2] else (whole, -1)
        section = Section(tuple(entry[1] for entry in stack), zone, start)
        pieces.append(Piece(block, label, section, title))
    return pieces


def _titled(entry: tuple[int, str, Zone, int]) -> bool:
    return title_zone(entry[1]) == "solutions"


def _identity(heading: str) -> tuple[str, ...]:
    """Returns what makes two headings the same: their number, or else their words."""
    number = scope_number(heading)
    return number or (title_words(heading),)


def _find_sections(blocks: list[Block], labels: list[Label | None]) -> list[bool]:
    """Tells for every block whether it is a heading that opens a section, and no label of an item."""
    inline = _inline_markers(blocks, labels)
    divisions = _divisions(blocks, labels)
    sets = _named_sets(blocks, labels)
    following = _next_items(labels)
    parents: list[int] = []  # the headings above the current one, outermost first
    seen: set[tuple[str, ...]] = set()
    problems = 0  # level of the last section of problems
    sections = []
    for index, block in enumerate(blocks):
        if block.kind != "heading":
            named = labels[index]
            section = bool(named and named.family in sets) or _is_bare_title(index, blocks, labels, inline)
            sections.append(section)
            continue
        while parents and blocks[parents[-1]].level >= block.level:
            parents.pop()
        label = labels[index]
        if label is None or label.role in ("set", "float", "other", "aside"):
            section = True
        elif label.role == "":
            section = not _is_titled_item(index, blocks, labels, parents)
        elif label.role == "unknown":
            section = label.family in divisions
        elif label.number:
            section = label.family in sets or _has_labelled_headings(index, blocks, labels)
        elif label.family in inline or (block.containers and OPENED.search(block.containers[-1].name)):
            section = False
        elif problems and block.level <= problems and label.role in ("solution", "hint"):
            section = True  # "Answers", on a par with "Exercises"
        else:
            # "Solutions", "Exercises", "Answer": a section if items are numbered below it.
            section = _holds_items(index, blocks, following[index], seen)
        if section and title_zone(block.text) == "problems":
            problems = block.level
        sections.append(section)
        parents.append(index)
        seen.add(_identity(block.text))
    return sections


def _next_items(labels: list[Label | None]) -> list[int]:
    """Returns for every place the next one with the label of an item; the length if there is none."""
    following = [len(labels)] * len(labels)
    for index in range(len(labels) - 2, -1, -1):
        label = labels[index + 1]
        item = label and label.number and label.role in ("", "problem", "example", "solution", "unknown")
        following[index] = index + 1 if item else following[index + 1]
    return following


def _holds_items(index: int, blocks: list[Block], item: int, above: set[tuple[str, ...]]) -> bool:
    """Whether an item stands below a heading, before one of its own rank that is new."""
    if item >= len(blocks):
        return False
    for follower in range(index + 1, item + 1):
        block = blocks[follower]
        closes = block.kind == "heading" and block.level <= blocks[index].level
        if closes and _identity(block.text) not in above:
            return False
    return True


def _is_titled_item(index: int, blocks: list[Block], labels: list[Label | None], parents: list[int]) -> bool:
    """Whether "2. Neighbours" below "Exercises" is a problem with a title, not a section of them."""
    label = labels[index]
    if label is None or len(label.number) > 1 or not any(title_zone(blocks[i].text) for i in parents):
        return False
    below = itertools.takewhile(lambda i: blocks[i].kind != "heading", range(index + 1, len(blocks)))
    numbered = [found for i in below if (found := labels[i]) and found.number and not blocks[i].marker]
    return len(numbered) < 3


def _is_bare_title(index: int, blocks: list[Block], labels: list[Label | None], inline: set[str]) -> bool:
    """Whether a paragraph is a title in all but name: "Exercises", alone, above the first of them."""
    block, label = blocks[index], labels[index]
    if block.kind != "paragraph" or len(block.text) > 60 or block.marker:
        return False
    if _is_chapter_title(block):
        return label is None  # "§ 1.2 No. 3", alone above a list, is the label of an item
    if not title_zone(block.text, 1):
        return False
    if label and (label.number or label.family in inline or label.end < len(block.text)):
        return False
    if not label and block.style.bold < len(block.text) and not _precedes_restart(index, blocks, labels):
        return False
    following = (
        i for i in range(index + 1, min(index + 3, len(blocks))) if _shares_summary(block, blocks[i])
    )
    return any(
        f and f.number and f.role in ("", "problem", "solution", "unknown")
        for f in (labels[i] for i in following)
    )


def _shares_summary(title: Block, block: Block) -> bool:
    """Whether a block stands where a title counts: the summary of an element is for that element."""
    opened = [c.id for c in title.containers if c.name != "summary"]
    return len(opened) == len(title.containers) or opened[-1:] == [c.id for c in block.containers][-1:]


def _precedes_restart(index: int, blocks: list[Block], labels: list[Label | None]) -> bool:
    """Whether a line, "Answers to odd exercises", stands between 5 and 1, and is no sentence."""
    text = blocks[index].text.rstrip()
    if title_zone(text, 1) != "solutions" or text[-1] in ".,;?!" or text[0].islower():
        return False
    after = next((x for x in labels[index + 1 : index + 3] if x and x.number), None)
    before = next((x for x in reversed(labels[:index]) if x and x.number), None)
    return bool(after and before and numeric(after.number) <= numeric(before.number))


def _is_chapter_title(block: Block) -> bool:
    """Whether a paragraph is a chapter's title set in bold: "Chapter 2"."""
    bold = block.style.bold >= len(block.text)
    return bold and bool(pattern("chapter").match(fold(block.text))) and bool(scope_number(block.text))


def _inline_markers(blocks: list[Block], labels: list[Label | None]) -> set[str]:
    """Returns the unnumbered words that stand within items ("Solution"), not above a section of them.

    After a solution in place, the numbering goes on where it was (3, Solution, 4); below a title
    it starts over (9, Solutions, 1). Where a word does both, the majority decides.
    """
    votes: dict[str, int] = {}
    numbered = [
        (i, label) for i, label in enumerate(labels) if label and label.number and label.role != "float"
    ]
    places = [i for i, _ in numbered]
    sequences: dict[tuple[str, int], list[tuple[int, tuple[str, ...]]]] = {}
    for i, numbered_label in numbered:
        sequences.setdefault(_sequence(numbered_label), []).append((i, numbered_label.number))
    for index, label in enumerate(labels):
        if label is None or label.number or label.role not in ("solution", "hint"):
            continue
        position = bisect(places, index)
        if position == 0:
            continue
        before = numbered[position - 1][1]
        sequence = sequences[_sequence(before)]
        after = bisect(sequence, (index,))
        first = sequence[after][1] if after < len(sequence) else None
        # The label above a repeated solution may come once more.
        again = after + 1 if first == before.number else after
        later = sequence[again][1] if again < len(sequence) else None
        goes_on = later is not None and counts_on(before.number, later)
        starts_over = first is not None and numeric(first) <= numeric(before.number)
        votes[label.family] = votes.get(label.family, 0) + (1 if goes_on else -1 if starts_over else 0)
    return {family for family, vote in votes.items() if vote > 0}


def _sequence(label: Label) -> tuple[str, int]:
    return label.family, len(label.number)


def _has_labelled_headings(index: int, blocks: list[Block], labels: list[Label | None]) -> bool:
    level = blocks[index].level
    for follower in range(index + 1, len(blocks)):
        block, label = blocks[follower], labels[follower]
        if block.kind != "heading":
            continue
        if block.level <= level:
            return False
        if label and label.number and label.role in ("problem", "example", "solution"):
            return True
    return False


def _divisions(blocks: list[Block], labels: list[Label | None]) -> set[str]:
    """Returns the unknown words of headings below which others stand, such as those of chapters."""
    return {
        label.family
        for index, label in enumerate(labels)
        if label and label.role == "unknown" and blocks[index].kind == "heading"
        if _holds_others(index, blocks, labels)
    }


def _named_sets(blocks: list[Block], labels: list[Label | None]) -> set[str]:
    """Returns the words for problems that name sets of them: "Exercises 3.2", above 1, 2, 3.

    Each stands alone, above the first of its problems, and the answers in the same document repeat their
    numbers, not those of the sets.
    """
    title = next((i for i, b in enumerate(blocks) if title_zone(b.text[:_TITLE]) == "solutions"), len(blocks))
    if not any(label and label.role == "" and label.depth == 1 for label in labels[title:]):
        return set()
    places: dict[str, list[int]] = {}
    for index, label in enumerate(labels):
        if label and label.role == "problem" and label.number:
            places.setdefault(label.family, []).append(index)
    return {
        family
        for family, found in places.items()
        if len(found) >= _MIN_SETS and all(_heads_set(index, blocks, labels, title) for index in found)
    }


def _heads_set(index: int, blocks: list[Block], labels: list[Label | None], title: int) -> bool:
    """Whether a label stands alone above a bare number: the first one, or below `title` any."""
    label, first = labels[index], labels[index + 1] if index + 1 < len(labels) else None
    if label is None or label.end < len(blocks[index].text.rstrip()) or first is None or first.role:
        return False
    if first.depth != 1 or not (index > title or first.number == ("1",)):
        return False
    ends = (i for i in range(index + 1, len(blocks)) if blocks[i].kind == "heading" or _is_worded(labels[i]))
    end = next(ends, title)
    after = labels[end] if end < len(labels) else None
    return end == title or after is None or after.role != "solution" or bool(after.number)


def _is_worded(label: Label | None) -> bool:
    return label is not None and label.role != ""


def _holds_others(index: int, blocks: list[Block], labels: list[Label | None]) -> bool:
    """Whether headings or the labels of another family stand below a heading."""
    for follower in range(index + 1, len(blocks)):
        block, label = blocks[follower], labels[follower]
        if block.kind == "heading":
            return block.level > blocks[index].level
        if label and label.number and label.role != "float" and (label.family or block.style.bold):
            return True
    return False


def joined(pieces: list[Piece]) -> str:
    """Returns the text of consecutive pieces; items of a list stand on consecutive lines."""
    text = ""
    for piece in pieces:
        if text:
            both_listed = piece.block.kind == "list_item"
            text += "\n" if both_listed else BLOCK_SEPARATOR
        text += _rendered(piece.block)
    return text


def _rendered(block: Block) -> str:
    return f"```\n{block.text}\n```" if block.kind == "code" else block.text
