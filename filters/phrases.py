"""Words and patterns by language, from `filters/data/*.yaml`."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


@cache
def phrases(name: str) -> dict[str, list[str]]:
    """Returns language -> regular expressions (or plain words) of `filters/data/NAME.yaml`."""
    import yaml

    data = yaml.safe_load((files("filters") / "data" / f"{name}.yaml").read_text(encoding="utf-8"))
    return {str(language): [str(entry) for entry in entries] for language, entries in data.items()}


@cache
def any_phrase(name: str, language: str = "") -> re.Pattern[str]:
    """Returns one pattern that matches any entry of `filters/data/NAME.yaml`.

    Of all languages, which takes a while on a long text, unless there are entries of the given one.
    """
    known = phrases(name)
    chosen = [known[language]] if language in known else known.values()
    entries = [entry for one in chosen for entry in one]
    return re.compile("|".join(f"(?:{entry})" for entry in entries), re.IGNORECASE)
