"""Drops pairs whose two halves may not belong together."""

from __future__ import annotations

from schemas.scp116k import Pair
from schemas.verdict import Verdict

# Above it is what has a number, a heading or a link in common; below it, for instance, the answer
# after an unnumbered exercise that follows a solved one: it may be either one's.
DEFAULT_MINIMUM = 0.7


def is_sure(pair: Pair, minimum: float = DEFAULT_MINIMUM) -> Verdict:
    """Keeps a pair whose pairing score is at least `minimum` (0..1)."""
    score = pair.pairing.score
    scores = {"pairing": score}
    if score >= minimum:
        return Verdict(True, scores=scores)
    return Verdict(False, "ambiguous_pair", f"{pair.pairing.method}, score {score:.2f}", scores)
