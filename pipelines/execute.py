"""Running a recipe: from checked options to the finished folder."""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pipelines import output as folder
from pipelines.console import Screen, funnel_table, progress
from pipelines.errors import RunFailed, UsageError
from pipelines.recipe import Outcome, Recipe, Run, load_recipe

if TYPE_CHECKING:
    from inference.models import ModelsSpec

_LOCAL = "FnApiRunner"
_STOPPED = threading.Event()
_SECONDS_TO_STOP = 5
_SAMPLES = 3  # rejects of each reason that run.json and the card show


def run(name: str, arguments: Sequence[str], screen: Screen) -> int:
    """Runs a recipe and returns the exit status.

    Raises:
      UsageError: nothing was done, since the caller has to change something.
      RunFailed: the run broke off, or its counts don't add up.
    """
    from apache_beam.io.filesystems import FileSystems

    from pipelines.options import RunOptions
    from pipelines.parsing import parse

    start = time.monotonic()
    recipe = load_recipe(name)
    options = parse(arguments, recipe.options)
    ours = options.view_as(RunOptions)
    if ours.verbose:
        screen.share()
        logging.getLogger().setLevel(logging.INFO)
    FileSystems.set_options(options)  # credentials and endpoints of remote stores
    local = choose_runner(options, recipe.by_rows)
    uris = recipe.list_inputs(ours.input, ours.output, screen.complain)
    if recipe.more_inputs:
        uris = sorted({*uris, *recipe.more_inputs(options, uris)})
    ticks = screen.folder if local else None
    pipeline, outcome = build(recipe, Run(uris, options, folder.partial(ours.output), ticks))
    with folder.held(ours.output):
        folder.claim(ours.output, resume=ours.resume, overwrite=ours.overwrite)
        with (
            _servers(outcome.models if local else None, screen),
            progress(screen, len(uris), recipe.by_rows) if local else nullcontext(),
        ):
            counters = execute(pipeline)
        return _conclude(outcome.recipe or recipe, outcome, options, counters, len(uris), screen, start)


def choose_runner(options: Any, by_rows: bool = False) -> bool:
    """Sets the runner; returns whether it works on this machine.

    --workers are Beam's own processes where these do the work of a recipe (`by_rows`).

    Without --runner it is FnApiRunner, by name: `DirectRunner` tries another engine first that has to
    be downloaded, so that a run online and one offline would not be the same.
    """
    from apache_beam.options.pipeline_options import DirectOptions, SetupOptions, StandardOptions

    from pipelines.options import RunOptions

    standard, direct, setup = (options.view_as(c) for c in (StandardOptions, DirectOptions, SetupOptions))
    workers = options.view_as(RunOptions).workers
    if not standard.runner:
        standard.runner = _LOCAL
    name = standard.runner.rsplit(".", 1)[-1].removesuffix("Runner") + "Runner"
    local = name in StandardOptions.LOCAL_RUNNERS
    if name == "DaskRunner":
        raise UsageError("--runner DaskRunner: it drops branches of a pipeline in silence; use another one")
    if direct.direct_running_mode == "multi_threading":
        raise UsageError("--direct_running_mode multi_threading: it fails at random; use --workers")
    if workers > 1 and not local:
        raise UsageError(f"--workers is for this machine; {standard.runner} has options of its own")
    if workers > 1 and by_rows:
        direct.direct_running_mode = "multi_processing"
        direct.direct_num_workers = workers
    setup_file = Path(__file__).resolve().parent.parent / "setup.py"
    if not local and not setup.setup_file and setup_file.exists():
        setup.setup_file = str(setup_file)  # ships these packages to the workers
    return local


def build(recipe: Recipe, run: Run) -> tuple[Any, Outcome]:
    """Returns the wired pipeline and its ends.

    Raises:
      UsageError: the runner is unknown or not installed, or misses options of its own.
    """
    import apache_beam as beam
    from apache_beam.options.pipeline_options import DebugOptions

    try:
        pipeline = beam.Pipeline(options=run.options)
    except (ValueError, ImportError) as error:
        raise UsageError(str(error)) from None
    outcome = recipe.build(pipeline, run)
    if outcome.models and any(engine.server for engine in outcome.models.engines):
        # On Dataflow: workers in containers of their own would each start a server for the one GPU.
        run.options.view_as(DebugOptions).add_experiment("no_use_multiple_sdk_containers")
    return pipeline, outcome


@contextmanager
def _servers(models: ModelsSpec | None, screen: Screen) -> Iterator[None]:
    """Starts the model servers of this machine before any work, and holds them during the run.

    Raises:
      UsageError: one doesn't start.
    """
    from inference.client import BadEndpoint
    from inference.server import lease

    with ExitStack() as held:
        for engine in models.engines if models else ():
            if engine.server:
                screen.say(f"starting vLLM with {engine.server.model}")
                try:
                    server = lease(engine.server)
                except BadEndpoint as error:
                    raise UsageError(str(error)) from None
                held.callback(server.close)
                screen.say(f"vLLM answers; its log: {server.log}")
        yield


def execute(pipeline: Any) -> dict[str, int]:
    """Runs the pipeline to its end and returns its counters, by name.

    Raises:
      RunFailed: it broke off.
    """
    from apache_beam.metrics import MetricsFilter
    from apache_beam.runners.runner import PipelineState

    from inference.models import flush_models
    from pipelines.stages import NAMESPACE

    _bound_the_wait_for_workers()
    try:
        result = pipeline.run()
        state = result.wait_until_finish()
    except Exception as error:
        if _STOPPED.is_set():  # which Beam wraps in an error of its own
            raise KeyboardInterrupt from None
        logging.getLogger(__name__).exception("the pipeline broke off")
        raise RunFailed(_fatal(error) or f"the pipeline broke off: {_last_line(error)}") from error
    finally:
        flush_models()  # those of this process, where the runner ends it without a teardown
    if state != PipelineState.DONE:
        raise RunFailed(f"the pipeline ended as {state}")
    counters: dict[str, int] = {}
    for counter in result.metrics().query(MetricsFilter().with_namespace(NAMESPACE))["counters"]:
        name = counter.key.metric.name
        counters[name] = counters.get(name, 0) + counter.result
    return counters


def _bound_the_wait_for_workers() -> None:
    """Keeps a run that broke off from hanging.

    At its end Beam waits for its worker processes without a limit, and one that was still starting
    when another one failed never ends.
    """
    from apache_beam.runners.portability.fn_api_runner.worker_handlers import SubprocessSdkWorkerHandler

    def stop_worker(handler: Any) -> None:
        handler.worker_thread.join(_SECONDS_TO_STOP)

    SubprocessSdkWorkerHandler.stop_worker = stop_worker


def _fatal(error: Exception) -> str:
    """Returns the message of a `Fatal`, which may have come from a worker in the text of a stack trace."""
    pattern = r"(?:inference\.errors\.\w+|\.BadClassifier): (.*?)(?: \[while running .*)?$"
    text = f"{type(error).__module__}.{type(error).__name__}: {error}"
    found = re.search(pattern, text, flags=re.MULTILINE)
    return found[1] if found else ""


def _last_line(error: Exception) -> str:
    """Returns what happened: an error that comes from a worker holds a whole stack trace."""
    lines = str(error).strip().splitlines()
    return lines[-1] if len(lines) > 1 else f"{type(error).__name__}: {error}"


def _conclude(
    recipe: Recipe,
    outcome: Outcome,
    options: Any,
    counters: dict[str, int],
    inputs: int,
    screen: Screen,
    start: float,
) -> int:
    """Checks the counts, writes card and report, puts all in its place, and prints the funnel."""
    from pipelines import manifest
    from pipelines.card import card
    from pipelines.files import count_rows, sample_details, shards
    from pipelines.options import RunOptions
    from pipelines.report import report

    out = options.view_as(RunOptions).output
    stages = [stage for stage in recipe.stages if stage.name not in outcome.without]
    funnel = manifest.stage_counts(counters, stages)
    models = (
        {engine.name: engine.endpoint.model for engine in outcome.models.engines} if outcome.models else {}
    )
    made = folder.partial(out)
    wrong = manifest.discrepancies(funnel, inputs, count_rows(made, "data"), count_rows(made, "rejected"))
    shown = manifest.public_options(options, [RunOptions, *recipe.options])
    run = manifest.manifest(
        recipe, shown, funnel, {"total": round(time.monotonic() - start, 3)}, wrong, counters, models
    )
    folders = {export.name: f"exports/{export.name}" for export in recipe.exports}
    run["exports"] = {name: count_rows(made, path) for name, path in folders.items() if shards(made, path)}
    run["samples"] = sample_details(made, _SAMPLES)
    run |= outcome.measured(made, counters) if outcome.measured else {}
    folder.write(folder.join(made, "README.md"), card(recipe, run, made))
    folder.write(folder.join(made, "report.html"), report(recipe, run, made))
    with _no_stop():
        folder.finish(out, run)
    funnel_table(screen, funnel)
    if run["cascade"]:
        screen.say(manifest.cascade_line(run["cascade"], shown["cascade_precision"]))
    screen.say(f"{run['rows']:,} rows in {folder.join(out, 'data')}")
    for name, n in run["exports"].items():
        screen.say(f"{n:,} rows in {folder.join(out, 'exports', name)}")
    screen.say(f"{run['rejects']:,} rejects, with reasons, in {folder.join(out, 'rejected')}")
    screen.say(f"report in {folder.join(out, 'report.html')}")
    if wrong:
        raise RunFailed(f"the counts don't add up: {'; '.join(wrong)}")
    if silent := manifest.unanswered(funnel):
        raise RunFailed(f"{silent}; the rejects say what it said")
    return 0


def stop_on_signal(screen: Screen) -> None:
    """Makes SIGTERM end a run like Ctrl-C does, within seconds even where Beam waits for a worker."""

    def interrupt(*_: Any) -> None:
        if not _STOPPED.is_set():
            _STOPPED.set()
            last = threading.Timer(_SECONDS_TO_STOP, stopped, [screen])
            last.daemon = True
            last.start()
            raise KeyboardInterrupt
        stopped(screen)

    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as below nohup
            signal.signal(number, interrupt)


@contextmanager
def _no_stop() -> Iterator[None]:
    """Lets the finished files be put in their place without a stop in between."""
    if threading.current_thread() is not threading.main_thread():  # which alone gets signals
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stopped(screen: Screen) -> None:
    """Says that the run was stopped and ends the process."""
    from inference.models import flush_models

    with suppress(Exception):
        flush_models()
    screen.complain("stopped; start again with --resume, which keeps the answers of models, or --overwrite")
    shutil.rmtree(screen.folder, ignore_errors=True)
    leave(130)


def leave(status: int) -> NoReturn:
    """Ends the process and its workers at once: Beam's threads would keep a broken run alive."""
    import psutil

    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    os._exit(status)
