"""Summaries of MIDI files, as JSON and as text."""

import json

import pytest
from midi_bytes import smf, tempo

from rubato_desktop.midi.file.reader import parse_midi
from rubato_desktop.midi.file.summary import describe, describe_text

SONG = smf(
    f"00 FF 03 05 5069616E6F  00 FF 58 04 06 03 24 08  00 {tempo(600_000)}  00 C0 00  00 90 3C 50  83 60 80 40 00",
    "00 FF 01 02 7B7D  00 99 24 50  30 89 24 00",
)


def test_a_file_is_summarised_as_json() -> None:
    described = json.loads(json.dumps(describe(parse_midi(SONG))))
    assert described == {
        "format": 1,
        "seconds": 0.6,
        "ticks_per_quarter": 480,
        "frames_per_second": None,
        "ticks_per_frame": None,
        "tempos": [{"t": 0.0, "bpm": 100.0}],
        "time_signatures": [{"t": 0.0, "numerator": 6, "denominator": 8}],
        "notes": 2,
        "messages": 1,
        "message_names": {"program_change": 1},
        "lowest": 36,
        "highest": 60,
        "tracks": [
            {"name": "Piano", "notes": 1, "messages": 1, "texts": 1, "channels": [0], "programs": [0],
             "seconds": 0.6, "language": ""},
            {"name": "", "notes": 1, "messages": 0, "texts": 1, "channels": [9], "programs": [],
             "seconds": 0.06, "language": ""},
        ],
        "texts": [
            {"t": 0.0, "track": 0, "kind": "track name", "text": "Piano"},
            {"t": 0.0, "track": 1, "kind": "text", "text": "{}"},
        ],
        "feedback": False,
        "problems": [],
    }  # fmt: skip


def test_a_file_is_summarised_as_text() -> None:
    assert describe_text(parse_midi(SONG)).splitlines() == [
        "2 notes in 2 tracks, 0:00.6",
        "Format 1, 480 ticks per quarter note",
        "Tempo: 100 BPM",
        "Time signature: 6/8",
        "Other messages: program change (1)",
        "  1  Piano: 1 note, 1 other message, channel 1, program 1",
        "  2  track 2: 1 note, 1 text, channel 10",
    ]


def test_messages_are_named_and_counted() -> None:
    song = smf(
        "00 B0 40 7F  00 B1 07 64  00 E0 00 50  00 F0 03 01 02 F7  00 F7 02 F4 01  00 D0 05  00 D0 06  00 D0 07"
    )
    names = describe(parse_midi(song))["message_names"]
    assert names == {"aftertouch": 3, "control_change": 2, "pitchwheel": 1, "sysex": 1, "unknown": 1}
    assert list(names)[:2] == ["aftertouch", "control_change"]


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (smf("", division=0xE728), "Format 1, 25 frames per second, 40 ticks per frame"),
        (smf(f"00 {tempo(1_000_000)}", division=100), "  1  core: 0 notes, language core"),
        (smf(f"83 60 {tempo(250_000)}"), "Tempo: 120 BPM, 240 BPM from 0:00.5"),
        (smf("", count=0), "Problem: the header declares 0 tracks, but the file has 1; all were read"),
    ],
)
def test_special_properties_have_a_line(raw: bytes, line: str) -> None:
    assert line in describe_text(parse_midi(raw)).splitlines()


def test_an_empty_file_is_summarised() -> None:
    described = describe(parse_midi(smf(count=0)))
    assert (described["notes"], described["lowest"], described["tracks"]) == (0, None, [])


def test_a_long_list_of_tempos_is_abridged() -> None:
    text = describe_text(parse_midi(smf("".join(f"10 {tempo(400_000 + i)}" for i in range(100)))))
    assert "and 89 more" in text
