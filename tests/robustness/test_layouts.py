"""The same problems are paired however they are printed, and what holds no pair gives none."""

from __future__ import annotations

import pytest

from benchmarks.layouts import Special, Variant, generate
from benchmarks.layouts.catalogue import VARIANTS
from benchmarks.layouts.measure import measure
from tests.robustness.not_yet import NOT_YET

pytest.importorskip("typst", reason="PDFs of layouts are typeset by typst")

ENOUGH = 0.97
NAMES = {variant.name for variant in VARIANTS}


def _parameter(variant: Variant | Special) -> object:
    reason = NOT_YET.get(variant.name)
    marks = [pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)] if reason else []
    return pytest.param(variant, id=variant.name, marks=marks)


@pytest.mark.parametrize("variant", map(_parameter, VARIANTS))
def test_pairs_are_found_and_none_is_wrong(variant: Variant | Special) -> None:
    generated = generate(variant)
    result = measure(generated)
    assert result.wrong == 0, result.errors
    if result.solved:
        assert result.f1 >= ENOUGH, result.errors
    else:
        assert result.found == 0, result.errors


def test_what_does_not_hold_yet_exists() -> None:
    assert NOT_YET.keys() <= NAMES
