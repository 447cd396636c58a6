"""Playing a recording without a device: the transport keeps time."""

import os
import signal
import threading
import time

import pytest
from silent_audio import PATIENCE, Listener, notes
from waiting import until

from rubato_desktop.audio.client import AudioClient


def test_a_recording_keeps_time_and_reports_its_end(sound: AudioClient, listener: Listener) -> None:
    sound.deck.load(notes(0, 0.3))
    assert (sound.deck.playing, sound.deck.position_us(), sound.deck.end_us) == (False, 0, 400_000)
    sound.deck.play()
    assert sound.deck.playing
    assert listener.ended.wait(PATIENCE)
    assert (sound.deck.playing, sound.deck.position_us()) == (False, 400_000)


def test_playing_from_the_end_starts_over(sound: AudioClient, listener: Listener) -> None:
    sound.deck.load(notes(0, 0.2))
    sound.deck.play()
    assert listener.ended.wait(PATIENCE)
    listener.ended.clear()
    sound.deck.play()
    assert sound.deck.position_us() < 300_000
    assert listener.ended.wait(PATIENCE)


def test_pause_keeps_the_position(sound: AudioClient) -> None:
    sound.deck.load(notes(0, 100))
    sound.deck.play()
    until(lambda: sound.deck.position_us() > 200_000)
    sound.deck.pause()
    position = sound.deck.position_us()
    # The final position is reported by the audio process a little later.
    until(lambda: abs(sound.deck.position_us() - position) < 100_000 and not sound.deck.playing)
    settled = sound.deck.position_us()
    threading.Event().wait(0.3)
    assert sound.deck.position_us() == pytest.approx(settled, abs=60_000)
    assert not sound.deck.playing


@pytest.mark.parametrize(
    ("requested", "actual"), [(-5, 0), (0, 0), (50_000_000, 50_000_000), (10**12, 100_100_000)]
)
def test_seeking_stays_within_the_recording(sound: AudioClient, requested: int, actual: int) -> None:
    sound.deck.load(notes(0, 100))
    sound.deck.seek(requested)
    assert sound.deck.position_us() == actual


def test_a_higher_speed_moves_the_position_faster(sound: AudioClient, listener: Listener) -> None:
    sound.deck.load(notes(0, 8))
    sound.deck.set_speed(4)
    began = time.monotonic()
    sound.deck.play()
    assert listener.ended.wait(PATIENCE)
    # 8.1 s of recording take 2.0 s; no upper bound, since the machine may be slow.
    assert time.monotonic() - began > 1.9
    assert sound.deck.speed == 4


def test_a_skipped_range_is_skipped_in_playback_and_position(sound: AudioClient, listener: Listener) -> None:
    sound.deck.load(notes(0, 60), skipped=[(300_000, 59_900_000)])
    assert sound.deck.end_us == 60_100_000
    sound.deck.seek(10_000_000)
    assert sound.deck.position_us() == 59_900_000
    sound.deck.seek(200_000)
    assert sound.deck.position_us() == 200_000
    positions = []
    sound.deck.play()
    while not listener.ended.wait(0.01):
        positions.append(sound.deck.position_us())
    assert not [position for position in positions if 300_000 < position < 59_900_000]
    assert any(position <= 300_000 for position in positions)
    assert sound.deck.position_us() == 60_100_000


def test_skipped_ranges_may_change_during_playback(sound: AudioClient) -> None:
    sound.deck.load(notes(0, 60), skipped=[(300_000, 50_000_000)])
    sound.deck.seek(50_500_000)
    sound.deck.play()
    sound.deck.skip([])
    assert sound.deck.playing and 50_500_000 <= sound.deck.position_us() < 55_000_000
    sound.deck.seek(10_000_000)
    assert 10_000_000 <= sound.deck.position_us() < 15_000_000
    sound.deck.skip([(300_000, 50_000_000)])
    assert sound.deck.playing and 50_000_000 <= sound.deck.position_us() < 55_000_000


def test_loading_another_recording_stops_the_first(sound: AudioClient) -> None:
    sound.deck.load(notes(0, 100))
    sound.deck.play()
    sound.deck.load(notes(0, 50))
    assert (sound.deck.playing, sound.deck.position_us(), sound.deck.end_us) == (False, 0, 50_100_000)


def test_a_killed_audio_process_restarts_and_continues_the_recording(
    sound: AudioClient, listener: Listener
) -> None:
    sound.deck.load(notes(0, 2.5))
    sound.deck.play()
    until(lambda: sound.deck.position_us() > 500_000)
    first = sound.process_id
    os.kill(first, signal.SIGKILL)
    until(lambda: "sound_died" in listener.codes())
    assert listener.ended.wait(PATIENCE)
    assert sound.process_id != first
    assert listener.codes() == ["sound_died", ""]
    assert "killed by SIGKILL" in str(listener.problems[0])
