"""Locks on open files; the system releases them when the process ends."""

from __future__ import annotations

import io
import sys

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FAR = 1 << 30  # beyond the end of any file here: on Windows nobody else can read a locked byte


def lock(file: io.FileIO) -> bool:
    """Lock a file while it is open in this process; returns False when another process holds it."""
    try:
        if sys.platform == "win32":
            file.seek(_FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def unlock(file: io.FileIO) -> None:
    """Release the lock, even while a sync still has the file open."""
    if sys.platform != "win32":
        fcntl.flock(file, fcntl.LOCK_UN)
