"""Words of short answers and of refusals by language, from `synth/data/*.yaml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> dict[str, dict[str, Any]]:
    """Returns language -> what `synth/data/NAME.yaml` says of it."""
    import yaml

    text = (files("synth") / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return found


@cache
def words(language: str, kind: str) -> frozenset[str]:
    """Returns the words of a kind in `answers.yaml`, folded as by `synth.tokens.fold`; maybe none."""
    from synth.tokens import fold

    return frozenset(fold(word) for word in load("answers").get(language, {}).get(kind, ()))


@cache
def frame(language: str) -> frozenset[str]:
    """Returns the words that a sentence may hold beside an answer and words of the question."""
    kinds = ("before", "frame", "numeric", "articles", "drop", "year")
    return frozenset().union(*(words(language, kind) for kind in kinds))


@cache
def forms(language: str) -> dict[str, frozenset[str]]:
    """Returns word -> the forms of the verb that it is one of, from `answers.yaml`, folded."""
    from synth.tokens import fold

    groups = [
        frozenset(map(fold, group.split())) for group in load("answers").get(language, {}).get("forms", ())
    ]
    return {word: group for group in groups for word in group}
