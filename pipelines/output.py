"""The folder that a run writes: taking it over, and files that appear whole or not at all."""

from __future__ import annotations

import glob
import json
import os
from typing import Any

from pipelines import __version__
from pipelines.errors import UsageError

# Written first and removed last: a folder that has it, and no run.json, holds an interrupted run.
MARKER = "run.json.partial"
RUN_NAMES = ("data", "rejected", "ledger", "README.md", "report.html", "run.json", MARKER)
_FOLDERS = ("data", "rejected")
_TEMPORARY = "beam-temp-part-*"  # what FileBasedSink names the files that it has not finished


def claim(output: str, *, resume: bool = False, overwrite: bool = False) -> None:
    """Makes a folder ready for a run and marks it as taken.

    Only what a run writes is ever removed, and only from a folder that a run has marked.

    Raises:
      UsageError: the folder holds another run's output and neither flag is given, or holds files of
        someone else under the names that a run writes, or can't be written.
    """
    from apache_beam.io.filesystems import FileSystems

    if set("*?[]") & set(output):
        raise UsageError(f"--output {output}: the name of the folder can't hold any of * ? [ ]")
    try:
        present = [name for name in RUN_NAMES if _exists(join(output, name))]
        if present:
            finished = _is_ours(join(output, "run.json"))
            if not finished and not _is_ours(join(output, MARKER)):
                raise UsageError(
                    f"--output {output}: holds {', '.join(present)} that no run wrote; choose another"
                )
            if not resume and not overwrite:
                kind = "a run" if finished else "an interrupted run"
                choices = "pass --overwrite or --resume, or choose another"
                raise UsageError(f"--output {output}: holds the output of {kind}; {choices}")
            _remove(output, keep_ledger=resume)
        if not FileSystems.exists(output):
            FileSystems.mkdirs(output)
        write(join(output, MARKER), json.dumps({"assay": __version__}) + "\n")
    except (OSError, ValueError) as error:
        raise UsageError(f"--output {output}: {_reason(error)}") from None


def finish(output: str, run: dict[str, Any]) -> None:
    """Writes run.json, the last file of a run, and takes the marker away."""
    from apache_beam.io.filesystems import FileSystems

    write(join(output, "run.json"), json.dumps(run, indent=1, ensure_ascii=False) + "\n")
    FileSystems.delete([join(output, MARKER)])


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
    run = _json(join(output, "run.json"))
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


def _json(path: str) -> dict[str, Any] | None:
    from apache_beam.io.filesystems import FileSystems

    try:
        with FileSystems.open(path) as file:
            value = json.loads(file.read())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _is_ours(path: str) -> bool:
    return "assay" in (_json(path) or {})


def _remove(output: str, keep_ledger: bool) -> None:
    """Removes what a run writes, the sign that it is finished first."""
    from apache_beam.io.filesystems import FileSystems

    # The marker stays: if this is interrupted, the folder is still known to be a run's.
    write(join(output, MARKER), json.dumps({"assay": __version__}) + "\n")
    names = ["run.json", "README.md", "report.html"]
    shards = [join(output, folder, "part-*.parquet") for folder in _FOLDERS]
    temporary = [join(output, folder, _TEMPORARY) for folder in _FOLDERS]
    ledger = [] if keep_ledger else [join(output, "ledger", "**")]
    unfinished = [f"{folder}/*" for folder in temporary]
    for pattern in [*(join(output, name) for name in names), *shards, *unfinished, *ledger]:
        files = [metadata.path for metadata in FileSystems.match([pattern])[0].metadata_list]
        if files:
            FileSystems.delete(files)
    if "://" not in output:  # only local files leave an empty folder behind
        for pattern in temporary:
            for folder in glob.glob(pattern):
                os.rmdir(folder)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or " ".join(str(error).split())
