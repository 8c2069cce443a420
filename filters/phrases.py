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
def any_phrase(name: str) -> re.Pattern[str]:
    """Returns one pattern that matches any entry of `filters/data/NAME.yaml`, whatever the language."""
    entries = [entry for language in phrases(name).values() for entry in language]
    return re.compile("|".join(f"(?:{entry})" for entry in entries), re.IGNORECASE)
