"""The line between native host and app: whole messages, both ways, between two processes of one user.

A Unix socket, framed as Chrome frames its own messages; on Windows a named pipe, which keeps messages whole.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
import threading
from typing import TYPE_CHECKING, Any, Protocol

from extension_bridge.frames import LONGEST, FrameError, Reader, TooLong, frame

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SEND_PATIENCE = 10  # s; who does not read for so long hangs


class Line(Protocol):
    def send(self, data: bytes) -> None:
        """Send one message; from any thread.

        Raises:
            OSError: the other side is gone, or has not read for `SEND_PATIENCE`.
        """
        ...

    def receive(self) -> bytes | TooLong | None:
        """Wait for a message; None when the line has ended, however it did."""
        ...

    def close(self) -> None:
        """End the line; whoever waits in `receive` gets None. A second time does nothing."""
        ...


class SocketLine:
    """A line over a connected Unix socket."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._sending = threading.Lock()
        self._reader = Reader(connected.recv)
        limit = struct.pack("ll", SEND_PATIENCE, 0)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)

    def send(self, data: bytes) -> None:
        with self._sending:
            try:
                self._socket.sendall(frame(data))
            except OSError:
                # Half a message may be on the way: nothing more can follow it.
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
            # Closing alone would not wake a thread that waits for a message.
            self._socket.shutdown(socket.SHUT_RDWR)


class PipeLine:
    """A line over a Windows named pipe."""

    def __init__(self, connected: Connection) -> None:
        self._pipe = connected
        self._sending = threading.Lock()

    def send(self, data: bytes) -> None:
        with self._sending:
            self._pipe.send_bytes(data)

    def receive(self) -> bytes | TooLong | None:
        try:
            return self._pipe.recv_bytes(LONGEST)
        except (EOFError, OSError):
            return None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._pipe.close()


def connect(address: str) -> Line:
    """Connect to the app.

    Raises:
        OSError: nobody listens there, or it is somebody else.
    """
    if sys.platform == "win32":
        from multiprocessing.connection import Client

        return PipeLine(Client(address, family="AF_PIPE"))
    line = socket.socket(socket.AF_UNIX)
    try:
        line.connect(address)
        if user_of(line) != os.getuid():
            raise PermissionError("whoever listens there is somebody else")
    except BaseException:
        line.close()
        raise
    return SocketLine(line)


def user_of(connected: socket.socket) -> int | None:
    """Return the user id of the process at the other end of a Unix socket; None where it is not known."""
    try:
        if sys.platform == "darwin":
            # struct xucred of sys/ucred.h; SOL_LOCAL is 0, LOCAL_PEERCRED is 1.
            said = connected.getsockopt(0, 1, struct.calcsize("=IIh2x16I"))
            version, user = struct.unpack_from("=II", said)
            return int(user) if version == 0 else None
        option: Any = getattr(socket, "SO_PEERCRED", None)
        if option is None:
            return None
        _process, user, _group = struct.unpack("iII", connected.getsockopt(socket.SOL_SOCKET, option, 12))
        return int(user)
    except (OSError, struct.error):
        return None
