from __future__ import annotations

import random
from functools import cache
from itertools import combinations
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters import near_duplicates as module
from filters.minhash import Lsh, lsh_for
from filters.near_duplicates import ShingleSets, duplicates, groups, links, near_duplicates, node_of, shares
from filters.shingles import normal_words

NGRAM = 2
LSH = Lsh(threshold=0.5, ngram=NGRAM, bands=64, rows=1)  # hardly misses anything
WORDS = st.lists(st.sampled_from("abcdef"), max_size=9).map(" ".join)


@cache
def grams(text: str) -> set[tuple[str, ...]]:
    words = normal_words(text)
    return {tuple(words[i : i + NGRAM]) for i in range(max(len(words) - NGRAM, 0) + 1)} if words else set()


def jaccard(one: str, other: str) -> float:
    union = grams(one) | grams(other)
    return len(grams(one) & grams(other)) / len(union) if union else 0.0


def least(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Returns the similarity of the least similar parts, where both have no words left out."""
    parts = [(a, b) for a, b in zip(one, other, strict=True) if grams(a) or grams(b)]
    return min((jaccard(a, b) for a, b in parts), default=0.0)


def linked(texts: list[tuple[str, ...]], threshold: float, labels: list[int] | None = None) -> list[int]:
    """Returns for every text the first one of its component, found by trying all pairs of a group."""
    first = list(range(len(texts)))
    labels = labels or [0] * len(texts)
    for i, j in combinations(range(len(texts)), 2):
        if labels[i] == labels[j] and least(texts[i], texts[j]) >= threshold:
            low, high = sorted((first[i], first[j]))
            first = [low if f == high else f for f in first]
    return first


@settings(deadline=None)
@given(
    st.integers(1, 2).flatmap(lambda parts: st.lists(st.tuples(*[WORDS] * parts), min_size=12, max_size=12)),
    st.lists(st.sampled_from([4, 4, 9]), min_size=12, max_size=12),
    st.integers(1, 4),
    st.integers(1, 30),
)
def test_equals_trying_all_pairs(
    texts: list[tuple[str, ...]], labels: list[int], at_a_time: int, cells: int
) -> None:
    with mock.patch.multiple(module, _TEXTS_AT_A_TIME=at_a_time, _CELLS_AT_A_TIME=cells):
        found = duplicates(texts, np.array(labels), LSH)
    first = linked(texts, LSH.threshold, labels)
    assert {d.index: d.kept for d in found} == {i: f for i, f in enumerate(first) if f != i}
    for duplicate in found:
        text = texts[duplicate.index]
        assert duplicate.similarity == pytest.approx(least(text, texts[duplicate.kept]))
        assert duplicate.link_similarity == pytest.approx(least(text, texts[duplicate.link]))
        assert duplicate.link_similarity >= LSH.threshold
        assert duplicate.link != duplicate.index
        assert first[duplicate.link] == first[duplicate.index]
        assert (duplicate.link == duplicate.kept) == (duplicate.similarity >= LSH.threshold)


@settings(deadline=None)
@given(st.lists(WORDS, min_size=10, max_size=10), st.lists(st.booleans(), min_size=10, max_size=10))
def test_known_texts_stay_and_what_is_similar_goes(texts: list[str], known: list[bool]) -> None:
    one_part = [(text,) for text in texts]
    with mock.patch.object(module, "_TEXTS_AT_A_TIME", 2):
        found = {d.index: d for d in duplicates(one_part, np.zeros(10, np.int64), LSH, np.array(known))}
    first = linked(one_part, LSH.threshold)
    for index in range(10):
        together = [n for n in range(10) if first[n] == first[index]]
        best = min(together, key=lambda n: (not known[n], n))
        assert (index in found) == (not known[index] and index != best)
        if index in found:
            similar = {n: jaccard(texts[n], texts[index]) for n in together if known[n]}
            nearest = min(similar, key=lambda n: (-similar[n], n), default=best)
            named = nearest if similar.get(nearest, 0.0) >= LSH.threshold else best
            assert found[index].kept == named


def test_texts_of_one_template_are_not_compared_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two templates in one group, each with what is similar to none: products are counted."""
    rng = random.Random(7)
    templates = [[f"{name}{n}" for n in range(60)] for name in "ab"]
    texts = [[*templates[n % 2], f"on day {n}"] for n in range(1500)]
    texts += [[rng.choice("xyz") + word for word in template] for template in templates]
    joined = [(" ".join(words),) for words in rng.sample(texts, len(texts))]
    products = 0
    similar = ShingleSets.similar

    def counted(self: ShingleSets, some: Any, others: Any, *rest: Any) -> Any:
        nonlocal products
        products += len(some) * len(others)
        return similar(self, some, others, *rest)

    monkeypatch.setattr(ShingleSets, "similar", counted)
    found = duplicates(joined, np.zeros(len(joined), np.int64), lsh_for(0.8))
    assert len(found) == 1498
    # Two templates have to be compared with each other, and each text with what is similar to none.
    assert products < 750 * 750 + 40 * len(joined)


def test_only_texts_of_one_group_are_duplicates() -> None:
    texts = [("a b c d",)] * 4
    found = duplicates(texts, np.array([0, 1, 0, 1]), LSH)
    assert [(d.index, d.kept, d.similarity) for d in found] == [(2, 0, 1.0), (3, 1, 1.0)]


def test_a_chain_is_one_group_and_names_what_links_it() -> None:
    texts = [("a b c d e f",), ("c d e f g h",), ("e f g h i j",)]
    lsh = Lsh(threshold=0.4, ngram=NGRAM, bands=64, rows=1)
    second, third = near_duplicates(texts, lsh)
    assert (second.index, second.kept, second.similarity) == (1, 0, pytest.approx(3 / 7))
    assert (third.kept, third.link) == (0, 1)
    assert (third.similarity, third.link_similarity) == (pytest.approx(1 / 9), pytest.approx(3 / 7))


def test_every_part_has_to_be_similar() -> None:
    problem, one, other = "find the sum of all", "it is five for sure", "nobody has ever known"
    assert not near_duplicates([(problem, one), (problem, other)], LSH)
    assert not near_duplicates([(problem, one), (one, problem)], LSH)
    assert len(near_duplicates([(problem, one), (problem.upper(), one)], LSH)) == 1


def test_parts_without_words_are_like_each_other_only() -> None:
    same = "a farmer keeps a flock of sheep on the meadow behind the house"
    lsh = lsh_for(0.8)
    [found] = near_duplicates([(same, ""), (same, "...")], lsh)
    assert (found.index, found.kept, found.similarity) == (1, 0, 1.0)
    assert near_duplicates([(same, ""), (same, "ten")], lsh) == []
    assert near_duplicates([("", ""), ("", "")], lsh) == []
    assert [found.similarity for found in near_duplicates([("Two.", "x = 2"), ("two", "x=2")], lsh)] == [1.0]
    assert near_duplicates([("two",), ("three",)], lsh) == []


def test_what_keeps_apart() -> None:
    texts = [("what is the sum of 2 and 2",), ("what is the sum of 2 and 2",)]
    assert len(near_duplicates(texts, LSH, apart=["2 2", "2 2"])) == 1
    assert not near_duplicates(texts, LSH, apart=["2 2", "2 3"])


def test_texts_without_words_are_no_duplicates() -> None:
    assert not near_duplicates([("",), ("...",), ("",)], LSH)
    assert not near_duplicates([], LSH)


def test_the_same_groups_in_any_order_and_in_any_division() -> None:
    rng = random.Random(3)
    pairs = np.array([rng.sample(range(200), 2) for _ in range(120)], np.uint64).T
    whole = groups([pairs])
    order = rng.sample(range(120), 120)
    again = groups([pairs[:, order[:50]], pairs[::-1, order[50:]]])
    np.testing.assert_array_equal(whole.nodes, again.nodes)
    np.testing.assert_array_equal(whole.labels, again.labels)
    assert whole.label(10**6) is None
    assert whole.label(int(whole.nodes[5])) == whole.labels[5]
    assert groups([]).label(0) is None


def test_links_and_shares() -> None:
    keys, nodes = np.array([7, 9, 7, 7, 9], np.uint64), np.array([1, 2, 3, 4, 2], np.uint64)
    assert links(keys, nodes).T.tolist() == [[1, 3], [3, 4]]
    assert shares(np.array([0, 0, 1, 2, 2, 2, 3]), size=3).tolist() == [0, 0, 1, 2]


def test_nodes_depend_on_every_part() -> None:
    assert len({node_of("a", "b"), node_of("ab"), node_of("a", "b", ""), node_of("\ud800")}) == 4


def test_similar_texts_among_many_are_found() -> None:
    """Edits of every size, at three thresholds: all that are verified are, and hardly any is missed."""
    rng = random.Random(5)
    vocabulary = [f"w{n}" for n in range(2000)]
    texts = [rng.choices(vocabulary, k=120) for _ in range(150)]
    for text in texts[:100]:
        edited = list(text)
        for _ in range(rng.randrange(12)):
            edited[rng.randrange(len(edited))] = rng.choice(vocabulary)
        texts.append(edited)
    joined = [(" ".join(text),) for text in texts]
    for threshold in (0.5, 0.7, 0.85):
        lsh = lsh_for(threshold, NGRAM)
        truth = {i for i, first in enumerate(linked(joined, threshold)) if first != i}
        found = {d.index for d in near_duplicates(joined, lsh)}
        assert found <= truth
        assert len(found) >= 0.95 * len(truth)
