"""Lines with formulas -> text with LaTeX between dollars.

While a page is read, a piece of a formula that is already LaTeX (a script, a fraction, a matrix)
stands in the text between `OPEN` and `CLOSE`, two private characters that no text of a page holds,
and letters of formulas are those of Unicode's mathematical alphabets. `with_dollars` finds how far
the formulas around them reach.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

OPEN, CLOSE = "\ue000", "\ue001"
CELL = "\ue002"
"""Stands between the cells of a table: no formula goes over it."""

_FUNCTIONS = [
    "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "arcsin", "arccos", "arctan",
    "log", "ln", "lg", "exp", "lim", "max", "min", "sup", "inf", "det", "dim", "ker", "deg", "gcd", "hom",
    "arg", "Pr", "limsup", "liminf",
]  # fmt: skip
FUNCTIONS = frozenset(_FUNCTIONS) | {"mod"}
"""Names that are upright in formulas, and commands of LaTeX but for the last."""

_SYMBOLS = "∑∏∐∫∬∭∮⋃⋂⨁⨂√∂∇∞∈∉∋⊂⊃⊆⊇∪∩∀∃≤≥≠≈≡≅∼≃≪≫∝⊥∥⊕⊗⟂≺≻⊢⊨ℝℕℤℚℂℙℏℓℜℑℵ∅⩽⩾∓"
_MATH = "\U0001d400-\U0001d7ff\u210e"
SIGN = re.compile(f"[{OPEN}{CELL}{_MATH}{_SYMBOLS}]")
"""What certainly belongs to a formula, or to a table, whose cells may hold some."""

_COMBINING = "\u0300-\u036f\u20d0-\u20ef"
# The commonest kinds come first. A word is whole or none, as `++` says: trying parts of it would be in vain.
_TOKEN = re.compile(
    rf"(?P<blank>\s+)|(?P<part>{OPEN}[^{CLOSE}]*{CLOSE})|(?P<letter>(?:[{_MATH}][{_COMBINING}]*)+)"
    rf"|(?P<prose>(?:(?!(?:{'|'.join(_FUNCTIONS)}|mod) )[^\W\d_{_MATH}]{{2,}}+[,;.]? )++)"
    r"|(?P<number>\d+(?:[.,]\d+)*)|(?P<operator>[=+\-−×·⋅÷±<>/|∣‖*∗→↦⇒⇔∘:∖])"
    r"|(?P<open>[(\[{⟨⌊⌈])|(?P<close>[)\]}⟩⌋⌉])|(?P<comma>[,;])"
    rf"|(?P<symbol>[{_SYMBOLS}])|(?P<name>(?:{'|'.join([*_FUNCTIONS, 'mod'])})(?![^\W\d_]))"
    rf"|(?P<word>(?:[^\W\d_{_MATH}][{_COMBINING}]*)+)"
    r"|(?P<after>[′!])|(?P<dots>(?:\. ?\. ?\.|[…⋯]))|(?P<other>.)",
    re.DOTALL,
)
_CORE = frozenset(["part", "letter", "symbol"])
_OPERAND = _CORE | {"number", "name", "open", "dots"}

_STYLES = {
    "BOLD": "mathbf", "ITALIC": "", "BOLD ITALIC": "boldsymbol", "SCRIPT": "mathcal",
    "BOLD SCRIPT": "mathcal",
    "FRAKTUR": "mathfrak", "BOLD FRAKTUR": "mathfrak", "DOUBLE-STRUCK": "mathbb", "SANS-SERIF": "mathsf",
    "SANS-SERIF BOLD": "mathsf", "SANS-SERIF ITALIC": "mathsf", "SANS-SERIF BOLD ITALIC": "mathsf",
    "MONOSPACE": "mathtt",
}  # fmt: skip
_ACCENTS = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot", "\u0308": "ddot",
    "\u030c": "check", "\u0306": "breve", "\u0301": "acute", "\u0300": "grave", "\u20d7": "vec",
    "\u20db": "dddot", "\u0338": "not", "\u030a": "mathring",
}  # fmt: skip
_OWN = {
    "→": "\\to", "↦": "\\mapsto", "×": "\\times", "·": "\\cdot", "⋅": "\\cdot", "…": "\\ldots", "÷": "\\div",
    "¬": "\\neg", "ħ": "\\hbar", "ℏ": "\\hbar", "∗": "*", "−": "-", "′": "'", "∅": "\\emptyset", "∣": "\\mid",
    "‖": "\\|", "∥": "\\parallel", "√": "\\surd", "←": "\\leftarrow", "↔": "\\leftrightarrow", "°": "^\\circ",
    "{": "\\{", "}": "\\}", "%": "\\%", "#": "\\#", "&": "\\&", "$": "\\$", "_": "\\_", "\\": "\\backslash",
    "^": "\\wedge", "~": "\\sim", "∼": "\\sim", "<": "<", ">": ">", "|": "|", "ϕ": "\\phi", "φ": "\\varphi",
    "ϵ": "\\epsilon", "ε": "\\varepsilon", "–": "-", "—": "-", "‐": "-", "½": "\\tfrac12", "≤": "\\leq",
    "≥": "\\geq", "⩽": "\\leq", "⩾": "\\geq", "µ": "\\mu", "μ": "\\mu", "’": "'", "“": "``", "”": "''",
}  # fmt: skip
# Letters, digits and signs that LaTeX writes as they are printed.
_EASY = {code: unicodedata.normalize("NFKC", chr(code)) for code in [*range(0x1D434, 0x1D468), 0x210E]}
_EASY |= {0x2212: "-"}
_PIECE = re.compile(
    f"(?P<easy>(?:[\U0001d434-\U0001d467\u210e](?![{_COMBINING}])|[0-9 =+()\\[\\],/<>|*!:;\u2212-])+)"
    f"|(?P<finished>{OPEN}[^{CLOSE}]*{CLOSE})|(?P<run>(?:[{_MATH}][{_COMBINING}]*)+)"
    r"|(?P<dots>\. ?\. ?\.|· ?· ?·|⋅ ?⋅ ?⋅)"
    f"|(?P<word>[^\\W\\d_{_MATH}]{{2,}}(?:[ -][^\\W\\d_{_MATH}]{{2,}})*)"
    f"|(?P<accented>[^\\W\\d_][{_COMBINING}]+)|(?P<one>.)",
    re.DOTALL,
)


def finished(latex: str) -> str:
    """Returns a finished piece of a formula, to stand in a line."""
    return f"{OPEN}{latex}{CLOSE}"


def unmarked(text: str) -> str:
    """Returns text without the marks of finished pieces and with plain letters."""
    if not SIGN.search(text):
        return text
    text = text.replace(OPEN, "").replace(CLOSE, "")
    return re.sub(f"[{_MATH}]", lambda m: unicodedata.normalize("NFKC", m[0]), text)


@lru_cache(maxsize=4096)
def latex_of(text: str) -> str:
    """Returns the text of a formula, which may hold finished pieces, as LaTeX."""
    out: list[str] = []
    for match in _PIECE.finditer(text):
        kind, piece = match.lastgroup, match[0]
        if kind == "easy":
            piece = piece.translate(_EASY)
        elif kind == "finished":
            piece = piece[1:-1]
        elif kind in ("run", "accented"):
            piece = _letters(piece)
        elif kind == "dots":
            piece = "\\ldots" if piece[0] == "." else "\\cdots"
        elif kind == "word":
            piece = _word(piece, text, match.start(), match.end())
        else:
            piece = _symbol(piece)
        if out and piece[:1].isalnum() and out[-1][-1].isalpha() and _COMMAND_END.search(out[-1]):
            piece = " " + piece
        if piece:
            out.append(piece)
    return "".join(out).strip()


_COMMAND_END = re.compile(r"\\[A-Za-z]+$")


def _word(word: str, text: str, start: int, end: int) -> str:
    if word in _FUNCTIONS:
        return f"\\{word}"
    apart = (start == 0 or text[start - 1] == " ") and (end == len(text) or text[end] in " ,.")
    if apart and len(text) > end - start:
        return f"\\text{{ {word} }}" if start else f"\\text{{{word} }}"
    if word.isascii():
        return f"\\mathrm{{{word}}}"
    return "".join([_symbol(c) for c in word]) if all(c in _greek() for c in word) else f"\\text{{{word}}}"


@cache
def _greek() -> frozenset[str]:
    return frozenset(chr(code) for code in range(0x391, 0x3F7))


def _letters(run: str) -> str:
    """Returns letters of mathematical alphabets, with their accents, as LaTeX."""
    out: list[str] = []
    for base, marks in re.findall(f"([^{_COMBINING}])([{_COMBINING}]*)", run):
        piece = _letter(base)
        for mark in marks:
            if mark == "\u0338":
                piece = f"\\not {piece}"
            elif mark in _ACCENTS:
                piece = f"\\{_ACCENTS[mark]}{{{piece}}}"
        if out and piece[0].isalnum() and _COMMAND_END.search(out[-1]):
            piece = " " + piece
        same = re.match(r"(\\math\w+\{)(.*)\}$", piece)
        if out and same and not marks and out[-1].startswith(same[1]) and out[-1].endswith("}"):
            out[-1] = f"{out[-1][:-1]}{same[2]}}}"
        else:
            out.append(piece)
    return "".join(out)


@cache
def _letter(char: str) -> str:
    """Returns a letter or a digit, of a mathematical alphabet or plain, as LaTeX."""
    if char == "\u210e":
        return "h"
    name = unicodedata.name(char, "")
    plain = unicodedata.normalize("NFKC", char)
    if not name.startswith("MATHEMATICAL "):
        return _symbol(char)
    letter = _symbol(plain)
    if "DOTLESS" in name:
        return "\\imath" if name.endswith(" I") else "\\jmath"
    style = re.sub(
        r" (?:CAPITAL|SMALL|DIGIT|NABLA|PARTIAL|FINAL|EPSILON|THETA|KAPPA|PHI|RHO|PI).*", "", name[13:]
    )
    command = _STYLES.get(style, "")
    return f"\\{command}{{{letter}}}" if command else letter


@cache
def _symbol(char: str) -> str:
    """Returns a character as LaTeX in mathematics; its own where LaTeX has none."""
    if char in _OWN:
        return _OWN[char]
    if char.isascii():
        return " " if char.isspace() else char
    from pylatexenc.latexencode import get_builtin_uni2latex_dict

    parts = unicodedata.normalize("NFD", char)
    if len(parts) > 1 and parts[0].isalpha() and parts[1] in _ACCENTS:
        return _letters(parts)
    found = get_builtin_uni2latex_dict().get(ord(char), char)
    match = re.fullmatch(r"\\ensuremath\{(.*)\}", found)
    return match[1] if match else char


def display(lines: list[str], tags: list[str]) -> str:
    """Returns the lines of a displayed formula as one, between double dollars.

    Args:
      tags: the number that stands beside each line; empty where there is none.
    """
    rows = [
        latex_of(line) + (f" \\tag{{{tag}}}" if tag else "") for line, tag in zip(lines, tags, strict=True)
    ]
    if len(rows) == 1:
        return f"$${rows[0]}$$"
    return "$$\\begin{gathered}" + " \\\\ ".join(rows) + "\\end{gathered}$$"


def with_dollars(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Returns text with its formulas as LaTeX between dollars, and how its offsets changed.

    Returns:
      The text, and pairs of offsets before and after, one for the end of each formula outside tables.
    """
    if CELL in text:
        return _table_with_dollars(text), []
    label = _LABEL.match(text)
    begin = label.end() if label else 0
    tokens = [(kind, m.start(), m.end()) for m in _TOKEN.finditer(text, begin) if (kind := m.lastgroup)]
    runs = _runs(tokens, text)
    out: list[str] = []
    moved: list[tuple[int, int]] = []
    position = length = 0
    for first, last in runs:
        start, end = tokens[first][1], tokens[last - 1][2]
        before = text[position:start].replace("$", "\\$")
        formula = f"${latex_of(text[start:end])}$"
        out += [before, formula]
        length += len(before) + len(formula)
        moved.append((end, length))
        position = end
    out.append(text[position:].replace("$", "\\$") if runs else text)
    return "".join(out), moved


def _table_with_dollars(text: str) -> str:
    rows = [[with_dollars(cell.strip(" ")) for cell in row.split(CELL)] for row in text.split("\n")]
    formulas = any(moved for row in rows for _, moved in row)  # then every dollar sign is escaped
    plain = [[t.replace("$", "\\$") if formulas and not moved else t for t, moved in row] for row in rows]
    return "\n".join([" | ".join(row) for row in plain])


_Token = tuple[str, int, int]

# "1.2.105: y = 3", "A: y = 3": the label of an item is no part of the formula that follows it.
_LABEL = re.compile(r"\s*(?:[(\[]?(?:[A-Za-z]{1,2}\.?)?\d{1,4}(?:[.\-–]\d{1,4}){0,3}[.):\]]{1,2}|[A-Z]:)\s+")


def _runs(tokens: list[_Token], text: str) -> list[tuple[int, int]]:
    """Returns the formulas as spans of tokens."""
    runs: list[tuple[int, int]] = []
    i = 0
    while i < len(tokens):
        if tokens[i][0] not in _CORE or (runs and i < runs[-1][1]):
            i += 1
            continue
        first, last = _grown(tokens, text, i)
        while runs and first <= runs[-1][1]:
            first = min(first, runs.pop()[0])
        runs.append((first, last))
        i = last
    return runs


def _grown(tokens: list[_Token], text: str, core: int) -> tuple[int, int]:
    """Returns the span of the formula around a token that certainly belongs to one."""
    first, last = core, core + 1
    while True:
        last = _right(tokens, text, last)
        first = _left(tokens, text, first)
        before = first - 1
        while before >= 0 and tokens[before][0] in ("blank", "comma", "number", "operator"):
            before -= 1
        if before < 0 or tokens[before][0] != "open":
            return first, last
        close = _closing(tokens, text, before)
        if close is None or close < last:
            return first, last
        first, last = before, close + 1


def _operand(tokens: list[_Token], text: str, at: int) -> bool:
    """Whether a token may stand beside an operator."""
    if not 0 <= at < len(tokens):
        return False
    kind, start, end = tokens[at]
    return kind in _OPERAND or kind == "close" or (kind == "word" and end - start == 1)


def _right(tokens: list[_Token], text: str, last: int) -> int:
    while last < len(tokens):
        kind = tokens[last][0]
        at = last + 1 if kind == "blank" else last
        if at >= len(tokens):
            return last
        kind, start, end = tokens[at]
        apart = at > last
        ends = tokens[last - 1][0]
        if kind in _CORE or kind == "name" or (kind == "after" and not apart):
            last = at + 1
        elif kind == "operator":
            following = at + 1 + (at + 1 < len(tokens) and tokens[at + 1][0] == "blank")
            sign = following < len(tokens) and text[tokens[following][1]] in "+-−±"
            if text[start] in "|∣‖" and not apart and ends != "operator":
                last = at + 1
                continue
            if text[start] == ":" and not apart:
                return last
            if not _operand(tokens, text, following + sign) or (tokens[following + sign][0] == "close"):
                return last
            last = following + sign
        elif kind in ("number", "dots") and (not apart or ends == "operator"):
            last = at + 1
        elif kind == "open" and (not apart or ends in ("operator", "name") or _CORE_CALL.match(text, start)):
            close = _closing(tokens, text, at)
            if close is None:
                return last
            last = close + 1
        elif kind == "word" and (
            (end - start == 1 and at + 1 < len(tokens) and tokens[at + 1][0] == "letter")
            or (end - start == 1 and (ends == "operator" or not apart))
            or (not apart and text[tokens[last - 1][1]] in "/·⋅")
        ):
            last = at + 1
        else:
            return last
    return last


_CORE_CALL = re.compile(r"\([" + _MATH + r"\d, ]{1,8}\)")


def _left(tokens: list[_Token], text: str, first: int) -> int:
    while first > 0:
        at = first - 1
        apart = tokens[at][0] == "blank"
        at -= apart
        if at < 0:
            return first
        kind, start, end = tokens[at]
        begins = tokens[first][0]
        script = begins == "part" and text[tokens[first][1] + 1] in "^_'"
        if kind in _CORE or (kind == "after" and not apart):
            first = at
        elif kind == "operator":
            before = at - 1 - (at > 0 and tokens[at - 1][0] == "blank")
            unary = text[start] in "-−±+|∣‖" and not apart
            if not unary and not _operand(tokens, text, before):
                return first
            if tokens[before][0] == "open" and not unary:
                return first
            first = at
        elif kind in ("number", "dots") and (begins in ("operator", "name") or not apart):
            first = at
        elif kind == "close" and (not apart or begins == "operator"):
            opening = _opening(tokens, text, at)
            if opening is None:
                return first
            first = opening
        elif kind == "name" or (
            kind == "word"
            and (
                (not apart and (script or end - start == 1 or text[tokens[first][1]] == "/"))
                or (begins == "operator" and end - start == 1)
                or (begins == "open" and not apart and end - start == 1)
            )
        ):
            first = at
        else:
            return first
    return first


_INSIDE = _CORE | {"number", "name", "operator", "after", "open", "close", "blank", "comma", "dots"}


def _closing(tokens: list[_Token], text: str, at: int) -> int | None:
    """Returns the bracket that closes another, if there is nothing but a formula between."""
    depth = 0
    for i in range(at, min(len(tokens), at + 200)):
        kind, start, end = tokens[i]
        if kind not in _INSIDE and not (kind == "word" and end - start == 1):
            return None
        depth += (kind == "open") - (kind == "close")
        if depth == 0:
            return i
    return None


def _opening(tokens: list[_Token], text: str, at: int) -> int | None:
    depth = 0
    for i in range(at, max(-1, at - 200), -1):
        kind, start, end = tokens[i]
        if kind not in _INSIDE and not (kind == "word" and end - start == 1):
            return None
        depth += (kind == "close") - (kind == "open")
        if depth == 0:
            return i
    return None
