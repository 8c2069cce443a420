"""Numbers, letters and roman numerals of list items."""

from __future__ import annotations

from typing import Literal

Numbering = Literal["decimal", "lower-alpha", "upper-alpha", "lower-roman", "upper-roman"]
Delimiter = Literal["period", "paren", "parens"]

_ROMAN = [(1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")]  # fmt: skip


def ordered_marker(number: int, numbering: Numbering = "decimal", delimiter: Delimiter = "period") -> str:
    """Returns the marker of a list item as it is printed: `3.`, `(c)`, `iii)`."""
    shown = count(number, numbering)
    return {"period": f"{shown}.", "paren": f"{shown})", "parens": f"({shown})"}[delimiter]


def count(number: int, numbering: Numbering) -> str:
    """Returns a number in letters or roman numerals; decimal where these can't show it."""
    if numbering == "decimal" or not 0 < number < 4000:
        return str(number)
    digits = ""
    if numbering.endswith("alpha"):
        while number:
            number, rest = divmod(number - 1, 26)
            digits = chr(ord("a") + rest) + digits
    else:
        for value, letters in _ROMAN:
            digits += letters * (number // value)
            number %= value
    return digits.upper() if numbering.startswith("upper") else digits
