"""Near-duplicate removal, files in to files out, beside datatrove; the signature kernel beside rensa; and
what texts of one template cost.

Documents are made of stretches of 30 words of novels, ten each, so that they read like text but have hardly
anything in common; a fifth of them are copies of earlier ones with 1 to 20 words changed.
Memory is the largest sum of the proportional set sizes of all processes of a run, looked at every 0.2 s.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.dedup_set import NOVELS
from benchmarks.processes import measure
from filters.minhash import Lsh, lsh_for, signatures
from filters.near_duplicates import near_duplicates
from filters.shingles import shingles

THRESHOLD, NGRAM, PERMUTATIONS = 0.8, 5, 128
FILES = 10
GROUP_ROWS = 1_000
WORDS = 300
BATCH = 500


def documents(folder: Path, number: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    novels = [
        file.read_text("utf-8").split() for file in sorted(folder.glob("*.txt")) if "_brat" not in file.name
    ]
    originals: list[list[str]] = []
    made = []
    for _ in range(number):
        if originals and rng.random() < 0.2:
            words = list(rng.choice(originals))
            for _ in range(rng.randint(1, 20)):
                words[rng.randrange(len(words))] = rng.choice(words)
        else:
            words = []
            for _ in range(10):
                novel = rng.choice(novels)
                start = rng.randrange(len(novel) - 30)
                words += novel[start : start + 30]
            originals.append(words)
        made.append(" ".join(words))
    return made


def write(texts: Sequence[str], folder: Path) -> None:
    folder.mkdir(parents=True)
    size = -(-len(texts) // FILES)
    for number in range(FILES):
        part = texts[number * size : (number + 1) * size]
        names = [f"{number * size + i:07}" for i in range(len(part))]
        table = pa.table({"id": names, "text": part})
        pq.write_table(table, folder / f"{number:02}.parquet", row_group_size=GROUP_ROWS)


def by_assay(folder: Path, out: Path, workers: int, lsh: Lsh) -> list[str]:
    filters = out.with_suffix(".yaml")
    options = f"threshold: {lsh.threshold}, ngram: {lsh.ngram}, permutations: {PERMUTATIONS}"
    filters.write_text(f"- near_dedup: {{{options}}}\n")
    command = [
        sys.executable,
        "-m",
        "pipelines",
        "run",
        "filter",
        "--input",
        str(folder),
        "--output",
        str(out),
    ]
    command += ["--text_column", "text", "--filters", str(filters)]
    if workers > 1:
        command += ["--direct_running_mode", "multi_processing", "--direct_num_workers", str(workers)]
    return command


def by_datatrove(python: str, folder: Path, out: Path, workers: int, lsh: Lsh) -> list[str]:
    script = Path(__file__).with_name("dedup_datatrove.py")
    numbers = (workers, lsh.ngram, lsh.bands, lsh.rows, FILES)
    return [python, str(script), str(folder), str(out), *map(str, numbers)]


def rows_in(folder: Path) -> int:
    return sum(pq.read_metadata(file).num_rows for file in folder.rglob("*.parquet"))


def end_to_end(texts: Sequence[str], work: Path, datatrove: str | None, workers: int) -> None:
    lsh = lsh_for(THRESHOLD, NGRAM, PERMUTATIONS)
    write(texts, work / "documents")
    commands = {
        f"assay-{n}": by_assay(work / "documents", work / f"assay-{n}", n, lsh) for n in sorted({1, workers})
    }
    if datatrove:
        name = f"datatrove-{workers}"
        commands[name] = by_datatrove(datatrove, work / "documents", work / name, workers, lsh)
    print(f"{len(texts):,} documents, {NGRAM}-grams, {lsh.bands} bands of {lsh.rows} rows")
    print("by, workers   documents/s  seconds  processor s  memory MB    kept  rejected")
    for name, command in commands.items():
        cost = measure(command)
        kept, out = (rows_in(work / name / part) for part in ("data", "rejected"))
        print(
            f"{name:13} {len(texts) / cost.seconds:11,.0f} {cost.seconds:8.1f} {cost.processor:12.1f} "
            f"{cost.megabytes:10,.0f} {kept:7,} {out:9,}",
            flush=True,
        )


def kernel(texts: Sequence[str], rounds: int) -> None:
    """Texts -> signatures, shingling included, in turn, in processor time."""
    kernels: dict[str, Callable[[], None]] = {
        "assay": lambda: _by_assay(texts),
        "rensa": lambda: _by_rensa(texts),
        "datasketch": lambda: _by_datasketch(texts),
    }
    rates: dict[str, list[float]] = {name: [] for name in kernels}
    for _ in range(rounds):
        for name, run in kernels.items():
            start = time.process_time()
            run()
            rates[name].append(len(texts) / (time.process_time() - start))
    print(
        f"{len(texts):,} documents to signatures of {PERMUTATIONS}, median of {rounds} rounds, processor time"
    )
    for name, rate in rates.items():
        ratios = [own / other for own, other in zip(rate, rates["rensa"], strict=True)]
        print(
            f"{name:11} {statistics.median(rate):8,.0f} documents/s, {statistics.median(ratios):.2f} of rensa"
        )


def template(sizes: Sequence[int]) -> None:
    """Texts of one template, in memory: dates alone differ, or too much to be duplicates."""
    lsh = lsh_for(THRESHOLD, NGRAM, PERMUTATIONS)
    print(f"rows of one template of {WORDS} words, one process, processor time")
    for name, edits in {"another date": 0, "another date and 8 other words": 8}.items():
        for size in sizes:
            texts = [(text,) for text in _of_one_template(size, edits, random.Random(7))]
            start = time.process_time()
            found = near_duplicates(texts, lsh)
            seconds = time.process_time() - start
            print(f"{name:30} {size:7,} {seconds:7.1f} s, {len(found):,} duplicates", flush=True)


def _of_one_template(size: int, edits: int, rng: random.Random) -> list[str]:
    vocabulary = [f"word{n}" for n in range(3_000)]
    page = rng.choices(vocabulary, k=WORDS)
    made = []
    for number in range(size):
        words = [*page[:10], f"{1 + number % 28} {1 + number % 12} {1900 + number % 97}", *page[13:]]
        for _ in range(edits):
            words[rng.randrange(len(words))] = rng.choice(vocabulary)
        made.append(" ".join(words))
    return made


def _by_assay(texts: Sequence[str]) -> None:
    for start in range(0, len(texts), BATCH):
        found = shingles(texts[start : start + BATCH], NGRAM)
        signatures(found.hashes(), found.offsets, PERMUTATIONS)


def _plain_shingles(text: str) -> list[str]:
    words = text.lower().split()
    return [" ".join(words[i : i + NGRAM]) for i in range(len(words) - NGRAM + 1)]


def _by_rensa(texts: Sequence[str]) -> None:
    from rensa import RMinHash

    for start in range(0, len(texts), BATCH):
        grams = [_plain_shingles(text) for text in texts[start : start + BATCH]]
        RMinHash.digest_matrix_from_token_sets(grams, PERMUTATIONS, 42)


def _by_datasketch(texts: Sequence[str]) -> None:
    from datasketch import MinHash
    from xxhash import xxh32_intdigest

    grams = ([gram.encode() for gram in _plain_shingles(text)] for text in texts)
    MinHash.bulk(grams, num_perm=PERMUTATIONS, hashfunc=xxh32_intdigest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--texts", type=Path, default=NOVELS, metavar="FOLDER", help="novels, as text")
    parser.add_argument("--documents", type=int, default=50_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--datatrove", metavar="PYTHON", help="that has datatrove[io,processing]")
    parser.add_argument("--only", choices=("kernel", "end_to_end", "template"))
    parser.add_argument("--work", type=Path, help="folder for the files, kept; else a temporary one")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    if chosen.only in (None, "template"):
        template(sizes=(2_000, 5_000, 20_000))
    if chosen.only == "template":
        return
    texts = documents(chosen.texts, chosen.documents, seed=7)
    work = chosen.work or Path(tempfile.mkdtemp(prefix="assay-dedup-"))
    if chosen.only != "end_to_end":
        kernel(texts[:5_000], chosen.rounds)
    if chosen.only != "kernel":
        end_to_end(texts, work, chosen.datatrove, chosen.workers)
    if not chosen.work:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
