"""MinHash signatures and their bands, for many texts at a time.

The values are those of datasketch's scheme `affine32` with xxh32 as hash function, bit for bit: a hash is
mixed by the finaliser of MurmurHash3 and permuted by `a * h + b` modulo 2**32 with an odd `a`; the smallest
value of each permutation stands for the text. Permutations are applied one by one to the shingles of many
texts, which is several times as fast as all permutations text by text.
Sources: A. Z. Broder, On the resemblance and containment of documents, 1997; J. Leskovec, A. Rajaraman,
J. D. Ullman, Mining of Massive Datasets, section 3.4 (bands); datasketch 2.0, minhash.py and lsh.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from filters.xxh32 import Hashes, Positions

SEED = 1
EMPTY = np.uint32(2**32 - 1)
"""Every value of a text without shingles."""
Keys = NDArray[np.uint64]

_MISSES_WEIGHT = 0.9
_HASHES_AT_A_TIME = 1 << 16  # of 4 bytes, which fit into the cache of a core


@dataclass(frozen=True, slots=True)
class Lsh:
    """Which texts are looked at as likely duplicates.

    Attributes:
      threshold: Jaccard similarity of two texts' shingles from which on they are duplicates.
      ngram: words of a shingle.
      bands, rows: two texts are likely duplicates if all rows of one band of their signatures are the same.
    """

    threshold: float
    ngram: int
    bands: int
    rows: int

    @property
    def permutations(self) -> int:
        return self.bands * self.rows


def lsh_for(threshold: float, ngram: int = 5, permutations: int = 128) -> Lsh:
    """Returns the bands and rows that datasketch finds best for a threshold.

    Missing a duplicate is given nine times the weight of looking at two texts in vain: what is likely is
    verified afterwards.

    Args:
      threshold: above 0 and below 1.
      permutations: how many there may be.
    """
    from datasketch import MinHashLSH

    best = MinHashLSH(threshold, permutations, weights=(1 - _MISSES_WEIGHT, _MISSES_WEIGHT))
    return Lsh(threshold, ngram, best.b, best.r)


def signatures(hashes: Hashes, offsets: Positions, permutations: int) -> Hashes:
    """Returns the signatures of texts, as an array [texts, permutations].

    Args:
      hashes: xxh32 of the texts' shingles, as `Shingles` has them.
      offsets: those of text i go from offsets[i] to offsets[i + 1].
    """
    a, b = _permutations(permutations)
    mixed = _mixed(hashes)
    values = np.full((permutations, len(offsets) - 1), EMPTY)
    filled = np.flatnonzero(np.diff(offsets))  # an empty slice has no minimum
    start = 0
    while start < len(filled):
        end = np.searchsorted(offsets, offsets[filled[start]] + _HASHES_AT_A_TIME, side="right") - 1
        texts = filled[start : max(start + 1, int(np.searchsorted(filled, end)))]
        first = offsets[texts[0]]
        some = mixed[first : offsets[texts[-1] + 1]]
        permuted = np.empty_like(some)
        for permutation in range(permutations):
            np.multiply(some, a[permutation], out=permuted)
            permuted += b[permutation]
            values[permutation, texts] = np.minimum.reduceat(permuted, offsets[texts] - first)
        start += len(texts)
    return np.ascontiguousarray(values.T)


def band_keys(signed: Hashes, bands: int, rows: int) -> Keys:
    """Returns a hash of every band of every signature, as an array [texts, bands].

    Different bands have the same key by chance, once in 2**64 pairs.
    """
    banded = signed[:, : bands * rows].reshape(len(signed), bands, rows)
    keys = np.broadcast_to(mixed64(np.arange(1, bands + 1, dtype=np.uint64)), banded.shape[:2])
    for row in range(rows):
        keys = mixed64(keys ^ banded[:, :, row])
    return keys


def mixed64(values: Keys) -> Keys:
    """Returns MurmurHash3's 64-bit finaliser of numbers: a permutation of them in which every bit counts."""
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ (values >> np.uint64(33))


@cache
def _permutations(number: int) -> tuple[Hashes, Hashes]:
    # As datasketch draws them; its import alone would cost every worker 40 MB.
    random = np.random.RandomState(SEED)
    a = random.randint(0, 1 << 31, number, np.uint32) * np.uint32(2) + np.uint32(1)
    return a, random.randint(0, 1 << 32, number, np.uint32)


def _mixed(hashes: Hashes) -> Hashes:
    hashes = (hashes ^ (hashes >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return hashes ^ (hashes >> np.uint32(16))
