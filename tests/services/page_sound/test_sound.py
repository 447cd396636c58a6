"""The rendered sound: timbre, pan, pitch, loudness and silence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from audio_recorder import frequency, pitch_of
from layouts import LAYOUTS

from rubato_desktop.audio.cues import Cue
from rubato_desktop.audio.player import Player
from rubato_desktop.audio.score import Score
from rubato_desktop.audio.soundfont import load_soundfont
from rubato_desktop.audio.synth import Synth
from rubato_desktop.midi.file.reader import parse_midi
from rubato_desktop.services.page_sound import (
    KINDS,
    Cell,
    cell_sound,
    feedback_bytes,
    layout_cues,
    load_table,
    loaded_sound,
    read_layout,
)

RATE = 44_100
FONT = load_soundfont()
TABLE = load_table()
SLOT = RATE * 300 // 1000
Sound = npt.NDArray[np.float32]

# Each timbre: its kind, and a row of the view that has it.
TIMBRES = {kind: (kind, 7) for kind in KINDS if kind != "link"} | {
    "violin": ("link", 1),
    "viola": ("link", 7),
    "cello": ("link", 13),
}


def sound_of(cues: Sequence[Cue], seconds: float | None = None) -> Sound:
    """Render the MIDI file of some cues; float32, shape (frames, 2)."""
    midi = parse_midi(feedback_bytes(cues))
    score = Score.of(midi.notes, midi.messages)
    player = Player(Synth(FONT, RATE), RATE)
    player.load(score.times.data, score.packed.data)
    player.play()
    out = np.zeros((int((seconds or 0.3 * len(cues) + 0.5) * RATE), 2), np.float32)
    player.render(out.reshape(-1).data.cast("B"), False)
    return out


def cue(kind: str, x: int, y: int = 7, density: float = 0.6) -> Cue:
    return cell_sound(Cell(x=x, y=y, kind=kind, density=density, area=density), 15, TABLE)


def level_db(sound: Sound) -> float:
    return 20 * float(np.log10(max(1e-9, np.sqrt(np.mean(sound.astype(np.float64) ** 2)))))


@cache
def timbre(name: str, x: int, density: float = 0.6) -> npt.NDArray[np.float64]:
    """Return the log strengths of the harmonics of a cue's first key, normalised for loudness; shape (13,)."""
    kind, y = TIMBRES[name]
    found = cue(kind, x, y, density)
    mono = sound_of([found])[:SLOT].mean(axis=1)
    size = 1 << 17
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), size)) ** 2
    base = frequency(found.notes[0].note) * size / RATE
    # A harmonic and the semitones around it, so that both keys of a trill count as one.
    edges = [
        base * harmonic for harmonic in (0.4, 0.85, 1.4, 1.7, 2.4, 2.7, 3.4, 3.7, 4.4, 5.5, 6.5, 8.5, 11, 16)
    ]
    bands = np.array([spectrum[int(a) : int(b)].sum() for a, b in pairwise(edges)])
    return np.asarray(np.log10(bands / bands.sum() + 1e-5))


@pytest.mark.parametrize("x", [0, 3, 7, 11, 12, 15, 19, 23])
@pytest.mark.parametrize("name", TIMBRES)
def test_kinds_can_be_told_apart_by_timbre(name: str, x: int) -> None:
    """The nearest timbre among all other keys, played softer, is of the same kind."""
    target = timbre(name, x)
    apart = {
        (other, column): float(np.linalg.norm(target - timbre(other, column, 0.5)))
        for other in TIMBRES
        for column in range(24)
        if column != x
    }
    nearest = sorted(apart, key=lambda candidate: apart[candidate])
    kinds = [TIMBRES[other][0] for other, _ in nearest]
    assert kinds[0] == TIMBRES[name][0], [
        (candidate, round(apart[candidate], 2)) for candidate in nearest[:4]
    ]


# In column 18 the SoundFont uses nearly the same sample for violin and viola.
@pytest.mark.parametrize("x", [0, 3, 6, 9, 12, 15, 21])
def test_thirds_of_the_view_differ_more_than_loud_and_soft(x: int) -> None:
    for one, other in (("violin", "viola"), ("viola", "cello"), ("violin", "cello")):
        thirds = float(np.linalg.norm(timbre(one, x) - timbre(other, x)))
        loudness = float(np.linalg.norm(timbre(one, x) - timbre(one, x, 0.2)))
        assert thirds > 0.25, (one, other)
        assert thirds > 3 * loudness, (one, other)


@pytest.mark.parametrize("kind", KINDS)
def test_sound_is_panned_by_column(kind: str) -> None:
    sides = []
    for x in range(24):
        sound = sound_of([cue(kind, x)])[:SLOT]
        sides.append(level_db(sound[:, 1]) - level_db(sound[:, 0]))
    assert all(a < b for a, b in pairwise(sides)), "it moves right with each column"
    assert sides[0] < -9
    assert sides[23] > 9
    assert abs(sides[11] + sides[12]) < 3, "the middle columns are centred"


@pytest.mark.parametrize("kind", KINDS)
def test_cue_has_the_pitch_of_its_column(kind: str) -> None:
    found = cue(kind, 14)
    first = found.notes[0]
    # A trill has two keys a semitone apart; for the other kinds only the first note is measured.
    part = sound_of([found])[: RATE * (240 if kind == "link" else first.length_ms) // 1000]
    assert off_key(part, first.note) < (0.07 if kind == "link" else 0.03)


def off_key(sound: Sound, note: int) -> float:
    """Return the relative deviation of the strongest harmonic from the nearest harmonic of a note."""
    ratio = pitch_of(sound.mean(axis=1), RATE) / frequency(note)
    assert ratio > 0.9
    return abs(ratio / round(ratio) - 1)


@pytest.mark.parametrize("name", TIMBRES)
@pytest.mark.parametrize("x", [0, 8, 16, 23])
def test_faintest_cell_is_audible_and_none_is_too_loud(name: str, x: int) -> None:
    kind, y = TIMBRES[name]
    faint, full = (sound_of([cue(kind, x, y, density)])[:SLOT] for density in (0.0, 1.0))
    assert level_db(faint) > -50
    assert level_db(full) < -16
    assert np.abs(full).max() < 0.5


def test_kinds_are_similarly_loud() -> None:
    levels = {name: level_db(sound_of([cue(kind, 11, y)])[:SLOT]) for name, (kind, y) in TIMBRES.items()}
    assert max(levels.values()) - min(levels.values()) < 9, levels


@pytest.mark.parametrize("name", ["news", "article", "form", "video", "few"])
def test_cues_are_separated_by_silence(name: str) -> None:
    cues = layout_cues(read_layout(LAYOUTS[name]), TABLE)
    sound = sound_of(cues)
    for i, found in enumerate(cues):
        begin = i * SLOT
        rest = sound[begin + RATE * 295 // 1000 : begin + SLOT]
        assert np.abs(rest).max() < 1e-4, (i, found.name)
        onset = sound[begin : begin + RATE * 60 // 1000]
        assert np.abs(onset).max() > 0.002, (i, found.name)
    assert np.abs(sound[len(cues) * SLOT :]).max() < 1e-4, "the view ends in time"


@pytest.mark.parametrize("x", [3, 9, 18])
@pytest.mark.parametrize(("density", "strokes"), [(0.0, 1), (0.34, 2), (0.67, 3), (1.0, 4)])
def test_denser_text_has_more_strokes(x: int, density: float, strokes: int) -> None:
    sound = sound_of([cue("text", x, density=density)])[:SLOT].mean(axis=1)
    # Hammer strokes are broadband: the difference of successive samples emphasises them.
    strength = np.sqrt((np.diff(sound, prepend=0.0).reshape(-1, RATE // 100) ** 2).mean(axis=1))
    strength = np.append(0.0, strength)
    louder = [i for i in range(1, 28) if strength[i] > max(1.25 * strength[i - 1], 0.3 * strength.max())]
    begins = [i for i, before in zip(louder, [-9, *louder], strict=False) if i - before > 2]
    assert len(begins) == strokes, begins


def test_loaded_page_is_middle_c_for_half_a_second() -> None:
    sound = sound_of([loaded_sound(TABLE)], 1.0)
    assert off_key(sound[RATE // 20 : RATE // 2], 60) < 0.01
    assert level_db(sound[RATE * 40 // 100 : RATE * 50 // 100]) > -55
    assert np.abs(sound[RATE * 54 // 100 :]).max() < 1e-4
