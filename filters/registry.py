"""The filters of rows, by the name that a list of filters has for them."""

from __future__ import annotations

from filters import labels, language, pii
from filters.heuristics import c4, fineweb, garbage, gopher, problems, repetition
from filters.kinds import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        language.KIND,
        gopher.KIND,
        repetition.KIND,
        c4.KIND,
        fineweb.KIND,
        garbage.KIND,
        *problems.KINDS,
        labels.KIND,
        pii.KIND,
    )
}
