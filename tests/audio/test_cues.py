"""Cues: data that is read and checked, and a desk that never lets two sound together."""

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

# Instruments of a page's elements, which cues keep off: violin, viola, cello, french horn, piano, vibraphone,
# marimba, clarinet, muted trumpet.
PAGE = {41, 42, 43, 61, 1, 12, 13, 72, 60}


class Notebook(Silence):
    """An instrument that writes down when which note begins, in ms."""

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


def play(*asked: tuple[int, str], until_ms: int = 4000, **cues: Cue) -> list[tuple[int, int]]:
    """Ask for cues at these ms and return which notes began when."""
    notebook = Notebook()
    desk = CueScheduler(notebook, RATE, cues)
    for at, name in asked:
        advance(desk, at)
        desk.cue(name)
    advance(desk, until_ms)
    assert not notebook.down
    return notebook.begun


def advance(desk: CueScheduler, until_ms: int) -> None:
    while desk.frame < until_ms * MS:
        desk.render(memoryview(bytearray(min(64, until_ms * MS - desk.frame) * FRAME_BYTES)), False)


@pytest.mark.parametrize(
    ("asked", "begun"),
    [
        ([(0, "a")], [(0, 60)]),
        ([(0, "a"), (0, "b")], [(0, 60), (300, 62)]),
        ([(0, "a"), (100, "b"), (200, "c")], [(0, 60), (300, 62), (600, 64)]),
        ([(0, "a"), (500, "b")], [(0, 60), (500, 62)]),
        ([(0, "a"), (10, "a"), (20, "a")], [(0, 60), (300, 60)]),
        ([(0, "twice"), (0, "a")], [(0, 70), (100, 70), (400, 60)]),
        ([(0, "nothing")], []),
        # One that is told too late misleads.
        ([(0, "a"), (1, "brief"), (2, "b")], [(0, 60), (300, 62)]),
        # More than three do not wait: what goes stale soonest gives way, so a failure is capture.
        (
            [(0, "a"), (1, "lasting"), (2, "b"), (3, "c"), (4, "d")],
            [(0, 60), (300, 80), (600, 64), (900, 66)],
        ),
    ],
)
def test_cues_take_turns(asked: list[tuple[int, str]], begun: list[tuple[int, int]]) -> None:
    cues = {
        "a": tone(60),
        "b": tone(62),
        "c": tone(64),
        "d": tone(66),
        "twice": tone(70, notes=2),
        "brief": tone(90, stale_ms=200),
        "lasting": tone(80, stale_ms=5000),
    }
    assert play(*asked, **cues) == begun


def test_whatever_is_asked_no_two_cues_are_closer_than_the_rule() -> None:
    names = list(CUES)
    asked = [(at * 37, names[at * 7 % len(names)]) for at in range(100)]
    notebook = Notebook()
    desk = CueScheduler(notebook, RATE, {name: tone(40 + i) for i, name in enumerate(names)})
    for at, name in asked:
        advance(desk, at)
        desk.cue(name)
    advance(desk, 8000)
    onsets = [at for at, _ in notebook.begun]
    assert len(onsets) > 10
    assert min(b - a for a, b in pairwise(onsets)) >= APART_MS


def test_a_words_keys_are_heard_one_after_the_other() -> None:
    notebook = Notebook()
    desk = CueScheduler(notebook, RATE, {"a": tone(100)})
    desk.hear(spell([0, 7, 0], 48))
    advance(desk, 50)
    desk.cue("a")
    advance(desk, 2000)
    assert notebook.begun == [(0, 48), (220, 55), (440, 48), (740, 100)]


def test_hearing_another_word_ends_the_first() -> None:
    notebook = Notebook()
    desk = CueScheduler(notebook, RATE, {})
    desk.hear(spell([0, 7, 0], 48))
    advance(desk, 100)
    desk.hear(spell([12], 48))
    advance(desk, 2000)
    assert notebook.begun == [(0, 48), (100, 60)]


def test_a_word_of_no_keys_and_keys_beyond_the_keyboard_do_no_harm() -> None:
    desk = CueScheduler(Notebook(), RATE, {})
    desk.hear(spell([], 48))
    desk.hear(spell([24], 127))
    advance(desk, 500)


def phrase_of(desk: CueScheduler, *notes: int) -> None:
    for note in notes:
        desk.add_to_phrase(replace(tone(note), apart_ms=300, tail_ms=20))


def test_the_cues_of_a_phrase_sound_300_ms_apart_whatever_they_hold() -> None:
    notebook = Notebook()
    desk = CueScheduler(notebook, RATE, {})
    phrase_of(desk, 60, 62)
    desk.add_to_phrase(replace(tone(70, notes=2), apart_ms=300, tail_ms=20))
    phrase_of(desk, 64)
    advance(desk, 2000)
    assert notebook.begun == [(0, 60), (300, 62), (600, 70), (700, 70), (900, 64)]
    assert not notebook.down


def test_a_cue_asked_for_by_name_goes_between_two_of_a_phrase() -> None:
    notebook = Notebook()
    desk = CueScheduler(notebook, RATE, {"a": tone(100)})
    phrase_of(desk, 60, 62, 64)
    advance(desk, 310)
    desk.cue("a")
    advance(desk, 2000)
    assert notebook.begun == [(0, 60), (300, 62), (600, 100), (900, 64)]


def test_a_phrase_waits_for_the_cue_that_sounds() -> None:
    notebook = Notebook()
    desk = CueScheduler(notebook, RATE, {"a": tone(100)})
    desk.cue("a")
    advance(desk, 100)
    phrase_of(desk, 60)
    advance(desk, 1000)
    assert notebook.begun == [(0, 100), (300, 60)]


def test_a_phrase_that_is_stopped_makes_room_at_once() -> None:
    notebook = Notebook()
    desk = CueScheduler(notebook, RATE, {"a": tone(100)})
    phrase_of(desk, 60, 62, 64)
    advance(desk, 310)
    desk.stop_phrase()
    desk.cue("a")
    advance(desk, 2000)
    assert notebook.begun == [(0, 60), (300, 62), (310, 100)]


def test_stopping_a_phrase_lets_the_cue_between_end_and_keeps_its_distance() -> None:
    notebook = Notebook()
    desk = CueScheduler(notebook, RATE, {"a": tone(100, notes=2), "b": tone(101)})
    phrase_of(desk, 60, 62)
    advance(desk, 10)
    desk.cue("a")
    advance(desk, 310)
    desk.stop_phrase()
    desk.cue("b")
    advance(desk, 2000)
    assert notebook.begun == [(0, 60), (300, 100), (400, 100), (700, 101)]


def test_silencing_everything_ends_a_phrase_too() -> None:
    notebook = Notebook()
    desk = CueScheduler(notebook, RATE, {})
    phrase_of(desk, 60, 62, 64)
    advance(desk, 310)
    desk.hush()
    advance(desk, 2000)
    assert notebook.begun == [(0, 60), (300, 62)]


def test_a_stopped_phrase_is_silent_within_20_ms() -> None:
    desk = CueScheduler(Synth(FONT, RATE), RATE, {})
    horn = Cue("", "", 60, (CueNote(0, 2000, 60, 120),), apart_ms=2000)
    desk.add_to_phrase(horn)
    out = np.zeros(RATE * 2, np.float32)
    half = RATE // 2
    desk.render(out[: half * 2].data.cast("B"), False)
    desk.stop_phrase()
    desk.render(out[half * 2 :].data.cast("B"), False)
    assert np.abs(out[half - 2000 : half * 2]).max() > 0.05
    assert np.abs(out[(half + 20 * MS) * 2 :]).max() < 1e-5


def test_a_cue_goes_through_a_pipe_unchanged() -> None:
    cue = Cue("", "", 40, (CueNote(0, 40, 60, 90), CueNote(40, 40, 61, 90)), pan=17, apart_ms=300, tail_ms=20)
    assert read_cue(json.loads(json.dumps(write_cue(cue)))) == cue


def test_a_pan_of_one_cue_does_not_move_the_next() -> None:
    desk = CueScheduler(Synth(FONT, RATE), RATE, {"a": tone(60)})
    for _ in range(4):
        desk.add_to_phrase(replace(tone(60), pan=0))
    advance(desk, 1300)
    out = np.zeros((RATE, 2), np.float32)
    desk.cue("a")
    desk.render(out.reshape(-1).data.cast("B"), False)
    left, right = (float((out[:, side] ** 2).sum()) for side in (0, 1))
    assert left == pytest.approx(right, rel=0.05)


def test_the_cues_the_program_asks_for_are_there() -> None:
    assert {"understood", "pending", "lapsed", "unknown", "failed", "erased"} <= CUES.keys()


@pytest.mark.parametrize("name", CUES)
def test_every_cue_is_short_soft_and_keeps_off_the_sounds_of_pages(name: str) -> None:
    cue = CUES[name]
    assert max(note.at_ms + note.length_ms for note in cue.notes) <= 200
    assert cue.program + 1 not in PAGE
    assert cue.help.endswith(".")
    sound = record(lambda desk: desk.cue(name))
    assert 0.004 < np.abs(sound).max() < 0.25, "soft, but heard"
    assert np.abs(sound[int(0.6 * RATE) :]).max() < 1e-4, "over in 600 ms"


def test_different_meanings_have_different_instruments() -> None:
    kinds = {name: name.removeprefix("not_").partition("_")[0] for name in CUES}
    for one, other in combinations(CUES, 2):
        if kinds[one] != kinds[other]:
            assert CUES[one].program != CUES[other].program, (one, other)
        else:
            assert [n.note for n in CUES[one].notes] != [n.note for n in CUES[other].notes], (one, other)


def test_what_is_left_hanging_is_the_softest_of_all() -> None:
    peaks = {name: float(np.abs(record(lambda desk, name=name: desk.cue(name))).max()) for name in CUES}
    assert min(peaks, key=lambda name: peaks[name]) == "pending"


def test_a_cue_sounds_at_its_pitch() -> None:
    sound = record(lambda desk: desk.hear(Cue("", "", 80, (CueNote(0, 800, 69, 90),))))
    assert pitch_of(sound, RATE) == pytest.approx(frequency(69), rel=0.01)


def record(ask: Callable[[CueScheduler], None]) -> np.ndarray:
    """Return one second of what the desk sounds, left side."""
    desk = CueScheduler(Synth(FONT, RATE), RATE, CUES)
    ask(desk)
    out = np.zeros(RATE * 2, np.float32)
    desk.render(out.data.cast("B"), False)
    return out[::2]


@pytest.mark.parametrize(
    ("text", "says"),
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
def test_a_wrong_cue_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "cues.toml"
    path.write_text(text)
    with pytest.raises(RubatoError, match=says):
        load_cues(path)
