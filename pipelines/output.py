"""The folder that a run writes: taking it over, and files that appear whole or not at all.

A run writes into a folder of its own in there, `partial`, and what an earlier run left stays as it is
until everything is ready. Then the old files go and the new ones are renamed into their places.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from pipelines import __version__
from pipelines.errors import UsageError

# Written first and removed last: a folder that has it, and no run.json, holds an interrupted run.
MARKER = "run.json.partial"
_PARTIAL = ".run-partial"  # hidden: whoever walks the folder doesn't take it for the dataset
_FOLDERS = ("data", "rejected", "exports")
RUN_NAMES = (*_FOLDERS, "ledger", "README.md", "report.html", "run.json", MARKER, _PARTIAL)
_WILD = frozenset("*?[]")
_PART = re.compile(r"part-\d{5,}-of-\d{5,}\.parquet")


def claim(output: str, *, resume: bool = False, overwrite: bool = False) -> None:
    """Makes a folder ready for a run and marks it as taken.

    What an earlier run finished stays until `finish`; here only what it did not finish is removed
    and, unless it is to be resumed, its ledger.

    Raises:
      UsageError: the folder holds another run's output and neither flag is given, or holds files of
        someone else under the names or in the folders that a run writes, or can't be written.
    """
    if _WILD & set(output):
        raise UsageError(f"--output {output}: the name of the folder can't hold any of * ? [ ]")
    try:
        present = [name for name in RUN_NAMES if _exists(join(output, name))]
        if present:
            finished = is_ours(join(output, "run.json"))
            if not finished and not is_ours(join(output, MARKER)):
                raise UsageError(
                    f"--output {output}: holds {', '.join(present)} that no run wrote; choose another"
                )
            if not resume and not overwrite:
                kind = "a run" if finished else "an interrupted run"
                choices = "pass --overwrite or --resume, or choose another"
                raise UsageError(f"--output {output}: holds the output of {kind}; {choices}")
            if foreign := _foreign(output):
                raise UsageError(
                    f"--output {output}: holds {', '.join(foreign[:5])} that no run wrote; move them away"
                )
        _make(output)
        write(join(output, MARKER), json.dumps({"assay": __version__}) + "\n")
        _remove_folder(partial(output))
        if not resume:
            _remove_folder(join(output, "ledger"))
        _make(partial(output))
    except (OSError, ValueError) as error:
        raise UsageError(f"--output {output}: {_reason(error)}") from None


@contextmanager
def held(output: str) -> Iterator[None]:
    """Keeps other runs of this machine out of a local folder, in which each would undo the other's work.

    Raises:
      UsageError: another run holds it.
    """
    with ExitStack() as held:
        if "://" not in output and not _WILD & set(output):
            with suppress(OSError):  # of a folder that can't be made, which `claim` tells, or locked
                os.makedirs(output, exist_ok=True)
                folder = os.open(output, os.O_RDONLY)
                held.callback(os.close, folder)
                if not _locked(folder):
                    raise UsageError(f"--output {output}: another run is writing there; choose another")
        yield


def _locked(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def finish(output: str, run: dict[str, Any]) -> None:
    """Puts the files of a run in the places of those of an earlier one, run.json last.

    Between the first and the last of them the folder has no run.json but the marker, as that of an
    interrupted run. No file system can exchange several files at once.
    """
    from apache_beam.io.filesystems import FileSystems

    made = partial(output)
    write(join(made, "run.json"), json.dumps(run, indent=1, ensure_ascii=False) + "\n")
    texts = ["README.md", "report.html", "run.json"]
    parts = _parts(made)
    names = [*parts, *(name for name in texts if FileSystems.exists(join(made, name)))]
    for group in (["run.json"], [*_parts(output), "README.md", "report.html"]):
        if files := [join(output, name) for name in group if FileSystems.exists(join(output, name))]:
            FileSystems.delete(files)
    for folder in sorted({name.rpartition("/")[0] for name in parts}):
        _make(join(output, folder))
    for name in names:
        FileSystems.rename([join(made, name)], [join(output, name)])
    _remove_folder(made)
    FileSystems.delete([join(output, MARKER)])


def partial(output: str) -> str:
    """Returns the folder where a run writes until it is finished."""
    return join(output, _PARTIAL)


def write(path: str, text: str) -> None:
    """Writes a file so that it appears whole or not at all."""
    from apache_beam.io.filesystem import CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    data, temporary = text.encode("utf-8"), path + ".tmp"
    with FileSystems.create(temporary, compression_type=CompressionTypes.UNCOMPRESSED) as file:
        file.write(data)
    if "://" in path and FileSystems.exists(path):
        FileSystems.delete([path])  # remote stores refuse to rename onto a file; local ones replace it
    FileSystems.rename([temporary], [path])


def read_run(output: str) -> dict[str, Any]:
    """Returns run.json of a finished run.

    Raises:
      UsageError: the folder holds no finished run.
    """
    run = read_json(join(output, "run.json"))
    if not run or "assay" not in run:
        raise UsageError(f"{output} holds no finished run (no run.json of ours)")
    return run


def join(output: str, *names: str) -> str:
    """Returns a path below `output`, local or remote."""
    return "/".join([output.rstrip("/") or "/", *names])


def _exists(path: str) -> bool:
    from apache_beam.io.filesystems import FileSystems

    if FileSystems.exists(path):
        return True
    return "://" in path and bool(FileSystems.match([path + "/*"], limits=[1])[0].metadata_list)


def read_json(path: str) -> dict[str, Any] | None:
    from apache_beam.io.filesystems import FileSystems

    try:
        with FileSystems.open(path) as file:
            value = json.loads(file.read())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def is_ours(path: str) -> bool:
    """Whether a file is the run.json or the marker of a run."""
    return "assay" in (read_json(path) or {})


def _parts(output: str) -> Sequence[str]:
    """Returns the files in the folders of rows, as paths below `output`."""
    from apache_beam.io.filesystems import FileSystems

    patterns = [join(output, folder, "**") for folder in _FOLDERS]
    found = {metadata.path for match in FileSystems.match(patterns) for metadata in match.metadata_list}
    return sorted(path[len(join(output, "")) :] for path in found)


def _foreign(output: str) -> list[str]:
    """Returns the files among a run's rows that no run has named: readers would take them for rows."""
    return [path for path in _parts(output) if not _PART.fullmatch(path.rpartition("/")[2])]


def _make(folder: str) -> None:
    from apache_beam.io.filesystems import FileSystems

    if not FileSystems.exists(folder):
        FileSystems.mkdirs(folder)


def _remove_folder(folder: str) -> None:
    from apache_beam.io.filesystems import FileSystems

    if FileSystems.exists(folder) and "://" not in folder:
        shutil.rmtree(folder)
    elif files := [metadata.path for metadata in FileSystems.match([folder + "/**"])[0].metadata_list]:
        FileSystems.delete(files)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or " ".join(str(error).split())
