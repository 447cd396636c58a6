"""The synthesiser: rendering MIDI messages to sound."""

import numpy as np
import pytest
from audio_recorder import frequency, pitch_of

from rubato_desktop.audio.soundfont import load_soundfont
from rubato_desktop.audio.synth import Silence, Synth

RATE = 48_000
FONT = load_soundfont()
LEAD_SQUARE = 80  # a steady sound with a clear pitch


@pytest.fixture
def synth() -> Synth:
    return Synth(FONT, RATE)


def on(note: int, velocity: int = 90, channel: int = 0) -> bytes:
    return bytes((0x90 | channel, note, velocity))


def off(note: int, channel: int = 0) -> bytes:
    return bytes((0x80 | channel, note, 0))


def control(number: int, value: int, channel: int = 0) -> bytes:
    return bytes((0xB0 | channel, number, value))


def program(number: int, channel: int = 0) -> bytes:
    return bytes((0xC0 | channel, number))


def hear(synth: Synth, *messages: bytes, seconds: float = 0.3) -> np.ndarray:
    """Send messages and return the sound that follows, shape (frames, 2)."""
    for message in messages:
        synth.send(message)
    out = np.zeros((int(seconds * RATE), 2), np.float32)
    synth.render(out.reshape(-1).data.cast("B"), False)
    return out


def loudness(sound: np.ndarray) -> float:
    return float(np.sqrt((sound**2).mean()))


@pytest.mark.parametrize("note", [36, 48, 60, 69, 72, 84, 96])
def test_a_key_has_the_right_pitch(synth: Synth, note: int) -> None:
    sound = hear(synth, program(LEAD_SQUARE), on(note), seconds=1)
    assert pitch_of(sound[:, 0], RATE) == pytest.approx(frequency(note), rel=0.01)


def test_pitch_bend_and_its_range_change_the_pitch(synth: Synth) -> None:
    up = bytes((0xE0, 127, 127))
    octave = [control(101, 0), control(100, 0), control(6, 12)]
    assert pitch_of(hear(synth, program(LEAD_SQUARE), up, on(60), seconds=1)[:, 0], RATE) == pytest.approx(
        frequency(62), rel=0.01
    )
    synth.reset()
    hear(synth, seconds=1)
    assert pitch_of(hear(synth, program(LEAD_SQUARE), *octave, up, on(60), seconds=1)[:, 0], RATE) == (
        pytest.approx(frequency(72), rel=0.01)
    )


def test_a_harder_stroke_is_louder(synth: Synth) -> None:
    soft = loudness(hear(synth, on(60, 40), off(60), seconds=2))
    assert loudness(hear(synth, on(60, 120), seconds=2)) > 2 * soft


@pytest.mark.parametrize("end", [off(60), on(60, 0)], ids=["note-off", "note-on with velocity 0"])
def test_a_released_key_decays_to_silence(synth: Synth, end: bytes) -> None:
    hear(synth, on(60))
    hear(synth, end, seconds=1)
    assert loudness(hear(synth)) < 1e-4


@pytest.mark.parametrize(
    ("before", "after", "sounds"),
    [
        ([control(64, 127), on(60), off(60)], [], True),
        ([control(64, 127), on(60), off(60)], [control(64, 0)], False),
        ([control(64, 63), on(60), off(60)], [], False),
        ([control(64, 127), on(60), off(60), on(60), off(60)], [control(64, 0)], False),
        ([control(64, 127), on(60), off(60)], [control(121, 0)], False),
        ([control(64, 127), on(60), off(60)], [control(123, 0)], False),
        ([control(64, 127, 1), on(60), off(60)], [], False),
        ([on(60), control(66, 127), off(60)], [], True),
        ([on(60), control(66, 127), off(60)], [control(66, 0)], False),
        ([control(66, 127), on(60), off(60)], [], False),
        ([on(60), on(60), off(60), off(60)], [], False),
        ([control(64, 127), on(60), off(60), on(60)], [control(64, 0)], True),
    ],
    ids=[
        "sustain holds",
        "sustain releases",
        "below 64 is up",
        "sustain releases all strokes",
        "reset all controllers releases",
        "all notes off releases",
        "the pedal of another channel has no effect",
        "sostenuto holds keys that are down",
        "sostenuto releases",
        "sostenuto does not hold later keys",
        "a key struck twice ends when released twice",
        "a key that is down outlasts the pedal",
    ],
)
def test_pedals(synth: Synth, before: list[bytes], after: list[bytes], sounds: bool) -> None:
    hear(synth, *before, seconds=0.2)
    hear(synth, *after, seconds=1)
    assert (loudness(hear(synth)) > 1e-3) is sounds


def test_the_soft_pedal_makes_strokes_softer(synth: Synth) -> None:
    loud = loudness(hear(synth, on(60), off(60), seconds=2))
    assert loudness(hear(synth, control(67, 127), on(60), off(60), seconds=2)) < 0.9 * loud


def test_setting_the_program_keeps_the_drums(synth: Synth) -> None:
    synth.set_program(LEAD_SQUARE)
    drum = hear(synth, on(38, channel=9), seconds=1)
    lead = hear(Synth(FONT, RATE), program(LEAD_SQUARE), on(38), seconds=1)
    assert loudness(drum) > 0.001
    # A snare has decayed while a lead still sounds.
    assert loudness(drum[-RATE // 4 :]) < 0.01 * loudness(lead[-RATE // 4 :])


def test_a_bank_without_the_program_still_sounds(synth: Synth) -> None:
    assert loudness(hear(synth, control(0, 77), program(5), on(60))) > 1e-3


def test_gain_scales_the_sound(synth: Synth) -> None:
    synth.set_gain(0.0)
    assert loudness(hear(synth, on(60))) == 0
    synth.set_gain(1.0)
    assert loudness(hear(synth, on(64))) > 1e-3


@pytest.mark.parametrize("stop", ["stop", "reset"])
def test_all_sound_can_be_stopped_at_once(synth: Synth, stop: str) -> None:
    hear(synth, control(64, 127), *(on(note) for note in range(40, 90)))
    getattr(synth, stop)()
    hear(synth, seconds=0.05)
    assert loudness(hear(synth)) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x90",
        b"\x90\x3c",
        b"\xc0",
        b"\xd0\x40",
        b"\xa0\x3c\x40",
        b"\xf0\x7e\x7f\x09\x01\xf7",
        b"\xf8",
        b"\xfe",
    ],
)
def test_inaudible_and_malformed_messages_are_ignored(synth: Synth, data: bytes) -> None:
    assert loudness(hear(synth, data)) == 0
    assert loudness(hear(synth, on(60))) > 1e-3


def test_a_key_sounds_the_same_after_a_long_rest(synth: Synth) -> None:
    first = hear(synth, on(60))
    hear(synth, off(60), seconds=4)
    assert loudness(hear(synth, seconds=2)) == 0
    assert np.array_equal(hear(synth, on(60)), first)


def test_a_key_held_for_a_long_time_still_sounds(synth: Synth) -> None:
    hear(synth, program(LEAD_SQUARE), on(60), seconds=20)
    assert loudness(hear(synth)) > 1e-3


def test_at_rest_mixing_changes_nothing_and_overwriting_clears_the_block(synth: Synth) -> None:
    hear(synth, seconds=4)
    others = np.full(128, 0.25, np.float32)
    synth.render(others.data.cast("B"), True)
    assert (others == 0.25).all()
    synth.render(others.data.cast("B"), False)
    assert not others.any()


def test_silence_ignores_messages_and_renders_nothing() -> None:
    out = np.ones(128, np.float32)
    silence = Silence()
    silence.send(on(60))
    silence.render(out.data.cast("B"), True)
    assert out.all()
    silence.render(out.data.cast("B"), False)
    assert not out.any()
