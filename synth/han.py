"""Numbers in Han numerals, of Chinese and Japanese."""

from __future__ import annotations

import re
import unicodedata

HAN = frozenset(("ja", "zh"))
"""Languages that write them."""

_NUMERALS = "〇零一二三四五六七八九十百千万萬億亿两兩壹贰貳弐叁參参肆伍陆陸柒捌玖拾佰仟"
_COUNTED = "年月日号號人個个名歳岁時时点點分秒つ位回本枚冊册只隻次票世代層层階块塊元円%"
_RUN = re.compile(rf"^[{_NUMERALS}]+(?=[^\w]*$)|[{_NUMERALS}]+(?=[{_COUNTED}])")
_VALUES = {"两": 2, "兩": 2, "参": 3, "參": 3, "陆": 6, "陸": 6}


def han_in_digits(text: str) -> str:
    """Returns a text with Han numerals in digits where they are all of it or stand before what is counted.

    Elsewhere they may be part of a name.
    """
    return _RUN.sub(lambda found: str(_value(found[0])), text)


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
