"""Damages documents as scanners, converters and publishers do, so that wrong pairs can arise."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from benchmarks.layouts.arrange import Truth
from benchmarks.layouts.score import words
from schemas.document import Block, Document, with_spans

Role = tuple[str, int]  # "problem" or "solution", and which of the truth
Roles = dict[int, Role]  # by the identity of a block, for the first blocks of items
Damage = Callable[[list[Block], Roles, Random], list[Block]]

# A label at the start of a block: words of two or fewer, then a number.
_LABEL = re.compile(r"\W{0,3}(?:[^\W\d_]+\W{1,2}){0,2}(\d+(?:[.\-–]\d+)*)[.):\]]{0,2}\s+")
_SHARE = 0.15  # of the things that a kind of damage strikes


def roles_of(documents: Sequence[Document], truth: Sequence[Truth]) -> Roles:
    """Tells the blocks in which printed problems and solutions begin, by their words."""
    starts: list[tuple[str, int, list[str]]] = []
    for index, item in enumerate(truth):
        texts = [("problem", item.problem), *(("solution", text) for text in item.solutions[:1])]
        starts += [(kind, index, words(text)[:8]) for kind, text in texts]
    roles: Roles = {}
    for document in documents:
        for block in document.blocks:
            first = words(block.text[:200])[:14]
            for kind, index, start in starts:
                if len(start) >= 3 and _contains(first, start):
                    roles.setdefault(id(block), (kind, index))
    return roles


def _contains(first: list[str], start: list[str]) -> bool:
    return any(first[i : i + len(start)] == start for i in range(min(6, len(first))))


def damaged(document: Document, roles: Roles, damage: Damage, random: Random) -> Document:
    """Returns a document with its blocks damaged and their spans set anew."""
    blocks = [block for block in damage(list(document.blocks), roles, random) if block.text.strip()]
    return replace(document, blocks=with_spans(blocks))


def _change(block: Block, text: str) -> Block:
    marker = block.marker if text.startswith(block.marker) else ""
    bold = min(block.style.bold, len(text))
    italic = min(block.style.italic, len(text))
    return replace(block, text=text, marker=marker, style=replace(block.style, bold=bold, italic=italic))


# -- Kinds of damage


def misread_digits(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """A digit of a label is read as another one."""
    return [_misread(block, random) if random.random() < _SHARE else block for block in blocks]


def _misread(block: Block, random: Random) -> Block:
    label = _LABEL.match(block.text)
    if not label:
        return block
    place = random.choice([i for i in range(label.start(1), label.end(1)) if block.text[i].isdigit()])
    digit = random.choice([d for d in "123456789" if d != block.text[place]])
    return _change(block, block.text[:place] + digit + block.text[place + 1 :])


def lose_labels(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """A label is not read at all."""
    return [
        _change(block, _LABEL.sub("", block.text, count=1)) if random.random() < _SHARE else block
        for block in blocks
    ]


def lose_headings(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """A heading is taken for a running head, and left out."""
    return [block for block in blocks if block.kind != "heading" or random.random() > 2 * _SHARE]


def flatten_headings(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """Headings are paragraphs like others."""
    return [
        replace(block, kind="paragraph", level=0) if block.kind == "heading" else block for block in blocks
    ]


def drop_problems(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """The beginnings of some problems are missing."""
    return _drop("problem", blocks, roles, random)


def drop_solutions(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """The beginnings of some solutions are missing."""
    return _drop("solution", blocks, roles, random)


def _drop(kind: str, blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    return [b for b in blocks if roles.get(id(b), ("", 0))[0] != kind or random.random() > _SHARE]


def swap_blocks(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """Neighbours are read in the wrong order."""
    swapped = list(blocks)
    for i in range(len(swapped) - 1):
        if random.random() < _SHARE / 3:
            swapped[i], swapped[i + 1] = swapped[i + 1], swapped[i]
    return swapped


def swap_columns(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """The second column of a page is read before the first."""
    if len(blocks) < 12:
        return blocks
    start = random.randrange(len(blocks) - 11)
    length = random.randint(3, 5)
    middle, end = start + length, start + 2 * length
    return blocks[:start] + blocks[middle:end] + blocks[start:middle] + blocks[end:]


def misspell(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """A letter of the word of a label or of a heading is read as another one."""
    return [
        _misspelt(block, random)
        if (block.kind == "heading" or _LABEL.match(block.text)) and random.random() < 2 * _SHARE
        else block
        for block in blocks
    ]


def _misspelt(block: Block, random: Random) -> Block:
    label = _LABEL.match(block.text)
    until = label.start(1) if label else 30
    word = re.search(r"[^\W\d_]{4,}", block.text[:until])
    if not word:
        return block
    place = random.randrange(word.start(), word.end())
    return _change(block, block.text[:place] + random.choice("aeilnorst") + block.text[place + 1 :])


def merge_blocks(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """Two paragraphs are read as one."""
    merged: list[Block] = []
    for block in blocks:
        if merged and "heading" not in (block.kind, merged[-1].kind) and random.random() < _SHARE / 2:
            merged[-1] = _change(merged[-1], f"{merged[-1].text} {block.text}")
        else:
            merged.append(block)
    return merged


def other_edition(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """The solutions count one problem more than the book has, from some problem of each run on."""
    return _renumber("solution", 1, blocks, roles, random)


def older_edition(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """The problems count one more than the solutions know, from some problem of each run on."""
    return _renumber("problem", 1, blocks, roles, random)


def _renumber(kind: str, by: int, blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """Shifts the last part of labels of one kind, after a random place in each run."""
    renumbered, previous, countdown = [], 0, random.randint(1, 6)
    for block in blocks:
        label = _LABEL.match(block.text)
        if roles.get(id(block), ("", 0))[0] == kind and label:
            last = re.search(r"\d+$", label[1])
            assert last is not None
            number = int(last[0])
            if number <= previous:
                countdown = random.randint(1, 6)
            previous, countdown = number, countdown - 1
            if countdown < 0:
                place = label.start(1) + last.start()
                text = f"{block.text[:place]}{number + by}{block.text[label.end(1) :]}"
                block = _change(block, text)
        renumbered.append(block)
    return renumbered


def repeat_questions(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """Solutions begin with the questions that they answer; labels are misread or lost."""
    asked = {roles[id(b)][1]: b for b in blocks if roles.get(id(b), ("", 0))[0] == "problem"}
    repeated = []
    for block in blocks:
        kind, index = roles.get(id(block), ("", 0))
        if kind == "solution" and index in asked:
            label = _LABEL.match(block.text)
            start = label.end() if label else 0
            question = _LABEL.sub("", asked[index].text, count=1)
            block = _change(block, f"{block.text[:start]}{question}\n{block.text[start:]}")
        repeated.append(block)
    return lose_labels(misread_digits(repeated, roles, random), roles, random)


def unharmed(blocks: list[Block], roles: Roles, random: Random) -> list[Block]:
    """Nothing happens."""
    return blocks


DAMAGES: tuple[Damage, ...] = (
    unharmed,
    misread_digits,
    lose_labels,
    lose_headings,
    flatten_headings,
    drop_problems,
    drop_solutions,
    swap_blocks,
    swap_columns,
    misspell,
    merge_blocks,
    repeat_questions,
    other_edition,
    older_edition,
)
