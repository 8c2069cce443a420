from __future__ import annotations

import pytest

from benchmarks.inference import Done, Load, apart, bare, checked, ideal, through_beam
from tests.inference.fast_stub import MODEL, FastStub


def test_both_ways_ask_the_same() -> None:
    with FastStub() as stub:
        asked = []
        for way in (bare, through_beam):
            done = apart(way, Load(stub.url, MODEL, 30, 4))
            assert (done.kept, done.rejected, done.tokens) == (30, 0, 150)
            assert done.seconds > 0
            asked.append(stub.stats()["asked"])
    assert set(asked[0].values()) == {1}
    assert dict.fromkeys(asked[0], 2) == asked[1]


def test_nobody_gets_more_than_everything() -> None:
    assert ideal(Load("", "", 1, 1)) == pytest.approx(1)
    assert ideal(Load("", "", 1, 2)) == pytest.approx(0.5)
    assert 0.7 < ideal(Load("", "", 5000, 64)) < 1


@pytest.mark.parametrize("answered", [[], [1.0] * 29])
def test_a_round_with_questions_left_open_gives_no_figures(answered: list[float]) -> None:
    done = Done(len(answered), 30 - len(answered), 5, 0.5, answered, 0.1, 10.0)
    with pytest.raises(SystemExit, match=f"{len(answered)} of 30 requests"):
        checked(done, Load("", "", 30, 4))
