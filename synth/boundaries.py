"""Where sentences and numbered steps of a text begin, in any script, with mathematics that nothing marks.

A full stop is no end in `x = 3. 5`, `1 + 2 + ... + n`, `Fig. 3` or `z. B.`, nor an exclamation mark in
`5! = 120`. Where it can't be told, as with ordinal numbers (`im 2. Schritt`), it is none: a step that is two
is less wrong than half a step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from synth.words import load

# By Unicode's property Sentence_Terminal: Arabic, Syriac, the dandas of India, Sinhala, Armenian, Ethiopic,
# Mongolian, Burmese, Khmer, Tibetan, Ol Chiki, Meetei Mayek, Javanese, Chinese and Japanese. After these no
# white space is needed.
TERMINALS = "؟۔܀܁܂।॥෴։።፧፨᠃᠉။។៕།༎᱾᱿꯫꧈꧉。！？｡．‼⁇⁈⁉"
_ENDS = rf"[.!?…{TERMINALS}]"
CLOSING = ")\\]}”’」』）】〕》〉］｝›"
# `»` and `“` close in some languages and open in others: they close where white space follows.
_CLOSERS = rf"(?:[\"'*_{CLOSING}]|[»“](?=\s|$))*"
_END = re.compile(rf"({_ENDS}+)({_CLOSERS})(\s*)")
SENTENCE_END = re.compile(rf"{_ENDS}(?:[\"'*_{CLOSING}»“])*$")

_RELATION = r"=(?!=)|[＝≤≥≠≈≡≅≃∼∝∈∉⊂⊆⊃⊇]|[<>]=?(?=\s*[\d\\$(]|\s)"
_LATEX_SIGN = r"\\(?:leq?|geq?|neq?|approx|equiv|times|cdot|div|pm|sim|cong|in)\b"
_OPERATOR = r"[＋∪∩×÷·±∓−∧∨^%,;]"
_CONTINUES = re.compile(rf"{_RELATION}|{_LATEX_SIGN}|{_OPERATOR}|[{CLOSING}]|»(?=\s|$)")
_SIGN = re.compile(r"[+*/–-]\s")
_FORMULA = re.compile(r"[=≤≥<>≈]")
_GOES_ON = re.compile(rf"[^\S\n]*(?:(?!>\s+[^\W\d_]{{2}})(?:{_RELATION})|{_LATEX_SIGN}|{_OPERATOR})")
_SIGNED = re.compile(r"[^\S\n]*[+*/-]\s*[^\n]*")
_WORD = re.compile(r"(?<!\\)(?<![^\W\d_])(?!(?:sin|cos|tan|log|ln|exp|lim|max|min|mod)\b)[^\W\d_]{2,}")
_MARKED = re.compile(r"\$|\\[(\[]")
_OPEN_SUM = re.compile(r"(?:[=+×÷·−*/±,<>≤≥^(]|(?<=\s)-)\s*$")
_NUMBER = re.compile(r"(?:^|[\s(])\d{1,3}$")
_DECIMAL = re.compile(r"\d[.,]\d+$")
_FACTORIAL = re.compile(r"(?:[\d)\]}!]|(?<![^\W_])[^\W\d_])$")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,3}[.-]+)+[^\W\d_]{1,3}")
_SPACED = re.compile(r"(?<![^\W_])[^\W\d_]\.\s?[^\W\d_]$")
_LETTER_AGAIN = re.compile(r"[^\W\d_]\.")
_LONGEST = 24
"""Characters before a full stop in which an abbreviation is looked for."""

_SEPARATED = r"[^\S\n]?(?:\*\*|__)?[^\S\n]?"
_STARTS = rf"(?<![^\s*_#(\[\"'“„«»>{TERMINALS}])"
_STEP = re.compile(
    rf"{_STARTS}(?:(?P<word>[^\W\d_][^\s\d_:：.,;()*#]{{0,19}})[^\S\n]?(?P<number>\d{{1,3}})"
    rf"{_SEPARATED}(?P<colon>[:：])?(?:(?<=[:：])|[.)、，,–—-])"
    rf"|第?(?P<first>\d{{1,3}})[.-]?[^\S\n]?(?P<then>[^\W\d_][^\s\d_:：.,;()*#]{{0,11}}){_SEPARATED}[:：]"
    rf"|第(?P<ordinal>[一二三四五六七八九十百]{{1,4}})(?P<what>[^\W\d_])[:：，,、])"
)
_DECORATION = re.compile(r"[\s*_#]*$")
_HAN = {digit: n for n, digit in enumerate("一二三四五六七八九", start=1)}


def sentences(text: str) -> Iterator[int]:
    """Yields where sentences begin, but for the first."""
    for end in _END.finditer(text):
        mark, closers, gap = end.groups()
        place = end.end()
        if place < len(text) and not _goes_on(text, end.start(), mark, place, f"{closers}{gap}"):
            yield place


def _goes_on(text: str, begin: int, mark: str, place: int, between: str) -> bool:
    """Whether a sentence goes on after a mark."""
    after, before = text[place], text[max(begin - _LONGEST, 0) : begin]
    if not between[-1:].isspace() and (mark[-1] not in TERMINALS or {after, *between} & set("\"'*_")):
        return True
    if after.islower() or _CONTINUES.match(text, place):
        return True
    if mark != "." and _SIGN.match(text, place):
        return True
    if mark in ("..", "...", "…"):
        return bool(_OPEN_SUM.search(before))
    if mark[-1] in "!！" and not after.isalpha() and _FACTORIAL.search(before):
        return True
    if mark not in (".", "．", "։"):
        return False
    if before[-1:].isdigit() and after.isdigit() and not _DECIMAL.search(before):
        return True
    return mark == "." and not between.strip() and _is_short(before, text[place : place + 2])


def _is_short(before: str, after: str) -> bool:
    """Whether a full stop after this belongs to an abbreviation, an initial or an ordinal number."""
    if before[-1:].isspace():
        return False
    if number := _NUMBER.search(before):
        line = before[: number.start()].rpartition("\n")[2].rstrip()
        return not line or line[-1].isalnum()
    token = before.split()[-1].lstrip("([{\"'«„“*_").casefold() if before.split() else ""
    if not token:
        return False
    if token in _abbreviations("numbered") and (after[:1].isdigit() or after[:1] in "([$\\#"):
        return True
    if len(token) == 1 and token.isalpha():
        return before[-1].isupper() or bool(_LETTER_AGAIN.match(after) or _SPACED.search(before))
    return token in _abbreviations("always") or bool(_DOTTED.fullmatch(token) and "." in token)


@cache
def _abbreviations(kind: str) -> frozenset[str]:
    return frozenset(one.casefold() for language in load("abbreviations").values() for one in language[kind])


def continues(line: str, before: str) -> bool:
    """Whether a line goes on with the mathematics of the one before: it begins with `=`, or `+ 3x`."""
    if _GOES_ON.match(line):
        return True
    if not _SIGNED.match(line) or _WORD.search(line) or _MARKED.search(line):
        return False
    is_formula = before.strip() and (_FORMULA.search(before) or not _WORD.search(before))
    return bool(is_formula and not _SIGNED.match(before))


def numbered_steps(text: str) -> Iterator[int]:
    """Yields where steps begin that a word and a number name: `Step 1: ... Step 2: ...`, `第一步，...`.

    The numbers follow each other from 0 or 1, and the first one stands where a sentence may begin.
    """
    chains: dict[str, tuple[int | None, int]] = {}  # word -> its last number, and a place not yielded yet
    for found in _STEP.finditer(text):
        word = found["word"] or found["then"] or found["what"]
        number = _value(found)
        begins = _may_begin(text, found.start())
        place = found.start() - len(_decoration(text, found.start()))
        last, first = chains.get(word, (None, -1))
        if last is not None and number == last + 1 and (begins or found["colon"]):
            if first >= 0:
                yield first
            yield place
            chains[word] = number, -1
        elif begins and number < 2:
            chains[word] = number, place


def _value(found: re.Match[str]) -> int:
    if digits := found["number"] or found["first"]:
        return int(digits)
    tens, _, ones = found["ordinal"].rpartition("十")
    if "十" not in found["ordinal"]:
        return _HAN.get(ones, 0)
    return 10 * _HAN.get(tens, 1) + _HAN.get(ones, 0)


def _decoration(text: str, place: int) -> str:
    """Returns what makes a heading of a text: `**` or `###`, without the white space before."""
    found = _DECORATION.search(text, max(place - 12, 0), place)
    return found[0].lstrip() if found else ""


def _may_begin(text: str, place: int) -> bool:
    before = text[max(place - 12, 0) : place].rstrip(" \t*_#([\"'“„«»>")
    return not before or before[-1] in "\n:：;；" or bool(SENTENCE_END.search(before))
