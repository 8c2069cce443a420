"""The options and stages of `aurora`: solutions are written, divided, voted on, and labelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.pvalue import AsSingleton

from inference.models import ModelsSpec
from pipelines.ask import Ask, Work
from pipelines.errors import UsageError
from pipelines.models import accelerator, checked_engine
from pipelines.options import positive, share
from pipelines.stages import NAMESPACE, REJECTED, Convert, Split, Stage, Tally, settled
from pipelines.step_rows import to_solutions
from pipelines.tables import BadTable, all_rows
from schemas.aurora import Labelled, Solution
from schemas.row import Row
from schemas.verdict import Rejected
from synth.judging_steps import PROMPTS, JudgesSpec, with_votes
from synth.labels import AGGREGATIONS, LabelSpec, labelled
from synth.outcome import outcome_of
from synth.policies import STYLES, PoliciesSpec, divided, written
from synth.skills import Skills, estimate_skills
from synth.steps import split_steps
from synth.verify import missing_libraries

SAMPLE = 10_000
"""Solutions, those with the smallest ids, from whose votes the worth of annotators is estimated: enough for
two digits of it, and a bound on memory however long the run."""


class PolicyOptions(PipelineOptions):
    """Who writes solutions, and how they are divided into steps."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--policy_engines",
            nargs="+",
            metavar="NAME",
            help="which of --llm_engines write solutions where a row has none (`default` without that file)",
        )
        parser.add_argument(
            "--policy_styles",
            nargs="+",
            choices=STYLES,
            default=["paragraphs"],
            help="how they are asked: a solution of each engine in each",
        )
        parser.add_argument(
            "--policy_samples", type=positive, default=1, metavar="N", help="solutions of each in each style"
        )
        parser.add_argument(
            "--policy_temperature", type=float, default=0.7, metavar="T", help="of several samples"
        )
        parser.add_argument(
            "--policy_max_tokens", type=positive, default=2048, metavar="N", help="of a solution"
        )
        parser.add_argument(
            "--split_engine",
            metavar="NAME",
            help="which of --llm_engines divides solutions into steps; rules do if not given, or where it "
            "changes the text",
        )


class LabelOptions(PipelineOptions):
    """Who votes on the steps, and what becomes of the votes."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--label_engines",
            nargs="+",
            metavar="NAME",
            help="which of --llm_engines label the steps; the first if not given",
        )
        parser.add_argument(
            "--label_prompts",
            nargs="+",
            choices=PROMPTS,
            default=list(PROMPTS),
            help="each engine votes under each: p0 reasons, p1 is shown examples, p2 and p3 are variants of "
            "them",
        )
        parser.add_argument(
            "--label_samples", type=positive, default=1, metavar="N", help="votes of each under each prompt"
        )
        parser.add_argument(
            "--label_temperature", type=float, default=0.7, metavar="T", help="of several samples"
        )
        parser.add_argument("--label_max_tokens", type=positive, default=4000, metavar="N", help="of a vote")
        parser.add_argument(
            "--min_votes",
            type=positive,
            default=3,
            metavar="N",
            help="valid votes that a solution needs; with fewer it is rejected as too_few_votes",
        )
        parser.add_argument(
            "--aggregate",
            choices=AGGREGATIONS,
            default="soft",
            help="soft: mean of the votes; majority; weighted: by what each annotator is worth, estimated "
            "from the votes of the run",
        )
        parser.add_argument(
            "--threshold",
            type=share,
            default=0.5,
            metavar="SHARE",
            help="from which mean or weighted probability on a step is right",
        )
        parser.add_argument(
            "--abstain",
            type=share,
            default=0.0,
            metavar="WIDTH",
            help="steps that are nearer to the threshold get no label",
        )
        parser.add_argument(
            "--min_agreement",
            type=share,
            default=0.0,
            metavar="SHARE",
            help="annotators who have to see the first error in the same place, else no_consensus; so is, "
            "with any, a first error that an abstention leaves open",
        )
        parser.add_argument(
            "--conflicts",
            choices=("keep", "drop"),
            default="keep",
            help="solutions whose labels and final answer contradict each other: keep them, flagged, or drop",
        )


@dataclass(frozen=True)
class Labelling:
    """How solutions get labels.

    Attributes:
      models: those of the run; None if all votes come with the rows.
      policies: who writes solutions; None for nobody.
      judges: who votes; None for nobody.
      labels: what becomes of the votes.
      split_engine: who divides solutions; empty for the rules.
      split_max_tokens: of its answers.
      options: of the run, which say what machines a stage needs.
    """

    models: ModelsSpec | None
    policies: PoliciesSpec | None
    judges: JudgesSpec | None
    labels: LabelSpec
    split_engine: str = ""
    split_max_tokens: int = 0
    options: PipelineOptions | None = None

    @property
    def engines(self) -> list[str]:
        """Names of the engines that are asked."""
        asked = [
            *(self.policies.engines if self.policies else ()),
            *(self.judges.engines if self.judges else ()),
        ]
        return [*asked, self.split_engine] if self.split_engine else asked

    def ask(self, stage: str, engines: Sequence[str], work: Work) -> Ask:
        """Returns the stage in which engines do some work on solutions."""
        assert self.models
        assert self.options
        return Ask(
            stage, self.models, work, Solution, engines, accelerator(self.options, self.models, engines)
        )


def checked_labelling(options: PipelineOptions, models: ModelsSpec | None, uris: list[str]) -> Labelling:
    """Returns how solutions get labels.

    Raises:
      UsageError: an option can't be used, or there are neither models nor votes.
    """
    policy, label = options.view_as(PolicyOptions), options.view_as(LabelOptions)
    spec = LabelSpec(label.aggregate, label.threshold, label.abstain)
    if label.aggregate == "majority" and label.threshold != 0.5:
        raise UsageError("--threshold is none of --aggregate majority's")
    if missing := missing_libraries():
        raise UsageError(f"aurora needs {', '.join(missing)}: pip install 'assay[verify]'")
    if models is None:
        for name in ("policy_engines", "split_engine", "label_engines"):
            if getattr(policy if name != "label_engines" else label, name):
                raise UsageError(f"--{name} needs --llm_url or --llm_engine, and --llm_model")
        if not _have_votes(uris):
            raise UsageError(
                "aurora needs a model that labels the steps (--llm_url or --llm_engine), or rows with `votes`"
            )
        return Labelling(None, None, None, spec)
    engines = tuple(checked_engine(models, name, "policy_engines") for name in policy.policy_engines or ())
    voters = tuple(checked_engine(models, name, "label_engines") for name in label.label_engines or [""])
    try:
        writers = PoliciesSpec(
            engines,
            tuple(policy.policy_styles),
            policy.policy_samples,
            policy.policy_temperature,
            policy.policy_max_tokens,
        )
        judges = JudgesSpec(
            voters,
            tuple(label.label_prompts),
            label.label_samples,
            label.label_temperature,
            label.label_max_tokens,
        )
    except ValueError as error:
        raise UsageError(
            f"--policy_ or --label_engines, _prompts, _samples or _temperature: {error}"
        ) from None
    if judges.votes < label.min_votes and not _have_votes(uris):
        raise UsageError(f"--min_votes {label.min_votes}: only {judges.votes} votes are asked for")
    splitter = checked_engine(models, policy.split_engine, "split_engine") if policy.split_engine else ""
    return Labelling(
        models, writers if engines else None, judges, spec, splitter, policy.policy_max_tokens * 2, options
    )


def _have_votes(uris: list[str]) -> bool:
    """Whether the first row of a file has votes."""
    for uri in uris:
        try:
            values = next((row for _, row in all_rows(uri, ["votes"]) if isinstance(row, dict)), {})
        except BadTable:
            continue
        if values.get("votes"):
            return True
    return False


class _Plan(beam.DoFn):
    """Rows -> their solutions, and those that are to be written."""

    def __init__(self, policies: PoliciesSpec | None):
        self.tally, self.solutions = Tally("solutions"), partial(to_solutions, policies)

    def process(self, row: Row) -> Iterator[Any]:
        for result in settled(self.tally, row, partial(self.solutions, row)):
            if isinstance(result, tuple):
                yield from result
            else:
                yield result


class PlanSolutions(Stage):
    """Rows -> solutions, several of a row where policies write them."""

    def __init__(self, labelling: Labelling):
        super().__init__(_Plan(labelling.policies), "solutions", Solution)


def write_solutions(labelling: Labelling) -> beam.PTransform | None:
    """Returns the stage in which policies write; None if there are none."""
    if labelling.policies is None or labelling.models is None:
        return None
    work = partial(written, labelling.policies)
    return labelling.ask("policies", labelling.policies.engines, work)


def divide(labelling: Labelling) -> beam.PTransform:
    """Returns the stage in which solutions are cut into steps."""
    if labelling.models and labelling.split_engine:
        work = partial(divided, labelling.split_engine, labelling.split_max_tokens)
        return labelling.ask("steps", [labelling.split_engine], work)
    return Convert("steps", in_steps, Solution)


def in_steps(solution: Solution) -> Solution:
    """Returns a solution in the steps of the rules, if it has none yet."""
    return solution if solution.steps else replace(solution, steps=split_steps(solution.solution))


def vote(labelling: Labelling) -> beam.PTransform:
    """Returns the stage in which judges vote; without any, votes are those of the rows."""
    if labelling.judges and labelling.models:
        work = partial(with_votes, labelling.judges)
        return labelling.ask("votes", labelling.judges.engines, work)
    return Stage(_Given(), "votes", Solution)


class _Given(beam.DoFn):
    """Counts the votes that came with the rows."""

    def __init__(self) -> None:
        self.tally = Tally("votes")

    def process(self, solution: Solution) -> Iterator[Solution]:
        self.tally.seen()
        self.tally.kept()
        Metrics.counter(NAMESPACE, "aurora/votes").inc(len(solution.ballot.votes))
        for one in solution.ballot.discarded:
            Metrics.counter(NAMESPACE, f"aurora/discarded/{one.reason}").inc()
        yield solution


def with_outcome(solution: Solution) -> Solution:
    """Returns a solution with its outcome, if that isn't known and there is an answer to compare with."""
    if solution.outcome is not None or not solution.reference_answer:
        return solution
    return replace(
        solution, outcome=outcome_of(solution.problem, solution.solution, solution.reference_answer)
    )


class _Label(beam.DoFn):
    def __init__(self, spec: LabelSpec):
        self.tally, self.spec = Tally("labels"), spec

    def process(self, record: Solution, skills: Skills | None = None) -> Iterator[Any]:
        yield from settled(self.tally, record, partial(labelled, self.spec, record, skills))


class LabelSteps(beam.PTransform):
    """Solutions with votes -> labels.

    Args:
      skills: what annotators are worth, as `estimated` gives it; None unless votes are weighted.
    """

    def __init__(self, spec: LabelSpec, skills: beam.PCollection[Skills] | None):
        super().__init__(label="labels")
        self.spec, self.skills = spec, skills

    def expand(self, solutions: beam.PCollection[Solution]) -> Split:
        side = [AsSingleton(self.skills)] if self.skills else []
        out = solutions | beam.ParDo(_Label(self.spec), *side).with_outputs(REJECTED, main="kept")
        out.kept.element_type, out[REJECTED].element_type = Labelled, Rejected
        return Split(out.kept, out[REJECTED])


def estimated(solutions: beam.PCollection[Solution]) -> beam.PCollection[Skills]:
    """Returns what annotators are worth, from their votes on all solutions."""
    return (
        solutions
        | "votes of solutions" >> beam.Map(_votes).with_output_types(tuple[str, Any])
        | beam.CombineGlobally(beam.combiners.TopCombineFn(SAMPLE, reverse=True))
        | "skills" >> beam.Map(_estimated)
    )


def _votes(solution: Solution) -> tuple[str, Any]:
    return solution.id, (solution.ballot.annotators, solution.ballot.votes)


def _estimated(items: list[tuple[str, Any]]) -> Skills:
    return estimate_skills(votes for _, votes in items)
