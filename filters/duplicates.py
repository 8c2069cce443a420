"""Exact duplicates: the same words, however they are cased, spaced or encoded."""

from __future__ import annotations

import unicodedata

from schemas.ids import record_id
from schemas.scp116k import Pair


def normalised(text: str) -> str:
    """Returns a text in Unicode's compatibility form, case folded, white space as single blanks."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def duplicate_key(pair: Pair) -> str:
    """Returns what two pairs have in common when they say the same."""
    return record_id(normalised(pair.problem), normalised(pair.solution))


def printed_order(pair: Pair) -> tuple[str, tuple[int, ...], str, tuple[int, ...], str]:
    """Returns the place of a pair in a total order: by document, then by position in it."""
    source = pair.source
    return (source.uri, source.problem_span, source.solution_uri, source.solution_span, pair.id)
