"""The labels of Word's numbered paragraphs, as Word computes them (ECMA-376 part 1, section 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree

from extractors.documents.enumeration import Numbering, count
from extractors.documents.limits import UnreadableDocument

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FORMATS: dict[str, Numbering] = {
    "lowerLetter": "lower-alpha",
    "upperLetter": "upper-alpha",
    "lowerRoman": "lower-roman",
    "upperRoman": "upper-roman",
}
_UNNUMBERED = ("bullet", "none")
_MAX_LEVEL = 8


@dataclass(frozen=True)
class _Level:
    start: int
    format: str
    text: str
    style: str


@dataclass
class WordNumbering:
    """The lists of a document, and how far each has been counted.

    Attributes:
      levels: of each list (`numId`), by depth.
      counters: which counters a list counts with; lists of one definition share them.
      restarts: at which depths a list starts anew.
      styles: list and depth of each style that numbers its paragraphs; depth -1 if it does not say.
    """

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    counters: dict[str, str] = field(default_factory=dict)
    restarts: dict[str, set[int]] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def label(self, style: str, number: str | None, depth: str | None) -> str | None:
        """Returns the label of the next paragraph of the document.

        Args:
          style: identifier of the paragraph's style.
          number, depth: `numId` and `ilvl` of the paragraph itself; None where it does not say.

        Returns:
          None if it has no label, or a bullet; empty if it is in a list but nothing is printed.
        """
        number, level_of = self._place(style, number, depth)
        level = self.levels.get(number, {}).get(level_of)
        if level is None:
            return None
        counts = self._counts.setdefault(self.counters[number], {})
        if level_of in self.restarts.get(number, ()):
            self.restarts[number].remove(level_of)
            counts.pop(level_of, None)
        counts[level_of] = counts[level_of] + 1 if level_of in counts else level.start
        for deeper in [d for d in counts if d > level_of]:
            del counts[deeper]
        if level.format in _UNNUMBERED:
            return None if level.text.strip() else ""
        return self._shown(number, level, counts)

    def _place(self, style: str, number: str | None, depth: str | None) -> tuple[str, int]:
        """Returns the list and depth of a paragraph; an empty list if it has no number."""
        if number is None:
            number, level_of = self.styles.get(style, ("", 0))
        else:
            level_of = 0
        level_of = _number(depth or "", level_of)
        if level_of < 0:
            levels = self.levels.get(number, {})
            level_of = next((d for d, level in levels.items() if level.style == style), 0)
        return ("" if number == "0" else number), min(level_of, _MAX_LEVEL)

    def _shown(self, number: str, level: _Level, counts: dict[int, int]) -> str:
        levels = self.levels[number]

        def counted(match: re.Match[str]) -> str:
            depth = int(match[1]) - 1
            around = levels.get(depth, level)
            return count(counts.setdefault(depth, around.start), _FORMATS.get(around.format, "decimal"))

        return re.sub(r"%([1-9])", counted, level.text).strip()


def read_numbering(numbering_xml: bytes, styles: ElementTree.Element | None) -> WordNumbering:
    """Returns the lists that numbering.xml and the styles define; none where it is empty or damaged.

    Raises:
      UnreadableDocument: damaged: it declares a document type.
    """
    root = parse_part(numbering_xml)
    numbering = WordNumbering()
    if root is None:
        return numbering
    definitions = {a.get(f"{W}abstractNumId", ""): a for a in root.iter(f"{W}abstractNum")}
    linked = {value(a, "w:styleLink"): a for a in definitions.values() if value(a, "w:styleLink")}
    for num in root.iter(f"{W}num"):
        identifier, definition = num.get(f"{W}numId", ""), value(num, "w:abstractNumId")
        abstract = definitions.get(definition)
        abstract = linked.get(value(abstract, "w:numStyleLink"), abstract)
        levels = {} if abstract is None else _levels(abstract)
        for override in num.iter(f"{W}lvlOverride"):
            depth = _number(override.get(f"{W}ilvl", ""), 0)
            levels.update(_levels(override))
            start = value(override, "w:startOverride")
            if start and depth in levels:
                before = levels[depth]
                levels[depth] = _Level(_number(start, 1), before.format, before.text, before.style)
                numbering.restarts.setdefault(identifier, set()).add(depth)
        numbering.levels[identifier] = levels
        numbering.counters[identifier] = definition
    numbering.styles = {} if styles is None else _numbered_styles(styles)
    return numbering


def _levels(parent: ElementTree.Element) -> dict[int, _Level]:
    return {
        _number(level.get(f"{W}ilvl", ""), 0): _Level(
            _number(value(level, "w:start"), 1),
            value(level, "w:numFmt", "decimal"),
            value(level, "w:lvlText"),
            value(level, "w:pStyle"),
        )
        for level in parent.findall(f"{W}lvl")
    }


def _numbered_styles(styles: ElementTree.Element) -> dict[str, tuple[str, int]]:
    by_id = {style.get(f"{W}styleId", ""): style for style in styles.iter(f"{W}style")}
    numbered = {}
    for identifier in by_id:
        style, seen = identifier, set()
        while style in by_id and style not in seen:
            seen.add(style)
            if number := value(by_id[style], "w:pPr/w:numPr/w:numId"):
                depth = _number(value(by_id[style], "w:pPr/w:numPr/w:ilvl"), -1)
                numbered[identifier] = (number, depth)
                break
            style = value(by_id[style], "w:basedOn")
    return numbered


def parse_part(xml: bytes) -> ElementTree.Element | None:
    """Returns the root of a part of a Word file; None if it is empty or damaged.

    Raises:
      UnreadableDocument: damaged: it declares a document type, which may hold entities.
    """
    if not xml:
        return None
    if b"<!DOCTYPE" in xml:
        raise UnreadableDocument("damaged", "XML with a document type declaration")
    try:
        return ElementTree.fromstring(xml.replace(_STRICT[1:-1].encode(), W[1:-1].encode()))
    except ElementTree.ParseError:
        return None


def value(parent: ElementTree.Element | None, path: str, default: str = "") -> str:
    found = parent.find(path.replace("w:", W)) if parent is not None else None
    return default if found is None else found.get(f"{W}val", default)


def _number(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,6}", text) else default
