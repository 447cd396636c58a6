"""Damaged MIDI files are reported, and salvaged on request, without a crash, a hang or exhausted memory."""

import random
import tomllib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from midi_bytes import END, smf, tempo, track

from rubato_desktop.midi.file.reader import MidiFile, MidiFileError, parse_midi, read_midi
from rubato_desktop.midi.file.summary import describe, describe_text
from rubato_desktop.midi.file.tempo import LONGEST, Division, TempoMap
from rubato_desktop.midi.file.writer import midi_bytes

CORPUS = Path(__file__).parents[2] / "corpus"
EXPECTED = {
    f"{folder}/{name}": expected
    for folder, files in tomllib.loads((CORPUS / "expected.toml").read_text()).items()
    for name, expected in files.items()
}
NOTE, LATER = "00 90 3C 50  60 80 3C 00", "00 90 40 50  60 80 40 00"
THREE_MORE = LATER * 3

# Case: the file, part of the error message, and the salvaged notes as (onset in ticks, note)
DAMAGED = {
    "a byte of a note is wrong": (
        smf("00 90 3C 50  60 80 BC 00" + LATER + THREE_MORE),
        "in track 1 at byte 26: a message is damaged or cut short",
        [(0, 60), (96, 64), (192, 64), (288, 64), (384, 64)],
    ),
    "a byte in running status is wrong": (
        smf("00 90 3C 50  60 3C 80  00 40 50  60 40 00  00 41 50  60 41 00" + THREE_MORE),
        "in track 1 at byte 26: a message is damaged or cut short",
        [(0, 60), (96, 64), (192, 65), (288, 64), (384, 64), (480, 64)],
    ),
    "a message that is not allowed in a file": (
        smf("00 90 3C 50  60 F8  00 80 3C 00" + LATER),
        "in track 1 at byte 26: message F8 is not allowed in a file",
        [(0, 60), (96, 64)],
    ),
    "a first message without status": (
        smf("00 3C 50" + NOTE + THREE_MORE),
        "in track 1 at byte 22: a message has no status byte",
        [(0, 60), (96, 64), (192, 64), (288, 64)],
    ),
    "a time of five bytes": (
        smf(NOTE + "FF FF FF FF 7F 90 3E 50" + THREE_MORE),
        "in track 1 at byte 30: a delta time is longer than four bytes",
        [(0, 60), (96 + 0x7F, 62), (96 + 0x7F, 64), (192 + 0x7F, 64), (288 + 0x7F, 64)],
    ),
    "a text longer than its track": (
        smf(NOTE + "00 FF 01 90 00 41" + THREE_MORE),
        "in track 1 at byte 30: a message is damaged or longer than its track",
        [(0, 60), (96, 64), (192, 64), (288, 64)],
    ),
    "a track cut off in the middle of a message": (
        smf(track(NOTE + "00 90", "")),
        "in track 1 at byte 30: the track ends in the middle of a message",
        [(0, 60)],
    ),
    "a file cut off": (
        smf(NOTE + LATER)[:-8],
        "in track 1 at byte 18: the track should have 20 bytes, but the file ends 8 bytes early",
        [(0, 60), (96, 64)],
    ),
    "a track's length too long": (
        smf(track(NOTE, length=30), LATER),
        "in track 1 at byte 18: the track has a wrong length of 30 bytes",
        [(0, 60), (0, 64)],
    ),
    "a track's length too short": (
        smf(track(NOTE, length=6), LATER),
        "in track 1 at byte 18: the track has a wrong length of 6 bytes",
        [(0, 60), (0, 64)],
    ),
    "a track's length that includes the next track": (
        smf(track(NOTE, length=32), LATER),
        "in track 1 at byte 34: the track ends before its declared length",
        [(0, 60), (0, 64)],
    ),
    "an enormous length": (
        smf(track(NOTE, length=0xFFFFFFFF)),
        "in track 1 at byte 18: the track should have 4,294,967,295 bytes",
        [(0, 60)],
    ),
    "bytes between tracks": (
        smf(NOTE) + b"\1\2\3" + track(LATER),
        None,
        [(0, 60), (0, 64)],
    ),
    "fewer tracks than declared": (smf(NOTE, count=3), "the header declares 3 tracks, but the file has 1", [(0, 60)]),
    "no ticks": (smf(NOTE, division=0), "at byte 12: the time division is not valid", [(0, 60)]),
    "a format that does not exist": (smf(NOTE, format=9), "at byte 8: format 9 does not exist", [(0, 60)]),
    "no header": (track(NOTE), "the header is missing", [(0, 60)]),
    "bytes before the header": (bytes(128) + smf(NOTE), "at byte 128: the header should be at the start", [(0, 60)]),
    "half a header": (b"MThd\0\0\0\6\0", "at byte 0: the header is cut short", []),
    "a header without its last two bytes": (smf()[:12], "at byte 0: the header is cut short", []),
    "a header without its last byte": (smf()[:13], "at byte 0: the header is cut short", []),
    "a header length one byte too short": (
        smf(NOTE).replace(b"\0\0\0\6", b"\0\0\0\5"),
        "at byte 4: the header has a wrong length of 5 bytes",
        [(0, 60)],
    ),
    "a header one byte too short": (
        b"MThd\0\0\0\5\0\1\0\1\1" + track(NOTE),
        "at byte 4: the header has a wrong length of 5 bytes",
        [(0, 60)],
    ),
    "a header length one byte too long": (
        smf(NOTE).replace(b"\0\0\0\6", b"\0\0\0\7"),
        "at byte 4: the header has a wrong length of 7 bytes",
        [(0, 60)],
    ),
    "a header with a wrong chunk type": (
        smf(NOTE).replace(b"MThd", b"MThx"),
        "at byte 0: the chunk type of the header is damaged",
        [(0, 60)],
    ),
    "the first format that does not exist": (
        smf(NOTE, format=3), "at byte 8: format 3 does not exist", [(0, 60)],
    ),
    "neither ticks nor frames": (
        smf(NOTE, division=0x8040), "at byte 12: the time division is not valid", [(0, 60)],
    ),
    "frames at a rate that does not exist": (
        smf(NOTE, division=(256 - 26) << 8 | 40), "at byte 12: the time division is not valid", [(0, 60)],
    ),
    "frames without ticks": (
        smf(NOTE, division=(256 - 25) << 8), "at byte 12: the time division is not valid", [(0, 60)],
    ),
    "a track's chunk type with one wrong letter": (
        smf(track(NOTE, name=b"MTrx")), "in track 1 at byte 14: the chunk type is damaged", [(0, 60)],
    ),
    "a track's chunk type with two wrong letters": (
        smf(track(NOTE, name=b"MTxy")), "the header declares 1 track, but the file has 0", [],
    ),
    "a chunk type that is not printable": (
        smf(NOTE, b"XFI\x7f\0\0\0\2ab", LATER, count=2), "at byte 34: a track should start here",
        [(0, 60), (0, 64)],
    ),
    "a track that ends one byte early": (
        smf(NOTE)[:-1],
        "in track 1 at byte 18: the track should have 12 bytes, but the file ends 1 byte early",
        [(0, 60)],
    ),
    "a track's length one byte too short": (
        smf(track(NOTE, length=11)), "in track 1 at byte 18: the track has a wrong length of 11 bytes",
        [(0, 60)],
    ),
    "a byte between two tracks": (
        smf(NOTE)[:10] + b"\0\2" + smf(NOTE)[12:] + b"\0" + track(LATER),
        "at byte 34: a track should start here", [(0, 60), (0, 64)],
    ),
    "a tempo of zero": (smf(f"00 {tempo(0)}" + NOTE), "in track 1: a tempo is not valid", [(0, 60)]),
    "a time seven hundred years ahead": (
        smf(f"00 {tempo(0xFFFFFF)}" + NOTE + "FF FF FF 7F 90 40 50" * 5, division=1),
        "in track 1: an event time is too large",
        [(0, 60)],
    ),
}  # fmt: skip


WHOLE = {
    "a header with no tracks": smf(),
    "a longer header": smf(NOTE).replace(b"\0\0\0\6", b"\0\0\0\7")[:14] + b"\0" + track(NOTE),
    "as many tracks as can be opened": smf(*[""] * 4096),
    "patterns": smf(NOTE, format=2),
    "frames": smf(NOTE, division=(256 - 25) << 8 | 40),
    "the fewest ticks": smf(NOTE, division=1),
    "the most ticks": smf(NOTE, division=0x7FFF),
    "a chunk of another type": smf(b"XFIH\0\0\0\2ab", NOTE, count=1),
    "a chunk of another type at the end": smf(NOTE) + b"XFIH\0\0\0\2ab",
}


def test_one_track_over_the_limit_is_too_large() -> None:
    with pytest.raises(MidiFileError, match="is too large at byte 49166: it has more than 4,096 tracks"):
        parse_midi(smf(*[""] * 4097))


@pytest.mark.parametrize("case", WHOLE)
def test_unusual_files_have_no_problems(case: str) -> None:
    assert parse_midi(WHOLE[case]).problems == ()


# Case: an irregular but undamaged file, and the problem that is listed
ODD = {
    "bytes after the last track": (smf(NOTE) + b"\1\2", "byte 34: 2 bytes after the last track left out"),
    "a byte after the last track": (smf(NOTE) + b"\1", "byte 34: 1 byte after the last track left out"),
    "more tracks than declared": (
        smf(NOTE, LATER, count=1), "the header declares 1 track, but the file has 2; all were read",
    ),
    "a byte after the end of a track": (
        smf(track(NOTE, END + "00")), "track 1, byte 34: 1 byte after the end of the track left out",
    ),
    "an empty track at the end": (
        smf(NOTE, track("", "")), "track 2, byte 42: the track has no end-of-track event",
    ),
    "a track without an end-of-track event": (
        smf(track(NOTE, "")), "track 1, byte 30: the track has no end-of-track event",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_irregularities_are_listed(case: str) -> None:
    raw, problem = ODD[case]
    assert parse_midi(raw).problems == (problem,)


def onsets(midi: MidiFile) -> list[tuple[int, int]]:
    us_per_tick = midi.tempos[0].us_per_quarter / (midi.ticks_per_quarter or 1)
    return [(round(on / us_per_tick), note) for on, note in midi.notes.table[["on", "note"]].tolist()]


@pytest.mark.parametrize("case", [case for case in DAMAGED if DAMAGED[case][1]])
def test_damage_is_reported_with_its_position_and_a_remedy(case: str) -> None:
    raw, message, _ = DAMAGED[case]
    with pytest.raises(MidiFileError) as caught:
        parse_midi(raw, "song.mid")
    assert caught.value.happened.startswith("song.mid is damaged")
    assert message in caught.value.happened
    assert caught.value.todo == "Open it with --salvage to recover what can be read"


@pytest.mark.parametrize("case", DAMAGED)
def test_readable_notes_are_salvaged_with_their_times(case: str) -> None:
    raw, _, salvaged = DAMAGED[case]
    midi = parse_midi(raw, salvage=True)
    assert midi.problems
    if salvaged:
        assert onsets(midi) == salvaged
    else:
        assert len(midi.notes) == 0


def test_salvaging_an_undamaged_file_changes_nothing() -> None:
    raw = smf(NOTE + THREE_MORE, LATER)
    assert onsets(parse_midi(raw, salvage=True)) == onsets(parse_midi(raw))
    assert parse_midi(raw, salvage=True).problems == ()


def test_words_after_damage_are_salvaged() -> None:
    words = "".join(f"60 FF 01 02 {number:02X} 7D" for number in range(0x41, 0x51))
    midi = parse_midi(smf("00 FF 01 02 7B 7D  00 FF FF FF" + words), salvage=True)
    assert [text.text for text in midi.texts] == ["{}", *(chr(number) + "}" for number in range(0x41, 0x51))]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_corpus_of_odd_and_broken_files(name: str) -> None:
    expected = EXPECTED[name]
    if "notes" in expected:
        assert len(read_midi(CORPUS / name).notes) == expected["notes"]
        return
    with pytest.raises(MidiFileError) as caught:
        read_midi(CORPUS / name)
    assert expected["damaged"] in caught.value.happened
    midi = read_midi(CORPUS / name, salvage=True)
    assert len(midi.notes) == expected["salvaged"]
    assert midi.problems


def test_every_file_of_the_corpus_has_an_expected_result() -> None:
    assert {str(path.relative_to(CORPUS)) for path in CORPUS.glob("*/*.mid")} == set(EXPECTED)


def mutated(raw: bytes, rng: random.Random) -> bytes:
    """Return the file with one to twenty random mutations."""
    mutant = bytearray(raw)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at = rng.randrange(len(mutant) + 1)
        match rng.randrange(7):
            case 0:
                mutant[at : at + 1] = bytes((rng.randrange(256),))
            case 1 if at < len(mutant):
                mutant[at] ^= 1 << rng.randrange(8)
            case 2:
                del mutant[at : at + rng.randrange(1, 8)]
            case 3:
                mutant[at:at] = rng.randbytes(rng.randrange(1, 8))
            case 4 if rng.random() < 0.3:
                del mutant[at:]
            case 5:
                mutant[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", bytes(4)))
            case _:
                start = rng.randrange(len(mutant) + 1)
                mutant[at:at] = mutant[start : start + rng.randrange(1, 40)]
    return bytes(mutant)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 5))])
def test_five_hundred_mutated_files_per_seed_open_or_raise_a_midi_file_error(seed: int) -> None:
    rng = random.Random(seed)
    originals = [(CORPUS / name).read_bytes() for name in sorted(EXPECTED)]
    opened = salvaged = 0
    for _ in range(500):
        raw = mutated(rng.choice(originals), rng)
        try:
            parse_midi(raw)
            opened += 1
        except MidiFileError as error:
            assert "\n" not in str(error)
        try:
            midi = parse_midi(raw, salvage=True)
        except MidiFileError:
            assert b"MTrk" not in raw and b"MThd" not in raw
            continue
        salvaged += 1
        assert np.all(midi.notes.table["off"] >= midi.notes.table["on"])
        assert np.all(np.diff(midi.notes.table["on"]) >= 0)
        assert np.all(midi.notes.table["note"] < 128) and np.all(midi.notes.table["velocity"] > 0)
    assert opened > 5
    assert salvaged > 300


@pytest.mark.parametrize("seed", range(3))
def test_a_salvaged_file_can_be_summarised_and_written_as_a_valid_file(seed: int) -> None:
    rng = random.Random(seed)
    originals = [(CORPUS / name).read_bytes() for name in sorted(EXPECTED)]
    for _ in range(50):
        try:
            midi = parse_midi(mutated(rng.choice(originals), rng), salvage=True)
        except MidiFileError:
            continue
        assert describe(midi)["notes"] == len(midi.notes)
        assert describe_text(midi)
        again = parse_midi(midi_bytes(midi))
        assert (len(again.notes), len(again.messages)) == (len(midi.notes), len(midi.messages))
        assert again.problems == ()


HOSTILE = {
    "nothing but high bytes": smf(track("FF" * 3_000_000, "")),
    "nothing but low bytes": smf(track("40" * 3_000_000, "")),
    "a disallowed message, repeated": smf("00 F4" * 100_000),
    "repeated damage": smf(("00 90 3C F4" + NOTE) * 20_000),
    "tracks within tracks": b"MThd" + bytes((0, 0, 0, 6, 0, 1, 0, 1, 1, 224)) + b"MTrk" * 200_000,
    "sixty thousand tracks": smf(*[b"MTrk\0\0\0\0"] * 60_000),
    "a million chunks": smf(count=1) + b"Junk\0\0\0\0" * 1_000_000,
    "a text as long as the file": smf("00 FF 01 FF FF FF 7F" + "41" * 1_000_000),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_and_salvaging_it_ends(case: str) -> None:
    with pytest.raises(MidiFileError):
        parse_midi(HOSTILE[case])
    midi = parse_midi(HOSTILE[case], salvage=True)
    assert midi.problems
    assert len(midi.problems) <= 101


@pytest.mark.parametrize(
    ("limit", "event"),
    [("MAX_EVENTS", "00 C0 01"), ("MAX_SPECIALS", "00 FF 01 00"), ("MAX_SPECIALS", "00 F0 00")],
)
def test_events_over_a_limit_are_refused_or_left_out(
    limit: str, event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"rubato_desktop.midi.file.salvage.{limit}", 1000)
    assert parse_midi(smf(event * 999)).problems == ()
    raw = smf(*[event * 40_000] * 3)
    with pytest.raises(MidiFileError, match="too large"):
        parse_midi(raw)
    midi = parse_midi(raw, salvage=True)
    assert 0 < len(midi.messages) + len(midi.texts) < 3 * 40_000
    assert "the rest was left out" in midi.problems[0]


def test_a_file_of_fifty_thousand_years_of_silence_is_cut_off_after_142_years() -> None:
    raw = smf(f"00 {tempo(0xFFFFFF)}" + NOTE + "FF FF FF 7F B0 07 40" * 400 + END, division=1)
    midi = parse_midi(raw, salvage=True)
    assert 0 < midi.duration_us <= LONGEST


@pytest.mark.parametrize("division", [1, 480, 0x7FFF])
def test_the_longest_delta_time_at_the_slowest_tempo_is_read(division: int) -> None:
    delta = (1 << 28) - 1
    midi = parse_midi(smf(f"00 {tempo(0xFFFFFF)} FF FF FF 7F 90 40 50 01 80 40 00", division=division))
    assert midi.problems == ()
    [on] = midi.notes.table["on"].tolist()
    assert on == round(Fraction(delta * 0xFFFFFF, division))


@pytest.mark.parametrize("division", [1, 480, 0x7FFF])
def test_times_are_exact_up_to_the_latest_tick(division: int) -> None:
    """With tempo changes throughout, the sums must stay within 64 bits."""
    changes = [(n * ((1 << 28) - 1), 0xFFFFFF - n) for n in range(3000)]
    tempos = TempoMap.of(Division.quarters(division), changes)
    latest, exact, at, slow = tempos.latest_tick(), 0, 0, 500_000
    for tick, us in [*changes, (1 << 62, 0)]:
        exact += (min(tick, latest) - at) * slow
        at, slow = min(tick, latest), us
        if tick > latest:
            break
    assert tempos.microsecond(latest) == (exact + division // 2) // division <= LONGEST
    assert latest >= (1 << 28) - 1
