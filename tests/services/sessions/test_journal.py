"""Events are on disk soon after they happen, and in memory while the disk cannot be written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from performer import Performer
from waiting import until

from rubato_desktop.events import (
    CommandDone,
    DevicesChanged,
    Event,
    FieldText,
    FieldTextKnown,
    Notice,
    Played,
    PreviewChanged,
    WordHeard,
    WordMissed,
)
from rubato_desktop.language.results import Preview, RecognisedWord
from rubato_desktop.midi.messages import note_off, note_on
from rubato_desktop.services.sessions import journal as journal_module
from rubato_desktop.services.sessions.journal import Journal
from rubato_desktop.services.sessions.journal_entries import Devices, Mark
from rubato_desktop.services.sessions.journal_format import decode, decode_header
from rubato_desktop.services.sessions.recovery import recover


class Desk:
    """A performer and a journal that records it."""

    def __init__(self, folder: Path) -> None:
        self.performer = Performer()
        self.notices: list[Notice] = []
        self.journal = Journal(
            folder,
            self.performer.clock,
            self.notices.append,
            devices=lambda: [{"name": "Keystation 25", "base": 48}],
            private=lambda event: isinstance(event, Played) and event.message.device == "secret",
        )
        self.performer.bus.subscribe(self.journal.listen)

    def written(self) -> list[Event]:
        """Return the events on disk; fails on a line that cannot be read."""
        lines = self.journal.path.read_bytes().splitlines()
        decode_header(lines[0])
        return [decode(line) for line in lines[1:]]

    def kept(self) -> list[Event]:
        """Flush and return the events on disk."""
        assert self.journal.flush()
        return self.written()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(journal_module, "RETRY_S", 0.02)
    desk = Desk(tmp_path / "journals")
    desk.journal.start()
    yield desk
    desk.journal.close()


def block(folder: Path) -> None:
    """Make a folder impossible to write, even for root, by putting a file in its place."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("")


def test_events_are_written_in_order(desk: Desk) -> None:
    desk.performer.word("tab", "12 7 12", number=3)
    desk.performer.notes(60, 64, 67)
    desk.performer.nonsense("0 8 0")
    recorded = [
        event
        for event in desk.performer.events
        if isinstance(event, (Played, WordHeard, WordMissed, CommandDone))
    ]
    assert desk.kept() == recorded


def test_events_are_written_without_a_flush(desk: Desk) -> None:
    desk.performer.notes(60)
    path = desk.journal.path
    until(lambda: path.exists() and path.read_bytes().count(b"\n") == 3, "the note on the disk")
    assert [event.message for event in desk.written() if isinstance(event, Played)] == desk.performer.played


def test_the_first_line_has_the_time(desk: Desk) -> None:
    desk.kept()
    header = decode_header(desk.journal.path.read_bytes().splitlines()[0])
    assert header == desk.journal.header
    assert header.began.tzinfo is not None
    assert header.t == 1_000_000
    assert desk.journal.path.stem == header.began.strftime("%Y%m%d-%H%M%S")


def test_marks_keep_their_order_among_events(desk: Desk) -> None:
    desk.performer.press(60)
    desk.journal.mark(Mark(desk.performer.now, "start", 1))
    desk.performer.release(60)
    assert [type(event) for event in desk.kept()] == [Played, Mark, Played]


def test_a_change_of_devices_lists_them(desk: Desk) -> None:
    desk.performer.bus.publish(DevicesChanged(7))
    assert desk.kept() == [Devices(7, ({"name": "Keystation 25", "base": 48},))]


def test_private_events_are_never_written(desk: Desk) -> None:
    desk.performer.notes(60, device="secret")
    desk.performer.notes(61)
    desk.kept()
    assert b"secret" not in desk.journal.path.read_bytes()
    assert len(desk.written()) == 2


def test_previews_and_active_sensing_are_not_written(desk: Desk) -> None:
    desk.performer.bus.publish(PreviewChanged(1, Preview()))
    desk.performer.send(b"\xfe")
    assert desk.kept() == []


def test_an_event_that_cannot_be_encoded_does_not_affect_others(desk: Desk) -> None:
    desk.performer.word("odd", "0 7 0", value={(1, 2): "no key of an object"})
    desk.performer.notes(60)
    assert [event.message.note for event in desk.kept() if isinstance(event, Played)][-1] == 60


def test_events_stay_in_memory_while_the_disk_cannot_be_written_and_one_notice_reports_it(desk: Desk) -> None:
    desk.performer.notes(60)
    desk.kept()
    block(desk.journal.path.parent)
    desk.performer.notes(61)
    assert not desk.journal.flush()
    desk.performer.notes(62)
    assert not desk.journal.flush()
    assert [notice.level for notice in desk.notices] == ["error"]
    assert "kept in memory" in desk.notices[0].kept

    desk.journal.path.parent.unlink()
    until(lambda: len(desk.notices) == 2, "the notice that writing works again")
    assert desk.notices[1].level == "info"
    assert "Nothing is lost" in desk.notices[1].kept
    assert [event.message for event in desk.written() if isinstance(event, Played)] == desk.performer.played


def test_a_journal_that_cannot_be_created_is_created_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "RETRY_S", 0.02)
    block(tmp_path / "journals")
    desk = Desk(tmp_path / "journals")
    desk.journal.start()
    desk.performer.notes(60, 61)
    until(lambda: desk.notices, "the notice")
    (tmp_path / "journals").unlink()
    until(lambda: len(desk.notices) == 2, "the notice that writing works again")
    assert [event.message for event in desk.kept() if isinstance(event, Played)] == desk.performer.played
    desk.journal.close()


def test_memory_is_bounded_and_lost_messages_are_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "MOST_BYTES", 2_000)
    desk.kept()
    block(desk.journal.path.parent)
    desk.performer.press(60)
    assert not desk.journal.flush()
    desk.performer.notes(*[60] * 100)
    assert not desk.journal.flush()
    desk.performer.word("tab", "12 7 12")
    assert not desk.journal.flush()
    assert [notice.level for notice in desk.notices] == ["error", "error"]
    desk.journal.path.parent.unlink()
    until(lambda: len(desk.notices) == 3, "the notice that writing works again")
    written = desk.kept()
    played = [event.message for event in written if isinstance(event, Played)]
    [gap] = [event for event in written if isinstance(event, Mark)]
    assert played == desk.performer.played[: len(played)]
    assert len(played) + gap.lost == len(desk.performer.played)
    assert str(gap.lost) in desk.notices[2].kept
    assert [event.word.word for event in written if isinstance(event, WordHeard)] == ["tab"]


def test_close_returns_whether_everything_is_on_disk(desk: Desk) -> None:
    desk.performer.notes(60)
    assert desk.journal.close()
    assert len(desk.written()) == 2


def test_closing_a_journal_that_was_not_started_does_nothing(tmp_path: Path) -> None:
    assert not Desk(tmp_path / "journals").journal.close()


def test_events_that_cannot_be_written_at_the_end_are_saved_elsewhere_and_can_be_recovered(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").mkdir()
    folder = desk.journal.path.parent
    block(folder)
    desk.performer.notes(60, 61)
    assert not desk.journal.close()
    [rescued] = (tmp_path / "elsewhere").iterdir()
    assert str(rescued) in desk.notices[-1].kept
    folder.unlink()
    folder.mkdir()
    rescued.rename(folder / rescued.name)
    assert [info.notes for result in recover(tmp_path) for info in result.sessions] == [2]


class TestTextForAField:
    """Text that may be a password waits in memory until that is known, and so do all events after it."""

    @pytest.fixture
    def text(self) -> FieldText:
        return FieldText(begun=True)

    def spell(self, desk: Desk, text: FieldText, *notes: int) -> None:
        for note in notes:
            for make in (note_on, note_off):
                message = make(desk.performer.now, "Keystation 25", note)
                desk.performer.bus.publish(Played(desk.performer.now, message, note - 48, text))
                desk.performer.rest(1000)

    def word(self, desk: Desk, text: FieldText) -> tuple[RecognisedWord, RecognisedWord]:
        whole = RecognisedWord(1, 2, (0, 5, 10, 0, 7, 20), "write", "core", "write", {"text": "pw"})
        shown = replace(whole, keys=(0, 5, 10, 0), args={"text": "…"})
        text.word = whole
        desk.performer.bus.publish(WordHeard(desk.performer.now, shown, 9, text))
        return whole, shown

    def played(self, desk: Desk) -> list[int | None]:
        return [event.key for event in desk.kept() if isinstance(event, Played)]

    def test_nothing_is_written_before_it_is_known_whether_it_is_secret(
        self, desk: Desk, text: FieldText
    ) -> None:
        desk.performer.notes(60)
        self.spell(desk, text, 55, 68)
        desk.performer.notes(61)
        assert self.played(desk) == [12, 12]

    def test_it_is_written_in_order_when_it_is_not_secret(self, desk: Desk, text: FieldText) -> None:
        self.spell(desk, text, 55, 68)
        whole, _ = self.word(desk, text)
        desk.performer.notes(61)
        text.secret = False
        desk.performer.bus.publish(FieldTextKnown(desk.performer.now))
        kept = desk.kept()
        assert [event.key for event in kept if isinstance(event, Played)] == [7, 7, 20, 20, 13, 13]
        assert [event.word for event in kept if isinstance(event, WordHeard)] == [whole]
        assert isinstance(kept[4], WordHeard)

    def test_a_secret_is_left_out_with_its_note_ons_and_note_offs(self, desk: Desk, text: FieldText) -> None:
        desk.performer.press(48)  # the last key of the word itself, which is still down
        self.spell(desk, text, 55)
        desk.performer.release(48)
        message = note_on(desk.performer.now, "Keystation 25", 68)
        desk.performer.bus.publish(Played(desk.performer.now, message, 20, text))
        _, shown = self.word(desk, text)
        text.secret = True
        desk.performer.release(68)
        desk.performer.notes(68)
        kept = desk.kept()
        assert [event.key for event in kept if isinstance(event, Played)] == [0, 0, 20, 20]
        assert [event.word for event in kept if isinstance(event, WordHeard)] == [shown]

    def test_notes_of_other_devices_are_not_left_out(self, desk: Desk, text: FieldText) -> None:
        self.spell(desk, text, 55)
        message = note_on(desk.performer.now, "Piano", 90)
        desk.performer.bus.publish(Played(desk.performer.now, message, None, text))
        text.secret = True
        desk.performer.bus.publish(FieldTextKnown(desk.performer.now))
        assert self.played(desk) == [None]

    def test_a_mark_does_not_wait_for_it(self, desk: Desk, text: FieldText) -> None:
        self.spell(desk, text, 55)
        desk.performer.notes(61)
        desk.journal.mark(Mark(desk.performer.now, "stop", 1))
        self.spell(desk, text, 68)
        assert [type(event) for event in desk.kept()] == [Played, Played, Mark]
