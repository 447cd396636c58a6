"""A page as sound, recorded by another process through a real JACK server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from audio_recorder import AudioRecorder, Capture
from layouts import LAYOUTS
from servers import JackServer
from waiting import until

from rubato_desktop.audio.client import AudioClient
from rubato_desktop.services.page_sound import PageSound, load_table

pytestmark = pytest.mark.xdist_group("jack")

LOUD = 0.002


@pytest.fixture
def sound(jack: JackServer) -> Iterator[AudioClient]:
    made = AudioClient(volumes={"cue": 0.8})
    made.start()
    until(lambda: made.output != "")
    yield made
    made.stop()


@pytest.fixture
def page(sound: AudioClient) -> PageSound:
    return PageSound(sound, load_table())


def onsets(capture: Capture) -> list[float]:
    """Return the onsets (s): points where the sound is suddenly louder than what still rang before.

    The ends of silences are not used, as a busy machine may lose the few milliseconds between two cues. Silence is
    prepended, as the first sound may come in the first milliseconds of the recording.
    """
    hops = np.abs(capture.sound[: len(capture.sound) // 240 * 240]).reshape(-1, 240).max(axis=1)
    hops = np.concatenate((np.zeros(4, np.float32), hops))
    starts: list[int] = []
    for at in range(4, len(hops)):
        struck = hops[at] > max(LOUD, 1.8 * hops[at - 4 : at - 1].max())
        if struck and (not starts or at - starts[-1] > 20):
            starts.append(at)
    return [(at - 4) * 240 / capture.rate for at in starts]


def buttons(count: int) -> dict[str, object]:
    """A row of buttons, from the left."""
    cells = [{"x": x, "y": 7, "kind": "button", "density": 1.0, "label": ""} for x in range(count)]
    return {**LAYOUTS["nothing"], "cells": cells}


def test_cues_are_heard_300_ms_apart(page: PageSound) -> None:
    recorder = AudioRecorder(3.5)
    page.layout(buttons(6))
    starts = onsets(recorder.finish())
    assert len(starts) == 6
    assert np.diff(starts) == pytest.approx([0.3] * 5, abs=0.03)


def test_stop_is_heard_at_once(page: PageSound) -> None:
    recorder = AudioRecorder(2.0)
    page.layout({**buttons(6), "cells": [dict(cell, kind="image", area=1.0) for cell in buttons(6)["cells"]]})
    # In the middle of the third, long note, when the machine is idle.
    threading.Event().wait(0.75)
    stopped = time.perf_counter_ns()
    page.stop()
    capture = recorder.finish()
    assert 2 <= len(onsets(capture)) <= 3
    last = int(np.flatnonzero(np.abs(capture.sound) > LOUD)[-1])
    after_ms = (capture.arrived[last // capture.frames] - stopped) / 1e6
    print(f"silent {after_ms:.0f} ms after the call")
    assert after_ms < 250, "without the stop, the note would still sound"


def test_named_cue_is_heard_between_two_cues_of_a_page(sound: AudioClient, page: PageSound) -> None:
    recorder = AudioRecorder(3.5)
    page.layout(buttons(4))
    threading.Event().wait(0.4)
    sound.cue("understood")
    starts = onsets(recorder.finish())
    # It still rings softly when the third button begins; the fourth is one slot later than without it.
    assert np.array(starts[:3]) - starts[0] == pytest.approx([0.0, 0.3, 0.6], abs=0.03)
    assert starts[-1] - starts[0] == pytest.approx(1.2, abs=0.03)


def test_silence_ends_a_page(sound: AudioClient, page: PageSound) -> None:
    recorder = AudioRecorder(2.5)
    page.layout(buttons(6))
    threading.Event().wait(0.4)
    sound.silence()
    assert len(onsets(recorder.finish())) == 2
