"""How fast a PDF is read, beside the library under the reader and its own converter to Markdown.

Run from the root of the checkout, on a quiet machine:

    python -m benchmarks.extraction [PDF]

Each way has a process of its own, bound to one core, and makes three passes there; the best counts, in
seconds of processor time, so that neither loading the libraries nor other work on the machine does. A
process reports its peak memory (`getrusage`), the interpreter and libraries included. The ratio to raw
PyMuPDF is the median of passes in turn within one process: a machine whose speed drifts slows both.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

PDF = Path("../shared/bench/cases/diffyqs-pdf/docs/diffyqs.pdf")
RUNS = 3
PAIRS = 9
CONVERTED = 40
"""Pages that pymupdf4llm converts: it takes some 0.2 s for each."""


def read(path: Path) -> dict[str, float]:
    """Returns what it takes to read a PDF with `read_pdf`."""
    import pymupdf  # noqa: F401  # loading the library is in none of the figures

    from extractors.documents.limits import Limits
    from extractors.documents.pdf import read_pdf

    data = path.read_bytes()
    began = time.process_time()
    document = read_pdf(data, str(path), hashlib.sha256(data).hexdigest(), Limits())
    seconds = time.process_time() - began
    return {"seconds": seconds, "pages": document.pages, "blocks": len(document.blocks)}


def raw(path: Path) -> dict[str, float]:
    """Returns what it takes PyMuPDF to list the spans of every page."""
    import pymupdf

    began = time.process_time()
    with pymupdf.open(path) as source:
        for page in source:
            page.get_text("dict")
        return {"seconds": time.process_time() - began, "pages": source.page_count}


def convert(path: Path) -> dict[str, float]:
    """Returns what it takes pymupdf4llm to convert the first pages to Markdown."""
    import pymupdf
    import pymupdf4llm

    with pymupdf.open(path) as source:
        pages = list(range(min(CONVERTED, source.page_count)))
    began = time.process_time()
    pymupdf4llm.to_markdown(str(path), pages=pages, show_progress=False)
    return {"seconds": time.process_time() - began, "pages": len(pages)}


def paired(path: Path) -> dict[str, float]:
    """Returns the median and the range of how fast `read_pdf` is beside `raw`, pass by pass."""
    read(path)  # the first pass compiles expressions
    ratios = sorted(raw(path)["seconds"] / read(path)["seconds"] for _ in range(PAIRS))
    return {"seconds": 0, "least": ratios[0], "median": statistics.median(ratios), "most": ratios[-1]}


WAYS = {"read_pdf": read, "PyMuPDF dict": raw, "pymupdf4llm": convert}
PAIRED = "paired"


def _child(way: str, path: Path) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    once = way in ("pymupdf4llm", PAIRED)
    measure = paired if way == PAIRED else WAYS[way]
    figures = min((measure(path) for _ in range(1 if once else RUNS)), key=lambda run: run["seconds"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kB; bytes on macOS
    figures["megabytes"] = peak / (1_000_000 if sys.platform == "darwin" else 1000)
    print("\n" + json.dumps(figures))  # the libraries print lines of their own before


def _measured(way: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.extraction", str(path), way]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{way} failed: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def main(arguments: list[str]) -> None:
    path = Path(arguments[0]) if arguments else PDF
    if len(arguments) == 2:
        _child(arguments[1], path)
        return
    if not path.is_file():
        raise SystemExit(f"no such PDF: {path}")
    speeds = {}
    print(f"{path.name}, one core, best of {RUNS}; pymupdf4llm once, on the first {CONVERTED} pages")
    for way in WAYS:
        best = _measured(way, path)
        speeds[way] = best["pages"] / best["seconds"]
        blocks = f", {best['blocks']:,} blocks" if "blocks" in best else ""
        print(
            f"{way:13} {speeds[way]:7.1f} pages/s: {best['pages']} pages in {best['seconds']:.2f} s, "
            f"{best['megabytes']:.0f} MB at most{blocks}",
            flush=True,
        )
    ratio = _measured(PAIRED, path)
    print(
        f"read_pdf runs at {ratio['median']:.3f} times the speed of PyMuPDF dict: "
        f"median of {PAIRS} passes in turn, {ratio['least']:.3f} to {ratio['most']:.3f}"
    )
    print(f"read_pdf runs at {speeds['read_pdf'] / speeds['pymupdf4llm']:.0f} times the speed of pymupdf4llm")


if __name__ == "__main__":
    main(sys.argv[1:])
