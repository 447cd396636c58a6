"""Writing MIDI files that this program and other programs read back."""

import json
import subprocess
import wave
from io import BytesIO
from pathlib import Path

import mido
import numpy as np
import pytest
import symusic
from audio_recorder import frequency, pitch_of
from hypothesis import given, settings
from hypothesis import strategies as st
from midi_bytes import smf

from rubato_desktop.audio.soundfont import find_soundfont
from rubato_desktop.midi.file.reader import MidiFile, parse_midi, read_midi
from rubato_desktop.midi.file.tempo import Tempo
from rubato_desktop.midi.file.writer import midi_bytes, session_bytes, write_midi, write_session
from rubato_desktop.midi.messages import Message, note_off, note_on

MS = 1000
SECOND = 1_000_000
WORD = json.dumps(
    {"t": 0.5, "keys": [0, 7, 0], "word": "click", "language": "core", "command": "click", "args": {}}
)


def scale(device: str = "piano") -> list[Message]:
    messages = []
    for i, note in enumerate((60, 64, 67)):
        messages += [note_on(i * SECOND, device, note), note_off(i * SECOND + 900 * MS, device, note)]
    return messages


def texts_of(midi: MidiFile, kind: str = "text") -> list[tuple[int, str, str]]:
    return [(text.t, midi.tracks[text.track].name, text.text) for text in midi.texts if text.kind == kind]


def test_a_session_has_one_track_per_device_and_language() -> None:
    midi = parse_midi(
        session_bytes(
            {"piano": scale(), "pads": [note_on(5 * MS, "pads", 36, channel=9)]},
            {"core": [(500 * MS, WORD)], "names": []},
            4 * SECOND,
        )
    )
    assert [track.name for track in midi.tracks] == ["piano", "pads", "core", "names"]
    assert [track.notes for track in midi.tracks] == [3, 1, 0, 0]
    assert texts_of(midi) == [(500 * MS, "core", WORD)]
    assert midi.duration_us == 4 * SECOND
    assert (midi.format, midi.ticks_per_quarter, midi.tempos) == (1, 1000, (Tempo(0, SECOND),))
    assert midi.problems == ()
    assert not midi.feedback


def test_an_empty_session_is_a_valid_file() -> None:
    assert parse_midi(session_bytes({}, {}, SECOND)).duration_us == SECOND


def test_the_times_of_a_session_may_start_anywhere() -> None:
    raw = session_bytes({"p": scale()}, {"core": [(SECOND, "{}")]}, 4 * SECOND, start_us=SECOND)
    midi = parse_midi(raw)
    assert midi.notes.table["on"].tolist() == [0, 0, SECOND]
    assert texts_of(midi)[0][0] == 0
    assert midi.duration_us == 3 * SECOND


def test_messages_are_sorted_by_time() -> None:
    midi = parse_midi(session_bytes({"p": scale()[::-1]}, {}))
    assert midi.notes.table["note"].tolist() == [60, 64, 67]


KEPT = ["B0407F", "E00040", "C305", "D330", "A33C20", "F07E7F0901F7"]
LEFT_OUT = ["F8", "FE", "FA", "F17F", "F27F7F", "F6"]


def test_everything_except_clock_and_similar_messages_is_kept() -> None:
    messages = [Message(i * MS, "p", bytes.fromhex(data)) for i, data in enumerate(KEPT + LEFT_OUT)]
    midi = parse_midi(session_bytes({"p": messages}, {}))
    assert [(t, data.hex().upper()) for t, _, data in midi.messages] == [
        (i * MS, data) for i, data in enumerate(KEPT)
    ]


def test_a_week_of_silence_is_kept() -> None:
    week = 7 * 24 * 3600 * SECOND
    midi = parse_midi(session_bytes({"p": [note_on(0, "p", 60), note_off(week, "p", 60)]}, {}))
    assert midi.notes.table["off"].tolist() == [week]


@pytest.mark.parametrize("text", [WORD, "Wörter – 語 🎹", "x" * 20_000, ""])
def test_any_text_is_kept(text: str) -> None:
    assert texts_of(parse_midi(session_bytes({}, {"core": [(0, text)]}))) == [(0, "core", text)]


times = st.integers(0, 100_000_000)
channel_messages = st.one_of(
    st.builds(lambda k, c, a, b: bytes((k | c, a, b)), st.sampled_from([0x80, 0x90, 0xA0, 0xB0, 0xE0]),
              st.integers(0, 15), st.integers(0, 127), st.integers(0, 127)),
    st.builds(lambda k, c, a: bytes((k | c, a)), st.sampled_from([0xC0, 0xD0]),
              st.integers(0, 15), st.integers(0, 127)),
    st.lists(st.integers(0, 127), max_size=300).map(lambda data: bytes((0xF0, *data, 0xF7))),
)  # fmt: skip
device_names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=20)
sessions = st.dictionaries(
    device_names, st.lists(st.tuples(times, channel_messages), max_size=30), max_size=3
)
lines = st.dictionaries(
    device_names, st.lists(st.tuples(times, st.text(max_size=50)), max_size=10), max_size=3
)


@settings(max_examples=150, deadline=None)
@given(sessions, lines)
def test_a_session_round_trips_to_the_millisecond(
    devices: dict[str, list[tuple[int, bytes]]], languages: dict[str, list[tuple[int, str]]]
) -> None:
    tracks = {name: [Message(t, name, data) for t, data in rows] for name, rows in devices.items()}
    raw = session_bytes(tracks, languages)
    midi = parse_midi(raw)
    assert midi.problems == ()
    if tracks or languages:
        assert [track.name for track in midi.tracks] == [*tracks, *languages]
    for index, messages in enumerate(tracks.values()):
        in_time = sorted(messages, key=lambda message: to_ms(message.t))
        others = [(to_ms(m.t), m.data) for m in in_time if m.kind not in (0x80, 0x90)]
        assert [(t, data) for t, track, data in midi.messages if track == index] == others
        begun = [(to_ms(m.t), m.channel, m.note, m.velocity) for m in in_time if m.is_note_on]
        of_track = midi.notes.table[midi.notes.table["track"] == index]
        assert of_track[["on", "channel", "note", "velocity"]].tolist() == begun
    for index, (language, rows) in enumerate(languages.items(), len(tracks)):
        expected = [(to_ms(t), text.rstrip("\0")) for t, text in sorted(rows, key=lambda row: to_ms(row[0]))]
        assert [(t.t, t.text) for t in midi.texts if t.track == index and t.kind == "text"] == expected, (
            language
        )


def to_ms(t: int) -> int:
    return (t + 500) // 1000 * 1000


# Other programs


def session() -> bytes:
    return session_bytes({"piano": scale()}, {"core": [(500 * MS, WORD)]}, 4 * SECOND)


def test_mido_reads_a_session() -> None:
    file = mido.MidiFile(file=BytesIO(session()))
    assert (file.type, file.ticks_per_beat) == (1, 1000)
    assert [track.name for track in file.tracks] == ["piano", "core"]
    assert file.length == pytest.approx(4)
    assert [m.text for m in file.tracks[1] if m.type == "text"] == [WORD]
    assert [m.note for m in file.tracks[0] if m.type == "note_on"] == [60, 64, 67]


def test_symusic_reads_a_session() -> None:
    score = symusic.Score.from_midi(session())
    assert [(n.time, n.duration, n.pitch) for t in score.tracks for n in t.notes] == [
        (0, 900, 60),
        (1000, 900, 64),
        (2000, 900, 67),
    ]
    assert [tempo.qpm for tempo in score.tempos] == [60]


def test_fluidsynth_plays_a_session_with_the_right_pitches_and_times(tmp_path: Path) -> None:
    song, out = tmp_path / "session.mid", tmp_path / "session.wav"
    ocarina = Message(0, "piano", bytes((0xC0, 79)))
    song.write_bytes(session_bytes({"piano": [ocarina, *scale()]}, {"core": [(500 * MS, WORD)]}))
    dry = ("-R", "0", "-C", "0")
    command = ["fluidsynth", "-ni", *dry, "-F", out, "-T", "wav", "-r", "44100", find_soundfont(), song]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with wave.open(str(out)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, 2)[:, 0]
    for second, note in enumerate((60, 64, 67)):
        start = int((second + 0.2) * 44100)
        pitch = pitch_of(sound[start : start + 22050] / np.float32(32768), 44100)
        assert pitch == pytest.approx(frequency(note), rel=0.01)


# Files on disk


def test_a_session_is_written_and_replaced_atomically(tmp_path: Path) -> None:
    path = tmp_path / "2026" / "11" / "session.mid"
    write_session(path, {"piano": scale()}, {})
    write_session(path, {"piano": scale()[:2]}, {})
    assert len(read_midi(path).notes) == 1
    assert [other.name for other in path.parent.iterdir()] == ["session.mid"]


def test_a_failed_write_keeps_the_old_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "session.mid"
    write_session(path, {"piano": scale()}, {})
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_session(path, {"piano": []}, {})
    assert path.read_bytes() == before
    assert [other.name for other in tmp_path.iterdir()] == ["session.mid"]


def test_a_file_that_was_read_is_written_with_everything_but_its_tempos(tmp_path: Path) -> None:
    raw = smf(
        "00 FF 03 04 42617373  00 FF 58 04 06 03 24 08  00 C0 20"
        "00 90 3C 50  83 60 80 3C 00  00 90 3C 51  00 80 3C 00",
        "10 F0 02 01 F7  00 FF 05 02 4C61  00 FF 0A 01 41",
    )  # fmt: skip
    midi = parse_midi(raw)
    write_midi(tmp_path / "again.mid", midi)
    again = read_midi(tmp_path / "again.mid")
    assert again.notes.table.tolist() == midi.notes.table.tolist()
    assert [(track, data) for _, track, data in again.messages] == [
        (track, data) for _, track, data in midi.messages
    ]
    assert [text[1:] for text in again.texts] == [text[1:] for text in midi.texts]
    assert again.time_signatures == midi.time_signatures
    assert [track.name for track in again.tracks] == ["Bass", ""]


def test_writing_a_written_file_again_changes_nothing() -> None:
    once = midi_bytes(parse_midi(session()))
    assert midi_bytes(parse_midi(once)) == once
