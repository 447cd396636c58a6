"""A temporary folder shared by two processes, and the removal of folders left behind by killed programs."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator

PREFIX = "rubato-sound-"
GRACE_S = 60.0  # a newer folder may not be locked yet


class SharedFolder:
    """A new temporary folder, removed by `close`.

    Attributes:
        path: The folder.

    Raises:
        OSError: it cannot be created.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        self.path = self._folder.name
        # The system releases the lock when this process ends, however it ends.
        self._lock = _try_lock(self.path)

    def close(self) -> None:
        """Remove the folder. Safe to call twice."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        self._folder.cleanup()


def sweep() -> None:
    """Remove the folders that killed programs of this user left behind."""
    for path in _old_folders():
        lock = _try_lock(path)
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def _old_folders() -> Iterator[str]:
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX) and entry.is_dir(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                if status.st_uid == os.getuid() and time.time() - status.st_mtime > GRACE_S:
                    yield entry.path


def _try_lock(path: str) -> int | None:
    """Lock a folder; returns the file descriptor that holds the lock, or None if another program holds it."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        folder = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(folder)
        return None
    return folder
