"""A vLLM server that Assay starts, one a machine, and stops with the run.

It is kept by a process of its own (`inference.keeper`), since any of the workers that share it may end first.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from inference import keeper
from inference.client import KEYS, BadEndpoint

ROOT = Path("/tmp")
"""Not `tempfile.gettempdir()`: a run points that to a folder that it removes at its end."""

GRACE_S = 5.0
_STOP_S = 60.0
_SECONDS_BETWEEN_LOOKS = 0.1
_UNKNOWN_TO_VLLM = {*KEYS, "VLLM_API_KEY"}


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """How vLLM is started.

    Attributes:
      model: name on the Hub, or a folder.
      run: of which it is; another run starts a server of its own.
      python: the interpreter that has vLLM; empty for this one.
      arguments: of the command line of vLLM, pairs of name and value ("dtype", "bfloat16"); an empty
        value is a bare flag.
      start_s: how long loading the model may take.
      restarts: how often it is started again if it dies.
    """

    model: str
    run: str
    python: str = ""
    arguments: tuple[tuple[str, str], ...] = ()
    start_s: float = 900.0
    restarts: int = 3


class Lease:
    """The use of a server, which runs as long as anyone has one; it ends with the process at the latest.

    Attributes:
      socket: as `Endpoint.socket`. Nobody but this user of the machine can come in.
      log: path of the file that holds what it prints. It is kept only if the server is given up.
    """

    def __init__(self, users: int, socket: str, log: str):
        self._users: int | None = users
        self.socket, self.log = socket, log

    def close(self) -> None:
        """Ends the use."""
        if self._users is not None:
            os.close(self._users)
        self._users = None


def lease(spec: ServerSpec) -> Lease:
    """Returns the use of the machine's server, once it answers; starts it if nobody has.

    Raises:
      BadEndpoint: it doesn't start; the message names its log.
    """
    python = shutil.which(spec.python or sys.executable)
    if not python:
        raise BadEndpoint(f"vLLM: {spec.python} is no program; --vllm_python has to name a Python")
    folder = ROOT / f"assay-vllm-{os.getuid()}-{hashlib.sha256(repr(spec).encode()).hexdigest()[:16]}"
    users = _join(folder)
    try:
        _wait(spec, python, folder)
        return Lease(users, str(folder / keeper.SOCKET), str(folder / keeper.LOG))
    except FileNotFoundError:  # the folder
        os.close(users)
        raise BadEndpoint("vLLM: someone has ended its keeper") from None
    except BaseException:
        os.close(users)
        raise


def _join(folder: Path) -> int:
    """Becomes a user of the server of a folder; returns the locked file."""
    until = time.monotonic() + _STOP_S
    while time.monotonic() < until:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        with suppress(FileNotFoundError):  # removed by its keeper in this moment
            _check_ours(folder)
            users = os.open(folder / keeper.USERS, os.O_RDWR | os.O_CREAT, 0o600)
            if keeper.locked(users, fcntl.LOCK_SH) and os.fstat(users).st_nlink:
                return users
            os.close(users)
        time.sleep(_SECONDS_BETWEEN_LOOKS)  # its keeper is stopping it
    raise BadEndpoint(f"vLLM: the server before doesn't end; see {folder / keeper.LOG}")


def _check_ours(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise BadEndpoint(f"vLLM: {folder} is in the way; remove it")


def _wait(spec: ServerSpec, python: str, folder: Path) -> None:
    """Waits until the server answers; starts a keeper if there is none."""
    started = False
    until = time.monotonic() + spec.start_s + _STOP_S
    log = f"its log is {folder / keeper.LOG}"
    while time.monotonic() < until:
        with (
            _opened(folder, os.O_RDONLY | os.O_DIRECTORY) as here,
            _opened(folder / keeper.KEEPER, os.O_RDWR | os.O_CREAT) as lock,
        ):
            fcntl.flock(here, fcntl.LOCK_EX)  # one at a time, so that no state of an earlier keeper is read
            if keeper.locked(lock, fcntl.LOCK_EX):
                if started:
                    raise BadEndpoint(f"vLLM: who kept it has died; {log}")
                _start_keeper(spec, python, folder, lock)
                started = True
        state = keeper.read_state(folder)
        if state.phase == "ready":
            return
        if state.phase == "failed":
            raise BadEndpoint(f"vLLM can't serve {spec.model}: {_remedy(state.why)}; {log}")
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    raise BadEndpoint(f"vLLM doesn't answer; {log}")


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _start_keeper(spec: ServerSpec, python: str, folder: Path, lock: int) -> None:
    """Starts a keeper, which inherits the lock by which others see that there is one."""
    command = [
        *(python, "-m", "vllm.entrypoints.openai.api_server"),
        *(f"--{name}={value}" if value else f"--{name}" for name, value in spec.arguments),
        *("--disable-uvicorn-access-log", "--model", spec.model),
        # Last: nobody else may come in, whatever is asked for. A port of this machine is open to all of its
        # users, and another one's server could take it while ours is started again.
        *("--uds", str(folder / keeper.SOCKET)),
    ]
    keeper.write_json(folder / keeper.JOB, keeper.Job(command, spec.start_s, spec.restarts, GRACE_S))
    keeper.write_json(folder / keeper.STATE, keeper.State())
    temporary = folder / keeper.TEMPORARY
    temporary.mkdir(exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name not in _UNKNOWN_TO_VLLM}
    environment |= {"TMPDIR": str(temporary), "VLLM_NO_USAGE_STATS": "1", "PYTHONSAFEPATH": "1"}
    # Who closes idle connections are its users: a server that does it just when one is used again breaks it.
    environment |= {"VLLM_HTTP_TIMEOUT_KEEP_ALIVE": "75"}
    with (folder / keeper.LOG).open("ab") as log:
        subprocess.run(
            [sys.executable, "-I", keeper.__file__, folder],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=environment,
            pass_fds=[lock],
            start_new_session=True,
            check=True,
        )


def _remedy(why: str) -> str:
    """Adds to why a server doesn't start what to do about it, where that is known."""
    if "No module named 'vllm" in why or "No module named vllm" in why:
        return "it isn't installed: pip install 'assay[gpu]', or name a Python that has it by --vllm_python"
    return why
