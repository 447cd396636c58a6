"""A process that plays speech into the program's microphone through JACK.

As a program: ``python tests/audio_source.py``. Each line of standard input is the path of a file of mono float32
samples at the sample rate of the server. For each, it waits for the microphone port, connects to it, plays the samples,
and prints the times (ns) of the first and the last sample that is not silent.
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


class AudioSource:
    """Speaks with the voice of the program. Use it in a ``with`` block while a JACK server is running.

    Args:
        rate: Sample rate of the server, Hz.
    """

    def __init__(self, rate: int = 48000) -> None:
        self._rate = rate
        self._folder = tempfile.TemporaryDirectory()
        self._cache: dict[str, npt.NDArray[np.float32]] = {}

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
        """Say a sentence and wait for its end; return the times (ns) of its first and last sound."""
        return self.play(self.synthesise(text))

    def synthesise(self, text: str) -> npt.NDArray[np.float32]:
        """Return the samples of a sentence at the sample rate of the server."""
        if text not in self._cache:
            self._cache[text] = synthesise(text, self._rate)
        return self._cache[text]

    def play(self, samples: npt.NDArray[np.float32]) -> tuple[int, int]:
        """Play samples and wait for their end; return the times (ns) of the first and last that is not silent."""
        path = Path(self._folder.name) / "speech.raw"
        path.write_bytes(samples.astype(np.float32).tobytes())
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        began, ended = self._process.stdout.readline().split()
        return int(began), int(ended)


def synthesise(text: str, rate: int) -> npt.NDArray[np.float32]:
    """Return a sentence in the voice of the program, mono at `rate` Hz; reproducible."""
    import onnxruntime

    from rubato_desktop.services.voice.resampling import resample
    from rubato_desktop.services.voice.synthesis import Piper, Stop
    from rubato_desktop.services.voice.voices import find_voices

    # Synthesis is random; with another seed, "Tab" alone is sometimes too short to be recognised.
    onnxruntime.set_seed(2)
    piper = Piper(lambda _: find_voices(Path("nowhere"))[0][0])
    piper.use("")
    samples, own = piper.synthesise(text, 1.0, Stop())
    return resample(samples, own, rate)


def _main() -> None:
    import jack

    client = jack.Client("speaker")
    port = client.outports.register("out")
    pending: list[npt.NDArray[np.float32]] = []
    times = [0, 0]

    @client.set_process_callback
    def process(frames: int) -> None:
        out = port.get_array()
        out[:] = 0
        if pending:
            part, rest = pending[0][:frames], pending[0][frames:]
            out[: len(part)] = part
            if np.abs(part).max(initial=0) > SILENT:
                times[1] = time.perf_counter_ns()
                times[0] = times[0] or times[1]
            if len(rest):
                pending[0] = rest
            else:
                pending.pop()

    with client:
        for line in sys.stdin:
            connect(client, port)
            times[:] = [0, 0]
            pending.append(np.fromfile(line.strip(), np.float32))
            while pending:
                time.sleep(0.001)
            print(*times, flush=True)


def connect(client: object, port: object) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        inputs = client.get_ports("Rubato hearing", is_audio=True, is_input=True)  # type: ignore[attr-defined]
        if inputs:
            for target in inputs:
                if not any(other.name == port.name for other in client.get_all_connections(target)):  # type: ignore[attr-defined]
                    client.connect(port, target)  # type: ignore[attr-defined]
            return
        time.sleep(0.01)


if __name__ == "__main__":
    _main()
