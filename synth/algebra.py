"""Computer algebra on final answers: LaTeX that is mathematics throughout, read by math-verify.

It is compared by math-verify and by values at drawn points. Either alone accepts what is wrong: math-verify
takes `9\\%` for 9, `yes` for a product of three variables, and any two numbers below a millionth for equal.
What the two don't agree on is undecided.
"""

from __future__ import annotations

import random
import re
from fractions import Fraction
from functools import cache
from typing import Any

_POINTS = 4
_NOISE = 1e-9
# What is longer or deeper is no final answer. It would only be given up later, when its time is used up.
_MAX_LENGTH, _MAX_DEPTH = 400, 10
_ENDLESS = re.compile(
    r"\^\s*\{?\s*-?\s*\d{4}|\)\s*\^\s*\{?\s*-?\s*\d{3}"  # large powers
    r"|\d{4}\s*\}?\s*!"
    r"|\d\s*\}?\s*\^\s*\{[^{}]*\d\s*\^|\^\s*\{[^{}]*\d\s*\^|(?:\^\s*\{[^{}]*){3}"  # towers
    r"|[+-]{4}"
)
_COMMANDS = frozenset(
    re.findall(
        r"\w+",
        """
        frac sqrt pi sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log exp times cdot
        div pm infty le ge leq geq neq ne lt gt alpha beta gamma delta epsilon theta lambda mu nu rho
        sigma tau phi omega varphi cup cap emptyset in mathbb binom begin end pmatrix bmatrix matrix
        """,
    )
)


def same_mathematics(a: str, b: str) -> Any:
    x, y = parsed(a), parsed(b)
    if x is None or y is None or _letters_differ_by_case(a, b):
        return None
    from math_verify import verify  # type: ignore[import-untyped]

    def verified(gold: Any, given: Any) -> bool:
        return verify(gold, given, allow_set_relation_comp=True, timeout_seconds=None)

    accepted = verified(x, y) and verified(y, x)
    differ = _same_structure(x, y)
    return differ if differ == accepted else None


def _same_structure(x: Any, y: Any) -> bool | None:
    """Returns whether two expressions, sets, conditions or matrices are the same, without math-verify."""
    import sympy  # type: ignore[import-untyped]

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
    names = [{str(symbol) for symbol in one.free_symbols} for one in (x, y)]
    if None in sets or (all(names) and names[0] != names[1]):
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


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    return deepest


@cache
def _config() -> Any:
    from latex2sympy2_extended import NormalizationConfig  # type: ignore[import-untyped]
    from math_verify import LatexExtractionConfig

    kept = NormalizationConfig(
        basic_latex=True, units=False, malformed_operators=True, nits=False, boxed="none", equations=False
    )
    return [LatexExtractionConfig(boxed_match_priority=-1, normalization_config=kept)]


def parsed(text: str) -> Any:
    """Returns what math-verify makes of an answer that is mathematics throughout; None of any other."""
    if not _is_mathematics(text):
        return None
    from math_verify import parse

    found = parse(
        f"${text}$",
        _config(),
        fallback_mode="no_fallback",
        extraction_mode="first_match",
        parsing_timeout=None,
    )
    return found[0] if len(found) == 1 and not isinstance(found[0], str) else None


def _is_mathematics(text: str) -> bool:
    if len(text) > _MAX_LENGTH or _ENDLESS.search(text) or _depth(text) > _MAX_DEPTH:
        return False
    commands = re.findall(r"\\([A-Za-z]+)", text)
    if any(command not in _COMMANDS for command in commands) or re.search(r"[EI]|[$#@\"']", text):
        return False
    if "&" in text and not {"pmatrix", "bmatrix", "matrix"} & set(re.findall(r"\w+", text)):
        return False
    bare = re.sub(r"\\(?:begin|end)\s*\{[a-z]+\}|\\mathbb\s*\{?[A-Z]\}?|\\[A-Za-z]+", "|", text)
    if re.search(r"(?<![_^])\d\s+\d|\d:\d|(?<![_\d])\d+\s*_", bare):  # "12 345", "17:30", "1011_2"
        return False
    if re.search(r"[^\W\d_]{4,}|[A-Z]{2,}|[A-Z][a-z]", bare):  # words, points of a figure, chemical elements
        return False
    only_letters = re.fullmatch(r"[\s^_{}]*[^\W\d_]{2,}[\s^_{}]*", bare)
    return not only_letters and bool(re.search(r"\w|\\", text))


def value_of(parsed: Any) -> Fraction | complex | None:
    """Returns the value of an expression without variables, if it has one; of a rational one a fraction."""
    import sympy

    try:
        done = parsed.doit()
        if done.has(sympy.Float):
            done = sympy.nsimplify(done, rational=True)
        if done.is_Rational:
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
        a, b = (value_of(expression.subs(point)) for expression in (x, y))
        if a is not None and b is not None:
            a, b = complex(a), complex(b)
            said.add(abs(a - b) <= _NOISE * max(abs(a), abs(b)))
    if said == {True}:
        return True
    if False in said:
        return False if x.free_symbols == y.free_symbols else None
    return None
