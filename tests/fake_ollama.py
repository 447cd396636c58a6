"""An HTTP server in place of Ollama: it streams what the test specifies, slowly or with faults if asked to.

Use it in a ``with`` block::

    with FakeOllama("The lamp ", "is red.") as ollama:
        Models(lambda: ollama.url)
"""

from __future__ import annotations

import json
import re
import threading
import zlib
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class FakeOllama:
    """Answers every chat request in the same way.

    Args:
        pieces: The pieces of the reply.
        reply: Instead of `pieces`, a function that returns the pieces for a request.
        models: Name and parameter size of the models that it lists.
        pause_s: Pause before each piece, s.
        dies_after: Number of pieces after which it closes the connection.
        line: A line to send, unchanged, in place of a reply.

    Attributes:
        requests: The chat and embedding requests so far, in order.
        gone: Set when a client disconnected during a reply.
    """

    def __init__(
        self,
        *pieces: str,
        reply: Any = None,
        models: Sequence[tuple[str, str]] = (("big:latest", "8.0B"),),
        pause_s: float = 0.0,
        dies_after: int | None = None,
        line: bytes | None = None,
    ) -> None:
        self.reply = reply or (lambda _: pieces)
        self.models, self.pause_s, self.dies_after, self.line = models, pause_s, dies_after, line
        self.requests: list[dict[str, Any]] = []
        self.gone = threading.Event()
        self.ending = threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._respond({"models": [_model(*model) for model in fake.models]})

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if request["model"] not in [name for name, _ in fake.models]:
                    self._respond({"error": f"model '{request['model']}' not found"}, 404)
                    return
                fake.requests.append(request)
                if self.path == "/api/embed":
                    self._respond(
                        {
                            "model": request["model"],
                            "embeddings": [_vector(text) for text in request["input"]],
                        }
                    )
                    return
                try:
                    self._chat(request)
                except OSError:
                    fake.gone.set()

            def _chat(self, request: dict[str, Any]) -> None:
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                if fake.line is not None:
                    self._chunk(fake.line)
                    self._chunk(b"")
                    return
                for number, piece in enumerate(fake.reply(request)):
                    if number == fake.dies_after:
                        self.close_connection = True
                        return
                    fake.ending.wait(fake.pause_s)
                    self._send_piece(request, piece, done=False)
                self._send_piece(request, "", done=True)
                self._chunk(b"")

            def _send_piece(self, request: dict[str, Any], text: str, *, done: bool) -> None:
                message = {"role": "assistant", "content": text}
                value = {"model": request["model"], "created_at": "2026-01-01T00:00:00Z", "message": message}
                self._chunk(json.dumps({**value, "done": done}).encode() + b"\n")

            def _chunk(self, data: bytes) -> None:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

            def _respond(self, value: Any, status: int = 200) -> None:
                data = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def prompt(self) -> str:
        """All message text of the last chat request."""
        return "\n".join(message["content"] for message in self.requests[-1]["messages"])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _vector(text: str) -> list[float]:
    """Return a hashed bag of words, so that texts that share words have similar vectors."""
    vector = [0.01] * 64
    for word in re.findall(r"\w+", text.lower()):
        vector[zlib.crc32(word.encode()) % 64] += 1.0
    return vector


def _model(name: str, parameters: str) -> dict[str, Any]:
    details = {"family": "llama", "parameter_size": parameters, "quantization_level": "Q4_0"}
    return {"name": name, "model": name, "size": 1000, "digest": "0", "details": details}
