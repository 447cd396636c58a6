"""Cues: reading and validating them, and the scheduler that keeps them apart."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from audio_recorder import frequency, pitch_of

from rubato_desktop.audio.cues import (
    APART_MS,
    Cue,
    CueNote,
    CueScheduler,
    load_cues,
    read_cue,
    spell,
    write_cue,
)
from rubato_desktop.audio.soundfont import load_soundfont
from rubato_desktop.audio.synth import FRAME_BYTES, Silence, Synth
from rubato_desktop.errors import RubatoError

RATE = 48_000
MS = RATE // 1000
CUES = load_cues()
FONT = load_soundfont()

# Instruments of page elements, which cues must not use: violin, viola, cello, French horn, piano, vibraphone, marimba,
# clarinet, muted trumpet.
PAGE = {41, 42, 43, 61, 1, 12, 13, 72, 60}


class RecordingInstrument(Silence):
    """An instrument that records the onset (ms) of each note."""

    def __init__(self) -> None:
        self.frame = 0
        self.begun: list[tuple[int, int]] = []
        self.down: set[tuple[int, int]] = set()

    def send(self, data: bytes) -> None:
        kind, channel = data[0] & 0xF0, data[0] & 0x0F
        if kind == 0x90:
            self.begun.append((self.frame // MS, data[1]))
            self.down.add((channel, data[1]))
        elif kind == 0x80:
            self.down.discard((channel, data[1]))

    def stop(self) -> None:
        self.down.clear()

    def render(self, out: memoryview, mix: bool) -> None:
        self.frame += len(out) // FRAME_BYTES


def tone(note: int, stale_ms: int = 900, notes: int = 1) -> Cue:
    return Cue(str(note), "", 9, tuple(CueNote(i * 100, 50, note, 80) for i in range(notes)), stale_ms)


def play(*requests: tuple[int, str], until_ms: int = 4000, **cues: Cue) -> list[tuple[int, int]]:
    """Request cues, given as (ms, name), and return the notes as (onset in ms, note)."""
    instrument = RecordingInstrument()
    scheduler = CueScheduler(instrument, RATE, cues)
    for at, name in requests:
        advance(scheduler, at)
        scheduler.cue(name)
    advance(scheduler, until_ms)
    assert not instrument.down
    return instrument.begun


def advance(scheduler: CueScheduler, until_ms: int) -> None:
    while scheduler.frame < until_ms * MS:
        scheduler.render(memoryview(bytearray(min(64, until_ms * MS - scheduler.frame) * FRAME_BYTES)), False)


@pytest.mark.parametrize(
    ("requests", "begun"),
    [
        ([(0, "a")], [(0, 60)]),
        ([(0, "a"), (0, "b")], [(0, 60), (300, 62)]),
        ([(0, "a"), (100, "b"), (200, "c")], [(0, 60), (300, 62), (600, 64)]),
        ([(0, "a"), (500, "b")], [(0, 60), (500, 62)]),
        ([(0, "a"), (10, "a"), (20, "a")], [(0, 60), (300, 60)]),
        ([(0, "twice"), (0, "a")], [(0, 70), (100, 70), (400, 60)]),
        ([(0, "nothing")], []),
        # A cue that comes too late would mislead.
        ([(0, "a"), (1, "brief"), (2, "b")], [(0, 60), (300, 62)]),
        # At most three are pending: the one that goes stale soonest is dropped, so that a failure is heard.
        (
            [(0, "a"), (1, "lasting"), (2, "b"), (3, "c"), (4, "d")],
            [(0, 60), (300, 80), (600, 64), (900, 66)],
        ),
    ],
)
def test_cues_take_turns(requests: list[tuple[int, str]], begun: list[tuple[int, int]]) -> None:
    cues = {
        "a": tone(60),
        "b": tone(62),
        "c": tone(64),
        "d": tone(66),
        "twice": tone(70, notes=2),
        "brief": tone(90, stale_ms=200),
        "lasting": tone(80, stale_ms=5000),
    }
    assert play(*requests, **cues) == begun


def test_two_cues_are_never_closer_than_the_minimum_distance() -> None:
    names = list(CUES)
    requests = [(at * 37, names[at * 7 % len(names)]) for at in range(100)]
    instrument = RecordingInstrument()
    scheduler = CueScheduler(instrument, RATE, {name: tone(40 + i) for i, name in enumerate(names)})
    for at, name in requests:
        advance(scheduler, at)
        scheduler.cue(name)
    advance(scheduler, 8000)
    onsets = [at for at, _ in instrument.begun]
    assert len(onsets) > 10
    assert min(b - a for a, b in pairwise(onsets)) >= APART_MS


def test_the_keys_of_a_word_are_played_one_after_another() -> None:
    instrument = RecordingInstrument()
    scheduler = CueScheduler(instrument, RATE, {"a": tone(100)})
    scheduler.play_alone(spell([0, 7, 0], 48))
    advance(scheduler, 50)
    scheduler.cue("a")
    advance(scheduler, 2000)
    assert instrument.begun == [(0, 48), (220, 55), (440, 48), (740, 100)]


def test_playing_another_word_stops_the_first() -> None:
    instrument = RecordingInstrument()
    scheduler = CueScheduler(instrument, RATE, {})
    scheduler.play_alone(spell([0, 7, 0], 48))
    advance(scheduler, 100)
    scheduler.play_alone(spell([12], 48))
    advance(scheduler, 2000)
    assert instrument.begun == [(0, 48), (100, 60)]


def test_a_word_without_keys_and_keys_out_of_range_are_harmless() -> None:
    scheduler = CueScheduler(RecordingInstrument(), RATE, {})
    scheduler.play_alone(spell([], 48))
    scheduler.play_alone(spell([24], 127))
    advance(scheduler, 500)


def phrase_of(scheduler: CueScheduler, *notes: int) -> None:
    for note in notes:
        scheduler.add_to_phrase(replace(tone(note), apart_ms=300, tail_ms=20))


def test_the_cues_of_a_phrase_are_300_ms_apart_whatever_their_notes() -> None:
    instrument = RecordingInstrument()
    scheduler = CueScheduler(instrument, RATE, {})
    phrase_of(scheduler, 60, 62)
    scheduler.add_to_phrase(replace(tone(70, notes=2), apart_ms=300, tail_ms=20))
    phrase_of(scheduler, 64)
    advance(scheduler, 2000)
    assert instrument.begun == [(0, 60), (300, 62), (600, 70), (700, 70), (900, 64)]
    assert not instrument.down


def test_a_named_cue_is_inserted_between_two_cues_of_a_phrase() -> None:
    instrument = RecordingInstrument()
    scheduler = CueScheduler(instrument, RATE, {"a": tone(100)})
    phrase_of(scheduler, 60, 62, 64)
    advance(scheduler, 310)
    scheduler.cue("a")
    advance(scheduler, 2000)
    assert instrument.begun == [(0, 60), (300, 62), (600, 100), (900, 64)]


def test_a_phrase_waits_for_the_current_cue() -> None:
    instrument = RecordingInstrument()
    scheduler = CueScheduler(instrument, RATE, {"a": tone(100)})
    scheduler.cue("a")
    advance(scheduler, 100)
    phrase_of(scheduler, 60)
    advance(scheduler, 1000)
    assert instrument.begun == [(0, 100), (300, 60)]


def test_a_stopped_phrase_does_not_delay_the_next_cue() -> None:
    instrument = RecordingInstrument()
    scheduler = CueScheduler(instrument, RATE, {"a": tone(100)})
    phrase_of(scheduler, 60, 62, 64)
    advance(scheduler, 310)
    scheduler.stop_phrase()
    scheduler.cue("a")
    advance(scheduler, 2000)
    assert instrument.begun == [(0, 60), (300, 62), (310, 100)]


def test_stopping_a_phrase_does_not_affect_a_named_cue_or_its_distance() -> None:
    instrument = RecordingInstrument()
    scheduler = CueScheduler(instrument, RATE, {"a": tone(100, notes=2), "b": tone(101)})
    phrase_of(scheduler, 60, 62)
    advance(scheduler, 10)
    scheduler.cue("a")
    advance(scheduler, 310)
    scheduler.stop_phrase()
    scheduler.cue("b")
    advance(scheduler, 2000)
    assert instrument.begun == [(0, 60), (300, 100), (400, 100), (700, 101)]


def test_silencing_all_cues_stops_a_phrase_too() -> None:
    instrument = RecordingInstrument()
    scheduler = CueScheduler(instrument, RATE, {})
    phrase_of(scheduler, 60, 62, 64)
    advance(scheduler, 310)
    scheduler.silence()
    advance(scheduler, 2000)
    assert instrument.begun == [(0, 60), (300, 62)]


def test_a_stopped_phrase_is_silent_within_20_ms() -> None:
    scheduler = CueScheduler(Synth(FONT, RATE), RATE, {})
    horn = Cue("", "", 60, (CueNote(0, 2000, 60, 120),), apart_ms=2000)
    scheduler.add_to_phrase(horn)
    out = np.zeros(RATE * 2, np.float32)
    half = RATE // 2
    scheduler.render(out[: half * 2].data.cast("B"), False)
    scheduler.stop_phrase()
    scheduler.render(out[half * 2 :].data.cast("B"), False)
    assert np.abs(out[half - 2000 : half * 2]).max() > 0.05
    assert np.abs(out[(half + 20 * MS) * 2 :]).max() < 1e-5


def test_a_cue_round_trips_through_json() -> None:
    cue = Cue("", "", 40, (CueNote(0, 40, 60, 90), CueNote(40, 40, 61, 90)), pan=17, apart_ms=300, tail_ms=20)
    assert read_cue(json.loads(json.dumps(write_cue(cue)))) == cue


def test_the_pan_of_a_cue_does_not_affect_the_next() -> None:
    scheduler = CueScheduler(Synth(FONT, RATE), RATE, {"a": tone(60)})
    for _ in range(4):
        scheduler.add_to_phrase(replace(tone(60), pan=0))
    advance(scheduler, 1300)
    out = np.zeros((RATE, 2), np.float32)
    scheduler.cue("a")
    scheduler.render(out.reshape(-1).data.cast("B"), False)
    left, right = (float((out[:, side] ** 2).sum()) for side in (0, 1))
    assert left == pytest.approx(right, rel=0.05)


def test_the_cues_that_the_program_uses_exist() -> None:
    assert {"understood", "pending", "lapsed", "unknown", "failed", "erased"} <= CUES.keys()


@pytest.mark.parametrize("name", CUES)
def test_every_cue_is_short_and_soft_and_differs_from_page_sounds(name: str) -> None:
    cue = CUES[name]
    assert max(note.at_ms + note.length_ms for note in cue.notes) <= 200
    assert cue.program + 1 not in PAGE
    assert cue.help.endswith(".")
    sound = record(lambda scheduler: scheduler.cue(name))
    assert 0.004 < np.abs(sound).max() < 0.25, "soft, but audible"
    assert np.abs(sound[int(0.6 * RATE) :]).max() < 1e-4, "over in 600 ms"


def test_each_kind_of_cue_has_its_own_instrument() -> None:
    kinds = {name: name.removeprefix("not_").partition("_")[0] for name in CUES}
    for one, other in combinations(CUES, 2):
        if kinds[one] != kinds[other]:
            assert CUES[one].program != CUES[other].program, (one, other)
        else:
            assert [n.note for n in CUES[one].notes] != [n.note for n in CUES[other].notes], (one, other)


def test_the_pending_cue_is_the_softest() -> None:
    peaks = {
        name: float(np.abs(record(lambda scheduler, name=name: scheduler.cue(name))).max()) for name in CUES
    }
    assert min(peaks, key=lambda name: peaks[name]) == "pending"


def test_a_cue_has_the_right_pitch() -> None:
    sound = record(lambda scheduler: scheduler.play_alone(Cue("", "", 80, (CueNote(0, 800, 69, 90),))))
    assert pitch_of(sound, RATE) == pytest.approx(frequency(69), rel=0.01)


def record(request: Callable[[CueScheduler], None]) -> np.ndarray:
    """Return one second of the scheduler's sound, left channel."""
    scheduler = CueScheduler(Synth(FONT, RATE), RATE, CUES)
    request(scheduler)
    out = np.zeros(RATE * 2, np.float32)
    scheduler.render(out.data.cast("B"), False)
    return out[::2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a]\nhelp = 'x'\ninstrument = 1\n", "'a'.*notes"),
        ("[a]\nhelp = 'x'\ninstrument = 1\nnotes = []", "'a'.*range"),
        ("[a]\nhelp = 'x'\ninstrument = 129\nnotes = [{at=0,ms=1,note=1,velocity=1}]", "'a'.*range"),
        ("[a]\nhelp = 'x'\ninstrument = 1\nnotes = [{at=0,ms=1,note=128,velocity=1}]", "'a'.*range"),
        ("[a]\nhelp = 'x'\ninstrument = 1\nnotes = [{at=0,ms=1,note='C',velocity=1}]", "'a'"),
        ("a = 1", "'a'"),
        ("[a", "cannot be read"),
    ],
)
def test_an_invalid_cue_is_named_in_the_error(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "cues.toml"
    path.write_text(text)
    with pytest.raises(RubatoError, match=message):
        load_cues(path)
