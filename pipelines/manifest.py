"""run.json: what a run was asked, what it counted, and whether the counts add up."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping, Sequence
from importlib import metadata
from itertools import pairwise
from typing import Any

from pipelines import __version__
from pipelines.recipe import Recipe, StageInfo

_PACKAGES = ("apache-beam", "pyarrow", "pymupdf", "pypandoc-binary", "selectolax", "resiliparse")
_SECRET = ("key", "token", "secret", "password", "credential")
# What changes where or how a run works, not what it makes; the card's command leaves them out.
PLACES = (
    *("input", "output", "config", "overwrite", "resume", "verbose", "workers"),
    *("llm_url", "llm_concurrency", "llm_timeout_s", "llm_patience_s", "vllm_python", "vllm_start_s"),
    *("llm_requests_per_minute", "llm_tokens_per_minute", "ledger", "ledger_flush_s"),
)


_LLM = ("requests", "from_ledger", "prompt_tokens", "completion_tokens", "failures")


def _below(counters: dict[str, int], name: str) -> dict[str, int]:
    return {key.removeprefix(f"{name}/"): n for key, n in counters.items() if key.startswith(f"{name}/")}


def versions() -> dict[str, str]:
    """Returns the versions of what shapes the output."""
    found = {"assay": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def public_options(options: Any, classes: Sequence[Any]) -> dict[str, Any]:
    """Returns our own options and whichever of Beam's are not at their default; never a secret."""
    ours = {
        name: getattr(options.view_as(cls), name)
        for cls in classes
        for name in options.view_as(cls)._visible_option_list()
    }
    values = {**options.get_all_options(drop_default=True), **ours}
    return {name: _public(name, value) for name, value in sorted(values.items())}


def _public(name: str, value: Any) -> Any:
    """Returns the value of an option, with asterisks for what may be a secret."""
    if isinstance(value, list):
        return [_public_item(item) for item in value]
    return "***" if value and _is_secret(name) else value


def _public_item(item: Any) -> Any:
    name, equals, _ = str(item).partition("=")  # as of --vllm_arg
    return f"{name}=***" if equals and _is_secret(name) else item


def _is_secret(name: str) -> bool:
    return any(word in _SECRET for word in re.split(r"[_-]", name.casefold()))


def stage_counts(counters: dict[str, int], stages: Sequence[StageInfo]) -> list[dict[str, Any]]:
    """Turns counters named `stage/in`, `stage/kept`, `stage/rejected/REASON` into a funnel."""
    funnel = []
    for stage in stages:
        prefix = f"{stage.name}/rejected/"
        reasons = {name.removeprefix(prefix): n for name, n in counters.items() if name.startswith(prefix)}
        funnel.append(
            {
                "stage": stage.name,
                "unit": stage.unit,
                "in": counters.get(f"{stage.name}/in", 0),
                "kept": counters.get(f"{stage.name}/kept", 0),
                "rejected": sum(reasons.values()),
                "reasons": dict(sorted(reasons.items(), key=lambda reason: (-reason[1], reason[0]))),
                "failed": counters.get(f"{stage.name}/failed", 0),
            }
        )
    return funnel


_OF_NO_USE = frozenset(
    {"refused_request", "invalid_response", "invalid_answer", "truncated_answer", "refusal"}
)
"""Reasons of a model that is there, but can't be asked so."""


def unanswered(funnel: Sequence[dict[str, Any]]) -> str:
    """Returns, in one line, which stage lost all it got to a model that said nothing of use, if one did."""
    for stage in funnel:
        if stage["in"] and not stage["kept"] and _OF_NO_USE.issuperset(stage["reasons"]):
            reasons = ", ".join(f"{reason} {n:,}" for reason, n in stage["reasons"].items())
            return f"{stage['stage']}: the model said nothing of use ({reasons})"
    return ""


def discrepancies(funnel: Sequence[dict[str, Any]], inputs: int, rows: int, rejects: int) -> list[str]:
    """Returns, a line each, where the counts of a run contradict each other or its files.

    Args:
      funnel: what the stages counted.
      inputs: how many files were listed.
      rows, rejects: how many rows the files of the dataset and of the rejects hold.
    """
    wrong = [
        f"{s['stage']}: in {s['in']}, but kept {s['kept']} + rejected {s['rejected']}"
        for s in funnel
        if s["in"] != s["kept"] + s["rejected"]
    ]
    for before, after in pairwise(funnel):
        if before["unit"] == after["unit"] and before["kept"] != after["in"]:
            wrong.append(f"{before['stage']} kept {before['kept']}, but {after['stage']} saw {after['in']}")
    counted = sum(s["rejected"] for s in funnel)
    for name, expected, actual in (
        ("files listed, but the first stage saw", inputs, funnel[0]["in"]),
        ("rows counted, but data/ holds", funnel[-1]["kept"], rows),
        ("rejects counted, but rejected/ holds", counted, rejects),
    ):
        if expected != actual:
            wrong.append(f"{expected} {name} {actual}")
    return wrong


def cascade_line(counts: dict[str, int], precision: float) -> str:
    """Returns what a cascade spared the model, and whether the model agreed where both gave a verdict."""
    saved, audited, agreed = (counts.get(name, 0) for name in ("saved", "audited", "agreed"))
    line = f"cascade: {saved:,} pairs were not sent to the model"
    if audited:
        line += f"; of {audited:,} that were sent all the same, it agreed on {agreed / audited:.1%}"
        if agreed < precision * audited:
            line += f", less than the {precision:.1%} that --cascade_precision asks for"
    return line


def manifest(
    recipe: Recipe,
    options: dict[str, Any],
    funnel: list[dict[str, Any]],
    seconds: dict[str, float],
    wrong: list[str],
    counters: dict[str, int],
    models: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Returns the contents of run.json.

    Args:
      models: names of the engines, and the models behind them.
    """
    return {
        "assay": __version__,
        "pipeline": recipe.name,
        "complete": not wrong,
        "discrepancies": wrong,
        "options": options,
        "versions": versions(),
        "stages": funnel,
        "rows": funnel[-1]["kept"],
        "rejects": sum(stage["rejected"] for stage in funnel),
        "models": dict(models or {}),
        "llm": {
            **{name: counters.get(f"llm/{name}", 0) for name in _LLM},
            "failures_by_reason": dict(sorted(_below(counters, "llm/failed").items())),
        },
        "cascade": {name: n for name, n in sorted(_below(counters, "cascade").items()) if n},
        "transcribed": {name: n for name, n in sorted(_below(counters, "transcribe").items()) if n},
        "seconds": seconds,
    }
