"""A fake extension: it starts the real native host as Chrome does, and exchanges messages with it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from extension_bridge.frames import FrameError, Reader, frame
from extension_bridge.identity import origin
from extension_bridge.install import Installation

PATIENCE = 30.0
TAB = {"id": 34, "number": 1, "title": "Home", "url": "https://a.example/", "active": True}
WINDOWS = {"windows": [{"id": 12, "number": 1, "focused": True, "tabs": [TAB]}]}
Answer = Callable[[dict[str, Any]], dict[str, Any] | None]


class FakeExtension:
    """The extension of one browser. Its native host is started with it and ends on `close`.

    Args:
        data: Data folder of the program.
        client: Id of the browser.
        secret: Secret of the pairing, 64 hexadecimal digits.
        browser: Name and version of the browser.
        answer: Returns the response to a command, or None for no response; by default, ok with an empty value.
        caller: Origin that the host receives as its argument; by default, that of the extension.
        first_number: Id of its first request.

    Attributes:
        events: Names and arguments of received events that `wait_for` has not consumed, in order.
        commands: Received commands, in order.
    """

    def __init__(
        self,
        data: Path,
        *,
        client: str = "client-1",
        secret: str = "5" * 64,
        browser: str = "Chromium 150",
        answer: Answer | None = None,
        caller: str | None = None,
        first_number: int = 1,
    ) -> None:
        installation = Installation(data)
        installation.write_launcher()
        self.client, self.secret, self.browser = client, secret, browser
        self._answer = answer or (lambda command: ok(command, {}))
        self.process = subprocess.Popen(
            [installation.launcher, origin() if caller is None else caller],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A minimal environment, such as a browser started from a menu may have.
            env={"PATH": "/nowhere", **({"TMPDIR": os.environ["TMPDIR"]} if "TMPDIR" in os.environ else {})},
        )
        assert self.process.stdin and self.process.stdout
        self._stdin, self._stdout = self.process.stdin, self.process.stdout
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.commands: list[dict[str, Any]] = []
        self._answers: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        self._received = threading.Condition()
        self._number = first_number - 1
        self._parts: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> int:
        """Close the connection as a browser does at its end; return the exit status of the host."""
        if self.process.poll() is None:
            with contextlib.suppress(OSError):
                self._stdin.close()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self._reader.join(PATIENCE)
        return self.process.wait()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def send_bytes(self, data: bytes) -> None:
        self._stdin.write(data)
        self._stdin.flush()

    def send(self, message: dict[str, Any]) -> None:
        self.send_bytes(frame(json.dumps(message).encode()))

    def request(self, name: str, args: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """Send a request to the program and return the response."""
        self._number += 1
        number = self._number
        self._answers[number] = queue.SimpleQueue()
        self.send(
            {"v": 1, "id": number, "type": "command", "name": name, "args": args or {}, "deadline_ms": 5000}
            | more
        )
        return self._answers[number].get(timeout=PATIENCE)

    def hello(self, **more: Any) -> dict[str, Any]:
        args = {"version": "0.1.0", "browser": self.browser, "client": self.client, "secret": self.secret}
        return self.request("extension", args, type="hello", **more)

    def event(self, name: str, **args: Any) -> None:
        self.send({"v": 1, "type": "event", "name": name, "args": args})

    def join(self) -> Self:
        """Send hello and the list of windows."""
        answer = self.hello()
        assert answer["status"] == "ok", answer
        self.event("windows", **WINDOWS)
        return self

    def wait_for(
        self, name: str, look: Callable[[dict[str, Any]], bool] = lambda args: True
    ) -> dict[str, Any]:
        """Wait for an event and return its arguments; discard it and all earlier events."""
        matches: list[int] = []

        def there() -> bool:
            matches[:] = [n for n, (event, args) in enumerate(self.events) if event == name and look(args)]
            return bool(matches)

        with self._received:
            assert self._received.wait_for(there, PATIENCE), f"no event {name} among {self.events}"
            args = self.events[matches[0]][1]
            del self.events[: matches[0] + 1]
        return args

    @property
    def log(self) -> str:
        """The standard error of the host, which browsers write to their log. Read it after the host has ended."""
        assert self.process.stderr
        return self.process.stderr.read().decode()

    def _read(self) -> None:
        reader = Reader(lambda count: os.read(self._stdout.fileno(), count))
        while (data := self._next(reader)) is not None:
            assert isinstance(data, bytes) and len(data) <= 1 << 20, "larger than the message limit of Chrome"
            self._take(json.loads(data))

    def _next(self, reader: Reader) -> object | None:
        try:
            return reader.next()
        except FrameError:  # the host was killed during a message
            return None

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("type") == "part":
            self._parts.append(message["data"])
            assert message["n"] == len(self._parts) - 1
            if len(self._parts) == message["of"]:
                whole, self._parts = "".join(self._parts), []
                self._take(json.loads(whole))
        elif message.get("type") == "event":
            with self._received:
                self.events.append((message["name"], message["args"]))
                self._received.notify_all()
        elif "status" in message:
            self._answers.setdefault(message["id"], queue.SimpleQueue()).put(message)
        else:
            self.commands.append(message)
            if (answer := self._answer(message)) is not None:
                with contextlib.suppress(OSError, ValueError):  # closed in the meantime
                    self.send(answer)


def ok(command: dict[str, Any], value: Any, state: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the response of a successful command."""
    result = {"value": value, "error": None, "state": state or {}, "elapsed_ms": 1.0}
    return {"v": 1, "id": command["id"], "status": "ok", **result}


def no(command: dict[str, Any], status: str, code: str, message: str) -> dict[str, Any]:
    """Return the response of a failed or refused command."""
    result = {"value": None, "error": {"code": code, "message": message}, "state": {}, "elapsed_ms": 1.0}
    return {"v": 1, "id": command["id"], "status": status, **result}
