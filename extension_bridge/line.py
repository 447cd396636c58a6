"""The connection between native host and app: whole messages, both ways, between two processes of one user.

A Unix socket with the framing of `frames`; on Windows a named pipe, which preserves message boundaries.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
import threading
from typing import TYPE_CHECKING, Any, Protocol

from extension_bridge.frames import MAX_MESSAGE, FrameError, Reader, TooLong, frame

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SEND_TIMEOUT_S = 10  # a receiver that does not read for this long hangs


class Line(Protocol):
    def send(self, data: bytes) -> None:
        """Send one message; thread-safe.

        Raises:
            OSError: the other side has closed, or has not read for `SEND_TIMEOUT_S`.
        """
        ...

    def receive(self) -> bytes | TooLong | None:
        """Wait for a message; None when the connection has ended for any reason."""
        ...

    def close(self) -> None:
        """Close the connection; a blocked `receive` returns None. Calling it again does nothing."""
        ...


class SocketLine:
    """A connection over a Unix socket."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._sending = threading.Lock()
        self._reader = Reader(connected.recv)
        limit = struct.pack("ll", SEND_TIMEOUT_S, 0)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)

    def send(self, data: bytes) -> None:
        with self._sending:
            try:
                self._socket.sendall(frame(data))
            except OSError:
                # Half a message may have been sent; nothing can follow it.
                self.close()
                raise

    def receive(self) -> bytes | TooLong | None:
        with contextlib.suppress(FrameError, OSError):
            if (message := self._reader.next()) is not None:
                return message
        self.close()
        with self._sending:
            self._socket.close()
        return None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            # close() alone would not wake a thread blocked in recv().
            self._socket.shutdown(socket.SHUT_RDWR)


class PipeLine:
    """A connection over a Windows named pipe."""

    def __init__(self, connected: Connection) -> None:
        self._pipe = connected
        self._sending = threading.Lock()

    def send(self, data: bytes) -> None:
        with self._sending:
            self._pipe.send_bytes(data)

    def receive(self) -> bytes | TooLong | None:
        try:
            return self._pipe.recv_bytes(MAX_MESSAGE)
        except (EOFError, OSError):
            return None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._pipe.close()


def connect(address: str) -> Line:
    """Connect to the app.

    Raises:
        OSError: nothing listens there, or a process of another user does.
    """
    if sys.platform == "win32":
        from multiprocessing.connection import Client

        return PipeLine(Client(address, family="AF_PIPE"))
    line = socket.socket(socket.AF_UNIX)
    try:
        line.connect(address)
        if user_of(line) != os.getuid():
            raise PermissionError("the socket belongs to another user")
    except BaseException:
        line.close()
        raise
    return SocketLine(line)


def user_of(connected: socket.socket) -> int | None:
    """Return the user id of the process at the other end of a Unix socket; None where the system does not tell."""
    try:
        if sys.platform == "darwin":
            # struct xucred in sys/ucred.h; SOL_LOCAL is 0, LOCAL_PEERCRED is 1.
            credentials = connected.getsockopt(0, 1, struct.calcsize("=IIh2x16I"))
            version, user = struct.unpack_from("=II", credentials)
            return int(user) if version == 0 else None
        option: Any = getattr(socket, "SO_PEERCRED", None)
        if option is None:
            return None
        _process, user, _group = struct.unpack("iII", connected.getsockopt(socket.SOL_SOCKET, option, 12))
        return int(user)
    except (OSError, struct.error):
        return None
