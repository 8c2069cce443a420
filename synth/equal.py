"""Whether two final answers are the same, as far as that can be told without a model.

Neither time nor memory is bounded here: see `synth.verify`, which has it done in a process of its own.
"""

from __future__ import annotations

import re
from typing import Any

from synth.algebra import parsed, same_mathematics, value_of
from synth.notation import assigned, clean, in_digits, is_condition, parts_of, squeezed, words_of
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

_TRUE_OR_FALSE = {"yes": True, "true": True, "correct": True, "no": False, "false": False, "incorrect": False}


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
    if squeezed(a) == squeezed(b):
        return True
    a, b = in_digits(a, language), in_digits(b, language)
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


def _same(a: str, b: str) -> bool | None:
    parts_a, parts_b = parts_of(a), parts_of(b)
    if len(parts_a[1]) > 1 or len(parts_b[1]) > 1:
        if not (is_condition(a) or is_condition(b)):
            return _same_parts(parts_a, parts_b)
        if not re.search(r"\\(?:cup|cap|infty)|<|>", a + b):
            return None
    lhs_a, rhs_a = assigned(a)
    lhs_b, rhs_b = assigned(b)
    if (lhs_a or lhs_b) and not (is_condition(rhs_a) or is_condition(rhs_b)):
        if lhs_a and lhs_b and squeezed(lhs_a) != squeezed(lhs_b):
            return None
        a, b = rhs_a, rhs_b
        if squeezed(a) == squeezed(b):
            return True
        if len(parts_of(a)[1]) > 1 or len(parts_of(b)[1]) > 1:
            return _same_parts(parts_of(a), parts_of(b))
    for compare in (_same_quantities, _same_words, same_mathematics):
        if (said := compare(a, b)) is not NotImplemented:
            return said
    return None


def _same_parts(a: tuple[str, list[str]], b: tuple[str, list[str]]) -> bool | None:
    brackets_a, parts_a = a
    brackets_b, parts_b = b
    if max(len(parts_a), len(parts_b)) > MAX_PARTS:
        return None
    if not all(_is_plain(part) for part in parts_a + parts_b):
        return None
    bracketed = {brackets_a, brackets_b} - {"", "{}"}
    if len(parts_a) != len(parts_b):
        names_a, names_b = ({assigned(part)[0] for part in parts} - {""} for parts in (parts_a, parts_b))
        uncertain = any(re.search(r"\d\s*[+-]\s*\d", part) for part in (*parts_a, *parts_b))  # 9.8 ± 0.1
        others = bool(names_a and names_b) and names_a != names_b
        return None if bracketed or uncertain or others else False
    if bracketed:
        if brackets_a != brackets_b and not ({brackets_a, brackets_b} <= {"()", ""}):
            half_open = any(brackets in ("(]", "[)") for brackets in (brackets_a, brackets_b))
            return False if half_open and brackets_a and brackets_b else None
        said = [_same(x, y) for x, y in zip(parts_a, parts_b, strict=True)]
        return False if False in said else None if None in said else True
    said_of = [[squeezed(x) == squeezed(y) or _same(x, y) for y in parts_b] for x in parts_a]
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
    if found := re.search(
        r"(?:\\(?:mathrm|text)\s*\{[^{}]+\}(?:\^\{?-?\d+\}?)?|\\?%|\^\{?\s*\\circ\s*\}?)$", text
    ):
        unit = read_unit(found[0])
        body = text[: found.start()].strip()
        if unit is None or not body:
            return None
    expression = parsed(body)
    if expression is None or not getattr(expression, "is_number", False):
        return None
    value = value_of(expression)
    return None if value is None else (Number(value), unit)


def _same_words(a: str, b: str) -> Any:
    """Compares answers in words; NotImplemented if one of them is mathematics."""
    words_a, words_b = words_of(a), words_of(b)
    if not words_a or not words_b:
        return NotImplemented
    if words_a == words_b:
        return True
    truths = _TRUE_OR_FALSE.get(words_a), _TRUE_OR_FALSE.get(words_b)
    return truths[0] == truths[1] if None not in truths else None
