"""Columns, grids and rows, from where the fragments of a page stand."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from extractors.documents.pdf_fragments import ASCENT, DESCENT, Fragment
from extractors.documents.pdf_latex import finished
from extractors.documents.pdf_layout import reading_order
from extractors.documents.pdf_lines import carry_numbers, lines_of

SIZE = 10.0
PROSE = "the body moves along a line and its speed"


def at(x: float, y: float, text: str, size: float = SIZE, width: float = 0.0) -> Fragment:
    """Returns a fragment on a base line; a letter is as wide as half its height."""
    x1 = x + (width or 0.5 * size * len(text))
    return Fragment(x, x1, y, size, text, y - ASCENT * size, y + DESCENT * size)


def order(*pages: list[Fragment]) -> list[str]:
    """Returns the texts of the last page in reading order, each column from top to bottom."""
    columns = reading_order(list(pages), SIZE)[-1]
    return [line.text for column in columns for line in lines_of(column, 1)]


def column(x: float, name: str, lines: int, y: float = 100.0) -> list[Fragment]:
    return [at(x, y + 12 * i, f"{name}{i} {PROSE}", width=220) for i in range(lines)]


def names(texts: list[str]) -> list[str]:
    return [text.split()[0] for text in texts]


def test_two_columns_between_lines_over_both() -> None:
    title, foot = at(60, 60, "T " + PROSE, width=460), at(60, 300, "F " + PROSE, width=460)
    found = order([title, *column(60, "l", 9), *column(300, "r", 9), foot])
    assert names(found) == ["T", *(f"l{i}" for i in range(9)), *(f"r{i}" for i in range(9)), "F"]


def test_short_column_is_known_from_the_next_page() -> None:
    full = [*column(60, "l", 9), *column(300, "r", 9)]
    short = [*column(60, "l", 5), *column(300, "r", 2, y=103)]
    assert names(order(full, short)) == ["l0", "l1", "l2", "l3", "l4", "r0", "r1"]


def test_three_columns_of_short_answers() -> None:
    answers = [at(60 + 150 * (i // 5), 100 + 14 * (i % 5), f"{2 * i + 1}. x = {i}") for i in range(15)]
    assert names(order(answers)) == [f"{2 * i + 1}." for i in range(15)]


def test_grid_is_read_row_by_row() -> None:
    parts = "abcd"
    cells = []
    for i, part in enumerate(parts):
        x, y = 60 + 250 * (i % 2), 100 + 40 * (i // 2)
        cells += [at(x, y, f"{part})"), at(x + 18, y, f"{part}1 {PROSE}", width=180)]
        cells.append(at(x + 18, y + 12, f"{part}2 {PROSE}", width=180))
    found = " ".join(
        order([at(60, 70, "S " + PROSE, width=460), *cells, at(60, 190, "E " + PROSE, width=460)])
    )
    assert [word for word in found.split() if word[1:] in ("1", "2")] == [
        part + n for part in parts for n in "12"
    ]


def test_labels_left_of_short_answers_are_no_column() -> None:
    rows = []
    for i in range(6):
        rows += [
            at(60, 100 + 14 * i, f"Check your answer {i}", width=130),
            at(194, 100 + 14 * i, f"it is {i} N"),
        ]
    assert order(rows) == [f"Check your answer {i} it is {i} N" for i in range(6)]


def test_table_is_no_columns() -> None:
    rows = [at(60 + 130 * j, 100 + 14 * i, f"cell {i} {j}") for i in range(6) for j in range(3)]
    assert order(rows) == [" ".join(f"cell {i} {j}" for j in range(3)) for i in range(6)]


def test_short_heading_over_two_columns() -> None:
    above = [*column(60, "a", 6), *column(300, "b", 6)]
    heading = at(60, 205, "Chapter 2", size=13)
    below = [*column(60, "c", 6, y=235), *column(300, "d", 6, y=235)]
    found = names(order([*above, heading, *below]))
    assert found == [f"{name}{i}" for name in "ab" for i in range(6)] + ["Chapter"] + [
        f"{name}{i}" for name in "cd" for i in range(6)
    ]


def test_scripts_belong_to_their_line() -> None:
    row = [at(60, 100, "v"), at(65.5, 102, "0", size=7), at(72, 100, "= 3 m/s"), at(108, 96, "2", size=7)]
    assert [line.text for line in lines_of(row, 1)] == [f"v{finished('_0')} = 3 m/s{finished('^2')}"]


def test_wide_gaps_make_cells() -> None:
    (line,) = lines_of([at(60, 100, "mass"), at(120, 100, "3 kg"), at(180, 100, "2")], 1)
    assert [text for _, _, text in line.cells] == ["mass", "3 kg", "2"]


def test_numbered_items_beside_each_other_are_lines_of_their_own() -> None:
    found = lines_of([at(60, 100, "1. x = 2"), at(200, 100, "2. x = 5"), at(340, 100, "3. x = 7")], 1)
    assert [line.text for line in found] == ["1. x = 2", "2. x = 5", "3. x = 7"]
    numbers = [at(60, 100, "1.5 m"), at(200, 100, "2.5 m"), at(340, 100, "3.5 m")]
    assert len(lines_of(numbers, 1)) == 1


def bold(f: Fragment, length: int) -> Fragment:
    return replace(f, bold=length)


def test_second_column_of_two_lines_goes_on_with_the_next_number() -> None:
    left = [bold(at(60, 100 + 14 * i, f"Task {i}. Find x.", width=120), 7) for i in range(1, 6)]
    right = [bold(at(300, 114, "Task 6. Find the area", width=130), 7), at(300, 128, "of this.")]
    assert names(order([*left, *right])) == ["Task"] * 6 + ["of"]
    other = [bold(at(300, 114, "Task 9. Find the area", width=130), 7), at(300, 128, "of this.")]
    assert order([*left, *other])[0] == "Task 1. Find x. Task 9. Find the area"


def test_divided_word_goes_on_at_the_top_of_a_short_column() -> None:
    left = [*column(60, "l", 8), at(60, 196, "of some measure\u00ad", width=220)]
    right = [
        at(300, 100, "ments, which are not as good as", width=190),
        at(300, 112, "all the others that there are"),
    ]
    assert names(order([*left, *right]))[-3:] == ["of", "ments,", "all"]
    other = replace(right[0], text="Ments, which are not as good as")
    assert names(order([*left, other, right[1]]))[-1] == "of"


def test_footnote_mark_is_no_number_in_the_margin() -> None:
    lines = lines_of([at(60, 100, PROSE), at(30, 119, "3", size=5), at(36, 125, "A note.", size=8)], 1)
    pages = [lines, lines_of([at(60, 60, "Find x.")], 2)]
    carry_numbers(pages)
    assert pages[1][0].text == "Find x."


def test_short_answers_that_restart_are_columns_if_their_lines_stand_at_other_heights() -> None:
    left = [at(60, 100 + 14 * i, f"{i % 2 + 1}. x{i}") for i in range(6)]
    right = [at(300, f.base + 7, f"{f.text} is enough") for f in left]
    assert [line.split()[1] for line in order([*left, *right])] == [f"x{i}" for i in range(6)] * 2
    rows = [at(300, f.base, f"{f.text} is enough") for f in left]
    assert len(order([*left, *rows])) == len(left)  # a table


def test_formula_that_sticks_out_of_its_column_stays_there() -> None:
    long = [at(60, 100 + 12 * 9, "l9 x = 3", width=250)]
    found = order([*column(60, "l", 9), *column(300, "r", 7), *long])
    assert names(found) == [*(f"l{i}" for i in range(10)), *(f"r{i}" for i in range(7))]
    wide = [at(60, 100 + 12 * 9, "F over both", width=460)]
    assert names(order([*column(60, "l", 9), *column(300, "r", 7), *wide]))[-1] == "F"


def test_number_left_alone_in_the_margin_is_carried_to_the_next_page() -> None:
    first = lines_of([at(60, 100, PROSE), at(60, 112, PROSE), at(30, 100, "2"), at(30, 119, "3")], 1)
    second = lines_of([at(60, 60, "Find x."), at(30, 80, "4"), at(60, 80, "Find y.")], 2)
    pages = [first, second]
    carry_numbers(pages)
    assert [line.text for page in pages for line in page] == [f"2 {PROSE}", PROSE, "3 Find x.", "4 Find y."]


_FRAGMENTS = st.lists(
    st.builds(
        at,
        st.floats(0, 500),
        st.floats(0, 700),
        st.sampled_from(["a", "1.", "(b)", "2", PROSE, "x = 3", "3.1", "and so on"]),
        st.sampled_from([6.0, 10.0, 14.0]),
    ),
    max_size=40,
)


@given(_FRAGMENTS)
def test_every_fragment_is_read_once(fragments: list[Fragment]) -> None:
    columns = reading_order([fragments], SIZE)[0]
    assert sorted(id(f) for part in columns for f in part) == sorted(map(id, fragments))


@given(_FRAGMENTS.filter(bool))
def test_lines_hold_every_character(fragments: list[Fragment]) -> None:
    expected = sorted("".join(f.text for f in fragments).replace(" ", ""))
    found = "".join(line.text for line in lines_of(fragments, 1))
    found = re.sub(r"\\text|\\mathrm|[\^_{} \ue000\ue001]", "", found)
    assert sorted(found) == expected


def item(x: float, y: float, label: str, text: str, *more: str) -> list[Fragment]:
    """Returns an item whose bold label is a fragment of its own, and the lines below its first one."""
    lead = replace(at(x, y, label), bold=len(label))
    lines = [at(x, y + 12 * (i + 1), line) for i, line in enumerate(more)]
    return [lead, at(lead.x1 + 3, y - 3, text), *lines]


def test_items_with_words_for_labels_stand_in_columns_of_their_own() -> None:
    """The second column starts higher and ends earlier; nothing crosses the gutter."""
    left = [
        *item(50, 128, "Problem 1:", "Which power has a lens", "of 0.4 m?"),
        *item(50, 165, "Problem 2:", "Find the period of it.", "Give its unit."),
        *item(50, 203, "Problem 3:", "How deep is the well", "with 3 bar?"),
        *item(50, 240, "Problem 4:", "How much heat is it?"),
    ]
    right = [
        *item(310, 60, "Problem 3:", "About 20 m"),
        *item(310, 84, "Problem 4:", "About 251 kJ; the rest", "from the table."),
    ]
    texts = order(left + right)
    assert [text.split(":")[0] for text in texts if text.startswith("Problem")] == [
        f"Problem {n}" for n in (1, 2, 3, 4, 3, 4)
    ]
    assert texts.index("from the table.") == len(texts) - 1
    assert "of 0.4 m?" in texts


def test_rows_whose_cells_have_words_for_labels_stay_rows() -> None:
    rows = []
    for i in range(4):
        rows += [
            *item(50, 100 + 20 * i, f"Case {i + 1}.", "left"),
            *item(310, 100 + 20 * i, "Case 9.", "right"),
        ]
    assert len(reading_order([rows], SIZE)[0]) == 1
