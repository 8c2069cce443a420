from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from schemas.contrastive import Grade
from synth.answer_keys import keys
from synth.dates import read_date, readings
from synth.short_answers import Truth
from synth.tokens import MAX_CHARACTERS, tokens

DATA = Path(__file__).parent / "data"
MINIMUM = 0.97
FILES = ("short_answers.yaml", "short_answers_held_out.yaml")


def labelled(name: str) -> list[tuple[dict[str, Any], str, bool]]:
    cases = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return [
        (case, answer, label == "right")
        for case in cases
        for label in ("right", "wrong")
        for answer in case[label]
    ]


def truth(case: dict[str, Any]) -> Truth:
    return Truth(case["question"], tuple(case["gold"]), case.get("language", "en"))


@pytest.mark.parametrize("name", FILES)
def test_labelled_answers_are_told_right_and_no_wrong_one_is_accepted(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = labelled(name)
    assert len(pairs) >= 200
    accepted = [
        (truth(case).grade(answer) == "correct", right, case, answer) for case, answer, right in pairs
    ]
    told = sum(given == right for given, right, _, _ in accepted)
    with capsys.disabled():
        print(f"\n{name}: {told} of {len(pairs)} labelled answers, {told / len(pairs):.4f}")
    assert told / len(pairs) >= MINIMUM
    assert not [(case["gold"], answer) for given, right, case, answer in accepted if given and not right]


@pytest.mark.parametrize("name", FILES)
def test_no_right_answer_that_is_missed_would_become_a_negative(name: str) -> None:
    missed = [
        (case["gold"], answer)
        for case, answer, right in labelled(name)
        if right and truth(case).grade(answer) == "wrong"
    ]
    assert not missed


HOSTILE = yaml.safe_load((DATA / "short_answers_hostile.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case["gold"][0])
def test_no_answer_that_is_meant_to_deceive_is_accepted(case: dict[str, Any]) -> None:
    known = truth(case)
    assert [answer for answer in case["wrong"] if known.grade(answer) == "correct"] == []
    assert [answer for answer in case["right"] if known.grade(answer) in ("wrong", "refused")] == []
    plain = [alias for alias in case["gold"] if known.grade(alias) != "correct"]
    assert plain == []


PARIS = Truth("what is the capital of france", ("Paris",))


@pytest.mark.parametrize(
    ("answer", "grade"),
    [
        ("Paris", "correct"),
        ("<think>Lyon? No.</think> Paris", "correct"),
        ("<think>Paris</think> Lyon", "wrong"),
        (r"It is \boxed{\text{Paris}}.", "correct"),
        (r"not \boxed{Paris}", "unclear"),
        ("Paris. It lies on the Seine.", "unclear"),
        ("I'm not sure. The answer is Paris.", "unclear"),
        ("I don't know. Lyon", "unclear"),
        ("I haven't the means to answer", "unclear"),
        ("I don't know", "refused"),
        ("I don't know, maybe Paris", "unclear"),
        ("I don't know, maybe Lyon", "unclear"),
        ("", "unclear"),
        (" \n", "unclear"),
        ("Paris " * MAX_CHARACTERS, "unclear"),
        ("Parisian", "wrong"),
        ("Lyon", "wrong"),
    ],
)
def test_grades(answer: str, grade: Grade) -> None:
    assert PARIS.grade(answer) == grade


def test_a_refusal_that_is_the_answer_is_right() -> None:
    song = Truth("which song is it", ("I Don't Know",))
    assert song.grade("I don't know") == "correct"
    assert song.grade("No lo sé") == "refused"


def test_what_may_be_a_refusal_in_an_unknown_language_is_unclear() -> None:
    assert Truth("X", ("Paris",), "eu").grade("Ez dakit erantzuna") == "unclear"
    assert Truth("X", ("Paris",), "eu").grade("Bilbo") == "wrong"


def test_part_of_the_truth_is_unclear() -> None:
    assert Truth("who wrote it", ("J. K. Rowling",)).grade("Rowling") == "unclear"
    assert Truth("when", ("December 1972",)).grade("1972") == "unclear"


def test_what_may_be_another_spelling_or_the_same_date_is_unclear() -> None:
    assert Truth("who", ("John Michell",)).grade("John Mitchell") == "unclear"
    assert Truth("when", ("March 4, 1972",)).grade("3/4/1972") == "unclear"
    assert Truth("when", ("3/4/1972",)).grade("April 3, 1972") == "unclear"
    assert Truth("when", ("3/4/1972",)).grade("5/6/1972") == "wrong"


def test_signs_alone_are_compared_as_they_are() -> None:
    assert Truth("which band", ("!!!",)).grade("!!!") == "correct"
    assert Truth("which band", ("!!!",)).grade("???") == "wrong"


@given(
    st.text(max_size=60),
    st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3),
    st.sampled_from(["en", "de", "fr", "zh", "xx"]),
)
def test_any_text_gets_a_grade(answer: str, aliases: list[str], language: str) -> None:
    assert Truth("who is it", tuple(aliases), language).grade(answer) in get_args(Grade)


@given(
    st.permutations(["The Who", "C++", "1,000", "14 December 1972", "Beyoncé", "5 km", "James I"]),
    st.sampled_from([str.upper, str.lower, str.title]),
)
def test_an_alias_is_right_in_any_order_and_case(aliases: list[str], case: Any) -> None:
    known = Truth("what", tuple(aliases))
    for alias in aliases:
        assert known.grade(alias) == "correct"
        assert known.grade(f" {alias}. ") == "correct"
    for alias in ("The Who", "14 December 1972", "Beyoncé", "James I"):
        assert known.grade(case(alias)) == "correct"


@given(st.integers(min_value=0, max_value=10**12))
def test_numbers_are_the_same_with_and_without_marks(number: int) -> None:
    assert keys(f"{number:,}", "en") == keys(str(number), "en")
    assert keys(f"{number:,}".replace(",", "."), "de") == keys(str(number), "de")


@given(st.dates(min_value=datetime.date(1000, 1, 1)))
def test_dates_are_the_same_in_words_and_in_digits(date: Any) -> None:
    month = date.strftime("%B")
    forms = (
        f"{date.day} {month} {date.year}",
        f"{month} {date.day}, {date.year}",
        date.isoformat(),
        f"the {date.day}th of {month} {date.year}",
    )
    for form in forms:
        assert read_date(tokens(form), "en") == {date.isoformat()}, form
    digits = f"{date.day}/{date.month}/{date.year}"
    assert read_date(tokens(digits, "de"), "de") == {date.isoformat()}
    assert read_date(tokens(digits.replace("/", ".")), "en") == {date.isoformat()}
    [token] = tokens(digits)
    assert date.isoformat() in readings(token)
    certain = date.day > 12 or date.day == date.month
    assert read_date((token,), "en") == ({date.isoformat()} if certain else set())


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("J. K. Rowling", "en", ("jk", "rowling")),
        ("1,000", "en", ("1000",)),
        ("1.000", "en", ("1",)),
        ("1.000", "de", ("1000",)),
        ("1,5", "de", ("1.5",)),
        ("2.5 million dollars", "en", ("2500000", "$")),
        ("$5 million", "en", ("5000000", "$")),
        ("minus five", "en", ("-5",)),
        ("−5", "en", ("-5",)),
        ("James II", "en", ("james", "2")),
        ("AC/DC", "en", ("ac", "dc")),
        ("twenty-first century", "en", ("21st", "century")),
        ("1914–1918", "en", ("1914", "to", "1918")),
        ("1949年10月1日", "zh", ("@1949-10-01",)),
        ("007", "en", ("007",)),
        ("@0 @1/2/3", "en", ("0", "1", "/", "2", "/", "3")),
        ("x<=5", "en", ("x", "<=", "5")),
        ("x ≠ 5", "en", ("x", "!=", "5")),
        ("10⁶", "en", ("10", "^", "6")),
        ("1½", "en", ("1", "1", "/", "2")),
        ("H₂O", "en", ("h", "2", "o")),
        ("a - b", "en", ("a", "to", "b")),
        ("Spider-Man", "en", ("spider", "man")),
        ("O-", "en", ("o-",)),
        ("नई दिल्ली", "hi", ("नई", "दिल्ली")),
    ],
)
def test_tokens(text: str, language: str, expected: tuple[str, ...]) -> None:
    assert tokens(text, language) == expected


@pytest.mark.parametrize(
    "text",
    [
        "July",
        "July 1969 1970",
        "32 July 1969",
        "July 20 1969 Houston",
        "13/13/2000",
        "2000-13-01",
        "20 July 20 July 1969",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert not read_date(tokens(text), "en")
