"""Near duplicates with known truth: what is found at three thresholds, beside datasketch and rensa.

Texts are windows of novels and problems made here, and copies of them that were changed on purpose: words
edited, stretches reordered, words and endings replaced as a paraphrase does, variables of formulas renamed.
Whether two texts are duplicates is decided by their true Jaccard similarity, computed from sets of word
n-grams, so that the truth depends on none of what is compared. What counts are pairs of texts; each method
has the same permutations, bands and rows.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from filters.minhash import Lsh, lsh_for
from filters.near_duplicates import ShingleSets, groups, links, sketch
from filters.shingles import normal_words

THRESHOLDS = (0.5, 0.7, 0.85)
NGRAM = 5
PERMUTATIONS = 128
NOVELS = Path("../shared/data/litbank")

_REPLACED = {
    "said": "replied", "very": "quite", "great": "large", "little": "small", "upon": "on", "shall": "will",
    "began": "started", "looked": "glanced", "house": "home", "think": "believe", "cannot": "can't",
}  # fmt: skip
_PROBLEMS = (
    "Let $f({x}) = {a}{x}^2 + {b}{x} + {c}$. Find the derivative of $f$, determine where it vanishes, and "
    "decide whether $f$ has a minimum or a maximum at that point. Then sketch the graph of $f$ for ${x}$ "
    "between $-{a}$ and ${b}$, and mark the intersections with both axes.",
    "A body of mass ${a}$ kg slides down a plane inclined at ${b}$ degrees. The coefficient "
    "of friction is ${x}$, and the plane is ${c}$ m long. Find its acceleration in terms of ${x}$, the time "
    "that it needs, and the work done against friction on its way.",
    "Solve the differential equation $y'' + {a}y' + {b}y = {c}$ for $y({x})$ with $y(0) = 0$, $y'(0) = 1$, "
    "say which kind of damping it describes, and find the limit of $y({x})$ as ${x}$ grows without bound.",
)

Texts = list[str]
Found = set[tuple[int, int]]


def windows(folder: Path, words: int, number: int, rng: random.Random) -> Texts:
    """Returns passages of novels that don't overlap."""
    passages = []
    for file in sorted(folder.glob("*.txt")):
        if "_brat" not in file.name:
            text = file.read_text(encoding="utf-8").split()
            passages += [" ".join(text[i : i + words]) for i in range(0, len(text) - words, words)]
    return rng.sample(passages, min(number, len(passages)))


def problems(number: int, rng: random.Random) -> Texts:
    """Returns problems, many of which differ in numbers and names of variables only."""
    return [
        rng.choice(_PROBLEMS).format(x=rng.choice("xtsu"), **{name: rng.randint(2, 99) for name in "abc"})
        for _ in range(number)
    ]


def edited(text: str, rng: random.Random) -> str:
    """Some words are replaced, left out or doubled."""
    share = rng.choice((0.005, 0.01, 0.02, 0.04, 0.08))
    words = []
    for word in text.split():
        what = rng.choice(("replace", "drop", "double")) if rng.random() < share else "keep"
        words += {"keep": [word], "replace": ["another"], "drop": [], "double": [word, word]}[what]
    return " ".join(words)


def reordered(text: str, rng: random.Random) -> str:
    """Two stretches change places."""
    words = text.split()
    a, b, c = sorted(rng.sample(range(len(words) + 1), 3))
    return " ".join(words[:a] + words[b:c] + words[a:b] + words[c:])


def paraphrased(text: str, rng: random.Random) -> str:
    """Frequent words are replaced by others of the same meaning, and the end is put differently."""
    words = [_REPLACED.get(word, word) for word in text.split()]
    cut = rng.randrange(len(words) // 10 + 1)
    return " ".join(words[: len(words) - cut] + ["and", "so", "it", "went", "on"][: rng.randrange(6)])


def renamed(text: str, rng: random.Random) -> str:
    """A variable gets another name throughout."""
    old, new = rng.sample("xtsuabz", 2)
    return re.sub(rf"(?<![a-z]){old}(?![a-z])", new, text)


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "edits": edited,
    "reorderings": reordered,
    "paraphrases": paraphrased,
    "renamings": renamed,
}


def labelled_set(folder: Path, seed: int) -> tuple[Texts, list[str]]:
    """Returns texts in a random order, and how each was made."""
    rng = random.Random(seed)
    originals = windows(folder, 150, 600, rng) + problems(200, rng)
    made = [(text, "original") for text in originals]
    for text in originals:
        for name in rng.sample(list(CHANGES), 2):
            made.append((CHANGES[name](text, rng), name))
    rng.shuffle(made)
    return [text for text, _ in made], [how for _, how in made]


def shingle_sets(texts: Texts) -> list[frozenset[str]]:
    """Returns the sets of word n-grams, as strings."""
    sets = []
    for text in texts:
        words = normal_words(text)
        last = max(len(words) - NGRAM, 0)
        sets.append(frozenset(" ".join(words[i : i + NGRAM]) for i in range(last + 1)))
    return sets


def true_pairs(sets: list[frozenset[str]]) -> dict[tuple[int, int], float]:
    """Returns the similarity of every two texts that share a shingle."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    common: defaultdict[tuple[int, int], int] = defaultdict(int)
    for index, shingles in enumerate(sets):
        for shingle in shingles:
            for other in holders[shingle]:
                common[other, index] += 1
            holders[shingle].append(index)
    return {(i, j): n / (len(sets[i]) + len(sets[j]) - n) for (i, j), n in common.items()}


def by_assay(texts: Texts, lsh: Lsh) -> Found:
    """The pairs that `filters.near_duplicates` goes by: groups by bands, then true similarity within them."""
    parts = [(text,) for text in texts]
    keys, owners = sketch(parts, lsh, [""] * len(texts))
    linked = groups([links(keys, owners.astype(np.uint64))])
    nodes = linked.nodes.astype(np.int64)
    within = ShingleSets([parts[node] for node in nodes], lsh.ngram)
    every = np.arange(len(nodes))
    one, other, _ = within.similar(every, every, linked.labels, lsh.threshold)
    first, second = one[one < other], other[one < other]
    return set(zip(nodes[first].tolist(), nodes[second].tolist(), strict=True))


def by_datasketch(sets: list[frozenset[str]], lsh: Lsh) -> Found:
    """The pairs that its index names."""
    from datasketch import MinHash, MinHashLSH
    from xxhash import xxh32_intdigest

    index = MinHashLSH(num_perm=lsh.permutations, params=(lsh.bands, lsh.rows))
    grams = [[shingle.encode() for shingle in shingles] for shingles in sets]
    hashed = MinHash.bulk(grams, num_perm=lsh.permutations, hashfunc=xxh32_intdigest)
    for key, minhash in enumerate(hashed):
        index.insert(key, minhash)
    return _ordered(enumerate(map(index.query, hashed)))


def by_rensa(sets: list[frozenset[str]], lsh: Lsh) -> Found:
    """The pairs that its index names."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(lsh.threshold, lsh.permutations, lsh.bands)
    hashed = RMinHash.from_token_sets([sorted(shingles) for shingles in sets], lsh.permutations, 42)
    index.insert_many(hashed)
    return _ordered(enumerate(map(index.query, hashed)))


def _ordered(named: Iterable[tuple[int, Iterable[int]]]) -> Found:
    return {(one, other) for one, others in named for other in others if one < other}


METHODS: dict[str, Callable[[Texts, list[frozenset[str]], Lsh], Found]] = {
    "assay": lambda texts, sets, lsh: by_assay(texts, lsh),
    "datasketch": lambda texts, sets, lsh: by_datasketch(sets, lsh),
    "rensa": lambda texts, sets, lsh: by_rensa(sets, lsh),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--texts", type=Path, default=NOVELS, metavar="FOLDER", help="novels, as text")
    parser.add_argument("--seed", type=int, default=1, help="of the first set")
    parser.add_argument("--sets", type=int, default=10, metavar="N", help="whose pairs are added up")
    chosen = parser.parse_args()
    similar, named, right = Counter[float](), Counter[tuple[float, str]](), Counter[tuple[float, str]]()
    for seed in range(chosen.seed, chosen.seed + chosen.sets):
        texts, how = labelled_set(chosen.texts, seed)
        counts = ", ".join(f"{how.count(name)} {name}" for name in ("original", *CHANGES))
        print(f"{len(texts):,} texts: {counts}")
        sets = shingle_sets(texts)
        similarity = true_pairs(sets)
        for threshold in THRESHOLDS:
            truth = {pair for pair, value in similarity.items() if value >= threshold}
            similar[threshold] += len(truth)
            for name, method in METHODS.items():
                found = method(texts, sets, lsh_for(threshold, NGRAM, PERMUTATIONS))
                named[threshold, name] += len(found)
                right[threshold, name] += len(found & truth)
    print("threshold  bands rows  similar pairs  by          precision  recall")
    for threshold in THRESHOLDS:
        lsh = lsh_for(threshold, NGRAM, PERMUTATIONS)
        for name in METHODS:
            both = right[threshold, name]
            print(
                f"{threshold:9}  {lsh.bands:5} {lsh.rows:4}  {similar[threshold]:13,}  {name:10}  "
                f"{both / named[threshold, name]:9.4f}  {both / similar[threshold]:6.4f}"
            )


if __name__ == "__main__":
    main()
