"""One running program per data folder, which a second start or the command line can send requests to.

The program holds a lock on `instance.lock` in the data folder until its process ends. The file contains its process
id and the address of its socket.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Mapping
from io import FileIO
from pathlib import Path
from typing import Any

from rubato_desktop.errors import RubatoError, reason
from rubato_desktop.file_lock import lock
from rubato_desktop.ipc import local_socket
from rubato_desktop.ipc.local_socket import LocalSocket, OnRequest

LOCK = "instance.lock"
CLAIM_S = 5.0  # for a program that is just starting or ending
POLL_S = 0.02


class SingleInstance:
    """This process as the only one that uses a data folder; created by `claim`."""

    def __init__(self, file: FileIO, on_request: OnRequest) -> None:
        self._file = file
        self._socket = LocalSocket(on_request)
        content = {"pid": os.getpid(), "address": self._socket.address}
        self._file.truncate(0)
        self._file.write(json.dumps(content).encode())

    @classmethod
    def claim(cls, data: Path, on_request: OnRequest, timeout: float = CLAIM_S) -> SingleInstance | None:
        """Claim a data folder for this process.

        Args:
            data: The data folder; created if missing.
            on_request: Handles requests of other processes, on threads of its own; see `LocalSocket`.
            timeout: Seconds to wait for a process that is just starting or ending.

        Returns:
            None if another process uses the folder; `request` sends it a request.

        Raises:
            RubatoError: the folder cannot be written, or the other process does not answer.
        """
        try:
            data.mkdir(parents=True, exist_ok=True)
            file = FileIO(os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        except OSError as error:
            raise RubatoError(
                f"The data folder {data} cannot be used: {reason(error)}",
                todo="Choose another with --data or RUBATO_DATA",
                code="bad_data",
            ) from None
        with contextlib.ExitStack() as stack:
            stack.enter_context(file)
            deadline = time.monotonic() + timeout
            while not lock(file):
                if (address := _address(data)) and local_socket.listens(address):
                    return None
                if time.monotonic() > deadline:
                    raise RubatoError(
                        f"Another Rubato uses the data folder {data} but does not answer",
                        todo=f"End it (process {_content(data).get('pid', 'unknown')}), or choose another with --data",
                        code="no_answer",
                    )
                time.sleep(POLL_S)
            # The previous process was killed, so its socket may still exist.
            local_socket.remove(_address(data))
            instance = cls(file, on_request)
            stack.pop_all()
            return instance

    def close(self) -> None:
        """Release the data folder. Safe to call twice."""
        self._socket.close()
        if not self._file.closed:
            self._file.truncate(0)
            self._file.close()


def request(
    data: Path, content: Mapping[str, Any], timeout: float = local_socket.TIMEOUT_S
) -> dict[str, Any]:
    """Send a request to the program that uses a data folder.

    Args:
        data: The data folder.
        content: The request, such as ``{"do": "front"}`` or ``{"do": "run", "command": "play", "args": {}}``.
        timeout: Seconds to wait for the response.

    Returns:
        The response of its `on_request`.

    Raises:
        RubatoError: ``not_running``, ``no_answer``, or ``too_long``.
    """
    return local_socket.ask(_address(data), content, timeout)


def _address(data: Path) -> str:
    address = _content(data).get("address", "")
    return address if isinstance(address, str) else ""


def _content(data: Path) -> dict[str, Any]:
    """Return what the holder of the lock wrote; empty if it has not written yet."""
    try:
        content = json.loads((data / LOCK).read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
