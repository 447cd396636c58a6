"""Recording: off, on or paused; and saving what was never recorded. The journal holds it all, always."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from rubato_desktop.clock import Clock
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, Event, Notice, RecordingChanged, SessionKept, WordHeard
from rubato_desktop.language.results import RecognisedWord
from rubato_desktop.services.sessions.journal import Describe, Journal, now
from rubato_desktop.services.sessions.journal_entries import Mark, What
from rubato_desktop.services.sessions.outline import Outline
from rubato_desktop.services.sessions.recovery import journals_folder, put_away
from rubato_desktop.services.sessions.session import SessionInfo, sessions_folder
from rubato_desktop.services.sessions.writer_client import Part, SessionWriterClient

log = logging.getLogger(__name__)

State = Literal["off", "on", "paused"]
FORGIVEN = ("erase", "undo")  # words that cannot be erased: they take others back
REMEMBERED = 1000  # words that can be erased one after another


class Recorder:
    """Writes the journal and makes sessions of it.

    All methods but `close` are for the engine's thread, and none of them waits for the disk.

    Args:
        data: The data folder.
        clock: The program's clock.
        bus: `RecordingChanged` is published on it; whoever makes the recorder subscribes its `listen`.
        publish: Publishes an event of another thread on the engine's thread; the bus itself when left out.
        devices: Describes the devices there are, JSON-like.
        private: Says of an event that it must never be written down.
        wall: The wall clock.

    Attributes:
        data: The data folder.
        state: ``off``, ``on`` or ``paused``.
        recovered: Done when all that could be recovered is.
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
        self._maker = SessionWriterClient(data)  # for the worker's thread
        self._words: deque[RecognisedWord] = deque(maxlen=REMEMBERED)
        self._ids = 0
        self._recording = 0  # number of the recording that is on or paused
        self._closed = False

    def begin(self) -> None:
        """Begin to write the journal, and to recover what runs that crashed have left; notices tell what was found."""
        self.journal.start()
        self._worker.submit(self._recover).add_done_callback(self._has_recovered)

    def listen(self, event: Event) -> None:
        """Take an event of the bus, in a few microseconds."""
        self.journal.listen(event)
        if isinstance(event, WordHeard) and event.word.command not in FORGIVEN:
            self._words.append(event.word)

    def close(self) -> None:
        """End: a recording that is still on is kept, the journal is put away or dropped.

        For any thread, when the engine's has ended; waits for sessions that are being made. Whatever cannot be kept
        now stays in the journal and is recovered at the next start. A second time does nothing.
        """
        if self._closed:
            return
        self._closed = True
        self._publish = self._bus.publish  # nobody takes events to the engine's thread any more
        if self.state != "off":
            self.stop(self._clock.now())
        self._worker.shutdown()
        complete = self._keep_rest()
        self._maker.close()
        if complete:
            self._mark(self._clock.now(), "end")
        if self.journal.close() and complete:
            put_away(self.journal.path)

    def start(self, t: int) -> None:
        """Begin to record.

        Args:
            t: µs at which the session begins.

        Raises:
            RubatoError: recording is on or paused already.
        """
        if self.state == "on":
            raise RubatoError("Recording is already on", code="recording")
        if self.state == "paused":
            raise RubatoError(
                "Recording is paused", todo="Resume it, or stop it and start anew", code="recording"
            )
        self._recording = self._next_id()
        self._mark(t, "start", self._recording, self._wall_at(t))
        self._change(t, "on")

    def pause(self, t: int) -> None:
        """Leave out of the recording what is played until `resume`; the session's time goes on.

        Raises:
            RubatoError: recording is not on.
        """
        if self.state != "on":
            raise RubatoError(f"Recording is {self.state}", code="not_recording")
        self._mark(t, "pause", self._recording)
        self._change(t, "paused")

    def resume(self, t: int) -> None:
        """Go on after a pause.

        Raises:
            RubatoError: recording is not paused.
        """
        if self.state != "paused":
            raise RubatoError(f"Recording is {self.state}, not paused", code="not_paused")
        self._mark(t, "resume", self._recording)
        self._change(t, "on")

    def stop(self, t: int, name: str | None = None) -> Future[SessionInfo]:
        """End the recording and make a session of it.

        Args:
            t: µs at which the session ends.
            name: What the person calls it.

        Returns:
            The session when it is there and `SessionKept` is published; or a `RubatoError`: it cannot be written,
            and what was recorded stays in the journal.

        Raises:
            RubatoError: nothing is being recorded.
        """
        if self.state == "off":
            raise RubatoError("Nothing is being recorded", code="not_recording")
        id, self._recording = self._recording, 0
        self.journal.mark(Mark(t, "stop", id, name=name or ""))
        self._change(t, "off")
        return self._worker.submit(self._make, "recording", id)

    def save(self, t: int, name: str | None = None) -> Future[SessionInfo]:
        """Make a session of everything since the program started, or since the last save.

        That includes what was played while nothing was recorded or recording was paused. A recording goes on.

        Args:
            t: µs, now: all that was published until now belongs to the session.
            name: What the person calls it.

        Returns:
            The session, as in `stop`.
        """
        id = self._next_id()
        self.journal.mark(Mark(t, "save", id, self._wall_at(t), name=name or ""))
        return self._worker.submit(self._make, "save", id)

    def strike(self, t: int) -> RecognisedWord | None:
        """Erase the last word that is not erased yet from the record.

        Args:
            t: µs, now.

        Returns:
            The word; None when there is none.
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

    # The worker's thread ------------------------------------------------------------------------------

    def _recover(self) -> None:
        # Only a journal that is written has its name: before, it may have that of one that was left.
        own = self.journal.path if self.journal.flush() else None
        left = [path for path in journals_folder(self.data).glob("*.jsonl") if path != own]
        try:
            self._maker.start()
            notices = self._maker.recover(self._clock.now()) if left else []
        except OSError as error:
            log.exception("nothing was recovered")
            happened = f"What earlier runs left could not be recovered: {error.strerror or error}"
            kept = f"It stays in {journals_folder(self.data)} and is tried again at the next start"
            notices = [Notice(self._clock.now(), "warning", happened, kept)] if left else []
        for notice in notices:
            self._publish(notice)

    def _has_recovered(self, done: Future[None]) -> None:
        if (bug := done.exception()) is not None:
            log.error("a bug in recovering", exc_info=bug)
        self.recovered.set_result(None)

    def _make(self, part: Part, id: int) -> SessionInfo:
        try:
            if not self.journal.flush():
                raise OSError("the disk takes nothing")
            session = self._maker.make(self.journal.path, part, id)
        except OSError as error:
            raise RubatoError(
                f"The session could not be written: {error.strerror or error}",
                kept="Everything that was played is kept, and is saved when the program ends or starts again",
                todo=f"Make room on the disk of {self.data}",
                code="not_written",
            ) from error
        t, folder = self._clock.now(), session.folder
        self.journal.mark(
            Mark(t, "kept", id, session=folder.relative_to(sessions_folder(self.data)).as_posix())
        )
        self._publish(SessionKept(t, folder, session.remarks))
        return session

    def _keep_rest(self) -> bool:
        """Make the sessions that could not be made; False when they still cannot."""
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
