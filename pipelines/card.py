"""OUT/README.md: the dataset card, which also tells `datasets` where the files are."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from pipelines.files import sources
from pipelines.recipe import Recipe
from schemas.arrow import describe

_SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"), (1_000_000_000, "100M<n<1B"),
)  # fmt: skip
_MAX_SOURCES = 200
_MAX_DETAIL = 120
_ESCAPES = str.maketrans({c: f"\\{c}" for c in "\\[]!`"})


def card(recipe: Recipe, run: dict[str, Any], output: str) -> str:
    """Returns the dataset card of a run as Markdown with a YAML header."""
    return "\n".join(
        [
            _header(recipe, run),
            f"# {recipe.title}",
            "",
            f"{run['rows']:,} rows, made by `{recipe.name}` of Assay {run['assay']}: {recipe.summary}.",
            "",
            "```python",
            "from datasets import load_dataset",
            'rows = load_dataset("PATH_OR_REPOSITORY")["train"]',
            'rejects = load_dataset("PATH_OR_REPOSITORY", "rejected")["train"]',
            "```",
            "",
            "## Columns",
            "",
            *table(("column", "type", "meaning"), _columns(recipe)),
            "",
            *_exports(recipe, run),
            "## How many are left",
            "",
            *table(("stage", "counts", "in", "kept", "rejected", "reasons"), map(_stage, run["stages"])),
            "",
            "Every reject is in `rejected/`, with the stage, the reason and the record itself.",
            "",
            *_samples(run),
            *([*recipe.card(run), ""] if recipe.card else []),
            "## Sources",
            "",
            *_sources(output),
            "",
            "The rows are taken from these documents and stay under their licences.",
            "",
            "## Models",
            "",
            _models(run),
            "",
            "## How to make it again",
            "",
            "```",
            reproduce(run),
            "```",
            "",
            "The same documents and options give the same files, byte for byte, with these versions: "
            + ", ".join(f"{name} {version}" for name, version in run["versions"].items())
            + ".",
            "",
        ]
    )


def _models(run: dict[str, Any]) -> str:
    """Returns what models did, by the options of the run."""
    models, options = run["models"], run["options"]
    if not models:
        said = [
            f"`{plain(model)}` of fastText was asked by `{'`, `'.join(filters)}`."
            for model, filters in run.get("fasttext", {}).items()
        ]
        return " ".join(said) or "None was used."
    first = next(iter(models))

    def named(names: list[str] | None) -> str:
        return ", ".join(f"`{plain(models[name])}`" for name in names or [first])

    said = []
    if pages := run["transcribed"].get("used", 0):
        said.append(
            f"{named([options.get('transcriber_engine') or first])} transcribed {pages:,} pages of PDFs."
        )
    if options.get("judge", "rules") != "rules":
        rule = f"the rule `{plain(options['judge_keep'])}`" if options["judge_keep"] else "its rule"
        said.append(
            f"{named(options['judge_engines'])} judged the pairs by the rubric "
            f"`{plain(options['judge_rubric'])}` and {rule}; scores and votes are in the column `judge`."
        )
    if options.get("answer_engines"):
        said.append(f"{named(options['answer_engines'])} solved the problems: column `answers`.")
    return " ".join(said) or f"{named(list(models))}: see `llm` in run.json."


def reproduce(run: dict[str, Any]) -> str:
    """Returns the command that makes the same dataset from the same documents."""
    from pipelines.manifest import PLACES

    options = run["options"]
    words = ["beam", "run", run["pipeline"], "--input", *options["input"], "--output", "DIR"]
    for name, value in options.items():
        if name in PLACES or value is None or value is False or value == "***":
            continue
        for one in value if isinstance(value, list) else [value]:
            words.append(f"--{name}" if one is True else f"--{name}={one}")
    return " ".join(shlex.quote(str(word)) for word in words)


def _header(recipe: Recipe, run: dict[str, Any]) -> str:
    import yaml

    header = {
        "pretty_name": recipe.title,
        "tags": list(recipe.tags),
        "size_categories": [next((name for most, name in _SIZES if run["rows"] < most), "n>1T")],
        "configs": [
            {"config_name": "default", "data_files": "data/*.parquet", "default": True},
            *(
                {"config_name": export.name, "data_files": f"exports/{export.name}/*.parquet"}
                for export in recipe.exports
                if export.name in run.get("exports", ())
            ),
            {"config_name": "rejected", "data_files": "rejected/*.parquet"},
        ],
    }
    return f"---\n{yaml.safe_dump(header, sort_keys=False, allow_unicode=True)}---\n"


def _columns(recipe: Recipe) -> list[tuple[str, ...]]:
    return [(f"`{name}`", arrow, doc) for name, arrow, doc in describe(recipe.record)]


def _exports(recipe: Recipe, run: dict[str, Any]) -> list[str]:
    exports = [export for export in recipe.exports if export.name in run.get("exports", ())]
    if not exports:
        return []
    lines = ["## Other forms", "", "`load_dataset(PATH_OR_REPOSITORY, NAME)` loads them.", ""]
    rows = ((f"`{e.name}`", e.does, f"{run['exports'][e.name]:,}") for e in exports)
    lines += [*table(("name", "what it is", "rows"), rows), ""]
    for export in exports:
        columns = [(f"`{name}`", arrow, doc) for name, arrow, doc in describe(export.record)]
        lines += [f"### {export.name}", "", *table(("column", "type", "meaning"), columns), ""]
    return lines


def _stage(stage: dict[str, Any]) -> tuple[str, ...]:
    reasons = ", ".join(f"{reason} {n:,}" for reason, n in stage["reasons"].items())
    return (stage["stage"], stage["unit"], *(f"{stage[k]:,}" for k in ("in", "kept", "rejected")), reasons)


def _samples(run: dict[str, Any]) -> list[str]:
    """Returns a few rejects of each reason, in the order of the funnel."""
    samples = run.get("samples", {})
    lines = [
        (stage["stage"], reason, plain(one["detail"][:_MAX_DETAIL]), f"`{plain(one['id'])}`")
        for stage in run["stages"]
        for reason in stage["reasons"]
        for one in samples.get(stage["stage"], {}).get(reason, [])
    ]
    return [*table(("stage", "reason", "detail", "id"), lines), ""] if lines else []


def _sources(output: str) -> list[str]:
    found = sources(output)
    if not found:
        return ["None."]
    rows = ((plain(s["title"] or "untitled"), plain(s["uri"]), f"{s['rows']:,}", "unknown") for s in found)
    lines = table(("title", "document", "rows", "licence"), islice(rows, _MAX_SOURCES))
    if len(found) > _MAX_SOURCES:
        rest = found[_MAX_SOURCES:]
        lines += ["", f"And {len(rest):,} more documents with {sum(s['rows'] for s in rest):,} rows."]
    return lines


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Returns the lines of a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines]


def plain(text: str) -> str:
    """Text from documents may hold anything: none of it may load a picture or become a link."""
    return text.translate(_ESCAPES)


def _cell(text: str) -> str:
    """No line of a text may end the table or start a tag."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
