from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import tables
from pipelines.errors import UsageError
from pipelines.tables import BadRow, BadTable, all_rows, list_tables, parts_of, rows_of

ROWS = [{"n": n, "text": f"row {n} é\u2028"} for n in range(50)]


def _write(folder: Path, name: str) -> str:
    path = folder / name
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(ROWS), path, row_group_size=7)
    elif name.endswith(".arrow"):
        table = pa.Table.from_pylist(ROWS)
        opened = pa.ipc.new_stream if "stream" in name else pa.ipc.new_file
        with pa.OSFile(str(path), "wb") as file, opened(file, table.schema) as writer:
            writer.write_table(table, max_chunksize=9)
    elif name.endswith(".gz"):
        path.write_bytes(gzip.compress(lines))
    elif name == "array.json":
        path.write_text(json.dumps(ROWS, indent=1))
    else:
        path.write_bytes(b"\xef\xbb\xbf" + lines if "bom" in name else lines)
    return str(path)


FORMS = (
    "a.parquet",
    "a.jsonl",
    "bom.jsonl",
    "a.jsonl.gz",
    "lines.json",
    "array.json",
    "stream.arrow",
    "a.arrow",
)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_rows(name: str, tmp_path: Path) -> None:
    assert list(all_rows(_write(tmp_path, name))) == list(enumerate(ROWS))


@given(size=st.integers(1, 400), blank=st.lists(st.integers(0, 50), max_size=5))
def test_lines_are_numbered_alike_in_parts_of_any_size(
    size: int, blank: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("rows") / "a.jsonl"
    lines = [json.dumps(row) for row in ROWS]
    for place in blank:
        lines.insert(place, "")
    path.write_text("\n".join(lines))  # and none at the end
    expected = [(number, json.loads(line)) for number, line in enumerate(lines) if line]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "PART_BYTES", size)
        patch.setattr(tables, "_BLOCK", 64)
        parts = parts_of(str(path))
        assert [row for part in parts for row in rows_of(part)] == expected
    assert [part.start for part in parts[1:]] == [part.end for part in parts[:-1]]


def test_a_row_group_is_a_part(tmp_path: Path) -> None:
    parts = parts_of(_write(tmp_path, "a.parquet"))
    assert [part.first for part in parts] == list(range(0, 50, 7))
    assert list(rows_of(parts[2], ["n", "none"])) == [(n, {"n": n}) for n in range(14, 21)]


def test_what_is_no_row_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"n": 1}\n{"n": \n[1]\n{"n": 4}')
    assert list(all_rows(str(path))) == [
        (0, {"n": 1}),
        (1, BadRow("not_json", 'line 2: {"n": \n')),
        (2, BadRow("not_an_object", "line 3: list [1]")),
        (3, {"n": 4}),
    ]


def test_a_line_that_is_too_long_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_LINE_BYTES", 100)
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"a": "x" * 1000}) + '\n{"n": 1}\n')
    (zero, bad), (one, row) = all_rows(str(path))
    assert (zero, one, row) == (0, 1, {"n": 1})
    assert isinstance(bad, BadRow)
    assert bad.reason == "too_large"


def test_deep_json_is_a_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("[" * 200_000 + "\n")
    [(_, bad)] = all_rows(str(path))
    assert isinstance(bad, BadRow)


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl.gz", "stream.arrow", "a.arrow", "array.json"])
def test_a_torn_file_is_said(name: str, tmp_path: Path) -> None:
    path = Path(_write(tmp_path, name))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(BadTable):
        list(all_rows(str(path)))


def test_folders_give_their_rows_and_those_of_runs_the_dataset(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    for name in ("set/data/a.parquet", "set/b.jsonl", "run/data/part.parquet", "run/rejected/part.parquet"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        _write(tmp_path, name)
    (tmp_path / "set/dataset_info.json").write_text("{}")
    (tmp_path / "set/README.md").write_text("")
    (tmp_path / "run/run.json").write_text('{"assay": "1"}')
    found = list_tables([str(tmp_path / "set"), str(tmp_path / "run")], out)
    assert [file[len(str(tmp_path)) + 1 :] for file in found] == [
        "run/data/part.parquet",
        "set/b.jsonl",
        "set/data/a.parquet",
    ]


def test_a_path_without_rows_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("text")
    with pytest.raises(UsageError, match=r"--against .*: no file with \.parquet"):
        list_tables([str(tmp_path)], "out", option="against")
    with pytest.raises(UsageError, match="--against none: no such file or folder"):
        list_tables(["none"], "out", option="against")
