"""`rubato-native-host`: between the browser, which starts it, and the app, which may not run yet.

    rubato-native-host --data DIR chrome-extension://ID/

Whole messages go both ways. It looks at their length, whether they are JSON, and at their version; what is
wrong with one is said, and the next is heard. Only the standard library is loaded: a person waits for it.
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

from extension_bridge.envelope import Unfit, answer, event, examine
from extension_bridge.frames import FrameError, Reader, TooLong, dump, frame, load, split
from extension_bridge.identity import origin
from extension_bridge.line import Line, connect

BRIDGE = "bridge.json"  # in the data folder: where the app listens, as long as it does
LOOK_AGAIN = 0.5
ABSENT = "Rubato Desktop does not run. Start it with: rubato run"
GONE = "Rubato Desktop has ended"


class Host:
    """One run of the host.

    Args:
        data: The app's data folder.
        reading: A file descriptor to read the extension's messages from.
        writing: A file descriptor to write messages to the extension to.
    """

    def __init__(self, data: Path, reading: int, writing: int) -> None:
        self._data = data
        self._reader = Reader(lambda count: os.read(reading, count))
        self._writing = writing
        self._out = threading.Lock()
        self._line: Line | None = None
        self._ended = threading.Event()

    def run(self) -> int:
        """Forward until the browser closes its side.

        Returns:
            The exit status: 0, or 1 when what the browser sent could not be read any further.
        """
        # First of all: what the extension says at once must not come too early.
        self._line = self._find()
        try:
            self._tell_of_app(ABSENT)
            threading.Thread(target=self._hear_app, name="app", daemon=True).start()
            while (data := self._reader.next()) is not None:
                self._from_extension(data)
        except FrameError as error:
            complain(str(error))
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
            message = examine(data)
        except Unfit as unfit:
            self._return(unfit)
            return
        assert isinstance(data, bytes)
        if not self._to_app(data) and "status" not in message and type(message.get("id")) is int:
            self._to_extension(answer(message["id"], "refused", "not_running", ABSENT))

    def _return(self, unfit: Unfit) -> None:
        """Tell whoever waits for something from a message that it goes no further."""
        if unfit.id is None:
            self._to_extension(event("host", app="on" if self._line else "off", reason=unfit.text))
        elif unfit.is_answer:
            self._to_app(dump(answer(unfit.id, "failed", unfit.code, unfit.text)))
        else:
            self._to_extension(answer(unfit.id, "refused", unfit.code, unfit.text))

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
        """Write one message whole.

        Raises:
            OSError: the browser has gone.
        """
        rest = memoryview(frame(data))
        with self._out:
            while rest:
                rest = rest[os.write(self._writing, rest) :]

    def _tell_of_app(self, reason: str) -> None:
        there = self._line is not None
        self._to_extension(event("host", app="on" if there else "off", reason="" if there else reason))

    def _hear_app(self) -> None:
        """Forward what the app says, tell when it has gone, and wait for it; ends with the browser."""
        # The browser may leave at any time; the other thread sees that too, and ends the process.
        with contextlib.suppress(OSError):
            while not self._ended.is_set():
                if (line := self._line) is not None:
                    while (data := line.receive()) is not None:
                        self._from_app(data)
                    self._line = None
                    self._tell_of_app(GONE)
                if (found := self._wait()) is not None:
                    self._line = found
                    self._tell_of_app("")

    def _from_app(self, data: bytes | TooLong) -> None:
        if isinstance(data, TooLong):
            complain(f"the app said {data.length} bytes at once; they were not passed on")
            return
        try:
            load(data)
            pieces = split(data)
        except ValueError as error:
            complain(f"the app said what cannot be read: {error}")
            return
        for piece in pieces:
            self._write(piece)

    def _wait(self) -> Line | None:
        while not self._ended.wait(LOOK_AGAIN):
            if line := self._find():
                return line
        return None

    def _find(self) -> Line | None:
        try:
            address = json.loads((self._data / BRIDGE).read_bytes())["address"]
            return connect(address) if isinstance(address, str) else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None


def complain(text: str) -> None:
    """Say something where the browser keeps its log."""
    with contextlib.suppress(OSError, ValueError):
        print(f"rubato-native-host: {text}", file=sys.stderr, flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the host as a browser starts it.

    Returns:
        0 when the browser closed its side; 1 when it could not be understood; 2 when it is not the one
        that may start this, or the data folder is not named.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    if len(given) < 2 or given[0] != "--data":
        complain("it is for browsers to start: --data DIR ORIGIN; rubato browser install tells them how")
        return 2
    # Behind the origin, browsers add what they like.
    caller = given[2] if len(given) > 2 else ""
    if caller != origin():
        complain(f"only Rubato's own extension may speak to it, not {caller[:100]!r}")
        return 2
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(1, os.O_BINARY)
    writing = os.dup(1)
    # Whatever else is printed must not come between the messages.
    os.dup2(2, 1)
    return Host(Path(given[1]), 0, writing).run()


def run() -> None:
    """Run the host and end at once, whatever its other thread waits for."""
    code = 1
    try:
        code = main()
    except Exception:
        import traceback

        complain(traceback.format_exc())
    finally:
        os._exit(code)


if __name__ == "__main__":
    run()
