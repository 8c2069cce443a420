"""Prompts: Jinja2 templates in files, each with a version and the blocks `system` and `user`.

Text of documents and of models goes through the filter `fenced`, as in `{{ problem | fenced("problem") }}`:
see `inference.prompts.fences`. Nothing else is escaped.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference.prompts.fences import fence, fence_key

if TYPE_CHECKING:
    import jinja2


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

    @property
    def id(self) -> str:
        """What records and the ledger know it by."""
        return f"{self.name}@{self.version}:{self.sha256[:16]}"

    @property
    def messages(self) -> list[dict[str, str]]:
        """The two messages of a request."""
        return [{"role": "system", "content": self.system}, {"role": "user", "content": self.user}]


def load_prompt(name: str, **values: Any) -> Prompt:
    """Returns the prompt in `inference/prompts/NAME.j2`, rendered with `values`.

    Raises:
      FileNotFoundError: there is none of that name.
      jinja2.UndefinedError: a value that it needs isn't given.
    """
    template, version, sha256 = _template(name)
    context = template.new_context(values)
    blocks = {block: "".join(render(context)).strip() for block, render in template.blocks.items()}
    return Prompt(name, version, sha256, blocks["system"], blocks["user"])


@cache
def _template(name: str) -> tuple[jinja2.Template, str, str]:
    """Returns a template, its version and the SHA-256 of its file."""
    import jinja2

    source = (Path(__file__).parent / f"{name}.j2").read_text(encoding="utf-8")
    # Every block and `set` stands on a line of its own, which it takes away with it.
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["fenced"] = jinja2.pass_context(_fenced)
    version = re.match(r'{% set version = "(\w+)" %}', source)
    if not version:
        raise ValueError(f"the prompt {name} begins with no version")
    return environment.from_string(source), version[1], hashlib.sha256(source.encode()).hexdigest()


def _fenced(context: Mapping[str, Any], text: str, name: str) -> str:
    values: Mapping[str, Any] = context.parent  # type: ignore[attr-defined]
    return fence(name, text, fence_key({text, *_texts(values.values())}))


def _texts(values: Iterable[Any]) -> Iterator[str]:
    """Yields the texts among the values of a prompt, those in its lists included."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from (one for one in value if isinstance(one, str))
