"""Files written to a temporary name and renamed, so that a crash leaves either the old file or the new one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_beside(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Replace the content of `path` atomically: a reader sees all of it, or the old content.

    Args:
        path: The file.
        data: Its new content.
        mode: Permissions, before the umask is applied.

    Raises:
        OSError: the disk is full or not writable; `path` is unchanged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    # Not `tempfile`: only the owner can read its files, and a picture is often made for somebody else.
    handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Sync a folder, so that new names in it survive a power cut; does nothing on Windows."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
