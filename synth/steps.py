"""Solutions cut into steps, without a change to their text.

A cut is made at white space, or beside a character of a script that is written without, and never within
mathematics, code or a table. So the steps of a solution are pieces of its text that leave out nothing but
white space between them; that is checked each time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from synth.boundaries import CLOSING, SENTENCE_END, TERMINALS, continues, numbered_steps, sentences
from synth.marked import Marked

Cut = tuple[int, int]
"""A piece of a text: where it begins, and where it ends."""

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_ITEM = re.compile(r"[ ]{0,3}(?:\d{1,3}[.)]|\(\d{1,3}\)|[-*+•])[^\S\n]")
# A heading, or a word with a number in any language: `### Result`, `**Step 2:**`, `Schritt 3.`
_HEAD = re.compile(
    r"[ ]{0,3}(?:#{1,6}[^\S\n]+[^\W\d]|(?:\*\*|__)?[^\W\d_]{1,12}[^\S\n]?\d{1,3}(?:\*\*|__)?[^\S\n]?[:：.)])"
)
_ALONE = re.compile(
    r"#{1,6}\s.*|(\*\*|__).*\1:?|(?:\*\*|__)?[^\W\d_]{1,12}\s?\d{1,3}\s?[:：.)]?(?:\*\*|__)?:?|(?:\d{1,3}[.)]|[-*+•])"
)
# What a colon, a comma or a sign of mathematics ends goes on in what follows.
_OPEN_END = re.compile(r"[:：,，、=×÷·−±≤≥≠≈≡∪∩∧∨](?:\*\*|__)?$|\s[+<>/-]$")
_CLOSED = re.compile(rf"(?:[{CLOSING}]|[»“](?=\s|$))+\s*")
_DISPLAY = re.compile(r"\\\[|\$\$|\\begin|```|~~~|\||<(?:table|math|pre|svg|figure)\b", re.IGNORECASE)
_LOWER = re.compile(r"[^\W\d_]{2,}")
# Thai, Lao, Burmese, Khmer, Chinese, Japanese, with punctuation, but no letters or digits of full width
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff9f\U00020000-\U0003ffff]"
)
_TAIL = 1000
"""Characters in which the last line of a step is looked for."""
_WRAPPED = 60
"""A line of so many characters that ends no sentence goes on in the next one."""


class LossyCut(Exception):
    """Steps that are not the text of their solution."""


def split_steps(text: str) -> tuple[str, ...]:
    """Returns the steps of a solution, by rules; at least one, unless there is nothing but white space.

    Steps are paragraphs, headed steps and items of lists. What only leads to the next paragraph (a heading,
    a line that ends with a colon) belongs to that one; a displayed formula, a table or code to the sentence
    that it ends; a list that a colon leads to, to the colon. Where that leaves one step alone, cuts are made
    at the items of lists, else at lines, else at sentences.
    """
    marked = Marked(text)
    ways: tuple[Callable[[str, Marked], Iterator[int]], ...] = (_paragraphs, _items, _lines, _sentences)
    pieces: list[Cut] = []
    for way in ways:
        found = {_after_closing(text, place) for place in way(text, marked)}
        places = sorted(p for p in found if not marked.holds(p) and _between_words(text, p))
        pieces = _glued(text, _pieces(text, places), marked, strict=way is _sentences)
        if len(pieces) > 1:
            break
    return checked(text, [text[begin:end].strip() for begin, end in pieces])


def split_as(text: str, proposed: Sequence[str]) -> tuple[str, ...] | None:
    """Returns a text cut as someone proposes, who may have put other white space in place of its own.

    Returns:
      Steps of the text itself, or None if the proposed ones are not its text, one is empty, or a cut would go
      through a word, a number, mathematics, code or a table.
    """
    try:
        cuts = _located(text, proposed)
    except LossyCut:
        return None
    marked = Marked(text)
    if not cuts or any(marked.holds(begin) for begin, _ in cuts):
        return None
    return tuple(text[begin:end] for begin, end in cuts)


def checked(text: str, steps: Sequence[str]) -> tuple[str, ...]:
    """Returns the pieces of a text that steps are, as the text has them.

    Raises:
      LossyCut: one is empty, they are not the text (white space between words may be another, but not none),
        or a word or a number is cut.
    """
    return tuple(text[begin:end] for begin, end in _located(text, steps))


def _located(text: str, steps: Sequence[str]) -> list[Cut]:
    """Returns where in a text steps are. Raises `LossyCut`."""
    if not all(step.strip() for step in steps):
        raise LossyCut("a step is empty")
    places = [i for i, character in enumerate(text) if not character.isspace()]
    lengths = [sum(map(len, step.split())) for step in steps]
    cuts: list[Cut] = []
    count = 0
    for step, length in zip(steps, lengths, strict=True):
        if count + length > len(places):
            raise LossyCut("the steps are longer than the solution")
        begin, end = places[count], places[count + length - 1] + 1
        if text[begin:end].split() != step.split():
            raise LossyCut("the steps are not the text of the solution")
        if cuts and not _between_words(text, begin):
            raise LossyCut("a step ends within a word or a number")
        cuts.append((begin, end))
        count += length
    if count < len(places):
        raise LossyCut("the steps are not all of the solution")
    return cuts


def _after_closing(text: str, place: int) -> int:
    """Returns a place without the brackets and quotation marks that close there: they end the step before."""
    closed = _CLOSED.match(text, place)
    opens = closed and closed[0] == "]" and text[closed.end() : closed.end() + 1].isalnum()  # `]0, 1]`
    return closed.end() if closed and not opens else place


def _between_words(text: str, place: int) -> bool:
    """Whether there is white space before a character, the end of a sentence, or a script without any."""
    before, after = text[place - 1 : place], text[place : place + 1]
    if not before or not after or before.isspace() or after.isspace():
        return True
    if before in TERMINALS:
        return True
    if unicodedata.category(after).startswith("M"):  # it belongs to the character before
        return False
    return bool(_UNSPACED.match(before) or _UNSPACED.match(after))


def _pieces(text: str, places: Sequence[int]) -> list[Cut]:
    pieces = pairwise([0, *(place for place in places if 0 < place < len(text)), len(text)])
    return [(begin, end) for begin, end in pieces if text[begin:end].strip()]


def _paragraphs(text: str, marked: Marked) -> Iterator[int]:
    """Yields where paragraphs, headed steps and items begin, but for the items of a list after a colon."""
    yield from numbered_steps(text)
    for gap in _PARAGRAPH.finditer(text):
        yield gap.end()
    led = False
    for begin, line, before in _numbered_lines(text):
        if not before.strip():
            led = False
        elif _HEAD.match(line):
            yield begin
            led = False
        elif _ITEM.match(line):
            led = led or (not _ITEM.match(before) and before.rstrip().endswith((":", "：")))
            if not led:
                yield begin


def _items(text: str, marked: Marked) -> Iterator[int]:
    yield from _paragraphs(text, marked)
    for begin, line, _ in _numbered_lines(text):
        if _ITEM.match(line):
            yield begin


def _lines(text: str, marked: Marked) -> Iterator[int]:
    for begin, _, before in _numbered_lines(text):
        if len(before) < _WRAPPED or SENTENCE_END.search(before.rstrip()) or marked.ends_at(begin - 1):
            yield begin


def _sentences(text: str, marked: Marked) -> Iterator[int]:
    yield from sentences(text)


def _numbered_lines(text: str) -> Iterator[tuple[int, str, str]]:
    """Yields of all lines but the first where it begins, the line, and the one before."""
    begin, before = 0, ""
    for line in text.split("\n"):
        if begin:
            yield begin, line, before
        begin, before = begin + len(line) + 1, line


def _glued(text: str, pieces: Sequence[Cut], marked: Marked, strict: bool) -> list[Cut]:
    """Joins pieces that are no steps of their own with that before, or that after them."""
    glued: list[Cut] = []
    bare = False
    for begin, end in pieces:
        empty = _is_bare(text[begin:end])
        if glued and (bare or empty or (not strict and _belong(text, glued[-1], (begin, end), marked))):
            glued[-1] = glued[-1][0], end
            bare = bare and empty
        else:
            glued.append((begin, end))
            bare = empty
    return glued


def _is_bare(text: str) -> bool:
    """Whether a text has no letter and no digit, as a rule between paragraphs."""
    return not any(character.isalnum() for character in text)


def _belong(text: str, one: Cut, other: Cut, marked: Marked) -> bool:
    before, after = text[max(one[0], one[1] - _TAIL) : one[1]], text[slice(*other)]
    line = before.rstrip().rpartition("\n")[2].strip()
    if _OPEN_END.search(line) or _ALONE.fullmatch(line):
        return True
    if continues(after.lstrip().partition("\n")[0], line):
        return True
    ends_whole = marked.ends_at(one[1] - len(before) + len(before.rstrip()))
    if marked.starts_at(other[1] - len(after.lstrip())):
        return _is_display(after.lstrip()) and not ends_whole and not SENTENCE_END.search(line)
    word = _LOWER.match(after.lstrip())
    return word is not None and word[0].islower()


def _is_display(text: str) -> bool:
    return bool(_DISPLAY.match(text))
