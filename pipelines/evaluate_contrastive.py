"""`beam evaluate contrastive`; what it measures is in `pipelines.contrastive_metrics`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from pipelines.arguments import Parser
from pipelines.console import quiet


def parser() -> argparse.ArgumentParser:
    options = Parser(
        prog="beam evaluate contrastive",
        description="The five metrics of answers to the questions of a contrastive run, by its zones. PATH "
        "is the folder of such a run, or files with `question` and `samples`.",
    )
    options.add_argument(
        "--truth",
        metavar="RUN",
        help="the run whose zones and right answers count; --before (or --predictions) if not given",
    )
    options.add_argument("--predictions", nargs="+", metavar="PATH", help="answers of one model")
    options.add_argument("--before", nargs="+", metavar="PATH", help="answers of a model before training")
    options.add_argument("--after", nargs="+", metavar="PATH", help="answers of the same model after it")
    options.add_argument("--question_column", default="question", metavar="NAME", help="in files of answers")
    return options


def evaluate(arguments: Sequence[str]) -> int:
    """Prints the metrics that the command line asks for, and returns the exit status.

    Raises:
      UsageError: a wrong option, or files that can't be used.
    """
    chosen = parser().parse_args(arguments)
    with quiet() as screen:
        from pipelines.contrastive_metrics import measured  # Beam, which it imports, says things

        screen.say("\n".join(measured(chosen)))
    return 0
