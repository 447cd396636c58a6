"""A recording that plays, with no device: it keeps time."""

import os
import signal
import threading
import time

import pytest
from silent_audio import PATIENCE, Listener, notes
from waiting import until

from rubato_desktop.audio.client import AudioClient


def test_a_recording_keeps_time_and_tells_its_end(sound: AudioClient, listener: Listener) -> None:
    sound.deck.load(notes(0, 0.3))
    assert (sound.deck.playing, sound.deck.position_us(), sound.deck.end_us) == (False, 0, 400_000)
    sound.deck.play()
    assert sound.deck.playing
    assert listener.ended.wait(PATIENCE)
    assert (sound.deck.playing, sound.deck.position_us()) == (False, 400_000)


def test_playing_at_the_end_begins_again(sound: AudioClient, listener: Listener) -> None:
    sound.deck.load(notes(0, 0.2))
    sound.deck.play()
    assert listener.ended.wait(PATIENCE)
    listener.ended.clear()
    sound.deck.play()
    assert sound.deck.position_us() < 300_000
    assert listener.ended.wait(PATIENCE)


def test_pause_stays_where_it_is(sound: AudioClient) -> None:
    sound.deck.load(notes(0, 100))
    sound.deck.play()
    until(lambda: sound.deck.position_us() > 200_000)
    sound.deck.pause()
    place = sound.deck.position_us()
    # The last word on the place is the sound's own, a little later.
    until(lambda: abs(sound.deck.position_us() - place) < 100_000 and not sound.deck.playing)
    settled = sound.deck.position_us()
    threading.Event().wait(0.3)
    assert sound.deck.position_us() == pytest.approx(settled, abs=60_000)
    assert not sound.deck.playing


@pytest.mark.parametrize(
    ("asked", "taken"), [(-5, 0), (0, 0), (50_000_000, 50_000_000), (10**12, 100_100_000)]
)
def test_seeking_stays_within_the_recording(sound: AudioClient, asked: int, taken: int) -> None:
    sound.deck.load(notes(0, 100))
    sound.deck.seek(asked)
    assert sound.deck.position_us() == taken


def test_speed_makes_the_place_move_faster(sound: AudioClient, listener: Listener) -> None:
    sound.deck.load(notes(0, 8))
    sound.deck.set_speed(4)
    began = time.monotonic()
    sound.deck.play()
    assert listener.ended.wait(PATIENCE)
    # 8.1 s of recording take 2.0 s; no upper bound, since this machine may be slow.
    assert time.monotonic() - began > 1.9
    assert sound.deck.speed == 4


def test_a_pause_is_jumped_over_and_the_place_shows_it(sound: AudioClient, listener: Listener) -> None:
    sound.deck.load(notes(0, 60), skipped=[(300_000, 59_900_000)])
    assert sound.deck.end_us == 60_100_000
    sound.deck.seek(10_000_000)
    assert sound.deck.position_us() == 59_900_000
    sound.deck.seek(200_000)
    assert sound.deck.position_us() == 200_000
    places = []
    sound.deck.play()
    while not listener.ended.wait(0.01):
        places.append(sound.deck.position_us())
    assert not [place for place in places if 300_000 < place < 59_900_000]
    assert any(place <= 300_000 for place in places) and sound.deck.position_us() == 60_100_000


def test_what_is_skipped_may_change_while_it_plays(sound: AudioClient) -> None:
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


def test_a_sound_process_that_is_killed_comes_back_and_plays_on(
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
