"""The recorder: recording on, off or paused, and saves. The journal always holds everything."""

from __future__ import annotations

import errno
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from rubato_desktop.clock import Clock
from rubato_desktop.errors import RubatoError, reason
from rubato_desktop.events import Bus, Event, Notice, RecordingChanged, SessionKept, WordHeard
from rubato_desktop.language.results import RecognisedWord
from rubato_desktop.services.sessions.journal import Describe, Journal, now
from rubato_desktop.services.sessions.journal_entries import Mark, What
from rubato_desktop.services.sessions.outline import Outline
from rubato_desktop.services.sessions.recovery import archive_journal, journals_folder
from rubato_desktop.services.sessions.session import SessionInfo, sessions_folder
from rubato_desktop.services.sessions.writer_client import Part, SessionWriterClient

log = logging.getLogger(__name__)

State = Literal["off", "on", "paused"]
NOT_ERASABLE = ("erase", "undo")  # commands of words that revert others
REMEMBERED = 1000  # number of latest words that can be erased


class Recorder:
    """Writes the journal and makes sessions from it.

    All methods but `close` are for the engine's thread, and none of them waits for the disk.

    Args:
        data: The data folder.
        clock: The program's clock.
        bus: Carries `RecordingChanged`; the owner of the recorder subscribes `listen` to it.
        publish: Publishes events of other threads on the engine's thread; `bus.publish` by default.
        devices: Returns the connected devices, JSON-like.
        private: Returns whether an event must never be written down.
        wall: Returns the wall-clock time.

    Attributes:
        data: The data folder.
        state: ``off``, ``on`` or ``paused``.
        recovered: Done when the recovery of earlier runs has ended.
    """

    def __init__(
        self,
        data: Path,
        clock: Clock,
        bus: Bus,
        *,
        publish: Callable[[Event], object] | None = None,
        devices: Describe | None = None,
        private: Callable[[Event], bool] | None = None,
        wall: Callable[[], datetime] = now,
    ) -> None:
        self.data = data
        self.state: State = "off"
        self.recovered: Future[None] = Future()
        self._clock, self._bus, self._publish, self._wall = clock, bus, publish or bus.publish, wall
        self.journal = Journal(
            journals_folder(data), clock, self._publish, devices=devices, private=private, wall=wall
        )
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="sessions")
        self._writer = SessionWriterClient(data)  # used on the worker's thread
        self._words: deque[RecognisedWord] = deque(maxlen=REMEMBERED)
        self._ids = 0
        self._recording = 0  # number of the recording that is on or paused
        self._closed = False

    def begin(self) -> None:
        """Start the journal, and the recovery of runs that crashed, which publishes its results as notices."""
        self.journal.start()
        self._worker.submit(self._recover).add_done_callback(self._on_recovered)

    def listen(self, event: Event) -> None:
        """Record an event of the bus; takes a few microseconds."""
        self.journal.listen(event)
        if isinstance(event, WordHeard) and event.word.command not in NOT_ERASABLE:
            self._words.append(event.word)

    def close(self) -> None:
        """Stop a recording that is still on, write it, and archive or delete the journal.

        For any thread, after the engine's has ended; waits for sessions that are being written. What cannot be
        written now stays in the journal and is recovered at the next start. Safe to call twice.
        """
        if self._closed:
            return
        self._closed = True
        self._publish = self._bus.publish  # the engine's thread has ended
        if self.state != "off":
            self.stop(self._clock.now())
        self._worker.shutdown()
        complete = self._write_rest()
        self._writer.close()
        if complete:
            self._mark(self._clock.now(), "end")
        if self.journal.close() and complete:
            archive_journal(self.journal.path)

    def start(self, t: int) -> None:
        """Start recording.

        Args:
            t: µs at which the session begins.

        Raises:
            RubatoError: recording is already on or paused.
        """
        if self.state == "on":
            raise RubatoError("Recording is already on", code="recording")
        if self.state == "paused":
            raise RubatoError(
                "Recording is paused", todo="Resume it, or stop it and start a new one", code="recording"
            )
        self._recording = self._next_id()
        self._mark(t, "start", self._recording, self._wall_at(t))
        self._change(t, "on")

    def pause(self, t: int) -> None:
        """Pause: what is played until `resume` is left out, and the session's time goes on.

        Raises:
            RubatoError: recording is not on.
        """
        if self.state != "on":
            raise RubatoError(f"Recording is {self.state}", code="not_recording")
        self._mark(t, "pause", self._recording)
        self._change(t, "paused")

    def resume(self, t: int) -> None:
        """Resume after a pause.

        Raises:
            RubatoError: recording is not paused.
        """
        if self.state != "paused":
            raise RubatoError(f"Recording is {self.state}, not paused", code="not_paused")
        self._mark(t, "resume", self._recording)
        self._change(t, "on")

    def stop(self, t: int, name: str | None = None) -> Future[SessionInfo]:
        """Stop recording and write the session.

        Args:
            t: µs at which the session ends.
            name: Name of the session.

        Returns:
            Future of the session, done when it is on disk and `SessionKept` is published. It raises `RubatoError` if
            the session cannot be written; then it stays in the journal.

        Raises:
            RubatoError: recording is off.
        """
        if self.state == "off":
            raise RubatoError("Nothing is being recorded", code="not_recording")
        id, self._recording = self._recording, 0
        self.journal.mark(Mark(t, "stop", id, name=name or ""))
        self._change(t, "off")
        return self._worker.submit(self._make, "recording", id)

    def save(self, t: int, name: str | None = None) -> Future[SessionInfo]:
        """Write a session of everything since the program started, or since the last save.

        That includes what was played while recording was off or paused. A recording goes on.

        Args:
            t: Current time, µs: everything published until now belongs to the session.
            name: Name of the session.

        Returns:
            Future of the session, as in `stop`.
        """
        id = self._next_id()
        self.journal.mark(Mark(t, "save", id, self._wall_at(t), name=name or ""))
        return self._worker.submit(self._make, "save", id)

    def strike(self, t: int) -> RecognisedWord | None:
        """Erase the last word that is not erased yet.

        Args:
            t: Current time, µs.

        Returns:
            The word; None if there is none.
        """
        if not self._words:
            return None
        word = self._words.pop()
        self.journal.mark(Mark(t, "strike", word_t=word.t))
        return word

    def _next_id(self) -> int:
        self._ids += 1
        return self._ids

    def _mark(self, t: int, what: What, id: int = 0, at: datetime | None = None) -> None:
        self.journal.mark(Mark(t, what, id, at))

    def _wall_at(self, t: int) -> datetime:
        return self._wall() - timedelta(microseconds=self._clock.now() - t)

    def _change(self, t: int, state: State) -> None:
        self.state = state
        self._bus.publish(RecordingChanged(t, state))

    # On the worker's thread -----------------------------------------------------------------------------

    def _recover(self) -> None:
        # Until the journal is written its path is not final, and may be that of a journal of an earlier run.
        own = self.journal.path if self.journal.flush() else None
        others = [path for path in journals_folder(self.data).glob("*.jsonl") if path != own]
        try:
            self._writer.start()
            notices = self._writer.recover(self._clock.now()) if others else []
        except OSError as error:
            log.exception("recovery failed")
            happened = f"Recordings of earlier runs could not be recovered: {reason(error)}"
            kept = f"They stay in {journals_folder(self.data)}; Rubato tries again at the next start"
            notices = [Notice(self._clock.now(), "warning", happened, kept)] if others else []
        for notice in notices:
            self._publish(notice)

    def _on_recovered(self, done: Future[None]) -> None:
        if (bug := done.exception()) is not None:
            log.error("unexpected error in recovery", exc_info=bug)
        self.recovered.set_result(None)

    def _make(self, part: Part, id: int) -> SessionInfo:
        try:
            if not self.journal.flush():
                raise OSError(errno.EIO, "the journal cannot be written")
            session = self._writer.make(self.journal.path, part, id)
        except OSError as error:
            raise RubatoError(
                f"The session could not be written: {reason(error)}",
                kept="Everything you played is kept; Rubato tries again when it ends and when it starts",
                todo=f"Free space on the disk of {self.data}",
                code="not_written",
            ) from error
        t, folder = self._clock.now(), session.folder
        self.journal.mark(
            Mark(t, "kept", id, session=folder.relative_to(sessions_folder(self.data)).as_posix())
        )
        self._publish(SessionKept(t, folder, session.remarks))
        return session

    def _write_rest(self) -> bool:
        """Write the sessions that could not be written before; returns False if that fails again."""
        try:
            if not self.journal.flush():
                return False
            outline = Outline.of(self.journal.path)
            for id in outline.unsaved():
                self._make("recording", id)
            if id := outline.unsaved_save():
                self._make("save", id)
        except RubatoError as error:
            log.error("%s", error)
            self._publish(Notice(self._clock.now(), "error", error.happened, error.kept, error.todo))
            return False
        except OSError:
            log.exception("the journal cannot be read")
            return False
        return True
