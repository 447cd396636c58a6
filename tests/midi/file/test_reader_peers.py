"""The reader compared with other readers: mido for everything, symusic for the notes."""

from collections import defaultdict
from fractions import Fraction
from io import BytesIO
from itertools import pairwise

import mido
import symusic
from hypothesis import given, settings
from hypothesis import strategies as st

from rubato_desktop.midi.file.reader import parse_midi

notes, data = st.integers(0, 127), st.integers(0, 127)
channels = st.integers(0, 15)
delta = st.one_of(st.integers(0, 3), st.integers(0, 1000), st.integers(0, 1 << 21))
played = st.one_of(
    st.builds(mido.Message, st.just("note_on"), channel=channels, note=st.integers(60, 62), velocity=data, time=delta),
    st.builds(mido.Message, st.just("note_off"), channel=channels, note=st.integers(60, 62), time=delta),
    st.builds(mido.Message, st.just("control_change"), channel=channels, control=data, value=data, time=delta),
    st.builds(mido.Message, st.just("program_change"), channel=channels, program=data, time=delta),
    st.builds(mido.Message, st.just("aftertouch"), channel=channels, value=data, time=delta),
    st.builds(mido.Message, st.just("pitchwheel"), channel=channels, pitch=st.integers(-8192, 8191), time=delta),
    st.builds(mido.Message, st.just("sysex"), data=st.lists(data, max_size=200), time=delta),
    st.builds(mido.MetaMessage, st.just("text"), text=st.text("abc{}", max_size=200), time=delta),
    st.builds(mido.MetaMessage, st.just("set_tempo"), tempo=st.integers(1, 0xFFFFFF), time=delta),
)  # fmt: skip
tracks = st.lists(st.lists(played, max_size=40).map(mido.MidiTrack), min_size=1, max_size=4)


def as_mido_reads(
    file: mido.MidiFile,
) -> tuple[list[tuple[int, ...]], list[tuple[int, int, bytes]], list[str]]:
    """Return the notes as in our table, other messages as in our rows, and the texts."""
    absolute = [
        (at, track, message) for track, messages in enumerate(file.tracks) for at, message in timed(messages)
    ]
    tempos = {0: 500_000}
    tempos.update(
        (at, m.tempo) for at, _, m in sorted(absolute, key=lambda row: row[0]) if m.type == "set_tempo"
    )
    notes, others, texts = [], [], []
    pending: dict[tuple[int, int, int], list[list[int]]] = defaultdict(list)
    ends = [
        max((at for at, of, _ in absolute if of == track), default=0) for track in range(len(file.tracks))
    ]
    for at, track, message in absolute:
        t = microsecond(at, tempos, file.ticks_per_beat)
        if message.is_meta:
            texts += [message.text] if message.type == "text" else []
        elif message.type == "note_on" and message.velocity:
            end = microsecond(ends[track], tempos, file.ticks_per_beat)
            notes.append([t, end, track, message.channel, message.note, message.velocity])
            pending[track, message.channel, message.note].append(notes[-1])
        elif message.type in ("note_on", "note_off"):
            if open_notes := pending[track, message.channel, message.note]:
                open_notes.pop(0)[1] = t
        else:
            others.append((t, track, bytes(message.bytes())))
    return (
        [tuple(row) for row in sorted(notes, key=lambda row: row[0])],
        sorted(others, key=lambda row: row[0]),
        texts,
    )


def timed(messages: mido.MidiTrack) -> list[tuple[int, mido.Message]]:
    at, rows = 0, []
    for message in messages:
        at += message.time
        rows.append((at, message))
    return rows


def microsecond(tick: int, tempos: dict[int, int], ticks_per_quarter: int) -> int:
    changes = sorted(tempos.items())
    t = Fraction(0)
    for (start, tempo), (end, _) in pairwise([*changes, (1 << 62, 0)]):
        t += Fraction(max(0, min(end, tick) - start) * tempo, ticks_per_quarter)
    return int(t + Fraction(1, 2))


def file_bytes(midi_tracks: list[mido.MidiTrack], ticks_per_quarter: int) -> bytes:
    file, out = mido.MidiFile(type=1, ticks_per_beat=ticks_per_quarter), BytesIO()
    file.tracks = midi_tracks
    file.save(file=out)
    return out.getvalue()


@settings(max_examples=200, deadline=None)
@given(tracks, st.integers(1, 0x7FFF))
def test_ordinary_files_are_read_as_mido_reads_them(
    midi_tracks: list[mido.MidiTrack], ticks_per_quarter: int
) -> None:
    raw = file_bytes(midi_tracks, ticks_per_quarter)
    expected_notes, expected_others, expected_texts = as_mido_reads(mido.MidiFile(file=BytesIO(raw)))
    midi = parse_midi(raw)
    assert midi.notes.table.tolist() == expected_notes
    assert list(midi.messages) == expected_others
    assert sorted(text.text for text in midi.texts if text.kind == "text") == sorted(expected_texts)
    assert midi.problems == ()


def long_track(number: int) -> mido.MidiTrack:
    """Return a track of 20,000 events, with texts and system exclusives, that is longer than a window of the reader."""
    track = mido.MidiTrack()
    for i in range(10_000):
        note, channel = 40 + i * 7 % 40, i * 5 % 4 + number
        track.append(mido.Message("note_on", channel=channel, note=note, velocity=1 + i % 127, time=i % 300))
        track.append(mido.Message("note_off", channel=channel, note=note, time=1 + i * 3 % 200))
        if i % 50 == 0:
            track.append(mido.MetaMessage("text", text="x" * (i // 20), time=1))
            track.append(mido.Message("sysex", data=[1] * (i // 30), time=0))
            track.append(mido.Message("program_change", channel=channel, program=i % 128, time=0))
    return track


def test_a_long_file_is_read_as_mido_and_symusic_read_it() -> None:
    raw = file_bytes([long_track(0), long_track(4)], 480)
    assert len(raw) > 200_000
    expected_notes, expected_others, expected_texts = as_mido_reads(mido.MidiFile(file=BytesIO(raw)))
    midi = parse_midi(raw)
    assert midi.notes.table.tolist() == expected_notes
    assert list(midi.messages) == expected_others
    assert sorted(text.text for text in midi.texts) == sorted(expected_texts)

    score = symusic.Score.from_midi(raw)
    us_per_tick = 500_000 / 480
    theirs = sorted(
        (round(n.time * us_per_tick), round(n.end * us_per_tick), n.pitch, n.velocity)
        for track in score.tracks
        for n in track.notes
    )
    ours = sorted((on, off, note, velocity) for on, off, _, _, note, velocity in midi.notes.table.tolist())
    assert ours == theirs
