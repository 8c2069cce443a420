"""Reads keys that stand in one paragraph: "1B; 2D; 3A", "1-5: CBCAD", "Answers: 1. 4 m; 2. 7 s; 3. 2 m".

Below a title, a key may also be set as "1=b, 2=d", "(1) b, (2) d" or "b, d, b"; without one, these may
be anything.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.problems.labels import Label, read_label
from extractors.problems.rows import part_of, split
from extractors.problems.vocabulary import fold, pattern
from schemas.document import Block

_CHOICE = "[A-H]"
_SINGLE = re.compile(
    rf"\s*(?P<first>\d{{1,3}})\s*[.．)、:：\-–]?\s*\(?(?P<choice>{_CHOICE})(?!\w)\)?[;,.；，、。]?"
)
_RANGE = re.compile(
    rf"\s*(?P<first>\d{{1,3}})\s*[-–—~～]\s*(?P<last>\d{{1,3}})\s*[.．)、:：]?"
    rf"\s*(?P<choices>{_CHOICE}(?:[\s,;]*{_CHOICE})*)(?!\w)[;,.；，、。]?"
)
_TITLED_SINGLE = re.compile(
    r"\s*\(?(?P<first>\d{1,3})\)?\s*[.．)、:：=\-–—]?\s*\(?(?P<choice>[A-Ha-h])(?!\w)\)?\s*[;,.；，、。]?"
)
_LETTER = re.compile(r"\s*\(?(?P<choice>[A-Ha-h])(?!\w)\)?\s*(?:[;,；，、]|[.。]?$)")
_TITLED_ROW = re.compile(r"(?:(?<=\s)|^)(\d{1,3}|\(\d{1,3}\))\s?([:：=]?)\s*(?=\S)")
_LIST = re.compile(r"\s*[;,；，、]\s*")
_COUNTED = re.compile(r"(?:(?<=\s)|^)\(?([12])[.)]\s")
_SENTENCES = re.compile(r"[.!?]\s|[。！？]\s*\S")
_MIN_KEY = 3
_MAX_KEY = 1000

_END = Label("set", "", (), 0, "", True)

Labelled = list[tuple[Block, Label | None]]


def read_key(block: Block) -> Labelled:
    """Returns the answers of a key with their labels; nothing if the block holds anything else.

    The numbers of a key follow one another, or every second one is missing; a range has as many
    letters as numbers.
    """
    if block.kind not in ("paragraph", "list_item"):
        return []
    entries = _ranges(block.text) or _singles(block.text)
    steps = [b[0] - a[0] for a, b in itertools.pairwise(entries)]
    if len(entries) < _MIN_KEY or not all(1 <= step <= 2 for step in steps):
        return []
    return [
        (_answer(block, at), Label("solution", "", (str(number),), 0, str(number), True))
        for number, at in entries
    ]


def titled_key(blocks: Sequence[Block], labels: Sequence[Label | None]) -> dict[int, Labelled]:
    """Returns the answers of a key that stands right after its title, "Answers: 1-B 2-C 3-C", by its place.

    It is the only block of the document that a word for a solution begins, and half of its numbers or more
    are printed above it. The answers to parts 1, 2, 3 of the last problem are not those to problems 1, 2, 3:
    where it counts its parts itself, nothing is a key. What holds as many answers as there are problems
    above, but in no form that tells whose they are, is the solution of none of them: it comes back as a
    block that ends the last problem.
    """
    titled = [i for i, (b, x) in enumerate(zip(blocks, labels, strict=True)) if x and _is_announced(b, x)]
    if len(titled) != 1:
        return {}
    at = titled[0]
    label = labels[at]
    assert label is not None
    above = [(i, x) for i, x in enumerate(labels[:at]) if x and x.number]
    worded = [(i, x) for i, x in above if x.role == "problem"]
    problems = worded or [(i, x) for i, x in above if not x.role]
    if problems and _counts_parts(blocks[problems[-1][0] : at], problems[-1][1].end):
        return {}
    body = part_of(blocks[at], label.end, len(blocks[at].text))
    plain = replace(body, kind="paragraph", marker="")
    asked = list(dict.fromkeys(x.number for _, x in problems))
    answers = read_key(plain) or _read_titled(plain, asked) or _read_row(plain, asked)
    known = sum(1 for _, x in answers if x and x.number in asked)
    if 2 * known >= len(answers) > 0:
        return {at: answers}
    below = any(x and x.number and x.role in ("problem", "") for x in labels[at + 1 :])
    return {at: [(blocks[at], _END)]} if not below and _answers_all(body.text, asked) else {}


def _counts_parts(problem: Sequence[Block], begin: int) -> bool:
    """Whether a problem, whose text begins there in its first block, has parts 1 and 2."""
    return {"1", "2"} <= set(_COUNTED.findall("\n".join(block.text for block in problem), begin))


def _read_titled(block: Block, asked: Sequence[tuple[str, ...]]) -> Labelled:
    """Returns the letters of a key that only its title tells from other things: "1=b, 2=d", "b, d, b".

    It answers all that is asked, or every second question. Letters without numbers may also be what one
    question asks to choose, or to bring into order, unless one of them comes twice.
    """
    found = _consecutive(_TITLED_SINGLE, block.text)
    numbers: list[tuple[str, ...]] = [(match["first"],) for match in found]
    if not found:
        found = _consecutive(_LETTER, block.text)
        letters = [match["choice"] for match in found]
        numbers = list(asked) if len(set(letters)) < len(letters) == len(asked) else []
    if len(numbers) < _MIN_KEY or numbers not in (list(asked), list(asked[::2])):
        return []
    return [
        (_answer(block, m.start("choice")), Label("solution", "", n, 0, ".".join(n), True))
        for n, m in zip(numbers, found, strict=True)
    ]


def _answers_all(text: str, asked: Sequence[tuple[str, ...]]) -> bool:
    """Whether a text counts what it says as the problems above are counted, or lists as many things."""
    if len(asked) < _MIN_KEY:
        return False
    found = [(match[1], match[2]) for match in _TITLED_ROW.finditer(text)]
    like_first = [n for n, mark in found if (n[0] == "(", mark) == (found[0][0][0] == "(", found[0][1])]
    counted = [(number.strip("()"),) for number in like_first]
    if counted[: len(asked)] == list(asked):
        return True
    things = _LIST.split(text)
    joined = sum(1 for _ in pattern("and").finditer(fold(things[-1])))
    return not _SENTENCES.search(text) and len(asked) in (len(things), len(things) + joined)


def _is_announced(block: Block, label: Label) -> bool:
    return label.role == "solution" and not label.number and label.end < len(block.text.rstrip())


def _read_row(block: Block, asked: Sequence[tuple[str, ...]]) -> Labelled:
    """Returns the answers of a row, "1. 4 m; 2. 7 s; 3. 2 m", with their labels; of two, if two are asked."""
    parts = split(block)
    labels = [read_label(part) for part in parts]
    if not all(x and x.number and not x.role for x in labels):
        return []
    if len(parts) < _MIN_KEY and [x.number for x in labels if x] != list(asked):
        return []
    return [(p, x and replace(x, role="solution")) for p, x in zip(parts, labels, strict=True)]


def _singles(text: str) -> list[tuple[int, int]]:
    """Returns the numbers of "1B; 2D; 3A" with the places of their answers."""
    found = _consecutive(_SINGLE, text)
    return [(int(match["first"]), match.start("choice")) for match in found]


def _ranges(text: str) -> list[tuple[int, int]]:
    """Returns the numbers of "1-5: CBCAD 6-8: ABB" with the places of their answers."""
    entries = []
    for match in _consecutive(_RANGE, text):
        first, last = int(match["first"]), int(match["last"])
        places = [match.start("choices") + i for i, c in enumerate(match["choices"]) if c.isalpha()]
        if len(places) != last - first + 1:
            return []
        entries += list(zip(range(first, last + 1), places, strict=True))
    return entries


def _consecutive(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """Returns the matches that a text consists of; none if it holds anything else."""
    found: list[re.Match[str]] = []
    position, end = 0, len(text.rstrip())
    while position < end and len(found) < _MAX_KEY:
        match = pattern.match(text, position)
        if match is None:
            return []
        found.append(match)
        position = match.end()
    return found


def _answer(block: Block, at: int) -> Block:
    start = block.start + at
    text = block.text[at]
    return replace(block, kind="paragraph", level=0, marker="", text=text, start=start, end=start + len(text))
