"""A folder for what two processes share while the program runs, and an end to those that a kill left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator

PREFIX = "rubato-sound-"
YOUNG_S = 60.0  # so long a folder may be made and not yet locked


class SharedFolder:
    """A new folder among the temporary files, until `close`.

    Attributes:
        path: The folder.

    Raises:
        OSError: there is no room for it.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        self.path = self._folder.name
        # The system gives the lock up when this process ends, however it ends.
        self._lock = _locked(self.path)

    def close(self) -> None:
        """Remove it. Safe to call twice."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        self._folder.cleanup()


def sweep() -> None:
    """Remove the folders of programs of this user that were killed."""
    for path in _old():
        lock = _locked(path)
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def _old() -> Iterator[str]:
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX) and entry.is_dir(follow_symlinks=False):
                about = entry.stat(follow_symlinks=False)
                if about.st_uid == os.getuid() and time.time() - about.st_mtime > YOUNG_S:
                    yield entry.path


def _locked(path: str) -> int | None:
    """Lock a folder; its file descriptor, which holds the lock, or None when another program has it."""
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
