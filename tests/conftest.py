"""What several tests need: the command, and the documents that only some machines have."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

# Timings never decide a test: the first example may load a vocabulary or a library.
settings.register_profile("assay", deadline=None)
settings.load_profile("assay")

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples" / "documents"
STOPPED_LINE = "beam: stopped; start again with --resume, which keeps the answers of models, or --overwrite"
Beam = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def beam() -> Beam:
    """Runs the real command in a process of its own."""

    def run(
        *arguments: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pipelines", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
            cwd=cwd or ROOT,
        )

    return run


@pytest.fixture(scope="session")
def torture() -> Path:
    """153 odd, broken and encrypted PDF files."""
    folder = ROOT.parent / "shared" / "data" / "torture"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not on this machine")
    return folder
