"""The stage in which named models solve the problems, and are compared with the printed solutions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from inference.models import ModelsSpec
from pipelines.ask import Ask
from pipelines.errors import UsageError
from pipelines.models import accelerator, checked_engine
from pipelines.options import positive
from pipelines.stages import Split
from schemas.scp116k import Pair
from synth.answers import AnswerSpec, with_answers
from synth.verify import missing_libraries


class AnswerOptions(PipelineOptions):
    """Independent answers by models."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--answer_engines",
            nargs="+",
            metavar="NAME",
            help="which of --llm_engines solve each problem that is kept (`default` without that file)",
        )
        parser.add_argument(
            "--answer_max_tokens", type=positive, default=2048, metavar="N", help="of a model's solution"
        )
        parser.add_argument(
            "--verifier_engine",
            metavar="NAME",
            help="which compares answers where algebra can't tell; the first if not given",
        )


@dataclass(frozen=True)
class Answering:
    """Who solves the problems.

    Attributes:
      spec, models: how, and the models of the run.
      accelerator: see `pipelines.ask.Ask`.
    """

    spec: AnswerSpec
    models: ModelsSpec
    accelerator: str = ""

    @property
    def engines(self) -> tuple[str, ...]:
        """Names of those that are asked."""
        return (*self.spec.engines, self.spec.verifier)


def checked_answering(options: PipelineOptions, models: ModelsSpec | None) -> Answering | None:
    """Returns who solves the problems; None if nobody is asked to.

    Raises:
      UsageError: there are no such models, or what compares the answers isn't installed.
    """
    chosen = options.view_as(AnswerOptions)
    if not chosen.answer_engines:
        return None
    if models is None:
        raise UsageError("--answer_engines needs --llm_url or --llm_engine, and --llm_model")
    if missing := missing_libraries():
        raise UsageError(f"--answer_engines needs {', '.join(missing)}: pip install 'assay[verify]'")
    engines = tuple(checked_engine(models, name, "answer_engines") for name in chosen.answer_engines)
    verifier = checked_engine(models, chosen.verifier_engine, "verifier_engine")
    spec = AnswerSpec(engines, verifier, chosen.answer_max_tokens)
    return Answering(spec, models, accelerator(options, models, (*engines, verifier)))


class AnswerPairs(beam.PTransform):
    """Pairs -> the same pairs with independent answers; none is rejected.

    Args:
      answering: who solves the problems.
    """

    def __init__(self, answering: Answering):
        super().__init__(label="answers")
        self.answering = answering

    def expand(self, pairs: beam.PCollection[Pair]) -> Split:
        who = self.answering
        work = partial(with_answers, who.spec)
        return pairs | Ask("answers", who.models, work, Pair, who.engines, who.accelerator)
