"""Scores read from the likelihoods of an answer's tokens rather than from the one token that was drawn.

The expected value over the labels of a scale is finer than the label, as G-Eval (arXiv 2303.16634, section 2)
weighs the scores of a scale by their probabilities.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from inference.client import Answer, Token


def expected_values(answer: Answer, labels: Sequence[str], fields: Sequence[str]) -> dict[str, float]:
    """Returns the expected values of fields of a JSON answer whose values are one of `labels`.

    Args:
      answer: a JSON object, with the tokens of its text.
      labels: whole numbers, as they are written ("1" to "5").
      fields: names of the object's members, with or without nesting ("scores.clarity").

    Returns:
      A value within the labels for each field whose token could be found; none of the others: where the
      server gave no likelihoods, or the label isn't a token of its own.
    """
    starts: dict[int, Token] = {}  # by offset in bytes: a character may be several tokens
    said = bytearray()
    for token in answer.tokens:
        starts[len(said)] = token
        said += token.text.encode(errors="surrogateescape")
    if not answer.tokens or not said.startswith(answer.text.encode()):  # a token of the end may follow
        return {}
    places = {name: len(answer.text[:place].encode()) for name, place in _places(answer.text).items()}
    found = {}
    for name in fields:
        if name in places and (value := _expected(starts, places[name], labels)) is not None:
            found[name] = value
    return found


def _expected(starts: dict[int, Token], place: int, labels: Sequence[str]) -> float | None:
    """Returns the expected label where a number begins: its token may begin with blanks before it."""
    for back in range(3):
        if token := starts.get(place - back):
            if len(token.text) <= back or token.text.strip() not in labels:
                return None
            weights = dict.fromkeys(labels, 0.0)
            for text, logprob in token.alternatives:
                if text.strip() in weights and math.isfinite(logprob):
                    weights[text.strip()] += math.exp(logprob)
            whole = sum(weights.values())
            return sum(float(label) * w for label, w in weights.items()) / whole if whole > 0 else None
    return None


def _places(text: str) -> dict[str, int]:
    """Returns where the numbers of a JSON object begin, by their names, with dots between nested names."""
    places: dict[str, int] = {}
    decoder = json.JSONDecoder()

    def blank(at: int) -> int:
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        return at

    def walk(at: int, prefix: str) -> int:
        at = blank(at + 1)
        while at < len(text) and text[at] == '"':
            name, at = json.decoder.scanstring(text, at + 1)  # type: ignore[attr-defined]
            at = blank(blank(at) + 1)  # the colon
            path = f"{prefix}{name}"
            if text[at] == "{":
                at = walk(at, f"{path}.")
            else:
                value, end = decoder.raw_decode(text, at)
                if isinstance(value, int) and not isinstance(value, bool):
                    places[path] = at
                at = end
            at = blank(at)
            if at < len(text) and text[at] == ",":
                at = blank(at + 1)
        return at + 1

    start = blank(0)
    if text[start : start + 1] != "{":
        return {}
    try:
        walk(start, "")
    except (ValueError, IndexError, RecursionError):
        return {}
    return places
