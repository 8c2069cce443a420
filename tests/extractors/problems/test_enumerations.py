"""Steps, parts and clauses are counted too, and are no items."""

from __future__ import annotations

from extractors.problems import find_items
from extractors.problems.enumerations import clauses, counts_parts, sheet, without_enumerations
from extractors.problems.outline import Piece, divide
from extractors.problems.sequences import Candidate
from schemas.document import Block
from tests.extractors.problems.build import bold, document, heading


def pieces_of(*blocks: Block | str) -> list[Piece]:
    return divide(document(*blocks))


def bare(pieces: list[Piece]) -> list[Candidate]:
    """Candidates for all bare numbers."""
    numbers = [(i, p.label.number) for i, p in enumerate(pieces) if p.label and p.label.role == ""]
    return [Candidate(i, number, (), 0, False) for i, number in numbers]


CAPITALS = ["Exercise 1. Why?", "Exercise 2. How?", "Exercise 3. When?", "Exercise 4. Where?"]


def test_clauses_of_a_sentence_begin_in_lower_case() -> None:
    pieces = pieces_of(*CAPITALS, "1. name the unknown,", "2. draw the picture,", "3. look back.")
    assert clauses(pieces) == {4, 5, 6}


def test_one_capital_makes_a_list_of_items() -> None:
    assert clauses(pieces_of(*CAPITALS, "1. name the unknown,", "2. Draw a picture.")) == set()


def test_clauses_count_only_where_capitals_are_usual() -> None:
    """Whoever writes problems in lower case has no clauses."""
    assert clauses(pieces_of("1. name the unknown,", "2. draw the picture,", "3. look back.")) == set()


def test_a_formula_or_a_single_number_is_no_clause() -> None:
    assert clauses(pieces_of(*CAPITALS, "1. sin x", "2. cos x")) == set()
    assert clauses(pieces_of(*CAPITALS, "1. name the unknown.")) == set()


def test_solutions_may_begin_in_lower_case() -> None:
    text = pieces_of(*CAPITALS, heading("Answers"), "1. name the unknown,", "2. draw the picture.")
    assert clauses(text) == set()


def test_clauses_are_not_what_the_answers_answer() -> None:
    clauses_of = ["1. name the unknown,", "2. draw the picture,", "3. look back at it."]
    rest: list[Block | str] = [
        heading("Heat"),
        *CAPITALS,
        heading("Answers"),
        "1. So.",
        "2. Thus.",
        "3. Now.",
    ]
    found = find_items(document(heading("Method"), "You should", *clauses_of, *rest)).items
    assert [item.text for item in found][:4] == ["Why?", "How?", "When?", "Where?"]


def test_less_prominent_numbers_count_steps() -> None:
    pieces = pieces_of(
        heading("Exercise 1"), "1. Think.", "2. Look.", heading("Exercise 2"), "1. Think.", "2. Look."
    )
    assert without_enumerations(bare(pieces), [0, 3], pieces) == []


def test_bold_numbers_among_bold_words_are_items() -> None:
    pieces = pieces_of(
        bold("Exercise 1 Why?", "Exercise 1"), bold("1. How?", "1."), bold("2. When?", "2."),
        bold("Exercise 2 Where?", "Exercise 2"), "1. Look.", "2. Think.",
    )  # fmt: skip
    assert [c.index for c in without_enumerations(bare(pieces), [0, 3], pieces)] == [1, 2]


def test_without_typography_only_long_rows_are_items() -> None:
    def kept(between: int, after: int) -> int:
        rows = [[f"{n}. Look." for n in range(1, count + 1)] for count in (between, after)]
        pieces = pieces_of("1. See.", "Exercise 1. Why?", *rows[0], "Exercise 2. How?", *rows[1])
        starts = [i for i, p in enumerate(pieces) if p.label and p.label.family]
        return len(without_enumerations(bare(pieces), starts, pieces))

    assert kept(8, 4) == 1  # only what stands before the first
    assert kept(9, 4) == 1 + 9
    assert kept(8, 5) == 1 + 5


def test_one_worded_item_tells_nothing() -> None:
    pieces = pieces_of(heading("Exercise 1"), "1. Think.", "2. Look.")
    assert without_enumerations(bare(pieces), [0], pieces) == bare(pieces)
    assert without_enumerations([], [0, 1], pieces) == []


def test_a_sheet_is_little_but_a_list() -> None:
    listed = [f"{n}. Explain in your own words." for n in (1, 2, 3)]
    assert len(sheet(bare(pieces_of(*listed)), pieces_of(*listed))) == 3
    assert len(sheet(bare(pieces_of("Name:", *listed)), pieces_of("Name:", *listed))) == 3
    long = ["Once upon a time there was a king. " * 4, *listed]
    assert sheet(bare(pieces_of(*long)), pieces_of(*long)) == []
    assert sheet(bare(pieces_of(*listed[:2])), pieces_of(*listed[:2])) == []


def test_headings_of_a_report_are_no_sheet() -> None:
    report = [heading(f"{n}. Results") for n in (1, 2, 3)]
    pieces = pieces_of(*report)
    assert sheet(bare(pieces), pieces) == []
    assert find_items(document(*report)).items == ()


def numbers(*counted: tuple[int, str]) -> list[Candidate]:
    return [Candidate(index, (number,), (), 0, False) for index, number in counted]


def test_what_starts_over_in_every_item_counts_parts() -> None:
    main = numbers((0, "1"), (10, "2"), (20, "3"))
    assert counts_parts(numbers((1, "a"), (2, "b"), (11, "a"), (21, "a")), main)
    assert counts_parts(numbers((1, "i"), (2, "ii"), (11, "i")), main)
    assert not counts_parts(numbers((1, "a"), (11, "b"), (21, "c")), main)
    assert not counts_parts(numbers((1, "a"), (11, "a")), numbers((5, "1"), (10, "2")))


def test_long_rows_end() -> None:
    pieces = pieces_of(*(["Exercise 1. Why?", "1. look there,", "2. think of it."] * 5_000))
    starts = list(range(0, len(pieces), 3))
    assert clauses(pieces) == set()
    assert without_enumerations(bare(pieces), starts, pieces) == []


def test_a_sentence_among_solutions_that_goes_on_in_a_list() -> None:
    listed = ("1. solid solutions of metals,", "2. liquid solutions of salts,", "3. mixtures of gases.")
    assert clauses(pieces_of(*CAPITALS, heading("Solutions"), "There are three kinds:", *listed)) == {6, 7, 8}
    assert clauses(pieces_of(*CAPITALS, heading("Solutions"), *listed)) == set()
    whole = [text.replace(",", ".") for text in listed]
    assert clauses(pieces_of(*CAPITALS, heading("Solutions"), "The solutions are:", *whole)) == set()
