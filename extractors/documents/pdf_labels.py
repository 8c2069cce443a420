"""What the beginning of a line says it is: an item of a list, a named item, a caption."""

from __future__ import annotations

import re

ENUMERATOR = re.compile(
    r"\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)](?=\s|$)|\((?:\d{1,3}|[A-Za-z]|[ivx]{1,5})\)"
    r"|(?:\d{1,3}|[A-Z])(?:\.\d{1,3}){1,3}[.:)]?(?=\s|$)"
    r"|[一二三四五六七八九十]{1,3}、"
    r"|\(?\d{1,3}(?:[、．](?!\s?\d)|[）】])|[（【]\d{1,3}[）】]"
    r"|[•◦▪‣●○■□–—*-](?=\s|$)"
)
"""Numbers, letters and bullets: "3.", "(a)", "iv)", "3.11", "A.2.1:", "3、"."""

NAMED = re.compile(
    r"(?![a-zà-ÿ])[^\W\d_]{1,14}(?:\.? (?:\d{1,3}|[A-Z](?=[.:\d]))|\d{1,3})(?:[.\d-]*\d)?[.:)]"
    r"|[A-Z][a-z]{3,12}[.:](?:\s|$)"
    r"|【[^【】\s]{1,8}】"
)
"""A word and a number, or a word alone, with a stop or in brackets: "Q5.", "Solution.", "【答案】"."""

CAPTION = re.compile(
    r"(?:fig(?:ure|\.)|table|abb(?:ildung|\.)|tab(?:elle|\.)|figura|tabla|tableau|рис\.?|табл\.?)"
    r"\s*(?:\d+|[A-Z](?=[.\d]))(?:[.\-–]?\d+)*+[a-z]?(?:$|[.:)]|\s*[(|—–“\"]|\s+(?-i:[^\W\d_a-z]))",
    re.IGNORECASE,
)
"""A figure's or a table's name, followed by no small letter: "Figure 3.7: The..."."""

NUMBERED = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*[.):]|\(\d{1,3}\))(?=\s|$)")
"""A number with a stop or brackets, as no value on an axis has one."""

TICK = re.compile(r"[-−+]?(?:\d+(?:[.,]\d+)*|[.,]\d+)%?")
"""A value on an axis."""

ITEM = re.compile(
    r"\(?\d{1,3}(?:\.\d{1,3})*[.)] ?(?:\(?[a-z][.)])?(?=\s|$)|\(?[a-z][.)](?=\s|$)"
    r"|\d{1,3}(?:\.\d{1,3})+(?=\s|$)"
)
"""The label of an exercise or of a part of one."""
