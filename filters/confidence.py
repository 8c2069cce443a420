"""Drops pairs whose two halves may not belong together."""

from __future__ import annotations

from schemas.scp116k import Pair
from schemas.verdict import Verdict

# At this bound 0.9 % of the kept pairs were wrong in documents that were damaged, those with the solutions of
# another edition apart (`python -m benchmarks.calibration`).
DEFAULT_MINIMUM = 0.95


def is_sure(pair: Pair, minimum: float = DEFAULT_MINIMUM) -> Verdict:
    """Keeps a pair whose pairing score is at least `minimum` (0..1)."""
    score = pair.pairing.score
    scores = {"pairing": score}
    if score >= minimum:
        return Verdict(True, scores=scores)
    return Verdict(False, "ambiguous_pair", f"{pair.pairing.method}, score {score:.2f}", scores)
