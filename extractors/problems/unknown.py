"""Reads label words that are in no vocabulary from where they stand.

In a book in any language, the word that comes once after every numbered question, and before the
next one, announces its solution; a family of labels that repeats the numbers of another, each right
after it, labels the solutions of the other.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from extractors.problems.affinity import asks
from extractors.problems.labels import Label
from extractors.problems.vocabulary import fold, words
from schemas.document import Block

_MIN_COUNT = 3
_COVERED = 0.5  # share of the numbered items that have the word
_ONCE = 0.9  # share of the items with the word in which it stands once
_LEAD_IN = re.compile(r"[*_\s]*(?P<phrase>[^\W\d_][^\d.:;,!?()$]{1,30}?)\s*(?P<delimiter>[.:：。—–]|$|\n)")
_MAX_WORDS = 3


@dataclass(frozen=True, slots=True)
class _LeadIn:
    index: int
    phrase: str
    end: int


def infer_roles(blocks: list[Block], labels: list[Label | None]) -> list[Label | None]:
    """Returns the labels with those of unknown words that can only announce solutions or hints.

    A document that has any known word for a solution is left as it is.
    """
    if any(label and label.role == "solution" for label in labels):
        return labels
    return _lead_ins(blocks, _repeated_families(labels))


def _repeated_families(labels: list[Label | None]) -> list[Label | None]:
    """Finds families of unknown words of which each label repeats the number of the one before it."""
    numbered = [(i, a) for i, a in enumerate(labels) if a and a.number and a.family]
    follows: Counter[tuple[str, str]] = Counter()
    for (_, a), (_, b) in itertools.pairwise(numbered):
        if a.number == b.number and a.family != b.family and b.role == "unknown":
            follows[a.family, b.family] += 1
    counts = Counter(label.family for _, label in numbered)
    asked = {
        b: a
        for (a, b), n in sorted(follows.items(), key=lambda f: f[1])
        if n >= _MIN_COUNT and n >= _ONCE * counts[b] and n >= _COVERED * counts[a]
    }
    return [
        replace(label, role="solution", family=asked[label.family])
        if label and label.number and label.family in asked
        else label
        for label in labels
    ]


def _lead_ins(blocks: list[Block], labels: list[Label | None]) -> list[Label | None]:
    """Gives a role to unnumbered words that come once in most of the numbered items."""
    anchors: dict[str, list[int]] = defaultdict(list)
    for index, label in enumerate(labels):
        if label and label.number and label.role in ("problem", "example", "unknown", ""):
            anchors[label.family].append(index)
    found = [lead for i, b in enumerate(blocks) if labels[i] is None and (lead := _lead_in(i, b)) is not None]
    counts = Counter(lead.phrase for lead in found)
    found = [lead for lead in found if counts[lead.phrase] >= _MIN_COUNT]
    inferred = list(labels)
    for family, starts in anchors.items():
        phrases = _phrases_of(found, starts)
        if not phrases:
            continue
        known = words().get(family) in ("problem", "example")
        questions = [_text(blocks, starts, k, phrases, found) for k in range(len(starts))]
        if not known and not asks(questions):
            continue
        for lead in found:
            if lead.phrase in phrases:
                role = "solution" if lead.phrase == phrases[-1] else "hint"
                printed = blocks[lead.index].text[: lead.end].strip()
                inferred[lead.index] = Label(role, lead.phrase, (), lead.end, printed, True)
    return inferred


def _lead_in(index: int, block: Block) -> _LeadIn | None:
    """Reads a short phrase that type or a colon sets off at the start of a block."""
    if block.kind not in ("paragraph", "list_item", "heading"):
        return None
    match = _LEAD_IN.match(block.text)
    if not match or len(match["phrase"].split()) > _MAX_WORDS or not match["phrase"][0].isupper():
        return None
    styled = max(block.style.bold, block.style.italic)
    set_off = abs(styled - match.end()) <= 2 or abs(styled - match.end("phrase")) <= 1
    whole = match.end() >= len(block.text.rstrip())
    if not (block.kind == "heading" and whole) and not set_off and match["delimiter"] not in (":", "："):
        return None
    return _LeadIn(index, fold(match["phrase"]), match.end())


def _phrases_of(found: list[_LeadIn], starts: list[int]) -> list[str]:
    """Returns the phrases that stand once in most of the items that begin at `starts`, in their order."""
    if len(starts) < _MIN_COUNT:
        return []
    times: dict[str, Counter[int]] = defaultdict(Counter)
    places: dict[str, int] = defaultdict(int)
    for lead in found:
        item = bisect_right(starts, lead.index) - 1
        if item >= 0:
            times[lead.phrase][item] += 1
            places[lead.phrase] += lead.index - starts[item]
    regular = [
        phrase
        for phrase, items in times.items()
        if len(items) >= max(_MIN_COUNT, _COVERED * len(starts))
        and sum(1 for n in items.values() if n == 1) >= _ONCE * len(items)
    ]
    return sorted(regular, key=lambda phrase: places[phrase] / len(times[phrase]))


def _text(blocks: list[Block], starts: list[int], k: int, phrases: list[str], found: list[_LeadIn]) -> str:
    """Returns what stands between the label of an item and the first of the phrases in it."""
    end = starts[k + 1] if k + 1 < len(starts) else len(blocks)
    first = next((x.index for x in found if starts[k] < x.index < end and x.phrase in phrases), starts[k] + 1)
    return "\n".join(block.text for block in blocks[starts[k] : min(first, starts[k] + 20)])
