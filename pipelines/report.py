"""OUT/report.html: the run at a glance, in one file that needs nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines.card import reproduce
from pipelines.files import rows, sample_rejects, sources
from pipelines.recipe import Recipe
from schemas.row import value_of

_ROWS = 20
_REJECTS_EACH = 3
_MAX_SOURCES = 200
_MAX_TEXT = 4000
_TEXTS = ("problem", "question", "solution", "text")
"""Columns whose texts are shown of a reject."""


def report(recipe: Recipe, run: dict[str, Any], output: str) -> str:
    """Returns the report of a run as HTML. Every text of a document is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(Path(__file__).with_name("templates"))
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    found = sources(output)
    shown = recipe.shown or tuple(run["options"].get("text_column") or ())
    return environment.get_template("report.html.j2").render(
        recipe=recipe,
        run=run,
        command=reproduce(run),
        funnel=_funnel(run["stages"]),
        rejects=_by_reason(run["stages"], sample_rejects(output, _REJECTS_EACH), shown or _TEXTS),
        samples=[_shown(row, shown) for row in islice(rows(output, "data"), _ROWS)],
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


def _by_reason(
    stages: list[dict[str, Any]], sample: list[dict[str, Any]], shown: Sequence[str]
) -> list[dict[str, Any]]:
    return [
        {
            "stage": stage["stage"],
            "reason": reason,
            "count": count,
            "examples": [
                {**r, "text": _text(r["record"], shown)}
                for r in sample
                if (r["stage"], r["reason"]) == (stage["stage"], reason)
            ],
        }
        for stage in stages
        for reason, count in stage["reasons"].items()
    ]


def _text(record: dict[str, Any], shown: Sequence[str]) -> str:
    inner = record.get("values")  # of a row that was rejected as it was read
    record = {**record, **inner} if isinstance(inner, dict) else record
    parts = [text for name in shown if isinstance(text := value_of(record, name), str)]
    return _cut("\n\n".join(parts))


def _shown(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Returns a row with `texts`: the heading and text of each column that is shown of it."""
    texts = [name for name, value in row.items() if isinstance(value, str) and name != "id"]
    chosen = names or texts[:1]
    return {**row, "texts": [(_heading(name), _cut(_readable(value_of(row, name)))) for name in chosen]}


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _readable(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(f"{n}. {_readable(one)}" for n, one in enumerate(value, start=1))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "" if value is None else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + " […]"
