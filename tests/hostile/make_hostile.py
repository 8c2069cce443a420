"""Writes a folder of files that a run has to survive: `python -m tests.hostile.make_hostile FOLDER [--full]`.

`--full` makes the large ones ten times larger. Everything is made from files of our own, and the same
each time.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.hostile import archives, pdfs, texts

FULL = 10
_TEXT = b"Problem 1. What is one and one?\n\nSolution. It is two.\n"
_EXAMPLES = pdfs.SAMPLE.parent
ODD_NAMES = (
    b"new\nline.md",
    b"carriage\rreturn.md",
    b"tab\tand\x1bescape.md",
    b"quotes'\"`$(touch x);.md",
    b"-rf.md",
    b"--output=x.md",
    b"half\xff\xfesurrogate.md",
    b"%2e%2e%2f%00%s%n{0}.md",
    b"star*ques?tion[a-z].md",
    b"back\\slash.md",
    b"\xe2\x80\xaeright-to-left.md",
    "emoji \U0001f9ea\U0001f468\u200d\U0001f469.md".encode(),
    "umlaut a\u0308 \ufb01.md".encode(),
    b" space .md ",
    b"no-extension",
    b"many.dots.tar.gz.pdf.md",
    b"long-" + b"n" * 245 + b".md",
    b"~.md",
    b"con",
    b"http:example.md",
    b"gs:..md",
)


def make(folder: Path, *, full: bool = False) -> list[bytes]:
    """Writes the files and returns the paths of those that a run has to account for."""
    scale = FULL if full else 1
    for name, group in (("pdf", pdfs), ("archives", archives), ("texts", texts)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for file, data in group.everything(scale):
            (folder / name / file).write_bytes(data)
    _sizes(folder / "sizes", full)
    _kinds(folder / "kinds")
    _names(os.fsencode(folder / "names"))
    _no_files(folder / "no-files")
    return [
        os.path.join(parent, name)
        for parent, _, names in os.walk(os.fsencode(folder))
        for name in names
        if not name.startswith(b".") and _is_file_or_link(os.path.join(parent, name))
    ]


def _is_file_or_link(path: bytes) -> bool:
    return os.path.isfile(path) or os.path.islink(path)


def _sizes(folder: Path, full: bool) -> None:
    """One line of 1 GB, of 150 MB and of 29 MB (texts may have 30), and nothing at all."""
    folder.mkdir()
    with open(folder / "gigabyte.txt", "wb") as file:
        file.write(b"Problem 1. ")
        file.truncate(1_000_000_000)
    with open(folder / "zeros.txt", "wb") as file:
        file.truncate(150_000_000)
    (folder / "line.txt").write_bytes(b"Problem 1. " + b"word " * 30_000_000)
    for size, suffix in (
        (29_000_000, "md"),
        (29_000_000, "txt"),
        (29_000_000, "html"),
        (150_000_000, "html"),
    ):
        head = b"<html><body><p>Problem 1. " if suffix == "html" else b"Problem 1. "
        (folder / f"line-{size}.{suffix}").write_bytes(head + b"word " * (size // 5))
    (folder / "lines.txt").write_bytes(b"Problem 1. What?\n\n" * (20_000 if not full else 1_500_000))
    for suffix in ("pdf", "docx", "epub", "html", "tex", "md", "ipynb", "txt"):
        (folder / f"empty.{suffix}").touch()
        (folder / f"blank.{suffix}").write_bytes(b" \n\t\r\n" * 100)


def _kinds(folder: Path) -> None:
    """Files of one format under the names of others."""
    folder.mkdir()
    for path in sorted(_EXAMPLES.iterdir()):
        for suffix in (".pdf", ".docx", ".epub", ".html", ".jpg"):
            if path.suffix != suffix and path.suffix in (".pdf", ".docx", ".epub", ".ipynb"):
                (folder / f"{path.stem}{path.suffix}{suffix}").write_bytes(path.read_bytes())
    (folder / "picture.pdf").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10)
    (folder / "program.pdf").write_bytes(b"\x7fELF" + bytes(range(256)) * 10)
    (folder / "prefixed.pdf").write_bytes(b"junk\n" * 100 + pdfs.SAMPLE.read_bytes())
    (folder / "both.pdf").write_bytes(pdfs.SAMPLE.read_bytes() + archives.good("epub"))


def _names(folder: bytes) -> None:
    os.mkdir(folder)
    for name in ODD_NAMES:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(_TEXT + name.hex().encode())


def _no_files(folder: Path) -> None:
    """What is found in a folder but is no file; the links count, since a file may be meant."""
    (folder / "directory.pdf").mkdir(parents=True)
    os.mkfifo(folder / "fifo.pdf")
    for name, target in (
        ("broken.pdf", "nowhere"),
        ("itself.pdf", "itself.pdf"),
        ("pipe.pdf", "fifo.pdf"),
        ("zero.pdf", "/dev/zero"),
        ("up.pdf", ".."),
    ):
        (folder / name).symlink_to(target)


if __name__ == "__main__":
    if not sys.argv[1:] or Path(sys.argv[1]).exists():
        raise SystemExit("usage: python -m tests.hostile.make_hostile NEW_FOLDER [--full]")
    print(len(make(Path(sys.argv[1]), full="--full" in sys.argv[2:])), "files to account for")
