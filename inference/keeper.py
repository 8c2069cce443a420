"""The process that keeps a vLLM server running as long as anyone uses it, and no longer.

`inference.server` starts it, detached, by its path: it needs nothing but the standard library. Users hold a
shared lock on a file, which the kernel takes from whoever dies, however that happens. Linux only, as vLLM is.
"""

from __future__ import annotations

import ctypes
import fcntl
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

JOB, STATE, USERS, KEEPER, LOG = "job.json", "state.json", "users", "keeper", "vllm.log"
"""Files of the folder; `users` is locked by users (shared), `keeper` by the keeper."""
SOCKET = "socket"
"""Where the server listens: in a folder that is closed to other users."""
TEMPORARY = "tmp"
"""Where the server puts what it needs for a while."""

_SECONDS_BETWEEN_LOOKS = 0.2
_STOP_S = 10.0
"""What a server gets to end by itself."""
_TAIL_BYTES = 200_000
_PREFIX = re.compile(r"^(\(.*? pid=\d+\)\s?)?(\w+ [\d-]+ [\d:]+ \[[^]]*\] ?)?")
"""What vLLM puts before a line."""
_ERROR = re.compile(r"[\w.]*(Error|Exception): ?\S|\S+: (error:|No module named|Error while finding) ")
_CONSEQUENCE = re.compile("root cause|initialization failed")
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Job:
    """What a keeper does.

    Attributes:
      command: of the server.
      start_s: how long it may take until /health answers.
      restarts: how often it is started again after it has answered once.
      grace_s: how long nobody may use it before it is stopped: a run that was killed is often resumed.
    """

    command: list[str]
    start_s: float
    restarts: int
    grace_s: float


@dataclass(frozen=True, slots=True)
class State:
    """What users read: whether the server answers, and why there is none."""

    phase: Literal["starting", "ready", "failed"] = "starting"
    why: str = ""


def write_json(path: Path, value: Job | State) -> None:
    """Writes a file that appears whole."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(asdict(value)), encoding="utf-8")
    new.rename(path)


def read_state(folder: Path) -> State:
    """Returns what the keeper of a folder said last."""
    return State(**json.loads((folder / STATE).read_text(encoding="utf-8")))


def locked(descriptor: int, kind: int) -> bool:
    """Locks a file (`fcntl.LOCK_SH` or `LOCK_EX`) if that is possible at once, and says whether it was."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Unused(Exception):
    """Nobody uses the server any more."""


class Keeper:
    """Keeps the server of a folder.

    Args:
      folder: with a job, and the files that are locked.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.job = Job(**json.loads((folder / JOB).read_text(encoding="utf-8")))
        self.users = os.open(folder / USERS, os.O_RDWR)
        self.unused_since: float | None = None
        self.ended = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._end)

    def run(self) -> None:
        """Starts the server, and returns when it was stopped and its folder removed."""
        failed = ""
        _kill_rest(self.folder)
        try:
            failed = self._keep()
            write_json(self.folder / STATE, State("failed", why=failed))
            while True:  # whoever comes now is told too, without another attempt
                self._look()
        except Unused:
            self._remove(keep_log=bool(failed))

    def _keep(self) -> str:
        """Returns why the server is given up."""
        deaths, answered = 0, False
        while True:
            begun = (self.folder / LOG).stat().st_size
            (self.folder / SOCKET).unlink(missing_ok=True)  # vLLM doesn't, and takes no name that is there
            server = _start(self.job.command, self.folder)
            try:
                if self._answers(server):
                    answered = True
                    write_json(self.folder / STATE, State("ready"))
                    while not _ended(server):
                        self._look()
                silent = not _ended(server)
            finally:
                _stop(server)
                _kill_rest(self.folder)
            deaths += 1
            why = f"no answer within {self.job.start_s:g} s" if silent else f"status {server.returncode}"
            why = f"{why}: {telling_line(self.folder / LOG, begun)}"
            if not answered or deaths > self.job.restarts:
                return why
            write_json(self.folder / STATE, State())

    def _answers(self, server: subprocess.Popen[bytes]) -> bool:
        """Waits until the server answers or ends, and says whether it answers."""
        until = time.monotonic() + self.job.start_s
        while not _ended(server) and time.monotonic() < until:
            if _healthy(self.folder / SOCKET):
                return True
            self._look()
        return False

    def _look(self) -> None:
        """Waits a little.

        Raises:
          Unused: nobody has used the server for a while. From now on, nobody can.
        """
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        if not locked(self.users, fcntl.LOCK_EX):
            if self.ended:
                raise Unused
            self.unused_since = None
            return
        now = time.monotonic()
        self.unused_since = self.unused_since or now
        if self.ended or now - self.unused_since >= self.job.grace_s:
            raise Unused
        fcntl.flock(self.users, fcntl.LOCK_UN)

    def _end(self, *_: object) -> None:
        self.ended = True

    def _remove(self, keep_log: bool) -> None:
        """Removes the folder. Nobody comes in before `users` is gone, and nothing is touched after it."""
        shutil.rmtree(self.folder / TEMPORARY, ignore_errors=True)
        for name in (JOB, STATE, SOCKET, KEEPER, *(() if keep_log else (LOG,)), USERS):
            (self.folder / name).unlink(missing_ok=True)
        with suppress(OSError):  # the log is left, or somebody is there already
            self.folder.rmdir()


def telling_line(log: Path, begun: int = 0) -> str:
    """Returns the line that says why a server ended: the last error that isn't about another one.

    Args:
      log: what it printed.
      begun: size of the log when it was started.
    """
    with log.open("rb") as file:
        file.seek(max(begun, log.stat().st_size - _TAIL_BYTES))
        lines = file.read().decode(errors="replace").splitlines()
    bare = [said for line in lines if (said := _PREFIX.sub("", line)).strip()] or ["it printed nothing"]
    errors = [number for number, line in enumerate(bare) if _ERROR.match(line)]
    causes = [number for number in errors if not _CONSEQUENCE.search(bare[number])]
    number = (causes or errors or [len(bare) - 1])[-1]
    indented = [line for line in bare[number + 1 : number + 2] if line[0].isspace()]  # pydantic says it there
    return " ".join(" ".join([bare[number], *indented]).split())[:300]


def _start(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    keeper, prctl = os.getpid(), ctypes.CDLL(None).prctl

    def die_with_keeper() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != keeper:
            os._exit(1)

    with (folder / LOG).open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=die_with_keeper,
        )


def _ended(server: subprocess.Popen[bytes]) -> bool:
    """Says whether the server's process has ended, and leaves its number taken: it names the group too."""
    return os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Ends the server and whatever it has started."""
    os.killpg(server.pid, signal.SIGTERM)
    until = time.monotonic() + _STOP_S
    while not _ended(server) and time.monotonic() < until:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def _kill_rest(folder: Path) -> None:
    """Kills who still has the log as standard output: what left the server's group, or outlived a keeper."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone, or someone else's
            if os.readlink(process / "fd" / "1") == str(folder / LOG):
                os.kill(int(process.name), signal.SIGKILL)


def _healthy(path: Path) -> bool:
    connection = http.client.HTTPConnection("localhost", timeout=2)
    try:
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(2)
        connection.sock.connect(str(path))
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    if os.fork() == 0:  # who starts a keeper doesn't have to wait for its end
        Keeper(Path(sys.argv[1])).run()
