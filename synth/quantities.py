"""Numbers as they are written, with their digits and units, and whether two are the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

MAX_EXPONENT = 400
MAX_DIGITS = 60
SURE_DIGITS = 3
"""A rounded number agrees with an exact one if it has so many digits, all of them right."""
NEAR = 0.05
"""Rounded numbers that differ by less may be the same, with other constants; a model has to say."""
CONVERTED = 0.01
"""Quantities in two units that differ by less may be the same, converted and rounded."""
_NOISE = 1e-12

_GROUPS = r"\d{1,3}(?:(?:,|\{,\}|[ \u00a0\u2009\u202f]|\\,|\\ )\d{3})+"
_NUMBER = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<whole>{_GROUPS}|\d+)?(?P<decimals>\.\d+)?"
    r"(?:\s*(?:\\times|\\cdot|\*|x(?=\s*10\s*\^))\s*10\s*\^\s*\{?\s*(?P<power>[+-]?\s*\d+)\s*\}?"
    r"|[eE](?P<e>[+-]?\d+))?(?![\d.])"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number.

    Attributes:
      value: a fraction of what is written in digits, else a complex number, which is never quite exact.
      step: of the last digit of a rounded number; 0 for an exact one.
      digits: those of a rounded number that count.
    """

    value: Fraction | complex
    step: Fraction = Fraction(0)
    digits: int = 0


def read_number(text: str) -> tuple[Number, str] | None:
    """Returns the number that a text begins with, and the rest of the text.

    A number with decimals or a power of ten is a rounded one, a whole number is exact. A comma is only read
    between groups of three digits.
    """
    found = _NUMBER.match(text)
    if not found or (found["whole"] is None and found["decimals"] is None):
        return None
    whole, decimals = re.sub(r"\D", "", found["whole"] or "0"), (found["decimals"] or ".")[1:]
    power = int((found["power"] or found["e"] or "0").replace(" ", ""))
    if abs(power) > MAX_EXPONENT or len(whole) + len(decimals) > MAX_DIGITS:
        return None
    scale = Fraction(10) ** (power - len(decimals))
    value = int(whole + decimals) * scale * (-1 if found["sign"] == "-" else 1)
    if not decimals and not found["power"] and not found["e"]:
        return Number(value), text[found.end() :]
    return Number(value, scale, len((whole + decimals).lstrip("0"))), text[found.end() :]


def same_number(a: Number, b: Number) -> bool | None:
    """Returns whether two numbers are the same; None where rounding or constants may explain a difference."""
    if isinstance(a.value, Fraction) and isinstance(b.value, Fraction):
        if a.value == b.value:
            return True
        apart, size = float(abs(a.value - b.value)), float(max(abs(a.value), abs(b.value)))
    else:
        x, y = complex(a.value), complex(b.value)
        apart, size = abs(x - y), max(abs(x), abs(y))
        if apart <= _NOISE * size:
            return True
    if a.step == 0 and b.step == 0:
        return False
    return _rounded(a, b, apart) or (None if _near(a, b, apart, size) else False)


def _rounded(a: Number, b: Number, apart: float) -> bool | None:
    rounded, exact = (a, b) if a.step else (b, a)
    if exact.step or rounded.digits < SURE_DIGITS or _terminates(exact):
        return None
    return True if apart <= float(rounded.step) / 2 * (1 + _NOISE) else None


def _terminates(number: Number) -> bool:
    """Whether a number can be written with a few decimals, so that nobody has to round it."""
    if not isinstance(number.value, Fraction):
        return False
    return (number.value * 10**4).denominator == 1


def _near(a: Number, b: Number, apart: float, size: float) -> bool:
    half = float(max(a.step, b.step)) / 2
    return apart <= max(half * (1 + _NOISE), NEAR * size)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement as the library pint knows it, or words that are none.

    Attributes:
      unit: pint's; None for other words.
      words: what is written, without marks.
    """

    unit: Any
    words: str


def read_unit(text: str) -> Unit | None:
    """Returns the unit that a text is; None if it is neither that nor plain words."""
    plain = _plain_unit(text)
    if not plain:
        return None
    try:
        return Unit(_registry().parse_units(plain), plain)
    except Exception:  # pint raises half a dozen of its own and of its parser's
        words = re.sub(r"[*\s]+", " ", plain).strip().casefold()
        return Unit(None, words) if re.fullmatch(r"[^\W\d_]{2,}(?: [^\W\d_]+)*", words) else None


def _degrees(found: re.Match[str]) -> str:
    return f"deg{(found[1] or found[2] or found[3]).upper()}"


_UNIT_MARKS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\\(?:mathrm|text|textrm|mathit|operatorname|textnormal|rm|mbox|unit)\b\s*", ""),
    (r"\\(?:degree|circ)\b|°", "°"),
    (r"\^\s*\{?\s*°\s*\}?", "°"),
    (r"°\s*\{?\s*([CF])\b\s*\}?", r"deg\1"),
    (r"(?i)\bdegrees?\s+(?:(c)elsius|(f)ahrenheit|([cf]))\b", _degrees),
    (r"°", "degree"),
    (r"\\?%", "percent"),
    (r"\\(?:Omega|ohm)\b|[ΩΩ]", "ohm"),
    (r"\\(?:mu|micro)\b\s*|µ|μ", "µ"),
    (r"\\(?:cdot|times)\b|[·⋅×]", "*"),
    (r"\\(?:quad|qquad)\b|\\[ ,;:!]|~", " "),
    (r"\\d?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"(\1)/(\2)"),
    (r"\^\s*\{\s*([+-]?\d+)\s*\}", r"**\1"),
    (r"\^\s*([+-]?\d+)", r"**\1"),
    (r"[{}]", ""),
)
_MAX_UNIT = 60


def _plain_unit(text: str) -> str:
    """Returns a unit without the marks of LaTeX; nothing if that leaves more than a unit can have."""
    if len(text) > 3 * _MAX_UNIT:
        return ""
    for mark, plain in _UNIT_MARKS:
        text = re.sub(mark, plain, text)
    text = text.strip(" .")
    if re.search(r"\*\*\s*[+-]?\d{3}|\*\*\s*[+-]?\d+\s*\*\*", text):
        return ""
    return text if len(text) <= _MAX_UNIT and re.fullmatch(r"\(?[^\W\d_][\w\s*/().^+-]*", text) else ""


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True)


def same_quantity(a: Number, in_a: Unit, b: Number, in_b: Unit) -> bool | None:
    """Returns whether two quantities are the same; None too where their units measure different things."""
    if in_a.unit is None or in_b.unit is None:
        return same_number(a, b) if in_a.words == in_b.words else None
    if in_a.unit == in_b.unit:
        return same_number(a, b)
    if in_a.unit.dimensionality != in_b.unit.dimensionality:
        return None
    return same_number(_in_base(a, in_a), _in_base(b, in_b))


def added(a: Number, in_a: Unit, b: Number, in_b: Unit) -> tuple[Number, Unit] | None:
    """Returns the sum of two quantities in a base unit; None where they measure different things."""
    if in_a.unit is None or in_b.unit is None or in_a.unit.dimensionality != in_b.unit.dimensionality:
        return None
    base = _registry().Quantity(1.0, in_a.unit).to_base_units().units
    x, y = _in_base(a, in_a), _in_base(b, in_b)
    return Number(x.value + y.value, max(x.step, y.step), max(x.digits, y.digits)), Unit(base, str(base))


def near_quantity(a: Number, in_a: Unit, b: Number, in_b: Unit) -> bool:
    """Returns whether two quantities may be one: about the same in other units, or in "degrees"."""
    if in_a.unit is None or in_b.unit is None:
        return False
    if in_a.unit.dimensionality == in_b.unit.dimensionality:
        if in_a.unit == in_b.unit:
            return False
        x, y = complex(_in_base(a, in_a).value), complex(_in_base(b, in_b).value)
        return abs(x - y) <= CONVERTED * max(abs(x), abs(y))
    return "degree" in str(in_a.unit) and "degree" in str(in_b.unit) and a.value == b.value


def same_as_bare(quantity: Number, unit: Unit, bare: Number) -> bool | None:
    """Returns True if a percentage or an angle is a bare number; None otherwise: a unit may be left out."""
    if unit.unit is None or not unit.unit.dimensionless:
        return None
    return True if same_number(_in_base(quantity, unit), bare) else None


def _in_base(number: Number, unit: Unit) -> Number:
    quantity = _registry().Quantity(1.0, unit.unit)
    if quantity._is_multiplicative:
        factor = Fraction(quantity.to_base_units().magnitude).limit_denominator(10**15)
        if factor:
            value = number.value * (factor if isinstance(number.value, Fraction) else float(factor))
            return replace(number, value=value, step=number.step * factor)
    value = complex(
        _registry().Quantity(float(complex(number.value).real), unit.unit).to_base_units().magnitude
    )
    return replace(number, value=value, step=number.step or Fraction(1, 10**9))
