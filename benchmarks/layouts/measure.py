"""The way of a run, without Beam: documents are read, their items matched, the pairs filtered."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.layouts import Generated
from benchmarks.layouts.score import Score, score
from schemas.scp116k import Pair


def found_pairs(generated: Generated) -> list[Pair]:
    """Returns the pairs of the documents, however unsure they are."""
    from extractors.documents import read_document
    from extractors.problems import find_items, match_items
    from pipelines.pair_rows import to_pair

    found = [find_items(read_document(data, name)) for name, data in generated.files]
    return [to_pair(pair) for pair in match_items(found).pairs]


def sure(pairs: Sequence[Pair]) -> list[Pair]:
    """Returns the pairs that the default of `--min_pairing_score` keeps."""
    from filters.confidence import is_sure

    return [pair for pair in pairs if is_sure(pair).keep]


def kept_pairs(generated: Generated) -> list[Pair]:
    """Returns the pairs of the documents that pass the default filters of `beam run scp116k`."""
    from filters.completeness import is_complete

    return [pair for pair in sure(found_pairs(generated)) if is_complete(pair).keep]


def measure(generated: Generated) -> Score:
    """Scores the pairs that a run would keep."""
    return scored(generated, kept_pairs(generated))


def scored(generated: Generated, pairs: Sequence[Pair]) -> Score:
    """Scores pairs, each problem with the context that it is given."""
    texts = [("\n\n".join(filter(None, (pair.context, pair.problem))), pair.solution) for pair in pairs]
    return score(generated.truth, texts)
