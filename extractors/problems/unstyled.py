"""Labels of unknown words in a text without any type: "Brolen 7." in sequence, with what comes between."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Sequence

from extractors.problems.affinity import agree, answers
from extractors.problems.labels import Label, number_parts
from extractors.problems.sequences import numeric
from extractors.problems.vocabulary import fold, pattern
from schemas.document import Block

_MIN_COUNT = 5
_LABEL = re.compile(r"(?P<phrase>[^\W\d_]{3,20}) (?P<number>\d{1,4}(?:\.\d{1,4}){0,3})[.:](?=\s)")
_GIVEN = 0.5  # share of the problems that give numbers
_USED = 0.5  # share of these whose solutions go on with one of them
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def sequences(blocks: Sequence[Block], labels: Sequence[Label | None]) -> dict[int, Label]:
    """Returns the labels that a capitalised word and a number in sequence make, by the index of their block.

    Where anything is set in bold or italics, labels are as well, and there are none of these.
    """
    if any(block.style.bold or block.style.italic for block in blocks):
        return {}
    families: dict[str, dict[int, Label]] = defaultdict(dict)
    for index, (block, label) in enumerate(zip(blocks, labels, strict=True)):
        match = _LABEL.match(block.text) if label is None and block.kind == "paragraph" else None
        if match and match["phrase"][0].isupper() and not _is_division(match["phrase"]):
            family, number = fold(match["phrase"]), number_parts(match["number"])
            families[family][index] = Label("unknown", family, number, match.end(), match.group()[:-1], True)
    counting = (found for found in families.values() if _count(found))
    return {index: label for found in counting for index, label in found.items()}


def _is_division(phrase: str) -> bool:
    return bool(pattern("chapter", "set").fullmatch(fold(phrase)))


def _count(labels: dict[int, Label]) -> bool:
    """Whether numbers grow from label to label, or start over with 1."""
    numbers = [label.number for label in labels.values()]
    grows = (numeric(a) < numeric(b) or b[-1] == "1" for a, b in itertools.pairwise(numbers))
    return len(numbers) >= _MIN_COUNT and all(grows)


def work_out(problems: Sequence[str], solutions: Sequence[str]) -> bool:
    """Whether texts answer others and go on with the numbers that these give.

    Remarks, and replies in a conversation, agree with what they are about in their words alone.
    """
    given, used = ([_NUMBER.findall(text) for text in texts] for texts in (problems, solutions))
    both = [not set(a).isdisjoint(b) for a, b in zip(given, used, strict=True) if a]
    if len(both) < _GIVEN * len(given) or sum(both) < _USED * len(both) or not answers(problems, solutions):
        return False
    return agree([" ".join(numbers) for numbers in given], [" ".join(numbers) for numbers in used])
