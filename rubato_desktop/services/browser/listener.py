"""Where native hosts find the app: a socket for its owner alone, its address in `bridge.json`."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from extension_bridge import V
from extension_bridge.line import Line, PipeLine, SocketLine, connect, user_of
from extension_bridge.native_host import BRIDGE
from rubato_desktop.files import write_beside
from rubato_desktop.ipc import local_socket as channel

log = logging.getLogger(__name__)

PATIENCE = 5.0
WAITING = 16


class Door(Protocol):
    """What connections come through."""

    def accept(self) -> Line | None:
        """Wait for a connection; None for one that is not let in."""
        ...

    def close(self) -> None: ...


class SocketDoor:
    """A Unix socket that lets only processes of the same user in."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.bind(address)
            Path(address).chmod(0o600)
            self._socket.listen(WAITING)
        except BaseException:
            self._socket.close()
            raise

    def accept(self) -> Line | None:
        connected, _ = self._socket.accept()
        if (user := user_of(connected)) != os.getuid():
            log.warning("a process of another user (%s) wanted to join and was not let in", user)
            connected.close()
            return None
        return SocketLine(connected)

    def close(self) -> None:
        self._socket.close()


class PipeDoor:
    """A named pipe, which Windows lets only its owner write to."""

    def __init__(self, address: str) -> None:
        from multiprocessing.connection import Listener

        self._listener = Listener(address, family="AF_PIPE")

    def accept(self) -> Line | None:
        return PipeLine(self._listener.accept())

    def close(self) -> None:
        self._listener.close()


class Listener:
    """Listens from now on, on a thread of its own.

    Args:
        data: The data folder, where `bridge.json` is kept as long as this listens.
        come: Called with each line that is let in.

    Raises:
        OSError: there is no place for a socket, or the data folder cannot be written.
    """

    def __init__(self, data: Path, come: Callable[[Line], None]) -> None:
        self._come = come
        self._file = data / BRIDGE
        self.address = channel.new_address()
        self._closing = threading.Event()
        with contextlib.ExitStack() as ending:
            ending.callback(channel.remove, self.address)
            self._door: Door = PipeDoor(self.address) if sys.platform == "win32" else SocketDoor(self.address)
            ending.callback(self._door.close)
            said = {"v": V, "address": self.address, "pid": os.getpid()}
            write_beside(self._file, json.dumps(said).encode(), mode=0o600)
            self._ending = ending.pop_all()
        self._thread = threading.Thread(target=self._listen, name="browser-listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more; a second time does nothing."""
        if self._closing.is_set():
            return
        self._closing.set()
        with contextlib.suppress(OSError, ValueError):
            # Another program may have put its own there meanwhile.
            if json.loads(self._file.read_bytes()).get("address") == self.address:
                self._file.unlink()
        with contextlib.suppress(OSError):
            # Nothing else wakes a thread that waits for a connection.
            connect(self.address).close()
            self._thread.join(PATIENCE)
        self._ending.close()

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                line = self._door.accept()
            except OSError as error:
                if not self._closing.is_set():
                    log.warning("a connection could not be accepted: %s", error)
                self._closing.wait(0.1)
                continue
            if line is None:
                continue
            if self._closing.is_set():
                line.close()
                return
            self._come(line)
