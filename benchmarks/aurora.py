"""Prints what ways to add up votes on steps are worth, and how fast the command `beam run aurora` is.

python -m benchmarks.aurora [DATA] [--only SCENE] [--seed N] [--speed [N]]

DATA is a folder with ProcessBench's gsm8k.json and math.json (../shared/data/processbench). Annotators are
simulated from its true labels, as `benchmarks.annotators` says; no model is asked. F1 is ProcessBench's, over
all solutions that have a valid vote; `tuned` is `soft` at the threshold that is best on the other half of the
solutions. The last column is weighted less majority, with the standard error of that difference by bootstrap
over solutions; a line that ends with `WORSE` falls behind by more than twice that.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.annotators import DIFFERENT_SKILLS, SCENES, from_to, vote_on
from pipelines.aurora_metrics import calibration_error, first_errors, labels_from, reliability
from synth.labels import LabelSpec, ballot_of, first_error_of, label_of
from synth.skills import estimate_skills, probabilities

SIZES = (3, 4, 5, 8, 12)
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
RESAMPLES = 200
COLUMNS = ("problem", "steps", "generator", "final_answer_correct")
Item = tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]


def solutions(folder: Path) -> list[dict[str, Any]]:
    return [row for name in ("gsm8k", "math") for row in json.loads((folder / f"{name}.json").read_text())]


def f1(truth: Sequence[int], labels: Sequence[int | None]) -> float:
    return first_errors(zip(truth, labels, strict=True)).f1


def firsts(soft: Sequence[Sequence[float]], spec: LabelSpec) -> list[int | None]:
    return [first_error_of([label_of(spec, share) for share in shares]) for shares in soft]


def means(items: Sequence[Item]) -> list[list[float]]:
    return [[sum(step) / len(step) for step in zip(*votes, strict=True)] for _, votes in items]


def tuned(truth: Sequence[int], soft: Sequence[Sequence[float]]) -> float:
    """Returns F1 with a threshold that is chosen, for each half, on the other half."""
    at = {t: firsts(soft, LabelSpec("soft", t)) for t in THRESHOLDS}
    chosen: list[int | None] = [None] * len(truth)
    for half in (0, 1):
        best = max(THRESHOLDS, key=lambda t: f1(truth[1 - half :: 2], at[t][1 - half :: 2]))
        chosen[half::2] = at[best][half::2]
    return f1(truth, chosen)


def error_of_difference(
    truth: Sequence[int], one: Sequence[int | None], other: Sequence[int | None], seed: int
) -> float:
    """Returns the standard error of F1 of one less that of the other, by bootstrap over solutions."""
    draw = np.random.default_rng(seed)
    wrong = np.array(truth) >= 0
    hits = [np.array([a == b for a, b in zip(truth, labels, strict=True)]) for labels in (one, other)]
    differences = []
    for _ in range(RESAMPLES):
        chosen = draw.integers(0, len(truth), len(truth))
        of = wrong[chosen]
        values = []
        for hit in hits:
            found, cleared = hit[chosen][of].mean(), hit[chosen][~of].mean()
            values.append(2 * found * cleared / (found + cleared) if found + cleared else 0.0)
        differences.append(values[0] - values[1])
    return float(np.std(differences))


def aggregation(rows: Sequence[dict[str, Any]], only: str, seed: int) -> None:
    head = ("best", "majority", "soft", "tuned", "weighted", "ECE soft", "ECE w.")
    print(f"seed {seed}; {len(rows):,} solutions")
    print(f"{'annotators':26} {'n':>2} " + " ".join(f"{name:>8}" for name in head) + "   w. - majority")
    behind, better = [], []
    for scene, make in SCENES.items():
        if only not in scene:
            continue
        for size in SIZES:
            draw = random.Random(f"{seed} {scene} {size}")
            names = [f"annotator {i}" for i in range(size)]
            truth, items, steps = [], [], []
            for row in rows:
                votes = vote_on(make(size), len(row["steps"]), row["label"], draw)
                ballot = ballot_of(votes, names, len(row["steps"]))
                if ballot.votes:
                    truth.append(row["label"])
                    items.append((ballot.annotators, ballot.votes))
                    steps.append(labels_from(row["label"], len(row["steps"])))
            single = [
                f1(truth, [first_error_of(dict(zip(*item, strict=True)).get(name, [None])) for item in items])
                for name in names
            ]
            soft = means(items)
            skills = estimate_skills(items)
            heavy = [probabilities(skills, *item) for item in items]
            majority = firsts(soft, LabelSpec("majority"))
            weighted = firsts(heavy, LabelSpec("weighted"))
            values = [
                max(single),
                f1(truth, majority),
                f1(truth, firsts(soft, LabelSpec())),
                tuned(truth, soft),
            ]
            values.append(f1(truth, weighted))
            for shares in (soft, heavy):
                said = [pair for one in zip(shares, steps, strict=True) for pair in zip(*one, strict=True)]
                values.append(calibration_error(reliability(said)))
            difference = values[4] - values[1]
            error = error_of_difference(truth, weighted, majority, seed)
            behind += [(scene, size)] if difference < -2 * error else []
            better += [(scene, size)] if difference > 2 * error else []
            print(
                f"{scene:26} {size:2} "
                + " ".join(f"{value:8.4f}" for value in values)
                + f"   {difference:+.4f} ±{error:.4f}"
                + (" WORSE" if (scene, size) in behind else "")
            )
    skilled = [(scene, size) for scene in DIFFERENT_SKILLS for size in SIZES if only in scene]
    print(f"\nweighted falls behind majority in {len(behind)} rows, is better in {len(better)}; of the")
    print(f"{len(skilled)} rows with different skills it is better in {len(set(skilled) & set(better))}")


def speed(rows: Sequence[dict[str, Any]], count: int, seed: int) -> None:
    """Runs the command on recorded votes of 12 annotators, and the aggregation alone."""
    draw = random.Random(seed)
    names = [f"annotator {i}" for i in range(12)]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "rows.jsonl"
        items: list[Item] = []
        with source.open("w") as file:
            for i in range(count):
                row = rows[i % len(rows)]
                votes = vote_on(from_to(12, 0.03, 0.35), len(row["steps"]), row["label"], draw)
                whole = {"id": f"{row['id']} {i}", "votes": votes, "annotators": names}
                whole |= {name: row[name] for name in ("steps", "generator", "final_answer_correct")}
                whole["problem"] = (
                    f"{i}. {row['problem']}"  # equal solutions of equal problems are duplicates
                )
                file.write(json.dumps(whole) + "\n")
                ballot = ballot_of(votes, names, len(row["steps"]))
                items.append((ballot.annotators, ballot.votes))
        begin = time.process_time()
        skills = estimate_skills(items[:10_000])
        estimated = time.process_time() - begin
        begin = time.process_time()
        for item in items:
            probabilities(skills, *item)
        alone = time.process_time() - begin
        print(f"weighted alone, {count:,} solutions with 12 votes: {count / alone:,.0f}/s of a core, after")
        print(f"{estimated:.1f} s to estimate the skills")
        empty = Path(folder) / "one.jsonl"
        empty.write_text(source.read_text().partition("\n")[0] + "\n")
        for how in ("soft", "weighted"):
            least = _run(empty, Path(folder) / f"least {how}", how)[0]
            seconds, counts = _run(source, Path(folder) / how, how)
            rate = count / (seconds - least)
            print(f"beam run aurora --aggregate {how}: {counts['in']:,} in, {counts['kept']:,} kept,")
            print(f"{seconds:.1f} s of a core, {least:.1f} s of them to start: {rate:,.0f} solutions/s")


def _run(source: Path, out: Path, how: str) -> tuple[float, dict[str, int]]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pipelines", "run", "aurora", "--input", source, "--output", out]
    subprocess.run(
        [*command, "--aggregate", how],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    stages = json.loads((out / "run.json").read_text())["stages"]
    [labels] = [stage for stage in stages if stage["stage"] == "labels"]
    return seconds, labels


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.aurora", description=__doc__)
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data/processbench"))
    parser.add_argument("--only", default="", help="scenes whose name contains this")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--speed", type=int, nargs="?", const=10_000, metavar="N", help="only the speed, on N rows"
    )
    options = parser.parse_args()
    rows = solutions(options.data)
    if options.speed:
        speed(rows, options.speed, options.seed)
    else:
        aggregation(rows, options.only, options.seed)


if __name__ == "__main__":
    main()
