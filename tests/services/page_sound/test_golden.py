"""The sound of known pages, note by note. `golden/make.py` rewrites the golden files."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import mido
import pytest
import symusic
from layouts import LAYOUTS

from rubato_desktop.midi.file.reader import parse_midi
from rubato_desktop.services.page_sound import feedback_bytes, layout_cues, load_table, read_layout

GOLDEN = Path(__file__).parent / "golden"
NAMES = {
    0: "piano",
    11: "vibraphone",
    12: "marimba",
    40: "violin",
    41: "viola",
    42: "cello",
    59: "muted trumpet",
    60: "horn",
    71: "clarinet",
}


def describe(data: bytes) -> list[str]:
    """Return the notes of a file as readable lines: onset, instrument, key, velocity, pan, length."""
    midi = parse_midi(data)
    lines = []
    for on, off, _, channel, note, velocity in midi.notes.table.tolist():
        before = [(t, message) for t, _, message in midi.messages if message[0] & 0x0F == channel and t <= on]
        program = [message[1] for _, message in before if message[0] & 0xF0 == 0xC0][-1]
        pan = [
            message[2] for _, message in before if message[:1] + message[1:2] == bytes((0xB0 | channel, 10))
        ][-1]
        name = NAMES.get(program, str(program))
        length = (off - on) / 1e6
        lines.append(
            f"{on / 1e6:5.2f} s  {name:<13} key {note - 48:2}  vel {velocity:3}  pan {pan:3}  {length:.2f} s"
        )
    return lines


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.mid").read_bytes()


def rendered(name: str) -> bytes:
    view = read_layout(json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8")))
    return feedback_bytes(layout_cues(view, load_table()))


@pytest.mark.parametrize("name", LAYOUTS)
def test_page_sounds_like_its_golden_file(name: str) -> None:
    assert describe(rendered(name)) == describe(golden(name))
    assert rendered(name) == golden(name), "the notes are the same, but not the bytes"


@pytest.mark.parametrize("name", LAYOUTS)
def test_golden_layouts_match_the_test_layouts(name: str) -> None:
    assert json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8")) == LAYOUTS[name]


def test_every_layout_has_a_golden_file() -> None:
    assert {path.stem for path in GOLDEN.glob("*.mid")} == set(LAYOUTS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_golden_file_is_a_feedback_file_with_one_track(name: str) -> None:
    midi = parse_midi(golden(name))
    assert (midi.format, midi.ticks_per_quarter, [tempo.bpm for tempo in midi.tempos]) == (1, 100, [60])
    assert [(track.name, track.language) for track in midi.tracks] == [("feedback", "feedback")]
    assert midi.feedback
    assert midi.problems == ()


@pytest.mark.parametrize("name", LAYOUTS)
def test_other_libraries_read_the_same_notes_and_programs(name: str) -> None:
    ours = parse_midi(golden(name))
    theirs = mido.MidiFile(file=BytesIO(golden(name)))
    messages = [message for track in theirs.tracks for message in track]
    assert (theirs.type, theirs.ticks_per_beat) == (1, 100)
    assert sum(message.type == "note_on" and message.velocity > 0 for message in messages) == len(ours.notes)
    programs = {message.channel: message.program for message in messages if message.type == "program_change"}
    assert set(programs) == set(ours.notes.table["channel"].tolist())
    assert 9 not in programs
    score = symusic.Score.from_midi(golden(name))
    assert sum(len(track.notes) for track in score.tracks) == len(ours.notes)
    assert {track.program for track in score.tracks if len(track.notes)} == set(programs.values())


@pytest.mark.parametrize("name", LAYOUTS)
def test_cues_start_every_300_ms_and_do_not_overlap(name: str) -> None:
    midi = parse_midi(golden(name))
    table = midi.notes.table
    slots = table["on"] // 300_000
    begins = sorted({int(on) for on, slot in zip(table["on"], slots, strict=True) if on == slot * 300_000})
    assert begins == [i * 300_000 for i in range(len(begins))]
    assert ((table["off"] // 10_000) <= slots * 30 + 28).all()
    assert midi.duration_us <= 6_000_000
