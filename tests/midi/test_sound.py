"""Sound with no device: everything works, silently, and says why."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import until

from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.frames import Frames, json_frame, midi_frame
from rubato_desktop.midi.messages import Message, note_on
from rubato_desktop.midi.notes import Notes
from rubato_desktop.midi.sound import Sound

SECOND = 1_000_000
PATIENCE = 30.0


class Listener:
    """Takes what `Sound` tells."""

    def __init__(self) -> None:
        self.problems: list[RubatoError | None] = []
        self.ended = threading.Event()

    def codes(self) -> list[str]:
        return [problem.code if problem else "" for problem in self.problems]


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def sound(listener: Listener) -> Iterator[Sound]:
    made = Sound(silent=True, on_problem=listener.problems.append, on_end=listener.ended.set)
    made.start()
    assert made.wait_ready()
    yield made
    made.stop()


def notes(*onsets_s: float) -> Notes:
    return Notes.of([(int(s * SECOND), int((s + 0.1) * SECOND), 0, 0, 60, 80) for s in onsets_s], ["t"])


def test_a_recording_keeps_time_and_tells_its_end(sound: Sound, listener: Listener) -> None:
    sound.load(notes(0, 0.3))
    assert (sound.playing, sound.position_us(), sound.end_us) == (False, 0, 400_000)
    sound.play()
    assert sound.playing
    assert listener.ended.wait(PATIENCE)
    assert (sound.playing, sound.position_us()) == (False, 400_000)


def test_playing_at_the_end_begins_again(sound: Sound, listener: Listener) -> None:
    sound.load(notes(0, 0.2))
    sound.play()
    assert listener.ended.wait(PATIENCE)
    listener.ended.clear()
    sound.play()
    assert sound.position_us() < 300_000
    assert listener.ended.wait(PATIENCE)


def test_pause_stays_where_it_is(sound: Sound) -> None:
    sound.load(notes(0, 100))
    sound.play()
    until(lambda: sound.position_us() > 200_000)
    sound.pause()
    place = sound.position_us()
    # The last word on the place is the sound's own, a little later.
    until(lambda: abs(sound.position_us() - place) < 100_000 and not sound.playing)
    settled = sound.position_us()
    threading.Event().wait(0.3)
    assert sound.position_us() == pytest.approx(settled, abs=60_000)
    assert not sound.playing


@pytest.mark.parametrize(
    ("asked", "taken"), [(-5, 0), (0, 0), (50_000_000, 50_000_000), (10**12, 100_100_000)]
)
def test_seeking_stays_within_the_recording(sound: Sound, asked: int, taken: int) -> None:
    sound.load(notes(0, 100))
    sound.seek(asked)
    assert sound.position_us() == taken


def test_speed_makes_the_place_move_faster(sound: Sound, listener: Listener) -> None:
    sound.load(notes(0, 8))
    sound.set_speed(4)
    began = time.monotonic()
    sound.play()
    assert listener.ended.wait(PATIENCE)
    # 8.1 s of recording take 2.0 s; no upper bound, since this machine may be slow.
    assert time.monotonic() - began > 1.9
    assert sound.speed == 4


def test_a_pause_is_jumped_over_and_the_place_shows_it(sound: Sound, listener: Listener) -> None:
    sound.load(notes(0, 60), skipped=[(300_000, 59_900_000)])
    assert sound.end_us == 60_100_000
    sound.seek(10_000_000)
    assert sound.position_us() == 59_900_000
    sound.seek(200_000)
    assert sound.position_us() == 200_000
    places = []
    sound.play()
    while not listener.ended.wait(0.01):
        places.append(sound.position_us())
    assert not [place for place in places if 300_000 < place < 59_900_000]
    assert any(place <= 300_000 for place in places) and sound.position_us() == 60_100_000


def test_what_is_skipped_may_change_while_it_plays(sound: Sound) -> None:
    sound.load(notes(0, 60), skipped=[(300_000, 50_000_000)])
    sound.seek(50_500_000)
    sound.play()
    sound.skip([])
    assert sound.playing and 50_500_000 <= sound.position_us() < 55_000_000
    sound.seek(10_000_000)
    assert 10_000_000 <= sound.position_us() < 15_000_000
    sound.skip([(300_000, 50_000_000)])
    assert sound.playing and 50_000_000 <= sound.position_us() < 55_000_000


def test_loading_another_recording_stops_the_first(sound: Sound) -> None:
    sound.load(notes(0, 100))
    sound.play()
    sound.load(notes(0, 50))
    assert (sound.playing, sound.position_us(), sound.end_us) == (False, 0, 50_100_000)


def test_everything_may_be_asked_before_it_is_ready(listener: Listener) -> None:
    sound = Sound(silent=True, on_end=listener.ended.set)
    sound.start()
    sound.echo(note_on(0, "keys", 60))
    sound.cue("understood")
    sound.hear([0, 7, 0])
    sound.load(notes(0, 0.2))
    sound.play()
    try:
        assert listener.ended.wait(PATIENCE)
    finally:
        sound.stop()


def test_stopping_twice_and_asking_afterwards_does_no_harm(sound: Sound) -> None:
    sound.stop()
    sound.stop()
    sound.echo(note_on(0, "keys", 60))
    sound.cue("understood")
    sound.play()


def test_a_sound_process_that_is_killed_comes_back_and_plays_on(sound: Sound, listener: Listener) -> None:
    sound.load(notes(0, 2.5))
    sound.play()
    until(lambda: sound.position_us() > 500_000)
    first = sound.process_id
    os.kill(first, signal.SIGKILL)
    until(lambda: "sound_died" in listener.codes())
    assert listener.ended.wait(PATIENCE)
    assert sound.process_id != first
    assert listener.codes() == ["sound_died", ""]


def test_no_device_is_said_once_in_words_and_a_recording_keeps_time(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "rubato_nowhere")
    sound = Sound(on_problem=listener.problems.append, on_end=listener.ended.set)
    sound.start()
    try:
        until(lambda: sound.problem is not None)
        sound.load(notes(0, 2))
        sound.play()
        assert listener.ended.wait(PATIENCE)
        assert listener.codes() == ["no_sound_device"]
        assert (sound.output, sound.latency_ms) == ("", 0)
        assert sound.problem is not None
        assert sound.problem.kept == "Everything works, silently"
    finally:
        sound.stop()


def test_no_soundfont_is_said_in_words(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.sf2"
    damaged.write_bytes(b"RIFF....sfbk, or so it says")
    monkeypatch.setenv("RUBATO_SOUNDFONT", str(damaged))
    sound = Sound(silent=True, on_problem=listener.problems.append)
    sound.start()
    try:
        until(lambda: listener.codes() == ["bad_soundfont"])
    finally:
        sound.stop()


def test_messages_from_many_threads_at_once_do_no_harm(sound: Sound, listener: Listener) -> None:
    def flood(channel: int) -> None:
        for i in range(2000):
            sound.echo(Message(0, "keys", bytes((0x90 | channel, i % 128, 90))))
            if i % 100 == 0:
                sound.cue("understood")

    threads = [threading.Thread(target=flood, args=(channel,)) for channel in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Still alive, and in order: a recording plays to its end.
    sound.load(notes(0, 0.1))
    sound.play()
    assert listener.ended.wait(PATIENCE)
    assert listener.problems == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_frames_survive_any_way_a_pipe_cuts_them(size: int) -> None:
    sent = [b"\x90\x3c\x40", {"do": "play"}, b"\xc0\x05", {"text": "äöü", "n": [1, 2]}, b"\x7b\x22\x00"]
    data = b"".join(midi_frame(item) if isinstance(item, bytes) else json_frame(item) for item in sent)
    frames = Frames()
    assert [item for i in range(0, len(data), size) for item in frames.feed(data[i : i + size])] == sent
