"""From the evidence for a pair to the share of pairs with such evidence that are right."""

from __future__ import annotations

# What `python -m benchmarks.calibration` counted in some 54,000 pairs of documents that were damaged
# (labels and headings lost or misread, items dropped, columns swapped, words misspelt): from which
# evidence on, and the share of right ones. Documents that nobody damaged do better.
_SHARES: dict[str, tuple[tuple[float, float], ...]] = {
    "declared": ((0.0, 0.99),),
    "inline": ((0.0, 0.995),),
    "scope_number": ((0.0, 0.8), (0.7, 0.94), (0.75, 0.985)),
    # Not counted: damage spares no question and its copy. Half as often wrong as the bound allows.
    "repeated": ((0.0, 0.975),),
    # Not counted: that names do not say so is rare, and other editions are likely where it happens. They
    # begin with 1; what runs on to 301 is counted once, in one journal.
    "mirrored": ((0.0, 0.5), (0.5, 0.9), (1.0, 0.97)),
    # Not counted but a matter of principle: the answer below an unnumbered exercise that follows a
    # solved one may be either one's.
    "follow_up": ((0.0, 0.5),),
}


def share_right(method: str, evidence: float = 1.0) -> float:
    """Returns the share of pairs found by a method, on evidence as good as this, that are right.

    Args:
      method: see `MatchedPair.method`.
      evidence: 0..1, product of what speaks for the pair (numbers, headings, words, coverage).
    """
    return [share for least, share in _SHARES[method] if evidence >= least][-1]
