"""One solution for one problem, whatever the order, and never across scopes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.problems import match_items
from filters.confidence import DEFAULT_MINIMUM
from schemas.problems import Found, Item
from tests.extractors.problems import build
from tests.extractors.problems.build import found, heading, numbered


@st.composite
def collections(draw: st.DrawFn) -> list[Found]:
    """Documents with items under numbered chapters; numbers repeat between chapters and documents."""
    documents = []
    for name in draw(
        st.lists(st.sampled_from(["a", "b", "c_problems", "c_solutions"]), unique=True, min_size=1)
    ):
        items: list[Item] = []
        for run, chapter in enumerate(draw(st.lists(st.integers(1, 4), max_size=4, unique=True))):
            for kind in ("problem", "solution"):
                numbers = draw(st.lists(st.integers(1, 9), max_size=6, unique=True))
                headings = (f"Chapter {chapter}",)
                items += [
                    numbered(
                        kind, str(n), uri=f"{name}.pdf", headings=headings, run=2 * run + (kind == "problem")
                    )  # type: ignore[arg-type]
                    for n in sorted(numbers)
                ]
        documents.append(found(f"{name}.pdf", *items))
    return documents


@given(collections())
def test_every_item_ends_in_exactly_one_field(documents: list[Found]) -> None:
    result = match_items(documents)
    placed = [i.id for p in result.pairs for i in (p.problem, p.solution)]
    placed += [i.id for i in (*result.unpaired_problems, *result.unpaired_solutions)]
    assert sorted(placed) == sorted(i.id for d in documents for i in d.items)


@given(collections(), st.randoms())
def test_the_order_of_documents_does_not_matter(documents: list[Found], random: object) -> None:
    shuffled = list(documents)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert match_items(shuffled) == match_items(documents)


@given(collections())
def test_no_pair_across_scopes_or_strangers(documents: list[Found]) -> None:
    for pair in match_items(documents).pairs:
        assert pair.problem.headings == pair.solution.headings
        assert pair.problem.number == pair.solution.number
        assert pair.problem.uri[0] == pair.solution.uri[0]


@given(collections())
def test_what_could_be_matched_in_a_document_is(documents: list[Found]) -> None:
    """Same document, same chapter, same number: nothing else can be meant."""
    result = match_items(documents)
    matched = {p.solution.id for p in result.pairs}
    for document in documents:
        problems = {(i.headings, i.number) for i in document.items if i.kind == "problem"}
        for item in document.items:
            runs = [i for i in document.items if i.kind == "solution" and i.headings == item.headings]
            shared = [i for i in runs if (i.headings, i.number) in problems]
            if (
                item.kind == "solution"
                and (item.headings, item.number) in problems
                and 2 * len(shared) >= len(runs)
            ):
                assert item.id in matched


def test_numbers_alone_do_not_join_two_books() -> None:
    first = found("algebra.pdf", *(numbered("problem", str(n), uri="algebra.pdf") for n in range(1, 6)))
    second = found("botany.pdf", *(numbered("solution", str(n), uri="botany.pdf") for n in range(4, 40)))
    assert match_items([first, second]).pairs == ()


def test_the_only_two_documents_of_a_folder_may_belong_together() -> None:
    book = found("optics.pdf", *(numbered("problem", str(n), uri="optics.pdf") for n in range(1, 6)))
    for name, count in {"answers.pdf": 5, "algebra_answers.pdf": 0}.items():
        answers = found(name, *(numbered("solution", str(n), uri=name) for n in range(1, 6)))
        assert len(match_items([book, answers]).pairs) == count


def test_a_manual_may_cover_half_of_the_exercises() -> None:
    book = found("optics.pdf", *(numbered("problem", str(n), uri="optics.pdf") for n in range(1, 21)))
    manual = found(
        "optics_solutions.pdf",
        *(numbered("solution", str(n), uri="optics_solutions.pdf") for n in range(1, 21, 2)),
    )
    numbers = {p.problem.number for p in match_items([book, manual]).pairs}
    assert numbers == {(str(n),) for n in range(1, 21, 2)}


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("midterm.md", "final_solutions.md"),
        ("homework1.md", "quiz1_solutions.md"),
        ("exam_a.md", "exam_b_solutions.md"),
        ("algebra1.md", "algebra2_solutions.md"),
    ],
)
def test_sheets_of_other_names_are_no_companions(asked: str, answered: str) -> None:
    problems = found(asked, *(numbered("problem", str(n), uri=asked) for n in range(1, 4)))
    solutions = found(answered, *(numbered("solution", str(n), uri=answered) for n in range(1, 4)))
    assert match_items([problems, solutions]).pairs == ()


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("hw/Homework01_problems.md", "hw/Homework01_solutions.md"),
        ("problem_set_3.md", "problem_set_3_solutions.md"),
        ("quiz2.md", "quiz2-key.md"),
        ("blatt04.md", "blatt04_loesungen.md"),
        ("TD3_enonces.md", "TD3_corrigé.md"),
    ],
)
def test_names_of_companions(asked: str, answered: str) -> None:
    problems = found(asked, *(numbered("problem", str(n), uri=asked) for n in range(1, 4)))
    solutions = found(answered, *(numbered("solution", str(n), uri=answered) for n in range(1, 4)))
    other = found("other4.md", *(numbered("problem", str(n), uri="other4.md") for n in range(1, 4)))
    assert len(match_items([problems, solutions, other]).pairs) == 3


def _headed(kind: str, uri: str, *headings: str, count: int = 3, run: int = 0) -> list[Item]:
    return [numbered(kind, str(n), uri=uri, headings=headings, run=run) for n in range(1, count + 1)]  # type: ignore[arg-type]


def test_solutions_to_problems_answer_no_questions() -> None:
    """Equal numbers under "Questions" and "Problems" of one chapter: the words of the heading decide."""
    items = [
        *_headed("problem", "a.md", "Chapter 1", "Questions", run=0),
        *_headed("problem", "a.md", "Chapter 1", "Problems", run=1),
        *_headed("solution", "a.md", "Solutions to the problems", "Chapter 1", run=2),
    ]
    chosen = [pair for pair in match_items([found("a.md", *items)]).pairs if pair.score >= DEFAULT_MINIMUM]
    assert {pair.problem.headings[1] for pair in chosen} == {"Problems"}
    assert len(chosen) == 3


def test_rivals_with_equal_numbers_and_headings_are_guesses() -> None:
    def best(*rivals: str) -> float:
        asked = [
            i
            for run, name in enumerate(rivals)
            for i in _headed("problem", "a.md", "Chapter 1", name, run=run)
        ]
        answered = _headed("solution", "a.md", "Answers", "Chapter 1", run=9)
        return max(pair.score for pair in match_items([found("a.md", *asked, *answered)]).pairs)

    assert best("Exercises") >= DEFAULT_MINIMUM
    assert best("Exercises", "Exercises, continued") < best("Exercises")


def _texted(kind: str, family: str, texts: list[str], run: int) -> list[Item]:
    return [
        replace(numbered(kind, str(n), text, run=run), family=family)  # type: ignore[arg-type]
        for n, text in enumerate(texts, 1)
    ]


SUBJECTS = ["copper wire", "hollow sphere", "wooden bridge", "steam engine", "prime ideal", "frozen lake"]


def test_two_unknown_words_need_texts_that_belong_together() -> None:
    asked = _texted("problem", "dusk", [f"What is known of the {s}?" for s in SUBJECTS], 0)
    answered = [f"That the {s} was lost." for s in SUBJECTS]

    def count(family: str, texts: list[str]) -> int:
        return len(match_items([found("book.md", *asked, *_texted("solution", family, texts, 1))]).pairs)

    assert count("dawn", answered) == 6
    assert count("dawn", answered[::-1]) == 0
    assert count("dusk", answered[::-1]) == 6  # one word: the number is enough
    assert count("example", answered) == 0  # a known word for something else


def test_copies_of_a_file_do_not_take_each_others_solutions() -> None:
    items = [*_headed("problem", "a.md", run=0), *_headed("solution", "a.md", run=1)]
    copies = [found(uri, *(replace(i, uri=uri) for i in items)) for uri in ("a.md", "b.md")]
    result = match_items(copies)
    assert [(p.problem.uri, p.solution.uri) for p in result.pairs] == [("a.md", "a.md")] * 3 + [
        ("b.md", "b.md")
    ] * 3


@given(collections(), st.randoms())
def test_links_of_any_kind_lose_no_item(documents: list[Found], random: object) -> None:
    """Links that documents make up: dangling, doubled, between items of one kind."""
    linked = [
        replace(
            d,
            items=tuple(
                replace(i, link=random.choice(["", "l1", "l2", "l3"]), method="inline") for i in d.items
            ),
        )  # type: ignore[attr-defined]
        for d in documents
    ]
    result = match_items(linked)
    placed = [(i.uri, i.id) for p in result.pairs for i in (p.problem, p.solution)]
    placed += [(i.uri, i.id) for i in (*result.unpaired_problems, *result.unpaired_solutions)]
    assert sorted(placed) == sorted((i.uri, i.id) for d in linked for i in d.items)
    assert all((p.problem.kind, p.solution.kind) == ("problem", "solution") for p in result.pairs)
    assert all(0 <= p.score <= 1 for p in result.pairs)
    assert match_items(linked[::-1]) == result


@pytest.mark.parametrize(("first", "second"), [("Monday", "Tuesday"), ("Tuesday", "Monday")])
def test_names_above_the_answers_outweigh_their_order(first: str, second: str) -> None:
    asked = [
        *_headed("problem", "a.md", "Monday", "Questions", run=0),
        *_headed("problem", "a.md", "Tuesday", "Questions", run=1),
    ]
    answered = [
        *_headed("solution", "a.md", "Answers", first, run=2),
        *_headed("solution", "a.md", "Answers", second, run=3),
    ]
    pairs = match_items([found("a.md", *asked, *answered)]).pairs
    assert [(p.problem.headings[0], p.score >= DEFAULT_MINIMUM) for p in pairs] == [
        (p.solution.headings[1], True) for p in pairs
    ]
    assert len(pairs) == 6


def test_bare_answers_below_a_title_that_names_the_word_of_the_problems() -> None:
    text = build.document(
        *(part for n in (1, 2, 3) for part in (f"Example {n}. Add.", "Solution. So.", f"Try It {n}. Twice.")),
        heading("Answers to Try Its"), "1. Two.", "2. Four.", "3. Six.",
    )  # fmt: skip
    replies = {pair.problem.label: pair.solution.text for pair in build.matched(text).pairs}
    assert [replies[f"Try It {n}"] for n in (1, 2, 3)] == ["Two.", "Four.", "Six."]
