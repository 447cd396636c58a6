"""The player: each message at its sample, whatever the blocks, for as long as it plays."""

import numpy as np
import pytest

from rubato_desktop.audio.player import Player
from rubato_desktop.audio.score import Score
from rubato_desktop.audio.synth import FRAME_BYTES, Silence
from rubato_desktop.midi.notes import Notes

RATE = 48_000
SECOND = 1_000_000


class Notebook(Silence):
    """An instrument that writes down what it is sent, and at which frame."""

    def __init__(self) -> None:
        self.frame = 0
        self.heard: list[tuple[int, bytes]] = []
        self.released: list[int] = []

    def send(self, data: bytes) -> None:
        self.heard.append((self.frame, data))

    def render(self, out: memoryview, mix: bool) -> None:
        self.frame += len(out) // FRAME_BYTES

    def release(self) -> None:
        self.released.append(self.frame)

    @property
    def ons(self) -> list[tuple[int, int]]:
        return [(frame, data[1]) for frame, data in self.heard if data[0] & 0xF0 == 0x90]


def player(score: Score, rate: int = RATE) -> tuple[Player, Notebook]:
    notebook = Notebook()
    made = Player(notebook, rate)
    made.load(score.times.data, score.words.data)
    return made, notebook


def run(made: Player, frames: int, block: int = 64) -> None:
    scratch = memoryview(bytearray(block * FRAME_BYTES))
    while frames > 0:
        made.render(scratch[: min(block, frames) * FRAME_BYTES], False)
        frames -= block


def piece(*onsets_s: float, length_s: float = 0.1, **others: list) -> Score:
    """Notes 60, 61, … at these seconds."""
    rows = [
        (int(s * SECOND), int((s + length_s) * SECOND), 0, 0, (60 + i) % 128, 80)
        for i, s in enumerate(onsets_s)
    ]
    return Score.of(Notes.of(rows, ["t"]), **others)


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("speed", [0.25, 1.0, 1.37, 4.0])
def test_after_an_hour_each_note_is_still_at_its_sample(rate: int, speed: float) -> None:
    # Onsets that are no multiple of a sample or a block, once every 7.3 s for an hour.
    onsets = [i * 7_300_001 for i in range(490)]
    score = Score.of(Notes.of([(t, t + 50_000, 0, 0, 60, 80) for t in onsets], ["t"]))
    made, notebook = player(score, rate)
    made.set_speed(speed)
    made.play()
    run(made, int(3600 * rate / speed), block=1013)
    errors = [frame - t * rate / 1e6 / speed for (frame, _), t in zip(notebook.ons, onsets, strict=True)]
    # Half a sample is what rounding costs: 10 µs.
    assert max(abs(error) for error in errors) <= 0.500001


@pytest.mark.parametrize("block", [1, 7, 64, 1024, 100_000])
def test_the_size_of_a_block_changes_nothing(block: int) -> None:
    made, notebook = player(piece(0, 0.1, 0.1, 0.25))
    made.play()
    run(made, RATE // 2, block)
    assert notebook.ons == [(0, 60), (4800, 61), (4800, 62), (12_000, 63)]


def test_pause_stops_and_releases_and_play_goes_on_at_the_same_place() -> None:
    made, notebook = player(piece(0, 1.0))
    made.play()
    run(made, RATE // 2)
    made.pause()
    run(made, RATE * 3)
    assert made.position_us() == pytest.approx(SECOND / 2, abs=1)
    assert notebook.released == [RATE // 2]
    made.play()
    run(made, RATE)
    assert notebook.ons == [(0, 60), (RATE * 4, 61)]


def test_a_pedal_that_was_down_before_a_pause_is_down_after_it() -> None:
    made, notebook = player(piece(0, 1.0, messages=[(0, 0, bytes((0xB0, 64, 127)))]))
    made.play()
    run(made, 4800)
    made.pause()
    notebook.heard.clear()
    made.play()
    assert notebook.heard == [(4800, bytes((0xB0, 64, 127)))]


def test_speed_can_change_in_the_middle() -> None:
    made, notebook = player(piece(0, 1.0, 2.0))
    made.play()
    run(made, RATE // 2)
    made.set_speed(2)
    run(made, RATE)
    assert [frame for frame, _ in notebook.ons] == [0, RATE * 3 // 4, RATE * 5 // 4]


@pytest.mark.parametrize(("asked", "taken"), [(0.01, 0.1), (0.25, 0.25), (1.5, 1.5), (4, 4), (100, 4)])
def test_speed_has_bounds(asked: float, taken: float) -> None:
    made, _ = player(piece(0))
    made.set_speed(asked)
    assert made.speed == taken


def test_seeking_goes_there_and_skips_what_lies_between() -> None:
    made, notebook = player(piece(0, 1.0, 2.0, 3.0))
    made.play()
    run(made, 480)
    made.seek(2 * SECOND)
    run(made, RATE + 480)
    assert notebook.ons == [(0, 60), (480, 62), (480 + RATE, 63)]
    made.seek(0)
    run(made, 480)
    assert notebook.ons[-1][1] == 60


def test_the_end_is_told_once_and_the_place_stays_there() -> None:
    ends: list[str] = []
    made, _ = player(piece(0, 0.5))
    made.on_end = lambda: ends.append("end")
    made.play()
    run(made, RATE)
    assert (ends, made.playing, made.position_us()) == (["end"], False, 600_000)
    made.play()
    run(made, RATE)
    assert ends == ["end", "end"]


def test_a_recording_of_nothing_ends_at_once() -> None:
    ends: list[str] = []
    made, _ = player(Score.of(Notes()))
    made.on_end = lambda: ends.append("end")
    made.play()
    run(made, 64)
    assert (ends, made.playing) == (["end"], False)


def test_a_note_of_no_length_begins_before_it_ends() -> None:
    made, notebook = player(piece(1.0, length_s=0))
    made.play()
    run(made, RATE * 2)
    assert [data[0] for _, data in notebook.heard] == [0x90, 0x80]


def test_at_one_instant_notes_end_then_controls_change_then_notes_begin() -> None:
    score = piece(0, 0.1, length_s=0.1, messages=[(100_000, 0, bytes((0xC0, 5)))])
    made, notebook = player(score)
    made.play()
    run(made, RATE)
    assert [data[0] for frame, data in notebook.heard if frame == 4800] == [0x80, 0xC0, 0x90]


def test_it_renders_every_frame_it_is_asked_for() -> None:
    made, notebook = player(piece(*np.linspace(0, 1, 97)))
    made.play()
    run(made, RATE, block=333)
    assert notebook.frame == made.frame >= RATE
