from __future__ import annotations

from filters.confidence import is_sure
from schemas.scp116k import Pairing
from tests.pipelines.records import pair


def test_a_pair_at_the_bound_is_kept_and_one_below_it_says_why() -> None:
    assert is_sure(pair(pairing=Pairing("inline", 0.7)), 0.7).keep
    verdict = is_sure(pair(pairing=Pairing("follow_up", 0.6)), 0.7)
    assert not verdict.keep
    assert (verdict.reason, verdict.detail) == ("ambiguous_pair", "follow_up, score 0.60")
    assert verdict.scores == {"pairing": 0.6}
