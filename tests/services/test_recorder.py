"""Recording is off, on or paused; what was never recorded can still be saved; a clean end leaves no loose ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from performing import Performer

from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Notice, RecordingChanged
from rubato_desktop.services import recorder as recorder_module
from rubato_desktop.services.recorder import Recorder
from rubato_desktop.services.sessions import list_sessions, read_session


class Desk:
    """A performer and a recorder that listens."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.performer = Performer()
        self.recorder = Recorder(data, self.performer.clock, self.performer.bus)
        self.performer.bus.subscribe(self.recorder.listen)
        self.told = self.recorder.begin()

    def do(self, *steps: str) -> list[str]:
        """Do steps one after another; returns the codes of those that are refused."""
        refused = []
        for step in steps:
            if step == "play":
                self.performer.notes(60)
                continue
            act: Callable[[int], object] = getattr(self.recorder, step)
            try:
                act(self.performer.now)
            except RubatoError as error:
                refused.append(error.code)
        return refused

    @property
    def journals(self) -> list[str]:
        """Where the journals of the data folder are."""
        folder = self.data / "journals"
        return sorted(path.parent.relative_to(self.data).as_posix() for path in folder.rglob("*.jsonl"))

    @property
    def notes(self) -> list[int]:
        """How many notes each session has, the oldest first."""
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
def test_each_step_leads_where_it_should(desk: Desk, steps: str, state: str, refused: list[str]) -> None:
    assert desk.do(*steps.split()) == refused
    assert desk.recorder.state == state


def test_every_change_is_published_and_the_end_names_the_session(desk: Desk) -> None:
    desk.do("start", "play", "pause", "resume", "stop")
    [info] = list_sessions(desk.data)
    assert [(event.state, event.session) for event in desk.performer.of(RecordingChanged)] == [
        ("on", None),
        ("paused", None),
        ("on", None),
        ("off", info.folder),
    ]


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
def test_each_session_has_what_belongs_to_it(desk: Desk, steps: str, notes: list[int]) -> None:
    assert desk.do(*steps.split()) == []
    sessions = {info.folder: info.notes for info in list_sessions(desk.data)}
    assert sorted(sessions.values()) == sorted(notes)


def test_a_save_begins_where_the_last_one_ended(desk: Desk) -> None:
    desk.performer.notes(60)
    first = desk.recorder.save(desk.performer.now, "one")
    middle = desk.performer.now
    desk.performer.rest(1_000_000)
    desk.performer.notes(61)
    second = desk.recorder.save(desk.performer.now)
    assert first.name == "one"
    assert second.zero == middle
    assert [message.t for message in read_session(second.folder).messages] == [1_000_000, 1_200_000]


def test_the_last_word_is_erased_then_the_one_before(desk: Desk) -> None:
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
def test_a_clean_end_drops_the_journal_unless_something_was_recorded_or_saved(
    desk: Desk, steps: str, journals: list[str], notes: list[int]
) -> None:
    desk.do(*steps.split())
    desk.recorder.close()
    assert desk.journals == journals
    assert desk.notes == notes
    assert Desk(desk.data).told == []


def test_closing_twice_is_closing_once(desk: Desk) -> None:
    desk.do("start", "play")
    desk.recorder.close()
    desk.recorder.close()
    assert desk.notes == [1]


def test_one_that_never_began_closes(tmp_path: Path) -> None:
    performer = Performer()
    Recorder(tmp_path, performer.clock, performer.bus).close()
    assert list(tmp_path.rglob("*.jsonl")) == []


def block_sessions(data: Path) -> Path:
    """Make it impossible to write sessions, for root too: a file stands where their folder should be."""
    path = data / "sessions"
    path.write_text("")
    return path


def test_a_session_that_cannot_be_written_is_written_later(desk: Desk) -> None:
    stone = block_sessions(desk.data)
    desk.do("start", "play", "play")
    with pytest.raises(RubatoError, match="could not be written"):
        desk.recorder.stop(desk.performer.now, "étude")
    assert desk.recorder.state == "off"
    stone.unlink()
    desk.recorder.close()
    assert [(info.name, info.notes) for info in list_sessions(desk.data)] == [("étude", 2)]


def test_a_save_that_cannot_be_written_is_written_at_the_end(desk: Desk) -> None:
    stone = block_sessions(desk.data)
    desk.do("play", "play")
    with pytest.raises(RubatoError, match="could not be written"):
        desk.recorder.save(desk.performer.now, "étude")
    desk.do("play")
    stone.unlink()
    desk.recorder.close()
    assert [(info.name, info.notes) for info in list_sessions(desk.data)] == [("étude", 2)]


def test_a_session_that_cannot_be_written_to_the_end_is_recovered_at_the_next_start(desk: Desk) -> None:
    stone = block_sessions(desk.data)
    desk.do("start", "play", "play", "stop")
    desk.recorder.close()
    assert desk.journals == ["journals"]
    stone.unlink()
    again = Desk(desk.data)
    assert desk.notes == [2]
    assert "2 notes and 0 words" in again.told[0].happened
    again.recorder.close()


def test_a_save_that_could_not_be_written_is_in_the_next(desk: Desk) -> None:
    stone = block_sessions(desk.data)
    assert desk.do("play", "save", "play") == ["not_written"]
    stone.unlink()
    assert desk.do("save") == []
    assert desk.notes == [2]


def test_a_session_that_takes_long_is_finished_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "WAIT_S", 0.0)
    desk.do("start", "play")
    info = desk.recorder.stop(desk.performer.now)
    desk.recorder.close()
    assert read_session(info.folder).info.notes == 1
    assert (info.began, info.end) == (
        read_session(info.folder).info.began,
        read_session(info.folder).info.end,
    )


def test_when_that_fails_it_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "WAIT_S", 0.0)
    stone = block_sessions(desk.data)
    desk.do("start", "play", "stop")
    desk.recorder.close()
    [notice] = desk.performer.of(Notice)
    assert "could not be written" in notice.happened
    assert "is kept" in notice.kept
    stone.unlink()
