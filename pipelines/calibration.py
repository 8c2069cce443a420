"""How well a judge agrees with labels, and from which score on it can be trusted."""

from __future__ import annotations

import asyncio
import math
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any

from apache_beam.options.pipeline_options import PipelineOptions

from filters.agreement import Confusion, confusion, interval
from filters.judge import JudgeSpec, judge_pair
from filters.rubrics import BadRubric, Rubric, load_rubric
from filters.rubrics.rules import BadRule, check_rule
from filters.thresholds import Point, choose, confidence_z, precision_curve
from inference.client import ModelError
from inference.errors import Fatal
from inference.models import Models, ModelsSpec, close_models, open_models
from inference.structured import InvalidAnswer
from pipelines.console import Screen
from pipelines.errors import UsageError
from pipelines.judged_labels import Example, by_judge, judged_example, labelled_rows, pair_of
from pipelines.judging import JudgeOptions, checked_judging
from pipelines.models import ModelOptions, VllmOptions, checked_models
from pipelines.options import RunOptions, share
from pipelines.parsing import make_parser
from schemas.scp116k import Judge, Pair

_WIDTH = 100  # of what is printed where there is no terminal


def calibrate(arguments: Sequence[str], screen: Screen) -> int:
    """Measures a judge as the command line says, prints what comes out, and returns the exit status.

    Raises:
      UsageError: a wrong option, or a row that can't be used; the message names file and row.
    """
    parser = _parser()
    if {"-h", "--help"} & set(arguments):
        screen.say(parser.format_help())
        return 0
    chosen = parser.parse_args(list(arguments))
    options = PipelineOptions(list(arguments))
    if not chosen.labels:
        raise UsageError("--labels is missing (see: beam calibrate-judge --help)")
    if not 0 < chosen.precision < 1:
        raise UsageError("--precision: must be between 0 and 1; no number of labels shows that all is right")
    with tempfile.TemporaryDirectory() as folder:
        options.view_as(RunOptions).output = folder  # where the ledger is, if it is nowhere else
        models = checked_models(options)
        judging = checked_judging(options, models)
        if judging.cascade:
            raise UsageError("--cascade: what is measured is the judge; leave it out")
        try:
            if judging.spec and judging.models:
                examples, lost = _judged(chosen, judging.spec, judging.models, screen)
            else:
                examples, lost = _read(chosen, options.view_as(JudgeOptions)), {}
        except Fatal as error:
            screen.complain(str(error))
            return 1
    if not examples:
        raise UsageError(f"--labels {chosen.labels}: no row could be judged{_counted(lost)}")
    report(examples, chosen.precision, lost, screen.out)
    return 0


def _parser() -> ArgumentParser:
    parser = make_parser([JudgeOptions, ModelOptions, VllmOptions])
    parser.prog = "beam calibrate-judge"
    parser.description = "Measure a judge on labelled examples, and find the score from which on to keep."
    own = parser.add_argument_group(
        "What a judge is measured by"
    )  # no options of Beam's: it has --labels too
    own.add_argument(
        "--labels",
        metavar="FILE",
        help="Parquet or JSON lines; each row has a label, and what a judge said of it (judge, as in the "
        "output of a run, or scores, by criterion), or problem and solution for the models to judge",
    )
    own.add_argument(
        "--label_column",
        default="label",
        metavar="NAME",
        help="column with keep or drop, true or false, 1 or 0; with dots for fields of fields",
    )
    own.add_argument(
        "--precision",
        type=share,
        default=0.95,
        metavar="SHARE",
        help="of what is kept that has to be labelled keep, at the threshold that is looked for",
    )
    return parser


def _read(chosen: Any, judge: Any) -> list[Example]:
    """Returns the examples of a file that says what a judge said."""
    try:
        rubric: Rubric = load_rubric(judge.judge_rubric)
        keep = judge.judge_keep or ""
        check_rule(keep or rubric.keep, rubric.names)
    except BadRubric as error:
        raise UsageError(f"--judge_rubric: {error}") from None
    except BadRule as error:
        raise UsageError(f"--judge_keep: {error}") from None
    examples = []
    for number, good, row in labelled_rows(chosen.labels, chosen.label_column):
        with _named(chosen.labels, number):
            if row.get("judge") is None and row.get("scores") is None:
                raise ValueError(
                    "it has neither judge nor scores; give --llm_url and --llm_model to judge it"
                )
            examples.append(judged_example(good, row, rubric, keep))
    return examples


@contextmanager
def _named(path: str, number: int) -> Iterator[None]:
    """Names the row that something is wrong with."""
    try:
        yield
    except ValueError as error:
        raise UsageError(f"--labels {path}: row {number}: {error}") from None


def _judged(
    chosen: Any, spec: JudgeSpec, models: ModelsSpec, screen: Screen
) -> tuple[list[Example], dict[str, int]]:
    """Returns the examples of a file that models judge now, and how many they could not judge, by reason."""
    labels, pairs = [], []
    for number, good, row in labelled_rows(chosen.labels, chosen.label_column):
        with _named(chosen.labels, number):
            pairs.append(pair_of(row))
        labels.append(good)
    opened = open_models(models)
    try:
        outcomes = opened.submit(_all(opened, spec, pairs, screen)).result()
    finally:
        close_models(models)
    examples: list[Example] = []
    lost: dict[str, int] = {}
    for good, outcome in zip(labels, outcomes, strict=True):
        if isinstance(outcome, (InvalidAnswer, ModelError)):
            lost[outcome.reason] = lost.get(outcome.reason, 0) + 1
        else:
            examples.append(by_judge(good, outcome))
    return examples, lost


async def _all(
    models: Models, spec: JudgeSpec, pairs: Sequence[Pair], screen: Screen
) -> list[Judge | InvalidAnswer | ModelError]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=screen.err), disable=not screen.err.isatty(), transient=True) as shown:
        task = shown.add_task("judged", total=len(pairs))

        async def one(pair: Pair) -> Judge | InvalidAnswer | ModelError:
            try:
                return await judge_pair(spec, models, pair)
            except (InvalidAnswer, ModelError) as error:
                return error
            finally:
                shown.advance(task)

        return await asyncio.gather(*map(one, pairs))  # the first that is fatal ends it


def report(examples: Sequence[Example], precision: float, lost: Mapping[str, int], out: IO[str]) -> None:
    """Prints what a judge is worth on examples.

    Args:
      lost: how many more there were that it could not judge, by reason.
    """
    from rich.console import Console

    console = Console(
        file=out, highlight=False, markup=False, emoji=False, width=None if out.isatty() else _WIDTH
    )
    good = sum(example.good for example in examples)
    console.print(
        f"{len(examples):,} labelled examples: {good:,} keep, {len(examples) - good:,} drop{_counted(lost)}"
    )
    found = confusion([e.kept for e in examples], [e.good for e in examples])
    console.print(_agreement(found), soft_wrap=True)
    console.print(_counts(found))
    if not 0 < good < len(examples):
        console.print("thresholds need examples of both labels")
        return
    points = {name: _point(examples, name, precision) for name in _scores(examples)}
    console.print(_thresholds(points, precision))
    overall, _, tried = points["score"]
    if overall:
        console.print(f"to keep by it: --judge_keep 'score >= {overall.threshold:g}'", soft_wrap=True)
    else:
        needed = math.ceil(confidence_z(tried) ** 2 * precision / (1 - precision))
        console.print(
            f"the overall score doesn't reach a precision of {precision:g} for sure; with fewer than "
            f"{needed:,} kept examples, none does",
            soft_wrap=True,
        )


def _counted(lost: Mapping[str, int]) -> str:
    return "".join(f"; {n:,} could not be judged: {why}" for why, n in sorted(lost.items()))


def _agreement(found: Confusion) -> str:
    low, high = interval(found.right, found.n)
    good = found.kept_good + found.dropped_good
    kappa = "not defined, as chance alone agrees" if found.kappa is None else f"{found.kappa:.3f}"
    return (
        f"accuracy {found.right / found.n:.3f} ({low:.3f} to {high:.3f}), Cohen's kappa {kappa}; "
        f"by always giving the commonest label {max(good, found.n - good) / found.n:.3f}"
    )


def _counts(found: Confusion) -> Any:
    table = _table("verdict", "labelled keep", "labelled drop", "precision", "recall")
    rows = (
        ("keep", found.kept_good, found.kept_bad, found.kept_good, found.dropped_good),
        ("drop", found.dropped_good, found.dropped_bad, found.dropped_bad, found.kept_bad),
    )
    for name, good, bad, right, missed in rows:
        table.add_row(name, f"{good:,}", f"{bad:,}", _share(right, good + bad), _share(right, right + missed))
    return table


def _share(right: int, n: int) -> str:
    low, high = interval(right, n)
    return f"{right / n:.3f} ({low:.3f} to {high:.3f})" if n else "-"


def _scores(examples: Sequence[Example]) -> list[str]:
    """Returns what there are scores of: the whole, and the criteria in their order."""
    return list(dict.fromkeys(["score", *(name for example in examples for name in example.criteria)]))


def _point(examples: Sequence[Example], name: str, precision: float) -> tuple[Point | None, Point, int]:
    """Returns the threshold for a precision, if it is reached, the surest, and how many there are.

    Examples without a score for it are never kept by it.
    """
    scored = [(e.score if name == "score" else e.criteria.get(name, -math.inf), e.good) for e in examples]
    known = [(score, good) for score, good in scored if score > -math.inf]
    curve = precision_curve(
        [score for score, _ in known], [good for _, good in known], sum(e.good for e in examples)
    )
    return choose(curve, precision), max(curve, key=lambda point: point.lower), len(curve)


def _thresholds(points: dict[str, tuple[Point | None, Point, int]], precision: float) -> Any:
    table = _table("criterion", "keep from", "precision", "at least", "recall", "kept")
    table.title_justify = "left"
    table.title = f"for a precision of {precision:g}, sure at 95 % over all thresholds of a criterion"
    for name, (reached, surest, _) in points.items():
        if reached:
            table.add_row(
                name,
                f"{reached.threshold:g}",
                f"{reached.precision:.3f}",
                f"{reached.lower:.3f}",
                f"{reached.recall:.3f}",
                f"{reached.given:,}",
            )
        else:
            table.add_row(name, "never", "", f"{surest.lower:.3f} at best, from {surest.threshold:g}", "", "")
    return table


def _table(*heads: str) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for i, head in enumerate(heads):
        table.add_column(head, justify="right" if i else "left", no_wrap=True)
    return table
