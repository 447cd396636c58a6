"""A process that plays MIDI into the program through JACK and records its sound.

As a program: ``python tests/audio_recorder.py ORDERS.json``, with orders::

    {"listen": "Rubato",      part of the names of the audio ports to record
     "play": "rubato",        part of the name of the MIDI port to play into; empty: wait until a program connects
     "name": "recorder",      name of the JACK client, which is the device name that the program sees
     "messages": [[0.5, 144, 60, 90], …],   time in s, then the bytes
     "seconds": 2.0}

It prints one line of JSON, ``{"rate": Hz, "frames": frames per block, "sent": [ns, …]}``, and writes the sound
(``.raw``, mono float32) and the arrival time of each block (``.times``, int64 ns) beside the orders. A message counts
as sent when the call that sends it begins.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

PATIENCE = 30.0


@dataclass(frozen=True)
class Capture:
    """Recorded sound, and the times of the messages that were sent meanwhile.

    Attributes:
        sound: Mono samples, shape (blocks * frames,).
        rate: Sample rate, Hz.
        frames: Frames per block.
        arrived: Arrival time of each block, ns, shape (blocks,).
        sent: Time at which each message was sent, ns on the same clock.
    """

    sound: npt.NDArray[np.float32]
    rate: int
    frames: int
    arrived: npt.NDArray[np.int64]
    sent: tuple[int, ...]

    def pitch(self, start: float = 0.0, end: float | None = None) -> float:
        """Return the strongest frequency in Hz between two times of the recording (s)."""
        return pitch_of(self.sound[int(start * self.rate) : int(end * self.rate) if end else None], self.rate)

    def latency_ms(self, index: int, threshold: float = 0.002, *, window: float = 0.15) -> float | None:
        """Return the time in ms from sending a message to the first sample of its sound.

        Args:
            index: Index of the message.
            threshold: Lowest amplitude that counts as sound; raised where earlier notes ring louder.
            window: How long after the message to search, s.

        Returns:
            The latency, or None if there is no sound.
        """
        at = self.sent[index]
        block = int(np.searchsorted(self.arrived, at))
        begin = block * self.frames
        before = np.abs(self.sound[max(0, begin - self.rate // 50) : begin])
        level = max(threshold, 1.5 * float(before.max(initial=0.0)))
        loud = np.flatnonzero(np.abs(self.sound[begin : begin + int(window * self.rate)]) > level)
        if not len(loud):
            return None
        later, offset = divmod(int(loud[0]), self.frames)
        return (int(self.arrived[block + later]) - at) / 1e6 + offset / self.rate * 1e3


def pitch_of(sound: npt.NDArray[np.float32], rate: int) -> float:
    """Return the strongest frequency in mono samples, Hz; zero-padded to at least 65536 samples for finer bins."""
    size = 1 << max(16, int(len(sound) - 1).bit_length())
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size))
    return float(spectrum.argmax()) * rate / size


def frequency(note: int) -> float:
    """Return the frequency in Hz of MIDI note 0-127 in equal temperament (A4 = 69 = 440 Hz)."""
    return float(440.0 * 2 ** ((note - 69) / 12))


class AudioRecorder:
    """Starts recording when it is created; `finish` waits for the end and returns the recording.

    Args:
        seconds: Length of the recording, s.
        messages: MIDI messages to send meanwhile, as rows (time in s, byte, byte ...).
        play: Part of the name of the MIDI port to send to; without it, waits until a program connects.
        name: Name of the device that the program sees.
        listen: Part of the names of the audio ports to record.
    """

    def __init__(
        self,
        seconds: float,
        messages: Sequence[tuple[float, ...]] = (),
        *,
        play: str = "",
        name: str = "recorder",
        listen: str = "Rubato",
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="recorder-")
        self._orders = Path(self._folder.name, "orders.json")
        self._orders.write_text(
            json.dumps(
                {"seconds": seconds, "messages": messages, "play": play, "name": name, "listen": listen}
            )
        )
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(self._orders)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        # The process prints a line once it records; nothing should sound before.
        self._process.stdout.readline()

    def finish(self) -> Capture:
        """Wait for the end of the recording and return it."""
        out, _ = self._process.communicate(timeout=600)
        if self._process.returncode:
            raise RuntimeError(f"the recorder failed: {out}")
        answer = json.loads(out)
        sound = np.fromfile(self._orders.with_suffix(".raw"), np.float32)
        arrived = np.fromfile(self._orders.with_suffix(".times"), np.int64)
        self._folder.cleanup()
        return Capture(sound, answer["rate"], answer["frames"], arrived, tuple(answer["sent"]))


def _record(orders_path: Path) -> None:
    import jack

    orders = json.loads(orders_path.read_text())
    client = jack.Client(orders["name"], no_start_server=True)
    rate, frames = client.samplerate, client.blocksize
    audio_in = client.inports.register("left")
    # A MIDI port of the same client: a second MIDI library in this process would wait for JACK while it holds the
    # interpreter's lock, and JACK would wait for the lock.
    midi_out = client.midi_outports.register("midi")
    pending: deque[bytes] = deque()
    blocks = int((orders["seconds"] + 2) * rate / frames)
    sound = np.zeros((blocks, frames), np.float32)
    arrived = np.zeros(blocks, np.int64)
    count = 0

    @client.set_process_callback
    def process(_: int) -> None:
        nonlocal count
        midi_out.clear_buffer()
        while pending:
            midi_out.write_midi_event(0, pending.popleft())
        if count < blocks:
            arrived[count] = time.perf_counter_ns()
            sound[count] = audio_in.get_array()
            count += 1

    sent = []
    with client:
        if orders["messages"]:
            _wait(
                lambda: _connect_midi(client, midi_out, orders["play"]), f"no MIDI port of {orders['play']!r}"
            )
        _wait(
            lambda: _connect_audio(client, audio_in, orders["listen"]),
            f"no audio port of {orders['listen']!r}",
        )
        print("recording", flush=True)
        start = time.perf_counter()
        for second, *data in orders["messages"]:
            time.sleep(max(0.0, start + second - time.perf_counter()))
            sent.append(time.perf_counter_ns())
            pending.append(bytes(data))
        time.sleep(max(0.0, start + orders["seconds"] - time.perf_counter()))
    sound[:count].tofile(orders_path.with_suffix(".raw"))
    arrived[:count].tofile(orders_path.with_suffix(".times"))
    print(json.dumps({"rate": rate, "frames": frames, "sent": sent}), flush=True)


def _connect_audio(client: Any, audio_in: Any, name: str) -> bool:
    """Record the left channel of each stereo output of that name; return whether there is one."""
    ports = [port for port in client.get_ports(is_output=True, is_audio=True) if name in port.name][::2]
    for port in ports:
        client.connect(port, audio_in)
    return bool(ports)


def _connect_midi(client: Any, midi_out: Any, name: str) -> bool:
    """Connect to each MIDI input of that name; return whether anything is connected."""
    if not name:
        return bool(client.get_all_connections(midi_out))
    ports = [port for port in client.get_ports(is_input=True, is_midi=True) if name in port.name]
    for port in ports:
        client.connect(midi_out, port)
    return bool(ports)


def _wait(condition: Callable[[], bool], message: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(message)
        time.sleep(0.02)


if __name__ == "__main__":
    _record(Path(sys.argv[1]))
