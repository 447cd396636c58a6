"""A small real HTTP server in Ollama's place: it says what a test has written for it, as slowly and as badly.

::

    with PlayedOllama("The lamp ", "is red.") as ollama:
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


class PlayedOllama:
    """Answers every chat alike.

    Args:
        pieces: What it says, piece by piece; a callable gets the request and returns the pieces.
        models: The models it lists, name and size of parameters.
        pause_s: How long it waits before each piece.
        dies_after: Pieces after which it closes the connection without a word.
        line: A line it sends in place of all that, as it is.

    Attributes:
        asked: The requests of chats, in order.
        gone: Set when a client closed its end while it spoke.
    """

    def __init__(
        self,
        *pieces: str,
        says: Any = None,
        models: Sequence[tuple[str, str]] = (("big:latest", "8.0B"),),
        pause_s: float = 0.0,
        dies_after: int | None = None,
        line: bytes | None = None,
    ) -> None:
        self.says = says or (lambda _: pieces)
        self.models, self.pause_s, self.dies_after, self.line = models, pause_s, dies_after, line
        self.asked: list[dict[str, Any]] = []
        self.gone = threading.Event()
        self.ending = threading.Event()
        played = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._whole({"models": [_listed(*model) for model in played.models]})

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if asked["model"] not in [name for name, _ in played.models]:
                    self._whole({"error": f"model '{asked['model']}' not found"}, 404)
                    return
                played.asked.append(asked)
                if self.path == "/api/embed":
                    self._whole(
                        {"model": asked["model"], "embeddings": [_vector(text) for text in asked["input"]]}
                    )
                    return
                try:
                    self._chat(asked)
                except OSError:
                    played.gone.set()

            def _chat(self, asked: dict[str, Any]) -> None:
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                if played.line is not None:
                    self._chunk(played.line)
                    self._chunk(b"")
                    return
                for number, piece in enumerate(played.says(asked)):
                    if number == played.dies_after:
                        self.close_connection = True
                        return
                    played.ending.wait(played.pause_s)
                    self._part(asked, piece, done=False)
                self._part(asked, "", done=True)
                self._chunk(b"")

            def _part(self, asked: dict[str, Any], text: str, *, done: bool) -> None:
                said = {"role": "assistant", "content": text}
                value = {"model": asked["model"], "created_at": "2026-01-01T00:00:00Z", "message": said}
                self._chunk(json.dumps({**value, "done": done}).encode() + b"\n")

            def _chunk(self, data: bytes) -> None:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

            def _whole(self, value: Any, status: int = 200) -> None:
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
        """All that the last chat told the model."""
        return "\n".join(message["content"] for message in self.asked[-1]["messages"])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _vector(text: str) -> list[float]:
    """As near to another text's as they share words."""
    vector = [0.01] * 64
    for word in re.findall(r"\w+", text.lower()):
        vector[zlib.crc32(word.encode()) % 64] += 1.0
    return vector


def _listed(name: str, parameters: str) -> dict[str, Any]:
    details = {"family": "llama", "parameter_size": parameters, "quantization_level": "Q4_0"}
    return {"name": name, "model": name, "size": 1000, "digest": "0", "details": details}
