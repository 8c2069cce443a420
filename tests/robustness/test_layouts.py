"""The same problems are paired however they are printed, and what holds no pair gives none."""

from __future__ import annotations

import pytest

from benchmarks.layouts import Special, Variant, generate
from benchmarks.layouts.catalogue import VARIANTS
from benchmarks.layouts.measure import found_pairs, measure, scored, sure

pytest.importorskip("typst", reason="PDFs of layouts are typeset by typst")

ENOUGH = 0.97
UNDECIDED = [v for v in VARIANTS if isinstance(v, Special) and v.undecided]
DECIDED = [v for v in VARIANTS if v not in UNDECIDED]


@pytest.mark.parametrize("variant", DECIDED, ids=lambda variant: variant.name)
def test_pairs_are_found_and_none_is_wrong(variant: Variant | Special) -> None:
    result = measure(generate(variant))
    assert result.wrong == 0, result.errors
    if result.solved:
        assert result.f1 >= ENOUGH, result.errors
    else:
        assert result.found == 0, result.errors


@pytest.mark.parametrize("variant", UNDECIDED, ids=lambda variant: variant.name)
def test_what_the_documents_leave_open_is_found_and_held_back(variant: Special) -> None:
    generated = generate(variant)
    pairs = found_pairs(generated)
    result = scored(generated, pairs)
    assert result.wrong == 0, result.errors
    assert result.right >= ENOUGH * result.solved > 0, result.errors
    assert sure(pairs) == []
