from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xxhash import xxh32_intdigest

from filters.shingles import normal_words, shingles

LETTERS = st.text(st.sampled_from("aB1 é²-+.\n\0\u00ad中กß’"), max_size=40)


def words_one_by_one(text: str) -> list[str]:
    """The same normal form, written the plain way for the characters of `LETTERS`."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    folded = folded.replace("\u00ad", "")
    return re.findall(r"[中ก+]|(?<![^\W\d_中ก])-|-(?![^\W\d_中ก])|[^\W_中ก]+", folded)


def listed(texts: list[str], n: int) -> list[list[str]]:
    found = shingles(texts, n)
    grams = [found.buffer[start:end].decode() for start, end in zip(found.starts, found.ends, strict=True)]
    return [grams[a:b] for a, b in zip(found.offsets[:-1], found.offsets[1:], strict=True)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't  STOP,\nwell-known “Straße”!", "don t stop well known strasse !"),
        ("x² ﬁrst co\u00adop ½", "x2 first coop 1 ⁄ 2"),
        ("$\\frac{x}{2} = 3-2$", "frac x 2 = 3 - 2"),
        ("3 − 2; a − b; 2/3; 50%; n!", "3 − 2 a − b 2 / 3 50 % n !"),
        ("東京 is big", "東 京 is big"),
        ("ราคา 5 บาท", "ร า ค า 5 บ า ท"),
        ("हिन्दी भाषा", "हिन्दी भाषा"),
        ("--- ... \ud800 \0 ,", "- - -"),
        ("", ""),
    ],
)
def test_normal_form(text: str, words: str) -> None:
    assert normal_words(text) == words.split()


def test_what_does_not_count() -> None:
    one = "The quick brown fox — “jumps”, over the lazy dog."
    assert normal_words(one) == normal_words("the QUICK  brown\nfox jumps over the\tlazy dog")


def test_what_counts() -> None:
    assert normal_words("compute 3 + 2") != normal_words("compute 3 - 2")
    assert normal_words("x^2") != normal_words("x2")


@given(st.lists(LETTERS, max_size=8), st.integers(1, 4))
def test_equals_the_plain_way(texts: list[str], n: int) -> None:
    expected = []
    for text in texts:
        words = words_one_by_one(text)
        assert normal_words(text) == words
        last = max(len(words) - n, 0) if words else -1
        expected.append([" ".join(words[i : i + n]) for i in range(last + 1)])
    assert listed(texts, n) == expected


@given(st.lists(st.text(max_size=30), max_size=8), st.integers(1, 6))
def test_a_text_has_the_same_shingles_alone_and_among_others(texts: list[str], n: int) -> None:
    assert listed(texts, n) == [listed([text], n)[0] for text in texts]


def test_short_texts_and_hashes() -> None:
    assert listed(["one two", "", "one two three four"], 3) == [
        ["one two"],
        [],
        ["one two three", "two three four"],
    ]
    found = shingles(["one two three four"], 3)
    for seed in (0, 7):
        expected = [xxh32_intdigest(gram, seed) for gram in (b"one two three", b"two three four")]
        assert found.hashes(seed).tolist() == expected
    assert shingles([], 3).hashes().dtype == np.uint32
