"""Near duplicates: texts whose shingles have a Jaccard similarity of a threshold or more.

Two steps, so that a large collection can be divided in between:
- texts that have a band of their MinHash signatures in common are linked, and so are those that are linked
  through others (`sketch`, `links`, `groups`). That takes two numbers a band of each text;
- within such groups texts are compared by their true similarity, whether they have a band in common or not
  (`duplicates`). So nothing is taken for a duplicate that isn't one, and fewer are missed than by bands
  alone.

Duplicates of duplicates belong together (connected components). One of them is kept and named to the others,
with how similar they are, and where that is less than the threshold one that links them.

Two texts that belong together already needn't be compared, so that texts of one template, similar to each
other, take time in proportion to their number. Those of one template that are not similar enough are compared
each with each.

Shingles are told apart by 64 bits, two seeds of xxh32: in two texts of a thousand shingles each, two
different ones look the same once in 10**13 pairs of texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from filters.minhash import Keys, Lsh, band_keys, mixed64, signatures
from filters.shingles import shingles
from filters.xxh32 import Hashes, Positions

Parts = Sequence[str]
"""What is compared of a record: one text, or several, all of which have to be similar.

A part without words is similar to another such part only; records none of whose parts has words to none.
"""
Labels = NDArray[np.int64]
Similarities = NDArray[np.float64]

_SECOND_SEED = 0x9E3779B1
_CELLS_AT_A_TIME = 1 << 22  # of the products of texts with texts, 12 bytes each
_PAIRS_AT_A_TIME = 1 << 12  # of texts whose shingles are set beside each other
_TEXTS_AT_A_TIME = 32  # that are compared with all others


@dataclass(frozen=True, slots=True)
class Groups:
    """Texts that are linked by bands; others are alone.

    Attributes:
      nodes: the texts, by their numbers, sorted.
      labels: of their groups, from 0.
    """

    nodes: Keys
    labels: Labels

    def label(self, node: int) -> int | None:
        """Returns the label of the group of a text, or None if it is alone."""
        place = int(self.nodes.searchsorted(np.uint64(node)))
        found = place < len(self.nodes) and int(self.nodes[place]) == node
        return int(self.labels[place]) if found else None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Why a text is left out.

    Attributes:
      index: of the text.
      kept: the one that stays for it.
      similarity: of the two.
      link, link_similarity: a text of the same component that is similar enough to it: the kept one if that
        is, or else one of the best.
    """

    index: int
    kept: int
    similarity: float
    link: int
    link_similarity: float


def sketch(texts: Sequence[Parts], lsh: Lsh, apart: Sequence[str]) -> tuple[Keys, Positions]:
    """Returns the keys of all bands, and which text each belongs to; texts without words have none.

    Args:
      texts: each of as many parts as the others. Signatures are those of all parts together, which are at
        least as similar as the least similar part.
      apart: of each text, what has to be the same in duplicates.
    """
    (hashed,), offsets = _hashed(texts, lsh.ngram, seeds=(0,))
    keys = band_keys(signatures(hashed, offsets, lsh.permutations), lsh.bands, lsh.rows)
    if any(apart):
        keys = mixed64(keys ^ np.array([node_of(text) for text in apart], np.uint64)[:, None])
    filled = np.flatnonzero(np.diff(offsets))
    return keys[filled].ravel(), np.repeat(filled, lsh.bands)


def node_of(*texts: str) -> int:
    """Returns the 64-bit number of a text: hash of its id, its parts, whatever tells it from others."""
    from xxhash import xxh3_64_intdigest

    return xxh3_64_intdigest("\0".join(texts).encode("utf-8", "surrogatepass"))


def links(keys: Keys, nodes: Keys) -> Keys:
    """Returns pairs of texts with a key in common, as an array [2, pairs].

    Of many texts with one key each is paired with the next one only: they are one group by that.
    """
    order = np.lexsort((nodes, keys))
    keys, nodes = keys[order], nodes[order]
    same = np.flatnonzero((keys[1:] == keys[:-1]) & (nodes[1:] != nodes[:-1]))
    return np.unique(np.stack((nodes[same], nodes[same + 1])), axis=1)


def groups(pairs: Sequence[Keys]) -> Groups:
    """Returns who is linked with whom by pairs, as `links` gives them."""
    joined = np.concatenate([np.empty((2, 0), np.uint64), *pairs], axis=1)
    nodes, places = np.unique(joined, return_inverse=True)
    left, right = places.reshape(joined.shape)
    return Groups(nodes, _components(len(nodes), left, right))


def shares(labels: Labels, size: int) -> Labels:
    """Returns for every label its share of the work: groups in a row, of about `size` texts together."""
    counts = np.bincount(labels)
    return (np.cumsum(counts) - counts) // size


def duplicates(
    texts: Sequence[Parts], labels: Labels, lsh: Lsh, known: NDArray[np.bool_] | None = None
) -> list[Duplicate]:
    """Returns the texts to be left out.

    Args:
      texts: the best first, which is kept of several that are similar; each of as many parts as the others,
        all of which have to be similar.
      labels: of the groups of the texts; only within one can there be duplicates.
      known: those which are kept in any case, and for which all that are similar are left out.
    """
    known = np.zeros(len(texts), bool) if known is None else known
    labels = np.unique(labels, return_inverse=True)[1]
    sets = ShingleSets(texts, lsh.ngram)
    component = _joined(sets, labels, lsh.threshold)
    # Of a component, the texts in the order of who is kept: known ones, then the best.
    order = np.lexsort((np.arange(len(texts)), ~known, component))
    kept = order[np.flatnonzero(np.diff(component[order], prepend=-1))][component]
    rejected = ~known & (kept != np.arange(len(texts)))
    # Of several known ones the most similar is named.
    out = np.flatnonzero(rejected & known[kept])
    nearest, to_nearest = _nearest(sets, out, np.flatnonzero(known), component, lsh.threshold, enough=1.0)
    kept[out] = np.where(to_nearest > 0, nearest, kept[out])
    out = np.flatnonzero(rejected)
    link = kept[out]
    to_kept = sets.similarities(out, link)
    to_link = to_kept.copy()
    far = np.flatnonzero(to_kept < lsh.threshold)
    link[far], to_link[far] = _nearest(sets, out[far], order, component, lsh.threshold, enough=lsh.threshold)
    columns = (out, kept[out], to_kept, link, to_link)
    return [Duplicate(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def near_duplicates(texts: Sequence[Parts], lsh: Lsh, apart: Sequence[str] = ()) -> list[Duplicate]:
    """Returns the texts of a collection that are to be left out: both steps, for what fits into memory.

    Args:
      texts: the best first.
      apart: of each text, what has to be the same in duplicates, if anything.
    """
    keys, owners = sketch(texts, lsh, apart)
    found = groups([links(keys, owners.astype(np.uint64))])
    some = found.nodes.astype(np.int64)
    within = duplicates([texts[i] for i in some], found.labels, lsh)
    return [
        Duplicate(int(some[d.index]), int(some[d.kept]), d.similarity, int(some[d.link]), d.link_similarity)
        for d in within
    ]


class ShingleSets:
    """Texts as sets of shingles: all parts of a text together, and each part."""

    def __init__(self, texts: Sequence[Parts], ngram: int):
        self.whole = _Sets(texts, ngram)
        parts = len(texts[0]) if texts else 1
        one = [_Sets([(text[n],) for text in texts], ngram) for n in range(parts)] if parts > 1 else []
        self.parts = one or [self.whole]

    def similar(
        self, some: Positions, others: Positions, labels: Labels, threshold: float
    ) -> tuple[Positions, Positions, Similarities]:
        """Returns the pairs of some texts and others that are similar and have the same label.

        Where all parts are similar, so are the texts as a whole: their similarity is the mediant.
        """
        rows = max(1, _CELLS_AT_A_TIME // max(1, len(others)))
        found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
        for start in range(0, len(some), rows):
            first, second, similarity = self.whole.products(some[start : start + rows], others)
            likely = (similarity >= threshold) & (labels[first] == labels[second]) & (first != second)
            first, second, similarity = first[likely], second[likely], similarity[likely]
            if self.parts != [self.whole]:
                similarity = self.similarities(first, second)
            enough = similarity >= threshold
            found.append((first[enough], second[enough], similarity[enough]))
        first, second, similarity = (np.concatenate(column) for column in zip(*found, strict=True))
        return first, second, similarity

    def similarities(self, first: Positions, second: Positions) -> Similarities:
        """Returns how similar every first text is to its second one: in the part that is least so."""
        return np.min([part.similarities(first, second) for part in self.parts], axis=0)


class _Sets:
    """Sets of shingles as a matrix of zeros and ones [texts, shingles that several texts have]."""

    def __init__(self, texts: Sequence[Parts], ngram: int):
        from scipy.sparse import csr_matrix

        (low, high), offsets = _hashed(texts, ngram, seeds=(0, _SECOND_SEED))
        ids = low.astype(np.uint64) | (high.astype(np.uint64) << np.uint64(32))
        distinct, columns = np.unique(ids, return_inverse=True)
        shape = (len(offsets) - 1, len(distinct))
        self.matrix = csr_matrix((np.ones(len(ids), np.int32), columns, offsets), shape=shape)
        self.matrix.sum_duplicates()
        self.matrix.data[:] = 1
        self.sizes = np.diff(self.matrix.indptr)
        self.matrix = self.matrix[:, np.flatnonzero(self.matrix.getnnz(axis=0) > 1)]

    def products(self, some: Positions, others: Positions) -> tuple[Positions, Positions, Similarities]:
        """Returns pairs of some texts and others, all that have a shingle in common, and how similar."""
        common = (self.matrix[some] @ self.matrix[others].T).tocoo()
        first, second = some[common.row], others[common.col]
        return first, second, self.jaccard(common.data, first, second)

    def similarities(self, first: Positions, second: Positions) -> Similarities:
        common = np.zeros(len(first), np.int64)
        for start in range(0, len(first), _PAIRS_AT_A_TIME):
            some = slice(start, start + _PAIRS_AT_A_TIME)
            both = self.matrix[first[some]].multiply(self.matrix[second[some]])
            common[some] = np.asarray(both.sum(axis=1)).ravel()
        return self.jaccard(common, first, second)

    def jaccard(self, common: NDArray[np.int64], first: Positions, second: Positions) -> Similarities:
        """Returns the similarity of sets with so many shingles in common; two empty ones are equal."""
        union = self.sizes[first] + self.sizes[second] - common
        return np.where(union == 0, 1.0, common / np.maximum(union, 1))


def _joined(sets: ShingleSets, labels: Labels, threshold: float) -> Labels:
    """Returns the component of every text: all that are linked by similar pairs of one group.

    Some texts at a time are compared with the others of their group, and are done with. Nothing is left to
    compare in a group once all others are of one component.
    """
    component = np.arange(len(labels))
    left = component
    while len(left := left[_undecided(labels[left], component[left])]):
        # By group, those of small components first.
        sizes = np.bincount(component[left], minlength=len(labels))[component[left]]
        order = np.lexsort((left, component[left], sizes, labels[left]))
        left, sizes = left[order], sizes[order]
        if sizes[0] >= _TEXTS_AT_A_TIME:
            some = left[:_TEXTS_AT_A_TIME]
            others = left[(labels[left] == labels[some[0]]) & (component[left] != component[some[0]])]
        else:
            small = sizes[:_TEXTS_AT_A_TIME] < _TEXTS_AT_A_TIME
            some = left[: len(small) if small.all() else int(np.argmin(small))]
            others = left[labels[left] <= labels[some[-1]]]
        first, second, _ = sets.similar(some, others, labels, threshold)
        component = _components(len(labels), component[first], component[second])[component]
        left = left[len(some) :]
    return component


def _undecided(labels: Labels, component: Labels) -> NDArray[np.bool_]:
    """Returns which texts are of a group that has several components."""
    _, first = np.unique(component, return_index=True)
    undecided: NDArray[np.bool_] = np.bincount(labels[first])[labels] > 1
    return undecided


def _components(number: int, first: Positions, second: Positions) -> Labels:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(first), bool), (first, second)), shape=(number, number))
    labels: Labels = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


def _nearest(
    sets: ShingleSets,
    some: Positions,
    others: Positions,
    component: Labels,
    threshold: float,
    enough: float,
) -> tuple[Positions, Similarities]:
    """Returns for each of some texts the most similar other one of its component, and how similar it is.

    Others are looked at in their order, so many at a time, until one is similar enough. A text that none is
    similar to by the threshold is given itself, with 0.
    """
    nearest, found = np.arange(len(component)), np.zeros(len(component))
    others = others[np.argsort(component[others], kind="stable")]
    start = np.flatnonzero(np.diff(component[others], prepend=-1))
    place = np.zeros(len(component), np.int64)
    place[others] = np.arange(len(others))
    rank = place[others] - np.repeat(start, np.diff(start, append=len(others)))
    left = some
    for low in range(0, int(rank.max(initial=-1)) + 1, _TEXTS_AT_A_TIME):
        block = others[(rank >= low) & (rank < low + _TEXTS_AT_A_TIME)]
        left = left[(found[left] < enough) & np.isin(component[left], component[block])]
        block = block[np.isin(component[block], component[left])]
        if not len(left):
            break
        first, second, similarity = sets.similar(left, block, component, threshold)
        order = np.lexsort((place[second], -similarity, first))
        best = order[np.flatnonzero(np.diff(first[order], prepend=-1))]
        best = best[similarity[best] > found[first[best]]]
        nearest[first[best]], found[first[best]] = second[best], similarity[best]
    return nearest[some], found[some]


def _hashed(texts: Sequence[Parts], ngram: int, seeds: Sequence[int]) -> tuple[list[Hashes], Positions]:
    """Returns the hashes by each seed of the texts' shingles, and where those of each text start."""
    parts = len(texts[0]) if texts else 1
    found = shingles([part for text in texts for part in text], ngram)
    # What one part holds is not what another holds.
    part = np.tile(np.arange(parts, dtype=np.uint32) * np.uint32(_SECOND_SEED), len(texts))
    moved = np.repeat(part, np.diff(found.offsets))
    return [found.hashes(seed) + moved for seed in seeds], found.offsets[::parts]
