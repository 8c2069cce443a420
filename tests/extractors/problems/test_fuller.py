"""A key of answers beside whole solutions."""

from __future__ import annotations

import pytest

from schemas.document import Block
from tests.extractors.problems.build import document, heading, pairs

PROBLEMS = [f"{n}. How fast is body {n}?" for n in range(1, 9)]
SPEEDS = dict(enumerate(("12 m/s", "(b)", "7 m/s", "(c)", "15 m/s", "(a)", "3.5", "(b)"), 1))
KEY = [f"{n}. {speed}" for n, speed in SPEEDS.items()]
WHOLE = [f"{n}. {speed}: the way is divided by the time of body {n}." for n, speed in SPEEDS.items()]
ENDS = [f"{n}. The way is divided by the time of body {n}: {speed}." for n, speed in SPEEDS.items()]
COUNTED = [
    "1. Find the smallest prime number that divides ninety.",
    "2. How many sides has a triangle drawn in a plane?",
    "3. Count the wheels of an ordinary passenger car.",
    "4. How many fingers are on one human hand?",
    "5. How many faces has a fair gaming cube?",
]
COUNTS = [f"{n}. {n + 1}" for n in range(1, 6)]
MECHANICS = [
    "1. The ball obeys $v = 2 g t$, and with 3 seconds and 4 as the factor we get 24 metres a second.",
    "2. The cart has momentum 3 times its speed, so that 3 times 4 gives 12 in the units of the book.",
    "3. Work is force times path; with 4 newtons along 7 metres the crane does 28 joules in all.",
    "4. The energy is half of k times x squared; with 5 and 2 we find 10 joules for the spring.",
    "5. The period is 6 seconds, since the length of the pendulum gives 2 pi times the root of l over g.",
]


def texts(items: list[str]) -> list[str]:
    return [item[3:] for item in items]


def solved(*sections: list[str]) -> list[str]:
    blocks: list[Block | str] = []
    for section in sections:
        blocks += [heading("Solutions"), *section]
    return [solution for _, solution in pairs(document(heading("Problems"), *PROBLEMS, *blocks))]


@pytest.mark.parametrize("whole", [WHOLE, ENDS])
def test_whole_solutions_are_taken_wherever_they_stand(whole: list[str]) -> None:
    assert solved(KEY, whole) == texts(whole)
    assert solved(whole, KEY) == texts(whole)


def test_an_answer_without_a_solution_stays() -> None:
    assert solved(KEY, WHOLE[:6]) == [*texts(WHOLE[:6]), *texts(KEY[6:])]


def test_solutions_to_other_problems_leave_the_key_alone() -> None:
    others = [f"{n}. {99 - n} kg, since body {n} weighs as much as two of the former." for n in SPEEDS]
    assert solved(KEY, others) == texts(KEY)


def test_an_answer_has_to_stand_where_a_result_does() -> None:
    letters = [f"{n}. ({'abcd'[n % 4]})" for n in SPEEDS]
    others = [f"{n}. It is a body of class ({'abcd'[n % 4]}), which moves on." for n in SPEEDS]
    assert solved(letters, others) == texts(letters)
    numbers = [f"{n}. {n + 1}" for n in SPEEDS]
    others = [f"{n}. It is one of {n + 1} bodies, which all move on." for n in SPEEDS]
    assert solved(numbers, others) == texts(numbers)


def test_a_letter_that_all_solutions_begin_with_says_nothing() -> None:
    letters = [f"{n}. A" for n in SPEEDS]
    others = [f"{n}. A body of class {n} moves on, and another one follows it." for n in SPEEDS]
    assert solved(letters, others) == texts(letters)


def test_few_answers_may_agree_by_chance() -> None:
    assert solved(KEY[:4], WHOLE[:4]) == texts(KEY[:4])


@pytest.mark.parametrize(
    "titles",
    [("Solutions of the mock exam",), ("Appendix", "Solutions"), ("Solutions",), ("Solutions to Chapter 2",)],
)
def test_unrelated_solutions_of_the_same_numbers_do_not_replace_a_key(titles: tuple[str, ...]) -> None:
    above = [heading(title, level) for level, title in enumerate(titles, 1)]
    book = document(heading("Exercises"), *COUNTED, heading("Answers"), *COUNTS, *above, *MECHANICS)
    assert [solution for _, solution in pairs(book)] == texts(COUNTS)


@pytest.mark.parametrize("whole", [MECHANICS, [f"{n}. {n + 1} is what we find for it." for n in range(1, 6)]])
def test_a_key_of_another_chapter_is_no_rival(whole: list[str]) -> None:
    moving = [f"{n}. A body of {n} kilograms falls; find its speed." for n in range(1, 6)]
    one: list[Block | str] = [heading("Chapter 1"), heading("Exercises", 2), *COUNTED]
    two: list[Block | str] = [heading("Chapter 2"), heading("Exercises", 2), *moving]
    answers: list[Block | str] = [
        heading("Solutions"),
        heading("Chapter 1", 2),
        *COUNTS,
        heading("Chapter 2", 2),
        *whole,
    ]
    assert pairs(document(*one, *two, *answers)) == [
        *zip(texts(COUNTED), texts(COUNTS), strict=True),
        *zip(texts(moving), texts(whole), strict=True),
    ]
