from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines import output
from pipelines.errors import UsageError


def tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def work(folder: Path, text: str, shards: int) -> None:
    """Writes what a run has written just before it is finished."""
    made = Path(output.partial(str(folder)))
    for kind in ("data", "rejected"):
        (made / kind).mkdir()
        for n in range(shards):
            (made / kind / f"part-{n:05d}-of-{shards:05d}.parquet").write_text(text)
    for name in ("README.md", "report.html"):
        output.write(str(made / name), text)


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    output.claim(str(folder))
    work(folder, "x", 2)
    output.finish(str(folder), {"assay": "1"})
    (folder / "ledger" / "ab").mkdir(parents=True)
    (folder / "ledger" / "ab" / "1.json").write_text("x")
    return folder


OLD = {f"{kind}/part-0000{n}-of-00002.parquet" for kind in ("data", "rejected") for n in range(2)}
OLD |= {"README.md", "report.html", "run.json"}


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


def test_overwriting_keeps_the_old_run_until_the_new_one_is_ready(finished: Path) -> None:
    (finished / "notes.txt").write_text("mine")
    output.claim(str(finished), overwrite=True)
    work(finished, "half", 1)
    assert tree(finished) >= OLD  # interrupted here
    assert {(finished / name).read_text() for name in OLD - {"run.json"}} == {"x"}
    assert output.read_run(str(finished)) == {"assay": "1"}

    output.claim(str(finished), overwrite=True)
    assert tree(finished) == OLD | {"run.json.partial", "notes.txt"}
    work(finished, "new", 1)
    output.finish(str(finished), {"assay": "2"})
    new = {"data/part-00000-of-00001.parquet", "rejected/part-00000-of-00001.parquet"}
    assert tree(finished) == new | {"README.md", "report.html", "run.json", "notes.txt"}
    assert {(finished / name).read_text() for name in new} == {"new"}
    assert output.read_run(str(finished)) == {"assay": "2"}
    assert not Path(output.partial(str(finished))).exists()


def test_two_runs_never_write_one_folder_at_once(tmp_path: Path) -> None:
    folder = str(tmp_path / "out")
    with output.held(folder):
        with pytest.raises(UsageError, match="another run is writing there"), output.held(folder):
            pass
        with output.held(str(tmp_path / "other")), output.held("mem://bucket/out"):
            pass
    with output.held(folder):
        output.claim(folder)
    with output.held(str(tmp_path / "[a]")):
        assert not (tmp_path / "[a]").exists()


def test_resume_keeps_the_ledger(finished: Path) -> None:
    output.claim(str(finished), resume=True)
    assert tree(finished) == OLD | {"run.json.partial", "ledger/ab/1.json"}
    output.claim(str(finished), overwrite=True)
    assert tree(finished) == OLD | {"run.json.partial"}


@pytest.mark.parametrize("name", ["data/mine.parquet", "rejected/notes.csv", "data/part-1-of-2.parquet"])
def test_files_of_someone_else_among_the_rows_are_named_and_nothing_is_touched(
    finished: Path, name: str
) -> None:
    (finished / name).write_text("mine")
    before = tree(finished)
    with pytest.raises(UsageError, match=f"holds {name} that no run wrote"):
        output.claim(str(finished), overwrite=True)
    assert tree(finished) == before


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
