"""What a block says it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.problems.labels import number_parts, read_label
from schemas.document import Block, Style
from tests.extractors.problems.build import bold


@pytest.mark.parametrize(
    ("text", "role", "number", "rest"),
    [
        ("Exercise 1.2.105: Sketch", "problem", "1 2 105", "Sketch"),
        ("37. A car", "", "37", "A car"),
        ("(12) Show", "", "12", "Show"),
        ("12) Show", "", "12", "Show"),
        ("Q3. What", "", "3", "What"),
        ("P57. Find", "", "p 57", "Find"),
        ("A.6.101. Compute", "", "a 6 101", "Compute"),
        ("Solution to Exercise 3.2. We", "solution", "3 2", "We"),
        ("Solution", "solution", "", ""),
        ("Answer: 4", "solution", "", "4"),
        ("Example 3.2 Find", "example", "3 2", "Find"),
        ("Example 3.2 Solution", "solution", "3 2", ""),
        ("Exercise 1.2.7 (challenging): Take", "problem", "1 2 7", "Take"),
        ("Aufgabe 3: Man", "problem", "3", "Man"),
        ("Lösung zu Aufgabe 3. Es", "solution", "3", "Es"),
        ("Corrigé de l'exercice 4", "solution", "4", ""),
        ("Exercice n° 4 Soit", "problem", "4", "Soit"),
        ("Solución del ejercicio 3.4", "solution", "3 4", ""),
        ("3. feladat. Legyen", "problem", "3", "Legyen"),
        ("Решение. Пусть", "solution", "", "Пусть"),
        ("Ответ: 5", "solution", "", "5"),
        ("第3题 求", "problem", "3", "求"),
        ("解：令", "solution", "", "令"),
        ("Problem set 2", "set", "2", ""),
        ("Hint: use", "hint", "", "use"),
    ],
)
def test_reads_label(text: str, role: str, number: str, rest: str) -> None:
    label = read_label(Block(text))
    assert label is not None
    assert (label.role, " ".join(label.number), text[label.end :].strip()) == (role, number, rest)


@pytest.mark.parametrize(
    "text",
    [
        "Solution of this equation is easy",
        "12 men build a wall",
        "1.05 m above the floor",
        "(a) Find the mass",
        "(i) Find the mass",
        "The answer: 4",
        "Answers will vary",
    ],
)
def test_prose_has_no_label(text: str) -> None:
    assert read_label(Block(text)) is None


@pytest.mark.parametrize(
    "text", ["Example 3 shows that", "Problems 3 and 4 deal with heat", "Exercise 4 x = 0"]
)
def test_a_number_alone_does_not_make_a_label_firm(text: str) -> None:
    label = read_label(Block(text))
    assert label is not None
    assert not label.firm


def test_typography_sets_a_label_off() -> None:
    assert read_label(Block("Solution We start")) is None
    label = read_label(Block("Solution We start", style=Style(bold=len("Solution"))))
    assert label is not None
    assert label.role == "solution"


def test_unknown_words_count_when_they_are_styled() -> None:
    label = read_label(Block("Mind Stretcher 4 Prove it", style=Style(bold=len("Mind Stretcher 4"))))
    assert label is not None
    assert (label.role, label.number) == ("unknown", ("4",))
    assert read_label(Block("Mind Stretcher 4 Prove it")) is None


@given(st.lists(st.integers(0, 9999), min_size=1, max_size=4))
def test_number_parts_are_the_parts(parts: list[int]) -> None:
    assert number_parts(".".join(map(str, parts))) == tuple(map(str, parts))


@given(st.text(max_size=80), st.integers(0, 80))
def test_any_text_is_read_within_its_bounds(text: str, bold: int) -> None:
    label = read_label(Block(text or "x", style=Style(bold=min(bold, len(text)))))
    if label:
        assert 0 < label.end <= len(text)
        assert label.printed in text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Odp. 45 woltów i 135 watów", ()),
        ("Ans. 30 metres", ()),
        ("Ans. 3 The train is late.", ("3",)),
        ("Ans. 3. late", ("3",)),
    ],
)
def test_number_after_an_abbreviation_may_be_the_answer(text: str, number: tuple[str, ...]) -> None:
    label = read_label(Block(text))
    assert label is not None
    assert (label.role, label.number) == ("solution", number)


def test_number_with_a_counter() -> None:
    label = read_label(Block("12번 어떤 버스가 달렸다."))
    assert label is not None
    assert (label.number, label.end) == (("12",), 3)


@pytest.mark.parametrize(("text", "number"), [("11．1. First, this.", "11"), ("3．5 个人排成一排。", "3")])
def test_no_decimals_follow_a_wide_stop(text: str, number: str) -> None:
    label = read_label(Block(text))
    assert label is not None
    assert label.number == (number,)


@pytest.mark.parametrize(
    ("text", "lead", "number"),
    [
        ("Zu 3. Der Weg ist lang.", "Zu 3.", ("3",)),
        ("Zu 3: Der Weg ist lang.", "", ("3",)),
        ("Для 12) Да.", "", ("12",)),
        ("Im 3. Jahr war es kalt.", "", None),
        ("Mit 3: Der Weg ist lang.", "", None),
    ],
)
def test_a_preposition_may_stand_for_the_solution_of_a_number(
    text: str, lead: str, number: tuple[str, ...] | None
) -> None:
    label = read_label(bold(text, lead))
    assert (label.number if label else None) == number


@pytest.mark.parametrize(("lead", "number"), [("Ü3", ("ü", "3")), ("Ж.12", ("ж", "12")), ("א4", ("א", "4"))])
def test_a_letter_of_any_script_stands_before_a_number(lead: str, number: tuple[str, ...]) -> None:
    label = read_label(bold(f"{lead} Say it.", lead))
    assert label
    assert (label.role, label.number) == ("", number)
