"""The crash journal: writes every event to disk within a second, on a thread of its own."""

from __future__ import annotations

import errno
import logging
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeAlias

from rubato_desktop import __version__
from rubato_desktop.clock import Clock
from rubato_desktop.errors import reason
from rubato_desktop.events import DevicesChanged, Event, FieldTextKnown, Notice, Played
from rubato_desktop.files import write_beside
from rubato_desktop.plurals import counted
from rubato_desktop.services.sessions.durable_file import DurableFile, UnsyncedRange
from rubato_desktop.services.sessions.journal_entries import Devices, Header, Mark
from rubato_desktop.services.sessions.journal_format import RECORDED, encode, encode_header
from rubato_desktop.services.sessions.withheld_events import WithheldEvents

log = logging.getLogger(__name__)

BATCH_S = 0.25  # events within this time are written together: the most that a killed process loses
SYNC_S = 0.5  # after this time the next batch is synced, so that a power cut loses at most a second
# How long it works at a time, and how long it then leaves the interpreter to the next note.
PIECE_S, REST_S = 0.0001, 0.0002
RETRY_S = 1.0
MOST_BYTES = 64 << 20  # limit of memory while writing fails: almost a million notes
FLUSH_S = 10.0

_ACTIVE_SENSING = b"\xfe"  # MIDI devices send it three times a second while connected
STAMP = "%Y%m%d-%H%M%S"
LATE = ("kept", "gap")  # marks of other threads, whose order among the events does not matter

_Item: TypeAlias = "Event | _Flush | _Synced"
OnNotice = Callable[[Notice], object]
Describe = Callable[[], Sequence[Mapping[str, Any]]]


def now() -> datetime:
    """Return the wall-clock time with its offset from UTC."""
    return datetime.now().astimezone()


class _Flush:
    """A request to sync everything, and its result."""

    def __init__(self, last: bool) -> None:
        self.last = last
        self.synced = False
        self.done = threading.Event()


class _Synced(NamedTuple):
    """The result of a sync on another thread."""

    data: UnsyncedRange
    error: OSError | None


class _Rest:
    """Sleeps after each piece of work, as a busy thread makes the threads of notes wait for the interpreter."""

    def __init__(self) -> None:
        self._due = time.perf_counter() + PIECE_S

    def __call__(self) -> None:
        if time.perf_counter() > self._due:
            time.sleep(REST_S)
            self._due = time.perf_counter() + PIECE_S


def _no_rest() -> None:
    """Used at the end, when no notes come in any more."""


class Journal:
    """Writes the events from `start` to `close`.

    Args:
        folder: Its folder; created if missing.
        clock: The clock of the events.
        on_notice: Called on the journal's thread when writing starts to fail and when it works again.
        devices: Returns the connected devices, JSON-like; called on the publisher's thread when they change.
        private: Returns whether an event must never be written down.
        wall: Returns the wall-clock time.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        on_notice: OnNotice,
        *,
        devices: Describe | None = None,
        private: Callable[[Event], bool] | None = None,
        wall: Callable[[], datetime] = now,
    ) -> None:
        self._clock, self._on_notice, self._devices, self._private = clock, on_notice, devices, private
        self.header = Header(wall(), clock.now(), __version__)
        self._file = DurableFile(folder, self.header.began.strftime(STAMP))
        self._file.add(encode_header(self.header))
        self._queue: SimpleQueue[_Item] = SimpleQueue()
        self._withheld = WithheldEvents(self._queue.put)
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._due = (
            0.0  # time of the next write or sync (`time.monotonic`); only used while something is pending
        )
        self._error: OSError | None = None
        self._lost = 0
        self._syncing = False

    @property
    def path(self) -> Path:
        """The file; it does not exist while nothing could be written."""
        return self._file.path

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def listen(self, event: Event) -> None:
        """Add an event of the bus; takes a few microseconds and never waits for the disk."""
        if type(event) is DevicesChanged and self._devices is not None:
            event = Devices(event.t, tuple(self._devices()))
        if type(event) in RECORDED and (self._private is None or not self._private(event)):
            self._withheld.take(event)
        elif type(event) is FieldTextKnown:
            self._withheld.go_on()

    def mark(self, mark: Mark) -> None:
        """Add a mark after all earlier events.

        A text for a field that may still be secret is left out: a session that ends here cannot wait for it.
        """
        if mark.what not in LATE:
            self._withheld.give_up()
        self._queue.put(mark)

    def flush(self, timeout: float = FLUSH_S) -> bool:
        """Wait until everything so far is on disk.

        Args:
            timeout: Seconds to wait.

        Returns:
            Whether it is on disk; otherwise it stays in memory.
        """
        return self._request(_Flush(last=False), timeout)

    def close(self) -> bool:
        """Write everything and end. Returns False if it could not be written; then it is saved elsewhere."""
        sure = self._request(_Flush(last=True), FLUSH_S)
        if self._thread.is_alive():
            self._thread.join(FLUSH_S)
        if self._error is not None and self._file.pending:
            self._rescue()
        self._file.close()
        return sure

    def _rescue(self) -> None:
        """Save the pending data to the folder for temporary files, which is often on another disk."""
        path = Path(tempfile.gettempdir(), f"rubato-{self.path.stem}.jsonl")
        try:
            write_beside(path, self._file.rest())
        except OSError as error:
            log.error("the end of the journal is lost: %s could not be written either: %s", path, error)
            self._notify("error", "The end of the journal could not be written and is lost", "", "")
            return
        log.error("the end of the journal is saved as %s", path)
        self._notify(
            "error",
            "The end of the journal could not be written to its folder",
            f"It is saved as {path}",
            f"Move that file to {self.path.parent} and start Rubato: it makes a session from it",
        )

    def _request(self, flush: _Flush, timeout: float) -> bool:
        if not self._thread.is_alive():
            return False
        self._queue.put(flush)
        self._wake.set()
        return flush.done.wait(timeout) and flush.synced

    # The journal's thread ---------------------------------------------------------------------------

    def _work(self) -> None:
        flushes: list[_Flush] = []
        self._store(certain=True)
        while not any(flush.last for flush in flushes):
            batch = self._gather()
            flushes = [item for item in batch if isinstance(item, _Flush)]
            try:
                rest = _no_rest if any(flush.last for flush in flushes) else _Rest()
                for item in batch:
                    rest()
                    if isinstance(item, Event):
                        self._add(item)
                    elif isinstance(item, _Synced):
                        self._on_synced(item)
                self._store(certain=bool(flushes))
            except Exception:
                log.exception("unexpected error in the journal")
            for flush in flushes:
                flush.synced = not self._file.pending
                flush.done.set()

    def _gather(self) -> list[_Item]:
        """Wait for work; return everything that arrived until a little later."""
        idle = self._syncing or not self._file.pending
        batch: list[_Item] = []
        try:
            batch.append(self._queue.get(timeout=None if idle else max(0.0, self._due - time.monotonic())))
            if isinstance(batch[0], Event):
                if not self._file.pending:
                    self._due = time.monotonic() + SYNC_S
                self._wake.wait(BATCH_S)
            self._wake.clear()
            while True:
                batch.append(self._queue.get_nowait())
        except Empty:
            return batch

    def _add(self, event: Event) -> None:
        if isinstance(event, Played):
            if event.message.data == _ACTIVE_SENSING:
                return
            if self._file.pending > MOST_BYTES and self._error is not None:
                self._lose()
                return
        try:
            line = encode(event)
        except (TypeError, ValueError):
            log.exception("%s cannot be encoded", type(event).__name__)
            return
        if line is not None:
            self._file.add(line)

    def _lose(self) -> None:
        if not self._lost:
            self._notify(
                "error",
                "The journal still cannot be written, and its memory is full",
                "Everything played until now is kept in memory; from now on words are kept, notes are lost",
                f"Free space on the disk of {self.path.parent}",
            )
        self._lost += 1

    def _store(self, certain: bool) -> None:
        due = time.monotonic() >= self._due
        if self._error is not None and not (certain or due):
            return
        try:
            if certain:
                self._file.sync()
            else:
                self._file.write()
                if due and not self._syncing:
                    self._sync_behind()
        except OSError as error:
            self._on_error(error)
        self._report_recovery()

    def _sync_behind(self) -> None:
        """Sync on another thread, so that a slow disk does not delay the writing of new events."""
        unsynced = self._file.unsynced()
        if unsynced is not None:
            self._syncing = True
            self._due = time.monotonic() + SYNC_S
            threading.Thread(
                target=lambda: self._queue.put(_Synced(unsynced, unsynced.sync())),
                name="journal sync",
                daemon=True,
            ).start()

    def _on_synced(self, synced: _Synced) -> None:
        self._syncing = False
        try:
            self._file.settle(*synced)
        except OSError as error:
            self._on_error(error)
        self._report_recovery()

    def _on_error(self, error: OSError) -> None:
        self._due = time.monotonic() + RETRY_S
        if self._error is None:
            self._notify("error", *_describe(error, self.path))
        self._error = error

    def _report_recovery(self) -> None:
        """Report that writing works again, once nothing is pending."""
        if self._error is not None and not self._file.pending:
            self._on_recovered()

    def _on_recovered(self) -> None:
        self._error = None
        kept = "Nothing is lost: everything kept in memory is on disk now"
        if self._lost:
            kept = f"{counted(self._lost, 'message')} could not be stored; everything else is on disk now"
            self.mark(Mark(self._clock.now(), "gap", lost=self._lost))
            self._lost = 0
        self._notify("info", "The journal is being written again", kept, "")

    def _notify(self, level: Any, happened: str, kept: str, todo: str) -> None:
        try:
            self._on_notice(Notice(self._clock.now(), level, happened, kept, todo))
        except Exception:
            log.exception("a notice of the journal could not be delivered")


def _describe(error: OSError, path: Path) -> tuple[str, str, str]:
    """Return what happened, what was kept and what to do."""
    kept = "Everything is kept in memory, up to about a million notes, and written as soon as possible"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The journal cannot be written: the disk of {path.parent} is full",
            kept,
            "Free some space on it",
        )
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return (
            f"The journal cannot be written: {path.parent} is read-only",
            kept,
            "Allow Rubato to write there",
        )
    return (
        f"The journal cannot be written to {path.parent}: {reason(error)}",
        kept,
        "Check that the folder exists",
    )
