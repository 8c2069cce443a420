"""The judge: models score a pair by a rubric, and a rule over the scores says whether it is kept.

The method is that of G-Eval (arXiv 2303.16634, section 2): a rationale first, then a score for each
criterion, which is the expected value over the scale where the server gives likelihoods. Several samples of a
model, or several models (a panel, arXiv 2404.18796), are votes.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal
from weakref import WeakSet

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, create_model

from filters.rubrics import HIGHEST, LOWEST, Rubric
from filters.rubrics.rules import check_rule, failing, names_of
from inference.client import ModelError
from inference.engine import Engine
from inference.ledger import Request
from inference.likelihood import expected_values
from inference.models import Models
from inference.prompts import Prompt, load_prompt
from inference.structured import InvalidAnswer, Structured, ask_structured, response_format
from schemas.scp116k import Criterion, Judge, Pair, Vote
from schemas.verdict import KEEP, Verdict

Aggregate = Literal["mean", "min", "majority"]

RATIONALE_CHARACTERS = 600
LABELS = tuple(str(score) for score in range(LOWEST, HIGHEST + 1))
DIGITS = 4  # of scores: what is behind them is noise of the server's arithmetic

# A Literal would take true for 1. The schema has a list, as more servers hold to one than to bounds.
_Score = Annotated[
    int,
    Field(strict=True, ge=LOWEST, le=HIGHEST),
    WithJsonSchema({"enum": list(range(LOWEST, HIGHEST + 1)), "type": "integer"}),
]

_without_likelihoods: WeakSet[Engine] = WeakSet()
"""Engines whose servers have refused to give any: some hosted models do."""


@dataclass(frozen=True)
class JudgeSpec:
    """Who judges, and how.

    Attributes:
      rubric: what is scored.
      engines: names among the models of the run; the first of them if there is none here.
      samples: answers of each engine.
      temperature: of several samples; one alone is drawn at 0.
      max_tokens: of an answer.
      aggregate: what becomes of several votes for a criterion: their mean, the lowest, or the whole score
        that most of them gave (of several such the lowest).
      keep: the rule, instead of the rubric's; see `filters.rubrics.rules`.
      min_votes: with fewer valid votes a pair is not judged; 0 needs all of them, so that no verdict
        depends on which of the judges could be reached.

    Raises:
      ValueError: a value is out of range, or the rule can't be used (`BadRule`).
    """

    rubric: Rubric
    engines: tuple[str, ...] = ("",)
    samples: int = 1
    temperature: float = 0.7
    max_tokens: int = 1000
    aggregate: Aggregate = "mean"
    keep: str = ""
    min_votes: int = 0

    def __post_init__(self) -> None:
        if not self.engines or self.samples < 1 or self.max_tokens < 1:
            raise ValueError("a judge needs an engine, a sample and a token, at least")
        if twice := [name for name in self.engines if self.engines.count(name) > 1]:
            raise ValueError(f"engine {twice[0]!r} is there twice; its votes would be the same")
        if not 0 <= self.min_votes <= self.votes:
            raise ValueError(f"min_votes is {self.min_votes}, and there are {self.votes} votes")
        if not 0 <= self.temperature < math.inf:
            raise ValueError(f"the temperature is {self.temperature:g}, and has to be a number from 0")
        if self.samples > 1 and not self.temperature > 0:
            raise ValueError("several samples at temperature 0 are all the same")
        check_rule(self.rule, self.rubric.names)
        if self.votes < 2 and "agreement" in names_of(self.rule):
            raise ValueError("the rule asks for agreement, and there is one vote only")

    @property
    def rule(self) -> str:
        """The rule that decides."""
        return self.keep or self.rubric.keep

    @property
    def votes(self) -> int:
        """Votes on a pair."""
        return len(self.engines) * self.samples


async def judge_pair(spec: JudgeSpec, models: Models, pair: Pair) -> Judge:
    """Returns what the models say of a pair: the same for the same answers, in whatever order they come.

    Raises:
      InvalidAnswer, ModelError: fewer votes were valid than are needed. It says what was wrong with the
        first other one, and holds the texts of all.
      Fatal: see `Engine.ask`.
    """
    prompt = load_prompt(
        "judge",
        criteria=spec.rubric.criteria,
        rationale_characters=RATIONALE_CHARACTERS,
        context=pair.context or "",
        problem=pair.problem,
        solution=pair.solution,
    )
    asked = list(itertools.product(spec.engines, range(spec.samples)))
    outcomes = await asyncio.gather(*(_vote(spec, models[name], prompt, sample) for name, sample in asked))
    votes = []
    wrong: list[InvalidAnswer | ModelError] = []
    for (name, sample), outcome in zip(asked, outcomes, strict=True):
        if isinstance(outcome, (InvalidAnswer, ModelError)):
            wrong.append(outcome)
            said = f"{outcome.reason}: {outcome.detail}"
            said = said.encode(errors="replace").decode()  # half a surrogate pair is no text
            votes.append(Vote(models[name].spec.endpoint.model, sample, False, said, ()))
        else:
            votes.append(outcome)
    if len(votes) - len(wrong) < (spec.min_votes or spec.votes):
        texts = [text for one in wrong if isinstance(one, InvalidAnswer) for text in one.texts]
        raise InvalidAnswer(wrong[0].reason, wrong[0].detail, texts) if texts else wrong[0]
    return verdict_of(spec, votes, prompt.id)


def verdict_of(spec: JudgeSpec, votes: Sequence[Vote], prompt: str | None = None) -> Judge:
    """Returns what votes add up to; at least one of them is valid."""
    valid = [
        {one.name: one.score for one in vote.scores if one.score is not None} for vote in votes if vote.valid
    ]
    scores = {name: _aggregated(spec.aggregate, [v[name] for v in valid]) for name in spec.rubric.names}
    agreement = _agreement(valid)
    overall = round(spec.rubric.overall(scores), DIGITS)
    reason = broken_rule(spec.rule, scores, overall, agreement)
    return Judge(
        score=overall,
        verdict="drop" if reason else "keep",
        reason=reason,
        model="+".join(dict.fromkeys(vote.model for vote in votes)),
        criteria=tuple(Criterion(name, score) for name, score in scores.items()),
        agreement=agreement,
        votes=tuple(votes),
        prompt=prompt,
        rubric=spec.rubric.id,
    )


def broken_rule(rule: str, scores: Mapping[str, float], overall: float, agreement: float | None) -> str:
    """Returns the parts of a rule that scores don't meet, with these scores; nothing if they meet it."""
    if agreement is None and "agreement" in names_of(rule):
        return "the rule asks for agreement, which takes two valid votes"
    lowest = min(scores, key=lambda name: scores[name])
    derived = {
        "min_score": scores[lowest],
        "mean_score": statistics.fmean(scores.values()),
        "score": overall,
        "agreement": 0.0 if agreement is None else agreement,
    }
    values = {**scores, **derived}
    said = []
    for part in failing(rule, values):
        known = [lowest if name == "min_score" else name for name in names_of(part)]
        said.append(f"{part} ({', '.join(f'{name} {round(values[name], DIGITS):g}' for name in known)})")
    return "; ".join(said)


def is_judged_good(pair: Pair) -> Verdict:
    """Keeps a pair unless its judge says drop."""
    judge = pair.judge
    if judge is None:
        return KEEP
    scores = {"judge": judge.score}
    if judge.verdict == "keep":
        return Verdict(True, scores=scores)
    return Verdict(False, "judge", judge.reason, scores)


async def _vote(
    spec: JudgeSpec, engine: Engine, prompt: Prompt, sample: int
) -> Vote | InvalidAnswer | ModelError:
    """Returns a vote, or why there is none."""
    parameters: dict[str, Any] = {"max_tokens": spec.max_tokens, "temperature": 0}
    if spec.samples > 1:
        parameters |= {"temperature": spec.temperature, "seed": sample}
    try:
        asked = await _ask(spec, engine, Request(prompt.messages, parameters, prompt.id, sample))
    except (InvalidAnswer, ModelError) as error:
        return error
    said = asked.value
    names = spec.rubric.names
    expected = expected_values(asked.answer, LABELS, [f"scores.{name}" for name in names])
    drawn = {f"scores.{name}": float(getattr(said.scores, name)) for name in names}
    return Vote(
        engine.spec.endpoint.model,
        sample,
        True,
        said.rationale[:RATIONALE_CHARACTERS],
        tuple(
            Criterion(name, round(score, DIGITS))
            for name, score in zip(names, (drawn | expected).values(), strict=True)
        ),
    )


async def _ask(spec: JudgeSpec, engine: Engine, request: Request) -> Structured[Any]:
    shape = _shape(spec.rubric.names)
    if engine in _without_likelihoods or _is_known(engine, request, shape):
        return await ask_structured(engine, request, shape)
    with_them = Request(
        request.messages,
        {**request.parameters, "logprobs": True, "top_logprobs": 20},
        request.prompt,
        request.sample,
    )
    try:
        return await ask_structured(engine, with_them, shape)
    except ModelError as error:
        if error.reason != "refused_request" or "logprob" not in error.detail:
            raise
    _without_likelihoods.add(engine)
    return await ask_structured(engine, request, shape)


def _is_known(engine: Engine, request: Request, shape: type[BaseModel]) -> bool:
    """Whether the ledger has the answer without likelihoods: an earlier run was refused them."""
    whole = replace(request, parameters={**request.parameters, "response_format": response_format(shape)})
    return engine.ledger is not None and engine.ledger.get(whole.key(engine.spec.identity)) is not None


@cache
def _shape(criteria: tuple[str, ...]) -> type[BaseModel]:
    """Returns the shape of an answer: why, in so many characters, and then the scores.

    The bound keeps a model from writing on where the server holds to the schema. Where it doesn't, a longer
    rationale is no reason to ask again.
    """
    closed = ConfigDict(extra="forbid")
    score = (_Score, ...)
    scores: Any = create_model("Scores", __config__=closed, **dict.fromkeys(criteria, score))  # type: ignore[call-overload]
    bounded = Field(json_schema_extra={"maxLength": RATIONALE_CHARACTERS})
    return create_model("Judgement", __config__=closed, rationale=(str, bounded), scores=(scores, ...))


def _aggregated(how: Aggregate, scores: Sequence[float]) -> float:
    if how == "min":
        return min(scores)
    if how == "majority":
        return float(min(statistics.multimode(round(score) for score in scores)))
    return round(statistics.fmean(scores), DIGITS)


def _agreement(votes: Sequence[Mapping[str, float]]) -> float | None:
    if len(votes) < 2:
        return None
    apart = [abs(a[name] - b[name]) for a, b in itertools.combinations(votes, 2) for name in a]
    return round(1 - statistics.fmean(apart) / (HIGHEST - LOWEST), DIGITS)
