from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xxhash import xxh32_intdigest

from filters.xxh32 import xxh32_slices


@given(st.data(), st.binary(max_size=200), st.integers(0, 2**32 - 1))
def test_equals_xxhash(data: st.DataObject, buffer: bytes, seed: int) -> None:
    cuts = st.integers(0, len(buffer))
    slices = data.draw(st.lists(st.tuples(cuts, cuts).map(sorted), max_size=20))
    starts, ends = np.array(slices, np.int64).reshape(-1, 2).T
    found = xxh32_slices(buffer, starts, ends, seed)
    assert found.dtype == np.uint32
    assert found.tolist() == [xxh32_intdigest(buffer[start:end], seed) for start, end in slices]


@pytest.mark.parametrize("length", [0, 1, 3, 4, 15, 16, 17, 31, 32, 33, 255, 256, 70_000])
def test_every_way_through_the_algorithm(length: int) -> None:
    buffer = bytes(n * 7 % 251 for n in range(length))
    found = xxh32_slices(buffer, np.array([0]), np.array([length]))
    assert found.tolist() == [xxh32_intdigest(buffer)]
