"""Recording: off, on or paused; and saving what was never recorded. The journal holds it all, always."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

from rubato_desktop.clock import Clock
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, Event, Notice, RecordingChanged, WordHeard
from rubato_desktop.language.results import Understood
from rubato_desktop.services.cutting import Outline
from rubato_desktop.services.entries import Mark, What
from rubato_desktop.services.journal import Describe, Journal, Report, now
from rubato_desktop.services.keeping import first_free, keep_recording, keep_since_save
from rubato_desktop.services.recovery import Recovered, journals_folder, put_away, recover
from rubato_desktop.services.sessions import SessionInfo, sessions_folder

log = logging.getLogger(__name__)

Moment = tuple[int, datetime]  # µs, and wall-clock time
State = Literal["off", "on", "paused"]
WAIT_S = 0.5  # a session that takes longer to make is finished behind the player's back
FORGIVEN = ("erase", "undo")  # words that cannot be erased: they take others back
REMEMBERED = 1000  # words that can be erased one after another


class Recorder:
    """Writes the journal and makes sessions of it.

    All methods but `close` are for the engine's thread.

    Args:
        data: The data folder.
        clock: The program's clock.
        bus: `RecordingChanged` is published on it; whoever makes the recorder subscribes its `listen`.
        report: Told from other threads what a person should know, to be published on the engine's thread;
            the bus itself when left out.
        devices: Describes the devices there are, JSON-like.
        private: Says of an event that it must never be written down.
        wall: The wall clock.

    Attributes:
        data: The data folder.
        state: ``off``, ``on`` or ``paused``.
    """

    def __init__(
        self,
        data: Path,
        clock: Clock,
        bus: Bus,
        *,
        report: Report | None = None,
        devices: Describe | None = None,
        private: Callable[[Event], bool] | None = None,
        wall: Callable[[], datetime] = now,
    ) -> None:
        self.data = data
        self.state: State = "off"
        self._clock, self._bus, self._report, self._wall = clock, bus, report or bus.publish, wall
        self.journal = Journal(
            journals_folder(data), clock, self._report, devices=devices, private=private, wall=wall
        )
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="sessions")
        self._words: deque[Understood] = deque(maxlen=REMEMBERED)
        self._ids = 0
        self._recording = 0  # number of the recording that is on or paused
        header = self.journal.header
        self._saved: Moment = (header.t, header.began)  # where the next save begins
        self._started: Moment = self._saved  # where the recording that is on or paused began
        self._closed = False

    def begin(self) -> list[Notice]:
        """Begin to write the journal, and recover what runs that crashed have left.

        Returns:
            What was recovered, in words; what takes more than `WAIT_S` is reported later.
        """
        self.journal.start()
        future = self._worker.submit(recover, self.data)
        try:
            found = future.result(WAIT_S)
        except TimeoutError:
            future.add_done_callback(self._recovered_late)
            return []
        return [recovered.notice(self._clock.now()) for recovered in found]

    def listen(self, event: Event) -> None:
        """Take an event of the bus, in a few microseconds."""
        self.journal.listen(event)
        if isinstance(event, WordHeard) and event.word.command not in FORGIVEN:
            self._words.append(event.word)

    def close(self) -> None:
        """End: a recording that is still on is kept, the journal is put away or dropped.

        Whatever cannot be kept now stays in the journal and is recovered at the next start. A second time does
        nothing.
        """
        if self._closed:
            return
        self._closed = True
        if self.state != "off":
            try:
                self.stop(self._clock.now())
            except RubatoError as error:
                self._tell(error)
        self._worker.shutdown()
        complete = self._keep_rest()
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
        self._started = (t, self._wall())
        self._mark(t, "start", self._recording, self._started[1])
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

    def stop(self, t: int, name: str | None = None) -> SessionInfo:
        """End the recording and make a session of it.

        Args:
            t: µs at which the session ends.
            name: What the person calls it.

        Returns:
            The session. One that takes more than `WAIT_S` to write is not complete yet; should that fail, it
            is reported.

        Raises:
            RubatoError: nothing is being recorded; or the session cannot be written, and what was recorded
                stays in the journal.
        """
        if self.state == "off":
            raise RubatoError("Nothing is being recorded", code="not_recording")
        id, self._recording = self._recording, 0
        self.journal.mark(Mark(t, "stop", id, name=name or ""))
        try:
            session = self._finish(id, self._started, t, partial(keep_recording, self.data, id=id))
        except RubatoError:
            self._change(t, "off")
            raise
        self._change(t, "off", session.folder)
        return session

    def save(self, t: int, name: str | None = None) -> SessionInfo:
        """Make a session of everything since the program started, or since the last save.

        That includes what was played while nothing was recorded or recording was paused. A recording goes on.

        Args:
            t: µs at which the session ends.
            name: What the person calls it.

        Returns:
            The session, as in `stop`.

        Raises:
            RubatoError: it cannot be written, and everything stays in the journal.
        """
        id, here = self._next_id(), (t, self._wall())
        self.journal.mark(Mark(t, "save", id, here[1], name=name or ""))
        session = self._finish(id, self._saved, t, partial(keep_since_save, self.data, id=id))
        self._saved = here
        return session

    def strike(self, t: int) -> Understood | None:
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

    def _change(self, t: int, state: State, session: Path | None = None) -> None:
        self.state = state
        self._bus.publish(RecordingChanged(t, state, session))

    # Making sessions, on a thread of its own ----------------------------------------------------------

    def _finish(
        self, id: int, begin: Moment, end: int, make: Callable[[Outline], SessionInfo]
    ) -> SessionInfo:
        zero, began = begin
        expected = SessionInfo(first_free(self.data, began), began, end - zero)
        future = self._worker.submit(self._make, id, make)
        try:
            return future.result(WAIT_S)
        except TimeoutError:
            future.add_done_callback(self._finished_late)
            return expected

    def _recovered_late(self, future: Future[list[Recovered]]) -> None:
        for recovered in future.result():
            self._report(recovered.notice(self._clock.now()))

    def _finished_late(self, future: Future[SessionInfo]) -> None:
        error = future.exception()
        if isinstance(error, RubatoError):
            self._tell(error)
        elif error is not None:
            log.error("a bug in making a session", exc_info=error)

    def _make(self, id: int, make: Callable[[Outline], SessionInfo]) -> SessionInfo:
        try:
            if not self.journal.flush():
                raise OSError("the disk takes nothing")
            session = make(Outline.of(self.journal.path))
        except OSError as error:
            raise RubatoError(
                f"The session could not be written: {error.strerror or error}",
                kept="Everything that was played is kept, and is saved when the program ends or starts again",
                todo=f"Make room on the disk of {self.data}",
                code="not_written",
            ) from error
        folder = session.folder.relative_to(sessions_folder(self.data)).as_posix()
        self.journal.mark(Mark(self._clock.now(), "kept", id, session=folder))
        return session

    def _keep_rest(self) -> bool:
        """Make the sessions that could not be made; False when they still cannot."""
        try:
            if not self.journal.flush():
                return False
            outline = Outline.of(self.journal.path)
            for id in outline.unsaved():
                self._make(id, partial(keep_recording, self.data, id=id))
            if id := outline.unsaved_save():
                self._make(id, partial(keep_since_save, self.data, id=id))
        except (OSError, RubatoError):
            return False
        return True

    def _tell(self, error: RubatoError) -> None:
        self._report(Notice(self._clock.now(), "error", error.happened, error.kept, error.todo))
