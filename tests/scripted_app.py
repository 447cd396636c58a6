"""The program's end of the browser connection, scripted by a test.

Chromium starts `relay` as its native host. It forwards frames unchanged, in both directions, over a socket to the
`ScriptedApp` in the process of the test. Messages are not checked.
"""

from __future__ import annotations

import json
import queue
import socket
import struct
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from waiting import until

from extension_bridge.identity import HOST, origin

Message = dict[str, Any]

RELAY = """\
#!{python}
import os, socket, sys, threading
wire = socket.socket(socket.AF_UNIX)
try:
    wire.connect({path!r})
except OSError:
    sys.exit(1)
def pump(read, write):
    while data := read(65536):
        write(data)
    os._exit(0)
def put(data):
    while data:
        data = data[os.write(1, data):]
threading.Thread(target=pump, args=(wire.recv, put)).start()
pump(lambda size: os.read(0, size), wire.sendall)
"""


class ScriptedApp:
    """Accepts the connection of the extension and records its messages.

    Args:
        folder: Folder for the socket and the relay.
        greet: Response to `hello`, without `v` and `id`.

    Attributes:
        hellos: All hello requests so far.
        events: All events so far, in order.
        requests: All other requests so far.
        answers: Functions that respond to requests, by name.
        strays: Responses without a request.
    """

    JOINED: Message = {"status": "ok", "value": {"app": "0.1.0", "listening": False, "settings": {}}}
    PAIRING: Message = {
        "status": "refused",
        "error": {"code": "pairing", "message": "A person must say yes."},
    }

    def __init__(self, folder: Path, greet: Message | None = None) -> None:
        self.greet = greet or self.JOINED
        self.path = folder / "app"
        self.relay = folder / "relay"
        self.hellos: list[Message] = []
        self.events: list[Message] = []
        self.requests: list[Message] = []
        self.strays: list[Message] = []
        self.answers: dict[str, Callable[[Message], Message]] = {}
        self._waiting: dict[int, queue.Queue[Message]] = {}
        self._next = 0
        self._line: socket.socket | None = None
        self._server: socket.socket | None = None
        self.relay.write_text(RELAY.format(python=sys.executable, path=str(self.path)))
        self.relay.chmod(0o755)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Accept connections."""
        self.path.unlink(missing_ok=True)
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(self.path))
        self._server.listen()
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def stop(self) -> None:
        """Close the socket and the connection, as after a crash."""
        for end in (self._server, self._line):
            if end:
                end.close() if end is self._server else end.shutdown(socket.SHUT_RDWR)
        self._server = self._line = None
        self.path.unlink(missing_ok=True)

    def install(self, profile: Path) -> None:
        """Install the relay as the native host of a Chromium profile."""
        hosts = profile / "NativeMessagingHosts"
        hosts.mkdir(parents=True, exist_ok=True)
        manifest = {"name": HOST, "description": "A test", "path": str(self.relay), "type": "stdio"}
        (hosts / f"{HOST}.json").write_text(json.dumps({**manifest, "allowed_origins": [origin()]}))

    @property
    def joined(self) -> bool:
        return self._line is not None

    def send(self, message: object, line: socket.socket | None = None) -> None:
        """Send a message unchanged."""
        data = json.dumps(message).encode()
        to = line or self._line
        assert to, "the extension is not connected"
        to.sendall(struct.pack("=I", len(data)) + data)

    def send_event(self, name: str, /, **args: Any) -> None:
        self.send({"v": 1, "type": "event", "name": name, "args": args})

    def start_request(self, name: str, *, deadline_ms: float = 10_000, **args: Any) -> queue.Queue[Message]:
        """Send a command; return a queue that receives every response."""
        self._next += 1
        answers = self._waiting[self._next] = queue.Queue()
        request = {"v": 1, "id": self._next, "type": "command", "name": name, "args": args}
        self.send({**request, "deadline_ms": deadline_ms})
        return answers

    def ask(self, name: str, *, deadline_ms: float = 10_000, **args: Any) -> Message:
        """Send a command and return its response."""
        return self.start_request(name, deadline_ms=deadline_ms, **args).get(timeout=60)

    def value(self, name: str, **args: Any) -> Any:
        """Send a command that must succeed, and return its value."""
        answer = self.ask(name, **args)
        assert answer["status"] == "ok", answer
        return answer["value"]

    def windows(self) -> list[Message]:
        """Return the windows of the last `windows` event."""
        windows = [event["args"]["windows"] for event in self.events if event["name"] == "windows"]
        return windows[-1] if windows else []

    def wait_until_connected(self) -> None:
        until(lambda: self._line and self.hellos, "the extension")

    def wait_for_event(self, name: str, **args: Any) -> Message:
        """Wait for an event with this name and these arguments; return the first, which may be past."""

        def found() -> Message | None:
            matches = (
                event
                for event in list(self.events)
                if event["name"] == name and args.items() <= event["args"].items()
            )
            return next(matches, None)

        event = until(found, textwrap.shorten(f"{name} {args}", 80))
        assert event
        return event

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            self._line = line
            threading.Thread(target=self._read, args=(line,), daemon=True).start()

    def _read(self, line: socket.socket) -> None:
        stream = line.makefile("rb")
        while head := stream.read(4):
            (length,) = struct.unpack("=I", head)
            self._take(json.loads(stream.read(length)), line)
        if self._line is line:
            self._line = None

    def _take(self, message: Message, line: socket.socket) -> None:
        if "status" in message:
            waiting = self._waiting.get(message["id"])
            waiting.put(message) if waiting else self.strays.append(message)
        elif message["type"] == "event":
            self.events.append({**message, "at": time.monotonic()})
        elif message["type"] == "hello":
            self.hellos.append(message)
            self.send({"v": 1, "id": message["id"], **self.greet}, line)
        else:
            self.requests.append(message)
            if answer := self.answers.get(message["name"]):
                self.send({"v": 1, "id": message["id"], **answer(message)}, line)
