"""Lines of source text that begin items: labels at their beginnings count on from line to line."""

from __future__ import annotations

import re

_LABEL = re.compile(
    r"(?:(?P<word>[^\W\d_]{1,20})\.? ?)?"
    r"(?P<number>\d{1,6}(?:\.\d{1,4}){0,4})(?P<sign>\*?[.):]?)(?=\s|$|[^\w.,])"
)
_HEAD = re.compile(r"(?:[^\W\d_]{2,20} )?[^\W\d_]{2,20} ?(?:[.:](?=\s|$)|：)")
_ENDS = (".", ":", "!", "?", "。", "：", "！", "？", ")", "$")
_EMPHASIS = " \t*_"


def label_lines(lines: list[str]) -> list[int]:
    """Returns the indices of the lines of a paragraph, without the first, that begin a part of their own.

    Those are lines whose labels ("3.2.", "Exercise 2") count on from each other; the first of these begins
    the paragraph or follows the end of a sentence. Among them, a line that opens with a word of its own
    ("Answer: ...") is a part too.
    """
    lines = [line.lstrip(_EMPHASIS) for line in lines]
    before: dict[str, tuple[int, tuple[int, ...]]] = {}
    starts: set[int] = set()
    for i, line in enumerate(lines):
        match = _LABEL.match(line)
        if match is None or not (match["word"] or match["sign"] or "." in match["number"]):
            continue
        word = (match["word"] or "").casefold()
        number = tuple([int(part) for part in match["number"].split(".")])
        if word in before:
            previous, count = before[word]
            set_off = previous == 0 or lines[previous - 1].rstrip(_EMPHASIS).endswith(_ENDS)
            if _follows(count, number) and (set_off or previous in starts):
                starts |= {previous, i}
        before[word] = i, number
    if not starts:
        return []
    for i in range(min(starts), len(lines)):
        if _HEAD.match(lines[i]) and not lines[i][0].islower():
            starts.add(i)
    return sorted(starts - {0})


def _follows(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether a number comes after another; where only the odd ones are answered, it is the next but one."""
    if len(a) != len(b):
        return False
    if a[:-1] == b[:-1]:
        return 0 < b[-1] - a[-1] <= 2
    return a[:-1] < b[:-1] and b[-1] == 1
