"""Files of rows: Parquet, JSON lines, JSON arrays and Arrow streams, in parts that workers share.

A part is a row group of a Parquet file or a stretch of whole lines, so that a file is read by several
workers and a row's number in its file is known to each.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipelines.errors import UsageError
from pipelines.inputs import list_inputs
from pipelines.output import MARKER, is_ours, join

ENDINGS = (".parquet", ".jsonl", ".jsonl.gz", ".json", ".arrow")
ARROW_ENDINGS = (".parquet", ".arrow")
"""Of files that tell the types of their columns."""
_ABOUT = {"dataset_info.json", "dataset_dict.json", "dataset_infos.json", "state.json"}
"""Files that the library `datasets` writes beside the rows."""

PART_BYTES = 16 << 20
MAX_LINE_BYTES = 64 << 20
MAX_ARRAY_BYTES = 1 << 30
_BLOCK = 1 << 20


class BadTable(Exception):
    """A file can't be read as rows, or not to its end."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """What stands in a file where a row should.

    Attributes:
      reason: in snake_case: not_json, not_an_object, too_large.
      detail: what is wrong, for a person.
      values: what was read, if anything was.
    """

    reason: str
    detail: str
    values: Mapping[str, Any] | None = None


Numbered = tuple[int, dict[str, Any] | BadRow]
"""A row with its number in the file, from 0."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file.

    Attributes:
      uri, sha256: of the file.
      start, end: row groups of a Parquet file, or bytes of lines; (0, 0) for the whole file.
      first: the number of its first row (Parquet) or line, from 0.
    """

    uri: str
    sha256: str
    start: int = 0
    end: int = 0
    first: int = 0


def list_tables(
    paths: Sequence[str], output: str, say: Callable[[str], None] = lambda line: None, option: str = "input"
) -> list[str]:
    """Returns the files of rows that `paths` name, sorted, each once.

    A folder counts with everything below it; of one that holds a run of ours, the dataset (`data/`).
    Files in folders that hold no rows by their names are left out.

    Args:
      paths: files, folders and globs, local or remote.
      output: the folder of the run; what lies in it is left out.
      say: is told in a line what was left out.
      option: whose paths these are, for messages.

    Raises:
      UsageError: a path names no file of rows.
    """
    found: set[str] = set()
    for path in paths:
        base = path.rstrip("/") or path
        run = any(is_ours(join(base, name)) for name in ("run.json", MARKER))
        try:
            files = list_inputs([join(base, "data") if run else path], output, say)
        except UsageError as error:
            raise UsageError(str(error).replace("--input", f"--{option}", 1)) from None
        rows = [file for file in files if file.endswith(ENDINGS) and file.rpartition("/")[2] not in _ABOUT]
        if not rows:
            raise UsageError(f"--{option} {path}: no file with {', '.join(ENDINGS)}")
        found.update(rows)
    return sorted(found)


def parts_of(uri: str) -> list[Part]:
    """Returns the parts of a file, in order; it is read once for its hash.

    Raises:
      BadTable: it can't be read.
    """
    with _readable(uri), _open(uri) as file:
        if uri.endswith(".parquet"):
            return _row_groups(uri, file)
        if uri.endswith((".arrow", ".gz")) or _is_array(uri, file):
            return [Part(uri, _sha256(file))]
        return _stretches(uri, file)


def rows_of(part: Part, columns: Sequence[str] | None = None) -> Iterator[Numbered]:
    """Yields the rows of a part with their numbers in the file.

    Args:
      part: as `parts_of` gives it.
      columns: which to read of a Parquet file, all if None; ones that it lacks are left out.

    Raises:
      BadTable: the file can't be read to the part's end; what came before was yielded.
    """
    with _readable(part.uri), _open(part.uri) as file:
        if part.uri.endswith(".parquet"):
            yield from enumerate(_pylists(_parquet(file, part, columns)), start=part.first)
        elif part.uri.endswith(".arrow"):
            yield from enumerate(_pylists(_arrow(file)))
        elif part.uri.endswith(".gz"):
            yield from _lines(gzip.GzipFile(fileobj=file), 0, None)
        elif part.end:
            file.seek(part.start)
            yield from _lines(file, part.first, part.end - part.start)
        else:
            yield from enumerate(_array(file))


def batches_of(part: Part) -> Iterator[tuple[int, Any]]:
    """Yields the record batches of a part of a Parquet or Arrow file, each with the number of its first row.

    Raises:
      BadTable: the file can't be read to the part's end; what came before was yielded.
    """
    with _readable(part.uri), _open(part.uri) as file:
        is_parquet = part.uri.endswith(".parquet")
        number = part.first
        for batch in _parquet(file, part, None) if is_parquet else _arrow(file):
            yield number, batch
            number += batch.num_rows


def arrow_schema_of(uri: str) -> Any:
    """Returns the schema of a Parquet or Arrow file; None for other files.

    Raises:
      BadTable: it can't be read.
    """
    if not uri.endswith(ARROW_ENDINGS):
        return None
    with _readable(uri), _open(uri) as file:
        if uri.endswith(".parquet"):
            import pyarrow.parquet as pq

            return pq.ParquetFile(file).schema_arrow
        return _arrow_reader(file)[0]


def all_rows(uri: str, columns: Sequence[str] | None = None) -> Iterator[Numbered]:
    """Yields every row of a file with its number.

    Raises:
      BadTable: see `rows_of`.
    """
    for part in parts_of(uri):
        yield from rows_of(part, columns)


def rows_from_start(uri: str) -> Iterator[Numbered]:
    """Yields the rows of a file of JSON, for a look at the first ones: unlike `all_rows` it reads no more.

    Raises:
      BadTable: see `rows_of`.
    """
    with _readable(uri), _open(uri) as file:
        whole = uri.endswith(".gz") or _is_array(uri, file)
    yield from rows_of(Part(uri, "", 0, 0 if whole else sys.maxsize))


class _readable:
    """Turns what libraries raise on a file that can't be read into `BadTable`."""

    def __init__(self, uri: str):
        self.uri = uri

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: Any, error: BaseException | None, __: Any) -> None:
        import pyarrow as pa

        if isinstance(error, (pa.ArrowException, OSError, EOFError, zlib.error)):
            what = getattr(error, "strerror", None) or " ".join(str(error).split())[:200]
            raise BadTable(what or type(error).__name__) from None


def _open(uri: str) -> Any:
    from apache_beam.io.filesystem import CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    return FileSystems.open(uri, compression_type=CompressionTypes.UNCOMPRESSED)


def _sha256(file: Any) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _row_groups(uri: str, file: Any) -> list[Part]:
    import pyarrow.parquet as pq

    sha256 = _sha256(file)
    file.seek(0)
    metadata = pq.ParquetFile(file).metadata
    parts, first = [], 0
    for group in range(metadata.num_row_groups):
        parts.append(Part(uri, sha256, group, group + 1, first))
        first += metadata.row_group(group).num_rows
    return parts


def _stretches(uri: str, file: Any) -> list[Part]:
    """Returns stretches of whole lines of about `PART_BYTES`."""
    file.seek(0)
    digest = hashlib.sha256()
    cuts = [(0, 0)]  # (byte, line)
    read = lines = 0
    while block := file.read(_BLOCK):
        digest.update(block)
        last = block.rfind(b"\n") + 1
        lines += block.count(b"\n")
        if last and read + last - cuts[-1][0] >= PART_BYTES:
            cuts.append((read + last, lines))
        read += len(block)
    if read > cuts[-1][0]:
        cuts.append((read, lines))
    return [Part(uri, digest.hexdigest(), start, end, line) for (start, line), (end, _) in pairwise(cuts)]


def _is_array(uri: str, file: Any) -> bool:
    """Whether a .json file holds one array; many hold JSON lines."""
    if not uri.endswith(".json"):
        return False
    file.seek(0)
    return file.read(_BLOCK).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["


def _pylists(batches: Iterator[Any]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        yield from batch.to_pylist()


def _parquet(file: Any, part: Part, columns: Sequence[str] | None) -> Iterator[Any]:
    import pyarrow.parquet as pq

    parquet = pq.ParquetFile(file)
    names = parquet.schema_arrow.names
    chosen = None if columns is None else [name for name in names if name in set(columns)]
    groups = list(range(part.start, part.end))
    yield from parquet.iter_batches(batch_size=1000, row_groups=groups, columns=chosen)


def _arrow(file: Any) -> Iterator[Any]:
    yield from _arrow_reader(file)[1]


def _arrow_reader(file: Any) -> tuple[Any, Iterator[Any]]:
    """Returns the schema and the record batches of an Arrow file or stream."""
    import pyarrow as pa

    magic = file.read(6)
    file.seek(0)
    if magic == b"ARROW1":
        reader = pa.ipc.open_file(file)
        return reader.schema, (reader.get_batch(n) for n in range(reader.num_record_batches))
    stream = pa.ipc.open_stream(file)  # as datasets' save_to_disk writes it
    return stream.schema, iter(stream)


def _array(file: Any) -> Iterator[dict[str, Any] | BadRow]:
    data = file.read(MAX_ARRAY_BYTES + 1)
    if len(data) > MAX_ARRAY_BYTES:
        raise BadTable(f"a JSON array of more than {MAX_ARRAY_BYTES >> 20} MB; make it JSON lines")
    try:
        values = json.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise BadTable(f"no JSON: {' '.join(str(error).split())[:200]}") from None
    for value in values:
        yield value if isinstance(value, dict) else BadRow("not_an_object", _shown(value))


def _lines(file: io.BufferedIOBase | Any, first: int, size: int | None) -> Iterator[Numbered]:
    number, read = first, 0
    while size is None or read < size:
        line = file.readline(MAX_LINE_BYTES)
        if not line:
            return
        read += len(line)
        if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            while len(rest := file.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                read += len(rest)
            read += len(rest)
            yield number, BadRow("too_large", f"line {number + 1} has more than {MAX_LINE_BYTES >> 20} MB")
        elif line.strip():
            yield number, _object(line.removeprefix(b"\xef\xbb\xbf"), number)
        number += 1


def _object(line: bytes, number: int) -> dict[str, Any] | BadRow:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        shown = line[:200].decode("utf-8", "replace")
        return BadRow("not_json", f"line {number + 1}: {shown}")
    if isinstance(value, Mapping):
        return value  # type: ignore[return-value]
    return BadRow("not_an_object", f"line {number + 1}: {_shown(value)}")


def _shown(value: Any) -> str:
    return f"{type(value).__name__} {str(value)[:200]}"
