"""`rubato-native-host`: forwards messages between the browser, which starts it, and the app, which may not be running.

    rubato-native-host --data DIR chrome-extension://ID/

It checks the length, the JSON and the version of each message; an invalid one is answered with an error. It imports
only the standard library, to start fast.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extension_bridge.envelope import InvalidMessage, answer, decode, event
from extension_bridge.frames import FrameError, Reader, TooLong, dump, frame, load, split
from extension_bridge.identity import origin
from extension_bridge.line import Line, connect

BRIDGE = "bridge.json"  # in the data folder while the app listens: the address of its socket
RETRY_S = 0.5
NOT_RUNNING = "Rubato Desktop is not running. To start it, run: rubato run"
ENDED = "Rubato Desktop has closed"


class Host:
    """The native host of one browser.

    Args:
        data: The app's data folder.
        reading: A file descriptor to read the extension's messages from.
        writing: A file descriptor to write messages to the extension to.
    """

    def __init__(self, data: Path, reading: int, writing: int) -> None:
        self._data = data
        self._reader = Reader(lambda count: os.read(reading, count))
        self._writing = writing
        self._write_lock = threading.Lock()
        self._line: Line | None = None
        self._ended = threading.Event()

    def run(self) -> int:
        """Forward until the browser closes its side.

        Returns:
            The exit status: 0, or 1 when the browser's stream became unreadable.
        """
        # Connect before reading, so that the extension's first messages reach the app.
        self._line = self._try_connect()
        try:
            self._send_app_state(NOT_RUNNING)
            threading.Thread(target=self._read_app, name="app", daemon=True).start()
            while (data := self._reader.next()) is not None:
                self._from_extension(data)
        except FrameError as error:
            log_error(str(error))
            return 1
        except BrokenPipeError:
            pass
        finally:
            self._ended.set()
            if self._line is not None:
                self._line.close()
        return 0

    def _from_extension(self, data: bytes | TooLong) -> None:
        try:
            message = decode(data)
        except InvalidMessage as error:
            self._report(error)
            return
        assert isinstance(data, bytes)
        if not self._to_app(data) and "status" not in message and type(message.get("id")) is int:
            self._to_extension(answer(message["id"], "refused", "not_running", NOT_RUNNING))

    def _report(self, error: InvalidMessage) -> None:
        """Report an invalid message to the side that waits for its answer."""
        if error.id is None:
            self._to_extension(event("host", app="on" if self._line else "off", reason=error.text))
        elif error.is_answer:
            self._to_app(dump(answer(error.id, "failed", error.code, error.text)))
        else:
            self._to_extension(answer(error.id, "refused", error.code, error.text))

    def _to_app(self, data: bytes) -> bool:
        line = self._line
        with contextlib.suppress(OSError):
            if line is not None:
                line.send(data)
                return True
        return False

    def _to_extension(self, message: dict[str, Any]) -> None:
        self._write(dump(message))

    def _write(self, data: bytes) -> None:
        """Write a whole message to the browser.

        Raises:
            OSError: the browser has closed the pipe.
        """
        rest = memoryview(frame(data))
        with self._write_lock:
            while rest:
                rest = rest[os.write(self._writing, rest) :]

    def _send_app_state(self, reason: str) -> None:
        running = self._line is not None
        self._to_extension(event("host", app="on" if running else "off", reason="" if running else reason))

    def _read_app(self) -> None:
        """Forward the app's messages, report when it closes, and reconnect; runs until the browser ends."""
        # When the browser ends, writes fail; the other thread notices too, and ends the process.
        with contextlib.suppress(OSError):
            while not self._ended.is_set():
                if (line := self._line) is not None:
                    while (data := line.receive()) is not None:
                        self._from_app(data)
                    self._line = None
                    self._send_app_state(ENDED)
                if (line := self._wait()) is not None:
                    self._line = line
                    self._send_app_state("")

    def _from_app(self, data: bytes | TooLong) -> None:
        if isinstance(data, TooLong):
            log_error(f"dropped a message of {data.length} bytes from the app: too long")
            return
        try:
            load(data)
            pieces = split(data)
        except ValueError as error:
            log_error(f"dropped an invalid message from the app: {error}")
            return
        for piece in pieces:
            self._write(piece)

    def _wait(self) -> Line | None:
        while not self._ended.wait(RETRY_S):
            if line := self._try_connect():
                return line
        return None

    def _try_connect(self) -> Line | None:
        try:
            address = json.loads((self._data / BRIDGE).read_bytes())["address"]
            return connect(address) if isinstance(address, str) else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None


def log_error(text: str) -> None:
    """Write to standard error, which goes into the browser's log."""
    with contextlib.suppress(OSError, ValueError):
        print(f"rubato-native-host: {text}", file=sys.stderr, flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the host as a browser starts it.

    Returns:
        0 when the browser closed its side; 1 when its stream was unreadable; 2 when the caller is not Rubato's
        extension or the data folder is missing.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if len(arguments) < 2 or arguments[0] != "--data":
        log_error("only browsers start this (--data DIR ORIGIN); to set one up, run: rubato browser install")
        return 2
    # Browsers may add arguments after the origin.
    caller = arguments[2] if len(arguments) > 2 else ""
    if caller != origin():
        log_error(f"only Rubato's extension may start this, not {caller[:100]!r}")
        return 2
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(1, os.O_BINARY)
    writing = os.dup(1)
    # Stray prints must not end up between the messages.
    os.dup2(2, 1)
    return Host(Path(arguments[1]), 0, writing).run()


def run() -> None:
    """Run the host and exit without waiting for its other thread."""
    code = 1
    try:
        code = main()
    except Exception:
        import traceback

        log_error(traceback.format_exc())
    finally:
        os._exit(code)


if __name__ == "__main__":
    run()
