"""Locks on open files, which end with the process that holds them."""

from __future__ import annotations

import io
import sys

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FAR = 1 << 30  # a byte that no file here reaches: Windows keeps others from reading what is locked


def lock(file: io.FileIO) -> bool:
    """Lock a file for as long as it is open in this process; False when another has it."""
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
    """Give up the lock, also where a sync still has the file open."""
    if sys.platform != "win32":
        fcntl.flock(file, fcntl.LOCK_UN)
