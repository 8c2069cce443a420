"""The command `beam`. Importing this module imports nothing heavy: `beam list` has to be quick."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from pipelines import __version__
from pipelines.console import quiet
from pipelines.errors import RunFailed, UsageError
from pipelines.memory import give_back
from pipelines.recipe import RECIPES, load_recipe

_EPILOG = "options of a pipeline: beam describe PIPELINE; every option of Apache Beam works too"

# name -> (module that holds the function of that name, one line)
TOOLS = {
    "train-classifier": ("pipelines.train_classifier", "distil labels or verdicts into a fastText model"),
    "evaluate": ("pipelines.evaluate", "measure a dataset against a known truth or an earlier one"),
    "calibrate-judge": ("pipelines.calibrate_judge", "measure a judge on labelled examples"),
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see: beam --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="beam", description="Turn documents into judged training data.", epilog=_EPILOG)
    parser.add_argument("--version", action="version", version=f"assay {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    run = commands.add_parser("run", help="run a pipeline", epilog=_EPILOG, allow_abbrev=False)
    run.add_argument("pipeline", metavar="PIPELINE", help=", ".join(RECIPES))
    run.usage = "beam run PIPELINE --input PATH... --output DIR [--config FILE.yaml] [OPTION...]"
    commands.add_parser("list", help="list the pipelines")
    describe = commands.add_parser("describe", help="show the options, stages and columns of a pipeline")
    describe.add_argument("pipeline", metavar="PIPELINE")
    for name, (_, summary) in TOOLS.items():
        commands.add_parser(name, help=summary, add_help=False)
    report = commands.add_parser("report", help="render report.html of a finished run again")
    report.add_argument("dir", metavar="DIR")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit status: 0, 1 (failed), 2 (usage) or 130 (stopped)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments[:1] == ["run"]:  # its options are Beam's affair, not argparse's here
            if not {"-h", "--help"} & set(arguments):
                return _run(arguments[1:])
            if not arguments[1].startswith("-"):
                return _describe(arguments[1])
        if arguments[:1] and arguments[0] in TOOLS:
            return _tool(arguments[0], arguments[1:])
        chosen = _parser().parse_args(arguments)
        if chosen.command == "describe":
            return _describe(chosen.pipeline)
        if chosen.command == "report":
            return _report(chosen.dir)
        return _list()
    except UsageError as error:
        print(f"beam: {' '.join(str(error).split())}", file=sys.stderr)
        return 2


def _list() -> int:
    width = max(map(len, RECIPES))
    with quiet() as screen:
        screen.say("\n".join(f"{name.ljust(width)}  {summary}" for name, (_, summary) in RECIPES.items()))
    return 0


def _run(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0].startswith("-"):
        raise UsageError("run what? beam run PIPELINE ...; beam list names the pipelines")
    give_back()
    from pipelines.execute import leave, run, stop_on_signal, stopped

    with quiet() as screen:
        stop_on_signal(screen)
        try:
            return run(arguments[0], arguments[1:], screen)
        except UsageError as error:
            screen.complain(str(error))
            return 2
        except RunFailed as error:
            screen.complain(f"{error}" + (f" (log: {screen.keep()})" if screen.log else ""))
            leave(1)
        except KeyboardInterrupt:
            stopped(screen)
    return 0


def _tool(name: str, arguments: Sequence[str]) -> int:
    module = importlib.import_module(TOOLS[name][0])
    run: Callable[[Sequence[str]], int] = getattr(module, name.replace("-", "_"))
    return run(arguments)


def _describe(name: str) -> int:
    from pipelines.describe import describe

    with quiet() as screen:
        screen.say(describe(name))
    return 0


def _report(output: str) -> int:
    from pipelines.output import join, read_run, write
    from pipelines.report import report

    with quiet() as screen:
        run = read_run(output)
        write(join(output, "report.html"), report(load_recipe(run["pipeline"]), run, output))
        screen.say(join(output, "report.html"))
    return 0
