"""Reads the label at the start of a block: "Exercise 1.2.105:", "37.", "Solution", "第3题"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from extractors.problems.vocabulary import Role, fold, pattern, words
from schemas.document import Block

# 3.14, 1.2.105, 3-14, at most four digits a part; a number of one part has up to six, as in journals.
_PARTS = r"(?:\d{1,4}(?:[.\-–]\d{1,4}){0,3}|\d{5,6}(?![.,\-–]?\d))"
# 12, 3.14, A.6.101, A12, P57.
NUMBER = (
    rf"(?:[^\W\d_]{{1,2}}[.\-]?)?{_PARTS}[a-z]?(?![\w])"
    r"|[IVXLC]{1,6}(?![\w])|[A-H](?=\s*[.:)\]]|\s*$)"
)
_BARE = re.compile(
    rf"""(?P<open>[(\[（【]?)\s*(?:[Nn]o\.?\s*|[Nn]r\.?\s*|[№\#*†‡★]\s*|[Qq]\.?\s*)?
        (?P<number>(?:[^\W\d_]\.?)?{_PARTS}|[IVXLC]{{1,6}}(?=[.)\]]))
        (?P<mark>[*†‡★]*)
        (?P<close>\s*[)\]）】.:．、°º]{{1,2}}|번[.)]?(?=\s)|(?=\s)|$)(?=\s|$|\(?[a-z][.)]|[^\w.,]|[^\W\d_a-z]|\d[.)]\s|(?<=[．、）】])\d)""",
    re.VERBOSE,
)
_IN_SECTION = re.compile(  # "§ 1.2 Nr. 3"
    r"§\s*(?P<section>\d{1,3}(?:\.\d{1,3})*)\s*,?\s*(?:[Nn]o\.?|[Nn]r\.?|[nN]\.?[°º]|[№\#])\s*(?P<number>\d{1,4})[.):]?(?=\s|$)"
)
_AFTER_LINK = re.compile(
    r"(?P<link>[^\W\d_]{2,8})\s(?P<number>\d{1,4}(?:\.\d{1,4}){0,3})(?P<close>[.:)])(?=\s|$)"
)
_SIGN = re.compile(r"CIRCLED|PARENTHESIZED|FULL STOP")  # names of "①", "⑴", "⒈"
_DELIMITER = re.compile(r"\s*(?:[.:)\]】）．：—–-]+|$)")
_STARS = re.compile(r"\s?[*†‡★☆⋆∗]+")  # of a hard one: "Exercise 3*"
_ASIDE = re.compile(r"\s*\([^()\n]{4,60}\)")  # "Exercise 1.2.7 (challenging):", not "(a)"
_NUMBER_SIGN = r"(?:[Nn]\.?\s?[oº°]s?\.?|[Nn]r\.?|[Nn]úm\.|[№\#]|č\.|br\.|št\.)\s*"
_LINKED_NUMBER = re.compile(rf"\s*(?:{_NUMBER_SIGN})?(?P<number>{NUMBER})")
_NUMBER_FIRST = re.compile(r"(?P<number>\d{5,6}(?!\.?\d)|\d{1,4}(?:\.\d{1,4}){0,3})\s*[.)]?\s*")
_CJK_NUMBER = re.compile(r"第?\s*(?P<number>\d{5,6}(?!\.?\d)|\d{1,4}(?:\.\d{1,4}){0,3})\s*")
_FIRST_PART = re.compile(r"\((?:a|i)\)\s")
_MAX_WORDS = 5


@dataclass(frozen=True, slots=True)
class Label:
    """What a block says it is.

    Attributes:
      role: of its word; "" for a bare number; "unknown" for words outside the vocabulary.
      family: its words, folded; "" for a bare number.
      number: its parts, folded; () if it has none.
      end: offset of the text that follows the label.
      printed: the label as printed, without its delimiter.
      firm: whether typography or punctuation sets it off, so that it can't be running prose.
      alone: whether what it labels ends with its block, as the cell of a table does.
      linked: whether a preposition stands before its number: "To 3:".
    """

    role: Role | str
    family: str
    number: tuple[str, ...]
    end: int
    printed: str
    firm: bool
    alone: bool = False
    linked: bool = False

    @property
    def depth(self) -> int:
        """How many parts the number has."""
        return len(self.number)


def number_parts(number: str) -> tuple[str, ...]:
    """Returns the parts of a printed number: "A.6.101" -> ("a", "6", "101"), "P57" -> ("p", "57")."""
    parts = re.findall(r"\d+|[^\W\d_]+", number)
    return tuple(str(int(p)) if p.isdecimal() else p.casefold() for p in parts)


def without_letter(number: tuple[str, ...]) -> tuple[str, ...]:
    """Returns a number without the letter that tells problem P57 from solution L57."""
    return number[1:] if letter_of(number) else number


def letter_of(number: tuple[str, ...]) -> str:
    """Returns the letter before a number: "P57" -> "p"; empty if it has none."""
    lettered = len(number) == 2 and not number[0].isdigit() and number[1].isdigit()
    return number[0] if lettered else ""


def read_label(block: Block) -> Label | None:
    """Returns the label that a block begins with, or None.

    A block that only looks labelled ("Solution of this equation...") has no label: words count
    only where a delimiter, the end of the block, typography, or a number and a capital letter set
    them off. With a number and none of these ("Example 3 shows that...", "Exercise 4 x + 1 = 0"),
    the label is not firm: only its neighbours can tell.
    """
    if block.kind in ("code", "figure", "table", "formula"):
        return None
    return _worded(block) or _bare(block) or _after_link(block) or _unknown(block)


def _offset(text: str, folded_length: int) -> int:
    """Returns how much of `text` folds to its first `folded_length` characters."""
    for end in range(max(0, folded_length - 2), len(text) + 1):
        if len(fold(text[:end])) >= folded_length and (end == len(text) or not _combines(text[end])):
            return end
    return len(text)


def _combines(character: str) -> bool:
    return not fold("a" + character)[1:] and not character.isspace()


def _worded(block: Block) -> Label | None:
    head = block.text[:120].split("\n", 1)[0]
    lead = len(head) - len(head.lstrip("*_#> \t"))
    folded = fold(head[lead:])
    found = pattern(
        "set", "example", "solution", "hint", "problem", "proof", "other", "float", "aside"
    ).match(folded)
    if not found:
        return _number_then_word(block, head)
    word = found["word"]
    role: Role | str = words()[word]
    end = lead + _offset(head[lead:], found.end())
    rest = head[end:]
    if role == "solution":
        linked = _linked_problem(rest)
        if linked:
            return _close(block, role, linked[0], linked[1], end + linked[2], lead)
    if role in ("problem", "example") and (more := _compound_solution(rest)):
        # "Example 3.2 Solution", "Exercise 4 - answer"
        return _close(block, "solution", word, more[0], end + more[1], lead)
    numbered = _LINKED_NUMBER.match(rest)
    if numbered and not (
        role == "solution" and word.endswith(".") and _is_quantity(block, end + numbered.end())
    ):
        number = number_parts(numbered["number"])
        return _close(block, role, word, number, end + numbered.end(), lead)
    return _close(block, role, word, (), end, lead)


def _is_quantity(block: Block, end: int) -> bool:
    """Whether the number after "Ans." is the answer, "Ans. 45 volts", and no number of an item."""
    following = block.text[end:].lstrip(" ")[:1]
    large = re.search(r"\d{5}[a-z]?$", block.text[:end])  # "Ans. 86400"
    return (following.islower() or bool(large)) and block.style.bold < end


def _linked_problem(rest: str) -> tuple[str, tuple[str, ...], int] | None:
    """Reads " to Exercise 3.2" or " to 3.2" after a solution word: family, number, offset of the end."""
    folded = fold(rest[:60])
    position = 1 if rest[:1].isspace() else 0
    scanned = folded
    consumed = 0
    link = pattern("link")
    for _ in range(3):
        match = link.match(scanned)
        if not match:
            break
        consumed += match.end() + (len(scanned) - match.end() - len(scanned[match.end() :].lstrip()))
        scanned = scanned[match.end() :].lstrip()
    item = pattern("problem", "example").match(scanned)
    if not item and not consumed:
        return None
    length = consumed + item.end() if item else len(folded[:consumed].rstrip())
    end = position + _offset(rest[position:], length)
    numbered = _LINKED_NUMBER.match(rest[end:])
    if not numbered:
        return None
    return item["word"] if item else "", number_parts(numbered["number"]), end + numbered.end()


def _compound_solution(rest: str) -> tuple[tuple[str, ...], int] | None:
    numbered = _LINKED_NUMBER.match(rest)
    if not numbered:
        return None
    tail = rest[numbered.end() :]
    stripped = tail.lstrip(" .:–—-(")
    word = pattern("solution").match(fold(stripped[:30]))
    if not word:
        return None
    end = numbered.end() + len(tail) - len(stripped) + _offset(stripped, word.end())
    after = rest[end:].lstrip()
    if after and after[0] not in ".:)–—-":
        return None
    return number_parts(numbered["number"]), end


def _number_then_word(block: Block, head: str) -> Label | None:
    """Reads "3. Aufgabe", "12. feladat", "第3题"."""
    match = _NUMBER_FIRST.match(head) or _CJK_NUMBER.match(head)
    if not match:
        return None
    rest = head[match.end() :]
    found = pattern("example", "solution", "problem").match(fold(rest))
    if not found:
        return None
    end = match.end() + _offset(rest, found.end())
    label = _close(block, words()[found["word"]], found["word"], number_parts(match["number"]), end, 0)
    return label if label and label.firm else None


def _close(
    block: Block, role: Role | str, family: str, number: tuple[str, ...], end: int, lead: int
) -> Label | None:
    """Finishes a worded label: takes its delimiter, and refuses prose."""
    text = block.text
    printed = text[lead:end].strip()
    stars = _STARS.match(text, end) if number else None
    end = stars.end() if stars else end
    aside = _ASIDE.match(text, end) if number else None
    after = _DELIMITER.match(text, aside.end() if aside else end)
    bold = max(block.style.bold, block.style.italic)
    set_off = bool(bold) and abs(bold - end) <= 3 + (len(aside.group()) if aside else 0)
    line_end = text[end : end + 1] in ("", "\n") or text[end - 1 : end + 1] == ". "  # "Sol. We start"
    if after:
        stop = after.end()
    elif aside and bold >= end:
        stop = aside.end()
    else:
        stop = end
    delimited = after is not None and (after.group().strip() != "" or stop >= len(text))
    if delimited and not number and after and after.group().strip() in ("-", ")", "]", "."):
        delimited = line_end or set_off or after.group().strip() == "."
    firm = delimited or set_off or line_end or (block.kind == "heading" and bool(number))
    if not firm and number:
        following = text[end:].lstrip()
        firm = bold >= end or following[:1].isupper() or following[:1] in "$([" or _is_uncased(following[:1])
    if not firm and not number:
        return None
    return Label(role, family, number, stop, printed, firm)


def _is_uncased(character: str) -> bool:
    return character.isalpha() and not character.isupper() and not character.islower()


def _bare(block: Block) -> Label | None:
    text = block.text
    source = block.marker or text
    if sign := _sign(source):
        return Label("", "", sign, 1, source[0], True)
    if within := _IN_SECTION.match(source):
        number = number_parts(f"{within['section']}.{within['number']}")
        return Label("", "", number, within.end(), within.group().rstrip(".):"), True)
    match = _BARE.match(source)
    if not match or (block.marker and not any(c.isalnum() for c in block.marker)):
        return None
    number = number_parts(match["number"])
    if not number:
        return None
    end = len(block.marker) if block.marker else match.end()
    closed = bool(match["close"].strip())
    bold = max(block.style.bold, block.style.italic if block.style.italic <= end + 2 else 0)
    firm = closed or bool(block.marker) or bold >= match.end("number") or end >= len(text)
    alone = len(number) == 1 and not _starts_sentence(block, end)
    if not firm and (alone or re.search(r"[.\-–]0\d", match["number"])):
        return None  # "12 men", "1.05 m"
    if match["open"] and not closed:
        return None
    wide = match["close"].strip() in ("．", "、", "）", "】")  # which no decimals follow
    if closed and not wide and re.match(r"\d(?![.)]\s)", text[end : end + 3]):  # but "11.1. The first step"
        return None
    return Label("", "", number, end, match["number"], firm)


def _after_link(block: Block) -> Label | None:
    """Reads "Zu 3.", "To 3:", which answers number 3 without a word for it."""
    match = _AFTER_LINK.match(block.text)
    if not match or not pattern("link").fullmatch(fold(match["link"])):
        return None
    if match["close"] == "." and block.style.bold < match.end("number"):
        return None  # "Im 3. Jahr"
    number = number_parts(match["number"])
    return Label("", "", number, match.end(), match.group().rstrip(" .:)"), True, linked=True)


def _sign(text: str) -> tuple[str, ...]:
    """Returns the number that one character shows: "①", "⑴", "⒈"."""
    if text[:1].isascii() or not _SIGN.search(unicodedata.name(text[0], "")):
        return ()
    value = unicodedata.numeric(text[0], 0)
    return (str(int(value)),) if value >= 1 else ()


def _starts_sentence(block: Block, end: int) -> bool:
    """Whether a sentence begins after a number that nothing sets off: "12 Two men..."."""
    following = block.text[end:].lstrip()
    begins = following[:1].isupper() or _is_uncased(following[:1]) or _FIRST_PART.match(following)
    return block.kind in ("paragraph", "list_item") and bool(begins)


def _unknown(block: Block) -> Label | None:
    """Reads a styled phrase with a number whose words are in no vocabulary: "Mind stretcher 4"."""
    bold = block.style.bold
    if block.kind == "heading":
        bold = len(block.text)
    if not bold:
        return None
    head = block.text[: min(bold, 60)].split("\n", 1)[0]
    match = re.match(rf"(?P<phrase>[^\W\d_][^\d.:;,$]{{1,40}}?)\s+(?P<number>{NUMBER})", head)
    if not match or len(match["phrase"].split()) > _MAX_WORDS or not match["number"][0].isdigit():
        return None
    if pattern("chapter", "set", "solution", "hint").search(fold(match["phrase"])):
        return None  # "Chapter 4", "Answers to Unit 4": headings, not items
    return _close(block, "unknown", fold(match["phrase"]), number_parts(match["number"]), match.end(), 0)
