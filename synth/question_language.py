"""In which language a question is asked, though it is only a few words long."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from extractors.documents.language import language_confidence, language_probabilities
from synth.refusals import languages
from synth.tokens import fold
from synth.words import words

SURE = 0.6
"""Confidence from which a guess is believed."""
WORD = 10.0
"""How much likelier a word of its questions makes a language."""
LIKELIER = 2.0
"""A guess is sure if it is so much likelier than the next."""
LEAST = 0.05
"""Probability that any language is given at least: of a few words the model is too sure."""

_SCRIPTS = {"HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "THAI": "th"}
_ALPHABETS = {
    "ARABIC": ("ar", "fa", "ur"),
    "CYRILLIC": ("ru", "uk", "bg", "sr", "be", "kk", "mk"),
    "DEVANAGARI": ("hi", "mr", "ne"),
    "BENGALI": ("bn", "as"),
    "GREEK": ("el",),
    "HEBREW": ("he", "yi"),
}
_LATIN = "LATIN"
_JAPANESE = ("HIRAGANA", "KATAKANA", "CJK")
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1 << 16)
def guessed_language(question: str) -> tuple[str, bool]:
    """Returns the language of a question, and whether that is more than a fallback.

    The alphabet decides which languages it may be in, and among them fastText and words of questions. Where
    nothing speaks for any of them, it is English for Latin letters, and else the alphabet's first language.
    """
    scripts = Counter(_script(character) for character in question if character.isalpha())
    if not scripts:
        return "en", False
    # A character is a word or half of one in Chinese: a word of Latin letters counts as two.
    words_in_latin = sum(_script(word[0]) == _LATIN for word in _WORD.findall(question))
    scripts[_LATIN] = min(scripts[_LATIN], 2 * words_in_latin)
    if scripts["HIRAGANA"] + scripts["KATAKANA"] and sum(scripts[one] for one in _JAPANESE) > scripts[_LATIN]:
        return "ja", True
    script = max((_LATIN, *sorted(scripts)), key=lambda name: scripts[name])
    if script in _SCRIPTS:
        return _SCRIPTS[script], True
    if "¿" in question or "¡" in question:
        return "es", True
    if script in _ALPHABETS:
        return _best(question, _ALPHABETS[script])
    code, confidence = language_confidence(question)
    certain = confidence >= SURE and len(code) == 2
    if script != _LATIN:
        return (code, True) if certain else ("und", False)
    others = {*_SCRIPTS.values(), *(code for codes in _ALPHABETS.values() for code in codes)}
    known = [code for code in languages() if code not in others | {"en"}]
    if certain and code not in {"en", *known} and code not in others:
        return code, True
    return _best(question, ("en", *known))


def _best(question: str, codes: tuple[str, ...]) -> tuple[str, bool]:
    """Returns the likeliest language of some, and whether it is likely; the first where nothing says any."""
    likely = language_probabilities(question)
    said = {fold(word) for word in _WORD.findall(question)}
    heard = {code: len(said & words(code, "asks")) for code in codes}
    scores = {code: max(likely.get(code, 0.0), LEAST) * WORD ** heard[code] for code in codes}
    best, *others = sorted(codes, key=lambda code: -scores[code])
    if not heard[best] and likely.get(best, 0.0) < SURE / 2:
        return codes[0], False
    return best, all(scores[best] >= LIKELIER * scores[code] for code in others[:1])


def _script(character: str) -> str:
    name = unicodedata.name(character, "").split(" ")[0].split("-")[0]
    return name if name != "FULLWIDTH" else _LATIN
