"""The real vLLM, on the CPU, with a model that is small and worthless as a judge: see `make e2e`."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

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


def left() -> set[str]:
    """Returns what there is of servers that Assay has started: their folders, and every process that writes
    to a log there, which are the server, its engine and its workers."""
    ours = f"{ROOT}/assay-vllm-{os.getuid()}-"
    found = {str(state.parent) for state in ROOT.glob(f"{Path(ours).name}*/{STATE}")}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.readlink(process / "fd" / "1").startswith(ours):
                found.add(process.name)
    return found


def gone(before: Collection[str] = ()) -> bool:
    """Waits until nothing is left of any server but of those before, and says whether that came to pass."""
    until = time.monotonic() + PATIENCE_S
    while left() - set(before):
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
    before = left()
    for name, value in ON_CPU.items():
        monkeypatch.setenv(name, value)
    # Not resolved: a virtual environment is known by the path of its Python.
    yield Vllm(os.path.abspath(python), os.path.abspath(model), ON_CPU)
    assert gone(before), left() - before
