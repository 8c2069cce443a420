"""Reading documents in a process of their own.

A document can crash or hang the C libraries that read it, and then no `except` helps. Here that
costs the document and nothing else: the process is ended and the next document gets a new one.
What goes through the pipe is pickled, but both ends are ours and no document is ever unpickled.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from extractors.documents.limits import Limits, UnreadableDocument
from schemas.document import Document


class BrokenInstallation(ImportError):
    """A library or a file of ours is missing, whatever the document: the run can't go on."""


class ReaderError(Exception):
    """What the reader raised in its process, as "TypeName: message"."""


class Reader:
    """Reads documents one after the other in a process that is started when first needed.

    Args:
      limits: beyond which a document is refused.
      seconds: after which a document is given up.
    """

    def __init__(self, limits: Limits, seconds: int):
        self.limits, self.seconds = limits, seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def read(self, data: bytes, uri: str) -> Document:
        """Returns the document.

        Raises:
          UnreadableDocument: it can't be read; `crashed` and `timeout` say that its process ended.
          BrokenInstallation: what reads documents isn't all there.
          ReaderError: the reader raised something else.
        """
        pipe = self._pipe or self._start()
        try:
            pipe.send((data, uri))
            answer = pipe.recv()
        except (EOFError, OSError):
            raise self._ended() from None
        if isinstance(answer, Document):
            return answer
        raise answer

    def close(self) -> None:
        """Ends the process, with whatever it has started."""
        if self._process and self._pipe:
            self._pipe.close()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate()
        self._process = self._pipe = None

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        arguments = (theirs.fileno(), self.seconds, self.limits.max_megabytes, self.limits.max_pages)
        self._process = subprocess.Popen(
            # -P: a module that lies in the current directory, beside documents, is none of ours.
            [sys.executable, "-P", "-m", "pipelines.reader", *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_path())},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.PIPE,  # whose end tells it that we are gone
            start_new_session=True,  # it ends with its pipe, not by the Ctrl-C of a terminal
        )
        theirs.close()
        self._pipe = ours
        return ours

    def _ended(self) -> UnreadableDocument:
        assert self._process
        try:
            status = self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            status = 0
        self.close()
        if status == -signal.SIGALRM:
            return UnreadableDocument("timeout", f"not read within {self.seconds} s")
        cause = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        return UnreadableDocument("crashed", f"reading it ended the reader's process: {cause}")


def _path() -> list[str]:
    """Returns where modules are looked for, but the current directory unless it is our checkout."""
    checkout = str(Path(__file__).resolve().parent.parent)
    here = os.path.realpath(os.curdir)
    return [p for p in sys.path if p and (os.path.realpath(p) != here or here == checkout)]


def _end_with_parent() -> None:
    sys.stdin.buffer.read(1)
    os._exit(0)


def serve(pipe: Connection, limits: Limits, seconds: int) -> None:
    """Reads every document that comes through a pipe until its other end is closed."""
    from extractors.documents import read_document

    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            data, uri = pipe.recv()
        except EOFError:
            return
        answer: Document | Exception
        # The kernel ends this process then, even where C code would never look at a flag.
        signal.alarm(seconds)
        try:
            answer = read_document(data, uri, limits)
        except UnreadableDocument as error:
            answer = error
        except ImportError as error:
            answer = BrokenInstallation(f"{type(error).__name__}: {error}")
        except Exception as error:
            answer = ReaderError(f"{type(error).__name__}: {error}")
        signal.alarm(0)
        pipe.send(answer)


if __name__ == "__main__":
    descriptor, seconds, megabytes, pages = map(int, sys.argv[1:])
    # By its real name, so that the other end knows the classes of what is sent.
    from pipelines.reader import serve as serve_pipe

    serve_pipe(Connection(descriptor), Limits(megabytes, pages), seconds)
