"""Recording on, off and paused; saves; sessions that cannot be written; the end of the program."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import psutil
import pytest
from performer import Performer
from waiting import until

from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Event, Notice, RecordingChanged, RemarkKept, SessionKept
from rubato_desktop.services.sessions.durable_file import DurableFile
from rubato_desktop.services.sessions.recorder import Recorder
from rubato_desktop.services.sessions.session import list_sessions, read_session


class Desk:
    """A performer and a recorder that records it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._others = writer_processes()
        self.performer = Performer()
        self.recorder = Recorder(data, self.performer.clock, self.performer.bus)
        self.performer.bus.subscribe(self.recorder.listen)
        self.recorder.begin()
        self.recorder.recovered.result()
        self.notices = self.performer.of(Notice)

    def do(self, *steps: str) -> list[str]:
        """Do steps in order; returns the error codes of those that fail."""
        refused = []
        for step in steps:
            if step == "play":
                self.performer.notes(60)
                continue
            act: Callable[[int], object] = getattr(self.recorder, step)
            try:
                made = act(self.performer.now)
                if isinstance(made, Future):
                    made.result()
            except RubatoError as error:
                refused.append(error.code)
        return refused

    @property
    def writer(self) -> int:
        """Id of the process that writes this recorder's sessions."""
        [process] = until(lambda: writer_processes() - self._others, "the process that writes sessions")
        return process

    @property
    def journals(self) -> list[str]:
        """The folders of all journals in the data folder."""
        folder = self.data / "journals"
        return sorted(path.parent.relative_to(self.data).as_posix() for path in folder.rglob("*.jsonl"))

    @property
    def notes(self) -> list[int]:
        """The number of notes of each session, oldest first."""
        return [info.notes for info in reversed(list_sessions(self.data))]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.recorder.close()


@pytest.mark.parametrize(
    ("steps", "state", "refused"),
    [
        ("", "off", []),
        ("start", "on", []),
        ("start stop", "off", []),
        ("start pause", "paused", []),
        ("start pause resume", "on", []),
        ("start pause stop", "off", []),
        ("start pause resume pause resume stop start", "on", []),
        ("save", "off", []),
        ("start save", "on", []),
        ("start pause save", "paused", []),
        ("stop", "off", ["not_recording"]),
        ("pause", "off", ["not_recording"]),
        ("resume", "off", ["not_paused"]),
        ("start start", "on", ["recording"]),
        ("start pause start", "paused", ["recording"]),
        ("start pause pause", "paused", ["not_recording"]),
        ("start resume", "on", ["not_paused"]),
        ("start stop stop", "off", ["not_recording"]),
    ],
)
def test_steps_lead_to_the_right_state(desk: Desk, steps: str, state: str, refused: list[str]) -> None:
    assert desk.do(*steps.split()) == refused
    assert desk.recorder.state == state


def test_every_change_is_published(desk: Desk) -> None:
    desk.do("start", "play", "pause", "resume", "stop")
    assert [event.state for event in desk.performer.of(RecordingChanged)] == ["on", "paused", "on", "off"]


@pytest.mark.parametrize("steps", ["start play stop", "play save"])
def test_a_session_is_announced_when_it_is_on_disk(desk: Desk, steps: str) -> None:
    there: list[bool] = []

    def look(event: Event) -> None:
        if isinstance(event, SessionKept):
            there.append(read_session(event.session).info.notes == 1)

    desk.performer.bus.subscribe(look)
    desk.do(*steps.split())
    assert there == [True]


def test_the_announcement_has_the_number_of_remarks(desk: Desk) -> None:
    desk.do("start")
    desk.performer.bus.publish(RemarkKept(desk.performer.now, desk.performer.now, "uneven"))
    desk.do("stop", "start", "stop")
    assert [event.remarks for event in desk.performer.of(SessionKept)] == [1, 0]


@pytest.mark.parametrize(
    ("steps", "notes"),
    [
        ("play save", [1]),
        ("play save play play save", [1, 2]),
        ("start play stop play save", [1, 2]),
        ("play start play save play stop", [2, 2]),
        ("start play pause play resume play stop", [2]),
        ("start play pause play play save resume play stop", [3, 2]),
        ("start play stop play start play play stop", [1, 2]),
    ],
)
def test_each_session_has_its_own_notes(desk: Desk, steps: str, notes: list[int]) -> None:
    assert desk.do(*steps.split()) == []
    sessions = {info.folder: info.notes for info in list_sessions(desk.data)}
    assert sorted(sessions.values()) == sorted(notes)


def test_a_save_begins_where_the_last_one_ended(desk: Desk) -> None:
    desk.performer.notes(60)
    first = desk.recorder.save(desk.performer.now, "one").result()
    middle = desk.performer.now
    desk.performer.rest(1_000_000)
    desk.performer.notes(61)
    second = desk.recorder.save(desk.performer.now).result()
    assert first.name == "one"
    assert second.zero == middle
    assert [message.t for message in read_session(second.folder).messages] == [1_000_000, 1_200_000]


def test_words_are_erased_from_the_last_to_the_first(desk: Desk) -> None:
    words = [desk.performer.word("tab", "12 7 12"), desk.performer.word("click", "0 7 0")]
    desk.performer.word("erase", "0 0 0")
    assert desk.recorder.strike(desk.performer.now) == words[1]
    desk.performer.word("erase", "0 0 0")
    assert desk.recorder.strike(desk.performer.now) == words[0]
    assert desk.recorder.strike(desk.performer.now) is None


@pytest.mark.parametrize(
    ("steps", "journals", "notes"),
    [
        ("", [], []),
        ("play", [], []),
        ("start play stop", ["journals/kept"], [1]),
        ("play save", ["journals/kept"], [1]),
        ("start play", ["journals/kept"], [1]),
        ("start play pause play", ["journals/kept"], [1]),
    ],
)
def test_a_clean_end_deletes_the_journal_unless_something_was_recorded_or_saved(
    desk: Desk, steps: str, journals: list[str], notes: list[int]
) -> None:
    desk.do(*steps.split())
    desk.recorder.close()
    assert desk.journals == journals
    assert desk.notes == notes
    again = Desk(desk.data)
    again.recorder.close()
    assert again.notices == []


def test_closing_twice_has_no_further_effect(desk: Desk) -> None:
    desk.do("start", "play")
    desk.recorder.close()
    desk.recorder.close()
    assert desk.notes == [1]


def test_a_recorder_that_was_not_started_can_be_closed(tmp_path: Path) -> None:
    performer = Performer()
    Recorder(tmp_path, performer.clock, performer.bus).close()
    assert list(tmp_path.rglob("*.jsonl")) == []


def block_sessions(data: Path) -> Path:
    """Make sessions impossible to write, even for root, by putting a file in place of their folder."""
    path = data / "sessions"
    path.write_text("")
    return path


def test_a_session_that_cannot_be_written_is_written_later(desk: Desk) -> None:
    blocker = block_sessions(desk.data)
    desk.do("start", "play", "play")
    with pytest.raises(RubatoError, match="could not be written"):
        desk.recorder.stop(desk.performer.now, "étude").result()
    assert desk.recorder.state == "off"
    blocker.unlink()
    desk.recorder.close()
    assert [(info.name, info.notes) for info in list_sessions(desk.data)] == [("étude", 2)]


def test_a_save_that_cannot_be_written_is_written_at_the_end(desk: Desk) -> None:
    blocker = block_sessions(desk.data)
    desk.do("play", "play")
    with pytest.raises(RubatoError, match="could not be written"):
        desk.recorder.save(desk.performer.now, "étude").result()
    desk.do("play")
    blocker.unlink()
    desk.recorder.close()
    assert [(info.name, info.notes) for info in list_sessions(desk.data)] == [("étude", 2)]


def test_a_session_that_cannot_be_written_at_the_end_either_is_recovered_at_the_next_start(
    desk: Desk,
) -> None:
    blocker = block_sessions(desk.data)
    desk.do("start", "play", "play", "stop")
    desk.recorder.close()
    assert desk.journals == ["journals"]
    blocker.unlink()
    again = Desk(desk.data)
    assert desk.notes == [2]
    assert "2 notes and 0 words" in again.notices[0].happened
    again.recorder.close()


def test_a_save_that_could_not_be_written_is_in_the_next(desk: Desk) -> None:
    blocker = block_sessions(desk.data)
    assert desk.do("play", "save", "play") == ["not_written"]
    blocker.unlink()
    assert desk.do("save") == []
    assert desk.notes == [2]


class SlowDisk:
    """A disk whose syncs wait until it is released."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.syncing, self._ready = threading.Event(), threading.Event()
        sync = DurableFile.sync

        def wait(file: DurableFile) -> None:
            self.syncing.set()
            assert self._ready.wait(60)
            sync(file)

        monkeypatch.setattr(DurableFile, "sync", wait)

    def release(self) -> None:
        self._ready.set()


@pytest.fixture
def slow(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDisk]:
    assert desk.recorder.journal.flush()
    disk = SlowDisk(monkeypatch)
    yield disk
    disk.release()


def test_no_call_waits_for_the_disk(desk: Desk, slow: SlowDisk) -> None:
    desk.recorder.start(desk.performer.now)
    desk.performer.notes(60)
    saved = desk.recorder.save(desk.performer.now, "all")
    assert slow.syncing.wait(60)
    stopped = desk.recorder.stop(desk.performer.now, "one")
    assert desk.recorder.state == "off" and desk.performer.of(RecordingChanged)[-1].state == "off"
    with pytest.raises(RubatoError, match="Nothing is being recorded"):
        desk.recorder.stop(desk.performer.now)
    desk.recorder.start(desk.performer.now)
    desk.performer.notes(61, 62)
    again = desk.recorder.save(desk.performer.now, "rest")
    other = desk.recorder.stop(desk.performer.now, "two")
    assert not any(future.done() for future in (saved, stopped, again, other))
    assert desk.performer.of(SessionKept) == [] == list_sessions(desk.data)
    slow.release()
    sessions = [future.result() for future in (saved, stopped, again, other)]
    assert [(session.name, session.notes) for session in sessions] == [
        ("all", 1),
        ("one", 1),
        ("rest", 2),
        ("two", 2),
    ]
    assert [event.session for event in desk.performer.of(SessionKept)] == [
        session.folder for session in sessions
    ]


def test_closing_waits_for_sessions_that_are_being_written(desk: Desk, slow: SlowDisk) -> None:
    desk.do("start", "play")
    stopped = desk.recorder.stop(desk.performer.now, "one")
    assert slow.syncing.wait(60)
    desk.do("start", "play", "play")
    closing = threading.Thread(target=desk.recorder.close)
    closing.start()
    slow.release()
    closing.join()
    assert stopped.result().name == "one"
    assert desk.notes == [1, 2] and desk.journals == ["journals/kept"]
    assert len(desk.performer.of(SessionKept)) == 2


def test_a_session_that_cannot_be_written_at_the_end_is_reported(desk: Desk) -> None:
    blocker = block_sessions(desk.data)
    desk.do("start", "play")
    desk.recorder.close()
    [notice] = desk.performer.of(Notice)
    assert "could not be written" in notice.happened
    assert "is kept" in notice.kept
    blocker.unlink()


def test_events_of_other_threads_are_published_through_the_callback(tmp_path: Path) -> None:
    performer, published = Performer(), []
    recorder = Recorder(tmp_path, performer.clock, performer.bus, publish=published.append)
    recorder.begin()
    recorder.recovered.result()
    folder = recorder.save(performer.now).result().folder
    assert [event.session for event in published] == [folder]
    assert performer.of(SessionKept) == []
    recorder.close()


def test_a_session_whose_process_is_killed_is_written_by_another(desk: Desk) -> None:
    desk.do("start", "play")
    process = desk.writer
    os.kill(process, signal.SIGSTOP)
    stopped = desk.recorder.stop(desk.performer.now)
    until(lambda: unread(process), "the request to be written")
    os.kill(process, signal.SIGKILL)
    with pytest.raises(RubatoError, match=r"could not be written: .* ended \(killed by SIGKILL\)"):
        stopped.result()
    assert desk.do("start", "play", "play", "stop") == []
    desk.recorder.close()
    assert sorted(desk.notes) == [1, 2]
    assert desk.journals == ["journals/kept"]


def test_a_killed_process_is_replaced_before_the_next_session(desk: Desk) -> None:
    process = desk.writer
    os.kill(process, signal.SIGKILL)
    until(lambda: writer_processes() - {process}, "another process")


def test_closing_waits_for_the_process_that_writes_sessions(desk: Desk) -> None:
    process = desk.writer
    desk.recorder.close()
    assert not psutil.pid_exists(process)


def test_closing_does_not_wait_long_for_a_process_that_does_not_end(desk: Desk) -> None:
    process = desk.writer
    os.kill(process, signal.SIGSTOP)
    desk.recorder.close()
    assert not psutil.pid_exists(process)


def unread(process: int) -> int:
    """Return the number of unread bytes at the standard input of a process."""
    pipe = os.open(f"/proc/{process}/fd/0", os.O_RDONLY | os.O_NONBLOCK)
    try:
        return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)
    finally:
        os.close(pipe)


def writer_processes() -> set[int]:
    """Ids of the processes that write sessions for this one."""
    processes = set()
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):  # one that has just ended
            if any("writer_process" in word for word in child.cmdline()):
                processes.add(child.pid)
    return processes
