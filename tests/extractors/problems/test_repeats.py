"""Solutions that begin with a question are for it, whatever their number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.problems import match_items
from extractors.problems.repeats import repeating
from filters.confidence import DEFAULT_MINIMUM
from schemas.problems import Item
from tests.extractors.problems.build import found, numbered

THINGS = ["copper wire", "hollow sphere", "wooden bridge", "steam engine", "garden fence", "clay oven"]
ASKED = [f"How heavy is the {thing} of the neighbour?" for thing in THINGS]


def _problems(asked: list[str], run: int = 0) -> list[Item]:
    return [numbered("problem", str(n), text, run=run) for n, text in enumerate(asked, 1)]


def _solutions(repeated: list[str], run: int = 1) -> list[Item]:
    texts = [f"*{text}* It has {n} kg." for n, text in enumerate(repeated, 1)]
    return [numbered("solution", str(n), text, run=run) for n, text in enumerate(texts, 1)]


def _kept(*items: Item) -> list[tuple[str, str]]:
    pairs = sorted(match_items([found("book.md", *items)]).pairs, key=lambda p: p.problem.number)
    return [(p.problem.text, p.solution.text) for p in pairs if p.score >= DEFAULT_MINIMUM]


@given(st.permutations(ASKED), st.integers(0, 6), st.integers(0, 6))
def test_a_solution_is_never_for_another_question_than_it_repeats(
    order: list[str], asked: int, answered: int
) -> None:
    pairs = match_items([found("book.md", *_problems(ASKED[:asked]), *_solutions(order[:answered]))]).pairs
    repeated = {*ASKED[:asked]} & {*order[:answered]}
    right = [p for p in pairs if p.solution.text.startswith(f"*{p.problem.text}*")]
    assert {p.problem.text for p in right} == repeated
    # Those that repeat none of these questions may be for any.
    assert not repeated & {p.solution.text[1:].split("*")[0] for p in pairs if p not in right}


def test_two_solutions_that_changed_places() -> None:
    swapped = [*ASKED[:2], ASKED[5], ASKED[3], ASKED[4], ASKED[2]]
    kept = _kept(*_problems(ASKED), *_solutions(swapped))
    assert [(a[17:22], b[18:23]) for a, b in kept] == [(text[17:22], text[17:22]) for text in ASKED]


def test_the_solutions_of_an_edition_with_one_more_question() -> None:
    kept = _kept(*_problems([*ASKED[:2], *ASKED[3:]]), *_solutions(ASKED))
    assert [problem for problem, _ in kept] == [*ASKED[:2], *ASKED[3:]]
    assert all(solution.startswith(f"*{problem}*") for problem, solution in kept)


def test_numbers_decide_between_problems_that_ask_the_same() -> None:
    same = [ASKED[0], ASKED[0], ASKED[1]]
    pairs, strangers = repeating(_problems(same), _solutions(same))
    assert ([a.text for a, _ in pairs], strangers) == ([ASKED[1]], [])
    kept = _kept(*_problems(same), *_solutions(same))
    assert [solution[-5:-4] for _, solution in kept] == ["1", "2", "3"]


def test_what_repeats_other_problems_that_ask_the_same_is_for_none() -> None:
    asked = [ASKED[0], ASKED[0], ASKED[1]]
    replies = _solutions([ASKED[1], "It is said that it weighs a lot.", ASKED[0]])
    pairs, strangers = repeating(_problems(asked), replies)
    assert ([a.text for a, _ in pairs], strangers) == ([ASKED[1]], [replies[2]])
    assert replies[2].text not in [solution for _, solution in _kept(*_problems(asked), *replies)]


@pytest.mark.parametrize("text", ["Find $x$.", "Why?"])
def test_a_question_that_anyone_may_ask_is_no_sign(text: str) -> None:
    assert repeating(_problems([text]), _solutions([text])) == ([], [])


def test_a_question_alone_is_no_solution() -> None:
    copies = [numbered("solution", str(n), text, run=1) for n, text in enumerate(ASKED, 1)]
    assert repeating(_problems(ASKED), copies) == ([], [])


def test_the_longest_question_counts() -> None:
    asked = ["Find the area of a round table", "Find the area of a round table with a hole in it"]
    pairs, _ = repeating(_problems(asked), _solutions([asked[1]]))
    assert [problem.text for problem, _ in pairs] == [asked[1]]


@pytest.mark.parametrize("more", [" with radius 1/2 m", "s"])
def test_the_beginning_of_a_question_is_another_question(more: str) -> None:
    short, long = "Find the area of the round copper plate", "Find the area of the round copper plate{}."
    problems = _problems([f"{short}.", *ASKED[:2], long.format(" with radius $\\frac{1}{2}$ m")])
    solution = numbered("solution", "4", long.format(more) + " It is 3.", run=1)
    assert repeating(problems, [solution]) == ([], [])
    same = numbered("solution", "4", f"{short}\n\nIt is 3.", run=1)
    assert repeating(problems, [same]) == ([(problems[0], same)], [])


@pytest.mark.parametrize("second", [" With r = 5, it is 79.", "\n\nIt is 79."])
def test_the_first_sentence_of_another_question_says_nothing(second: str) -> None:
    same = "Find the area of the shaded region."
    problems = _problems([same, f"{same} Its radius is 5 cm.", ASKED[0]])
    replies = ["It is 12.", f"{same}{second}", "It has 3 kg."]
    solutions = [numbered("solution", str(n), text, run=1) for n, text in enumerate(replies, 1)]
    assert repeating(problems, solutions) == ([], [])
    assert [solution for _, solution in _kept(*problems, *solutions)] == replies


def test_what_repeats_a_whole_question_of_several_sentences_is_for_it() -> None:
    same = "Find the area of the shaded region."
    problems = _problems([same, f"{same} Its radius is 5 cm."])
    solution = numbered("solution", "1", f"{same} Its radius is 5 cm. It is 79.", run=1)
    assert repeating(problems, [solution]) == ([(problems[1], solution)], [])
