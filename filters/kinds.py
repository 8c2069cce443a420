"""What a filter of rows is: scores on one side, thresholds on the other.

A filter measures a row (`Kind.open` gives the function) and decides by what was measured and its options
alone, so that a threshold can change without scoring again. Most filters decide by bounds: the name of an
option says how it is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from filters.words import Texts
from schemas.verdict import KEEP, Verdict

Value = int | float | str | bool | None
"""A score; None where a text has nothing that could be measured, which no bound rejects."""

ScoreType = Literal["int64", "float64", "string", "bool"]
Scorer = Callable[[Texts], Sequence[Value]]


class FilterOptions(BaseModel):
    """Options that every filter has.

    Attributes:
      name: what its stage and its columns are called, if not like its kind.
      columns: the columns whose text it looks at, if not those of --text_column.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=False)

    name: str | None = Field(None, pattern=r"^[a-z][a-z0-9_]*$")
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """A column that a filter adds, less the filter's name before it.

    Attributes:
      name: in snake_case.
      type: of Arrow.
      doc: what it holds.
    """

    name: str
    type: ScoreType
    doc: str


@dataclass(frozen=True, slots=True)
class Bound:
    """Rejects a row whose score is below a `min_...`, above a `max_...`, or set where a `drop_...` is.

    Attributes:
      score: what is compared.
      option: with what; no bound if it is null.
      reason: of the rejection.
      inclusive: a score that equals a `min_...` or `max_...` is rejected too.
    """

    score: str
    option: str
    reason: str
    inclusive: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of filter.

    Attributes:
      name: as a list of filters names it.
      does: one line.
      options: its options, with their defaults.
      scores: options -> what it measures.
      open: options -> the function that measures; models are opened here, once a worker.
      bounds: how it decides, the first one that is hit.
      decide: (options, scores) -> Verdict, where bounds can't say it.
      rewrite: options -> a function that changes the text of a row that is kept; None if it changes nothing.
      rewrites_rejects: the text of a row that it rejects is changed too.
      measured: options that change the scores, and not only what is made of them.
      trained_on: options -> the columns it was trained on, in their order; none if it looks at any text.
      model: options -> what a card calls the model that it asks; empty if it asks none.
      check: raises `ValueError` if the options name something that can't be used; called before any work.
    """

    name: str
    does: str
    options: type[FilterOptions]
    scores: Callable[[Any], tuple[Score, ...]]
    open: Callable[[Any], Scorer]
    bounds: tuple[Bound, ...] = ()
    decide: Callable[[Any, Mapping[str, Value]], Verdict] | None = None
    rewrite: Callable[[Any], Callable[[str], str] | None] = lambda options: None
    rewrites_rejects: bool = False
    measured: tuple[str, ...] = ()
    trained_on: Callable[[Any], tuple[str, ...]] = lambda options: ()
    model: Callable[[Any], str] = lambda options: ""
    check: Callable[[Any], None] = lambda options: None


def verdict(kind: Kind, options: FilterOptions, scores: Mapping[str, Value]) -> Verdict:
    """Returns whether a row with these scores is kept, and if not, why."""
    if kind.decide is not None:
        return kind.decide(options, scores)
    for bound in kind.bounds:
        limit, score = getattr(options, bound.option), scores[bound.score]
        if limit is None or score is None:
            continue
        assert not isinstance(score, str)
        hit, equal = bound.inclusive and score == limit, "=" if bound.inclusive else ""
        if bound.option.startswith("min_") and (score < limit or hit):
            return Verdict(False, bound.reason, f"{bound.score} {score:.4g} <{equal} {limit:.4g}")
        if bound.option.startswith("max_") and (score > limit or hit):
            return Verdict(False, bound.reason, f"{bound.score} {score:.4g} >{equal} {limit:.4g}")
        if bound.option.startswith("drop_") and limit and score:
            return Verdict(False, bound.reason)
    return KEEP
