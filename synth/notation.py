"""How final answers are written: their marks, their parts, their names and their words."""

from __future__ import annotations

import re
import unicodedata

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SIGNS = {
    "−": "-",
    "–": "-",
    "×": r"\times ",
    "·": r"\cdot ",
    "⋅": r"\cdot ",
    "÷": "/",
    "π": r"\pi ",
    "∞": r"\infty ",
    "≤": r"\le ",
    "≥": r"\ge ",
    "±": r"\pm ",
    "∪": r"\cup ",
    "∅": r"\emptyset ",
}
_LAYOUT = re.compile(r"\\(?:left|right|displaystyle|textstyle|!|bigl?|bigr?|Bigl?|Bigr?)(?![A-Za-z])")
_ASSIGNED = re.compile(
    r"(\\?[A-Za-z]+(?:_\{?\w+\}?)?(?:\s*\(\s*\w+\s*\))?)\s*(?:=|\\approx)(?!=)\s*(.+)", re.DOTALL
)
_OPEN, _CLOSE = "([{", ")]}"
_THOUGHTS = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)


def without_thoughts(text: str) -> str:
    """Returns what a model says after it has thought aloud, as some do between tags."""
    return _THOUGHTS.sub("", text)


def clean(text: str) -> str:
    """Returns an answer without what only lays it out: delimiters, bold type, a final full stop."""
    text = re.sub(r"[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: f"^{{{found[0].translate(_SUPERSCRIPTS)}}}", text)
    for sign, latex in _SIGNS.items():
        text = text.replace(sign, latex)
    text = unicodedata.normalize("NFKC", text).replace("−", "-")
    text = re.sub(r"\\[()\[\]]|(?<!\\)\$|^\s*\*\*|\*\*\s*$", " ", text)
    text = re.sub(r"\\[dtc]frac(?![A-Za-z])", r"\\frac", _LAYOUT.sub("", text))
    text = re.sub(r"(?<!\\)\\[,;: ]|~|\\quad\b|\\qquad\b", " ", text).replace("{,}", ",")
    text = re.sub(r"\\sqrt\s*(\d)", r"\\sqrt{\1}", text)
    text = re.sub(r"\\frac\s*(\d)\s*(\d)", r"\\frac{\1}{\2}", text)
    text = re.sub(r"^\s*(?:\\approx|≈|=|:)", "", text)
    # A whole number before a fraction of two is a mixed number, not a product.
    text = re.sub(r"^\s*(-?)\s*(\d+)\s*(\\frac\{\d+\}\{\d+\})", r"\1(\2+\3)", text)
    return " ".join(text.split()).strip(" .").strip()


def squeezed(text: str) -> str:
    """Returns a text without the blanks that divide nothing."""
    return re.sub(r"(?<![^\W_])\s+|\s+(?![^\W_])", "", text)


def in_digits(text: str, language: str) -> str:
    """Returns a number in words as digits."""
    if re.fullmatch(r"[^\W\d_]+(?:[ -][^\W\d_]+)*", text):
        import text_to_num  # type: ignore[import-untyped]

        try:
            return str(text_to_num.text2num(text.casefold(), language))
        except Exception:  # no number, or a language that the library doesn't know
            return text
    return text


def is_condition(text: str) -> bool:
    """Whether a text is an inequality, a set operation, or an equation of more than a name and a value."""
    if re.search(r"[<>]|\\(?:le|ge|lt|gt|neq?|leq|geq|in|cup|cap)(?![A-Za-z])", text):
        return True
    return any(not assigned(part)[0] for part in split(text) if "=" in part)


def assigned(text: str) -> tuple[str, str]:
    """Returns the name and the value of `x = 5`; no name for anything else."""
    found = _ASSIGNED.fullmatch(text)
    return (found[1], found[2].strip()) if found else ("", text)


def parts_of(text: str) -> tuple[str, list[str]]:
    r"""Returns the brackets around a list, and its parts; `\pm` makes two of one."""
    brackets = ""
    body = text
    if found := re.fullmatch(r"\\\{(.*)\\\}", text, re.DOTALL):
        brackets, body = "{}", found[1]
    elif text[0] in "([]" and text[-1] in ")][" and _one_group(text):
        brackets, body = text[0] + text[-1], text[1:-1]
    pieces = split(body)
    if len(pieces) == 1 and not brackets.startswith("{"):
        brackets, pieces = "", split(text)
    parts = []
    for piece in pieces:
        if r"\pm" in piece and piece.count(r"\pm") == 1:
            parts += [piece.replace(r"\pm", "+").lstrip("+ "), piece.replace(r"\pm", "-")]
        else:
            parts.append(piece)
    return {"][": "()"}.get(brackets, brackets), parts


def _one_group(text: str) -> bool:
    """Whether the first bracket is closed by the last, or is one of `]0, 1[`."""
    depth = 0
    for character in text[1:-1]:
        depth += (character in _OPEN) - (character in _CLOSE)
        if depth < 0:
            return False
    return depth == 0


def split(text: str) -> list[str]:
    """Returns the parts between commas, semicolons, "and" and "or" that stand in no bracket."""
    text = re.sub(r"\\text\s*\{\s*(and|or)\s*\}", r" \1 ", text)
    parts, depth, start, i = [], 0, 0, 0
    while i < len(text):
        depth += (text[i] in _OPEN) - (text[i] in _CLOSE)
        grouped = re.match(r",\d{3}(?!\d)", text[i:]) and re.search(
            r"(?<![\d,.])\d{1,3}(?:,\d{3})*$", text[:i]
        )
        if depth == 0 and text[i] in ",;" and not grouped:
            parts.append(text[start:i])
            start = i + 1
        elif depth == 0 and (word := re.match(r"\s(?:and|or)\s", text[i:])):
            parts.append(text[start:i])
            start = i + word.end()
            i = start - 1
        i += 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()] or [text]


def words_of(text: str) -> str:
    text = re.sub(r"\\(?:text|mathrm|textbf)\s*\{([^{}]*)\}", r"\1", text).casefold().strip(" .!")
    text = re.sub(r"^(?:the|an?)\s+", "", text)
    return text if re.fullmatch(r"[^\W\d_]{2,}(?:[\s'-]+[^\W\d_]+)*", text) else ""
