"""Which files a run reads: paths, folders and globs, local or remote, listed once before any work."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterator, Sequence

from pipelines.errors import UsageError
from pipelines.output import MARKER, RUN_NAMES, is_ours

_GLOB = frozenset("*?[")


def list_inputs(
    paths: Sequence[str], output: str, say: Callable[[str], None] = lambda line: None
) -> list[str]:
    """Returns the files that `paths` name, sorted, each once.

    Folders count with everything below them. What lies below `output` is left out, and so are
    hidden files and folders, unless they are named themselves. Where a run has written into a folder
    among the inputs, its files are left out, and `say` is told so in one line.

    Raises:
      UsageError: one of the paths does not exist, matches no file, or is the output.
    """
    found: set[str] = set()
    for path in paths:
        if _absolute(path) == _absolute(output):
            raise UsageError(f"--input {path}: is the output too; choose another --output")
        listed = list(_remote(path) if "://" in path else _local(path))
        files = _without_runs(listed)
        if len(files) < len(listed):
            say(f"--input {path}: {len(listed) - len(files):,} files of earlier runs are left out")
        kept = [file for file in files if not _written_by_run(file, path, output)]
        if not kept:
            raise UsageError(f"--input {path}: {_nothing(path)}")
        found.update(kept)
    return sorted(found)


def largest_first(uris: Sequence[str]) -> list[str]:
    """Returns the files in the order in which several readers are done soonest; remote ones come last."""

    def size(uri: str) -> int:
        try:
            return os.path.getsize(uri)
        except OSError:
            return 0

    return sorted(uris, key=lambda uri: (-size(uri), uri))


def _without_runs(files: list[str]) -> list[str]:
    """Returns the files but those that a run wrote, which the run.json beside them tells."""
    signs = (file.rpartition("/") for file in files)
    runs = {base + slash for base, slash, name in signs if name in ("run.json", MARKER)}
    written = tuple(base + name for base in runs if _is_run(base) for name in RUN_NAMES)
    return [f for f in files if not any(f == name or f.startswith(name + "/") for name in written)]


def _is_run(base: str) -> bool:
    return any(is_ours(base + name) for name in ("run.json", MARKER))


def _nothing(path: str) -> str:
    if _GLOB & set(path):
        return "matches no file"
    return "no file in this folder" if "://" in path or os.path.isdir(path) else "no such file or folder"


def _local(path: str) -> Iterator[str]:
    path = os.path.expanduser(path)
    if os.path.isfile(path):
        yield os.path.normpath(path)
    elif os.path.isdir(path):
        yield from _walk(path)
    elif _GLOB & set(path):
        for match in glob.iglob(path, recursive=True):  # leaves hidden files out, like a shell
            if os.path.isfile(match):
                yield os.path.normpath(match)
            elif not path.endswith("**"):
                yield from _walk(match)


def _walk(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            file = os.path.join(parent, name)
            if not name.startswith(".") and (os.path.isfile(file) or os.path.islink(file)):
                yield os.path.normpath(file)


def _remote(path: str) -> Iterator[str]:
    from apache_beam.io.filesystems import FileSystems

    def match(pattern: str) -> list[str]:
        try:
            return [metadata.path for metadata in FileSystems.match([pattern])[0].metadata_list]
        except Exception as error:  # a scheme without its library, no credentials, no such bucket...
            raise UsageError(f"--input {path}: {' '.join(str(error).split())[:300]}") from None

    is_glob = bool(_GLOB & set(path))
    base = re.split(r"[*?\[]", path)[0].rpartition("/")[0] if is_glob else path.rstrip("/")
    files = match(path) if is_glob or not path.endswith("/") else []
    if not files and not is_glob:
        files = match(f"{base}/**")
    for file in files:
        below = file[len(base) :].split("/")
        if not file.endswith("/") and not any(part.startswith(".") for part in below):
            yield file


def _written_by_run(file: str, path: str, output: str) -> bool:
    """Whether a file found by `path` lies in the output folder.

    Where the input itself lies in the output folder (`--input out/docs --output out`), only what a
    run writes there counts.
    """
    base, file, start = _absolute(output), _absolute(file), _absolute(path)
    if not _below(file, base):
        return False
    if not _below(start, base):
        return True
    return file[len(base) :].lstrip("/").split("/")[0] in RUN_NAMES


def _absolute(path: str) -> str:
    return path.rstrip("/") if "://" in path else os.path.abspath(os.path.expanduser(path))


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
