"""What a person sees: one live line or plain lines while a run works, a table at its end."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any

from inference.progress import Progress, read_progress
from pipelines.progress import counted

_SECONDS_BETWEEN_LINES = 10.0
_SECONDS_OF_A_RATE = 10.0
_PREFIX = "assay-run-"


class Screen:
    """Standard output and error as they were before `quiet` took them away from everyone else.

    Attributes:
      folder: a temporary folder for what is of no use after the run.
      log: the file in it where everything else goes meanwhile; empty once `share` was called.
    """

    def __init__(self, out: IO[str], err: IO[str], folder: str, log: str = ""):
        self.out, self.err, self.folder, self.log = out, err, folder, log

    def say(self, line: str = "") -> None:
        print(line, file=self.out, flush=True)

    def complain(self, line: str) -> None:
        with suppress(BrokenPipeError):
            print(f"beam: {' '.join(line.split())}", file=self.err, flush=True)

    def keep(self) -> str:
        """Moves the log to where it stays, for a person to read, and returns its path."""
        kept = tempfile.mkdtemp(prefix="assay-log-", dir=os.path.dirname(self.folder))
        self.log = shutil.move(self.log, os.path.join(kept, "log"))
        shutil.rmtree(self.folder, ignore_errors=True)
        return self.log

    def share(self) -> None:
        """Lets everyone else write to the terminal too."""
        _point(self.out.fileno(), self.err.fileno())
        self.log = ""


@contextmanager
def quiet() -> Iterator[Screen]:
    """Keeps the terminal for our own lines.

    Beam, its worker processes and C libraries write warnings to the descriptors 1 and 2, so these
    point to a log file while the context is open.
    """
    _flush()
    _remove_killed()
    folder = tempfile.mkdtemp(prefix=_PREFIX)
    lock = _lock(folder)
    outside = os.environ.get("TMPDIR")
    _temporary(folder)  # where Beam and everyone else leave what they forget to remove
    saved = [os.dup(1), os.dup(2)]
    log = os.path.join(folder, "log")
    with open(log, "wb") as file:
        _point(file.fileno(), file.fileno())
    try:
        # A reader that has left, as `| head` does, is no failure: all is written by then.
        with suppress(BrokenPipeError), _writer(saved[0]) as stdout, _writer(saved[1]) as stderr:
            yield Screen(stdout, stderr, folder, log)
    finally:  # not reached where a broken run leaves the process at once
        _flush()
        _point(*saved)
        for descriptor in saved:
            os.close(descriptor)
        _temporary(outside)
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _temporary(folder: str | None) -> None:
    """Sets where temporary files go, in this process and those it starts; None is the system's choice."""
    tempfile.tempdir = None  # what was asked before is remembered there
    if folder is None:
        os.environ.pop("TMPDIR", None)
    else:
        os.environ["TMPDIR"] = folder


def _lock(folder: str) -> int:
    """Locks a folder until the process ends, however it does.

    Raises:
      OSError: another process has locked it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _remove_killed() -> None:
    """Removes the folders of runs that had no time to do it."""
    with os.scandir(tempfile.gettempdir()) as entries:
        folders = [entry.path for entry in entries if entry.name.startswith(_PREFIX)]
    for folder in folders:
        with suppress(OSError):  # a run that is at work, or someone else's
            lock = _lock(folder)
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _writer(descriptor: int) -> IO[str]:
    # File names may hold bytes that are no text.
    return os.fdopen(os.dup(descriptor), "w", encoding="utf-8", errors="backslashreplace")


def _point(out: int, err: int) -> None:
    os.dup2(out, 1)
    os.dup2(err, 2)


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()


@contextmanager
def progress(screen: Screen, inputs: int, by_rows: bool = False) -> Iterator[None]:
    """Shows how many documents are read and how many pairs are found until the context ends.

    Of a recipe on rows, how many files are opened and how many rows are read.
    """
    done = threading.Event()
    shower = _live if screen.err.isatty() else _lines
    thread = threading.Thread(target=shower, args=(screen, inputs, by_rows, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


class _State:
    """What a run has done so far, in a line."""

    def __init__(self, folder: str, inputs: int, by_rows: bool):
        self.folder, self.inputs, self.by_rows = folder, inputs, by_rows
        self.past = deque([(time.monotonic(), 0)])

    def line(self) -> str:
        read = counted(self.folder, "documents")
        if self.by_rows:
            line = f"files opened {read:,} of {self.inputs:,}, rows read {counted(self.folder, 'rows'):,}"
        else:
            found = counted(self.folder, "pairs")
            line = f"documents read {read:,} of {self.inputs:,}, pairs found {found:,}"
        models = read_progress(self.folder)
        if models == Progress():
            return line
        answers = f"models: {models.answers + models.from_ledger:,} answers"
        if models.from_ledger:
            answers += f" ({models.from_ledger:,} from the ledger)"
        return f"{line}; {answers}, {models.in_flight:,} in flight, {self._rate(models.tokens):,.0f} tokens/s"

    def _rate(self, tokens: int) -> float:
        """Returns the tokens a second since a few seconds ago."""
        now = time.monotonic()
        while len(self.past) > 1 and self.past[1][0] <= now - _SECONDS_OF_A_RATE:
            self.past.popleft()
        self.past.append((now, tokens))
        then, before = self.past[0]
        return (tokens - before) / max(now - then, 1e-3)


def _live(screen: Screen, inputs: int, by_rows: bool, done: threading.Event) -> None:
    from rich.console import Console
    from rich.status import Status

    console, state = Console(file=screen.err), _State(screen.folder, inputs, by_rows)
    with Status(state.line(), console=console) as status:
        while not done.wait(0.2):
            status.update(state.line())
    screen.err.write(state.line() + "\n")
    screen.err.flush()


def _lines(screen: Screen, inputs: int, by_rows: bool, done: threading.Event) -> None:
    said, state = "", _State(screen.folder, inputs, by_rows)
    while True:
        over = done.wait(_SECONDS_BETWEEN_LINES)
        line = state.line()
        if line != said:
            print(f"{time.strftime('%H:%M:%S')} {line}", file=screen.err, flush=True)
            said = line
        if over:
            return


def funnel_table(screen: Screen, funnel: Sequence[dict[str, Any]]) -> None:
    """Prints the stages of a run: in, kept, rejected, and the most frequent reasons."""
    cells = [
        (s["stage"], s["unit"], f"{s['in']:,}", f"{s['kept']:,}", f"{s['rejected']:,}", _top(s["reasons"]))
        for s in funnel
    ]
    heads = ("stage", "unit", "in", "kept", "rejected", "reasons")
    if not screen.out.isatty():
        widths = [max(len(row[i]) for row in [heads, *cells]) for i in range(5)]
        for row in (heads, *cells):
            left = [row[i].ljust(widths[i]) for i in (0, 1)]
            right = [row[i].rjust(widths[i]) for i in (2, 3, 4)]
            screen.say("  ".join([*left, *right, row[5]]).rstrip())
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for i, head in enumerate(heads):
        table.add_column(head, justify="right" if i in (2, 3, 4) else "left", style="dim" if i == 1 else None)
    for row in cells:
        table.add_row(*row)
    Console(file=screen.out).print(table)


def _top(reasons: dict[str, int], n: int = 3) -> str:
    shown = [f"{reason} {count:,}" for reason, count in list(reasons.items())[:n]]
    return ", ".join(shown + ["..."] * (len(reasons) > n))
