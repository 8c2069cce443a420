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
      labels: whole numbers, as they are written ("1" to "5"), none of which begins another.
      fields: names of the object's members, with or without nesting ("scores.clarity").

    Returns:
      A value within the labels for each field whose token could be found: the mean of the labels, each
      weighted by the probability of the tokens that are it but for blanks. None of the others: where the
      server gave no likelihoods, or the label isn't a token of its own.
    """
    starts: dict[int, Token] = {}  # by offset in bytes: a character may be several tokens
    said = bytearray()
    for token in answer.tokens:
        starts[len(said)] = token
        said += _bytes(token.text)
    if not answer.tokens or not said.startswith(_bytes(answer.text)):  # a token of the end may follow
        return {}
    numbers = _numbers(answer.text)
    found = {}
    for name in fields:
        at, number = numbers.get(tuple(name.split(".")), (0, ""))
        if number in labels:
            value = _expected(starts, len(_bytes(answer.text[:at])), number, labels)
            if value is not None:
                found[name] = value
    return found


def _bytes(text: str) -> bytes:
    """Returns the bytes of a text or of a token; surrogates stand for bytes, or are no text at all."""
    try:
        return text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return text.encode(errors="surrogatepass")


def _expected(starts: dict[int, Token], place: int, number: str, labels: Sequence[str]) -> float | None:
    """Returns the expected label where a number begins: its token may begin with blanks before it."""
    token = next((token for back in range(3) if (token := starts.get(place - back))), None)
    if token is None or token.text.strip() != number:
        return None
    weights = dict.fromkeys(labels, 0.0)
    for text, logprob in token.alternatives:
        if text.strip() in weights and math.isfinite(logprob):
            weights[text.strip()] += math.exp(min(logprob, 0.0))
    whole = sum(weights.values())
    if not whole:
        return None
    mean = sum(float(label) * weight / whole for label, weight in weights.items())
    values = [float(label) for label in labels]
    return min(max(mean, min(values)), max(values))  # rounding


def _numbers(text: str) -> dict[tuple[str, ...], tuple[int, str]]:
    """Returns where the whole numbers of a JSON object begin, and how they are written, by their names."""
    numbers: dict[tuple[str, ...], tuple[int, str]] = {}
    decoder = json.JSONDecoder()

    def blank(at: int) -> int:
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        return at

    def walk(at: int, path: tuple[str, ...]) -> int:
        at = blank(at + 1)
        while text[at] == '"':
            name, at = json.decoder.scanstring(text, at + 1)  # type: ignore[attr-defined]
            at = blank(blank(at) + 1)  # the colon
            if text[at] == "{":
                at = walk(at, (*path, name))
            else:
                value, end = decoder.raw_decode(text, at)
                if isinstance(value, int) and not isinstance(value, bool):
                    numbers[*path, name] = at, text[at:end]
                else:  # of two members with one name the later one counts
                    numbers.pop((*path, name), None)
                at = end
            at = blank(at)
            if text[at] == ",":
                at = blank(at + 1)
        return at + 1

    start = blank(0)
    if text[start : start + 1] != "{":
        return {}
    try:
        walk(start, ())
    except (ValueError, IndexError, RecursionError):
        return {}
    return numbers
