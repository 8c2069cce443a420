"""Whether texts ask, and whether some answer others, by their words alone."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.problems.affinity import answers, asks, bag, overlap, says, weighted

SUBJECTS = ["copper wire", "hollow sphere", "wooden bridge", "steam engine", "prime ideal", "frozen lake"]
STATED = [f"Consider the {subject}: what does it do to the field?" for subject in SUBJECTS]
REPLIES = [f"It turns out that the {subject} weakens it." for subject in SUBJECTS]
TEXTS = st.lists(st.text(max_size=30), max_size=8)


@pytest.mark.parametrize(
    "mark", ["Why?", "¿Por qué?", "لماذا؟", "なぜですか。", "Γιατί;", "为什么？", "(Why?)", '"Why?"']
)
def test_question_marks_of_many_scripts(mark: str) -> None:
    assert asks([mark, "a", "b", "c", "d"])


@pytest.mark.parametrize("text", ["example.org/?page=2", "x = 1; y = 2", "いいか", "Find x.", "wait... no!"])
def test_what_is_no_question(text: str) -> None:
    assert not asks([text] * 5)


def test_one_question_in_five_is_enough_and_one_in_six_is_not() -> None:
    assert asks(["Why?", *["No."] * 4])
    assert not asks(["Why?", *["No."] * 5])
    assert not asks([])


def test_a_bag_holds_words_and_numbers_without_case() -> None:
    assert bag("The ÁREA is 3.5 of it, the rest 12") == Counter(
        {"the": 2, "area": 1, "rest": 1, "3.5": 1, "12": 1}
    )


def test_scripts_without_blanks_are_compared_by_two_characters() -> None:
    assert bag("速度の力は") == Counter({"速度": 1, "の力": 1})


def test_replies_that_share_rare_words_answer() -> None:
    assert answers(STATED, REPLIES)


def test_what_follows_on_statements_does_not_answer_them() -> None:
    """Findings and recommendations, texts and their notes: they agree, and nobody asked."""
    found = [f"The {subject} was not cared for." for subject in SUBJECTS]
    assert not answers(found, [f"The {subject} ought to be looked after." for subject in SUBJECTS])


def test_names_of_those_who_do_it_do_not_answer() -> None:
    """Tasks and their owners, questions and those who present them: they agree, and nothing is said."""
    assert not answers(STATED, [f"the keeper of the {subject}" for subject in SUBJECTS])
    assert answers(STATED, [f"the {subject}: {n} kg" for n, subject in enumerate(SUBJECTS)])


@pytest.mark.parametrize("said", ["It does.", "它会。", "यह गिरता है।", "12", "a = b", "Yes!", "(It does.)"])
def test_sentences_numbers_and_formulas_say_something(said: str) -> None:
    assert says([said])
    assert not says(["the board", said, "the treasurer"])


def test_replies_to_other_problems_do_not_answer() -> None:
    assert not answers(STATED, REPLIES[1:] + REPLIES[:1])
    assert not answers(STATED, REPLIES[::-1])


def test_what_asks_does_not_answer() -> None:
    assert not answers(STATED, [f"{reply[:-1]}, does it?" for reply in REPLIES])


def test_a_common_word_is_no_evidence() -> None:
    """Every text shares "field" with every other: nothing tells whose answer is whose."""
    assert not answers(
        [f"Describe the field, part {a}." for a in "abcdef"], [f"The field is {b}." for b in "uvwxyz"]
    )


def test_short_texts_alone_answer_nothing() -> None:
    """Lists of materials, marks and references are short as well."""
    questions = [f"How long does the journey number {n} over the whole distance take?" for n in range(6)]
    assert not answers(questions, ["Beaker.", "Zinc.", "Ice."] * 2)


def test_few_pairs_are_too_few() -> None:
    assert not answers(STATED[:3], REPLIES[:3])
    assert answers(STATED[:5], REPLIES[:5])


def _unrelated(random: Random, count: int, words: int, vocabulary: int) -> tuple[list[str], list[str]]:
    known = ["".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(vocabulary)]
    texts = [" ".join(random.choices(known, k=words)) for _ in range(2 * count)]
    return texts[:count], texts[count:]


@pytest.mark.parametrize(
    ("count", "words", "vocabulary"),
    [
        (6, 30, 200),
        (20, 30, 200),
        (20, 20, 100),
        (20, 5, 100),
        (40, 5, 200),
    ],
)
def test_texts_drawn_at_random_seldom_answer(count: int, words: int, vocabulary: int) -> None:
    """At most the stated 2 % of the time, and three standard deviations: 20 of 400."""
    random = Random(count * words * vocabulary)
    accepted = sum(answers(*_unrelated(random, count, words, vocabulary)) for _ in range(400))
    assert accepted <= 8 + 3 * 400**0.5 * 0.14


@given(TEXTS, TEXTS)
def test_any_texts_get_a_verdict(problems: list[str], solutions: list[str]) -> None:
    size = min(len(problems), len(solutions))
    assert answers(problems[:size], solutions[:size]) in (True, False)


@given(st.text(max_size=60), st.text(max_size=60))
def test_overlap_is_a_share_and_symmetric(a: str, b: str) -> None:
    one, other = weighted([bag(a), bag(b)])
    share = overlap(one, other)
    assert 0 <= share <= 1 + 1e-9
    assert share == pytest.approx(overlap(other, one))
    assert overlap(one, one) == pytest.approx(1.0 if one else 0.0)
