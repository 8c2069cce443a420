"""How many benchmark items are found in records: as printed, set anew, with other names and numbers.

300 questions of GSM8K's test part are the benchmark. 20,000 records hold none of them: the other questions of
it, the problems of MATH in ProcessBench, the questions of NQ-open, and passages of novels. 900 more hold one
question each, alone or within a passage. Where another question tells the story of an item again, as some do
backwards, it is counted apart, as a twin: their words are at least 0.6 alike (edit distance without
substitution, as a share).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
ITEMS, RECORDS, PASSAGE = 300, 20_000, 120
_NAMES = (
    "Aino Bastien Chidi Dilnoza Eero Farida Gwendal Hiroko Ishaan Jovana Kwame Leocadia Mbali Niamh Oskar "
    "Paloma Quentin Ragnhild Siobhan Tariq Ulrike Vusi Wenzel Ximena Yusuf Zlata"
)
_COUNTS = "two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_SWAPPED = {"he": "she", "she": "he", "his": "her", "her": "his", "him": "her", "himself": "herself"}
_SWAPPED |= {word.capitalize(): other.capitalize() for word, other in _SWAPPED.items()}
_BOLD = str.maketrans(
    {chr(ord(case) + i): chr(bold + i) for case, bold in (("a", 0x1D41A), ("A", 0x1D400)) for i in range(26)}
)
"""Mathematical bold letters, which some use as ornament."""


def questions() -> list[str]:
    """Returns the questions of GSM8K's test part, each once."""
    lines = (SHARED / "gsm8k" / "test.jsonl").read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(json.loads(line)["question"] for line in lines))


def passages() -> list[str]:
    """Returns passages of novels, of `PASSAGE` words, two thirds of each in the next one too."""
    found = []
    for path in sorted((SHARED / "litbank").glob("*.txt")):
        if not path.stem.endswith("_brat"):
            words = path.read_text(encoding="utf-8").split()
            found += [" ".join(words[i : i + PASSAGE]) for i in range(0, len(words) - PASSAGE, PASSAGE // 3)]
    return found


def clean(others: Sequence[str], draw: random.Random) -> list[str]:
    """Returns `RECORDS` records that hold no item: other word problems, mathematics, questions, and prose."""
    maths = json.loads((SHARED / "processbench" / "math.json").read_text(encoding="utf-8"))
    lines = (SHARED / "nq-open" / "NQ-open.dev.jsonl").read_text(encoding="utf-8").splitlines()
    rest = [*others, *dict.fromkeys(row["problem"] for row in maths)]
    rest += [json.loads(line)["question"] for line in lines]
    return rest + draw.sample(passages(), RECORDS - len(rest))


def set_anew(text: str, draw: random.Random) -> str:
    """Returns a text in another form: one or two of the ways in which copies differ that change no word."""
    for change in draw.sample(CHANGES, draw.randint(1, 2)):
        text = change(text)
    return text


def _wrapped(text: str) -> str:
    """Breaks lines, and the last word of every third one."""
    lines = textwrap.wrap(text, 38)
    lines[1::3] = [re.sub(r"(\w{4})(\w{3,})$", "\\1-\n\\2", line) for line in lines[1::3]]
    return "\n".join(lines)


def _markdown(text: str) -> str:
    sentences = re.split(r"(?<=[.?!]) ", text)
    bold = [re.sub(r"([A-Z][a-z]+)", r"**\1**", sentence, count=1) for sentence in sentences]
    return "\n* ".join(["## Problem\n", *bold])


def _latex(text: str) -> str:
    text = text.replace("%", r"\%").replace("$", r"\$")
    text = re.sub(r"\b(\d+)/(\d+)\b", r"$\\frac{\1}{\2}$", text)
    text = re.sub(r"(?<![\d{.,])(\d{1,3}),?(\d{3})(?![\d},/.])", r"$\1{,}\2$", text)
    return re.sub(r"(?<![\d{.,$}])(\d{1,3})(?![\d},/.{$])", r"$\1$", text)


def _html(text: str) -> str:
    text = text.replace("&", "&amp;").replace("'", "&#39;").replace("$", "&#36;")
    return "<p>" + re.sub(r"(\d+)", r"<b>\1</b>", text).replace(". ", ".</p>\n<p>") + "</p>"


def _number_words(text: str) -> str:
    words = {str(n): word for n, word in enumerate(_COUNTS, start=2)}
    return re.sub(r"(?<![\d.,/$])([2-9]|1[0-2])(?![\d.,/%:])", lambda n: words[n[1]], text)


def _digits(text: str) -> str:
    digits = {word: str(n) for n, word in enumerate(_COUNTS, start=2)}
    return re.sub(r"\b(" + "|".join(_COUNTS) + r")\b", lambda word: digits[word[1]], text)


CHANGES: list[Callable[[str], str]] = [
    str.upper,
    _wrapped,
    _markdown,
    _latex,
    _html,
    _number_words,
    _digits,
    lambda text: text.replace("'", "\u2019").replace(" - ", "\u2014").replace(" ", "\u00a0"),
    lambda text: text.translate(_BOLD),
    lambda text: re.sub(r"[.,;:!?\"'$]", "", text),
    lambda text: "  ".join(text.split(" ")).replace(". ", ".\n\n\t"),
]


def proper_names(texts: Sequence[str]) -> set[str]:
    """Returns the words that stand capitalised within sentences and never in lower case."""
    within = {word for text in texts for word in re.findall(r"(?<=[a-z,] )[A-Z][a-z]+\b", text)}
    return within - {word.capitalize() for text in texts for word in re.findall(r"\b[a-z]+\b", text)}


def altered(text: str, names: set[str], draw: random.Random) -> str:
    """Returns a question with other names, another number for each, and for half of them other pronouns."""
    others = iter(draw.sample(_NAMES.split(), _NAMES.count(" ") + 1))
    new: dict[str, str] = {}

    def name(word: re.Match[str]) -> str:
        return new.setdefault(word[0], next(others)) if word[0] in names else word[0]

    def number(digits: re.Match[str]) -> str:
        low = 10 ** (len(digits[0]) - 1)
        choices = [str(n) for n in range(low + 1, 10 * low) if str(n) != digits[0]]
        return new.setdefault(digits[0], draw.choice(choices))

    def count(word: re.Match[str]) -> str:
        return new.setdefault(word[0], draw.choice([other for other in _COUNTS if other != word[0]]))

    text = re.sub(r"\d{1,5}", number, re.sub(r"\b[A-Z][a-z]+\b", name, text))
    text = re.sub(r"\b(" + "|".join(_COUNTS) + r")\b", count, text)
    if draw.random() < 0.5:
        text = re.sub(r"\b[A-Za-z]+\b", lambda word: _SWAPPED.get(word[0], word[0]), text)
    return text


def twins(others: Sequence[str], items: Sequence[str]) -> list[str]:
    """Returns the questions that tell the story of an item again."""
    from rapidfuzz.distance import Indel

    def words(text: str) -> list[str]:
        return re.findall(r"\w+", text.casefold())

    known = [words(item) for item in items]
    return [
        question
        for question, said in ((question, words(question)) for question in others)
        if any(Indel.normalized_similarity(said, item) >= 0.6 for item in known)
    ]


def records(items: Sequence[str], every: Sequence[str], seed: int) -> Iterator[dict[str, Any]]:
    """Yields the records, in random order; `group` says what each holds."""
    others = [question for question in every if question not in set(items)]
    again = twins(others, items)
    names = proper_names(every)
    draw = random.Random(seed)
    ways: dict[str, Callable[[str], str]] = {
        "verbatim": str,
        "set anew": lambda text: set_anew(text, draw),
        "altered": lambda text: altered(text, names, draw),
    }
    found = [
        {"group": "clean", "item": -1, "text": text}
        for text in clean([one for one in others if one not in again], draw)
    ]
    found += [{"group": "twin", "item": -1, "text": text} for text in again]
    prose = passages()
    for group, change in ways.items():
        for number, item in enumerate(items):
            text = change(item)
            if number % 2:
                before, after = draw.sample(prose, 2)
                text = f"{before}\n\n{text}\n\n{after}"
            found.append({"group": group, "item": number, "text": text})
    draw.shuffle(found)
    for number, row in enumerate(found):
        yield {"id": f"{number:05d}", **row}


def search(folder: Path) -> tuple[dict[str, set[int]], float]:
    """Runs `beam run filter` over the records in a folder, with the items beside them as the benchmark.

    Returns the rows of the items that were found in each record that was dropped, by its id, and the
    processor time in seconds.
    """
    from pipelines.files import rows

    items = folder / "items.jsonl"
    filters = folder / "filters.yaml"
    filters.write_text(f"- decontaminate: {{against: {{{items}: question}}}}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pipelines", "run", "filter", "--input", str(folder / "records.jsonl")]
    command += ["--output", str(folder / "out"), "--text_column", "text", "--filters", str(filters)]
    before = _children()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds = _children() - before
    found: dict[str, set[int]] = {row["id"]: set() for row in rows(str(folder / "out"), "rejected")}
    for hit in rows(str(folder / "out"), "exports/contamination"):
        found[hit["record_id"]].add(hit["row"])
    return found, seconds


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the sample and the changes")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print so many that were not found")
    chosen = parser.parse_args()
    every = questions()
    items = random.Random(chosen.seed).sample(every, ITEMS)
    made = list(records(items, every, chosen.seed))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, rows in (("records", made), ("items", [{"question": item} for item in items])):
            lines = "".join(f"{json.dumps(row)}\n" for row in rows)
            (folder / f"{file}.jsonl").write_text(lines, encoding="utf-8")
        dropped, seconds = search(folder)
    groups = Counter(row["group"] for row in made)
    for group, size in groups.items():
        mine = [row for row in made if row["group"] == group]
        if group in ("clean", "twin"):
            taken = [row["text"] for row in mine if row["id"] in dropped]
            print(f"{group}: {size:,} records, {len(taken)} dropped", *taken[: chosen.show], sep="\n  ")
            continue
        missed = [row for row in mine if row["item"] not in dropped.get(row["id"], ())]
        print(f"{group}: {size:,} records, item found in {size - len(missed)} ({1 - len(missed) / size:.3f})")
        for row in missed[: chosen.show]:
            print(f"  {items[row['item']]}\n    {row['text'][:500]}")
    other = sum(len(dropped.get(row["id"], set()) - {row["item"]}) for row in made if row["item"] >= 0)
    print(f"hits on another item than the one planted: {other}")
    words = sum(len(row["text"].split()) for row in made)
    print(
        f"{len(made):,} records, {words:,} words: "
        f"{seconds:.1f} s of one core, {len(made) / seconds:,.0f} records/s"
    )


if __name__ == "__main__":
    main()
