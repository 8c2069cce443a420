"""Benchmark items within training records: an index of the items, what a record shares with them, a verdict.

An item is found in two ways, both on the words of `filters.canonical`:

- verbatim: `overlap` is the share of its words that lie in runs of 8 words which the record has too, as in
  Tülu 3 (arXiv 2411.15124, section 3.2: 8-grams, more than 50 % of the tokens; PaLM, arXiv 2204.02311,
  section 8, takes 8-grams too, and 70 %);
- altered, with other names and numbers: `aligned` is the share of its words, numbers and single letters left
  out, that the record has in the same order in one place: the longest common subsequence, as for Qwen2.5
  (arXiv 2412.15115, section 5: at least 13 words, and 60 % of the shorter text). Since numbers count for
  nothing here, and exercises of a kind differ by little else, three quarters are asked for.

Either needs 13 words in common (the n-gram of GPT-3, arXiv 2005.14165, appendix C), or the whole item where
it has fewer. An item of fewer than 8 words says too little to be found within a text: a text has to be that
item. Runs of words that more than ten items have (GPT-3's rule too) are nobody's: instructions, "how
much money does he have left". An item with fewer than 13 words besides is found as a whole only, verbatim.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from filters.canonical import is_plain_word, words_of
from schemas.verdict import KEEP, Verdict

RUN = 8
SEED = 5
MIN_WORDS = 13
COMMON = 10
OVERLAP, ALIGNED = 0.5, 0.75

Ids = Any
"""A numpy array of 32-bit numbers of words."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a record has in common with an item.

    Attributes:
      item: its number, in the order in which items were given.
      overlap, aligned: shares, see above.
      enough: whether the words in common are enough for either, whatever the shares.
    """

    item: int
    overlap: float
    aligned: float
    enough: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which shares on an item counts as found."""

    overlap: float = OVERLAP
    aligned: float = ALIGNED

    def found(self, match: Match) -> str:
        """Returns how the item was found: `verbatim`, `altered`, or "" if it wasn't."""
        if match.enough[0] and match.overlap >= self.overlap:
            return "verbatim"
        return "altered" if match.enough[1] and match.aligned >= self.aligned else ""


def contamination_verdict(matches: Sequence[Match], thresholds: Thresholds) -> Verdict:
    """Drops a record in which benchmark items were found."""
    scores = {
        "overlap": max((match.overlap for match in matches if match.enough[0]), default=0.0),
        "aligned": max((match.aligned for match in matches if match.enough[1]), default=0.0),
    }
    ways = {thresholds.found(match) for match in matches}
    if "verbatim" in ways:
        return Verdict(False, "benchmark_item", scores=scores)
    if "altered" in ways:
        return Verdict(False, "altered_benchmark_item", scores=scores)
    return Verdict(True, scores=scores) if matches else KEEP


class Index:
    """Benchmark items, ready to be looked for. It takes 40 bytes a word, and 230 while it is made.

    Args:
      texts: of the items. Of equal ones all are found.

    Attributes:
      sizes: how many words each has; one without any is never found.
    """

    def __init__(self, texts: Iterable[str]):
        self._ids: dict[str, int] = {}
        plain = [False]  # of 0, which stands for all words that no item has
        same: dict[bytes, list[int]] = defaultdict(list)
        self.sizes: list[int] = []
        for number, text in enumerate(texts):
            words = words_of(text)
            self.sizes.append(len(words))
            for word in words:
                if self._ids.setdefault(word, len(plain)) == len(plain):
                    plain.append(is_plain_word(word))
            if words:
                same[self._numbered(words).tobytes()].append(number)
        self._plain = np.array(plain)
        self._items = list(same.values())
        distinct = [np.frombuffer(key, dtype=np.int32) for key in same]
        self._short = {key: n for n, key in enumerate(same) if len(distinct[n]) < RUN}
        self._runs = _Runs(distinct, RUN, whole=True)
        self._seeds = _Runs([ids[self._plain[ids]] for ids in distinct], SEED, whole=False)

    def _numbered(self, words: Iterable[str]) -> Ids:
        return np.array([self._ids.get(word, 0) for word in words], dtype=np.int32)

    def search(self, texts: Iterable[str]) -> list[Match]:
        """Returns what the texts of a record, read as one, share with items, in the items' order."""
        parts = [self._numbered(words_of(text)) for text in texts]
        ids = np.concatenate([np.zeros(0, dtype=np.int32), *parts])
        overlaps = self._runs.covered(ids)
        overlaps |= {
            self._short[key]: (1.0, True) for part in parts if (key := part.tobytes()) in self._short
        }
        aligned = self._seeds.aligned(ids[self._plain[ids]])
        matches = []
        for place in overlaps.keys() | aligned.keys():
            overlap, long = overlaps.get(place, (0.0, False))
            along, longer = aligned.get(place, (0.0, False))
            matches += [Match(item, overlap, along, (long, longer)) for item in self._items[place]]
        return sorted(matches, key=lambda match: match.item)


class _Runs:
    """The runs of `n` words of items that tell them apart, by their hashes; every hit is verified.

    Args:
      items: their words.
      n: words in a run.
      whole: whether every place of a run counts, and items with too few words in such runs are kept, to be
        found as a whole; otherwise a run stands for the first place that an item has it at.
    """

    def __init__(self, items: Sequence[Ids], n: int, *, whole: bool):
        self.n = n
        self.words = np.concatenate([np.zeros(0, dtype=np.int32), *items])
        self.lengths = np.array([len(ids) for ids in items], dtype=np.int64)
        self.ends = np.cumsum(self.lengths)
        owners = np.repeat(np.arange(len(items)), self.lengths)
        hashes = _hashes(self.words, n)
        places = np.flatnonzero(owners[: len(hashes)] == owners[n - 1 :])  # runs within an item
        own = places[~_common(hashes[places], owners[places])]
        few = np.bincount(owners[_span(own, n)], minlength=len(items)) < MIN_WORDS
        own = own[~few[owners[own]]]
        if whole:
            own = np.union1d(own, places[few[owners[places]]])
        self.needed = np.where(few, self.lengths, MIN_WORDS)
        self.evidence = np.zeros(len(self.words), dtype=bool)
        self.evidence[_span(own, n)] = True
        self.sizes = np.bincount(owners[self.evidence], minlength=len(items))
        order = own[np.argsort(hashes[own], kind="stable")]  # places of an item stay in their order
        if not whole:
            one, next_one = order[:-1], order[1:]
            again = (hashes[one] == hashes[next_one]) & (owners[one] == owners[next_one])
            order = np.concatenate((order[:1], next_one[~again]))
        self.hashes, self.places = hashes[order], order

    def hits(self, hashes: Any, at: Any, ids: Ids) -> tuple[Any, Any]:
        """Returns where runs of a text are runs of items: places in the text, and in `words`.

        Args:
          hashes, at: of the runs to be looked up, and where they are in the text.
          ids: the words of the text.
        """
        first = np.searchsorted(self.hashes, hashes, "left")
        counts = np.searchsorted(self.hashes, hashes, "right") - first
        nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        places = self.places[np.repeat(first, counts) + nth]
        at = np.repeat(at, counts)
        steps = np.arange(self.n)
        same = (ids[at[:, None] + steps] == self.words[places[:, None] + steps]).all(axis=1)
        return at[same], places[same]

    def owners(self, places: Any) -> Any:
        return np.searchsorted(self.ends, places, "right")

    def covered(self, ids: Ids) -> dict[int, tuple[float, bool]]:
        """Returns the share of each item that lies in runs of the text, and whether that is enough words."""
        # A run that a text has again finds nothing new, and pairs of all places would be too many.
        _, places = self.hits(*np.unique(_hashes(ids, self.n), return_index=True), ids)
        items, counts = np.unique(self.owners(_span(places, self.n)), return_counts=True)
        return {
            item: (count / int(self.sizes[item]), count >= int(self.needed[item]))
            for item, count in zip(items.tolist(), counts.tolist(), strict=True)
        }

    def aligned(self, ids: Ids) -> dict[int, tuple[float, bool]]:
        """Returns the share of each item that the text has in the same order, around the runs in common.

        The place is where most runs in common say that the item begins, and a quarter of its length around.
        """
        from rapidfuzz.distance import LCSseq

        hashes = _hashes(ids, self.n)
        at, places = self.hits(hashes, np.arange(len(hashes)), ids)
        begins: dict[int, list[int]] = defaultdict(list)
        owners = self.owners(places)
        shifts = at - (places - (self.ends - self.lengths)[owners])
        for item, begin in zip(owners.tolist(), shifts.tolist(), strict=True):
            begins[item].append(begin)
        found = {}
        for item, seen in begins.items():
            end, size = int(self.ends[item]), int(self.lengths[item])
            slack = max(size // 4, self.n)
            own = self.words[end - size : end][self.evidence[end - size : end]].tolist()
            begin = _densest(seen, slack)
            window = ids[max(begin - slack, 0) : begin + size + 2 * slack].tolist()
            common = LCSseq.similarity(own, window)
            found[item] = (common / len(own), common >= int(self.needed[item]))
        return found


def _densest(numbers: Sequence[int], width: int) -> int:
    """Returns the least number of the first interval of a width that holds most of them."""
    ordered = sorted(numbers)
    counts = np.searchsorted(ordered, np.array(ordered) + width, "right") - np.arange(len(ordered))
    return ordered[int(np.argmax(counts))]


def _span(places: Any, n: int) -> Any:
    """Returns all places that runs of `n` cover, each once."""
    return np.unique(places[:, None] + np.arange(n))


def _common(hashes: Any, owners: Any) -> Any:
    """Returns for each run whether more than `COMMON` items have it."""
    order = np.lexsort((owners, hashes))
    runs, items = hashes[order], owners[order]
    new_run = np.diff(runs, prepend=~runs[:1]) != 0
    new_item = new_run | (np.diff(items, prepend=-1) != 0)
    which = np.cumsum(new_run) - 1
    common = np.empty(len(order), dtype=bool)
    common[order] = (np.bincount(which[new_item]) > COMMON)[which]
    return common


def _hashes(ids: Ids, n: int) -> Any:
    """Returns the hash of each run of `n` words: a polynomial modulo 2^64 over mixed numbers (splitmix64)."""
    if len(ids) < n:
        return np.zeros(0, dtype=np.uint64)
    mixed = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    total = np.zeros(len(ids) - n + 1, dtype=np.uint64)
    for step in range(n):
        total = total * np.uint64(0x100000001B3) + mixed[step : len(ids) - n + 1 + step]
    return total
