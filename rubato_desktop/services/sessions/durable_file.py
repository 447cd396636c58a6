"""An append-only file that loses nothing while its disk is full, read-only or unplugged.

Data that may not be on disk yet stays in memory together with its position in the file. After an error it is
written again at the same position: nothing is lost or doubled, and no half line remains.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rubato_desktop.file_lock import lock, unlock
from rubato_desktop.files import sync_folder

if sys.platform == "darwin":
    import fcntl

_CHUNK = 1 << 20


def numbered(stem: str) -> Iterator[str]:
    """Yield `stem`, ``stem-2``, ``stem-3`` …, to find a name that is not taken."""
    yield stem
    for number in range(2, 1000):
        yield f"{stem}-{number}"


def is_at(file: io.FileIO, path: Path) -> bool:
    """Return whether `path` refers to this open file."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def sync(file: io.FileIO) -> None:
    """Wait until the data written so far is on the disk itself.

    Raises:
        OSError: it may not be on the disk.
    """
    if sys.platform == "darwin":  # fsync does not flush the drive's cache there (fcntl(2))
        with contextlib.suppress(OSError):
            fcntl.fcntl(file, fcntl.F_FULLFSYNC)
            return
    os.fsync(file.fileno())


class UnsyncedRange(NamedTuple):
    """Data that was written but may not be on disk yet.

    Attributes:
        file: A duplicate of the open file.
        of: The open file.
        end: End of the written data, bytes from the beginning of the file.
    """

    file: io.FileIO
    of: io.FileIO
    end: int

    def sync(self) -> OSError | None:
        """Sync it, on any thread; returns the error, if any. Call once."""
        with self.file:
            try:
                sync(self.file)
            except OSError as error:
                return error
        return None


class DurableFile:
    """The file and the part of it that may not be on disk yet. For one thread only.

    It is created at the first `write`, named `stem` or `stem` with a number, and locked while it is open.

    Args:
        folder: Its folder; created if missing.
        stem: Its name without ``.jsonl``.

    Attributes:
        path: The file; it may not exist yet.
        pending: Number of bytes that may not be on disk.
    """

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder, self._stem = folder, stem
        self.path = folder / f"{stem}.jsonl"
        self._file: io.FileIO | None = None
        self._synced = 0  # length of the beginning that is on disk, bytes
        self._tail = bytearray()  # everything after it
        self._written = 0  # length of the part of the tail that was written, bytes
        self._head = b""

    @property
    def pending(self) -> int:
        return len(self._tail)

    def add(self, line: bytes) -> None:
        """Append a line, with its newline, in memory only."""
        self._head = self._head or line
        self._tail += line

    def write(self) -> None:
        """Write everything to the system: after that, it survives the end of this process.

        Raises:
            OSError: the disk is full, read-only, unplugged or the like; nothing is lost, try again later.
        """
        file = self._current_file()
        try:
            file.seek(self._synced + self._written)
            while self._written < len(self._tail):
                self._written += file.write(self._tail[self._written : self._written + _CHUNK]) or 0
        except OSError:
            self._written = 0
            raise

    def sync(self) -> None:
        """Write everything and sync it: after that, it survives a power cut.

        Raises:
            OSError: as `write`.
        """
        self.write()
        assert self._file is not None
        try:
            sync(self._file)
        except OSError:
            # The system may have dropped what it could not write, so write all of it again.
            self._written = 0
            raise
        self._synced += self._written
        self._tail.clear()
        self._written = 0

    def unsynced(self) -> UnsyncedRange | None:
        """Return the data to sync on another thread and then pass to `settle`; None if there is none.

        Raises:
            OSError: too many files are open.
        """
        if self._file is None or not self._written:
            return None
        return UnsyncedRange(
            io.FileIO(os.dup(self._file.fileno()), "r+"), self._file, self._synced + self._written
        )

    def settle(self, unsynced: UnsyncedRange, error: OSError | None) -> None:
        """Update the state after a sync has ended.

        Raises:
            OSError: `error`, if it concerns this file.
        """
        if unsynced.of is not self._file:
            return
        if error is not None:
            self._written = 0
            raise error
        settled = unsynced.end - self._synced
        if settled > 0:
            del self._tail[:settled]
            self._synced = unsynced.end
            self._written = max(0, self._written - settled)

    def rest(self) -> bytes:
        """Return the data that may not be on disk as a file of its own, with the first line."""
        return (self._head if self._synced else b"") + bytes(self._tail)

    def close(self) -> None:
        """Close the file and release its lock; pending data stays in memory."""
        if self._file is not None:
            unlock(self._file)
            self._file.close()
            self._file = None
        self._written = 0

    def _current_file(self) -> io.FileIO:
        """Return the open file; if it is no longer at its path, reopen or recreate it."""
        if self._file is not None and is_at(self._file, self.path):
            return self._file
        self._folder.mkdir(parents=True, exist_ok=True)
        old, self._file = self._file, None
        try:
            if self._synced and not self._reopen():
                self._tail[:0] = self._content(old)
                self._synced = 0
            self._written = 0
            if self._file is None:
                self._file = self._create()
        except OSError:
            # The old file may hold the only copy of the earlier data.
            self._file = self._file or old
            raise
        if old is not None:
            old.close()
        return self._file

    def _reopen(self) -> bool:
        """Reopen our own file if it is back, for example on a medium that was unplugged."""
        try:
            file = io.FileIO(os.open(self.path, os.O_RDWR | getattr(os, "O_BINARY", 0)), "r+")
        except FileNotFoundError:
            return False
        ours = os.fstat(file.fileno()).st_size >= self._synced and file.read(len(self._head)) == self._head
        if not ours or not lock(file):
            file.close()
            raise OSError(errno.EEXIST, "another file has taken its place", str(self.path))
        self._file = file
        return True

    def _content(self, old: io.FileIO | None) -> bytes:
        """Return the synced beginning of the old file; only its first line if that cannot be read."""
        if old is not None:
            with contextlib.suppress(OSError):
                old.seek(0)
                content = old.read(self._synced) or b""
                if len(content) == self._synced:
                    return content
        return self._head

    def _create(self) -> io.FileIO:
        for name in numbered(self._stem):
            path = self._folder / f"{name}.jsonl"
            try:
                flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
                file = io.FileIO(os.open(path, flags, 0o600), "r+")
            except FileExistsError:
                continue
            # A program that recovers journals may have locked it first.
            if lock(file) and is_at(file, path):
                self.path = path
                with contextlib.suppress(OSError):  # not every file system supports it
                    sync_folder(self._folder)
                return file
            file.close()
        raise OSError(errno.EEXIST, "no free name", str(self._folder / self._stem))
