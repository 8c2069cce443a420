"""How fast a PDF is read, beside the library under the reader and its own converter to Markdown.

Run from the root of the checkout, on a quiet machine:

    python -m benchmarks.extraction [PDF...]
    python -m benchmarks.extraction --workers [FOLDER]

Each way has a process of its own, bound to one core, and makes three passes there; the best counts, in
seconds of processor time, so that neither loading the libraries nor other work on the machine does. A
process reports its peak memory (`getrusage`), the interpreter and libraries included. That is for the first
PDF. The ratio to raw PyMuPDF is taken for each, and for all of them together: the median of passes in turn
within one process, since a machine whose speed drifts slows both. It is taken again with the document read as
a run does, in a process of its own: the time of both processes counts. Without arguments, the PDFs are those
of the documents with known truth.

With `--workers`, the ten largest PDFs of a folder are read and searched by one reader and by two, which
have been started and have read a page before: the median of passes in turn, in seconds by the clock.
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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.documents.limits import Limits, Ocr

if TYPE_CHECKING:
    from pipelines.reader import Reader

CASES = Path("../shared/bench/cases")
LIMITS = Limits(ocr=Ocr("off"))
"""Whether a page needs OCR is not what is compared, and OCR itself takes a thousand times as long."""
FOLDER = Path("../shared")
LARGEST = 10
RUNS = 3
PAIRS = 5
CONVERTED = 40
"""Pages that pymupdf4llm converts: it takes some 0.2 s for each."""


def read(path: Path) -> dict[str, float]:
    """Returns what it takes to read a PDF with `read_pdf`."""
    import pymupdf  # noqa: F401  # loading the library is in none of the figures

    from extractors.documents.pdf import read_pdf

    data = path.read_bytes()
    began = time.process_time()
    document = read_pdf(data, str(path), hashlib.sha256(data).hexdigest(), LIMITS)
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


def isolated(path: Path, reader: Reader) -> dict[str, float]:
    """Returns what it takes to read a PDF as a run does: in a process of its own, both ends counted."""
    import psutil

    def spent() -> float:
        children = [child.cpu_times() for child in psutil.Process().children()]
        return time.process_time() + sum(child.user + child.system for child in children)

    data = path.read_bytes()
    began = spent()
    document = reader.read(data, str(path))
    return {"seconds": spent() - began, "pages": document.pages}


def convert(path: Path) -> dict[str, float]:
    """Returns what it takes pymupdf4llm to convert the first pages to Markdown."""
    import pymupdf
    import pymupdf4llm

    with pymupdf.open(path) as source:
        pages = list(range(min(CONVERTED, source.page_count)))
    began = time.process_time()
    pymupdf4llm.to_markdown(str(path), pages=pages, show_progress=False)
    return {"seconds": time.process_time() - began, "pages": len(pages)}


def paired(paths: list[Path]) -> None:
    """Prints how fast `read_pdf`, alone and isolated, is beside `raw`: on each PDF, and on all of them."""
    from pipelines.reader import Reader

    reader = Reader(LIMITS)
    for path in paths[:1]:
        read(path), isolated(path, reader)  # the first pass compiles expressions
    total: list[list[float]] = [[0.0, 0.0, 0.0] for _ in range(PAIRS)]
    ways: tuple[Callable[[Path], dict[str, float]], ...] = (raw, read, partial(isolated, reader=reader))
    pages = 0
    for path in paths:
        passes = []
        for one in range(PAIRS):
            runs = [way(path) for way in ways]
            passes.append([run["seconds"] for run in runs])
            total[one] = [old + new for old, new in zip(total[one], passes[-1], strict=True)]
        pages += int(runs[0]["pages"])
        print(
            _ratios(str(path.relative_to(CASES) if path.is_relative_to(CASES) else path), passes), flush=True
        )
    print(_ratios(f"all {len(paths)}, {pages} pages", total))
    reader.close()


def _ratios(name: str, passes: list[list[float]]) -> str:
    def spread(ratios: list[float]) -> str:
        return f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"

    bare = statistics.median(seconds[0] for seconds in passes)
    alone, apart = ([seconds[0] / seconds[way] for seconds in passes] for way in (1, 2))
    return f"{name}: dict {bare:.2f} s; alone {spread(alone)}; isolated {spread(apart)}"


def side_by_side(folder: Path) -> None:
    """Prints how much faster two readers are than one on the largest PDFs of a folder."""
    from pipelines.inputs import largest_first
    from pipelines.readers import ReaderPool, Readers

    paths = largest_first([str(path) for path in folder.rglob("*.pdf") if path.is_file()])[:LARGEST]
    if not paths:
        raise SystemExit(f"no PDF in {folder}")
    files = [(path, Path(path).read_bytes()) for path in paths]
    pools = {count: Readers(ReaderPool(LIMITS, count)) for count in (1, 2)}

    def search(readers: Readers, file: tuple[str, bytes]) -> int:
        with readers.one() as reader:
            document = reader.read(file[1], file[0])
        with readers.one() as reader:
            return len(reader.find(document).items)

    def seconds(count: int) -> float:
        began = time.monotonic()
        with ThreadPoolExecutor(count) as threads:
            list(threads.map(partial(search, pools[count]), files))
        return time.monotonic() - began

    for count in pools:  # starts them all, and each loads what it needs
        with ThreadPoolExecutor(count) as threads:
            list(threads.map(partial(search, pools[count]), [files[0]] * 2 * count))
    passes = [(seconds(1), seconds(2)) for _ in range(RUNS)]
    for readers in pools.values():
        readers.close()
    ratios = [one / two for one, two in passes]
    one, two = (statistics.median(times) for times in zip(*passes, strict=True))
    print(
        f"the {len(files)} largest PDFs, {sum(len(data) for _, data in files) / 1e6:.1f} MB: "
        f"{one:.2f} s by one reader, {two:.2f} s by two, "
        f"{statistics.median(ratios):.2f} times as fast: median of {RUNS} passes in turn, "
        f"{min(ratios):.2f} to {max(ratios):.2f}"
    )


WAYS = {"read_pdf": read, "PyMuPDF dict": raw, "pymupdf4llm": convert}
PAIRED = "--paired"


def _on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _child(way: str, path: Path) -> None:
    _on_one_core()
    once = way == "pymupdf4llm"
    figures = min((WAYS[way](path) for _ in range(1 if once else RUNS)), key=lambda run: run["seconds"])
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
    if arguments[:1] == ["--workers"]:
        side_by_side(Path(arguments[1]) if arguments[1:] else FOLDER)
        return
    if len(arguments) == 2 and arguments[1] in WAYS:
        _child(arguments[1], Path(arguments[0]))
        return
    only = arguments[:1] == [PAIRED]
    named = [Path(name) for name in arguments[only:]]
    paths = named or sorted(CASES.glob("*/docs/*.pdf"), key=lambda path: (-path.stat().st_size, path))
    missing = [path for path in paths if not path.is_file()] or ([] if paths else [CASES])
    if missing:
        raise SystemExit(f"no such PDF: {missing[0]}")
    if not only:
        _speeds(paths[0])
    print(f"processor time of dict by that of read_pdf: median, least and most of {PAIRS} passes")
    _on_one_core()
    paired(paths)


def _speeds(path: Path) -> None:
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
    print(f"read_pdf runs at {speeds['read_pdf'] / speeds['pymupdf4llm']:.0f} times the speed of pymupdf4llm")


if __name__ == "__main__":
    main(sys.argv[1:])
