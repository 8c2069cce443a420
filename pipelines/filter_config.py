"""The list of filters: from YAML to filters with checked options, or one clear line."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from typing import Any

from pydantic import ValidationError

from filters.kinds import FilterOptions, Kind, Score, Value, verdict
from filters.registry import KINDS
from pipelines.errors import UsageError
from pipelines.filter_globals import GLOBALS, GlobalKind
from schemas.verdict import Verdict

RESERVED = ("open", "read", "text", "write")
"""Names of stages that every run has."""


@dataclass(frozen=True)
class Step:
    """One filter of the list.

    Attributes:
      name: of its stage, and before the names of its columns.
      kind: what it does; a `GlobalKind` looks at all rows together.
      options: checked.
    """

    name: str
    kind: Kind | GlobalKind
    options: FilterOptions

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """What it measures."""
        return self.kind.scores(self.options) if isinstance(self.kind, Kind) else ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns of its scores."""
        return tuple(f"{self.name}_{score.name}" for score in self.scores)

    def verdict(self, values: Mapping[str, Value]) -> Verdict:
        """Decides by the columns of a row."""
        assert isinstance(self.kind, Kind)
        scores = {score.name: values.get(n) for score, n in zip(self.scores, self.names, strict=True)}
        if all(value is None for value in scores.values()):
            return Verdict(False, "not_scored", "it has no scores; run again with --rescore true")
        return verdict(self.kind, self.options, scores)


def packaged() -> list[str]:
    """Returns the names of the lists that come with Assay."""
    return sorted(file.name.removesuffix(".yaml") for file in (files("filters") / "sets").iterdir())


def load_steps(path: str, lid_model: str = "") -> list[Step]:
    """Reads a list of filters.

    Args:
      path: of a YAML file, or the name of a list that comes with Assay.
      lid_model: the model of filters of language that name none.

    Raises:
      UsageError: the file can't be used; the line names what is wrong, and what may be meant.
    """
    where = f"--filters {path}"
    steps = []
    for entry in _entries(path, where):
        name, given = _entry(entry, where)
        kind = KINDS.get(name) or GLOBALS.get(name)
        if kind is None:
            raise UsageError(f"{where}: unknown filter {name}{_meant(name, [*KINDS, *GLOBALS])}")
        if name == "language" and lid_model and isinstance(given, dict):
            given = {"model": lid_model, **given}
        options = _options(kind, given, where)
        try:
            kind.check(options)
        except ValueError as error:
            raise UsageError(f"{where}: {name}: {error}") from None
        steps.append(Step(options.name or name, kind, options))
    for kind in GLOBALS.values():
        if kind.once and sum(step.kind is kind for step in steps) > 1:
            raise UsageError(f"{where}: {kind.name} can stand once in a list")
    names = [step.name for step in steps]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{where}: two filters are called {name}; give one of them a `name`")
        if name in RESERVED:
            raise UsageError(f"{where}: a filter can't be called {name}; give it another `name`")
    return steps


def at_columns(steps: Sequence[Step], chosen: Sequence[str], known: Sequence[str]) -> list[Step]:
    """Returns filters of which those that were trained on columns name the ones that stand for them.

    Args:
      chosen: columns with the text, which stand for those of the training if their number fits.
      known: columns of the input that hold text; those of the training stand for themselves if all are there.
    """
    placed = []
    for step in steps:
        trained = step.kind.trained_on(step.options) if isinstance(step.kind, Kind) else ()
        if trained and not step.options.columns:
            fits = len(chosen) == len(trained) and not set(trained) <= set(known)
            columns = tuple(chosen) if fits else trained
            step = replace(step, options=step.options.model_copy(update={"columns": columns}))
        placed.append(step)
    return placed


def declared(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Returns filters with all of their options, as run.json has them."""
    return [
        {"name": step.name, "kind": step.kind.name, "options": step.options.model_dump(mode="json")}
        for step in steps
    ]


def fasttext_models(steps: Sequence[Step]) -> dict[str, list[str]]:
    """Returns the fastText models that filters ask, and the names of these filters."""
    found: dict[str, list[str]] = {}
    for step in steps:
        if isinstance(step.kind, Kind) and (model := step.kind.model(step.options)):
            found.setdefault(model, []).append(step.name)
    return found


def check_same_scores(steps: Sequence[Step], earlier: Sequence[Mapping[str, Any]], where: str) -> None:
    """Checks that the scores of an earlier run are those that filters would give, and the texts too.

    Args:
      steps: the filters.
      earlier: those of the earlier run, see `declared`.
      where: the earlier run, for messages.

    Raises:
      UsageError: one would measure something else, or others have changed the texts.
    """
    known = {filter["name"]: filter for filter in earlier}
    for step in steps:
        if not isinstance(step.kind, Kind):
            continue
        before = known.get(step.name)
        if before is None or before["kind"] != step.kind.name:
            raise UsageError(f"--rescore false: {where} has no scores of {step.name}; score them first")
        now = step.options.model_dump(mode="json")
        for option in ("columns", *step.kind.measured):
            if now[option] != before["options"].get(option):
                raise UsageError(
                    f"--rescore false: {step.name}: {option} was {before['options'].get(option)!r} in "
                    f"{where}; another one changes the scores, which needs --rescore true"
                )
    changed = [filter["name"] for filter in earlier if _rewrites(filter)]
    if changed != [filter["name"] for filter in declared(steps) if _rewrites(filter)]:
        raise UsageError(
            f"--rescore false: {where}: texts were changed by {', '.join(changed) or 'no filter'}; "
            "the list must have the same ones in this order"
        )


def _rewrites(filter: Mapping[str, Any]) -> bool:
    """Whether one of `declared` filters changes texts."""
    kind = KINDS.get(filter["kind"])
    return kind is not None and kind.rewrite(kind.options.model_construct(**filter["options"])) is not None


def rewriters(steps: Sequence[Step]) -> int:
    """Returns how many of the filters change texts."""
    return sum(map(_rewrites, declared(steps)))


def _entries(path: str, where: str) -> Sequence[Any]:
    import yaml
    from apache_beam.io.filesystems import FileSystems

    try:
        if path in packaged():
            text = (files("filters") / "sets" / f"{path}.yaml").read_text(encoding="utf-8")
        else:
            with FileSystems.open(path) as file:
                text = file.read().decode("utf-8")
        entries = yaml.safe_load(text)
    except (OSError, ValueError) as error:
        lists = ", ".join(packaged())
        reason = "not UTF-8" if isinstance(error, UnicodeDecodeError) else "no such file"
        raise UsageError(f"{where}: {reason}; give a YAML file, or one of {lists}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"{where}: not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(entries, list) or not entries:
        raise UsageError(f"{where}: must hold a list of filters, a line each: `- language: {{keep: [en]}}`")
    return entries


def _entry(entry: Any, where: str) -> tuple[str, Any]:
    if isinstance(entry, str):
        return entry, {}
    if isinstance(entry, dict) and len(entry) == 1:
        [(name, options)] = entry.items()
        return str(name), {} if options is None else options
    shown = " ".join(str(entry).split())[:80]
    raise UsageError(f"{where}: {shown} is no filter; write `- NAME` or `- NAME: {{option: value}}`")


def _options(kind: Kind | GlobalKind, given: Any, where: str) -> FilterOptions:
    if not isinstance(given, dict):
        raise UsageError(f"{where}: {kind.name}: its options must be `option: value` pairs, not {given!r}")
    try:
        return kind.options.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = list(kind.options.model_fields)
            raise UsageError(f"{where}: {kind.name}: unknown option {name}{_meant(name, known)}") from None
        raise UsageError(f"{where}: {kind.name}: {name}: {first['msg']}, not {first['input']!r}") from None


def _meant(name: str, known: Sequence[str]) -> str:
    nearest = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {nearest[0]}?" if nearest else f"; there are {', '.join(known)}"


def describe_filters() -> list[str]:
    """Returns what `beam describe filter` says of the list of filters."""
    lines = [
        "Filters: --filters names a YAML file with a list of them, in the order in which they decide:",
        "",
        "  - pii",
        "  - language: {keep: [en, de], min_score: 0.7}",
        "  - gopher_quality: {min_words: 20, max_hashes_per_word: null}",
        "  - gopher_quality: {name: problem_quality, columns: [problem], min_words: 5}",
        "",
        f"or a list that comes with Assay: {', '.join(packaged())}. Every filter has the options name (of",
        "its stage, and before those of its columns) and columns (those with the text that it looks at).",
    ]
    kinds: list[Kind | GlobalKind] = [*KINDS.values(), *GLOBALS.values()]
    for kind in kinds:
        lines += ["", f"  {kind.name}: {kind.does}"]
        fields = kind.options.model_fields
        shown = [
            f"{name}{_default(fields[name])}" for name in fields if name not in FilterOptions.model_fields
        ]
        lines += [f"    {line}" for line in _wrapped("options: ", shown)]
        if isinstance(kind, Kind) and kind.name != "classifier":
            lines += [
                f"    {kind.name}_{score.name}: {score.doc}"
                for score in kind.scores(kind.options.model_validate({}))
            ]
    return lines


def _default(field: Any) -> str:
    if field.is_required():
        return " (needed)"
    default = field.get_default(call_default_factory=True)
    shown = "null" if default is None else str(default).lower() if isinstance(default, bool) else default
    return f" ({list(shown) if isinstance(shown, tuple) else shown})" if shown != "" else ""


def _wrapped(head: str, parts: Sequence[str], width: int = 100) -> list[str]:
    import textwrap

    return textwrap.wrap(head + ", ".join(parts), width, subsequent_indent="  ")
