"""Lays out a book as a variant asks: which pieces stand in which document, in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby

from benchmarks.layouts.book import Book, Chapter, Problem, Section
from benchmarks.layouts.variants import Variant

_Group = Callable[[Sequence["_Numbered"]], Iterator["Piece"]]

LETTERS = "ABCDEFGH"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI"]


@dataclass(frozen=True)
class Piece:
    """A heading, a paragraph, an item, or a change of columns.

    Attributes:
      kind: title, heading, paragraph, steps, figure, problem, solution, hint, example, columns,
        contents.
      text: Markdown, without the label.
      label: Markdown; of items only.
      level: of headings; the number of columns.
      key: of items: what a problem shares with its solution and hint in the source.
    """

    kind: str
    text: str = ""
    label: str = ""
    level: int = 0
    key: str = ""


@dataclass(frozen=True)
class Truth:
    """A printed problem and the texts that count as its printed solution; none: it is unsolved."""

    problem: str
    solutions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arranged:
    """The documents of a variant, by name without extension, and what they hold."""

    files: dict[str, list[Piece]]
    truth: list[Truth]


@dataclass(frozen=True)
class _Numbered:
    """A problem with the number it is printed with."""

    problem: Problem
    number: str
    index: int  # counted through the book, from 0
    chapter: int  # from 1
    section: int
    solved: bool

    @property
    def key(self) -> str:
        return f"{self.chapter}-{self.section}-{self.index}"


@dataclass
class _Arranger:
    book: Book
    variant: Variant
    numbered: list[_Numbered] = field(default_factory=list)
    truth: list[Truth] = field(default_factory=list)

    def word(self, template: str, **more: str) -> str:
        """Fills a label in; twice, since words like "Solution to Exercise {n}" have places of their own."""
        values = {**self.book.words, **dict(self.variant.words), **more}
        return template.format(**values).format(**values)

    # -- single items

    def problem(self, item: _Numbered, stem: str) -> list[Piece]:
        """The problem, with what the variant prints right after it; the truth has the stem, too."""
        v, text = self.variant, self.marked(item.problem.question)
        shown = self.shown(item)
        printed = item.solved and v.place != "nowhere" and v.hints != "only"
        self.truth.append(Truth(f"{stem}\n\n{text}".strip(), shown if printed else ()))
        label = self.label(v.problem, item)
        if v.place == "bracket" and item.solved:
            text = f"{text} [{self.word('{ans}')} {shown[0]}]"
        pieces = [Piece("problem", text, label, key=item.key)]
        if v.hints == "inline" and item.problem.hint:
            pieces.append(Piece("hint", item.problem.hint, self.word(v.hint), key=item.key))
        if v.place == "inline" and item.solved:
            label = self.label(v.inline, item)
            pieces.append(Piece("solution", shown[0] + v.end, label, key=item.key))
        return pieces

    def label(self, template: str, item: _Numbered) -> str:
        """Fills a label in; without the punctuation around a title where there is none."""
        label = self.word(
            template,
            n=item.number,
            t=item.problem.title,
            c=str(item.chapter),
            s=str(item.section),
            star=r"\*" if item.index % 3 == 2 else "",
        )
        return label if item.problem.title else label.replace(" ()", "").replace(": **", ".** ")

    def problems(self, items: Sequence[_Numbered]) -> Iterator[Piece]:
        for (chapter, section), group in groupby(items, key=lambda item: (item.chapter, item.section)):
            of_section = list(group)
            stem = self.book.chapters[chapter - 1].sections[section - 1].stem
            if stem:
                stem = stem.format(first=of_section[0].number, last=of_section[-1].number)
                yield Piece("paragraph", stem)
            for item in of_section:
                yield from self.problem(item, stem)

    def shown(self, item: _Numbered) -> tuple[str, ...]:
        """What is printed as the solution, and what else may be taken for it."""
        problem, text = item.problem, self.variant.text
        if text in ("short", "key", "table", "rows", "tworows"):
            return (self.marked(problem.answer),)
        full = self.marked(problem.solution)
        if text == "repeat":
            label = self.word(self.variant.inline)
            return (f"{self.marked(problem.question)}\n\n{label}{full}", full)
        return (full,)

    def marked(self, text: str) -> str:
        """Writes the marks of parts as the variant asks: (a), a), a. or i)."""
        style = self.variant.parts
        if style == "(a)":
            return text

        def mark(match: re.Match[str]) -> str:
            letter = match.group(1)
            if style.startswith("i"):
                letter = ROMAN["abcdef".index(letter)].lower()
            return letter + style[1:]

        return re.sub(r"(?<!\S)\(([a-f])\)", mark, text)

    def example(self, section: Section, number: str) -> list[Piece]:
        if not (section.example and self.variant.examples):
            return []
        self.truth.append(Truth(section.example.question, (section.example.solution,)))
        key = f"example-{number}"
        return [
            Piece("example", section.example.question, self.word("**{example} {n}.** ", n=number), key=key),
            Piece("solution", section.example.solution, self.word("*{solution}.* "), key=key),
        ]

    # -- groups

    def set_of(self, items: Sequence[_Numbered], level: int) -> Iterator[Piece]:
        v = self.variant
        if v.set_heading:
            numbers = {"c": str(items[0].chapter), "s": f"{items[0].chapter}.{items[0].section}"}
            yield Piece("heading", self.word(v.set_heading, **numbers), level=level)
        yield from _in_columns(v.columns, self.problems(items))

    def gathered(self, items: Sequence[_Numbered]) -> Iterator[Piece]:
        """The solutions (or hints) of a group of problems, without a heading."""
        v = self.variant
        items = [item for item in items if item.solved]
        if v.hints == "only":
            yield from self.hints(items)
        elif v.text == "key":
            answers = [self.label(v.gathered, item) + self.shown(item)[0] for item in items]
            yield Piece("paragraph", "; ".join(a.removesuffix(".") for a in answers) + ".")
        elif v.text in ("table", "rows", "tworows"):
            cells = [[item.number, self.shown(item)[0]] for item in items]
            yield Piece("paragraph", _table(cells, v.text))
        else:
            for item in items:
                text = self.shown(item)[0] + v.end
                yield Piece("solution", text, self.label(v.gathered, item), key=item.key)

    def hints(self, items: Sequence[_Numbered]) -> Iterator[Piece]:
        for item in items:
            if item.problem.hint:
                yield Piece("hint", item.problem.hint, self.label(self.variant.gathered, item), key=item.key)

    def section_of_solutions(self, items: Sequence[_Numbered], level: int) -> Iterator[Piece]:
        """A headed group of solutions; of hints before it, where the variant gathers them."""
        v = self.variant
        if v.hints == "gathered":
            yield Piece("heading", self.word("{hints}"), level=level)
            yield from self.by_chapter(items, level + 1, self.hints)
        if v.solutions_heading:
            numbers = {"c": str(items[0].chapter), "s": f"{items[0].chapter}.{items[0].section}"}
            yield Piece("heading", self.word(v.solutions_heading, **numbers), level=level)
        yield from _in_columns(v.solution_columns, self.by_chapter(items, level + 1, self.gathered))

    def by_chapter(self, items: Sequence[_Numbered], level: int, print_group: _Group) -> Iterator[Piece]:
        """Prints items chapter by chapter (and section by section), under their headings if there are any."""
        v = self.variant
        if not v.back_headings or v.place in ("section", "chapter"):
            yield from print_group(items)
            return
        for number, of_chapter in groupby(items, key=lambda item: item.chapter):
            chapter = self.book.chapters[number - 1]
            yield Piece("heading", self.chapter_heading(number, chapter), level=level)
            if v.number != "section" and v.number != "chapter.section.n":
                yield from print_group(list(of_chapter))
                continue
            for section, of_section in groupby(of_chapter, key=lambda item: item.section):
                title = chapter.sections[section - 1].title
                yield Piece("heading", self.section_heading(number, section, title), level=level + 1)
                yield from print_group(list(of_section))

    # -- the book

    def chapter_heading(self, number: int, chapter: Chapter) -> str:
        style = self.variant.headings
        if style == "bare":
            return chapter.title
        if style == "number":
            return f"{number} {chapter.title}"
        return self.word("{chapter_n}", n=str(number)) + chapter.title

    def section_heading(self, chapter: int, section: int, title: str) -> str:
        return title if self.variant.headings == "bare" else f"{chapter}.{section} {title}"

    def chapter(self, number: int, chapter: Chapter) -> Iterator[Piece]:
        v = self.variant
        mine = [item for item in self.numbered if item.chapter == number]
        yield Piece("heading", self.chapter_heading(number, chapter), level=1)
        for index, section in enumerate(chapter.sections, 1):
            items = [item for item in mine if item.section == index]
            yield Piece("heading", self.section_heading(number, index, section.title), level=2)
            yield from self.prose(section, note=v.notes and index == 1)
            yield from self.example(section, f"{number}.{index}")
            if v.sets == "spread":
                yield from self.problems(items)
            elif v.sets == "section":
                yield from self.set_of(items, 3)
            if v.place == "section":
                yield from self.section_of_solutions(items, 3)
        if v.sets == "chapter":
            yield from self.set_of(mine, 2)
        if v.place == "chapter":
            yield from self.section_of_solutions(mine, 2)

    def prose(self, section: Section, note: bool) -> Iterator[Piece]:
        for position, text in enumerate(section.prose):
            if note and position == 0 and "note" in self.book.words:
                text += f"^[{self.book.words['note']}]"
            yield Piece("paragraph", text)
        if section.steps:
            yield Piece("steps", "\n".join(f"{n}. {step}" for n, step in enumerate(section.steps, 1)))
        if section.figure and self.variant.figures:
            yield Piece("figure", f"{self.book.words['figure']} 1. {section.figure}")

    def number_all(self) -> None:
        count = {"section": 0, "chapter": 0, "book": 0}
        total = sum(len(chapter.problems) for chapter in self.book.chapters)
        for c, chapter in enumerate(self.book.chapters, 1):
            count["chapter"] = 0
            for s, section in enumerate(chapter.sections, 1):
                count["section"] = 0
                for problem in section.problems:
                    for scope in count:
                        count[scope] += 1
                    in_section, in_chapter, in_book = count.values()
                    number = {
                        "chapter.section.n": f"{c}.{s}.{in_section}",
                        "chapter.n": f"{c}.{in_chapter}",
                        "chapter-n": f"{c}-{in_chapter}",
                        "circled": CIRCLED[in_chapter - 1],
                        "section": str(in_section),
                        "chapter": str(in_chapter),
                        "book": str(in_book),
                        "padded": f"{in_book:02}",
                        "letter": f"{LETTERS[c - 1]}{in_chapter}",
                        "roman": ROMAN[in_chapter - 1] if in_chapter <= len(ROMAN) else str(in_chapter),
                    }[self.variant.number]
                    counted = {"section": in_section, "chapter.section.n": in_section, "book": in_book}
                    odd = counted.get(self.variant.number, in_chapter) % 2 == 1
                    index = in_book - 1
                    half = index < total // 2
                    solved = {"all": True, "none": False, "odd": odd, "even": not odd, "half": half}
                    self.numbered.append(_Numbered(problem, number, index, c, s, solved[self.variant.solved]))


def _in_columns(count: int, pieces: Iterable[Piece]) -> Iterator[Piece]:
    if count == 1:
        yield from pieces
    else:
        yield Piece("columns", level=count)
        yield from pieces
        yield Piece("columns", level=1)


def _table(cells: list[list[str]], arrangement: str, width: int = 6) -> str:
    """Returns a Markdown table of numbers and answers, arranged as `Variant.text` says."""
    if arrangement == "rows":
        rows = cells
    elif arrangement == "tworows":
        rows = [list(row) for row in zip(*cells, strict=True)]
    else:
        rows = [
            list(chain.from_iterable(cells[start : start + width])) for start in range(0, len(cells), width)
        ]
    columns = max(map(len, rows))
    head = ["|" + "   |" * columns, "|" + "---|" * columns]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows)])


def arrange(book: Book, variant: Variant) -> Arranged:
    """Returns the documents that print `book` as `variant` says."""
    a = _Arranger(book, variant)
    a.number_all()
    name = re.sub(r"\W+", "-", book.title.lower())
    numbered_chapters = list(enumerate(book.chapters, 1))
    if variant.place == "companions":
        files = {}
        for number, chapter in numbered_chapters:
            mine = [item for item in a.numbered if item.chapter == number]
            problems, solutions = variant.set_heading.strip("{}"), variant.solutions_heading.strip("{}")
            files[f"{name}-{number}-{problems}"] = list(a.chapter(number, chapter))
            title = Piece("title", f"{chapter.title}: {a.word(variant.solutions_heading)}")
            files[f"{name}-{number}-{solutions}"] = [title, *a.gathered(mine)]
        return Arranged(files, a.truth)

    body = [Piece("title", book.title)]
    if variant.contents:
        body.append(Piece("contents", a.word("{contents}")))
    if variant.place == "front":
        body += a.section_of_solutions(a.numbered, 1)
    for number, chapter in numbered_chapters:
        body += a.chapter(number, chapter)
    if variant.place == "back":
        body += a.section_of_solutions(a.numbered, 1)
    files = {name: body}
    if variant.place == "companion":
        title = Piece("title", f"{book.title}: {a.word(variant.solutions_heading)}")
        files = {name: body, f"{name}-solutions": [title, *a.by_chapter(a.numbered, 1, a.gathered)]}
    return Arranged(files, a.truth)
