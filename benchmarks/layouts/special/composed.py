"""What a composed document is, and the problems that it is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.layouts.arrange import Truth
from benchmarks.layouts.book import Problem, read_book
from benchmarks.layouts.variants import Variant

PLAIN = Variant("")


@dataclass(frozen=True)
class Composed:
    """Documents and what they print.

    Attributes:
      sources: by name. With an extension it is the document as it stands, without one Markdown
        that is printed in the form of its `Special`.
    """

    sources: dict[str, str]
    truth: list[Truth]


@dataclass(frozen=True)
class Special:
    """A variant that is composed by hand.

    Attributes:
      name, form, language: as in `Variant`.
      compose: returns the documents.
      look: the page and the running head of PDFs.
      finish: changes the bytes of each document that is printed from Markdown.
      undecided: why nothing in the documents tells whether their pairs are right, if nothing does: they are
        to be found, but held back.
    """

    name: str
    compose: Callable[[], Composed]
    form: str = "pdf"
    language: str = "en"
    look: Variant = PLAIN
    finish: Callable[[bytes], bytes] | None = None
    undecided: str = ""


@dataclass(frozen=True)
class Task:
    """A problem with its place in the book; all numbers from 1."""

    problem: Problem
    number: int
    chapter: int
    section: int
    in_chapter: int

    @property
    def q(self) -> str:
        return self.problem.question

    @property
    def s(self) -> str:
        return self.problem.solution

    @property
    def a(self) -> str:
        return self.problem.answer

    @property
    def truth(self) -> Truth:
        return Truth(self.q, (self.s,))


def tasks(language: str = "en", plain: bool = False) -> list[Task]:
    """Returns the problems of a book; those alone that are one paragraph each, if they must be plain."""
    found: list[Task] = []
    for chapter, content in enumerate(read_book(language).chapters, 1):
        in_chapter = 0
        for section, part in enumerate(content.sections, 1):
            for problem in part.problems:
                if not (plain and "\n" in problem.question + problem.solution):
                    in_chapter += 1
                    found.append(Task(problem, len(found) + 1, chapter, section, in_chapter))
    return found


def prose(language: str = "en") -> list[str]:
    """Returns the paragraphs between the problems of a book."""
    sections = (section for chapter in read_book(language).chapters for section in chapter.sections)
    return [text for section in sections for text in section.prose]


def paragraphs(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def numbered_list(texts: Sequence[str]) -> str:
    return "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1))


def html_of(text: str) -> str:
    """Returns one paragraph of Markdown with LaTeX as HTML with MathJax's delimiters."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"\$([^$]+)\$", r"\\(\1\\)", text)
