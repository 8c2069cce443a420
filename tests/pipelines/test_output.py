from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines import output
from pipelines.errors import UsageError


def tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    output.claim(str(folder))
    for name in (
        "data/part-00000-of-00001.parquet",
        "rejected/part-00000-of-00001.parquet",
        "ledger/ab/1.json",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    for name in ("README.md", "report.html"):
        output.write(str(folder / name), "x")
    output.finish(str(folder), {"assay": "1"})
    return folder


def test_a_new_folder_is_marked_and_the_mark_goes_when_the_run_is_done(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    output.claim(str(folder))
    assert tree(folder) == {"run.json.partial"}
    output.finish(str(folder), {"assay": "1", "ä": "ö"})
    assert tree(folder) == {"run.json"}
    assert output.read_run(str(folder)) == {"assay": "1", "ä": "ö"}


def test_a_second_run_is_refused_and_nothing_is_touched(finished: Path) -> None:
    before = tree(finished)
    with pytest.raises(UsageError, match="holds the output of a run; pass --overwrite or --resume"):
        output.claim(str(finished))
    assert tree(finished) == before


def test_an_interrupted_run_is_told_from_a_finished_one(tmp_path: Path) -> None:
    output.claim(str(tmp_path / "out"))
    with pytest.raises(UsageError, match="holds the output of an interrupted run"):
        output.claim(str(tmp_path / "out"))
    with pytest.raises(UsageError, match="holds no finished run"):
        output.read_run(str(tmp_path / "out"))


def test_overwrite_removes_what_a_run_wrote_and_nothing_else(finished: Path) -> None:
    for name in ("notes.txt", "data/mine.csv"):
        (finished / name).write_text("mine")
    unfinished = finished / "data" / "beam-temp-part-12"
    unfinished.mkdir()
    (unfinished / "00000.parquet").write_text("half")
    output.claim(str(finished), overwrite=True)
    assert tree(finished) == {"run.json.partial", "notes.txt", "data/mine.csv"}
    assert not unfinished.exists()


def test_resume_keeps_the_ledger(finished: Path) -> None:
    output.claim(str(finished), resume=True)
    assert tree(finished) == {"run.json.partial", "ledger/ab/1.json"}


@pytest.mark.parametrize("name", ["README.md", "data/train.parquet", "run.json"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_of_someone_else_is_never_touched(tmp_path: Path, name: str, overwrite: bool) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(json.dumps({"not": "ours"}))
    with pytest.raises(UsageError, match=f"holds {name.split('/')[0]} that no run wrote"):
        output.claim(str(tmp_path), overwrite=overwrite)
    assert tree(tmp_path) == {name}


def test_other_files_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    output.claim(str(tmp_path))
    assert tree(tmp_path) == {"notes.txt", "run.json.partial"}


def test_folders_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "a*b"):
        with pytest.raises(UsageError, match="--output "):
            output.claim(str(folder))


def test_writing_fails_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    output.write(str(path), "first")
    with pytest.raises(UnicodeEncodeError):
        output.write(str(path), "\ud800")
    assert path.read_text() == "first"
    assert tree(tmp_path) == {"x.txt"}
