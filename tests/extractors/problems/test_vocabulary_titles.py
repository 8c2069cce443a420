"""What headings of textbooks promise, in the words and cases in which they are printed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from extractors.problems.titles import name_zone, title_zone
from tests.extractors.problems.build import document

BY_LANGUAGE = yaml.safe_load(Path(__file__).with_name("vocabulary_cases.yaml").read_text("utf-8"))
ELSEWHERE = BY_LANGUAGE.pop("elsewhere")
CASES = [
    (zone, heading)
    for case in BY_LANGUAGE.values()
    for zone, headings in case.get("headings", {}).items()
    for heading in headings
]


@pytest.mark.parametrize(("zone", "heading"), CASES)
def test_a_heading_promises_what_it_says(zone: str, heading: str) -> None:
    assert title_zone(heading) == zone


@pytest.mark.parametrize(("zone", "heading"), CASES)
def test_capitals_and_a_number_change_nothing(zone: str, heading: str) -> None:
    if "ı" not in heading:  # Turkish capitals are another matter: the vocabulary lists them
        assert title_zone(heading.upper()) == zone
    assert title_zone(f"3.2 {heading}") == zone


@pytest.mark.parametrize("heading", ELSEWHERE)
def test_look_alikes_promise_nothing(heading: str) -> None:
    assert title_zone(heading) == ""


def test_every_language_has_headings() -> None:
    languages = [case["headings"] for case in BY_LANGUAGE.values() if "headings" in case]
    assert len(languages) >= 45
    assert all(len(h["solutions"]) >= 5 and len(h["problems"]) >= 5 for h in languages)


UNKNOWN = [
    ("Exercices corrigés", "problems", "an adjective that is also a noun for solutions"),
    ("Worked examples and answers", "problems", "words of examples don't count in titles"),
    ("第三章习题解答", "solutions", "a letter before the word, in a script without blanks"),
    ("基礎物理学の演習問題", "problems", "a letter before the word, in a script without blanks"),
    ("คู่มือเฉลยแบบฝึกหัด", "solutions", "a letter before the word, in a script without blanks"),
    ("रैखिक समीकरणों के समाधान की विधियाँ", "", "vowel signs split words, so that none is left to count"),
]


@pytest.mark.parametrize(
    ("heading", "zone"),
    [pytest.param(h, z, marks=pytest.mark.xfail(strict=True, reason=why)) for h, z, why in UNKNOWN],
)
def test_what_the_words_alone_cannot_say(heading: str, zone: str) -> None:
    assert title_zone(heading) == zone


@pytest.mark.parametrize(
    ("title", "zone"),
    [
        ("Soluciones de los problemas de física", "solutions"),
        ("Lösungen zum Übungsbuch Analysis", "solutions"),
        ("Corrigés d'exercices d'un cours d'algèbre", "solutions"),
        ("Odpovědi a výsledky", "solutions"),
        ("Решения задач по физике", "solutions"),
        ("章末問題の解答", "solutions"),
        ("Zbiór zadań z fizyki", "problems"),
        ("Sbírka úloh z matematiky", "problems"),
        ("Feladatok és megoldások", ""),
        ("Naloge in rešitve", ""),
        ("Курс общей физики", ""),
        ("Corso di fisica", ""),
        ("数学分析", ""),
    ],
)
def test_what_a_whole_document_holds(title: str, zone: str) -> None:
    assert name_zone(document("Text.", uri="book.md", title=title)) == zone


@pytest.mark.parametrize("title", ["Giải tích 1", "解析入門", "Problem Solving in Physics"])
def test_titles_about_something_else(title: str) -> None:
    assert name_zone(document("Text.", uri="book.md", title=title)) == ""
