"""A session has a MIDI file for any program and a journal that loses nothing."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from performer import KEYBOARD, Performer

from rubato_desktop.errors import RubatoError
from rubato_desktop.events import CommandDone, Event, Played, Result, WordHeard, WordMissed
from rubato_desktop.language.results import RecognisedWord
from rubato_desktop.midi.file.reader import read_midi
from rubato_desktop.midi.messages import Message
from rubato_desktop.services.sessions.journal_entries import Header, Mark
from rubato_desktop.services.sessions.journal_format import decode, encode, encode_header
from rubato_desktop.services.sessions.outline import Outline
from rubato_desktop.services.sessions.recorder import Recorder
from rubato_desktop.services.sessions.session import SessionData, SessionInfo, list_sessions, read_session
from rubato_desktop.services.sessions.session_writer import keep_recording
from rubato_desktop.services.sessions.word_json import word_as_json

AFTERNOON = datetime(2026, 11, 22, 14, 15, 3, tzinfo=UTC)


class Studio:
    """A performer who is recorded; the wall clock follows the performer's clock."""

    def __init__(self, data: Path) -> None:
        self.performer = Performer()
        clock = self.performer.clock
        self.recorder = Recorder(
            data,
            clock,
            self.performer.bus,
            wall=lambda: AFTERNOON + timedelta(microseconds=clock.now() - 1_000_000),
        )
        self.performer.bus.subscribe(self.recorder.listen)
        self.recorder.begin()
        self.recorder.recovered.result()

    def start(self) -> None:
        self.recorder.start(self.performer.now)

    def stop(self, name: str | None = None) -> SessionData:
        return self.kept(self.performer.now, name)

    def kept(self, t: int, name: str | None = None) -> SessionData:
        return read_session(self.recorder.stop(t, name).result().folder)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    studio = Studio(tmp_path)
    yield studio
    studio.recorder.close()


def texts(folder: Path) -> dict[str, list[dict[str, object]]]:
    """Return the words in a session's MIDI file by track, as mido reads them."""
    words: dict[str, list[dict[str, object]]] = {}
    for track in mido.MidiFile(folder / "session.mid", charset="utf-8").tracks:
        lines = [json.loads(message.text) for message in track if message.type == "text"]
        if lines:
            words[track.name] = lines
    return words


def test_the_folder_is_named_after_the_time(studio: Studio, tmp_path: Path) -> None:
    studio.start()
    info = studio.stop().info
    assert info.folder == tmp_path / "sessions/2026/11/20261122-141503"
    assert sorted(path.name for path in info.folder.iterdir()) == ["journal.jsonl", "session.mid"]
    assert info.began == AFTERNOON
    assert info.title == "22 Nov 2026 14:15"


def test_the_title_has_the_name(studio: Studio) -> None:
    studio.start()
    assert studio.stop("étude").info.title == "étude, 22 Nov 2026 14:15"


def test_sessions_that_begin_in_one_second_get_their_own_folders(studio: Studio) -> None:
    folders = []
    for _ in range(3):
        studio.start()
        folders.append(studio.stop().info.folder.name)
    assert folders == ["20261122-141503", "20261122-141503-2", "20261122-141503-3"]


def test_times_count_from_the_beginning_of_the_session(studio: Studio) -> None:
    studio.performer.rest(5_000_000)
    studio.start()
    studio.performer.notes(60)
    studio.performer.rest(750_000)
    session = studio.stop()
    assert [message.t for message in session.messages] == [0, 200_000]
    assert session.end == session.info.end == 1_000_000


def test_a_session_has_all_events_exactly(studio: Studio) -> None:
    studio.start()
    zero = studio.performer.now
    studio.performer.rest(1)
    tab = studio.performer.word("tab", "12 7 12", number=3)
    studio.performer.send(b"\xb0\x40\x7f")
    studio.performer.send(b"\xe3\x01\x40", device="Seaboard")
    studio.performer.send(b"\xf0\x7e\x7f\x06\x01\xf7", device="Seaboard")
    run = studio.performer.nonsense("0 8 0")
    session = studio.stop()
    assert [(m.t + zero, m.device, m.data) for m in session.messages] == [
        (m.t, m.device, m.data) for m in studio.performer.played
    ]
    [word] = session.words
    assert (word.t + zero, word.end + zero, word.keys, word.args) == (tab.t, tab.end, tab.keys, {"number": 3})
    [missed] = session.missed
    assert (missed.t + zero, missed.keys, missed.reason) == (run.t, run.keys, "unknown")
    [done] = session.results
    assert done.result == studio.performer.of(CommandDone)[0].result


def test_the_midi_file_has_a_track_per_device_and_per_language(studio: Studio) -> None:
    studio.start()
    studio.performer.notes(60, 64)
    studio.performer.notes(40, device="Seaboard")
    studio.performer.word("tab", "12 7 12", number=3)
    studio.performer.word("hello", "3 1 3", command="", language="my own")
    session = studio.stop()
    file = mido.MidiFile(session.info.folder / "session.mid")
    assert (file.type, file.ticks_per_beat) == (1, 1000)
    assert [message.tempo for track in file.tracks for message in track if message.type == "set_tempo"] == [
        1_000_000
    ]
    assert [track.name for track in file.tracks] == [KEYBOARD, "Seaboard", "core", "my own"]


def test_a_word_is_one_line_of_json_at_its_first_note_on(studio: Studio) -> None:
    studio.start()
    studio.performer.rest(1_500_000)
    studio.performer.word("tab", "12 7 12", number=3)
    session = studio.stop()
    assert texts(session.info.folder) == {
        "core": [
            {
                "t": 1.5,
                "keys": [12, 7, 12],
                "word": "tab",
                "language": "core",
                "command": "tab",
                "args": {"number": 3},
            }
        ]
    }
    [text] = [text for text in read_midi(session.info.folder / "session.mid").texts if text.kind == "text"]
    assert text.t == 1_500_000


def test_notes_are_the_same_in_both_files(studio: Studio) -> None:
    studio.start()
    studio.performer.notes(60, 64, 67)
    studio.performer.notes(40, device="Seaboard")
    session = studio.stop()
    file = read_midi(session.info.folder / "session.mid")
    assert session.notes.tracks == (KEYBOARD, "Seaboard")
    assert session.notes.table.tolist() == file.notes.table.tolist()


def test_keys_and_pedals_that_are_down_at_the_end_are_released_there(studio: Studio) -> None:
    studio.start()
    studio.performer.press(60)
    studio.performer.send(b"\xb0\x40\x7f")
    studio.performer.rest(2_000_000)
    session = studio.stop()
    assert [message.data.hex() for message in session.messages] == ["903c50", "b0407f"]
    assert [(m.t, m.data.hex()) for m in session.sounding[2:]] == [
        (2_000_000, "803c00"),
        (2_000_000, "b04000"),
    ]
    assert session.notes.table["off"].tolist() == [2_000_000]


def in_file(session: SessionData) -> list[tuple[str, int, int, int]]:
    """Return the messages in a session's MIDI file as mido reads them: (type, note, value, ms)."""
    messages = []
    for track in mido.MidiFile(session.info.folder / "session.mid").tracks:
        t = 0
        for message in track:
            t += message.time
            if message.type in ("note_on", "note_off"):
                messages.append((message.type, message.note, message.velocity, t))
            elif message.type == "control_change":
                messages.append((message.type, message.control, message.value, t))
    return messages


def lengths(session: SessionData) -> set[int]:
    """Return the lengths of the tracks of a session's MIDI file, ms."""
    file = mido.MidiFile(session.info.folder / "session.mid")
    return {sum(message.time for message in track) for track in file.tracks}


def test_a_key_that_is_down_at_the_stop_ends_where_it_is_released(studio: Studio) -> None:
    """ "Stop recording" waits seconds for a name."""
    performer = studio.performer
    studio.start()
    performer.press(60)
    performer.send(b"\xb0\x40\x7f")
    performer.press(62)
    performer.rest(1_000_000)
    stop = performer.now
    performer.rest(200_000)
    performer.release(60)
    performer.rest(100_000)
    performer.send(b"\xb0\x40\x00")
    performer.notes(60, 64)
    performer.rest(3_000_000)
    session = studio.kept(stop)
    assert in_file(session) == [
        ("note_on", 60, 80, 0),
        ("control_change", 64, 127, 0),
        ("note_on", 62, 80, 0),
        ("note_off", 60, 0, 1200),
        ("control_change", 64, 0, 1300),
        ("note_off", 62, 0, 1300),
    ]
    assert (session.end, session.info.end, lengths(session)) == (1_300_000, 1_300_000, {1300})
    assert session.info.notes == 2


def test_a_key_that_is_never_released_ends_at_the_stop(studio: Studio) -> None:
    studio.start()
    studio.performer.press(60)
    studio.performer.rest(1_000_000)
    stop = studio.performer.now
    studio.performer.rest(4_000_000)
    session = studio.kept(stop)
    assert in_file(session)[1:] == [("note_off", 60, 0, 1000)]
    assert session.notes.table["off"].tolist() == [1_000_000]
    assert (session.end, lengths(session)) == (1_000_000, {1000})


def test_a_key_that_was_released_by_a_pause_has_no_note_off_after_the_stop(studio: Studio) -> None:
    performer = studio.performer
    studio.start()
    performer.press(60)
    performer.rest(500_000)
    studio.recorder.pause(performer.now)
    studio.recorder.resume(performer.now)
    performer.rest(500_000)
    stop = performer.now
    performer.rest(100_000)
    performer.release(60)
    session = studio.kept(stop)
    assert in_file(session)[1:] == [("note_off", 60, 0, 500)]
    assert session.end == 1_000_000


def test_the_words_that_turn_recording_on_and_off_leave_no_unpaired_notes(studio: Studio) -> None:
    """A word acts when its last key is pressed, which is still down then."""
    performer = studio.performer

    def begin(event: Event) -> None:
        if isinstance(event, WordHeard) and event.word.command in ("start", "pause", "resume"):
            getattr(studio.recorder, event.word.command)(performer.now)

    performer.bus.subscribe(begin)
    performer.word("start recording", "0 11 0", "start")
    performer.notes(60)
    performer.word("pause", "0 11 11 0", "pause")
    performer.rest(1_000_000)
    performer.word("resume", "0 11 10 0", "resume")
    performer.notes(62)
    performer.word("stop recording", "12 11 12", "record_stop")
    stop = performer.of(WordHeard)[-1].word.end
    performer.rest(4_000_000)
    performer.bus.publish(CommandDone(performer.now, Result(9, "tab", {}, "ok")))
    session = studio.kept(stop)
    down = dict.fromkeys(range(128), 0)
    for kind, note, _, _ in in_file(session):
        down[note] += 1 if kind == "note_on" else -1
        assert down[note] in (0, 1)
    assert not any(down.values())
    assert len(session.messages) > len(session.sounding)  # the journal has them as they arrived
    [length] = lengths(session)
    assert length * 1000 == session.end == stop + 200_000 - session.info.zero


def test_a_save_ends_with_its_last_event(studio: Studio) -> None:
    studio.performer.press(60)
    studio.performer.rest(700_000)
    session = read_session(studio.recorder.save(studio.performer.now).result().folder)
    assert session.end == session.info.end == 700_000
    assert in_file(session)[1:] == [("note_off", 60, 0, 700)]
    assert lengths(session) == {700}


def test_a_session_has_the_wall_clock_time_of_its_beginning(studio: Studio) -> None:
    begin = studio.performer.now
    studio.performer.rest(3_000_000)
    studio.recorder.start(begin)
    assert studio.stop().info.began == AFTERNOON


def test_notes_of_a_pause_are_left_out_and_time_goes_on(studio: Studio) -> None:
    performer, recorder = studio.performer, studio.recorder
    studio.start()
    performer.notes(60)
    performer.press(61)
    performer.rest(100_000)
    recorder.pause(performer.now)
    performer.release(61)
    performer.notes(90, 91)
    performer.word("tab", "12 7 12")
    recorder.resume(performer.now)
    performer.notes(62)
    session = studio.stop()
    assert [m.note for m in session.messages if m.is_note_on] == [60, 61, 62]
    assert session.words == ()
    [(begin, end)] = session.pauses
    assert begin == 350_000
    assert [mark.what for mark in session.marks] == ["start", "pause", "resume", "stop"]
    assert session.notes.table["on"].tolist() == [0, 250_000, end]
    assert session.notes.table["off"].tolist()[1] == begin


def test_stopping_in_a_pause_ends_the_session_there(studio: Studio) -> None:
    studio.start()
    studio.performer.notes(60)
    studio.recorder.pause(studio.performer.now)
    studio.performer.notes(90)
    session = studio.stop()
    assert [m.note for m in session.messages if m.is_note_on] == [60]
    assert session.pauses == ((250_000, 500_000),)
    assert session.end == 500_000


def test_an_erased_word_stays_in_the_journal_but_does_not_count(studio: Studio) -> None:
    studio.start()
    studio.performer.word("tab", "12 7 12")
    studio.performer.word("click", "0 7 0")
    studio.recorder.strike(studio.performer.now)
    session = studio.stop()
    assert [word.word for word in session.words] == ["tab"]
    assert [word.word for word in session.struck] == ["click"]
    assert [line["word"] for line in texts(session.info.folder)["core"]] == ["tab"]
    assert session.info.words == 1


def test_a_word_erased_in_a_pause_is_erased(studio: Studio) -> None:
    studio.start()
    studio.performer.word("tab", "12 7 12")
    studio.recorder.pause(studio.performer.now)
    studio.recorder.strike(studio.performer.now)
    studio.recorder.resume(studio.performer.now)
    assert studio.stop().words == ()


def test_sessions_are_listed_newest_first_with_their_descriptions(studio: Studio, tmp_path: Path) -> None:
    for name in ("first", "second", "third"):
        studio.start()
        studio.performer.word("tab", "12 7 12")
        studio.stop(name)
        studio.performer.rest(24 * 3600 * 1_000_000 * 10)
    sessions = list_sessions(tmp_path)
    assert [info.name for info in sessions] == ["third", "second", "first"]
    assert [info.folder.parent.name for info in sessions] == ["12", "12", "11"]
    assert [(info.notes, info.words) for info in sessions] == [(3, 1)] * 3
    assert sessions == [read_session(info.folder).info for info in sessions]
    assert list_sessions(tmp_path, most=1) == sessions[:1]
    assert list_sessions(tmp_path / "nowhere") == []


def test_a_folder_that_is_not_a_session_is_refused_and_not_listed(tmp_path: Path) -> None:
    folder = tmp_path / "sessions/2026/11/20261122-141503"
    folder.mkdir(parents=True)
    with pytest.raises(RubatoError, match="is not a session"):
        read_session(folder)
    (folder / "journal.jsonl").write_bytes(b"\0" * 100)
    with pytest.raises(RubatoError, match="is damaged: "):
        read_session(folder)
    assert list_sessions(tmp_path) == []


def test_only_the_damaged_line_is_lost(studio: Studio) -> None:
    studio.start()
    studio.performer.notes(60, 61, 62)
    folder = studio.stop().info.folder
    path = folder / "journal.jsonl"
    lines = path.read_bytes().splitlines()
    lines[4] = b'{"kind":"midi","t":"soon","device":"","data":"903c50"}'
    path.write_bytes(b"\n".join(lines))
    session = read_session(folder)
    assert [m.note for m in session.messages if m.is_note_on] == [60, 62]
    assert session.problems == ("journal.jsonl, line 5: 'soon' is not a whole number",)


names = st.text(max_size=20)
keys = st.lists(st.integers(0, 24), min_size=1, max_size=6).map(tuple)
gaps = st.integers(0, 3_000_000)
data_bytes = st.integers(0, 127)
channel_messages = st.builds(
    lambda kind, a, b: bytes((kind, a)) if 0xC0 <= kind < 0xE0 else bytes((kind, a, b)),
    st.integers(0x80, 0xEF),
    data_bytes,
    data_bytes,
)
sysex = st.lists(data_bytes, max_size=9).map(lambda data: b"\xf0" + bytes(data) + b"\xf7")
args = st.dictionaries(names, st.integers() | names | st.lists(st.integers(), max_size=3), max_size=3)
events_played = st.lists(
    st.tuples(gaps, st.just("midi"), names, channel_messages | sysex)
    | st.tuples(
        gaps,
        st.just("word"),
        st.builds(RecognisedWord, gaps, gaps, keys, names, names, names, args),
        st.none(),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(events_played, st.integers(0, 10**12))
def test_a_session_has_every_message_and_word_of_the_journal(
    played: list[tuple[int, str, object, object]], zero: int
) -> None:
    events: list[Event] = []
    t = zero
    for gap, kind, what, data in played:
        t += gap
        if kind == "midi":
            assert isinstance(what, str) and isinstance(data, bytes)
            events.append(Played(t, Message(t, what, data)))
        else:
            assert isinstance(what, RecognisedWord)
            events.append(WordHeard(t, what, 1))
    marks: list[Event] = [Mark(zero, "start", 1, AFTERNOON), *events, Mark(t, "stop", 1)]
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder, "run.jsonl")
        lines = [encode(event) for event in marks]
        journal.write_bytes(encode_header(Header(AFTERNOON, 0, "test")) + b"".join(filter(None, lines)))
        info = keep_recording(Path(folder), Outline.of(journal), 1)
        session = read_session(info.folder)
        file = read_midi(info.folder / "session.mid")

    moved = [decode(line, zero) for line in lines if line]
    assert list(session.events) == moved
    assert session.info == info
    assert session.end == t - zero
    in_file = [(text.t, json.loads(text.text)) for text in file.texts if text.kind == "text"]
    expected = [(max(0, (word.t + 500) // 1000 * 1000), word_as_json(word)) for word in session.words]
    assert sorted(in_file, key=repr) == sorted(expected, key=repr)
    ons = [m for m in session.messages if m.is_note_on]
    assert len(file.notes) == len(session.notes) == len(ons)
    assert sorted(file.notes.table["note"].tolist()) == sorted(m.note for m in ons)


def test_a_rejected_run_in_a_session_has_no_command(studio: Studio) -> None:
    studio.start()
    studio.performer.nonsense("0 8 0")
    session = studio.stop()
    assert [type(event) for event in session.events if not isinstance(event, (Played, Mark))] == [WordMissed]


def test_the_description_of_a_session_is_read_from_its_header(tmp_path: Path) -> None:
    header = Header(
        AFTERNOON, 0, "0.1.0", SessionInfo(tmp_path, AFTERNOON, 5, "n", 2, 1, "run", 3, 9, True).about
    )
    assert SessionInfo.of(tmp_path, header) == SessionInfo(
        tmp_path, AFTERNOON, 5, "n", 2, 1, "run", 3, 9, True
    )
