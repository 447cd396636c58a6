"""Journals of crashed runs become sessions at the next start, which reports them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from performer import Performer

from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Notice
from rubato_desktop.services.sessions.recorder import Recorder
from rubato_desktop.services.sessions.recovery import Recovered, recover
from rubato_desktop.services.sessions.session import SessionData, list_sessions, read_session

AFTERNOON = datetime(2026, 11, 22, 14, 15, 3, tzinfo=UTC)


class Run:
    """A run of the program that will crash."""

    def __init__(self, data: Path, began: datetime = AFTERNOON) -> None:
        self.performer = Performer()
        clock = self.performer.clock
        self.recorder = Recorder(
            data,
            clock,
            self.performer.bus,
            wall=lambda: began + timedelta(microseconds=clock.now() - 1_000_000),
        )
        self.performer.bus.subscribe(self.recorder.listen)
        self.recorder.journal.start()  # without recovery

    def do(self, steps: str) -> None:
        for step in steps.split():
            if step == "play":
                self.performer.notes(60)
            elif step == "word":
                self.performer.word("tab", "12 7 12")
            elif step == "start":
                self.performer.word("start recording", "0 11 0", "record_start")
                self.recorder.start(self.performer.now)
            elif step == "stop":
                self.performer.word("stop recording", "12 11 12", "record_stop")
                self.recorder.stop(self.performer.now).result()
            else:
                act: Callable[[int], object] = getattr(self.recorder, step)
                made = act(self.performer.now)
                if isinstance(made, Future):
                    made.result()

    def crash(self) -> Path:
        """End like a crash, with everything on disk but no cleanup; returns the journal."""
        assert self.recorder.journal.close()
        return self.recorder.journal.path


def crashed(data: Path, steps: str, began: datetime = AFTERNOON) -> Path:
    """Leave the journal of a crashed run that did `steps`."""
    run = Run(data, began)
    run.do(steps)
    return run.crash()


def sessions(data: Path) -> list[SessionData]:
    return [read_session(info.folder) for info in reversed(list_sessions(data))]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("", []),
        ("play", [(1, 0)]),
        ("play word play", [(5, 1)]),
        ("save", []),
        ("play save play play", [(2, 0)]),
        ("start play word", [(4, 1)]),
        ("start play pause play play", [(1, 0), (6, 1)]),
        ("play start play", [(1, 0), (5, 1)]),
        ("start play stop", []),
        ("start play stop play", [(8, 2)]),
        ("start play stop start play play", [(2, 0)]),
    ],
)
def test_unsaved_recordings_and_notes_are_recovered(
    tmp_path: Path, steps: str, expected: list[tuple[int, int]]
) -> None:
    crashed(tmp_path, steps)
    before = {info.folder for info in list_sessions(tmp_path)}
    recovered = recover(tmp_path)
    new = [info for one in recovered for info in one.sessions]
    assert sorted((info.notes, info.words) for info in new) == sorted(expected)
    assert {info.folder for info in list_sessions(tmp_path)} == before | {info.folder for info in new}
    assert all(info.recovered for info in new)
    assert recover(tmp_path) == []


def test_the_notice_describes_what_was_recovered(tmp_path: Path) -> None:
    crashed(tmp_path, "play word")
    [recovered] = recover(tmp_path)
    folder = tmp_path / "sessions/2026/11/20261122-141503"
    what = f"4 notes and 1 word from 22 Nov 2026 14:15 were recovered to {folder}"
    assert recovered.happened == f"Rubato did not end properly last time. {what}"
    assert recovered.notice(5).level == "info"


def test_the_next_start_publishes_the_notice(tmp_path: Path) -> None:
    crashed(tmp_path, "play")
    performer = Performer()
    recorder = Recorder(tmp_path, performer.clock, performer.bus)
    recorder.begin()
    recorder.recovered.result()
    [notice] = performer.of(Notice)
    assert "1 note and 0 words" in notice.happened
    recorder.close()


def test_a_recovered_recording_equals_a_stopped_one(tmp_path: Path) -> None:
    steps = "start play word pause play resume play"
    run = Run(tmp_path / "stopped")
    run.do(steps)
    run.recorder.stop(run.performer.now).result()
    run.recorder.close()
    crashed(tmp_path / "crashed", steps)
    recover(tmp_path / "crashed")
    [stopped] = sessions(tmp_path / "stopped")
    recovered = next(session for session in sessions(tmp_path / "crashed") if session.info.id)
    assert recovered.events == stopped.events[:-1]
    assert recovered.pauses == stopped.pauses
    assert recovered.info.began == stopped.info.began


def test_a_name_given_at_the_end_is_recovered(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.do("start play")
    (tmp_path / "sessions").write_text("no folder can be made here")
    with pytest.raises(RubatoError):
        run.recorder.stop(run.performer.now, "étude").result()
    run.crash()
    (tmp_path / "sessions").unlink()
    recover(tmp_path)
    assert [info.name for info in list_sessions(tmp_path)] == ["étude"]


def test_runs_are_recovered_one_by_one_oldest_first(tmp_path: Path) -> None:
    for day, steps in enumerate(["play", "play play", "play play play"]):
        crashed(tmp_path, steps, AFTERNOON + timedelta(days=day))
    assert [info.notes for one in recover(tmp_path) for info in one.sessions] == [1, 2, 3]


def test_two_crashes_in_one_second_give_two_sessions(tmp_path: Path) -> None:
    crashed(tmp_path, "play")
    Run(tmp_path).crash()
    crashed(tmp_path, "play play")
    recover(tmp_path)
    assert sorted(info.notes for info in list_sessions(tmp_path)) == [1, 2]


def test_the_journal_of_a_running_program_is_left_alone(tmp_path: Path) -> None:
    alive = Run(tmp_path)
    alive.do("play")
    assert alive.recorder.journal.flush()
    assert recover(tmp_path) == []
    assert alive.recorder.journal.path.exists()
    alive.do("save")
    assert [info.notes for info in list_sessions(tmp_path)] == [1]
    alive.recorder.close()


@pytest.mark.parametrize(("steps", "left"), [("play", []), ("start play", ["kept"]), ("play save", ["kept"])])
def test_the_journal_is_archived_or_deleted_as_after_a_clean_end(
    tmp_path: Path, steps: str, left: list[str]
) -> None:
    crashed(tmp_path, steps)
    recover(tmp_path)
    assert [path.parent.name for path in (tmp_path / "journals").rglob("*.jsonl")] == left


@pytest.mark.parametrize("torn", [b'{"kind":"midi","t":12', b"{", b'{"kind":"mark","mark":"st', b"\0" * 512])
def test_a_torn_last_line_does_not_count_as_damage(tmp_path: Path, torn: bytes) -> None:
    journal = crashed(tmp_path, "play play")
    with journal.open("ab") as file:
        file.write(torn)
    [recovered] = recover(tmp_path)
    assert recovered.damaged is None
    assert [info.notes for info in recovered.sessions] == [2]


def damage(journal: Path, line: int, by: bytes) -> None:
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[line] = by + b"\n"
    journal.write_bytes(b"".join(lines))


@pytest.mark.parametrize(
    ("line", "by", "notes"),
    [
        (3, b"\0" * 60, 2),
        (3, b'{"kind":"midi","t":"soon"}', 2),
        (3, b"not a line", 2),
        (0, b"\0" * 60, 3),
        (0, b"{}", 3),
    ],
)
def test_a_damaged_journal_is_moved_and_reported(tmp_path: Path, line: int, by: bytes, notes: int) -> None:
    journal = crashed(tmp_path, "play play play")
    damage(journal, line, by)
    content = journal.read_bytes()
    [recovered] = recover(tmp_path)
    assert [info.notes for info in recovered.sessions] == [notes]
    assert recovered.damaged == tmp_path / "journals/damaged" / journal.name
    assert recovered.damaged.read_bytes() == content
    assert "damaged" in recovered.happened and str(recovered.damaged) in recovered.kept
    assert recovered.notice(0).level == "warning"
    assert recover(tmp_path) == []


def test_a_file_that_is_not_a_journal_is_moved(tmp_path: Path) -> None:
    (tmp_path / "journals").mkdir()
    (tmp_path / "journals/20261122-141503.jsonl").write_bytes(bytes(range(256)) * 4)
    [recovered] = recover(tmp_path)
    assert recovered.sessions == ()
    assert "Nothing in it could be recovered" in recovered.kept
    assert recovered.damaged is not None and recovered.damaged.stat().st_size == 1024


def test_an_empty_journal_is_deleted_without_a_notice(tmp_path: Path) -> None:
    (tmp_path / "journals").mkdir()
    (tmp_path / "journals/20261122-141503.jsonl").touch()
    assert recover(tmp_path) == []
    assert list((tmp_path / "journals").iterdir()) == []


def test_recovery_of_an_empty_folder_does_nothing(tmp_path: Path) -> None:
    assert recover(tmp_path) == []


def test_a_journal_that_cannot_be_recovered_now_stays(tmp_path: Path) -> None:
    journal = crashed(tmp_path, "play")
    (tmp_path / "sessions").write_text("no folder can be made here")
    [recovered] = recover(tmp_path)
    assert recovered.sessions == ()
    assert str(journal) in recovered.kept
    (tmp_path / "sessions").unlink()
    assert [info.notes for one in recover(tmp_path) for info in one.sessions] == [1]


@pytest.mark.parametrize("steps", ["play", "start play"])
def test_a_crash_during_recovery_causes_no_second_session(tmp_path: Path, steps: str) -> None:
    journal = crashed(tmp_path, steps)
    content = journal.read_bytes()
    recover(tmp_path)
    journal.write_bytes(content)
    half = tmp_path / "sessions" / f".{journal.stem}"
    half.mkdir()
    (half / "journal.jsonl").write_text("half")
    recover(tmp_path)
    assert len(list_sessions(tmp_path)) == 1
    assert not half.exists()


def test_a_crash_between_writing_and_marking_a_session_causes_no_second_one(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.do("start play stop")
    journal = run.crash()
    lines = journal.read_bytes().splitlines(keepends=True)
    assert b'"kept"' in lines[-1]
    journal.write_bytes(b"".join(lines[:-1]))
    recover(tmp_path)
    assert len(list_sessions(tmp_path)) == 1


@pytest.fixture(scope="module")
def long_journal(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    journal = crashed(
        tmp_path_factory.mktemp("much"), "play word save start play pause play resume word play"
    )
    return journal.read_bytes()


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.data())
def test_any_remains_of_a_journal_are_recovered_or_moved(long_journal: bytes, data: st.DataObject) -> None:
    content = bytearray(long_journal)
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(0, len(content))) :]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "journals").mkdir()
        (Path(folder) / "journals/20261122-141503.jsonl").write_bytes(content)
        results: list[Recovered] = recover(Path(folder))
        for info in list_sessions(Path(folder)):
            assert len([m for m in read_session(info.folder).messages if m.is_note_on]) == info.notes
        kept = [one.damaged.read_bytes() for one in results if one.damaged]
        assert kept in ([], [bytes(content)])
        assert recover(Path(folder)) == []
