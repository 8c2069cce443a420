"""Where items begin: rivals, cases, strays, Roman numbers, and numbers that are none."""

from __future__ import annotations

import pytest

from extractors.problems import find_items
from extractors.problems.openings import find_openings
from extractors.problems.outline import divide
from extractors.problems.titles import roman_value, title_words, title_zone
from schemas.document import Block, Style
from tests.extractors.problems.build import bold, document, heading, pairs

ASKED = ["1. Why?", "2. How?", "3. When?"]
REPLIES = ["1. So.", "2. Thus.", "3. Now."]
PAIRS = [("Why?", "So."), ("How?", "Thus."), ("When?", "Now.")]


def kinds(*blocks: Block | str) -> list[str]:
    return [opening.kind for opening in find_openings(divide(document(*blocks)))]


def test_sections_without_a_word_hold_what_is_answered() -> None:
    text = document(heading("Heat"), *ASKED, heading("Answers"), *REPLIES)
    assert pairs(text) == PAIRS
    assert pairs(document(heading("Heat"), *ASKED[:2], heading("Answers"), *REPLIES)) == []


def test_a_list_that_few_answers_match_is_no_set_of_problems() -> None:
    listed = ["It takes the whole day. " * 30, *(f"{n}. Peel number {n}." for n in range(1, 11))]
    assert pairs(document(heading("Recipe"), *listed, heading("Answers"), *REPLIES)) == []
    assert pairs(document(heading("Recipe"), *listed[:10], heading("Answers"), *REPLIES)) != []


def test_answers_of_the_exercises_are_not_for_another_list() -> None:
    text = document(
        heading("Recipe"),
        "1. Peel.",
        "2. Cook.",
        "3. Eat.",
        heading("Exercises"),
        *ASKED,
        heading("Answers"),
        *REPLIES,
    )
    assert pairs(text) == PAIRS


def test_steps_in_a_solution_start_nothing() -> None:
    text = document(
        heading("Exercises"), *ASKED, heading("Solutions"), bold("1. So.", "1."), "1) Look.", "2) Think.",
        bold("2. Thus.", "2."), bold("3. Now.", "3."),
    )  # fmt: skip
    assert pairs(text) == [("Why?", "So.\n\n1) Look.\n\n2) Think."), *PAIRS[1:]]


def test_answers_out_of_order_do_not_run_on() -> None:
    """Columns read in another order than printed: every bold number still ends the one before."""
    order = [1, 2, 3, 4, 5, 9, 6, 7, 8]
    asked = [f"{n}. Why {n}?" for n in range(1, 10)]
    replies = [bold(f"{n}. So {n}.", f"{n}.") for n in order]
    found = find_items(document(heading("Exercises"), *asked, heading("Answers"), *replies)).items
    assert sorted(item.text for item in found if item.kind == "solution") == [
        f"So {n}." for n in range(1, 10)
    ]


def test_roman_numbers_count_by_their_value() -> None:
    roman = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
    assert [roman_value(r.lower()) for r in roman] == list(range(1, 11))
    assert [roman_value(word) for word in ("", "a", "xa", "mix")] == [0, 0, 0, 0]
    text = document(
        heading("Exercises"),
        *(f"{r}. Why {r}?" for r in roman),
        heading("Answers"),
        *(f"{r}. So {r}." for r in roman),
    )
    assert pairs(text) == [(f"Why {r}?", f"So {r}.") for r in roman]


def test_unknown_words_that_start_over_are_cases() -> None:
    def counted(*numbers: int) -> list[Block]:
        return [bold(f"Case {n} It is {n}.", f"Case {n}") for n in numbers]

    assert "problem" in kinds(*counted(1, 2, 3, 4))
    assert "problem" not in kinds(*counted(1, 2, 1, 2))


def test_unknown_words_that_start_over_below_a_heading_are_items() -> None:
    rows = [bold(f"Knot {n} Is it {n}?", f"Knot {n}") for n in (1, 2)]
    assert kinds(heading("1 Heat"), *rows, heading("2 Light"), *rows).count("problem") == 4


def test_a_theorem_ends_an_example_and_not_an_exercise() -> None:
    theorem = bold("Theorem 4 It is.", "Theorem 4")
    example = [bold("Example 1 Is it?", "Example 1"), theorem]
    assert kinds(heading("Heat"), *example)[-1] == "boundary"
    assert "boundary" not in kinds(heading("Exercises"), *example, "1. Why?")[2:]


def test_a_short_bold_line_is_a_title_outside_of_the_exercises() -> None:
    bold_line = Block("Some history", style=Style(bold=12))
    example = bold("Example 1 Is it?", "Example 1")
    assert [i.text for i in find_items(document(heading("Heat"), example, bold_line, "Once.")).items] == [
        "Is it?"
    ]
    sentence = Block("Some history.", style=Style(bold=13))
    assert "Some history." not in [
        p.text for p in find_items(document(heading("Heat"), example, bold_line)).items
    ]
    assert kinds(heading("Heat"), example, sentence) == kinds(heading("Heat"), example)


@pytest.mark.parametrize(
    ("title", "zone"),
    [
        ("Answers to odd-numbered exercises", "solutions"), ("Exercises and solutions", "problems"),
        ("Hints for selected exercises", "hints"), ("Review questions", "problems"),
        ("Series solutions of linear equations", ""), ("Solutions of acids in water", ""),
        ("Lösungen zu den Aufgaben", "solutions"), ("3.4 Exercises", "problems"),
    ],
)  # fmt: skip
def test_what_titles_promise(title: str, zone: str) -> None:
    assert title_zone(title) == zone


def test_the_words_of_a_title_are_without_its_number() -> None:
    assert title_words("3.2 Ödzivu") == title_words("IV. odzivu") == "odzivu"
    assert title_words("x" * 500) == "x" * 200


@pytest.mark.parametrize(
    "unit",
    [
        ["1. Why?", "2. How?"],
        ["1. Why?", bold("Case 1 It is.", "Case 1")],
        ["Exercises 1-2. See.", "1. Why?"],
    ],
    ids=["numbers", "cases", "ranges"],
)
def test_long_documents_end(unit: list[Block | str]) -> None:
    pieces = divide(document(heading("Exercises"), *(unit * 5_000)))
    assert len(find_openings(pieces)) <= len(pieces)


@pytest.mark.parametrize(("heading", "zone"), [("Key", "solutions"), ("KEY:", "solutions"), ("Key idea", "")])
def test_some_words_mean_solutions_only_as_a_whole_heading(heading: str, zone: str) -> None:
    assert title_zone(heading) == zone


def test_numbers_without_a_stop_are_items_where_only_the_steps_have_one() -> None:
    asked = [f"{n} Wie lang ist die Brücke Nummer {n}?" for n in range(1, 9)]
    replies = [f"{n} Sie misst {n}0 Meter." for n in range(1, 9)]
    steps = ["1. Zeichnen.", "2. Messen.", "3. Rechnen."]
    for text in (
        document(heading("Brücken"), *steps, *asked, heading("Lösungen"), *replies[:4], *steps, *replies[4:]),
        document(heading("Brücken"), *asked[:3], *steps, *asked[3:], heading("Lösungen"), *replies),
    ):
        found = dict(pairs(text))
        assert len(found) == 8
        assert found["Wie lang ist die Brücke Nummer 8?"] == "Sie misst 80 Meter."


def test_a_number_may_stand_before_the_first_part() -> None:
    asked = ["1 Find it.", "2 (a) Draw a circle. (b) And a square.", "3 Prove it."]
    assert kinds(heading("Exercises"), *asked) == ["boundary", "problem", "problem", "problem"]
    assert kinds(heading("Exercises"), asked[0], "2 (a + b)", asked[2]) == ["boundary", "problem", "problem"]


def test_steps_of_solutions_in_place_are_no_problems() -> None:
    steps = ["1. Read it.", "2. Divide by three.", "3. Check it."]
    solved = [
        block
        for n in (1, 2, 3)
        for block in (bold(f"{n}. What is {n}/3?", f"{n}."), "Solution. In steps.", *steps[: 1 + n])
    ]
    found = pairs(document(heading("Exercises"), *solved))
    assert [problem for problem, _ in found] == ["What is 1/3?", "What is 2/3?", "What is 3/3?"]
    assert found[0][1] == "In steps.\n\n1. Read it.\n\n2. Divide by three."


@pytest.mark.parametrize(
    "title", ["二、填空题", "二、解答题：本题共 2 小题，每小题 5 分。", "三、计算题（共 20 分）"]
)
def test_the_kinds_of_questions_of_a_chinese_paper_end_an_item(title: str) -> None:
    asked = [
        t
        for n in (1, 2, 3, 4)
        for t in (f"{n}．求 {n} 的平方？", f"【答案】{n * n}", f"【解析】平方为 {n * n}。")
    ]
    found = pairs(document(heading("试卷"), *asked[:6], title, *asked[6:]))
    assert found[1] == ("求 2 的平方？", "4\n\n【解析】平方为 4。")
