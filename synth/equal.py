"""Whether two final answers are the same, as far as computer algebra can tell. Works in a process of its own: see
`synth.verify`; neither its time nor its memory is bounded here.

LaTeX is read by math-verify, and compared by it and by values at drawn points. Either alone accepts what is
wrong: math-verify takes `9\\%` for 9, `yes` for a product of three variables, and any two numbers below a
millionth for equal. What the two don't agree on is undecided, and so is what isn't mathematics throughout.
"""

from __future__ import annotations

import random
import re
import unicodedata
from functools import cache
from typing import Any

from synth.quantities import (
    Number,
    Unit,
    read_number,
    read_unit,
    same_as_bare,
    same_number,
    same_quantity,
)

MAX_CHARACTERS = 1000
MAX_PARTS = 20
_POINTS = 4

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SIGNS = (
    ("−", "-"), ("–", "-"), ("×", r"\times "), ("·", r"\cdot "), ("⋅", r"\cdot "), ("÷", "/"), ("π", r"\pi "),
    ("∞", r"\infty "), ("≤", r"\le "), ("≥", r"\ge "), ("±", r"\pm "), ("∪", r"\cup "), ("∅", r"\emptyset "),
)  # fmt: skip
_LAYOUT = re.compile(r"\\(?:left|right|displaystyle|textstyle|!|bigl?|bigr?|Bigl?|Bigr?)(?![A-Za-z])")
_COMMANDS = frozenset(
    "frac sqrt pi sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log exp times cdot div pm infty le ge"
    " leq geq neq ne lt gt alpha beta gamma delta epsilon theta lambda mu nu rho sigma tau phi omega varphi cup cap"
    " emptyset in mathbb binom begin end pmatrix bmatrix matrix".split()
)
_TRUE_OR_FALSE = {"yes": True, "true": True, "correct": True, "no": False, "false": False, "incorrect": False}
_ASSIGNED = re.compile(r"(\\?[A-Za-z]+(?:_\{?\w+\}?)?(?:\s*\(\s*\w+\s*\))?)\s*(?:=|\\approx)(?!=)\s*(.+)", re.DOTALL)


def same_answer(a: str, b: str, language: str = "en") -> bool | None:
    """Returns whether two final answers are the same, or None where that can't be told.

    Args:
      a, b: as written, in LaTeX or plain.
      language: that of numbers in words.
    """
    if max(len(a), len(b)) > MAX_CHARACTERS:
        return None
    a, b = clean(a), clean(b)
    if not a or not b:
        return None
    if _squeezed(a) == _squeezed(b):
        return True
    a, b = _digits(a, language), _digits(b, language)
    said = _same(a, b)
    if said is False and _other_reading(a, b):
        return None
    return said


def _other_reading(a: str, b: str) -> bool:
    """Whether answers may be the same if a comma is a decimal point, or points stand between thousands."""
    for mark, plain in ((r"(?<=\d),(?=\d)", "."), (r"(?<=\d)\.(?=\d{3}(?!\d))", "")):
        others = re.sub(mark, plain, a), re.sub(mark, plain, b)
        if any(_same(*pair) is not False for pair in ((others[0], b), (a, others[1])) if pair != (a, b)):
            return True
    return False


def clean(text: str) -> str:
    """Returns an answer without what only lays it out: delimiters, bold type, a final full stop."""
    text = re.sub(r"[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: f"^{{{found[0].translate(_SUPERSCRIPTS)}}}", text)
    for sign, latex in _SIGNS:
        text = text.replace(sign, latex)
    text = unicodedata.normalize("NFKC", text).replace("−", "-")
    text = re.sub(r"\\[()\[\]]|(?<!\\)\$|\*\*|__", " ", text)
    text = re.sub(r"\\[dtc]frac(?![A-Za-z])", r"\\frac", _LAYOUT.sub("", text))
    text = re.sub(r"\\[,;: ]|~|\\quad\b|\\qquad\b", " ", text).replace("{,}", ",")
    text = re.sub(r"\\sqrt\s*(\d)", r"\\sqrt{\1}", text)
    text = re.sub(r"\\frac\s*(\d)\s*(\d)", r"\\frac{\1}{\2}", text)
    text = re.sub(r"^\s*(?:\\approx|≈|=|:)", "", text)
    return " ".join(text.split()).strip(" .").strip()


def _squeezed(text: str) -> str:
    return re.sub(r"\\(?:text|mathrm|textbf|mathbf)\b|[\s{}]", "", text)


def _digits(text: str, language: str) -> str:
    """Returns a number in words as digits."""
    if re.fullmatch(r"[^\W\d_]+(?:[ -][^\W\d_]+)*", text):
        import text_to_num

        try:
            return str(text_to_num.text2num(text.casefold(), language))
        except Exception:  # no number, or a language that the library doesn't know
            return text
    return text


def _same(a: str, b: str) -> bool | None:
    parts_a, parts_b = _parts(a), _parts(b)
    if len(parts_a[1]) > 1 or len(parts_b[1]) > 1:
        if not (_is_condition(a) or _is_condition(b)):
            return _same_parts(parts_a, parts_b)
        if not re.search(r"\\(?:cup|cap|infty)|<|>", a + b):
            return None
    lhs_a, rhs_a = _assigned(a)
    lhs_b, rhs_b = _assigned(b)
    if (lhs_a or lhs_b) and not (_is_condition(rhs_a) or _is_condition(rhs_b)):
        if lhs_a and lhs_b and _squeezed(lhs_a) != _squeezed(lhs_b):
            return None
        a, b = rhs_a, rhs_b
        if _squeezed(a) == _squeezed(b):
            return True
        if len(_parts(a)[1]) > 1 or len(_parts(b)[1]) > 1:
            return _same_parts(_parts(a), _parts(b))
    for compare in (_same_quantities, _same_words, _same_mathematics):
        if (said := compare(a, b)) is not NotImplemented:
            return said
    return None


def _is_condition(text: str) -> bool:
    """Whether a text is an equation of more than a name and a value, an inequality or a union of intervals."""
    if re.search(r"[<>]|\\(?:le|ge|lt|gt|neq?|leq|geq|in|cup|cap)(?![A-Za-z])", text):
        return True
    return any(not _assigned(part)[0] for part in _split(text) if "=" in part)


def _assigned(text: str) -> tuple[str, str]:
    """Returns the name and the value of `x = 5`; no name for anything else."""
    found = _ASSIGNED.fullmatch(text)
    return (found[1], found[2].strip()) if found else ("", text)


_OPEN, _CLOSE = "([{", ")]}"


def _parts(text: str) -> tuple[str, list[str]]:
    r"""Returns the brackets around a list, and its parts; `\pm` makes two of one."""
    brackets = ""
    body = text
    if found := re.fullmatch(r"\\\{(.*)\\\}", text, re.DOTALL):
        brackets, body = "{}", found[1]
    elif text[0] in "([]" and text[-1] in ")][" and _one_group(text):
        brackets, body = text[0] + text[-1], text[1:-1]
    pieces = _split(body)
    if len(pieces) == 1 and not brackets.startswith("{"):
        brackets, pieces = "", _split(text)
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


def _split(text: str) -> list[str]:
    """Returns the parts between commas, semicolons, "and" and "or" that stand in no bracket."""
    text = re.sub(r"\\text\s*\{\s*(and|or)\s*\}", r" \1 ", text)
    parts, depth, start, i = [], 0, 0, 0
    while i < len(text):
        depth += (text[i] in _OPEN) - (text[i] in _CLOSE)
        grouped = re.match(r",\d{3}(?!\d)", text[i:]) and re.search(r"(?<![\d,.])\d{1,3}(?:,\d{3})*$", text[:i])
        if depth == 0 and text[i] in ",;" and not grouped:
            parts.append(text[start:i])
            start = i + 1
        elif depth == 0 and (word := re.match(r"\s(?:and|or)\s", text[i:])):
            parts.append(text[start:i])
            start = i + word.end()
            i = start - 1
        i += 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()] or [text]


def _same_parts(a: tuple[str, list[str]], b: tuple[str, list[str]]) -> bool | None:
    brackets_a, parts_a = a
    brackets_b, parts_b = b
    if max(len(parts_a), len(parts_b)) > MAX_PARTS:
        return None
    if not all(_is_plain(part) for part in parts_a + parts_b):
        return None
    bracketed = {brackets_a, brackets_b} - {"", "{}"}
    if len(parts_a) != len(parts_b):
        names_a, names_b = ({_assigned(part)[0] for part in parts} for parts in (parts_a, parts_b))
        uncertain = any(re.search(r"\d\s*[+-]\s*\d", part) for part in (*parts_a, *parts_b))  # 9.8 ± 0.1
        return None if bracketed or uncertain or (names_a | names_b) - {""} and names_a != names_b else False
    if bracketed:
        if brackets_a != brackets_b and not ({brackets_a, brackets_b} <= {"()", ""}):
            half_open = any(brackets in ("(]", "[)") for brackets in (brackets_a, brackets_b))
            return False if half_open and brackets_a and brackets_b else None
        said = [_same(x, y) for x, y in zip(parts_a, parts_b, strict=True)]
        return False if False in said else None if None in said else True
    said_of = [[_squeezed(x) == _squeezed(y) or _same(x, y) for y in parts_b] for x in parts_a]
    if any(all(cell is False for cell in row) for row in said_of):
        return False
    if any(all(row[i] is False for row in said_of) for i in range(len(parts_b))):
        return False
    left = list(range(len(parts_b)))
    for row in said_of:
        match = next((i for i in left if row[i] is True), None)
        if match is None:
            return None
        left.remove(match)
    return True


def _is_plain(part: str) -> bool:
    return len(part) <= 200 and not re.search(r"[^\W\d_]{4,}\s+[^\W\d_]{2,}", part)


def _same_quantities(a: str, b: str) -> Any:
    """Compares numbers and numbers with units; NotImplemented for anything else."""
    read_a, read_b = _quantity(a), _quantity(b)
    if read_a is None or read_b is None:
        return NotImplemented
    (x, in_x), (y, in_y) = read_a, read_b
    if in_x and in_y:
        return same_quantity(x, in_x, y, in_y)
    if in_x or in_y:
        bare, with_unit, unit = (y, x, in_x) if in_x else (x, y, in_y)
        return same_as_bare(with_unit, unit, bare)  # type: ignore[arg-type]
    return same_number(x, y)


def _quantity(text: str) -> tuple[Number, Unit | None] | None:
    """Returns a number, and its unit if it has one; a single letter counts as one only if it is set apart."""
    currency = re.match(r"(?:\\\$|[€£¥])\s*(?=[\d.])", text)
    found = read_number(text[currency.end() :] if currency else text)
    if currency:
        return (found[0], Unit(None, currency[0].strip())) if found and not found[1].strip() else None
    if not found:
        return _exact_quantity(text)
    number, rest = found
    if not rest.strip():
        return number, None
    if rest[0] == "^" and not re.match(r"\^\s*\{?\s*\\circ", rest):
        return _exact_quantity(text)
    unit = read_unit(rest)
    if unit and rest[0].isalpha() and (len(rest) == 1 or unit.unit is None):  # 5m, 2xy
        unit = None
    return (number, unit) if unit else _exact_quantity(text)


def _exact_quantity(text: str) -> tuple[Number, Unit | None] | None:
    """Returns the value of mathematics without variables, with a unit if one is set apart by its type."""
    body, unit = text, None
    if found := re.search(r"(?:\\(?:mathrm|text)\s*\{[^{}]+\}(?:\^\{?-?\d+\}?)?|\\?%|\^\{?\s*\\circ\s*\}?)$", text):
        unit = read_unit(found[0])
        body = text[: found.start()].strip()
        if unit is None or not body:
            return None
    parsed = _parsed(body)
    if parsed is None or not getattr(parsed, "is_number", False):
        return None
    if (value := _value(parsed)) is None:
        return None
    return Number(value), unit


def _same_words(a: str, b: str) -> Any:
    """Compares answers in words; NotImplemented if one of them is mathematics."""
    words_a, words_b = _words(a), _words(b)
    if not words_a or not words_b:
        return NotImplemented
    if words_a == words_b:
        return True
    truths = _TRUE_OR_FALSE.get(words_a), _TRUE_OR_FALSE.get(words_b)
    return truths[0] == truths[1] if None not in truths else None


def _words(text: str) -> str:
    text = re.sub(r"\\(?:text|mathrm|textbf)\s*\{([^{}]*)\}", r"\1", text).casefold().strip(" .!")
    text = re.sub(r"^(?:the|an?)\s+", "", text)
    return text if re.fullmatch(r"[^\W\d_]{2,}(?:[\s'-]+[^\W\d_]+)*", text) else ""


def _same_mathematics(a: str, b: str) -> Any:
    x, y = _parsed(a), _parsed(b)
    if x is None or y is None or _letters_differ_by_case(a, b):
        return None
    from math_verify import verify

    def verified(gold: Any, given: Any) -> bool:
        return verify(gold, given, allow_set_relation_comp=True, timeout_seconds=None)

    accepted = verified(x, y) and verified(y, x)
    differ = _same_structure(x, y)
    return differ if differ == accepted else None


def _same_structure(x: Any, y: Any) -> bool | None:
    """Returns whether two expressions, sets, conditions or matrices are the same, without math-verify."""
    import sympy

    if isinstance(x, sympy.MatrixBase) and isinstance(y, sympy.MatrixBase):
        if x.shape != y.shape:
            return False
        said = [_same_values(one, other) for one, other in zip(x.flat(), y.flat(), strict=True)]
        return False if False in said else None if None in said else True
    if isinstance(x, sympy.Expr) and isinstance(y, sympy.Expr):
        return _same_values(x, y)
    if isinstance(x, sympy.Eq) and isinstance(y, sympy.Eq):  # one is a multiple of the other
        ratio = (x.lhs - x.rhs) / (y.lhs - y.rhs)
        return True if sympy.simplify(ratio).is_number else None
    sets = [_as_set(one) for one in (x, y)]
    if None in sets or {str(s) for s in x.free_symbols} != {str(s) for s in y.free_symbols} != set():
        return None
    return sets[0].symmetric_difference(sets[1]).is_empty


def _as_set(parsed: Any) -> Any:
    """Returns a set of numbers or the solutions of an inequality in one variable; None of anything else."""
    import sympy

    if isinstance(parsed, sympy.Set):
        return parsed if not parsed.free_symbols and not parsed.has(sympy.Float) else None
    if isinstance(parsed, sympy.core.relational.Relational) and len(parsed.free_symbols) == 1:
        return parsed.as_set()
    return None


def _letters_differ_by_case(a: str, b: str) -> bool:
    """Whether a letter is small in one answer and capital in the other: math-verify reads both as one."""
    small, capital = ({c for c in re.sub(r"\\[A-Za-z]+", "", text) if c.isalpha()} for text in (a, b))
    return {c.casefold() for c in small} & {c.casefold() for c in capital} != {
        c.casefold() for c in small & capital
    }


@cache
def _config() -> Any:
    from latex2sympy2_extended import NormalizationConfig
    from math_verify import LatexExtractionConfig

    kept = NormalizationConfig(
        basic_latex=True, units=False, malformed_operators=True, nits=False, boxed="none", equations=False
    )
    return [LatexExtractionConfig(boxed_match_priority=-1, normalization_config=kept)]


def _parsed(text: str) -> Any:
    """Returns what math-verify makes of an answer that is mathematics throughout; None of any other."""
    if not _is_mathematics(text):
        return None
    from math_verify import parse

    found = parse(
        f"${text}$", _config(), fallback_mode="no_fallback", extraction_mode="first_match", parsing_timeout=None
    )
    return found[0] if len(found) == 1 and not isinstance(found[0], str) else None


def _is_mathematics(text: str) -> bool:
    commands = re.findall(r"\\([A-Za-z]+)", text)
    if any(command not in _COMMANDS for command in commands) or re.search(r"[EI]|[$#&@\"']|\\\\\\", text):
        return False
    bare = re.sub(r"\\(?:begin|end)\s*\{[a-z]+\}|\\mathbb\s*\{?[A-Z]\}?|\\[A-Za-z]+", "|", text)
    if re.search(r"\d\s+\d|\d:\d", bare):  # "12 345", "17:30"
        return False
    if re.search(r"[^\W\d_]{4,}|[A-Z]{2,}|[A-Z][a-z]", bare):  # words, points of a figure, chemical elements
        return False
    only_letters = re.fullmatch(r"[\s^_{}]*[^\W\d_]{2,}[\s^_{}]*", bare)
    return not only_letters and bool(re.search(r"\w|\\", text))


def _value(parsed: Any) -> complex | Any:
    """Returns the value of an expression without variables, a fraction of a rational one; None if it has none."""
    import sympy

    try:
        done = parsed.doit()
        if done.has(sympy.Float):
            done = sympy.nsimplify(done, rational=True)
        if done.is_Rational:
            from fractions import Fraction

            return Fraction(int(done.p), int(done.q))
        value = complex(sympy.N(done, 40))
    except (TypeError, ValueError, AttributeError, ZeroDivisionError, OverflowError):
        return None
    return value if abs(value) < 1e300 else None


def _same_values(x: Any, y: Any) -> bool | None:
    """Returns whether expressions have the same values at drawn points; None if they have no values."""
    import sympy

    if x.is_infinite and y.is_infinite:
        return bool(x == y)
    symbols = sorted(x.free_symbols | y.free_symbols, key=str)
    draw = random.Random(0)
    said = set()
    for _ in range(_POINTS):
        point = {symbol: sympy.Rational(draw.randint(100, 900), 331) for symbol in symbols}
        values = [_value(expression.subs(point)) for expression in (x, y)]
        if None in values:
            continue
        a, b = (complex(value) for value in values)
        said.add(abs(a - b) <= 1e-9 * max(abs(a), abs(b)))
    if said == {True}:
        return True
    if False in said:
        return False if x.free_symbols == y.free_symbols else None
    return None
