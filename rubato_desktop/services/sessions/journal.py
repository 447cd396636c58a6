"""The crash journal: everything that happens, on the disk within a second, written by a thread of its own."""

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
from rubato_desktop.events import DevicesChanged, Event, FieldTextKnown, Notice, Played
from rubato_desktop.files import write_beside
from rubato_desktop.services.sessions.durable_file import DurableFile, UnsyncedRange
from rubato_desktop.services.sessions.journal_entries import Devices, Header, Mark
from rubato_desktop.services.sessions.journal_format import RECORDED, encode, encode_header
from rubato_desktop.services.sessions.withheld_events import WithheldEvents

log = logging.getLogger(__name__)

BATCH_S = 0.25  # what happens within this is written together: the most a killed process loses
SYNC_S = 0.5  # after this the next batch goes to the disk itself, so that a power cut loses at most a second
PIECE_S, REST_S = (
    0.0001,
    0.0002,
)  # so long it works at a time, and leaves the interpreter to the next note between
RETRY_S = 1.0
MOST_BYTES = 64 << 20  # kept in memory while the disk takes nothing: close to a million notes
PATIENCE_S = 10.0

_ACTIVE_SENSING = b"\xfe"  # says three times a second that a cable is plugged in
STAMP = "%Y%m%d-%H%M%S"
LATE = ("kept", "gap")  # marks that come when they come, from other threads

_Item: TypeAlias = "Event | _Flush | _Synced"
Report = Callable[[Notice], object]
Describe = Callable[[], Sequence[Mapping[str, Any]]]


def now() -> datetime:
    """Return the wall-clock time with its offset from UTC."""
    return datetime.now().astimezone()


class _Flush:
    """Asks the writer to put everything onto the disk, and tells whether it could."""

    def __init__(self, last: bool) -> None:
        self.last = last
        self.sure = False
        self.done = threading.Event()


class _Synced(NamedTuple):
    """A sync on its own thread has ended."""

    what: UnsyncedRange
    error: OSError | None


class _Rest:
    """Rests after each piece of work: a thread that works on keeps a note waiting whenever a note's thread wrote."""

    def __init__(self) -> None:
        self._due = time.perf_counter() + PIECE_S

    def __call__(self) -> None:
        if time.perf_counter() > self._due:
            time.sleep(REST_S)
            self._due = time.perf_counter() + PIECE_S


def _no_rest() -> None:
    """Nobody plays any more."""


class Journal:
    """Writes down what happens, from `start` to `close`.

    Args:
        folder: Where; made when it is missing.
        clock: The clock of the events.
        report: Told, on the journal's thread, when the disk takes nothing and when it does again.
        devices: Describes the devices there are, JSON-like; asked on the publisher's thread when they change.
        private: Says of an event that it must never be written down.
        wall: The wall clock.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        report: Report,
        *,
        devices: Describe | None = None,
        private: Callable[[Event], bool] | None = None,
        wall: Callable[[], datetime] = now,
    ) -> None:
        self._clock, self._report, self._devices, self._private = clock, report, devices, private
        self.header = Header(wall(), clock.now(), __version__)
        self._file = DurableFile(folder, self.header.began.strftime(STAMP))
        self._file.add(encode_header(self.header))
        self._queue: SimpleQueue[_Item] = SimpleQueue()
        self._withheld = WithheldEvents(self._queue.put)
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._due = 0.0  # when the disk is to be visited next; counts only while something waits
        self._trouble: OSError | None = None
        self._lost = 0
        self._syncing = False

    @property
    def path(self) -> Path:
        """The file; it may not exist yet while the disk takes nothing."""
        return self._file.path

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def listen(self, event: Event) -> None:
        """Take an event of the bus: a few microseconds, whatever the disk does."""
        if type(event) is DevicesChanged and self._devices is not None:
            event = Devices(event.t, tuple(self._devices()))
        if type(event) in RECORDED and (self._private is None or not self._private(event)):
            self._withheld.take(event)
        elif type(event) is FieldTextKnown:
            self._withheld.go_on()

    def mark(self, mark: Mark) -> None:
        """Write down something done to the record itself, after all that was listened to before.

        A text for a field that may still be a secret is left out: a session that ends here cannot wait for it.
        """
        if mark.what not in LATE:
            self._withheld.give_up()
        self._queue.put(mark)

    def flush(self, timeout: float = PATIENCE_S) -> bool:
        """Wait until everything so far is on the disk; False when it is not, and stays in memory.

        Args:
            timeout: s.
        """
        return self._ask(_Flush(last=False), timeout)

    def close(self) -> bool:
        """Write everything and end; False when the disk does not take it, which then goes elsewhere."""
        sure = self._ask(_Flush(last=True), PATIENCE_S)
        if self._thread.is_alive():
            self._thread.join(PATIENCE_S)
        if self._trouble is not None and self._file.waiting:
            self._rescue()
        self._file.close()
        return sure

    def _rescue(self) -> None:
        """Put what the disk did not take where temporary files go, which often is another disk."""
        place = Path(tempfile.gettempdir(), f"rubato-{self.path.stem}.jsonl")
        try:
            write_beside(place, self._file.rest())
        except OSError as error:
            log.error("the end of the record is lost: %s could not be written either: %s", place, error)
            self._tell("error", "The end of the record could not be written and is lost", "", "")
            return
        log.error("the end of the record is kept as %s", place)
        self._tell(
            "error",
            "The end of the record could not be written to its folder",
            f"It is kept as {place}",
            f"Move that file to {self.path.parent}: the next start makes a session of it",
        )

    def _ask(self, flush: _Flush, timeout: float) -> bool:
        if not self._thread.is_alive():
            return False
        self._queue.put(flush)
        self._hurry.set()
        return flush.done.wait(timeout) and flush.sure

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
                        self._settle(item)
                self._store(certain=bool(flushes))
            except Exception:
                log.exception("a bug in the journal")
            for flush in flushes:
                flush.sure = not self._file.waiting
                flush.done.set()

    def _gather(self) -> list[_Item]:
        """Wait for something to do; return what happened meanwhile, and a little after."""
        idle = self._syncing or not self._file.waiting
        batch: list[_Item] = []
        try:
            batch.append(self._queue.get(timeout=None if idle else max(0.0, self._due - time.monotonic())))
            if isinstance(batch[0], Event):
                if not self._file.waiting:
                    self._due = time.monotonic() + SYNC_S
                self._hurry.wait(BATCH_S)
            self._hurry.clear()
            while True:
                batch.append(self._queue.get_nowait())
        except Empty:
            return batch

    def _add(self, event: Event) -> None:
        if isinstance(event, Played):
            if event.message.data == _ACTIVE_SENSING:
                return
            if self._file.waiting > MOST_BYTES and self._trouble is not None:
                self._lose()
                return
        try:
            line = encode(event)
        except (TypeError, ValueError):
            log.exception("%s cannot be written down", type(event).__name__)
            return
        if line is not None:
            self._file.add(line)

    def _lose(self) -> None:
        if not self._lost:
            self._tell(
                "error",
                "The record in memory is full, and the disk still takes nothing",
                "What was played until now is kept in memory, and words are kept on; notes are not",
                f"Make room on the disk of {self.path.parent}",
            )
        self._lost += 1

    def _store(self, certain: bool) -> None:
        due = time.monotonic() >= self._due
        if self._trouble is not None and not (certain or due):
            return
        try:
            if certain:
                self._file.sync()
            else:
                self._file.write()
                if due and not self._syncing:
                    self._sync_behind()
        except OSError as error:
            self._failed(error)
        self._look_up()

    def _sync_behind(self) -> None:
        """Sync on another thread: a slow disk must not keep what is played from being written meanwhile."""
        unsure = self._file.unsure()
        if unsure is not None:
            self._syncing = True
            self._due = time.monotonic() + SYNC_S
            threading.Thread(
                target=lambda: self._queue.put(_Synced(unsure, unsure.sync())),
                name="journal sync",
                daemon=True,
            ).start()

    def _settle(self, synced: _Synced) -> None:
        self._syncing = False
        try:
            self._file.settle(*synced)
        except OSError as error:
            self._failed(error)
        self._look_up()

    def _failed(self, error: OSError) -> None:
        self._due = time.monotonic() + RETRY_S
        if self._trouble is None:
            self._tell("error", *_in_words(error, self.path))
        self._trouble = error

    def _look_up(self) -> None:
        """Say so when a fault is over."""
        if self._trouble is not None and not self._file.waiting:
            self._over()

    def _over(self) -> None:
        self._trouble = None
        kept = "Nothing is lost: what was kept in memory is on the disk now"
        if self._lost:
            kept = f"{self._lost} messages could not be kept, all else is on the disk now"
            self.mark(Mark(self._clock.now(), "gap", lost=self._lost))
            self._lost = 0
        self._tell("info", "The record is written again", kept, "")

    def _tell(self, level: Any, happened: str, kept: str, todo: str) -> None:
        try:
            self._report(Notice(self._clock.now(), level, happened, kept, todo))
        except Exception:
            log.exception("a notice of the journal was not taken")


def _in_words(error: OSError, path: Path) -> tuple[str, str, str]:
    kept = "Everything is kept in memory, about a million notes at most, and written as soon as it can be"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The record cannot be written: the disk of {path.parent} is full", kept, "Make room on it"
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return (
            f"The record cannot be written: {path.parent} is read-only",
            kept,
            "Let the program write there",
        )
    reason = error.strerror or str(error)
    return f"The record cannot be written to {path.parent}: {reason}", kept, "Check that the folder is there"
