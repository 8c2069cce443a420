"""The generated examples are the bytes that their sources give, and stay small."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.make_examples import make_all

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return make_all()


def test_the_committed_files_are_what_the_script_makes(made: dict[str, bytes]) -> None:
    for name, data in made.items():
        assert (EXAMPLES / "documents" / name).read_bytes() == data, f"{name}: run examples/make_examples.py"


def test_making_them_again_gives_the_same_bytes(made: dict[str, bytes]) -> None:
    assert make_all() == made


def test_the_examples_stay_small() -> None:
    assert sum(path.stat().st_size for path in EXAMPLES.rglob("*") if path.is_file()) < 1_000_000
