"""The generator of layouts prints what it says it prints, and its scorer tells right from wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.layouts import Special, Truth, Variant, generate
from benchmarks.layouts.book import CONTENT, read_book
from benchmarks.layouts.catalogue import VARIANTS
from benchmarks.layouts.score import score, tokens
from benchmarks.layouts.special import SPECIAL

pytest.importorskip("typst", reason="PDFs of layouts are typeset by typst")

TRUTH = [
    Truth("What is the sum of two and three?", ("It is five, as everybody knows.",)),
    Truth("How many legs does a spider have?", ("Eight legs, in four pairs.",)),
    Truth("Why is the sky blue by day?"),
]
PAIRS = [(item.problem, item.solutions[0]) for item in TRUTH[:2]]

ONE_OF_EACH_FORM = list(
    {variant.form: variant for variant in reversed(VARIANTS) if variant.language != "en-stems"}.values()
)


def named(variant: Variant | Special) -> str:
    return variant.name


def test_there_are_many_variants_each_with_its_own_name() -> None:
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS) >= 300


@pytest.mark.parametrize("language", sorted(path.stem for path in CONTENT.glob("*.yaml")))
def test_a_book_is_complete(language: str) -> None:
    book = read_book(language)
    problems = [problem for chapter in book.chapters for problem in chapter.problems]
    assert len(book.chapters) == 3
    assert len(problems) >= 18
    assert len({problem.question for problem in problems}) == len(problems)
    assert all(problem.question and problem.solution for problem in problems)
    assert not any("<" in problem.question + problem.solution + problem.answer for problem in problems)


@pytest.mark.parametrize("variant", ONE_OF_EACH_FORM, ids=named)
def test_the_same_variant_gives_the_same_bytes(variant: Variant | Special) -> None:
    assert generate(variant) == generate(variant)


@pytest.mark.parametrize("variant", ONE_OF_EACH_FORM, ids=named)
def test_everything_in_the_truth_is_printed(variant: Variant | Special) -> None:
    from extractors.documents import read_document

    generated = generate(variant)
    printed = tokens("\n".join(read_document(data, name).text for name, data in generated.files))
    wanted = tokens(
        "\n".join(text for item in generated.truth for text in (item.problem, *item.solutions[:1]))
    )
    assert (wanted - printed).total() <= 0.02 * wanted.total()


@pytest.mark.parametrize("special", SPECIAL, ids=named)
def test_everything_in_the_truth_is_composed(special: Special) -> None:
    composed = special.compose()
    written = tokens("\n".join(composed.sources.values()))
    for item in composed.truth:
        for text in (item.problem, *item.solutions):
            assert tokens(text) <= written, text


@pytest.mark.parametrize("special", [s for s in SPECIAL if s.form == "docx"][:3], ids=named)
def test_a_composed_document_has_the_same_bytes_every_time(special: Special) -> None:
    assert generate(special) == generate(special)


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v.name.startswith("none-")], ids=named)
def test_negative_cases_print_no_pair(variant: Variant | Special) -> None:
    assert not any(item.solutions for item in generate(variant).truth)


def test_all_pairs_found() -> None:
    result = score(TRUTH, PAIRS)
    assert (result.solved, result.right, result.wrong, result.off, result.f1) == (2, 2, 0, 0, 1.0)


@given(st.permutations(PAIRS))
def test_the_order_of_pairs_does_not_matter(pairs: list[tuple[str, str]]) -> None:
    assert score(TRUTH, pairs).right == 2


def test_a_solution_of_another_problem_is_wrong() -> None:
    swapped = [(PAIRS[0][0], PAIRS[1][1]), (PAIRS[1][0], PAIRS[0][1])]
    result = score(TRUTH, swapped)
    assert (result.right, result.wrong) == (0, 2)


def test_a_solution_for_an_unsolved_problem_is_wrong() -> None:
    result = score(TRUTH, [(TRUTH[2].problem, "Because of the short waves.")])
    assert (result.right, result.wrong, result.f1) == (0, 1, 0.0)


def test_a_stained_solution_is_off() -> None:
    stained = PAIRS[0][1] + " Then begins the next chapter, about quite another matter of interest."
    result = score(TRUTH, [(PAIRS[0][0], stained)])
    assert (result.right, result.wrong, result.off) == (0, 0, 1)


def test_nothing_printed_and_nothing_found_is_perfect() -> None:
    assert score(TRUTH[2:], []).f1 == 1.0
    assert score(TRUTH[2:], PAIRS[:1]).f1 == 0.0
