from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.minhash import Lsh, lsh_for
from filters.near_duplicates import duplicates, groups, links, near_duplicates, node_of, shares
from filters.shingles import normal_words

NGRAM = 2
LSH = Lsh(threshold=0.5, ngram=NGRAM, bands=64, rows=1)  # hardly misses anything
WORDS = st.lists(st.sampled_from("abcdef"), max_size=9).map(" ".join)


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


def linked(texts: list[tuple[str, ...]], threshold: float) -> list[int]:
    """Returns for every text the first one of its component, found by trying all pairs."""
    first = list(range(len(texts)))
    for i, j in combinations(range(len(texts)), 2):
        if least(texts[i], texts[j]) >= threshold:
            low, high = sorted((first[i], first[j]))
            first = [low if f == high else f for f in first]
    return first


@settings(deadline=None)
@given(st.integers(1, 2).flatmap(lambda parts: st.lists(st.tuples(*[WORDS] * parts), max_size=9)))
def test_equals_trying_all_pairs(texts: list[tuple[str, ...]]) -> None:
    found = duplicates(texts, np.zeros(len(texts), np.int64), LSH)
    first = linked(texts, LSH.threshold)
    assert {d.index: d.kept for d in found} == {i: f for i, f in enumerate(first) if f != i}
    for duplicate in found:
        text = texts[duplicate.index]
        assert duplicate.similarity == pytest.approx(least(text, texts[duplicate.kept]))
        assert duplicate.nearest_similarity == pytest.approx(least(text, texts[duplicate.nearest]))
        others = [least(text, other) for n, other in enumerate(texts) if n != duplicate.index]
        assert duplicate.nearest_similarity == pytest.approx(max(others))
        assert duplicate.nearest_similarity >= LSH.threshold


@settings(deadline=None)
@given(st.lists(WORDS.map(lambda text: (text,)), min_size=1, max_size=9), st.data())
def test_known_texts_stay_and_what_is_similar_goes(texts: list[tuple[str, ...]], data: st.DataObject) -> None:
    known = np.array(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))))
    found = {d.index: d for d in duplicates(texts, np.zeros(len(texts), np.int64), LSH, known)}
    first = linked(texts, LSH.threshold)
    for index in range(len(texts)):
        together = [n for n in range(len(texts)) if first[n] == first[index]]
        stays = known[index] or (not any(known[together]) and index == together[0])
        assert stays == (index not in found)
        if index in found and any(known[together]):
            assert known[found[index].kept]
            close = [
                n for n in together if known[n] and jaccard(texts[n][0], texts[index][0]) >= LSH.threshold
            ]
            assert not close or found[index].kept in close


def test_only_texts_of_one_group_are_duplicates() -> None:
    texts = [("a b c d",)] * 4
    found = duplicates(texts, np.array([0, 1, 0, 1]), LSH)
    assert [(d.index, d.kept, d.similarity) for d in found] == [(2, 0, 1.0), (3, 1, 1.0)]


def test_a_chain_is_one_group_and_names_what_links_it() -> None:
    texts = [("a b c d e f",), ("c d e f g h",), ("e f g h i j",)]
    lsh = Lsh(threshold=0.4, ngram=NGRAM, bands=64, rows=1)
    second, third = near_duplicates(texts, lsh)
    assert (second.index, second.kept, second.similarity) == (1, 0, pytest.approx(3 / 7))
    assert (third.kept, third.nearest) == (0, 1)
    assert (third.similarity, third.nearest_similarity) == (pytest.approx(1 / 9), pytest.approx(3 / 7))


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
