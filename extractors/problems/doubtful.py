"""Decides which doubtful labels, "Problem 3 shows that...", "86400.", are labels all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from extractors.problems.labels import Label
from extractors.problems.sequences import counts_on, numeric
from schemas.document import Block

_LARGE = 10_000
_YEARS = range(1500, 2100)


def certain(blocks: Sequence[Block], labels: Sequence[Label | None]) -> list[Label | None]:
    """Returns the labels without the doubtful ones that no sequence confirms.

    A worded label that nothing sets off stays only where it is the next of its sequence, or where the
    sequence starts over below a title. A number of five digits or more is a quantity ("86400.") unless a
    word for a problem stands before it or the document has a label close to it; what may be a year after an
    unknown word is one ("Paper June 2019") unless the same words have a number close to it.
    """
    checked = _without_quantities(labels)
    last: dict[str, Label] = {}
    for index, label in enumerate(checked):
        if label is None or not label.family or not label.number:
            continue
        before = last.get(label.family)
        confirmed = before and (
            counts_on(before.number, label.number) or _starts_over(index, blocks, labels, before)
        )
        if not label.firm and not confirmed:
            checked[index] = None
            continue
        last[label.family] = label
    return checked


def _without_quantities(labels: Sequence[Label | None]) -> list[Label | None]:
    """Returns the labels without the large numbers and the years that stand alone."""
    counts = Counter(_large(label) for label in labels if label and _large(label))
    return [
        label
        if label is None
        or not (large := _large(label))
        or label.role in ("problem", "example")
        # Of a bare number, the one that repeats it is its solution; titles repeat their year.
        or (counts[large] > 1 and label.role != "unknown")
        or any(counts[large[0], large[1] + step] for step in (-2, -1, 1, 2))
        else None
        for label in labels
    ]


def _large(label: Label) -> tuple[str, int] | None:
    """Returns a large number, or a year, with the words before it where they are unknown; else None."""
    if not label.number or not label.number[-1].isdigit():
        return None
    unknown, value = label.role == "unknown", int(label.number[-1])
    doubted = value >= _LARGE or (unknown and value in _YEARS)
    return (label.family if unknown else "", value) if doubted else None


def _starts_over(index: int, blocks: Sequence[Block], labels: Sequence[Label | None], before: Label) -> bool:
    """Whether a sequence begins again right below a line with nothing but a word for solutions.

    After "Solution" in place, "Exercise 1 shows..." may follow too, but then the numbers of the exercises
    go on and none that was there before comes next.
    """
    label, above = labels[index], labels[index - 1] if index else None
    if label is None or above is None or above.role != "solution" or above.number:
        return False
    if blocks[index - 1].text[above.end :].strip() or numeric(label.number) >= numeric(before.number):
        return False
    following = next((x for x in labels[index + 1 :] if x and x.number and x.family == label.family), None)
    if following is None or numeric(following.number) > numeric(before.number):
        return False
    return counts_on(label.number, following.number)
