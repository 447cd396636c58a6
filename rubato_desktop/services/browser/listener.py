"""The local socket that native hosts connect to: for its owner only, with its address in `bridge.json`."""

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
from rubato_desktop.ipc import local_socket

log = logging.getLogger(__name__)

JOIN_TIMEOUT_S = 5.0
BACKLOG = 16


class Server(Protocol):
    """Accepts connections."""

    def accept(self) -> Line | None:
        """Wait for a connection; None for one that was refused."""
        ...

    def close(self) -> None: ...


class SocketServer:
    """A Unix socket that accepts only processes of the same user."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.bind(address)
            Path(address).chmod(0o600)
            self._socket.listen(BACKLOG)
        except BaseException:
            self._socket.close()
            raise

    def accept(self) -> Line | None:
        connected, _ = self._socket.accept()
        if (user := user_of(connected)) != os.getuid():
            log.warning("refused a process of another user (%s)", user)
            connected.close()
            return None
        return SocketLine(connected)

    def close(self) -> None:
        self._socket.close()


class PipeServer:
    """A named pipe; Windows lets only its owner write to it."""

    def __init__(self, address: str) -> None:
        from multiprocessing.connection import Listener

        self._listener = Listener(address, family="AF_PIPE")

    def accept(self) -> Line | None:
        return PipeLine(self._listener.accept())

    def close(self) -> None:
        self._listener.close()


class Listener:
    """Listens for connections on a thread of its own, from its creation on.

    Args:
        data: The data folder, where `bridge.json` exists while this listens.
        on_connection: Called with each accepted line, on the listener's thread.

    Raises:
        OSError: the socket cannot be created, or the data folder cannot be written.
    """

    def __init__(self, data: Path, on_connection: Callable[[Line], None]) -> None:
        self._on_connection = on_connection
        self._file = data / BRIDGE
        self.address = local_socket.new_address()
        self._closing = threading.Event()
        with contextlib.ExitStack() as ending:
            ending.callback(local_socket.remove, self.address)
            self._server: Server = (
                PipeServer(self.address) if sys.platform == "win32" else SocketServer(self.address)
            )
            ending.callback(self._server.close)
            entry = {"v": V, "address": self.address, "pid": os.getpid()}
            write_beside(self._file, json.dumps(entry).encode(), mode=0o600)
            self._ending = ending.pop_all()
        self._thread = threading.Thread(target=self._listen, name="browser-listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening. Calling it again does nothing."""
        if self._closing.is_set():
            return
        self._closing.set()
        with contextlib.suppress(OSError, ValueError):
            # Another instance may have replaced the file meanwhile.
            if json.loads(self._file.read_bytes()).get("address") == self.address:
                self._file.unlink()
        with contextlib.suppress(OSError):
            # Only a connection wakes a thread that is blocked in accept().
            connect(self.address).close()
            self._thread.join(JOIN_TIMEOUT_S)
        self._ending.close()

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                line = self._server.accept()
            except OSError as error:
                if not self._closing.is_set():
                    log.warning("cannot accept a connection: %s", error)
                self._closing.wait(0.1)
                continue
            if line is None:
                continue
            if self._closing.is_set():
                line.close()
                return
            self._on_connection(line)
