"""Tables of problems and solutions, and tables that hold other things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.problems import find_items
from extractors.problems.tables import take_apart
from extractors.problems.titles import Zone
from schemas.document import Block
from tests.extractors.problems.build import document, heading, matched, pairs, table

PLAIN = st.text(alphabet="abcdef xyz+=$", min_size=1, max_size=12).map(str.strip).filter(bool)


def test_cards_with_numbers() -> None:
    text = document(
        table(
            ("No.", "Question", "Answer"),
            ("1", "Why?", "So."),
            ("2", "How?", "Thus."),
            ("3", "When?", "Now."),
        )
    )
    assert pairs(text) == [("Why?", "So."), ("How?", "Thus."), ("When?", "Now.")]
    assert [pair.problem.number for pair in matched(text).pairs] == [("1",), ("2",), ("3",)]


def test_cards_without_numbers_in_another_language() -> None:
    text = document(table(("Frage", "Antwort"), ("Warum?", "Darum."), ("Wie?", "So.")))
    assert pairs(text) == [("Warum?", "Darum."), ("Wie?", "So.")]


def test_an_empty_answer_leaves_its_question_alone() -> None:
    text = document(table(("Question", "Answer"), ("Why?", ""), ("How?", "Thus.")))
    assert pairs(text) == [("How?", "Thus.")]
    assert [item.text for item in matched(text).unpaired_problems] == ["Why?"]


def test_a_column_that_answers_needs_no_known_head() -> None:
    rows = [
        (f"Who built the {w} bridge of the old town?", f"{w} built it.")
        for w in ("Roman", "Gothic", "Steel", "Iron", "Stone", "Hanging")
    ]
    assert len(pairs(document(table(("Question", "Odziv"), *rows)))) == 6


def test_a_plan_with_owners_is_no_set_of_cards() -> None:
    plan = [("1", "Set up the server", "Meyer", "rent it"), ("2", "Order cables", "Smith", "from the city")]
    assert pairs(document(table(("No.", "Task", "Owner", "Solution"), *plan))) == []
    posed = [
        ("1", "Which prime is even?", "Try the least one", "2"),
        ("2", "What is 3 + 4?", "Count on", "7"),
    ]
    assert len(pairs(document(table(("No.", "Task", "Hint", "Solution"), *posed)))) == 2


def test_a_survey_is_no_set_of_cards() -> None:
    counts = document(
        table(
            ("Question", "Yes", "No"),
            ("Do you read?", "12", "3"),
            ("Do you sing?", "4", "11"),
            ("Do you swim?", "9", "6"),
        )
    )
    marks = document(table(("Question", "Marks"), ("Why?", "3"), ("How?", "4"), ("When?", "2")))
    subjects = ("Roman bridge", "Gothic church", "iron gate", "stone wall", "old mill", "new quay")
    rows = [(f"Is the {s} of any use?", f"Yes, the {s} is.", f"The {s}? Never.") for s in subjects]
    two = document(table(("Question", "Ann said", "Ben said"), *rows))
    assert len(pairs(document(table(("Question", "Ann said"), *(row[:2] for row in rows))))) == 6
    for text in (counts, marks, two):
        assert find_items(text).items == ()


def test_two_rows_are_too_few_for_an_unknown_head() -> None:
    rows = [(f"Who built the {w} bridge of the old town?", f"{w} built it.") for w in ("Roman", "Gothic")]
    assert pairs(document(table(("Question", "Odziv"), *rows))) == []


def test_ragged_rows_are_no_cards() -> None:
    assert (
        find_items(document(table(("Question", "Answer"), ("Why?", "So.", "x"), ("How?", "Thus.")))).items
        == ()
    )


def test_labelled_rows() -> None:
    text = document(
        table(("Question 1", "Why?"), ("Answer", "So.")), table(("Question 2", "How?"), ("Answer", "Thus."))
    )
    assert pairs(text) == [("Why?", "So."), ("How?", "Thus.")]


def test_rows_with_another_label_are_data() -> None:
    text = document(table(("Question 1", "Why?"), ("Answer", "So."), ("Author", "Unknown")))
    assert find_items(text).items == ()
    assert find_items(document(table(("Answer 1", "3"), ("Answer 2", "4")))).items == ()


def test_rows_that_begin_with_more_than_a_label_are_data() -> None:
    assert find_items(document(table(("Question 1. Who?", "Ann"), ("Answer. It is", "Ben")))).items == ()


def test_prose_after_a_table_belongs_to_no_answer() -> None:
    text = document(table(("Question", "Answer"), ("Why?", "So."), ("How?", "Thus.")), "We go on.")
    assert pairs(text) == [("Why?", "So."), ("How?", "Thus.")]


ASKED: list[Block | str] = [
    heading("Exercises"),
    "1. Why one?",
    "2. Why two?",
    "3. Why three?",
    "4. Why four?",
]
KEY = [(f"Why {word}?", answer) for word, answer in zip(("one", "two", "three", "four"), "abcd", strict=True)]


@pytest.mark.parametrize(
    "rows",
    [
        [("1", "a"), ("2", "b"), ("3", "c"), ("4", "d")],
        [("1", "a", "2", "b"), ("3", "c", "4", "d")],
        pytest.param([("1", "a", "3", "c"), ("2", "b", "4", "d")]),
    ],
    ids=["one column", "across", "down"],
)
def test_a_key_side_by_side(rows: list[tuple[str, ...]]) -> None:
    assert pairs(document(*ASKED, heading("Answers"), table(*rows))) == KEY


def test_a_key_whose_last_row_is_shorter() -> None:
    key = table(("1", "a", "2", "b"), ("3", "c", "", ""))
    assert pairs(document(*ASKED, heading("Answers"), key)) == KEY[:3]


def test_a_key_in_rows_with_a_column_of_heads() -> None:
    key = table(("Question", "1", "2", "3", "4"), ("Answer", "a", "b", "c", "d"))
    assert pairs(document(*ASKED, heading("Answers"), key)) == KEY


def test_a_key_elsewhere_is_data() -> None:
    key = table(("1", "a", "3", "c"), ("2", "b", "4", "d"))
    assert pairs(document(*ASKED, heading("Measurements"), key)) == []


def test_a_table_within_a_solution_is_part_of_it() -> None:
    data = table(("1", "4.1"), ("2", "4.4"), ("3", "4.9"))
    text = document(*ASKED, heading("Answers"), "1. By the table:", data, "2. b", "3. c", "4. d")
    assert pairs(text) == [("Why one?", f"By the table:\n\n{data.text}"), *KEY[1:]]


def test_numbers_that_do_not_grow_are_no_key() -> None:
    key = table(("1", "a"), ("1", "b"), ("2", "c"), ("3", "d"))
    assert pairs(document(*ASKED, heading("Answers"), key)) == []


def test_two_entries_are_no_key() -> None:
    assert pairs(document(*ASKED, heading("Answers"), table(("1", "a"), ("2", "b")))) == []


@given(st.lists(st.tuples(PLAIN, PLAIN), min_size=1, max_size=6), st.booleans())
def test_the_spans_of_cells_index_their_texts(rows: list[tuple[str, str]], key: bool) -> None:
    if key:
        made = table(*((f" {n}", f"  {answer} ") for n, (_, answer) in enumerate(rows, 1)))
        text = document("Before.", heading("Answers"), made)
    else:
        text = document(
            "Before.",
            table(("Question", "Answer"), *((f" {asked}", f"{answer} ") for asked, answer in rows)),
        )
    found = find_items(text).items
    assert len(found) == (2 * len(rows) if not key else len(rows) if len(rows) >= 3 else 0)
    for item in found:
        assert text.text[slice(*item.span)] == item.text


@given(st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=4), min_size=1, max_size=6))
def test_any_table_is_kept_or_taken_apart(rows: list[list[str]]) -> None:
    block = table(*(tuple(row) for row in rows))
    zones: tuple[Zone, ...] = ("", "solutions")
    for whole in zones:
        result = list(take_apart([block], whole))
        assert result == [(block, None)] or all(b.text and label for b, label in result)


@pytest.mark.parametrize(
    "block",
    [
        table(*(("1", "a") for _ in range(100_000))),
        table(("Question", "Odziv"), *((f"Why {n}?", f"So {n}.") for n in range(100_000))),
        table(*((f"Question {n}", "a") for n in range(1, 10_000)), ("x", "y")),
        Block(" | ".join(["1"] * 100_000), "table"),
        Block(" | " * 100_000, "table"),
        Block("|\n" * 100_000 + "a", "table"),
    ],
    ids=["ones", "cards", "labels", "row", "empty", "lines"],
)
def test_hostile_tables_end(block: Block) -> None:
    """A quadratic scan of any of these takes minutes; no text is lost."""
    result = list(take_apart([block], "solutions"))
    assert result == [(block, None)] or {"Why 0?", "So 99999."} <= {b.text for b, _ in result}


def test_large_cards_end() -> None:
    rows = 3_000
    cards = table(("Question", "Answer"), *((f"Why {n}?", f"So {n}.") for n in range(rows)))
    assert len(matched(document(cards)).pairs) == rows


def test_a_table_of_defects_and_their_causes_holds_no_problems() -> None:
    defects = table(
        ("Problem", "Cause", "Solution"),
        ("Lamp stays dark", "Bulb blown", "Change the bulb"),
        ("Pump hums", "Filter full", "Clean the filter"),
        ("Door sticks", "Hinge dry", "Oil the hinge"),
    )
    assert not pairs(document(heading("Care"), defects))
    sums = table(("Problem", "Topic", "Solution"), ("2 + 3", "Adding", "5"), ("4 · 5", "Multiplying", "20"))
    assert pairs(document(heading("Test"), sums)) == [("2 + 3", "5"), ("4 · 5", "20")]


def test_numbered_problems_need_no_column_of_answers() -> None:
    asked = [(str(n), f"Why is {n} odd or even?", "3") for n in range(1, 4)]
    paper = document(table(("No.", "Question", "Marks"), *asked), uri="paper.docx")
    assert [item.number for item in find_items(paper).items] == [("1",), ("2",), ("3",)]
    defects = [("1", "No picture", "Ann"), ("2", "No sound", "Ben"), ("3", "No light", "Cy")]
    assert find_items(document(table(("No.", "Problem", "Owner"), *defects))).items == ()
