"""OUT/report.html: the run at a glance, in one file that needs nothing else."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from pipelines.card import reproduce
from pipelines.files import rows, sample_rejects, sources
from pipelines.recipe import Recipe

_PAIRS = 20
_REJECTS_EACH = 3
_MAX_SOURCES = 200
_MAX_TEXT = 4000


def report(recipe: Recipe, run: dict[str, Any], output: str) -> str:
    """Returns the report of a run as HTML. Every text of a document is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(Path(__file__).with_name("templates"))
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    found = sources(output)
    return environment.get_template("report.html.j2").render(
        recipe=recipe,
        run=run,
        command=reproduce(run),
        funnel=_funnel(run["stages"]),
        rejects=_by_reason(run["stages"], sample_rejects(output, _REJECTS_EACH)),
        samples=[_shown(row) for row in islice(rows(output, "data"), _PAIRS)],
        sources=found[:_MAX_SOURCES],
        more_sources=len(found[_MAX_SOURCES:]),
    )


def _funnel(stages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Adds the widths of the bars, in percent of the largest count of the same unit."""
    most = {s["unit"]: 0 for s in stages}
    for stage in stages:
        most[stage["unit"]] = max(most[stage["unit"]], stage["in"], 1)
    return [
        {
            **s,
            "kept_width": 100 * s["kept"] / most[s["unit"]],
            "rejected_width": 100 * s["rejected"] / most[s["unit"]],
        }
        for s in stages
    ]


def _by_reason(stages: list[dict[str, Any]], sample: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "stage": stage["stage"],
            "reason": reason,
            "count": count,
            "examples": [
                {**r, "text": _text(r["record"])}
                for r in sample
                if (r["stage"], r["reason"]) == (stage["stage"], reason)
            ],
        }
        for stage in stages
        for reason, count in stage["reasons"].items()
    ]


def _text(record: dict[str, Any]) -> str:
    parts = [record[name] for name in ("problem", "solution", "text") if isinstance(record.get(name), str)]
    return _cut("\n\n".join(parts))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "problem": _cut(row["problem"]), "solution": _cut(row["solution"])}


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + " […]"
