"""Drops pairs whose problem or solution is not all there.

Conservative, since a printed answer may be very short: "yes", "5 m/s", "$x=2$" and "(b)" are whole.
Only what is certain is dropped:
- `empty`: nothing but punctuation, formula delimiters and blanks to fill in;
- `only_figure`: a picture and nothing else, even where the document describes it: what is seen in
  it is not in the row; or a solution one of whose parts, such as (a), is nothing but a drawing that
  nobody describes;
- `only_reference`: the solution sends the reader elsewhere ("See Example 3.2.") or declines to answer
  ("Answers will vary.", "Omitted.", "To do"), and says nothing else;
- `only_hint`: the solution is help that does not solve the problem ("Hint: draw a picture.");
- `truncated`: the text ends in a word that can't end a sentence ("because", "the"), or a LaTeX
  environment that it opens is never closed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from filters.phrases import phrases
from filters.pictures import PICTURE
from schemas.scp116k import Pair
from schemas.verdict import KEEP, Verdict

_LAST_WORD = re.compile(r"([^\W\d_]+)[\s*_]*$")
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([^{}]*)\}")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_PART = re.compile(r"^[ \t]*(\(?[a-z][.)])(?=\s)", re.MULTILINE)
_DRAWING = re.compile(r"!\[[^\[\]\n]*\]\(figure\)")  # on a page: it has no name, and no words but its labels
_ENDING = 80  # characters that hold the last word and what may follow it
# Longer than any bare referral; what is longer says something of its own.
_REFERRAL_LENGTH = 160
_MAX_REFERRALS = 4 * _REFERRAL_LENGTH
_PARAGRAPHS = re.compile(r"\n\s*\n")
_FORM = re.compile(r"(?:[^\W\d_]{1,20}(?: [^\W\d_]{1,20})?\s?[:：]\s*_{2,}\s*(?:/\s*\d{1,4}\s*)?)+")


def is_complete(pair: Pair) -> Verdict:
    """Keeps a pair whose problem and solution are both whole; see the module for the reasons."""
    for part, text in (("problem", pair.problem), ("solution", pair.solution)):
        if is_empty(PICTURE.sub(" ", text)):
            reason = "only_figure" if PICTURE.search(text) else "empty"
            return Verdict(False, reason, f"{part}: {text.strip()[:80]!r}")
        if part == "solution" and (drawn := _drawn_part(text)):
            return Verdict(False, "only_figure", f"solution: part {drawn} is a drawing")
        if cut := truncation(text, pair.language):
            return Verdict(False, "truncated", f"{part} {cut}")
    if pair.solution_kind == "hint":
        return Verdict(False, "only_hint", pair.solution.strip()[:80])
    if is_only_reference(pair.solution):
        return Verdict(False, "only_reference", pair.solution.strip())
    return KEEP


def is_empty(text: str) -> bool:
    """Whether a text holds no letter, number or symbol, or only blanks to fill in: "Name: ____"."""
    if "__" in text and _FORM.fullmatch(text.strip()):
        return True
    return not any(unicodedata.category(c)[0] in "LNS" for c in text.replace("$", " "))


def is_only_reference(text: str) -> bool:
    """Whether a text only sends the reader elsewhere, or only says that it won't answer."""
    paragraphs = [text] if len(text) > _MAX_REFERRALS else _PARAGRAPHS.split(text.strip())
    return all(_is_referral(paragraph) for paragraph in paragraphs)


def _is_referral(text: str) -> bool:
    text = " ".join(text.split()).strip(" .。…!()[]*_")
    return len(text) <= _REFERRAL_LENGTH and _referral().fullmatch(text) is not None


def truncation(text: str, language: str = "und") -> str:
    """Returns how a text breaks off ("ends in 'because'"), or nothing if it doesn't."""
    text = text.strip()
    last = _LAST_WORD.search(text[-_ENDING:])
    if last and last[1].casefold() in _open_words(language):
        return f"ends in {last[1]!r}: …{text[-60:]}"
    # Code may show an environment without closing it.
    opened: list[str] = []
    for kind, name in _ENVIRONMENT.findall(_CODE.sub(" ", text)):
        if kind == "begin":
            opened.append(name)
        elif opened and opened[-1] == name:
            opened.pop()
    if opened:
        return f"never closes {opened[-1]!r}: …{text[-60:]}"
    return ""


def _drawn_part(text: str) -> str:
    """Returns the label of a part that is nothing but a drawing without a description, if there is one."""
    labels = list(_PART.finditer(text)) if _DRAWING.search(text) else []
    ends = [*(label.start() for label in labels[1:]), len(text)]
    for label, end in zip(labels, ends, strict=True) if labels else ():
        part = text[label.end() : end]
        if _DRAWING.search(part) and is_empty(PICTURE.sub(" ", part)):
            return label[1]
    return ""


@cache
def _referral() -> re.Pattern[str]:
    patterns = [p for language in phrases("only_reference").values() for p in language]
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE)


@cache
def _open_words(language: str) -> frozenset[str]:
    """Words that can't end a sentence in a language; none for a language without a list."""
    return frozenset(word.casefold() for word in phrases("open_words").get(language, []))
