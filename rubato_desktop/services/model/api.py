"""Ollama's HTTP API for one model, on loopback, for whoever knows the token.

Format: https://github.com/ollama/ollama/blob/main/docs/api.md. Pages in a browser on this machine can reach every
loopback port, so what a browser sends along (Origin, Sec-Fetch-Site, a foreign Host) is refused, token or not.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import select
import socket
import time
from collections.abc import Callable, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from rubato_desktop import __version__
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.model.llama import CONTEXT, NAME, Llama, LlamaError
from rubato_desktop.services.model.schemas import Refused, described, messages, now, piece, spent

LARGEST: Final = 8_000_000  # bytes of a request

Loaded = Callable[[], Llama]


class Served(ThreadingHTTPServer):
    """The API on a free port of 127.0.0.1.

    Args:
        token: What requests must carry as ``Authorization: Bearer …``.
        loaded: Returns the model, loading it when it is not; may raise RubatoError.
    """

    daemon_threads = True

    def __init__(self, token: str, loaded: Loaded) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = token
        self.loaded = loaded
        self.began = now()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: Served
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        self._answer(
            {"/": self._alive, "/api/version": self._version, "/api/tags": self._tags, "/api/ps": self._ps}
        )

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self._answer(
            {
                "/api/show": self._show,
                "/api/chat": partial(self._say, "chat"),
                "/api/generate": partial(self._say, "generate"),
                "/api/embed": self._embed,
            }
        )

    def log_message(self, *_: Any) -> None:
        """Questions are nobody's business but the asker's."""

    def _answer(self, ways: Mapping[str, Callable[[], None]]) -> None:
        try:
            self._guard()
            way = ways.get(self.path)
            if way is None:
                raise Refused(404, "not found")
            way()
        except Refused as refused:
            self._send({"error": str(refused)}, refused.status)
        except LlamaError as error:
            self._send({"error": str(error)}, 400)
        except RubatoError as error:
            self._send({"error": str(error)}, 500)

    def _guard(self) -> None:
        headers = self.headers
        port = self.server.port
        if headers.get("Host") not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            raise Refused(403, "this is no place for other hosts")
        if headers.get("Origin") is not None or headers.get("Sec-Fetch-Site") is not None:
            raise Refused(403, "pages in a browser may not use the model")
        given = headers.get("Authorization") or ""
        if not hmac.compare_digest(given.encode(), f"Bearer {self.server.token}".encode()):
            raise Refused(401, "the token is missing or wrong")

    def _asked(self) -> dict[str, Any]:
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            raise Refused(400, "no length") from None
        if not 0 <= length <= LARGEST:
            self.close_connection = True
            raise Refused(413, "the request is too long")
        try:
            asked = json.loads(self.rfile.read(length) or b"{}")
        except (ValueError, RecursionError):
            raise Refused(400, "the request is no JSON") from None
        if not isinstance(asked, dict):
            raise Refused(400, "the request is no JSON object")
        name = str(asked.get("model") or asked.get("name") or "")
        if name != NAME:
            raise Refused(404, f"model {name!r} not found")
        return asked

    def _alive(self) -> None:
        self._send_bytes(b"Ollama is running", "text/plain")

    def _version(self) -> None:
        self._send({"version": f"{__version__}+rubato"})

    def _tags(self) -> None:
        self._send({"models": [described(self.server.began)]})

    def _ps(self) -> None:
        running = {**described(self.server.began), "expires_at": "9999-12-31T00:00:00Z", "size_vram": 0}
        self._send({"models": [running]})

    def _show(self) -> None:
        self._asked()
        model = described(self.server.began)
        self._send(
            {
                "modelfile": f"FROM {NAME}",
                "parameters": "",
                "template": "",
                "details": model["details"],
                "model_info": {"general.architecture": "llama", "llama.context_length": CONTEXT},
                "capabilities": ["completion", "embedding"],
                "modified_at": model["modified_at"],
            }
        )

    def _embed(self) -> None:
        asked = self._asked()
        began = time.perf_counter_ns()
        texts = asked.get("input", [])
        texts = [texts] if isinstance(texts, str) else texts
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise Refused(400, "input must be a text or a list of texts")
        vectors = self.server.loaded().embed(texts) if texts else []
        took = time.perf_counter_ns() - began
        self._send({"model": NAME, "embeddings": vectors, "total_duration": took, "load_duration": 0})

    def _say(self, kind: str) -> None:
        asked = self._asked()
        began = time.perf_counter_ns()
        told = messages(kind, asked)
        options = asked.get("options") or {}
        stream = asked.get("stream", True) is not False
        if not isinstance(options, dict):
            raise Refused(400, "options must be an object")
        llama = self.server.loaded()
        loaded = time.perf_counter_ns() - began
        if not told:
            self._send({**piece(kind, ""), "done": True, "done_reason": "load"})
            return
        said: list[str] = []

        def give(text: str) -> bool:
            said.append(text)
            if stream and text:
                return self._line({**piece(kind, text), "done": False})
            return not self._gone()

        if stream:
            self._begin_lines()
        try:
            usage = llama.chat(told, options, asked.get("format"), give)
        except LlamaError as error:
            if not stream:
                raise
            self._line({"error": str(error)})
            self._end_lines()
            return
        if usage is None:
            self.close_connection = True
            return
        text = "" if stream else "".join(said)
        last = {**piece(kind, text), "done": True, **spent(usage, time.perf_counter_ns() - began, loaded)}
        if stream:
            self._line(last)
            self._end_lines()
        else:
            self._send(last)

    def _gone(self) -> bool:
        """Whether the client has closed its end: nothing is read from one that only waits."""
        with contextlib.suppress(OSError):
            if select.select([self.connection], [], [], 0)[0]:
                return not self.connection.recv(1, socket.MSG_PEEK)
            return False
        return True

    def _begin_lines(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _line(self, value: Mapping[str, Any]) -> bool:
        data = json.dumps(value, ensure_ascii=False).encode() + b"\n"
        if self._gone():
            return False
        try:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        except OSError:
            return False
        return True

    def _end_lines(self) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(b"0\r\n\r\n")

    def _send(self, value: Mapping[str, Any], status: int = 200) -> None:
        self._send_bytes(json.dumps(value, ensure_ascii=False).encode(), "application/json", status)

    def _send_bytes(self, data: bytes, kind: str, status: int = 200) -> None:
        if status != 200:
            self.close_connection = True  # what is left of its body is not read
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)
