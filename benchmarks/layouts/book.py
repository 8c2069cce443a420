"""The worked sources: one book a language, read from `content/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTENT = Path(__file__).parent / "content"


@dataclass(frozen=True)
class Problem:
    """A problem as Markdown with LaTeX: what is asked, and all that a book might print about it."""

    question: str
    solution: str
    answer: str = ""  # the solution in short, for answer keys
    hint: str = ""
    title: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    prose: tuple[str, ...]
    steps: tuple[str, ...]  # a numbered list in the prose that is no exercise
    figure: str  # caption of a figure; empty: none
    example: Problem | None
    problems: tuple[Problem, ...]
    stem: str = ""  # printed before the problems, which it belongs to; "{first}" is a number


@dataclass(frozen=True)
class Chapter:
    title: str
    sections: tuple[Section, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(problem for section in self.sections for problem in section.problems)


@dataclass(frozen=True)
class Book:
    language: str  # ISO 639-1
    title: str
    words: Mapping[str, str]  # "exercise" -> "Übung"
    chapters: tuple[Chapter, ...]


@cache
def read_book(language: str) -> Book:
    """Returns the book in a language; `en-choices` is one of multiple-choice questions."""
    if language == "en-choices":
        return _choices()
    data = yaml.safe_load((CONTENT / f"{language}.yaml").read_text(encoding="utf-8"))
    if "kinds" in data:
        data["chapters"] = _fill(data)
    chapters = tuple(
        Chapter(chapter["title"], tuple(_section(section) for section in chapter["sections"]))
        for chapter in data["chapters"]
    )
    return Book(language[:2], data["title"], data["words"], chapters)


def _section(data: Mapping[str, Any]) -> Section:
    return Section(
        data["title"],
        tuple(data.get("prose", ())),
        tuple(data.get("list", ())),
        data.get("figure", ""),
        _problem(data["example"]) if "example" in data else None,
        tuple(_problem(problem) for problem in data["problems"]),
        data.get("stem", ""),
    )


def _problem(data: Mapping[str, str]) -> Problem:
    question, solution = data["q"].strip(), data["s"].strip()
    return Problem(question, solution, data.get("a", ""), data.get("h", ""), data.get("t", ""))


def _choices() -> Book:
    """The English book's words around its multiple-choice questions, one section a chapter."""
    data = yaml.safe_load((CONTENT / "en.yaml").read_text(encoding="utf-8"))
    problems = []
    for choice in data["choices"]:
        options = [f"({letter}) {option}" for letter, option in zip("ABCD", choice["o"], strict=True)]
        problems.append(Problem("\n\n".join([choice["q"], *options]), choice["a"], choice["a"]))
    middle = len(problems) // 2
    chapters = []
    for chapter, part in zip(data["chapters"], (problems[:middle], problems[middle:]), strict=False):
        first = chapter["sections"][0]
        section = Section(first["title"], tuple(first["prose"]), (), "", None, tuple(part))
        chapters.append(Chapter(chapter["title"], (section,)))
    return Book("en", data["title"], data["words"], tuple(chapters))


# Translated books are made of a dozen kinds of problems (or fewer), each used twice with other numbers, in an
# order that puts the two uses into different chapters. "<a>" in a template is replaced by a number.
_ORDER = (
    ("speed", "linear", "rectangle", "derivative"),
    ("urn", "percent", "ice", "square"),
    ("integral", "density", "ohm", "mean"),
    ("speed", "urn", "odd", "linear"),
    ("rectangle", "percent", "square", "density"),
    ("derivative", "ohm", "integral", "mean"),
)
_NUMBERS: dict[str, tuple[dict[str, str], ...]] = {
    "speed": ({"d": "180", "t": "3", "v": "60"}, {"d": "350", "t": "5", "v": "70"}),
    "linear": (
        {"a": "3", "b": "7", "c": "22", "m": "15", "x": "5"},
        {"a": "4", "b": "9", "c": "33", "m": "24", "x": "6"},
    ),
    "rectangle": ({"a": "8", "b": "5", "A": "40", "P": "26"}, {"a": "12", "b": "7", "A": "84", "P": "38"}),
    "derivative": ({"f": "5x^3", "g": "15x^2"}, {"f": "2x^6", "g": "12x^5"}),
    "urn": ({"r": "3", "b": "5", "n": "8"}, {"r": "4", "b": "7", "n": "11"}),
    "percent": ({"p": "80", "q": "25", "r": "20", "x": "60"}, {"p": "150", "q": "20", "r": "30", "x": "120"}),
    "integral": ({"a": "4", "s": "16", "v": "8"}, {"a": "10", "s": "100", "v": "50"}),
    "density": ({"m": "270", "V": "100", "x": "2.7"}, {"m": "156", "V": "20", "x": "7.8"}),
    "ohm": ({"I": "2", "R": "12", "U": "24", "P": "48"}, {"I": "3", "R": "15", "U": "45", "P": "135"}),
    "mean": ({"v": "3, 7, 8, 10", "s": "28", "m": "7"}, {"v": "12, 15, 20, 25", "s": "72", "m": "18"}),
    "square": ({"s": "49", "x": "7"}, {"s": "144", "x": "12"}),
    "ice": ({},),
    "odd": ({},),
}


def _fill(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns the chapters of a book given as titles, prose and one template a kind."""
    used: dict[str, int] = {}
    titles, prose = iter(data["sections"]), iter(data["prose"])
    sections = []
    for kinds in _ORDER:
        problems = []
        for kind in (kind for kind in kinds if kind in data["kinds"]):
            numbers = _NUMBERS[kind][used.setdefault(kind, 0)]
            used[kind] += 1
            problem = dict(data["kinds"][kind])
            for field, text in problem.items():
                for name, number in numbers.items():
                    text = text.replace(f"<{name}>", number)
                problem[field] = text
            problems.append(problem)
        sections.append({"title": next(titles), "prose": [next(prose)], "problems": problems})
    return [
        {"title": title, "sections": sections[2 * index : 2 * index + 2]}
        for index, title in enumerate(data["chapter_titles"])
    ]
