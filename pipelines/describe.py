"""`beam describe PIPELINE`: its options, stages and columns, from what the code itself declares."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from pipelines.recipe import load_recipe
from schemas.arrow import describe as columns


def describe(name: str) -> str:
    """Returns the description of a pipeline as text.

    Raises:
      UsageError: there is no pipeline of that name.
    """
    recipe = load_recipe(name)
    from pipelines.options import RunOptions
    from pipelines.parsing import make_parser

    classes: list[Any] = [RunOptions, *recipe.options]
    lines = [f"{recipe.name}: {recipe.summary}"]
    for cls in classes:
        actions = make_parser([cls])._actions
        lines += ["", f"Options: {cls.__doc__.strip()}", *_table((_usage(a), _help(a)) for a in actions)]
    lines += ["", "Every option of Apache Beam works too, such as --runner."]
    if recipe.describe:
        lines += ["", *recipe.describe()]
    lines += ["", "Stages:", *_table((s.name, s.unit, s.does) for s in recipe.stages)]
    lines += ["", "Columns:", *_table(columns(recipe.record))]
    for export in recipe.exports:
        lines += ["", f"Columns of exports/{export.name}: {export.does}", *_table(columns(export.record))]
    return "\n".join(lines)


def _usage(action: argparse.Action) -> str:
    value = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else action.metavar or ""
    more = "..." if action.nargs == "+" else ""
    return f"{action.option_strings[0]} {value}{more}".rstrip()


def _help(action: argparse.Action) -> str:
    default = "" if action.default in (None, False) else f" (default: {action.default})"
    return f"{action.help}{default}"


def _table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    cells = list(rows)
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    return ["  " + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]
