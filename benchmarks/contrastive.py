"""Prints how fast contrastive samples are made from recorded answers, and what Beam and files cost beside.

python -m benchmarks.contrastive [--questions N] [--sentences SHARE] [--rounds N] [--command]

Questions and answers are invented, by a seed; ten answers a question. Times are processor time of one core;
beside them is that of the usual exact match (lower case, no punctuation, no articles), for a machine that has
other work. --command runs `beam run contrastive --samples` too, with few questions and with all, so that what
it takes to start is left out.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import re
import resource
import statistics
import string
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemas.contrastive import Answered, Sample, Source
from synth.mastery import MasterySpec, contrast, graded, preferences, quadrants, triplets

SEED, SAMPLES = 7, 10
AIM = 5000
FIRST = ("Ada", "Boris", "Clara", "Dmitri", "Elena", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Leo")
LAST = ("Abel", "Brandt", "Castillo", "Dvorak", "Eriksen", "Fontaine", "Gruber", "Haddad", "Ivanov", "Jensen")
PLACES = ("Aldenburg", "Brisco", "Calvera", "Dunmere", "Estrella", "Fjordby", "Granholm", "Harwick", "Jorvik")
WORKS = ("The Lighthouse", "A Winter Garden", "Silent Rivers", "The Glass Bridge", "The Last Orchard")
REFUSED = ("I don't know.", "I'm not sure.", "Sorry, I don't know the answer.", "I have no idea.")


def _name(draw: random.Random) -> str:
    return f"{draw.choice(FIRST)} {draw.choice(LAST)}"


def _date(draw: random.Random) -> str:
    month = draw.choice(("January", "March", "June", "October"))
    return f"{month} {draw.randint(1, 28)}, {draw.randint(1800, 2020)}"


KINDS = (
    ("who wrote {}", _name),
    ("when was {} first published", _date),
    ("where does {} take place", lambda draw: draw.choice(PLACES)),
    ("how many pages has {}", lambda draw: f"{draw.randint(90, 2400):,}"),
    ("which book came after {}", lambda draw: draw.choice(WORKS)),
)


def questions(n: int, sentences: float, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Yields invented questions with right answers and ten samples, as rows of both files of a replay."""
    draw = random.Random(seed)
    for number in range(n):
        form, invent = KINDS[number % len(KINDS)]
        truth = invent(draw)
        knows = draw.choice((0, 0, 0.2, 0.5, 0.8, 1, 1))
        wrong = [invent(draw) for _ in range(draw.randint(1, 5))]
        yield {
            "question": form.format(f"{draw.choice(WORKS)}, volume {number}"),
            "answer": [truth],
            "samples": [
                _said(draw, sentences, truth if draw.random() < knows else draw.choice(wrong))
                for _ in range(SAMPLES)
            ],
        }


def _said(draw: random.Random, sentences: float, answer: str) -> str:
    chance = draw.random()
    if chance < 0.1:
        return draw.choice(REFUSED)
    if chance < 0.1 + sentences:
        return f"It is {answer}."
    return answer if chance < 0.8 else f"{answer}."


def answered(row: dict[str, Any], number: int) -> Answered:
    """Returns a row as the construction takes it."""
    samples = tuple(Sample(text, "unclear") for text in row["samples"])
    source = Source("q.jsonl", "", number, str(number))
    return Answered(
        str(number), row["question"], tuple(row["answer"]), "en", "uncertain", None, None, samples, source
    )


def construct(records: list[Answered]) -> tuple[float, Counter[str]]:
    """Returns the processor time of grading and choosing, and what came of it."""
    spec, counts = MasterySpec(), Counter[str]()
    start = time.process_time()
    for record in records:
        known = graded(spec, record)
        row = contrast(spec, known)
        for name, n in quadrants(known.zone, (sample.grade for sample in known.samples)).items():
            counts[name] += n
        counts[known.zone] += 1
        counts["pairs"] += len(preferences(row))
        triplets(row)
    return time.process_time() - start, counts


def exact_match(records: list[Answered]) -> float:
    """Returns the processor time of the comparison that SQuAD made usual, on the same answers."""
    start = time.process_time()
    for record in records:
        gold = {_usual(alias) for alias in record.gold_aliases}
        _ = [_usual(sample.text) in gold for sample in record.samples]
    return time.process_time() - start


def _usual(text: str) -> str:
    text = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(?:a|an|the)\b", " ", text).split())


def run(n: int, sentences: float, folder: Path) -> float:
    """Returns the processor time of the real command."""
    rows = folder / f"{n}.jsonl"
    rows.write_text("".join(f"{json.dumps(row)}\n" for row in questions(n, sentences)))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pipelines", "run", "contrastive", "--input", rows, "--samples", rows]
    subprocess.run([*command, "--output", folder / str(n)], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(n: int, sentences: float, seed: int) -> tuple[float, float, Counter[str]]:
    """Returns the processor time of a question, how many times exact match that is, and what came of all."""
    records = [answered(row, number) for number, row in enumerate(questions(n, sentences, seed))]
    seconds, counts = construct(records)
    return seconds / n, seconds / exact_match(records), counts


def rounds(n: int, sentences: float, times: int) -> float:
    """Prints what rounds of different questions take, each in a new process, so that none has seen an answer.

    Returns the median processor time of a question, in seconds.
    """
    measure(500, sentences, SEED)  # loads units, months and words
    work = [(n, sentences, SEED + number) for number in range(1, times + 1)]
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        found = pool.starmap(measure, work, chunksize=1)
    seconds, ratios, counts = zip(*found, strict=True)
    for one in counts:
        print(", ".join(f"{name} {count:,}" for name, count in sorted(one.items())))
    each = statistics.median(seconds)
    print(f"{n:,} questions, {SAMPLES} samples each, {times} rounds: {1 / each:,.0f} a second and core")
    print(f"({1 / max(seconds):,.0f} to {1 / min(seconds):,.0f}; aim {AIM:,})")
    print(f"{statistics.median(ratios):.1f} times as long as the usual exact match alone")
    return each


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=int, default=10_000, metavar="N")
    parser.add_argument(
        "--sentences", type=float, default=0.05, metavar="SHARE", help="answers in a sentence"
    )
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="each of other questions")
    parser.add_argument("--command", action="store_true", help="run the real command too")
    chosen = parser.parse_args()
    each = rounds(chosen.questions, chosen.sentences, chosen.rounds)
    if chosen.command:
        few = chosen.questions // 10
        with tempfile.TemporaryDirectory() as folder:
            small, large = (run(n, chosen.sentences, Path(folder)) for n in (few, chosen.questions))
        whole = (large - small) / (chosen.questions - few)
        print(f"the command: {1 / whole:,.0f} a second, and {small - few * whole:.1f} s to start and end")
        print(f"of that, Beam, files and reading take {1 - each / whole:.0%}")


if __name__ == "__main__":
    main()
