"""A stub of a Python that has vLLM: takes the same command line, answers /health, and ends when told to.

It keeps notes in the folder of its model: a file a start, with its arguments, environment and processes.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer

parser = argparse.ArgumentParser()
parser.add_argument("-m")
parser.add_argument("--host")
parser.add_argument("--uds")
parser.add_argument("--model", type=Path)
parser.add_argument("--disable-uvicorn-access-log", action="store_true")
parser.add_argument("--deaths", type=int, default=0, help="so many starts end by an error")
parser.add_argument("--lives-s", type=float, default=0.5, help="how long after an answer; 0 is before any")
parser.add_argument("--silent", action="store_true", help="never answers")
parser.add_argument("--stubborn", action="store_true", help="ignores SIGTERM")
parser.add_argument("--flees", action="store_true", help="starts a child in a group of its own")
arguments = parser.parse_args()

starts = len(list(arguments.model.glob("start-*.json")))
# As an engine does: a process of its own that outlives a server which is killed.
child = subprocess.Popen(
    [
        sys.executable,
        "-c",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)",
    ],
    start_new_session=arguments.flees,
)
notes = {
    "socket": arguments.uds,
    "pids": [os.getpid(), child.pid],
    "keeper": os.getppid(),
    "argv": sys.argv[1:],
    "environment": dict(os.environ),
}
(arguments.model / f"start-{starts}.json").write_text(json.dumps(notes))
print(f"the stub starts at {arguments.uds}", flush=True)
if arguments.stubborn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if arguments.silent:
    time.sleep(600)


answered = threading.Event()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()
        answered.set()

    def log_message(self, *_: object) -> None:
        pass


def die() -> None:
    if arguments.lives_s:
        answered.wait()
        time.sleep(arguments.lives_s)
    print("(EngineCore pid=7) ERROR 11-23 02:25:23 [core.py:1] RuntimeError: the stub dies", flush=True)
    print("RuntimeError: Engine core initialization failed. See root cause above.", flush=True)
    os._exit(1)


if starts < arguments.deaths:
    if not arguments.lives_s:
        die()
    threading.Thread(target=die).start()
ThreadingUnixStreamServer(arguments.uds, Handler).serve_forever()
