"""Codes of fonts of large delimiters -> codes of TeX's own encoding of them (OMX), by their glyphs' names.

Such glyphs have no Unicode value, and so their codes come out as characters. Every font has an
encoding of its own; the names are those of TeX's, with additions.
"""

from __future__ import annotations

import re
from typing import Any

_NAMES = """
parenleftbig parenrightbig bracketleftbig bracketrightbig floorleftbig floorrightbig ceilingleftbig
ceilingrightbig braceleftbig bracerightbig angbracketleftbig angbracketrightbig vextendsingle vextenddouble
slashbig backslashbig parenleftBig parenrightBig parenleftbigg parenrightbigg bracketleftbigg bracketrightbigg
floorleftbigg floorrightbigg ceilingleftbigg ceilingrightbigg braceleftbigg bracerightbigg angbracketleftbigg
angbracketrightbigg slashbigg backslashbigg parenleftBigg parenrightBigg bracketleftBigg bracketrightBigg
floorleftBigg floorrightBigg ceilingleftBigg ceilingrightBigg braceleftBigg bracerightBigg angbracketleftBigg
angbracketrightBigg slashBigg backslashBigg slashBig backslashBig parenlefttp parenrighttp bracketlefttp
bracketrighttp bracketleftbt bracketrightbt bracketleftex bracketrightex bracelefttp bracerighttp braceleftbt
bracerightbt braceleftmid bracerightmid braceex arrowvertex parenleftbt parenrightbt parenleftex parenrightex
angbracketleftBig angbracketrightBig unionsqtext unionsqdisplay contintegraltext contintegraldisplay
circledottext circledotdisplay circleplustext circleplusdisplay circlemultiplytext circlemultiplydisplay
summationtext producttext integraltext uniontext intersectiontext unionmultitext logicalandtext logicalortext
summationdisplay productdisplay integraldisplay uniondisplay intersectiondisplay unionmultidisplay
logicalanddisplay logicalordisplay coproducttext coproductdisplay hatwide hatwider hatwidest tildewide
tildewider tildewidest bracketleftBig bracketrightBig floorleftBig floorrightBig ceilingleftBig
ceilingrightBig braceleftBig bracerightBig radicalbig radicalBig radicalbigg radicalBigg radicalbt
radicalvertex radicaltp
"""
_CODES = {name: code for code, name in enumerate(_NAMES.split())}
_CODES |= {"barex": 0x0C, "uni222B": 0x52, "uni222B.dsp": 0x5A, "dblverticalbarex": 0x0D}
_BLANK = (0x09, 0x0A, 0x0D, 0x20)
_ENTRY = re.compile(rb"dup\s+(\d+)\s*/(\S+)\s+put")
_DIFFERENCE = re.compile(r"(\d+)|/([^\s/\[\]]+)")
_SAME_ADVANCE = 0.004  # the blanks that MuPDF puts between words have any width
_MAX_PROGRAM_HEAD = 20_000


class Encoding:
    """What the codes of one font stand for in TeX's encoding.

    Attributes:
      table: character that comes out -> character of TeX's code.
      blanks: advance, in units of size, and character of TeX's code of the glyphs that come out as
        blanks, since their codes are those of blanks.
    """

    def __init__(self, source: Any, xref: int):
        names = _names(source, xref)
        found = {code: _CODES.get(name, _CODES.get(_base(name))) for code, name in names.items()}
        self.table = {code: chr(omx) for code, omx in found.items() if omx is not None and omx != code}
        widths = _widths(source, xref)
        self.blanks = [
            (widths[code], chr(omx))
            for code in _BLANK
            if (omx := found.get(code)) is not None and code in widths
        ]

    def blank(self, width: float) -> str:
        """Returns the glyph that came out as a blank of a width, in units of size; empty if none fits."""
        near = [(abs(advance - width), char) for advance, char in self.blanks]
        return min(near)[1] if near and min(near)[0] < _SAME_ADVANCE else ""


def _base(name: str) -> str:
    """Returns a glyph's name without what tells variants apart: summationdisplay.1, parenlefttpA."""
    return re.sub(r"A$", "", name.split(".")[0])


def _names(source: Any, xref: int) -> dict[int, str]:
    """Returns code -> name from a Type 1 font's program and from the encoding that the file gives it."""
    names: dict[int, str] = {}
    kind, program = source.xref_get_key(xref, "FontDescriptor/FontFile")
    if kind == "xref":
        head = (source.xref_stream(int(program.split()[0])) or b"")[:_MAX_PROGRAM_HEAD]
        names = {int(code): name.decode("latin-1") for code, name in _ENTRY.findall(head) if len(code) < 4}
    kind, differences = source.xref_get_key(xref, "Encoding/Differences")
    if kind == "array":
        code = 0
        for number, name in _DIFFERENCE.findall(differences):
            if number:
                code = int(number)
            else:
                names[code] = name
                code += 1
    return {code: name for code, name in names.items() if code < 256}


def _widths(source: Any, xref: int) -> dict[int, float]:
    kind, widths = source.xref_get_key(xref, "Widths")
    if kind == "xref":
        widths = source.xref_object(int(widths.split()[0]))
    elif kind != "array":
        return {}
    first = source.xref_get_key(xref, "FirstChar")[1]
    values = [float(value) for value in re.findall(r"-?\d+\.?\d*", widths)[:256]]
    return {int(first) + i: value / 1000 for i, value in enumerate(values)} if first.isdigit() else {}
