"""Trains classifiers of domain, subdomain and level, and measures them on works that they never saw.

    python -m benchmarks.domain_level --root ../shared --output DIR [--manifest FILE.yaml]

A manifest lists works with their labels (see domain_level.yaml). Their documents are read by our own readers
and cut into passages, and each label holds out a whole work, or, if it has only one, every fourth stretch of
it: that is told in the card, since a work's own words (its names, its typography) make it look better than it
is. Training is `beam train-classifier`'s. The models are made from the texts of these works, and stay under
their licences.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

TARGETS = ("domain", "subdomain", "level")
WORDS, PASSAGES, STRETCHES = 60, 400, 20
HERE = Path(__file__).parent


def passages(path: Path, column: str) -> Iterator[str]:
    """Yields the passages of a document, each of `WORDS` words or a little more, none across a heading.

    Of a file of rows they are the texts of a column.
    """
    if column:
        from pipelines.tables import all_rows

        yield from (row[column] for _, row in all_rows(str(path)) if isinstance(row, dict))
        return
    from extractors.documents import read_document

    words: list[str] = []
    for block in read_document(path.read_bytes(), str(path)).blocks:
        if block.kind == "heading" or len(words) >= WORDS:
            yield " ".join(words)
            words = []
        if block.kind in ("paragraph", "list_item", "formula", "table"):
            words += block.text.split()
    yield " ".join(words)


def of_work(work: dict[str, Any], root: Path) -> list[str]:
    """Returns up to `PASSAGES` passages of a work, evenly spread, each once."""
    files = [file for pattern in work["files"] for file in sorted(root.glob(pattern))]
    if not files:
        raise SystemExit(f"{work['work']}: no file {', '.join(work['files'])} in {root}")
    found = [text for file in files for text in passages(file, work.get("column", ""))]
    found = [text for text in dict.fromkeys(found) if len(text.split()) >= WORDS // 4]
    return [found[i * len(found) // PASSAGES] for i in range(PASSAGES)] if len(found) > PASSAGES else found


def held_out(works: Sequence[dict[str, Any]], target: str) -> tuple[dict[str, str], list[str]]:
    """Returns by label the work that is held out, "" if it has one alone, and lines for the card."""
    by_label = defaultdict(list)
    for work in works:
        if target in work:
            by_label[work[target]].append(work["work"])
    chosen, lines = {}, []
    for label, names in sorted(by_label.items()):
        chosen[label] = names[-1] if len(names) > 1 else ""
        what = (
            f"held out: {chosen[label]}"
            if chosen[label]
            else "held out: every fourth stretch of its one work"
        )
        lines.append(f"- `{label}`: {'; '.join(names)}; {what}")
    return chosen, lines


def rows(works: Sequence[dict[str, Any]], root: Path) -> Iterator[dict[str, Any]]:
    """Yields the passages with their labels, and for each target the part that they belong to."""
    chosen = {target: held_out(works, target)[0] for target in TARGETS}
    for work in works:
        texts = of_work(work, root)
        for number, text in enumerate(texts):
            row = {"id": f"{work['work']}/{number}", "text": text}
            for target in TARGETS:
                label = work.get(target)
                row[target] = label
                stretch = number * STRETCHES // len(texts)
                out = chosen[target].get(label) == work["work"] or (
                    not chosen[target].get(label) and stretch % 4 == 3
                )
                row[f"{target}_part"] = "validation" if out else "train"
            yield row


def main() -> None:
    from pipelines.train_classifier import train_classifier

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, required=True, help="folder that the manifest's paths are below")
    parser.add_argument("--output", type=Path, required=True, help="folder for the three models")
    parser.add_argument("--manifest", type=Path, default=HERE / "domain_level.yaml")
    chosen = parser.parse_args()
    works = yaml.safe_load(chosen.manifest.read_text(encoding="utf-8"))
    chosen.output.mkdir(parents=True, exist_ok=True)
    data = chosen.output / "passages.jsonl"
    data.write_text("".join(f"{json.dumps(row)}\n" for row in rows(works, chosen.root)), encoding="utf-8")
    for target in TARGETS:
        folder = chosen.output / target
        options = ["--input", str(data), "--output", str(folder), "--overwrite", "--text_column", "text"]
        train_classifier([*options, "--label_column", target, "--split_column", f"{target}_part"])
        lines = ["", "## Works", "", *held_out(works, target)[1], "", *LIMITS, ""]
        with (folder / "README.md").open("a", encoding="utf-8") as card:
            card.write("\n".join(lines))
        report(target, json.loads((folder / "card.json").read_text(encoding="utf-8")))


LIMITS = (
    "A field of which one work is known can't be told from that work: on others such a label is worth less",
    "than it seems here. There are few works in all, and what belongs to none of the labels gets one all the",
    "same: look at the score.",
)


def report(target: str, card: dict[str, Any]) -> None:
    """Prints what a classifier is worth."""
    measured, counts = card["measured"], card["counts"]
    print(
        f"{target}: accuracy {measured['accuracy']:.3f}, macro F1 {measured['macro_f1']:.3f}, "
        f"always the commonest {measured['always_the_commonest']:.3f}"
    )
    for label, score in measured["by_label"].items():
        training, out = counts[label]["training"], counts[label]["validation"]
        shares = ", ".join(f"{name} {share:.3f}" for name, share in score.items())
        print(f"  {label}: {shares}; {training} for training, {out} held out")


if __name__ == "__main__":
    main()
