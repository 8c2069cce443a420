"""Tells problems that can't be read without a picture."""

from __future__ import annotations

from typing import Literal

from filters.phrases import any_phrase
from filters.pictures import DRAWING, PICTURE
from schemas.scp116k import Pair
from schemas.verdict import Verdict

Figures = Literal["keep", "drop"]


def needs_figure(problem: str, has_picture: bool = False, language: str = "") -> bool:
    """Whether a problem depends on a picture: one stands in it, or its text points at one.

    Not where the source of a drawing (Asymptote, TikZ) stands in it, which tells what is drawn.

    "Sketch the graph of f" asks for a picture and needs none; "the graph shown below" needs one.
    """
    if has_picture or PICTURE.search(problem):
        return True
    return any_phrase("figure", language).search(problem) is not None and not DRAWING.search(problem)


def figure_verdict(pair: Pair, figures: Figures = "keep") -> Verdict:
    """Keeps every pair, or only those that need no figure; `scores` says which it is."""
    scores = {"needs_figure": float(pair.needs_figure)}
    if figures == "keep" or not pair.needs_figure:
        return Verdict(True, scores=scores)
    return Verdict(False, "needs_figure", pair.problem.strip()[:160], scores)
