"""The values of datasketch, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st
from xxhash import xxh32_intdigest

from filters import minhash
from filters.minhash import EMPTY, Lsh, band_keys, lsh_for, signatures
from filters.shingles import normal_words, shingles
from filters.xxh32 import Hashes

TEXTS = st.lists(st.text(st.sampled_from("abcdeé中 "), max_size=60), max_size=12)


def ours(texts: list[str], n: int, permutations: int) -> Hashes:
    found = shingles(texts, n)
    return signatures(found.hashes(), found.offsets, permutations)


def theirs(text: str, n: int, permutations: int) -> Hashes:
    words = normal_words(text)
    last = max(len(words) - n, 0) if words else -1
    grams = [" ".join(words[i : i + n]).encode() for i in range(last + 1)]
    sketch = MinHash(permutations, hashfunc=xxh32_intdigest, scheme="affine32")
    sketch.update_batch(grams)
    return sketch.hashvalues


@settings(deadline=None)
@given(TEXTS, st.integers(1, 5), st.sampled_from([1, 16, 128]))
def test_equals_datasketch(texts: list[str], n: int, permutations: int) -> None:
    found = ours(texts, n, permutations)
    assert found.dtype == np.uint32
    assert found.shape == (len(texts), permutations)
    for text, values in zip(texts, found, strict=True):
        np.testing.assert_array_equal(values, theirs(text, n, permutations))


def test_equals_datasketch_where_texts_do_not_fit_into_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minhash, "_HASHES_AT_A_TIME", 10)
    texts = ["", "a b c", " ".join(map(str, range(50))), "", "", "d e f g", "h", " ".join("xyz" * 9), ""]
    for text, values in zip(texts, ours(texts, 2, 32), strict=True):
        np.testing.assert_array_equal(values, theirs(text, 2, 32))


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1), st.randoms())
def test_neither_order_nor_repetition_counts(values: list[int], random: object) -> None:
    hashes = np.array(values, np.uint32)
    shuffled = np.array(random.sample(values, len(values)) + values[:3], np.uint32)  # type: ignore[attr-defined]
    one = signatures(hashes, np.array([0, len(hashes)]), 32)
    np.testing.assert_array_equal(one, signatures(shuffled, np.array([0, len(shuffled)]), 32))


def test_a_text_without_words_has_the_signature_of_nothing() -> None:
    assert (ours(["", "..."], 5, 8) == EMPTY).all()
    assert ours([], 5, 8).shape == (0, 8)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 1), min_size=6, max_size=6), min_size=1, max_size=6))
def test_keys_are_the_same_where_bands_are(rows: list[list[int]]) -> None:
    signed = np.array(rows, np.uint32)
    keys = band_keys(signed, bands=3, rows=2).ravel().tolist()
    bands = [(band, *row[2 * band : 2 * band + 2]) for row in rows for band in range(3)]
    assert len(set(zip(keys, bands, strict=True))) == len(set(keys)) == len(set(bands))


def test_values_beyond_the_bands_do_not_count() -> None:
    signed = np.arange(16, dtype=np.uint32).reshape(2, 8)
    np.testing.assert_array_equal(band_keys(signed, 2, 3), band_keys(signed[:, :6], 2, 3))


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.85, 0.95])
def test_bands_and_rows_are_those_of_datasketch(threshold: float) -> None:
    found = lsh_for(threshold)
    index = MinHashLSH(threshold, 128, weights=(0.1, 0.9))
    assert found == Lsh(threshold, 5, index.b, index.r)
    assert found.permutations <= 128
