from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from inference import keeper, server
from inference.client import BadEndpoint
from inference.server import Lease, ServerSpec, lease

STUB = Path(__file__).with_name("stub_vllm.py")
PATIENCE_S = 60.0

USER = """
import sys
from pathlib import Path
from inference import server
from inference.server import ServerSpec, lease
server.ROOT = Path(sys.argv[2])
held = lease(eval(sys.argv[1]))
print(held.socket, flush=True)
sys.stdin.read()
held.close()
"""


class Machine:
    """Specs for the stub, and what became of it."""

    def __init__(self, folder: Path):
        self.model = folder / "model"
        self.model.mkdir()
        self.python = folder / "python"
        self.python.write_text(f'#!/bin/sh\nexec {sys.executable} {STUB} "$@"\n')
        self.python.chmod(0o755)

    def spec(self, start_s: float = PATIENCE_S, restarts: int = 3, **arguments: Any) -> ServerSpec:
        pairs = tuple((name.replace("_", "-"), str(value)) for name, value in arguments.items())
        return ServerSpec(str(self.model), self.model.parent.name, str(self.python), pairs, start_s, restarts)

    def starts(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_text()) for path in sorted(self.model.glob("start-*.json"))]

    def alive(self) -> list[int]:
        """The processes of all starts that are left, and their keepers."""
        return [pid for start in self.starts() for pid in (*start["pids"], start["keeper"]) if running(pid)]

    def user(self, spec: ServerSpec) -> subprocess.Popen[str]:
        """A process that uses the server until its input is closed."""
        return subprocess.Popen(
            [sys.executable, "-c", USER, repr(spec), server.ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )


def running(pid: int) -> bool:
    """A zombie runs no more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(holds: Callable[[], Any]) -> bool:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False


def answers(path: str) -> bool:
    return keeper._healthy(Path(path))


def folder_of(held: Lease) -> Path:
    return Path(held.log).parent


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    root = Path(tempfile.mkdtemp(prefix="assay-", dir="/tmp"))  # the path of a socket has 107 bytes at most
    monkeypatch.setattr(server, "ROOT", root)
    monkeypatch.setattr(server, "GRACE_S", 0.5)
    stub = Machine(tmp_path)
    yield stub
    assert eventually(lambda: not stub.alive()), "a process is left"
    shutil.rmtree(root)


def test_users_share_a_server_and_the_last_one_stops_it(machine: Machine) -> None:
    spec = machine.spec()
    first, second = lease(spec), lease(spec)
    assert first.socket == second.socket
    assert len(machine.starts()) == 1
    first.close()
    first.close()
    time.sleep(1.5)  # longer than the grace
    assert answers(second.socket)
    folder = folder_of(second)
    assert folder.stat().st_mode & 0o777 == 0o700
    second.close()
    assert eventually(lambda: not folder.exists() and not machine.alive())


def test_processes_share_a_server_which_ends_when_they_are_killed(machine: Machine) -> None:
    """With the grace of a real run."""
    spec = machine.spec()
    users = [machine.user(spec) for _ in range(2)]
    urls = [user.stdout.readline().strip() for user in users if user.stdout]
    assert urls[0] == urls[1]
    assert answers(urls[0])
    users[0].kill()
    users[0].wait()
    time.sleep(1)
    assert answers(urls[1])
    users[1].kill()
    users[1].wait()
    assert eventually(lambda: not machine.alive())
    assert len(machine.starts()) == 1
    for user in users:
        user.communicate()


def test_many_that_come_at_once_start_one(machine: Machine) -> None:
    with ThreadPoolExecutor(8) as threads:
        leases = list(threads.map(lease, [machine.spec()] * 8))
    assert len({held.socket for held in leases}) == 1
    assert len(machine.starts()) == 1
    for held in leases:
        held.close()


def test_who_comes_while_it_is_stopped_gets_a_new_one(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "GRACE_S", 0.0)
    spec = machine.spec()

    def use(number: int) -> None:
        for turn in range(3):
            held = lease(spec)
            assert answers(held.socket)
            held.close()
            time.sleep(0.1 * ((number + turn) % 4))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(use, range(4)))
    assert len(machine.starts()) > 1


def test_a_server_that_dies_is_started_again_where_it_was(machine: Machine) -> None:
    held = lease(machine.spec(deaths=2, restarts=2, lives_s=1))
    assert eventually(lambda: len(machine.starts()) == 3 and answers(held.socket))
    assert len({start["socket"] for start in machine.starts()}) == 1
    log = Path(held.log).read_text()
    assert log.count("the stub starts") == 3
    held.close()


def test_a_server_that_dies_too_often_is_given_up_and_its_log_kept(machine: Machine) -> None:
    spec = machine.spec(deaths=9, restarts=1, lives_s=2)
    held = lease(spec)
    assert eventually(lambda: keeper.read_state(folder_of(held)).phase == "failed")
    with pytest.raises(BadEndpoint, match=r"status 1: RuntimeError: the stub dies; its log is .*vllm\.log"):
        lease(spec)
    assert len(machine.starts()) == 2, "nobody tries again while the run goes on"
    held.close()
    assert eventually(lambda: os.listdir(folder_of(held)) == [keeper.LOG])
    assert Path(held.log).read_text().count("the stub dies") == 2


def test_a_server_that_dies_before_it_answers_is_not_tried_again(machine: Machine) -> None:
    with pytest.raises(BadEndpoint, match="status 1: RuntimeError: the stub dies"):
        lease(machine.spec(deaths=9, lives_s=0))
    assert len(machine.starts()) == 1
    assert eventually(lambda: not machine.alive())
    lease(machine.spec(deaths=1, lives_s=0)).close()  # it does for who comes with another run


def test_a_server_that_never_answers_is_given_up(machine: Machine) -> None:
    with pytest.raises(BadEndpoint, match="no answer within 1 s: the stub starts at"):
        lease(machine.spec(start_s=1, silent=""))


def test_a_python_without_vllm_is_told_what_to_install(machine: Machine) -> None:
    with pytest.raises(BadEndpoint, match=r"pip install 'assay\[gpu\]'.*--vllm_python"):
        lease(ServerSpec("model", machine.model.parent.name))


def test_a_python_that_is_none_is_named(machine: Machine) -> None:
    with pytest.raises(BadEndpoint, match="/no/python is no program"):
        lease(ServerSpec("model", "run", "/no/python"))


def test_the_server_gets_no_keys_and_nobody_else_can_come_in(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ASSAY_LLM_KEY", "OPENAI_API_KEY", "VLLM_API_KEY"):
        monkeypatch.setenv(name, "secret-7")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    held = lease(machine.spec(lives_s=0.5, host="0.0.0.0"))
    held.close()
    (start,) = machine.starts()
    assert "secret-7" not in json.dumps(start)
    assert start["environment"]["HF_HUB_OFFLINE"] == "1"
    assert start["environment"]["VLLM_NO_USAGE_STATS"] == "1"
    argv = start["argv"]
    assert argv[-2:] == ["--uds", held.socket]
    assert Path(held.socket).parent == folder_of(held)
    assert {"--lives-s=0.5", "--host=0.0.0.0", "--disable-uvicorn-access-log"} < set(argv)


def test_a_server_whose_keeper_is_killed_dies_too(machine: Machine) -> None:
    spec = machine.spec(flees="")
    held = lease(spec)
    (start,) = machine.starts()
    os.kill(start["keeper"], signal.SIGKILL)
    assert eventually(lambda: not running(start["pids"][0]))
    again = lease(spec)  # and what it has left is removed by the next one
    assert answers(again.socket)
    assert not running(start["pids"][1])
    held.close()
    again.close()


def test_a_keeper_that_is_ended_stops_the_server(machine: Machine) -> None:
    held = lease(machine.spec(flees=""))
    os.kill(machine.starts()[0]["keeper"], signal.SIGTERM)
    assert eventually(lambda: not folder_of(held).exists() and not machine.alive())
    held.close()


def test_a_server_that_does_not_listen_to_reason_is_killed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = lease(machine.spec(stubborn=""))
    held.close()
    assert eventually(lambda: not machine.alive())


@pytest.mark.parametrize("kind", ["open", "link", "file"])
def test_a_folder_that_others_could_have_made_is_refused(machine: Machine, kind: str) -> None:
    spec = machine.spec()
    held = lease(spec)
    folder = folder_of(held)
    held.close()
    assert eventually(lambda: not folder.exists())
    if kind == "open":
        folder.mkdir()
        folder.chmod(0o777)
    elif kind == "link":
        folder.symlink_to(machine.model)
    else:
        folder.touch()
    with pytest.raises(BadEndpoint, match="is in the way; remove it"):
        lease(spec)
    assert len(machine.starts()) == 1


@pytest.mark.parametrize(
    ("lines", "telling"),
    [
        ("INFO 1\nINFO 2\n", "INFO 2"),
        ("", "it printed nothing"),
        (
            "ERROR 11-23 02:25:21 [a.py:9] OSError: no/model is no model\nbye\n",
            "OSError: no/model is no model",
        ),
        (
            "pydantic.ValidationError: 1 error for ModelConfig\n"
            "  Value error, max_model_len is too large\n    For further information visit a page\n",
            "1 error for ModelConfig Value error, max_model_len is too large",
        ),
        ("api_server.py: error: unrecognized arguments: --frob\n", "unrecognized arguments: --frob"),
        (
            "(EngineCore pid=12) ERROR 11-23 02:25:21 [core.py:99] "
            "torch.OutOfMemoryError: CUDA out of memory.\n"
            "(ApiServer pid=9) Traceback (most recent call last):\n"
            '(ApiServer pid=9)   File "x.py", line 3, in y\n'
            "(ApiServer pid=9) RuntimeError: Engine core initialization failed. See root cause above. {}\n",
            "torch.OutOfMemoryError: CUDA out of memory.",
        ),
    ],
)
def test_the_telling_line_is_the_cause(tmp_path: Path, lines: str, telling: str) -> None:
    log = tmp_path / "log"
    log.write_text("ValueError: of the start before\n" + lines)
    assert keeper.telling_line(log, len("ValueError: of the start before\n")).endswith(telling)


def test_the_path_of_the_socket_is_short_whatever_the_folder_of_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = tmp_path / ("x" * 100)
    far.mkdir()
    monkeypatch.setenv("TMPDIR", str(far))
    monkeypatch.setattr(server, "_wait", lambda *_: None)
    held = lease(ServerSpec("a model of a long name/" * 10, "run" * 50))
    try:
        assert len(held.socket.encode()) <= 107
        # vLLM names sockets of its own there by a UUID.
        assert len(str(folder_of(held) / keeper.TEMPORARY / ("0" * 36))) <= 107
    finally:
        held.close()
        shutil.rmtree(folder_of(held))
