"""The way of a run, without Beam: documents are read, their items matched, the pairs filtered."""

from __future__ import annotations

from benchmarks.layouts import Generated
from benchmarks.layouts.score import Score, score
from schemas.scp116k import Pair


def kept_pairs(generated: Generated) -> list[Pair]:
    """Returns the pairs of the documents that pass the default filters of `beam run scp116k`."""
    from extractors.documents import read_document
    from extractors.problems import find_items, match_items
    from filters.completeness import is_complete
    from filters.confidence import is_sure
    from pipelines.pair_rows import to_pair

    found = [find_items(read_document(data, name)) for name, data in generated.files]
    pairs = map(to_pair, match_items(found).pairs)
    return [pair for pair in pairs if is_sure(pair).keep and is_complete(pair).keep]


def measure(generated: Generated) -> Score:
    """Scores the pairs that a run would keep, each problem with the context that it is given."""
    pairs = [
        ("\n\n".join(filter(None, (pair.context, pair.problem))), pair.solution)
        for pair in kept_pairs(generated)
    ]
    return score(generated.truth, pairs)
