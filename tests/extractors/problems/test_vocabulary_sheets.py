"""A small textbook in every language of the vocabulary gives exactly its pairs."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from extractors.documents import read_document
from extractors.problems import find_items, match_items
from schemas.problems import Matching


class Words(NamedTuple):
    """How textbooks of a language print their labels and headings: see vocabulary_cases.yaml."""

    exercises: str
    label: str
    ask: str
    solution: str
    answers: str
    hint: str
    chapter: str


CASES = yaml.safe_load(Path(__file__).with_name("vocabulary_cases.yaml").read_text("utf-8"))
WORDS = {
    code: Words(**{field: case[field] for field in Words._fields})
    for code, case in CASES.items()
    if code != "elsewhere"
}
LANGUAGES = pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())

NUMBER_FIRST = "a heading like '1. fejezet' below the answers is read as the first answer, with a title"
NOT_A_NAME = "what is left of the two file names differs: "
NAMES = {
    "hu": NOT_A_NAME + "the article 'a' is kept where it begins a name, as the letter of an exam",
    "en": NOT_A_NAME + "'odd-numbered' is a qualifier, and those are kept",
    "es": NOT_A_NAME + "'propuestos' is a qualifier, and those are kept",
    "pt": NOT_A_NAME + "'propostos' is a qualifier, and those are kept",
}


def languages(failing: dict[str, str]) -> pytest.MarkDecorator:
    """Parametrises a test by all languages; those that fail are marked with the reason."""
    marks = {code: [pytest.mark.xfail(strict=True, reason=why)] for code, why in failing.items()}
    cases = [pytest.param(words, id=code, marks=marks.get(code, ())) for code, words in WORDS.items()]
    return pytest.mark.parametrize("words", cases)


def matched(sheets: dict[str, str]) -> Matching:
    return match_items([find_items(read_document(text.encode(), name)) for name, text in sheets.items()])


def pairs(matching: Matching) -> list[tuple[str, str]]:
    return [(pair.problem.text, pair.solution.text) for pair in matching.pairs]


def asked(words: Words, number: int) -> str:
    return f"{words.ask} ${11 * number} + 3 = x$"


def solved(number: int) -> str:
    return f"$x = {11 * number + 3}$"


def page(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs) + "\n"


@LANGUAGES
def test_solutions_in_place(words: Words) -> None:
    parts = [f"# {words.exercises}"]
    for number in (1, 2, 3):
        parts += [
            f"{words.label.format(number)} {asked(words, number)}",
            f"{words.solution}: {solved(number)}",
        ]
    assert pairs(matched({"book.md": page(*parts)})) == [(asked(words, n), solved(n)) for n in (1, 2, 3)]


@languages({"hu": NUMBER_FIRST, "lv": NUMBER_FIRST})
def test_answers_at_the_back(words: Words) -> None:
    parts = []
    for chapter in (1, 2):
        parts += [f"# {words.chapter.format(chapter)}", f"## {words.exercises}"]
        parts += [f"{n}\\. {asked(words, 10 * chapter + n)}" for n in (1, 2, 3)]
    parts.append(f"# {words.answers}")
    for chapter in (1, 2):
        parts.append(f"## {words.chapter.format(chapter)}")
        parts += [f"{n}\\. {solved(10 * chapter + n)}" for n in (1, 3)]
    found = matched({"book.md": page(*parts)})
    assert pairs(found) == [(asked(words, n), solved(n)) for n in (11, 13, 21, 23)]
    assert [item.text for item in found.unpaired_problems] == [asked(words, n) for n in (12, 22)]
    assert found.unpaired_solutions == ()


@LANGUAGES
def test_hints_are_no_solutions(words: Words) -> None:
    parts = [f"# {words.exercises}"]
    for number in (1, 2, 3):
        parts += [f"{words.label.format(number)} {asked(words, number)}", f"{words.hint}: $+ = {number}$"]
        if number != 2:
            parts.append(f"{words.solution}: {solved(number)}")
    found = matched({"book.md": page(*parts)})
    assert pairs(found) == [(asked(words, n), solved(n)) for n in (1, 3)]
    assert [item.text for item in found.unpaired_problems] == [asked(words, 2)]


def companions(words: Words, book: str, key: str) -> list[tuple[str, str]]:
    """Returns the pairs of a sheet and the sheet of its answers, by the names of their files."""
    labels = {n: words.label.format(n) for n in (1, 2, 3)}
    asking = page(f"# {words.exercises}", *(f"{labels[n]} {asked(words, n)}" for n in labels))
    solving = page(f"# {words.answers}", *(f"{labels[n]} {solved(n)}" for n in labels))
    return pairs(matched({f"{book}.md": asking, f"{key}.md": solving}))


@LANGUAGES
def test_companion_documents(words: Words) -> None:
    expected = [(asked(words, n), solved(n)) for n in (1, 2, 3)]
    assert companions(words, "week03", "week03key") == expected
    assert companions(words, "03", f"03 {words.solution}") == expected


@languages(NAMES)
def test_companions_by_their_headings(words: Words) -> None:
    expected = [(asked(words, n), solved(n)) for n in (1, 2, 3)]
    assert companions(words, f"{words.exercises} 3", f"{words.answers} 3") == expected
