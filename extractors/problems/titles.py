"""What a title promises: problems, solutions or hints, and the number of its chapter."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal

from extractors.problems.labels import number_parts, read_label
from extractors.problems.vocabulary import Role, fold, languages_of, pattern, words
from schemas.document import Block, Document

Zone = Literal["", "problems", "solutions", "hints"]

NUMBERING = re.compile(r"^(?:[A-Za-z]\.)?\d+(?:\.\d+)*[.):]?\s+|^[IVXLC]+[.):]\s+")
_CHAPTER_NUMBER = re.compile(r"\s*(\d{1,4}(?:\.\d{1,3})*(?!\d)|(?:[ivxlc]{1,6}|[a-h])(?=[\s.:)–—-]|$))")
_LEADING_NUMBER = re.compile(r"^§?\s*((?:[A-Za-z]\.)?\d{1,3}(?:\.\d{1,3})*)[.):]?\s+\S")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ENUMERATED = re.compile(r"[一二三四五六七八九十]{1,3}\s*[、．.]|(?:[IVX]{1,5}|[A-H])\s*[.)．、]\s")
_KIND = re.compile(
    r"[一二三四五六七八九十]{1,3}\s*[、．.]\s*(?P<name>[^\s：:（(，,。．]{2,12})(?=[\s：:（(，,。]|$)"
)
_BRACKETS = re.compile(r"[（(][^（()）]{0,80}[）)]")
_TELLING: tuple[Role, ...] = ("set", "solution", "hint", "problem")
_MAX_HEADING = 200  # characters of a heading that are looked at


@lru_cache(maxsize=65536)
def title_zone(title: str, max_left: int = 2) -> Zone:
    """Returns what a heading or a title promises, judged by its words alone.

    The words of one language's vocabulary, numbers and punctuation are taken away; a heading with
    more than `max_left` other words is about something else ("Series solutions of linear equations").
    """
    bare = title_words(title)
    if pattern("title").fullmatch(bare.strip(" .:")):
        return "solutions"
    text = pattern("other").sub(" ", bare)
    matches = pattern(*_TELLING).finditer(text)
    languages = dict.fromkeys(name for m in matches for name in languages_of(m["word"], *_TELLING))
    readings = [_read(name, text, max_left) for name in languages]
    return min(readings, key=lambda reading: reading[0])[1] if readings else ""


def _read(language: str, text: str, max_left: int) -> tuple[int, Zone]:
    """Returns how many words of a title a language leaves over, and what the others promise."""
    found: dict[Role, int] = {}
    rest = text
    for role in _TELLING:
        match = pattern(role, language=language).search(text)
        if match:
            found[role] = match.start()
        rest = pattern(role, language=language).sub(" ", rest)
    rest = pattern("qualifier", "chapter", "link", "and", language=language).sub(" ", rest)
    left = len(re.findall(r"[^\W\d_]{2,}", rest))
    if "hint" in found and "solution" not in found:
        return left, "hints" if left <= 1 else ""
    if "solution" in found:
        problem = found.get("problem", found.get("set"))
        joined = problem is not None and problem < found["solution"]
        if joined and pattern("and", language=language).search(text[problem : found["solution"]]):
            return left, "problems"
        # One word fewer than for problems: "Solutions" is also a subject of chemistry and algebra.
        return left, "solutions" if left <= max_left - 1 else ""
    return left, "problems" if found and left <= max_left else ""


def part_title(block: Block) -> str:
    """Returns the title of an enumerated part of a paper, "I. Multiple choice (5 points)", without brackets.

    It stands in a heading or in bold, or names a kind of questions: "二、填空题"; everything else gives "".
    """
    titled = block.kind == "heading" or (block.kind == "paragraph" and block.style.bold >= len(block.text))
    kind = None if titled or block.kind != "paragraph" else _KIND.match(block.text)
    if kind is not None:
        titled = words().get(fold(kind["name"])) == "problem" or title_zone(kind["name"], 1) == "problems"
    if not titled or len(block.text) > _MAX_HEADING or not _ENUMERATED.match(block.text):
        return ""
    return fold(_BRACKETS.sub("", block.text)).rstrip(" .:：")


def title_words(title: str) -> str:
    """Returns the words of a title, folded, without the number before them."""
    return fold(NUMBERING.sub("", title[:_MAX_HEADING]).strip())


def name_zone(document: Document) -> Zone:
    """Returns what the file name or the title says that the whole document holds."""
    stem = PurePosixPath(document.uri.replace("\\", "/")).stem
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-.+\d]+", " ", stem)
    zones = [_named(part) for part in (spaced, document.title if _is_above(document) else "")]
    return next((z for z in zones if z), "")


def _is_above(document: Document) -> bool:
    """Whether the title, if it is one of the headings, stands above every numbered block."""
    above = itertools.takewhile(
        lambda b: b.kind != "heading" or fold(b.text) != fold(document.title), document.blocks
    )
    blocks = list(above)
    return len(blocks) == len(document.blocks) or not any(
        (label := read_label(block)) and label.number for block in blocks
    )


def _named(text: str) -> Zone:
    folded = pattern("other").sub(" ", fold(text))
    solution = pattern("solution", "name").search(folded)
    asked = pattern("problem", "set").search(folded)
    if solution:
        between = folded[asked.start() : solution.start()] if asked else ""
        return "" if pattern("and").search(between) else "solutions"
    if pattern("hint").search(folded):
        return "hints"
    return "problems" if asked else ""


@lru_cache(maxsize=65536)
def scope_number(heading: str) -> tuple[str, ...]:
    """Returns the number that a heading gives to its section: "Answers to Chapter 4" -> ("4",).

    "3.2 Free fall" gives ("3", "2"), "Part II" gives ("2",), "Exam 2021" gives ("2021",); a heading
    without a number gives ().
    """
    heading = heading[:_MAX_HEADING]
    leading = _LEADING_NUMBER.match(heading)
    if leading:
        return number_parts(leading[1])
    folded = fold(heading)
    for match in pattern("chapter", "set").finditer(folded):
        number = _CHAPTER_NUMBER.match(folded[match.end() :].lstrip(" .:#"))
        if number:
            return _chapter_parts(number[1])
        before = re.search(r"(?<!\d)(\d{1,4}(?:\.\d{1,3})*)[.\s]*$", folded[: match.start()])
        if before:  # "3. fejezet", "第3章"
            return number_parts(before[1])
    tail = re.search(r"(?:^|\s)(\d{1,4}(?:\.\d{1,3})*)\s*$", folded)
    return number_parts(tail[1]) if tail else ()


def scope_numbers(headings: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Returns the numbers that headings give to their sections, innermost first."""
    numbers = [scope_number(heading) for heading in reversed(headings)]
    return tuple(number for number in numbers if number)


def _chapter_parts(number: str) -> tuple[str, ...]:
    """Returns the parts of a chapter's number; a Roman one counts like the other numbers."""
    if number[0].isdigit() or (len(number) == 1 and number not in "ivx"):
        return number_parts(number)
    return (str(roman_value(number)),)


def roman_value(number: str) -> int:
    """Returns the value of a Roman number in lower case; 0 for what is none."""
    if not number or not set(number) <= _ROMAN.keys():
        return 0
    values = [_ROMAN[digit] for digit in number]
    return sum(-a if a < b else a for a, b in itertools.pairwise([*values, 0]))
