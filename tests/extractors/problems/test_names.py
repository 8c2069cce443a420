"""Sections with names instead of numbers, and titles that name different things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.documents import read_document
from extractors.problems import find_items, match_items
from extractors.problems.names import heading_name
from filters.confidence import DEFAULT_MINIMUM
from schemas.problems import Found
from tests.extractors.problems.build import found, numbered

NAMES = [
    ("Variant A", "Variant B"),
    ("Gruppe A", "Gruppe B"),
    ("Set I", "Set II"),
    ("Basic", "Advanced"),
    ("Monday", "Tuesday"),
    ("Arithmetic", "Graphs"),
    ("代数", "几何"),
]


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Solutions to variant B", "variant b"),
        ("Group A: solutions", "group a"),
        ("Respuestas a los ejercicios", ""),
        ("Esercizi e soluzioni", ""),
        ("3. Graphs", "graphs"),
        ("Chapter 3", "chapter"),
        ("Advanced exercises", "advanced"),
        ("Selected answers: graphs", "graphs"),
        ("Exam 2021", ""),
    ],
)
def test_what_a_heading_names(heading: str, name: str) -> None:
    assert heading_name(heading) == name


def _read(text: str, name: str = "book.md") -> Found:
    return find_items(read_document(text.encode(), name))


def _kept(*documents: Found) -> list[tuple[str, str]]:
    pairs = match_items(documents).pairs
    return [(p.problem.text, p.solution.text) for p in pairs if p.score >= DEFAULT_MINIMUM]


def _section(heading: str, kind: str, name: str, count: int) -> str:
    return f"{heading}\n\n" + "".join(f"{n}. {kind} {n} of {name}.\n\n" for n in range(1, count + 1))


def _book(sections: dict[str, int], answered: list[str]) -> str:
    asked = "".join(_section(f"# {name}", "Question", name, count) for name, count in sections.items())
    replies = "".join(_section(f"## {name}", "Reply", name, sections[name]) for name in answered)
    return f"{asked}# Solutions\n\n{replies}"


def _right(name: str, count: int) -> list[tuple[str, str]]:
    return [(f"Question {n} of {name}.", f"Reply {n} of {name}.") for n in range(1, count + 1)]


@pytest.mark.parametrize(("first", "second"), NAMES)
def test_a_section_of_solutions_answers_the_section_of_its_name(first: str, second: str) -> None:
    sections = {first: 5, second: 4}
    both = [*_right(first, 5), *_right(second, 4)]
    assert _kept(_read(_book(sections, [first, second]))) == both
    assert _kept(_read(_book(sections, [second, first]))) == both
    assert _kept(_read(_book(sections, [second]))) == _right(second, 4)


@given(
    st.dictionaries(st.sampled_from(["Stones", "Rivers", "Winds", "Stars"]), st.integers(1, 6), min_size=1),
    st.randoms(use_true_random=False),
)
def test_names_never_lead_to_another_section(sections: dict[str, int], random: object) -> None:
    answered = [name for name in sections if random.random() < 0.7]  # type: ignore[attr-defined]
    random.shuffle(answered)  # type: ignore[attr-defined]
    items = [
        numbered(kind, str(n), headings=(*above, name), run=run)  # type: ignore[arg-type]
        for run, (kind, name, above) in enumerate(
            [("problem", name, ()) for name in sections]
            + [("solution", name, ("Solutions",)) for name in answered]
        )
        for n in range(1, sections[name] + 1)
    ]
    pairs = match_items([found("book.md", *items)]).pairs
    assert sorted(p.solution.headings[-1] for p in pairs) == sorted(p.problem.headings[-1] for p in pairs)
    assert all(p.solution.headings[-1] == p.problem.headings[-1] for p in pairs)
    assert len(pairs) == sum(sections[name] for name in answered)


def test_a_name_that_comes_in_every_chapter_counts_within_it() -> None:
    made = []
    for run, (chapter, level) in enumerate([("Algebra", "Easy"), ("Geometry", "Easy"), ("Geometry", "Hard")]):
        made += [numbered("problem", str(n), headings=(chapter, level), run=run) for n in (1, 2, 3)]
    for run, (chapter, level) in enumerate([("Geometry", "Hard"), ("Geometry", "Easy")], 3):
        above = ("Solutions", chapter, level)
        made += [numbered("solution", str(n), headings=above, run=run) for n in (1, 2, 3, 4)]
    pairs = match_items([found("book.md", *made)]).pairs
    assert [p.problem.headings for p in pairs] == [p.solution.headings[1:] for p in pairs]
    assert len(pairs) == 6


def test_the_same_name_in_two_chapters_is_a_guess() -> None:
    made = []
    for run, chapter in enumerate(["Algebra", "Geometry"]):
        made += [numbered("problem", str(n), headings=(chapter, "Easy"), run=run) for n in (1, 2, 3)]
    made += [numbered("solution", str(n), headings=("Solutions", "Easy"), run=2) for n in (1, 2, 3)]
    pairs = match_items([found("book.md", *made)]).pairs
    assert all(pair.score < DEFAULT_MINIMUM for pair in pairs)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_solutions_in_a_chapter_are_for_its_problems(place: int) -> None:
    sections = {"Arithmetic": 6, "Graphs": 5, "Chemistry": 5}
    text = ""
    for n, (name, count) in enumerate(sections.items()):
        text += _section(f"# {name}", "Question", name, count)
        text += _section("## Solutions", "Reply", name, count) if n == place else ""
    name = list(sections)[place]
    assert _kept(_read(text)) == _right(name, sections[name])


def test_solutions_below_the_last_chapter_that_have_more_numbers_may_be_for_another() -> None:
    text = _section("# Arithmetic", "Question", "Arithmetic", 6) + _section(
        "# Graphs", "Question", "Graphs", 5
    )
    assert _kept(_read(text + _section("## Solutions", "Reply", "Arithmetic", 6))) == []


def test_solutions_of_a_section_that_has_fewer_problems_go_to_no_other() -> None:
    asked = _section("# Algebra", "Question", "Algebra", 6) + _section(
        "# Chemistry", "Question", "Chemistry", 2
    )
    pairs = match_items(
        [_read(asked + "# Solutions\n\n" + _section("## Chemistry", "Reply", "Chemistry", 6))]
    ).pairs
    assert [p.problem.text for p in pairs] == ["Question 1 of Chemistry.", "Question 2 of Chemistry."]


def _titled(asked: str, answered: str, replies: list[str]) -> list[Found]:
    questions = ["edges of a tree", "planar graphs", "colours", "cycles", "spanning trees", "tours"]
    problems = "".join(f"**Problem {n}.** Tell of {q}.\n\n" for n, q in enumerate(questions, 1))
    solutions = "".join(f"**Problem {n}.** {r}\n\n" for n, r in enumerate(replies, 1))
    files = {"a.md": f"# {asked}\n\n{problems}", "a_solutions.md": f"# {answered}\n\n{solutions}"}
    return [_read(text, name) for name, text in files.items()]


REPLIES = ["Eleven.", "No.", "Three.", "Four.", "Sixteen.", "Even."]
CONTRADICTING = [
    ("Exam, group A", "Exam, group B: solutions"),
    ("Exam, spring 2021", "Exam, autumn 2021: solutions"),
    ("Klausur WS 2021", "Klausur SS 2022, Lösungen"),
    ("Test of 3 May", "Test of 9 June: solutions"),
    ("Test of 3 May", "Test of 9 May: solutions"),
    ("Linear algebra: exercises", "Zoology: solutions"),
    ("代数 习题", "几何 答案"),
]
AGREEING = [
    ("Exam, group A", "Exam, group A: solutions"),
    ("Exercises", "Zoology: solutions"),
    ("Zoology: exercises", "Solutions"),
    ("Linear algebra: exercises", "Solutions: algebra"),
    ("Lineare Algebra: Aufgaben", "Lösungen zur linearen Algebra"),
    ("Exercises 1–20 (graphs)", "Graph exercises 1–19: answers"),
    ("Review exercises", "Answers to selected problems"),
    ("Part One: problems", "Part Two: solutions"),
    ("Erster Teil: Aufgaben", "Zweiter Teil: Lösungen"),
    ("Test of 3 May", "Test of 3 May 2021: solutions"),
]


@pytest.mark.parametrize(("asked", "answered"), CONTRADICTING)
def test_titles_that_name_different_things_are_no_match(asked: str, answered: str) -> None:
    apart = _titled(asked, answered, REPLIES)
    pairs = match_items(apart).pairs
    assert all(pair.score < DEFAULT_MINIMUM for pair in pairs)
    together = f"# {asked}\n\n{_listed('abcdef')}# {answered}\n\n{_listed('ghijkl')}"
    assert _kept(_read(together)) == []


@pytest.mark.parametrize(("asked", "answered"), AGREEING)
def test_titles_that_do_not_contradict_are_a_match(asked: str, answered: str) -> None:
    assert len(_kept(*_titled(asked, answered, REPLIES))) == len(REPLIES)


@pytest.mark.parametrize(("asked", "answered"), CONTRADICTING)
def test_texts_that_agree_outweigh_titles(asked: str, answered: str) -> None:
    replies = ["A tree has n-1 edges.", "Planar graphs have no K33.", "Colours: three.", "Cycles close."]
    replies += ["Spanning trees: 16.", "Tours need even degrees."]
    assert len(_kept(*_titled(asked, answered, replies))) == len(replies)


def _listed(letters: str) -> str:
    return "".join(f"{n}. Say {letter * 4}.\n\n" for n, letter in enumerate(letters, 1))


def test_titles_of_sets_within_one_chapter_do_not_contradict_that_of_the_answers() -> None:
    asked = [numbered("problem", str(n), headings=("Chapter 1", "Exercises on vectors")) for n in range(1, 5)]
    above = ("Mechanics: answers", "Chapter 1")
    answered = [numbered("solution", str(n), headings=above, run=1) for n in range(1, 5)]
    pairs = match_items([found("book.md", *asked, *answered)]).pairs
    assert [pair.score >= DEFAULT_MINIMUM for pair in pairs] == [True] * 4
