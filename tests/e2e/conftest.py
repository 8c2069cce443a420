"""The real vLLM, on the CPU, with a model that is small and worthless as a judge: see `make e2e`."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from inference.keeper import STATE
from inference.server import ROOT

PATIENCE_S = 60.0
# One thread: two wait for each other wherever something else runs, and were half as fast.
ON_CPU = {
    "HF_HUB_OFFLINE": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "OMP_NUM_THREADS": "1",
}
ARGUMENTS = (
    ("dtype", "bfloat16"),
    ("max-model-len", "8192"),
    ("enforce-eager", ""),
    # This model likes blank lines better than what could stand after them.
    ("structured-outputs-config", '{"backend": "xgrammar", "disable_any_whitespace": true}'),
)


@dataclass(frozen=True)
class Vllm:
    """What a run needs to start vLLM.

    Attributes:
      python: that has it.
      model: folder of the weights.
      environment: for the processes that start it.
      arguments: of its command line, as in `ServerSpec`.
    """

    python: str
    model: str
    environment: dict[str, str]
    arguments: tuple[tuple[str, str], ...] = ARGUMENTS


def folders() -> set[Path]:
    """Returns the folders of servers that Assay has started, and those where only a log is left."""
    return set(ROOT.glob(f"assay-vllm-{os.getuid()}-*"))


def processes() -> dict[int, str]:
    """Returns what servers consist of, as far as Assay has started them: number and command line of all who
    write to a log of theirs, which are the server itself, its engine and its workers."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.readlink(process / "fd" / "1").startswith(f"{ROOT}/assay-vllm-{os.getuid()}-"):
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(process.name)] = command.decode(errors="replace").strip()
    return found


def eventually(holds: Callable[[], Any]) -> bool:
    """Waits until something holds, and says whether it came to that."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


@pytest.fixture
def vllm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vllm]:
    """A real vLLM. No process of it may be left after a test."""
    python, model = (os.environ.get(f"ASSAY_E2E_{name}", "") for name in ("PYTHON", "MODEL"))
    if not python or not model:
        pytest.skip("no vLLM here: run `make e2e`")
    before = folders()
    for name, value in ON_CPU.items():
        monkeypatch.setenv(name, value)
    # Not resolved: a virtual environment is known by the path of its Python.
    yield Vllm(os.path.abspath(python), os.path.abspath(model), ON_CPU)
    assert eventually(lambda: not processes()), processes()
    new = folders() - before
    assert eventually(lambda: not any((folder / STATE).exists() for folder in new)), new
    for folder in new:  # with a log, of a server that was given up
        shutil.rmtree(folder, ignore_errors=True)
