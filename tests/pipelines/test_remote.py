"""Paths of a store that isn't this machine's disk, with a store in memory that behaves like gs://.

It knows no folders, a name exists only if it is an object, and only what Beam's interface has.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq
import pytest
from apache_beam.io.filesystem import BeamIOError, FileMetadata, FileSystem

from pipelines import output
from pipelines.cli import main
from pipelines.errors import UsageError
from pipelines.inputs import list_inputs

OBJECTS: dict[str, bytes] = {}


class _Upload(io.BytesIO):
    """An object that appears when it is closed, whole."""

    def __init__(self, path: str):
        super().__init__()
        self.path = path

    def close(self) -> None:
        if not self.closed:
            OBJECTS[self.path] = self.getvalue()
        super().close()


class MemoryFileSystem(FileSystem):
    @classmethod
    def scheme(cls) -> str:
        return "mem"

    def join(self, basepath: str, *paths: str) -> str:
        return "/".join([basepath.rstrip("/"), *paths])

    def split(self, path: str) -> tuple[str, str]:
        head, _, tail = path.rpartition("/")
        return head, tail

    def mkdirs(self, path: str) -> None:
        pass

    def has_dirs(self) -> bool:
        return False

    def _list(self, dir_or_prefix: str) -> Iterator[FileMetadata]:
        for path, data in sorted(OBJECTS.items()):
            if path.startswith(dir_or_prefix):
                yield FileMetadata(path, len(data))

    def create(self, path: str, mime_type: str = "", compression_type: str = "") -> Any:
        return _Upload(path)

    def open(self, path: str, mime_type: str = "", compression_type: str = "") -> Any:
        if path not in OBJECTS:
            raise FileNotFoundError(path)
        return io.BytesIO(OBJECTS[path])

    def copy(self, source_file_names: list[str], destination_file_names: list[str]) -> None:
        for source, destination in zip(source_file_names, destination_file_names, strict=True):
            OBJECTS[destination] = OBJECTS[source]

    def rename(self, source_file_names: list[str], destination_file_names: list[str]) -> None:
        self.copy(source_file_names, destination_file_names)
        self.delete(source_file_names)

    def exists(self, path: str) -> bool:
        return path in OBJECTS

    def size(self, path: str) -> int:
        return len(OBJECTS[path])

    def last_updated(self, path: str) -> float:
        return 0.0

    def checksum(self, path: str) -> str:
        return str(hash(OBJECTS[path]))

    def metadata(self, path: str) -> FileMetadata:
        return FileMetadata(path, len(OBJECTS[path]))

    def delete(self, paths: list[str]) -> None:
        for path in paths:
            found = [name for name in OBJECTS if name == path or name.startswith(path.rstrip("/") + "/")]
            if not found:
                raise BeamIOError("nothing to delete", {path: KeyError(path)})
            for name in found:
                del OBJECTS[name]


PAIR = b"**Exercise 1.** What is 1 + 1?\n\n**Solution.** It is 2.\n"


@pytest.fixture(autouse=True)
def store() -> Iterator[None]:
    OBJECTS.clear()
    OBJECTS["mem://bucket/docs/a.md"] = PAIR
    OBJECTS["mem://bucket/docs/deep/b.md"] = PAIR.replace(b"1 + 1", b"1 + 2")
    OBJECTS["mem://bucket/docs/.hidden/c.md"] = PAIR
    OBJECTS["mem://bucket/docs-too/d.md"] = PAIR
    yield
    OBJECTS.clear()


@pytest.mark.parametrize("path", ["mem://bucket/docs", "mem://bucket/docs/", "mem://bucket/docs/**"])
def test_what_lies_below_a_prefix_is_listed(path: str) -> None:
    assert list_inputs([path], "mem://bucket/out") == [
        "mem://bucket/docs/a.md",
        "mem://bucket/docs/deep/b.md",
    ]


def test_objects_and_globs(store: None) -> None:
    assert list_inputs(["mem://bucket/docs/a.md"], "out") == ["mem://bucket/docs/a.md"]
    assert list_inputs(["mem://bucket/docs/*.md"], "out") == ["mem://bucket/docs/a.md"]
    with pytest.raises(UsageError, match="--input mem://bucket/none: no file in this folder"):
        list_inputs(["mem://bucket/none"], "out")


def test_a_whole_run_from_a_store_to_a_store(capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["run", "scp116k", "--input", "mem://bucket/docs", "--output", "mem://bucket/docs/out"]
    assert main(arguments) == 0, capfd.readouterr().err
    names = {name.removeprefix("mem://bucket/docs/out/") for name in OBJECTS if "/out/" in name}
    assert names == {
        "data/part-00000-of-00001.parquet",
        "rejected/part-00000-of-00001.parquet",
        "README.md",
        "report.html",
        "run.json",
    }
    run = json.loads(OBJECTS["mem://bucket/docs/out/run.json"])
    assert run["complete"] is True
    table = pq.read_table(io.BytesIO(OBJECTS["mem://bucket/docs/out/data/part-00000-of-00001.parquet"]))
    assert sorted(table["problem"].to_pylist()) == ["What is 1 + 1?", "What is 1 + 2?"]
    before = {name: data for name, data in OBJECTS.items() if not name.endswith("run.json")}

    assert main(arguments) == 2
    assert "holds the output of a run" in capfd.readouterr().err
    OBJECTS["mem://bucket/docs/out/mine.txt"] = b"mine"
    assert main([*arguments, "--overwrite"]) == 0, capfd.readouterr().err
    assert OBJECTS.pop("mem://bucket/docs/out/mine.txt") == b"mine"
    assert {name: data for name, data in OBJECTS.items() if not name.endswith("run.json")} == {
        **before,
        "mem://bucket/docs/out/README.md": OBJECTS["mem://bucket/docs/out/README.md"],
        "mem://bucket/docs/out/report.html": OBJECTS["mem://bucket/docs/out/report.html"],
    }


def test_a_prefix_of_someone_else_is_never_touched() -> None:
    OBJECTS["mem://bucket/mine/data/train.parquet"] = b"mine"
    with pytest.raises(UsageError, match="holds data that no run wrote"):
        output.claim("mem://bucket/mine", overwrite=True)
    assert OBJECTS["mem://bucket/mine/data/train.parquet"] == b"mine"
