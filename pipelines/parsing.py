"""From a command line and a YAML file to checked `PipelineOptions`.

Beam's own parser drops what it doesn't know in silence; here an unknown option, a wrong value or an
unknown key is one line that names it.
"""

from __future__ import annotations

import argparse
import difflib
import json
from collections.abc import Sequence
from typing import Any, NoReturn

from apache_beam.options import pipeline_options
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.errors import UsageError
from pipelines.options import RunOptions


class _Parser(pipeline_options._BeamArgumentParser):
    """Beam's parser (it knows `add_value_provider_argument`), with errors as `UsageError`."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message.removeprefix("argument "))


def option_classes(extra: Sequence[type[PipelineOptions]]) -> list[type[PipelineOptions]]:
    """Returns the option groups of a recipe: our own, then every one that Beam ships."""
    beams = [c for c in PipelineOptions.__subclasses__() if c.__module__ == pipeline_options.__name__]
    return [RunOptions, *extra, *beams]


def make_parser(classes: Sequence[type[PipelineOptions]]) -> argparse.ArgumentParser:
    """Returns a strict parser of the options of `classes`."""
    parser = _Parser(prog="beam run", allow_abbrev=False, add_help=False)
    for cls in classes:
        cls._add_argparse_args(parser)
    return parser


def parse(arguments: Sequence[str], extra: Sequence[type[PipelineOptions]]) -> PipelineOptions:
    """Reads the options of a run.

    Args:
      arguments: the command line after the pipeline's name.
      extra: the recipe's own option groups.

    Raises:
      UsageError: an option that nobody knows, a wrong value, a config file that can't be used, or
        no --input or --output.
    """
    parser = make_parser(option_classes(extra))
    flags = list(arguments)
    values = _parse(parser, flags)
    if values.config:
        flags = _config_flags(parser, values.config, flags) + flags
        values = _parse(parser, flags)
    for name in ("input", "output"):
        if not getattr(values, name):
            raise UsageError(f"--{name} is missing")
    return PipelineOptions(flags)


def _parse(parser: argparse.ArgumentParser, flags: Sequence[str]) -> argparse.Namespace:
    values, unknown = parser.parse_known_args(flags)
    if unknown:
        name = unknown[0].split("=", 1)[0]
        what = "option" if name.startswith("-") else "argument"
        raise UsageError(_unknown(what, name, list(_actions(parser))))
    return values


def _actions(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    return {option: action for action in parser._actions for option in action.option_strings}


def _config_flags(parser: argparse.ArgumentParser, path: str, given: Sequence[str]) -> list[str]:
    """Returns the options of a YAML file as flags, less those that the command line sets."""
    import yaml

    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        config = yaml.safe_load(text)
        twice = _given_twice(yaml.compose(text, Loader=yaml.SafeLoader))
    except OSError as error:
        raise UsageError(f"--config {path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"--config {path}: not YAML: {' '.join(str(error).split())}") from None
    if twice:
        raise UsageError(f"--config {path}: {twice} is given twice")
    if config is None:
        config = {}
    if not isinstance(config, dict):
        raise UsageError(f"--config {path}: must hold `option: value` lines")
    actions = _actions(parser)
    names = {flag.split("=", 1)[0] for flag in given}
    set_already = {action.dest for option, action in actions.items() if option in names}
    flags: list[str] = []
    for key, value in config.items():
        option = f"--{key}"
        if option not in actions or key == "config":
            known = [name.removeprefix("--") for name in actions]
            raise UsageError(f"--config {path}: {_unknown('key', str(key), known)}")
        if actions[option].dest not in set_already:
            flags += _flags(option, actions[option], value, path)
    return flags


def _given_twice(node: Any) -> str:
    """Returns a key that stands twice in a YAML mapping, of which the last one would win in silence."""
    keys = [str(key.value) for key, _ in node.value] if getattr(node, "id", "") == "mapping" else []
    return next((key for key in keys if keys.count(key) > 1), "")


def _flags(option: str, action: argparse.Action, value: Any, path: str) -> list[str]:
    if action.nargs == 0:
        if not isinstance(value, bool):
            raise UsageError(f"--config {path}: {option.removeprefix('--')} must be true or false")
        return [option] if value else []
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    return [f"{option}={json.dumps(v) if isinstance(v, (dict, bool)) else v}" for v in values]


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    nearest = difflib.get_close_matches(name, known, n=1)
    return f"unknown {what} {name}" + (f"; did you mean {nearest[0]}?" if nearest else "")
