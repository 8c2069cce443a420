"""Reads label words that are in no vocabulary, and solutions without any, from where they stand.

In a book in any language, the word that comes once after every numbered question, and before the
next one, announces its solution; labels that each repeat the number of the label before them
belong to the solutions of those; and what is set in another type after every question answers it.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from extractors.problems import unstyled
from extractors.problems.affinity import answers, asks
from extractors.problems.labels import Label
from extractors.problems.titles import title_zone
from extractors.problems.vocabulary import fold, words
from schemas.document import Block

_MIN_COUNT = 3
_COVERED = 0.5  # share of the numbered items that have the word
_ONCE = 0.9  # share of the items with the word in which it stands once
_SOLVED = 0.2  # share of the items with a known word for a solution, from which nothing is inferred
_LEAD_IN = re.compile(
    r"[*_\s]*(?P<phrase>[^\W\d_](?:[^\d.:;,!?()$]{0,30}?))\s*(?P<delimiter>[.:：。—–]|$|\n)"
)
_MAX_WORDS = 3
_SMALL = 0.95
_ITALIC = 6  # characters
_INDENT = 0.5
_LONGEST = 40  # blocks of an item that are looked at

Labels = list[Label | None]


@dataclass(frozen=True, slots=True)
class _LeadIn:
    index: int
    phrase: str
    end: int


def infer_roles(blocks: list[Block], labels: Labels) -> Labels:
    """Returns the labels with those that only their place tells to announce solutions or hints.

    A document with a section of solutions is left as it is.
    """
    if any(block.kind == "heading" and title_zone(block.text) == "solutions" for block in blocks):
        return labels
    labels = _unstyled(blocks, labels)
    labels = _repeated_families(labels)
    labels = _alternating(blocks, labels)
    for starts in _unsolved_families(blocks, labels):
        labels = _lead_ins(blocks, labels, starts)
    for starts in _unsolved_families(blocks, labels):
        labels = _set_apart(blocks, labels, starts)
    return labels


def _core(label: Label) -> tuple[str, tuple[str, ...]]:
    """Returns family and number; the letter of A12 is its family."""
    number = label.number
    if not label.family and len(number) == 2 and not number[0].isdigit() and number[1].isdigit():
        return number[0], number[1:]
    return label.family, number


def _repeated_families(labels: Labels) -> Labels:
    """Finds families of which each label repeats the number of the one before: Q1, A1, Q2, A2."""
    numbered = [
        (i, *_core(a))
        for i, a in enumerate(labels)
        if a and a.number and a.role in ("", "unknown", "problem")
    ]
    follows: Counter[tuple[str, str]] = Counter()
    for (_, a, number), (_, b, again) in itertools.pairwise(numbered):
        if number == again and a != b and words().get(b) != "problem":
            follows[a, b] += 1
    counts = Counter(family for _, family, _ in numbered)
    asked = {
        b: a
        for (a, b), n in sorted(follows.items(), key=lambda f: f[1])
        if n >= _MIN_COUNT and n >= _ONCE * counts[b] and (not a or n >= _COVERED * counts[a])
    }
    inferred = list(labels)
    for (i, a, number), (j, b, again) in itertools.pairwise(numbered):
        first, second = labels[i], labels[j]
        if first and second and number == again and asked.get(b) == a:
            inferred[i] = replace(first, role="problem", number=number)
            inferred[j] = replace(second, role="solution", family=second.family and a, number=number)
    return inferred


def _alternating(blocks: list[Block], labels: Labels) -> Labels:
    """Finds two words without numbers that alternate, the first asking: "Q: ...", "A: ..."."""
    if any(label and label.number and label.role in ("problem", "example", "unknown") for label in labels):
        return labels
    found = [lead for i, block in enumerate(blocks) if (lead := _lead_in(i, block, labels[i])) is not None]
    counts = Counter(lead.phrase for lead in found)
    common = [phrase for phrase, n in counts.most_common(2) if n >= _MIN_COUNT]
    turns = [lead for lead in found if lead.phrase in common]
    pairs = list(itertools.pairwise(turns))
    if len(common) < 2 or not all(a.phrase != b.phrase for a, b in pairs):
        return labels
    asking = turns[0].phrase
    questions = [_joined(blocks, a.index, b.index) for a, b in pairs if a.phrase == asking]
    replies = [_joined(blocks, a.index, b.index) for a, b in pairs if a.phrase != asking]
    # Two who talk to each other, by their names, alternate as well.
    letters = all(len(phrase) == 1 for phrase in common)
    if not letters or not asks(questions) or asks(replies):
        return labels
    inferred = list(labels)
    for lead in turns:
        inferred[lead.index] = _label(blocks, lead, "problem" if lead.phrase == asking else "solution")
    return inferred


def _unsolved_families(blocks: list[Block], labels: Labels) -> Iterable[list[int]]:
    """Yields where the items of each family begin, if no known word announces solutions in them."""
    anchors: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, (block, label) in enumerate(zip(blocks, labels, strict=True)):
        if label and label.number and label.role in ("problem", "example", "unknown", ""):
            looks = () if label.family else (block.kind, bool(block.style.bold), bool(block.marker))
            anchors[label.family, len(label.number), *looks].append(index)
    solutions = [i for i, label in enumerate(labels) if label and label.role == "solution"]
    # What follows both "Dusk 1.1" and the heading "1.1 Motion" belongs to the former.
    for _, starts in sorted(anchors.items(), key=lambda a: (not a[0][0], "heading" in a[0])):
        solved = {bisect_right(starts, i) for i in solutions} - {0}
        if len(starts) >= _MIN_COUNT and len(solved) < _SOLVED * len(starts):
            yield starts


def _unstyled(blocks: list[Block], labels: Labels) -> Labels:
    """Finds items, and their solutions, of which nothing but words and their numbers tells."""
    sequences = unstyled.sequences(blocks, labels)
    named = [sequences.get(i, label) for i, label in enumerate(labels)]
    for family in dict.fromkeys(label.family for label in sequences.values()):
        starts = [i for i, label in sequences.items() if label.family == family]
        inferred = _lead_ins(blocks, named, starts, plain=True)
        if inferred is not named:
            return inferred
    return labels


def _lead_ins(blocks: list[Block], labels: Labels, starts: list[int], plain: bool = False) -> Labels:
    """Gives a role to unnumbered words that come once in most of the items.

    Args:
      plain: whether a full stop is enough to set them off; then, numbers have to agree as well.
    """
    leads = (_lead_in(i, block, labels[i], plain) for i, block in enumerate(blocks))
    found = [lead for lead in leads if lead is not None]
    titles = _titles(found, blocks, labels)
    found = [lead for lead in found if lead.phrase not in titles]
    phrases = _regular(found, starts)
    first = labels[starts[0]]
    assert first is not None
    firsts = {bisect_right(starts, x.index): x.index for x in reversed(found) if x.phrase in phrases}
    questions = [
        _question(blocks, labels, start, firsts.get(k + 1, start + 1)) for k, start in enumerate(starts)
    ]
    if not phrases or not (words().get(first.family) in ("problem", "example") or asks(questions)):
        return labels
    last = {bisect_right(starts, x.index) - 1: x for x in found if x.phrase == phrases[-1]}
    asked = [questions[k] for k in sorted(last) if k >= 0]
    replies = [_reply(blocks, last[k]) for k in sorted(last) if k >= 0]
    if not (unstyled.work_out if plain else answers)(asked, replies):
        return labels  # "Points: 5", "Source: ..."
    inferred = list(labels)
    for lead in found:
        if lead.phrase in phrases:
            inferred[lead.index] = _label(blocks, lead, "solution" if lead.phrase == phrases[-1] else "hint")
    for k, start in enumerate(starts, 1):
        label = inferred[start]
        if label and label.role in ("", "unknown") and k in firsts:
            inferred[start] = replace(label, role="problem")
    return inferred


def _titles(found: list[_LeadIn], blocks: list[Block], labels: Labels) -> set[str]:
    """Returns the phrases of headings most of which stand above a number: of sections, not in items."""
    headings = [lead for lead in found if blocks[lead.index].kind == "heading"]
    followed = (
        lead for lead in headings if any(x and x.number for x in labels[lead.index + 1 : lead.index + 2])
    )
    counts, above = Counter(lead.phrase for lead in headings), Counter(lead.phrase for lead in followed)
    return {phrase for phrase, n in above.items() if 2 * n > counts[phrase]}


def _question(blocks: list[Block], labels: Labels, start: int, end: int) -> str:
    """Returns what an item says before `end`, without its label: a number in common would say nothing."""
    label = labels[start]
    return blocks[start].text[label.end if label else 0 :] + "\n" + _joined(blocks, start + 1, end)


def _reply(blocks: list[Block], lead: _LeadIn) -> str:
    """Returns the paragraph that a lead-in begins, or the next one where it stands alone."""
    return blocks[lead.index].text[lead.end :].strip() or _joined(blocks, lead.index + 1, lead.index + 2)


def _label(blocks: list[Block], lead: _LeadIn, role: str) -> Label:
    return Label(role, lead.phrase, (), lead.end, blocks[lead.index].text[: lead.end].strip(), True)


def _joined(blocks: list[Block], begin: int, end: int) -> str:
    return "\n".join(block.text for block in blocks[begin : min(end, begin + _LONGEST)])


def _lead_in(index: int, block: Block, label: Label | None, plain: bool = False) -> _LeadIn | None:
    """Reads a short phrase that type or a colon sets off at the start of a block."""
    if block.kind not in ("paragraph", "list_item", "heading") or label is not None:
        return None
    match = _LEAD_IN.match(block.text)
    if not match or len(match["phrase"].split()) > _MAX_WORDS or not match["phrase"][0].isupper():
        return None
    styled = max(block.style.bold, block.style.italic)
    set_off = abs(styled - match.end()) <= 2 or abs(styled - match.end("phrase")) <= 1
    whole = match.end() >= len(block.text.rstrip())
    delimited = match["delimiter"] in (":", "：") or (plain and match["delimiter"] == ".")
    if not (block.kind == "heading" and whole) and not set_off and not delimited:
        return None
    return _LeadIn(index, fold(match["phrase"]), match.end())


def _regular(found: list[_LeadIn], starts: list[int]) -> list[str]:
    """Returns the phrases that stand once in most of the items that begin at `starts`, in their order."""
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


_LOOKS: tuple[Callable[[Block], bool], ...] = (
    lambda block: block.style.italic >= min(_ITALIC, len(block.text) - 2),  # formulas interrupt it
    lambda block: block.style.size < _SMALL,
    lambda block: any(c.name in ("blockquote", "details") for c in block.containers),
    lambda block: block.style.indent >= _INDENT,
)


def _set_apart(blocks: list[Block], labels: Labels, starts: list[int]) -> Labels:
    """Finds solutions without a word: the end of every item looks otherwise than its beginning."""
    for looks in _LOOKS:
        begins: dict[int, int] = {}
        for start, end in itertools.pairwise([*starts, len(blocks)]):
            end = next(
                (i for i in range(start + 1, min(end, len(blocks))) if blocks[i].kind == "heading"), end
            )
            apart = end
            while apart - 1 > start and (looks(blocks[apart - 1]) or blocks[apart - 1].kind in _UNSTYLED):
                apart -= 1
            while apart < end and not looks(blocks[apart]):
                apart += 1
            if apart < end and not looks(blocks[start]):
                begins[start] = apart
        if len(begins) < max(_MIN_COUNT, _COVERED * len(starts)):
            continue
        ends = dict(itertools.pairwise([*starts, len(blocks)]))
        asked = [_question(blocks, labels, start, apart) for start, apart in begins.items()]
        if answers(asked, [_joined(blocks, apart, ends[start]) for start, apart in begins.items()]):
            inferred = list(labels)
            for start, apart in begins.items():
                inferred[apart] = Label("solution", "", (), 0, "", True)
                label = labels[start]
                inferred[start] = label and replace(label, role=label.role or "problem")
            return inferred
    return labels


_UNSTYLED = ("formula", "figure", "table", "code")
