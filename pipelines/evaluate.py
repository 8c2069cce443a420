"""`beam evaluate RECIPE ...`: what a recipe's dataset is worth, by the measures of its paper."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence

from pipelines.errors import UsageError

# recipe -> (module that holds `evaluate(arguments) -> exit status`, one line)
EVALUATIONS: dict[str, tuple[str, str]] = {
    "aurora": ("pipelines.evaluate_aurora", "labels of steps beside the true ones: F1 and calibration"),
    "contrastive": (
        "pipelines.evaluate_contrastive",
        "what a model knows of what it knows, before and after",
    ),
}


def evaluate(arguments: Sequence[str]) -> int:
    """Runs the evaluation of a recipe and returns the exit status.

    Raises:
      UsageError: there is none of that name, or its arguments can't be used.
    """
    name = arguments[0] if arguments else ""
    if name in ("", "-h", "--help"):
        print("usage: beam evaluate RECIPE ... (each has a --help of its own)\n")
        for recipe, (_, does) in EVALUATIONS.items():
            print(f"  {recipe}  {does}")
        return 0
    if name not in EVALUATIONS:
        raise UsageError(f"evaluate {name}: there is {', '.join(EVALUATIONS) or 'none yet'}")
    run: Callable[[Sequence[str]], int] = importlib.import_module(EVALUATIONS[name][0]).evaluate
    return run(arguments[1:])
