"""Numbers in Han numerals, of Chinese and Japanese, and with powers of ten behind digits, in Korean too."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

HAN = frozenset(("ja", "zh"))
"""Languages that write them."""

_NUMERALS = "〇零一二三四五六七八九十百千万萬億亿两兩壹贰貳弐叁參参肆伍陆陸柒捌玖拾佰仟"
_COUNTED = "年月日号號人個个名歳岁時时点點分秒つ位回本枚冊册只隻次票世代層层階块塊元円%"
_RUN = re.compile(rf"^[{_NUMERALS}]+(?=[^\w]*$)|[{_NUMERALS}]+(?=[{_COUNTED}])")
_HANGUL = {"백": 100, "천": 1000, "만": 10_000, "억": 10**8}
_POWERS = "百千万萬億亿" + "".join(_HANGUL)
_PIECE = re.compile(rf"(\d{{1,15}}(?:\.\d{{1,15}})?)([{_POWERS}]{{1,3}})")
_MIXED = re.compile(rf"(?<![\d.,])(?:{_PIECE.pattern}){{1,4}}(?=[^\w]*$|\s?[{_COUNTED}명개원년월일회번])")
_VALUES = {"两": 2, "兩": 2, "参": 3, "參": 3, "陆": 6, "陸": 6}


def han_in_digits(text: str) -> str:
    """Returns a text with Han numerals in digits where they are all of it or stand before what is counted.

    Elsewhere they may be part of a name.
    """
    return _RUN.sub(lambda found: str(_value(found[0])), text)


def powers_in_digits(text: str) -> str:
    """Returns a text with digits that have powers of ten behind them (3.5億, 1万5千, 2만) in digits alone."""
    return _MIXED.sub(lambda found: f"{sum(map(_piece, _PIECE.findall(found[0]))):f}", text)


def _piece(found: tuple[str, str]) -> Decimal:
    """Returns the value of digits and the powers of ten after them."""
    product = Decimal(found[0])
    for power in found[1]:
        product *= _HANGUL.get(power) or int(unicodedata.numeric(power))
    return product.to_integral_value() if product == product.to_integral_value() else product


def _value(numerals: str) -> int | str:
    """Returns a number; the numerals themselves where they are none. Digits in a row are read one by one."""
    values = [_VALUES.get(one) or int(unicodedata.numeric(one)) for one in numerals]
    if all(value < 10 for value in values):
        return "".join(map(str, values))
    total = section = digit = 0
    for value in values:
        if value < 10:
            digit = value
        elif value < 10_000:
            section, digit = section + (digit or 1) * value, 0
        else:
            total, section, digit = total + (section + digit or 1) * value, 0, 0
    return total + section + digit
