"""Prompts: Jinja2 templates in files, each with a version and the blocks `system` and `user`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as it is sent.

    Attributes:
      name, version: of its file.
      sha256: of the file, so that a change without a new version shows.
      system, user: what is said.
    """

    name: str
    version: str
    sha256: str
    system: str
    user: str


def load_prompt(name: str, **values: Any) -> Prompt:
    """Returns the prompt in `inference/prompts/NAME.j2`, rendered with `values`.

    Raises:
      FileNotFoundError: there is none of that name.
      jinja2.UndefinedError: a value that it needs isn't given.
    """
    import jinja2

    source = (Path(__file__).parent / f"{name}.j2").read_text(encoding="utf-8")
    template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(source)
    context = template.new_context(values)
    blocks = {block: "".join(render(context)).strip() for block, render in template.blocks.items()}
    version = str(template.make_module(values).version)  # type: ignore[attr-defined]
    return Prompt(
        name, version, hashlib.sha256(source.encode()).hexdigest(), blocks["system"], blocks["user"]
    )
