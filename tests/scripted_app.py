"""The app's end of the wire, played by a test: it sees each message of the extension and answers as the test says.

Chromium starts `relay` as its native host; that passes frames on as they are, in both directions, over a socket to the
`ScriptedApp` in the test's own process. Nothing here checks or repairs a message.
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
    """Listens for the extension; joined or not as the test wants.

    Args:
        folder: Where the socket and the relay lie.
        greet: What `hello` is answered: the response without `v` and `id`.

    Attributes:
        events: All events so far, in order.
        requests: All requests so far but hello; `answers` answers them by name.
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
        """Be there."""
        self.path.unlink(missing_ok=True)
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(self.path))
        self._server.listen()
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def stop(self) -> None:
        """Be gone, as after a crash."""
        for end in (self._server, self._line):
            if end:
                end.close() if end is self._server else end.shutdown(socket.SHUT_RDWR)
        self._server = self._line = None
        self.path.unlink(missing_ok=True)

    def install(self, profile: Path) -> None:
        """Make the relay the native host of the Chromium with this profile."""
        hosts = profile / "NativeMessagingHosts"
        hosts.mkdir(parents=True, exist_ok=True)
        manifest = {"name": HOST, "description": "A test", "path": str(self.relay), "type": "stdio"}
        (hosts / f"{HOST}.json").write_text(json.dumps({**manifest, "allowed_origins": [origin()]}))

    @property
    def joined(self) -> bool:
        return self._line is not None

    def send(self, message: object, line: socket.socket | None = None) -> None:
        """Send any message as it is."""
        data = json.dumps(message).encode()
        to = line or self._line
        assert to, "the extension is not connected"
        to.sendall(struct.pack("=I", len(data)) + data)

    def tell(self, name: str, /, **args: Any) -> None:
        self.send({"v": 1, "type": "event", "name": name, "args": args})

    def start_asking(self, name: str, *, deadline_ms: float = 10_000, **args: Any) -> queue.Queue[Message]:
        """Send a command; the queue gets every answer to it."""
        self._next += 1
        answers = self._waiting[self._next] = queue.Queue()
        request = {"v": 1, "id": self._next, "type": "command", "name": name, "args": args}
        self.send({**request, "deadline_ms": deadline_ms})
        return answers

    def ask(self, name: str, *, deadline_ms: float = 10_000, **args: Any) -> Message:
        """Send a command and return its answer."""
        return self.start_asking(name, deadline_ms=deadline_ms, **args).get(timeout=60)

    def value(self, name: str, **args: Any) -> Any:
        """Send a command that must succeed and return its value."""
        answer = self.ask(name, **args)
        assert answer["status"] == "ok", answer
        return answer["value"]

    def windows(self) -> list[Message]:
        """Return the windows as they were last told."""
        told = [event["args"]["windows"] for event in self.events if event["name"] == "windows"]
        return told[-1] if told else []

    def until_joined(self) -> None:
        until(lambda: self._line and self.hellos, "the extension")

    def until_told(self, name: str, **args: Any) -> Message:
        """Return the first event of that name, and with those arguments, that came or comes."""

        def found() -> Message | None:
            fitting = (
                event
                for event in list(self.events)
                if event["name"] == name and args.items() <= event["args"].items()
            )
            return next(fitting, None)

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
