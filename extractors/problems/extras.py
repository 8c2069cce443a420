"""Reads items that a word stands for instead of a number: "Bonus exercise" after Exercise 1 and 2."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from extractors.problems.labels import Label
from extractors.problems.sequences import numeric
from extractors.problems.vocabulary import fold
from schemas.document import Block

_LEAD_IN = re.compile(r"[*_\s]*(?P<phrase>[^\W\d_][^\d.:;,!?()$\n]{1,30}?)\s*(?P<delimiter>[.:：。]|$|\n|\()")
_MAX_WORDS = 3
_MIN_NUMBERED = 2

Labels = list[Label | None]
Number = tuple[str, ...]


def with_extras(blocks: Sequence[Block], labels: Labels) -> Labels:
    """Returns the labels with those of items whose phrase holds the word of the numbered ones before them.

    The phrase ("Zusatzaufgabe" after "Aufgabe 3") takes the place of the number. It stands out by bold
    type or comes once more where the numbers have started over, above the solution; what comes more often
    is said within items.
    """
    counts = Counter(label.family for label in labels if label and label.number and label.role == "problem")
    families = [family for family, n in counts.items() if family and n >= _MIN_NUMBERED]
    last: dict[str, Number] = {}
    found: dict[Number, list[tuple[int, Label, Number]]] = {}
    for index, (block, label) in enumerate(zip(blocks, labels, strict=True)):
        if label and label.number:
            last[label.family] = label.number
        elif block.kind == "paragraph" and (label is None or label.role == "problem"):
            extra = _read(block, label, families)
            if extra and extra.family in last:
                found.setdefault(extra.number, []).append((index, extra, last[extra.family]))
    extras = {
        index: replace(extra, firm=True)
        for places in found.values()
        if _is_item(places)
        for index, extra, _ in places
    }
    return [extras.get(index, label) for index, label in enumerate(labels)]


def _is_item(places: list[tuple[int, Label, Number]]) -> bool:
    """Whether a phrase stands once in bold, or twice, the second time where the numbers started over."""
    if len(places) == 1:
        return places[0][1].firm
    return len(places) == 2 and numeric(places[1][2]) <= numeric(places[0][2])


def _read(block: Block, label: Label | None, families: Sequence[str]) -> Label | None:
    """Reads a phrase that holds one of the words of a family, and more; firm if it is set in bold."""
    match = _LEAD_IN.match(block.text[: block.style.bold or None])
    if not match or not match["phrase"][0].isupper() or len(match["phrase"].split()) > _MAX_WORDS:
        return None
    phrase = fold(match["phrase"])
    longer = (f for f in families if f != phrase and (phrase.startswith(f"{f} ") or phrase.endswith(f)))
    family = next(longer, "")
    bold = abs(block.style.bold - match.end("phrase")) <= 2
    if not family or (match["delimiter"] == "(" and not bold):
        return None
    end = match.start("delimiter") if match["delimiter"] in ("(", "\n") else match.end()
    if label:
        return replace(label, family=family, number=(phrase,))
    return Label("problem", family, (phrase,), end, match["phrase"], bold)
