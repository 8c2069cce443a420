"""The other end of `pipelines.reader`: the process in which documents are read.

It bounds itself where the kernel can: time, memory, and no network where that can be had without
privileges. It ends when its parent does.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

import psutil

from extractors.documents.limits import Limits, UnreadableDocument
from pipelines.reader import BrokenInstallation, ReaderError
from schemas.document import Document
from schemas.problems import Found, Matching

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def _read(limits: Limits, data: bytes, uri: str) -> Document:
    from extractors.documents import read_document

    return read_document(data, uri, limits)


def _find(limits: Limits, data: bytes, document: Document) -> Found:
    from extractors.problems import find_items

    return find_items(document)


def _match(limits: Limits, data: bytes, documents: Sequence[Found]) -> Matching:
    from extractors.problems import match_items

    return match_items(documents)


def _render(limits: Limits, data: bytes, pages: Sequence[int], dpi: int) -> list[bytes]:
    from extractors.documents.pdf_render import render_pages

    return render_pages(data, pages, dpi)


_TASKS: dict[str, Callable[..., Any]] = {"read": _read, "find": _find, "match": _match, "render": _render}


def serve(pipe: Connection) -> None:
    """Does every task that comes through a pipe until its other end is closed."""
    try:
        limits: Limits = pipe.recv()
        _confine(limits)
        while True:
            task, arguments = pipe.recv()
            data = pipe.recv_bytes()
            # The kernel ends this process then, even where C code would never look at a flag.
            signal.alarm(limits.seconds)
            answer = _answer(limits, task, data, arguments)
            signal.alarm(0)
            pipe.send_bytes(answer)
    except EOFError:
        return


def _answer(limits: Limits, task: str, data: bytes, arguments: tuple[Any, ...]) -> bytes:
    """Returns what a task returns or raises, pickled."""
    answer: Any
    try:
        return pickle.dumps(_TASKS[task](limits, data, *arguments), pickle.HIGHEST_PROTOCOL)
    except UnreadableDocument as error:
        answer = error
    except MemoryError:
        answer = _out_of_memory(limits)
    except ImportError as error:
        # A library that finds no memory to load in can't be imported either.
        full = psutil.Process().memory_info().rss > limits.memory_megabytes * 500_000
        answer = _out_of_memory(limits) if full else BrokenInstallation(f"{type(error).__name__}: {error}")
    except Exception as error:
        answer = ReaderError(f"{type(error).__name__}: {error}")
    return pickle.dumps(answer)


def _out_of_memory(limits: Limits) -> UnreadableDocument:
    return UnreadableDocument("out_of_memory", f"needs more than {limits.memory_megabytes} MB")


def _confine(limits: Limits) -> None:
    _end_with_parent()
    _leave_network()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # The parent looks at what this process and its children hold; this stops what is faster than it
        # looks. It leaves a quarter more, lest a library that survives a refused allocation hide it.
        hard = psutil.Process().memory_info().data + limits.memory_megabytes * 1_250_000
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def _end_with_parent() -> None:
    """Has the kernel send SIGIO, which ends a process, to all of this session when standard input closes."""
    fcntl.fcntl(0, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _leave_network() -> None:
    """Moves to an empty network of its own, where the kernel allows that to everyone.

    No reader follows what a document refers to; this makes sure of it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
