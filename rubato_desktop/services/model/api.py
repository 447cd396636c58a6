"""Ollama's HTTP API for the small model, on loopback, protected by a token.

Format: https://github.com/ollama/ollama/blob/main/docs/api.md. A web page can reach every loopback port, so requests
from a browser (Origin, Sec-Fetch-Site, a foreign Host) are refused, with or without the token.
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
from rubato_desktop.services.model.schemas import (
    RequestError,
    answer_chunk,
    model_entry,
    read_messages,
    timestamp,
    usage_fields,
)

LARGEST: Final = 8_000_000  # bytes of a request

LoadModel = Callable[[], Llama]


class ModelServer(ThreadingHTTPServer):
    """The API, on a free port of 127.0.0.1.

    Args:
        token: What requests must carry as ``Authorization: Bearer TOKEN``.
        load: Returns the model, once it is loaded; may raise RubatoError.
    """

    daemon_threads = True

    def __init__(self, token: str, load: LoadModel) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = token
        self.load = load
        self.started = timestamp()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that disconnected."""


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        self._respond(
            {"/": self._alive, "/api/version": self._version, "/api/tags": self._tags, "/api/ps": self._ps}
        )

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self._respond(
            {
                "/api/show": self._show,
                "/api/chat": partial(self._generate, "chat"),
                "/api/generate": partial(self._generate, "generate"),
                "/api/embed": self._embed,
            }
        )

    def log_message(self, *_: Any) -> None:
        """Log nothing: questions are private."""

    def _respond(self, routes: Mapping[str, Callable[[], None]]) -> None:
        try:
            self._authorize()
            route = routes.get(self.path)
            if route is None:
                raise RequestError(404, "not found")
            route()
        except RequestError as error:
            self._send({"error": str(error)}, error.status)
        except LlamaError as error:
            self._send({"error": str(error)}, 400)
        except RubatoError as error:
            self._send({"error": str(error)}, 500)

    def _authorize(self) -> None:
        headers = self.headers
        port = self.server.port
        if headers.get("Host") not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            raise RequestError(403, "requests for other hosts are refused")
        if headers.get("Origin") is not None or headers.get("Sec-Fetch-Site") is not None:
            raise RequestError(403, "requests from web pages are refused")
        credentials = headers.get("Authorization") or ""
        if not hmac.compare_digest(credentials.encode(), f"Bearer {self.server.token}".encode()):
            raise RequestError(401, "the token is missing or wrong")

    def _read_request(self) -> dict[str, Any]:
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            raise RequestError(400, "invalid Content-Length") from None
        if not 0 <= length <= LARGEST:
            self.close_connection = True
            raise RequestError(413, "the request is too large")
        try:
            request = json.loads(self.rfile.read(length) or b"{}")
        except (ValueError, RecursionError):
            raise RequestError(400, "the request is not valid JSON") from None
        if not isinstance(request, dict):
            raise RequestError(400, "the request is not a JSON object")
        name = str(request.get("model") or request.get("name") or "")
        if name != NAME:
            raise RequestError(404, f"model {name!r} not found")
        return request

    def _alive(self) -> None:
        self._send_bytes(b"Ollama is running", "text/plain")

    def _version(self) -> None:
        self._send({"version": f"{__version__}+rubato"})

    def _tags(self) -> None:
        self._send({"models": [model_entry(self.server.started)]})

    def _ps(self) -> None:
        running = {**model_entry(self.server.started), "expires_at": "9999-12-31T00:00:00Z", "size_vram": 0}
        self._send({"models": [running]})

    def _show(self) -> None:
        self._read_request()
        model = model_entry(self.server.started)
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
        request = self._read_request()
        began = time.perf_counter_ns()
        texts = request.get("input", [])
        texts = [texts] if isinstance(texts, str) else texts
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise RequestError(400, "input must be a string or a list of strings")
        vectors = self.server.load().embed(texts) if texts else []
        total_ns = time.perf_counter_ns() - began
        self._send({"model": NAME, "embeddings": vectors, "total_duration": total_ns, "load_duration": 0})

    def _generate(self, kind: str) -> None:
        request = self._read_request()
        began = time.perf_counter_ns()
        messages = read_messages(kind, request)
        options = request.get("options") or {}
        stream = request.get("stream", True) is not False
        if not isinstance(options, dict):
            raise RequestError(400, "options must be an object")
        llama = self.server.load()
        load_ns = time.perf_counter_ns() - began
        if not messages:
            self._send({**answer_chunk(kind, ""), "done": True, "done_reason": "load"})
            return
        chunks: list[str] = []

        def on_text(text: str) -> bool:
            chunks.append(text)
            if stream and text:
                return self._send_line({**answer_chunk(kind, text), "done": False})
            return not self._disconnected()

        if stream:
            self._begin_lines()
        try:
            usage = llama.chat(messages, options, request.get("format"), on_text)
        except LlamaError as error:
            if not stream:
                raise
            self._send_line({"error": str(error)})
            self._end_lines()
            return
        if usage is None:
            self.close_connection = True
            return
        text = "" if stream else "".join(chunks)
        total_ns = time.perf_counter_ns() - began
        last = {**answer_chunk(kind, text), "done": True, **usage_fields(usage, total_ns, load_ns)}
        if stream:
            self._send_line(last)
            self._end_lines()
        else:
            self._send(last)

    def _disconnected(self) -> bool:
        """Return whether the client has closed the connection; a waiting client sends nothing."""
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

    def _send_line(self, value: Mapping[str, Any]) -> bool:
        """Send one line of JSON; returns whether the client is still connected."""
        data = json.dumps(value, ensure_ascii=False).encode() + b"\n"
        if self._disconnected():
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

    def _send_bytes(self, data: bytes, content_type: str, status: int = 200) -> None:
        if status != 200:
            self.close_connection = True  # the rest of the request is not read
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)
