"""A mouth outside the program: a process that speaks into its microphone through JACK.

As a program: ``python tests/audio_source.py``, with a line of standard input a sound: the path of a file of float32
samples, mono, at the rate of the server. It joins itself to the microphone, waits until there is one, and prints
a line a sound: ns of its first and its last sample that is not silent.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

PATIENCE = 30.0
SILENT = 0.01


class Mouth:
    """Speaks with the program's own voice; to be used with `with`, while a JACK server runs.

    Args:
        rate: Frames a second of the server.
    """

    def __init__(self, rate: int = 48000) -> None:
        self._rate = rate
        self._folder = tempfile.TemporaryDirectory()
        self._said: dict[str, npt.NDArray[np.float32]] = {}

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()

    def say(self, text: str) -> tuple[int, int]:
        """Say a sentence and wait for its end; returns ns of its first and last sound."""
        return self.sound(self.voice(text))

    def voice(self, text: str) -> npt.NDArray[np.float32]:
        """Return a sentence as samples at the rate of the server."""
        if text not in self._said:
            self._said[text] = speak(text, self._rate)
        return self._said[text]

    def sound(self, samples: npt.NDArray[np.float32]) -> tuple[int, int]:
        """Sound some samples and wait for their end; returns ns of the first and last that is not silent."""
        path = Path(self._folder.name) / "said.raw"
        path.write_bytes(samples.astype(np.float32).tobytes())
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        began, ended = self._process.stdout.readline().split()
        return int(began), int(ended)


def speak(text: str, rate: int) -> npt.NDArray[np.float32]:
    """Return a sentence in the program's voice, mono at `rate` Hz: the same sound each time."""
    import onnxruntime

    from rubato_desktop.services.voice.resampling import resample
    from rubato_desktop.services.voice.synthesis import Piper, Stop
    from rubato_desktop.services.voice.voices import find_voices

    # A voice draws how it says something; "Tab" alone is sometimes drawn so short that nobody would be sure of it.
    onnxruntime.set_seed(2)
    piper = Piper(lambda _: find_voices(Path("nowhere"))[0][0])
    piper.use("")
    samples, own = piper.synthesise(text, 1.0, Stop())
    return resample(samples, own, rate)


def _main() -> None:
    import jack

    client = jack.Client("mouth")
    port = client.outports.register("out")
    waiting: list[npt.NDArray[np.float32]] = []
    times = [0, 0]

    @client.set_process_callback
    def process(frames: int) -> None:
        out = port.get_array()
        out[:] = 0
        if waiting:
            part, rest = waiting[0][:frames], waiting[0][frames:]
            out[: len(part)] = part
            if np.abs(part).max(initial=0) > SILENT:
                times[1] = time.perf_counter_ns()
                times[0] = times[0] or times[1]
            if len(rest):
                waiting[0] = rest
            else:
                waiting.pop()

    with client:
        for line in sys.stdin:
            join(client, port)
            times[:] = [0, 0]
            waiting.append(np.fromfile(line.strip(), np.float32))
            while waiting:
                time.sleep(0.001)
            print(*times, flush=True)


def join(client: object, port: object) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        ears = client.get_ports("Rubato hearing", is_audio=True, is_input=True)  # type: ignore[attr-defined]
        if ears:
            for ear in ears:
                if not any(other.name == port.name for other in client.get_all_connections(ear)):  # type: ignore[attr-defined]
                    client.connect(port, ear)  # type: ignore[attr-defined]
            return
        time.sleep(0.01)


if __name__ == "__main__":
    _main()
