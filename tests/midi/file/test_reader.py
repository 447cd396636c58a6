"""Reading MIDI files: contents and times."""

import os
from pathlib import Path

import pytest
from midi_bytes import END, smf, tempo, track

from rubato_desktop.midi.file.reader import (
    MidiFile,
    MidiFileError,
    Text,
    TimeSignature,
    parse_midi,
    read_midi,
)
from rubato_desktop.midi.file.tempo import Tempo

QUARTER = 500_000  # µs at 120 BPM
A_SECOND_LATER = "87 40"  # 960 ticks


def rows(midi: MidiFile) -> list[tuple[int, ...]]:
    """Return the notes as (on, off, channel, note, velocity), in ticks of 1/480 quarter note at 120 BPM."""
    return [
        (round(on * 480 / QUARTER), round(off * 480 / QUARTER), channel, note, velocity)
        for on, off, _, channel, note, velocity in midi.notes.table.tolist()
    ]


NOTES = {
    "a note": ("00 90 3C 50  60 80 3C 40", [(0, 96, 0, 60, 80)]),
    "a note-on with velocity 0 ends it": ("00 90 3C 50  60 90 3C 00", [(0, 96, 0, 60, 80)]),
    "running status": (
        "00 90 3C 50  60 3C 00  00 3E 51  60 3E 00",
        [(0, 96, 0, 60, 80), (96, 192, 0, 62, 81)],
    ),
    "running status goes on after a meta event": (
        "00 90 3C 50  30 FF 01 01 41  30 3C 00",
        [(0, 96, 0, 60, 80)],
    ),
    "running status goes on after a system exclusive": (
        "00 90 3C 50  30 F0 02 01 F7  30 3C 00",
        [(0, 96, 0, 60, 80)],
    ),
    "a long delta time": ("00 90 3C 50  87 40 80 3C 00", [(0, 960, 0, 60, 80)]),
    "a delta time with idle bytes before it": ("00 90 3C 50  80 80 60 80 3C 00", [(0, 96, 0, 60, 80)]),
    "the same note on two channels": (
        "00 90 3C 50  00 95 3C 51  10 80 3C 00  10 85 3C 00",
        [(0, 16, 0, 60, 80), (0, 32, 5, 60, 81)],
    ),
    "the same note twice: the first off ends the first on": (
        "00 90 3C 50  10 90 3C 51  10 80 3C 00  10 80 3C 00",
        [(0, 32, 0, 60, 80), (16, 48, 0, 60, 81)],
    ),
    "a repeated note": (
        "00 90 3C 50  10 80 3C 00  00 90 3C 51  10 80 3C 00",
        [(0, 16, 0, 60, 80), (16, 32, 0, 60, 81)],
    ),
    "a note without length": ("10 90 3C 50  00 80 3C 00", [(16, 16, 0, 60, 80)]),
    "a note without a note-off lasts as long as its track": (
        "00 90 3C 50  60 B0 07 40",
        [(0, 96, 0, 60, 80)],
    ),
    "a surplus note-off ends nothing": (
        "00 80 3C 00  00 90 3C 50  10 80 3C 00  10 80 3C 00  00 90 3C 51  10 80 3C 00",
        [(0, 16, 0, 60, 80), (32, 48, 0, 60, 81)],
    ),
    "chords keep the file's order": (
        "00 90 40 50  00 90 3C 51  10 80 3C 00  00 80 40 00",
        [(0, 16, 0, 64, 80), (0, 16, 0, 60, 81)],
    ),
    "no notes": ("00 B0 07 40", []),
}


@pytest.mark.parametrize("case", NOTES)
def test_notes(case: str) -> None:
    events, expected = NOTES[case]
    midi = parse_midi(smf(events))
    assert rows(midi) == expected
    assert midi.problems == ()


SENT = {
    "pedal, wheel, program, pressures": (
        "00 B0 40 7F  00 E0 00 40  00 C3 05  00 D3 30  00 A3 3C 20",
        ["B0407F", "E00040", "C305", "D330", "A33C20"],
    ),
    "running status with one data byte": ("00 D0 10  00 20  00 30", ["D010", "D020", "D030"]),
    "a system exclusive": ("00 F0 05 7E 7F 09 01 F7", ["F07E7F0901F7"]),
    "a system exclusive in two packets": ("00 F0 03 43 12 00  00 F7 03 01 02 F7", ["F0431200", "0102F7"]),
    "an escape": ("00 F7 01 F8", ["F8"]),
    "an empty escape": ("00 F7 00  00 C0 01", ["C001"]),
    "order at equal times": ("00 B0 00 01  00 F0 01 F7  00 C0 05", ["B00001", "F0F7", "C005"]),
    "messages between notes": ("00 90 3C 50  00 C0 05  10 80 3C 00  00 D0 06", ["C005", "D006"]),
}


@pytest.mark.parametrize("case", SENT)
def test_all_other_messages_are_kept(case: str) -> None:
    events, expected = SENT[case]
    assert [data.hex().upper() for _, _, data in parse_midi(smf(events)).messages] == expected


def test_messages_of_all_tracks_are_sorted_by_time() -> None:
    midi = parse_midi(smf("00 C0 01  20 C0 02", "10 C1 03  10 C1 04"))
    assert [(track, data[1]) for _, track, data in midi.messages] == [(0, 1), (1, 3), (0, 2), (1, 4)]
    assert midi.messages[-1] == (32 * QUARTER // 480, 1, b"\xc1\x04")
    assert list(midi.messages[1:3]) == list(midi.messages)[1:3]


def test_texts_of_every_kind_are_kept() -> None:
    midi = parse_midi(
        smf("00 FF 03 05 5069616E6F  60 FF 05 02 4C61  00 FF 06 01 41  00 FF 0A 01 42", "00 FF 01 02 7B7D")
    )
    assert midi.texts == (
        Text(0, 0, "track name", "Piano"),
        Text(0, 1, "text", "{}"),
        Text(100_000, 0, "lyric", "La"),
        Text(100_000, 0, "marker", "A"),
        Text(100_000, 0, "text 10", "B"),
    )


@pytest.mark.parametrize(
    ("written", "read"), [("é".encode(), "é"), ("é".encode("latin-1"), "é"), (b"name\0", "name"), (b"", "")]
)
def test_texts_are_utf8_or_latin1(written: bytes, read: str) -> None:
    midi = parse_midi(smf(f"00 FF 01 {len(written):02X} {written.hex()}"))
    assert [text.text for text in midi.texts] == [read]


def test_tracks_are_summarised() -> None:
    midi = parse_midi(
        smf("00 FF 03 04 42617373  00 C2 20  00 92 3C 50  60 82 3C 00", "", "00 B0 07 40  00 B1 07 40")
    )
    bass, empty, controls = midi.tracks
    assert (bass.name, bass.title, bass.notes, bass.messages, bass.texts) == ("Bass", "Bass", 1, 1, 1)
    assert (bass.channels, bass.programs, bass.end_us) == ((2,), (32,), 100_000)
    assert (empty.name, empty.title, empty.notes, empty.channels) == ("", "track 2", 0, ())
    assert (controls.channels, controls.messages) == ((0, 1), 2)
    assert midi.notes.tracks == ("Bass", "track 2", "track 3")


def onsets(*tracks: str, format: int = 1, division: int = 480) -> list[int]:
    return parse_midi(smf(*tracks, format=format, division=division)).notes.table["on"].tolist()


def test_the_default_tempo_is_120_bpm() -> None:
    assert onsets(f"{A_SECOND_LATER} 90 3C 50") == [1_000_000]


def test_times_follow_tempo_changes() -> None:
    events = f"00 {tempo(1_000_000)}  83 60 90 3C 50  00 {tempo(250_000)}  83 60 90 3D 50  83 60 90 3E 50"
    assert onsets(events) == [1_000_000, 1_250_000, 1_500_000]


def test_a_tempo_in_any_track_applies_to_all_tracks() -> None:
    assert onsets("83 60 90 3C 50  83 60 90 3D 50", f"83 60 {tempo(1_000_000)}") == [500_000, 1_500_000]


def test_the_last_of_two_tempos_at_the_same_time_applies() -> None:
    assert onsets(f"00 {tempo(1_000_000)}  00 {tempo(250_000)}  83 60 90 3C 50") == [250_000]


def test_tracks_of_format_2_have_their_own_tempos() -> None:
    patterns = (f"00 {tempo(1_000_000)}  83 60 90 3C 50", "83 60 90 3D 50")
    assert onsets(*patterns, format=2) == [500_000, 1_000_000]


def test_times_are_exact_to_the_microsecond_after_a_hundred_thousand_tempo_changes() -> None:
    # 333,333 µs / 480 ticks is not an integer: rounded sums would drift by tens of milliseconds.
    changes = f"01 {tempo(333_333)}  01 {tempo(333_334)}" * 50_000
    ticks_at_each = 50_000
    expected = (500_000 + ticks_at_each * 333_333 + (ticks_at_each - 1) * 333_334 + 333_334 + 240) // 480
    assert onsets(changes + "01 90 3C 50") == [expected]


@pytest.mark.parametrize(
    ("division", "ticks_a_second"),
    [(0xE728, 1000), (0xE250, 2400), (0xE808, 192), (0xE364, 30 * 100 / 1.001)],
    ids=["25 frames", "30 frames", "24 frames", "29.97 frames"],
)
def test_time_in_frames_ignores_tempos(division: int, ticks_a_second: float) -> None:
    midi = parse_midi(smf(f"00 {tempo(1_000_000)}  {A_SECOND_LATER} 90 3C 50", division=division))
    assert midi.notes.table["on"].tolist() == [round(960 / ticks_a_second * 1e6)]
    assert midi.ticks_per_quarter is None
    assert midi.tempos == ()


def test_tempos_and_time_signatures_are_listed() -> None:
    midi = parse_midi(smf(f"00 FF 58 04 06 03 24 08  83 60 {tempo(250_000)}  83 60 FF 58 04 03 02 18 08"))
    assert midi.tempos == (Tempo(0, 500_000), Tempo(500_000, 250_000))
    assert midi.tempos[1].bpm == 240
    assert midi.time_signatures == (TimeSignature(0, 6, 8), TimeSignature(750_000, 3, 4))


def test_the_duration_includes_silence_at_the_end() -> None:
    assert parse_midi(smf(track("00 90 3C 50  60 80 3C 00", "87 40 FF 2F 00"))).duration_us == 1_100_000


# Legacy recordings


@pytest.mark.parametrize(
    ("name", "language"),
    [("Feedback", "core"), ("base", "core"), ("", "core"), ("names", "names"), ("Wörter", "Wörter")],
)
def test_tracks_of_a_feedback_file_are_languages(name: str, language: str) -> None:
    named = f"00 FF 03 {len(name.encode()):02X} {name.encode().hex()}"
    midi = parse_midi(smf(f"00 {tempo(1_000_000)}", f"{named} 64 90 3C 50  0A 80 3C 00", division=100))
    assert midi.feedback
    assert midi.tracks[1].language == language
    assert midi.notes.table["on"].tolist() == [1_000_000]


@pytest.mark.parametrize(
    "raw",
    [
        smf("", division=100),
        smf(f"00 {tempo(1_000_000)}", division=480),
        smf(f"00 {tempo(1_000_000)}", division=100, format=0),
    ],
    ids=["at 120 BPM", "480 ticks", "format 0"],
)
def test_tracks_of_an_ordinary_file_are_not_languages(raw: bytes) -> None:
    midi = parse_midi(raw)
    assert not midi.feedback
    assert midi.tracks[0].language == ""


def test_old_recorder_files_are_read_in_milliseconds_on_request() -> None:
    raw = smf(f"00 {tempo(500_000)}  {A_SECOND_LATER} 90 3C 50  60 80 3C 00", format=0)
    assert rows(parse_midi(raw))[0][:2] == (960, 1056)
    midi = parse_midi(raw, as_recorder=True)
    assert midi.notes.table[["on", "off"]].tolist() == [(960_000, 1_056_000)]
    assert (midi.ticks_per_quarter, midi.tempos) == (None, ())


# Irregular but undamaged files open with a note about the irregularity


def test_chunks_of_other_types_are_skipped() -> None:
    midi = parse_midi(smf(track("414243", "", name=b"XFIH"), "00 90 3C 50", count=1))
    assert (len(midi.notes), len(midi.tracks), midi.problems) == (1, 1, ())


def test_a_longer_header_is_read() -> None:
    raw = b"MThd\0\0\0\x08\0\x01\0\x01\x01\xe0\xff\xff" + track("00 90 3C 50")
    assert len(parse_midi(raw).notes) == 1


def test_a_riff_wrapped_file_is_read() -> None:
    raw = smf("00 90 3C 50")
    data = b"RMIDdata" + len(raw).to_bytes(4, "little") + raw
    assert len(parse_midi(b"RIFF" + len(data).to_bytes(4, "little") + data).notes) == 1


ODD = {
    "bytes after the last track": smf("00 90 3C 50") + b"**",
    "bytes after the end of a track": smf(track("00 90 3C 50", END + "00 00")),
    "a track without an end-of-track event": smf(track("00 90 3C 50", "")),
    "more tracks than declared": smf("00 90 3C 50", "", count=1),
    "an impossible time signature": smf("00 FF 58 04 00 63 18 08  00 90 3C 50"),
}


@pytest.mark.parametrize("case", ODD)
def test_irregular_files_open_with_one_problem_listed(case: str) -> None:
    midi = parse_midi(ODD[case])
    assert len(midi.notes) == 1
    assert len(midi.problems) == 1


# Missing files, and files that are not MIDI


def test_a_file_is_read_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "song.mid"
    path.write_bytes(smf("00 90 3C 50"))
    assert len(read_midi(path).notes) == 1
    assert len(read_midi(str(path)).notes) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "is not a MIDI file"),
        (b"hello", "is not a MIDI file"),
        (bytes(1000), "is not a MIDI file"),
        (b"SMF2CLIP" + bytes(20), "is a MIDI 2.0 clip"),
    ],
)
@pytest.mark.parametrize("salvage", [False, True])
def test_files_that_are_not_midi_are_refused(
    tmp_path: Path, content: bytes, message: str, salvage: bool
) -> None:
    path = tmp_path / "other.mid"
    path.write_bytes(content)
    with pytest.raises(MidiFileError, match=message) as caught:
        read_midi(path, salvage=salvage)
    assert str(path) in caught.value.happened
    assert caught.value.todo


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(MidiFileError, match="There is no file"):
        read_midi(tmp_path / "none.mid")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MidiFileError, match="is a folder"):
        read_midi(tmp_path)


@pytest.mark.parametrize("name", ["a\0b.mid", "x" * 300 + ".mid"])
def test_an_invalid_file_name_is_a_midi_file_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(MidiFileError, match="Cannot read"):
        read_midi(tmp_path / name)


def test_devices_and_pipes_are_refused_without_blocking(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.mid"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(MidiFileError, match="not a regular file"):
            read_midi(path)


def test_an_enormous_file_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    path = tmp_path / "enormous.mid"
    with path.open("wb") as file:
        file.write(smf(""))
        file.truncate(200 << 30)
    with pytest.raises(MidiFileError, match="too large"):
        read_midi(path)
