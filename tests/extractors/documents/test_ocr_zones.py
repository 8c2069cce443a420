from __future__ import annotations

import numpy as np
import pytest

from extractors.documents.ocr_zones import ink, skew, zones
from tests.extractors.documents.scans import first_page, scan, typeset

TEXT = "= Title\n\n" + "Words that fill a column of text from one side to the other and back again. " * 30


@pytest.mark.parametrize("angle", [-3.0, -1.0, -0.4, 0.0, 0.4, 1.0, 3.0])
def test_skew(angle: float) -> None:
    page = first_page(scan(typeset(TEXT, 2), 150, angle))
    assert skew(page) == pytest.approx(-angle, abs=0.15)


def test_nothing_on_a_page_is_not_askew() -> None:
    assert skew(first_page(typeset("#hide[x]"))) == pytest.approx(0, abs=0.11)


@pytest.mark.parametrize("columns", [1, 2])
def test_columns(columns: int) -> None:
    found = zones(ink(first_page(scan(typeset(TEXT, columns), 150))))
    assert len(found) == columns
    assert [zone[0] for zone in found] == sorted(zone[0] for zone in found)


def lines(dark: np.ndarray, left: int, right: int, top: int, bottom: int) -> None:
    for y in range(top, bottom, 12):
        dark[y : y + 7, left:right] = True


def test_what_spans_the_columns_is_read_before_and_after_them() -> None:
    dark = np.zeros((600, 420), bool)
    lines(dark, 50, 370, 40, 90)
    lines(dark, 50, 200, 100, 400)
    lines(dark, 220, 370, 100, 400)
    lines(dark, 50, 370, 420, 550)
    found = zones(dark)
    assert len(found) == 4
    middles = [((left + right) // 2, (top + bottom) // 2) for left, top, right, bottom in found]
    assert [x for x, _ in middles] == [pytest.approx(x, abs=12) for x in (210, 125, 295, 210)]
    assert middles[0][1] < middles[1][1] < middles[3][1]


def test_every_dot_of_ink_is_in_a_zone() -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        dark = random.random((300, 420)) < 0.002
        covered = np.zeros_like(dark)
        for left, top, right, bottom in zones(dark):
            covered[top:bottom, left:right] = True
        assert not (dark & ~covered).any()


def test_an_empty_page_has_no_zones() -> None:
    assert zones(np.zeros((600, 420), bool)) == []
