"""A file that only grows, and loses nothing while its disk is full, read-only or gone.

What is not certain to be on the disk stays in memory, at the place in the file where it belongs. So after a
fault it is written once more to the same place: nothing is lost, nothing comes twice, no half line stays.
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
    """Yield `stem`, then ``stem-2``, ``stem-3`` … for when the name is taken."""
    yield stem
    for number in range(2, 1000):
        yield f"{stem}-{number}"


def is_at(file: io.FileIO, path: Path) -> bool:
    """True when `path` is this open file, and not another one or none."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def sync(file: io.FileIO) -> None:
    """Return when what was written is on the disk itself.

    Raises:
        OSError: it may not be.
    """
    if sys.platform == "darwin":  # fsync stops at the drive's own cache there (fcntl(2))
        with contextlib.suppress(OSError):
            fcntl.fcntl(file, fcntl.F_FULLFSYNC)
            return
    os.fsync(file.fileno())


class UnsyncedRange(NamedTuple):
    """What the system has taken and may not be on the disk yet.

    Attributes:
        file: The file, opened once more.
        of: The file it was taken from.
        end: Byte up to which it was taken.
    """

    file: io.FileIO
    of: io.FileIO
    end: int

    def sync(self) -> OSError | None:
        """See it onto the disk, on any thread; returns what went wrong. To be called once."""
        with self.file:
            try:
                sync(self.file)
            except OSError as error:
                return error
        return None


class DurableFile:
    """The file, and what of it is not on the disk yet. Not for more than one thread.

    It is made at the first `write`, under `stem` or that with a number, and locked while it is open.

    Args:
        folder: Where; made when it is missing.
        stem: Its name without ``.jsonl``.

    Attributes:
        path: The file; it may not exist yet.
        waiting: Bytes that are not certain to be on the disk.
    """

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder, self._stem = folder, stem
        self.path = folder / f"{stem}.jsonl"
        self._file: io.FileIO | None = None
        self._sure = 0  # bytes at the beginning of the file that are on the disk
        self._tail = bytearray()  # all that follows them
        self._written = 0  # bytes of the tail that the system has taken
        self._head = b""

    @property
    def waiting(self) -> int:
        return len(self._tail)

    def add(self, line: bytes) -> None:
        """Add a line, which ends with a newline; to memory only."""
        self._head = self._head or line
        self._tail += line

    def write(self) -> None:
        """Give everything to the system: from here on the end of this process does no harm.

        Raises:
            OSError: the disk is full, read-only, gone …; nothing is lost, try again later.
        """
        file = self._in_place()
        try:
            file.seek(self._sure + self._written)
            while self._written < len(self._tail):
                self._written += file.write(self._tail[self._written : self._written + _CHUNK]) or 0
        except OSError:
            self._written = 0
            raise

    def sync(self) -> None:
        """Write everything and see it onto the disk: from here on a power cut does no harm.

        Raises:
            OSError: as `write`.
        """
        self.write()
        assert self._file is not None
        try:
            sync(self._file)
        except OSError:
            # The system may have dropped what it could not write, so all of it is written anew.
            self._written = 0
            raise
        self._sure += self._written
        self._tail.clear()
        self._written = 0

    def unsure(self) -> UnsyncedRange | None:
        """Return what is to be synced on another thread, and then settled; None when there is nothing.

        Raises:
            OSError: too many files are open.
        """
        if self._file is None or not self._written:
            return None
        return UnsyncedRange(
            io.FileIO(os.dup(self._file.fileno()), "r+"), self._file, self._sure + self._written
        )

    def settle(self, unsure: UnsyncedRange, error: OSError | None) -> None:
        """Take note of how a sync ended.

        Raises:
            OSError: `error`, when it concerns this file.
        """
        if unsure.of is not self._file:
            return
        if error is not None:
            self._written = 0
            raise error
        settled = unsure.end - self._sure
        if settled > 0:
            del self._tail[:settled]
            self._sure = unsure.end
            self._written = max(0, self._written - settled)

    def rest(self) -> bytes:
        """Return what is not certain to be on the disk, as a file of its own: after the first line."""
        return (self._head if self._sure else b"") + bytes(self._tail)

    def close(self) -> None:
        """Close it and give up the lock; what waits stays in memory."""
        if self._file is not None:
            unlock(self._file)
            self._file.close()
            self._file = None
        self._written = 0

    def _in_place(self) -> io.FileIO:
        """Return the open file, made or found anew when it is no longer where it was."""
        if self._file is not None and is_at(self._file, self.path):
            return self._file
        self._folder.mkdir(parents=True, exist_ok=True)
        old, self._file = self._file, None
        try:
            if self._sure and not self._found_again():
                self._tail[:0] = self._content(old)
                self._sure = 0
            self._written = 0
            if self._file is None:
                self._file = self._made()
        except OSError:
            # The old one may hold the only copy of what came before.
            self._file = self._file or old
            raise
        if old is not None:
            old.close()
        return self._file

    def _found_again(self) -> bool:
        """Take up our own file where it is back, on a medium that was away."""
        try:
            file = io.FileIO(os.open(self.path, os.O_RDWR | getattr(os, "O_BINARY", 0)), "r+")
        except FileNotFoundError:
            return False
        ours = os.fstat(file.fileno()).st_size >= self._sure and file.read(len(self._head)) == self._head
        if not ours or not lock(file):
            file.close()
            raise OSError(errno.EEXIST, "another file has taken its place", str(self.path))
        self._file = file
        return True

    def _content(self, old: io.FileIO | None) -> bytes:
        """Return the beginning of the file from where it was; its first line when that is out of reach."""
        if old is not None:
            with contextlib.suppress(OSError):
                old.seek(0)
                content = old.read(self._sure) or b""
                if len(content) == self._sure:
                    return content
        return self._head

    def _made(self) -> io.FileIO:
        for name in numbered(self._stem):
            path = self._folder / f"{name}.jsonl"
            try:
                flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
                file = io.FileIO(os.open(path, flags, 0o600), "r+")
            except FileExistsError:
                continue
            # Somebody who looks for journals left behind may have been quicker than the lock.
            if lock(file) and is_at(file, path):
                self.path = path
                with contextlib.suppress(OSError):  # not every file system can
                    sync_folder(self._folder)
                return file
            file.close()
        raise OSError(errno.EEXIST, "no free name", str(self._folder / self._stem))
