"""A stub of a model server: it answers from a script and keeps every request that it gets."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer, ThreadingUnixStreamServer
from typing import Any

MODEL = "stub-vision"


class Reply:
    """What the stub sends.

    Args:
      text: the message of the model, or the whole body if `raw`.
      cut: send only so many bytes of the body, and close the connection.
      pause: seconds of silence before anything is sent.
    """

    def __init__(
        self,
        text: str = "",
        status: int = 200,
        finish: str = "stop",
        headers: dict[str, str] | None = None,
        raw: bool = False,
        cut: int | None = None,
        pause: float = 0.0,
        refusal: str | None = None,
    ):
        self.status, self.headers, self.cut, self.pause = status, headers or {}, cut, pause
        message = {"role": "assistant", "content": text, "refusal": refusal}
        completion = {
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": 100, "completion_tokens": len(text.split())},
        }
        self.body = text.encode() if raw else json.dumps(completion).encode()


Script = Callable[[dict[str, Any], int], Reply]


class Stub:
    """A server on a free port of this machine, or on a Unix socket.

    Attributes:
      requests: (seconds since the start, headers, body) of every chat request.
      most: the most requests that were in flight at once.
    """

    def __init__(self, script: Script, models: tuple[str, ...] = (MODEL,), key: str = "", socket: str = ""):
        self.requests: list[tuple[float, dict[str, str], dict[str, Any]]] = []
        self.most = self._flying = 0
        lock, start, stub = threading.Lock(), time.monotonic(), self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None: ...

            def do_GET(self) -> None:
                if key and self.headers.get("Authorization") != f"Bearer {key}":
                    self._send(Reply("no", status=401, raw=True))
                elif self.path == "/v1/models":
                    listed = {"data": [{"id": name} for name in models]}
                    self._send(Reply(json.dumps(listed), raw=True))
                else:
                    self._send(Reply("nothing here", status=404, raw=True))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:
                    number = len(stub.requests)
                    stub.requests.append((time.monotonic() - start, dict(self.headers), body))
                    stub._flying += 1
                    stub.most = max(stub.most, stub._flying)
                try:
                    ours = self.path == "/v1/chat/completions"
                    self._send(script(body, number) if ours else Reply("", status=404, raw=True))
                finally:
                    with lock:
                        stub._flying -= 1

            def _send(self, reply: Reply) -> None:
                time.sleep(reply.pause)
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body[: reply.cut])
                except OSError:  # who asked has left
                    self.close_connection = True
                if reply.cut is not None:
                    self.close_connection = True

        class Server(ThreadingHTTPServer):
            daemon_threads, request_queue_size = True, 128

        self._server: BaseServer
        if socket:
            self._server, self.url = ThreadingUnixStreamServer(socket, Handler), ""
        else:
            self._server = Server(("127.0.0.1", 0), Handler)
            self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> Stub:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
