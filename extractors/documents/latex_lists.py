"""The labels of LaTeX's lists as they are printed: `enumerate`, enumitem's options, the exam class.

Every item gets a mark with its label, since pandoc numbers lists without regard to these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from extractors.documents.enumeration import Numbering, count
from extractors.documents.marks import mark_declared, mark_item

OPTIONAL = r"\[(?:[^\[\]{}]|\{(?:[^{}]|\{[^{}]*\})*\}){0,400}\]"
"""An optional argument, with braces within braces."""

_EXAM = {
    "questions": ("question", r"\arabic*."),
    "parts": ("part", r"(\alph*)"),
    "subparts": ("subpart", r"\roman*."),
    "subsubparts": ("subsubpart", r"\greek*)"),
    "choices": ("choice", r"\Alph*."),
    "oneparchoices": ("choice", r"\Alph*."),
    "checkboxes": ("choice", ""),
    "tasks": ("task", r"(\alph*)"),
}
"""Environments of the exam class and of tasks: the command that starts an item, and its label."""
_DEFAULTS = [r"\arabic*.", r"(\alph*)", r"\roman*.", r"\Alph*."]
_LISTS = "|".join(["enumerate", "itemize", "description", "compactenum", "compactitem", "inparaenum", *_EXAM])
_TOKEN = re.compile(
    rf"\\begin\{{({_LISTS})\*?\}}(?:[ \t]*({OPTIONAL}))?(?:\(\d\))?"
    rf"|\\end\{{({_LISTS})\*?\}}"
    rf"|\\(item|question|titledquestion|part|subpart|subsubpart|choice|CorrectChoice|task)(?![A-Za-z])\*?"
    rf"(?:[ \t]*({OPTIONAL}))?"
    r"|\\setcounter\{enum(i{1,3}|iv)\}\{(-?\d{1,6})\}"
    r"|\\(?:def|renewcommand\*?\s*\{?)\s*\\labelenum(i{1,3}|iv)\}?\s*\{((?:[^{}]|\{[^{}]*\}){0,200})\}"
)
_SOLVED = re.compile(r"\\begin\{solution|\\(?:titled)?question(?![A-Za-z])|\\end\{questions\}")
_LOOKED_AHEAD = 10_000
_COUNTER = re.compile(r"\\(arabic|alph|Alph|roman|Roman)\s*(?:\*|\{enum(i{1,3}|iv)\})|\\theenum(i{1,3}|iv)")
_NUMBERINGS: dict[str, Numbering] = {
    "alph": "lower-alpha",
    "Alph": "upper-alpha",
    "roman": "lower-roman",
    "Roman": "upper-roman",
}
_LEVELS = {"i": 0, "ii": 1, "iii": 2, "iv": 3}
_SHORT = {"1": r"\arabic*", "a": r"\alph*", "A": r"\Alph*", "i": r"\roman*", "I": r"\Roman*"}
_COMMAND = re.compile(r"\\[A-Za-z]+\*?|[{}$&#_^\\]")
_OPTION = re.compile(r"(label|start|resume\*?|series)\s*(?:=\s*((?:\{(?:[^{}]|\{[^{}]*\})*\}|[^,{}])*))?")


@dataclass
class _List:
    name: str
    template: str
    number: int = 0
    series: str = ""
    correct: list[str] = field(default_factory=list)


@dataclass
class _Lists:
    """Where in the lists of a document the reading is."""

    open: list[_List] = field(default_factory=list)
    last: dict[str, _List] = field(default_factory=dict)
    templates: list[str] = field(default_factory=lambda: list(_DEFAULTS))
    closed: _List = field(default_factory=lambda: _List("", ""))

    def __call__(self, match: re.Match[str]) -> str:
        if match[1]:
            return self._begin(match[1], (match[2] or "")[1:-1])
        if match[3]:
            return self._end(match[3]) + self._choice_made(match)
        if match[4]:
            return self._item(match)
        level = _LEVELS[match[6] or match[8]]
        numbered = [around for around in self.open if around.template]
        if match[9] is not None:
            self.templates[level] = match[9]
        if level < len(numbered):
            if match[9] is None:
                numbered[level].number = int(match[7])
            else:
                numbered[level].template = match[9] or numbered[level].template
        return ""

    def _begin(self, name: str, option: str) -> str:
        if name in _EXAM:
            self.open.append(_List(name, _EXAM[name][1]))
            return "\\begin{enumerate}" if name != "checkboxes" else "\\begin{itemize}"
        if name.endswith(("enumerate", "enum")):
            self.open.append(self._enumerate(name, option))
            return "\\begin{enumerate}"
        self.open.append(_List(name, ""))
        return "\\begin{description}" if name == "description" else "\\begin{itemize}"

    def _enumerate(self, name: str, option: str) -> _List:
        depth = sum(1 for around in self.open if around.template)
        opened = _List(name, self.templates[min(depth, 3)], series=str(depth))
        options = {key.rstrip("*"): value.strip() for key, value in _OPTION.findall(option)}
        if "label" in options:
            opened.template = options["label"] or opened.template
        elif option and "=" not in option and not options:
            opened.template = _short_label(option) or opened.template
        if options.get("start", "").lstrip("-").isdecimal():
            opened.number = int(options["start"][:5]) - 1
        if "resume" in options:
            before = self.last.get(options["resume"] or opened.series)
            if before:
                opened.number = before.number
                if "label" not in options:
                    opened.template = before.template
        if options.get("series"):
            self.last[options["series"]] = opened
        return opened

    def _end(self, name: str) -> str:
        if not any(around.name == name for around in self.open):
            return f"\\end{{{name}}}"
        closed = self.closed = self.open.pop()
        while closed.name != name:
            closed = self.closed = self.open.pop()
        if closed.series:
            self.last[closed.series] = closed
        kind = "description" if name == "description" else "enumerate" if closed.template else "itemize"
        return f"\\end{{{kind}}}"

    def _choice_made(self, end: re.Match[str]) -> str:
        """Returns the choices marked as correct in the list that ends as a solution, if no other follows."""
        correct, self.closed.correct = self.closed.correct, []
        if not correct:
            return ""
        following = _SOLVED.search(end.string, end.end(), end.end() + _LOOKED_AHEAD)
        if following and following[0].startswith("\\begin"):
            return ""
        return f"\n\\begin{{solution}}\n{', '.join(correct)}\n\\end{{solution}}\n"

    def _item(self, match: re.Match[str]) -> str:
        command, option = match[4], match[5]
        if not self.open or not _starts_item(command, self.open[-1].name):
            return match[0]
        around = self.open[-1]
        if around.name == "description":
            return match[0]
        if command == "item" and option is not None:
            label = _plain(option[1:-1])
            return f"\\item {mark_item(label) if label else ''}"
        around.number += 1
        if around.name == "questions":
            return f"\\item {mark_item(self._label(around))}{mark_declared('question')}"
        if command == "CorrectChoice":
            around.correct.append(self._label(around) if around.template else str(around.number))
        return f"\\item {mark_item(self._label(around)) if around.template else ''}"

    def _label(self, around: _List) -> str:
        numbered = [each for each in self.open if each.template]

        def shown(match: re.Match[str]) -> str:
            level = match[2] or match[3]
            counted = numbered[_LEVELS[level]] if level and _LEVELS[level] < len(numbered) else around
            return count(counted.number, _NUMBERINGS.get(match[1] or "", "decimal"))

        return _plain(_COUNTER.sub(shown, around.template)) or f"{around.number}."


def label_items(source: str) -> str:
    """Returns the source with a mark at every item of a list that holds the label it is printed with."""
    return _TOKEN.sub(_Lists(), source)


def _starts_item(command: str, name: str) -> bool:
    if name not in _EXAM:
        return command == "item"
    expected = _EXAM[name][0]
    return command == expected or (command, expected) in (
        ("titledquestion", "question"),
        ("CorrectChoice", "choice"),
    )


def _short_label(option: str) -> str:
    """Returns the template that the enumerate package reads in `(a)`, `Q1.`: its first free letter counts."""
    match = re.search(r"[1aAiI](?![^{}]*\})", option)
    if match is None:
        return ""
    return option[: match.start()] + _SHORT[match[0]] + option[match.end() :]


def _plain(label: str) -> str:
    return " ".join(_COMMAND.sub("", label.replace("~", " ")).split())
