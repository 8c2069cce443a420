"""The stages in which pairs are judged: by models, by a classifier and models, or by rules."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from filters.cascade import CascadeSpec, cascade_judge, check_cascade
from filters.classifier import BadClassifier
from filters.judge import JudgeSpec, judge_pair
from filters.rubrics import BadRubric, load_rubric
from filters.rules_judge import rules_judge
from inference.models import Models, ModelsSpec
from pipelines.ask import Ask
from pipelines.errors import UsageError
from pipelines.models import accelerator, checked_engine
from pipelines.options import positive, share
from pipelines.stages import Convert, Split
from schemas.scp116k import Judge, Pair


class JudgeOptions(PipelineOptions):
    """Who judges the pairs, and what is kept."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--judge",
            choices=("rules", "model"),
            help="who judges the pairs; the model, if there is one, if not given",
        )
        parser.add_argument(
            "--judge_engines",
            nargs="+",
            metavar="NAME",
            help="which of --llm_engines judge, each with votes of its own; the first if not given",
        )
        parser.add_argument(
            "--judge_rubric",
            default="scp116k",
            metavar="NAME_OR_FILE",
            help="criteria and rule: one that comes with Assay, or a YAML file",
        )
        parser.add_argument(
            "--judge_keep",
            metavar="RULE",
            help="rule over the scores, instead of the rubric's: 'solution_correct >= 4 and min_score >= 2'",
        )
        parser.add_argument(
            "--judge_samples", type=positive, default=1, metavar="N", help="votes of each engine on a pair"
        )
        parser.add_argument(
            "--judge_min_votes",
            type=positive,
            metavar="N",
            help="valid votes that a pair needs; all of them if not given, so that a judge that can't be "
            "reached changes no verdict",
        )
        parser.add_argument(
            "--judge_aggregate",
            choices=("mean", "min", "majority"),
            default="mean",
            help="what becomes of several votes",
        )
        parser.add_argument(
            "--judge_temperature", type=float, default=0.7, metavar="T", help="of several votes of an engine"
        )
        parser.add_argument(
            "--judge_max_tokens", type=positive, default=1000, metavar="N", help="of an answer of the judge"
        )
        parser.add_argument(
            "--cascade",
            metavar="DIR",
            help="classifier (beam train-classifier) that decides the pairs it is sure of, before any model",
        )
        parser.add_argument(
            "--cascade_precision",
            type=share,
            default=0.95,
            metavar="SHARE",
            help="of its verdicts that have to be right on its validation data",
        )
        parser.add_argument(
            "--cascade_audit",
            type=share,
            default=0.02,
            metavar="SHARE",
            help="of its verdicts that the model gives too, to measure how often they agree",
        )


@dataclass(frozen=True)
class Judging:
    """How pairs are judged.

    Attributes:
      spec, models: the models that judge; None where rules do.
      cascade: the classifier that spares them work, if any.
      accelerator: see `pipelines.ask.Ask`.
    """

    spec: JudgeSpec | None = None
    models: ModelsSpec | None = None
    cascade: CascadeSpec | None = None
    accelerator: str = ""

    @property
    def engines(self) -> tuple[str, ...]:
        """Names of those that are asked."""
        return self.spec.engines if self.spec else ()


def checked_judging(options: PipelineOptions, models: ModelsSpec | None) -> Judging:
    """Returns how pairs are judged.

    Raises:
      UsageError: an option can't be used.
    """
    chosen = options.view_as(JudgeOptions)
    if chosen.judge == "model" and models is None:
        raise UsageError("--judge model needs --llm_url or --llm_engine, and --llm_model")
    if models is None or chosen.judge == "rules":
        if chosen.cascade:
            raise UsageError("--cascade needs a model that judges the rest: --llm_url or --llm_engine")
        return Judging()
    names = chosen.judge_engines or [""]
    engines = tuple(checked_engine(models, name, "judge_engines") for name in names)
    try:
        rubric = load_rubric(chosen.judge_rubric)
    except BadRubric as error:
        raise UsageError(f"--judge_rubric {error}") from None
    try:
        spec = JudgeSpec(
            rubric,
            engines,
            chosen.judge_samples,
            chosen.judge_temperature,
            chosen.judge_max_tokens,
            chosen.judge_aggregate,
            chosen.judge_keep or "",
            chosen.judge_min_votes or 0,
        )
    except ValueError as error:
        raise UsageError(f"--judge_keep, _samples, _temperature or _min_votes: {error}") from None
    return Judging(spec, models, _checked_cascade(chosen), accelerator(options, models, engines))


def _checked_cascade(chosen: Any) -> CascadeSpec | None:
    if not chosen.cascade:
        return None
    cascade = CascadeSpec(chosen.cascade, chosen.cascade_precision, chosen.cascade_audit)
    try:
        check_cascade(cascade)
    except BadClassifier as error:
        raise UsageError(f"--cascade {error}") from None
    return cascade


class JudgePairs(beam.PTransform):
    """Pairs -> the same pairs, each with what its judge says; those that no judge could judge are rejected.

    Args:
      judging: how.
      stage: the name its counts have in run.json.
    """

    def __init__(self, judging: Judging, stage: str = "score"):
        super().__init__(label=stage)
        self.judging, self.stage = judging, stage

    def expand(self, pairs: beam.PCollection[Pair]) -> Split:
        spec, models, cascade = self.judging.spec, self.judging.models, self.judging.cascade
        if spec is None or models is None:
            return pairs | Convert(self.stage, by_rules, Pair)
        judge: Callable[[Models, Pair], Awaitable[Judge]] = (
            partial(cascade_judge, spec, cascade) if cascade else partial(judge_pair, spec)
        )
        work = partial(_judged, judge)
        return pairs | Ask(self.stage, models, work, Pair, self.judging.engines, self.judging.accelerator)


def by_rules(pair: Pair) -> Pair:
    """Returns a pair with the verdict of the rules."""
    return replace(pair, judge=rules_judge(pair))


async def _judged(judge: Callable[[Models, Pair], Awaitable[Judge]], models: Models, pair: Pair) -> Pair:
    return replace(pair, judge=await judge(models, pair))
