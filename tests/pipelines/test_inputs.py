from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.errors import UsageError
from pipelines.inputs import largest_first, list_inputs


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "docs/a.pdf",
        "docs/deep/er/b.md",
        "docs/.hidden/c.md",
        "docs/.d.md",
        "out/data/part-0.parquet",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_folders_are_read_with_all_that_is_in_them_but_what_is_hidden(docs: Path) -> None:
    assert list_inputs(["docs"], "out") == ["docs/a.pdf", "docs/deep/er/b.md"]
    assert list_inputs(["docs/"], "out") == ["docs/a.pdf", "docs/deep/er/b.md"]


def test_globs_files_and_repetitions(docs: Path) -> None:
    assert list_inputs(["docs/*.pdf", "docs/a.pdf", "./docs/a.pdf"], "out") == ["docs/a.pdf"]
    assert list_inputs(["docs/**/*.md"], "out") == ["docs/deep/er/b.md"]
    assert list_inputs(["docs/**"], "out") == ["docs/a.pdf", "docs/deep/er/b.md"]
    assert list_inputs(["docs/*"], "out") == ["docs/a.pdf", "docs/deep/er/b.md"]


def test_a_hidden_file_that_is_named_is_read(docs: Path) -> None:
    assert list_inputs(["docs/.d.md"], "out") == ["docs/.d.md"]


def test_the_output_is_never_input(docs: Path) -> None:
    (docs / "out/notes.md").write_text("mine")
    assert list_inputs(["."], "out") == ["docs/a.pdf", "docs/deep/er/b.md"]
    assert list_inputs([str(docs)], str(docs / "out")) == [
        str(docs / "docs/a.pdf"),
        str(docs / "docs/deep/er/b.md"),
    ]


def test_an_input_within_the_output_is_read(docs: Path) -> None:
    (docs / "README.md").write_text("written by a run")
    assert list_inputs(["docs"], ".") == ["docs/a.pdf", "docs/deep/er/b.md"]


@pytest.mark.parametrize("output", ["docs", "docs/", "./docs", "deep/../docs"])
def test_the_output_as_input_is_refused(docs: Path, output: str) -> None:
    with pytest.raises(UsageError, match=r"^--input docs: is the output too"):
        list_inputs(["docs"], output)


@pytest.mark.parametrize("sign", ["run.json", "run.json.partial"])
def test_what_an_earlier_run_wrote_among_the_inputs_is_left_out_aloud(docs: Path, sign: str) -> None:
    (docs / "docs" / "README.md").write_text("a card")
    (docs / "docs" / "data").mkdir()
    (docs / "docs" / "data" / "part-00000-of-00001.parquet").write_text("rows")
    (docs / "docs" / sign).write_text('{"not": "ours"}')
    assert "docs/README.md" in list_inputs(["docs"], "out")
    (docs / "docs" / sign).write_text('{"assay": "0.1.0"}')
    said: list[str] = []
    assert list_inputs(["docs"], "out", said.append) == ["docs/a.pdf", "docs/deep/er/b.md"]
    assert said == ["--input docs: 3 files of earlier runs are left out"]


def test_names_with_glob_characters_are_names(docs: Path) -> None:
    odd = docs / "docs" / "[1] what?.pdf"
    odd.write_text("x")
    assert list_inputs(["docs/[1] what?.pdf"], "out") == ["docs/[1] what?.pdf"]
    assert "docs/[1] what?.pdf" in list_inputs(["docs"], "out")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("nowhere", "--input nowhere: no such file or folder"),
        ("docs/*.docx", "--input docs/*.docx: matches no file"),
        ("empty", "--input empty: no file in this folder"),
    ],
)
def test_nothing_to_read_is_an_error(docs: Path, path: str, line: str) -> None:
    (docs / "empty").mkdir()
    with pytest.raises(UsageError) as caught:
        list_inputs(["docs", path], "out")
    assert str(caught.value) == line


def test_a_loop_of_links_ends(docs: Path) -> None:
    os.symlink(docs / "docs", docs / "docs" / "loop")
    assert list_inputs(["docs"], "out") == ["docs/a.pdf", "docs/deep/er/b.md"]


def test_a_dangling_link_is_listed_so_that_it_is_rejected_and_not_forgotten(docs: Path) -> None:
    os.symlink("gone", docs / "docs" / "link.pdf")
    assert "docs/link.pdf" in list_inputs(["docs"], "out")


def test_a_scheme_without_its_library_is_one_line() -> None:
    with pytest.raises(UsageError, match=r"--input nope://b/x: Unable to get filesystem"):
        list_inputs(["nope://b/x"], "out")


def test_the_largest_are_read_first(tmp_path: Path) -> None:
    for name, size in (("a", 1), ("b", 3), ("c", 2), ("d", 3)):
        (tmp_path / name).write_bytes(b"x" * size)
    uris = [str(tmp_path / name) for name in "abcd"]
    assert [uri[-1] for uri in largest_first([*uris, "gs://x/e"])] == ["b", "d", "c", "a", "e"]
