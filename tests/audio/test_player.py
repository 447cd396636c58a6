"""The player: each message at its exact sample, for any block size and any length."""

import numpy as np
import pytest

from rubato_desktop.audio.player import Player
from rubato_desktop.audio.score import Score
from rubato_desktop.audio.synth import FRAME_BYTES, Silence
from rubato_desktop.midi.notes import Notes

RATE = 48_000
SECOND = 1_000_000


class RecordingInstrument(Silence):
    """An instrument that records each message with its frame."""

    def __init__(self) -> None:
        self.frame = 0
        self.received: list[tuple[int, bytes]] = []
        self.released: list[int] = []

    def send(self, data: bytes) -> None:
        self.received.append((self.frame, data))

    def render(self, out: memoryview, mix: bool) -> None:
        self.frame += len(out) // FRAME_BYTES

    def release(self) -> None:
        self.released.append(self.frame)

    @property
    def ons(self) -> list[tuple[int, int]]:
        return [(frame, data[1]) for frame, data in self.received if data[0] & 0xF0 == 0x90]


def make_player(score: Score, rate: int = RATE) -> tuple[Player, RecordingInstrument]:
    instrument = RecordingInstrument()
    player = Player(instrument, rate)
    player.load(score.times.data, score.packed.data)
    return player, instrument


def run(player: Player, frames: int, block: int = 64) -> None:
    scratch = memoryview(bytearray(block * FRAME_BYTES))
    while frames > 0:
        player.render(scratch[: min(block, frames) * FRAME_BYTES], False)
        frames -= block


def piece(*onsets_s: float, length_s: float = 0.1, **others: list) -> Score:
    """Return a score with notes 60, 61 and so on at these seconds."""
    rows = [
        (int(s * SECOND), int((s + length_s) * SECOND), 0, 0, (60 + i) % 128, 80)
        for i, s in enumerate(onsets_s)
    ]
    return Score.of(Notes.of(rows, ["t"]), **others)


@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("speed", [0.25, 1.0, 1.37, 4.0])
def test_after_an_hour_each_note_is_still_at_its_exact_sample(rate: int, speed: float) -> None:
    # One note every 7.3 s for an hour, with onsets that are not multiples of a sample or a block.
    onsets = [i * 7_300_001 for i in range(490)]
    score = Score.of(Notes.of([(t, t + 50_000, 0, 0, 60, 80) for t in onsets], ["t"]))
    player, instrument = make_player(score, rate)
    player.set_speed(speed)
    player.play()
    run(player, int(3600 * rate / speed), block=1013)
    errors = [frame - t * rate / 1e6 / speed for (frame, _), t in zip(instrument.ons, onsets, strict=True)]
    # Rounding may cost half a sample, about 10 µs.
    assert max(abs(error) for error in errors) <= 0.500001


@pytest.mark.parametrize("block", [1, 7, 64, 1024, 100_000])
def test_the_block_size_makes_no_difference(block: int) -> None:
    player, instrument = make_player(piece(0, 0.1, 0.1, 0.25))
    player.play()
    run(player, RATE // 2, block)
    assert instrument.ons == [(0, 60), (4800, 61), (4800, 62), (12_000, 63)]


def test_pause_releases_the_notes_and_play_continues_at_the_same_position() -> None:
    player, instrument = make_player(piece(0, 1.0))
    player.play()
    run(player, RATE // 2)
    player.pause()
    run(player, RATE * 3)
    assert player.position_us() == pytest.approx(SECOND / 2, abs=1)
    assert instrument.released == [RATE // 2]
    player.play()
    run(player, RATE)
    assert instrument.ons == [(0, 60), (RATE * 4, 61)]


def test_a_pedal_stays_down_across_a_pause() -> None:
    player, instrument = make_player(piece(0, 1.0, messages=[(0, 0, bytes((0xB0, 64, 127)))]))
    player.play()
    run(player, 4800)
    player.pause()
    instrument.received.clear()
    player.play()
    assert instrument.received == [(4800, bytes((0xB0, 64, 127)))]


def test_speed_can_change_during_playback() -> None:
    player, instrument = make_player(piece(0, 1.0, 2.0))
    player.play()
    run(player, RATE // 2)
    player.set_speed(2)
    run(player, RATE)
    assert [frame for frame, _ in instrument.ons] == [0, RATE * 3 // 4, RATE * 5 // 4]


@pytest.mark.parametrize(("requested", "actual"), [(0.01, 0.1), (0.25, 0.25), (1.5, 1.5), (4, 4), (100, 4)])
def test_speed_has_bounds(requested: float, actual: float) -> None:
    player, _ = make_player(piece(0))
    player.set_speed(requested)
    assert player.speed == actual


def test_seeking_skips_the_notes_in_between() -> None:
    player, instrument = make_player(piece(0, 1.0, 2.0, 3.0))
    player.play()
    run(player, 480)
    player.seek(2 * SECOND)
    run(player, RATE + 480)
    assert instrument.ons == [(0, 60), (480, 62), (480 + RATE, 63)]
    player.seek(0)
    run(player, 480)
    assert instrument.ons[-1][1] == 60


def test_the_end_is_reported_once_and_the_position_stays_there() -> None:
    ends: list[str] = []
    player, _ = make_player(piece(0, 0.5))
    player.on_end = lambda: ends.append("end")
    player.play()
    run(player, RATE)
    assert (ends, player.playing, player.position_us()) == (["end"], False, 600_000)
    player.play()
    run(player, RATE)
    assert ends == ["end", "end"]


def test_an_empty_recording_ends_at_once() -> None:
    ends: list[str] = []
    player, _ = make_player(Score.of(Notes()))
    player.on_end = lambda: ends.append("end")
    player.play()
    run(player, 64)
    assert (ends, player.playing) == (["end"], False)


def test_an_empty_note_starts_before_it_ends() -> None:
    player, instrument = make_player(piece(1.0, length_s=0))
    player.play()
    run(player, RATE * 2)
    assert [data[0] for _, data in instrument.received] == [0x90, 0x80]


def test_at_equal_times_note_offs_come_first_and_note_ons_last() -> None:
    score = piece(0, 0.1, length_s=0.1, messages=[(100_000, 0, bytes((0xC0, 5)))])
    player, instrument = make_player(score)
    player.play()
    run(player, RATE)
    assert [data[0] for frame, data in instrument.received if frame == 4800] == [0x80, 0xC0, 0x90]


def test_every_requested_frame_is_rendered() -> None:
    player, instrument = make_player(piece(*np.linspace(0, 1, 97)))
    player.play()
    run(player, RATE, block=333)
    assert instrument.frame == player.frame >= RATE
