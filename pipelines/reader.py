"""Documents are read, searched and drawn in a process of their own.

A document can crash, hang or bloat the C libraries that read it, and then no `except` helps. Here
that costs the document and nothing else: the process is ended and the next document gets a new one.
What goes through the pipe is pickled, but both ends are ours and no document is ever unpickled.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from extractors.documents.limits import Limits, UnreadableDocument
from schemas.document import Document
from schemas.problems import Found, Matching

_SECONDS_BETWEEN_LOOKS = 0.1
_LOOKS_AT_CHILDREN = 5  # every fifth: finding them takes a look at every process of the machine
_OPTIONS = {"timeout": "--document_timeout_s", "out_of_memory": "--document_memory_mb"}
"""What can be raised for documents that are refused for a reason."""
_WORN_OUT = 0.5
"""Share of its memory with which a process is kept; beyond it, the next document gets a new one."""


class BrokenInstallation(ImportError):
    """A library or a file of ours is missing, whatever the document: the run can't go on."""


class ReaderError(Exception):
    """What was raised in the reader's process, as "TypeName: message"."""


class Reader:
    """Does one task after the other in a process that is started when first needed.

    Every task raises:
      UnreadableDocument: the document can't be read. Of its process say `crashed` that it ended,
        `timeout` and `out_of_memory` that it reached a limit.
      BrokenInstallation: what reads documents isn't all there.
      ReaderError: something else was raised.

    Args:
      limits: on one task.
    """

    def __init__(self, limits: Limits):
        self.limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._temporary = ""

    def read(self, data: bytes, uri: str) -> Document:
        """Returns the document that `data` holds: see `extractors.documents.read_document`."""
        return self._do("read", uri, data=data)

    def find(self, document: Document) -> Found:
        """Returns its problems and solutions: see `extractors.problems.find_items`."""
        return self._do("find", document)

    def match(self, documents: Sequence[Found]) -> Matching:
        """Returns what of one folder belongs together: see `extractors.problems.match_items`."""
        return self._do("match", documents)

    def render(self, data: bytes, pages: Sequence[int], dpi: int) -> list[bytes]:
        """Returns pages of a PDF as pictures: see `extractors.documents.pdf_render.render_pages`."""
        return self._do("render", pages, dpi, data=data)

    def close(self) -> None:
        """Ends the process, with whatever it has started, and removes its temporary files."""
        if self._process and self._pipe:
            self._pipe.close()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate()
            shutil.rmtree(self._temporary, ignore_errors=True)
        self._process = self._pipe = None

    def _do(self, task: str, *arguments: Any, data: bytes = b"") -> Any:
        used = self._process is not None
        try:
            return self._try(task, arguments, data)
        except UnreadableDocument as error:
            if not used or error.reason not in ("crashed", "out_of_memory"):
                raise _naming_option(error) from None
        self.close()  # what came before may have left it broken or bloated, which is no fault of this one
        try:
            return self._try(task, arguments, data)
        except UnreadableDocument as error:
            raise _naming_option(error) from None

    def _try(self, task: str, arguments: tuple[Any, ...], data: bytes) -> Any:
        pipe = self._pipe or self._start()
        try:
            pipe.send((task, arguments))
            pipe.send_bytes(data)
            looks = itertools.count(1)
            while not pipe.poll(_SECONDS_BETWEEN_LOOKS):
                if (
                    self._megabytes(children=next(looks) % _LOOKS_AT_CHILDREN == 0)
                    > self.limits.memory_megabytes
                ):
                    self.close()
                    detail = f"needs more than {self.limits.memory_megabytes} MB"
                    raise UnreadableDocument("out_of_memory", detail)
            answer = pipe.recv()
        except (EOFError, OSError):
            raise self._ended() from None
        if self._megabytes() > _WORN_OUT * self.limits.memory_megabytes:
            self.close()
        if isinstance(answer, Exception):
            try:
                raise answer
            finally:
                del answer  # this frame and its `data` would live as long as the exception that knows it
        return answer

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        self._temporary = tempfile.mkdtemp(prefix="assay-reader-")
        self._process = subprocess.Popen(
            # -P: a module that lies in the current directory, beside documents, is none of ours.
            [sys.executable, "-P", "-m", "pipelines.reader_process", str(theirs.fileno())],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_path()), "TMPDIR": self._temporary},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.PIPE,  # whose end tells it that we are gone
            start_new_session=True,  # it ends with its pipe, not by the Ctrl-C of a terminal
        )
        theirs.close()
        self._pipe = ours
        with contextlib.suppress(OSError):  # it may have ended already; who asks it will see
            ours.send(self.limits)
        return ours

    def _megabytes(self, children: bool = True) -> float:
        """Returns the memory that the process and those it has started take; 0 once they are gone."""
        import psutil

        assert self._process
        size = 0
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self._process.pid)
            for each in (process, *(process.children(recursive=True) if children else ())):
                size += each.memory_info().rss
        return size / 1_000_000

    def _ended(self) -> UnreadableDocument:
        assert self._process
        try:
            status = self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            status = 0
        self.close()
        if status == -signal.SIGALRM:
            return UnreadableDocument("timeout", f"not done within {self.limits.seconds} s")
        cause = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        return UnreadableDocument("crashed", f"it ended the reader's process: {cause}")


def _naming_option(error: UnreadableDocument) -> UnreadableDocument:
    """Returns a refusal that says which option would have prevented it."""
    option = _OPTIONS.get(error.reason)
    return UnreadableDocument(error.reason, f"{error.detail} ({option})") if option else error


def _path() -> list[str]:
    """Returns where modules are looked for, but the current directory unless it is our checkout."""
    checkout = str(Path(__file__).resolve().parent.parent)
    here = os.path.realpath(os.curdir)
    return [p for p in sys.path if p and (os.path.realpath(p) != here or here == checkout)]
