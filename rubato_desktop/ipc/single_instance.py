"""One running program per data folder, and a way for a second start or the command line to speak to it.

`instance.lock` in the data folder is locked as long as the program lives, however it ends; it says where its
channel is.
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

from rubato_desktop.errors import RubatoError
from rubato_desktop.file_lock import lock
from rubato_desktop.ipc import local_socket as channel
from rubato_desktop.ipc.local_socket import Answer, LocalSocket

LOCK = "instance.lock"
# Between taking the lock and answering lies no more than a moment.
PATIENCE = 5.0
LOOK_AGAIN = 0.02


class SingleInstance:
    """This process as the one that runs on a data folder; `claim` makes it."""

    def __init__(self, file: FileIO, answer: Answer) -> None:
        self._file = file
        self._channel = LocalSocket(answer)
        said = {"pid": os.getpid(), "address": self._channel.address}
        self._file.truncate(0)
        self._file.write(json.dumps(said).encode())

    @classmethod
    def claim(cls, data: Path, on_request: Answer, patience: float = PATIENCE) -> SingleInstance | None:
        """Become the one that runs on a data folder.

        Args:
            data: The data folder; it is made when it is missing.
            on_request: Answers questions of other processes, on threads of its own; see `LocalSocket`.
            patience: Seconds to wait for another that is about to begin or to end.

        Returns:
            None when another process is the one; `request` speaks to it.

        Raises:
            RubatoError: the folder cannot be written, or the other does not answer.
        """
        try:
            data.mkdir(parents=True, exist_ok=True)
            file = FileIO(os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        except OSError as error:
            raise RubatoError(
                f"The data folder {data} cannot be used: {error.strerror}",
                todo="Choose another with --data or RUBATO_DATA",
                code="bad_data",
            ) from None
        with contextlib.ExitStack() as ending:
            ending.enter_context(file)
            deadline = time.monotonic() + patience
            while not lock(file):
                if (address := _address(data)) and channel.listens(address):
                    return None
                if time.monotonic() > deadline:
                    raise RubatoError(
                        f"Another Rubato keeps the data folder {data} but does not answer",
                        todo=f"End it (process {_said(data).get('pid', 'unknown')}), or choose another with --data",
                        code="no_answer",
                    )
                time.sleep(LOOK_AGAIN)
            # Whoever said this was killed: it lost the lock without taking back what it said.
            channel.remove(_address(data))
            instance = cls(file, on_request)
            ending.pop_all()
            return instance

    def close(self) -> None:
        """Let another process be the one; a second time does nothing."""
        self._channel.close()
        if not self._file.closed:
            self._file.truncate(0)
            self._file.close()


def request(data: Path, question: Mapping[str, Any], timeout: float = channel.PATIENCE) -> dict[str, Any]:
    """Ask the program that runs on a data folder.

    Args:
        data: The data folder.
        question: Such as ``{"do": "front"}`` or ``{"do": "run", "command": "play", "args": {}}``.
        timeout: Seconds to wait for the answer.

    Returns:
        What its `on_request` returned.

    Raises:
        RubatoError: ``not_running``, ``no_answer``, or ``too_long``.
    """
    return channel.ask(_address(data), question, timeout)


def _address(data: Path) -> str:
    address = _said(data).get("address", "")
    return address if isinstance(address, str) else ""


def _said(data: Path) -> dict[str, Any]:
    """Return what the holder of the lock says of itself; nothing while it has not said it yet."""
    try:
        said = json.loads((data / LOCK).read_bytes())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
