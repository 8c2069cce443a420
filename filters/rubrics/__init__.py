"""Rubrics: what a judge scores and which scores are enough, as YAML beside this module or of a user's own."""

from __future__ import annotations

import hashlib
import keyword
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from filters.rubrics.rules import DERIVED, FUNCTIONS, BadRule, check_rule

DEFAULT = "scp116k"
LOWEST, HIGHEST = 1, 5

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class BadRubric(Exception):
    """A rubric that can't be used; the message is one line that names the file and what is wrong."""


class Criterion(BaseModel):
    """Something that is scored from 1 (worst) to 5.

    Attributes:
      name: snake_case; in the rule, and on every record.
      question: what the judge is to answer.
      anchors: what scores mean; of 1 and 5 at least.
      weight: in the overall score.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: _Name
    question: _Text
    anchors: dict[Literal[1, 2, 3, 4, 5], _Text]
    weight: float = Field(default=1.0, ge=0, allow_inf_nan=False)

    @field_validator("anchors")
    @classmethod
    def _has_ends(cls, anchors: dict[int, str]) -> dict[int, str]:
        if not {LOWEST, HIGHEST} <= anchors.keys():
            raise ValueError("must say what 1 and 5 mean")
        return anchors


class Rubric(BaseModel):
    """Criteria, and the rule that says which scores are enough.

    Attributes:
      name: on every record.
      criteria: in the order in which they are asked.
      keep: see `filters.rubrics.rules`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: _Name
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=30)
    keep: _Text

    @model_validator(mode="after")
    def _is_consistent(self) -> Rubric:
        names = self.names
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"criteria: {twice[0]!r} is there twice")
        if taken := [name for name in names if name in (*DERIVED, *FUNCTIONS) or keyword.iskeyword(name)]:
            raise ValueError(f"criteria: {taken[0]!r} means something else in a rule; choose another name")
        if not any(criterion.weight for criterion in self.criteria):
            raise ValueError("criteria: one of them needs a weight above 0")
        try:
            check_rule(self.keep, names)
        except BadRule as error:
            raise ValueError(f"keep: {error}") from None
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Of the criteria, in order."""
        return tuple(criterion.name for criterion in self.criteria)

    @property
    def id(self) -> str:
        """What records know it by: its name, and a hash of all it says."""
        return f"{self.name}:{hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]}"

    def overall(self, scores: dict[str, float]) -> float:
        """Returns the weighted mean of (score - 1) / 4 over the criteria that have a score: 0..1.

        Criteria of no weight count only where no other has a score.
        """
        weights = {c.name: c.weight for c in self.criteria if c.name in scores}
        if not any(weights.values()):
            weights = dict.fromkeys(weights, 1.0)
        total = sum(weight * (scores[name] - LOWEST) for name, weight in weights.items())
        return total / sum(weights.values()) / (HIGHEST - LOWEST)


def load_rubric(path: str = DEFAULT) -> Rubric:
    """Returns the rubric in a YAML file, or the built-in one of that name.

    Raises:
      BadRubric: there is none, or it is not one.
    """
    import yaml

    built_in = Path(__file__).parent / f"{path}.yaml"
    file = built_in if re.fullmatch(r"\w+", path) and built_in.exists() else Path(path)
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        said = getattr(error, "strerror", None) or f"no YAML: {error}"
        raise BadRubric(f"rubric {path}: {' '.join(str(said).split())}") from None
    try:
        return Rubric.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        said = first["msg"].removeprefix("Value error, ")
        raise BadRubric(f"rubric {path}: {f'{where}: ' if where else ''}{said}") from None
