"""The problems and solutions of one document."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.problems import find_items
from schemas.document import Block
from tests.extractors.problems.build import bold, document, heading, inside, item, matched, pairs


def test_solution_follows_its_problem() -> None:
    text = document(
        heading("Problems"), "1. What is 2 + 2?", "Solution. It is 4.", "2. What is 3 + 3?", "Answer: 6"
    )
    assert pairs(text) == [("What is 2 + 2?", "It is 4."), ("What is 3 + 3?", "6")]


def test_worked_examples_are_pairs() -> None:
    text = document(
        heading("Motion"), "Prose about motion.", bold("Example 3.2 A car stops. When?", "Example 3.2"),
        bold("Solution After 3 s.", "Solution"), heading("Next section"), "More prose.",
    )  # fmt: skip
    assert pairs(text) == [("A car stops. When?", "After 3 s.")]


def test_answers_at_the_end_of_the_book() -> None:
    text = document(
        heading("Chapter 1"), heading("Exercises", 2), "1. Why one?", "2. Why two?", "3. Why three?",
        heading("Chapter 2"), heading("Exercises", 2), "1. How one?", "2. How two?",
        heading("Answers to odd exercises"), heading("Chapter 1", 2), "1. So one.", "3. So three.",
        heading("Chapter 2", 2), "1. Thus one.",
    )  # fmt: skip
    assert pairs(text) == [("Why one?", "So one."), ("Why three?", "So three."), ("How one?", "Thus one.")]
    assert [i.text for i in matched(text).unpaired_problems] == ["Why two?", "How two?"]


def test_companion_documents() -> None:
    asked = document(heading("Sheet 3"), "1. Why one?", "2. Why two?", uri="course/sheet03.md")
    other = document(heading("Sheet 4"), "1. How one?", "2. How two?", uri="course/sheet04.md")
    solved = document(heading("Sheet 3"), "1. So one.", "2. So two.", uri="course/sheet03_solutions.md")
    assert pairs(asked, other, solved) == [("Why one?", "So one."), ("Why two?", "So two.")]


def test_parts_stay_together() -> None:
    text = document(
        heading("Exercises"), "1. Consider a car.", "(a) How fast?", "(b) How far?", "2. Consider a bus.",
        heading("Solutions"), "1. (a) 3 m/s", "(b) 9 m", "2. No.",
    )  # fmt: skip
    assert pairs(text)[0] == ("Consider a car.\n\n(a) How fast?\n\n(b) How far?", "(a) 3 m/s\n\n(b) 9 m")


def test_lists_inside_a_solution_are_not_solutions() -> None:
    text = document(
        heading("Problem 1"), "Explain it.", heading("Problem 2"), "Compute it.",
        heading("Solutions"), heading("Problem 1", 2), item("First this.", "1."), item("Then that.", "2."),
        heading("Problem 2", 2), "It is 7.",
    )  # fmt: skip
    assert pairs(text) == [("Explain it.", "1. First this.\n2. Then that."), ("Compute it.", "It is 7.")]


def test_answers_in_a_row() -> None:
    text = document(
        heading("Exercises"), "1. How far?", "2. How fast?", "3. How long?", "4. How hot?", "5. How heavy?",
        heading("Answers"), "1. 3 m 3. 12 s 4. B 5. 7 kg",
    )  # fmt: skip
    assert [answer for _, answer in pairs(text)] == ["3 m", "12 s", "B", "7 kg"]


def test_declared_elements_are_linked() -> None:
    text = document(
        *inside("exercise", "e1", "Prove that 1 is odd."), *inside("exercise", "e2", "Prove that 3 is odd."),
        *inside("solution", "s2", "3 = 2 + 1", target="e2"),
        *inside("solution", "s1", "1 = 0 + 1", target="e1"),
    )  # fmt: skip
    assert pairs(text) == [("Prove that 1 is odd.", "1 = 0 + 1"), ("Prove that 3 is odd.", "3 = 2 + 1")]
    assert {p.method for p in matched(text).pairs} == {"declared"}


def test_what_opens_on_demand_is_named_by_its_title() -> None:
    text = document(
        heading("Exercise 1"), "Why?", *inside("details", "d1", "Show the answer", "So."),
        heading("Exercise 2"), "How?", *inside("details", "d2", "Need a hint?", "Think."),
    )  # fmt: skip
    assert pairs(text) == [("Why?", "So.")]


def test_an_answer_in_brackets_ends_its_problem() -> None:
    text = document(
        heading("Exercises"), "1. How far (in metres)? [Ans. (a) 3 (b) 4]", "2. Why (see above)?",
        "3. How? (Answer: so)",
    )  # fmt: skip
    assert pairs(text) == [("How far (in metres)?", "(a) 3 (b) 4"), ("How?", "so")]
    for found in find_items(text).items:
        assert text.text[slice(*found.span)].startswith(found.text[:3])


def test_answers_under_the_last_chapter_may_be_for_all() -> None:
    text = document(
        heading("Chapter 1"), heading("Exercises", 2), "1. Why one?", "2. Why two?",
        heading("Chapter 2"), heading("Exercises", 2), "3. Why three?", "4. Why four?",
        heading("Answers", 2), "1. So one.", "2. So two.", "3. So three.", "4. So four.",
    )  # fmt: skip
    assert [answer for _, answer in pairs(text)] == ["So one.", "So two.", "So three.", "So four."]


def test_answers_under_one_chapter_are_for_no_other() -> None:
    text = document(
        heading("Chapter 1"), heading("Exercises", 2), "1. Why one?", "2. Why two?",
        heading("Chapter 2"), heading("Exercises", 2), "1. How one?", "2. How two?",
        heading("Answers", 2), "1. So one.", "2. So two.",
    )  # fmt: skip
    assert pairs(text) == [("How one?", "So one."), ("How two?", "So two.")]


def test_the_next_of_a_sequence_is_a_label_and_prose_is_not() -> None:
    text = document(
        heading("Exercises"), "Exercise 1 Why?", "Exercise 2 x = 1, so what?", "Exercise 2 is hard.",
        "Exercise 3 How?", heading("Answers"), "Exercise 1 So.", "Exercise 2 y = 1", "Exercise 3 Thus.",
    )  # fmt: skip
    assert [answer for _, answer in pairs(text)] == ["So.", "y = 1", "Thus."]
    assert pairs(text)[1][0] == "x = 1, so what?\n\nExercise 2 is hard."


def test_a_shared_stem_belongs_to_each_of_its_problems() -> None:
    text = document(
        heading("Exercises"), "1. Why?", "In Problems 2 to 3, a car stops.", "2. How far?", "3. How long?",
        "4. How?", heading("Answers"), "1. So.", "2. 3 m", "3. 4 s", "4. Thus.",
    )  # fmt: skip
    stem = "In Problems 2 to 3, a car stops.\n\n"
    assert [asked for asked, _ in pairs(text)] == ["Why?", stem + "How far?", stem + "How long?", "How?"]


def test_problems_may_have_titles() -> None:
    text = document(
        heading("Exercises"), heading("1", 2), "Why?", heading("2. Neighbours", 2), "How?",
        heading("Solutions"), heading("1", 2), "So.", heading("2. Neighbours", 2), "Thus.",
    )  # fmt: skip
    assert [asked.split()[-1] for asked, _ in pairs(text)] == ["Why?", "How?"]


def test_an_unnumbered_solution_does_not_break_a_run() -> None:
    blocks: list[Block | str] = []
    for section in range(1, 8):
        blocks += [heading(f"1.{section} Heat"), bold(f"Example {section}. Is it?", f"Example {section}")]
        blocks += [bold("Solution. It is.", "Solution"), heading("Exercises", 2), f"Problem {section} Why?"]
        blocks += [f"Solution {section} So."]
    assert len(pairs(document(*blocks))) == 14


def test_a_second_element_goes_on_with_the_solution() -> None:
    text = document(
        *inside("exercise", "e1", "Why one?"), *inside("solution", "s1", "For this reason."),
        *inside("answer", "a1", "42"),
    )  # fmt: skip
    assert pairs(text) == [("Why one?", "For this reason.\n\n42")]


def test_exercises_without_numbers_are_equals() -> None:
    words = ("one", "two", "three")
    text = document(
        *(block for w in words for block in (bold(f"Exercise. Why {w}?", "Exercise."), f"Solution. So {w}."))
    )
    assert pairs(text) == [(f"Why {w}?", f"So {w}.") for w in words]
    assert {p.method for p in matched(text).pairs} == {"inline"}


def test_an_unnumbered_exercise_after_a_numbered_example_is_a_follow_up() -> None:
    text = document(
        bold("Example 3.1 Why?", "Example 3.1"), bold("Solution So.", "Solution"),
        bold("Your turn How?", "Your turn"), "Answer: Thus.",
    )  # fmt: skip
    assert [p.method for p in matched(text).pairs] == ["inline", "follow_up"]


def test_a_hint_is_not_a_solution() -> None:
    text = document(
        heading("Exercises"), "1. Why?", "2. How?", heading("Hints"), "1. Think.", "2. Look.",
    )  # fmt: skip
    assert pairs(text) == []


@pytest.mark.parametrize("line", ["Author: K. Lind", "(Proposed by K. Lind)", "Autorin: K. Lind", "作者：林"])
def test_a_line_that_names_its_author_is_no_part_of_an_item(line: str) -> None:
    asked, said = ["How many are there?", "Is it even?"], ["Eleven.", "No."]
    blocks: list[str] = []
    for number, (q, s) in enumerate(zip(asked, said, strict=True), 1):
        blocks += [f"Exercise {number}. {q}", f"Solution. {s}", line]
    assert pairs(document(*blocks)) == list(zip(asked, said, strict=True))


@pytest.mark.parametrize(
    "answer",
    [
        ("Solution.", "Author: Jane Austen"),
        ("Solution.", "Proposed by Max Planck in 1900."),
        ("Solution. They are many.", "Submitted by 12 of 20 pupils, 6 were right."),
        ("Lời giải. Có hai.", "Tác giả của Truyện Kiều là Nguyễn Du."),
        ("Ratkaisu. Juuri on 2.", "Tekijä: x - 2."),
    ],
)
def test_the_end_of_a_solution_is_no_author_line(answer: tuple[str, ...]) -> None:
    made = pairs(document("Exercise 1. Who wrote it?", *answer, "Exercise 2. Why?", "Solution. So."))
    assert [solution.split("\n\n")[-1] for _, solution in made] == [answer[-1], "So."]


def test_an_author_may_be_the_answer() -> None:
    made = document("Exercise 1. Who wrote it?", "Solution. Authors differ:", "Authors of old copied it.")
    assert pairs(made) == [("Who wrote it?", "Authors differ:\n\nAuthors of old copied it.")]


def test_prose_with_lists_has_no_items() -> None:
    text = document(
        heading("History"), "Three things happened:", item("war", "1."), item("peace", "2."), "The end."
    )
    assert find_items(text).items == ()


def test_an_exercise_in_running_text_ends_with_its_paragraph() -> None:
    text = document(
        heading("Chapter 1"), bold("Check Your Understanding 1.1 Why?", "Check Your Understanding 1.1"),
        "We now turn to heat.", heading("Chapter 2"),
        bold("Check Your Understanding 2.1 How?", "Check Your Understanding 2.1"),
        "(a) In steam?", "Now to light.",
        heading("Answer Key"), bold("Check Your Understanding 1.1 So.", "Check Your Understanding 1.1"),
        bold("Check Your Understanding 2.1 Thus.", "Check Your Understanding 2.1"),
    )  # fmt: skip
    assert pairs(text) == [("Why?", "So."), ("How?\n\n(a) In steam?", "Thus.")]


def test_spans_are_those_of_the_document() -> None:
    text = document(heading("Exercises"), "1. What is it?", Block("x = 1", "formula"), "2. And that?")
    for found in find_items(text).items:
        begin, end = found.span
        assert text.text[begin:end] == found.text


@given(st.integers(1, 12), st.integers(1, 5), st.booleans())
def test_every_item_is_in_one_place(problems: int, chapters: int, restart: bool) -> None:
    """Numbers that restart in each chapter or run through: each answer finds its own question."""
    asked: list[Block | str] = []
    answers: list[Block | str] = [heading("Answers")]
    truth, number = [], 0
    for chapter in range(1, chapters + 1):
        asked += [heading(f"Chapter {chapter}"), heading("Exercises", 2)]
        answers.append(heading(f"Chapter {chapter}", 2))
        number = 0 if restart else number
        for _ in range(problems):
            number += 1
            asked.append(f"{number}. Question c{chapter}n{number}?")
            answers.append(f"{number}. Answer c{chapter}n{number}.")
            truth.append((f"Question c{chapter}n{number}?", f"Answer c{chapter}n{number}."))
    assert pairs(document(*asked, *answers)) == truth


def test_answers_run_in_on_the_line_of_their_problem() -> None:
    text = document(
        heading("Exercises"),
        "1. How far does it fly? Ans. 30 m",
        "2. How long? Ans. 3 s",
        "3. Why? **Ans:** so",
    )
    assert pairs(text) == [("How far does it fly?", "30 m"), ("How long?", "3 s"), ("Why?", "so")]
    for found in find_items(text).items:
        assert text.text[slice(*found.span)] == found.text


def test_one_answer_said_among_many_problems_is_prose() -> None:
    text = document(heading("Exercises"), "1. Who spoke? Answer: nobody.", "2. Why?", "3. How?", "4. When?")
    assert pairs(text) == []
    assert find_items(text).items[0].text == "Who spoke? Answer: nobody."


def test_an_answer_in_the_middle_of_a_sentence_is_prose() -> None:
    text = document(heading("Exercises"), *(f"{n}. Give your answer: yes or no, of {n}." for n in (1, 2, 3)))
    assert [found.kind for found in find_items(text).items] == ["problem"] * 3


def test_other_words_in_brackets_are_no_answers() -> None:
    text = document(heading("Exercises"), *(f"{n}. How far? [Remark: {n} m]" for n in (1, 2, 3)))
    assert pairs(text) == []


@pytest.mark.parametrize(
    "form",
    [
        "{}. {} Ans. {}",
        "{}. {} [Answer: {}]",
    ],
)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["Why?", "How far is 3 m?", "Find $x$.", "(b) Is it?"]),
            st.text("ab 12$=", max_size=9).map(lambda answer: f"x{answer.strip()}"),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_spans_of_run_in_answers_index_exactly_their_text(form: str, rows: list[tuple[str, str]]) -> None:
    lines = [form.format(n, *row) for n, row in enumerate(rows, 1)]
    text = document("Before.", heading("Exercises"), *lines)
    assert pairs(text) == rows
    for found in find_items(text).items:
        assert text.text[slice(*found.span)] == found.text


def test_solutions_that_ask_first_hold_the_problem_too() -> None:
    lines = [f"{n}. Which of {n} is it? Answer: {n}" for n in (1, 2, 3)]
    assert pairs(document(heading("Solutions"), *lines)) == [
        (f"Which of {n} is it?", str(n)) for n in (1, 2, 3)
    ]
    told = [f"{n}. We look at {n}. Answer: {n}" for n in (1, 2, 3)]
    assert pairs(document(heading("Solutions"), *told)) == []


def test_hint_and_context_are_in_no_text() -> None:
    text = document(
        heading("Exercises"), "1. Why?", bold("Hint. Think.", "Hint."), "Solution. So.",
        "Use this graph for the next two questions.", "2. How?", "Solution. Thus.",
        "3. When?", bold("Hint. Look.", "Hint."), "Solution. Now.",
    )  # fmt: skip
    found = find_items(text).items
    assert [(i.hint, i.context) for i in found if i.kind == "problem"] == [
        ("Think.", ""), ("", "Use this graph for the next two questions."),
        ("Look.", "Use this graph for the next two questions."),
    ]  # fmt: skip
    assert [i.text for i in found] == ["Why?", "So.", "How?", "Thus.", "When?", "Now."]


def test_a_section_of_hints_has_no_solutions() -> None:
    text = document(
        heading("Exercises"), "1. Why?", "2. How?", "3. When?", heading("Hints"), "1. Think.", "2. Look.",
        "3. Ask.", heading("Answers"), "1. So.", "2. Thus.", "3. Now.",
    )  # fmt: skip
    assert pairs(text) == [("Why?", "So."), ("How?", "Thus."), ("When?", "Now.")]
    assert not any(i.text in ("Think.", "Look.", "Ask.") for i in find_items(text).items)


def test_the_worst_mathematics_and_any_ocr_are_said() -> None:
    text = document(
        heading("Exercises"), Block("1. Why $x$?", math_quality="rebuilt"),
        Block("$y$", math_quality="doubtful", ocr=True),
        "2. How?", Block("3. When?", ocr=True), Block("4. Where $z$?", math_quality="rebuilt"),
    )  # fmt: skip
    found = find_items(text).items
    assert [i.math_quality for i in found] == ["doubtful", "exact", "exact", "rebuilt"]
    assert [i.ocr for i in found] == [True, False, True, False]


def test_a_sheet_without_a_heading_is_one_only_with_its_solutions() -> None:
    asked = document(*(f"{n}. Explain {n} in your words." for n in (1, 2, 3)), uri="sheet.md")
    solved = document(*(f"{n}. It is {n}." for n in (1, 2, 3)), uri="sheet_solutions.md")
    assert len(pairs(asked, solved)) == 3
    assert pairs(asked) == []


FORMS = {
    "problem": ("Exercise {n}.", "{} {}?"),
    "solution": ("Solution.", "{} {}."),
    "hint": ("Hint.", "{} {}."),
    "text": ("", "Prose {}{}."),
    "stem": ("", "Use graph {1} for the next two questions."),
}


@given(st.lists(st.sampled_from(list(FORMS)), max_size=25))
def test_every_word_is_in_one_field(kinds: list[str]) -> None:
    """Help and stems are in no problem and no solution, and no text is in two items."""
    blocks: list[Block | str] = [heading("Exercises")]
    for n, kind in enumerate(kinds, 1):
        lead, form = FORMS[kind]
        lead = lead.format(n=n)
        blocks.append(bold(form.format(lead, f"{kind}{n}x"), lead))
    matching = matched(document(*blocks))
    found = [i for pair in matching.pairs for i in (pair.problem, pair.solution)]
    found += [*matching.unpaired_problems, *matching.unpaired_solutions]
    assert sorted(i.id for i in found) == sorted(i.id for i in find_items(document(*blocks)).items)
    words = [word for i in found for word in re.findall(r"[a-z]+\d+x", i.text)]
    assert len(words) == len(set(words))
    assert not any(word.startswith("hint") for word in words)
    for i in found:
        assert not re.search("problem|solution", i.hint + i.context)
        assert i.context == "" or i.kind == "problem"
        assert i.context == "" or i.context not in i.text
        assert not re.search("solution", i.text) or i.kind == "solution"
