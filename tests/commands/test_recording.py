"""Recordings are stopped, saved and named while the keys keep working."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from player import Player

from rubato_desktop.events import CommandDone, RecordingChanged, Result, SessionKept, WordHeard
from rubato_desktop.language.loading import load_language
from rubato_desktop.services import languages as library_module
from rubato_desktop.services.sessions.durable_file import DurableFile
from rubato_desktop.services.sessions.session import list_sessions, read_session

SAVE = "12 10 12"
NAME = [0, 16, 21]


class SlowDisk:
    """A disk that blocks writes until it is released; `busy` is set while a write waits."""

    def __init__(self) -> None:
        self.busy, self._permits = threading.Event(), threading.Semaphore(0)
        self._blocked = True

    def slow(self, write: Callable[..., None]) -> Callable[..., None]:
        def wait(*args: object) -> None:
            assert threading.current_thread() is not threading.main_thread(), "the engine's thread writes"
            if self._blocked:
                self.busy.set()
                assert self._permits.acquire(timeout=60)
                self.busy.clear()
            write(*args)

        return wait

    def block(self) -> None:
        self._permits = threading.Semaphore(0)
        self._blocked = True

    def release_one(self) -> None:
        self.busy.clear()
        self._permits.release()

    def release(self) -> None:
        self._blocked = False
        self._permits.release(10)


def recording_of_name(player: Player) -> object:
    """Return the recording that the file of names stores for `NAME`."""
    words = load_language(player.app.data / "languages" / "names.toml").words
    return next(word.args["path"] for word in words if word.keys == tuple(NAME))


@pytest.fixture
def disk(player: Player, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDisk]:
    assert player.app.recorder.journal.flush()
    disk = SlowDisk()
    monkeypatch.setattr(DurableFile, "sync", disk.slow(DurableFile.sync))
    monkeypatch.setattr(library_module, "save_language", disk.slow(library_module.save_language))
    yield disk
    disk.release()


def results(player: Player, command: str) -> list[Result]:
    return [
        event.result
        for event in player.events
        if isinstance(event, CommandDone) and event.result.name == command
    ]


def test_keys_keep_working_while_a_session_is_written(player: Player, disk: SlowDisk) -> None:
    player.run("record_start")
    player.play("0 7 0")
    player.play("12 11 12 24")
    assert disk.busy.wait(60)
    assert player.last(RecordingChanged).state == "off"
    player.play("0 7 0")
    assert player.last(WordHeard).word.word == "click"
    assert results(player, "record_stop") == []
    disk.release()
    player.until(lambda: bool(results(player, "record_stop")))
    [saved] = results(player, "record_stop")
    assert saved.status == "ok" and player.last(SessionKept).session == Path(saved.value["session"])


def test_second_stop_is_refused_at_once_and_another_recording_can_start(
    player: Player, disk: SlowDisk
) -> None:
    player.run("record_start")
    first = player.app.engine.run("record_stop")
    saved = player.app.engine.run("save")
    again = player.run("record_stop")
    assert (again.status, again.text) == ("failed", "Nothing is being recorded")
    assert player.run("record_start").status == "ok"
    assert not first.done() and not saved.done()
    disk.release()
    player.until(lambda: first.done() and saved.done())
    assert player.app.recorder.state == "on"
    second = player.run("record_stop")
    folders = [result.value["session"] for result in (first.result(), saved.result(), second)]
    assert len({*folders}) == 3
    assert {str(info.folder) for info in list_sessions(player.app.data)} == {*folders}


def test_name_works_before_its_file_is_written(player: Player, disk: SlowDisk) -> None:
    disk.release()
    player.run("record_start")
    first = player.run("record_stop", name=NAME)
    disk.block()
    player.run("record_start")
    stopping = player.app.engine.run("record_stop", name=NAME)
    player.until(disk.busy.is_set)
    disk.release_one()
    player.until(lambda: player.last(SessionKept).session != Path(first.value["session"]))
    player.until(disk.busy.is_set)
    there = str(player.last(SessionKept).session)
    assert player.word("0 16 21").value["path"] == there
    assert not stopping.done()
    disk.release()
    player.until(stopping.done)
    assert recording_of_name(player) == there
    assert player.run("undo").status == "ok"
    assert recording_of_name(player) == first.value["session"] == player.word("0 16 21").value["path"]


def test_name_that_cannot_be_saved_works_until_the_program_quits(player: Player) -> None:
    (player.app.data / "languages").write_text("a file where the folder should be")
    player.run("record_start")
    saved = player.run("record_stop", name=NAME)
    assert saved.status == "ok" and "called 0 16 21 until you quit" in saved.text
    assert player.word("0 16 21").value["path"] == saved.value["session"]


def test_session_that_cannot_be_written_is_reported_and_retained(player: Player) -> None:
    obstacle = player.app.data / "sessions"
    obstacle.write_text("a file where the folder should be")
    player.run("record_start")
    stopped = player.run("record_stop", name=NAME)
    assert stopped.status == "failed" and stopped.error["code"] == "not_written"
    assert "Everything you played is kept" in stopped.text
    assert player.last(RecordingChanged).state == "off"
    assert player.app.services.languages.stack.at(tuple(NAME)) is None
    obstacle.unlink()
    player.app.stop()
    assert [info.name for info in list_sessions(player.app.data)] == ["0 16 21"]


def test_two_stops_while_a_remark_is_open_end_it_once(player: Player) -> None:
    player.run("record_start")
    player.run("remark_start")
    first, second = player.app.engine.run("record_stop"), player.app.engine.run("record_stop")
    player.until(lambda: first.done() and second.done())
    assert first.result().status == "ok"
    assert second.result().text == "Nothing is being recorded"
    session = read_session(Path(first.result().value["session"]))
    assert len(session.remarks) == 1


def test_saved_recording_contains_the_keys_of_its_name(player: Player) -> None:
    player.word("0 7 0")
    saved = player.word(f"{SAVE} 0 16 21 24")
    session = read_session(Path(saved.value["session"]))
    notes = [message.note - 48 for message in session.messages if message.is_note_on]
    assert notes == [0, 7, 0, *map(int, SAVE.split()), 0, 16, 21, 24]
    assert session.end == session.info.end >= session.messages[-1].t
    player.word("0 7 0")
    again = read_session(Path(player.run("save").value["session"]))
    assert [message.note - 48 for message in again.messages if message.is_note_on] == [0, 7, 0]
    assert again.info.zero == session.info.zero + session.end
