"""How fast a PDF is read, beside the library under the reader and its own converter to Markdown.

Run from the root of the checkout, on a quiet machine:

    python -m benchmarks.extraction [PDF]

Each way runs three times, each time in a process of its own that is bound to one core; the best
time counts. A process reports its peak memory (`getrusage`), the interpreter and libraries included.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

PDF = Path("../shared/bench/cases/diffyqs-pdf/docs/diffyqs.pdf")
RUNS = 3
CONVERTED = 40
"""Pages that pymupdf4llm converts: it takes some 0.2 s for each."""


def read(path: Path) -> dict[str, float]:
    """Returns what it takes to read a PDF with `read_pdf`."""
    from extractors.documents.limits import Limits
    from extractors.documents.pdf import read_pdf

    data = path.read_bytes()
    began = time.perf_counter()
    document = read_pdf(data, str(path), hashlib.sha256(data).hexdigest(), Limits())
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "pages": document.pages, "blocks": len(document.blocks)}


def raw(path: Path) -> dict[str, float]:
    """Returns what it takes PyMuPDF to list the spans of every page."""
    import pymupdf

    began = time.perf_counter()
    with pymupdf.open(path) as source:
        for page in source:
            page.get_text("dict")
        return {"seconds": time.perf_counter() - began, "pages": source.page_count}


def convert(path: Path) -> dict[str, float]:
    """Returns what it takes pymupdf4llm to convert the first pages to Markdown."""
    import pymupdf
    import pymupdf4llm

    with pymupdf.open(path) as source:
        pages = list(range(min(CONVERTED, source.page_count)))
    began = time.perf_counter()
    pymupdf4llm.to_markdown(str(path), pages=pages, show_progress=False)
    return {"seconds": time.perf_counter() - began, "pages": len(pages)}


WAYS = {"read_pdf": read, "PyMuPDF dict": raw, "pymupdf4llm": convert}


def _child(way: str, path: Path) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    figures = WAYS[way](path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kB; bytes on macOS
    figures["megabytes"] = peak / (1_000_000 if sys.platform == "darwin" else 1000)
    print("\n" + json.dumps(figures))  # the libraries print lines of their own before


def _best(way: str, path: Path) -> dict[str, float]:
    runs = []
    for _ in range(RUNS):
        command = [sys.executable, "-m", "benchmarks.extraction", str(path), way]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{way} failed: {done.stderr.strip().splitlines()[-1]}")
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return min(runs, key=lambda run: run["seconds"])


def main(arguments: list[str]) -> None:
    path = Path(arguments[0]) if arguments else PDF
    if len(arguments) == 2:
        _child(arguments[1], path)
        return
    if not path.is_file():
        raise SystemExit(f"no such PDF: {path}")
    speeds = {}
    print(f"{path.name}, one core, best of {RUNS}; pymupdf4llm on the first {CONVERTED} pages only")
    for way in WAYS:
        best = _best(way, path)
        speeds[way] = best["pages"] / best["seconds"]
        blocks = f", {best['blocks']:,} blocks" if "blocks" in best else ""
        print(
            f"{way:13} {speeds[way]:7.1f} pages/s: {best['pages']} pages in {best['seconds']:.2f} s, "
            f"{best['megabytes']:.0f} MB at most{blocks}",
            flush=True,
        )
    for other in ("PyMuPDF dict", "pymupdf4llm"):
        print(f"read_pdf runs at {speeds['read_pdf'] / speeds[other]:.2f} times the speed of {other}")


if __name__ == "__main__":
    main(sys.argv[1:])
