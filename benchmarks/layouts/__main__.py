"""Prints how well problems and solutions are paired in every layout.

python -m benchmarks.layouts [--only NAME] [--show] [--write FOLDER] [--list]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from benchmarks.layouts import Special, generate
from benchmarks.layouts.catalogue import VARIANTS
from benchmarks.layouts.measure import found_pairs, measure, scored
from benchmarks.layouts.score import Score


def main() -> None:
    undecided = [v.name for v in VARIANTS if isinstance(v, Special) and v.undecided]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.layouts", description=__doc__)
    parser.add_argument("--only", default="", help="variants whose name contains this")
    parser.add_argument("--show", action="store_true", help="print what is wrong")
    parser.add_argument("--write", type=Path, help="also write the documents into a folder a variant")
    parser.add_argument("--list", action="store_true", help="print the names of the variants and stop")
    options = parser.parse_args()
    chosen = [variant for variant in VARIANTS if options.only in variant.name]
    if options.list:
        print("\n".join(variant.name for variant in chosen))
        return

    heads = ("solved", "found", "right", "wrong", "off")
    print(f"{'variant':44} " + " ".join(f"{head:>6}" for head in heads) + f" {'F1':>6} {'s':>5}")
    scores = []
    for variant in chosen:
        start = time.perf_counter()
        generated = generate(variant)
        if options.write:
            for name, data in generated.files:
                path = options.write / variant.name / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        try:
            held_back = variant.name in undecided
            result = scored(generated, found_pairs(generated)) if held_back else measure(generated)
        except Exception as error:  # one variant that can't be measured must not hide the others
            solved = sum(bool(item.solutions) for item in generated.truth)
            result = Score(solved, 0, errors=[f"FAILED: {type(error).__name__}: {error}"], failed=True)
        scores.append(result)
        seconds = time.perf_counter() - start
        print(
            f"{variant.name:44} {result.solved:6} {result.found:6} {result.right:6} {result.wrong:6} "
            f"{result.off:6} {result.f1:6.3f} {seconds:5.1f}"
        )
        for line in result.errors if options.show or result.failed else ():
            print(f"    {line}")
    for name in undecided:
        if options.only in name:
            print(f"{name}: undecided, pairs of any score are counted, none of which a run keeps")
    if scores:
        mean = sum(s.f1 for s in scores) / len(scores)
        below = sum(s.f1 < 0.97 for s in scores)
        wrong = sum(s.wrong for s in scores)
        print(f"{len(scores)} variants, mean F1 {mean:.3f}, {below} below 0.97, {wrong} wrong pairs")


if __name__ == "__main__":
    main()
