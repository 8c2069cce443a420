"""Decides which labels that nothing sets off, "Problem 3 shows that...", are labels all the same."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.problems.labels import Label
from extractors.problems.sequences import counts_on, numeric
from schemas.document import Block


def certain(blocks: Sequence[Block], labels: Sequence[Label | None]) -> list[Label | None]:
    """Returns the labels without the doubtful ones that no sequence confirms.

    A worded label that nothing sets off stays only where it is the next of its sequence, or where the
    sequence starts over below a title.
    """
    checked = list(labels)
    last: dict[str, Label] = {}
    for index, label in enumerate(labels):
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
